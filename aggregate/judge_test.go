package aggregate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/sources"
)

// Six weeks up to 2026-W46 in Berlin, 2026-W41 to 2026-W46; the clocks go back
// in W43.
func window(t testing.TB) sources.Window {
	t.Helper()
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: 6, Zone: zone, Now: time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)}
}

// at returns noon of a day of a week; day 1 is Monday.
func at(t testing.TB, week, day int) time.Time {
	from, _ := window(t).Bounds(sources.Week{Year: 2026, N: week})
	return from.Add(time.Duration(day-1)*24*time.Hour + 12*time.Hour)
}

func judgeOne(t testing.TB, line aggregate.Line, answer sources.Answer) aggregate.Finding {
	t.Helper()
	line.ID = "line"
	answer.Question = sources.Question{Team: "team", Line: "line", Source: "src", Query: sources.Query{Noun: line.Noun}}
	r := aggregate.Judge([]aggregate.Team{{ID: "team", Lines: []aggregate.Line{line}}}, sources.Facts{Window: window(t), Answers: []sources.Answer{answer}})
	return r.Teams[0].Lines[0]
}

// weeksText writes a series as short text: values, ? for unknown, - for
// nothing to measure.
func weeksText(points []aggregate.Point) string {
	text := ""
	for _, p := range points {
		switch p.State {
		case aggregate.Known:
			text += fmt.Sprintf("%.4g ", p.Value)
		case aggregate.NotKnown:
			text += "? "
		case aggregate.NothingToMeasure:
			text += "- "
		}
	}
	return text
}

func TestGoal(t *testing.T) {
	item := func(created time.Time, scope []sources.Span, done ...sources.Span) sources.Item {
		return sources.Item{Created: created, Scope: scope, Done: done, Graded: sources.Whole()}
	}
	since := func(week, day int) sources.Span { return sources.Span{From: at(t, week, day)} }
	between := func(w1, d1, w2, d2 int) sources.Span { return sources.Span{From: at(t, w1, d1), To: at(t, w2, d2)} }
	items := []sources.Item{
		item(at(t, 30, 1), []sources.Span{since(30, 1)}, since(35, 1)),                                     // long done
		item(at(t, 30, 1), []sources.Span{since(30, 1)}, since(46, 3)),                                     // done this week
		item(at(t, 46, 2), []sources.Span{since(46, 2)}, since(46, 5)),                                     // added and done this week
		item(at(t, 30, 1), []sources.Span{since(30, 1)}, between(44, 1, 46, 1)),                            // reopened this week
		item(at(t, 30, 1), []sources.Span{between(30, 1, 46, 4)}),                                          // left the scope this week
		item(at(t, 30, 1), []sources.Span{between(30, 1, 46, 4), since(46, 5)}),                            // left and came back
		item(at(t, 46, 1), []sources.Span{between(46, 1, 46, 2)}),                                          // came and went
		item(at(t, 30, 1), []sources.Span{since(47, 1)}, since(47, 2)),                                     // only next week
		item(at(t, 30, 1), []sources.Span{between(30, 1, 45, 1)}, between(40, 1, 45, 1)),                   // left last week, done before
		item(at(t, 43, 7), []sources.Span{{From: endOf(t, 43).Add(-1)}}, sources.Span{From: endOf(t, 43)}), // the very edge
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Goals, Unit: "items"}, sources.Answer{Items: items})
	week := func(n, done, total, now, added, removed int) aggregate.GoalWeek {
		return aggregate.GoalWeek{Week: sources.Week{Year: 2026, N: n}, Done: done, Total: total, DoneNow: now, Added: added, Removed: removed}
	}
	want := []aggregate.GoalWeek{
		week(41, 2, 6, 0, 0, 0), week(42, 2, 6, 0, 0, 0), week(43, 2, 7, 0, 1, 0), week(44, 4, 7, 2, 0, 0), week(45, 3, 6, 0, 0, 1), week(46, 4, 6, 2, 1, 1),
	}
	if diff := cmp.Diff(want, f.Goal.Weeks); diff != "" {
		t.Errorf("weeks (-want +got):\n%s", diff)
	}
	if got := weeksText(f.Weeks); got != "2 2 2 4 3 4 " {
		t.Errorf("series %q", got)
	}
	if f.Status.Rule != aggregate.WithoutOne || f.Status.Status != aggregate.NoTarget {
		t.Errorf("status %+v", f.Status)
	}
}

