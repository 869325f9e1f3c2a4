package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// A tree is a goal with the issues that belonged to it.
type tree struct {
	head    *issue // the epic or initiative itself; nil: the goal is no issue
	members []member
	haul    haul // what was read to tell so
}

// A member is an issue with the stretches in which it belonged to a goal.
type member struct {
	row    issue
	scope  []sources.Span
	since  map[string]time.Time // when it first came below each node, by the node's id
	graded sources.Graded
}

// goal returns the issues that belonged to a goal's scope in the window.
func (s *source) goal(ctx context.Context, r reader, q query) ([]sources.Item, error) {
	t, err := s.tree(ctx, r, q)
	if err != nil {
		return nil, err
	}
	rows := make([]issue, len(t.members))
	for i, m := range t.members {
		rows[i] = m.row
	}
	blockers, err := r.blockers(ctx, rows, t.haul)
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, m := range t.members {
		log := t.haul.logs[m.row.ID]
		it, ok := r.item(m.row, log, blockers, m.graded)
		wontDo := r.wontDo(m.row, log)
		it.Scope = sources.Reaching(r.window.Start(), without(m.scope, wontDo))
		it.Done = sources.Reaching(r.window.Start(), without(it.Done, wontDo))
		if ok && len(it.Scope) > 0 {
			items = append(items, it)
		}
	}
	return sorted(items), nil
}

// tree returns what belonged to a goal in the window. The question about its
// items and that about its plan read the same one.
func (s *source) tree(ctx context.Context, r reader, q query) (tree, error) {
	key := fmt.Sprintf("%s %d %d", q.text, r.window.Start().Unix(), r.window.Now.UnixNano())
	s.mu.Lock()
	if s.trees[key] == nil {
		s.trees[key] = new(shared[tree])
	}
	place := s.trees[key]
	s.mu.Unlock()
	return place.get(ctx, func(ctx context.Context) (tree, error) {
		g, rebuilt := q.goal()
		if !rebuilt {
			return s.listed(ctx, r, q)
		}
		return grower{r, g}.grow(ctx, q)
	})
}

// listed returns the issues of JQL whose past nobody can tell.
func (s *source) listed(ctx context.Context, r reader, q query) (tree, error) {
	rows, err := s.search(ctx, r.site, q.on(r.site), r.fields()...)
	if err != nil {
		return tree{}, err
	}
	logs, err := s.changes(ctx, r.site, touched(rows, r.window))
	if err != nil {
		return tree{}, err
	}
	graded := r.est.graded.Worse(sources.Graded{Grade: sources.Approximate,
		Reason: "the past of this query cannot be rebuilt, so each issue counts from its creation"})
	t := tree{haul: haul{rows: rows, logs: logs}}
	for _, row := range rows {
		t.members = append(t.members, member{row: row, scope: []sources.Span{{From: row.Created.Time}}, graded: graded})
	}
	return t, nil
}

// A grower finds the members of a goal of a known form, from the top down.
type grower struct {
	reader
	goal goal
}

// A node is a goal, or an issue in it that stands above others, with the
// stretches in which what belongs to it belongs to the goal.
type node struct {
	row    *issue // nil: the goal is no issue, or its own cannot be read
	is     func(value) bool
	scope  []sources.Span
	graded sources.Graded
	now    map[string]bool // what a search found below it, by id; nil: the issues themselves tell
}

// levels is how many levels of issues a goal may have above those that are
// counted: initiatives of initiatives are made with Advanced Roadmaps.
const levels = 5

// grow reads the goal's members, and where these stand above others, the members
// of those, level by level. What a level brings can tell of the levels before, so
// all are worked out again with it.
func (g grower) grow(ctx context.Context, q query) (tree, error) {
	t, err := g.top(ctx, q)
	if err != nil {
		return tree{}, err
	}
	root := node{row: t.head, is: g.goal.among(t.haul.rows), scope: ever(), graded: g.est.graded, now: map[string]bool{}}
	if t.head != nil {
		root.is = t.head.named
	}
	for _, row := range t.haul.rows {
		root.now[row.ID] = true
	}
	rows, next, searched := t.haul.rows, []node{root}, map[string]bool{}
	for level := range levels {
		if err := g.read(ctx, &t.haul, rows, next); err != nil {
			return tree{}, err
		}
		if err := g.strays(ctx, &t, rows, level == 0); err != nil {
			return tree{}, err
		}
		nodes, members := g.settle(t.haul, root)
		next = slices.DeleteFunc(slices.Clone(nodes), func(n node) bool { return searched[n.row.ID] })
		if len(next) == 0 {
			t.members = counted(nodes, members)
			return t, nil
		}
		for _, n := range next {
			searched[n.row.ID] = true
		}
		if rows, err = g.under(ctx, next); err != nil {
			return tree{}, err
		}
	}
	return tree{}, sources.Unansweredf("the goal has more than %d levels of issues", levels).
		WithHint("name an initiative or epic further down")
}

