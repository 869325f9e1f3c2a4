package jira

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
)

func flag(st *simulated.State)   { st.Flagged = true }
func unflag(st *simulated.State) { st.Flagged = false }

// wait blocks an issue by others.
func wait(on ...*simulated.Issue) func(*simulated.State) {
	return func(st *simulated.State) { st.Blockers = on }
}

// itemOf asks for the goal KIT-1 and for the bugs, and returns how each tells of
// an issue. The two must agree.
func itemOf(t *testing.T, source sources.Source, w sources.Window, key string) sources.Item {
	t.Helper()
	var found []sources.Item
	for noun, text := range map[sources.Noun]string{sources.Goals: "parent = KIT-1", sources.Quality: "issuetype = Bug"} {
		items, err := source.Items(t.Context(), w, sources.Query{Noun: noun, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(items, func(it sources.Item) bool { return it.Ref == key })
		if i < 0 {
			t.Fatalf("%s: %s is not among %d items", noun, key, len(items))
		}
		items[i].Scope = nil
		found = append(found, items[i])
	}
	if diff := cmp.Diff(found[0], found[1]); diff != "" {
		t.Errorf("goal and quality do not agree:\n%s", diff)
	}
	return found[0]
}

// One issue's waits, told by hand. The window begins a day before day(0).
func TestBlockedRules(t *testing.T) {
	var never time.Time
	tests := []struct {
		name  string
		steps func(b, c *simulated.Issue) []step // of the issue
		b, c  []step                             // of two others
		want  []sources.Span
	}{
		{name: "free"},
		{name: "flagged", steps: func(_, _ *simulated.Issue) []step { return []step{{day(2), flag}} }, want: spanOf(day(2), never)},
		{name: "flagged twice", steps: func(_, _ *simulated.Issue) []step {
			return []step{{day(2), flag}, {day(3), unflag}, {day(5), flag}, {day(6), unflag}}
		}, want: []sources.Span{{From: day(2), To: day(3)}, {From: day(5), To: day(6)}}},
		{name: "flagged before the window", steps: func(_, _ *simulated.Issue) []step { return []step{{day(-9), flag}, {day(-5), unflag}} }},
		{name: "flagged until done", steps: func(_, _ *simulated.Issue) []step { return []step{{day(2), flag}, {day(7), inStatus(finished)}} },
			want: spanOf(day(2), day(7))},
		{name: "flagged after the report", steps: func(_, _ *simulated.Issue) []step { return []step{{monday.Add(time.Minute), flag}} }},
		{name: "waits", steps: func(b, _ *simulated.Issue) []step { return []step{{day(2), wait(b)}} }, want: spanOf(day(2), never)},
		{name: "waits until the other is done", steps: func(b, _ *simulated.Issue) []step { return []step{{day(2), wait(b)}} },
			b: []step{{day(6), inStatus(finished)}}, want: spanOf(day(2), day(6))},
		{name: "waits again", steps: func(b, _ *simulated.Issue) []step { return []step{{day(2), wait(b)}} },
			b: []step{{day(6), inStatus(finished)}, {day(8), inStatus(progress)}}, want: []sources.Span{{From: day(2), To: day(6)}, {From: day(8)}}},
		{name: "waits for what is done", steps: func(b, _ *simulated.Issue) []step { return []step{{day(2), wait(b)}} }, b: []step{{day(-9), inStatus(finished)}}},
		{name: "link taken away", steps: func(b, _ *simulated.Issue) []step { return []step{{day(2), wait(b)}, {day(4), wait()}} }, want: spanOf(day(2), day(4))},
		{name: "link before the window", steps: func(b, _ *simulated.Issue) []step { return []step{{day(-9), wait(b)}} }, want: spanOf(day(-9), never)},
		{name: "two at once, and a flag", steps: func(b, c *simulated.Issue) []step {
			return []step{{day(2), wait(b)}, {day(3), wait(b, c)}, {day(8), flag}, {day(20), unflag}}
		}, b: []step{{day(5), inStatus(finished)}}, c: []step{{day(9), inStatus(finished)}}, want: spanOf(day(2), day(20))},
	}
	for _, p := range products {
		for _, elsewhere := range []bool{false, true} {
			for _, tt := range tests {
				t.Run(p.name+"/"+tt.name, func(t *testing.T) {
					site := simulated.Sized(simulated.Size{}, monday)
					site.Now = monday.Add(time.Hour)
					project := "KIT"
					if elsewhere {
						project = "POT"
						site.Projects = append(site.Projects, simulated.Project{ID: "7", Key: "POT", Name: "Pots"})
					}
					i := site.NewIssue("KIT", "Bug", day(-20), simulated.State{Parent: site.Issues[0]})
					b, c := site.NewIssue(project, "Task", day(-30), simulated.State{}), site.NewIssue(project, "Task", day(-30), simulated.State{})
					if tt.steps != nil {
						for _, s := range tt.steps(b, c) {
							site.Edit(i, s.at, s.set)
						}
					}
					for _, s := range tt.b {
						site.Edit(b, s.at, s.set)
					}
					for _, s := range tt.c {
						site.Edit(c, s.at, s.set)
					}
					w := window(t, 6)
					source, _ := p.serve(t, site, "")
					got := itemOf(t, source, w, i.Key)
					compareItems(t, w, []sources.Item{{Blocked: tt.want, Graded: sources.Whole()}}, []sources.Item{{Blocked: got.Blocked, Graded: got.Graded}})
				})
			}
		}
	}
}

// A blocker that cannot be read makes the clock approximate, and says so; the
// others are read all the same.
func TestBlockersOutOfSight(t *testing.T) {
	for _, p := range products {
		site := simulated.Sized(simulated.Size{}, monday)
		site.Projects = append(site.Projects, simulated.Project{ID: "7", Key: "POT", Name: "Pots"})
		i := site.NewIssue("KIT", "Bug", day(-20), simulated.State{Parent: site.Issues[0]})
		other := site.NewIssue("KIT", "Bug", day(-20), simulated.State{Parent: site.Issues[0]})
		seen := site.NewIssue("POT", "Task", day(-30), simulated.State{})
		site.Edit(i, day(2), wait(seen))
		site.Edit(seen, day(6), inStatus(finished))
		site.Edit(other, day(2), wait(seen))
		site.Edit(other, day(3), wait())
		source, gate := p.serve(t, site, "")
		// What was linked once is gone by now.
		gate.Add(fault.Fault{Path: "changelog|search", Edit: replacing("This issue is blocked by POT-4\",\"to\"", "This issue is blocked by POT-99\",\"to\"")})
		gate.Add(fault.Fault{Path: "changelog|search", Edit: func(body []byte) []byte {
			return []byte(strings.ReplaceAll(string(body), `"from":"POT-4"`, `"from":"POT-99"`))
		}})
		w := window(t, 6)
		want := []sources.Item{
			{Blocked: spanOf(day(2), day(6)), Graded: sources.Whole()},
			{Graded: sources.Graded{Grade: sources.Approximate, Reason: "POT-99, which blocked it, cannot be read, so how long it was blocked is not known"}},
		}
		var got []sources.Item
		for _, key := range []string{i.Key, other.Key} {
			it := itemOf(t, source, w, key)
			got = append(got, sources.Item{Blocked: it.Blocked, Graded: it.Graded})
		}
		want[1].Blocked = got[1].Blocked // whichever is known of the other
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.name, diff)
		}
	}
}

