package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
	"preread/sources/internal/web"
)

// earlier is how long before the window a sprint can have begun and still be
// told from its events; of a longer one only the rest is.
const earlier = 8 * 7 * 24 * time.Hour

// sprints returns the milestones of a title pattern, or the iterations of a
// project, that were closed in the window, and those that run.
func (h *hub) sprints(ctx context.Context, w sources.Window, query sources.Query) ([]sources.Sprint, error) {
	if query.Board != 0 || len(query.Boards) > 0 {
		return nil, refuse("%s has no boards; its sprints are milestones, such as milestone:\"Sprint *\", or the iterations of a project, such as project:acme/3", h.name)
	}
	q, err := ParseQuery(query.Noun, query.Text)
	if err != nil {
		return nil, err
	}
	if q.Project.Number != 0 {
		return h.iterationSprints(ctx, w, q)
	}
	var all []sources.Sprint
	known := false
	for _, repo := range q.Repos {
		list, err := h.milestones(ctx, repo)
		if errors.Is(err, errDisabled) {
			continue
		}
		if err != nil {
			return nil, err
		}
		c := calendar{repo: repo, window: w, query: q}
		if !c.take(list) {
			return nil, h.unreadable(repo)
		}
		known = known || len(c.matching) > 0
		sprints, err := h.told(ctx, c)
		if err != nil {
			return nil, err
		}
		all = append(all, sprints...)
	}
	if !known {
		return nil, refuse("%s has no milestone like %q in %s", h.name, q.Milestone, names(q.Repos))
	}
	slices.SortStableFunc(all, func(a, b sources.Sprint) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Board, b.Board), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// milestones returns all milestones of a repository.
func (h *hub) milestones(ctx context.Context, repo Repo) ([]gh.Milestone, error) {
	return readAll[gh.Milestone](ctx, h, repo, "milestones?per_page="+perPage+"&state=all")
}

// A calendar holds the milestones of a repository that are its sprints.
type calendar struct {
	repo     Repo
	window   sources.Window
	query    Query
	titles   map[string]bool      // of all milestones
	matching map[string]time.Time // of those of the pattern, from when on a move out of it is a carry-over; zero: never
	runs     []run                // those of the window
	horizon  time.Time            // events before it are not needed
}

// A run is a milestone as a sprint. GitHub knows no start of it.
type run struct {
	gh.Milestone
	start   time.Time
	planned time.Time // the last second of its first day: what is in it then was committed to
	end     time.Time // when it was closed, or the window's now
	state   sources.SprintState
	graded  sources.Graded
}

// take places a list of milestones in the calendar. False: it cannot be read.
func (c *calendar) take(list []gh.Milestone) bool {
	c.titles, c.matching = map[string]bool{}, map[string]time.Time{}
	var own []gh.Milestone
	for _, m := range list {
		if m.GetID() <= 0 || m.GetNumber() <= 0 || m.GetCreatedAt().IsZero() || m.GetTitle() == "" ||
			m.GetState() != "open" && (m.GetState() != "closed" || m.GetClosedAt().IsZero()) {
			return false
		}
		c.titles[m.GetTitle()] = true
		if like(c.query.Milestone, m.GetTitle()) {
			own = append(own, m)
			c.matching[m.GetTitle()] = c.handover(m)
		}
	}
	for _, m := range own {
		r, before := c.place(m, own)
		if !c.shows(r) {
			continue
		}
		if before.IsZero() {
			before = r.start
		}
		if floor := c.window.Start().Add(-earlier); before.Before(floor) {
			before = floor
			if r.start.Before(floor) {
				r.graded = r.graded.Worse(sources.Graded{Grade: sources.Approximate,
					Reason: "it began long before these weeks; what was in it on " + sources.DayOf(floor.In(c.zone())).String() + " counts as committed to"})
				r.planned = later(r.planned, floor)
			}
		}
		if c.horizon.IsZero() || before.Before(c.horizon) {
			c.horizon = before
		}
		c.runs = append(c.runs, r)
	}
	return true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (c *calendar) zone() *time.Location { return c.window.Zone.Location() }

// due returns the day that a milestone is due, a zero one for none. GitHub
// keeps it as an instant whose date in UTC is meant.
func due(m gh.Milestone) sources.Day {
	if m.GetDueOn().IsZero() {
		return sources.Day{}
	}
	return sources.DayOf(m.GetDueOn().UTC())
}

// handover returns from when on a move out of a milestone into the next one is
// what closing a sprint with open issues is elsewhere: from its due day, or its
// close if that is earlier.
func (c *calendar) handover(m gh.Milestone) time.Time {
	at, closed := time.Time{}, m.GetClosedAt().Time
	if d := due(m); !d.IsZero() {
		at = d.Time(c.zone())
	}
	if at.IsZero() || !closed.IsZero() && closed.Before(at) {
		at = closed
	}
	return at
}

// Reasons why the start of a sprint is a guess.
const (
	noBefore  = "no milestone like it was due before, so it counts from its creation"
	madeLater = "it was made after the one before it was due, so it counts from its creation"
	closedOff = "it was closed before it should have begun, so it counts from its creation"
)

// place finds when a milestone began: on the day after the last one of its
// pattern that was due before it, else with its creation. before is when the
// handover of that last one began; zero: there is none.
func (c *calendar) place(m gh.Milestone, own []gh.Milestone) (r run, before time.Time) {
	created, closed := m.GetCreatedAt().Time, m.GetClosedAt().Time
	var last sources.Day
	if d := due(m); !d.IsZero() {
		for _, o := range own {
			if od := due(o); !od.IsZero() && od.Compare(d) < 0 && (last.IsZero() || od.Compare(last) > 0) {
				last = od
			}
		}
	}
	r = run{Milestone: m, start: created, end: c.window.Now, state: sources.Active, graded: sources.Whole()}
	guess := noBefore
	if !last.IsZero() {
		guess, before = "", last.Time(c.zone())
		begin := last.Add(1).Time(c.zone())
		switch {
		case !created.Before(last.Add(2).Time(c.zone())):
			guess = madeLater
		case !closed.IsZero() && !closed.After(begin):
			guess = closedOff
		default:
			r.start = begin
		}
	}
	if guess != "" {
		r.graded = sources.Graded{Grade: sources.Approximate, Reason: guess}
	}
	if !closed.IsZero() && !closed.After(c.window.Now) {
		r.end, r.state = closed, sources.Closed
	}
	r.planned = sources.DayOf(r.start.In(c.zone())).Add(1).Time(c.zone()).Add(-time.Second)
	if r.planned.After(r.end) {
		r.planned = r.end
	}
	return r, before
}

// shows reports whether a sprint belongs to the window. One that was due before
// it and is still open is a forgotten one.
func (c *calendar) shows(r run) bool {
	switch d := due(r.Milestone); {
	case r.start.After(c.window.Now):
		return false
	case r.state == sources.Closed:
		return c.window.Holds(r.end)
	default:
		return d.IsZero() || !d.Add(1).Time(c.zone()).Before(c.window.Start())
	}
}

// told reads what happened in the sprints of one repository: the issues that
// are in each now, and the repository's events, which also tell of those that
// were taken out.
func (h *hub) told(ctx context.Context, c calendar) ([]sources.Sprint, error) {
	if len(c.runs) == 0 {
		return nil, nil
	}
	issues := map[int]issue{}
	for _, r := range c.runs {
		if err := h.inMilestone(ctx, c.repo, r.Milestone, issues); err != nil {
			return nil, err
		}
	}
	events, graded, err := h.happened(ctx, c.repo, c.horizon)
	if err != nil {
		return nil, err
	}
	if len(c.query.Labels) > 0 {
		graded = graded.Worse(sources.Graded{Grade: sources.Approximate, Reason: "its issues are those that have the label today"})
	}
	threads := c.threads(issues, events)
	for i := range threads {
		if t := &threads[i]; slices.ContainsFunc(c.runs, func(r run) bool { return t.untold.After(r.start) && t.touches(r.GetTitle()) }) {
			if err := h.earlierClose(ctx, t); err != nil {
				return nil, err
			}
		}
	}
	sprints := make([]sources.Sprint, len(c.runs))
	for i, r := range c.runs {
		r.graded = r.graded.Worse(graded)
		sprints[i] = h.sprint(c, r, threads)
	}
	return sprints, nil
}

// inMilestone adds the issues that are in a milestone now.
func (h *hub) inMilestone(ctx context.Context, repo Repo, m gh.Milestone, into map[int]issue) error {
	list, err := h.walk(ctx, walk{repo: repo, filter: url.Values{"state": {"all"}, "milestone": {strconv.Itoa(m.GetNumber())}}})
	if err != nil {
		return err
	}
	if counted := m.GetOpenIssues() + m.GetClosedIssues(); len(list) == 0 && counted > 0 {
		return h.shortOf(counted, m.GetTitle(), repo)
	}
	for _, i := range list {
		into[i.GetNumber()] = i
	}
	return nil
}

// happened reads the events of a repository back to a time. Where the token
// may not read them, what is known without them is partial.
func (h *hub) happened(ctx context.Context, repo Repo, since time.Time) ([]event, sources.Graded, error) {
	events, err := newest(ctx, h, repo, eventList, since)
	if web.Status(err) == http.StatusForbidden {
		return nil, sources.Graded{Grade: sources.Partial, Reason: "the events of its issues are not shown to this token, so nobody can tell what came in later or was taken out"}, nil
	}
	return events, sources.Whole(), err
}

// sprint returns one sprint with every issue that was ever in it.
func (h *hub) sprint(c calendar, r run, threads []thread) sources.Sprint {
	s := sources.Sprint{
		Evidence: sources.Evidence{Source: h.name, Ref: title(r.GetTitle()), URL: page(r.GetHTMLURL())},
		ID:       r.GetID(), Name: title(r.GetTitle()), Board: c.repo.String(), State: r.state,
		Start: r.start.UTC(), Graded: r.graded,
	}
	if d := due(r.Milestone); !d.IsZero() {
		s.End = d.Add(1).Time(c.zone()).Add(-time.Second).UTC()
	}
	if r.state == sources.Closed {
		s.Completed = r.end.UTC()
	}
	doubtful := 0
	for _, t := range threads {
		told, ok := c.passage(r, t)
		if (t.doubt || t.untold.After(r.start)) && (ok || t.touches(r.GetTitle())) {
			doubtful++
		}
		if ok {
			told.Evidence = sources.Evidence{Source: h.name, Ref: t.ref(), URL: page(t.GetHTMLURL())}
			told.Title = title(t.GetTitle())
			s.Issues = append(s.Issues, told)
		}
	}
	if doubtful > 0 {
		s.Graded = s.Worse(sources.Graded{Grade: sources.Approximate,
			Reason: fmt.Sprintf("the events of %d of its issues do not tell all; some may have been deleted, or be too old", doubtful)})
	}
	return s
}

// passage tells an issue's part in a sprint, if it has one. What was given up
// left the sprint at that moment.
func (c *calendar) passage(r run, t thread) (sources.SprintIssue, bool) {
	name := r.GetTitle()
	in := func(s standing) bool { return s.milestone == name && !s.givenUp }
	started := !t.GetCreatedAt().After(r.planned) && in(t.at(r.planned))
	var came, left *turn
	for i, x := range t.turns {
		switch {
		case x.at.After(r.end):
		case !in(x.was) && in(x.is) && (started == !x.at.After(r.planned)) && (started || came == nil):
			came = &t.turns[i]
		}
		if !x.at.After(r.end) && in(x.was) && !in(x.is) {
			left = &t.turns[i]
		}
	}
	born := !started && came == nil && t.GetCreatedAt().After(r.planned) && !t.GetCreatedAt().After(r.end) && in(t.at(t.GetCreatedAt().Time))
	if !started && came == nil && !born {
		return sources.SprintIssue{}, false
	}
	before := !t.GetCreatedAt().After(r.start) && t.at(r.start).done
	told := sources.SprintIssue{Committed: started && !before, Added: !started}
	if came != nil && !came.is.done {
		over, known := c.matching[came.was.milestone]
		told.CarriedIn = known && !over.IsZero() && came.was.milestone != name && !came.at.Before(over)
	}
	last := t.at(r.end)
	if !in(last) && left != nil && c.handedOn(r, *left) {
		last = left.was
	}
	switch {
	case before && !t.worked(r):
		told.Outcome = sources.CompletedOutside
	case !in(last):
		told.Outcome = sources.Removed
	case last.done:
		told.Outcome = sources.Completed
	default:
		told.Outcome = sources.NotCompleted
	}
	return told, true
}

// handedOn reports whether a turn is a move into another sprint when this one
// was due: so people close a sprint where the tracker has no button for it.
func (c *calendar) handedOn(r run, x turn) bool {
	_, known := c.matching[x.is.milestone]
	d := due(r.Milestone)
	return known && x.is.milestone != r.GetTitle() && !d.IsZero() && !x.at.Before(d.Time(c.zone()))
}

// like reports whether a milestone's title fits a pattern, in any case; a "*"
// stands for anything.
func like(pattern, title string) bool {
	parts := strings.Split(strings.ToLower(pattern), "*")
	rest := strings.ToLower(title)
	if len(parts) == 1 {
		return rest == parts[0]
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(rest, first) {
		return false
	}
	rest = rest[len(first):]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, last)
}
