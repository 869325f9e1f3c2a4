package aggregate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate"
	"preread/sources"
)

// measured judges a goal that a reading measures, of which some weeks may be
// missing (NaN).
func measured(t *testing.T, plan aggregate.GoalPlan, values ...float64) aggregate.Finding {
	t.Helper()
	w := window(t)
	w.Count, w.Shown = len(values), 6
	var all []sources.Reading
	for i, week := range w.Weeks() {
		r := sources.Reading{Week: week, Value: values[i], Graded: sources.Whole()}
		if math.IsNaN(values[i]) {
			r.Graded = sources.Graded{Reason: "not held"}
		}
		all = append(all, r)
	}
	line := aggregate.Line{ID: "g", Noun: sources.Goals, Better: plan.Aim.Better(), Plan: plan}
	facts := sources.Facts{Window: w, Answers: []sources.Answer{{Question: sources.Question{Team: "t", Line: "g", Query: sources.Query{Noun: sources.Metrics}}, Readings: all}}}
	return aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, facts).Teams[0].Lines[0]
}

func TestAGoalMeasuredByAReading(t *testing.T) {
	due := func(weeks int) sources.Day { return sources.Week{Year: 2026, N: 46}.Add(weeks).Monday().Add(4) }
	down := aggregate.Aim{Was: 0.42, Want: 0.30}
	nan := math.NaN()
	for _, tt := range []struct {
		name   string
		aim    aggregate.Aim
		due    sources.Day
		values []float64
		want   aggregate.Status
		rule   aggregate.Rule
		way    float64
	}{
		{"on the way, and soon enough", down, due(8), []float64{0.42, 0.41, 0.40, 0.39, 0.38, 0.37, 0.36}, aggregate.Green, aggregate.ByTrend, 0.41667},
		{"on the way, and too slow", down, due(2), []float64{0.42, 0.41, 0.40, 0.39, 0.38, 0.37, 0.36}, aggregate.Red, aggregate.ByTrend, 0.41667},
		{"on the way, and it could be either", down, due(8), []float64{0.42, 0.41, 0.42, 0.38, 0.39, 0.35, 0.37}, aggregate.Amber, aggregate.ByTrend, 0.41667},
		{"it moves nowhere", down, due(8), []float64{0.42, 0.40, 0.43, 0.41, 0.40, 0.42, 0.41}, aggregate.Unknown, aggregate.NoTrend, 0.08333},
		{"it moves away", down, due(8), []float64{0.42, 0.43, 0.44, 0.45, 0.46, 0.47, 0.48}, aggregate.Unknown, aggregate.NoTrend, -0.41667},
		{"reached", down, due(8), []float64{0.42, 0.41, 0.36, 0.33, 0.29, 0.28, 0.29}, aggregate.Green, aggregate.Reached, 1.11111},
		{"overdue", down, due(0), []float64{0.42, 0.41, 0.40, 0.39, 0.38, 0.37, 0.36}, aggregate.Red, aggregate.Overdue, 0.41667},
		{"too early", down, due(8), []float64{0.42, 0.41, 0.40, 0.39, 0.38}, aggregate.Unknown, aggregate.TooEarly, 0.25},
		{"the last week was not seen", down, due(8), []float64{0.42, 0.41, 0.40, 0.39, 0.38, 0.37, nan}, aggregate.Unknown, aggregate.WeekUnknown, 0},
		{"no due date", down, sources.Day{}, []float64{0.42, 0.41, 0.40}, aggregate.NoTarget, aggregate.WithoutOne, 0.08333},
		{"upwards", aggregate.Aim{Was: 90, Want: 99}, due(8), []float64{90, 91, 92, 93, 94, 95, 96}, aggregate.Green, aggregate.ByTrend, 0.55556},
	} {
		f := measured(t, aggregate.GoalPlan{Aim: tt.aim, Due: tt.due}, tt.values...)
		if f.Status.Status != tt.want || f.Status.Rule != tt.rule || math.Abs(f.Status.Value-tt.way) > 1e-4 && tt.rule != aggregate.WeekUnknown {
			t.Errorf("%s: %s by %q, %.5f of the way; want %s by %q, %.5f", tt.name, f.Status.Status, f.Status.Rule, f.Status.Value, tt.want, tt.rule, tt.way)
		}
	}
}