// Flags cost nothing, and blockers of all issues together one search.
func TestBlockersAreSearchedForAtOnce(t *testing.T) {
	for _, p := range products {
		count := func(build func(*simulated.Site, *simulated.Issue, int)) int {
			site := simulated.Sized(simulated.Size{}, monday)
			site.Projects = append(site.Projects, simulated.Project{ID: "7", Key: "POT", Name: "Pots"})
			for n := range 9 {
				build(site, site.NewIssue("KIT", "Bug", day(2), simulated.State{Parent: site.Issues[0]}), n)
			}
			source, gate := p.serve(t, site, "")
			if _, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = KIT-1"}); err != nil {
				t.Fatal(err)
			}
			return len(gate.Log())
		}
		plain := count(func(s *simulated.Site, i *simulated.Issue, n int) { s.Edit(i, day(3+n), inStatus(progress)) })
		flagged := count(func(s *simulated.Site, i *simulated.Issue, n int) { s.Edit(i, day(3+n), flag) })
		near := count(func(s *simulated.Site, i *simulated.Issue, n int) {
			s.Edit(i, day(3+n), wait(s.NewIssue("KIT", "Task", day(-30), simulated.State{})))
		})
		far := count(func(s *simulated.Site, i *simulated.Issue, n int) {
			s.Edit(i, day(3+n), wait(s.NewIssue("POT", "Task", day(-90), simulated.State{})))
		})
		more := map[string]int{"cloud": 2, "data center": 1}[p.name] // on Cloud their changelogs too
		if flagged != plain || near != plain || far != plain+more {
			t.Errorf("%s: %d requests without, %d with flags, %d with blockers in the project, %d with others; want %d more there", p.name, plain, flagged, near, far, more)
		}
	}
}

