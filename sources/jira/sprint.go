package jira

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"preread/sources"
	"preread/sources/internal/web"
)

// A sprintRow is a sprint as a board lists it.
type sprintRow struct {
	ID        int64  `json:"id"`
	State     string `json:"state"`
	Name      string `json:"name"`
	Start     stamp  `json:"startDate"` // planned
	End       stamp  `json:"endDate"`   // planned
	Complete  stamp  `json:"completeDate"`
	Activated stamp  `json:"activatedDate"` // when it was started; Data Center only
	Origin    int64  `json:"originBoardId"`
}

// A run is a sprint with the instants that count, as seen at the window's
// now.
type run struct {
	sprintRow
	start, end time.Time // the end is the window's now while it runs
	state      sources.SprintState
	graded     sources.Graded
}

// sprints returns the sprints of a team's boards that were closed in the
// window, and those that still run. A sprint that several boards list is told
// once, by the board that it comes from.
func (s *source) sprints(ctx context.Context, w sources.Window, q sources.Query) ([]sources.Sprint, error) {
	boards, err := boardsOf(q)
	if err != nil {
		return nil, err
	}
	st, err := s.at(ctx)
	if err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	lists, errs := make([][]sources.Sprint, len(boards)), make([]error, len(boards))
	for i, id := range boards {
		reading.Go(func() {
			errs[i] = sources.Guard(s.name, func() (err error) { lists[i], err = s.sprintsOf(ctx, w, st, id); return err })
		})
	}
	reading.Wait()
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	return merged(lists), nil
}

// boardsOf lists the boards of a question, each once.
func boardsOf(q sources.Query) ([]int64, error) {
	var boards []int64
	for _, id := range append([]int64{q.Board}, q.Boards...) {
		if id != 0 && !slices.Contains(boards, id) {
			boards = append(boards, id)
		}
	}
	if len(boards) == 0 || slices.Min(boards) < 0 {
		return nil, sources.Unansweredf("the delivery line names no board").
			WithHint("write board = NUMBER; the number is in the address of the board, after rapidView= or boards/")
	}
	return boards, nil
}

// merged puts the sprints of boards into one list, oldest first. One without a
// board of origin can be in the lists of several, and the first of them counts.
func merged(lists [][]sources.Sprint) []sources.Sprint {
	var all []sources.Sprint
	seen := map[int64]bool{}
	for _, list := range lists {
		for _, sprint := range list {
			if !seen[sprint.ID] {
				seen[sprint.ID] = true
				all = append(all, sprint)
			}
		}
	}
	slices.SortFunc(all, func(x, y sources.Sprint) int { return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.ID, y.ID)) })
	return all
}

// sprintsOf returns the sprints of one board.
func (s *source) sprintsOf(ctx context.Context, w sources.Window, st *site, id int64) ([]sources.Sprint, error) {
	b, err := s.board(ctx, st, id)
	if err != nil {
		return nil, err
	}
	est, err := s.estimateOf(st, b)
	if err != nil {
		return nil, err
	}
	rows, err := s.sprintRows(ctx, w, b)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		if err := s.plansSprints(ctx, b); err != nil {
			return nil, err
		}
	}
	runs := b.runs(rows, w)
	if len(runs) == 0 {
		return nil, b.foreign(rows, w)
	}
	h, graded, err := s.candidates(ctx, w, b, runs, est)
	if err != nil {
		return nil, err
	}
	b.graded = b.graded.Worse(graded)
	if len(h.rows) == 0 {
		b.graded = sources.Graded{Reason: "no issue of its sprints is shown to this token"}
	}
	threads := st.threads(h.rows, h.logs)
	sprints := make([]sources.Sprint, len(runs))
	for i, r := range runs {
		sprints[i] = sprintReport{s, st, b, est, r, rows}.sprint(threads)
	}
	return sprints, nil
}

