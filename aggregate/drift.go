package aggregate

import (
	"slices"

	"preread/sources"
)

// A DriftKind says in which way a goal slips away without anybody deciding so.
type DriftKind string

// The kinds of drift.
const (
	ScopeGrown      DriftKind = "scope grown"      // From items at its start, To now
	Idle            DriftKind = "idle"             // nothing was done for Weeks weeks, with items left
	MilestonePassed DriftKind = "milestone passed" // Title was due on Day and is open
	MilestoneMoved  DriftKind = "milestone moved"  // the tracker had Title due on Day, and now on Later
	DueMoved        DriftKind = "due moved"        // the due date was moved Times times, first from Day
)

// A Drift is one such finding with its figures.
type Drift struct {
	Kind     DriftKind
	From, To int
	Weeks    int
	Times    int
	Title    string
	Day      sources.Day
	Later    sources.Day // zero: it has no date any more
}

// A Milestone is a step of a goal, as the settings or the tracker name it.
type Milestone struct {
	Title    string
	Due      sources.Day // zero: none is set
	Done     bool
	Evidence sources.Evidence // zero: it is in the settings
}

const (
	grownShare = 0.20 // of the scope at the start, from which growth is drift
	idleWeeks  = 3    // without anything done
	movedTimes = 2    // that a due date may be moved before it is drift
)

// NextMilestone returns the next open one at the end of a week; false if there
// is none.
func (f Finding) NextMilestone(week sources.Week) (next Milestone, found bool) {
	for _, m := range f.Steps {
		if !m.Done && m.Due.Compare(week.Sunday()) > 0 && (!found || m.Due.Compare(next.Due) < 0) {
			next, found = m, true
		}
	}
	return next, found
}

// drift looks for what slipped in a goal that is not at its end.
func (f Finding) drift(weeks []GoalWeek, grade sources.Graded, week sources.Week) (all []Drift) {
	line, plan := f.Line, f.Plan
	for _, m := range f.Steps {
		if was := line.stepBefore(m.Title); m.Evidence.Ref != "" && !was.IsZero() && was != m.Due {
			all = append(all, Drift{Kind: MilestoneMoved, Title: m.Title, Day: was, Later: m.Due})
		}
		if !m.Done && !m.Due.IsZero() && m.Due.Compare(week.Sunday()) <= 0 {
			all = append(all, Drift{Kind: MilestonePassed, Title: m.Title, Day: m.Due})
		}
	}
	if before := line.dueBefore(); len(before) >= movedTimes {
		all = append(all, Drift{Kind: DueMoved, Times: len(before), Day: before[0]})
	}
	if len(weeks) == 0 || grade.Grade < sources.Approximate {
		return all
	}
	last := weeks[len(weeks)-1]
	if last.Total == 0 || last.Done == last.Total {
		return all
	}
	if first, found := firstScope(plan, weeks); found && float64(last.Total-first) > grownShare*float64(first) {
		all = append(all, Drift{Kind: ScopeGrown, From: first, To: last.Total})
	}
	if idle := idleFor(plan, weeks); idle >= idleWeeks {
		all = append(all, Drift{Kind: Idle, Weeks: idle})
	}
	return all
}

// plan gathers a goal's steps, and what is said of it, up to the week's end: a
// page about an earlier week does not tell of a later one.
func (f *Finding) plan(answer sources.Answer, window sources.Window) {
	f.Steps = slices.Clone(f.Plan.Milestones)
	f.PlanGap = answer.PlanGap
	if answer.Plan == nil {
		return
	}
	for _, m := range answer.Plan.Milestones {
		f.Steps = append(f.Steps, Milestone{m.Title, m.Due, m.Done, m.Evidence})
	}
	for _, u := range answer.Plan.Updates {
		if u.At.Before(window.End()) {
			f.Updates = append(f.Updates, u)
		}
	}
}

// firstScope is what a goal held at the end of the week in which it began, or
// else of the first week in which it held anything.
func firstScope(plan GoalPlan, weeks []GoalWeek) (items int, found bool) {
	for _, w := range weeks {
		if w.Total > 0 && (plan.Start.IsZero() || w.Week.Compare(weekOfDay(plan.Start)) >= 0) {
			return w.Total, true
		}
	}
	return 0, false
}

// idleFor counts the latest weeks in which the goal had a scope and nothing in
// it was done.
func idleFor(plan GoalPlan, weeks []GoalWeek) (n int) {
	for i := len(weeks) - 1; i >= 0; i-- {
		w := weeks[i]
		if w.DoneNow > 0 || w.Total == 0 || !plan.Start.IsZero() && w.Week.Compare(weekOfDay(plan.Start)) < 0 {
			break
		}
		n++
	}
	return n
}

// quietReports is how many reports back a red line must have been expected for
// it not to be a surprise.
const quietReports = 3

// Surprising reports a line that is red all of a sudden: in none of the last
// reports was it amber or red, and nobody wrote about it.
func (f Finding) Surprising() bool {
	if f.Status.Status != Red || f.Mentioned || len(f.Past) < 2 {
		return false
	}
	for _, v := range f.Past[max(0, len(f.Past)-1-quietReports) : len(f.Past)-1] {
		if v.Status == Red || v.Status == Amber {
			return false
		}
	}
	return true
}
