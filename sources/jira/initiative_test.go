package jira

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
)

// An estate is an initiative with two epics. Its issues are looked at by their
// titles.
type estate struct {
	site             *simulated.Site
	theme, head      *simulated.Issue
	alpha, beta, odd *simulated.Issue // beta is in another project, odd belongs to nobody
}

func newEstate(t *testing.T) estate {
	site := simulated.Sized(simulated.Size{}, monday)
	site.Now, site.Roadmaps, site.Zone = monday.Add(time.Hour), true, berlin(t)
	site.Projects = append(site.Projects, simulated.Project{ID: "7", Key: "POT", Name: "Pots"}, simulated.Project{ID: "8", Key: "TOP", Name: "Plans"})
	e := estate{site: site}
	e.theme = site.NewIssue("TOP", "Theme", day(-60), simulated.State{Summary: "theme"})
	e.head = site.NewIssue("TOP", "Initiative", day(-50), simulated.State{Summary: "head", Parent: e.theme, Due: "2026-12-18"})
	e.alpha = site.NewIssue("KIT", "Epic", day(-40), simulated.State{Summary: "alpha", Parent: e.head})
	e.beta = site.NewIssue("POT", "Epic", day(-40), simulated.State{Summary: "beta", Parent: e.head})
	e.odd = site.NewIssue("KIT", "Epic", day(-40), simulated.State{Summary: "odd"})
	return e
}

// under moves an issue below another.
func under(parent *simulated.Issue) func(*simulated.State) {
	return func(st *simulated.State) { st.Parent = parent }
}

func (e estate) story(title string, created time.Time, parent *simulated.Issue, steps ...step) *simulated.Issue {
	i := e.site.NewIssue("KIT", "Story", created, simulated.State{Summary: title, Parent: parent})
	for _, s := range steps {
		e.site.Edit(i, s.at, s.set)
	}
	return i
}

func TestInitiatives(t *testing.T) {
	var never time.Time
	tests := []struct {
		name  string
		build func(estate)
		query string // "": parent = the initiative
		want  map[string][]sources.Span
	}{
		{name: "the epics' issues", build: func(e estate) {
			e.story("a", day(2), e.alpha)
			e.story("b", day(3), e.beta)
			e.story("o", day(3), e.odd)
		}, want: map[string][]sources.Span{"a": spanOf(day(2), never), "b": spanOf(day(3), never),
			// Not taken apart before that.
			"alpha": spanOf(day(-40), day(2)), "beta": spanOf(day(-40), day(3))}},
		{name: "nothing below an epic yet", build: func(e estate) { e.story("a", day(-30), e.alpha) },
			want: map[string][]sources.Span{"a": spanOf(day(-30), never), "beta": spanOf(day(-40), never)}},
		{name: "an epic comes in", build: func(e estate) {
			e.story("a", day(-30), e.alpha)
			e.story("b", day(-30), e.beta)
			e.story("o", day(-30), e.odd)
			e.site.Edit(e.odd, day(5), under(e.head))
		}, want: map[string][]sources.Span{"a": spanOf(day(-30), never), "b": spanOf(day(-30), never), "o": spanOf(day(5), never)}},
		{name: "an epic leaves", build: func(e estate) {
			e.story("a", day(-30), e.alpha)
			e.story("b", day(-30), e.beta)
			e.site.Edit(e.alpha, day(5), under(nil))
		}, want: map[string][]sources.Span{"a": spanOf(day(-30), day(5)), "b": spanOf(day(-30), never)}},
		{name: "an issue moves between the epics, and one out", build: func(e estate) {
			e.story("a", day(-30), e.alpha, step{day(4), under(e.beta)})
			e.story("b", day(-30), e.beta, step{day(4), under(e.odd)})
			e.story("c", day(-30), e.alpha)
		}, want: map[string][]sources.Span{"a": spanOf(day(-30), never), "b": spanOf(day(-30), day(4)), "c": spanOf(day(-30), never)}},
		{name: "right below the initiative", build: func(e estate) {
			e.story("a", day(-30), e.alpha)
			e.story("b", day(-30), e.beta)
			e.story("direct", day(1), e.head, step{day(4), under(e.alpha)})
		}, want: map[string][]sources.Span{"a": spanOf(day(-30), never), "b": spanOf(day(-30), never), "direct": spanOf(day(1), never)}},
		{name: "by the function of Advanced Roadmaps", query: `issuekey in portfolioChildIssuesOf("TOP-3")`, build: func(e estate) {
			e.story("a", day(-30), e.alpha)
			e.story("b", day(-30), e.beta)
		}, want: map[string][]sources.Span{"a": spanOf(day(-30), never), "b": spanOf(day(-30), never)}},
		{name: "from two levels above the epics", query: "parent = TOP-2", build: func(e estate) {
			e.story("a", day(-30), e.alpha)
			e.story("b", day(-30), e.beta, step{day(9), under(nil)})
		}, want: map[string][]sources.Span{"a": spanOf(day(-30), never), "b": spanOf(day(-30), day(9))}},
		{name: "nothing at all", build: func(e estate) {
			e.site.Edit(e.alpha, day(-20), under(nil))
			e.site.Edit(e.beta, day(-20), under(nil))
		}, want: map[string][]sources.Span{}},
	}
	for _, p := range products {
		for _, tt := range tests {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				e := newEstate(t)
				tt.build(e)
				if tt.query == "" {
					tt.query = "parent = " + e.head.Key
				}
				source, _ := p.serve(t, e.site, "")
				w := window(t, 6)
				items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: tt.query})
				if err != nil {
					t.Fatal(err)
				}
				var want, got []sources.Item
				for title, scope := range tt.want {
					if scope = sources.Reaching(w.Start(), scope); len(scope) > 0 {
						want = append(want, sources.Item{Title: title, Scope: scope, Graded: sources.Whole()})
					}
				}
				for _, it := range items {
					got = append(got, sources.Item{Title: it.Title, Scope: it.Scope, Graded: it.Graded})
				}
				for _, list := range [][]sources.Item{want, got} {
					slices.SortFunc(list, func(a, b sources.Item) int { return compareKeys(a.Title, b.Title) })
				}
				compareItems(t, w, want, got)
			})
		}
	}
}

