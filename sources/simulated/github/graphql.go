package github

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
)

// A Project is a project of an owner, as only GraphQL shows it whole.
type Project struct {
	Owner   string
	Title   string
	Closed  bool
	Entries []Entry
	Updates []StatusUpdate // in the order of time
	Target  sources.Day    // that the last update names
	Fields  []Field        // of iterations, beside those that every project has
}

// A Field is one whose values are iterations.
type Field struct {
	Name       string
	Iterations []Iteration
}

// An Iteration is a stretch of days. GitHub calls it by an id of eight digits.
type Iteration struct {
	ID, Title string
	Start     sources.Day
	Days      int
}

// A Move gives an entry another iteration, by its id; "": none.
type Move struct {
	At    time.Time
	Field string
	To    string
}

// An Entry is an item of a project: an issue, a pull request or a draft.
type Entry struct {
	*Issue           // nil: a draft
	Draft  string    // its title
	Made   time.Time // a draft's creation
	Added  time.Time
	Status string    // "": none
	Since  time.Time // of the status

	Archived time.Time // zero: it is not
	Moves    []Move    // in the order of time; GitHub shows the last of a field only
}

// moved returns the last move of an entry in a field.
func (e Entry) moved(field string) Move {
	var last Move
	for _, m := range e.Moves {
		if m.Field == field {
			last = m
		}
	}
	return last
}

// A StatusUpdate is what somebody says of a project.
type StatusUpdate struct {
	At    time.Time
	State string // ON_TRACK and its like
	Body  string
}

// A Deployment is a request to deploy.
type Deployment struct {
	Environment, Ref string
	Created          time.Time
	Author           User
	Statuses         []Status // in the order of time
}

// A Status is what became of a deployment: SUCCESS and its like.
type Status struct {
	State string
	At    time.Time
}

// graphql answers the queries that this company's collectors ask. Like GitHub it
// answers errors with status 200, and nothing here changes anything.
func (o *Org) graphql(r *http.Request) (any, string, *refusal) {
	var ask struct {
		Query     string `json:"query"`
		Variables struct {
			Owner, Name, After, Field string
			Number, First             int
			Environments, IDs         []string
		} `json:"variables"`
	}
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&ask) != nil {
		return nil, "", refuse(http.StatusBadRequest, "A query attribute must be specified and must be a string.")
	}
	points := cmp.Or(o.Points, 5000)
	if o.Points > 0 {
		o.Points--
	}
	v := ask.Variables
	failed := func(kind string) (any, string, *refusal) {
		return object{"data": object{"found": nil}, "errors": []object{{"type": kind, "message": "Could not resolve to what was asked for."}}}, "", nil
	}
	if points <= 1 {
		return failed("RATE_LIMITED")
	}
	rate := object{"cost": 1, "remaining": points - 1}
	if strings.Contains(ask.Query, "nodes(ids:$ids)") && len(v.IDs) <= maxPage {
		about := clues
		if strings.Contains(ask.Query, "subIssues(first:50)") {
			about = subIssuesOf
		}
		return object{"data": object{"rateLimit": rate, "found": o.nodes(v.IDs, about)}}, "", nil
	}
	paged := strings.Contains(ask.Query, "$first:")
	if paged && (v.First < 1 || v.First > maxPage) || !strings.HasPrefix(ask.Query, "query(") {
		return failed("EXCESSIVE_PAGINATION")
	}
	found := object{}
	switch {
	case strings.Contains(ask.Query, "projectV2(number:$number)"):
		p := o.project(v.Owner, v.Number)
		if p == nil {
			return failed("NOT_FOUND")
		}
		found["projectV2"] = p.object(v.Number, v.First, v.After, v.Field)
		if strings.Contains(ask.Query, "fields(first:100)") {
			found["projectV2"] = p.fields(v.Number, o.Now)
		}
	case strings.Contains(ask.Query, "deployments(environments:$environments"):
		repo := o.Repo(v.Owner + "/" + v.Name)
		if to, moved := o.Moved[v.Owner+"/"+v.Name]; moved {
			repo = o.Repo(to)
		}
		if repo == nil || repo.Hidden {
			return failed("NOT_FOUND")
		}
		found["deployments"] = repo.deployments(v.Environments, v.First, v.After)
	default:
		return failed("UNKNOWN")
	}
	return object{"data": object{"rateLimit": rate, "found": found}}, "", nil
}

// nodes answers for each of some node ids with what about tells of its issue;
// null for what is no issue, or hidden.
func (o *Org) nodes(ids []string, about func(*Issue) object) []any {
	of := map[string]*Issue{}
	for _, r := range o.repos {
		for _, i := range r.Issues {
			if !r.Hidden && i.Pull == nil {
				of[i.node()] = i
			}
		}
	}
	list := make([]any, len(ids))
	for n, id := range ids {
		if i := of[id]; i != nil {
			told := about(i)
			told["id"] = id
			list[n] = told
		}
	}
	return list
}

