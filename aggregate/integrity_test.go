package aggregate_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// Each rule is broken once; the line is unknown and says why.
func TestFactsThatContradictThemselves(t *testing.T) {
	five, minus := 5.0, -1.0
	week := func(n int) sources.Week { return sources.Week{Year: 2026, N: n} }
	ref := func(r string) sources.Evidence { return sources.Evidence{Ref: r} }
	item := func(r string, created time.Time, done ...sources.Span) sources.Item {
		return sources.Item{Evidence: ref(r), Created: created, Scope: []sources.Span{{From: created}}, Done: done, Graded: sources.Whole()}
	}
	sprint := func(issues ...sources.SprintIssue) sources.Answer {
		return sources.Answer{Sprints: []sources.Sprint{{ID: 7, State: sources.Closed, Start: at(t, 44, 1), Completed: at(t, 46, 1), Issues: issues, Graded: sources.Whole()}}}
	}
	for _, tt := range []struct {
		name   string
		noun   sources.Noun
		answer sources.Answer
		why    string
	}{
		{"an item twice", sources.Quality, sources.Answer{Items: []sources.Item{item("PAY-1", at(t, 41, 1)), item("PAY-1", at(t, 41, 1))}}, "PAY-1 is there twice"},
		{"done before it was created", sources.Quality, sources.Answer{Items: []sources.Item{item("PAY-1", at(t, 42, 1), sources.Span{From: at(t, 41, 1)})}}, "PAY-1 was done before it was created"},
		{"a span that ends before it begins", sources.Goals, sources.Answer{Items: []sources.Item{item("PAY-1", at(t, 41, 1), sources.Span{From: at(t, 43, 1), To: at(t, 42, 1)})}}, "PAY-1 was reopened before it was done"},
		{"spans that overlap", sources.Goals, sources.Answer{Items: []sources.Item{item("PAY-1", at(t, 41, 1), sources.Span{From: at(t, 42, 1)}, sources.Span{From: at(t, 43, 1)})}}, "PAY-1 was reopened before it was done"},
		{"left before it came", sources.Goals, sources.Answer{Items: []sources.Item{{Evidence: ref("PAY-1"), Scope: []sources.Span{{From: at(t, 43, 1), To: at(t, 42, 1)}}, Graded: sources.Whole()}}}, "PAY-1 left what was asked for before it came in"},
		{"a sprint twice", sources.Delivery, sources.Answer{Sprints: append(sprint().Sprints, sprint().Sprints...)}, "sprint 7 is there twice"},
		{"a sprint closed before it was started", sources.Delivery, sources.Answer{Sprints: []sources.Sprint{{ID: 7, Start: at(t, 46, 1), Completed: at(t, 45, 1)}}}, "sprint 7 was closed before it was started"},
		{"more done than committed", sources.Delivery, sprint(sources.SprintIssue{Evidence: ref("PAY-1"), Committed: true, Outcome: sources.Completed}, sources.SprintIssue{Evidence: ref("PAY-1"), Outcome: sources.Completed}), "more could be done than was committed to"},
		{"committed and added", sources.Delivery, sprint(sources.SprintIssue{Evidence: ref("PAY-1"), Committed: true, Added: true}), "PAY-1 was both committed to and added"},
		{"committed when done", sources.Delivery, sprint(sources.SprintIssue{Evidence: ref("PAY-1"), Committed: true, Outcome: sources.CompletedOutside}), "PAY-1 was done before it was committed to"},
		{"a negative estimate", sources.Delivery, sprint(sources.SprintIssue{Evidence: ref("PAY-1"), Committed: true, Initial: &five, Final: &minus}), "PAY-1 has a negative estimate"},
		{"an incident twice", sources.Incidents, sources.Answer{Incidents: []sources.Incident{{Evidence: ref("INC-1")}, {Evidence: ref("INC-1")}}}, "INC-1 is there twice"},
		{"a negative time to resolve", sources.Incidents, sources.Answer{Incidents: []sources.Incident{{Evidence: ref("INC-1"), Opened: at(t, 45, 2), Resolved: at(t, 45, 1)}}}, "INC-1 was resolved before it was opened"},
		{"a negative time to acknowledge", sources.Incidents, sources.Answer{Incidents: []sources.Incident{{Evidence: ref("INC-1"), Opened: at(t, 45, 2), Acknowledged: at(t, 45, 1)}}}, "INC-1 was acknowledged before it was opened"},
		{"a week twice", sources.Alarms, sources.Answer{Alarms: []sources.AlarmWeek{{Week: week(45), Coverage: 1}, {Week: week(45), Coverage: 1}}}, "2026-W45 is there twice"},
		{"weeks out of order", sources.Alarms, sources.Answer{Alarms: []sources.AlarmWeek{{Week: week(46), Coverage: 1}, {Week: week(45), Coverage: 1}}}, "2026-W45 stands after 2026-W46"},
		{"more than a whole week", sources.Alarms, sources.Answer{Alarms: []sources.AlarmWeek{{Week: week(46), Coverage: 1.5}}}, "2026-W46 is covered by a share of 1.5"},
		{"fewer than no alarms", sources.Alarms, sources.Answer{Alarms: []sources.AlarmWeek{{Week: week(46), Coverage: 1, Alarms: []sources.AlarmCount{{Episodes: -1}}}}}, "2026-W46 has a negative number of alarms"},
		{"a figure of no week", sources.Metrics, sources.Answer{Readings: []sources.Reading{{Value: 1, Graded: sources.Whole()}}}, "a figure belongs to no week"},
		{"a reading twice", sources.Metrics, sources.Answer{Readings: []sources.Reading{{Week: week(46), Value: 1, Graded: sources.Whole()}, {Week: week(46), Value: 2, Graded: sources.Whole()}}}, "2026-W46 is there twice"},
		{"no number", sources.Metrics, sources.Answer{Readings: []sources.Reading{{Week: week(46), Value: math.NaN(), Graded: sources.Whole()}}}, "2026-W46 has a reading that is no number"},
	} {
		f := judgeOne(t, aggregate.Line{Noun: tt.noun, Better: aggregate.Lower, Target: target(t, "<= 5", "> 9")}, tt.answer)
		if f.Status.Status != aggregate.Unknown || f.Status.Rule != aggregate.Broken || !strings.HasPrefix(f.Status.Reason, "the facts contradict each other: ") || !strings.HasSuffix(f.Status.Reason, tt.why) {
			t.Errorf("%s: %s by %q: %q, want it to end in %q", tt.name, f.Status.Status, f.Status.Rule, f.Status.Reason, tt.why)
		}
		if weeksText(f.Weeks) != "? ? ? ? ? ? " {
			t.Errorf("%s: its weeks are %q", tt.name, weeksText(f.Weeks))
		}
	}
}

