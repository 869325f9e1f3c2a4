package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
)

// questions are what a page asks of the company's Jira.
var questions = []sources.Query{
	{Noun: sources.Goals, Text: "parent = POUR-100"},
	{Noun: sources.Goals, Text: "parent = POUR-101"},
	{Noun: sources.Quality, Text: "project = POUR AND issuetype = Bug"},
	{Noun: sources.Delivery, Board: 42},
	{Noun: sources.Goals, Text: "parent = LEAF-100"},
	{Noun: sources.Delivery, Board: 43},
	{Noun: sources.Incidents, Text: "project = LEAF AND issuetype = Incident"},
}

// gather asks questions all at once, as the program does.
func gather(ctx context.Context, w sources.Window, source sources.Source, queries []sources.Query) sources.Facts {
	asks := make([]sources.Ask, len(queries))
	for i, q := range queries {
		asks[i] = sources.Ask{Question: sources.Question{Team: "t", Line: fmt.Sprint(i), Source: "jira", Query: q}, Source: source}
	}
	return sources.Gather(ctx, w, asks, nil)
}

// One settings table gives the same facts from both products.
func TestProductsAgree(t *testing.T) {
	for seed := range uint64(3) {
		site := kettle(t, seed)
		var answers [2][]sources.Answer
		for i, p := range products {
			source, _ := p.serve(t, site, "")
			facts := gather(t.Context(), window(t, 6), source, questions)
			if gaps := facts.Gaps(); len(gaps) > 0 {
				t.Fatalf("%s: %+v", p.name, gaps)
			}
			answers[i] = facts.Answers
			want := []string{"Jira Cloud 1001.0.0-SNAPSHOT", "Jira Server 10.3.2"}[i]
			for k := range answers[i] {
				if answers[i][k].Version != want {
					t.Errorf("%s calls itself %q, want %q", p.name, answers[i][k].Version, want)
				}
				answers[i][k].Version = ""
			}
		}
		if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
			t.Errorf("seed %d (-cloud +data center):\n%s", seed, diff)
		}
	}
}

func TestListsOfAnyLength(t *testing.T) {
	for _, p := range products {
		for _, n := range []int{0, 1, 49, 50, 51, 99, 100, 101, 1001} {
			t.Run(fmt.Sprint(p.name, " ", n), func(t *testing.T) {
				w := window(t, 6)
				site := simulated.Sized(simulated.Size{Goal: n, Left: n, Bugs: n, Incidents: n, FollowUps: min(n, 101), Sprints: 7, SprintIssues: n, Histories: n}, monday)
				source, _ := p.serve(t, site, "")
				for query, in := range map[string]func(simulated.State) bool{"parent = KIT-1": simulated.InEpic("KIT-1"), "fixVersion = 1.0": simulated.InVersion("1.0")} {
					if n == 0 && strings.HasPrefix(query, "fix") {
						continue // Jira refuses a version that it does not have
					}
					items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: query})
					if err != nil {
						t.Fatal(err)
					}
					compareItems(t, w, site.TrueGoal(w, in), items)
				}
				bugs, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Quality, Text: "issuetype = Bug"})
				if err != nil {
					t.Fatal(err)
				}
				compareItems(t, w, site.TrueQuality(w, isType("KIT", "Bug")), bugs)
				incidents, err := source.Incidents(t.Context(), w, sources.Query{Noun: sources.Incidents, Text: "issuetype = Incident"})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(site.TrueIncidents(w, isType("KIT", "Incident")), incidents, exact); diff != "" {
					t.Errorf("incidents (-true +collected):\n%s", diff)
				}
				sprints, err := source.Sprints(t.Context(), w, sources.Query{Noun: sources.Delivery, Board: 1})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(site.TrueSprints(w, 1), sprints, exact, cmpopts.IgnoreFields(sources.Sprint{}, "Graded")); diff != "" {
					t.Errorf("sprints (-true +collected):\n%s", diff)
				}
			})
		}
	}
}

// Boards live for years: the end of a long list of sprints is found without
// reading all of it, where its length is told.
func TestBoardsOfAnyAge(t *testing.T) {
	for _, p := range products {
		for _, n := range []int{0, 1, 49, 50, 51, 99, 100, 101, 1001} {
			w := window(t, 6)
			site := simulated.Sized(simulated.Size{Sprints: n, SprintIssues: 3}, monday)
			source, gate := p.serve(t, site, "")
			sprints, err := source.Sprints(t.Context(), w, sources.Query{Noun: sources.Delivery, Board: 1})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(site.TrueSprints(w, 1), sprints, exact); diff != "" {
				t.Errorf("%s, %d sprints (-true +collected):\n%s", p.name, n, diff)
			}
			lists := 0
			for _, r := range gate.Log() {
				if strings.Contains(r.URL, "/sprint?") {
					lists++
				}
			}
			if p.name == "cloud" && lists > 4 {
				t.Errorf("%d sprints: %d pages of sprints were read", n, lists)
			}
		}
	}
}

