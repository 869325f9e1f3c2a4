package github

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
)

// What GitHub says of an answer in its status, headers and body decides
// whether there is one.
func TestRefusals(t *testing.T) {
	incident := sim.Ask{Repos: []string{"kettle/checkout"}, Labels: []string{"incident"}}
	tests := []struct {
		name         string
		noun         sources.Noun
		text         string
		org          func(*sim.Org)
		fault        fault.Fault
		reason, hint string
	}{
		{
			name: "hidden repository", noun: sources.Shipped, text: "repo:kettle/checkout",
			org:    func(o *sim.Org) { o.Repo("kettle/checkout").Hidden = true },
			reason: "github does not know kettle/checkout, or does not show it to this token (404)",
			hint:   "check the name; the token may lack the permission metadata=read",
		},
		{
			name: "one hidden repository of two", noun: sources.Quality, text: "repo:kettle/search repo:kettle/nowhere",
			reason: "github does not know kettle/nowhere, or does not show it to this token (404)",
			hint:   "check the name; the token may lack the permission metadata=read",
		},
		{
			name: "missing permission", noun: sources.Incidents, text: incident.Text(),
			fault:  fault.Fault{Status: 403, Header: http.Header{"X-Accepted-Github-Permissions": {"issues=read"}}, Body: `{"message":"Resource not accessible"}`},
			reason: "github does not allow this token to read that (403)",
			hint:   "the token may lack the permission issues=read",
		},
		{
			name: "secondary limit that only the text tells of", noun: sources.Incidents, text: incident.Text(),
			fault:  fault.Fault{Status: 403, Header: http.Header{"X-Accepted-Github-Permissions": {"issues=read"}}, Body: `{"message":"You have exceeded a secondary rate limit"}`},
			reason: "github asked to wait (403), for longer than this run may",
			hint:   "its request limit is used up; run again later",
		},
		{
			name: "single sign-on required", noun: sources.Incidents, text: incident.Text(),
			fault:  fault.Fault{Status: 403, Header: http.Header{"X-Github-Sso": {"required; url=https://x/sso?token=canary"}}, Body: `{}`},
			reason: "github wants single sign-on for this token (403)",
			hint:   "authorise the token for SAML single sign-on of the organisation, in the token's settings",
		},
		{
			name: "results left out by single sign-on", noun: sources.Goals, text: "repo:kettle/search",
			org:    func(o *sim.Org) { o.SSO = "partial-results; organizations=21955855" },
			reason: "github left out what single sign-on hides from this token",
			hint:   "authorise the token for SAML single sign-on of the organisation, in the token's settings",
		},
		{
			name: "label that is nowhere", noun: sources.Incidents, text: "repo:kettle/checkout label:incidnet",
			reason: `github has no label "incidnet" in kettle/checkout`, hint: validWords,
		},
		{
			name: "milestone that is nowhere", noun: sources.Goals, text: `repo:kettle/checkout repo:kettle/search milestone:"Slow index"`,
			reason: `github has no milestone "Slow index" in kettle/checkout, kettle/search`, hint: validWords,
		},
		{
			name: "list that goes on elsewhere", noun: sources.Goals, text: "repo:kettle/search",
			fault:  fault.Fault{Header: http.Header{"Link": {`<http://evil.example/repositories/1/issues?page=2>; rel="next"`}}, Edit: sameSecond},
			reason: "github continues a list on another host, evil.example, which was not asked",
			hint:   "check the url of github in the settings; the token goes to no other host",
		},
		{
			name: "empty answer", noun: sources.Goals, text: "repo:kettle/search",
			fault:  fault.Fault{Edit: func([]byte) []byte { return nil }},
			reason: "github gave an answer about kettle/search that this program could not read",
		},
		{
			name: "null for a list", noun: sources.Goals, text: "repo:kettle/search",
			fault:  fault.Fault{Edit: func([]byte) []byte { return []byte("null") }},
			reason: "github gave an answer about kettle/search that this program could not read",
		},
		{
			name: "issue without a time", noun: sources.Goals, text: "repo:kettle/search",
			fault:  fault.Fault{Edit: func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("updated_at"), []byte("updated")) }},
			reason: "github gave an answer about kettle/search that this program could not read",
		},
		{
			name: "pull request without a base", noun: sources.Shipped, text: "repo:kettle/search",
			fault:  fault.Fault{Edit: func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("default_branch"), []byte("branch")) }},
			reason: "github gave an answer about kettle/search that this program could not read",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			org, _ := kettle(t)
			if test.org != nil {
				test.org(org)
			}
			s, gate := serve(t, org, "")
			gate.Add(test.fault)
			_, err := collect(t, s, window(t), test.noun, test.text)
			if err == nil {
				t.Fatal("was answered")
			}
			reason, hint := sources.Reason(err)
			if reason != test.reason || hint != test.hint {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", reason, hint, test.reason, test.hint)
			}
		})
	}
}

// sameSecond makes a walk follow its link.
func sameSecond(body []byte) []byte {
	return []byte(`[{"number":1,"state":"open","created_at":"0001-01-01T00:00:01Z","updated_at":"0001-01-01T00:00:01Z"}]`)
}

func TestIssuesDisabledMeansNone(t *testing.T) {
	org, _ := kettle(t)
	org.Repo("kettle/checkout").Disabled = true
	s, _ := serve(t, org, "")
	got, err := collect(t, s, window(t), sources.Incidents, "repo:kettle/checkout label:incident")
	if err != nil || len(got.Incidents) > 0 {
		t.Errorf("%d incidents, %v; want none", len(got.Incidents), err)
	}
	same(t, s, org, window(t), sources.Quality, sim.Ask{Repos: []string{"kettle/checkout", "kettle/search"}, Labels: []string{"bug"}})
	same(t, s, org, window(t), sources.Shipped, sim.Ask{Repos: []string{"kettle/checkout"}})
}

