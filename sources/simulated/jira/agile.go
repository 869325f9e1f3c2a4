package jira

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// agile serves the parts of the agile API that stay on both products.
func (v *view) agile(mux *http.ServeMux) {
	const at = "GET /rest/agile/1.0/"
	mux.Handle(at+"board", v.only(v.boards, "startAt", "maxResults", "type", "name", "projectKeyOrId"))
	mux.Handle(at+"board/{board}", v.only(v.withBoard(v.oneBoard)))
	mux.Handle(at+"board/{board}/configuration", v.only(v.withBoard(v.configuration)))
	mux.Handle(at+"board/{board}/features", v.only(v.withBoard(v.features)))
	mux.Handle(at+"board/{board}/sprint", v.only(v.withBoard(v.boardSprints), "startAt", "maxResults", "state"))
}

func (v *view) withBoard(next func(http.ResponseWriter, *http.Request, *Board)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseInt(r.PathValue("board"), 10, 64)
		b := v.board(id)
		if err != nil || b == nil {
			refuse(w, http.StatusNotFound, "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.")
			return
		}
		next(w, r, b)
	}
}

func (v *view) boardShape(b *Board) map[string]any {
	kind := "scrum"
	switch {
	case b.TeamManaged:
		kind = "simple"
	case b.Kanban:
		kind = "kanban"
	}
	return map[string]any{"id": b.ID, "self": v.self(fmt.Sprintf("agile/1.0/board/%d", b.ID)), "name": b.Name, "type": kind}
}

func (v *view) oneBoard(w http.ResponseWriter, _ *http.Request, b *Board) { answer(w, v.boardShape(b)) }

func (v *view) boards(w http.ResponseWriter, r *http.Request) {
	start, size, ok := page(w, r, 50)
	if !ok {
		return
	}
	list := []any{}
	for _, b := range v.Boards {
		shape := v.boardShape(b)
		q := r.URL.Query()
		if in(q.Get("type"), shape["type"].(string)) && in(q.Get("projectKeyOrId"), b.Project) && in(q.Get("name"), b.Name) {
			list = append(list, shape)
		}
	}
	part := cut(list, start, size)
	answer(w, map[string]any{"startAt": start, "maxResults": size, "total": len(list), "isLast": start+len(part) >= len(list), "values": part})
}

// in reports whether a value is one of a comma-separated choice; no choice
// means any.
func in(choice, value string) bool {
	return choice == "" || slices.Contains(strings.Split(choice, ","), value)
}

func (v *view) configuration(w http.ResponseWriter, _ *http.Request, b *Board) {
	if b.Unshared {
		refuse(w, http.StatusForbidden, "You do not have permission to view the board's configuration.")
		return
	}
	shape := v.boardShape(b)
	shape["self"] = v.self(fmt.Sprintf("agile/1.0/board/%d/configuration", b.ID))
	columns := []any{}
	for _, c := range b.Columns {
		list := []any{}
		for _, id := range c.Statuses {
			list = append(list, map[string]any{"id": id, "self": v.self("api/2/status/" + id)})
		}
		columns = append(columns, map[string]any{"name": c.Name, "statuses": list})
	}
	filter := strconv.FormatInt(b.Filter, 10)
	shape["location"] = map[string]any{"type": "project", "projectKeyOrId": b.Project}
	shape["filter"] = map[string]any{"id": filter, "self": v.self("api/2/filter/" + filter)}
	shape["columnConfig"] = map[string]any{"columns": columns, "constraintType": "none"}
	shape["ranking"] = map[string]any{"rankCustomFieldId": 10019}
	field := map[string]any{"fieldId": v.pointsField(b.Project), "displayName": "Story Points"}
	switch {
	case b.Kanban, b.Untold:
	case b.Unsized:
		shape["estimation"] = map[string]any{"type": "issueCount"}
	default:
		shape["estimation"] = map[string]any{"type": "field", "field": field}
	}
	answer(w, shape)
}

// features lists what a team-managed project has turned on. Other boards have
// none to choose from.
func (v *view) features(w http.ResponseWriter, _ *http.Request, b *Board) {
	list := []any{}
	if b.TeamManaged {
		state := map[bool]string{true: "DISABLED", false: "ENABLED"}
		for _, f := range []struct{ name, id, state string }{
			{"BACKLOG", "jsw.agility.backlog", "ENABLED"}, {"SPRINTS", "jsw.agility.sprints", state[b.NoSprints]}, {"ESTIMATION", "jsw.agility.estimation", state[b.Unsized]},
		} {
			list = append(list, map[string]any{"boardFeature": f.name, "boardId": b.ID, "state": f.state, "featureId": f.id, "toggleLocked": false})
		}
	}
	answer(w, map[string]any{"features": list})
}

