package jira

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// items answers questions about goals and quality.
func (s *source) items(ctx context.Context, w sources.Window, q sources.Query) ([]sources.Item, error) {
	asks := s.goal
	switch q.Noun {
	case sources.Goals:
	case sources.Quality:
		asks = s.quality
	default:
		return nil, sources.Unansweredf("%s cannot tell about %s", s.name, q.Noun)
	}
	parsed, err := parse(q.Text)
	if err != nil {
		return nil, err
	}
	st, err := s.at(ctx)
	if err != nil {
		return nil, err
	}
	est, err := s.estimate(st)
	if err != nil {
		return nil, err
	}
	return asks(ctx, reader{s, st, est, w}, parsed)
}

// A reader turns issues into items for one window.
type reader struct {
	source *source
	site   *site
	est    estimate
	window sources.Window
}

// quality returns the bugs that were open in the window or closed in it.
func (s *source) quality(ctx context.Context, r reader, q query) ([]sources.Item, error) {
	w := r.window
	rows, err := s.search(ctx, r.site, s.current(r.site, w, q), r.est.ids()...)
	if err != nil {
		return nil, err
	}
	logs, err := s.changes(ctx, r.site, touched(rows, w))
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, row := range rows {
		it, ok := r.item(row, logs[row.ID], sources.Whole())
		it.Scope = []sources.Span{{From: row.Created.Time}}
		closedBefore := slices.ContainsFunc(it.Done, func(d sources.Span) bool { return d.To.IsZero() && d.From.Before(w.Start()) })
		if ok && !closedBefore {
			items = append(items, it)
		}
	}
	return sorted(items), nil
}

// current narrows a query to what can matter to a window: open issues, and
// those that were changed since it began.
func (s *source) current(st *site, w sources.Window, q query) string {
	return fmt.Sprintf("(%s) AND (updated >= %s OR statusCategory != Done)", q.on(st), since(w.Start()))
}

// touched returns the issues whose state in the window was not always the
// present one.
func touched(rows []issue, w sources.Window) []issue {
	return slices.DeleteFunc(slices.Clone(rows), func(i issue) bool { return !i.touched(w.Start()) })
}

// goal returns the issues that belonged to a goal's scope in the window.
func (s *source) goal(ctx context.Context, r reader, q query) ([]sources.Item, error) {
	w := r.window
	rows, err := s.search(ctx, r.site, q.on(r.site), r.est.ids()...)
	if err != nil {
		return nil, err
	}
	var around haul
	g, rebuilt := q.goal()
	if rebuilt {
		if around, err = s.recently(ctx, r, projectsOf(rows, g.project())); err != nil {
			return nil, err
		}
	}
	logs, left, err := s.split(ctx, r, rows, around)
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	graded := r.est.graded
	if !rebuilt {
		graded = graded.Worse(sources.Graded{Grade: sources.Approximate,
			Reason: "the past of this query cannot be rebuilt, so each issue counts from its creation"})
	}
	is := g.among(rows)
	fields := g.fields(r.site)
	add := func(row issue, member bool) {
		log := logs[row.ID]
		it, ok := r.item(row, log, graded)
		scope := []sources.Span{{From: row.Created.Time}}
		if rebuilt {
			scope = membership(member, changesOf(log, fields...), row.Created.Time, w.Now, is)
		}
		wontDo := r.wontDo(row, log)
		it.Scope = reaching(w.Start(), without(scope, wontDo))
		it.Done = reaching(w.Start(), without(it.Done, wontDo))
		if ok && len(it.Scope) > 0 {
			items = append(items, it)
		}
	}
	for _, row := range rows {
		add(row, true)
	}
	for _, row := range left {
		add(row, false)
	}
	return sorted(items), nil
}

// A haul is what one search brought: issues, and the changelogs of those that
// were touched in the window.
type haul struct {
	rows []issue
	logs map[string][]change
}

// recently returns the issues of some projects that were changed in the
// window. Those that left a goal are found only among them. It is the same
// for every goal of the projects, and fetched once.
func (s *source) recently(ctx context.Context, r reader, projects []string) (haul, error) {
	if len(projects) == 0 {
		return haul{}, nil
	}
	jql := "project in (" + quoted(projects) + ") AND updated >= " + since(r.window.Start())
	return s.once(jql).get(ctx, func(ctx context.Context) (haul, error) {
		rows, err := s.search(ctx, r.site, jql, r.est.ids()...)
		if err != nil {
			return haul{}, err
		}
		rows = touched(rows, r.window)
		logs, err := s.changes(ctx, r.site, rows)
		return haul{rows, logs}, err
	})
}

// once returns the place of a haul that several questions share.
func (s *source) once(jql string) *shared[haul] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hauls[jql] == nil {
		s.hauls[jql] = new(shared[haul])
	}
	return s.hauls[jql]
}

// split returns the changelogs of a goal's members and of the issues around
// it, and which of the latter are no members.
func (s *source) split(ctx context.Context, r reader, members []issue, around haul) (logs map[string][]change, others []issue, err error) {
	in := map[string]bool{}
	for _, m := range members {
		in[m.ID] = true
	}
	missing := slices.DeleteFunc(touched(members, r.window), func(i issue) bool { _, has := around.logs[i.ID]; return has })
	if logs, err = s.changes(ctx, r.site, missing); err != nil {
		return nil, nil, err
	}
	maps.Copy(logs, around.logs)
	return logs, slices.DeleteFunc(slices.Clone(around.rows), func(i issue) bool { return in[i.ID] }), nil
}

