package report

import (
	"fmt"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// Markdown lays out the page of a report.
func Markdown(frame Frame, r aggregate.Report, letter Letter) Document {
	p := &page{Report: r, frame: frame, letter: letter}
	p.head()
	p.highlights()
	p.glance()
	p.goals()
	p.weeks()
	p.operations()
	p.shipped()
	p.people()
	p.unknowns()
	p.method()
	p.references()
	p.parts = append(p.parts, part{text: p.flush()})
	return Document{Week: r.Window.Last, Made: r.Window.Now, parts: p.parts}
}

// page collects the parts of a document: text up to a slot, slot after slot.
type page struct {
	aggregate.Report
	frame  Frame
	letter Letter
	text   strings.Builder
	parts  []part
	long   []string // addresses that stand at the end of the page
	brief  bool     // for who does not run the teams: what is many is counted
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(&p.text, format, args...) }

func (p *page) flush() string {
	defer p.text.Reset()
	return p.text.String()
}

// slot is a place for people to write in. It begins with what is carried over
// from the page before, and a prompt.
func (p *page) slot(id, prompt string) {
	p.discussed(id)
	words, whole := p.letter.carried(id, p.Window.Last)
	p.parts = append(p.parts, part{text: p.flush(), id: id, prompt: begun(words, whole, prompt), carried: words != "" && prompt != ""})
	p.printf("\n")
	p.lastTime(id)
}

// lineSlot is the slot of one line. Its id is made of settings, never of a
// position, so that order, title and language may change.
func (p *page) lineSlot(t aggregate.TeamReport, f aggregate.Finding) {
	lastWeek := f.Incidents != nil && len(f.Incidents.In(p.Window, p.Window.Last)) > 0
	p.slot(t.ID+"/"+f.ID, promptFor(f, lastWeek))
}

// team starts a team's part of a section. Where there is one team, its name is
// the page's and not said again.
func (p *page) team(t aggregate.TeamReport) {
	if len(p.Teams) > 1 {
		p.printf("### %s\n\n", Escape(t.Name))
	}
}

// longAddress is from how many characters on an address would make its table
// unreadable to whoever edits the page.
const longAddress = 60

// link is like the function of that name, but moves a long address to the end
// of the page.
func (p *page) link(text, address string) string {
	safe, ok := safeAddress(address)
	if !ok || len(safe) < longAddress {
		return link(text, address)
	}
	i := slices.Index(p.long, safe)
	if i < 0 {
		i = len(p.long)
		p.long = append(p.long, safe)
	}
	return fmt.Sprintf("[%s][p%d]", text, i+1)
}

// references lists the long addresses; a reader of the rendered page does not
// see them.
func (p *page) references() {
	if len(p.long) > 0 {
		p.printf("\n")
	}
	for i, address := range p.long {
		p.printf("[p%d]: %s\n", i+1, address)
	}
}

// line starts a line's part: heading and status, with the whole reason where
// there is something to explain.
func (p *page) line(f aggregate.Finding) {
	level := "###"
	if len(p.Teams) > 1 {
		level = "####" // below the team's own heading
	}
	p.printf("%s %s\n\n%s: %s.\n\n", level, Escape(f.Title), badge(f.Status.Status), sentence(briefReason(f)))
	if f.Own != nil {
		p.printf("**Our own view:** %s.\n\n", sentence(ownWords(*f.Own)))
	}
	if f.Waived {
		p.printf("*A check passes over it until %s:* %s.\n\n", day(f.Waiver.Until), sentence(f.Waiver.Reason))
	}
	if !f.Accepted.From.IsZero() {
		p.printf("*Compared with the weeks since %s only:* %s.\n\n", day(f.Accepted.From), sentence(f.Accepted.Reason))
	}
}

// foldedWords head what a hurried reader passes over.
const foldedWords = "Details"

// folded prints what stands behind a line: the reasons that were not worth a
// reader's minute, then whatever more there is.
func (p *page) folded(f aggregate.Finding, more func()) {
	p.fold(foldedWords)
	if brief, whole := briefReason(f), StatusReason(f); brief != whole {
		p.printf("%s.\n\n", sentence(capital(whole)))
	}
	if f.Status.Rule != aggregate.Unanswered && f.Noun != sources.Goals {
		p.printf("%s.\n\n", sentence(capital(SignalReason(f))))
	}
	more()
	p.unfold()
}

// fold begins a stretch that is folded away until somebody opens it; summary is
// the program's own words.
func (p *page) fold(summary string) { p.printf("<details><summary>%s</summary>\n\n", summary) }

func (p *page) unfold() { p.printf("</details>\n\n") }

// sentence makes a reason safe in a line; sources wrote parts of it.
func sentence(s string) string { return escape(s, 400) }

// section goes through the lines of some nouns, team by team; before is called
// ahead of each team that has any.
func (p *page) section(each func(aggregate.TeamReport, aggregate.Finding), nouns ...sources.Noun) (any bool) {
	for _, t := range p.Teams {
		started := false
		for _, f := range t.Lines {
			for _, n := range nouns {
				if f.Noun != n {
					continue
				}
				if !started {
					p.team(t)
					started, any = true, true
				}
				each(t, f)
			}
		}
	}
	return any
}

// lengthWords names the length of a window: "six weeks".
func lengthWords(w sources.Window) string {
	words := []string{"", "one week", "two weeks", "three weeks", "four weeks", "five weeks", "six weeks", "seven weeks", "eight weeks"}
	if w.Count < len(words) {
		return words[w.Count]
	}
	return fmt.Sprintf("%d weeks", w.Count)
}

func (p *page) head() {
	week := p.Window.Last
	p.printf("\n# %s: %s\n\n", Escape(p.frame.heading(p.Report)), week)
	if p.frame.Reader != "" {
		p.printf("For %s · ", Escape(p.frame.Reader))
	}
	p.printf("%s · %s", days(week), lengthWords(p.Window))
	if p.Window.Count > 1 {
		p.printf(", %s–%s", p.Window.First().Short(), week.Short())
	}
	if p.frame.Clock != "" {
		p.printf(" · %s", p.frame.dueWords(week))
	}
	p.printf("%s", p.weeksTold())
	p.printf("\n\n")
	p.slot("context", promptContext)
}

// weeksTold says which weeks the page tells of if they are more than one, and why
// these.
func (p *page) weeksTold() string {
	why := "the weeks since the last page was sent"
	switch {
	case p.told() == 1:
		return ""
	case p.letter.CatchUp:
		why = "to catch up"
	case p.since() == p.Window.First():
		why += ", as far as it shows them"
	}
	return fmt.Sprintf(" · tells of %s to %s, %s", p.since().Short(), p.Window.Last.Short(), why)
}

const glanceHeading = "## At a glance"

func (p *page) glance() {
	p.printf("%s\n\n", glanceHeading)
	for _, t := range p.Teams {
		p.printf("**%s**: %s.\n\n", Escape(t.Name), countWords(aggregate.Count(t.Lines)))
		weeks := p.Window.First().Short() + "–" + p.Window.Last.Short()
		if p.Window.Count == 1 {
			weeks = "Week"
		}
		p.printf("| Status | Line | %s | Target | %s | Since | Change |\n| :-- | :-- | --: | :-- | :-- | :-- | :-- |\n", p.Window.Last.Short(), weeks)
		for _, f := range t.Lines {
			p.printf("| %s | %s | %s | %s | %s | %s | %s |\n", badge(f.Status.Status), Escape(f.Title), p.lastFigure(f), targetCell(f), spark(f.Weeks), since(f.Status), changeWord(f))
		}
		p.printf("\n")
	}
	p.aloneWords()
	p.quiet()
	p.disagreements()
	p.surprises()
	p.changes()
	p.closer()
	p.slot("summary", promptSummary)
	p.printf("### What I want from you\n\n")
	p.wants()
	p.slot("wanted", promptWanted)
}

// lastFigure writes a line's figure for the glance, linked to what it was
// counted from.
func (p *page) lastFigure(f aggregate.Finding) string {
	text := Escape(current(f))
	if len(f.Evidence) > 0 {
		text = p.link(text, f.Evidence[len(f.Evidence)-1].URL)
	}
	return text + signOf(f)
}

// quiet says of a week that asks for nothing that it does: then the page is
// short, and may be.
func (p *page) quiet() {
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			worse := f.Status.Status != aggregate.Green && f.Status.Status != aggregate.NoTarget
			if worse || f.Signal.State == change.Signal || f.Signal.State == change.Watch || f.Disagrees() || len(f.Drift) > 0 {
				return
			}
		}
	}
	p.printf("**A quiet week:** every line with a target is green, and nothing really changed.\n\n")
}