func TestFlagField(t *testing.T) {
	for _, p := range products {
		site := simulated.Sized(simulated.Size{}, monday)
		i := site.NewIssue("KIT", "Bug", day(-20), simulated.State{Parent: site.Issues[0]})
		site.Edit(i, day(2), flag)
		source, gate := p.serve(t, site, "flag_field = 'Obstacle'\n")
		gate.Add(fault.Fault{Edit: replacing(`"Flagged"`, `"Obstacle"`)})
		if diff := cmp.Diff(spanOf(day(2), time.Time{}), itemOf(t, source, window(t, 6), i.Key).Blocked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.name, diff)
		}
		source, _ = p.serve(t, site, "flag_field = 'Flaged'\n")
		_, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Quality, Text: "issuetype = Bug"})
		if reason, _ := reasonOf(err); reason != `jira has no field "Flaged", or does not show it to this token` {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

func TestBlockerLinks(t *testing.T) {
	for _, p := range products {
		site := simulated.Sized(simulated.Size{}, monday)
		b := site.NewIssue("KIT", "Task", day(-30), simulated.State{})
		i := site.NewIssue("KIT", "Bug", day(-20), simulated.State{Parent: site.Issues[0]})
		site.Edit(i, day(2), wait(b))
		for more, want := range map[string][]sources.Span{"": spanOf(day(2), time.Time{}), "blocker_links = ['blocks']\n": spanOf(day(2), time.Time{}), "blocker_links = []\n": nil} {
			source, _ := p.serve(t, site, more)
			if diff := cmp.Diff(want, itemOf(t, source, window(t, 6), i.Key).Blocked, exact); diff != "" {
				t.Errorf("%s, %q (-want +got):\n%s", p.name, more, diff)
			}
		}
	}
}

// spansGen draws spans in order that do not overlap, on a small clock.
func spansGen(t *rapid.T, label string) []sources.Span {
	at := func(n int) time.Time { return firstStart.Add(time.Duration(n) * time.Hour) }
	edges := rapid.SliceOfNDistinct(rapid.IntRange(0, 20), 0, 7, rapid.ID[int]).Draw(t, label)
	slices.Sort(edges)
	var list []sources.Span
	for i := 0; i < len(edges); i += 2 {
		s := sources.Span{From: at(edges[i])}
		if i+1 < len(edges) {
			s.To = at(edges[i+1])
		}
		list = append(list, s)
	}
	return list
}

// Spans behave as the sets of instants that they stand for.
func TestSpansAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := spansGen(t, "a"), spansGen(t, "b")
		and, or, not := both(a, b), joined(slices.Concat(a, b)), without(a, b)
		for n := range 44 {
			at := firstStart.Add(time.Duration(n)*30*time.Minute - time.Hour)
			inA, inB := sources.Within(a, at), sources.Within(b, at)
			if sources.Within(and, at) != (inA && inB) || sources.Within(or, at) != (inA || inB) || sources.Within(not, at) != (inA && !inB) {
				t.Fatalf("at %v: a %v, b %v; both %v, joined %v, without %v", at, a, b, and, or, not)
			}
		}
		for _, list := range [][]sources.Span{and, or, not} {
			for i, s := range list {
				if !s.To.IsZero() && !s.From.Before(s.To) || i > 0 && (list[i-1].To.IsZero() || s.From.Before(list[i-1].To)) {
					t.Fatalf("%v is not in order", list)
				}
			}
		}
	})
}
