package github

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
)

// iterations is the truth about the iterations of a project, as far as GitHub
// can tell it: what was moved elsewhere is lost, and what was moved in is there
// since its last move.
func (o *Org) iterations(a Ask, w sources.Window) []sources.Sprint {
	owner, number, _ := strings.Cut(a.Project, "/")
	n, _ := strconv.Atoi(number)
	p := o.project(owner, n)
	var all []sources.Sprint
	for _, f := range p.Fields {
		for _, i := range f.Iterations {
			fits := a.Iteration == ""
			if !fits {
				fits, _ = path.Match(strings.ToLower(a.Iteration), strings.ToLower(i.Title))
			}
			if first, last := i.days(w); fits && (a.Field == "" || a.Field == f.Name) && !first.After(w.Now) && !last.Before(w.Start()) {
				if s := o.iteration(a, w, f.Name, i); s.State == sources.Active || w.Holds(s.Completed) {
					s.Board, s.URL = a.Project, p.page(n)
					all = append(all, s)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b sources.Sprint) int { return a.Start.Compare(b.Start) })
	return all
}

// days returns the first and the last second of an iteration.
func (i Iteration) days(w sources.Window) (first, last time.Time) {
	zone := w.Zone.Location()
	return i.Start.Time(zone), i.Start.Add(i.Days).Time(zone).Add(-time.Second)
}

func (o *Org) iteration(a Ask, w sources.Window, field string, i Iteration) sources.Sprint {
	first, last := i.days(w)
	id, _ := strconv.ParseInt(i.ID, 16, 64)
	s := sources.Sprint{
		Evidence: sources.Evidence{Source: a.Source, Ref: i.Title}, ID: id, Name: i.Title, State: sources.Active,
		Start: first.UTC(), End: last.UTC(), Graded: approximate(),
	}
	if last.Before(w.Now) {
		s.State, s.Completed, s.Graded = sources.Closed, s.End, sources.Graded{} // what was moved on is not seen
	}
	owner, number, _ := strings.Cut(a.Project, "/")
	n, _ := strconv.Atoi(number)
	items := map[string]sources.Item{}
	for _, item := range o.inProject(a) {
		if item.Grade == sources.Partial && s.State == sources.Active {
			s.Graded = item.Graded
		}
		items[item.Ref] = item
	}
	for _, e := range o.project(owner, n).Entries {
		ref := a.Project + " " + e.Draft
		if e.Issue != nil {
			ref = e.evidence("").Ref
		}
		item, shown := items[ref]
		if move := e.moved(field); shown && move.To == i.ID {
			if told, ok := inIteration(item, later(e.Added, move.At), first, last); ok {
				s.Issues = append(s.Issues, told)
			}
		}
	}
	slices.SortFunc(s.Issues, func(a, b sources.SprintIssue) int { return strings.Compare(a.Ref, b.Ref) })
	return s
}

// inIteration tells the part of an item that is known to be in an iteration
// since an instant.
func inIteration(item sources.Item, since, first, last time.Time) (sources.SprintIssue, bool) {
	told := sources.SprintIssue{Evidence: item.Evidence, Title: item.Title}
	opening := first.AddDate(0, 0, 1).Add(-time.Second)
	told.Added = since.After(opening) || item.Created.After(opening)
	entered := opening
	if told.Added {
		entered = later(since, item.Created)
	}
	if len(item.Scope) == 0 || item.Created.After(last) {
		return told, false
	}
	over, given := item.Scope[0].To, !item.Scope[0].To.IsZero()
	if given && !over.After(entered) {
		return told, false
	}
	told.Outcome = sources.NotCompleted
	switch done := sources.Within(item.Done, last); {
	case sources.Within(item.Done, first):
		told.Outcome = sources.CompletedOutside
	case given && !over.After(last):
		told.Outcome = sources.Removed
	case done:
		told.Outcome = sources.Completed
	}
	told.Committed = !told.Added && told.Outcome != sources.CompletedOutside
	return told, true
}
