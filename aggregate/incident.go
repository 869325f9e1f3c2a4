package aggregate

import (
	"slices"
	"time"

	"preread/sources"
)

// Incidents holds the incidents that were opened or resolved in the weeks of
// the page, and those that have something open still, oldest first. Of those that
// were opened after the page's weeks it holds what is not over: the others are
// told on the page of their week.
type Incidents struct {
	Incidents   []sources.Incident
	Unscheduled []Unscheduled // of the page's weeks, longest over first
}

// An Unscheduled incident has been over for so many working days without any
// work having been scheduled after it.
type Unscheduled struct {
	sources.Incident
	Days int
}

// FollowUpDays is how many working days an incident may be over before it is
// noted that nothing was scheduled after it, unless the settings say otherwise.
const FollowUpDays = 5

// In returns the incidents that were opened in a week.
func (i *Incidents) In(window sources.Window, week sources.Week) []sources.Incident {
	var in []sources.Incident
	for _, incident := range i.Incidents {
		if window.WeekOf(incident.Opened) == week {
			in = append(in, incident)
		}
	}
	return in
}

// StillOpen reports an incident that is not resolved, or has a follow-up that
// is not done.
func StillOpen(i sources.Incident) bool {
	return i.Resolved.IsZero() || slices.ContainsFunc(i.FollowUps, func(f sources.FollowUp) bool { return !f.Done })
}

// unscheduled lists the incidents that were over for longer than so many working
// days at the window's end and have no follow-up. One of which not everything
// was seen may have some.
func (i *Incidents) unscheduled(window sources.Window, limit int, holidays []sources.Day) (all []Unscheduled) {
	for _, in := range i.Incidents {
		if in.Resolved.IsZero() || len(in.FollowUps) > 0 || in.Grade == sources.Partial || !window.Holds(in.Resolved) {
			continue
		}
		if days := workingDaysBetween(in.Resolved, window.End(), window.Zone, holidays); days > limit {
			all = append(all, Unscheduled{in, days})
		}
	}
	slices.SortStableFunc(all, func(a, b Unscheduled) int { return a.Resolved.Compare(b.Resolved) })
	return all
}

// incidents counts incidents by the week in which they were opened.
func incidents(facts []sources.Incident, window sources.Window) (*Incidents, series) {
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b sources.Incident) int { return a.Opened.Compare(b.Opened) })
	grade := sources.Whole()
	for _, f := range facts {
		grade = grade.Worse(f.Graded)
	}
	i := &Incidents{}
	weeks, start, end := window.Weeks(), window.Start(), window.End()
	holds := func(t time.Time) bool { return !t.Before(start) && t.Before(end) }
	opened := make([]int, window.Count)
	for _, f := range facts {
		if holds(f.Opened) {
			opened[slices.Index(weeks, window.WeekOf(f.Opened))]++
		}
		if holds(f.Opened) || holds(f.Resolved) || StillOpen(f) && (f.Opened.Before(end) || f.Resolved.IsZero()) {
			i.Incidents = append(i.Incidents, f)
		}
	}
	return i, series{shown: weekly(window, grade, opened)}
}
