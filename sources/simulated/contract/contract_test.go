package contract

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"preread/sources"
	"preread/sources/simulated/company"
)

// kettle is the company behind all systems, on a Monday morning.
func kettle(t *testing.T) company.Company {
	t.Helper()
	c, err := company.New(1848, time.Date(2026, 11, 16, 6, 30, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gather runs a collector over questions, against a checked system on
// loopback. The questions have to be answered; which nouns they are about is
// compared with the nouns of the collector.
func gather(t *testing.T, c *checker, kind sources.Kind, table, token string, firm company.Company, weeks int, queries []sources.Query) {
	t.Helper()
	server := httptest.NewServer(c)
	defer server.Close()
	source, err := kind.Open(func(into any) error {
		_, err := toml.Decode(strings.ReplaceAll(table, "URL", server.URL), into)
		return err
	}, sources.Setup{
		Name: kind.Name, Agent: "preread-contract", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(token), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	window := sources.Window{Last: sources.WeekOf(firm.Now, firm.Zone).Add(-1), Count: weeks, Zone: firm.Zone, Now: firm.Now}
	asked := map[sources.Noun]bool{}
	var asks []sources.Ask
	for _, q := range queries {
		asked[q.Noun] = true
		asks = append(asks, sources.Ask{Source: source, Question: sources.Question{Team: "team", Line: string(q.Noun), Source: kind.Name, Query: q}})
	}
	for _, noun := range kind.Nouns {
		if !asked[noun] {
			t.Errorf("nothing is asked about %s", noun)
		}
	}
	for _, gap := range sources.Gather(t.Context(), window, asks, nil).Gaps() {
		t.Errorf("%s was not answered: %s", gap.Question, gap.Reason)
	}
}

// sees sends one request and fails the test unless the checker complains with
// the wanted word, or not at all for "".
func (c *checker) sees(t *testing.T, path, authorization, want string) {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", authorization)
	c.ServeHTTP(httptest.NewRecorder(), r)
	got := strings.Join(c.violations, "\n")
	if (got == "") != (want == "") || !strings.Contains(got, want) {
		t.Errorf("violations %q, want one with %q", shorten(got), want)
	}
}
