package aggregate

import (
	"slices"
	"time"

	"preread/sources"
)

// Incidents holds the incidents that were opened or resolved in the weeks of
// the page, and those that have something open still, oldest first.
type Incidents struct {
	Incidents []sources.Incident
}

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
		if holds(f.Opened) || holds(f.Resolved) || StillOpen(f) {
			i.Incidents = append(i.Incidents, f)
		}
	}
	return i, series{shown: weekly(window, grade, opened)}
}
