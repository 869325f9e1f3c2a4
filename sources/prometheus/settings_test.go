package prometheus_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"preread/sources"
	simulated "preread/sources/simulated/prometheus"
)

func TestOpenRefuses(t *testing.T) {
	const here, there = "http://127.0.0.1:9090", "https://prometheus.acme.example"
	for _, c := range []struct{ name, url, settings, want string }{
		{"no address", "", "", "not an address such as"},
		{"no scheme", "prometheus.acme.example", "", "not an address such as"},
		{"another scheme", "ftp://acme.example", "", "not an address such as"},
		{"a password in the address", "https://dana:teapot@acme.example", "", "use user and token"},
		{"a fragment", there + "/#a", "", "has a # in it"},
		{"a token over plain http", "http://prometheus.acme.example", "token = 'env:T'", "use https"},
		{"a user without token", there, "user = 'dana'", "has a user but no token"},
		{"a user with a colon", there, "user = 'da:na'\ntoken = 'env:T'", "holds a colon"},
		{"a literal token", there, "token = 'teapot'", "does not belong into the settings"},
		{"a secret header", there, "headers = {authorization = 'Bearer teapot'}", "Authorization is a secret"},
		{"a cookie", there, "headers = {Cookie = 'teapot'}", "Cookie is a secret"},
		{"a broken header", there, "headers = {\"X A\" = 'b'}", "is no header's name"},
		{"a header of two lines", there, "headers = {X-A = \"b\\nHost: c\"}", "holds a line end"},
		{"a header of the protocol", there, "headers = {Host = 'c'}", "Host cannot be set"},
		{"a heartbeat that is no series", there, "heartbeat = 'rate(up[5m])'", "is not a series such as"},
		{"a replica label with a dash", there, "replica_labels = ['a-b']", "is no label's name"},
		{"the alert's name as replica label", there, "replica_labels = ['alertname']", "does not tell replicas apart"},
		{"no time", there, "timeout = '10ms'", "less than a second"},
		{"no requests", there, "max_requests = -1", "less than nothing"},
		{"an unknown key", here, "tokn = 'env:T'", "unknown keys"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := openAt(c.url, c.settings)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error is %v, want one with %q", err, c.want)
			}
			if strings.Contains(err.Error(), "teapot") {
				t.Errorf("%q gives a secret away", err)
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		name, settings string
		system         simulated.Server
	}{
		{"none", "", simulated.Server{}},
		{"bearer", "token = 'env:T'", simulated.Server{Token: token}},
		{"basic", "token = 'env:T'\nuser = 'dana'", simulated.Server{Token: token, User: "dana"}},
		{"tenant", "headers = {X-Scope-OrgID = 'payments'}", simulated.Server{Tenant: "payments"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			system := crowd(1)
			system.Token, system.User, system.Tenant = c.system.Token, c.system.User, c.system.Tenant
			server := httptest.NewServer(http.StripPrefix("/prefix", system))
			defer server.Close()
			for _, address := range []string{"/prefix", "/prefix/", "/prefix?partial_response=false"} {
				source, err := openAt(server.URL+address, c.settings)
				if err != nil {
					t.Fatal(err)
				}
				weeks, err := source.Alarms(t.Context(), window(t, 1), sources.Query{Noun: sources.Alarms})
				if err != nil || len(weeks) != 1 || len(weeks[0].Alarms) != 1 {
					t.Errorf("%s: %v, %v", address, weeks, err)
				}
			}
		})
	}
}

// The options in an address go with every request.
func TestAddressOptions(t *testing.T) {
	var without []string
	system := crowd(1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("partial_response") != "false" {
			without = append(without, r.URL.Path)
		}
		system.ServeHTTP(w, r)
	}))
	defer server.Close()
	source, err := openAt(server.URL+"/?partial_response=false", "token = 'env:T'")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Alarms(t.Context(), window(t, 1), sources.Query{Noun: sources.Alarms}); err != nil {
		t.Fatal(err)
	}
	if len(without) > 0 {
		t.Errorf("asked without the option: %v", without)
	}
}
