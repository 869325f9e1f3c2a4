package github

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
)

// A board is a project with its items, all pages of it.
type board struct {
	Title         string                 `json:"title"`
	URL           string                 `json:"url"`
	Closed        bool                   `json:"closed"`
	StatusUpdates connection[saying]     `json:"statusUpdates"`
	Items         connection[projectRow] `json:"items"`
}

// A saying is a status update of a project.
type saying struct {
	Status     string    `json:"status"`
	Body       string    `json:"body"`
	CreatedAt  time.Time `json:"createdAt"`
	TargetDate string    `json:"targetDate"`
}

// A projectRow is an item of a project.
type projectRow struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	IsArchived bool      `json:"isArchived"`
	CreatedAt  time.Time `json:"createdAt"` // when it was taken into the project
	UpdatedAt  time.Time `json:"updatedAt"`
	nth        int       // of the drafts that have its title
	Status     *struct {
		Name      string    `json:"name"`
		UpdatedAt time.Time `json:"updatedAt"`
	} `json:"status"`
	Iteration *struct {
		ID        string    `json:"iterationId"`
		UpdatedAt time.Time `json:"updatedAt"`
	} `json:"iteration"` // only where it was asked for
	Content *struct {
		Kind        string    `json:"__typename"`
		Number      int       `json:"number"`
		Title       string    `json:"title"`
		URL         string    `json:"url"`
		Closed      bool      `json:"closed"`
		StateReason string    `json:"stateReason"`
		CreatedAt   time.Time `json:"createdAt"`
		ClosedAt    time.Time `json:"closedAt"`
		MergedAt    time.Time `json:"mergedAt"`
		Author      *author   `json:"author"`
		Repository  struct {
			NameWithOwner string `json:"nameWithOwner"`
		} `json:"repository"`
	} `json:"content"`
}

// An author is who made something. A deleted account is none.
type author struct {
	Kind  string `json:"__typename"`
	Login string `json:"login"`
}

// machine reports whether an author is a bot. GraphQL leaves out the suffix
// that REST gives the logins of Apps.
func (h *hub) machine(a *author) bool {
	return a != nil && (a.Kind == "Bot" || h.bot(&gh.User{Login: &a.Login}))
}

const projectQuery = `query($owner:String!,$number:Int!,$first:Int!,$after:String){
rateLimit{cost remaining}
found:repositoryOwner(login:$owner){... on ProjectV2Owner{projectV2(number:$number){
title url closed
statusUpdates(first:50,orderBy:{field:CREATED_AT,direction:DESC}){totalCount nodes{status body createdAt targetDate}}
items(first:$first,after:$after){totalCount pageInfo{hasNextPage endCursor} nodes{` + rowParts + `}}}}}}`

// rowParts are what is asked for of an item, whatever the question.
const rowParts = `
id type isArchived createdAt updatedAt
status:fieldValueByName(name:"Status"){... on ProjectV2ItemFieldSingleSelectValue{name updatedAt}}
content{__typename
... on Issue{number title url closed stateReason(enableDuplicate:true) createdAt closedAt author{__typename login} repository{nameWithOwner}}
... on PullRequest{number title url closed createdAt closedAt mergedAt author{__typename login} repository{nameWithOwner}}
... on DraftIssue{title createdAt}}`

// key is what a project is remembered by.
func (p Project) key() string { return "project " + strings.ToLower(p.String()) }

// board reads a project once, with all that is asked of it.
func (h *hub) board(ctx context.Context, p Project) (board, error) {
	return remember(ctx, &h.kept, p.key(), func() (board, error) {
		b, err := h.allRows(ctx, p, projectQuery, nil)
		if err == nil && b.StatusUpdates.Nodes == nil {
			err = h.unreadable(p)
		}
		return b, err
	})
}

// A holder is who has a project.
type holder[T any] struct {
	Project *T `json:"projectV2"`
}

