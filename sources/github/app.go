package github

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"

	"preread/sources"
	"preread/sources/internal/web"
)

// An app signs requests in as an installation of a GitHub App. It has no token
// of its own: it makes one with the App's private key, good for an hour. Those
// requests, too, go through package web, with its bounds.
type app struct {
	name             string // of the source
	id, installation int64
	key              sources.Secret
	client           *web.Client
	turn             chan struct{} // holds one token, taken by who signs in

	once    sync.Once
	sign    *ghinstallation.Transport
	invalid error
}

// signed is the key under which a request carries its credential through
// package web, which lets none pass in a header but puts on it what
// [credential] returns.
type signed struct{}

// credential puts on a request what an app signed it with.
func credential(r *http.Request) {
	if c, ok := r.Context().Value(signed{}).(string); ok {
		r.Header.Set("Authorization", c)
	}
}

// RoundTrip sends a request with the installation's token, after making one
// where there is none that lasts.
func (a *app) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := a.token(req.Context())
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	return a.send(req, "Bearer "+token)
}

// send passes a request to package web with a credential.
func (a *app) send(req *http.Request, with string) (*http.Response, error) {
	return a.client.HTTP().Transport.RoundTrip(req.Clone(context.WithValue(req.Context(), signed{}, with)))
}

func (a *app) token(ctx context.Context) (string, error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-a.turn }()
	a.once.Do(a.open)
	if a.invalid != nil {
		return "", a.invalid
	}
	return a.sign.Token(ctx)
}

// open reads the key. It is done with the first request, since settings are
// checked without their secrets.
func (a *app) open() {
	sign, err := ghinstallation.New(signIn{a}, a.id, a.installation, pem(a.key.Reveal()))
	if err != nil { // what it says may quote the key
		a.invalid = sources.Unansweredf("the private_key of %s is no private key of a GitHub App", a.name).
			WithHint("make one on the App's page, and name the .pem file that the browser gets")
		return
	}
	sign.BaseURL = strings.TrimSuffix(a.client.Base.String(), "/")
	a.sign = sign
}

// pem returns a key as a .pem file has it. What can hold one line only, such as
// a variable, has it with "\n" for its line ends, or in base64.
func pem(text string) []byte {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "-----BEGIN") {
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			return raw
		}
	}
	return []byte(strings.ReplaceAll(text, `\n`, "\n"))
}

// signIn carries an app's own requests, which are for tokens.
type signIn struct{ *app }

// RoundTrip sends such a request and looks at what comes: the library would
// take an answer without a token for one.
func (s signIn) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.send(req, req.Header.Get("Authorization"))
	if err != nil {
		return nil, s.refusal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	var made struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	if json.Unmarshal(body, &made) != nil || made.Token == "" || made.ExpiresAt.IsZero() || strings.ContainsAny(made.Token, "\r\n\x00") {
		return nil, sources.Unansweredf("%s answered the sign-in of app %d without a token", s.name, s.id).WithHint("run again later")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// refusal says what a refused sign-in means.
func (s signIn) refusal(err error) error {
	switch status := web.Status(err); status {
	case http.StatusUnauthorized:
		return sources.Unansweredf("%s does not accept the key of app %d (401)", s.name, s.id).
			WithHint("check app_id and private_key, and that the clock of this machine is right")
	case http.StatusForbidden, http.StatusNotFound:
		return sources.Unansweredf("%s lets app %d not sign in as installation %d (%d)", s.name, s.id, s.installation, status).
			WithHint("check installation_id; the installation may be suspended or removed")
	}
	return err
}

// check refuses settings that sign in by halves or in two ways.
func (t settings) check(name string) error {
	app := t.AppID != 0 || t.InstallationID != 0 || !t.PrivateKey.IsZero()
	switch {
	case app && !t.Token.IsZero():
		return fmt.Errorf("%s has both a token and an app to sign in with; leave one out", name)
	case app && (t.AppID <= 0 || t.InstallationID <= 0 || t.PrivateKey.IsZero()):
		return fmt.Errorf("%s signs in as an app, which takes all of app_id, installation_id and private_key", name)
	case app && t.PrivateKey.Scheme == "gh":
		return fmt.Errorf(`the private_key of %s is kept in a file, such as private_key = "file:preread.pem"; gh holds none`, name)
	case !app && t.Token.IsZero():
		return fmt.Errorf(`%s has no token; name where it is kept, such as token = "env:GITHUB_TOKEN"`, name)
	case t.MaxRequests < 0:
		return fmt.Errorf("max_requests of %s is less than nothing", name)
	case t.Timeout < 0:
		return fmt.Errorf("timeout of %s is less than nothing", name)
	}
	return nil
}
