package aggregate

import (
	"time"

	"preread/sources"
)

// A Goal holds a goal's figures, week by week.
type Goal struct {
	Weeks []GoalWeek // one for each week of the window
	Items []sources.Item
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
