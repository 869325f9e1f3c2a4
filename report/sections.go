package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"preread/aggregate"
	"preread/aggregate/forecast"
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
	p.picture(t, f)
	told := p.tells(f)
	if told {
		p.meaning(f)
		p.blocked(f)
	}
	p.folded(f, func() {
		if !told {
			p.meaning(f)
		}
		p.due(f)
		if f.Measured != nil {
			p.weekTable("At the week's end", row("Reading", p.values(f)...))
		}
		if f.Goal != nil {
			p.printf("*Forecast:* %s.\n\n", sentence(capital(ForecastReason(f, p.Window.Last))))
			p.goalWeeks(f)
		}
	})
	p.lineSlot(t, f)
}

// tells reports a goal that is told at length this week: one of which nobody
// wants to hear every week still is when something is the matter.
func (p *page) tells(f aggregate.Finding) bool {
	return f.Plan.Cadence.Due(p.Window.Last) || f.Status.Status != before(f) || f.Status.Status != aggregate.Green && f.Status.Status != aggregate.NoTarget ||
		len(f.Drift) > 0 || f.Goal != nil && len(f.Goal.Blocked) > 0
}

// before is the colour that a reader knows a line to have: what the last page
// said, and where none is remembered, what it would have said a week ago.
func before(f aggregate.Finding) aggregate.Status {
	if f.Told != nil {
		return f.Told.Status
	}
	return f.Before.Status
}

// meaning says what a goal is for, what it rests on and where it stands.
func (p *page) meaning(f aggregate.Finding) {
	if f.Plan.Why != "" {
		p.printf("*Why:* %s\n\n", Escape(f.Plan.Why))
	}
	if len(f.Plan.Assumed) > 0 {
		p.printf("*Assumed, please confirm:* %s\n\n", strings.Join(mapped(f.Plan.Assumed, Escape), "; "))
	}
	if f.Goal != nil {
		p.progress(f)
	}
	p.milestones(f)
}

func (p *page) due(f aggregate.Finding) {
	if f.Plan.Due.IsZero() {
		return
	}
	left := p.Window.Last.Sunday().Until(f.Plan.Due)
	when := count(left, "day", "days") + " after this week"
	if left < 0 {
		when = count(-left, "day", "days") + " before this week's end"
	}
	p.printf("*Due:* %s, %s.\n\n", day(f.Plan.Due), when)
}

// targetCell says for the glance what a line is held against: its target, or where it
// has none, the day by which a goal is due, in signs as the others.
func targetCell(f aggregate.Finding) string {
	sign := targetSign(f.Line)
	switch {
	case sign != "" || f.Plan.Due.IsZero():
		return sign
	case !f.Plan.Aim.IsZero():
		return fmt.Sprintf("%s by %s", Escape(figure(f.Line, f.Plan.Aim.Want)), f.Plan.Due)
	}
	return "≤ " + f.Plan.Due.String()
}

// dueBrief says what a goal is to be when; "" where no day is set.
func dueBrief(f aggregate.Finding) string {
	switch due := day(f.Plan.Due); {
	case f.Plan.Due.IsZero():
		return ""
	case f.Status.Rule == aggregate.ByForecast && f.Goal.Outlook.State != forecast.Nothing:
		return percent(forecast.Rounded(f.Status.Value)) + " likely by " + due
	case !f.Plan.Aim.IsZero():
		return figure(f.Line, f.Plan.Aim.Want) + " by " + due
	default:
		return "due " + due
	}
}

// progress says what the weeks of the page did to a goal.
func (p *page) progress(f aggregate.Finding) {
	done, added, removed := p.moved(f)
	figure := goalFigure(f, f.Goal.Last())
	if len(f.Evidence) > 0 {
		figure = p.link(figure, f.Evidence[0].URL)
	}
	moved := []string{fmt.Sprintf("%d %s", done, p.these())}
	if added > 0 {
		moved = append(moved, fmt.Sprintf("%d added", added))
	}
	if removed > 0 {
		moved = append(moved, fmt.Sprintf("%d removed", removed))
	}
	p.printf("*Done:* %s; %s.\n\n", figure, strings.Join(moved, ", "))
}

