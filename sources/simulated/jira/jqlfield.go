package jira

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A row is an issue as a search sees it.
type row struct {
	issue             *Issue
	moments           []Moment
	now               State
	log               []history
	updated, resolved time.Time
}

// A jqlField is a field that can be searched.
type jqlField struct {
	name   string
	filter bool
	when   func(*row) time.Time // of a date field; zero is empty
	of     func(*row) []string  // the values in the form that known gives
	known  func(string) string  // brings a value to one form; "": there is no such
}

type (
	empty struct {
		field jqlField
		not   bool
	}
	equal struct {
		field  jqlField
		values []string
		not    bool
	}
	dated struct {
		field jqlField
		op    string
		at    time.Time
	}
)

func (e empty) holds(r *row, not bool) bool {
	isEmpty := e.field.of != nil && len(e.field.of(r)) == 0 || e.field.when != nil && e.field.when(r).IsZero()
	return isEmpty != (e.not != not)
}

func (e equal) holds(r *row, not bool) bool {
	have := e.field.of(r)
	if len(have) == 0 {
		return false
	}
	match := slices.ContainsFunc(have, func(v string) bool { return slices.Contains(e.values, v) })
	return match != (e.not != not)
}

func (d dated) holds(r *row, not bool) bool {
	t := d.field.when(r)
	if t.IsZero() {
		return false
	}
	// Jira compares to the minute.
	order := t.Truncate(time.Minute).Compare(d.at)
	match := map[string]bool{">=": order >= 0, "<=": order <= 0, ">": order > 0, "<": order < 0}[d.op]
	return match != not
}

// among makes the known function of a list of names.
func among(names ...string) func(string) string {
	return func(v string) string {
		for _, name := range names {
			if strings.EqualFold(name, v) {
				return name
			}
		}
		return ""
	}
}

func filled(values ...string) []string {
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

// jqlField finds a field by the name that JQL has for it.
func (v *view) jqlField(name string) (jqlField, bool) {
	f := jqlField{name: strings.ToLower(name)}
	switch f.name {
	case "filter":
		f.filter = true
	case "created":
		f.when = func(r *row) time.Time { return r.issue.Created }
	case "updated":
		f.when = func(r *row) time.Time { return r.updated }
	case "resolved", "resolutiondate":
		f.when = func(r *row) time.Time { return r.resolved }
	case "project":
		f.of, f.known = func(r *row) []string { return []string{r.issue.Project} }, v.projectKey
	case "issuetype", "type":
		f.name = "issuetype"
		f.of, f.known = func(r *row) []string { return []string{r.issue.Type} }, among(issueTypes...)
	case "status":
		f.of, f.known = func(r *row) []string { return []string{r.now.Status} }, v.statusID
	case "statuscategory":
		f.of, f.known = func(r *row) []string { return []string{v.status(r.now.Status).Category} }, categoryKey
	case "resolution":
		f.of, f.known = func(r *row) []string { return filled(r.now.Resolution) }, among(resolutions...)
	case "priority":
		f.of, f.known = func(r *row) []string { return filled(r.now.Priority) }, among(priorities...)
	case "labels":
		f.of, f.known = func(r *row) []string { return r.now.Labels }, func(s string) string { return s }
	case "fixversion":
		f.of, f.known = func(r *row) []string { return r.now.Versions }, v.versionName
	case "sprint":
		f.of, f.known = func(r *row) []string { return numbers(r.now.Sprints) }, v.sprintID
	case "key", "id", "issue", "issuekey":
		f.of, f.known = func(r *row) []string { return []string{r.issue.Key} }, v.issueKey
	case "parent":
		f.of, f.known = func(r *row) []string { return v.parentKey(r, v.cloud, 0) }, v.issueKey
	case "epic link":
		f.of, f.known = func(r *row) []string { return v.parentKey(r, false, 1) }, v.issueKey
		return f, !v.cloud
	case "parent link":
		f.of, f.known = func(r *row) []string { return v.parentKey(r, false, 2, 3) }, v.issueKey
		return f, !v.cloud && v.Roadmaps
	default:
		return f, false
	}
	return f, true
}

// parentKey returns the parent as a field shows it: Data Center keeps epics,
// what is above them and the parents of sub-tasks apart.
func (v *view) parentKey(r *row, either bool, levels ...int) []string {
	p := r.now.Parent
	if p == nil || !either && !slices.Contains(levels, p.level()) {
		return nil
	}
	return []string{p.Key}
}

func (v *view) projectKey(s string) string {
	for _, p := range v.Projects {
		if strings.EqualFold(p.Key, s) || strings.EqualFold(p.Name, s) || p.ID == s {
			return p.Key
		}
	}
	return ""
}

func (v *view) statusID(s string) string {
	for _, st := range v.Statuses {
		if st.ID == s || strings.EqualFold(st.Name, s) {
			return st.ID
		}
	}
	return ""
}

func categoryKey(s string) string {
	for _, c := range categories {
		if strings.EqualFold(c.name, s) || strings.EqualFold(c.key, s) {
			return c.key
		}
	}
	return ""
}

func (v *view) versionName(s string) string {
	for _, r := range v.rows {
		for _, m := range r.moments {
			for _, name := range m.Versions {
				if strings.EqualFold(name, s) || versionID(name) == s {
					return name
				}
			}
		}
	}
	return ""
}

func (v *view) sprintID(s string) string {
	for _, sprint := range v.Sprints {
		if id := strconv.FormatInt(sprint.ID, 10); id == s || strings.EqualFold(sprint.Name, s) {
			return id
		}
	}
	return ""
}

func (v *view) issueKey(s string) string {
	if r := v.find(s); r != nil {
		return r.issue.Key
	}
	return ""
}

func numbers(ids []int64) []string {
	var out []string
	for _, id := range ids {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return out
}