// ofProject asks one question about a project.
func ofProject[T any](ctx context.Context, h *hub, p Project, text string, more map[string]any) (T, error) {
	variables := map[string]any{"owner": p.Owner, "number": p.Number}
	maps.Copy(variables, more)
	var none T
	o, err := query[*holder[T]](ctx, h, p, text, variables)
	if err != nil {
		return none, err
	}
	if o == nil || o.Project == nil {
		return none, h.complaint(p, "NOT_FOUND")
	}
	return *o.Project, nil
}

// allRows reads a project by a query for a page of its items: the first page
// with the items of all, by their ids.
func (h *hub) allRows(ctx context.Context, p Project, text string, more map[string]any) (board, error) {
	var whole board
	rows, after, read := map[string]*projectRow{}, "", trail{}
	for next := true; next; {
		variables := map[string]any{"first": firstPage}
		maps.Copy(variables, more)
		if after != "" {
			variables["after"] = after
		}
		if err := read.add(h, after); err != nil {
			return board{}, err
		}
		b, err := ofProject[board](ctx, h, p, text, variables)
		if err != nil {
			return board{}, err
		}
		for _, row := range b.Items.Nodes {
			if row == nil || row.ID == "" || row.CreatedAt.IsZero() {
				return board{}, h.unreadable(p)
			}
			rows[row.ID] = row
		}
		if after == "" {
			whole = b
		}
		page := b.Items.PageInfo
		after, next = page.EndCursor, page.HasNextPage
		if b.Items.Nodes == nil || next && after == "" {
			return board{}, h.unreadable(p)
		}
	}
	if whole.Items.TotalCount > 0 && len(rows) == 0 {
		return board{}, h.unreadable(p)
	}
	whole.Items.Nodes = nil
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		whole.Items.Nodes = append(whole.Items.Nodes, rows[id])
	}
	numberDrafts(whole.Items.Nodes)
	return whole, nil
}

// numberDrafts tells drafts of one title apart, since a title is all they are
// known by: the one that was made first goes by it alone.
func numberDrafts(rows []*projectRow) {
	drafts := slices.DeleteFunc(slices.Clone(rows), func(r *projectRow) bool { return r.Content == nil || r.Content.Kind != "DraftIssue" })
	slices.SortStableFunc(drafts, func(a, b *projectRow) int { return a.CreatedAt.Compare(b.CreatedAt) })
	seen := map[string]int{}
	for _, draft := range drafts {
		name := title(draft.Content.Title)
		seen[name]++
		draft.nth = seen[name]
	}
}

// Reasons why an item of a project is not exact.
const (
	takenOut = "GitHub does not tell what was taken out of a project"
	columns  = "it counts as done since its status was last changed, as it is not closed"
)

// projectItems returns the items of a project. They are in scope since they
// were taken into it.
func (h *hub) projectItems(ctx context.Context, q Query) ([]sources.Item, error) {
	b, err := h.board(ctx, q.Project)
	if err != nil {
		return nil, err
	}
	hidden, err := h.hiddenIn(q.Project, b)
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, row := range b.Items.Nodes {
		if row.Content == nil || q.Pulls != (row.Content.Kind == "PullRequest") {
			continue
		}
		item, ok := h.projectItem(q.Project, b, row)
		if !ok {
			return nil, h.unreadable(q.Project)
		}
		item.Graded = item.Worse(hidden)
		items = append(items, item)
	}
	return items, nil
}

// hiddenIn grades a project by its items that are not shown. One that shows
// none of its items is not known.
func (h *hub) hiddenIn(p Project, b board) (sources.Graded, error) {
	hidden := 0
	for _, row := range b.Items.Nodes {
		if row.Content == nil {
			hidden++
		}
	}
	switch {
	case hidden == 0:
		return sources.Whole(), nil
	case hidden == len(b.Items.Nodes):
		return sources.Graded{}, sources.Unansweredf("%s shows none of the %d items of %s to this token", h.name, hidden, p).
			WithHint("the token may lack the right to read the repositories that they are in")
	}
	return sources.Graded{Grade: sources.Partial, Reason: fmt.Sprintf("items that are not shown to this token: %d", hidden)}, nil
}