// pointsField is where the issues of a project keep their estimates.
func (v *view) pointsField(project string) string {
	if v.cloud && slices.ContainsFunc(v.Boards, func(b *Board) bool { return b.TeamManaged && b.Project == project }) {
		return v.fields().agile
	}
	return v.fields().points
}

// state returns the word for a sprint's state.
func (s *Sprint) state() string {
	switch {
	case s.Start.IsZero():
		return "future"
	case s.Completed.IsZero():
		return "active"
	}
	return "closed"
}

// boardSprints lists a board's sprints: its own, and those of others that
// hold an issue of its project. Closed ones come first; Data Center does not
// count them.
func (v *view) boardSprints(w http.ResponseWriter, r *http.Request, b *Board) {
	if b.Kanban || b.NoSprints && !b.TeamManaged {
		refuse(w, http.StatusBadRequest, "The board does not support sprints")
		return
	}
	start, size, ok := page(w, r, sprintCap)
	if !ok {
		return
	}
	var list []*Sprint
	for _, s := range v.Sprints {
		if (s.Board == b.ID || v.shared(s, b)) && in(r.URL.Query().Get("state"), s.state()) {
			list = append(list, s)
		}
	}
	rank := map[string]int{"closed": 0, "active": 1, "future": 2}
	slices.SortStableFunc(list, func(a, b *Sprint) int { return cmp.Compare(rank[a.state()], rank[b.state()]) })
	values := []any{}
	part := cut(list, start, size)
	for _, s := range part {
		values = append(values, v.sprintShape(s))
	}
	out := map[string]any{"startAt": start, "maxResults": size, "isLast": start+len(part) >= len(list), "values": values}
	if v.cloud {
		out["total"] = len(list)
	}
	answer(w, out)
}

// shared reports whether another board's sprint holds an issue of b.
func (v *view) shared(s *Sprint, b *Board) bool {
	return slices.ContainsFunc(v.rows, func(r *row) bool {
		return r.issue.Project == b.Project && slices.Contains(r.now.Sprints, s.ID)
	})
}

// moment writes an instant as the agile API does.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

func (s *Sprint) plannedStart() time.Time {
	if s.PlannedStart.IsZero() {
		return s.Start
	}
	return s.PlannedStart
}

func (v *view) sprintShape(s *Sprint) map[string]any {
	shape := map[string]any{"id": s.ID, "self": v.self(fmt.Sprintf("agile/1.0/sprint/%d", s.ID)), "state": s.state(), "name": s.Name, "originBoardId": s.Board, "goal": s.Goal}
	if s.Start.IsZero() {
		return shape
	}
	shape["startDate"], shape["endDate"] = moment(s.plannedStart()), moment(s.End)
	if !v.cloud {
		shape["activatedDate"] = moment(s.Start)
	}
	if !s.Completed.IsZero() {
		shape["completeDate"] = moment(s.Completed)
	}
	return shape
}

// sprintField shows the Sprint field: objects on Cloud, and on Data Center
// what Java makes of one.
func (v *view) sprintField(ids []int64) any {
	if len(ids) == 0 {
		return nil
	}
	list := []any{}
	for _, id := range ids {
		for _, s := range v.Sprints {
			switch {
			case s.ID != id:
			case v.cloud:
				shape := v.sprintShape(s)
				delete(shape, "self")
				delete(shape, "originBoardId")
				shape["boardId"] = s.Board
				list = append(list, shape)
			default:
				list = append(list, s.java())
			}
		}
	}
	return list
}

func (s *Sprint) java() string {
	date := func(t time.Time) string {
		if t.IsZero() {
			return "<null>"
		}
		return moment(t)
	}
	return fmt.Sprintf("com.atlassian.greenhopper.service.sprint.Sprint@%x[id=%d,rapidViewId=%d,state=%s,name=%s,startDate=%s,endDate=%s,completeDate=%s,activatedDate=%s,sequence=%d,goal=%s,autoStartStop=false]",
		s.ID*7919, s.ID, s.Board, strings.ToUpper(s.state()), s.Name, date(s.plannedStart()), date(s.End), date(s.Completed), date(s.Start), s.ID, s.Goal)
}
