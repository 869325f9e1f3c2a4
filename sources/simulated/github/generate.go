package github

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"preread/sources/simulated/company"
)

var people = []string{"earl-grey", "lady-mint", "oolong-otto", "chai-anya", "rooibos-rob", "puerh-pia", "sencha-sam"}

var (
	dependabot = User{Login: "dependabot[bot]", Bot: true}
	renovate   = User{Login: "renovate[bot]", Bot: true}
)

// Generate makes the company's GitHub: one repository a team, with forty weeks
// of work in it. Incidents are here for teams that do not keep them in Jira,
// and goals for those that keep them as milestones.
func Generate(c company.Company) *Org {
	var repos []*Repo
	for _, t := range c.Teams {
		owner, name, _ := strings.Cut(t.Repo, "/")
		m := mill{c: c, team: t, r: c.Rand("github of " + t.ID), repo: &Repo{
			Owner: owner, Name: name,
			Labels: []string{BugLabel, IncidentLabel, FollowUpLabel, "chore", "dependencies", "sev1", "sev2", "sev3"},
		}}
		m.run()
		repos = append(repos, m.repo)
	}
	return New(c.Now, repos...)
}

// A mill grinds out one team's repository.
type mill struct {
	c    company.Company
	team company.Team
	r    *rand.Rand
	repo *Repo
}

func (m *mill) run() {
	for week := -company.Weeks; week <= 0; week++ {
		m.pulls(week)
		m.bugs(week)
		m.chores(week)
		m.releases(week)
	}
	m.drafts()
	for _, g := range m.team.Goals {
		if g.Milestone != "" {
			m.goal(g)
		}
	}
	if !m.team.InJira {
		for _, in := range m.team.Incidents {
			m.incident(in)
		}
	}
}

// add takes an issue into the repository, without what is still to come. It
// returns nil for an issue from the future.
func (m *mill) add(i *Issue) *Issue {
	i.Created = i.Created.UTC().Truncate(time.Second)
	if i.Created.After(m.c.Now) {
		return nil
	}
	var past []Event
	for _, e := range i.Events {
		e.At = e.At.UTC().Truncate(time.Second)
		if !e.At.After(m.c.Now) {
			past = append(past, e)
		}
	}
	i.Events = past
	m.repo.Issues = append(m.repo.Issues, i)
	return i
}

func (m *mill) person() User { return User{Login: people[m.r.IntN(len(people))]} }

// workday returns an instant in office hours of a week.
func (m *mill) workday(week int) time.Time {
	return m.c.At(week, m.r.IntN(5), 9+m.r.IntN(8), m.r.IntN(60)).Add(time.Duration(m.r.IntN(60)) * time.Second)
}

// hours returns a stretch of time around a mean, never below a minute.
func (m *mill) hours(mean float64) time.Duration {
	return time.Minute + time.Duration(m.r.ExpFloat64()*mean*float64(time.Hour))
}

// pulls adds a week's pull requests: those of people and of machines, into the
// default branch and a release branch, some never merged.
func (m *mill) pulls(week int) {
	for range 4 + m.r.IntN(6) {
		m.pull(week, company.Title(m.r), m.person(), "", Merged)
	}
	for range company.Poisson(m.r, 2.2) {
		bot, what := dependabot, "Bump %s from 1.%d to 1.%d"
		if m.r.IntN(4) == 0 {
			bot, what = renovate, "Update dependency %s from 1.%d to 1.%d"
		}
		minor := m.r.IntN(40)
		things := []string{"kettlecheck", "left-pour", "steamlib", "go-infuse", "spoutjs"}
		m.pull(week, fmt.Sprintf(what, things[m.r.IntN(len(things))], minor, minor+1), bot, "", Merged, "dependencies")
	}
	for range company.Poisson(m.r, 0.7) {
		m.pull(week, company.Title(m.r), m.person(), "", Closed)
	}
	for range company.Poisson(m.r, 0.5) {
		m.pull(week, "Backport: "+company.Title(m.r), m.person(), "release/1.x", Merged)
	}
}

func (m *mill) pull(week int, title string, author User, base, end string, labels ...string) {
	created := m.workday(week)
	i := &Issue{Title: title, Author: author, Created: created, Pull: &Pull{Base: base}, Body: "Tested with a full pot."}
	for _, l := range labels {
		i.Events = append(i.Events, Event{created, Labeled, l})
	}
	ended := created.Add(m.hours(20))
	i.Events = append(i.Events, Event{ended, end, ""})
	if m.r.IntN(6) == 0 { // somebody says thanks, weeks later
		i.Events = append(i.Events, Event{ended.Add(m.hours(300)), Commented, ""})
	}
	m.add(i)
}

// drafts are started and not finished, as everywhere.
func (m *mill) drafts() {
	for week := -12; week < 0; week += 3 {
		m.add(&Issue{Title: "WIP: " + company.Title(m.r), Author: m.person(), Created: m.workday(week), Pull: &Pull{Draft: true}})
	}
}