// projectsOf lists the projects of issues, and further ones, in order.
func projectsOf(rows []issue, more ...string) []string {
	projects := slices.Clone(more)
	for _, row := range rows {
		projects = append(projects, string(row.Project.Key))
	}
	slices.Sort(projects)
	return slices.DeleteFunc(slices.Compact(projects), func(p string) bool { return p == "" })
}

// among returns the test for the goal in a changelog's value. Members that
// point to it also tell its id, which holds when its name was another.
func (g goal) among(members []issue) func(value) bool {
	ids := map[string]bool{g.value: true}
	for _, m := range members {
		refs := m.FixVersions
		if !g.version {
			refs = nil
			if m.Parent != nil {
				refs = []ref{*m.Parent}
			}
		}
		for _, r := range refs {
			if v := r.value(); v.id != "" && strings.EqualFold(v.text, g.value) {
				ids[v.id] = true
			}
		}
	}
	return func(v value) bool { return v.id != "" && ids[v.id] || strings.EqualFold(v.text, g.value) }
}

// fields returns where changelogs tell of membership. Cloud writes a move to
// an epic twice, a few milliseconds apart.
func (g goal) fields(st *site) []fieldRef {
	if g.version {
		return []fieldRef{versionField}
	}
	fields := []fieldRef{{"", "IssueParentAssociation"}, {"parent", "Parent"}, {"", "Epic Link"}, {"", "Parent Link"}}
	for _, f := range st.ofType(epicLinkType) {
		fields = append(fields, f.ref())
	}
	return fields
}

// wontDo returns when an issue was closed as not to be done.
func (r reader) wontDo(row issue, log []change) []sources.Span {
	is := func(v value) bool { return v.text != "" && holdsFold(r.source.settings.wontDo(), v.text) }
	if !row.touched(r.window.Start()) {
		if !is(row.Resolution.value()) {
			return nil
		}
		return []sources.Span{{From: row.settled()}}
	}
	return spans(row.Resolution.value(), changesOf(log, resolutionField), row.Created.Time, r.window.Now, is)
}

// settled returns when an issue that was not touched since came to its end:
// when it was resolved or, where the workflow sets no resolution, at its last
// change.
func (i issue) settled() time.Time {
	if r := i.ResolutionDate.Time; !r.IsZero() && r.Before(i.Updated.Time) {
		return r
	}
	return i.Updated.Time
}

// item tells an issue, but for its scope. It is not ok if the issue came
// after the window's now.
func (r reader) item(row issue, log []change, graded sources.Graded) (it sources.Item, ok bool) {
	now := r.window.Now
	it = sources.Item{
		Evidence: r.source.evidence(r.site, row.Key), Kind: sources.Issue, Type: sources.OneLine(row.Type.Name, 60), Title: row.title(),
		Created: row.Created.Time, Points: row.pointsAt(r.est, log, now),
	}
	moves := changesOf(log, statusField)
	switch isDone := r.site.doneFor(row); {
	case len(moves) == 0 && isDone(row.Status.value()) && row.resolvedLater():
		it.Done = []sources.Span{{From: row.settled()}}
		if row.touched(r.window.Start()) {
			graded = graded.Worse(sources.Graded{Grade: sources.Approximate,
				Reason: "jira tells no history of its status, so it counts as done since it was resolved"})
		}
	case row.touched(r.window.Start()):
		it.Done = reaching(r.window.Start(), spans(row.Status.value(), moves, row.Created.Time, now, isDone))
	case isDone(row.Status.value()):
		it.Done = []sources.Span{{From: row.settled()}}
	}
	it.Graded = graded.Worse(r.site.known(row, moves, r.window.Start()))
	return it, !row.Created.After(now)
}

func (i issue) title() string { return sources.OneLine(string(i.Summary), 250) }

// categoryFor returns the categories of statuses as one issue shows them: it
// knows that of its own status best.
func (st *site) categoryFor(row issue) func(value) category {
	return func(v value) category {
		if v.id == row.Status.ID && row.Status.Category.Key != "" {
			return row.Status.Category.Key
		}
		return st.category(v)
	}
}

// doneFor returns the test for a status of the category Done.
func (st *site) doneFor(row issue) func(value) bool {
	of := st.categoryFor(row)
	return func(v value) bool { return of(v) == done }
}

// known grades an issue that was in a status, at or after an instant, of
// which nobody can say any more what it meant.
func (st *site) known(row issue, moves []change, since time.Time) sources.Graded {
	of := st.categoryFor(row)
	for _, c := range moves {
		for _, v := range []value{c.from, c.to} {
			if !c.at.Before(since) && of(v) == "" {
				return sources.Graded{Grade: sources.Approximate,
					Reason: fmt.Sprintf("the status %q is no more, so it is not known whether it meant done", sources.OneLine(cmp.Or(v.text, v.id), 60))}
			}
		}
	}
	return sources.Whole()
}

// sorted puts items in the order of their keys.
func sorted(items []sources.Item) []sources.Item {
	slices.SortFunc(items, func(a, b sources.Item) int { return compareKeys(a.Ref, b.Ref) })
	return items
}

// compareKeys orders issue keys by project, then by number.
func compareKeys(a, b string) int {
	pa, na, _ := strings.Cut(a, "-")
	pb, nb, _ := strings.Cut(b, "-")
	if pa != pb {
		return strings.Compare(pa, pb)
	}
	if len(na) != len(nb) {
		return len(na) - len(nb)
	}
	return strings.Compare(na, nb)
}
