package jira

import (
	"errors"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"preread/sources"
)

func TestSettings(t *testing.T) {
	const rest = "\ntoken = \"env:T\"\n"
	tests := []struct{ name, table, want string }{
		{"whole", `url = "https://acme.atlassian.net/"` + rest + "user = 'me@acme.example'\nweb = 'https://jira.acme.example'\nmax_requests = 20\ntimeout = '5s'\nestimate_field = 'Size'\nseverity_field = 'Severity'\nwont_do = ['No']\nfollowup_links = ['Relates']\n", ""},
		{"behind a path", `url = "https://api.atlassian.com/ex/jira/1"` + rest, ""},
		{"plain http here", `url = "http://127.0.0.1:8080"` + rest, ""},
		{"plain http by name", `url = "http://localhost:8080"` + rest, ""},
		{"plain http elsewhere", `url = "http://jira.acme.example"` + rest, "the url of jira is plain http, and a token goes over plain http to this machine only; write https"},
		{"no url", rest, `jira has no url; name the site, such as "https://acme.atlassian.net"`},
		{"no token", `url = "https://acme.example"`, `jira has no token; name where it is kept, such as "env:JIRA_TOKEN"`},
		{"no address", `url = "acme"` + rest, "not an address such as https://acme.atlassian.net"},
		{"credential in the address", `url = "https://me:hush@acme.example"` + rest, "an address with a user or password in it"},
		{"query in the address", `url = "https://acme.example/?x=hush"` + rest, "an address with a query in it"},
		{"no requests", `url = "https://acme.example"` + rest + "max_requests = 0", `"0" is not a whole number of at least 1`},
		{"no time", `url = "https://acme.example"` + rest + "timeout = '-1s'", `"-1s" is not a length of time such as 30s`},
		{"a literal token", `url = "https://acme.example"` + "\ntoken = 'hush'", "a secret does not belong into the settings"},
		{"empty secret", `url = "https://acme.example"` + "\ntoken = 'env:EMPTY'", "the token of jira is empty: env:EMPTY holds nothing"},
		{"missing secret", `url = "https://acme.example"` + "\ntoken = 'env:MISSING'", "no such variable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Kind.Open(func(into any) error {
				_, err := toml.Decode(tt.table, into)
				return err
			}, sources.Setup{Name: "jira", Secret: func(ref sources.SecretRef) (sources.Secret, error) {
				switch ref.Name {
				case "EMPTY":
					return sources.Secret{}, nil
				case "MISSING":
					return sources.Secret{}, errors.New("no such variable")
				}
				return sources.NewSecret("hush"), nil
			}})
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %s", err, tt.want)
			case err != nil && strings.Contains(err.Error(), "hush"):
				t.Errorf("%q tells the secret", err)
			}
		})
	}
}