// clues tells of the labels and assignments in an issue's timeline.
func clues(i *Issue) object {
	var events []object
	for _, e := range i.Events {
		switch e.What {
		case Labeled:
			events = append(events, object{"__typename": "LabeledEvent", "createdAt": at(e.At), "label": object{"name": e.Word}})
		case Assigned:
			events = append(events, object{"__typename": "AssignedEvent", "createdAt": at(e.At)})
		}
	}
	return object{"timelineItems": stretch(events, maxPage, "", func(_ int, o object) object { return o })}
}

// subIssuesOf tells of the sub-issues that an account may see.
func subIssuesOf(i *Issue) object {
	return object{"subIssues": stretch(i.shown(), 50, "", func(_ int, c *Issue) object {
		s := c.content()
		s["state"] = map[bool]string{true: "CLOSED", false: "OPEN"}[s["closed"] == true]
		return s
	})}
}

func (o *Org) project(owner string, number int) *Project {
	if number < 1 || number > len(o.Projects) || !strings.EqualFold(o.Projects[number-1].Owner, owner) {
		return nil
	}
	return o.Projects[number-1]
}

// stretch cuts a page out of a list. A cursor is the place of its last entry.
func stretch[T any](all []T, first int, after string, one func(int, T) object) object {
	from := 0
	if n, err := strconv.Atoi(after); err == nil {
		from = min(max(0, n), len(all))
	}
	to := min(from+first, len(all))
	nodes := []object{}
	for n, v := range all[from:to] {
		nodes = append(nodes, one(from+n, v))
	}
	return object{
		"totalCount": len(all), "nodes": nodes,
		"pageInfo": object{"hasNextPage": to < len(all), "endCursor": null(map[bool]string{true: strconv.Itoa(to)}[to > 0])},
	}
}

func (p *Project) page(number int) string {
	return fmt.Sprintf("%s/orgs/%s/projects/%d", Site, p.Owner, number)
}

// fields tells of a project's fields; of those without iterations it is asked
// for nothing. An iteration is completed when its days are over in UTC.
func (p *Project) fields(number int, now time.Time) object {
	nodes := []object{{}, {}} // Title and Status
	for _, f := range p.Fields {
		open, completed := []object{}, []object{}
		for _, i := range f.Iterations {
			o := object{"id": i.ID, "title": i.Title, "startDate": i.Start.String(), "duration": i.Days}
			if i.Start.Add(i.Days).Time(time.UTC).After(now) {
				open = append(open, o)
			} else {
				completed = append([]object{o}, completed...) // the newest first
			}
		}
		nodes = append(nodes, object{"name": f.Name, "configuration": object{"iterations": open, "completedIterations": completed}})
	}
	return object{"title": p.Title, "url": p.page(number), "closed": p.Closed,
		"fields": stretch(nodes, maxPage, "", func(_ int, o object) object { return o })}
}

func (p *Project) object(number, first int, after, field string) object {
	said := slices.Clone(p.Updates)
	slices.Reverse(said)
	updates := stretch(said, 50, "", func(n int, u StatusUpdate) object {
		target := any(nil)
		if n == 0 && !p.Target.IsZero() {
			target = p.Target.String()
		}
		return object{"status": null(u.State), "body": u.Body, "createdAt": at(u.At), "targetDate": target}
	})
	return object{
		"title": p.Title, "url": p.page(number), "closed": p.Closed, "statusUpdates": updates,
		"items": stretch(p.Entries, first, after, func(n int, e Entry) object { return e.object(n, field) }),
	}
}

func (e Entry) object(n int, field string) object {
	o := object{
		"id": node("PVTI", int64(n)), "isArchived": !e.Archived.IsZero(), "createdAt": at(e.Added),
		"updatedAt": at(later(later(e.Added, e.Since), e.Archived)), "status": nil,
	}
	if m := e.moved(field); m.To != "" {
		o["iteration"] = object{"iterationId": m.To, "updatedAt": at(m.At)}
	}
	if e.Status != "" {
		o["status"] = object{"name": e.Status, "updatedAt": at(e.Since)}
	}
	switch {
	case e.Issue == nil:
		o["type"], o["content"] = "DRAFT_ISSUE", object{"__typename": "DraftIssue", "title": e.Draft, "createdAt": at(e.Made)}
	case e.repo.Hidden:
		o["type"], o["content"] = "REDACTED", nil
	default:
		o["type"], o["content"] = "ISSUE", e.content()
	}
	return o
}

// actor renders an account as GraphQL does: without the suffix that Apps have.
func actor(u User) object {
	kind := "User"
	if u.Bot {
		kind = "Bot"
	}
	return object{"__typename": kind, "login": strings.TrimSuffix(u.Login, "[bot]")}
}

func (i *Issue) content() object {
	s := i.state()
	o := object{
		"__typename": "Issue", "number": i.Number, "title": i.Title, "url": i.evidence("").URL, "closed": !s.open(),
		"createdAt": at(i.Created), "closedAt": at(s.closed), "author": actor(i.Author),
		"repository": object{"nameWithOwner": i.repo.String()}, "stateReason": null(strings.ToUpper(s.reason)),
	}
	if i.Pull != nil {
		delete(o, "stateReason")
		o["__typename"], o["mergedAt"] = "PullRequest", at(s.merged)
	}
	return o
}