// settle works out, from the top down, what stands above others in the goal and
// what belonged to it.
func (g grower) settle(h haul, root node) (nodes []node, members []member) {
	for range levels {
		members = g.belonging(h, append([]node{root}, nodes...))
		nodes = g.nodes(members, h.logs)
		if len(nodes) == 0 {
			break
		}
	}
	return nodes, members
}

// counted returns what counts for the goal: what stands above others does not,
// but for an epic as long as nothing was below it. That is work which nobody has
// taken apart yet, and without it a goal would look done when it has only not been
// planned.
func counted(nodes []node, members []member) []member {
	var counts []member
	for _, m := range members {
		i := slices.IndexFunc(nodes, func(n node) bool { return n.row.ID == m.row.ID })
		if i < 0 {
			counts = append(counts, m)
			continue
		}
		for _, o := range members {
			if since, was := o.since[m.row.ID]; was {
				m.scope = without(m.scope, []sources.Span{{From: since}})
			}
		}
		if len(m.scope) > 0 {
			counts = append(counts, m)
		}
	}
	return counts
}

// top searches for the goal's own issue and for what is right below it, in one.
func (g grower) top(ctx context.Context, q query) (t tree, err error) {
	jql := q.on(g.site)
	switch {
	case g.goal.version:
		t.haul.rows, err = g.source.search(ctx, g.site, jql, g.fields()...)
		return t, err
	case g.goal.portfolio && !g.site.cloud && len(g.site.ofType(parentType)) == 0:
		return tree{}, sources.Unansweredf("portfolioChildIssuesOf needs Advanced Roadmaps, which %s does not have or does not show to this token", g.source.name).
			WithHint(`name the epics instead, such as "parent in (PAY-100, PAY-101)"`)
	default:
		jql = g.site.under(g.goal.value)
	}
	itself := " OR issue in (" + issues(g.goal.value) + ")"
	rows, err := g.source.find(ctx, g.site, jql+itself, g.fields())
	if refused(err) && !g.site.cloud && len(g.site.ofType(parentType)) > 0 {
		// What is above epics is no value for the field of epics.
		jql = `"Parent Link" in (` + issues(g.goal.value) + ")"
		rows, err = g.source.find(ctx, g.site, jql+itself, g.fields())
	}
	if err != nil {
		return tree{}, g.source.rejected(err)
	}
	i := slices.IndexFunc(rows, func(row issue) bool { return row.named(value{g.goal.value, g.goal.value}) })
	if i < 0 { // moved: the old key still finds it, under another name
		i = slices.IndexFunc(rows, func(row issue) bool {
			return slices.ContainsFunc(rows, func(o issue) bool { return o.under(g.site, row.named) })
		})
	}
	if i < 0 {
		t.haul.rows, err = g.source.search(ctx, g.site, jql, g.fields()...)
		return t, err
	}
	head := rows[i]
	t.head, t.haul.rows = &head, slices.Delete(rows, i, i+1)
	return t, nil
}

// under returns the JQL for what is right below issues. Data Center keeps that
// in one field for epics and, with Advanced Roadmaps, in another for what is
// above them.
func (st *site) under(keys ...string) string {
	list := " in (" + issues(keys...) + ")"
	jql := "parent" + list
	if st.cloud {
		return jql
	}
	jql += ` OR "Epic Link"` + list
	if len(st.ofType(parentType)) > 0 {
		jql += ` OR "Parent Link"` + list
	}
	return jql
}

