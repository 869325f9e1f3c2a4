package github

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
)

// An Ask is a question about the organisation. Text puts it to a collector,
// and the methods of its name answer it from the events themselves, without
// any of the lists that a collector reads.
type Ask struct {
	Source    string   // the source's name, for the evidence
	Repos     []string // of this organisation
	Pulls     bool
	Labels    []string
	Milestone string
	Author    string
	Bases     []string // shipped only; none: the default branch
	Parent    string   // goals only, instead of all others: owner/name#1
	Project   string   // goals and sprints only, beside Pulls: owner/1
	Iteration string   // sprints of a project only: a pattern of titles; "": all
	Field     string   // sprints of a project only; "": the only one
	Deployed  []string // shipped only: to these environments
}

// Text returns the question in GitHub's search words.
func (a Ask) Text() string {
	var words []string
	add := func(key, value string) {
		if strings.ContainsAny(value, ` ,"`) {
			value = strconv.Quote(value)
		}
		words = append(words, key+":"+value)
	}
	for _, r := range a.Repos {
		add("repo", r)
	}
	if a.Pulls {
		add("is", "pr")
	}
	for _, l := range a.Labels {
		add("label", l)
	}
	if a.Milestone != "" {
		add("milestone", a.Milestone)
	}
	if a.Author != "" {
		add("author", a.Author)
	}
	for _, b := range a.Bases {
		add("base", b)
	}
	if a.Parent != "" {
		add("parent", a.Parent)
	}
	if a.Project != "" {
		add("project", a.Project)
	}
	if a.Iteration != "" {
		add("iteration", a.Iteration)
	}
	if a.Field != "" {
		add("field", a.Field)
	}
	for _, e := range a.Deployed {
		add("environment", e)
	}
	return strings.Join(words, " ")
}

// Reasons that the truth gives for what GitHub's lists cannot tell exactly.
// What they say of such an item is "approximate"; in which words is up to the
// collector, so the truth leaves Reason empty.
func approximate() sources.Graded { return sources.Graded{Grade: sources.Approximate} }

// each calls f with everything that the question is about, as it is now. A
// repository that does not use issues has none to call it with.
func (o *Org) each(a Ask, f func(*Issue)) {
	a.Repos = slices.DeleteFunc(slices.Clone(a.Repos), func(name string) bool { return o.Repo(name).Disabled })
	o.all(a, f)
}

func (o *Org) all(a Ask, f func(*Issue)) {
	for _, name := range a.Repos {
		r := o.Repo(name)
		for _, i := range r.Issues {
			if (i.Pull != nil) == a.Pulls && i.carries(a.Labels) && (a.Milestone == "" || i.last(Milestoned, Demilestoned) == a.Milestone) &&
				(a.Author == "" || i.Author.Login == a.Author) {
				f(i)
			}
		}
	}
}

// carries reports whether an issue has all the labels now.
func (i *Issue) carries(labels []string) bool {
	for _, l := range labels {
		on := false
		for _, e := range i.Events {
			if e.Word == l && (e.What == Labeled || e.What == Unlabeled) {
				on = e.What == Labeled
			}
		}
		if !on {
			return false
		}
	}
	return true
}

// last returns the word of the last event of a kind, "" after its contrary.
func (i *Issue) last(what, contrary string) string {
	word := ""
	for _, e := range i.Events {
		switch e.What {
		case what:
			word = e.Word
		case contrary:
			word = ""
		}
	}
	return word
}

// ending returns the event that closed an issue, if it is closed, and whether
// it was ever opened again.
func (i *Issue) ending() (end Event, reopened bool) {
	for _, e := range i.Events {
		switch e.What {
		case Closed, Merged:
			end = e
		case Reopened:
			end, reopened = Event{}, true
		}
	}
	return end, reopened
}

