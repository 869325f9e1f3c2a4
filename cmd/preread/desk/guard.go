package desk

import (
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strings"
)

// A Door is who may come to a desk: whoever knows the token of this run, over
// the one address that it listens on.
type Door struct {
	Address string // host and port; a request for any other is refused
	Token   string // the first part of every path, and in every form

	// Key opens the door once, and leads to the address with the token: for the
	// command that starts a browser, which others on the machine can see. "": no
	// such key.
	Key string
}

// Inside is the address of the desk for whoever may be there.
func (d Door) Inside() string { return "http://" + d.Address + d.base() }

// Once is the address that opens the door once.
func (d Door) Once() string { return "http://" + d.Address + "/enter/" + d.Key }

func (d Door) base() string { return "/" + d.Token + "/" }

const (
	// bodyLimit is how much a form may hold, in bytes as they are sent.
	bodyLimit = 1 << 20

	// bodyDrain is how much of a longer one is read and thrown away, so that a
	// browser hears the answer.
	bodyDrain = 32 << 20
)

// headers go with every answer: nothing is fetched from elsewhere, framed, kept
// or told to others.
var headers = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-store",
}

// ServeHTTP answers whoever may be here. Everybody else is told in a sentence
// that they may not.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	if r.Host != d.door.Address {
		refuse(w, http.StatusForbidden, "This is not the address of the page.")
		return
	}
	first, rest, inside := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if first == "enter" && r.Method == http.MethodGet {
		d.enter(w, r, rest)
		return
	}
	if !inside || !same(first, d.door.Token) {
		refuse(w, http.StatusForbidden, "This address has not the token of this run. The right one stands in the terminal where preread open runs.")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !d.sentFromHere(w, r) {
		return
	}
	http.StripPrefix("/"+first, d.routes).ServeHTTP(w, r)
}

func same(a, b string) bool { return b != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// enter lets the bearer of the key in, once.
func (d *Desk) enter(w http.ResponseWriter, r *http.Request, key string) {
	if same(key, d.door.Key) {
		used := true
		d.entered.Do(func() { used = false })
		if !used {
			http.Redirect(w, r, d.door.base(), http.StatusSeeOther)
			return
		}
	}
	refuse(w, http.StatusForbidden, "This address opens the page once, and has done so. The one that stays stands in the terminal where preread open runs.")
}

// sentFromHere takes a form, and wants it to come from a page of this desk.
func (d *Desk) sentFromHere(w http.ResponseWriter, r *http.Request) bool {
	if !d.ownOrigin(r) {
		refuse(w, http.StatusForbidden, "This was sent from another page, and nothing was changed.")
		return false
	}
	whole := r.Body
	r.Body = http.MaxBytesReader(w, whole, bodyLimit)
	err := r.ParseForm()
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		_, _ = io.CopyN(io.Discard, whole, bodyDrain)
		refuse(w, http.StatusRequestEntityTooLarge, "This is more than a page can take at once (1 MiB), and nothing was saved. Go back: your words are still there.")
		return false
	case err != nil:
		refuse(w, http.StatusBadRequest, "What was sent is no form, and nothing was changed.")
		return false
	case !same(r.PostForm.Get("token"), d.door.Token):
		refuse(w, http.StatusForbidden, "This form is not one of this run. Go back, reload the page, and send it again.")
		return false
	}
	return true
}

// ownOrigin reports whether a browser says that a request comes from here. With
// the policy above a form has no origin, and then only the browser's own word
// for where it came from counts.
func (d *Desk) ownOrigin(r *http.Request) bool {
	switch r.Header.Get("Origin") {
	case "http://" + d.door.Address:
		return true
	case "", "null":
		return r.Header.Get("Sec-Fetch-Site") == "same-origin"
	}
	return false
}

func refuse(w http.ResponseWriter, code int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, sentence+"\n")
}
