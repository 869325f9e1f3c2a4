package aggregate

import (
	"fmt"
	"math"
	"time"

	"preread/sources"
)

// contradiction returns why the facts of an answer cannot be true, "" if they
// can. A figure made of such facts would be wrong without looking so; the line
// is unknown instead, with this reason. Facts come from collectors, from files
// and from a history, so none is taken on trust.
func contradiction(noun sources.Noun, answer sources.Answer) string {
	for _, check := range []func(sources.Noun, sources.Answer) string{
		itemContradiction, sprintContradiction, incidentContradiction, alarmContradiction, readingContradiction,
	} {
		if why := check(noun, answer); why != "" {
			return "the facts contradict each other: " + why
		}
	}
	return ""
}

func itemContradiction(_ sources.Noun, answer sources.Answer) string {
	seen := map[string]bool{}
	for _, i := range answer.Items {
		switch {
		case i.Ref != "" && seen[i.Ref]:
			return i.Ref + " is there twice"
		case !sources.Ordered(i.Scope):
			return i.Ref + " left what was asked for before it came in"
		case !sources.Ordered(i.Done):
			return i.Ref + " was reopened before it was done"
		case i.Kind != sources.Release && i.Kind != sources.Deployment && len(i.Done) > 0 && !i.Created.IsZero() && i.Done[0].From.Before(i.Created):
			return i.Ref + " was done before it was created"
		}
		seen[i.Ref] = true
	}
	return ""
}

func sprintContradiction(_ sources.Noun, answer sources.Answer) string {
	seen := map[int64]bool{}
	for _, s := range answer.Sprints {
		switch {
		case seen[s.ID]:
			return fmt.Sprintf("sprint %d is there twice", s.ID)
		case !s.Completed.IsZero() && s.Completed.Before(s.Start):
			return fmt.Sprintf("sprint %d was closed before it was started", s.ID)
		}
		seen[s.ID] = true
		if why := sprintIssues(s); why != "" {
			return fmt.Sprintf("sprint %d: %s", s.ID, why)
		}
	}
	return ""
}

// sprintIssues holds what a sprint did against what it had: an issue counts
// once, and what was not in the sprint cannot leave it.
func sprintIssues(s sources.Sprint) string {
	seen := map[string]bool{}
	for _, i := range s.Issues {
		switch {
		case i.Ref != "" && seen[i.Ref]:
			return i.Ref + " is in it twice, so more could be done than was committed to"
		case i.Committed && i.Added:
			return i.Ref + " was both committed to and added"
		case i.Outcome == sources.CompletedOutside && i.Committed:
			return i.Ref + " was done before it was committed to"
		case negative(i.Initial) || negative(i.Final):
			return i.Ref + " has a negative estimate"
		}
		seen[i.Ref] = true
	}
	return ""
}

func negative(v *float64) bool { return v != nil && !(*v >= 0 && !math.IsInf(*v, 0)) }

func incidentContradiction(_ sources.Noun, answer sources.Answer) string {
	seen := map[string]bool{}
	before := func(t, opened time.Time) bool { return !t.IsZero() && t.Before(opened) }
	for _, i := range answer.Incidents {
		switch {
		case i.Ref != "" && seen[i.Ref]:
			return i.Ref + " is there twice"
		case before(i.Resolved, i.Opened):
			return i.Ref + " was resolved before it was opened"
		case before(i.Acknowledged, i.Opened):
			return i.Ref + " was acknowledged before it was opened"
		}
		seen[i.Ref] = true
	}
	return ""
}

func alarmContradiction(_ sources.Noun, answer sources.Answer) string {
	for n, w := range answer.Alarms {
		if why := orderly(n, w.Week, func(i int) sources.Week { return answer.Alarms[i].Week }); why != "" {
			return why
		}
		if !(w.Coverage >= 0 && w.Coverage <= 1) {
			return fmt.Sprintf("%s is covered by a share of %g", w.Week, w.Coverage)
		}
		for _, a := range w.Alarms {
			if a.Episodes < 0 || !(a.Minutes >= 0) || math.IsInf(a.Minutes, 0) {
				return fmt.Sprintf("%s has a negative number of alarms", w.Week)
			}
		}
	}
	return ""
}

func readingContradiction(_ sources.Noun, answer sources.Answer) string {
	for n, r := range answer.Readings {
		if why := orderly(n, r.Week, func(i int) sources.Week { return answer.Readings[i].Week }); why != "" {
			return why
		}
		if r.Grade != sources.Ungraded && (math.IsNaN(r.Value) || math.IsInf(r.Value, 0)) {
			return fmt.Sprintf("%s has a reading that is no number", r.Week)
		}
	}
	return ""
}

// orderly checks that each week comes once, after the one before it.
func orderly(n int, week sources.Week, at func(int) sources.Week) string {
	if week.IsZero() {
		return "a figure belongs to no week"
	}
	if n == 0 || at(n-1).Compare(week) < 0 {
		return ""
	}
	if at(n-1) == week {
		return fmt.Sprintf("%s is there twice", week)
	}
	return fmt.Sprintf("%s stands after %s", week, at(n-1))
}

// balance holds bugs in, out and open against each other: what is open at the
// end of a week is what was open before, with what came and without what went.
func (q *Quality) balance(weeks []sources.Week) string {
	for i := 1; i < len(q.OpenAtEnd); i++ {
		if want := q.OpenAtEnd[i-1] + q.Opened[i] + q.Reopened[i] - q.Closed[i]; q.OpenAtEnd[i] != want {
			return fmt.Sprintf("the facts contradict each other: %d bugs are open at the end of %s, and what came and went makes it %d", q.OpenAtEnd[i], weeks[i], want)
		}
	}
	return ""
}
