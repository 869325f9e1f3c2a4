package github

import (
	"cmp"

	"preread/sources"
)

// Fewest returns how many requests the page sizes of the API allow at best for
// a question: every entry that the answer needs has to come on some page, and
// at least one page has to be seen of every list that might hold one.
func (o *Org) Fewest(noun sources.Noun, a Ask, w sources.Window) int {
	n := 0
	for _, name := range a.Repos {
		one := a
		one.Repos = []string{name}
		switch noun {
		case sources.Goals:
			n += o.fewestGoal(one)
		case sources.Quality:
			n += o.fewestSince(one, w)
		case sources.Shipped:
			n += o.fewestShipped(one, w)
		case sources.Incidents:
			n += o.fewestIncidents(one, w)
		case sources.Delivery:
			n += o.fewestSprints(one, w)
		}
	}
	return n
}

func pages(entries int) int { return max(1, (entries+maxPage-1)/maxPage) }

func (o *Org) fewestGoal(a Ask) int {
	n := pages(len(o.Goal(a)))
	if a.Milestone != "" { // its number is in the list of milestones
		n += pages(len(o.Repo(a.Repos[0]).Milestones))
	}
	return n
}

// fewestSince counts one list of all, or two that share the work: what is open
// and what was updated since the window began.
func (o *Org) fewestSince(a Ask, w sources.Window) int {
	var all, old, recent int
	o.each(a, func(i *Issue) {
		s := i.state()
		all++
		switch {
		case !s.updated.Before(w.Start()):
			recent++
		case s.open():
			old++
		}
	})
	return min(pages(all), pages(old)+pages(recent))
}

func (o *Org) fewestShipped(a Ask, w sources.Window) int {
	r := o.Repo(a.Repos[0])
	merged, published := 0, 0
	for _, i := range r.Issues {
		if s := i.state(); i.Pull != nil && !s.open() && !s.updated.Before(w.Start()) {
			merged++
		}
	}
	for _, rel := range r.Releases {
		if !cmp.Or(rel.Published, rel.Commit).Before(w.Start()) {
			published++
		}
	}
	return pages(merged) + pages(published)
}

// fewestIncidents adds what has no list: the timelines, a hundred at a time, the
// sub-issues of as many, and the follow-ups of those without.
func (o *Org) fewestIncidents(a Ask, w sources.Window) int {
	n, others, timelines, parents := o.fewestSince(a, w), false, 0, 0
	shown := map[string]bool{}
	for _, in := range o.Incidents(a, w) {
		shown[in.Ref] = true
	}
	o.each(a, func(i *Issue) {
		if !shown[i.evidence("").Ref] {
			return
		}
		timelines++
		if len(i.Children) > 0 {
			parents++
		} else {
			others = true
		}
	})
	if timelines > 0 {
		n += pages(timelines)
	}
	if parents > 0 {
		n += pages(parents)
	}
	if others {
		n++
	}
	return n
}

// fewestSprints counts the list of milestones, one list of issues for each of
// the sprints, and the events since the first of them began: a timeline for
// each issue that was changed since would be more.
func (o *Org) fewestSprints(a Ask, w sources.Window) int {
	r := o.Repo(a.Repos[0])
	n, begin := pages(len(r.Milestones)), w.Now
	for _, s := range o.Sprints(a, w) {
		now := 0
		for _, i := range r.Issues {
			if i.state().milestone == s.Name {
				now++
			}
		}
		n += pages(now)
		if s.Start.Before(begin) {
			begin = s.Start
		}
	}
	events := 0
	for _, i := range r.Issues {
		for _, e := range i.Events {
			if e.What != Commented && !e.At.Before(begin) {
				events++
			}
		}
	}
	return n + pages(events)
}