// A token can also lapse while a page is being made.
// A board none of whose sprints meets the window has none, and that is known.
// A report about an earlier moment sees a sprint run that was closed since.
func TestNothingIsNewerThanNow(t *testing.T) {
	for _, p := range products {
		site := kettle(t, 3)
		source, _ := p.serve(t, site, "")
		w := window(t, 6)
		w.Now = w.Now.AddDate(0, 0, -17).Add(3 * time.Hour)
		w.Last = sources.WeekOf(w.Now, w.Zone).Add(-1)
		for _, board := range []int64{42, 43} {
			got, err := source.Sprints(t.Context(), w, sources.Query{Board: board})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(site.TrueSprints(w, board), got, exact, cmpopts.IgnoreFields(sources.Sprint{}, "Graded")); diff != "" {
				t.Errorf("%s: sprints (-true +collected):\n%s", p.name, diff)
			}
		}
		for _, epic := range []string{"POUR-100", "LEAF-100"} {
			got, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = " + epic})
			if err != nil {
				t.Fatal(err)
			}
			compareItems(t, w, site.TrueGoal(w, simulated.InEpic(epic)), got)
		}
		got, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Quality, Text: "project = LEAF AND issuetype = Bug"})
		if err != nil {
			t.Fatal(err)
		}
		compareItems(t, w, site.TrueQuality(w, isType("LEAF", "Bug")), got)
	}
}

// JQL dates are read in the zone of the token's user; facts do not depend on
// it.
func TestUserZoneDoesNotMatter(t *testing.T) {
	for _, p := range products {
		var first []sources.Answer
		for _, name := range []string{"UTC", "Pacific/Kiritimati", "Etc/GMT+12"} {
			zone, err := sources.LoadZone(name)
			if err != nil {
				t.Fatal(err)
			}
			site := kettle(t, 1)
			site.Zone = zone
			source, _ := p.serve(t, site, "")
			answers := gather(t.Context(), window(t, 6), source, questions).Answers
			if first == nil {
				first = answers
			}
			if diff := cmp.Diff(first, answers); diff != "" {
				t.Errorf("%s, %s (-UTC +there):\n%s", p.name, name, diff)
			}
		}
	}
}

// Where a changelog is long, or the bulk read is not allowed, the rest is
// read another way and the facts are the same.
func TestChangelogsTheLongWay(t *testing.T) {
	size := simulated.Size{Goal: 120, Histories: 130}
	w := window(t, 6)
	for i, p := range products {
		site := simulated.Sized(size, monday)
		site.NoBulk, site.HistoryLimit = true, 3
		source, gate := p.serve(t, site, "")
		items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = KIT-1"})
		if err != nil {
			t.Fatal(err)
		}
		compareItems(t, w, site.TrueGoal(w, simulated.InEpic("KIT-1")), items)
		path := []string{"/changelog?", "/rest/api/2/issue/"}[i]
		var long int
		for _, r := range gate.Log() {
			if strings.Contains(r.URL, path) {
				long++
			}
		}
		if long == 0 {
			t.Errorf("%s: nothing was read from %s", p.name, path)
		}
	}
}

// The bulk read of changelogs has pages too, and may cut an issue's in two.
func TestChangelogsOnSeveralPages(t *testing.T) {
	site := simulated.Sized(simulated.Size{Goal: 3, Histories: 10050}, monday)
	w := window(t, 6)
	source, gate := products[0].serve(t, site, "")
	items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = KIT-1"})
	if err != nil {
		t.Fatal(err)
	}
	compareItems(t, w, site.TrueGoal(w, simulated.InEpic("KIT-1")), items)
	reads := 0
	for _, r := range gate.Log() {
		if strings.Contains(r.URL, "bulkfetch") {
			reads++
		}
	}
	if reads != 2 {
		t.Errorf("%d bulk reads, want 2", reads)
	}
}

// What several questions need is asked for once, however many ask at once,
// and how much is asked does not depend on who comes first.
func TestNothingIsAskedTwice(t *testing.T) {
	for _, p := range products {
		source, gate := p.serve(t, kettle(t, 1), "")
		facts := gather(t.Context(), window(t, 6), source, questions)
		asked := map[string]int{}
		for _, r := range gate.Log() {
			asked[r.Method+" "+r.URL+" "+r.Body]++
		}
		for what, n := range asked {
			if n > 1 {
				t.Errorf("%s: %d times: %.150s", p.name, n, what)
			}
		}
		n := len(gate.Log())
		if facts.Requests["jira"] != n {
			t.Errorf("%s: %d requests told, %d sent", p.name, facts.Requests["jira"], n)
		}
		if want := map[string]int{"cloud": 23, "data center": 17}[p.name]; n != want {
			t.Errorf("%s: %d requests, want %d", p.name, n, want)
		}
	}
}

// handled answers requests without a network.
type handled struct{ http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.Clone(r.Context())
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, asked)
	return w.Result(), nil
}

