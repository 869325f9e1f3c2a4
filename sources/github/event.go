package github

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// An event is something that happened to an issue, as a repository's list of
// events shows it.
type event struct {
	ID        int64        `json:"id"`
	Event     string       `json:"event"`
	CreatedAt gh.Timestamp `json:"created_at"`
	Reason    string       `json:"state_reason"`
	Milestone struct {
		Title string `json:"title"`
	} `json:"milestone"`
	Issue *issue `json:"issue"`
}

// eventList comes newest first; an event does not move.
var eventList = feed[event]{
	path:  "issues/events?per_page=" + perPage,
	mark:  func(e event) (int64, time.Time) { return e.ID, e.CreatedAt.Time },
	reach: func(moved []time.Time) time.Time { return slices.MinFunc(moved, time.Time.Compare) },
}

// A standing is what an issue was at one time.
type standing struct {
	milestone string // its title; "": none
	done      bool   // closed, and not given up
	givenUp   bool   // closed as not planned or as a duplicate
}

// A turn is a change of an issue's standing.
type turn struct {
	at      time.Time
	was, is standing
}

// A thread is an issue with its turns, oldest first.
type thread struct {
	found
	turns  []turn
	now    standing
	doubt  bool // its events do not lead to what it is
	silent bool // no event tells of closing or opening

	// untold is until when it was closed by an event before the horizon; zero:
	// it was not. It is taken for done there unless its own timeline says why.
	untold time.Time
}

// at returns an issue's standing at a time.
func (t thread) at(when time.Time) standing {
	if len(t.turns) == 0 {
		return t.since(t.now, when)
	}
	s := t.since(t.turns[0].was, when)
	for _, x := range t.turns {
		if x.at.After(when) {
			break
		}
		s = x.is
	}
	return s
}

// since takes a close that no event tells of for what it is after its time
// only.
func (t thread) since(s standing, when time.Time) standing {
	if t.silent && (s.done || s.givenUp) && t.closed().After(when) {
		s.done, s.givenUp = false, false
	}
	return s
}

// worked reports whether the issue was closed or opened in a sprint.
func (t thread) worked(r run) bool {
	if closed := t.closed(); t.doubt && closed.After(r.start) && !closed.After(r.end) {
		return true
	}
	return slices.ContainsFunc(t.turns, func(x turn) bool {
		return x.at.After(r.start) && !x.at.After(r.end) && (x.was.done != x.is.done || x.was.givenUp != x.is.givenUp)
	})
}

// touches reports whether the issue is or was in a milestone.
func (t thread) touches(title string) bool {
	return t.now.milestone == title || slices.ContainsFunc(t.turns, func(x turn) bool { return x.was.milestone == title || x.is.milestone == title })
}

// threads puts the events of issues together with what the issues are now.
// Events show the issue of today, too: of those that are in no sprint any more,
// that is all there is.
func (c *calendar) threads(issues map[int]issue, events []event) []thread {
	of := map[int][]event{}
	for _, e := range events {
		if e.Issue == nil || !e.Issue.whole() || e.CreatedAt.Before(c.horizon) {
			continue
		}
		n := e.Issue.GetNumber()
		if was, ok := issues[n]; !ok || was.GetUpdatedAt().Before(e.Issue.GetUpdatedAt().Time) {
			issues[n] = *e.Issue
		}
		if e.Event == "milestoned" || e.Event == "demilestoned" || e.Event == "closed" || e.Event == "merged" || e.Event == "reopened" {
			of[n] = append(of[n], e)
		}
	}
	former := c.former(issues, of)
	var threads []thread
	for _, n := range slices.Sorted(maps.Keys(issues)) {
		i := issues[n]
		if i.IsPullRequest() || !hasLabels(i.Labels, c.query.Labels) {
			continue
		}
		threads = append(threads, c.thread(found{i, c.repo}, ordered(of[n]), former))
	}
	return threads
}

// ordered sorts an issue's events by time. A change of milestone is two events
// in one second: out of one, then into the other.
func ordered(events []event) []event {
	slices.SortFunc(events, func(a, b event) int {
		into := func(e event) int { return map[bool]int{true: 1}[e.Event == "milestoned"] }
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt.Time), cmp.Compare(into(a), into(b)), cmp.Compare(a.ID, b.ID))
	})
	return events
}

