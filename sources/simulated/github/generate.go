package github

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"preread/sources"
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
	o := New(c.Now, repos...)
	o.Projects = projects(c, repos)
	return o
}

// projects puts the bugs and chores of all teams since the quarter began on one
// project, with what is said of it every other week.
func projects(c company.Company, repos []*Repo) []*Project {
	r := c.Rand("github projects")
	p := &Project{Owner: "kettle", Title: "No more leaks", Target: sources.DayOf(c.At(6, 4, 12, 0))}
	from := c.At(-10, 0, 0, 0)
	for _, repo := range repos {
		for _, i := range repo.Issues {
			if i.Created.Before(from) || len(i.Events) == 0 || i.Events[0].What != Labeled {
				continue
			}
			entry := Entry{Issue: i, Added: i.Created.Add(time.Duration(r.IntN(int(c.Now.Sub(i.Created)/time.Second)+1)) * time.Second / 4).Truncate(time.Second)}
			switch s := i.state(); {
			case !s.open():
				entry.Status, entry.Since = "Done", later(s.closed, entry.Added)
			case r.IntN(6) == 0:
				entry.Status, entry.Since = "Done", entry.Added.Add(time.Minute)
			default:
				entry.Status, entry.Since = "In progress", entry.Added
			}
			p.Entries = append(p.Entries, entry)
		}
	}
	drafted := c.At(-8, 2, 11, 0).UTC()
	p.Entries = append(p.Entries, Entry{Draft: "Think about handles", Made: drafted, Added: drafted}, Entry{Draft: "Measure the drip", Made: drafted, Added: drafted, Status: "done", Since: c.At(-3, 1, 15, 0).UTC()})
	for week, state := range map[int]string{-9: "ON_TRACK", -7: "ON_TRACK", -5: "AT_RISK", -3: "OFF_TRACK", -1: "AT_RISK"} {
		p.Updates = append(p.Updates, StatusUpdate{At: c.At(week, 3, 16, 30).UTC(), State: state, Body: fmt.Sprintf("## Week %d from now\r\n\r\nSpouts are glued.", -week)})
	}
	slices.SortFunc(p.Updates, func(a, b StatusUpdate) int { return a.At.Compare(b.At) })
	p.iterate(c)
	return []*Project{p}
}

// iterate keeps the first team's rhythm as iterations of a project, too: what is
// on it is planned into one, and moved on while it is not done. It draws from a
// generator of its own.
func (p *Project) iterate(c company.Company) {
	r := c.Rand("github iterations")
	f := Field{Name: "Sprint"}
	for n, s := range c.Teams[0].Sprints {
		first, next := sources.DayOf(s.Start), sources.DayOf(s.End)
		days := int(next.Time(time.UTC).Sub(first.Time(time.UTC)).Hours() / 24)
		f.Iterations = append(f.Iterations, Iteration{ID: fmt.Sprintf("%08x", 0x5eed0000+n), Title: fmt.Sprintf("Pour %d", n+1), Start: first, Days: max(1, days)})
	}
	for n := range p.Entries {
		p.Entries[n].plan(f, c, r)
	}
	p.Fields = []Field{f}
}