// However epics and issues are moved about, an issue counts when it is below an
// epic that is below the initiative, or right below that.
func TestInitiativesAreTrue(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := newEstate(t)
		e.story("stays", day(-35), e.head) // what left is looked for in the projects of what stayed
		places := []*simulated.Issue{e.alpha, e.beta, e.odd, e.head, nil}
		moment := rapid.IntRange(-30*24, 40*24)
		for _, epic := range places[:3] {
			for _, hour := range rapid.SliceOfN(moment, 0, 4).Draw(r, "moves of an epic") {
				e.site.Edit(epic, firstStart.Add(time.Duration(hour)*time.Hour), under(rapid.SampledFrom([]*simulated.Issue{e.head, nil}).Draw(r, "to")))
			}
		}
		var stories []*simulated.Issue
		for n := range rapid.IntRange(1, 4).Draw(r, "stories") {
			i := e.story(fmt.Sprint(n), day(-35), rapid.SampledFrom(places).Draw(r, "first"))
			for _, hour := range rapid.SliceOfN(moment, 0, 4).Draw(r, "moves of a story") {
				e.site.Edit(i, firstStart.Add(time.Duration(hour)*time.Hour+time.Minute), under(rapid.SampledFrom(places).Draw(r, "to")))
			}
			stories = append(stories, i)
		}
		p := rapid.SampledFrom(products).Draw(r, "product")
		w := window(t, 6)
		items, err := p.direct(t, "https://jira.kettle.example", p.handler(e.site, token)).Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = " + e.head.Key})
		if err != nil {
			r.Fatal(err)
		}
		scope := map[string][]sources.Span{}
		for _, it := range items {
			scope[it.Ref] = it.Scope
		}
		for _, i := range stories {
			for at := w.Start(); at.Before(w.Now); at = at.Add(7 * time.Hour) {
				now, _ := i.At(at)
				want := now.Parent == e.head
				if now.Parent != nil && now.Parent.Type == "Epic" {
					above, _ := now.Parent.At(at)
					want = above.Parent == e.head
				}
				if got := sources.Within(scope[i.Key], at); got != want {
					r.Fatalf("%s, %s at %v: in scope %v, want %v; told %v", p.name, i.Key, at, got, want, scope[i.Key])
				}
			}
		}
	})
}

// An epic that is the goal is not counted itself, whatever is below it.
func TestAnEpicIsNoItemOfItself(t *testing.T) {
	for _, p := range products {
		e := newEstate(t)
		source, _ := p.serve(t, e.site, "")
		items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = " + e.alpha.Key})
		if err != nil || len(items) != 0 {
			t.Errorf("%s: %d items, %v", p.name, len(items), err)
		}
	}
}

// Data Center may refuse to look for the children of an initiative by the field
// of epics. They are found by the other one.
func TestInitiativeIsNoEpic(t *testing.T) {
	e := newEstate(t)
	e.story("a", day(-30), e.alpha)
	e.story("b", day(-30), e.beta)
	source, gate := products[1].serve(t, e.site, "")
	gate.Add(fault.Fault{Path: "search", Times: 1, Status: 400, Body: `{"errorMessages":["not an epic"]}`})
	items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = " + e.head.Key})
	if err != nil || len(items) != 2 {
		t.Errorf("%d items, %v", len(items), err)
	}
}

// An issue can be named by its number, too.
func TestGoalByNumber(t *testing.T) {
	for _, p := range products {
		e := newEstate(t)
		e.story("a", day(-30), e.alpha)
		source, _ := p.serve(t, e.site, "")
		w := window(t, 6)
		byKey, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = " + e.alpha.Key})
		if err != nil || len(byKey) != 1 {
			t.Fatalf("%d items, %v", len(byKey), err)
		}
		byNumber, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: fmt.Sprint("parent = ", e.alpha.ID)})
		if diff := cmp.Diff(byKey, byNumber); err != nil || diff != "" {
			t.Errorf("%s: %v (-by key +by number):\n%s", p.name, err, diff)
		}
	}
	if got := issues("KIT-1", "10001", ""); got != `"KIT-1", 10001, ""` {
		t.Error(got)
	}
}

