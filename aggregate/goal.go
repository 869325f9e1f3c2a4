package aggregate

import (
	"time"

	"preread/aggregate/forecast"
	"preread/sources"
)

// A Goal holds a goal's figures, week by week.
type Goal struct {
	Weeks   []GoalWeek // one for each week of the window
	Items   []sources.Item
	Outlook forecast.Outlook // from the weeks since the goal began, the baseline's too
}

// A GoalWeek is a goal at the end of one week, and what happened in it. Items
// are counted, not points.
type GoalWeek struct {
	Week    sources.Week
	Done    int // in scope and done at the week's end
	Total   int // in scope at the week's end
	DoneNow int // of these, became done in the week
	Added   int // came into scope in the week, and were there at its end
	Removed int // were in scope when the week began, and no longer at its end
}

// Last returns the last week's figures.
func (g *Goal) Last() GoalWeek { return g.Weeks[len(g.Weeks)-1] }

// goal counts scope and progress. A goal is judged by the share that is done,
// and without a target only by its ends: all done, or overdue.
func goal(line Line, items []sources.Item, window sources.Window) (*Goal, series) {
	g := &Goal{Items: items}
	grade := gradeOf(items)
	var s series
	for _, week := range window.Weeks() {
		from, to := window.Bounds(week)
		w := goalWeek(items, from.Add(-1), to.Add(-1))
		w.Week = week
		g.Weeks = append(g.Weeks, w)
		s.shown = append(s.shown, Point{Week: week, Value: float64(w.Done), State: Known, Graded: grade})
		share := Point{Week: week, State: NothingToMeasure, Graded: grade}
		if w.Total > 0 {
			share.Value, share.State = float64(w.Done)/float64(w.Total), Known
		}
		s.judged = append(s.judged, share)
	}
	s.fixed = goalEnd(line, g.Last(), grade, window)
	if s.fixed != nil && s.fixed.Rule == AllDone {
		s.fixed.Since, s.fixed.Open = doneSince(g.Weeks)
	}
	return g, s
}

// outlook forecasts a goal at the end of the last of some weeks, from what
// happened since its start, or else since it first had a scope. What was seen
// only in part may be open, or more, and is not forecast.
func outlook(plan GoalPlan, weeks []GoalWeek, grade sources.Graded) forecast.Outlook {
	if len(weeks) == 0 || grade.Grade < sources.Approximate {
		return forecast.Outlook{}
	}
	var past []forecast.Week
	for i := 1; i < len(weeks); i++ {
		before, now := weeks[i-1], weeks[i]
		if before.Total == 0 || !plan.Start.IsZero() && now.Week.Compare(weekOfDay(plan.Start)) < 0 {
			continue
		}
		w := forecast.Week{Done: now.Done - before.Done, Added: now.Total - before.Total}
		if w.Done < 0 { // more was reopened than finished: it is work again
			w.Done, w.Added = 0, w.Added-w.Done
		}
		past = append(past, w)
	}
	last := weeks[len(weeks)-1]
	return forecast.Ahead(last.Total-last.Done, past)
}

// weeksUntil counts the weeks after a week that are over, but for their
// weekend, by a date.
func weeksUntil(due sources.Day, week sources.Week) int {
	n := 0
	for due.Compare(week.Add(n+1).Monday().Add(4)) >= 0 && n < forecast.Horizon {
		n++
	}
	return n
}

// The probabilities of being done by the due date from which a goal is green,
// and below which it is red.
const (
	goalGreen = 0.85
	goalRed   = 0.50
)

// byForecast judges a goal with a due date and no target of its own by how
// likely it is done in time, as of the end of a week.
func byForecast(o forecast.Outlook, due sources.Day, week sources.Week) Verdict {
	v := Verdict{Week: week, Rule: ByForecast}
	switch o.State {
	case forecast.Nothing:
		v.Status = Red
	case forecast.Completed:
		v.Status, v.Value = Green, 1
	case forecast.Forecast:
		v.Value = o.PDone(weeksUntil(due, week))
		switch {
		case v.Value >= goalGreen:
			v.Status = Green
		case v.Value >= goalRed:
			v.Status = Amber
		default:
			v.Status = Red
		}
	default:
		v.Rule = TooEarly
	}
	return v
}

// doneSince looks back for how long everything in scope has been done.
func doneSince(weeks []GoalWeek) (first sources.Week, open bool) {
	for i := len(weeks) - 1; i >= 0; i-- {
		if weeks[i].Total == 0 || weeks[i].Done < weeks[i].Total {
			return first, false
		}
		first = weeks[i].Week
	}
	return first, true
}

// goalWeek compares two instants, the last of the week before and the last of
// the week.
func goalWeek(items []sources.Item, before, at time.Time) GoalWeek {
	var w GoalWeek
	for _, item := range items {
		was, is := sources.Within(item.Scope, before), sources.Within(item.Scope, at)
		done := is && sources.Within(item.Done, at)
		if is {
			w.Total++
		}
		if done {
			w.Done++
			if !(was && sources.Within(item.Done, before)) {
				w.DoneNow++
			}
		}
		if is && !was {
			w.Added++
		}
		if was && !is {
			w.Removed++
		}
	}
	return w
}

// goalEnd returns the verdict on a goal that needs no target: nothing in it,
// all done, or its due date passed.
func goalEnd(line Line, last GoalWeek, grade sources.Graded, window sources.Window) *Verdict {
	v := Verdict{Week: window.Last, Since: window.Last, Target: line.Target, Reason: grade.Reason}
	lastDay := window.Last.Sunday()
	switch {
	case last.Total == 0:
		v.Rule = EmptyScope
	case grade.Grade == sources.Partial || grade.Grade == sources.Ungraded:
		return nil // what was not seen may be open, or more
	case last.Done == last.Total:
		v.Rule, v.Status, v.Value = AllDone, Green, 1
	case !line.Plan.Due.IsZero() && line.Plan.Due.Compare(lastDay) <= 0:
		v.Rule, v.Status, v.Value = Overdue, Red, float64(last.Done)/float64(last.Total)
		v.Since = weekOfDay(line.Plan.Due)
	default:
		return nil
	}
	return &v
}

// weekOfDay returns the ISO week that a date lies in.
func weekOfDay(d sources.Day) sources.Week {
	return sources.WeekOf(d.Time(time.UTC), sources.Zone{})
}
