package github

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
)

// pours are three iterations of a week, in step with the sprints of rink: Pour 2
// begins with day 0, Pour 3 is over a week later, and Pour 6 runs.
func pours(t testing.TB) sim.Field {
	f := sim.Field{Name: "Sprint"}
	for n := range 7 {
		start := sources.DayOf(window(t).Start().AddDate(0, 0, 7*(n+1)))
		f.Iterations = append(f.Iterations, sim.Iteration{ID: pour(n + 1), Title: fmt.Sprint("Pour ", n+1), Start: start, Days: 7})
	}
	return f
}

func pour(n int) string { return fmt.Sprintf("5eed000%d", n) }

// pot is an organisation of one project with some entries in it.
func pot(t testing.TB, entries ...sim.Entry) *sim.Org {
	repo := &sim.Repo{Owner: "kettle", Name: "pot"}
	for _, e := range entries {
		if e.Issue != nil {
			repo.Issues = append(repo.Issues, e.Issue)
		}
	}
	org := sim.New(now, repo)
	org.Projects = []*sim.Project{{Owner: "kettle", Title: "Tea", Entries: entries, Fields: []sim.Field{pours(t)}}}
	return org
}

// moved is a move in the only field of iterations; 0 is into none.
func moved(at time.Time, n int) sim.Move {
	m := sim.Move{At: at, Field: "Sprint"}
	if n > 0 {
		m.To = pour(n)
	}
	return m
}