// moved sums up what the weeks that the page tells of did to a goal.
func (p *page) moved(f aggregate.Finding) (done, added, removed int) {
	for _, w := range f.Goal.Weeks[len(f.Goal.Weeks)-p.told():] {
		done, added, removed = done+w.DoneNow, added+w.Added, removed+w.Removed
	}
	return done, added, removed
}

// blocked proposes to ask for help where work has been stuck.
func (p *page) blocked(f aggregate.Finding) {
	if f.Goal == nil || len(f.Goal.Blocked) == 0 {
		return
	}
	p.printf("Blocked for longer than two working days; is there something to ask for?\n\n")
	p.list(mapped(f.Goal.Blocked, func(b aggregate.Blocked) string {
		return fmt.Sprintf("%s, for %s", itemEntry(b.Item), count(b.Days, "working day", "working days"))
	}))
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
	done, total, added := []string{}, []string{}, []string{}
	for _, w := range f.Goal.Weeks {
		done = append(done, fmt.Sprint(w.Done))
		total = append(total, fmt.Sprint(w.Total))
		added = append(added, fmt.Sprintf("+%d −%d", w.Added, w.Removed))
	}
	p.weekTable("At the week's end", row("Done", done...), row("In scope", total...), row("Scope change", added...))
	from, _ := p.Window.Bounds(p.since())
	_, to := p.Window.Bounds(p.Window.Last)
	var finished []string
	for _, item := range f.Goal.Items {
		for _, s := range item.Done {
			if !s.From.Before(from) && s.From.Before(to) && s.Holds(to.Add(-1)) && sources.Within(item.Scope, to.Add(-1)) {
				finished = append(finished, itemEntry(item))
			}
		}
	}
	if len(finished) > 0 {
		p.printf("Done %s:\n\n", p.these())
		p.list(finished)
	}
}

func (p *page) weeks() {
	p.printf("## %s in figures\n\n", capital(lengthWords(p.Window)))
	if !p.section(p.figures, sources.Delivery, sources.Quality, sources.Metrics, sources.Durations) {
		p.printf("No sprint delivery, quality or metric is in the settings.\n\n")
	}
}

func (p *page) figures(t aggregate.TeamReport, f aggregate.Finding) {
	p.line(f)
	p.picture(t, f)
	p.folded(f, func() {
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
	})
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
		if p.news(bug.Created) {
			entries = append(entries, itemEntry(bug))
		}
	}
	if len(entries) > 0 {
		p.printf("Opened %s:\n\n", p.these())
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
	p.picture(t, f)
	var now, before []sources.Incident
	if f.Incidents != nil {
		now, before = p.recent(f.Incidents)
		p.incidents(now)
		p.unscheduled(f)
	}
	if f.Alarms != nil {
		p.loudest(f.Alarms)
	}
	p.folded(f, func() {
		switch {
		case f.Incidents != nil:
			p.weekTable("Opened", row("Incidents", p.values(f)...))
			p.openFollowUps(slices.Concat(now, before))
		case f.Alarms != nil:
			p.alarms(f)
		}
	})
	p.lineSlot(t, f)
}

// recent tells the incidents of the weeks that the page tells of, and those that
// are not resolved, from older ones of which only a follow-up is open.
func (p *page) recent(in *aggregate.Incidents) (now, before []sources.Incident) {
	for _, i := range in.Incidents {
		switch {
		case i.Resolved.IsZero(), p.news(i.Opened), p.news(i.Resolved):
			now = append(now, i)
		case aggregate.StillOpen(i):
			before = append(before, i)
		}
	}
	return now, before
}