// Where Data Center has no Advanced Roadmaps there is nothing above epics to be
// asked about.
func TestPortfolioWithoutRoadmaps(t *testing.T) {
	e := newEstate(t)
	e.site.Roadmaps = false
	source, _ := products[1].serve(t, e.site, "")
	_, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "issuekey in portfolioChildIssuesOf(TOP-3)"})
	if reason, _ := reasonOf(err); reason != "portfolioChildIssuesOf needs Advanced Roadmaps, which jira does not have or does not show to this token" {
		t.Error(err)
	}
}

// The form of Data Center's changelog about what is above epics is not
// published. What cannot be read there is not passed over.
func TestParentLinkInOtherWords(t *testing.T) {
	e := newEstate(t)
	e.site.ParentWords = true
	e.story("a", day(-30), e.alpha)
	e.story("o", day(-30), e.odd)
	e.story("b", day(-30), e.beta)
	e.site.Edit(e.odd, day(5), under(e.head))
	source, _ := products[1].serve(t, e.site, "")
	items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = " + e.head.Key})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]sources.Graded{}
	for _, it := range items {
		got[it.Title] = it.Graded
	}
	doubt := sources.Graded{Grade: sources.Approximate, Reason: "jira does not say plainly when " + e.odd.Key + " was moved below another issue"}
	if diff := cmp.Diff(map[string]sources.Graded{"a": sources.Whole(), "b": sources.Whole(), "o": doubt}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPlan(t *testing.T) {
	dueOf := func(text string) (d sources.Day) {
		if err := d.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		return d
	}
	version := func(project, name, id, due string, done bool) sources.Milestone {
		m := sources.Milestone{Evidence: sources.Evidence{Source: "jira", Ref: name, URL: simulated.Address + "/projects/" + project + "/versions/" + id}, Title: name, Done: done}
		if due != "" {
			m.Due = dueOf(due)
		}
		return m
	}
	head := sources.Milestone{Evidence: sources.Evidence{Source: "jira", Ref: "TOP-3", URL: simulated.Address + "/browse/TOP-3"}, Title: "head", Due: dueOf("2026-12-18")}
	left := version("KIT", "9.9", "22260", "", false)
	one, two, later := version("KIT", "1.0", "23563", "2026-11-02", true), version("KIT", "2.0", "24524", "2026-12-24", false), version("KIT", "later", "", "", false)
	tests := []struct {
		query string
		want  []sources.Milestone
		gap   string
	}{
		{query: "parent = TOP-3", want: []sources.Milestone{one, head, two, later}},
		{query: "fixVersion = 2.0", want: []sources.Milestone{one, two}},
		{query: "fixVersion = 3.0", gap: "no issue is planned for version 3.0 by now, so its release date is not known"},
		{query: "summary ~ x", gap: "jira does not accept the query (400)"},
		{query: "key = " + "KIT-1", want: nil},
		{query: "issuetype = Story", want: []sources.Milestone{one, two, left, later}},
	}
	for _, p := range products {
		for _, tt := range tests {
			t.Run(p.name+"/"+tt.query, func(t *testing.T) {
				e := newEstate(t)
				e.site.Versions = map[string]simulated.Version{"1.0": {Release: "2026-11-02", Released: true}, "2.0": {Release: "2026-12-24"}}
				in := func(names ...string) func(*simulated.State) {
					return func(st *simulated.State) { st.Versions = names }
				}
				e.story("a", day(-30), e.alpha, step{day(1), in("1.0", "2.0")})
				e.story("b", day(-30), e.beta, step{day(1), in("later")})
				e.story("left", day(-30), e.beta, step{day(1), in("9.9")}, step{day(2), under(nil)})
				e.story("gone", day(-30), e.beta, step{day(1), in("3.0")}, step{day(2), in()}, step{day(2), under(nil)})
				source, gate := p.serve(t, e.site, "")
				w := window(t, 6)
				q := sources.Query{Noun: sources.Goals, Text: tt.query}
				if _, err := source.Items(t.Context(), w, q); err != nil && tt.gap == "" {
					t.Fatal(err)
				}
				n := len(gate.Log())
				plan, err := source.Plan(t.Context(), w, q)
				if reason, _ := reasonOf(err); reason != tt.gap {
					t.Fatalf("%v; want %q", err, tt.gap)
				}
				for i := range plan.Milestones {
					if m := &plan.Milestones[i]; m.Title == "later" {
						m.URL = later.URL
					}
				}
				if diff := cmp.Diff(tt.want, plan.Milestones, exact); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if more := len(gate.Log()) - n; more != 0 {
					t.Errorf("the plan cost %d requests beside the items", more)
				}
			})
		}
	}
}