func TestDrift(t *testing.T) {
	day := func(m time.Month, d int) sources.Day { return sources.Day{Year: 2026, Month: m, Day: d} }
	plan := aggregate.GoalPlan{
		Due: day(12, 18),
		Milestones: []aggregate.Milestone{
			{Title: "one region", Due: day(11, 6)}, {Title: "two regions", Due: day(11, 13), Done: true},
			{Title: "all regions", Due: day(12, 4)}, {Title: "Mars", Due: day(12, 11)},
		},
	}
	var items []sources.Item
	for i := range 13 {
		item := sources.Item{Created: at(t, 30, 1), Scope: []sources.Span{{From: at(t, 30, 1)}}, Graded: sources.Whole()}
		switch {
		case i < 4:
			item.Done = []sources.Span{{From: at(t, 43, 2)}}
		case i >= 10: // three more after ten
			item.Created = at(t, 44, 1)
			item.Scope = []sources.Span{{From: at(t, 44, 1)}}
		}
		items = append(items, item)
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Goals, Better: aggregate.Higher, Plan: plan, Said: []aggregate.Said{
		{Week: sources.Week{Year: 2026, N: 36}, Due: day(10, 1)}, {Week: sources.Week{Year: 2026, N: 37}, Due: day(10, 1)},
		{Week: sources.Week{Year: 2026, N: 40}, Due: day(11, 1)}, {Week: sources.Week{Year: 2026, N: 45}, Due: day(12, 18)},
	}}, sources.Answer{Items: items})
	want := []aggregate.Drift{
		{Kind: aggregate.MilestonePassed, Title: "one region", Day: day(11, 6)},
		{Kind: aggregate.DueMoved, Times: 2, Day: day(10, 1)},
		{Kind: aggregate.ScopeGrown, From: 10, To: 13},
		{Kind: aggregate.Idle, Weeks: 3},
	}
	if diff := cmp.Diff(want, f.Drift); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
	if next, found := f.NextMilestone(sources.Week{Year: 2026, N: 46}); !found || next.Title != "all regions" {
		t.Errorf("next milestone %+v, %v", next, found)
	}
	quiet := judgeOne(t, aggregate.Line{Noun: sources.Goals, Better: aggregate.Higher, Plan: aggregate.GoalPlan{Due: day(12, 18)}, Said: []aggregate.Said{{Week: sources.Week{Year: 2026, N: 40}, Due: day(11, 1)}}}, sources.Answer{Items: steady(t, 5, 2)})
	if len(quiet.Drift) != 0 {
		t.Errorf("a goal on its way drifts: %+v", quiet.Drift)
	}
	done := judgeOne(t, aggregate.Line{Noun: sources.Goals, Better: aggregate.Higher}, sources.Answer{Items: items[:4]})
	if len(done.Drift) != 0 {
		t.Errorf("a goal that is done drifts: %+v", done.Drift)
	}
}