// What is known of an issue in the second of several iterations.
func TestIterationIssues(t *testing.T) {
	at := func(n, hour int) time.Time { return day(t, n, hour) }
	in := func(n, hour int) sim.Move { return moved(at(n, hour), 2) }
	closed := func(n, hour int, reason string) sim.Event { return did(at(n, hour), sim.Closed, reason) }
	part := func(o sources.Outcome, committed, added bool) *sources.SprintIssue {
		return &sources.SprintIssue{Outcome: o, Committed: committed, Added: added}
	}
	tests := []struct {
		name    string
		created time.Time
		events  []sim.Event
		moves   []sim.Move
		want    *sources.SprintIssue
	}{
		{"in none", at(-12, 9), nil, nil, nil},
		{"in another", at(-12, 9), nil, []sim.Move{moved(at(-3, 9), 1)}, nil},
		{"taken out", at(-12, 9), nil, []sim.Move{in(-3, 9), moved(at(2, 9), 0)}, nil},
		{"moved on", at(-12, 9), nil, []sim.Move{in(-3, 9), moved(at(7, 9), 3)}, nil},
		{"planned before, done", at(-12, 9), []sim.Event{closed(3, 9, "")}, []sim.Move{in(-3, 9)}, part(sources.Completed, true, false)},
		{"planned at the end of the first day", at(-12, 9), nil, []sim.Move{in(0, 23)}, part(sources.NotCompleted, true, false)},
		{"put in on the second day", at(-12, 9), nil, []sim.Move{in(1, 0)}, part(sources.NotCompleted, false, true)},
		{"put in again on the second day", at(-12, 9), nil, []sim.Move{in(-3, 9), moved(at(1, 8), 3), in(1, 9)}, part(sources.NotCompleted, false, true)},
		{"made while it ran", at(2, 9), []sim.Event{closed(3, 9, "")}, []sim.Move{in(2, 10)}, part(sources.Completed, false, true)},
		{"made after it", at(8, 9), []sim.Event{closed(8, 10, "")}, []sim.Move{in(8, 11)}, nil},
		{"noted after it", at(2, 9), []sim.Event{closed(3, 9, "")}, []sim.Move{in(8, 9)}, part(sources.Completed, false, true)},
		{"done in its last second", at(-12, 9), []sim.Event{did(at(7, 0).Add(-time.Second), sim.Closed, "")}, []sim.Move{in(-3, 9)}, part(sources.Completed, true, false)},
		{"done after it", at(-12, 9), []sim.Event{closed(7, 0, "")}, []sim.Move{in(-3, 9)}, part(sources.NotCompleted, true, false)},
		{"done before it", at(-12, 9), []sim.Event{closed(-1, 9, "")}, []sim.Move{in(-3, 9)}, part(sources.CompletedOutside, false, false)},
		{"given up", at(-12, 9), []sim.Event{closed(3, 9, sim.NotPlanned)}, []sim.Move{in(-3, 9)}, part(sources.Removed, true, false)},
		{"given up after it", at(-12, 9), []sim.Event{closed(8, 9, sim.NotPlanned)}, []sim.Move{in(-3, 9)}, part(sources.NotCompleted, true, false)},
		{"given up before it", at(-12, 9), []sim.Event{closed(-1, 9, sim.Duplicate)}, []sim.Move{in(-3, 9)}, nil},
		{"given up, then put in", at(-12, 9), []sim.Event{closed(2, 9, sim.NotPlanned)}, []sim.Move{in(3, 9)}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := &sim.Issue{Title: test.name, Created: test.created, Events: test.events}
			org := pot(t, sim.Entry{Issue: i, Added: test.created, Moves: test.moves})
			s, _ := serve(t, org, "")
			got := same(t, s, org, window(t), sources.Delivery, sim.Ask{Project: "kettle/1", Iteration: "Pour 2"})
			var issues []sources.SprintIssue
			if test.want != nil {
				w := *test.want
				w.Evidence = sources.Evidence{Source: "github", Ref: "kettle/pot#1", URL: sim.Site + "/kettle/pot/issues/1"}
				w.Title = test.name
				issues = append(issues, w)
			}
			want := []sources.Sprint{{
				Evidence: sources.Evidence{Source: "github", Ref: "Pour 2", URL: sim.Site + "/orgs/kettle/projects/1"},
				ID:       0x5eed0002, Name: "Pour 2", Board: "kettle/1", State: sources.Closed, Issues: issues,
				Start: at(0, 0).UTC(), End: at(7, 0).Add(-time.Second).UTC(), Completed: at(7, 0).Add(-time.Second).UTC(),
				Graded: sources.Graded{Reason: endedLap},
			}}
			if diff := gocmp.Diff(want, got.Sprints); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Which iterations a page shows, and as what.
func TestIterationTimes(t *testing.T) {
	w := window(t)
	from := sources.DayOf(w.Start())
	tests := []struct {
		name       string
		start, len int // in days from the window's start
		want       string
	}{
		{"over before the weeks", -7, 7, ""},
		{"ends in their first second but one", -7, 8, "closed 2026-09-28 00:00 to 2026-10-05 23:59"},
		{"over the change of clocks", 14, 14, "closed 2026-10-19 00:00 to 2026-11-01 23:59"},
		{"ends with the weeks", 35, 7, "closed 2026-11-09 00:00 to 2026-11-15 23:59"},
		{"ends today", 36, 7, "active 2026-11-10 00:00 to 2026-11-16 23:59"},
		{"begins today", 42, 7, "active 2026-11-16 00:00 to 2026-11-22 23:59"},
		{"begins tomorrow", 43, 7, ""},
		{"as long as a year", -300, 320, "closed 2025-12-09 00:00 to 2026-10-24 23:59"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			org := pot(t)
			org.Projects[0].Fields[0].Iterations = []sim.Iteration{{ID: pour(1), Title: "Pour 1", Start: from.Add(test.start), Days: test.len}}
			s, _ := serve(t, org, "")
			all, err := collect(t, s, w, sources.Delivery, "project:kettle/1")
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, s := range all.Sprints {
				local := func(at time.Time) string { return at.In(w.Zone.Location()).Format("2006-01-02 15:04") }
				got += fmt.Sprintf("%s %s to %s", s.State, local(s.Start), local(s.End))
				if closed := s.State == sources.Closed; closed && !s.Completed.Equal(s.End) || !closed && !s.Completed.IsZero() {
					t.Errorf("completed %v", s.Completed)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Drafts are work, too; pull requests are where they are asked for.
func TestIterationOfAnything(t *testing.T) {
	issue := &sim.Issue{Title: "issue", Created: day(t, -5, 0)}
	pull := &sim.Issue{Title: "pull", Created: day(t, -4, 0), Pull: &sim.Pull{}, Events: []sim.Event{did(day(t, 3, 0), sim.Merged, "")}}
	rejected := &sim.Issue{Title: "rejected", Created: day(t, -4, 0), Pull: &sim.Pull{}, Events: []sim.Event{did(day(t, 3, 0), sim.Closed, "")}}
	in := []sim.Move{moved(day(t, -2, 0), 2)}
	org := pot(t, sim.Entry{Issue: issue, Added: day(t, -3, 0), Moves: in}, sim.Entry{Issue: pull, Added: day(t, -3, 0), Moves: in}, sim.Entry{Issue: rejected, Added: day(t, -3, 0), Moves: in},
		sim.Entry{Draft: "draft", Made: day(t, -3, 0), Added: day(t, -3, 0), Status: "Done", Since: day(t, 2, 0), Moves: in},
		sim.Entry{Draft: "shelved", Made: day(t, -3, 0), Added: day(t, -3, 0), Archived: day(t, 4, 0), Moves: in})
	for text, want := range map[string]map[string]sources.Outcome{
		`project:kettle/1 iteration:"pour 2"`:       {"issue": sources.NotCompleted, "draft": sources.Completed, "shelved": sources.Removed},
		`project:kettle/1 iteration:"Pour 2" is:pr`: {"pull": sources.Completed, "rejected": sources.Removed},
	} {
		s, _ := serve(t, org, "")
		all, err := collect(t, s, window(t), sources.Delivery, text)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]sources.Outcome{}
		for _, i := range all.Sprints[0].Issues {
			got[i.Title] = i.Outcome
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// Whatever people do with items, nothing is said of iterations that is not true:
// what is called committed was in the iteration at the end of its first day,
// what is told is in it today, and nothing is called exact.
func TestIterationsOfAnyHistory(t *testing.T) {
	ask := sim.Ask{Project: "kettle/1", Field: "Sprint"}
	rapid.Check(t, func(rt *rapid.T) {
		var entries []sim.Entry
		for n := range rapid.IntRange(1, 4).Draw(rt, "items") {
			i := &sim.Issue{Title: fmt.Sprint("cup ", n), Created: day(t, rapid.IntRange(-12, 12).Draw(rt, "day"), 9)}
			e := sim.Entry{Issue: i, Added: i.Created.Add(time.Duration(rapid.IntRange(0, 99).Draw(rt, "later")) * time.Hour)}
			for at := e.Added; rapid.IntRange(0, 3).Draw(rt, "more") > 0; {
				at = at.Add(time.Duration(rapid.IntRange(1, 99).Draw(rt, "pause")) * time.Hour)
				if at.After(now) {
					break
				}
				e.Moves = append(e.Moves, moved(at, rapid.IntRange(0, 6).Draw(rt, "to")))
			}
			if closed := i.Created.Add(time.Duration(rapid.IntRange(1, 999).Draw(rt, "took")) * time.Hour); !closed.After(now) {
				i.Events = append(i.Events, did(closed, sim.Closed, rapid.SampledFrom([]string{"", "", sim.NotPlanned}).Draw(rt, "reason")))
			}
			entries = append(entries, e)
		}
		org := pot(t, entries...)
		got, err := collect(t, openIn(t, org), window(t), sources.Delivery, ask.Text())
		if err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(truth(org, window(t), sources.Delivery, ask), got, wholly); diff != "" {
			rt.Errorf("(-true +collected):\n%s", diff)
		}
		for _, s := range got.Sprints {
			planned := s.Start.Add(24*time.Hour - time.Second)
			for _, told := range s.Issues {
				for _, e := range entries {
					if e.Title == told.Title && told.Committed && iterationAt(e, planned) != s.Name {
						rt.Errorf("%s is committed to in %s, and was in %q on its first day", e.Title, s.Name, iterationAt(e, planned))
					}
					if e.Title == told.Title && iterationAt(e, now) != s.Name {
						rt.Errorf("%s is told of in %s, and is in %q", e.Title, s.Name, iterationAt(e, now))
					}
				}
			}
			if s.Grade == sources.Exact {
				rt.Errorf("%s is exact", s.Name)
			}
		}
	})
}

// iterationAt returns the title of the iteration that an entry was in.
func iterationAt(e sim.Entry, at time.Time) string {
	to := ""
	for _, m := range e.Moves {
		if !m.At.After(at) {
			to = m.To
		}
	}
	return strings.Replace(to, "5eed000", "Pour ", 1)
}

// A project with many items takes one request for its fields, and one for each
// hundred items, whatever the weeks; two lines of it take no more.
func TestIterationRequests(t *testing.T) {
	for items, want := range map[int]int{0: 2, 1: 2, 100: 2, 101: 3, 250: 4} {
		var entries []sim.Entry
		for range items {
			i := &sim.Issue{Title: "cup", Created: day(t, -12, 0)}
			entries = append(entries, sim.Entry{Issue: i, Added: day(t, -12, 0), Moves: []sim.Move{moved(day(t, 0, 0), 2)}})
		}
		s, gate := serve(t, pot(t, entries...), "")
		got, err := collect(t, s, window(t), sources.Delivery, "project:kettle/1 iteration:*2")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := collect(t, s, window(t), sources.Delivery, "project:kettle/1"); err != nil {
			t.Fatal(err)
		}
		if n := len(gate.Log()); n != want || len(got.Sprints[0].Issues) != items {
			t.Errorf("%d items: %d requests, want %d; %d issues", items, n, want, len(got.Sprints[0].Issues))
		}
		e := s.Evidence(window(t), sources.Query{Noun: sources.Delivery, Text: " project:kettle/1 "})
		if diff := gocmp.Diff(sources.Evidence{Source: "github", Ref: "project:kettle/1", URL: sim.Site + "/orgs/kettle/projects/1"}, e); diff != "" {
			t.Errorf("evidence (-want +got):\n%s", diff)
		}
	}
}

// What is not there, or not shown, is no sprint without issues.
func TestIterationRefusals(t *testing.T) {
	edit := func(old, new string) fault.Fault {
		return fault.Fault{Path: "graphql", Edit: func(b []byte) []byte { return []byte(strings.Replace(string(b), old, new, 1)) }}
	}
	const unreadable = "github gave an answer about kettle/1 that this program could not read"
	tests := []struct {
		name, text string
		change     func(*sim.Org)
		fault      fault.Fault
		want       string
	}{
		{name: "no field of iterations", change: func(o *sim.Org) { o.Projects[0].Fields = nil }, want: "github has no field of iterations in kettle/1"},
		{name: "another field", text: "field:Iteration", want: `github has no field of iterations "Iteration" in kettle/1; there is "Sprint"`},
		{name: "its field in another case", text: "field:SPRINT"},
		{name: "several fields", change: func(o *sim.Org) { o.Projects[0].Fields = append(o.Projects[0].Fields, sim.Field{Name: "Cycle"}) },
			want: `github has several fields of iterations in kettle/1; name one of them by field: there is "Sprint", "Cycle"`},
		{name: "several fields, one of them named", text: "field:sprint", change: func(o *sim.Org) { o.Projects[0].Fields = append(o.Projects[0].Fields, sim.Field{Name: "Cycle"}) }},
		{name: "no such iteration", text: `iteration:"Poor *"`, want: `github has no iteration like "Poor *" in kettle/1`},
		{name: "no iterations at all", change: func(o *sim.Org) { o.Projects[0].Fields[0].Iterations = nil }, want: `github has no iteration like "*" in kettle/1`},
		{name: "no such project", change: func(o *sim.Org) { o.Projects = nil }, want: "github does not know kettle/1, or does not show it to this token (404)"},
		{name: "items of a hidden repository alone", change: func(o *sim.Org) { o.Repo("kettle/pot").Hidden = true }, want: "github shows none of the 1 items of kettle/1 to this token"},
		{name: "more fields than a page", fault: edit(`"hasNextPage":false`, `"hasNextPage":true`), want: unreadable},
		{name: "no fields", fault: edit(`"fields"`, `"feelds"`), want: unreadable},
		{name: "no list of those that are over", fault: edit(`"completedIterations"`, `"overIterations"`), want: unreadable},
		{name: "an iteration without an id", fault: edit(`"id":"5eed0001"`, `"id":""`), want: unreadable},
		{name: "an iteration without days", fault: edit(`"duration":7`, `"duration":0`), want: unreadable},
		{name: "an iteration without a start", fault: edit(`"startDate":"2026`, `"startDate":"soon`), want: unreadable},
		{name: "items that are counted and not shown", fault: fault.Fault{Path: "graphql", After: 1, Edit: func(b []byte) []byte {
			return []byte(`{"data":{"found":{"projectV2":{"items":{"totalCount":1,"nodes":[]}}}}}`)
		}}, want: unreadable},
		{name: "a value without its time", fault: edit(`"updatedAt":"2026-10-18T22:00:00Z"`, `"updatedAt":null`), want: unreadable},
		{name: "no points left", change: func(o *sim.Org) { o.Points = 2 }, want: "github has no GraphQL points left for this hour"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			org := pot(t, sim.Entry{Issue: &sim.Issue{Title: "cup", Created: day(t, -12, 0)}, Added: day(t, -12, 0), Moves: []sim.Move{moved(day(t, 0, 0), 2)}})
			if test.change != nil {
				test.change(org)
			}
			s, gate := serve(t, org, "")
			gate.Add(test.fault)
			got, err := collect(t, s, window(t), sources.Delivery, "project:kettle/1 "+test.text)
			reason := ""
			if err != nil {
				reason, _ = sources.Reason(err)
			}
			if reason != test.want || err == nil && len(got.Sprints) == 0 {
				t.Errorf("reason %q, want %q; %d sprints", reason, test.want, len(got.Sprints))
			}
		})
	}
}

// Beside items that are hidden, an iteration that runs is partial.
func TestIterationsBesideHiddenItems(t *testing.T) {
	cup, secret := &sim.Issue{Title: "cup", Created: day(t, -12, 0)}, &sim.Issue{Title: "secret", Created: day(t, -12, 0)}
	in := []sim.Move{moved(day(t, 0, 0), 6)}
	org := pot(t, sim.Entry{Issue: cup, Added: day(t, -12, 0), Moves: in})
	vault := sim.New(now, &sim.Repo{Owner: "kettle", Name: "vault", Hidden: true, Issues: []*sim.Issue{secret}})
	org.Projects[0].Entries = append(org.Projects[0].Entries, sim.Entry{Issue: vault.Repo("kettle/vault").Issues[0], Added: day(t, -12, 0), Moves: in})
	s, _ := serve(t, org, "")
	got, err := collect(t, s, window(t), sources.Delivery, `project:kettle/1 iteration:"Pour 6"`)
	if err != nil {
		t.Fatal(err)
	}
	want := sources.Graded{Grade: sources.Partial, Reason: "items that are not shown to this token: 1"}
	if n := len(got.Sprints[0].Issues); n != 1 || got.Sprints[0].Graded != want {
		t.Errorf("%d issues, %+v", n, got.Sprints[0].Graded)
	}
}

func TestIterationNumber(t *testing.T) {
	for id, want := range map[string]int64{
		"381c7c80":  0x381c7c80,
		"00000001":  1,
		"ffffffff":  0xffffffff,
		"00000000":  iterationNumber("00000000"), // hashed
		"381c7c8":   iterationNumber("381c7c8"),
		"381c7c80a": iterationNumber("381c7c80a"),
		"+81c7c80":  iterationNumber("+81c7c80"),
		"Sprint 1":  iterationNumber("Sprint 1"),
	} {
		got := iterationNumber(id)
		plain := got <= 0xffffffff
		if got != want || got <= 0 || got >= exactIntegers || plain != (want <= 0xffffffff) {
			t.Errorf("%q is %d", id, got)
		}
	}
	seen := map[int64]string{}
	for _, id := range []string{"1", "00000001", "0000001", "381c7c80", "381c7c8", "Sprint 1", "Sprint 2", "00000000", ""} {
		n := iterationNumber(id)
		if other, twice := seen[n]; twice {
			t.Errorf("%q and %q are both %d", id, other, n)
		}
		seen[n] = id
	}
}