func (m *mill) bugs(week int) {
	for range company.Poisson(m.r, 1.7) {
		created := m.workday(week)
		i := &Issue{Title: company.Bug(m.r), Author: m.person(), Created: created, Type: "Bug", Body: "Happens with every third teapot."}
		i.Events = []Event{{created, Labeled, BugLabel}}
		if m.r.IntN(9) > 0 {
			reason := ""
			if m.r.IntN(10) == 0 {
				reason = NotPlanned
			}
			closed := created.Add(m.hours(24 * 9))
			i.Events = append(i.Events, Event{closed, Closed, reason})
			if m.r.IntN(12) == 0 {
				again := closed.Add(m.hours(24 * 5))
				i.Events = append(i.Events, Event{again, Reopened, ""})
				if m.r.IntN(2) == 0 {
					i.Events = append(i.Events, Event{again.Add(m.hours(24 * 4)), Closed, ""})
				}
			}
		}
		m.add(i)
	}
}

func (m *mill) chores(week int) {
	for range company.Poisson(m.r, 1) {
		created := m.workday(week)
		m.add(&Issue{Title: company.Title(m.r), Author: m.person(), Created: created, Events: []Event{
			{created, Labeled, "chore"}, {created.Add(m.hours(24 * 14)), Closed, ""},
		}})
	}
}

// releases adds the Thursday release, in some weeks a candidate before it, and
// the draft of the one to come.
func (m *mill) releases(week int) {
	minor := week + company.Weeks + 1
	tag := fmt.Sprintf("v1.%d.0", minor)
	add := func(tag, name string, published time.Time, pre bool) {
		published = published.UTC().Truncate(time.Second)
		r := Release{Tag: tag, Name: name, Commit: published.Add(-m.hours(9)).Truncate(time.Second), Published: published, Prerelease: pre, Author: m.person()}
		switch {
		case r.Commit.After(m.c.Now):
			return
		case published.After(m.c.Now):
			r.Published = time.Time{}
		}
		m.repo.Releases = append(m.repo.Releases, r)
	}
	if minor%3 == 0 {
		add(tag+"-rc.1", "", m.c.At(week, 1, 15, m.r.IntN(60)), true)
	}
	add(tag, fmt.Sprintf("%s %d: %s", m.team.Name, minor, company.Title(m.r)), m.c.At(week, 3, 14, m.r.IntN(60)), false)
	if week == 0 {
		m.repo.Releases = append(m.repo.Releases, Release{Tag: fmt.Sprintf("v1.%d.0", minor+1), Name: "Next pot", Commit: m.c.Now.UTC().Truncate(time.Second).Add(-time.Hour), Author: m.person()})
	}
}

// goal adds a milestone with the items that were agreed, those that came
// later, and a pace that gets most of them done by the due day.
func (m *mill) goal(g company.Goal) {
	start, due := g.Start.Time(m.c.Zone.Location()), g.Due.Time(m.c.Zone.Location())
	m.repo.Milestones = append(m.repo.Milestones, Milestone{Title: g.Milestone, Created: start.AddDate(0, 0, -2).UTC(), Due: due.UTC()})
	stretch := due.Sub(start)
	for n := range g.Size {
		created := start.Add(-m.hours(30))
		done := start.Add(stretch * time.Duration(n+1) / time.Duration(g.Size+2)).Add(m.hours(40))
		m.goalItem(g, created, done, n == 2)
	}
	for at := start; at.Before(due); at = at.AddDate(0, 0, 7) {
		for range company.Poisson(m.r, g.Growth) {
			created := at.Add(m.hours(60))
			m.goalItem(g, created, created.Add(m.hours(24*25)), false)
		}
	}
}

func (m *mill) goalItem(g company.Goal, created, done time.Time, dropped bool) {
	reason := ""
	if dropped {
		reason = NotPlanned
	}
	who := m.person()
	m.add(&Issue{Title: company.Title(m.r), Author: m.person(), Created: created, Events: []Event{
		{created, Milestoned, g.Milestone}, {created.Add(done.Sub(created) / 2), Assigned, who.Login}, {done, Closed, reason},
	}})
}

// incident adds one of the company's incidents. Its follow-ups are sub-issues,
// labelled issues or check boxes, as it was to whoever wrote it up.
func (m *mill) incident(in company.Incident) {
	i := &Issue{Title: fmt.Sprintf("%s (%s)", in.Title, in.Service), Author: m.person(), Created: in.Opened, Body: "Customers noticed first."}
	i.Events = []Event{{in.Opened, Labeled, IncidentLabel}, {in.Opened, Labeled, fmt.Sprintf("sev%d", in.Severity)}}
	if !in.Acknowledged.IsZero() {
		i.Events = append(i.Events, Event{in.Acknowledged, Assigned, m.person().Login})
	}
	if !in.Resolved.IsZero() {
		i.Events = append(i.Events, Event{in.Resolved, Closed, ""})
	}
	if i = m.add(i); i == nil {
		return
	}
	for _, f := range in.FollowUps {
		if in.Number%3 == 0 {
			i.Boxes = append(i.Boxes, Box{Text: f.Title, Checked: !f.Done.IsZero()})
			continue
		}
		work := &Issue{Title: f.Title, Author: m.person(), Created: f.Created}
		if in.Number%3 == 1 {
			work.Names, work.Events = []*Issue{i}, []Event{{f.Created, Labeled, FollowUpLabel}}
		}
		if !f.Done.IsZero() {
			work.Events = append(work.Events, Event{f.Done, Closed, ""})
		}
		if work = m.add(work); work != nil && in.Number%3 == 2 {
			i.Children = append(i.Children, work)
		}
	}
}
