package jira

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"preread/sources"
	simulated "preread/sources/simulated/jira"
)

// inProcess carries requests to a handler without a network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// within opens a source of a site in this process.
func (p product) within(t rapid.TB, site *simulated.Site) sources.Source {
	source, err := Kind.Open(func(into any) error {
		_, err := toml.Decode(strings.ReplaceAll(p.settings, "URL", "http://localhost"), into)
		return err
	}, sources.Setup{
		Name: "jira", Transport: inProcess{p.handler(site, token)},
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(token), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// randomSite is the scenario's board with issues to which anything happens at
// any time.
func randomSite(t *rapid.T) *simulated.Site {
	site := simulated.Sized(simulated.Size{}, monday)
	site.Sprints = []*simulated.Sprint{
		{ID: 1, Board: 1, Name: "One", Start: firstStart, End: firstEnd, Completed: firstEnd},
		{ID: 2, Board: 1, Name: "Two", Start: secondStart, End: secondEnd, Completed: secondEnd},
		{ID: 3, Board: 1, Name: "Three", Start: thirdStart, End: thirdStart.AddDate(0, 0, 14)},
	}
	epics := []*simulated.Issue{nil, site.Issues[0], site.NewIssue("KIT", "Epic", day(-90), simulated.State{Summary: "Another"})}
	// One issue has been everything, so that JQL knows every name.
	site.NewIssue("KIT", "Story", day(-90), simulated.State{Versions: []string{"1.0", "2.0"}, Parent: epics[1]})
	change := rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]string{simulated.ToDo, progress, simulated.InTheKiln}), func(id string) func(*simulated.State) {
			return func(st *simulated.State) { st.Status, st.Resolution = id, "" }
		}),
		rapid.Map(rapid.SampledFrom([]string{finished, simulated.Erledigt}), func(id string) func(*simulated.State) {
			return func(st *simulated.State) { st.Status, st.Resolution = id, "Done" }
		}),
		rapid.Just(func(st *simulated.State) { st.Status, st.Resolution = finished, "Won't Do" }),
		rapid.Map(rapid.SliceOfDistinct(rapid.Int64Range(1, 3), rapid.ID[int64]), put2),
		rapid.Map(rapid.SampledFrom(epics), func(e *simulated.Issue) func(*simulated.State) {
			return func(st *simulated.State) { st.Parent = e }
		}),
		rapid.Map(rapid.SliceOfDistinct(rapid.SampledFrom([]string{"1.0", "2.0"}), rapid.ID[string]), func(v []string) func(*simulated.State) {
			return func(st *simulated.State) { st.Versions = v }
		}),
		rapid.Map(rapid.Float64Range(0, 13), size),
		rapid.Just(unsized),
	)
	// The instants that matter, and any others.
	minute := rapid.OneOf(rapid.IntRange(-40*24*60, 45*24*60), rapid.SampledFrom([]int{0, 14*24*60 - 60, 14 * 24 * 60, 28*24*60 + 60, 28*24*60 + 240}))
	for range rapid.IntRange(0, 6).Draw(t, "issues") {
		created := firstStart.Add(time.Duration(minute.Draw(t, "created")) * time.Minute)
		i := site.NewIssue("KIT", rapid.SampledFrom([]string{"Story", "Bug"}).Draw(t, "type"), created, simulated.State{})
		times := rapid.SliceOfNDistinct(minute, 0, 8, rapid.ID[int]).Draw(t, "times")
		for _, m := range times {
			at := firstStart.Add(time.Duration(m)*time.Minute + time.Duration(rapid.SampledFrom([]int{0, 0, 7, 61}).Draw(t, "seconds"))*time.Second)
			site.Edit(i, at, change.Draw(t, "change"))
		}
	}
	return site
}

func put2(ids []int64) func(*simulated.State) { return put(slices.Clone(ids)...) }

// Whatever happens to issues, what is rebuilt backwards from changelogs is
// what happened forwards.
func TestAnyHistoryIsRebuilt(t *testing.T) {
	w := window(t, 6)
	rapid.Check(t, func(t *rapid.T) {
		site := randomSite(t)
		for _, p := range products {
			source := p.within(t, site)
			sprints, err := source.Sprints(t.Context(), w, sources.Query{Noun: sources.Delivery, Board: 1})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(site.TrueSprints(w, 1), sprints, exact, cmpopts.IgnoreFields(sources.Sprint{}, "Graded")); diff != "" {
				t.Fatalf("%s: sprints (-true +collected):\n%s", p.name, diff)
			}
			for query, in := range map[string]func(simulated.State) bool{"parent = KIT-1": simulated.InEpic("KIT-1"), "fixVersion = 1.0": simulated.InVersion("1.0")} {
				items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: query})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(sinceStart(w, site.TrueGoal(w, in)), sinceStart(w, items), exact); diff != "" {
					t.Fatalf("%s, %s (-true +collected):\n%s", p.name, query, diff)
				}
			}
			bugs, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Quality, Text: "issuetype = Bug"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sinceStart(w, site.TrueQuality(w, isType("KIT", "Bug"))), sinceStart(w, bugs), exact); diff != "" {
				t.Fatalf("%s: bugs (-true +collected):\n%s", p.name, diff)
			}
		}
	})
}

// An issue is told once in a sprint, and what was not committed to cannot have
// been there, open, from the start.
func TestSprintIssuesAreToldOnce(t *testing.T) {
	w := window(t, 6)
	rapid.Check(t, func(t *rapid.T) {
		site := randomSite(t)
		sprints, err := products[0].within(t, site).Sprints(t.Context(), w, sources.Query{Noun: sources.Delivery, Board: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sprints {
			seen := map[string]bool{}
			for _, i := range s.Issues {
				if seen[i.Ref] {
					t.Errorf("%s is told twice in %s", i.Ref, s.Name)
				}
				seen[i.Ref] = true
				if i.Committed && i.Added || i.Committed && i.Outcome == sources.CompletedOutside {
					t.Errorf("%s in %s: %+v", i.Ref, s.Name, i)
				}
			}
		}
	})
}