func (p *page) incidents(all []sources.Incident) {
	if len(all) == 0 {
		return
	}
	p.printf("| Incident | Severity | Opened | Seen | Over | Follow-ups |\n| :-- | :-- | :-- | :-- | :-- | :-- |\n")
	for _, i := range all {
		p.printf("| %s %s%s | %s | %s | %s | %s | %s |\n", opened(i.Evidence), Escape(i.Title), review(i), Escape(i.Severity),
			moment(i.Opened, p.Window.Zone), p.after(i.Opened, i.Acknowledged, "not seen"), p.after(i.Opened, i.Resolved, "**open**"), followUps(i.FollowUps))
	}
	p.printf("\n")
}

// openFollowUps lists what incidents left to do, with the age of the incident.
func (p *page) openFollowUps(all []sources.Incident) {
	var lines []string
	for _, i := range all {
		for _, f := range i.FollowUps {
			if !f.Done {
				lines = append(lines, fmt.Sprintf("%s %s, after %s %s of %s", opened(f.Evidence), Escape(f.Title), opened(i.Evidence), Escape(i.Title), moment(i.Opened, p.Window.Zone)))
			}
		}
	}
	if len(lines) > 0 {
		p.printf("Follow-ups still open:\n\n- %s\n\n", strings.Join(lines, "\n- "))
	}
}

// unscheduled points out incidents after which nobody has planned anything.
func (p *page) unscheduled(f aggregate.Finding) {
	if len(f.Incidents.Unscheduled) == 0 {
		return
	}
	p.printf("%s: no follow-up scheduled:\n\n", badge(aggregate.Amber))
	p.list(mapped(f.Incidents.Unscheduled, func(u aggregate.Unscheduled) string {
		return fmt.Sprintf("%s %s, over for %s", opened(u.Evidence), Escape(u.Title), count(u.Days, "working day", "working days"))
	}))
}

// loudestLimit is how many alarms are named where the table is folded away.
const loudestLimit = 3

// loudest names the alarms that went off most in the last week.
func (p *page) loudest(a *aggregate.Alarms) {
	last := func(s aggregate.AlarmSeries) aggregate.AlarmCount { return s.Weeks[len(s.Weeks)-1] }
	all := slices.Clone(a.Alarms)
	slices.SortStableFunc(all, func(x, y aggregate.AlarmSeries) int { return last(y).Episodes - last(x).Episodes })
	var words []string
	for _, s := range all[:min(len(all), loudestLimit)] {
		if n := last(s).Episodes; n > 0 {
			words = append(words, fmt.Sprintf("%s %d", Escape(s.Name), n))
		}
	}
	if len(words) == 0 {
		return
	}
	p.printf("Most: %s.", strings.Join(words, ", "))
	if h := a.Hours(len(a.Coverage) - 1); h != (sources.Hours{}) {
		p.printf(" Off hours %d, sleep %d.", h.Off, h.Sleep)
	}
	p.printf("\n\n")
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
	return took(to.Sub(from))
}