// plan moves an entry from iteration to iteration until it is done.
func (e *Entry) plan(f Field, c company.Company, r *rand.Rand) {
	done := time.Time{}
	if e.Issue != nil {
		done = e.state().closed
	}
	for _, i := range f.Iterations {
		begin := i.Start.Time(c.Zone.Location()).Add(10 * time.Hour)
		at := begin.Add(time.Duration(r.IntN(600)-300) * time.Minute)
		if r.IntN(3) == 0 { // urgent
			at = begin.AddDate(0, 0, 1+r.IntN(i.Days))
		}
		over := begin.AddDate(0, 0, i.Days)
		if over.Before(e.Added) || !done.IsZero() && done.Before(begin) || r.IntN(6) == 0 {
			continue
		}
		if at = later(at, e.Added.Add(time.Minute)).UTC().Truncate(time.Second); !at.After(c.Now) {
			e.Moves = append(e.Moves, Move{at, f.Name, i.ID})
		}
	}
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
	m.sprints()
	m.family()
	m.deployments()
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
	for range m.c.Scale.Pulls.Times(4 + m.r.IntN(6)) {
		m.pull(week, company.Title(m.r), m.person(), "", Merged)
	}
	for range company.Poisson(m.r, m.c.Scale.Pulls.Often(2.2)) {
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
	for range company.Poisson(m.r, m.c.Scale.Pulls.Often(1.7)) {
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

// dueOn is the instant that GitHub keeps for a day.
func dueOn(d sources.Day) time.Time { return d.Time(time.UTC).Add(8 * time.Hour) }

// goal adds a milestone with the items that were agreed, those that came
// later, and a pace that gets most of them done by the due day.
func (m *mill) goal(g company.Goal) {
	start, due := g.Start.Time(m.c.Zone.Location()), g.Due.Time(m.c.Zone.Location())
	m.repo.Milestones = append(m.repo.Milestones, Milestone{Title: g.Milestone, Created: start.AddDate(0, 0, -2).UTC(), Due: dueOn(g.Due)})
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

// sprints keeps the team's rhythm as milestones, too: the bugs and chores of
// its repository are planned into the next one, moved on when it is closed, and
// now and then taken out. It draws from a generator of its own.
func (m *mill) sprints() {
	all := m.team.Sprints
	for _, s := range all {
		stone := Milestone{Title: s.Name, Created: s.Start.AddDate(0, 0, -4).UTC(), Closed: s.Completed.UTC().Truncate(time.Second)}
		stone.Due = dueOn(sources.DayOf(s.End).Add(-1))
		if s.Completed.IsZero() {
			stone.Closed = time.Time{}
		}
		m.repo.Milestones = append(m.repo.Milestones, stone)
	}
	r := m.c.Rand("github sprints of " + m.team.ID)
	for _, i := range m.repo.Issues {
		if i.Pull == nil && i.state().milestone == "" {
			m.plan(i, all, r)
		}
	}
}

// plan puts an issue into sprints until it is closed or forgotten.
func (m *mill) plan(i *Issue, all []company.Sprint, r *rand.Rand) {
	closed := i.state().closed
	for n, s := range all {
		at, last := s.Start.Add(time.Duration(r.IntN(90))*time.Minute), s.Completed
		if urgent := i.Created.Add(time.Duration(1+r.IntN(50)) * time.Hour); r.IntN(3) == 0 && urgent.After(at) {
			at = urgent
		}
		if i.Created.After(at) || !last.IsZero() && !at.Before(last) || !closed.IsZero() && closed.Before(at) {
			continue
		}
		i.happens(m.c.Now, Event{at, Milestoned, s.Name})
		if out := at.Add(time.Duration(1+r.IntN(200)) * time.Hour); r.IntN(8) == 0 && (last.IsZero() || out.Before(last)) {
			i.happens(m.c.Now, Event{out, Demilestoned, s.Name})
			return
		}
		for ; !last.IsZero() && (closed.IsZero() || closed.After(last)) && n+1 < len(all); n++ { // moved on
			moved := last.Add(time.Duration(r.IntN(15)-5) * time.Minute)
			i.happens(m.c.Now, Event{moved, Demilestoned, all[n].Name})
			i.happens(m.c.Now, Event{moved, Milestoned, all[n+1].Name})
			last = all[n+1].Completed
		}
		return
	}
}

// happens takes an event into an issue at its time, if that has come.
func (i *Issue) happens(now time.Time, e Event) {
	e.At = e.At.UTC().Truncate(time.Second)
	if e.At.After(now) {
		return
	}
	n := len(i.Events)
	for n > 0 && i.Events[n-1].At.After(e.At) {
		n--
	}
	i.Events = slices.Insert(i.Events, n, e)
}

// family puts the chores of the last quarter under the last one before, as
// sub-issues: most when they are made, some later, a few not for ever.
func (m *mill) family() {
	r := m.c.Rand("github family of " + m.team.ID)
	from := m.c.At(-13, 0, 0, 0)
	var parent *Issue
	for _, i := range m.repo.Issues {
		switch {
		case i.Pull != nil || len(i.Events) == 0 || i.Events[0].Word != "chore":
		case i.Created.Before(from):
			parent = i
		case parent != nil:
			at := i.Created
			if r.IntN(3) == 0 {
				at = at.Add(m.c.Now.Sub(at) / 3).Truncate(time.Second)
			}
			member := Member{Issue: i, From: at}
			if r.IntN(6) == 0 {
				member.To = at.Add(m.c.Now.Sub(at) / 2).Truncate(time.Second)
			} else {
				parent.Children = append(parent.Children, i)
			}
			parent.Family = append(parent.Family, member)
		}
	}
}

// deployments follow the releases, mostly with success, some after a wait, and
// try themselves out before.
func (m *mill) deployments() {
	r := m.c.Rand("github deployments of " + m.team.ID)
	for _, rel := range m.repo.Releases {
		if rel.Published.IsZero() {
			continue
		}
		for _, where := range []string{"staging", "production"} {
			d := Deployment{Environment: where, Ref: rel.Tag, Created: rel.Published.Add(time.Duration(r.IntN(3000)) * time.Second), Author: rel.Author}
			at := d.Created
			add := func(state string, after int) {
				if at = at.Add(time.Duration(1+r.IntN(after)) * time.Second); !at.After(m.c.Now) {
					d.Statuses = append(d.Statuses, Status{state, at})
				}
			}
			add("QUEUED", 60)
			add("IN_PROGRESS", 90000)
			switch r.IntN(8) {
			case 0:
				add("FAILURE", 900)
			case 1:
				add("ERROR", 900)
				add("SUCCESS", 4000)
			case 2:
				add("SUCCESS", 900)
				add("INACTIVE", 600000)
			default:
				add("SUCCESS", 900)
			}
			if !d.Created.After(m.c.Now) {
				m.repo.Deployments = append(m.repo.Deployments, d)
			}
		}
	}
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
