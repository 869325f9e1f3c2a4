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
	r, err := s.reader(ctx, w)
	if err != nil {
		return nil, err
	}
	return asks(ctx, r, parsed)
}

// A reader turns issues into items for one window.
type reader struct {
	source *source
	site   *site
	est    estimate
	flags  []field // where a flag is put on an issue
	window sources.Window
}

// reader returns what answers a question about items.
func (s *source) reader(ctx context.Context, w sources.Window) (reader, error) {
	st, err := s.at(ctx)
	if err != nil {
		return reader{}, err
	}
	est, err := s.estimate(st)
	if err != nil {
		return reader{}, err
	}
	flags, err := s.flags(st)
	return reader{s, st, est, flags, w}, err
}

// fields are those that an item's figures are read from, beside those that
// every search asks for.
func (r reader) fields() []string {
	ids := append(r.est.ids(), "issuelinks")
	for _, f := range r.flags {
		ids = append(ids, f.ID)
	}
	for _, f := range r.site.above() {
		ids = append(ids, f.ID)
	}
	return append(ids, r.site.sprintFields()...)
}

// quality returns the bugs that were open in the window or closed in it.
func (s *source) quality(ctx context.Context, r reader, q query) ([]sources.Item, error) {
	w := r.window
	rows, err := s.search(ctx, r.site, s.current(r.site, w, q), r.fields()...)
	if err != nil {
		return nil, err
	}
	logs, err := s.changes(ctx, r.site, touched(rows, w))
	if err != nil {
		return nil, err
	}
	blockers, err := r.blockers(ctx, rows, haul{rows: rows, logs: logs})
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, row := range rows {
		it, ok := r.item(row, logs[row.ID], blockers, sources.Whole())
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

// A haul is what searches brought: issues, and the changelogs of those that
// were touched in the window.
type haul struct {
	rows     []issue
	logs     map[string][]change
	projects []string       // of which every issue that was touched is there
	window   sources.Window // in which it was
}

// with returns what two hauls have together. Of a changelog that came twice the
// longer one counts.
func (h haul) with(o haul) haul {
	both := haul{unique(slices.Concat(h.rows, o.rows)), maps.Clone(h.logs), slices.Concat(h.projects, o.projects), h.window}
	if both.logs == nil {
		both.logs = map[string][]change{}
	}
	for id, log := range o.logs {
		if before, has := both.logs[id]; !has || len(log) > len(before) {
			both.logs[id] = log
		}
	}
	return both
}

// recently returns the issues of some projects that were changed in the
// window. Those that left a goal are found only among them. It is the same
// for every goal of the projects, and fetched once.
func (s *source) recently(ctx context.Context, r reader, projects []string) (haul, error) {
	if len(projects) == 0 {
		return haul{}, nil
	}
	h, err := s.touchedIn(ctx, r, "project in ("+quoted(projects)+")")
	h.projects, h.window = projects, r.window
	return h, s.rejected(err)
}

// elsewhere narrows JQL to what the haul surely does not have: what is in other
// projects, was not touched in the window, or was again since this run began. A
// day is left at either edge, since Jira reads instants in the time zone of the
// token's user.
func (h haul) elsewhere() string {
	if len(h.projects) == 0 {
		return ""
	}
	return fmt.Sprintf(" AND (project not in (%s) OR updated < %s OR updated >= %s)",
		quoted(h.projects), since(h.window.Start().AddDate(0, 0, 2)), since(h.window.Now))
}

// touchedIn returns the issues of some JQL that were changed in the window.
func (s *source) touchedIn(ctx context.Context, r reader, jql string) (haul, error) {
	jql += " AND updated >= " + since(r.window.Start())
	return s.once(jql).get(ctx, func(ctx context.Context) (haul, error) {
		rows, err := s.find(ctx, r.site, jql, r.fields())
		if err != nil {
			return haul{}, err
		}
		rows = touched(rows, r.window)
		logs, err := s.changes(ctx, r.site, rows)
		return haul{rows: rows, logs: logs}, err
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

// projectsOf lists the projects of issues, and further ones, in order.
func projectsOf(rows []issue, more ...string) []string {
	projects := slices.Clone(more)
	for _, row := range rows {
		projects = append(projects, string(row.Project.Key))
	}
	slices.Sort(projects)
	return slices.DeleteFunc(slices.Compact(projects), func(p string) bool { return p == "" })
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
		return later(r, i.Created.Time)
	}
	return i.Updated.Time
}

// item tells an issue, but for its scope. It is not ok if the issue came
// after the window's now.
func (r reader) item(row issue, log []change, blockers blockers, graded sources.Graded) (it sources.Item, ok bool) {
	now := r.window.Now
	it = sources.Item{
		Evidence: r.source.evidence(r.site, row.Key), Kind: sources.Issue, Type: sources.OneLine(row.Type.Name, 60), Title: row.title(),
		Created: row.Created.Time, Points: row.pointsAt(r.est, log, now),
	}
	moves := changesOf(log, statusField)
	done, doubt := r.done(row, moves)
	it.Done = sources.Reaching(r.window.Start(), done)
	var unclear sources.Graded
	it.Blocked, unclear = r.blocked(row, log, done, blockers)
	it.Graded = graded.Worse(doubt).Worse(r.site.known(row, moves, r.window.Start())).Worse(unclear)
	return it, !row.Created.After(now)
}

// done returns when an issue was done.
func (r reader) done(row issue, moves []change) ([]sources.Span, sources.Graded) {
	touched, settled := row.touched(r.window.Start()), []sources.Span{{From: row.settled()}}
	switch isDone := r.site.doneFor(row); {
	case len(moves) == 0 && isDone(row.Status.value()) && row.resolvedLater() && touched:
		return settled, sources.Graded{Grade: sources.Approximate,
			Reason: "jira tells no history of its status, so it counts as done since it was resolved"}
	case touched:
		return spans(row.Status.value(), moves, row.Created.Time, r.window.Now, isDone), sources.Whole()
	case isDone(row.Status.value()):
		return settled, sources.Whole()
	}
	return nil, sources.Whole()
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