func followUps(all []sources.FollowUp) string {
	if len(all) == 0 {
		return "none scheduled"
	}
	done := 0
	for _, f := range all {
		if f.Done {
			done++
		}
	}
	return fmt.Sprintf("%d of %d done", done, len(all))
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
	rows = append(rows, p.alarmHours(f.Alarms)...)
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

// alarmHours are rows that tell when people were disturbed; none if the source
// does not tell.
func (p *page) alarmHours(a *aggregate.Alarms) [][]string {
	rows := [][]string{row("*In business hours*"), row("*In off hours*"), row("*In sleep*")}
	told := false
	for i := range a.Coverage {
		h := a.Hours(i)
		told = told || h != (sources.Hours{})
		for j, n := range []int{h.Business, h.Off, h.Sleep} {
			cell := fmt.Sprint(n)
			if a.Coverage[i] <= 0 {
				cell = "?"
			}
			rows[j] = append(rows[j], cell)
		}
	}
	if !told {
		return nil
	}
	return rows
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
		case f.Goal != nil:
			if done, _, _ := p.moved(f); done > 0 {
				lines = append(lines, fmt.Sprintf("%s: %d done", Escape(f.Title), done))
			}
		case f.Incidents != nil:
			var over []string
			for _, i := range f.Incidents.Incidents {
				if !i.Resolved.IsZero() && p.news(i.Resolved) {
					over = append(over, opened(i.Evidence))
				}
			}
			switch {
			case len(over) > 0 && p.brief:
				lines = append(lines, fmt.Sprintf("Incidents resolved: %d", len(over)))
			case len(over) > 0:
				lines = append(lines, "Incidents resolved: "+strings.Join(over, ", "))
			}
		case f.Shipped != nil:
			var released []string
			for _, r := range f.Shipped.Releases {
				if p.news(r.Done[0].From) && !r.Prerelease {
					released = append(released, "Released: "+itemEntry(r))
				}
			}
			if p.brief && len(released) > 0 {
				released = []string{fmt.Sprintf("Released: %d", len(released))}
			}
			lines = append(lines, released...)
		}
	}
	if words := p.drivers(t); words != "" {
		lines = append(lines, words)
	}
	hidden := p.hiddenOutcomes(t)
	switch {
	case len(lines) > 0:
		p.list(lines)
	case hidden == "":
		p.printf("No goal moved, nothing was released, and no incident was resolved.\n\n")
	default:
		p.printf("Nothing that is known moved, was released or was resolved. ")
	}
	if hidden != "" {
		p.printf("Not known, or only in part: %s.\n\n", hidden)
	}
}

// hiddenOutcomes names the lines of a team of which nobody can say whether
// anything came of them; "" for none.
func (p *page) hiddenOutcomes(t aggregate.TeamReport) string {
	var names []string
	for _, f := range t.Lines {
		switch f.Noun {
		case sources.Goals, sources.Incidents, sources.Shipped:
			if f.Measured == nil && p.hidden(f) {
				names = append(names, Escape(f.Title))
			}
		}
	}
	return strings.Join(names, ", ")
}

// drivers says what the goals' work was worth, in the words of the settings;
// "" where they name none, or nothing was done.
func (p *page) drivers(t aggregate.TeamReport) string {
	done, all, named := map[string]int{}, 0, false
	for _, f := range t.Lines {
		if f.Goal == nil {
			continue
		}
		n, _, _ := p.moved(f)
		done[f.Plan.Driver] += n
		all += n
		named = named || f.Plan.Driver != ""
	}
	if !named || all == 0 {
		return ""
	}
	var words []string
	for _, driver := range sortedKeys(done) {
		if n := done[driver]; n > 0 && driver != "" {
			words = append(words, fmt.Sprintf("%s %d", Escape(driver), n))
		}
	}
	if n := done[""]; n > 0 {
		words = append(words, fmt.Sprintf("for no driver %d", n))
	}
	return fmt.Sprintf("Of %s done, by value driver: %s", count(all, "item", "items"), strings.Join(words, ", "))
}

func (p *page) merged(t aggregate.TeamReport, f aggregate.Finding) {
	p.line(f)
	p.picture(t, f)
	p.folded(f, func() {
		if f.Shipped != nil {
			p.activity(f)
		}
	})
	p.lineSlot(t, f)
}

// activity is what was merged and deployed: no outcome by itself.
func (p *page) activity(f aggregate.Finding) {
	rows := [][]string{row("Merged by people", p.values(f)...), row("Merged by bots", integers(f.Shipped.Bots, f.Weeks)...)}
	if f.Shipped.Deployed != nil {
		rows = append(rows, row("Deployed", integers(f.Shipped.Deployed, f.Weeks)...), row("Failed to deploy", integers(f.Shipped.Failed, f.Weeks)...))
	}
	p.weekTable("Week", rows...)
	var entries []string
	for _, item := range f.Shipped.Merged {
		if p.news(item.Done[0].From) {
			entries = append(entries, "- "+itemEntry(item)+"\n")
		}
	}
	if len(entries) > 0 {
		p.printf("Merged %s:\n\n%s\n", p.these(), strings.Join(entries, ""))
	}
}