// disagreements lists first where a person sees a line otherwise than its rule.
func (p *page) disagreements() {
	var lines []string
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			if f.Disagrees() {
				lines = append(lines, fmt.Sprintf("%s: %s by its rule; we say %s", p.name(t, f), f.Status.Status, sentence(ownWords(*f.Own))))
			}
		}
	}
	if len(lines) > 0 {
		p.findings("Where we see it otherwise", "", lines)
	}
}

// surprises calls out what is red without anybody having been told.
func (p *page) surprises() {
	var lines []string
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			if f.Surprising() {
				lines = append(lines, fmt.Sprintf("%s: red, and no page before said that it might be", p.name(t, f)))
			}
			for _, d := range f.Drift {
				lines = append(lines, p.name(t, f)+": "+sentence(driftWords(d)))
			}
		}
	}
	if lines = slices.Concat(lines, p.parked(), p.dropped()); len(lines) > 0 {
		p.findings("Not to be overlooked", "", lines)
	}
}

// changes says which lines have another colour than the last page said; where
// that is not remembered, than a week before by today's rule on today's facts.
// Then what earlier pages said and would not say today.
func (p *page) changes() {
	var changed, revised []string
	title := "Changed since the week before"
	if p.letter.CatchUp {
		title = "Changed since " + p.since().Add(-1).Short()
	}
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			was, known := f.Before.Status, f.Before.Rule != ""
			switch told := f.Told; {
			case p.letter.CatchUp:
				was, known = p.caughtUp(f)
			case told != nil:
				was, known, title = told.Status, true, "Changed since the page of "+told.Week.Short()
			}
			if known && was != f.Status.Status && f.Status.Status != aggregate.NoTarget {
				changed = append(changed, fmt.Sprintf("%s: %s, was %s", p.name(t, f), f.Status.Status, wasWord(was)))
			}
			for _, r := range f.Revised {
				revised = append(revised, p.name(t, f)+": "+sentence(revisionWords(f, r)))
			}
		}
	}
	p.findings(title, "no line that is known has another colour", changed)
	if len(revised) > 0 {
		p.findings("Said otherwise before", "", revised)
	}
}

