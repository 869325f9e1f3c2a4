package jira

import (
	"net/http"
	"slices"
	"strconv"
)

// categories are Jira's status categories.
var categories = []struct {
	id                 int
	key, name, colours string
}{
	{2, "new", "To Do", "blue-gray"}, {4, "indeterminate", "In Progress", "yellow"}, {3, "done", "Done", "green"},
}

// fieldIDs are the custom fields of a product.
type fieldIDs struct {
	sprint, points, epic, severity, agile, old, decoy string
	flagged, above, epicName, major                   string
}

func (v *view) fields() fieldIDs {
	if v.cloud {
		return fieldIDs{"customfield_10020", "customfield_10032", "customfield_10014", "customfield_10050", "customfield_10016", "customfield_10040", "customfield_10041",
			"customfield_10021", "customfield_10018", "customfield_10011", "customfield_10060"}
	}
	return fieldIDs{"customfield_10104", "customfield_10106", "customfield_10100", "customfield_10150", "", "customfield_10140", "customfield_10141",
		"customfield_10121", "customfield_10118", "customfield_10111", ""}
}

// fieldList lists the fields, among them some that only look right.
func (v *view) fieldList(w http.ResponseWriter, _ *http.Request) {
	var list []map[string]any
	add := func(id, name, kind, custom string) {
		schema := map[string]any{"type": kind}
		if custom != "" {
			schema["custom"] = custom
		} else {
			schema["system"] = id
		}
		list = append(list, map[string]any{"id": id, "key": id, "name": name, "custom": custom != "", "orderable": true, "navigable": true,
			"searchable": true, "clauseNames": []string{name}, "schema": schema})
	}
	for _, f := range [][3]string{{"summary", "Summary", "string"}, {"status", "Status", "status"}, {"issuetype", "Issue Type", "issuetype"},
		{"project", "Project", "project"}, {"created", "Created", "datetime"}, {"updated", "Updated", "datetime"}, {"resolution", "Resolution", "resolution"},
		{"resolutiondate", "Resolved", "datetime"}, {"priority", "Priority", "priority"}, {"fixVersions", "Fix versions", "array"},
		{"issuelinks", "Linked Issues", "array"}, {"labels", "Labels", "array"}, {"duedate", "Due date", "date"}, {"parent", "Parent", "issuelink"}} {
		add(f[0], f[1], f[2], "")
	}
	f := v.fields()
	const plugin, types = "com.pyxis.greenhopper.jira:", "com.atlassian.jira.plugin.system.customfieldtypes:"
	add(f.decoy, "Sprint", "string", types+"textfield")
	add(f.old, "Story Points (old)", "number", types+"float")
	add(f.sprint, "Sprint", "array", plugin+"gh-sprint")
	add(f.points, "Story Points", "number", types+"float")
	add(f.epic, "Epic Link", "any", plugin+"gh-epic-link")
	add(f.severity, "Severity", "option", types+"select")
	add(f.flagged, "Flagged", "array", types+"multicheckboxes")
	add(f.epicName, "Epic Name", "string", plugin+"gh-epic-label")
	if v.cloud || v.Roadmaps {
		add(f.above, "Parent Link", "any", "com.atlassian.jpo:jpo-custom-field-parent")
	}
	if f.major != "" {
		add(f.major, "Major incident", "string", "com.atlassian.jira.modules.servicemanagement.major-incident-entity:major-incident-entity-field-cftype")
	}
	if f.agile != "" {
		add(f.agile, "Story point estimate", "number", plugin+"jsw-story-points")
	}
	answer(w, list)
}

func (v *view) statusList(w http.ResponseWriter, _ *http.Request) {
	list := []any{}
	for _, s := range v.Statuses {
		list = append(list, v.statusShape(s.ID))
	}
	answer(w, list)
}

func (v *view) statusShape(id string) map[string]any {
	s := v.status(id)
	shape := map[string]any{"self": v.self("api/3/status/" + s.ID), "id": s.ID, "name": s.Name, "description": "", "iconUrl": v.Address + "/images/" + s.ID + ".png"}
	for _, c := range categories {
		if c.key == s.Category {
			shape["statusCategory"] = map[string]any{"self": v.self("api/3/statuscategory/" + strconv.Itoa(c.id)), "id": c.id, "key": c.key, "name": c.name, "colorName": c.colours}
		}
	}
	return shape
}

