package prometheus

import (
	"crypto/tls"
	"crypto/x509"
	"encoding"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"

	"preread/sources"
)

// A literal stands for a key that holds a secret in Prometheus's own settings.
type literal struct{}

// UnmarshalText refuses whatever it is given, and does not repeat it.
func (literal) UnmarshalText([]byte) error {
	return errors.New("a secret does not belong into the settings; name the file that holds it: password_file, credentials_file or bearer_token_file")
}

// readTable reads a table inside the collector's own: texts, values that read
// themselves, and yes or no. A key that it does not have is refused, for a misspelt
// one would leave a connection less guarded than it looks.
func readTable(data any, fields map[string]any) error {
	table, ok := data.(map[string]any)
	if !ok {
		return errors.New("a table is wanted here")
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		text, isText := table[key].(string)
		on, isBool := table[key].(bool)
		switch into := fields[key].(type) {
		case *string:
			if *into = text; !isText {
				return fmt.Errorf("%s: a text in quotes is wanted here", key)
			}
		case *bool:
			if *into = on; !isBool {
				return fmt.Errorf("%s: true or false is wanted here", key)
			}
		case encoding.TextUnmarshaler:
			if err := into.UnmarshalText([]byte(text)); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		default:
			return fmt.Errorf("unknown key %q; there are %s", sources.OneLine(key, 40), strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
	}
	return nil
}

// basicAuth is the table basic_auth.
type basicAuth struct{ Username, PasswordFile string }

// UnmarshalTOML reads the table.
func (b *basicAuth) UnmarshalTOML(data any) error {
	return readTable(data, map[string]any{"username": &b.Username, "password_file": &b.PasswordFile, "password": literal{}})
}

// authorization is the table authorization.
type authorization struct {
	Type            scheme
	CredentialsFile string
}

// UnmarshalTOML reads the table.
func (a *authorization) UnmarshalTOML(data any) error {
	return readTable(data, map[string]any{"type": &a.Type, "credentials_file": &a.CredentialsFile, "credentials": literal{}})
}

// A scheme is the word before a credential. The zero scheme is Bearer.
type scheme string

var schemePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// UnmarshalText reads a scheme. Basic has a table of its own.
func (s *scheme) UnmarshalText(text []byte) error {
	switch {
	case strings.EqualFold(string(text), "basic"):
		return errors.New("Basic wants a user, too; use basic_auth")
	case !schemePattern.Match(text):
		return fmt.Errorf("%q is no kind of credential", sources.OneLine(string(text), 40))
	}
	*s = scheme(text)
	return nil
}

// A credential is where the secret is kept and how it is sent: with a user as
// Basic, else behind the scheme.
type credential struct {
	user, scheme string
	ref          sources.SecretRef
}

// credentials counts how many credentials the settings name.
func (t settings) credentials() (n int) {
	for _, named := range []bool{!t.Token.IsZero(), t.BasicAuth != nil, t.Authorization != nil, t.BearerTokenFile != ""} {
		if named {
			n++
		}
	}
	return n
}

// credential returns the credential of the settings; the zero one if there is
// none.
func (t settings) credential() credential {
	file := func(path string) sources.SecretRef { return sources.SecretRef{Scheme: "file", Name: path} }
	switch {
	case t.BasicAuth != nil:
		return credential{t.BasicAuth.Username, "", file(t.BasicAuth.PasswordFile)}
	case t.Authorization != nil && t.Authorization.Type != "":
		return credential{"", string(t.Authorization.Type), file(t.Authorization.CredentialsFile)}
	case t.Authorization != nil:
		return credential{"", "Bearer", file(t.Authorization.CredentialsFile)}
	case t.BearerTokenFile != "":
		return credential{"", "Bearer", file(t.BearerTokenFile)}
	}
	return credential{t.User, "Bearer", t.Token}
}

// tenantHeader names the tenant to Mimir, Cortex and Loki.
const tenantHeader = "X-Scope-OrgID"

// A resolution bounds how much Thanos may thin out what it reads.
type resolution string

// UnmarshalText reads a resolution.
func (r *resolution) UnmarshalText(text []byte) error {
	if s := string(text); s != "auto" {
		if _, err := model.ParseDuration(s); err != nil {
			return fmt.Errorf("%q is neither \"auto\" nor a length of time such as 0s or 5m", sources.OneLine(s, 40))
		}
	}
	*r = resolution(text)
	return nil
}

// options refuses a tenant that is no header's value, and options that stand in
// two places.
func (t settings) options(name string) error {
	if strings.ContainsAny(t.Tenant, "\r\n\x00") {
		return fmt.Errorf("tenant of %s holds a line end", name)
	}
	for header := range t.Headers {
		if t.Tenant != "" && strings.EqualFold(header, tenantHeader) {
			return fmt.Errorf("%s has a tenant twice: as tenant and in headers", name)
		}
	}
	written := t.URL.Query()
	for _, option := range t.queryOptions() {
		if option.set && written.Has(option.name) {
			return fmt.Errorf("%s of %s stands in its url as well", option.name, name)
		}
	}
	return nil
}

// A queryOption is an option that goes with every request.
type queryOption struct {
	name, value string
	set         bool // by the settings, not by default
}

// queryOptions are the options of Thanos; other systems pass over what they do
// not know. That a part of the data may be missing is not left to it.
func (t settings) queryOptions() []queryOption {
	list := []queryOption{{"partial_response", "false", t.PartialResponse != nil}}
	if t.PartialResponse != nil {
		list[0].value = strconv.FormatBool(*t.PartialResponse)
	}
	if t.Dedup != nil {
		list = append(list, queryOption{"dedup", strconv.FormatBool(*t.Dedup), true})
	}
	if t.Resolution != "" {
		list = append(list, queryOption{"max_source_resolution", string(t.Resolution), true})
	}
	return list
}

// address returns the address of the API with the options in it.
func (t settings) address() string {
	u := *t.URL.URL
	written := u.Query()
	for _, option := range t.queryOptions() {
		if !written.Has(option.name) {
			u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+option.name+"="+url.QueryEscape(option.value), "&")
		}
	}
	return u.String()
}

// tlsConfig is the table tls_config.
type tlsConfig struct {
	CAFile, CertFile, KeyFile string
	ServerName                string
	InsecureSkipVerify        bool
}

// UnmarshalTOML reads the table.
func (c *tlsConfig) UnmarshalTOML(data any) error {
	return readTable(data, map[string]any{"ca_file": &c.CAFile, "cert_file": &c.CertFile, "key_file": &c.KeyFile,
		"server_name": &c.ServerName, "insecure_skip_verify": &c.InsecureSkipVerify})
}

func (c *tlsConfig) check(name string) error {
	switch {
	case c == nil:
		return nil
	case c.InsecureSkipVerify:
		return fmt.Errorf("insecure_skip_verify of %s would let anybody answer in its place; name the authority that signed its certificate as ca_file, and the name in it as server_name", name)
	case (c.CertFile == "") != (c.KeyFile == ""):
		return fmt.Errorf("tls_config of %s wants cert_file and key_file together", name)
	}
	for _, path := range []string{c.CAFile, c.CertFile, c.KeyFile} {
		if path != "" && !filepath.IsAbs(path) {
			return fmt.Errorf("tls_config of %s names %s; write the whole path, from the root on", name, sources.OneLine(path, 80))
		}
	}
	return nil
}

// transport returns the transport that trusts and signs as the table says.
func (c *tlsConfig) transport(setup sources.Setup) (http.RoundTripper, error) {
	if c == nil {
		return setup.Transport, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.ServerName}
	if c.CAFile != "" {
		pem, err := pemFile(setup.Name, "ca_file", c.CAFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file of %s holds no certificate", setup.Name)
		}
	}
	if c.CertFile != "" {
		cert, err := pemFile(setup.Name, "cert_file", c.CertFile)
		if err != nil {
			return nil, err
		}
		key, err := pemFile(setup.Name, "key_file", c.KeyFile)
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("cert_file and key_file of %s do not belong together, or one of them is none", setup.Name)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	base, ok := setup.Transport.(*http.Transport)
	switch {
	case ok:
		base = base.Clone()
	case setup.Transport == nil:
		base = http.DefaultTransport.(*http.Transport).Clone()
		base.MaxResponseHeaderBytes = 1 << 20
	default:
		return nil, fmt.Errorf("tls_config of %s cannot be used with the transport of this program", setup.Name)
	}
	base.TLSClientConfig = config
	return base, nil
}

// pemLimit is how much of a file of certificates is read.
const pemLimit = 4 << 20

func pemFile(source, key, path string) ([]byte, error) {
	unusable := func(why string) ([]byte, error) {
		return nil, fmt.Errorf("%s of %s: %s %s", key, source, sources.OneLine(path, 120), why)
	}
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unusable("is not there")
	case errors.Is(err, fs.ErrPermission):
		return unusable("may not be read by this user")
	case err != nil:
		return unusable("cannot be opened")
	}
	defer func() { _ = file.Close() }()
	pem, err := io.ReadAll(io.LimitReader(file, pemLimit))
	if err != nil {
		return unusable("cannot be read")
	}
	return pem, nil
}
