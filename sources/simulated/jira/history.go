package jira

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A history is one entry of an issue's changelog.
type history struct {
	id    int64
	at    time.Time
	items []change
}

// A change is one item of a history. A nil is null.
type change struct {
	field, fieldtype, fieldID string
	from, fromText            *string
	to, toText                *string
}

// histories returns an issue's changelog as this product writes it, oldest
// first.
func (v *view) histories(i *Issue) []history {
	var all []history
	moments := i.Moments()
	for n := 1; n < len(moments); n++ {
		all = append(all, v.diff(i, moments[n-1].State, moments[n])...)
	}
	all = append(all, v.children[i]...)
	slices.SortStableFunc(all, func(a, b history) int { return a.at.Compare(b.at) })
	for n := range all {
		all[n].id = i.ID*10000 + int64(n)
	}
	return all
}

// diff writes the difference of two states. Cloud writes a move to another
// parent twice, as two histories.
func (v *view) diff(i *Issue, before State, after Moment) []history {
	f := v.fields()
	var items []change
	add := func(c change) {
		if !v.cloud {
			c.fieldID = ""
		}
		items = append(items, c)
	}
	word := func(field, id string, from, to string, number func(string) string) {
		if from != to {
			add(change{field, "jira", id, optional(number(from)), optional(from), optional(number(to)), optional(to)})
		}
	}
	word("summary", "summary", before.Summary, after.Summary, func(string) string { return "" })
	if before.Status != after.Status {
		add(change{"status", "jira", "status", &before.Status, text(v.status(before.Status).Name), &after.Status, text(v.status(after.Status).Name)})
	}
	word("resolution", "resolution", before.Resolution, after.Resolution, resolutionID)
	word("priority", "priority", before.Priority, after.Priority, priorityID)
	if before.Severity != after.Severity {
		add(change{"Severity", "custom", f.severity, optional(optionID(before.Severity)), optional(before.Severity), optional(optionID(after.Severity)), optional(after.Severity)})
	}
	if !slices.Equal(before.Sprints, after.Sprints) {
		fromIDs, fromNames := v.sprintList(before.Sprints)
		toIDs, toNames := v.sprintList(after.Sprints)
		add(change{"Sprint", "custom", f.sprint, &fromIDs, &fromNames, &toIDs, &toNames})
	}
	if from, to := number(before.Points), number(after.Points); from != to {
		add(change{"Story Points", "custom", v.pointsField(i.Project), nil, optional(from), nil, optional(to)})
	}
	if from, to := strings.Join(before.Labels, " "), strings.Join(after.Labels, " "); from != to {
		add(change{"labels", "jira", "labels", nil, &from, nil, &to})
	}
	for _, version := range before.Versions {
		if !slices.Contains(after.Versions, version) {
			add(change{"Fix Version", "jira", "fixVersions", text(versionID(version)), &version, nil, nil})
		}
	}
	for _, version := range after.Versions {
		if !slices.Contains(before.Versions, version) {
			add(change{"Fix Version", "jira", "fixVersions", nil, nil, text(versionID(version)), &version})
		}
	}
	if before.Flagged != after.Flagged {
		words := map[bool][2]*string{false: {text(""), text("")}, true: {text("[10019]"), text("Impediment")}}
		from, to := words[before.Flagged], words[after.Flagged]
		add(change{"Flagged", "custom", f.flagged, from[0], from[1], to[0], to[1]})
	}
	word("duedate", "duedate", before.Due, after.Due, func(s string) string { return s })
	for _, b := range before.Blockers {
		if !slices.Contains(after.Blockers, b) {
			add(change{"Link", "jira", "", &b.Key, text("This issue is blocked by " + b.Key), nil, nil})
		}
	}
	for _, b := range after.Blockers {
		if !slices.Contains(before.Blockers, b) {
			add(change{"Link", "jira", "", nil, nil, &b.Key, text("This issue is blocked by " + b.Key)})
		}
	}
	var all []history
	if before.Parent != after.Parent {
		all = v.reparent(before.Parent, after.Parent, after.At)
	}
	if len(items) > 0 {
		all = append([]history{{at: after.At, items: items}}, all...)
	}
	return all
}

