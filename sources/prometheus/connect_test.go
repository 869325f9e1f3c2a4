package prometheus_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	simulated "preread/sources/simulated/prometheus"
)

// The credential goes out in the way that the settings name, and the options
// with every request.
func TestConnections(t *testing.T) {
	const always = "partial_response=false"
	for _, c := range []struct {
		name, query, settings string
		authorization, tenant string
		want                  string // of the query, in order of the names
	}{
		{name: "nothing", want: always},
		{name: "token", settings: "token = 'env:T'", authorization: "Bearer " + token, want: always},
		{name: "token file", settings: "bearer_token_file = '/run/token'", authorization: "Bearer " + token, want: always},
		{name: "authorization", settings: "authorization = {credentials_file = 'token'}", authorization: "Bearer " + token, want: always},
		{name: "another scheme", settings: "authorization = {type = 'Token', credentials_file = 'token'}", authorization: "Token " + token, want: always},
		{name: "basic", settings: "basic_auth = {username = 'dana', password_file = 'p'}", authorization: "Basic ZGFuYTprZXR0bGUtdG9rZW4=", want: always},
		{name: "tenant", settings: "tenant = 'payments'", tenant: "payments", want: always},
		{name: "thanos", settings: "dedup = false\nmax_source_resolution = 'auto'\npartial_response = true", want: "dedup=false&max_source_resolution=auto&partial_response=true"},
		{name: "raw", settings: "dedup = true\nmax_source_resolution = '0s'", want: "dedup=true&max_source_resolution=0s&" + always},
		{name: "in the address", query: "?partial_response=true&dedup=false", want: "dedup=false&partial_response=true"},
		{name: "both", query: "?dedup=false", settings: "max_source_resolution = '5m'", want: "dedup=false&max_source_resolution=5m&" + always},
	} {
		t.Run(c.name, func(t *testing.T) {
			system := crowd(1)
			system.Token = ""
			type seen struct{ Authorization, Tenant, Query string }
			want := seen{c.authorization, c.tenant, c.want}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				query, _ := url.ParseQuery(r.URL.RawQuery)
				if diff := cmp.Diff(want, seen{r.Header.Get("Authorization"), r.Header.Get("X-Scope-OrgID"), query.Encode()}); diff != "" {
					t.Errorf("%s (-want +got):\n%s", r.URL.Path, diff)
				}
				system.ServeHTTP(w, r)
			}))
			defer server.Close()
			source, err := openAt(server.URL+c.query, c.settings)
			if err != nil {
				t.Fatal(err)
			}
			weeks, err := source.Alarms(t.Context(), window(t, 1), sources.Query{Noun: sources.Alarms})
			if err != nil || len(weeks) != 1 || len(weeks[0].Alarms) != 1 {
				t.Errorf("%v, %v", weeks, err)
			}
		})
	}
}

