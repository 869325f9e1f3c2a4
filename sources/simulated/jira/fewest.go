package jira

import (
	"strings"
	"time"

	"preread/sources"
)

// Fewest returns how few requests can answer the questions, given who asks
// for the first time, the page caps, and that each question needs a search of
// its own: what the site is (4), each list in full pages, and on Cloud one
// bulk read of all the changelogs that are needed.
func (s *Site) Fewest(cloud bool, w sources.Window, queries ...sources.Query) int {
	f := &fewest{view: s.view(cloud, nil), window: w, logs: map[*row]bool{}, projects: map[string]bool{}, n: 4}
	for _, q := range queries {
		switch q.Noun {
		case sources.Goals:
			f.goal(q.Text)
		case sources.Delivery:
			for _, board := range append([]int64{q.Board}, q.Boards...) {
				if board != 0 {
					f.delivery(board)
				}
			}
		default:
			f.list(q.Text)
		}
	}
	if cloud && len(f.logs) > 0 {
		histories := 0
		for r := range f.logs {
			histories += len(r.log)
		}
		f.n += max(pages(len(f.logs), bulkIssues), pages(histories, bulkCap))
	}
	return f.n
}

type fewest struct {
	*view
	window   sources.Window
	logs     map[*row]bool // whose changelogs are needed
	projects map[string]bool
	n        int
}

// pages returns how many pages a list has; an empty one has one too.
func pages(n, size int) int { return max(1, (n+size-1)/size) }

func (f *fewest) search(rows []*row) {
	size := serverCap
	if f.cloud {
		size = cloudCap
	}
	f.n += pages(len(rows), size)
}

// find returns the rows of somebody's JQL that a test accepts.
func (f *fewest) find(jql string, test func(*row) bool) []*row {
	all, err := f.run(jql)
	if err != nil {
		return nil
	}
	var rows []*row
	for _, r := range all {
		if test(r) {
			rows = append(rows, r)
		}
	}
	return rows
}

func (f *fewest) since(start time.Time) func(*row) bool {
	return func(r *row) bool { return !r.updated.Before(start) }
}

func (f *fewest) goal(jql string) {
	rows := f.find(jql, func(*row) bool { return true })
	f.search(rows)
	for _, r := range rows {
		if !f.since(f.window.Start())(r) {
			continue
		}
		f.logs[r] = true
	}
	// Those that left can be found only among all that changed.
	project, _, _ := strings.Cut(strings.ToUpper(jql[strings.LastIndexAny(jql, " =")+1:]), "-")
	if f.projectKey(project) == "" && len(rows) > 0 {
		project = rows[0].issue.Project
	}
	f.around(project)
}

// around counts the list of what changed in a project in the window, which all
// questions share.
func (f *fewest) around(project string) {
	if f.projects[project] {
		return
	}
	f.projects[project] = true
	rows := f.find("project = "+project, f.since(f.window.Start()))
	f.search(rows)
	for _, r := range rows {
		f.logs[r] = true
	}
}

func (f *fewest) list(jql string) {
	rows := f.find(jql, func(r *row) bool {
		return f.since(f.window.Start())(r) || f.status(r.now.Status).Category != "done"
	})
	f.search(rows)
	for _, r := range rows {
		if f.since(f.window.Start())(r) {
			f.logs[r] = true
		}
	}
}

func (f *fewest) delivery(board int64) {
	f.n += 2 // configuration, and the page of sprints that holds the window's
	sprints := f.TrueSprints(f.window, board)
	if len(sprints) == 0 {
		return
	}
	f.around(f.board(board).Project)
	rows := f.find("project = "+f.board(board).Project, func(r *row) bool {
		return f.since(sprints[0].Start)(r) && !f.since(f.window.Start())(r) && !r.issue.subtask()
	})
	f.search(rows) // what else may have been in the sprints
	for _, r := range rows {
		f.logs[r] = true
	}
}