// A new red that nobody was told of is a surprise; one that was amber, or that
// somebody wrote about, is none.
func TestSurprises(t *testing.T) {
	past := func(all ...aggregate.Status) (v []aggregate.Verdict) {
		for _, s := range all {
			v = append(v, aggregate.Verdict{Status: s})
		}
		return v
	}
	const g, a, r, u = aggregate.Green, aggregate.Amber, aggregate.Red, aggregate.Unknown
	for _, tt := range []struct {
		past      []aggregate.Verdict
		mentioned bool
		want      bool
	}{
		{past(g, g, g, g, r), false, true},
		{past(g, u, u, u, r), false, true},
		{past(g, g, g, g, r), true, false},
		{past(g, g, a, g, r), false, false},
		{past(a, g, g, g, r), false, true},
		{past(g, g, g, r, r), false, false},
		{past(g, g, g, g, a), false, false},
		{past(r), false, false},
	} {
		f := aggregate.Finding{Past: tt.past, Status: tt.past[len(tt.past)-1]}
		f.Mentioned = tt.mentioned
		if f.Surprising() != tt.want {
			t.Errorf("%+v, mentioned %v: surprising is %v", tt.past, tt.mentioned, !tt.want)
		}
	}
}

func TestOwnColoursLapse(t *testing.T) {
	day := func(d int) sources.Day { return sources.Day{Year: 2026, Month: 11, Day: d} }
	own := func(s aggregate.Status, d int) aggregate.Own {
		return aggregate.Own{Status: s, Until: day(d), Reason: "because"}
	}
	for _, tt := range []struct {
		own  []aggregate.Own
		want aggregate.Status
	}{
		{nil, aggregate.Unknown},
		{[]aggregate.Own{own(aggregate.Red, 15)}, aggregate.Unknown}, // the day before
		{[]aggregate.Own{own(aggregate.Red, 16)}, aggregate.Red},     // its last day
		{[]aggregate.Own{own(aggregate.Red, 20), own(aggregate.Green, 17)}, aggregate.Green},
		{[]aggregate.Own{own(aggregate.Red, 20), own(aggregate.Green, 10)}, aggregate.Red},
	} {
		f := judgeOne(t, aggregate.Line{Noun: sources.Incidents, Better: aggregate.Lower, Target: target(t, "<= 1", "> 3"), Own: tt.own, Waiver: aggregate.Waiver{Until: day(15)}}, sources.Answer{})
		got := aggregate.Unknown
		if f.Own != nil {
			got = f.Own.Status
		}
		if got != tt.want || f.Waived {
			t.Errorf("%+v: %s, want %s; waived %v", tt.own, got, tt.want, f.Waived)
		}
		if f.Status.Status != aggregate.Green {
			t.Errorf("the computed colour is %s", f.Status.Status)
		}
	}
}

func TestDurations(t *testing.T) {
	incident := func(week, day, hours int) sources.Incident {
		i := sources.Incident{Evidence: sources.Evidence{Ref: "INC"}, Opened: at(t, week, day), Graded: sources.Whole()}
		i.Ref += i.Opened.String()
		if hours > 0 {
			i.Resolved = i.Opened.Add(time.Duration(hours) * time.Hour)
		}
		return i
	}
	together := []sources.Incident{incident(44, 1, 30), incident(44, 2, 6), incident(44, 2, 7)}
	for i := range together { // closed within one minute on a Tuesday evening
		together[i].Ref += string(rune('a' + i))
		together[i].Resolved = at(t, 44, 2).Add(8 * time.Hour)
	}
	line := aggregate.Line{ID: "d", Noun: sources.Durations, Of: "inc", Unit: "h", Better: aggregate.Lower, Target: target(t, "<= 8h", "> 1d")}
	facts := sources.Facts{Window: window(t), Answers: []sources.Answer{{
		Question:  sources.Question{Team: "t", Line: "inc", Query: sources.Query{Noun: sources.Incidents}},
		Incidents: append(together, incident(42, 1, 2), incident(42, 2, 4), incident(43, 1, 5), incident(45, 1, 6), incident(46, 1, 3), incident(46, 2, 20), incident(45, 3, 0)),
	}}}
	f := aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, facts).Teams[0].Lines[0]
	if got := weeksText(f.Weeks); got != "- 3 5 8 6 11.5 " {
		t.Errorf("medians %q", got)
	}
	d := f.Durations
	if d.Finished != 9 || d.Open != 1 || d.Median.Estimate != 5 || d.Oldest.Hours < 200 || d.Longest.Hours != 20 || d.Expected != 6 {
		t.Errorf("%+v", d)
	}
	if f.Status.Status != aggregate.Green || f.Status.Level.Value != 5 {
		t.Errorf("status %+v", f.Status)
	}
	f = aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, sources.Facts{Window: window(t), Answers: []sources.Answer{{
		Question: sources.Question{Team: "t", Line: "inc"}, Gap: "jira is closed",
	}}}).Teams[0].Lines[0]
	if f.Status.Rule != aggregate.Unanswered || f.Status.Reason != "jira is closed" {
		t.Errorf("without an answer: %+v", f.Status)
	}
}