// issues writes a list of issues as values of JQL: keys in quotes, ids without.
func issues(list ...string) string {
	values := make([]string, len(list))
	for i, s := range list {
		if values[i] = quote(s); s != "" && strings.Trim(s, "0123456789") == "" {
			values[i] = s
		}
	}
	return strings.Join(values, ", ")
}

// under searches for what is right below nodes.
func (g grower) under(ctx context.Context, nodes []node) ([]issue, error) {
	keys := make([]string, len(nodes))
	for i, n := range nodes {
		keys[i] = n.row.Key
	}
	slices.SortFunc(keys, compareKeys)
	return g.source.search(ctx, g.site, "("+g.site.under(keys...)+") AND issuetype not in subTaskIssueTypes()", g.fields()...)
}

// read adds the changelogs of rows, and the issues that were touched in their
// projects and those of the nodes: what left is found only among them.
func (g grower) read(ctx context.Context, h *haul, rows []issue, nodes []node) error {
	projects := []string{g.goal.project()}
	for _, n := range nodes {
		if n.row != nil {
			projects = append(projects, string(n.row.Project.Key))
		}
	}
	projects = slices.DeleteFunc(projectsOf(rows, projects...), func(p string) bool { return p == "" || slices.Contains(h.projects, p) })
	around, err := g.source.recently(ctx, g.reader, projects)
	if err != nil {
		return err
	}
	*h = h.with(around)
	missing := slices.DeleteFunc(touched(rows, g.window), func(i issue) bool { _, has := h.logs[i.ID]; return has })
	logs, err := g.source.changes(ctx, g.site, missing)
	if err != nil {
		return err
	}
	*h = h.with(haul{rows: rows, logs: logs})
	return nil
}

// strays adds the issues that may have left and stand above others: one can be of
// any project, so all of its kind that were touched are looked through. If all
// epics left, their kind is not known; then it is what Jira itself calls them.
func (g grower) strays(ctx context.Context, t *tree, rows []issue, top bool) error {
	kinds := g.kinds(rows, t.haul.logs)
	if err := g.touchedOf(ctx, t, kinds); err != nil {
		return g.source.rejected(err)
	}
	epics := slices.ContainsFunc(rows, func(i issue) bool { return i.epic(g.site) && i.above(g.site, nil) })
	if !top || t.head == nil || t.head.epic(g.site) || epics || g.site.cloud && len(kinds) > 0 {
		return nil
	}
	if err := g.touchedOf(ctx, t, []string{"Epic"}); !refused(err) {
		return err
	}
	return nil
}

// touchedOf adds the issues of some types that were touched.
func (g grower) touchedOf(ctx context.Context, t *tree, kinds []string) error {
	if len(kinds) == 0 {
		return nil
	}
	around, err := g.source.touchedIn(ctx, g.reader, "issuetype in ("+quoted(kinds)+")")
	t.haul = t.haul.with(around)
	return err
}

