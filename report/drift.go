package report

import (
	"fmt"

	"preread/aggregate"
	"preread/sources"
)

// driftWords says what slipped in a goal.
func driftWords(d aggregate.Drift) string {
	switch d.Kind {
	case aggregate.ScopeGrown:
		return fmt.Sprintf("its scope grew from %d to %s", d.From, count(d.To, "item", "items"))
	case aggregate.Idle:
		return fmt.Sprintf("nothing in it was done for %s", count(d.Weeks, "week", "weeks"))
	case aggregate.MilestonePassed:
		return fmt.Sprintf("the milestone “%s” was due on %s and is open", sources.OneLine(d.Title, titleLimit), day(d.Day))
	case aggregate.MilestoneMoved:
		to := "has no date any more"
		if !d.Later.IsZero() {
			to = "is due on " + day(d.Later)
		}
		return fmt.Sprintf("the milestone “%s” was first due on %s and %s", sources.OneLine(d.Title, titleLimit), day(d.Day), to)
	case aggregate.DueMoved:
		return fmt.Sprintf("its due date was moved %d times, first from %s", d.Times, day(d.Day))
	}
	return string(d.Kind)
}

// measuredWords says how far a goal is that a reading measures.
func measuredWords(f aggregate.Finding) string {
	m := f.Measured
	return fmt.Sprintf("%s now (80 %% interval %s), from %s to %s: %s of the way",
		figure(f.Line, m.Level.Value), intervalWords(f, m.Level), figure(f.Line, m.Was), figure(f.Line, m.Want), percent(m.Way))
}

// trendWords says where that reading leads to by the due date, or why that
// cannot be said.
func trendWords(f aggregate.Finding) string {
	m := f.Measured
	switch {
	case !m.HasDueDate:
		return "no due date is set"
	case m.Weeks < aggregate.TrendWeeks:
		return fmt.Sprintf("no forecast yet: %s known since it began, at least %d are needed", count(m.Weeks, "week is", "weeks are"), aggregate.TrendWeeks)
	case !m.Moving:
		return fmt.Sprintf("no forecast: its %d weeks show no clear movement towards the goal", m.Weeks)
	}
	return fmt.Sprintf("if the weeks ahead go on like the last %d, %s by %s (80 %% interval %s to %s)",
		m.Weeks, figure(f.Line, m.AtDue), day(f.Plan.Due), figure(f.Line, m.Low), figure(f.Line, m.High))
}

// revisionWords says what a page said of a week, and what its facts say today.
func revisionWords(f aggregate.Finding, r aggregate.Revision) string {
	text := fmt.Sprintf("the page of %s said %s, by today's facts it was %s", r.Week, wasWord(r.Said), wasWord(r.Today))
	if r.Was != nil && r.Now != nil && *r.Was != *r.Now {
		text += fmt.Sprintf(" (%s then, %s now)", figure(f.Line, *r.Was), figure(f.Line, *r.Now))
	}
	return text
}