// What the rule says would better a colour does so, and a little less does not.
func TestTheSmallestImprovement(t *testing.T) {
	incidents := func(perWeek ...int) sources.Answer {
		var a sources.Answer
		w := window(t)
		w.Count = len(perWeek)
		for i, week := range w.Weeks() {
			from, _ := w.Bounds(week)
			for k := range perWeek[i] {
				a.Incidents = append(a.Incidents, sources.Incident{Evidence: sources.Evidence{Ref: week.String() + string(rune('a'+k))}, Opened: from.Add(time.Hour), Graded: sources.Whole()})
			}
		}
		return a
	}
	judge := func(perWeek ...int) aggregate.Finding {
		w := window(t)
		w.Count, w.Shown = len(perWeek), 6
		w.Last = w.Last.Add(len(perWeek) - 8)
		line := aggregate.Line{ID: "i", Noun: sources.Incidents, Better: aggregate.Lower, Target: target(t, "<= 4", "> 9")}
		a := incidents(perWeek...)
		for i := range a.Incidents {
			a.Incidents[i].Opened = a.Incidents[i].Opened.Add(time.Duration(7*24*(len(perWeek)-8)) * time.Hour)
		}
		a.Question = sources.Question{Team: "t", Line: "i"}
		return aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, sources.Facts{Window: w, Answers: []sources.Answer{a}}).Teams[0].Lines[0]
	}
	past := []int{7, 6, 7, 8, 6, 7, 6, 7}
	f := judge(past...)
	i := f.Status.Improve
	if f.Status.Status != aggregate.Amber || i.To != aggregate.Green || i.Weeks < 1 {
		t.Fatalf("status %s, improvement %+v", f.Status.Status, i)
	}
	follow := func(value int) aggregate.Status {
		all := append([]int{}, past...)
		for range i.Weeks {
			all = append(all, value)
		}
		return judge(all...).Status.Status
	}
	if got := follow(int(i.Value)); got != aggregate.Green {
		t.Errorf("%d weeks of %.0f make it %s", i.Weeks, i.Value, got)
	}
	if got := follow(int(i.Value) + 1); got != aggregate.Amber {
		t.Errorf("%d weeks of %.0f make it %s", i.Weeks, i.Value+1, got)
	}
}

