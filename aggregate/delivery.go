package aggregate

import (
	"cmp"
	"slices"

	"preread/sources"
)

// Delivery holds the sprints of a board.
type Delivery struct {
	Sprints []Sprint // by completion, those still running last
}

// A Sprint is one sprint with its sums. Week is the ISO week in which it was
// completed; zero while it runs, and then it is shown and not judged.
type Sprint struct {
	sources.Sprint
	Week                 sources.Week
	Committed            Amount // in the sprint when it started; estimates of that moment
	Completed            Amount // done when it closed, whenever they came in
	CompletedOfCommitted Amount // done when it closed, of those committed
	Added                Amount // came in after the start, carried in ones too
	Removed              Amount // taken out before the close
	NotCompleted         Amount // still open when it closed
	CarriedIn            Amount // of those added, came by the close of another sprint
}

// An Amount is a number of issues and the sum of their estimates. Points is
// nil if there are issues and none is estimated.
type Amount struct {
	Items       int
	Points      *float64
	Unestimated int // issues without an estimate
}

func (a *Amount) add(points *float64) {
	a.Items++
	if points == nil {
		a.Unestimated++
		return
	}
	sum := *points
	if a.Points != nil {
		sum += *a.Points
	}
	a.Points = &sum
}

// closed makes the points of an empty amount 0: no issues are no points.
func (a *Amount) closed() {
	if a.Items == 0 {
		a.Points = new(float64)
	}
}

// delivery sums up sprints. A week's value is completed of committed ÷
// committed in issues, pooled over the sprints that were closed in the week
// ("say/do"); a week in which none was closed has nothing to measure.
func delivery(facts []sources.Sprint, window sources.Window) (*Delivery, series) {
	d := &Delivery{}
	for _, f := range facts {
		if f.Completed.IsZero() || window.Holds(f.Completed) {
			d.Sprints = append(d.Sprints, sumUp(f, window))
		}
	}
	slices.SortStableFunc(d.Sprints, func(a, b Sprint) int {
		if a.Running() && !b.Running() {
			return 1
		}
		if b.Running() && !a.Running() {
			return -1
		}
		return cmp.Or(a.Sprint.Completed.Compare(b.Sprint.Completed), cmp.Compare(a.ID, b.ID))
	})
	var s series
	for _, week := range window.Weeks() {
		s.shown = append(s.shown, deliveryWeek(d.Sprints, week))
	}
	return d, s
}

// Running reports whether the sprint still runs.
func (s Sprint) Running() bool { return s.Sprint.Completed.IsZero() }

func deliveryWeek(sprints []Sprint, week sources.Week) Point {
	p := Point{Week: week, State: NothingToMeasure, Graded: sources.Whole()}
	p.Reason = "no sprint was closed in this week"
	said, did := 0, 0
	grade, closed := sources.Whole(), false
	for _, s := range sprints {
		if s.Week == week {
			said += s.Committed.Items
			did += s.CompletedOfCommitted.Items
			grade, closed = grade.Worse(s.Graded), true
		}
	}
	switch {
	case closed && (grade.Grade == sources.Ungraded || said == 0 && grade.Grade < sources.Approximate):
		return Point{Week: week, Graded: grade}
	case closed && said == 0:
		p.Reason = "nothing was committed to in the sprint that was closed"
	case closed:
		return Point{Week: week, Value: float64(did) / float64(said), State: Known, Graded: grade, Part: did, Of: said}
	}
	return p
}

func sumUp(f sources.Sprint, window sources.Window) Sprint {
	s := Sprint{Sprint: f}
	if !f.Completed.IsZero() {
		s.Week = window.WeekOf(f.Completed)
	}
	for _, i := range f.Issues {
		if i.Committed {
			s.Committed.add(i.Initial)
		}
		if i.Added {
			s.Added.add(i.Initial)
		}
		if i.CarriedIn {
			s.CarriedIn.add(i.Initial)
		}
		switch i.Outcome {
		case sources.Completed:
			s.Completed.add(i.Final)
			if i.Committed {
				s.CompletedOfCommitted.add(i.Final)
			}
		case sources.NotCompleted:
			s.NotCompleted.add(i.Final)
		case sources.Removed:
			s.Removed.add(i.Initial)
		}
	}
	for _, a := range []*Amount{&s.Committed, &s.Completed, &s.CompletedOfCommitted, &s.Added, &s.Removed, &s.NotCompleted, &s.CarriedIn} {
		a.closed()
	}
	return s
}