func endOf(t testing.TB, week int) time.Time {
	_, to := window(t).Bounds(sources.Week{Year: 2026, N: week})
	return to
}

func TestGoalStatus(t *testing.T) {
	day := func(m time.Month, d int) sources.Day { return sources.Day{Year: 2026, Month: m, Day: d} }
	open := sources.Item{Scope: []sources.Span{{From: at(t, 30, 1)}}, Graded: sources.Whole()}
	done := open
	done.Done = []sources.Span{{From: at(t, 44, 1)}}
	partial := done
	partial.Graded = sources.Graded{Grade: sources.Partial, Reason: "one project was not seen"}
	for _, tt := range []struct {
		name  string
		items []sources.Item
		due   sources.Day
		tgt   aggregate.Target
		want  aggregate.Status
		rule  aggregate.Rule
	}{
		{"no target, no due date", []sources.Item{open, done}, sources.Day{}, aggregate.Target{}, aggregate.NoTarget, aggregate.WithoutOne},
		{"no target, and one week in which something was done", []sources.Item{open, done}, day(12, 1), aggregate.Target{}, aggregate.Unknown, aggregate.TooEarly},
		{"one a week, two left, in time", steady(t, 5, 2), day(12, 18), aggregate.Target{}, aggregate.Green, aggregate.ByForecast},
		{"one a week, five left, hardly in time", steady(t, 5, 5), day(12, 18), aggregate.Target{}, aggregate.Green, aggregate.ByForecast},
		{"one a week, six left, too late", steady(t, 5, 6), day(12, 18), aggregate.Target{}, aggregate.Red, aggregate.ByForecast},
		{"nothing done", steady(t, 0, 6), day(12, 18), aggregate.Target{}, aggregate.Red, aggregate.ByForecast},
		{"only part was seen", []sources.Item{partial}, day(12, 18), aggregate.Target{}, aggregate.Unknown, aggregate.PartOnly},
		{"by share", []sources.Item{open, done}, day(12, 1), target(t, ">= 50%", "< 30%"), aggregate.Green, aggregate.ByTarget},
		{"by share, too little", []sources.Item{open, open, open, open, done}, day(12, 1), target(t, ">= 50%", "< 30%"), aggregate.Red, aggregate.ByTarget},
		{"overdue wins over share", []sources.Item{open, done}, day(11, 15), target(t, ">= 50%", "< 30%"), aggregate.Red, aggregate.Overdue},
		{"due tomorrow is not overdue", steady(t, 5, 2), day(11, 16), aggregate.Target{}, aggregate.Red, aggregate.ByForecast},
		{"all done", []sources.Item{done}, day(11, 1), aggregate.Target{}, aggregate.Green, aggregate.AllDone},
		{"all that was seen is done", []sources.Item{partial}, day(11, 1), target(t, ">= 50%", "< 30%"), aggregate.Unknown, aggregate.PartOnly},
		{"nothing in it", nil, day(12, 1), target(t, ">= 50%", "< 30%"), aggregate.Unknown, aggregate.EmptyScope},
	} {
		f := judgeOne(t, aggregate.Line{Noun: sources.Goals, Better: aggregate.Higher, Target: tt.tgt, Plan: aggregate.GoalPlan{Due: tt.due}}, sources.Answer{Items: tt.items})
		if f.Status.Status != tt.want || f.Status.Rule != tt.rule {
			t.Errorf("%s: %s by %q, want %s by %q", tt.name, f.Status.Status, f.Status.Rule, tt.want, tt.rule)
		}
	}
}

// steady returns a goal in which one item was done in each of the last weeks
// and some are left.
func steady(t testing.TB, done, left int) (items []sources.Item) {
	for i := range done + left {
		item := sources.Item{Created: at(t, 30, 1), Scope: []sources.Span{{From: at(t, 30, 1)}}, Graded: sources.Whole()}
		if i < done {
			item.Done = []sources.Span{{From: at(t, 46-i, 3)}}
		}
		items = append(items, item)
	}
	return items
}

