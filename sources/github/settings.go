package github

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"preread/sources"
	"preread/sources/internal/web"
)

// dotcom is the API of github.com, where a source is unless its settings say
// otherwise.
var dotcom = &url.URL{Scheme: "https", Host: "api.github.com", Path: "/"}

// An address is the base of a GitHub API, with a slash at its end.
type address struct{ *url.URL }

// UnmarshalText reads what people know as GitHub's address: that of its pages
// or of its API. The token goes over plain http to this machine only.
func (a *address) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if strings.ContainsAny(string(text), "@?#") || err != nil { // what is refused here may hold a secret
		return errors.New("an address is written like https://ghe.acme.example, without user, password, ? or #; use token")
	}
	shown := sources.OneLine(string(text), 80)
	switch {
	case u.Host == "" || u.Opaque != "":
		return fmt.Errorf("%q is not an address such as https://ghe.acme.example", shown)
	case u.Scheme != "https" && (u.Scheme != "http" || !web.Loopback(u.Hostname())):
		return fmt.Errorf("%q would send the token unprotected; use https", shown)
	}
	a.URL = base(u)
	return nil
}

// The pages of a GitHub are where people look at it, where that is not the
// host of its API.
type pages struct{ *url.URL }

// UnmarshalText reads the address of a web site.
func (p *pages) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(string(text), "@?#") {
		return errors.New("not the address of a web site, such as https://ghe.acme.example")
	}
	p.URL = u
	return nil
}

// base finds the API that belongs to an address: a host of its own at
// github.com and ghe.com, a path of the same host on an Enterprise Server.
func base(u *url.URL) *url.URL {
	host, path := strings.ToLower(u.Host), strings.TrimRight(u.Path, "/")
	switch {
	case host == "github.com", host == "www.github.com":
		return dotcom
	case strings.HasPrefix(host, "api."):
	case strings.HasSuffix(host, ".ghe.com"):
		host = "api." + host
	case !strings.HasSuffix(path, "/api/v3"):
		path += "/api/v3"
	}
	return &url.URL{Scheme: u.Scheme, Host: host, Path: path + "/"}
}

// A word is a login, label or prefix: never empty, and without the comma that
// GitHub takes for the end of a label.
type word string

// UnmarshalText refuses what cannot be asked for.
func (w *word) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	switch {
	case s == "":
		return errors.New("an empty word matches nothing; leave the setting out")
	case strings.Contains(s, ","):
		return fmt.Errorf("%q holds a comma, which GitHub cannot be asked for", sources.OneLine(s, 40))
	}
	*w = word(s)
	return nil
}

func words(list []word) []string {
	s := make([]string, len(list))
	for i, w := range list {
		s[i] = string(w)
	}
	return s
}

// chronological orders facts by time, and by name within one instant.
func chronological(a, b time.Time, aRef, bRef string) int {
	return cmp.Or(a.Compare(b), cmp.Compare(aRef, bRef))
}