// Goal is the truth about a goal: everything in its scope, in scope from its
// creation until it was closed without being done.
func (o *Org) Goal(a Ask) []sources.Item {
	if a.Parent != "" {
		return o.family(a)
	}
	if a.Project != "" {
		return o.inProject(a)
	}
	var items []sources.Item
	o.each(a, func(i *Issue) {
		item := i.item(a)
		end, _ := i.ending()
		abandoned := end.Word == NotPlanned || end.Word == Duplicate || i.Pull != nil && end.What == Closed
		if abandoned {
			item.Scope[0].To, item.Done = end.At, nil
		}
		if a.Milestone != "" || len(a.Labels) > 0 {
			item.Graded = approximate()
		}
		items = append(items, item)
	})
	return inOrder(items)
}

// family is the truth about the sub-issues of an issue: each that ever was one,
// in scope while it was, until it was closed without being done.
func (o *Org) family(a Ask) []sources.Item {
	repo, number, _ := strings.Cut(a.Parent, "#")
	n, _ := strconv.Atoi(number)
	var items []sources.Item
	of := map[*Issue]int{}
	for _, m := range o.Repo(repo).find(n).Family {
		at, known := of[m.Issue]
		if !known {
			at = len(items)
			of[m.Issue] = at
			item := m.item(a)
			item.Scope = nil
			items = append(items, item)
		}
		end, _ := m.ending()
		givenUp := end.Word == NotPlanned || end.Word == Duplicate
		if givenUp {
			items[at].Done = nil
		}
		switch {
		case givenUp && !m.From.Before(end.At):
			continue
		case givenUp && (m.To.IsZero() || m.To.After(end.At)):
			m.To = end.At
		}
		items[at].Scope = append(items[at].Scope, sources.Span{From: m.From.UTC(), To: m.To.UTC()})
	}
	joined := func(i sources.Item) time.Time {
		if len(i.Scope) == 0 {
			return i.Created
		}
		return i.Scope[0].From
	}
	slices.SortFunc(items, func(a, b sources.Item) int {
		return cmp.Or(joined(a).Compare(joined(b)), cmp.Compare(a.Ref, b.Ref))
	})
	return items
}

// Bugs is the truth about quality: what was open at some time since the window
// began.
func (o *Org) Bugs(a Ask, w sources.Window) []sources.Item {
	var items []sources.Item
	o.each(a, func(i *Issue) {
		if end, _ := i.ending(); end.At.IsZero() || !end.At.Before(w.Start()) {
			items = append(items, i.item(a))
		}
	})
	return inOrder(items)
}

func (i *Issue) item(a Ask) sources.Item {
	item := sources.Item{
		Evidence: i.evidence(a.Source), Kind: sources.Issue, Type: i.Type, Title: i.Title, Created: i.Created.UTC(),
		Scope: []sources.Span{{From: i.Created.UTC()}}, Bot: i.Author.Bot, Graded: sources.Whole(),
	}
	if i.Pull != nil {
		item.Kind = sources.PullRequest
	}
	end, reopened := i.ending()
	switch {
	case !end.At.IsZero():
		item.Done = []sources.Span{{From: end.At.UTC()}}
	case reopened:
		item.Graded = approximate()
	}
	return item
}

func (i *Issue) evidence(source string) sources.Evidence {
	kind := "/issues/"
	if i.Pull != nil {
		kind = "/pull/"
	}
	number := strconv.Itoa(i.Number)
	return sources.Evidence{Source: source, Ref: i.repo.String() + "#" + number, URL: Site + "/" + i.repo.String() + kind + number}
}