// within places a sprint in the window, if it belongs there.
func (row sprintRow) within(w sources.Window) (run, bool) {
	r := run{sprintRow: row, start: row.Start.Time, end: row.Complete.Time, state: sources.Closed, graded: sources.Whole()}
	if !row.Activated.IsZero() {
		r.start = row.Activated.Time
	}
	if r.start.IsZero() || r.start.After(w.Now) {
		return run{}, false
	}
	switch {
	case strings.EqualFold(row.State, "closed") && r.end.IsZero():
		r.end = row.End.Time
		r.graded = sources.Graded{Grade: sources.Approximate, Reason: "jira does not tell when it was closed, so its planned end is taken"}
	case strings.EqualFold(row.State, "active"):
		r.end = time.Time{}
	case !strings.EqualFold(row.State, "closed"):
		return run{}, false
	}
	if r.end.IsZero() || r.end.After(w.Now) {
		r.end, r.state = w.Now, sources.Active
		return r, true
	}
	return r, w.Holds(r.end)
}

// runs picks the board's own sprints of the window, oldest first. A board
// also lists sprints of other boards that share issues with it.
func (b *board) runs(rows []sprintRow, w sources.Window) []run {
	var runs []run
	for _, row := range rows {
		if r, ok := row.within(w); ok && (row.Origin == 0 || row.Origin == b.id) {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(x, y run) int { return cmp.Or(x.start.Compare(y.start), cmp.Compare(x.ID, y.ID)) })
	return slices.CompactFunc(runs, func(x, y run) bool { return x.ID == y.ID })
}

// foreign is the error of a board that lists sprints of the window, never one
// of its own: a team that made its board anew goes on with the sprints of the
// former one, and "no sprint was closed" would be false.
func (b *board) foreign(rows []sprintRow, w sources.Window) error {
	var of int64
	for _, row := range rows {
		if row.Origin == 0 || row.Origin == b.id {
			return nil
		}
		if _, ok := row.within(w); ok {
			of = row.Origin
		}
	}
	if of == 0 {
		return nil
	}
	return sources.Unansweredf("all sprints that board %d lists belong to another board", b.id).
		WithHint("write board = %d if those are the team's sprints", of)
}

// Sprints are listed in the order closed, active, and in it by their place in
// the backlog: mostly, not strictly, oldest first. So on a board with many
// the end is read first, and so many pages with nothing from the window end
// the reading.
const (
	sprintPage = 50
	emptyPages = 2
)

// sprintRows reads the board's list of sprints as far as the window needs.
func (s *source) sprintRows(ctx context.Context, w sources.Window, board *board) ([]sprintRow, error) {
	rows, total, last, err := s.sprintsFrom(ctx, board, 0)
	if err != nil || last {
		return rows, err
	}
	first, front := len(rows), rows[0].ID
	if total == 0 { // not told
		for !last {
			var more []sprintRow
			if more, last, err = s.sprintsAfter(ctx, board, len(rows), front); err != nil {
				return nil, err
			}
			rows = append(rows, more...)
		}
		return rows, nil
	}
	for end, empty := total, 0; end > first && empty < emptyPages; end -= sprintPage {
		page, err := s.sprintsBetween(ctx, board, max(first, end-sprintPage), end, front)
		if err != nil {
			return nil, err
		}
		empty++
		if slices.ContainsFunc(page, func(row sprintRow) bool { _, ok := row.within(w); return ok }) {
			empty = 0
		}
		rows = append(rows, page...)
	}
	return rows, nil
}

// sprintsBetween reads a stretch of the list, in several requests where the
// pages are smaller than expected.
func (s *source) sprintsBetween(ctx context.Context, board *board, start, end int, front int64) ([]sprintRow, error) {
	var rows []sprintRow
	for start < end {
		page, last, err := s.sprintsAfter(ctx, board, start, front)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page...)
		start += len(page)
		if last {
			break
		}
	}
	return rows, nil
}

// sprintsAfter reads a page behind the first. What begins with the front of the
// list again is not that page: then the list has no end.
func (s *source) sprintsAfter(ctx context.Context, board *board, start int, front int64) ([]sprintRow, bool, error) {
	page, _, last, err := s.sprintsFrom(ctx, board, start)
	if err == nil && len(page) > 0 && page[0].ID == front {
		return nil, false, s.circle()
	}
	return page, last, err
}

