package prometheus

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"preread/sources"
	"preread/sources/internal/web"
)

// settings is the collector's table. Values check themselves while they are
// read, so that a complaint has its place in the file.
type settings struct {
	URL           address           `toml:"url"`
	User          string            `toml:"user"`
	Token         sources.SecretRef `toml:"token"`
	Headers       map[string]string `toml:"headers"`
	Web           address           `toml:"web"`
	ReplicaLabels []labelName       `toml:"replica_labels"`
	Heartbeat     selector          `toml:"heartbeat"`
	GroupBy       []labelOfGroup    `toml:"group_by"`
	GroupGap      gap               `toml:"group_gap"`
	Timeout       time.Duration     `toml:"timeout"`
	MaxRequests   int               `toml:"max_requests"`

	Tenant          string     `toml:"tenant"`
	Dedup           *bool      `toml:"dedup"`
	PartialResponse *bool      `toml:"partial_response"`
	Resolution      resolution `toml:"max_source_resolution"`

	// These have the names that Prometheus gives to the settings of its clients.
	BasicAuth       *basicAuth     `toml:"basic_auth"`
	Authorization   *authorization `toml:"authorization"`
	BearerTokenFile string         `toml:"bearer_token_file"`
	BearerToken     literal        `toml:"bearer_token"`
	TLS             *tlsConfig     `toml:"tls_config"`
}

func defaults() settings {
	return settings{Heartbeat: `up{job="prometheus"}`, Timeout: time.Minute}
}

// check refuses values that do not go together.
func (t settings) check(name string) error {
	switch {
	case t.URL.URL == nil:
		return fmt.Errorf(`%s has no url, such as url = "https://prometheus.acme.example"`, name)
	case t.credentials() > 1:
		return fmt.Errorf("%s has several credentials; keep one of token, basic_auth, authorization and bearer_token_file", name)
	case t.BasicAuth != nil && (t.BasicAuth.Username == "" || t.BasicAuth.PasswordFile == ""):
		return fmt.Errorf("basic_auth of %s wants a username and a password_file", name)
	case t.Authorization != nil && t.Authorization.CredentialsFile == "":
		return fmt.Errorf("authorization of %s wants a credentials_file", name)
	case t.User != "" && t.Token.IsZero() && t.credentials() > 0:
		return fmt.Errorf("user of %s goes with token; basic_auth has a username of its own", name)
	case t.User != "" && t.Token.IsZero():
		return fmt.Errorf(`%s has a user but no token; name where the password is kept, such as token = "env:PROMETHEUS_TOKEN"`, name)
	case strings.ContainsAny(t.credential().user, ":\r\n"):
		return fmt.Errorf("the user of %s holds a colon or a line end", name)
	case t.credentials() > 0 && t.URL.Scheme != "https" && !web.Loopback(t.URL.Hostname()):
		return fmt.Errorf("%s would get its token unprotected at %s; use https", name, t.URL.Host)
	case t.Timeout < time.Second:
		return fmt.Errorf("timeout of %s is less than a second", name)
	case t.MaxRequests < 0:
		return fmt.Errorf("max_requests of %s is less than nothing", name)
	case t.TLS != nil && t.URL.Scheme != "https":
		return fmt.Errorf("tls_config of %s says how to trust https, but its url is plain http", name)
	}
	if t.GroupGap != 0 && t.GroupBy == nil {
		return fmt.Errorf("group_gap of %s goes with group_by, which it does not have", name)
	}
	if err := t.options(name); err != nil {
		return err
	}
	if err := t.TLS.check(name); err != nil {
		return err
	}
	for header, value := range t.Headers {
		if err := checkHeader(header, value); err != nil {
			return fmt.Errorf("headers of %s: %w", name, err)
		}
	}
	return nil
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// checkHeader refuses headers that hold a secret, which the settings must not,
// and those that would change what a request is.
func checkHeader(name, value string) error {
	if !headerName.MatchString(name) {
		return fmt.Errorf("%q is no header's name", sources.OneLine(name, 40))
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("%s holds a line end", name)
	}
	switch name = http.CanonicalHeaderKey(name); name {
	case "Authorization", "Proxy-Authorization", "Cookie":
		return fmt.Errorf("%s is a secret and does not belong into the settings; use token", name)
	case "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding":
		return fmt.Errorf("%s cannot be set", name)
	}
	return nil
}

// authorize returns what puts the headers and the credential on a request.
func (t settings) authorize(token sources.Secret) func(*http.Request) {
	c := t.credential()
	return func(r *http.Request) {
		for name, value := range t.Headers {
			r.Header.Set(name, value)
		}
		if t.Tenant != "" {
			r.Header.Set(tenantHeader, t.Tenant)
		}
		switch {
		case token.IsZero():
		case c.user != "":
			r.SetBasicAuth(c.user, token.Reveal())
		default:
			r.Header.Set("Authorization", c.scheme+" "+token.Reveal())
		}
	}
}

// pages returns where people open graphs: the options in the query of the
// API's address are none of theirs.
func (t settings) pages() *url.URL {
	u := *t.URL.URL
	if t.Web.URL != nil {
		u = *t.Web.URL
	}
	u.RawQuery = ""
	return &u
}

// An address is where a server is. Its path is a prefix, its query goes with
// every request.
type address struct{ *url.URL }

// UnmarshalText reads an address, which must not hold a credential.
func (a *address) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("not an address such as https://prometheus.acme.example")
	case u.User != nil:
		return errors.New("an address does not hold a user or password; use user and token")
	case u.Fragment != "":
		return fmt.Errorf("the address of %s has a # in it", u.Host)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	a.URL = u
	return nil
}

// A labelName is the name of a label.
type labelName string

// UnmarshalText refuses what is no label's name, and those that tell alerts
// apart.
func (l *labelName) UnmarshalText(text []byte) error {
	switch s := string(text); {
	case !labelPattern.MatchString(s):
		return fmt.Errorf("%q is no label's name", sources.OneLine(s, 40))
	case s == "alertname" || s == "alertstate" || s == "severity" || s == model.MetricNameLabel:
		return fmt.Errorf("%s does not tell replicas apart", s)
	default:
		*l = labelName(s)
		return nil
	}
}

// A labelOfGroup is the name of a label that alerts of one group share.
type labelOfGroup string

// UnmarshalText refuses what is no label's name.
func (l *labelOfGroup) UnmarshalText(text []byte) error {
	if !labelPattern.Match(text) {
		return fmt.Errorf("%q is no label's name", sources.OneLine(string(text), 40))
	}
	*l = labelOfGroup(text)
	return nil
}

// A gap is how far apart the alerts of one group may be.
type gap time.Duration

// UnmarshalText reads a gap.
func (g *gap) UnmarshalText(text []byte) error {
	d, err := model.ParseDuration(string(text))
	if err != nil || d <= 0 || time.Duration(d) > longestGap {
		return fmt.Errorf("%q is not a length of time of up to a day, such as 30m", sources.OneLine(string(text), 40))
	}
	*g = gap(d)
	return nil
}

func labelNames[L ~string](list []L) []model.LabelName {
	names := make([]model.LabelName, len(list))
	for i, l := range list {
		names[i] = model.LabelName(l)
	}
	return names
}
