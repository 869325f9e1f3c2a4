package desk

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Nobody comes to the page without the token, from another page, or over
// another address; everybody gets the same strict headers.
func TestDoor(t *testing.T) {
	inside := here.Inside()
	post := func(edit func(*http.Request)) *http.Request {
		r := form("save", "slot", "summary", "words", "from a stranger", "was", sumOf("close words"))
		edit(r)
		return r
	}
	get := func(address string) *http.Request { return httptest.NewRequest(http.MethodGet, address, nil) }
	host := func(r *http.Request, host string) *http.Request { r.Host = host; return r }
	for name, tt := range map[string]struct {
		r    *http.Request
		code int
		said string
	}{
		"the page":                 {get(inside), 200, ""},
		"no token":                 {get("http://127.0.0.1:4242/"), 403, "has not the token"},
		"no token, a path":         {get("http://127.0.0.1:4242/style.css"), 403, "has not the token"},
		"no token, the state":      {get("http://127.0.0.1:4242/state"), 403, "has not the token"},
		"the state":                {get(inside + "state"), 200, ""},
		"another token":            {get("http://127.0.0.1:4242/TOKEM/"), 403, "has not the token"},
		"a part of the token":      {get("http://127.0.0.1:4242/TOKE/N/"), 403, "has not the token"},
		"the token alone":          {get("http://127.0.0.1:4242/TOKEN"), 403, "has not the token"},
		"an empty token":           {get("http://127.0.0.1:4242//"), 403, "has not the token"},
		"the token asked for":      {get("http://127.0.0.1:4242/?token=TOKEN"), 403, "has not the token"},
		"another name":             {host(get(inside), "localhost:4242"), 403, "not the address"},
		"another port":             {host(get(inside), "127.0.0.1:4243"), 403, "not the address"},
		"no port":                  {host(get(inside), "127.0.0.1"), 403, "not the address"},
		"a name that leads here":   {host(get(inside), "evil.example:4242"), 403, "not the address"},
		"a path that is not there": {get(inside + "nothing"), 404, ""},
		"a wrong method":           {get(inside + "save"), 405, ""},
		"another wrong method":     {httptest.NewRequest(http.MethodDelete, inside, nil), 403, "from another page"},
		"a form":                   {post(func(*http.Request) {}), 303, ""},
		"a form of another page":   {post(func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }), 403, "from another page"},
		"of another port":          {post(func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:4243") }), 403, "from another page"},
		"of another port, hidden":  {post(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }), 403, "from another page"},
		"of nowhere":               {post(func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") }), 403, "from another page"},
		"of a file":                {post(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }), 403, "from another page"},
		"with its origin":          {post(func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "http://127.0.0.1:4242") }), 303, ""},
		"without a token in it":    {post(func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("slot=summary&words=x")) }), 403, "not one of this run"},
		"a token in the address": {post(func(r *http.Request) {
			r.URL.RawQuery = "token=TOKEN"
			r.Body = io.NopCloser(strings.NewReader("slot=summary"))
		}), 403, "not one of this run"},
		"another token in it": {post(func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("token=TOKEM")) }), 403, "not one of this run"},
		"of another kind":     {post(func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }), 403, "not one of this run"},
		"no form":             {post(func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("%zz")) }), 400, "no form"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, text)
			w := f.serve(tt.r)
			if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.said) {
				t.Errorf("code %d, want %d: %.300s", w.Code, tt.code, w.Body)
			}
			if saved := strings.Contains(f.now(), "from a stranger"); saved != (tt.code == 303) {
				t.Errorf("saved: %v", saved)
			}
			if tt.code == 403 && strings.Contains(w.Body.String(), token) {
				t.Error("the refusal tells the token")
			}
			for name, want := range headers {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// The address that starts a browser is good for one browser.
func TestTheKeyOpensOnce(t *testing.T) {
	f := newFixture(t, text)
	enter := func(address string) *httptest.ResponseRecorder {
		return f.serve(httptest.NewRequest(http.MethodGet, address, nil))
	}
	if w := enter("http://127.0.0.1:4242/enter/KEZ"); w.Code != http.StatusForbidden {
		t.Errorf("another key: %d", w.Code)
	}
	if w := enter(here.Once()); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/TOKEN/" {
		t.Errorf("the key: %d %v", w.Code, w.Header())
	}
	if w := enter(here.Once()); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "opens the page once") {
		t.Errorf("the key again: %d %s", w.Code, w.Body)
	}
	f.desk = New(f.page, Door{Address: here.Address, Token: token})
	if w := enter("http://127.0.0.1:4242/enter/"); w.Code != http.StatusForbidden {
		t.Errorf("no key at all: %d", w.Code)
	}
}

// No path leads out of the desk.
func TestPathsLeadNowhere(t *testing.T) {
	f := newFixture(t, text)
	f.page.Explain = func(_ []byte, id string) (string, error) { return "explained: " + id + "\n", nil }
	f.open()
	server := httptest.NewServer(f.desk)
	defer server.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	f.desk.door.Address = at.Host
	for _, path := range []string{
		"/TOKEN/../../../etc/passwd", "/TOKEN/..%2f..%2f..%2fetc%2fpasswd", "/TOKEN/%2e%2e/%2e%2e/etc/passwd", "/TOKEN//etc/passwd", "/../etc/passwd",
		"/TOKEN/style.css/../../../guard.go", "/TOKEN/explain/../../page.html", `/TOKEN/..\..\etc\passwd`, "/TOKEN/style.css%00.html", "/TOKEN/reader/..%2f..%2fetc",
		"/%54OKEN/../x", "/TOKEN/page.html", "/TOKEN/slot.html",
	} {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http", Host: at.Host, Opaque: path}, Host: at.Host, Header: http.Header{}}
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.Body.Close() != nil {
			t.Error(err)
		}
		if response.StatusCode == http.StatusOK || bytes.Contains(body, []byte("root:")) || bytes.Contains(body, []byte("{{")) {
			t.Errorf("%s: %s %.80s", path, response.Status, body)
		}
	}
	if w := f.get("explain/..%2f../p95"); strings.Contains(w.Body.String(), "root") {
		t.Errorf("a line that is a path: %s", w.Body)
	}
}

// A note of ten megabytes is refused, and that is heard.
func TestTooLong(t *testing.T) {
	f := newFixture(t, text)
	server := httptest.NewServer(f.desk)
	defer server.Close()
	f.desk.door.Address = strings.TrimPrefix(server.URL, "http://")
	fields := url.Values{"token": {token}, "slot": {"summary"}, "was": {f.was("summary")}}
	send := func(words string, chunked bool) (int, string) {
		t.Helper()
		fields.Set("words", words)
		var body io.Reader = strings.NewReader(fields.Encode())
		if chunked {
			body = io.MultiReader(body) // of a length that nobody knows
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/TOKEN/save", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", server.URL)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		said, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(said)
	}
	for _, chunked := range []bool{false, true} {
		if code, said := send(strings.Repeat("0123456789", 1<<20), chunked); code != http.StatusRequestEntityTooLarge || said != "This is more than a page can take at once (1 MiB), and nothing was saved. Go back: your words are still there.\n" {
			t.Errorf("code %d: %s", code, said)
		}
		if f.now() != text {
			t.Fatal("the page has changed")
		}
	}
	long := strings.Repeat("0123456789", 100_000)
	if code, _ := send(long, false); code != http.StatusSeeOther || f.note("summary") != long+"\n" {
		t.Errorf("a megabyte: code %d", code)
	}
}