func (s *source) sprintsFrom(ctx context.Context, board *board, start int) (rows []sprintRow, total int, last bool, err error) {
	var answer struct {
		Total  int          `json:"total"`
		IsLast bool         `json:"isLast"`
		Values *[]sprintRow `json:"values"`
	}
	path := fmt.Sprintf("rest/agile/1.0/board/%d/sprint?state=active,closed&startAt=%d&maxResults=%d", board.id, start, sprintPage)
	switch err := s.get(ctx, path, &answer); {
	case web.Status(err) == http.StatusBadRequest:
		return nil, 0, false, board.noSprints()
	case web.Status(err) == http.StatusNotFound:
		return nil, 0, false, sources.Unansweredf("%s has no board %d, or does not show it to this token (404)", s.name, board.id).
			WithHint("the number is in the address of the board, after rapidView= or boards/")
	case err != nil:
		return nil, 0, false, err
	case answer.Values == nil:
		return nil, 0, false, s.unreadable()
	}
	rows = *answer.Values
	last = answer.IsLast || len(rows) == 0 || answer.Total > 0 && start+len(rows) >= answer.Total
	return rows, answer.Total, last, nil
}

// candidates returns the issues that can have been in one of the sprints, with
// their changelogs. The Sprint field forgets a sprint that an issue was taken out
// of while it ran, so every issue of the board or its project that was changed
// since the first start is one. Those that were changed in the window the goals
// of the project want too, and they are read once for all.
func (s *source) candidates(ctx context.Context, w sources.Window, b *board, runs []run, est estimate) (haul, sources.Graded, error) {
	around, err := s.around(ctx, w, b, est)
	if err != nil {
		return haul{}, sources.Graded{}, err
	}
	rows, graded, err := s.others(ctx, b, runs, est, around)
	if err != nil {
		return haul{}, sources.Graded{}, err
	}
	missing := slices.DeleteFunc(slices.Clone(rows), func(i issue) bool { _, has := around.logs[i.ID]; return has })
	logs, err := s.changes(ctx, b.site, missing)
	if err != nil {
		return haul{}, sources.Graded{}, err
	}
	return around.with(haul{rows: rows, logs: logs}), graded, nil
}

// around returns what was changed in the board's project in the window; nothing
// where that lacks a field that the board needs.
func (s *source) around(ctx context.Context, w sources.Window, b *board, est estimate) (haul, error) {
	r, err := s.reader(ctx, w)
	if err != nil || b.project() == "" || slices.ContainsFunc(est.ids(), func(id string) bool { return !slices.Contains(r.fields(), id) }) {
		return haul{}, nil
	}
	return s.recently(ctx, r, []string{b.project()})
}

// others searches for the candidates that are not among those around.
func (s *source) others(ctx context.Context, b *board, runs []run, est estimate, around haul) ([]issue, sources.Graded, error) {
	ids := make([]int64, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	find := func(parts ...string) ([]issue, error) {
		jql := "(" + strings.Join(parts, " OR ") + ") AND issuetype not in subTaskIssueTypes()" + around.elsewhere()
		return s.find(ctx, b.site, jql, slices.Concat(est.ids(), b.site.sprintFields()))
	}
	recent := " AND updated >= " + since(runs[0].start)
	inside := "Sprint in (" + joinIDs(ids).id + ")"
	known := []string{inside}
	if p := b.project(); p != "" {
		known = append(known, "project = "+quote(p)+recent)
	}
	if b.Filter.ID != "" && !b.teamManaged() {
		rows, err := find(append(known, "filter = "+string(b.Filter.ID)+recent)...)
		if !refused(err) {
			return rows, sources.Whole(), err
		}
	}
	if len(known) > 1 {
		rows, err := find(known...)
		if b.teamManaged() {
			return rows, sources.Whole(), err // it shows its project, whole, and nothing else
		}
		return rows, sources.Graded{Grade: sources.Approximate,
			Reason: "the board's filter may not be read with this token, so issues of other projects that were taken out may be missing"}, err
	}
	rows, err := find(inside)
	if err != nil || len(rows) == 0 {
		return rows, sources.Graded{Grade: sources.Partial, Reason: "issues that were taken out while it ran could not be looked for"}, err
	}
	more, err := find("project in (" + quoted(projectsOf(rows)) + ")" + recent)
	return unique(append(rows, more...)), sources.Whole(), err
}