// caughtUp is the colour that a line had before the weeks that somebody catches
// up on: what the page said then, or today's rule would have.
func (p *page) caughtUp(f aggregate.Finding) (was aggregate.Status, known bool) {
	if told := f.LastTold(p.since()); told != nil && told.Week == p.since().Add(-1) {
		return told.Status, true
	}
	i := len(f.Past) - 1 - p.told()
	if i < 0 {
		return was, false
	}
	return f.Past[i].Status, f.Past[i].Rule != ""
}

// name names a line, with its team where there are several.
func (p *page) name(t aggregate.TeamReport, f aggregate.Finding) string {
	if len(p.Teams) > 1 {
		return Escape(t.Name) + ", " + Escape(f.Title)
	}
	return Escape(f.Title)
}

// findings prints what there is to say under a title, or that there is none.
func (p *page) findings(title, none string, lines []string) {
	if len(lines) == 0 {
		p.printf("**%s:** %s.\n\n", title, none)
		return
	}
	p.printf("**%s:**\n\n", title)
	for _, l := range lines {
		p.printf("- %s\n", l)
	}
	p.printf("\n")
}

// closer lists the lines that really changed, and those that may have. All
// others are one quiet line.
func (p *page) closer() {
	var lines []string
	for _, state := range []change.State{change.Signal, change.Watch} {
		for _, t := range p.Teams {
			for _, f := range t.Lines {
				if f.Signal.State == state {
					lines = append(lines, p.name(t, f)+": "+sentence(changeBrief(f)))
				}
			}
		}
	}
	tested, untested := testedLines(p.Report)
	none := "no line that could be tested shows more than its usual noise"
	switch {
	case tested == 0:
		none = "no line could be tested for change"
	case untested > 0:
		none += fmt.Sprintf("; %d could not be tested", untested)
	}
	p.findings("Look closer", none, lines)
}

