package jira

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
	"preread/sources/sourcetest"
)

const token = "a-token"

// monday is a Monday morning, when pages are made.
var monday = time.Date(2026, 11, 16, 6, 30, 0, 0, time.UTC)

func berlin(t testing.TB) sources.Zone {
	t.Helper()
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func window(t testing.TB, weeks int) sources.Window {
	zone := berlin(t)
	return sources.Window{Last: sources.WeekOf(monday, zone).Add(-1), Count: weeks, Zone: zone, Now: monday}
}

// kettle is the generated company's Jira.
func kettle(t testing.TB, seed uint64) *simulated.Site {
	t.Helper()
	c, err := company.New(seed, monday)
	if err != nil {
		t.Fatal(err)
	}
	return simulated.Generate(c)
}

// A product is one of the two that a site can be.
type product struct {
	name     string
	handler  func(*simulated.Site, ...string) http.Handler
	settings string
}

var products = []product{
	{"cloud", (*simulated.Site).Cloud, `url = "URL"` + "\n" + `user = "preread@kettle.example"` + "\n" + `token = "env:T"` + "\n"},
	{"data center", (*simulated.Site).DataCenter, `url = "URL"` + "\n" + `token = "env:T"` + "\n"},
}

// serve serves a site behind a gate and opens a source of it.
func (p product) serve(t testing.TB, site *simulated.Site, more string) (sources.Source, *fault.Gate) {
	t.Helper()
	gate := fault.NewGate(p.handler(site, token))
	server := httptest.NewServer(gate)
	t.Cleanup(server.Close)
	return p.open(t, server.URL, more, token), gate
}

// again serves a gate to a source that has not asked anything yet.
func (p product) again(t testing.TB, gate *fault.Gate) sources.Source {
	t.Helper()
	server := httptest.NewServer(gate)
	t.Cleanup(server.Close)
	return p.open(t, server.URL, "", token)
}

// replacing edits answers.
func replacing(old, by string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(by)) }
}