// Shipped is the truth about what was merged and released in the window.
func (o *Org) Shipped(a Ask, w sources.Window) []sources.Item {
	var items []sources.Item
	a.Pulls = true
	o.all(a, func(i *Issue) {
		branch := cmp.Or(i.Pull.Base, i.repo.branch())
		into := len(a.Bases) == 0 && branch == i.repo.branch() || slices.Contains(a.Bases, branch)
		if end, _ := i.ending(); end.What == Merged && w.Holds(end.At) && into {
			item := i.item(a)
			item.Type, item.Scope = "", nil
			items = append(items, item)
		}
	})
	for _, name := range a.Repos {
		r := o.Repo(name)
		if len(a.Labels) > 0 || a.Milestone != "" || a.Author != "" {
			break
		}
		for _, rel := range r.Releases {
			if rel.Published.IsZero() || !w.Holds(rel.Published) {
				continue
			}
			items = append(items, sources.Item{
				Evidence: sources.Evidence{Source: a.Source, Ref: r.String() + "@" + rel.Tag, URL: Site + "/" + r.String() + "/releases/tag/" + rel.Tag},
				Kind:     sources.Release, Title: cmp.Or(rel.Name, rel.Tag), Created: rel.Published.UTC(),
				Done: []sources.Span{{From: rel.Published.UTC()}}, Prerelease: rel.Prerelease, Graded: sources.Whole(),
			})
		}
	}
	for _, name := range a.Repos {
		items = append(items, o.Repo(name).deployed(a, w)...)
	}
	return inOrder(items)
}

func inOrder(items []sources.Item) []sources.Item {
	slices.SortFunc(items, func(a, b sources.Item) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Ref, b.Ref))
	})
	return items
}

// Incidents is the truth about incidents that were opened or resolved in the
// window or are still open. A severity is a label that begins with "sev".
func (o *Org) Incidents(a Ask, w sources.Window) []sources.Incident {
	var incidents []sources.Incident
	o.each(a, func(i *Issue) {
		in := i.incident(a)
		if in.Resolved.IsZero() || !in.Resolved.Before(w.Start()) && in.Opened.Before(w.End()) {
			in.FollowUps = o.followUps(a, i)
			for _, c := range i.Children {
				if c.repo.Hidden {
					in.Graded = sources.Graded{Grade: sources.Partial}
				}
			}
			incidents = append(incidents, in)
		}
	})
	slices.SortFunc(incidents, func(a, b sources.Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Ref, b.Ref))
	})
	return incidents
}

func (i *Issue) incident(a Ask) sources.Incident {
	end, _ := i.ending()
	in := sources.Incident{Evidence: i.evidence(a.Source), Title: i.Title, Opened: i.Created.UTC(), Graded: sources.Whole()}
	if !end.At.IsZero() {
		in.Resolved = end.At.UTC()
	}
	first := map[string]time.Time{}
	for _, e := range i.Events {
		if _, ok := first[e.What+e.Word]; !ok {
			first[e.What+e.Word] = e.At
		}
		if e.What == Labeled && strings.HasPrefix(e.Word, "sev") {
			in.Severity = e.Word
		}
		if e.What == Assigned && in.Acknowledged.IsZero() {
			in.Acknowledged = e.At.UTC()
		}
	}
	for _, l := range a.Labels {
		if at := first[Labeled+l]; at.After(in.Opened) && (end.At.IsZero() || !at.After(end.At)) {
			in.Opened = at.UTC()
		}
	}
	if !in.Acknowledged.IsZero() && in.Acknowledged.Before(in.Opened) {
		in.Acknowledged = in.Opened
	}
	return in
}

func (o *Org) followUps(a Ask, i *Issue) []sources.FollowUp {
	var all []sources.FollowUp
	add := func(f *Issue) {
		end, _ := f.ending()
		if end.Word != NotPlanned && end.Word != Duplicate {
			all = append(all, sources.FollowUp{Evidence: f.evidence(a.Source), Title: f.Title, Done: !end.At.IsZero()})
		}
	}
	for _, c := range i.Children {
		if !c.repo.Hidden {
			add(c)
		}
	}
	if len(i.Children) > 0 {
		return all
	}
	o.each(Ask{Repos: a.Repos, Labels: []string{FollowUpLabel}}, func(f *Issue) {
		if slices.Contains(f.Names, i) {
			add(f)
		}
	})
	if len(all) > 0 {
		return all
	}
	for _, box := range i.Boxes {
		all = append(all, sources.FollowUp{Evidence: i.evidence(a.Source), Title: box.Text, Done: box.Checked})
	}
	return all
}