// An answer that leaves nothing of the hour's allowance is still an answer,
// and whether the next one is given is for GitHub to say.
func TestNothingRemaining(t *testing.T) {
	org, _ := kettle(t)
	s, gate := serve(t, org, "")
	far := time.Now().Add(time.Hour).Unix()
	gate.Add(fault.Fault{Header: http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {time.Unix(far, 0).Format("20060102150405")}}})
	same(t, s, org, window(t), sources.Shipped, sim.Ask{Repos: []string{"kettle/checkout", "kettle/search"}})
}

// A source without a url is at api.github.com, whose pages are at github.com.
func TestDotcom(t *testing.T) {
	org, _ := kettle(t)
	var hosts []string
	source, err := Kind.Open(func(into any) error { into.(*settings).Token = sources.SecretRef{Scheme: "env", Name: "T"}; return nil }, sources.Setup{
		Name: "github", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(sim.Token), nil },
		Transport: carrier(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			r.TLS = &tls.ConnectionState{}
			r.Host = r.URL.Host
			answer := httptest.NewRecorder()
			org.ServeHTTP(answer, r)
			resp := answer.Result()
			resp.Request = r
			return resp, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, source, org, window(t), sources.Goals, sim.Ask{Repos: []string{"kettle/checkout"}, Pulls: true})
	for _, h := range hosts {
		if h != "api.github.com" {
			t.Errorf("asked %s", h)
		}
	}
	evidence := source.Evidence(window(t), sources.Query{Noun: sources.Shipped, Text: "repo:kettle/checkout"})
	u, err := url.Parse(evidence.URL)
	if err != nil || u.Host != "github.com" || u.Path != "/search" {
		t.Errorf("evidence %q, %v", evidence.URL, err)
	}
	want := sources.Evidence{Source: "github", Ref: "repo:kettle/checkout is:pr merged:2026-10-05T00:00:00+02:00..2026-11-15T23:59:59+01:00", URL: evidence.URL}
	if diff := gocmp.Diff(want, evidence); diff != "" || u.Query().Get("q") != want.Ref {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
}

type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

func TestNextLink(t *testing.T) {
	tests := map[string]string{
		"":                                 "",
		`<https://a/x?page=2>; rel="next"`: "https://a/x?page=2",
		`<https://a/x?page=1>; rel="prev"`: "",
		`<https://a/1>; rel="prev", <https://a/x?labels=a,b;c&page=3>; rel="next", <https://a/9>; rel="last"`: "https://a/x?labels=a,b;c&page=3",
		`<https://a/1>; title="no rel=next"; rel=next`:                                                        "https://a/1",
		`<https://a/1`: "",
		`rel="next"`:   "",
	}
	for header, want := range tests {
		if got := nextLink(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	addresses := map[string]string{
		"https://api.github.com":             "https://api.github.com/",
		"https://github.com":                 "https://api.github.com/",
		"https://ghe.acme.example":           "https://ghe.acme.example/api/v3/",
		"https://ghe.acme.example/":          "https://ghe.acme.example/api/v3/",
		"https://ghe.acme.example/api/v3":    "https://ghe.acme.example/api/v3/",
		"https://ghe.acme.example/api/v3/":   "https://ghe.acme.example/api/v3/",
		"https://acme.example/github":        "https://acme.example/github/api/v3/",
		"https://api.acme.ghe.com":           "https://api.acme.ghe.com/",
		"https://acme.ghe.com":               "https://api.acme.ghe.com/",
		"http://127.0.0.1:8080":              "http://127.0.0.1:8080/api/v3/",
		"http://localhost:8080/":             "http://localhost:8080/api/v3/",
		"http://[::1]:8080":                  "http://[::1]:8080/api/v3/",
		"http://ghe.acme.example":            "",
		"ghe.acme.example":                   "",
		"ghe.acme.example:443":               "",
		"ftp://ghe.acme.example":             "",
		"https://":                           "",
		"https://me:secret@ghe.acme.example": "",
		"https://ghe.acme.example?token=abc": "",
		"http://127.0.0.1.evil.example":      "",
		"https://ghe.acme.example/#fragment": "",
	}
	for text, want := range addresses {
		var a address
		err := a.UnmarshalText([]byte(text))
		switch {
		case want == "" && err == nil:
			t.Errorf("%s was not refused", text)
		case want != "" && (err != nil || a.String() != want):
			t.Errorf("%s: %v, %v; want %s", text, a.URL, err, want)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: %v repeats a secret", text, err)
		}
	}
	for _, text := range []string{"", "  ", "a,b"} {
		var w word
		if w.UnmarshalText([]byte(text)) == nil {
			t.Errorf("the word %q was not refused", text)
		}
	}
	sites := map[string]string{
		"https://api.github.com/":          "https://github.com",
		"https://ghe.acme.example/api/v3/": "https://ghe.acme.example",
		"https://api.acme.ghe.com/":        "https://acme.ghe.com",
		"https://acme.example/gh/api/v3/":  "https://acme.example/gh",
	}
	for text, want := range sites {
		u, _ := url.Parse(text)
		if got := site(u); got.String() != want {
			t.Errorf("pages of %s are at %s, want %s", text, got, want)
		}
	}
}