func (p product) open(t testing.TB, url, more, token string) sources.Source {
	t.Helper()
	source, err := Kind.Open(func(into any) error {
		_, err := toml.Decode(strings.ReplaceAll(p.settings+more, "URL", url), into)
		return err
	}, sources.Setup{
		Name: "jira", Agent: "preread-test", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(token), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestSource(t *testing.T) {
	for _, p := range products {
		t.Run(p.name, func(t *testing.T) { sourcetest.Run(t, Kind, p.world) })
	}
}

// world is the company's Jira with a question for each noun.
func (p product) world(t *testing.T) sourcetest.World {
	return sourcetest.World{
		System: p.handler(busy(t), token), Token: token, Settings: p.settings, Window: window(t, 6),
		Queries: []sources.Query{
			{Noun: sources.Goals, Text: "parent = POUR-100"},
			{Noun: sources.Goals, Text: "parent = " + busyHead},
			{Noun: sources.Quality, Text: "project = POUR AND issuetype = Bug"},
			{Noun: sources.Delivery, Board: 42, Boards: []int64{43}},
			{Noun: sources.Incidents, Text: "project = LEAF AND issuetype = Incident ORDER BY priority DESC"},
		},
		Cases: p.cases(t),
	}
}

// busyHead is the initiative of a busy site.
const busyHead = "TOP-1000"

// busy is the company's Jira with more in it: an initiative above two epics, one
// of a team-managed project, issues that are flagged or wait for others, versions
// with dates, and an incident with a review.
func busy(t testing.TB) *simulated.Site {
	t.Helper()
	site := kettle(t, 1)
	site.Roadmaps = true
	site.Boards[1].TeamManaged = true
	site.Versions = map[string]simulated.Version{"3.1": {Release: "2026-12-01"}}
	site.Projects = append(site.Projects, simulated.Project{ID: "7", Key: "TOP", Name: "Plans"}, simulated.Project{ID: "8", Key: "POT", Name: "Pots"})
	byKey := map[string]*simulated.Issue{}
	var children []*simulated.Issue
	var incident *simulated.Issue
	for _, i := range site.Issues {
		byKey[i.Key] = i
		if last := i.Last(); last.Parent != nil && last.Parent.Type == "Epic" && last.Resolution == "" {
			children = append(children, i)
		}
		if i.Type == "Incident" && i.Project == "LEAF" {
			incident = i // the newest
		}
	}
	head := site.NewIssue("TOP", "Initiative", day(-60), simulated.State{Summary: "Everything at once", Due: "2026-12-18"})
	head.Key = busyHead
	for _, epic := range []string{"POUR-101", "LEAF-100"} {
		site.Edit(byKey[epic], day(-20), under(head))
	}
	blocker := site.NewIssue("POT", "Task", day(-30), simulated.State{Summary: "Order clay"})
	site.Edit(blocker, day(9), inStatus(finished))
	for n, i := range children {
		switch n % 3 {
		case 0:
			site.Edit(i, monday.AddDate(0, 0, -9), flag)
		case 1:
			site.Edit(i, monday.AddDate(0, 0, -10), wait(blocker))
		case 2:
			site.Edit(i, monday.AddDate(0, 0, -11), func(st *simulated.State) { st.Versions = []string{"3.1"} })
		}
	}
	for _, i := range site.Issues {
		if i.Type == "Bug" && i.Project == "POUR" && i.Last().Resolution == "" {
			site.Edit(i, monday.AddDate(0, 0, -5), wait(blocker))
		}
	}
	review := site.NewIssue("POT", "Post-incident review", day(20), simulated.State{Summary: "What spilt"})
	review.Links = []simulated.Link{{Type: "Relates", To: site.NewIssue("POT", "Task", day(21), simulated.State{Summary: "Wipe up"})}}
	incident.Links = append(incident.Links, simulated.Link{Type: "Relates", To: review})
	site.Edit(incident, incident.Created.Add(time.Minute), func(st *simulated.State) { st.Major = true })
	return site
}

// sinceStart lets spans begin no earlier than the window: what lies before it
// need not be exact.
func sinceStart(w sources.Window, items []sources.Item) []sources.Item {
	clip := func(spans []sources.Span) []sources.Span {
		spans = slices.Clone(spans)
		for i, s := range spans {
			if s.From.Before(w.Start()) {
				spans[i].From = w.Start()
			}
		}
		return spans
	}
	items = slices.Clone(items)
	for i := range items {
		items[i].Scope, items[i].Done, items[i].Blocked = clip(items[i].Scope), clip(items[i].Done), clip(items[i].Blocked)
	}
	return items
}

// exact compares times to the instant and tells nil from empty apart nowhere.
var exact = cmpopts.EquateEmpty()

func compareItems(t *testing.T, w sources.Window, want, got []sources.Item) {
	t.Helper()
	if diff := cmp.Diff(sinceStart(w, want), sinceStart(w, got), exact); diff != "" {
		t.Errorf("items (-true +collected):\n%s", diff)
	}
}

func isType(project, kind string) func(*simulated.Issue) bool {
	return func(i *simulated.Issue) bool { return i.Project == project && i.Type == kind }
}

// What an answer tells of the server beside the facts is passed on.
func TestHealth(t *testing.T) {
	for _, p := range products {
		source, gate := p.serve(t, kettle(t, 1), "")
		gate.Add(fault.Fault{Header: http.Header{"X-Ratelimit-Limit": {"100"}, "X-Ratelimit-Remaining": {"7"}}})
		if _, err := source.Items(t.Context(), window(t, 1), sources.Query{Noun: sources.Goals, Text: "parent = POUR-100"}); err != nil {
			t.Fatal(err)
		}
		if h := source.Health(); h.Limit != 100 || h.Remaining != 7 {
			t.Errorf("%s: %+v", p.name, h)
		}
	}
}

func TestItemsAreTrue(t *testing.T) {
	for _, p := range products {
		for seed := range uint64(3) {
			site := kettle(t, seed)
			source, _ := p.serve(t, site, "")
			for _, weeks := range []int{1, 26} {
				w := window(t, weeks)
				for _, epic := range []string{"POUR-100", "POUR-101", "LEAF-100"} {
					got, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = " + epic + " ORDER BY Rank"})
					if err != nil {
						t.Fatal(err)
					}
					compareItems(t, w, site.TrueGoal(w, simulated.InEpic(epic)), got)
				}
				got, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Quality, Text: "project = POUR AND issuetype = Bug"})
				if err != nil {
					t.Fatal(err)
				}
				compareItems(t, w, site.TrueQuality(w, isType("POUR", "Bug")), got)
			}
		}
	}
}

func TestSprintsAreTrue(t *testing.T) {
	for _, p := range products {
		for seed := range uint64(3) {
			site := kettle(t, seed)
			source, _ := p.serve(t, site, "")
			for _, weeks := range []int{6, 40} {
				for _, board := range []int64{42, 43} {
					w := window(t, weeks)
					got, err := source.Sprints(t.Context(), w, sources.Query{Noun: sources.Delivery, Board: board})
					if err != nil {
						t.Fatal(err)
					}
					want := site.TrueSprints(w, board)
					if diff := cmp.Diff(want, got, exact, cmpopts.IgnoreFields(sources.Sprint{}, "Graded")); diff != "" {
						t.Fatalf("seed %d, board %d, %d weeks: sprints (-true +collected):\n%s", seed, board, weeks, diff)
					}
				}
			}
		}
	}
}

func TestIncidentsAreTrue(t *testing.T) {
	for _, p := range products {
		for seed := range uint64(3) {
			site := kettle(t, seed)
			source, _ := p.serve(t, site, "")
			w := window(t, 6)
			got, err := source.Incidents(t.Context(), w, sources.Query{Noun: sources.Incidents, Text: "project = LEAF AND issuetype = Incident"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(site.TrueIncidents(w, isType("LEAF", "Incident")), got, exact); diff != "" {
				t.Errorf("incidents (-true +collected):\n%s", diff)
			}
		}
	}
}