// weekTable prints one row of values under the weeks of the window.
func (p *page) weekTable(label string, rows ...[]string) {
	p.printf("| %s |", label)
	for _, w := range p.Window.Weeks() {
		p.printf(" %s |", w.Short())
	}
	p.printf("\n| :-- |%s\n", strings.Repeat(" --: |", p.Window.Count))
	for _, row := range rows {
		p.printf("| %s |\n", strings.Join(row, " | "))
	}
	p.printf("\n")
}

// values writes a line's weeks as table cells, each linked where the source
// has a page for every week.
func (p *page) values(f aggregate.Finding) []string {
	cells := make([]string, len(f.Weeks))
	pages := weekPages(f)
	for i, point := range f.Weeks {
		cells[i] = Escape(cell(f.Line, point))
		if pages != nil && point.State == aggregate.Known {
			cells[i] = p.link(cells[i], pages[i].URL)
		}
	}
	return cells
}

// weekPages returns the evidence of each week of the page, nil where a line's
// evidence is not week by week.
func weekPages(f aggregate.Finding) []sources.Evidence {
	weekly := f.Noun == sources.Alarms || f.Noun == sources.Metrics || f.Measured != nil
	if !weekly || len(f.Evidence) < len(f.Weeks) {
		return nil
	}
	return f.Evidence[len(f.Evidence)-len(f.Weeks):]
}

func row(label string, cells ...string) []string { return append([]string{label}, cells...) }

func integers(values []int, points []aggregate.Point) []string {
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = fmt.Sprint(v)
		if points[i].Grade == sources.Partial {
			cells[i] = "≥ " + cells[i]
		}
	}
	return cells
}

func (p *page) people() {
	p.printf("## Next and later\n\n### Next\n\n")
	p.promised()
	p.slot("next", promptNext)
	p.printf("### Later\n\n")
	p.slot("later", promptLater)
	p.printf("## Asks\n\n")
	p.slot("asks", promptAsks)
	p.printf("## Parked\n\n")
	p.slot("parked", promptParked)
	p.printf("## People\n\n")
	p.slot("people", promptPeople)
	p.printf("## Top of mind\n\n")
	p.slot("top-of-mind", promptMind)
}

// unknowns lists every question without an answer and every week that was not
// seen, each with its reason; what is known but not exact is folded away.
func (p *page) unknowns() {
	p.printf("## Not known, and why\n\n")
	var unknown, inexact []string
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			missing, doubtful := unknownReasons(f)
			if f.PlanGap != "" {
				missing = append(missing, "the tracker's own plan: "+f.PlanGap)
			}
			if colourless(f) {
				missing = append(missing, "its colour: "+StatusReason(f))
			}
			name := Escape(t.Name) + ", " + Escape(f.Title) + ": "
			unknown = append(unknown, mapped(missing, func(reason string) string { return name + sentence(reason) })...)
			inexact = append(inexact, mapped(doubtful, func(reason string) string { return name + sentence(reason) })...)
		}
	}
	if len(unknown) == 0 {
		p.printf("Every question was answered, for every week.\n\n")
	} else {
		p.printf("- %s\n\n", strings.Join(unknown, "\n- "))
	}
	if len(inexact) > 0 {
		p.fold("Not exact")
		p.printf("- %s\n\n", strings.Join(inexact, "\n- "))
		p.unfold()
	}
}

// colourless reports a line that is unknown although its last week may have been
// seen: what is told of its weeks does not say why.
func colourless(f aggregate.Finding) bool {
	return f.Status.Status == aggregate.Unknown && f.Status.Rule != aggregate.Unanswered && f.Status.Rule != aggregate.WeekUnknown
}