// kinds lists the types of those issues that stand above others.
func (g grower) kinds(rows []issue, logs map[string][]change) []string {
	var kinds []string
	for _, row := range rows {
		if !g.goal.version && row.above(g.site, logs[row.ID]) {
			kinds = append(kinds, row.Type.Name)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// belonging returns the issues that belonged to one of the nodes in the window.
func (g grower) belonging(h haul, nodes []node) []member {
	fields := g.goal.fields(g.site)
	var found []member
	for _, row := range h.rows {
		m := member{row: row, since: map[string]time.Time{}, graded: sources.Whole()}
		moves := changesOf(h.logs[row.ID], fields...)
		for _, n := range nodes {
			here := membership(n.holds(g.site, row), moves, row.Created.Time, g.window.Now, n.is)
			if len(here) == 0 {
				continue
			}
			if n.row != nil {
				m.since[n.row.ID] = here[0].From
			}
			m.scope = append(m.scope, both(here, n.scope)...)
			m.graded = m.graded.Worse(n.graded).Worse(g.legible(row, moves))
		}
		if m.scope = sources.Reaching(g.window.Start(), joined(m.scope)); len(m.scope) > 0 {
			found = append(found, m)
		}
	}
	return found
}

// holds reports whether an issue is right below the node now.
func (n node) holds(st *site, row issue) bool {
	if n.now != nil {
		return n.now[row.ID]
	}
	return row.under(st, n.is) && !row.Type.Subtask
}

// legible grades what Advanced Roadmaps of Data Center tells of an issue that
// was moved in the window: the form of its changelog is not published, so what
// names no issue is not relied on.
func (g grower) legible(row issue, moves []change) sources.Graded {
	for _, c := range moves {
		for _, v := range []value{c.from, c.to} {
			if strings.EqualFold(c.field, "Parent Link") && !c.at.Before(g.window.Start()) && v != (value{}) && !pointing(v) {
				return sources.Graded{Grade: sources.Approximate,
					Reason: fmt.Sprintf("jira does not say plainly when %s was moved below another issue", sources.OneLine(row.Key, 40))}
			}
		}
	}
	return sources.Whole()
}

// pointing reports a value that names an issue by its key or its number.
func pointing(v value) bool {
	return issueKey.MatchString(v.text) || issueKey.MatchString(v.id) || v.id != "" && strings.Trim(v.id, "0123456789") == ""
}

// nodes returns those of the members that stand above other issues.
func (g grower) nodes(members []member, logs map[string][]change) []node {
	var nodes []node
	for _, m := range members {
		if !g.goal.version && m.row.above(g.site, logs[m.row.ID]) {
			nodes = append(nodes, node{row: &m.row, is: m.row.named, scope: m.scope, graded: m.graded})
		}
	}
	return nodes
}

// named reports whether a value names the issue.
func (i issue) named(v value) bool {
	return v.id != "" && (v.id == i.ID || strings.EqualFold(v.id, i.Key)) || v.text != "" && strings.EqualFold(v.text, i.Key)
}

// above reports whether the issue is of a kind that stands above others: an
// epic, or more than that. Data Center does not say so; but an epic has a name
// of its own, and only epics and what is above them have a Parent Link.
func (i issue) above(st *site, log []change) bool {
	if i.Type.Level != nil {
		return *i.Type.Level > 0
	}
	links := []fieldRef{{"", "Parent Link"}}
	for _, f := range slices.Concat(st.ofType(epicNameType), st.ofType(parentType)) {
		if words(i.fields[f.ID]) != (value{}) || pointer(i.fields[f.ID]) != (value{}) {
			return true
		}
	}
	for _, f := range st.ofType(parentType) {
		links = append(links, f.ref())
	}
	return strings.EqualFold(i.Type.Name, "Epic") || len(changesOf(log, links...)) > 0
}

// epic reports whether the issue is an epic: then what is below it stands above
// nothing.
func (i issue) epic(st *site) bool {
	if i.Type.Level != nil {
		return *i.Type.Level <= 1
	}
	return strings.EqualFold(i.Type.Name, "Epic") || slices.ContainsFunc(st.ofType(epicNameType), func(f field) bool { return words(i.fields[f.ID]) != (value{}) })
}

// under reports whether the issue is now right below the one that is meant.
func (i issue) under(st *site, is func(value) bool) bool {
	if i.Parent != nil && is(i.Parent.value()) {
		return true
	}
	for _, f := range st.above() {
		if f.Schema.Custom != epicNameType && is(pointer(i.fields[f.ID])) {
			return true
		}
	}
	return false
}

// pointer reads a field that leads to an issue: by its key, or by an object
// around it.
func pointer(raw json.RawMessage) value {
	var object struct {
		ref
		Data ref `json:"data"`
	}
	if json.Unmarshal(raw, &object) == nil {
		if v := object.ref.value(); v != (value{}) {
			return v
		}
		return object.Data.value()
	}
	var key text
	if json.Unmarshal(raw, &key) != nil {
		return value{}
	}
	return value{text: string(key)}
}

// among returns the test for the goal in a changelog's value. Members that
// point to it also tell its id, which holds when its name was another.
func (g goal) among(members []issue) func(value) bool {
	ids := map[string]bool{g.value: true}
	point := func(r *ref) {
		if v := r.value(); v.id != "" && strings.EqualFold(v.text, g.value) {
			ids[v.id] = true
		}
	}
	for _, m := range members {
		if !g.version {
			point(m.Parent)
			continue
		}
		for _, v := range m.FixVersions {
			point(&v.ref)
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
	for _, f := range slices.Concat(st.ofType(epicLinkType), st.ofType(parentType)) {
		fields = append(fields, f.ref())
	}
	return fields
}
