package history_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate/history"
	"preread/sources"
)

var update = flag.Bool("update", false, "write testdata anew")

func export(t testing.TB, s *history.Store) string {
	t.Helper()
	var b strings.Builder
	if err := s.Export(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestContract is what a history does, on every database.
func TestContract(t *testing.T) {
	engines(t, func(t *testing.T, place func() string) {
		for _, part := range []struct {
			name string
			test func(*testing.T, *history.Store, func() *history.Store)
		}{
			{"first run", firstRun}, {"weeks", weeksAreFinal}, {"better and worse", betterAndWorse}, {"gaps", gaps},
			{"unknown weeks", unknownWeeks}, {"sprints", sprintsStay}, {"sprint seen in part", sprintSeenInPart}, {"sprint with a moved issue", sprintWithMoved}, {"incidents", incidentsReachBack}, {"scheduled late", scheduledLate}, {"doubt", incidentInDoubt}, {"vanished", vanished},
			{"refused", refused}, {"revised", revised}, {"changed query", changedQuery}, {"older answer", olderAnswer}, {"not covered", notCovered},
			{"reconcile", reconcile}, {"older than the window", olderThanWindow}, {"new with a past", newWithPast}, {"long pause", longPause}, {"away and back", awayAndBack}, {"pages", pages}, {"said", said}, {"export", exportImport}, {"import under the rules", importRules}, {"import of less", importOfLess},
			{"summary and prune", summaryAndPrune}, {"two at once", twoAtOnce}, {"unbelievable", unbelievable}, {"deployments", deployments}, {"plan of a goal", planOfGoal}, {"odd text", oddText},
		} {
			t.Run(part.name, func(t *testing.T) {
				part.test(t, open(t, place()), func() *history.Store { return open(t, place()) })
			})
		}
	})
}

// windowAt is a window of six weeks as it is seen on the Monday after its last.
func windowAt(n int) sources.Window {
	last := sources.Week{Year: 2026, N: n}
	return sources.Window{Last: last, Count: 6, Now: last.Add(1).Monday().Time(time.UTC).Add(8 * time.Hour)}
}

func questionOf(noun sources.Noun) sources.Question {
	return sources.Question{Team: "checkout", Line: string(noun), Source: "src", Query: sources.Query{Noun: noun, Text: "q"}}
}

func plan(t *testing.T, s *history.Store, w sources.Window, q sources.Question) int {
	t.Helper()
	weeks, err := s.Plan(context.Background(), w, []sources.Question{q})
	if err != nil {
		t.Fatal(err)
	}
	return weeks[0]
}

// remember gives one answer to a history, and returns it completed.
func remember(t *testing.T, s *history.Store, w sources.Window, a sources.Answer) (sources.Answer, history.Remembered) {
	t.Helper()
	r, err := s.Remember(context.Background(), sources.Facts{Version: sources.FactsVersion, Window: w, Answers: []sources.Answer{a}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Facts.Answers[0], r
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// weeksTo returns so many weeks up to one of 2026.
func weeksTo(last, n int) (weeks []sources.Week) {
	for i := last - n + 1; i <= last; i++ {
		weeks = append(weeks, sources.Week{Year: 2026, N: i})
	}
	return weeks
}

func alarmWeek(n int, episodes int, coverage float64, grade sources.Grade) sources.AlarmWeek {
	a := sources.AlarmWeek{Week: sources.Week{Year: 2026, N: n}, Coverage: coverage, Graded: sources.Graded{Grade: grade}}
	if grade != sources.Exact {
		a.Reason = "because"
	}
	if grade != sources.Ungraded {
		a.Alarms = []sources.AlarmCount{{Name: "A", Episodes: episodes}}
	}
	return a
}

func alarmsOf(weeks int, list ...sources.AlarmWeek) sources.Answer {
	return sources.Answer{Question: questionOf(sources.Alarms), Weeks: weeks, Alarms: list}
}

// shown writes alarms as one line.
func shown(a sources.Answer) string {
	var b strings.Builder
	if a.Gap != "" {
		return "gap: " + a.Gap
	}
	for _, w := range a.Alarms {
		n := "?"
		if w.Grade != sources.Ungraded {
			n = fmt.Sprint(w.Alarms[0].Episodes)
		}
		fmt.Fprintf(&b, "%d:%s ", w.Week.N, n)
	}
	return strings.TrimSpace(b.String())
}

func exact(from int, episodes ...int) (list []sources.AlarmWeek) {
	for i, n := range episodes {
		list = append(list, alarmWeek(from+i, n, 1, sources.Exact))
	}
	return list
}

func firstRun(t *testing.T, s *history.Store, _ func() *history.Store) {
	w := windowAt(20)
	for _, q := range questions() {
		if got := plan(t, s, w, q); got != 6 {
			t.Errorf("%s: %d weeks are asked about, nothing is remembered", q.Line, got)
		}
	}
	got, _ := remember(t, s, w, alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	same(t, "answer", got, alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	if got := plan(t, s, w, got.Question); got != 2 {
		t.Errorf("again at once, %d weeks are asked about", got)
	}
	if got := plan(t, s, windowAt(21), got.Question); got != 3 {
		t.Errorf("a week later, %d weeks are asked about", got)
	}
	wide := windowAt(21)
	wide.Count = 9
	if got := plan(t, s, wide, got.Question); got != 9 {
		t.Errorf("of a wider window, %d weeks are asked about", got)
	}
	if got := plan(t, s, windowAt(16), got.Question); got != 6 {
		t.Errorf("of an earlier window, %d weeks are asked about", got)
	}
}

func weeksAreFinal(t *testing.T, s *history.Store, _ func() *history.Store) {
	remember(t, s, windowAt(20), alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	got, _ := remember(t, s, windowAt(20), alarmsOf(0, exact(15, 9, 9, 9, 9, 9, 9)...))
	expect(t, "answer", shown(got), "15:1 16:2 17:3 18:4 19:9 20:9")
	got, _ = remember(t, s, windowAt(21), alarmsOf(3, exact(19, 8, 8, 8)...))
	expect(t, "a week later", shown(got), "16:2 17:3 18:4 19:8 20:8 21:8")
	got, _ = remember(t, s, windowAt(21), alarmsOf(3, exact(19, 7, 7, 7)...))
	expect(t, "again", shown(got), "16:2 17:3 18:4 19:8 20:7 21:7")
}

func betterAndWorse(t *testing.T, s *history.Store, _ func() *history.Store) {
	w := windowAt(20)
	w.Count = 2
	for _, step := range []struct {
		name string
		told sources.AlarmWeek
		want int
	}{
		{"first", alarmWeek(20, 1, 0.5, sources.Partial), 1},
		{"covered better", alarmWeek(20, 2, 0.6, sources.Partial), 2},
		{"covered worse", alarmWeek(20, 3, 0.5, sources.Partial), 2},
		{"graded better", alarmWeek(20, 4, 0.96, sources.Exact), 4},
		{"graded worse", alarmWeek(20, 5, 1, sources.Partial), 4},
		{"as good", alarmWeek(20, 6, 0.96, sources.Exact), 6},
		{"unknown", alarmWeek(20, 0, 0, sources.Ungraded), 6},
	} {
		got, _ := remember(t, s, w, alarmsOf(1, step.told))
		if n := got.Alarms[1].Alarms[0].Episodes; n != step.want {
			t.Errorf("%s: %d episodes, want %d", step.name, n, step.want)
		}
	}
}

func gaps(t *testing.T, s *history.Store, _ func() *history.Store) {
	down := func(noun sources.Noun, weeks int) sources.Answer {
		return sources.Answer{Question: questionOf(noun), Weeks: weeks, Gap: "nobody answers", Hint: "see whether it runs"}
	}
	got, r := remember(t, s, windowAt(20), down(sources.Alarms, 0))
	same(t, "with nothing remembered", got, sources.Answer{Question: questionOf(sources.Alarms), Gap: "nobody answers", Hint: "see whether it runs"})
	if n := plan(t, s, windowAt(20), questionOf(sources.Alarms)); n != 6 || len(r.Gaps) != 1 {
		t.Errorf("%d weeks, gaps %v", n, r.Gaps)
	}
	remember(t, s, windowAt(20), alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	got, r = remember(t, s, windowAt(21), down(sources.Alarms, 3))
	expect(t, "weeks that were asked about", shown(got), "16:2 17:3 18:4 19:? 20:? 21:?")
	same(t, "the unknown week", got.Alarms[5], sources.AlarmWeek{Week: sources.Week{Year: 2026, N: 21}, Graded: sources.Graded{Reason: "nobody answers"}})
	same(t, "gaps", r.Gaps, []sources.Gap{{Team: "checkout", Source: "src", Question: "alarm", Reason: "nobody answers", Hint: "see whether it runs"}})
	if n := plan(t, s, windowAt(22), questionOf(sources.Alarms)); n != 4 {
		t.Errorf("after a gap, %d weeks are asked about", n)
	}
	got, _ = remember(t, s, windowAt(22), alarmsOf(4, exact(19, 5, 6, 7, 8)...))
	expect(t, "after it", shown(got), "17:3 18:4 19:5 20:6 21:7 22:8")

	items := sources.Answer{Question: questionOf(sources.Quality), Items: []sources.Item{bug("PAY-1", windowAt(20).Now)}}
	remember(t, s, windowAt(20), items)
	got, _ = remember(t, s, windowAt(21), down(sources.Quality, 3))
	same(t, "a gap of items", got, sources.Answer{Question: questionOf(sources.Quality), Gap: "nobody answers", Hint: "see whether it runs",
		Items: items.Items, Kept: weeksTo(18, 3)})
	got, _ = remember(t, s, windowAt(21), down(sources.Incidents, 0))
	same(t, "a gap with nothing remembered", got, sources.Answer{Question: questionOf(sources.Incidents), Gap: "nobody answers", Hint: "see whether it runs"})
}

func unknownWeeks(t *testing.T, s *history.Store, _ func() *history.Store) {
	unknown := func(from, n int) (list []sources.AlarmWeek) {
		for i := range n {
			list = append(list, alarmWeek(from+i, 0, 0, sources.Ungraded))
		}
		return list
	}
	remember(t, s, windowAt(20), alarmsOf(0, unknown(15, 6)...))
	if n := plan(t, s, windowAt(20), questionOf(sources.Alarms)); n != 6 {
		t.Errorf("nothing is known, and %d weeks are asked about", n)
	}
	remember(t, s, windowAt(20), alarmsOf(0, append(unknown(15, 4), exact(19, 5, 6)...)...))
	if n := plan(t, s, windowAt(20), questionOf(sources.Alarms)); n != 2 {
		t.Errorf("what the source does not hold is asked for again: %d weeks", n)
	}
	got, _ := remember(t, s, windowAt(20), alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	expect(t, "learnt once", shown(got), "15:1 16:2 17:3 18:4 19:5 20:6")
	got, _ = remember(t, s, windowAt(20), alarmsOf(0, exact(15, 9, 9, 9, 9, 9, 9)...))
	expect(t, "and not twice", shown(got), "15:1 16:2 17:3 18:4 19:9 20:9")
}

func sprintsStay(t *testing.T, s *history.Store, _ func() *history.Store) {
	q := questionOf(sources.Delivery)
	story := func(ref string, o sources.Outcome) sources.SprintIssue {
		return sources.SprintIssue{Evidence: sources.Evidence{Ref: ref}, Title: ref, Outcome: o, Committed: true}
	}
	start := windowAt(19).Now
	running := sources.Sprint{ID: 7, Name: "Sprint 7", State: sources.Active, Start: start, Graded: sources.Whole(),
		Issues: []sources.SprintIssue{story("PAY-1", sources.NotCompleted), story("PAY-2", sources.NotCompleted)}}
	got, _ := remember(t, s, windowAt(19), sources.Answer{Question: q, Sprints: []sources.Sprint{running}})
	same(t, "running", got.Sprints, []sources.Sprint{running})
	later := running
	later.Issues = later.Issues[:1]
	got, _ = remember(t, s, windowAt(20), sources.Answer{Question: q, Weeks: 3, Sprints: []sources.Sprint{later}})
	same(t, "running still", got.Sprints, []sources.Sprint{later})
	got, r := remember(t, s, windowAt(20), sources.Answer{Question: q, Weeks: 3})
	if len(got.Sprints) != 0 || len(r.Vanished) != 0 {
		t.Errorf("a sprint that is not listed any more: %+v, vanished %v", got.Sprints, r.Vanished)
	}
	closed := later
	closed.State, closed.Completed, closed.Issues = sources.Closed, windowAt(21).End().Add(-time.Hour), []sources.SprintIssue{story("PAY-1", sources.Completed)}
	want := closed
	want.Issues = []sources.SprintIssue{story("PAY-1", sources.Completed), story("PAY-2", sources.Removed)}
	want.Graded = sources.Graded{Grade: sources.Approximate, Reason: "PAY-2 was in the sprint while it ran and is not in it any more, so it counts as removed"}
	got, _ = remember(t, s, windowAt(21), sources.Answer{Question: q, Weeks: 3, Sprints: []sources.Sprint{closed}})
	same(t, "closed", got.Sprints, []sources.Sprint{want})
	other := closed
	other.Issues = []sources.SprintIssue{story("PAY-9", sources.Completed)}
	got, _ = remember(t, s, windowAt(22), sources.Answer{Question: q, Weeks: 3, Sprints: []sources.Sprint{other}})
	same(t, "told otherwise", got.Sprints, []sources.Sprint{want})
	got, _ = remember(t, s, windowAt(22), sources.Answer{Question: q, Weeks: 3, Sprints: []sources.Sprint{later}})
	same(t, "opened again", got.Sprints, []sources.Sprint{later})
	got, r = remember(t, s, windowAt(23), sources.Answer{Question: q, Weeks: 3})
	same(t, "told no more", got.Sprints, []sources.Sprint{want})
	if len(r.Vanished) != 0 {
		t.Errorf("vanished: %v", r.Vanished)
	}
	got, _ = remember(t, s, windowAt(23), sources.Answer{Question: q, Weeks: 3, Gap: "down"})
	same(t, "gap", got, sources.Answer{Question: q, Gap: "down", Sprints: []sources.Sprint{want}, Kept: weeksTo(21, 4)})
}

func outage(ref string, opened, resolved time.Time, open ...string) sources.Incident {
	in := sources.Incident{Evidence: sources.Evidence{Ref: ref}, Title: ref, Opened: opened, Resolved: resolved, Graded: sources.Whole()}
	for _, f := range open {
		in.FollowUps = append(in.FollowUps, sources.FollowUp{Evidence: sources.Evidence{Ref: f}, Title: f})
	}
	return in
}

// A sprint of which a token was shown only a part, or nothing, when it was first
// seen closed is told anew as soon as more of it is shown, and then stays.
func sprintSeenInPart(t *testing.T, s *history.Store, _ func() *history.Store) {
	closed := sources.Sprint{ID: 7, Name: "Sprint 7", State: sources.Closed, Start: windowAt(19).Now, Completed: windowAt(21).End().Add(-time.Hour)}
	story := func(refs ...string) (list []sources.SprintIssue) {
		for _, ref := range refs {
			list = append(list, sources.SprintIssue{Evidence: sources.Evidence{Ref: ref}, Outcome: sources.Completed, Committed: true})
		}
		return list
	}
	for i, step := range []struct {
		grade  sources.Grade
		issues []sources.SprintIssue
		want   int
	}{
		{sources.Partial, nil, 0},
		{sources.Partial, story("PAY-1"), 0}, // no better view than the first
		{sources.Exact, story("PAY-1", "PAY-2"), 2},
		{sources.Exact, story("PAY-1"), 2}, // edited after the close
	} {
		w := windowAt(21)
		w.Now = w.Now.Add(time.Duration(i) * time.Hour)
		told := closed
		told.Grade, told.Issues = step.grade, step.issues
		got, _ := remember(t, s, w, sources.Answer{Question: questionOf(sources.Delivery), Sprints: []sources.Sprint{told}})
		if n := len(got.Sprints[0].Issues); n != step.want {
			t.Errorf("at step %d the sprint has %d issues, want %d", i, n, step.want)
		}
	}
}

// An issue that is moved to another project while its sprint runs is one issue.
func sprintWithMoved(t *testing.T, s *history.Store, _ func() *history.Store) {
	q := questionOf(sources.Delivery)
	story := func(ref string, o sources.Outcome) []sources.SprintIssue {
		return []sources.SprintIssue{{Evidence: sources.Evidence{Ref: ref}, ID: "10042", Outcome: o, Committed: true}}
	}
	running := sources.Sprint{ID: 7, Name: "Sprint 7", State: sources.Active, Start: windowAt(19).Now, Graded: sources.Whole(), Issues: story("PAY-1", sources.NotCompleted)}
	remember(t, s, windowAt(19), sources.Answer{Question: q, Sprints: []sources.Sprint{running}})
	closed := running
	closed.State, closed.Completed, closed.Issues = sources.Closed, windowAt(21).End().Add(-time.Hour), story("OPS-9", sources.Completed)
	got, _ := remember(t, s, windowAt(21), sources.Answer{Question: q, Weeks: 3, Sprints: []sources.Sprint{closed}})
	same(t, "the closed sprint", got.Sprints, []sources.Sprint{closed})
}

// A follow-up that is scheduled weeks after its incident was over is found by the
// run that comes next, as by a full one.
func scheduledLate(t *testing.T, s *history.Store, _ func() *history.Store) {
	q := questionOf(sources.Incidents)
	begun := windowAt(18).Start().AddDate(0, 0, 5*7+1)
	bare, followed := outage("OPS-1", begun, begun.Add(2*time.Hour)), outage("OPS-1", begun, begun.Add(2*time.Hour), "OPS-9")
	answer := func(w sources.Window, weeks int, in sources.Incident) sources.Answer {
		a, asked := sources.Answer{Question: q}, w
		if weeks < w.Count {
			a.Weeks, asked.Count = weeks, weeks
		}
		if !in.Resolved.Before(asked.Start()) {
			a.Incidents = []sources.Incident{in}
		}
		return a
	}
	remember(t, s, windowAt(18), answer(windowAt(18), 6, bare))
	var got sources.Answer
	for n := 19; n <= 22; n++ {
		in := bare
		if n >= 21 {
			in = followed
		}
		got, _ = remember(t, s, windowAt(n), answer(windowAt(n), plan(t, s, windowAt(n), q), in))
	}
	same(t, "incidents", got.Incidents, []sources.Incident{followed})
}

func incidentsReachBack(t *testing.T, s *history.Store, _ func() *history.Store) {
	q := questionOf(sources.Incidents)
	w := windowAt(20)
	day := func(n int) time.Time { return sources.Week{Year: 2026, N: n}.Monday().Time(time.UTC).Add(time.Hour) }
	followed, plain, open := outage("INC-1", day(15), day(16), "PAY-1"), outage("INC-2", day(15), day(15)), outage("INC-3", day(12), time.Time{})
	remember(t, s, w, sources.Answer{Question: q, Incidents: []sources.Incident{open, followed, plain}})
	if n := plan(t, s, windowAt(21), q); n != 6 {
		t.Errorf("%d weeks: a resolved incident with an open follow-up is not asked for", n)
	}
	if n := plan(t, s, windowAt(22), q); n != 4 {
		t.Errorf("%d weeks: an incident before the window is asked for", n)
	}
	followed.FollowUps[0].Done = true
	got, _ := remember(t, s, windowAt(21), sources.Answer{Question: q, Incidents: []sources.Incident{open, followed}})
	same(t, "incidents", got.Incidents, []sources.Incident{open, followed})
	if n := plan(t, s, windowAt(21), q); n != 2 {
		t.Errorf("%d weeks: nothing is left to follow up", n)
	}
}

// incidentInDoubt is an incident that was resolved on the Monday of the run:
// some sources do not list it until the next week.
func incidentInDoubt(t *testing.T, s *history.Store, _ func() *history.Store) {
	q := questionOf(sources.Incidents)
	open := outage("INC-1", windowAt(16).Now, time.Time{})
	remember(t, s, windowAt(20), sources.Answer{Question: q, Incidents: []sources.Incident{open}})
	got, r := remember(t, s, windowAt(21), sources.Answer{Question: q, Weeks: 3})
	same(t, "missed once", got.Incidents, []sources.Incident{open})
	same(t, "vanished", r.Vanished, []history.Vanished(nil))
	got, r = remember(t, s, windowAt(22), sources.Answer{Question: q, Weeks: 3})
	same(t, "missed twice", got.Incidents, []sources.Incident(nil))
	same(t, "vanished", r.Vanished, []history.Vanished{{Team: "checkout", Line: "incident", Evidence: open.Evidence, Title: "INC-1"}})
}

func bug(ref string, created time.Time) sources.Item {
	return sources.Item{Evidence: sources.Evidence{Source: "src", Ref: ref, URL: "https://x.example/" + ref}, Kind: sources.Issue, Title: ref,
		Created: created, Scope: []sources.Span{{From: created}}, Graded: sources.Whole()}
}

func refsOf(a sources.Answer) string {
	var refs []string
	for _, i := range a.Items {
		refs = append(refs, i.Ref)
	}
	return strings.Join(refs, " ")
}

func bugs(weeks int, created time.Time, n ...int) sources.Answer {
	a := sources.Answer{Question: questionOf(sources.Quality), Weeks: weeks}
	for _, i := range n {
		a.Items = append(a.Items, bug(fmt.Sprint("PAY-", i), created))
	}
	return a
}

func vanished(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(18).End().Add(-time.Hour)
	old := bug("PAY-9", created)
	old.Done = []sources.Span{{From: windowAt(17).Now}}
	first := bugs(0, created, 1, 2, 3)
	first.Items = append(first.Items, old)
	remember(t, s, windowAt(20), first)
	got, r := remember(t, s, windowAt(21), bugs(3, created, 1, 3))
	expect(t, "items", refsOf(got), "PAY-1 PAY-3 PAY-9")
	gone := bug("PAY-2", created)
	same(t, "vanished", r.Vanished, []history.Vanished{{Team: "checkout", Line: "quality", Evidence: gone.Evidence, Title: "PAY-2"}})
	got, r = remember(t, s, windowAt(21), bugs(3, created, 1, 3))
	expect(t, "items", refsOf(got), "PAY-1 PAY-3 PAY-9")
	same(t, "vanished once", r.Vanished, []history.Vanished(nil))
	got, _ = remember(t, s, windowAt(21), bugs(3, created, 1, 2, 3))
	expect(t, "it is back", refsOf(got), "PAY-1 PAY-2 PAY-3 PAY-9")
}

func refused(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(20).End().Add(-time.Hour)
	remember(t, s, windowAt(20), bugs(0, created, 1, 2, 3, 4, 5, 6, 7, 8))
	before := export(t, s)
	answer := bugs(3, created)
	answer.Items = []sources.Item{bug("PAY-8", created), bug("PAY-20", created)}
	got, r := remember(t, s, windowAt(21), answer)
	reason := "src shows no more 7 of 8 that it showed before, so what is remembered is kept"
	same(t, "refused", r.Refused, []history.Refused{{Team: "checkout", Line: "quality", Gone: 7, Held: 8, Reason: reason}})
	expect(t, "items", refsOf(got), "PAY-1 PAY-2 PAY-3 PAY-4 PAY-5 PAY-6 PAY-7 PAY-8 PAY-20")
	for _, i := range got.Items {
		same(t, i.Ref, i.Graded, sources.Graded{Grade: sources.Partial, Reason: reason})
	}
	same(t, "vanished", r.Vanished, []history.Vanished(nil))
	expect(t, "history", export(t, s), before)
	if n := plan(t, s, windowAt(21), answer.Question); n != 3 {
		t.Errorf("%d weeks are asked about after a refusal", n)
	}
	n, err := s.Forget(context.Background(), "checkout", "quality", windowAt(21).Now)
	if err != nil || n != 8 {
		t.Errorf("forgot %d: %v", n, err)
	}
	if n := plan(t, s, windowAt(21), answer.Question); n != 6 {
		t.Errorf("%d weeks are asked about after forgetting", n)
	}
	answer.Weeks = 0
	got, r = remember(t, s, windowAt(21), answer)
	expect(t, "items", refsOf(got), "PAY-8 PAY-20")
	same(t, "refused", r.Refused, []history.Refused(nil))
	// Four of five are gone: that may be.
	got, r = remember(t, s, windowAt(21), bugs(3, created))
	if len(r.Refused) != 0 || len(r.Vanished) != 2 || len(got.Items) != 0 {
		t.Errorf("a small loss: %+v", r)
	}
}

// What was seen of weeks that are not final is revised by what is seen now.
func revised(t *testing.T, s *history.Store, _ func() *history.Store) {
	at := func(n int) time.Time { return sources.Week{Year: 2026, N: n}.Monday().Time(time.UTC).Add(time.Hour) }
	merged := func(ref string, n int) sources.Item {
		return sources.Item{Evidence: sources.Evidence{Ref: ref}, Kind: sources.PullRequest, Title: ref, Created: at(n), Done: []sources.Span{{From: at(n)}}, Graded: sources.Whole()}
	}
	q := questionOf(sources.Shipped)
	remember(t, s, windowAt(20), sources.Answer{Question: q, Items: []sources.Item{merged("a#1", 19), merged("a#2", 20)}})
	got, _ := remember(t, s, windowAt(21), sources.Answer{Question: q, Weeks: 3, Items: []sources.Item{merged("a#2", 20), merged("a#3", 20), merged("a#4", 21)}})
	expect(t, "items", refsOf(got), "a#2 a#3 a#4")
}

func changedQuery(t *testing.T, s *history.Store, _ func() *history.Store) {
	remember(t, s, windowAt(20), alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	other := questionOf(sources.Alarms)
	other.Query.Text = "another"
	if n := plan(t, s, windowAt(20), other); n != 6 {
		t.Errorf("%d weeks are asked about with another query", n)
	}
	berlin, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	zoned := windowAt(20)
	zoned.Zone = berlin
	if n := plan(t, s, zoned, questionOf(sources.Alarms)); n != 6 {
		t.Errorf("%d weeks are asked about in another zone", n)
	}
	remember(t, s, windowAt(20), sources.Answer{Question: other, Alarms: exact(15, 7, 7, 7, 7, 7, 7)})
	if n := plan(t, s, windowAt(20), questionOf(sources.Alarms)); n != 2 {
		t.Errorf("%d weeks are asked about with the first query again", n)
	}
}

// olderAnswer is one that came after the answer of a later run.
func olderAnswer(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(20).End().Add(-time.Hour)
	earlier := windowAt(20)
	later := earlier
	later.Now = later.Now.Add(time.Minute)
	remember(t, s, later, bugs(0, created, 1, 2))
	before := export(t, s)
	got, r := remember(t, s, earlier, bugs(0, created, 1))
	expect(t, "whole", refsOf(got), "PAY-1")
	got, _ = remember(t, s, earlier, bugs(3, created, 1))
	expect(t, "in part", refsOf(got), "PAY-1 PAY-2")
	expect(t, "history", export(t, s), before)
	same(t, "vanished", r.Vanished, []history.Vanished(nil))
	if n := plan(t, s, earlier, got.Question); n != 6 {
		t.Errorf("%d weeks are asked about as of before the last answer", n)
	}
}

// notCovered is an answer to less than was planned.
func notCovered(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(20).End().Add(-time.Hour)
	got, _ := remember(t, s, windowAt(20), bugs(3, created, 1))
	same(t, "items", got, sources.Answer{Question: questionOf(sources.Quality), Gap: "only the weeks from 2026-W18 were asked about, and what came before them is not remembered"})
	got, _ = remember(t, s, windowAt(20), alarmsOf(2, exact(19, 5, 6)...))
	expect(t, "alarms", shown(got), "15:? 16:? 17:? 18:? 19:5 20:6")
	alone := history.Alone(sources.Facts{Window: windowAt(20), Answers: []sources.Answer{bugs(3, created, 1), alarmsOf(2, exact(19, 5, 6)...), bugs(0, created, 1)}})
	expect(t, "alone", alone.Facts.Answers[0].Gap, "only the weeks from 2026-W18 were asked about, and what came before them is not remembered")
	expect(t, "alone", shown(alone.Facts.Answers[1]), "15:? 16:? 17:? 18:? 19:5 20:6")
	expect(t, "alone", refsOf(alone.Facts.Answers[2]), "PAY-1")
}

func reconcile(t *testing.T, s *history.Store, _ func() *history.Store) {
	ctx, q := context.Background(), questionOf(sources.Quality)
	created := windowAt(16).End().Add(-time.Hour)
	first := bugs(0, created, 1, 2, 3)
	for i := range first.Items[1:] {
		first.Items[i+1].Done = []sources.Span{{From: windowAt(17).Now}}
	}
	remember(t, s, windowAt(20), first)
	w := windowAt(21)
	gone, refused, err := s.Reconcile(ctx, w, q, []string{"PAY-1", "PAY-3", "PAY-7"})
	if err != nil || refused != nil {
		t.Fatal(refused, err)
	}
	same(t, "vanished", gone, []history.Vanished{{Team: "checkout", Line: "quality", Evidence: first.Items[1].Evidence, Title: "PAY-2"}})
	got, _ := remember(t, s, w, bugs(3, created, 1))
	expect(t, "items", refsOf(got), "PAY-1 PAY-3")
	if n := plan(t, s, w, q); n != 6 {
		t.Errorf("%d weeks: PAY-7 is present, and nothing is known of it", n)
	}
	seventh := bug("PAY-7", created)
	seventh.Done = first.Items[1].Done
	got, _ = remember(t, s, w, sources.Answer{Question: q, Items: []sources.Item{first.Items[0], first.Items[2], seventh}})
	expect(t, "items", refsOf(got), "PAY-1 PAY-3 PAY-7")
	if n := plan(t, s, w, q); n != 2 {
		t.Errorf("%d weeks: everything is known", n)
	}
	if _, _, err := s.Reconcile(ctx, w, q, []string{"PAY-1", "PAY-2", "PAY-3", "PAY-7"}); err != nil {
		t.Fatal(err)
	}
	got, _ = remember(t, s, w, bugs(3, created, 1))
	expect(t, "PAY-2 is back", refsOf(got), "PAY-1 PAY-2 PAY-3 PAY-7")
	same(t, "its grade", got.Items[1].Graded, sources.Graded{Grade: sources.Approximate, Reason: "it was away for a time, and has not been read again yet"})
	if n := plan(t, s, w, q); n != 6 {
		t.Errorf("%d weeks: what became of PAY-2 while it was away is not known", n)
	}
	remember(t, s, w, bugs(0, created, 1, 2, 3, 4, 5, 6, 7))
	_, refused, err = s.Reconcile(ctx, w, q, nil)
	same(t, "refused", refused, &history.Refused{Team: "checkout", Line: "quality", Gone: 7, Held: 7, Reason: "src lists no more 7 of 7 that it showed before, so what is remembered is kept"})
	if err != nil {
		t.Fatal(err)
	}
}

// olderThanWindow is what the list of everything holds and no full answer tells
// about. That list comes with narrow answers alone; one full answer after it
// settles that nothing is missing.
func olderThanWindow(t *testing.T, s *history.Store, _ func() *history.Store) {
	ctx, q := context.Background(), questionOf(sources.Quality)
	created := windowAt(19).End().Add(-time.Hour)
	list := func(n int, refs ...string) {
		t.Helper()
		if _, _, err := s.Reconcile(ctx, windowAt(n), q, refs); err != nil {
			t.Fatal(err)
		}
	}
	var asked []int
	next := func(n int) { asked = append(asked, plan(t, s, windowAt(n), q)) }
	remember(t, s, windowAt(20), bugs(0, created, 1))
	next(21)
	list(21, "PAY-1", "PAY-2", "PAY-3")
	remember(t, s, windowAt(21), bugs(3, created, 1))
	next(22)
	remember(t, s, windowAt(22), bugs(0, created, 1))
	next(23)
	list(23, "PAY-1", "PAY-2", "PAY-3")
	remember(t, s, windowAt(23), bugs(3, created, 1))
	next(24)
	list(24, "PAY-1", "PAY-2") // PAY-3 is moved away
	remember(t, s, windowAt(24), bugs(3, created, 1))
	next(25)
	list(25, "PAY-1", "PAY-2", "PAY-3") // and back, changed or not
	remember(t, s, windowAt(25), bugs(3, created, 1))
	next(26)
	same(t, "weeks asked about", asked, []int{3, 6, 3, 3, 3, 6})
}

// newWithPast is a bug that was another kind of issue until now.
func newWithPast(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(16).End().Add(-time.Hour)
	remember(t, s, windowAt(20), bugs(0, created, 1))
	got, _ := remember(t, s, windowAt(21), bugs(3, created, 1, 2))
	same(t, "grade", got.Items[1].Graded, sources.Graded{Grade: sources.Approximate, Reason: "it is new here, and what it was before 2026-05-04 has not been read yet"})
	if n := plan(t, s, windowAt(21), got.Question); n != 6 {
		t.Errorf("%d weeks are asked about", n)
	}
	whole := bugs(0, created, 1, 2)
	whole.Items[1].Done = []sources.Span{{From: windowAt(17).Now, To: windowAt(17).Now.Add(time.Hour)}}
	got, r := remember(t, s, windowAt(21), whole)
	same(t, "items", got.Items, whole.Items)
	same(t, "vanished", r.Vanished, []history.Vanished(nil))
	if n := plan(t, s, windowAt(21), got.Question); n != 2 {
		t.Errorf("%d weeks are asked about", n)
	}
}

// longPause is one in which nobody looked for longer than a window is.
func longPause(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(10).End().Add(-time.Hour)
	remember(t, s, windowAt(20), bugs(0, created, 1, 2))
	got, r := remember(t, s, windowAt(40), bugs(0, created, 1))
	expect(t, "items", refsOf(got), "PAY-1")
	same(t, "vanished", r.Vanished, []history.Vanished(nil)) // it may have been closed meanwhile
	same(t, "items", got.Items, bugs(0, created, 1).Items)
}

// awayAndBack is a bug that was closed and opened again while it was no bug.
func awayAndBack(t *testing.T, s *history.Store, _ func() *history.Store) {
	ctx, q := context.Background(), questionOf(sources.Quality)
	created := windowAt(14).End().Add(-time.Hour)
	remember(t, s, windowAt(20), bugs(0, created, 1, 2))
	remember(t, s, windowAt(21), bugs(3, created, 1))
	w := windowAt(25)
	if _, _, err := s.Reconcile(ctx, w, q, []string{"PAY-1", "PAY-2"}); err != nil {
		t.Fatal(err)
	}
	got, _ := remember(t, s, w, bugs(5, created, 1, 2))
	same(t, "grade", got.Items[1].Graded, sources.Graded{Grade: sources.Approximate, Reason: "it is new here, and what it was before 2026-05-18 has not been read yet"})
	whole := bugs(0, created, 1, 2)
	whole.Items[1].Done = []sources.Span{{From: windowAt(19).Now, To: windowAt(19).Now.Add(time.Hour)}}
	got, _ = remember(t, s, w, whole)
	same(t, "items", got.Items, whole.Items)
}

func pages(t *testing.T, s *history.Store, _ func() *history.Store) {
	ctx := context.Background()
	week := sources.Week{Year: 2026, N: 20}
	at := windowAt(20).Now
	page := func(text string, found bool, minutes int) history.Page {
		return history.Page{Path: "p/2026-W20.md", Week: week, Text: []byte(text), Found: found, At: at.Add(time.Duration(minutes) * time.Minute)}
	}
	if _, ok, err := s.LastPage(ctx, "p/2026-W20.md", false); ok || err != nil {
		t.Errorf("a page that was never saved: %v %v", ok, err)
	}
	saved := []history.Page{page("draft", false, 1), page("draft\nnote\x00\xff", true, 2), page("draft 2", false, 3), page("draft\nnote\x00\xff", true, 4), page("", false, 5)}
	for _, p := range saved {
		if err := s.SavePage(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	other := history.Page{Path: "q.md", Text: []byte("draft"), At: at}
	if err := s.SavePage(ctx, other); err != nil {
		t.Fatal(err)
	}
	sent := saved[2]
	sent.Sent = true
	for _, p := range []history.Page{sent, saved[2]} {
		if err := s.SavePage(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	saved[2] = sent
	got, err := s.Pages(ctx, "p/2026-W20.md")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "pages", got, saved)
	last, _, _ := s.LastPage(ctx, "p/2026-W20.md", false)
	same(t, "written", last, saved[4])
	last, _, _ = s.LastPage(ctx, "p/2026-W20.md", true)
	same(t, "found", last, saved[3])
	of, err := s.PagesOf(ctx, week)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "of the week", of, saved)
	var each []history.Page
	if err := s.EachPage(ctx, func(p history.Page) error { each = append(each, p); return nil }); err != nil {
		t.Fatal(err)
	}
	byPath := func(p history.Page) bool { return p.Path == other.Path }
	if i := slices.IndexFunc(each, byPath); i < 0 || len(each) != len(saved)+1 {
		t.Errorf("of %d pages %d are visited", len(saved)+1, len(each))
	}
	same(t, "visited", slices.DeleteFunc(each, byPath), saved)
	enough := errors.New("enough")
	if err := s.EachPage(ctx, func(history.Page) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("the visitor's error comes back as %v", err)
	}
	if n := strings.Count(export(t, s), `"kind":"text"`); n != 4 {
		t.Errorf("%d texts are stored, of 4 different ones", n)
	}
}

func said(t *testing.T, s *history.Store, _ func() *history.Store) {
	ctx := context.Background()
	doc := func(team, line string, n, minute int, text string) history.Said {
		return history.Said{Team: team, Line: line, Week: sources.Week{Year: 2026, N: n}, At: windowAt(n).Now.Add(time.Duration(minute) * time.Minute), Document: json.RawMessage(text)}
	}
	all := []history.Said{doc("a", "x", 18, 0, `{"c":"red"}`), doc("a", "x", 19, 0, `{"c":"green"}`), doc("a", "x", 20, 0, `{"c":"amber"}`), doc("a", "y", 19, 0, `1`), doc("b", "x", 19, 0, `2`)}
	if err := s.SaveSaid(ctx, all); err != nil {
		t.Fatal(err)
	}
	newer := doc("a", "x", 19, 5, ` { "c" : "<blue>" } `)
	if err := s.SaveSaid(ctx, []history.Said{newer, doc("a", "x", 19, 2, `{"c":"old"}`)}); err != nil {
		t.Fatal(err)
	}
	newer.Document = json.RawMessage(`{"c":"<blue>"}`)
	all[1] = newer
	got, err := s.AllSaid(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "all", got, all[:4])
	err = s.SaveSaid(ctx, []history.Said{doc("a", "x", 21, 0, `1`), doc("a", "z", 21, 0, `{`)})
	expect(t, "no JSON", fmt.Sprint(err), "what was said of z cannot be kept: it is not JSON")
	got, _ = s.AllSaid(ctx, "a")
	same(t, "all or nothing", got, all[:4])
}

// fill puts something of everything into a history.
func fill(t *testing.T, s *history.Store) {
	t.Helper()
	ctx := context.Background()
	created := windowAt(20).End().Add(-time.Hour)
	remember(t, s, windowAt(20), alarmsOf(0, append(exact(15, 1, 2, 3, 4, 5), alarmWeek(20, 0, 0, sources.Ungraded))...))
	remember(t, s, windowAt(20), bugs(0, created, 10, 9, 1, 2))
	remember(t, s, windowAt(21), bugs(3, created, 10, 9, 1))
	remember(t, s, windowAt(20), sources.Answer{Question: questionOf(sources.Delivery), Sprints: []sources.Sprint{{ID: 7, Name: "Sprint <7>", State: sources.Active, Start: created, Graded: sources.Whole()}}})
	remember(t, s, windowAt(20), sources.Answer{Question: questionOf(sources.Metrics), Readings: []sources.Reading{{Week: windowAt(20).Last, Value: 0.1, Graded: sources.Whole()}}})
	if _, _, err := s.Reconcile(ctx, windowAt(21), questionOf(sources.Quality), []string{"PAY-9", "PAY-10", "PAY-1", "PAY-77"}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []history.Page{{Path: "p.md", Week: windowAt(20).Last, Text: []byte("a\u2028 <b>"), At: created}, {Path: "Q.md", Text: []byte{0xff, 0}, Found: true, At: created, Sent: true}, {Path: "p.md", Text: nil, Found: true, At: created}} {
		if err := s.SavePage(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveSaid(ctx, []history.Said{{Team: "Zed", Line: "é", Week: windowAt(20).Last, At: created, Document: json.RawMessage(`{"a":[1.50,"<"]}`)}}); err != nil {
		t.Fatal(err)
	}
}

func exportImport(t *testing.T, s *history.Store, another func() *history.Store) {
	fill(t, s)
	text := export(t, s)
	expect(t, "export again", export(t, s), text)
	other := another()
	if err := other.Import(context.Background(), strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	expect(t, "export of the import", export(t, other), text)
	if err := other.Import(context.Background(), strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	expect(t, "imported twice", export(t, other), text)
	for _, q := range []sources.Question{questionOf(sources.Alarms), questionOf(sources.Quality)} {
		if a, b := plan(t, s, windowAt(21), q), plan(t, other, windowAt(21), q); a != b {
			t.Errorf("%s: %d weeks are asked about, %d after the import", q.Line, a, b)
		}
	}
	golden := filepath.Join("testdata", "export.jsonl")
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, golden, text, string(want)) // the same on every database
}

// What another host saw earlier, or did not see at all, takes nothing away.
func importOfLess(t *testing.T, s *history.Store, another func() *history.Store) {
	later := windowAt(20)
	later.Now = later.Now.Add(24 * time.Hour)
	remember(t, s, later, alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	before := export(t, s)
	earlier, blind := another(), another()
	remember(t, earlier, windowAt(20), alarmsOf(0, alarmWeek(19, 1, 0.5, sources.Partial), alarmWeek(20, 1, 0.5, sources.Partial)))
	w := windowAt(20)
	w.Now = w.Now.AddDate(0, 0, 21) // its weeks are final by then
	remember(t, blind, w, alarmsOf(0, alarmWeek(19, 0, 0, sources.Ungraded), alarmWeek(20, 0, 0, sources.Ungraded)))
	for _, other := range []*history.Store{earlier, blind} {
		if err := s.Import(context.Background(), strings.NewReader(export(t, other))); err != nil {
			t.Fatal(err)
		}
		expect(t, "weeks after the import", weeksIn(export(t, s)), weeksIn(before))
	}
}

// weeksIn returns the lines of an export that are about weeks.
func weeksIn(export string) string {
	lines := strings.SplitAfter(export, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return !strings.HasPrefix(l, `{"kind":"week"`) }), "")
}

func importRules(t *testing.T, s *history.Store, another func() *history.Store) {
	ctx := context.Background()
	remember(t, s, windowAt(20), alarmsOf(0, exact(15, 1, 2, 3, 4, 5, 6)...))
	other := another()
	remember(t, other, windowAt(20), alarmsOf(0, exact(15, 9, 9, 9, 9, 9, 9)...))
	if err := s.Import(ctx, strings.NewReader(export(t, other))); err != nil {
		t.Fatal(err)
	}
	got, _ := remember(t, s, windowAt(20), sources.Answer{Question: questionOf(sources.Alarms), Weeks: 1, Alarms: exact(20, 7)})
	expect(t, "final weeks stay", shown(got), "15:1 16:2 17:3 18:4 19:9 20:7")
	sprint := sources.Sprint{ID: 7, Name: "seen here", State: sources.Closed, Completed: windowAt(20).End().Add(-time.Hour), Graded: sources.Whole()}
	remember(t, s, windowAt(20), sources.Answer{Question: questionOf(sources.Delivery), Sprints: []sources.Sprint{sprint}})
	remember(t, s, windowAt(21), bugs(0, windowAt(19).Now, 1))
	later, earlier := sprint, bugs(0, windowAt(18).Now, 1)
	later.Name = "seen there"
	remember(t, other, windowAt(21), sources.Answer{Question: questionOf(sources.Delivery), Sprints: []sources.Sprint{later}})
	remember(t, other, windowAt(20), earlier)
	if err := s.Import(ctx, strings.NewReader(export(t, other))); err != nil {
		t.Fatal(err)
	}
	got, _ = remember(t, s, windowAt(21), sources.Answer{Question: questionOf(sources.Delivery), Weeks: 3})
	same(t, "a closed sprint stays", got.Sprints, []sources.Sprint{sprint})
	if text := export(t, s); !strings.Contains(text, stampOf(windowAt(19).Now)) || strings.Contains(text, stampOf(windowAt(18).Now)) {
		t.Error("an older view of a bug replaced the later one")
	}
	before := export(t, s)
	lines := strings.SplitAfter(before, "\n")
	weekLine := lines[slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, `{"kind":"week"`) })]
	for _, tt := range []struct{ name, text, reason string }{
		{"empty", "", "the export is empty"},
		{"something else", `{"kind":"page"}`, "line 1 of the export is not understood: it does not begin the export of a history"},
		{"a later form", `{"kind":"preread history","version":2}`, "line 1 of the export is not understood: it is of version 2; this program reads version 1"},
		{"no JSON", lines[0] + lines[1] + "hello\n", "line 3 of the export is not understood: it is not a JSON object"},
		{"unknown kind", lines[0] + `{"kind":"mood"}`, `line 2 of the export is not understood: its kind "mood" is not known`},
		{"unknown field", lines[0] + `{"kind":"said","mood":1}`, `line 2 of the export is not understood: json: unknown field "mood"`},
		{"no question", lines[0] + weekLine, "line 2 of the export is not understood: the question that it belongs to does not stand before it"},
		{"bad week", lines[0] + lines[1] + strings.Replace(weekLine, `"week":"2026-W15"`, `"week":"2026-W16"`, 1), "line 3 of the export is not understood: what it holds is not a week of its question"},
		{"another text", lines[0] + `{"kind":"text","hash":"00","text":"x"}`, "line 2 of the export is not understood: its text is not the one that its hash names"},
		{"no text", lines[0] + `{"kind":"page","path":"p","at":"2026-05-18T08:00:00.000000000Z","hash":"00"}`, "line 2 of the export is not understood: the text that it belongs to does not stand before it"},
		{"late", before + "x", fmt.Sprintf("line %d of the export is not understood: it is not a JSON object", len(lines))},
	} {
		reason, hint := sources.Reason(s.Import(ctx, strings.NewReader(tt.text)))
		expect(t, tt.name, reason, tt.reason)
		if tt.name != "empty" {
			expect(t, tt.name, hint, "nothing was imported")
		}
	}
	expect(t, "history after refusals", export(t, s), before)
}

func stampOf(t time.Time) string { return `"created":"` + t.Format(time.RFC3339) + `"` }

func summaryAndPrune(t *testing.T, s *history.Store, _ func() *history.Store) {
	ctx := context.Background()
	fill(t, s)
	remember(t, s, windowAt(23), alarmsOf(1, exact(23, 3)...))
	week := func(n int) sources.Week { return sources.Week{Year: 2026, N: n} }
	all, err := s.Summary(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "summary", all, []history.Summary{
		{Team: "checkout", Line: "alarm", Source: "src", Query: questionOf(sources.Alarms).Query, First: week(15), Last: week(23), Weeks: 7, Known: 6, Final: 4, Missing: 2, Captured: windowAt(23).Now},
		{Team: "checkout", Line: "delivery", Source: "src", Query: questionOf(sources.Delivery).Query, First: week(15), Last: week(20), Weeks: 6, Known: 6, Final: 4, Things: 1, Captured: windowAt(20).Now},
		{Team: "checkout", Line: "metric", Source: "src", Query: questionOf(sources.Metrics).Query, First: week(15), Last: week(20), Weeks: 6, Known: 1, Final: 4, Captured: windowAt(20).Now},
		{Team: "checkout", Line: "quality", Source: "src", Query: questionOf(sources.Quality).Query, First: week(15), Last: week(21), Weeks: 7, Known: 7, Final: 5, Things: 3, Gone: 1, Captured: windowAt(21).Now},
	})
	before := export(t, s)
	want := history.Pruned{Weeks: 25, Things: 1, Said: 1, Pages: 1}
	n, err := s.Prune(ctx, week(23), true)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "dry run", n, want)
	expect(t, "after the dry run", export(t, s), before)
	n, err = s.Prune(ctx, week(23), false)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "pruned", n, want)
	n, _ = s.Prune(ctx, week(23), false)
	same(t, "again", n, history.Pruned{})
	found, _ := s.Pages(ctx, "Q.md")
	if len(found) != 1 || !bytes.Equal(found[0].Text, []byte{0xff, 0}) {
		t.Errorf("people's words were pruned: %v", found)
	}
}

func twoAtOnce(t *testing.T, s *history.Store, _ func() *history.Store) {
	var group sync.WaitGroup
	errs := make(chan error, 40)
	for worker := range 4 {
		group.Go(func() {
			for run := range 10 {
				f := runOf(run)
				for i := range f.Answers {
					f.Answers[i].Question.Team = fmt.Sprint("team", worker%2)
				}
				_, err := s.Remember(context.Background(), f)
				errs <- err
			}
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	all, err := s.Summary(context.Background())
	if err != nil || len(all) != 2*lines {
		t.Errorf("%d lines are remembered: %v", len(all), err)
	}
}

// unbelievable are answers that would do harm for long if they were kept.
func unbelievable(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(20).End().Add(-time.Hour)
	remember(t, s, windowAt(20), bugs(0, created, 1))
	remember(t, s, windowAt(20), sources.Answer{Question: questionOf(sources.Metrics), Readings: []sources.Reading{{Week: windowAt(20).First(), Value: 3, Graded: sources.Whole()}}})
	before := export(t, s)
	backwards := bugs(3, created, 1)
	backwards.Items[0].Done = []sources.Span{{From: created.Add(time.Hour), To: created}}
	twice := sources.Answer{Question: questionOf(sources.Incidents), Incidents: []sources.Incident{outage("INC-1", created, created), outage("INC-1", created, created)}}
	sprints := sources.Answer{Question: questionOf(sources.Delivery), Sprints: []sources.Sprint{{ID: 7}, {ID: 7}}}
	for _, tt := range []struct {
		answer sources.Answer
		gap    string
	}{
		{bugs(3, created, 1, 2, 1), "src told about PAY-1 twice"},
		{backwards, "src told about PAY-1 in no possible order of time"},
		{twice, "src told about INC-1 twice"},
		{sprints, "src told about sprint 7 twice"},
	} {
		got, r := remember(t, s, windowAt(20), tt.answer)
		got.Items, got.Kept = nil, nil
		same(t, tt.gap, got, sources.Answer{Question: tt.answer.Question, Gap: tt.gap})
		same(t, tt.gap, r.Gaps, []sources.Gap{{Team: "checkout", Source: "src", Question: tt.answer.Question.Line, Reason: tt.gap}})
	}
	got, _ := remember(t, s, windowAt(20), sources.Answer{Question: questionOf(sources.Metrics), Weeks: 2, Readings: []sources.Reading{{Week: windowAt(20).Last, Value: math.NaN(), Graded: sources.Whole()}}})
	same(t, "what is remembered", got.Readings[0].Value, 3.0)
	same(t, "no number", got.Readings[len(got.Readings)-1], sources.Reading{Week: windowAt(20).Last, Graded: sources.Graded{Reason: "src gave a value that is no number"}})
	expect(t, "history", export(t, s), before)
}

// deployments move on with their state: one that is out of sight for a run is
// not gone, and it may have the name of a release.
func deployments(t *testing.T, s *history.Store, _ func() *history.Store) {
	at := windowAt(20).End().Add(-time.Hour)
	q := questionOf(sources.Shipped)
	release := sources.Item{Evidence: sources.Evidence{Ref: "acme/app@v1"}, Kind: sources.Release, Title: "v1", Created: at, Done: []sources.Span{{From: at}}, Graded: sources.Whole()}
	deployed := release
	deployed.Kind = sources.Deployment
	remember(t, s, windowAt(20), sources.Answer{Question: q, Items: []sources.Item{release, deployed}})
	got, r := remember(t, s, windowAt(20), sources.Answer{Question: q, Weeks: 3, Items: []sources.Item{release}})
	if len(got.Items) != 2 || len(r.Vanished) != 0 {
		t.Errorf("items %v, vanished %v", got.Items, r.Vanished)
	}
	got, r = remember(t, s, windowAt(21), sources.Answer{Question: q, Weeks: 3, Items: []sources.Item{release}})
	if len(got.Items) != 1 || len(r.Vanished) != 1 {
		t.Errorf("items %v, vanished %v", got.Items, r.Vanished)
	}
}

func planOfGoal(t *testing.T, s *history.Store, _ func() *history.Store) {
	a := sources.Answer{Question: questionOf(sources.Goals), Items: []sources.Item{bug("PAY-1", windowAt(19).Now)},
		Evidence: sources.Evidence{Ref: "all"}, Plan: &sources.Plan{Milestones: []sources.Milestone{{Title: "beta"}}}, PlanGap: "half of it"}
	got, _ := remember(t, s, windowAt(20), a)
	same(t, "answer", got, a)
	a.Weeks, a.Plan = 3, nil
	got, _ = remember(t, s, windowAt(20), a)
	a.Weeks = 0
	same(t, "later", got, a)
}

func oddText(t *testing.T, s *history.Store, _ func() *history.Store) {
	created := windowAt(20).End().Add(-time.Hour)
	a := bugs(0, created, 1)
	a.Items[0].Ref, a.Items[0].Title = "PAY-\x00\xff'\"", "null \x00, bad \xff, quote '"
	got, _ := remember(t, s, windowAt(20), a)
	if len(got.Items) != 1 {
		t.Fatalf("%+v", got)
	}
	got, _ = remember(t, s, windowAt(20), a)
	if len(got.Items) != 1 {
		t.Errorf("told twice, it is there %d times", len(got.Items))
	}
}