func (v *view) reparent(from, to *Issue, at time.Time) []history {
	c := change{field: "Epic Link", fieldtype: "custom", fieldID: v.fields().epic}
	if from != nil && from.level() > 1 || to != nil && to.level() > 1 {
		c.field, c.fieldID = "Parent Link", v.fields().above
	}
	c.from, c.fromText = pointer(from)
	c.to, c.toText = pointer(to)
	if v.ParentWords && c.field == "Parent Link" {
		c.from, c.to = nil, nil
		for _, words := range []**string{&c.fromText, &c.toText} {
			if *words != nil {
				*words = text("the one about " + strings.ToLower(**words))
			}
		}
	}
	if !v.cloud {
		c.fieldID = ""
		return []history{{at: at, items: []change{c}}}
	}
	association := c
	association.field, association.fieldtype, association.fieldID = "IssueParentAssociation", "jira", ""
	return []history{
		{at: at, items: []change{association}},
		{at: at.Add(20 * time.Millisecond), items: []change{c}},
	}
}

// offspring collects what moves of other issues write into their epics.
func (v *view) offspring() {
	v.children = map[*Issue][]history{}
	for _, i := range v.Issues {
		moments := i.Moments()
		for n := 1; n < len(moments); n++ {
			for _, b := range moments[n].Blockers {
				if !slices.Contains(moments[n-1].Blockers, b) {
					v.children[b] = append(v.children[b], history{at: moments[n].At, items: []change{{field: "Link", fieldtype: "jira", to: &i.Key, toText: text("This issue blocks " + i.Key)}}})
				}
			}
			from, to := moments[n-1].Parent, moments[n].Parent
			if from == to {
				continue
			}
			id, key := pointer(i)
			if from != nil {
				v.children[from] = append(v.children[from], history{at: moments[n].At, items: []change{{field: "Epic Child", fieldtype: "custom", from: id, fromText: key}}})
			}
			if to != nil {
				v.children[to] = append(v.children[to], history{at: moments[n].At, items: []change{{field: "Epic Child", fieldtype: "custom", to: id, toText: key}}})
			}
		}
	}
}

func (v *view) sprintList(ids []int64) (numbers, names string) {
	var ns, ws []string
	for _, id := range ids {
		ns = append(ns, strconv.FormatInt(id, 10))
		name := ""
		for _, s := range v.Sprints {
			if s.ID == id {
				name = s.Name
			}
		}
		ws = append(ws, name)
	}
	return strings.Join(ns, ", "), strings.Join(ws, ", ")
}

func pointer(i *Issue) (id, key *string) {
	if i == nil {
		return nil, nil
	}
	return text(strconv.FormatInt(i.ID, 10)), &i.Key
}

func text(s string) *string { return &s }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func number(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

// Made-up ids of things that have one in Jira.
var (
	priorities  = []string{"Highest", "High", "Medium", "Low", "Lowest"}
	resolutions = []string{"Done", "Won't Do", "Duplicate", "Cannot Reproduce", "Won't Fix", "Declined"}
	severities  = []string{"SEV1", "SEV2", "SEV3"}
	issueTypes  = []string{"Epic", "Story", "Task", "Bug", "Incident", "Sub-task", "Initiative", "Theme", "Post-incident review"}
)

func priorityID(name string) string   { return place(priorities, name, 1) }
func resolutionID(name string) string { return place(resolutions, name, 10100) }
func optionID(name string) string     { return place(severities, name, 10200) }
func typeID(name string) string       { return place(issueTypes, name, 10300) }

func place(list []string, name string, first int) string {
	if i := slices.Index(list, name); i >= 0 {
		return strconv.Itoa(first + i)
	}
	return ""
}

// versionID makes an id of a version's name.
func versionID(name string) string {
	n := 0
	for _, c := range name {
		n = (n*31 + int(c)) % 9000
	}
	return strconv.Itoa(20000 + n)
}

// updated returns when the issue was last changed.
func updated(i *Issue, log []history) time.Time {
	last := i.Created
	for _, h := range log {
		if h.at.After(last) {
			last = h.at
		}
	}
	return last
}

// resolved returns when the issue got its present resolution; zero if it has
// none.
func resolved(moments []Moment) time.Time {
	var at time.Time
	last := ""
	for _, m := range moments {
		if m.Resolution != "" && last == "" {
			at = m.At
		}
		last = m.Resolution
	}
	if last == "" {
		return time.Time{}
	}
	return at
}