func (v *view) serverInfo(w http.ResponseWriter, _ *http.Request) {
	info := map[string]any{"baseUrl": v.Address, "version": "10.3.2", "versionNumbers": []int{10, 3, 2}, "deploymentType": "Server",
		"buildNumber": 10030002, "serverTitle": "Kettle & Sons", "serverTime": v.written(v.Now)}
	if v.cloud {
		info["deploymentType"], info["version"], info["versionNumbers"] = "Cloud", "1001.0.0-SNAPSHOT", []int{1001, 0, 0}
	}
	answer(w, info)
}

func (v *view) myself(w http.ResponseWriter, _ *http.Request) {
	me := map[string]any{"displayName": "Preread", "emailAddress": "preread@kettle.example", "active": true, "timeZone": v.Zone.String(), "locale": "en_GB"}
	if v.cloud {
		me["accountId"], me["accountType"] = "5b10a2844c20165700ede21g", "atlassian"
	} else {
		me["name"], me["key"] = "preread", "JIRAUSER10100"
	}
	answer(w, me)
}

// issueShape shows an issue with the fields asked for. Names that are no
// field are passed over, as Jira does.
func (v *view) issueShape(r *row, fields []string, expand string, limit int) map[string]any {
	id := strconv.FormatInt(r.issue.ID, 10)
	shape := map[string]any{"id": id, "self": v.self("api/3/issue/" + id)}
	shown := map[string]any{}
	for _, name := range fields {
		if value, ok := v.fieldShape(r, name); ok {
			shown[name] = value
		}
	}
	if !slices.Equal(fields, []string{"id"}) {
		shape["key"], shape["fields"] = r.issue.Key, shown
	}
	if expand == "changelog" {
		log := r.log
		if v.cloud { // newest first
			log = slices.Clone(log)
			slices.Reverse(log)
		}
		if limit > 0 {
			log = cut(log, 0, limit)
		}
		shape["changelog"] = map[string]any{"startAt": 0, "maxResults": len(log), "total": len(r.log), "histories": v.historyShapes(log, false)}
	}
	return shape
}

func (v *view) fieldShape(r *row, name string) (value any, ok bool) {
	f, now := v.fields(), r.now
	switch name {
	case "summary":
		return now.Summary, true
	case "created":
		return v.written(r.issue.Created), true
	case "updated":
		return v.written(r.updated), true
	case "resolutiondate":
		return v.written(r.resolved), true
	case "issuetype":
		return v.typeShape(r.issue), true
	case "status":
		return v.statusShape(now.Status), true
	case "project":
		return v.projectShape(r.issue.Project), true
	case "resolution":
		return v.named("resolution", resolutionID(now.Resolution), now.Resolution), true
	case "priority":
		return v.named("priority", priorityID(now.Priority), now.Priority), true
	case "labels":
		return append([]string{}, now.Labels...), true
	case "parent":
		if now.Parent == nil || !v.cloud && now.Parent.level() > 0 {
			return nil, false
		}
		return v.brief(now.Parent), true
	case "fixVersions":
		list := []any{}
		for _, version := range now.Versions {
			list = append(list, v.versionShape(version))
		}
		return list, true
	case "issuelinks":
		return v.links(r.issue), true
	case f.sprint:
		return v.sprintField(now.Sprints), true
	case v.pointsField(r.issue.Project):
		if now.Points == nil {
			return nil, true
		}
		return *now.Points, true
	case f.epic:
		if now.Parent == nil || now.Parent.Type != "Epic" {
			return nil, true
		}
		return now.Parent.Key, true
	case f.severity:
		if now.Severity == "" {
			return nil, true
		}
		return map[string]any{"self": v.self("api/3/customFieldOption/" + optionID(now.Severity)), "value": now.Severity, "id": optionID(now.Severity)}, true
	case f.flagged:
		if !now.Flagged {
			return nil, true
		}
		return []any{map[string]any{"self": v.self("api/3/customFieldOption/10019"), "value": "Impediment", "id": "10019"}}, true
	case f.above:
		if now.Parent == nil || now.Parent.level() < 2 || v.cloud {
			return nil, v.cloud || v.Roadmaps
		}
		return now.Parent.Key, v.Roadmaps
	case f.epicName:
		if r.issue.Type != "Epic" {
			return nil, true
		}
		return now.Summary, true
	case f.major:
		if !now.Major {
			return nil, name != ""
		}
		return "MAJOR_INCIDENT", true
	case "duedate":
		if now.Due == "" {
			return nil, true
		}
		return now.Due, true
	case f.old, f.agile, f.points, f.decoy:
		return nil, name != ""
	}
	return nil, false
}