// unknownReasons groups a line's weeks that are unknown, and those that are not
// exact, by reason.
func unknownReasons(f aggregate.Finding) (unknown, inexact []string) {
	if f.Status.Rule == aggregate.Unanswered {
		return []string{f.Status.Reason}, nil
	}
	var reasons []string
	weeks := map[string][]string{}
	for _, point := range f.Weeks {
		reason := "unknown: " + point.Reason
		switch {
		case point.State == aggregate.NotKnown:
		case point.State == aggregate.Known && point.Grade != sources.Exact:
			reason = point.Grade.String() + ": " + point.Reason
		default:
			continue
		}
		if weeks[reason] == nil {
			reasons = append(reasons, reason)
		}
		weeks[reason] = append(weeks[reason], point.Week.Short())
	}
	for _, reason := range reasons {
		w := weeks[reason]
		span := w[0]
		if len(w) > 1 {
			span = w[0] + " to " + w[len(w)-1]
		}
		if len(w) == len(f.Weeks) {
			span = "all weeks"
		}
		if strings.HasPrefix(reason, "unknown: ") {
			unknown = append(unknown, span+" "+reason)
		} else {
			inexact = append(inexact, span+" "+reason)
		}
	}
	return unknown, inexact
}

// method says how the figures came about, so that nobody has to trust them.
func (p *page) method() {
	p.printf("## How these numbers were made\n\n")
	p.fold("The rules")
	p.printf("- A week is an ISO week, Monday to Sunday, %s time. The running week is not judged.\n", p.Window.Zone)
	p.printf("- A colour holds the level of up to six weeks, with the range it plausibly has, against the target in the settings; it changes if two reports in a row say so, and at once if a line really got worse, if the part of a week that was seen is red already, and from and to unknown. Without a target there is none, but for a goal with a due date.\n")
	p.printf("- “?” is a week that was not seen, “–” a week with nothing to measure; neither is zero. “≥” and “≈” mark figures that are not exact.\n")
	p.printf("- A change is a signal if the last week, or the last three together, could hardly be chance after the weeks before this page; “~” is noise. %s.\n", budgetWords(p.Report))
	p.shortWeeks()
	if k := p.Kept; k.Ended > 0 {
		p.printf("- %s\n", keptWords(k))
	}
	for _, n := range nounMethods {
		if p.has(n.noun) {
			p.printf("- %s\n", n.text)
		}
	}
	p.printf("\n")
	p.unfold()
}

// shortWeeks names the weeks that holidays took out of what is compared.
func (p *page) shortWeeks() {
	for _, t := range p.Teams {
		if len(t.Short) == 0 {
			continue
		}
		var weeks []string
		for _, w := range t.Short {
			weeks = append(weeks, w.Short())
		}
		has := " has"
		if len(weeks) > 1 {
			has = " have"
		}
		p.printf("- %s: %s%s too few working days to compare work by; bugs and merged work of then are shown, and are no part of a level or of a test for change.\n", Escape(t.Name), namesWords(weeks), has)
	}
}

var nounMethods = []struct {
	noun sources.Noun
	text string
}{
	{sources.Goals, "Goal: items done of items in scope, both at the week's end. An item closed as not to be done leaves the scope. A goal without a target of its own is green if it is done by its due date with at least 85 %, red under 50 %; the futures behind that are drawn from its past weeks, finished and added items together. Within five points of these lines two reports in a row must say so; farther off, and where a goal has a target or a reading of its own, its colour changes at once."},
	{sources.Delivery, "Delivery: of the issues that were in a sprint, open, when it started, the share that was done when it closed. It belongs to the week in which the sprint was closed."},
	{sources.Quality, "Bugs: opened counts creation; closed counts those that became closed in the week and were so at its end."},
	{sources.Incidents, "Incidents belong to the week in which they were opened."},
	{sources.Alarms, "Alarms: an episode is one activation of one alert that fired; it belongs to the week of its first firing sample. Minutes are firing time inside the week. Business hours are Monday to Friday, 9 to 18; sleep is 23 to 7; an episode counts where it became active."},
	{sources.Shipped, "Merged: pull requests by people into the default branch, unless the settings name others. Bots are counted apart."},
	{sources.Metrics, "Metrics: the reading at the week's end."},
	{sources.Durations, "Durations: from opened to resolved or merged, or from created to done for good, in the week in which it was finished. Items closed within one minute count once. There is no mean, because one slow item would move it."},
}

func (p *page) has(n sources.Noun) bool {
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			if f.Noun == n {
				return true
			}
		}
	}
	return false
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