func TestConnectionsRefused(t *testing.T) {
	const there = "https://prometheus.acme.example"
	dir := t.TempDir()
	none := filepath.Join(dir, "none.pem")
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, url, settings, want string }{
		{"a password", there, "basic_auth = {username = 'dana', password = 'teapot'}", "name the file that holds it"},
		{"credentials", there, "authorization = {credentials = 'teapot'}", "name the file that holds it"},
		{"a literal token", there, "bearer_token = 'teapot'", "name the file that holds it"},
		{"basic without a user", there, "basic_auth = {password_file = 'p'}", "wants a username and a password_file"},
		{"a user with a colon", there, "basic_auth = {username = 'da:na', password_file = 'p'}", "holds a colon"},
		{"an empty authorization", there, "authorization = {type = 'Bearer'}", "wants a credentials_file"},
		{"basic as a type", there, "authorization = {type = 'basic', credentials_file = 'p'}", "use basic_auth"},
		{"two words as a type", there, "authorization = {type = 'a b', credentials_file = 'p'}", "is no kind of credential"},
		{"two credentials", there, "bearer_token_file = 'p'\ntoken = 'env:T'", "has several credentials"},
		{"two users", there, "user = 'dana'\nbasic_auth = {username = 'dana', password_file = 'p'}", "has a username of its own"},
		{"a credential over plain http", "http://prometheus.acme.example", "bearer_token_file = 'p'", "use https"},
		{"no checks", there, "tls_config = {insecure_skip_verify = true}", "would let anybody answer"},
		{"half a certificate", there, "tls_config = {cert_file = '/a'}", "wants cert_file and key_file together"},
		{"a path from somewhere", there, "tls_config = {ca_file = 'ca.pem'}", "write the whole path"},
		{"trust over plain http", "http://127.0.0.1:9090", "tls_config = {server_name = 'a'}", "its url is plain http"},
		{"a misspelt key", there, "tls_config = {ca_flie = '/a'}", "unknown key \"ca_flie\"; there are ca_file, cert_file,"},
		{"a number for a file", there, "tls_config = {ca_file = 7}", "ca_file: a text in quotes is wanted here"},
		{"a text for a switch", there, "tls_config = {insecure_skip_verify = 'no'}", "true or false is wanted here"},
		{"no table", there, "basic_auth = 'dana'", "a table is wanted here"},
		{"no such file", there, "tls_config = {ca_file = '" + none + "'}", "is not there"},
		{"no certificate in it", there, "tls_config = {ca_file = '" + empty + "'}", "holds no certificate"},
		{"no pair", there, "tls_config = {cert_file = '" + empty + "', key_file = '" + empty + "'}", "do not belong together"},
		{"a tenant of two lines", there, "tenant = \"a\\nb\"", "holds a line end"},
		{"a tenant twice", there, "tenant = 'a'\nheaders = {x-scope-orgid = 'b'}", "has a tenant twice"},
		{"an option twice", there + "/?dedup=true", "dedup = false", "stands in its url as well"},
		{"no resolution", there, "max_source_resolution = 'fine'", "neither \"auto\" nor a length of time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := openAt(c.url, c.settings)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "teapot") {
				t.Fatalf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

// A store that is away is an error, or, if people want what is left, a partial
// answer. It is no quiet week either way.
func TestStoreAway(t *testing.T) {
	system := kettle(t, 1)
	system.Away = true
	w := window(t, 6)
	asks := func(settings string) []sources.Answer {
		s := serve(t, system, publicly+settings)
		source := s.source
		defer func() {
			if n := len(s.gate.Log()); n > 10 && settings == "" { // it is not asked for less and less
				t.Errorf("%d requests were sent", n)
			}
		}()
		var asks []sources.Ask
		for _, q := range []sources.Query{{Noun: sources.Alarms, Text: `team="checkout"`}, {Noun: sources.Metrics, Text: simulated.CheckoutP95}} {
			asks = append(asks, sources.Ask{Question: sources.Question{Query: q}, Source: source})
		}
		return sources.Gather(t.Context(), w, asks, nil).Answers
	}
	for _, a := range asks("") {
		if a.Gap != "a part of what prom reads from does not answer" {
			t.Errorf("%s: gap %q", a.Question.Query.Noun, a.Gap)
		}
	}
	answers := asks("partial_response = true\n")
	for _, week := range answers[0].Alarms {
		if week.Grade != sources.Partial {
			t.Errorf("alarms of %s are %s", week.Week, week.Grade)
		}
	}
	for _, reading := range answers[1].Readings {
		if reading.Grade != sources.Partial {
			t.Errorf("the reading of %s is %s", reading.Week, reading.Grade)
		}
	}
}

// An authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	dir  string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{key: key, dir: t.TempDir()}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Kettle & Sons"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.cert = template
	a.sign(t, "ca", template, &key.PublicKey)
	return a
}

// sign writes a certificate and returns it.
func (a *authority) sign(t *testing.T, name string, template *x509.Certificate, public *ecdsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, public, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if name == "ca" {
		if a.cert, err = x509.ParseCertificate(der); err != nil {
			t.Fatal(err)
		}
	}
	a.write(t, name+".pem", "CERTIFICATE", der)
	return der
}

func (a *authority) write(t *testing.T, name, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// pair makes a signed certificate with its key.
func (a *authority) pair(t *testing.T, name string, number int64) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der := a.sign(t, name, &x509.Certificate{SerialNumber: big.NewInt(number), DNSNames: []string{"prometheus.kettle.example"}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}, &key.PublicKey)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, name+".key", "PRIVATE KEY", secret)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A server with a certificate of the firm's own, that wants one of its clients.
func TestTLS(t *testing.T) {
	a := newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	server := httptest.NewUnstartedServer(crowd(1))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.pair(t, "server", 2)}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
	server.Config.ErrorLog = quiet(t)
	server.StartTLS()
	defer server.Close()
	a.pair(t, "client", 3)
	config := func(keys ...string) string {
		parts := make([]string, len(keys))
		for i, key := range keys {
			name, file, _ := strings.Cut(key, "=")
			if file != "prometheus.kettle.example" {
				file = filepath.Join(a.dir, file)
			}
			parts[i] = fmt.Sprintf("%s = '%s'", name, file)
		}
		return "token = 'env:T'\ntls_config = {" + strings.Join(parts, ", ") + "}\n"
	}
	const name = "server_name=prometheus.kettle.example"
	for _, c := range []struct {
		what, settings string
		answered       bool
	}{
		{"all of it", config("ca_file=ca.pem", "cert_file=client.pem", "key_file=client.key", name), true},
		{"no authority", config("cert_file=client.pem", "key_file=client.key", name), false},
		{"no certificate", config("ca_file=ca.pem", name), false},
		{"no name", config("ca_file=ca.pem", "cert_file=client.pem", "key_file=client.key"), false},
	} {
		source, err := openAt(server.URL, c.settings)
		if err != nil {
			t.Fatal(err)
		}
		weeks, err := source.Alarms(t.Context(), window(t, 1), sources.Query{Noun: sources.Alarms})
		if answered := err == nil && len(weeks) == 1; answered != c.answered {
			t.Errorf("%s: %d weeks, %v", c.what, len(weeks), err)
		}
	}
}
