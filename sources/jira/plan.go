package jira

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"preread/sources"
)

// plan returns the dates that Jira itself gives a goal: those of its fix
// version and of the versions of its issues, and the due date of its epic or
// initiative. It asks for nothing that the goal's items did not.
func (s *source) plan(ctx context.Context, w sources.Window, q sources.Query) (sources.Plan, error) {
	parsed, err := parse(q.Text)
	if err != nil {
		return sources.Plan{}, err
	}
	r, err := s.reader(ctx, w)
	if err != nil {
		return sources.Plan{}, err
	}
	t, err := s.tree(ctx, r, parsed)
	if err != nil {
		return sources.Plan{}, err
	}
	versions := r.versions(t)
	if g, ok := parsed.goal(); ok && g.version && !slices.ContainsFunc(versions, g.names) {
		return sources.Plan{}, sources.Unansweredf("no issue is planned for version %s by now, so its release date is not known", sources.OneLine(g.value, 60))
	}
	var list []sources.Milestone
	for _, v := range versions {
		m, err := r.release(v)
		if err != nil {
			return sources.Plan{}, err
		}
		list = append(list, m)
	}
	if t.head != nil && t.head.Due != "" {
		due, err := s.day(t.head.Due)
		if err != nil {
			return sources.Plan{}, err
		}
		list = append(list, sources.Milestone{Evidence: s.evidence(r.site, t.head.Key), Title: t.head.title(), Due: due, Done: r.site.doneAt(t.head.Status)})
	}
	slices.SortFunc(list, func(a, b sources.Milestone) int {
		return cmp.Or(compareDue(a.Due, b.Due), strings.Compare(a.Title, b.Title), strings.Compare(a.URL, b.URL))
	})
	return sources.Plan{Milestones: list}, nil
}

// compareDue orders days, those that are not set last.
func compareDue(a, b sources.Day) int {
	if a.IsZero() != b.IsZero() {
		return map[bool]int{true: 1, false: -1}[a.IsZero()]
	}
	return a.Compare(b)
}

// A planned is a version with the project that it is one of.
type planned struct {
	version
	project string
}

// names reports whether the version is the one that the goal is.
func (g goal) names(v planned) bool {
	return strings.EqualFold(string(v.Name), g.value) || string(v.ID) == g.value
}

// versions lists the versions of what belongs to the goal now, each once.
func (r reader) versions(t tree) []planned {
	var list []planned
	for _, m := range t.members {
		if !sources.Within(m.scope, r.window.Now) {
			continue
		}
		for _, v := range m.row.FixVersions {
			if !slices.ContainsFunc(list, func(o planned) bool { return o.ID == v.ID }) {
				list = append(list, planned{v, string(m.row.Project.Key)})
			}
		}
	}
	return list
}

// release tells of a version as of a step.
func (r reader) release(v planned) (sources.Milestone, error) {
	m := sources.Milestone{Title: sources.OneLine(string(v.Name), 120), Done: v.Released}
	m.Evidence = sources.Evidence{Source: r.source.name, Ref: m.Title,
		URL: r.site.web + "/projects/" + url.PathEscape(v.project) + "/versions/" + url.PathEscape(string(v.ID))}
	if v.Release == "" {
		return m, nil
	}
	var err error
	m.Due, err = r.source.day(v.Release)
	return m, err
}

// day reads a date as Jira writes it, without a zone.
func (s *source) day(t text) (d sources.Day, err error) {
	if d.UnmarshalText([]byte(t)) != nil {
		return sources.Day{}, s.unreadable()
	}
	return d, nil
}
