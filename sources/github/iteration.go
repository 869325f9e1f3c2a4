package github

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
)

// A timetable is a project's field of iterations, with those that are over.
type timetable struct {
	project    board // without its items
	field      string
	iterations []iteration
}

// An iteration is one choice of such a field. It has days and no hours.
type iteration struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	StartDate string `json:"startDate"`
	Duration  int    `json:"duration"` // in days
}

// A fielded project is one with its fields. All but those of iterations are
// empty.
type fielded struct {
	board
	Fields connection[struct {
		Name          string `json:"name"`
		Configuration *struct {
			Iterations []iteration `json:"iterations"`
			Completed  []iteration `json:"completedIterations"`
		} `json:"configuration"`
	}] `json:"fields"`
}

// A project has fewer fields than fit on a page.
const fieldQuery = `query($owner:String!,$number:Int!){
rateLimit{cost remaining}
found:repositoryOwner(login:$owner){... on ProjectV2Owner{projectV2(number:$number){
title url closed
fields(first:100){totalCount pageInfo{hasNextPage endCursor} nodes{... on ProjectV2IterationField{name
configuration{iterations{id title startDate duration} completedIterations{id title startDate duration}}}}}}}}}`

const iterationQuery = `query($owner:String!,$number:Int!,$first:Int!,$after:String,$field:String!){
rateLimit{cost remaining}
found:repositoryOwner(login:$owner){... on ProjectV2Owner{projectV2(number:$number){
title url closed
items(first:$first,after:$after){totalCount pageInfo{hasNextPage endCursor} nodes{
iteration:fieldValueByName(name:$field){... on ProjectV2ItemFieldIterationValue{iterationId updatedAt}}` + rowParts + `}}}}}}`

// fieldsOf is what the fields of a project are remembered by.
func (p Project) fieldsOf() string { return p.key() + " fields" }

// fields reads the fields of a project once.
func (h *hub) fields(ctx context.Context, p Project) (fielded, error) {
	return remember(ctx, &h.kept, p.fieldsOf(), func() (fielded, error) {
		f, err := ofProject[fielded](ctx, h, p, fieldQuery, nil)
		if err == nil && (f.Fields.Nodes == nil || f.Fields.PageInfo.HasNextPage) {
			err = h.unreadable(p)
		}
		return f, err
	})
}

// timetable returns the iterations of the field that a query names, or of the
// only one that there is.
func (h *hub) timetable(ctx context.Context, q Query) (timetable, error) {
	f, err := h.fields(ctx, q.Project)
	if err != nil {
		return timetable{}, err
	}
	var found []timetable
	var names []string
	for _, field := range f.Fields.Nodes {
		if field == nil || field.Name == "" {
			continue
		}
		if field.Configuration == nil || field.Configuration.Iterations == nil || field.Configuration.Completed == nil {
			return timetable{}, h.unreadable(q.Project)
		}
		names = append(names, strconv.Quote(sources.OneLine(field.Name, 40)))
		if q.Field == "" || strings.EqualFold(q.Field, field.Name) {
			all := slices.Concat(field.Configuration.Completed, field.Configuration.Iterations)
			found = append(found, timetable{f.board, field.Name, all})
		}
	}
	switch {
	case len(names) == 0:
		return timetable{}, refuse("%s has no field of iterations in %s", h.name, q.Project)
	case len(found) == 0:
		return timetable{}, refuse("%s has no field of iterations %q in %s; there is %s", h.name, sources.OneLine(q.Field, 40), q.Project, strings.Join(names, ", "))
	case len(found) > 1:
		return timetable{}, refuse("%s has several fields of iterations in %s; name one of them by field: there is %s", h.name, q.Project, strings.Join(names, ", "))
	}
	return found[0], nil
}

// A lap is an iteration with its place in time.
type lap struct {
	iteration
	start   time.Time
	planned time.Time // the last second of its first day: what is in it then was committed to
	end     time.Time // its last second
	state   sources.SprintState
}

// place finds when an iteration was, by its days in the window's zone. False: it
// cannot be read.
func (i iteration) place(w sources.Window) (lap, bool) {
	first, err := sources.ParseDay(i.StartDate)
	if err != nil || i.ID == "" || i.Duration < 1 || i.Duration > 3660 {
		return lap{}, false
	}
	zone := w.Zone.Location()
	l := lap{
		iteration: i, start: first.Time(zone), planned: first.Add(1).Time(zone).Add(-time.Second),
		end: first.Add(i.Duration).Time(zone).Add(-time.Second), state: sources.Active,
	}
	if l.end.Before(w.Now) {
		l.state = sources.Closed
	}
	return l, true
}

// laps returns the iterations that belong to a window and fit the query's
// pattern.
func (h *hub) laps(q Query, t timetable, w sources.Window) ([]lap, error) {
	known := false
	var laps []lap
	for _, i := range t.iterations {
		l, ok := i.place(w)
		if !ok {
			return nil, h.unreadable(q.Project)
		}
		if q.Iteration != "" && !like(q.Iteration, i.Title) {
			continue
		}
		known = true
		if !l.start.After(w.Now) && (l.state == sources.Active || w.Holds(l.end)) {
			laps = append(laps, l)
		}
	}
	if !known {
		return nil, refuse("%s has no iteration like %q in %s", h.name, sources.OneLine(cmp.Or(q.Iteration, "*"), 60), q.Project)
	}
	return laps, nil
}