// direct opens a source of a handler, without a network.
func (p product) direct(t testing.TB, url string, handler http.Handler) sources.Source {
	t.Helper()
	source, err := Kind.Open(func(into any) error {
		_, err := toml.Decode(strings.ReplaceAll(p.settings, "URL", url), into)
		return err
	}, sources.Setup{Name: "jira", Transport: handled{handler}, Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(token), nil }})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// At an address of Atlassian's own, nobody has to be asked which product is there.
func TestAddressesOfAtlassian(t *testing.T) {
	gate := fault.NewGate(kettle(t, 1).Cloud(token))
	source := products[0].direct(t, "https://kettle.atlassian.net", gate)
	items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = POUR-100"})
	if err != nil || len(items) == 0 || !strings.HasPrefix(items[0].URL, "https://kettle.atlassian.net/browse/POUR-") {
		t.Errorf("%d items, %v", len(items), err)
	}
	for _, r := range gate.Log() {
		if strings.Contains(r.URL, "serverInfo") {
			t.Errorf("asked %s", r.URL)
		}
	}
}

// The one who was interrupted takes nobody with him.
func TestInterruptionIsNotShared(t *testing.T) {
	var s shared[int]
	ctx, cancel := context.WithCancel(t.Context())
	begun, result := make(chan struct{}), make(chan error)
	go func() {
		_, err := s.get(ctx, func(ctx context.Context) (int, error) {
			close(begun)
			<-ctx.Done()
			return 0, ctx.Err()
		})
		result <- err
	}()
	<-begun
	go func() {
		v, err := s.get(t.Context(), func(context.Context) (int, error) { return 7, nil })
		if v != 7 && err == nil {
			err = fmt.Errorf("got %d", v)
		}
		result <- err
	}()
	cancel()
	var failed int
	for range 2 {
		if err := <-result; err != nil {
			failed++
			if err != context.Canceled {
				t.Error(err)
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d of the two failed", failed)
	}
}

func TestEstimateFields(t *testing.T) {
	with := func(fields ...[3]string) *site {
		st := &site{name: "jira"}
		for _, f := range fields {
			var one field
			one.ID, one.Name, one.Schema.Custom = f[0], f[1], f[2]
			st.fields = append(st.fields, one)
		}
		return st
	}
	agile, float := [3]string{"c1", "Story point estimate", pointsType}, [3]string{"c2", "story points", floatType}
	unclear := sources.Graded{Grade: sources.Approximate, Reason: "several fields could hold the story points, so none is read; set estimate_field"}
	tests := []struct {
		name    string
		setting string
		site    *site
		ids     []string
		graded  sources.Graded
		refused string
	}{
		{name: "one of each kind", site: with(float, agile), ids: []string{"c1", "c2"}, graded: sources.Whole()},
		{name: "text of that name", site: with([3]string{"c3", "Story Points", "x:textfield"}), graded: sources.Whole()},
		{name: "two of that name", site: with(float, [3]string{"c4", "Story Points", floatType}), graded: unclear},
		{name: "two, one of them named", setting: "c4", site: with(float, [3]string{"c4", "Story Points", floatType}), ids: []string{"c4"}, graded: sources.Whole()},
		{name: "two, the name named", setting: "Story Points", site: with(float, [3]string{"c4", "Story Points", floatType}), refused: `jira has 2 fields named "Story Points"`},
		{name: "unknown", setting: "Size", site: with(float), refused: `jira has no field "Size", or does not show it to this token`},
		{name: "none", site: with(), graded: sources.Whole()},
	}
	for _, tt := range tests {
		s := &source{settings: settings{EstimateField: tt.setting}}
		got, err := s.estimate(tt.site)
		if reason, _ := reasonOf(err); reason != tt.refused {
			t.Errorf("%s: %q, want %q", tt.name, reason, tt.refused)
			continue
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(tt.ids, got.ids(), cmpopts.EquateEmpty()); diff != "" || got.graded != tt.graded {
			t.Errorf("%s: %+v (-want +got):\n%s", tt.name, got.graded, diff)
		}
	}
}

func reasonOf(err error) (string, string) {
	if err == nil {
		return "", ""
	}
	return sources.Reason(err)
}

func BenchmarkGather(b *testing.B) {
	w := window(b, 6)
	for _, p := range products {
		for name, queries := range map[string][]sources.Query{"page": questions, "goal": questions[:1], "delivery": questions[3:4]} {
			b.Run(p.name+"/"+name, func(b *testing.B) {
				site := kettle(b, 1)
				gate := fault.NewGate(p.handler(site, token))
				gate.SetLatency(50 * time.Millisecond)
				server := httptest.NewServer(gate)
				defer server.Close()
				fewest := site.Fewest(p.name == "cloud", w, queries...)
				var sent int
				for b.Loop() {
					facts := gather(b.Context(), w, p.open(b, server.URL, "", token), queries)
					if gaps := facts.Gaps(); len(gaps) > 0 {
						b.Fatal(gaps)
					}
					sent = facts.Requests["jira"]
				}
				b.ReportMetric(float64(sent), "requests")
				b.ReportMetric(float64(fewest), "fewest")
				b.ReportMetric(float64(sent)/float64(fewest), "ratio")
			})
		}
	}
}
