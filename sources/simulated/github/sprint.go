package github

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// Sprints is the truth about delivery: the milestones of a title pattern that
// were closed in the window or still run, with what was in them. The pattern is
// the question's milestone. Of a project they are its iterations.
func (o *Org) Sprints(a Ask, w sources.Window) []sources.Sprint {
	if a.Project != "" {
		return o.iterations(a, w)
	}
	var all []sources.Sprint
	for _, name := range a.Repos {
		r := o.Repo(name)
		var stones []Milestone
		for _, m := range r.Milestones {
			if ok, _ := path.Match(strings.ToLower(a.Milestone), strings.ToLower(m.Title)); ok {
				stones = append(stones, m)
			}
		}
		for _, m := range stones {
			if s, ok := r.sprint(a, w, m, stones); ok && !r.Disabled {
				all = append(all, s)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b sources.Sprint) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Board, b.Board), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// day returns when the day of a due date begins.
func (m Milestone) day(w sources.Window, after int) time.Time {
	if m.Due.IsZero() {
		return time.Time{}
	}
	return sources.DayOf(m.Due.UTC()).Add(after).Time(w.Zone.Location())
}

func (r *Repo) sprint(a Ask, w sources.Window, m Milestone, stones []Milestone) (sources.Sprint, bool) {
	number := slices.IndexFunc(r.Milestones, func(x Milestone) bool { return x.Title == m.Title }) + 1
	s := sources.Sprint{
		Evidence: sources.Evidence{Source: a.Source, Ref: m.Title, URL: milestoneHead(r, number)["html_url"].(string)},
		ID:       id("milestone", r.ID, number), Name: m.Title, Board: r.String(), State: sources.Active, Graded: sources.Whole(),
	}
	if !m.Due.IsZero() {
		s.End = m.day(w, 1).Add(-time.Second).UTC()
	}
	for _, before := range stones {
		if after := before.day(w, 1); !before.Due.IsZero() && before.Due.Before(m.Due) && after.After(s.Start) {
			s.Start = after
		}
	}
	if s.Start.IsZero() || !m.Created.Before(s.Start.AddDate(0, 0, 1)) || !m.Closed.IsZero() && !m.Closed.After(s.Start) {
		s.Start, s.Graded = m.Created, approximate()
	}
	if len(a.Labels) > 0 {
		s.Graded = approximate()
	}
	end := w.Now
	switch {
	case s.Start.After(w.Now):
		return s, false
	case !m.Closed.IsZero():
		s.State, s.Completed, end = sources.Closed, m.Closed.UTC(), m.Closed
		if !w.Holds(end) {
			return s, false
		}
	case !m.Due.IsZero() && m.day(w, 1).Before(w.Start()):
		return s, false
	}
	planned := sources.DayOf(s.Start.In(w.Zone.Location())).Add(1).Time(w.Zone.Location()).Add(-time.Second)
	if planned.After(end) {
		planned = end
	}
	s.Start = s.Start.UTC()
	for _, i := range r.Issues {
		if i.Pull == nil && i.carries(a.Labels) {
			if told, ok := i.inSprint(w, m, stones, s.Start, planned, end); ok {
				told.Evidence = i.evidence(a.Source)
				s.Issues = append(s.Issues, told)
			}
		}
	}
	return s, true
}

// A moment is what an issue was at one time.
type moment struct {
	milestone string
	done      bool // closed, and not given up
	givenUp   bool
}

// until replays the events before n.
func (i *Issue) until(n int) moment {
	var m moment
	for _, e := range i.Events[:n] {
		switch e.What {
		case Milestoned:
			m.milestone = e.Word
		case Demilestoned:
			m.milestone = ""
		case Closed, Merged:
			m.givenUp = e.Word == NotPlanned || e.Word == Duplicate
			m.done = !m.givenUp
		case Reopened:
			m.done, m.givenUp = false, false
		}
	}
	return m
}

func (i *Issue) at(t time.Time) moment {
	n := 0
	for n < len(i.Events) && !i.Events[n].At.After(t) {
		n++
	}
	return i.until(n)
}

// inSprint tells an issue's part in a milestone that began at start, was
// planned until planned, and went until end.
func (i *Issue) inSprint(w sources.Window, m Milestone, stones []Milestone, start, planned, end time.Time) (sources.SprintIssue, bool) {
	in := func(x moment) bool { return x.milestone == m.Title && !x.givenUp }
	started, before := in(i.at(planned)), i.at(start).done
	came, worked := false, false
	var from string // the milestone that it came out of
	var moved time.Time
	openThen := false
	var left Event
	var leftDone bool
	for n, e := range i.Events {
		if e.At.After(end) {
			break
		}
		was, is := i.until(n), i.until(n+1)
		inTime := e.At.After(planned)
		if e.At.After(start) && (was.done != is.done || was.givenUp != is.givenUp) {
			worked = true
		}
		if !in(was) && in(is) && (inTime && !started && !came || !inTime && started) {
			came = came || inTime
			moved, openThen = e.At, !is.done
			from = ""
			for _, o := range i.Events {
				if o.What == Demilestoned && o.At.Equal(e.At) && e.What == Milestoned {
					from = o.Word
				}
			}
		}
		if in(was) && !in(is) {
			left, leftDone = e, was.done
		}
	}
	if !started && !came {
		return sources.SprintIssue{}, false
	}
	told := sources.SprintIssue{Title: i.Title, Committed: started && !before, Added: !started}
	for _, o := range stones {
		over := o.day(w, 0)
		if over.IsZero() || !o.Closed.IsZero() && o.Closed.Before(over) {
			over = o.Closed
		}
		if o.Title == from && !over.IsZero() && !moved.Before(over) && openThen {
			told.CarriedIn = true
		}
	}
	last := i.at(end)
	into := slices.ContainsFunc(stones, func(o Milestone) bool {
		return o.Title != m.Title && slices.ContainsFunc(i.Events, func(e Event) bool {
			return e.What == Milestoned && e.Word == o.Title && e.At.Equal(left.At)
		})
	})
	switch {
	case before && !worked:
		told.Outcome = sources.CompletedOutside
	case in(last) && last.done, !in(last) && into && leftDone && handed(w, m, left):
		told.Outcome = sources.Completed
	case in(last), into && handed(w, m, left):
		told.Outcome = sources.NotCompleted
	default:
		told.Outcome = sources.Removed
	}
	return told, true
}

// handed reports whether an event came when a milestone was due.
func handed(w sources.Window, m Milestone, e Event) bool {
	return e.What == Demilestoned && !m.Due.IsZero() && !e.At.Before(m.day(w, 0))
}
