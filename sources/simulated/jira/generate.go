package jira

import (
	"fmt"
	"math/rand/v2"
	"time"

	"preread/sources/simulated/company"
)

// Address is where the company's Jira is opened by people.
const Address = "https://jira.kettle.example"

// firstNumber is the number of a project's first issue within the company's
// history; lower ones are reserved for epics.
const firstNumber = 200

// Generate returns the Jira of a company: the boards, sprints, epics, bugs
// and incidents of its teams, over the whole of its history.
func Generate(c company.Company) *Site {
	s := &Site{Address: Address, Now: c.Now, Zone: c.Zone, Statuses: statuses()}
	reserved := map[*Issue]string{}
	for n, t := range c.Teams {
		s.Projects = append(s.Projects, Project{fmt.Sprint(10000 + n), t.Project, t.Name})
		s.Boards = append(s.Boards, scrumBoard(t.Board, t.Name+" board", t.Project))
		p := &team{Site: s, firm: c, spec: t, Rand: c.Rand("jira " + t.ID), reserved: reserved}
		p.epics()
		p.sprints(n)
		p.bugs()
		if t.InJira {
			p.incidents()
		}
	}
	s.number(firstNumber, reserved)
	return s
}

// scrumBoard returns a board with the usual columns, the last one empty.
func scrumBoard(id int64, name, project string) *Board {
	return &Board{ID: id, Name: name, Project: project, Filter: 10000 + id,
		JQL: fmt.Sprintf("project = %s AND issuetype not in (Epic, Incident) ORDER BY Rank ASC", project),
		Columns: []Column{{"To Do", []string{ToDo}}, {"In Progress", []string{InProgress}}, {"In Review", []string{InReview}},
			{"Done", []string{Done, Erledigt}}, {"Top shelf", nil}}}
}

// A team makes the issues of one team.
type team struct {
	*Site
	*rand.Rand
	firm     company.Company
	spec     company.Team
	reserved map[*Issue]string

	backlog []*Issue // of the epics: planned by nobody yet
}

// chance is true with a probability.
func (t *team) chance(p float64) bool { return t.Float64() < p }

// between draws an instant.
func (t *team) between(from, to time.Time) time.Time {
	if !from.Before(to) {
		return from
	}
	return from.Add(time.Duration(t.Int64N(int64(to.Sub(from))))).Truncate(time.Second)
}

// points draws an estimate; one issue in ten has none.
func (t *team) points() *float64 {
	if t.chance(0.1) {
		return nil
	}
	n := []float64{1, 2, 3, 5, 8}[t.IntN(5)]
	return &n
}

// story makes a piece of work.
func (t *team) story(created time.Time, first State) *Issue {
	first.Summary, first.Points = company.Title(t.Rand), t.points()
	kind := "Story"
	if t.chance(0.25) {
		kind = "Task"
	}
	return t.NewIssue(t.spec.Project, kind, created, first)
}

// epics makes the goals that live in this Jira: what was agreed at the start,
// what was added since, and the little that went away again.
func (t *team) epics() {
	for _, g := range t.spec.Goals {
		if g.Epic == "" {
			continue
		}
		start := g.Start.Time(t.Zone.Location()).Add(9 * time.Hour)
		epic := t.NewIssue(t.spec.Project, "Epic", start.AddDate(0, 0, -10), State{Summary: g.Title, Status: InProgress})
		t.reserved[epic] = g.Epic
		var scope []*Issue
		for range t.firm.Scale.Issues.Times(g.Size) {
			scope = append(scope, t.child(epic, start.Add(-time.Duration(t.IntN(4*24*60))*time.Minute)))
		}
		for week := start.AddDate(0, 0, 7); week.Before(t.Now); week = week.AddDate(0, 0, 7) {
			for range company.Poisson(t.Rand, t.firm.Scale.Issues.Often(g.Growth)) {
				scope = append(scope, t.child(epic, t.between(week.AddDate(0, 0, -6), week)))
			}
		}
		weeks := t.Now.Add(-14 * 24 * time.Hour)
		out, dropped := scope[0], scope[1]
		t.Edit(out, t.between(weeks.AddDate(0, 0, -14), weeks), func(st *State) { st.Parent = nil })
		t.Edit(dropped, t.between(weeks, weeks.AddDate(0, 0, 7)), giveUp("Won't Do"))
		t.backlog = append(t.backlog, scope[2:]...)
	}
	// The goals take turns, as the team sees fit.
	t.Shuffle(len(t.backlog), func(i, j int) { t.backlog[i], t.backlog[j] = t.backlog[j], t.backlog[i] })
}

// child makes an issue of an epic, created under it or moved there a little
// later.
func (t *team) child(epic *Issue, created time.Time) *Issue {
	if t.chance(0.7) {
		return t.story(created, State{Parent: epic})
	}
	i := t.story(created, State{})
	t.Edit(i, created.Add(time.Duration(1+t.IntN(240))*time.Minute), func(st *State) { st.Parent = epic })
	return i
}

// bugs come in and go out again, most of them.
func (t *team) bugs() {
	for week := t.firm.Start(); week.Before(t.Now); week = week.AddDate(0, 0, 7) {
		for range company.Poisson(t.Rand, t.firm.Scale.Issues.Often(1.4)) {
			created := t.between(week, week.AddDate(0, 0, 7))
			bug := t.NewIssue(t.spec.Project, "Bug", created, State{Summary: company.Bug(t.Rand), Priority: priorities[t.IntN(5)], Labels: []string{"customer"}})
			end := created.Add(time.Duration(20+t.IntN(25*24)) * time.Hour)
			switch fate := t.Float64(); {
			case fate < 0.78:
				t.Edit(bug, t.between(created, end), move(InProgress))
				t.Edit(bug, end, move(Done))
				if t.chance(0.08) {
					t.Edit(bug, end.Add(30*time.Hour), move(InProgress))
					t.Edit(bug, end.Add(80*time.Hour), move(Erledigt))
				}
			case fate < 0.88:
				t.Edit(bug, end, giveUp(resolutions[1+t.IntN(3)]))
			}
		}
	}
}

// incidents are the company's mishaps with the work that they left behind.
func (t *team) incidents() {
	words := map[int]string{1: "Highest", 2: "High", 3: "Medium"}
	for _, in := range t.spec.Incidents {
		i := t.NewIssue(t.spec.Project, "Incident", in.Opened, State{Summary: in.Title, Priority: words[in.Severity], Severity: severities[in.Severity-1], Labels: []string{in.Service}})
		if !in.Acknowledged.IsZero() {
			t.Edit(i, in.Acknowledged, move(InProgress))
		}
		if !in.Resolved.IsZero() {
			t.Edit(i, in.Resolved, move(Done))
		}
		for _, f := range in.FollowUps {
			task := t.NewIssue(t.spec.Project, "Task", f.Created, State{Summary: f.Title})
			if !f.Done.IsZero() {
				t.Edit(task, f.Done, move(Done))
			}
			i.Links = append(i.Links, Link{"Relates", task})
		}
	}
}