// What is open at a week's end follows from what came and went, whatever
// happened to the bugs.
func TestBugsInOutAndOpenBalance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var bugs []sources.Item
		for range rapid.IntRange(0, 12).Draw(rt, "bugs") {
			hour := rapid.IntRange(0, 9*7*24).Draw(rt, "created")
			bug := sources.Item{Created: at(t, 38, 1).Add(time.Duration(hour) * time.Hour), Graded: sources.Whole()}
			next := bug.Created
			for range rapid.IntRange(0, 3).Draw(rt, "closings") {
				next = next.Add(time.Duration(rapid.IntRange(0, 400).Draw(rt, "open")) * time.Hour)
				s := sources.Span{From: next}
				if rapid.Bool().Draw(rt, "reopened") {
					next = next.Add(time.Duration(rapid.IntRange(1, 400).Draw(rt, "closed")) * time.Hour)
					s.To = next
					bug.Done = append(bug.Done, s)
					continue
				}
				bug.Done = append(bug.Done, s)
				break
			}
			bugs = append(bugs, bug)
		}
		f := judgeOne(t, aggregate.Line{Noun: sources.Quality, Better: aggregate.Lower}, sources.Answer{Items: bugs})
		if f.Status.Rule == aggregate.Broken {
			rt.Fatalf("%s", f.Status.Reason)
		}
	})
}