func TestDelivery(t *testing.T) {
	points := func(v float64) *float64 { return &v }
	issue := func(outcome sources.Outcome, committed, added, carried bool, initial, final *float64) sources.SprintIssue {
		return sources.SprintIssue{Outcome: outcome, Committed: committed, Added: added, CarriedIn: carried, Initial: initial, Final: final}
	}
	sprint := func(id int64, completed time.Time, issues ...sources.SprintIssue) sources.Sprint {
		return sources.Sprint{ID: id, State: sources.Closed, Completed: completed, Issues: issues, Graded: sources.Whole()}
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Delivery, Unit: "ratio", Better: aggregate.Higher, Target: target(t, ">= 80%", "< 60%")}, sources.Answer{Sprints: []sources.Sprint{
		sprint(9, time.Time{}, issue(sources.NotCompleted, true, false, false, nil, nil)),
		sprint(3, at(t, 45, 2),
			issue(sources.Completed, true, false, false, points(3), points(5)),
			issue(sources.Completed, true, false, false, nil, nil),
			issue(sources.NotCompleted, true, false, false, points(2), points(2)),
			issue(sources.Removed, true, false, false, points(8), points(8)),
			issue(sources.Completed, false, true, false, points(1), points(1)),
			issue(sources.NotCompleted, false, true, true, nil, nil),
			issue(sources.CompletedOutside, false, false, false, points(13), points(13))),
		sprint(2, at(t, 43, 2), issue(sources.Completed, true, false, false, points(1), points(1))),
		sprint(4, at(t, 43, 3), issue(sources.NotCompleted, true, false, false, points(1), points(1)), issue(sources.Completed, true, false, false, points(1), points(1))),
		sprint(5, at(t, 44, 3), issue(sources.Completed, false, true, false, points(1), points(1))),
	}})
	if got := weeksText(f.Weeks); got != "- - 0.6667 - 0.5 - " {
		t.Errorf("series %q", got)
	}
	var ids []int64
	for _, s := range f.Delivery.Sprints {
		ids = append(ids, s.ID)
	}
	if diff := cmp.Diff([]int64{2, 4, 5, 3, 9}, ids); diff != "" {
		t.Errorf("order of sprints: %s", diff)
	}
	s := f.Delivery.Sprints[3]
	got := map[string]aggregate.Amount{"committed": s.Committed, "completed": s.Completed, "of committed": s.CompletedOfCommitted, "added": s.Added, "removed": s.Removed, "not completed": s.NotCompleted, "carried in": s.CarriedIn}
	want := map[string]aggregate.Amount{
		"committed":     {Items: 4, Points: points(13), Unestimated: 1},
		"completed":     {Items: 3, Points: points(6), Unestimated: 1},
		"of committed":  {Items: 2, Points: points(5), Unestimated: 1},
		"added":         {Items: 2, Points: points(1), Unestimated: 1},
		"removed":       {Items: 1, Points: points(8)},
		"not completed": {Items: 2, Points: points(2), Unestimated: 1},
		"carried in":    {Items: 1, Unestimated: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	if *f.Delivery.Sprints[0].Added.Points != 0 {
		t.Error("no issues added are not 0 points")
	}
	if f.Status.Status != aggregate.Red || f.Status.Week.N != 45 || f.Status.Since.N != 45 || f.Status.Open {
		t.Errorf("status %+v", f.Status)
	}
	if f.Delivery.Sprints[4].Week != (sources.Week{}) {
		t.Error("a running sprint has a week")
	}
}

func TestQuality(t *testing.T) {
	bug := func(created time.Time, done ...sources.Span) sources.Item {
		return sources.Item{Created: created, Done: done, Graded: sources.Whole()}
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Quality, Better: aggregate.Lower}, sources.Answer{Items: []sources.Item{
		bug(at(t, 20, 1)), // open all along
		bug(at(t, 20, 1), sources.Span{From: at(t, 42, 1)}),
		bug(at(t, 43, 1), sources.Span{From: at(t, 43, 2)}),
		bug(at(t, 44, 1), sources.Span{From: at(t, 45, 1), To: at(t, 45, 3)}),                                   // closed and reopened in one week
		bug(at(t, 44, 1), sources.Span{From: at(t, 45, 1), To: at(t, 46, 1)}, sources.Span{From: at(t, 46, 2)}), // reopened and closed again
		bug(at(t, 20, 1), sources.Span{From: at(t, 21, 1)}),
		bug(at(t, 47, 1)),
	}})
	if diff := cmp.Diff([][]int{{0, 0, 1, 2, 0, 0}, {0, 1, 1, 0, 1, 1}, {2, 1, 1, 3, 2, 2}}, [][]int{f.Quality.Opened, f.Quality.Closed, f.Quality.OpenAtEnd}); diff != "" {
		t.Errorf("opened, closed, open (-want +got):\n%s", diff)
	}
	if got := weeksText(f.Weeks); got != "0 0 1 2 0 0 " {
		t.Errorf("series %q", got)
	}
}