// iterationSprints returns the iterations of a project that ended in the window,
// and the one that runs.
func (h *hub) iterationSprints(ctx context.Context, w sources.Window, q Query) ([]sources.Sprint, error) {
	t, err := h.timetable(ctx, q)
	if err != nil {
		return nil, err
	}
	laps, err := h.laps(q, t, w)
	if err != nil || len(laps) == 0 {
		return nil, err
	}
	b, err := remember(ctx, &h.kept, q.Project.key()+" by "+t.field, func() (board, error) {
		return h.allRows(ctx, q.Project, iterationQuery, map[string]any{"field": t.field})
	})
	if err != nil {
		return nil, err
	}
	hidden, err := h.hiddenIn(q.Project, b)
	if err != nil {
		return nil, err
	}
	var all []sources.Sprint
	for _, l := range laps {
		s, ok := h.iterationSprint(q, b, l)
		if !ok {
			return nil, h.unreadable(q.Project)
		}
		s.Graded = s.Worse(hidden)
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b sources.Sprint) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// Reasons why an iteration is not exact. GitHub's timelines tell when an issue
// came into a project, left it, or changed its status there, but nothing of its
// iteration, and the field tells its present value and when that was set. So one
// that is over shows what was done and not what was moved on: that says nothing of
// the share, unless somebody looked while it ran and remembers.
const (
	runningLap = "GitHub does not tell what was in an iteration before: what was set after the first day counts as added, and what was taken out is not seen"
	endedLap   = "GitHub does not tell what was taken out of an iteration or moved on from it, and nobody looked while it ran"
)

// iterationSprint returns one iteration with everything that has it as the value
// of its field today. False: something of it cannot be read.
func (h *hub) iterationSprint(q Query, b board, l lap) (sources.Sprint, bool) {
	s := sources.Sprint{
		Evidence: sources.Evidence{Source: h.name, Ref: title(l.Title), URL: page(b.URL)},
		ID:       iterationNumber(l.ID), Name: title(l.Title), Board: q.Project.String(), State: l.state,
		Start: l.start.UTC(), End: l.end.UTC(),
		Graded: sources.Graded{Grade: sources.Approximate, Reason: runningLap},
	}
	if l.state == sources.Closed {
		s.Completed, s.Graded = s.End, sources.Graded{Reason: endedLap}
	}
	for _, row := range b.Items.Nodes {
		if row.Iteration == nil || row.Iteration.ID != l.ID || row.Content == nil || q.Pulls != (row.Content.Kind == "PullRequest") {
			continue
		}
		item, ok := h.projectItem(q.Project, b, row)
		if !ok || row.Iteration.UpdatedAt.IsZero() {
			return sources.Sprint{}, false
		}
		if told, ok := l.passage(item, later(row.CreatedAt, row.Iteration.UpdatedAt)); ok {
			s.Issues = append(s.Issues, told)
		}
	}
	slices.SortFunc(s.Issues, func(a, b sources.SprintIssue) int { return cmp.Compare(a.Ref, b.Ref) })
	return s, true
}

// passage tells an item's part in an iteration, if it has one. set is when it
// was last put into it; before that nobody knows. What was set by the end of the
// first day was in it then. What is set after the iteration is over is taken for
// work that came in while it ran, and was noted late, unless it was only made
// later.
func (l lap) passage(item sources.Item, set time.Time) (sources.SprintIssue, bool) {
	came := later(item.Created, set)
	var done, ended time.Time
	if len(item.Done) > 0 {
		done = item.Done[0].From
	}
	if len(item.Scope) > 0 {
		ended = item.Scope[0].To
	}
	added := came.After(l.planned)
	switch {
	case item.Created.After(l.end), len(item.Scope) == 0: // made later, or given up before it was taken in
		return sources.SprintIssue{}, false
	case !ended.IsZero() && !ended.After(later(came, l.planned)): // given up before it was in it
		return sources.SprintIssue{}, false
	}
	before := !done.IsZero() && !done.After(l.start)
	told := sources.SprintIssue{Evidence: item.Evidence, Title: item.Title, Committed: !added && !before, Added: added}
	switch {
	case before:
		told.Outcome = sources.CompletedOutside
	case !ended.IsZero() && !ended.After(l.end):
		told.Outcome = sources.Removed
	case !done.IsZero() && !done.After(l.end):
		told.Outcome = sources.Completed
	default:
		told.Outcome = sources.NotCompleted
	}
	return told, true
}

// exactIntegers is how many whole numbers every reader of JSON tells apart.
const exactIntegers = 1 << 53

// iterationNumber returns the number by which an iteration is known, and
// remembered after it is over. GitHub's own name of an iteration is eight
// hexadecimal digits, which stay when its title or its days are changed: that
// name is read as a number, so no two iterations of a field share one. GitHub
// promises only that it is a text; another one is hashed, into numbers that
// those digits do not reach. Where a program replaces the iterations of a field,
// all of them get new names, and so new numbers.
func iterationNumber(id string) int64 {
	if n, err := strconv.ParseUint(id, 16, 32); err == nil && len(id) == 8 && n > 0 {
		return int64(n)
	}
	hash := fnv.New64a()
	fmt.Fprint(hash, id)
	return int64(hash.Sum64()%(exactIntegers/2) + exactIntegers/2)
}