// A week that was not seen is no zero, wherever it lies.
func TestAMissingWeekIsNoZero(t *testing.T) {
	w := longWindow(t)
	known := func(i int) bool { return i%5 != 2 }
	f := judgeMetric(t, w, aggregate.Lower, readings(w, 40, 40, 99, known))
	if f.Signal.Block().Base.Value < 39 {
		t.Errorf("missing weeks count as zero: the usual level is %v", f.Signal.Block().Base.Value)
	}
}

// The running week is in no window, so nothing of it is judged.
func TestTheRunningWeekIsNotJudged(t *testing.T) {
	opened := sources.Incident{Opened: endOf(t, 46).Add(time.Hour), Graded: sources.Whole()}
	f := judgeOne(t, aggregate.Line{Noun: sources.Incidents, Better: aggregate.Lower, Target: target(t, "<= 0", "> 0")}, sources.Answer{Incidents: []sources.Incident{opened}})
	if got := weeksText(f.Weeks); got != "0 0 0 0 0 0 " || f.Status.Status == aggregate.Red {
		t.Errorf("%q, %s", got, f.Status.Status)
	}
}

// Two working days are a short week: what happened in them counts for more, and
// one working day is no week at all.
func TestShortWeeks(t *testing.T) {
	bugs := func(n int) (all []sources.Item) {
		for week := 41; week <= 46; week++ {
			for range n {
				all = append(all, sources.Item{Created: at(t, week, 2), Graded: sources.Whole()})
			}
		}
		return all
	}
	level := func(noun sources.Noun, holidays ...sources.Day) aggregate.Estimate {
		line := aggregate.Line{ID: "l", Noun: noun, Better: aggregate.Lower, Target: target(t, "<= 3", "> 9")}
		answer := sources.Answer{Question: sources.Question{Team: "t", Line: "l"}, Items: bugs(2)}
		if noun == sources.Incidents {
			answer.Items = nil
			for _, b := range bugs(2) {
				answer.Incidents = append(answer.Incidents, sources.Incident{Opened: b.Created, Graded: sources.Whole()})
			}
		}
		r := aggregate.Judge([]aggregate.Team{{ID: "t", Holidays: holidays, Lines: []aggregate.Line{line}}}, sources.Facts{Window: window(t), Answers: []sources.Answer{answer}})
		return r.Teams[0].Lines[0].Status.Level
	}
	monday := sources.Week{Year: 2026, N: 46}.Monday()
	days := func(n int) (all []sources.Day) {
		for i := range n {
			all = append(all, monday.Add(i))
		}
		return all
	}
	for _, tt := range []struct {
		noun     sources.Noun
		holidays int
		value    float64
		weeks    int
	}{
		{sources.Quality, 0, 2, 6},
		{sources.Quality, 3, 12 / 5.4, 6},
		{sources.Quality, 4, 2, 5},
		{sources.Incidents, 4, 2, 6}, // they do not wait for working days
	} {
		e := level(tt.noun, days(tt.holidays)...)
		if math.Abs(e.Value-tt.value) > 1e-9 || e.Weeks != tt.weeks {
			t.Errorf("%s with %d holidays: %v a week over %d weeks, want %v over %d", tt.noun, tt.holidays, e.Value, e.Weeks, tt.value, tt.weeks)
		}
	}
	if e := level(sources.Quality, monday.Add(5), monday.Add(6)); e.Value != 2 {
		t.Errorf("a weekend shortens the week: %v", e.Value)
	}
}

// An outage takes the colour of a line, and not the weeks that are remembered.
func TestAnOutageKeepsWhatIsRemembered(t *testing.T) {
	week := func(n int) sources.Week { return sources.Week{Year: 2026, N: n} }
	answer := sources.Answer{Gap: "src is closed", Kept: []sources.Week{week(41), week(43)}}
	for _, n := range []int{41, 41, 42, 43, 46} {
		answer.Incidents = append(answer.Incidents, sources.Incident{Opened: at(t, n, 2), Graded: sources.Whole()})
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Incidents, Better: aggregate.Lower, Target: target(t, "<= 1", "> 3")}, answer)
	if got := weeksText(f.Weeks); got != "2 ? 1 ? ? ? " || f.Weeks[1].Reason != "src is closed" {
		t.Errorf("weeks %q, %+v", got, f.Weeks[1])
	}
	if f.Status.Status != aggregate.Unknown || f.Status.Rule != aggregate.Unanswered || f.Incidents != nil || f.Signal.State != change.Unknown {
		t.Errorf("%+v", f)
	}
	for _, v := range f.Past {
		if v.Status != aggregate.Unknown {
			t.Errorf("the report of %s was %s", v.Week, v.Status)
		}
	}
}