func TestAlarms(t *testing.T) {
	week := func(n int, coverage float64, g sources.Graded, counts ...sources.AlarmCount) sources.AlarmWeek {
		return sources.AlarmWeek{Week: sources.Week{Year: 2026, N: n}, Coverage: coverage, Alarms: counts, Graded: g}
	}
	part := sources.Graded{Grade: sources.Partial, Reason: "half the week is held"}
	answer := []sources.AlarmWeek{
		week(41, 0, sources.Graded{Reason: "beyond retention"}),
		week(43, 1, sources.Whole()),
		week(44, 1, sources.Whole(), sources.AlarmCount{Name: "B", Episodes: 2, Minutes: 5}, sources.AlarmCount{Name: "A", Severity: "page", Episodes: 1, Minutes: 4}),
		week(45, 0.5, part, sources.AlarmCount{Name: "A", Severity: "page", Episodes: 9, Minutes: 90}),
		week(46, 1, sources.Whole(), sources.AlarmCount{Name: "A", Severity: "page", Minutes: 1}),
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Alarms, Better: aggregate.Lower, Target: target(t, "<= 2", "> 8")}, sources.Answer{Alarms: answer})
	if got := weeksText(f.Weeks); got != "? ? 0 3 9 0 " {
		t.Errorf("series %q", got)
	}
	if diff := cmp.Diff([]float64{0, 0, 1, 1, 0.5, 1}, f.Alarms.Coverage); diff != "" {
		t.Error(diff)
	}
	if len(f.Alarms.Alarms) != 2 || f.Alarms.Alarms[0].Name != "A" || f.Alarms.Alarms[0].Episodes != 10 || f.Alarms.Alarms[0].Weeks[0].Known || f.Alarms.Alarms[0].Weeks[5].Minutes != 1 {
		t.Errorf("alarms %+v", f.Alarms.Alarms)
	}
	// Nine in half of a week are too many, but four a week on the whole are
	// not: the rest of that week could decide it.
	if f.Status.Status != aggregate.Green || f.Before.Rule != aggregate.PartOnly {
		t.Errorf("status %s, before %s by %q", f.Status.Status, f.Before.Status, f.Before.Rule)
	}
}

// What was seen only in part may be more: a bad colour stands, a good one
// does not.
func TestPartialFigures(t *testing.T) {
	part := sources.Graded{Grade: sources.Partial, Reason: "a store was down"}
	for _, tt := range []struct {
		episodes int
		want     aggregate.Status
		rule     aggregate.Rule
	}{{0, aggregate.Unknown, aggregate.PartOnly}, {5, aggregate.Unknown, aggregate.PartOnly}, {9, aggregate.Red, aggregate.ByTarget}} {
		f := judgeOne(t, aggregate.Line{Noun: sources.Alarms, Better: aggregate.Lower, Target: target(t, "<= 2", "> 8")}, sources.Answer{Alarms: []sources.AlarmWeek{{
			Week: sources.Week{Year: 2026, N: 46}, Coverage: 0.9, Alarms: []sources.AlarmCount{{Name: "A", Episodes: tt.episodes}}, Graded: part,
		}}})
		if f.Status.Status != tt.want || f.Status.Rule != tt.rule {
			t.Errorf("%d episodes seen: %s by %q, want %s by %q", tt.episodes, f.Status.Status, f.Status.Rule, tt.want, tt.rule)
		}
	}
}