// projectItem returns one item. False: it cannot be read.
func (h *hub) projectItem(p Project, b board, row *projectRow) (sources.Item, bool) {
	c := row.Content
	item := sources.Item{
		Evidence: sources.Evidence{Source: h.name, Ref: c.Repository.NameWithOwner + fmt.Sprintf("#%d", c.Number), URL: page(c.URL)},
		Kind:     sources.Issue, Title: title(c.Title), Created: c.CreatedAt, Bot: h.machine(c.Author),
		Scope:  []sources.Span{{From: row.CreatedAt}},
		Graded: sources.Graded{Grade: sources.Approximate, Reason: takenOut},
	}
	var ended time.Time // without being done
	done := c.ClosedAt
	switch c.Kind {
	case "Issue":
		if c.StateReason == "NOT_PLANNED" || c.StateReason == "DUPLICATE" {
			ended, done = done, time.Time{}
		}
	case "PullRequest":
		item.Kind, done = sources.PullRequest, c.MergedAt
		if done.IsZero() {
			ended = c.ClosedAt
		}
	case "DraftIssue": // has neither number nor page
		item.Ref, item.URL = p.String()+" "+title(c.Title), page(b.URL)
		if row.nth > 1 {
			item.Ref += fmt.Sprintf(" (%d)", row.nth)
		}
	}
	if item.Created.IsZero() || c.Kind != "DraftIssue" && (c.Number <= 0 || !isRepo(c.Repository.NameWithOwner)) || c.Closed != !c.ClosedAt.IsZero() {
		return sources.Item{}, false
	}
	if row.Status != nil && done.IsZero() && ended.IsZero() && slices.ContainsFunc(h.done, func(s string) bool { return strings.EqualFold(s, row.Status.Name) }) {
		done = later(later(row.Status.UpdatedAt, row.CreatedAt), item.Created)
		item.Reason = columns
	}
	if row.IsArchived && done.IsZero() && ended.IsZero() {
		ended = row.UpdatedAt
	}
	if !done.IsZero() {
		item.Done = []sources.Span{{From: done}}
	}
	if !ended.IsZero() {
		item.Scope = until(item.Scope, ended)
	}
	return item, true
}

// states are the words of status updates for people.
var states = strings.NewReplacer("_", " ")

// projectPlan returns what is said of a project, and the day that the last
// saying with one names.
func (h *hub) projectPlan(ctx context.Context, p Project) (sources.Plan, error) {
	b, err := h.board(ctx, p)
	if err != nil {
		return sources.Plan{}, err
	}
	e := sources.Evidence{Source: h.name, Ref: p.String(), URL: page(b.URL)}
	var plan sources.Plan
	var target sources.Day
	said := slices.DeleteFunc(slices.Clone(b.StatusUpdates.Nodes), func(s *saying) bool { return s == nil || s.CreatedAt.IsZero() })
	slices.SortStableFunc(said, func(a, b *saying) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Body, b.Body)) })
	for _, s := range said {
		plan.Updates = append(plan.Updates, sources.Update{
			Evidence: e, At: s.CreatedAt,
			State: sources.OneLine(strings.ToLower(states.Replace(s.Status)), 40),
			Text:  firstLine(s.Body),
		})
		if day, err := sources.ParseDay(s.TargetDate); err == nil {
			target = day
		}
	}
	if !target.IsZero() {
		plan.Milestones = []sources.Milestone{{Evidence: e, Title: title(b.Title), Due: target, Done: b.Closed}}
	}
	return plan, nil
}

var heading = regexp.MustCompile(`^#{1,6}\s+`)

// firstLine returns the first line of a Markdown text that says anything,
// without the marks of a heading.
func firstLine(text string) string {
	for line := range strings.Lines(comment.ReplaceAllString(text, "")) {
		if line = sources.OneLine(heading.ReplaceAllString(strings.TrimSpace(line), ""), 250); line != "" {
			return line
		}
	}
	return ""
}