// A sprint counts in whatever week it is closed: its commitment is its measure,
// not the days of that week.
func TestASprintClosedInAHolidayWeek(t *testing.T) {
	var answer sources.Answer
	for i, outcome := range []sources.Outcome{sources.Completed, sources.Completed, sources.NotCompleted} {
		s := sources.Sprint{ID: int64(i), State: sources.Closed, Start: at(t, 40+2*i, 1), End: at(t, 42+2*i, 1), Completed: at(t, 42+2*i, 2), Graded: sources.Whole()}
		for range 10 {
			s.Issues = append(s.Issues, sources.SprintIssue{Committed: true, Outcome: outcome})
		}
		answer.Sprints = append(answer.Sprints, s)
	}
	answer.Question = sources.Question{Team: "t", Line: "l"}
	line := aggregate.Line{ID: "l", Noun: sources.Delivery, Better: aggregate.Higher, Target: target(t, ">= 80%", "< 70%")}
	monday := sources.Week{Year: 2026, N: 46}.Monday()
	team := aggregate.Team{ID: "t", Lines: []aggregate.Line{line}}
	judged := func() aggregate.Verdict {
		return aggregate.Judge([]aggregate.Team{team}, sources.Facts{Window: window(t), Answers: []sources.Answer{answer}}).Teams[0].Lines[0].Status
	}
	plain := judged()
	team.Holidays = []sources.Day{monday, monday.Add(1), monday.Add(2), monday.Add(3), monday.Add(4)}
	if r := aggregate.Judge([]aggregate.Team{team}, sources.Facts{Window: window(t)}); !slices.Equal(r.Teams[0].Short, []sources.Week{{Year: 2026, N: 46}}) {
		t.Errorf("short weeks %v", r.Teams[0].Short)
	}
	if diff := cmp.Diff(plain, judged()); diff != "" || plain.Level.Weeks != 3 {
		t.Errorf("%d weeks; a holiday changes what is said of sprints:\n%s", plain.Level.Weeks, diff)
	}
}

// A new level that a person accepted is compared with nothing before it.
func TestAnAcceptedLevel(t *testing.T) {
	w := longWindow(t)
	all := readings(w, 1, 2, 24, nil)
	judge := func(a aggregate.Accepted) aggregate.Finding {
		line := aggregate.Line{ID: "m", Noun: sources.Metrics, Better: aggregate.Lower, Accepted: a, Target: target(t, "<= 3", "> 9")}
		facts := sources.Facts{Window: w, Answers: []sources.Answer{{Question: sources.Question{Team: "t", Line: "m"}, Readings: all}}}
		return aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, facts).Teams[0].Lines[0]
	}
	before, after := judge(aggregate.Accepted{}), judge(aggregate.Accepted{From: w.Weeks()[24].Monday(), Reason: "new pool"})
	if before.Signal.State < change.Watch || !before.Signal.Settled {
		t.Errorf("before: %s, settled %v", before.Signal.State, before.Signal.Settled)
	}
	if after.Signal.State != change.Noise {
		t.Errorf("after: %s", after.Signal.State)
	}
	future := judge(aggregate.Accepted{From: w.Last.Add(20).Monday(), Reason: "new pool"})
	if future.Status != before.Status {
		t.Errorf("a level that is accepted from a later day on makes %+v of %+v today", future.Status, before.Status)
	}
	late := judge(aggregate.Accepted{From: w.Weeks()[29].Monday(), Reason: "new pool"})
	if late.Signal.State != change.Unknown || late.Signal.Reason != change.NewBaseline {
		t.Errorf("three weeks after: %s, %s", late.Signal.State, late.Signal.Reason)
	}
}
