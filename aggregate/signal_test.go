package aggregate_test

import (
	"testing"
	"time"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// longWindow is 26 weeks of baseline before the six weeks of the page.
func longWindow(t testing.TB) sources.Window {
	w := window(t)
	w.Count, w.Shown = 32, 6
	return w
}

// readings is a metric with one value up to a week and another from it on.
func readings(w sources.Window, before, after float64, from int, known func(i int) bool) (all []sources.Reading) {
	for i, week := range w.Weeks() {
		r := sources.Reading{Week: week, Value: before + 0.01*float64(i%3), Graded: sources.Whole()}
		if i >= from {
			r.Value += after - before
		}
		if known != nil && !known(i) {
			r.Graded = sources.Graded{Reason: "no data at the week's end"}
		}
		all = append(all, r)
	}
	return all
}

func judgeMetric(t testing.TB, w sources.Window, better aggregate.Better, all []sources.Reading) aggregate.Finding {
	t.Helper()
	line := aggregate.Line{ID: "m", Noun: sources.Metrics, Better: better}
	facts := sources.Facts{Window: w, Answers: []sources.Answer{{
		Question: sources.Question{Team: "t", Line: "m", Query: sources.Query{Noun: sources.Metrics}}, Readings: all,
	}}}
	return aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, facts).Teams[0].Lines[0]
}

func TestTheBaselineIsNotOnThePage(t *testing.T) {
	w := longWindow(t)
	f := judgeMetric(t, w, aggregate.Lower, readings(w, 1, 1, 99, nil))
	if len(f.Weeks) != 6 || len(f.Earlier) != 26 || f.Weeks[0].Week.N != 41 || f.Earlier[25].Week.N != 40 {
		t.Errorf("%d weeks on the page after %d earlier ones", len(f.Weeks), len(f.Earlier))
	}
	if f.Status.Since.N != 15 && f.Status.Rule == aggregate.ByTarget {
		t.Errorf("since %v", f.Status.Since)
	}
}

func TestSignals(t *testing.T) {
	w := longWindow(t)
	lastMissing := func(i int) bool { return i < 30 }
	few := func(i int) bool { return i >= 29 }
	for _, tt := range []struct {
		name          string
		before, after float64
		from          int
		known         func(int) bool
		better        aggregate.Better
		want          change.State
		worsening     bool
	}{
		{"quiet", 1, 1, 99, nil, aggregate.Lower, change.Noise, false},
		{"a step up that is worse", 1, 2, 28, nil, aggregate.Lower, change.Signal, true},
		{"a step up that is better", 1, 2, 28, nil, aggregate.Higher, change.Signal, false},
		{"the last two weeks are missing", 1, 2, 28, lastMissing, aggregate.Lower, change.Unknown, false},
		{"only three weeks are known", 1, 2, 31, few, aggregate.Lower, change.Unknown, false},
	} {
		v := judgeMetric(t, w, tt.better, readings(w, tt.before, tt.after, tt.from, tt.known)).Signal
		if v.State != tt.want || v.State == change.Signal && v.Worsening != tt.worsening {
			t.Errorf("%s: %s (%s), worsening %v; want %s, %v", tt.name, v.State, v.Reason, v.Worsening, tt.want, tt.worsening)
		}
	}
}

// A week that was seen only in part would look like a fall; it is left out.
func TestAPartialWeekIsNoChange(t *testing.T) {
	w := longWindow(t)
	var weeks []sources.AlarmWeek
	for i, week := range w.Weeks() {
		a := sources.AlarmWeek{Week: week, Coverage: 1, Graded: sources.Whole(), Alarms: []sources.AlarmCount{{Name: "A", Episodes: 30 + i%3}}}
		if i >= 29 {
			a.Coverage, a.Alarms = 0.1, []sources.AlarmCount{{Name: "A", Episodes: 1}}
			a.Graded = sources.Graded{Grade: sources.Partial, Reason: "a tenth of the week is held"}
		}
		weeks = append(weeks, a)
	}
	facts := sources.Facts{Window: w, Answers: []sources.Answer{{Question: sources.Question{Team: "t", Line: "a", Query: sources.Query{Noun: sources.Alarms}}, Alarms: weeks}}}
	r := aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{{ID: "a", Noun: sources.Alarms, Better: aggregate.Lower}}}}, facts)
	if v := r.Teams[0].Lines[0].Signal; v.State != change.Unknown || v.Reason != change.LastWeeksMissing {
		t.Errorf("%s, %s", v.State, v.Reason)
	}
	if b := r.Teams[0].Budget; b.Tested != 0 || b.Unknown != 1 {
		t.Errorf("budget %+v", b)
	}
}

// The forecast uses the weeks since the goal began, those before the page too,
// and the week before is judged by what was known then.
func TestForecast(t *testing.T) {
	w := longWindow(t)
	var items []sources.Item
	for i := range 14 {
		item := sources.Item{Scope: []sources.Span{{From: at(t, 30, 1)}}, Graded: sources.Whole()}
		if i < 10 {
			item.Done = []sources.Span{{From: at(t, 46-i, 3)}}
		}
		items = append(items, item)
	}
	line := aggregate.Line{ID: "g", Noun: sources.Goals, Better: aggregate.Higher, Plan: aggregate.GoalPlan{Start: sources.DayOf(at(t, 35, 1)), Due: sources.DayOf(at(t, 46, 1).Add(5 * 7 * 24 * time.Hour))}}
	facts := sources.Facts{Window: w, Answers: []sources.Answer{{Question: sources.Question{Team: "t", Line: "g", Query: sources.Query{Noun: sources.Goals}}, Items: items}}}
	f := aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, facts).Teams[0].Lines[0]
	o := f.Goal.Outlook
	if o.Weeks != 12 || o.Remaining != 4 || o.LeastOne != 0 || o.MostOne != 1 || !o.Exact {
		t.Errorf("outlook %+v", o)
	}
	if f.Status.Rule != aggregate.ByForecast || f.Status.Status != aggregate.Red && f.Status.Status != aggregate.Amber || f.Before.Rule != aggregate.ByForecast {
		t.Errorf("status %+v, before %+v", f.Status, f.Before)
	}
	if f.Signal.State != change.Unknown {
		t.Error("a goal is tested for change")
	}
}