func TestShippedAndIncidentsAndMetric(t *testing.T) {
	merged := func(kind sources.ItemKind, at time.Time, bot bool) sources.Item {
		return sources.Item{Kind: kind, Bot: bot, Done: []sources.Span{{From: at}}, Graded: sources.Whole()}
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Shipped}, sources.Answer{Items: []sources.Item{
		merged(sources.PullRequest, at(t, 46, 1), false), merged(sources.PullRequest, at(t, 46, 1), true), merged(sources.PullRequest, at(t, 41, 1), false),
		merged(sources.Release, at(t, 46, 2), false), merged(sources.PullRequest, at(t, 40, 7), false), merged(sources.PullRequest, endOf(t, 46), false), {Kind: sources.PullRequest, Graded: sources.Whole()},
	}})
	if got := weeksText(f.Weeks); got != "1 0 0 0 0 1 " || len(f.Shipped.Releases) != 1 || f.Shipped.Bots[5] != 1 {
		t.Errorf("shipped %q, %+v", got, f.Shipped)
	}
	f = judgeOne(t, aggregate.Line{Noun: sources.Incidents, Better: aggregate.Lower, Target: target(t, "<= 0", "> 1")}, sources.Answer{Incidents: []sources.Incident{
		{Opened: at(t, 46, 2), Graded: sources.Whole()}, {Opened: at(t, 45, 2), Graded: sources.Whole()}, {Opened: at(t, 30, 2), Graded: sources.Whole()},
	}})
	if got := weeksText(f.Weeks); got != "0 0 0 0 1 1 " || f.Status.Status != aggregate.Amber || f.Status.Since.N != 46 || f.Before.Status != aggregate.Green || f.Before.Wish != aggregate.Amber {
		t.Errorf("incidents %q, %+v", got, f.Status)
	}
	f = judgeOne(t, aggregate.Line{Noun: sources.Metrics, Better: aggregate.Lower, Target: target(t, "<= 1", "")}, sources.Answer{Readings: []sources.Reading{
		{Week: sources.Week{Year: 2026, N: 44}, Value: 0.5, Graded: sources.Whole()},
		{Week: sources.Week{Year: 2026, N: 46}, Value: 99, Graded: sources.Graded{Reason: "no traffic"}},
	}})
	if got := weeksText(f.Weeks); got != "? ? ? 0.5 ? ? " || f.Status.Rule != aggregate.WeekUnknown || f.Status.Reason != "no traffic" {
		t.Errorf("metric %q, %+v", got, f.Status)
	}
}

// Whatever the noun, no answer is never a value, a colour or a zero.
func TestAnUnansweredLineIsUnknown(t *testing.T) {
	for _, noun := range []sources.Noun{sources.Goals, sources.Delivery, sources.Quality, sources.Incidents, sources.Alarms, sources.Shipped, sources.Metrics} {
		f := judgeOne(t, aggregate.Line{Noun: noun, Target: target(t, "<= 5", "> 9")}, sources.Answer{Gap: "nobody answers there"})
		if f.Status.Status != aggregate.Unknown || f.Status.Rule != aggregate.Unanswered || f.Status.Reason != "nobody answers there" || weeksText(f.Weeks) != "? ? ? ? ? ? " {
			t.Errorf("%s: %+v, %q", noun, f.Status, weeksText(f.Weeks))
		}
	}
	r := aggregate.Judge([]aggregate.Team{{ID: "a", Lines: []aggregate.Line{{ID: "x", Noun: sources.Goals}}}}, sources.Facts{Window: window(t)})
	if r.Teams[0].Status != aggregate.Unknown || len(r.Gaps) != 1 {
		t.Errorf("facts without the line: %+v", r)
	}
}