func (v *view) named(kind, id, name string) any {
	if name == "" {
		return nil
	}
	return map[string]any{"self": v.self("api/3/" + kind + "/" + id), "id": id, "name": name}
}

func (v *view) versionShape(name string) map[string]any {
	id := versionID(name)
	shape := map[string]any{"self": v.self("api/3/version/" + id), "id": id, "name": name, "archived": false, "released": v.Versions[name].Released}
	if day := v.Versions[name].Release; day != "" {
		shape["releaseDate"] = day
	}
	return shape
}

func (v *view) projectShape(key string) any {
	for _, p := range v.Projects {
		if p.Key == key {
			return map[string]any{"self": v.self("api/3/project/" + p.ID), "id": p.ID, "key": p.Key, "name": p.Name}
		}
	}
	return nil
}

func (v *view) typeShape(i *Issue) any {
	shape := map[string]any{"self": v.self("api/3/issuetype/" + typeID(i.Type)), "id": typeID(i.Type), "name": i.Type, "subtask": i.subtask()}
	if v.cloud {
		shape["hierarchyLevel"] = i.level()
	}
	return shape
}

// brief shows an issue inside another one.
func (v *view) brief(i *Issue) map[string]any {
	id, now := strconv.FormatInt(i.ID, 10), i.Last()
	return map[string]any{"id": id, "key": i.Key, "self": v.self("api/3/issue/" + id), "fields": map[string]any{
		"summary": now.Summary, "status": v.statusShape(now.Status), "issuetype": v.typeShape(i),
		"priority": v.named("priority", priorityID(now.Priority), now.Priority)}}
}

var linkWords = map[string][2]string{
	"Relates": {"relates to", "relates to"}, "Duplicate": {"is duplicated by", "duplicates"},
	"Cloners": {"is cloned by", "clones"}, "Blocks": {"is blocked by", "blocks"},
}

func (v *view) links(i *Issue) []any {
	list := []any{}
	add := func(kind, direction string, other *Issue) {
		list = append(list, map[string]any{"id": strconv.Itoa(20000 + len(list)), direction: v.brief(other),
			"type": map[string]any{"id": "10003", "name": kind, "inward": linkWords[kind][0], "outward": linkWords[kind][1]}})
	}
	for _, l := range i.Links {
		add(l.Type, "outwardIssue", l.To)
	}
	for _, other := range v.linkedTo[i] {
		add(other.Type, "inwardIssue", other.To)
	}
	for _, other := range i.Last().Blockers {
		add("Blocks", "inwardIssue", other)
	}
	for _, other := range v.blocked[i] {
		add("Blocks", "outwardIssue", other)
	}
	return list
}

// historyShapes shows histories; in the bulk read, times are numbers.
func (v *view) historyShapes(log []history, bulk bool) []any {
	list := []any{}
	for _, h := range log {
		items := []any{}
		for _, c := range h.items {
			item := map[string]any{"field": c.field, "fieldtype": c.fieldtype, "from": c.from, "fromString": c.fromText, "to": c.to, "toString": c.toText}
			if c.fieldID != "" {
				item["fieldId"] = c.fieldID
			}
			items = append(items, item)
		}
		shape := map[string]any{"id": strconv.FormatInt(h.id, 10), "created": v.written(h.at), "items": items}
		if bulk {
			shape["created"] = h.at.UnixMilli()
		}
		list = append(list, shape)
	}
	return list
}
