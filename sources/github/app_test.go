package github

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	encoded "encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
	"preread/sources/sourcetest"
)

// newKey returns a private key as a .pem file holds it.
func newKey(t testing.TB) (string, *rsa.PublicKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := &encoded.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return string(encoded.EncodeToMemory(block)), &key.PublicKey
}

const appTable = "url = 'URL'\napp_id = 12\ninstallation_id = 34\nprivate_key = 'file:app.pem'\n"

func openApp(t testing.TB, address, key string) sources.Source {
	t.Helper()
	s, err := Kind.Open(func(into any) error {
		_, err := toml.Decode(strings.ReplaceAll(appTable, "URL", address), into)
		return err
	}, sources.Setup{
		Name: "github", Agent: "preread-test", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(key), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func serveApp(t testing.TB, key string, public *rsa.PublicKey) (sources.Source, *sim.Org, *fault.Gate) {
	t.Helper()
	org, _ := kettle(t)
	org.App = &sim.App{ID: 12, Installation: 34, Key: public}
	gate := fault.NewGate(org)
	server := httptest.NewServer(gate)
	t.Cleanup(server.Close)
	return openApp(t, server.URL, key), org, gate
}

// An App gets one token for all questions, with its own key, and every request
// has one of the two.
func TestApp(t *testing.T) {
	key, public := newKey(t)
	for name, form := range map[string]string{
		"as a .pem file":     key,
		"with line ends":     strings.ReplaceAll(strings.TrimSpace(key), "\n", `\n`),
		"in base64":          base64.StdEncoding.EncodeToString([]byte(key)),
		"blanks around them": "\n " + key + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			s, org, gate := serveApp(t, form, public)
			for noun, a := range asks {
				same(t, s, org, window(t), noun, a)
			}
			signIns := 0
			for _, r := range gate.Log() {
				bearer := r.Header.Get("Authorization")
				if r.Method == http.MethodPost && r.URL == "/api/v3/app/installations/34/access_tokens" {
					signIns++
				} else if bearer != "Bearer "+sim.Token {
					t.Errorf("%s %s was signed in with %.12q", r.Method, r.URL, bearer)
				}
				if r.Header.Get("User-Agent") != "preread-test" {
					t.Errorf("%s %s was sent by %q", r.Method, r.URL, r.Header.Get("User-Agent"))
				}
			}
			if signIns != 1 || s.Requests() != len(gate.Log()) {
				t.Errorf("%d sign-ins, %d requests told of %d; want one sign-in and all of them", signIns, s.Requests(), len(gate.Log()))
			}
		})
	}
}

// A token that is about to end is replaced.
func TestAppSignsInAgain(t *testing.T) {
	key, public := newKey(t)
	s, org, gate := serveApp(t, key, public)
	org.App.Lasts = 30 * time.Second
	same(t, s, org, window(t), sources.Quality, asks[sources.Quality])
	signIns := 0
	for _, r := range gate.Log() {
		if strings.HasSuffix(r.URL, "/access_tokens") {
			signIns++
		}
	}
	if others := len(gate.Log()) - signIns; signIns != others || others < 2 {
		t.Errorf("%d sign-ins for %d requests, want one for each", signIns, others)
	}
}

func TestAppRefusals(t *testing.T) {
	key, public := newKey(t)
	other, _ := newKey(t)
	says := func(f fault.Fault) fault.Fault { f.Path = "access_tokens"; return f }
	const clock = "check app_id and private_key, and that the clock of this machine is right"
	const gone = "check installation_id; the installation may be suspended or removed"
	tests := []struct {
		name, key    string
		app          func(*sim.App)
		fault        fault.Fault
		reason, hint string
	}{
		{name: "no key", key: "canary", reason: "the private_key of github is no private key of a GitHub App", hint: "make one on the App's page, and name the .pem file that the browser gets"},
		{name: "another key", key: other, reason: "github does not accept the key of app 12 (401)", hint: clock},
		{name: "another app", key: key, app: func(a *sim.App) { a.ID = 13 }, reason: "github does not accept the key of app 12 (401)", hint: clock},
		{name: "another installation", key: key, app: func(a *sim.App) { a.Installation = 35 }, reason: "github lets app 12 not sign in as installation 34 (404)", hint: gone},
		{name: "suspended", key: key, fault: says(fault.Fault{Status: 403, Body: `{"message":"canary"}`}), reason: "github lets app 12 not sign in as installation 34 (403)", hint: gone},
		{name: "null", key: key, fault: says(fault.Fault{Status: 201, Body: "null"}), reason: "github answered the sign-in of app 12 without a token", hint: "run again later"},
		{name: "no token", key: key, fault: says(fault.Fault{Status: 201, Body: "{}"}), reason: "github answered the sign-in of app 12 without a token", hint: "run again later"},
		{name: "a token without an end", key: key, fault: says(fault.Fault{Status: 201, Body: `{"token":"a"}`}), reason: "github answered the sign-in of app 12 without a token", hint: "run again later"},
		{name: "an end without a token", key: key, fault: says(fault.Fault{Status: 201, Body: `{"expires_at":"2099-01-01T00:00:00Z"}`}), reason: "github answered the sign-in of app 12 without a token", hint: "run again later"},
		{name: "token with a line end", key: key, fault: says(fault.Fault{Status: 201, Body: `{"token":"a\r\nb","expires_at":"2099-01-01T00:00:00Z"}`}), reason: "github answered the sign-in of app 12 without a token", hint: "run again later"},
		{name: "too long", key: key, fault: says(fault.Fault{Flood: 65 << 20}), reason: "github sent an answer of more than 64 MiB, which was not read", hint: "ask for less at a time: a narrower query, or fewer weeks"},
		{name: "token that is not taken", key: key, fault: says(fault.Fault{Edit: func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), sim.Token, "other")) }}),
			reason: "github refused the token (401)", hint: "it may be expired or mistyped; make a new one and run again"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, org, gate := serveApp(t, test.key, public)
			if test.app != nil {
				test.app(org.App)
			}
			gate.Add(test.fault)
			for range 2 { // what is refused once stays so
				_, err := collect(t, s, window(t), sources.Quality, "repo:kettle/checkout label:bug")
				if err == nil {
					t.Fatal("was answered")
				}
				if reason, hint := sources.Reason(err); reason != test.reason || hint != test.hint {
					t.Errorf("got\n%s\n%s\nwant\n%s\n%s", reason, hint, test.reason, test.hint)
				}
			}
		})
	}
}