// What was promised is held against what came: the first date that was given
// with 85 percent, once the goal is done.
func TestForecastsAreGraded(t *testing.T) {
	week := func(n int) sources.Week { return sources.Week{Year: 2026, N: n} }
	friday := func(n int) sources.Day { return week(n).Monday().Add(4) }
	said := func(line string, n int, p85 sources.Day, done bool) aggregate.Said {
		return aggregate.Said{Team: "t", Line: line, Week: week(n), P85: p85, Done: done}
	}
	all := []aggregate.Said{
		said("kept", 30, friday(36), false), said("kept", 31, friday(33), false), said("kept", 36, sources.Day{}, true), said("kept", 37, sources.Day{}, true),
		said("late", 31, friday(33), false), said("late", 30, sources.Day{}, false), said("late", 34, friday(36), false), said("late", 36, sources.Day{}, true),
		said("open", 30, friday(31), false), said("open", 36, friday(40), false),
		said("never forecast", 30, sources.Day{}, true),
	}
	if got, want := aggregate.Grade(all), (aggregate.Kept{Ended: 2, Met: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A goal is done when it was done, whenever a page says so; and one that is
// asked about otherwise has promised nothing yet.
func TestForecastsAreGradedByWhatCame(t *testing.T) {
	week := func(n int) sources.Week { return sources.Week{Year: 2026, N: n} }
	friday := func(n int) sources.Day { return week(n).Monday().Add(4) }
	a, b := sources.Query{Noun: sources.Goals, Text: "a"}, sources.Query{Noun: sources.Goals, Text: "b"}
	for _, tt := range []struct {
		name string
		said []aggregate.Said
		want aggregate.Kept
	}{
		{"a page was left out", []aggregate.Said{{Week: week(30), P85: friday(33)}, {Week: week(36), Done: true, DoneIn: week(33)}}, aggregate.Kept{Ended: 1, Met: 1}},
		{"it was late all the same", []aggregate.Said{{Week: week(30), P85: friday(33)}, {Week: week(36), Done: true, DoneIn: week(34)}}, aggregate.Kept{Ended: 1}},
		{"another question", []aggregate.Said{{Week: week(30), P85: friday(33), Query: a}, {Week: week(31), P85: friday(40), Query: b}, {Week: week(36), Done: true, Query: b}}, aggregate.Kept{Ended: 1, Met: 1}},
	} {
		if got := aggregate.Grade(tt.said); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Goals}, sources.Answer{Items: steady(t, 3, 0)})
	said := aggregate.Report{Window: window(t), Teams: []aggregate.TeamReport{{Lines: []aggregate.Finding{f}}}}.Said()[0]
	if !said.Done || said.DoneIn != week(46) || said.Source != "src" || said.Query.Noun != sources.Goals {
		t.Errorf("said %+v", said)
	}
}

// What nobody answers today is no other answer than before.
func TestAnOutageRevisesNothing(t *testing.T) {
	week := func(n int) sources.Week { return sources.Week{Year: 2026, N: n} }
	var answer sources.Answer
	for _, w := range window(t).Weeks() {
		r := sources.Reading{Week: w, Value: 1, Graded: sources.Whole()}
		if w.N >= 45 {
			r.Value, r.Graded = 0, sources.Graded{Reason: "nobody answers there"}
		}
		answer.Readings = append(answer.Readings, r)
	}
	one := 1.0
	line := aggregate.Line{Noun: sources.Metrics, Better: aggregate.Lower, Target: target(t, "<= 2", "> 3"), Said: []aggregate.Said{
		{Week: week(44), Status: aggregate.Green, Value: &one}, {Week: week(45), Status: aggregate.Green, Value: &one},
	}}
	if f := judgeOne(t, line, answer); len(f.Revised) > 0 || f.Status.Status != aggregate.Unknown {
		t.Errorf("revised %+v, status %s", f.Revised, f.Status.Status)
	}
}

// What was said of another question is no past of this one.
func TestAnotherQuestionRevisesNothing(t *testing.T) {
	line := aggregate.Line{Noun: sources.Incidents, Better: aggregate.Lower, Target: target(t, "<= 1", "> 3"), Said: []aggregate.Said{
		{Week: sources.Week{Year: 2026, N: 45}, Status: aggregate.Red, Source: "src", Query: sources.Query{Noun: sources.Incidents, Text: "other"}},
	}}
	if f := judgeOne(t, line, sources.Answer{}); len(f.Revised) > 0 || f.Told != nil {
		t.Errorf("revised %+v, told %+v", f.Revised, f.Told)
	}
	line.Said[0].Query.Text = ""
	if f := judgeOne(t, line, sources.Answer{}); len(f.Revised) != 1 || f.Told == nil {
		t.Errorf("revised %+v, told %+v", f.Revised, f.Told)
	}
}

// A due date within a week has the part of its chance that lies before it.
func TestAGoalDueWithinTheWeek(t *testing.T) {
	monday := sources.Week{Year: 2026, N: 47}.Monday()
	chance := func(due sources.Day) float64 {
		line := aggregate.Line{Noun: sources.Goals, Better: aggregate.Higher, Plan: aggregate.GoalPlan{Due: due}}
		f := judgeOne(t, line, sources.Answer{Items: steady(t, 3, 1)})
		if f.Status.Rule != aggregate.ByForecast {
			t.Fatalf("%s: %+v", due, f.Status)
		}
		return f.Status.Value
	}
	friday := chance(monday.Add(4))
	if friday <= 0 || friday >= 1 {
		t.Fatalf("by Friday %v", friday)
	}
	for days, part := range []float64{0.2, 0.4, 0.6, 0.8, 1, 1, 1} {
		if got := chance(monday.Add(days)); math.Abs(got-part*friday) > 1e-9 {
			t.Errorf("after %d days %v, want %v of %v", days, got, part, friday)
		}
	}
	if next := chance(monday.Add(7)); next < friday {
		t.Errorf("a day later %v, before %v", next, friday)
	}
}

// A past week of which the facts tell another colour today is said.
func TestRevisions(t *testing.T) {
	line := aggregate.Line{Noun: sources.Incidents, Better: aggregate.Lower, Target: target(t, "<= 1", "> 3"), Said: []aggregate.Said{
		{Week: sources.Week{Year: 2026, N: 44}, Status: aggregate.Green}, {Week: sources.Week{Year: 2026, N: 45}, Status: aggregate.Red},
	}}
	f := judgeOne(t, line, sources.Answer{})
	zero := 0.0
	want := []aggregate.Revision{{Week: sources.Week{Year: 2026, N: 45}, Said: aggregate.Red, Today: aggregate.Green, Now: &zero}}
	if diff := cmp.Diff(want, f.Revised); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	if f.Told == nil || f.Told.Status != aggregate.Red {
		t.Errorf("the last page said %+v", f.Told)
	}
}

// The tracker's own milestones and what is said of a goal there: a date that
// moved is remembered by what earlier pages said, and a word of a later week is
// not on the page of an earlier one.
func TestTheTrackersPlan(t *testing.T) {
	day := func(m time.Month, d int) sources.Day { return sources.Day{Year: 2026, Month: m, Day: d} }
	seen := func(ref string) sources.Evidence { return sources.Evidence{Source: "jira", Ref: ref} }
	line := aggregate.Line{Noun: sources.Goals, Better: aggregate.Higher, Said: []aggregate.Said{
		{Week: sources.Week{Year: 2026, N: 40}, Steps: map[string]sources.Day{"2.0": day(11, 1), "2.1": day(11, 20)}},
		{Week: sources.Week{Year: 2026, N: 45}, Steps: map[string]sources.Day{"2.0": day(11, 13)}},
	}}
	f := judgeOne(t, line, sources.Answer{Items: steady(t, 5, 2), PlanGap: "projects may not be read", Plan: &sources.Plan{
		Milestones: []sources.Milestone{
			{Evidence: seen("v20"), Title: "2.0", Due: day(11, 30)}, {Evidence: seen("v21"), Title: "2.1"},
			{Evidence: seen("v19"), Title: "1.9", Due: day(11, 2)}, {Evidence: seen("v18"), Title: "1.8", Due: day(10, 2), Done: true},
		},
		Updates: []sources.Update{{Evidence: seen("u1"), At: at(t, 45, 1), State: "on track"}, {Evidence: seen("u2"), At: at(t, 47, 1), State: "off track"}},
	}})
	want := []aggregate.Drift{
		{Kind: aggregate.MilestoneMoved, Title: "2.0", Day: day(11, 1), Later: day(11, 30)},
		{Kind: aggregate.MilestoneMoved, Title: "2.1", Day: day(11, 20)},
		{Kind: aggregate.MilestonePassed, Title: "1.9", Day: day(11, 2)},
	}
	if diff := cmp.Diff(want, f.Drift); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
	if len(f.Updates) != 1 || f.Updates[0].State != "on track" || f.PlanGap == "" {
		t.Errorf("updates %+v, gap %q", f.Updates, f.PlanGap)
	}
	if next, found := f.NextMilestone(sources.Week{Year: 2026, N: 46}); !found || next.Title != "2.0" {
		t.Errorf("next is %+v", next)
	}
}

func TestBlockedItems(t *testing.T) {
	blocked := func(ref string, week, day int, until ...time.Time) sources.Item {
		item := sources.Item{Evidence: sources.Evidence{Ref: ref}, Created: at(t, 40, 1), Scope: []sources.Span{{From: at(t, 40, 1)}}, Graded: sources.Whole(),
			Blocked: []sources.Span{{From: at(t, week, day)}}}
		if len(until) > 0 {
			item.Blocked[0].To = until[0]
		}
		return item
	}
	done := blocked("done", 44, 1)
	done.Done = []sources.Span{{From: at(t, 46, 1)}}
	line := aggregate.Line{ID: "g", Noun: sources.Goals, Better: aggregate.Higher}
	facts := sources.Facts{Window: window(t), Answers: []sources.Answer{{Question: sources.Question{Team: "t", Line: "g"}, Items: []sources.Item{
		blocked("two days", 46, 3), blocked("three days", 46, 2), blocked("over a weekend and a holiday", 45, 4), blocked("not any more", 44, 1, at(t, 46, 5)), blocked("next week", 47, 1), done,
	}}}}
	holiday := sources.Week{Year: 2026, N: 46}.Monday()
	r := aggregate.Judge([]aggregate.Team{{ID: "t", Holidays: []sources.Day{holiday}, Lines: []aggregate.Line{line}}}, facts)
	var got []string
	for _, b := range r.Teams[0].Lines[0].Goal.Blocked {
		got = append(got, fmt.Sprintf("%s %d", b.Item.Ref, b.Days))
	}
	if diff := cmp.Diff([]string{"over a weekend and a holiday 5", "three days 3"}, got); diff != "" {
		t.Errorf("blocked (-want +got):\n%s", diff)
	}
}

// While no fact changes, no page says of an earlier one that it was wrong,
// though its first weeks fall out of what is looked at.
func TestNothingIsRevisedWhileNoFactChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for run := range 60 {
		values := map[sources.Week]float64{}
		w := window(t)
		first := w.Last.Add(-60)
		for i := range 80 {
			values[first.Add(i)] = 0.30 + 0.04*r.NormFloat64()
		}
		line := aggregate.Line{ID: "line", Noun: sources.Metrics, Better: aggregate.Lower, Target: target(t, "<= 0.3", "> 0.34")}
		w.Last, w.Count, w.Shown = w.Last.Add(-12), 32, 6
		for range 12 {
			w.Now = w.End().Add(6 * time.Hour)
			a := sources.Answer{Question: sources.Question{Team: "team", Line: "line", Source: "src", Query: sources.Query{Noun: line.Noun}}}
			for _, week := range w.Weeks() {
				a.Readings = append(a.Readings, sources.Reading{Week: week, Value: values[week], Graded: sources.Whole()})
			}
			report := aggregate.Judge([]aggregate.Team{{ID: "team", Lines: []aggregate.Line{line}}}, sources.Facts{Window: w, Answers: []sources.Answer{a}})
			if revised := report.Teams[0].Lines[0].Revised; len(revised) > 0 {
				t.Fatalf("run %d, %s: %+v", run, w.Last, revised[0])
			}
			line.Said = append(line.Said, report.Said()...)
			w.Last = w.Last.Add(1)
		}
	}
}