func (r *Repo) deployments(environments []string, first int, after string) object {
	type numbered struct {
		Deployment
		id int
	}
	var all []numbered
	for n, d := range r.Deployments {
		if slices.Contains(environments, d.Environment) {
			all = append(all, numbered{d, n + 1})
		}
	}
	slices.SortStableFunc(all, func(a, b numbered) int { return b.Created.Compare(a.Created) })
	return stretch(all, first, after, func(_ int, d numbered) object {
		said := slices.Clone(d.Statuses)
		slices.Reverse(said) // the newest first
		statuses := stretch(said, 30, "", func(_ int, s Status) object { return object{"state": s.State, "createdAt": at(s.At)} })
		latest := any(nil)
		if n := len(d.Statuses); n > 0 {
			latest = object{"state": d.Statuses[n-1].State, "createdAt": at(d.Statuses[n-1].At)}
		}
		return object{
			"databaseId": d.id, "createdAt": at(d.Created), "environment": d.Environment, "commitOid": fmt.Sprintf("%040x", d.id),
			"ref": object{"name": d.Ref}, "creator": actor(d.Author), "latestStatus": latest, "statuses": statuses,
		}
	})
}

// inProject is the truth about a project: its items since they were taken into
// it, as done as they are closed or, else, as their status says.
func (o *Org) inProject(a Ask) []sources.Item {
	owner, number, _ := strings.Cut(a.Project, "/")
	n, _ := strconv.Atoi(number)
	p := o.project(owner, n)
	var items []sources.Item
	hidden := false
	for _, e := range p.Entries {
		if e.Issue != nil && e.repo.Hidden {
			hidden = true
			continue
		}
		if (e.Issue != nil && e.Pull != nil) != a.Pulls {
			continue
		}
		item := sources.Item{
			Evidence: sources.Evidence{Source: a.Source, Ref: a.Project + " " + e.Draft, URL: p.page(n)},
			Kind:     sources.Issue, Title: e.Draft, Created: e.Made, Graded: approximate(),
		}
		var end Event
		if e.Issue != nil {
			item = e.item(a)
			item.Type, item.Graded = "", approximate()
			end, _ = e.ending()
		}
		scope := sources.Span{From: e.Added}
		abandoned := end.Word == NotPlanned || end.Word == Duplicate || e.Issue != nil && e.Pull != nil && end.What == Closed
		switch {
		case abandoned:
			scope.To, item.Done = end.At, nil
		case end.At.IsZero() && strings.EqualFold(e.Status, "Done"):
			item.Done = []sources.Span{{From: e.Since}}
		case end.At.IsZero():
			scope.To = e.Archived
		}
		item.Scope = []sources.Span{scope}
		if !scope.To.IsZero() && !scope.From.Before(scope.To) {
			item.Scope = nil
		}
		items = append(items, item)
	}
	for k := range items {
		if hidden {
			items[k].Graded = sources.Graded{Grade: sources.Partial}
		}
	}
	return inOrder(items)
}

// Plan is the truth about what is said of a project.
func (o *Org) Plan(a Ask) sources.Plan {
	owner, number, _ := strings.Cut(a.Project, "/")
	n, _ := strconv.Atoi(number)
	p := o.project(owner, n)
	e := sources.Evidence{Source: a.Source, Ref: a.Project, URL: p.page(n)}
	var plan sources.Plan
	for _, u := range p.Updates {
		text, _, _ := strings.Cut(strings.TrimPrefix(u.Body, "## "), "\r\n")
		plan.Updates = append(plan.Updates, sources.Update{Evidence: e, At: u.At, State: strings.ToLower(strings.ReplaceAll(u.State, "_", " ")), Text: text})
	}
	if !p.Target.IsZero() {
		plan.Milestones = []sources.Milestone{{Evidence: e, Title: p.Title, Due: p.Target, Done: p.Closed}}
	}
	return plan
}

// deployed is the truth about what was deployed in the window, well or not.
func (r *Repo) deployed(a Ask, w sources.Window) []sources.Item {
	var items []sources.Item
	for n, d := range r.Deployments {
		var last Status
		for _, s := range d.Statuses {
			if s.State == "SUCCESS" || s.State == "FAILURE" || s.State == "ERROR" {
				last = s
			}
		}
		if !slices.Contains(a.Deployed, d.Environment) || last.At.IsZero() || !w.Holds(last.At) {
			continue
		}
		items = append(items, sources.Item{
			Evidence: sources.Evidence{Source: a.Source, Ref: fmt.Sprintf("%s deployment %d", r, n+1)},
			Kind:     sources.Deployment, Type: d.Environment, Title: d.Ref + " to " + d.Environment, Created: d.Created.UTC(),
			Done: []sources.Span{{From: last.At.UTC()}}, Failed: last.State != "SUCCESS", Bot: d.Author.Bot, Graded: sources.Whole(),
		})
	}
	return items
}