// Neither the key's signature nor the token goes to another host, also not with
// a redirect of the sign-in.
func TestAppSignsInAtHomeOnly(t *testing.T) {
	key, public := newKey(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was asked, with %.12q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	for _, path := range []string{"access_tokens", "issues"} {
		s, _, gate := serveApp(t, key, public)
		gate.Add(fault.Fault{Path: path, Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {elsewhere.URL}}})
		if _, err := collect(t, s, window(t), sources.Quality, "repo:kettle/checkout label:bug"); err == nil || !strings.Contains(err.Error(), "another host") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAppKeepsToItsContext(t *testing.T) {
	a := &app{turn: make(chan struct{}, 1)}
	a.turn <- struct{}{} // somebody signs in
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.token(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want cancelled", err)
	}
}

// With an App everything that can go wrong does so as with a token.
func TestFaultMatrixOfApp(t *testing.T) {
	key, public := newKey(t)
	sourcetest.FaultMatrix(t, Kind, func(t *testing.T) sourcetest.World {
		w := world(t)
		w.System.(*sim.Org).App = &sim.App{ID: 12, Installation: 34, Key: public}
		w.Token, w.Settings = key, appTable
		w.Queries = []sources.Query{{Noun: sources.Goals, Text: "project:kettle/1"}}
		w.Cases = nil
		return w
	})
}

func TestSignInSettings(t *testing.T) {
	tests := []struct{ table, want string }{
		{"token = 'env:T'", ""},
		{"token = 'gh'", ""},
		{"app_id = 1\ninstallation_id = 2\nprivate_key = 'file:app.pem'", ""},
		{"app_id = 1\ninstallation_id = 2\nprivate_key = 'credential:app'", ""},
		{"", `gh has no token; name where it is kept, such as token = "env:GITHUB_TOKEN"`},
		{"token = 'env:T'\napp_id = 1", "gh has both a token and an app to sign in with; leave one out"},
		{"token = 'env:T'\napp_id = 1\ninstallation_id = 2\nprivate_key = 'file:k'", "gh has both a token and an app to sign in with; leave one out"},
		{"app_id = 1", "gh signs in as an app, which takes all of app_id, installation_id and private_key"},
		{"app_id = -1\ninstallation_id = 2\nprivate_key = 'file:k'", "gh signs in as an app, which takes all of app_id, installation_id and private_key"},
		{"private_key = 'file:k'", "gh signs in as an app, which takes all of app_id, installation_id and private_key"},
		{"app_id = 1\ninstallation_id = 2\nprivate_key = 'gh'", `the private_key of gh is kept in a file, such as private_key = "file:preread.pem"; gh holds none`},
	}
	for _, test := range tests {
		_, err := Kind.Open(func(into any) error { _, err := toml.Decode(test.table, into); return err }, sources.Setup{
			// Settings are checked without their secrets.
			Name: "gh", Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret("-"), nil },
		})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.table, got, test.want)
		}
	}
}

// On an Enterprise Server and at github.com the sign-in is where the rest of
// the API is.
func TestAppBase(t *testing.T) {
	key, _ := newKey(t)
	for text, want := range map[string]string{
		"https://github.com":       "https://api.github.com/app/installations/34/access_tokens",
		"https://ghe.acme.example": "https://ghe.acme.example/api/v3/app/installations/34/access_tokens",
		"https://acme.ghe.com":     "https://api.acme.ghe.com/app/installations/34/access_tokens",
	} {
		var asked []*url.URL
		s, err := Kind.Open(func(into any) error {
			_, err := toml.Decode(strings.ReplaceAll(appTable, "'URL'", strconv.Quote(text)), into)
			return err
		}, sources.Setup{
			Name: "github", Pace: time.Millisecond,
			Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(key), nil },
			Transport: trip(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL)
				return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{"Content-Type": {"application/json"}}, Body: http.NoBody, Request: r}, nil
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = collect(t, s, window(t), sources.Quality, "repo:kettle/checkout label:bug")
		var got []string
		for _, u := range asked {
			got = append(got, u.String())
		}
		if diff := gocmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

type trip func(*http.Request) (*http.Response, error)

func (t trip) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }
