package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"preread/aggregate"
	"preread/sources"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// listLimit is how many things a list names before it only counts the rest.
const listLimit = 8

// list prints links to things, one a line, and how many more there are.
func (p *page) list(entries []string) {
	for i, e := range entries {
		if i == listLimit {
			p.printf("- and %d more\n", len(entries)-listLimit)
			break
		}
		p.printf("- %s\n", e)
	}
	p.printf("\n")
}

func itemEntry(item sources.Item) string { return opened(item.Evidence) + " " + Escape(item.Title) }

func goalFigure(f aggregate.Finding, w aggregate.GoalWeek) string {
	mark := ""
	switch f.Weeks[len(f.Weeks)-1].Grade {
	case sources.Partial:
		mark = "≥ "
	case sources.Approximate:
		mark = "≈ "
	}
	return fmt.Sprintf("%s%d of %d", mark, w.Done, w.Total)
}

func (p *page) goals() {
	p.printf("## Goals\n\n")
	if !p.section(p.goal, sources.Goals) {
		p.printf("No goal is in the settings.\n\n")
	}
}

func (p *page) goal(t aggregate.TeamReport, f aggregate.Finding) {
	p.line(f)
	if f.Plan.Why != "" {
		p.printf("*Why:* %s\n\n", Escape(f.Plan.Why))
	}
	if !f.Plan.Due.IsZero() {
		left := int(f.Plan.Due.Time(time.UTC).Sub(p.Window.Last.Sunday().Time(time.UTC)).Hours() / 24)
		switch {
		case left >= 0:
			p.printf("*Due:* %s, %s after this week.", day(f.Plan.Due), count(left, "day", "days"))
		default:
			p.printf("*Due:* %s, %s before this week's end.", day(f.Plan.Due), count(-left, "day", "days"))
		}
		p.printf("\n\n")
	}
	p.milestones(f)
	if f.Measured != nil {
		p.weekTable("At the week's end", row("Reading", p.values(f)...))
	}
	if f.Goal != nil {
		p.printf("*Forecast:* %s.\n\n", sentence(capital(ForecastReason(f, p.Window.Last))))
		p.goalWeeks(f)
	}
	p.lineSlot(t, f)
}

// milestones names the next step, and what slipped.
func (p *page) milestones(f aggregate.Finding) {
	if next, found := f.NextMilestone(p.Window.Last); found {
		p.printf("*Next milestone:* %s, due %s.\n\n", link(Escape(next.Title), next.Evidence.URL), day(next.Due))
	}
	if n := len(f.Updates); n > 0 {
		p.update(f.Updates[n-1])
	}
	for _, d := range f.Drift {
		p.printf("*Drift:* %s.\n\n", sentence(driftWords(d)))
	}
}

// update shows what was last said of a goal in its tracker, with its age: an
// old "on track" is no news.
func (p *page) update(u sources.Update) {
	state := Escape(u.State)
	if state == "" {
		state = "an update"
	}
	age := int(p.Window.End().Sub(u.At).Hours() / 24)
	p.printf("*In the tracker:* %s, %s before this week's end", link(state, u.URL), count(age, "day", "days"))
	if u.Text != "" {
		p.printf(": %s", Escape(u.Text))
	}
	p.printf(".\n\n")
}

func (p *page) goalWeeks(f aggregate.Finding) {
	last := f.Goal.Last()
	figure := goalFigure(f, last)
	if len(f.Evidence) > 0 {
		figure = p.link(figure, f.Evidence[0].URL)
	}
	p.printf("%s done. This week: %d done, %d added, %d removed.\n\n", figure, last.DoneNow, last.Added, last.Removed)
	done, total, added := []string{}, []string{}, []string{}
	for _, w := range f.Goal.Weeks {
		done = append(done, fmt.Sprint(w.Done))
		total = append(total, fmt.Sprint(w.Total))
		added = append(added, fmt.Sprintf("+%d −%d", w.Added, w.Removed))
	}
	p.weekTable("At the week's end", row("Done", done...), row("In scope", total...), row("Scope change", added...))
	from, to := p.Window.Bounds(p.Window.Last)
	var finished []string
	for _, item := range f.Goal.Items {
		for _, s := range item.Done {
			if !s.From.Before(from) && s.From.Before(to) && s.Holds(to.Add(-1)) && sources.Within(item.Scope, to.Add(-1)) {
				finished = append(finished, itemEntry(item))
			}
		}
	}
	if len(finished) > 0 {
		p.printf("Done this week:\n\n")
		p.list(finished)
	}
	if len(f.Goal.Blocked) > 0 {
		p.printf("Blocked for longer than two working days; is there something to ask for?\n\n")
		p.list(mapped(f.Goal.Blocked, func(b aggregate.Blocked) string {
			return fmt.Sprintf("%s, for %s", itemEntry(b.Item), count(b.Days, "working day", "working days"))
		}))
	}
}

func (p *page) weeks() {
	p.printf("## %s in figures\n\n", capital(p.span()))
	if !p.section(p.figures, sources.Delivery, sources.Quality, sources.Metrics, sources.Durations) {
		p.printf("No sprint delivery, quality or metric is in the settings.\n\n")
	}
}

func (p *page) figures(t aggregate.TeamReport, f aggregate.Finding) {
	p.line(f)
	switch {
	case f.Delivery != nil:
		p.weekTable("Closed in", row("Done of committed", p.values(f)...))
		p.sprints(f.Delivery)
	case f.Quality != nil:
		p.weekTable("Bugs",
			row("Opened", p.values(f)...),
			row("Closed", integers(f.Quality.Closed, f.Weeks)...),
			row("Open at the end", integers(f.Quality.OpenAtEnd, f.Weeks)...))
		p.openedBugs(f)
	case f.Durations != nil:
		p.durations(f)
	case f.Status.Rule != aggregate.Unanswered:
		p.weekTable("At the week's end", row(Escape(f.Title), p.values(f)...))
	}
	p.lineSlot(t, f)
}

func (p *page) sprints(d *aggregate.Delivery) {
	if len(d.Sprints) == 0 {
		return
	}
	p.printf("| Sprint | Closed | Committed | Of these done | Added | Removed | Not done |\n| :-- | :-- | --: | --: | --: | --: | --: |\n")
	for _, s := range d.Sprints {
		closed := "running"
		if !s.Running() {
			closed = moment(s.Sprint.Completed, p.Window.Zone)
		}
		added := fmt.Sprint(s.Added.Items)
		if s.CarriedIn.Items > 0 {
			added += fmt.Sprintf(", %d carried in", s.CarriedIn.Items)
		}
		p.printf("| %s | %s | %d (%s) | %d (%s) | %s | %d | %d |\n", p.link(Escape(s.Name), s.URL), closed,
			s.Committed.Items, points(s.Committed), s.CompletedOfCommitted.Items, points(s.CompletedOfCommitted),
			added, s.Removed.Items, s.NotCompleted.Items)
	}
	p.printf("\n")
}

func (p *page) openedBugs(f aggregate.Finding) {
	var entries []string
	for _, bug := range f.Quality.Bugs {
		if p.Window.WeekOf(bug.Created) == p.Window.Last {
			entries = append(entries, itemEntry(bug))
		}
	}
	if len(entries) > 0 {
		p.printf("Opened this week:\n\n")
		p.list(entries)
	}
}

func (p *page) operations() {
	p.printf("## Operations\n\n")
	if !p.section(p.operation, sources.Incidents, sources.Alarms) {
		p.printf("No incidents or alarms are in the settings.\n\n")
	}
}

func (p *page) operation(t aggregate.TeamReport, f aggregate.Finding) {
	p.line(f)
	switch {
	case f.Incidents != nil:
		p.weekTable("Opened", row("Incidents", p.values(f)...))
		p.incidents(f.Incidents)
	case f.Alarms != nil:
		p.alarms(f)
	}
	p.lineSlot(t, f)
}

// incidents lists those of the last week and all that are still open, or whose
// follow-ups are.
func (p *page) incidents(in *aggregate.Incidents) {
	var rows []sources.Incident
	for _, i := range in.Incidents {
		if aggregate.StillOpen(i) || p.Window.WeekOf(i.Opened) == p.Window.Last {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		p.printf("None last week, none open, no follow-up open.\n\n")
		return
	}
	p.printf("Last week's, and those with something still open:\n\n")
	p.printf("| Incident | Severity | Opened | Acknowledged | Resolved | Follow-ups |\n| :-- | :-- | :-- | :-- | :-- | :-- |\n")
	for _, i := range rows {
		p.printf("| %s %s%s | %s | %s | %s | %s | %s |\n", opened(i.Evidence), Escape(i.Title), review(i), Escape(i.Severity),
			moment(i.Opened, p.Window.Zone), p.after(i.Opened, i.Acknowledged, "not seen"), p.after(i.Opened, i.Resolved, "**open**"), followUps(i.FollowUps))
	}
	p.printf("\n")
}

// review marks a major incident, and links its review or says that there is
// none.
func review(i sources.Incident) string {
	switch {
	case i.Review != nil && i.Major:
		return " (major; review: " + opened(*i.Review) + ")"
	case i.Review != nil:
		return " (review: " + opened(*i.Review) + ")"
	case i.Major:
		return " (major; no review is linked)"
	}
	return ""
}

func (p *page) after(from, to time.Time, not string) string {
	if to.IsZero() {
		return not
	}
	return "after " + took(to.Sub(from))
}

func followUps(all []sources.FollowUp) string {
	if len(all) == 0 {
		return "none scheduled"
	}
	text := ""
	done := 0
	for _, f := range all {
		if f.Done {
			done++
			continue
		}
		text += ", open: " + opened(f.Evidence) + " " + Escape(f.Title)
	}
	return fmt.Sprintf("%d of %d done", done, len(all)) + text
}

// alarmLimit is how many alarms a table names before it only counts the rest.
const alarmLimit = 6

func (p *page) alarms(f aggregate.Finding) {
	rows := [][]string{row("**All**", p.values(f)...)}
	for i, a := range f.Alarms.Alarms {
		if i == alarmLimit {
			break
		}
		label := Escape(a.Name)
		if a.Severity != "" {
			label += " (" + Escape(a.Severity) + ")"
		}
		cells := make([]string, len(a.Weeks))
		for j, w := range a.Weeks {
			cells[j] = "?"
			if w.Known {
				cells[j] = fmt.Sprint(w.Episodes)
			}
		}
		rows = append(rows, row(label, cells...))
	}
	p.weekTable("Episodes", rows...)
	if more := len(f.Alarms.Alarms) - alarmLimit; more > 0 {
		p.printf("And %s that went off less often.\n\n", count(more, "alarm", "alarms"))
	}
	minutes := 0.0
	for _, a := range f.Alarms.Alarms {
		minutes += a.Weeks[len(a.Weeks)-1].Minutes
	}
	if f.Weeks[len(f.Weeks)-1].State == aggregate.Known {
		p.printf("Last week something was firing for %s, summed over alerts.\n\n", took(time.Duration(minutes*float64(time.Minute))))
	}
}

func (p *page) shipped() {
	p.printf("## What got done\n\n")
	for _, t := range p.Teams {
		p.team(t)
		p.outcomes(t)
		for _, f := range t.Lines {
			if f.Noun == sources.Shipped {
				p.merged(t, f)
			}
		}
	}
}

// outcomes lead: what moved, was released, was put right. Activity follows.
func (p *page) outcomes(t aggregate.TeamReport) {
	var lines []string
	for _, f := range t.Lines {
		switch {
		case f.Goal != nil && f.Goal.Last().DoneNow > 0:
			lines = append(lines, fmt.Sprintf("%s: %s done, %s in all", Escape(f.Title), count(f.Goal.Last().DoneNow, "item", "items"), goalFigure(f, f.Goal.Last())))
		case f.Incidents != nil:
			for _, i := range f.Incidents.Incidents {
				if !i.Resolved.IsZero() && p.Window.WeekOf(i.Resolved) == p.Window.Last {
					lines = append(lines, "Incident resolved: "+opened(i.Evidence)+" "+Escape(i.Title))
				}
			}
		case f.Shipped != nil:
			for _, r := range f.Shipped.Releases {
				if at := r.Done[0].From; p.Window.WeekOf(at) == p.Window.Last && !r.Prerelease {
					lines = append(lines, "Released: "+itemEntry(r))
				}
			}
		}
	}
	if len(lines) == 0 {
		p.printf("No goal moved, nothing was released, and no incident was resolved.\n\n")
		return
	}
	p.list(lines)
}

func (p *page) merged(t aggregate.TeamReport, f aggregate.Finding) {
	p.line(f)
	if f.Shipped != nil {
		rows := [][]string{row("Merged by people", p.values(f)...), row("Merged by bots", integers(f.Shipped.Bots, f.Weeks)...)}
		if f.Shipped.Deployed != nil {
			rows = append(rows, row("Deployed", integers(f.Shipped.Deployed, f.Weeks)...), row("Failed to deploy", integers(f.Shipped.Failed, f.Weeks)...))
		}
		p.weekTable("Week", rows...)
		var entries []string
		for _, item := range f.Shipped.Merged {
			if p.Window.WeekOf(item.Done[0].From) == p.Window.Last {
				entries = append(entries, itemEntry(item))
			}
		}
		if len(entries) > 0 {
			p.printf("<details><summary>Merged last week</summary>\n\n")
			for _, e := range entries {
				p.printf("- %s\n", e)
			}
			p.printf("\n</details>\n\n")
		}
	}
	p.lineSlot(t, f)
}
