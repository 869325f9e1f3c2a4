package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// Brief says in at most 36 characters how a line's weeks went and where it
// stands, for a terminal.
func Brief(f aggregate.Finding) string {
	text := spark(f.Weeks) + "  " + current(f)
	if f.Status.Status == aggregate.Unknown {
		return sources.OneLine(spark(f.Weeks)+"  "+StatusReason(f), 36)
	}
	if alone(f) {
		text += "*"
	}
	if l := f.Target.Green; !l.IsZero() {
		text += " (" + l.String() + ")"
	}
	return sources.OneLine(text, 36)
}

// BriefNote explains the sign that [Brief] puts behind figures; "" if no line of
// the report has one.
func BriefNote(r aggregate.Report) string {
	if !slices.ContainsFunc(r.Teams, func(t aggregate.TeamReport) bool { return slices.ContainsFunc(t.Lines, alone) }) {
		return ""
	}
	return "* another colour by that week alone; colours span " + levelSpan
}

// Explain writes the derivation of one line: its status with rule and figures,
// every week, what was counted in the last one, and where each fact was seen.
func Explain(w io.Writer, window sources.Window, t aggregate.TeamReport, f aggregate.Finding) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s: %s\n\n", t.ID, f.ID, sources.OneLine(f.Title, titleLimit))
	fmt.Fprintf(&b, "status   %s: %s\n", f.Status.Status, sources.OneLine(StatusReason(f), 400))
	fmt.Fprintf(&b, "rule     %s\n", RuleWords(f))
	explainLevel(&b, window, f)
	if f.Own != nil {
		fmt.Fprintf(&b, "own      %s\n", sources.OneLine(ownWords(*f.Own), 300))
	}
	if !f.Waiver.IsZero() {
		word := "lapsed after"
		if f.Waived {
			word = "until"
		}
		fmt.Fprintf(&b, "waived   %s %s: %s\n", word, f.Waiver.Until, sources.OneLine(f.Waiver.Reason, 200))
	}
	for _, d := range f.Drift {
		fmt.Fprintf(&b, "drift    %s\n", sources.OneLine(driftWords(d), 300))
	}
	fmt.Fprintf(&b, "signal   %s: %s\n", f.Signal.State, sources.OneLine(SignalReason(f), 400))
	explainTest(&b, f)
	if f.Goal != nil {
		fmt.Fprintf(&b, "forecast %s\n", sources.OneLine(ForecastReason(f, window.Last), 400))
	}
	fmt.Fprintf(&b, "asked    %s\n\n", sources.OneLine(f.Source, 60))
	if len(f.Earlier) > 0 {
		fmt.Fprintf(&b, "before that, %s to %s:", f.Earlier[0].Week, f.Earlier[len(f.Earlier)-1].Week)
		for _, p := range f.Earlier {
			b.WriteString(" " + cell(f.Line, p))
		}
		b.WriteString("\n\n")
	}
	for i, p := range f.Weeks {
		line := fmt.Sprintf("%s  %-10s %s", p.Week, cell(f.Line, p), p.Grade)
		if f.Goal != nil {
			g := f.Goal.Weeks[i]
			line += fmt.Sprintf("  %d of %d done, %d this week, %d added, %d removed", g.Done, g.Total, g.DoneNow, g.Added, g.Removed)
		}
		if p.Reason != "" {
			line += "  " + sources.OneLine(p.Reason, 200)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if counted := countedIn(window, f); len(counted) > 0 {
		fmt.Fprintf(&b, "\ncounted in %s:\n", countedWeek(window, f))
		for _, line := range counted {
			b.WriteString("  " + line + "\n")
		}
	}
	if len(f.Evidence) > 0 {
		b.WriteString("\nseen at:\n")
		for _, e := range f.Evidence {
			b.WriteString("  " + evidenceLine(e, "") + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// explainLevel writes what was held against the target, and the colour of each
// report in turn.
func explainLevel(b *strings.Builder, window sources.Window, f aggregate.Finding) {
	if e := f.Status.Level; e.Weeks > 0 {
		fmt.Fprintf(b, "level    %s, 80 %% interval %s, from %s\n", levelFigure(f, e.Value), intervalWords(f, e), count(e.Weeks, "known week", "known weeks"))
	}
	b.WriteString("reports ")
	for i, v := range f.Past {
		fmt.Fprintf(b, " %s %s", window.Last.Add(i+1-len(f.Past)).Short(), v.Status)
		if v.Wish != aggregate.Unknown && v.Wish != v.Status {
			fmt.Fprintf(b, " (asked for %s)", v.Wish)
		}
	}
	b.WriteString("\n")
}

// explainTest writes the figures behind a signal: both questions, each with
// what is recent, what is usual, and how likely chance does that.
func explainTest(b *strings.Builder, f aggregate.Finding) {
	for _, block := range f.Signal.Blocks {
		if block.Span == 0 {
			continue
		}
		fmt.Fprintf(b, "         last %s: %s against %s a week over %s; p = %.4g", count(block.Span, "week", "weeks"),
			rounded(block.Recent.Value, 4), rounded(block.Base.Value, 4), count(block.Base.Weeks, "week", "weeks"), block.P)
		if f.Signal.Type != change.Gauge {
			fmt.Fprintf(b, " (exact %.4g, weeks vary %.2f times as chance alone)", block.PMid, block.Phi)
		}
		b.WriteString("\n")
	}
	if f.Signal.Driver > 0 {
		fmt.Fprintf(b, "         together p = %.4g, among the lines of the team %.4g; a signal needs at most %.2f\n", f.Signal.P, f.Signal.Adjusted, change.FalseShare)
	}
}

func evidenceLine(e sources.Evidence, title string) string {
	parts := []string{sources.OneLine(e.Ref, 160), sources.OneLine(title, 80), e.URL}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// countedWeek is the week whose figure is taken apart: the last one, or of
// sprints the last in which any was closed.
func countedWeek(window sources.Window, f aggregate.Finding) sources.Week {
	if f.Delivery != nil {
		return f.Status.Week
	}
	return window.Last
}

// countedIn names what the figure of that week was counted from.
func countedIn(window sources.Window, f aggregate.Finding) []string {
	var lines []string
	add := func(e sources.Evidence, title string) { lines = append(lines, evidenceLine(e, title)) }
	_, end := window.Bounds(window.Last)
	at := end.Add(-1)
	switch {
	case f.Goal != nil:
		for _, i := range f.Goal.Items {
			if sources.Within(i.Scope, at) {
				state := "open"
				if sources.Within(i.Done, at) {
					state = "done"
				}
				add(i.Evidence, state+": "+i.Title)
			}
		}
	case f.Delivery != nil:
		for _, s := range f.Delivery.Sprints {
			if s.Week != countedWeek(window, f) {
				continue
			}
			for _, i := range s.Issues {
				if i.Committed {
					add(i.Evidence, string(i.Outcome)+": "+i.Title)
				}
			}
		}
	case f.Quality != nil:
		for _, i := range f.Quality.Bugs {
			if window.WeekOf(i.Created) == window.Last {
				add(i.Evidence, i.Title)
			}
		}
	case f.Incidents != nil:
		for _, i := range f.Incidents.In(window, window.Last) {
			add(i.Evidence, i.Title)
		}
	case f.Alarms != nil:
		for _, a := range f.Alarms.Alarms {
			if w := a.Weeks[len(a.Weeks)-1]; w.Episodes > 0 {
				lines = append(lines, fmt.Sprintf("%s %s: %s, %.0f minutes", sources.OneLine(a.Name, 80), sources.OneLine(a.Severity, 30), count(w.Episodes, "episode", "episodes"), w.Minutes))
			}
		}
	case f.Durations != nil:
		lines = append(lines, durationWords(f.Durations))
		if a := f.Durations.Longest; a.Hours > 0 {
			add(a.Evidence, "took longest, "+hours(a.Hours)+": "+a.Title)
		}
		if a := f.Durations.Oldest; a.Hours > 0 {
			add(a.Evidence, "open for "+hours(a.Hours)+": "+a.Title)
		}
	case f.Shipped != nil:
		for _, i := range f.Shipped.Merged {
			if window.WeekOf(i.Done[0].From) == window.Last {
				add(i.Evidence, i.Title)
			}
		}
	}
	return lines
}