func TestRollUp(t *testing.T) {
	lines := func(all ...aggregate.Status) (f []aggregate.Finding) {
		for _, s := range all {
			f = append(f, aggregate.Finding{Status: aggregate.Verdict{Status: s}})
		}
		return f
	}
	for _, tt := range []struct {
		in   []aggregate.Status
		want aggregate.Status
	}{
		{nil, aggregate.NoTarget},
		{[]aggregate.Status{aggregate.NoTarget}, aggregate.NoTarget},
		{[]aggregate.Status{aggregate.Green, aggregate.NoTarget}, aggregate.Green},
		{[]aggregate.Status{aggregate.Green, aggregate.Unknown}, aggregate.Unknown},
		{[]aggregate.Status{aggregate.NoTarget, aggregate.Unknown}, aggregate.Unknown},
		{[]aggregate.Status{aggregate.Amber, aggregate.Unknown}, aggregate.Amber},
		{[]aggregate.Status{aggregate.Red, aggregate.Unknown, aggregate.Green}, aggregate.Red},
	} {
		if got := aggregate.RollUp(lines(tt.in...)); got != tt.want {
			t.Errorf("%v roll up to %s, want %s", tt.in, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.SampledFrom([]aggregate.Status{aggregate.Unknown, aggregate.NoTarget, aggregate.Green, aggregate.Amber, aggregate.Red})).Draw(t, "statuses")
		got := aggregate.RollUp(lines(all...))
		unknown := false
		for _, s := range all {
			unknown = unknown || s == aggregate.Unknown
			if s >= aggregate.Amber && got < s {
				t.Fatalf("%v roll up to %s, hiding %s", all, got, s)
			}
		}
		if unknown && got == aggregate.Green {
			t.Fatalf("%v roll up to green", all)
		}
	})
}

// A closed sprint of which nothing is shown is no sprint to which nothing was
// committed.
func TestASprintOfWhichNothingIsShown(t *testing.T) {
	hidden := sources.Graded{Grade: sources.Partial, Reason: "no issue of its sprints is shown to this token"}
	var all []sources.Sprint
	for n := 41; n <= 46; n++ {
		s := sources.Sprint{ID: int64(n), State: sources.Closed, Start: at(t, n, 1), Completed: at(t, n, 5), Graded: sources.Whole()}
		for i := range 10 {
			s.Issues = append(s.Issues, sources.SprintIssue{Evidence: sources.Evidence{Ref: fmt.Sprint("PAY-", i)}, Outcome: sources.Completed, Committed: true})
		}
		all = append(all, s)
	}
	all[5].Issues, all[5].Graded = nil, hidden
	f := judgeOne(t, aggregate.Line{Noun: sources.Delivery, Better: aggregate.Higher, Target: target(t, ">= 85%", "< 70%")}, sources.Answer{Sprints: all})
	if want := (aggregate.Point{Week: sources.Week{Year: 2026, N: 46}, Graded: hidden}); f.Weeks[5] != want {
		t.Errorf("the week is %+v, want %+v", f.Weeks[5], want)
	}
	if f.Status.Status != aggregate.Unknown {
		t.Errorf("the line is %s", f.Status.Status)
	}
}

// Two readings that happen to be the same say nothing of how far a third may lie
// from them.
func TestFewReadingsThatAreTheSame(t *testing.T) {
	w := window(t)
	for n, want := range map[int]aggregate.Status{2: aggregate.Unknown, 4: aggregate.Unknown, 5: aggregate.Green} {
		var all []sources.Reading
		for i, week := range w.Weeks() {
			r := sources.Reading{Week: week, Value: 5, Graded: sources.Whole()}
			if i < w.Count-n {
				r.Value, r.Graded = 0, sources.Graded{Reason: "no data at the week's end"}
			}
			all = append(all, r)
		}
		f := judgeOne(t, aggregate.Line{Noun: sources.Metrics, Better: aggregate.Lower, Target: target(t, "<= 6", "> 9")}, sources.Answer{Readings: all})
		if f.Status.Status != want {
			t.Errorf("of %d weeks the colour is %s (%s), want %s", n, f.Status.Status, f.Status.Rule, want)
		}
	}
}