// former finds the present titles of milestones that were renamed: events keep
// the title of their time. An issue that was put into a milestone of which
// there is none by that name, and that is in one still, tells.
func (c *calendar) former(issues map[int]issue, of map[int][]event) map[string]string {
	names := map[string]string{}
	for _, n := range slices.Sorted(maps.Keys(of)) {
		last := ""
		for _, e := range ordered(of[n]) {
			switch e.Event {
			case "milestoned":
				last = e.Milestone.Title
			case "demilestoned":
				last = ""
			}
		}
		i := issues[n]
		if now := i.Milestone.GetTitle(); last != "" && now != "" && !c.titles[last] {
			names[last] = now
		}
	}
	return names
}

// thread replays an issue's events and compares where they lead with what it
// is.
func (c *calendar) thread(f found, events []event, former map[string]string) thread {
	t := thread{found: f, now: present(f.issue)}
	s := c.initial(t, events, former)
	for _, e := range events {
		next := s
		name := e.Milestone.Title
		if now, renamed := former[name]; renamed {
			name = now
		}
		switch e.Event {
		case "milestoned":
			next.milestone = name
		case "demilestoned":
			t.doubt = t.doubt || s.milestone != name
			next.milestone = ""
		case "closed", "merged":
			next.givenUp = e.Reason == "not_planned" || e.Reason == "duplicate"
			if !f.closed().IsZero() && f.closed().Equal(e.CreatedAt.Time) {
				next.givenUp = t.now.givenUp
			}
			next.done = !next.givenUp
		case "reopened":
			next.done, next.givenUp = false, false
		}
		if n := len(t.turns); n > 0 && t.turns[n-1].at.Equal(e.CreatedAt.Time) {
			t.turns[n-1].is = next // one move, not two
		} else {
			t.turns = append(t.turns, turn{e.CreatedAt.Time, s, next})
		}
		s = next
	}
	first := slices.IndexFunc(events, ofState)
	t.silent = first < 0
	if first >= 0 && events[first].Event == "reopened" {
		t.untold = events[first].CreatedAt.Time
	}
	t.doubt = t.doubt || s != t.now || c.unexplained(t, events)
	return t
}

// earlierClose reads from an issue's own timeline why it was closed before it was
// opened again. Where that is not told either, the thread stays as it is.
func (h *hub) earlierClose(ctx context.Context, t *thread) error {
	events, err := readAll[event](ctx, h, t.repo, fmt.Sprintf("issues/%d/timeline?per_page=%s", t.GetNumber(), perPage))
	if err != nil {
		return err
	}
	var last *event
	for i, e := range events {
		if e.Event == "closed" && e.CreatedAt.Before(t.untold) && (last == nil || e.CreatedAt.After(last.CreatedAt.Time)) {
			last = &events[i]
		}
	}
	if last != nil {
		t.closedAs(last.Reason)
	}
	return nil
}

// closedAs corrects what a thread was until it was opened again.
func (t *thread) closedAs(reason string) {
	state := func(s *standing) {
		s.givenUp = reason == "not_planned" || reason == "duplicate"
		s.done = !s.givenUp
	}
	for i := range t.turns {
		if x := &t.turns[i]; x.at.Before(t.untold) {
			state(&x.was)
			state(&x.is)
		} else if x.at.Equal(t.untold) {
			state(&x.was)
		}
	}
	t.untold = time.Time{}
}

func present(i issue) standing {
	s := standing{milestone: i.Milestone.GetTitle()}
	if !i.closed().IsZero() {
		s.givenUp = givenUp(i)
		s.done = !s.givenUp
	}
	return s
}

// initial returns what an issue was before the first of its events: the
// contrary of what they did, or what it is now where none says otherwise.
func (c *calendar) initial(t thread, events []event, former map[string]string) standing {
	s := t.now
	if i := slices.IndexFunc(events, func(e event) bool { return !ofState(e) }); i >= 0 {
		s.milestone = ""
		if e := events[i]; e.Event == "demilestoned" {
			s.milestone = cmp.Or(former[e.Milestone.Title], e.Milestone.Title)
		}
	}
	if i := slices.IndexFunc(events, ofState); i >= 0 {
		s.done, s.givenUp = events[i].Event == "reopened", false
	}
	return s
}

// ofState reports an event of closing or opening, among those of a thread.
func ofState(e event) bool { return e.Event != "milestoned" && e.Event != "demilestoned" }

// unexplained reports a present state of an issue that came about after the
// horizon, although no event tells of it.
func (c *calendar) unexplained(t thread, events []event) bool {
	has := func(what ...string) bool {
		return slices.ContainsFunc(events, func(e event) bool { return slices.Contains(what, e.Event) })
	}
	milestone := t.now.milestone != "" && !t.GetCreatedAt().Before(c.horizon) && !has("milestoned")
	closed := t.closed().After(c.horizon) && !has("closed", "merged")
	return milestone || closed
}
