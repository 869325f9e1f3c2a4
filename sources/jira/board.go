package jira

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"preread/sources"
	"preread/sources/internal/web"
)

// A board is a board's configuration as it is today.
type board struct {
	id      int64
	Name    string `json:"name"`
	Type    string `json:"type"`
	Project struct {
		Key    string `json:"key"`
		Either string `json:"projectKeyOrId"`
	} `json:"location"`
	Filter struct {
		ID text `json:"id"`
	} `json:"filter"`
	Config struct {
		Columns []struct {
			Statuses []struct {
				ID text `json:"id"`
			} `json:"statuses"`
		} `json:"columns"`
	} `json:"columnConfig"`
	Estimation struct {
		Type  string `json:"type"`
		Field struct {
			ID   string `json:"fieldId"`
			Name string `json:"displayName"`
		} `json:"field"`
	} `json:"estimation"`

	site   *site
	mapped map[string]bool // status ids on a column; nil: not known
	last   map[string]bool // status ids on the last column that has any
	graded sources.Graded
}

// board reads a board's configuration. Where it may not be read, done is
// judged by status category instead, and the board says so.
func (s *source) board(ctx context.Context, st *site, id int64) (*board, error) {
	b := board{id: id, site: st, graded: sources.Whole()}
	err := s.get(ctx, fmt.Sprintf("rest/agile/1.0/board/%d/configuration", id), &b)
	status := web.Status(err)
	switch {
	case status == http.StatusForbidden, status == http.StatusNotFound:
		b.graded = sources.Graded{Grade: sources.Approximate,
			Reason: "the board's columns may not be read with this token, so done is judged by status category"}
	case err != nil:
		return nil, err
	case b.Type == "kanban":
		return nil, b.noSprints()
	}
	b.Name = cmp.Or(sources.OneLine(b.Name, 80), fmt.Sprintf("board %d", id))
	for _, column := range b.Config.Columns {
		if len(column.Statuses) == 0 {
			continue
		}
		b.last = map[string]bool{}
		for _, status := range column.Statuses {
			if b.mapped == nil {
				b.mapped = map[string]bool{}
			}
			b.mapped[string(status.ID)], b.last[string(status.ID)] = true, true
		}
	}
	if b.mapped == nil {
		b.graded = b.graded.Worse(sources.Graded{Grade: sources.Approximate,
			Reason: "the board has no column with a status, so done is judged by status category"})
	}
	return &b, nil
}

// teamManaged reports the board of a team-managed project, of which there is
// one for each project. It shows that project's issues and no others: it has a
// filter, but nobody may read it. Estimates are in a field of their own.
func (b *board) teamManaged() bool { return b.Type == "simple" }

// project returns the key of the board's project, "" if it is not told.
func (b *board) project() string { return cmp.Or(b.Project.Key, b.Project.Either) }

func (b *board) noSprints() error {
	none := sources.Unansweredf("board %d has no sprints", b.id)
	if b.teamManaged() {
		return none.WithHint("turn sprints on among the features of its project, take the line out, or name another board")
	}
	return none.WithHint("delivery needs a scrum board; take the line out, or name another board")
}

// plansSprints refuses a team-managed board whose project does without
// sprints: its list is empty then, as that of a team which has not begun is.
func (s *source) plansSprints(ctx context.Context, b *board) error {
	if !b.teamManaged() {
		return nil
	}
	var answer struct {
		Features *[]struct {
			Name  string `json:"boardFeature"`
			ID    string `json:"featureId"`
			State string `json:"state"`
		} `json:"features"`
	}
	err := s.get(ctx, fmt.Sprintf("rest/agile/1.0/board/%d/features", b.id), &answer)
	switch status := web.Status(err); {
	case status == http.StatusForbidden, status == http.StatusNotFound:
		return sources.Unansweredf("board %d lists no sprints, and this token may not read whether its project has any", b.id).
			WithHint("see that the token's account may browse the project of the board")
	case err != nil:
		return err
	case answer.Features == nil:
		return s.unreadable()
	}
	for _, f := range *answer.Features {
		if (f.Name == "SPRINTS" || f.ID == "jsw.agility.sprints") && f.State == "ENABLED" {
			return nil
		}
	}
	return b.noSprints()
}

// on looks a status up among the board's columns. A changelog that gives no
// id has it found by name.
func (b *board) on(columns map[string]bool, v value) bool {
	if v.id == "" {
		s, _ := b.site.status(v)
		v.id = s.ID
	}
	return columns[v.id]
}

// done reports whether a status stands for done on this board: that of its
// last column which has any.
func (b *board) done(row issue, v value) bool {
	if b.mapped == nil {
		return b.site.doneFor(row)(v)
	}
	return b.on(b.last, v)
}

// shows reports whether a status is on a column of the board.
func (b *board) shows(v value) bool { return b.mapped == nil || b.on(b.mapped, v) }

// estimateOf returns where a board keeps its estimates. The settings come
// first, since they are written on purpose.
func (s *source) estimateOf(st *site, b *board) (estimate, error) {
	switch {
	case s.settings.EstimateField != "":
		return s.estimate(st)
	case b.Estimation.Type == "" && b.teamManaged():
		// Not told; but issues of such a project have no other field for points.
		return st.points(st.ofType(pointsType)), nil
	case b.Estimation.Type == "":
		return s.estimate(st)
	}
	if b.Estimation.Type != "field" || b.Estimation.Field.ID == "" {
		return estimate{graded: sources.Whole()}, nil // counts issues
	}
	f, err := st.field(b.Estimation.Field.ID)
	if err != nil { // not among the fields that this token is shown
		f = field{ID: b.Estimation.Field.ID, Name: b.Estimation.Field.Name}
	}
	return estimate{[]field{f}, sources.Whole()}, nil
}
