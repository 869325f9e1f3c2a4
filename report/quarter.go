package report

import (
	"fmt"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// quarterWeeks is how many weeks a quarter has.
const quarterWeeks = 13

// quarter rolls up what the pages of a quarter said of every line: colour by
// colour as it was told, never as it would be told today.
func (t *teller) quarter() string {
	var b strings.Builder
	b.WriteString(t.title("the quarter"))
	first := t.Window.Last.Add(1 - quarterWeeks)
	fmt.Fprintf(&b, "What the pages of %s to %s said, week by week; “·” is a week without a page.\n\n", first, t.Window.Last)
	for _, team := range t.Teams {
		if len(t.Teams) > 1 {
			fmt.Fprintf(&b, "## %s\n\n", Escape(team.Name))
		}
		b.WriteString("| Line | Quarter | Now | Red weeks |\n| :-- | :-- | :-- | --: |\n")
		calm := 0
		for _, f := range team.Lines {
			colours, red, told := t.quarterOf(f, first)
			if t.calmQuarter(f, told) {
				calm++
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s: %s%s | %d |\n", Escape(f.Title), colours, badge(f.Status.Status), Escape(current(f)), signOf(f), red)
		}
		b.WriteString("\n")
		if calm > 0 {
			fmt.Fprintf(&b, "Not listed: %s green or without a target in every week told.\n\n", count(calm, "line that was", "lines that were"))
		}
	}
	t.aloneWords()
	b.WriteString(t.flush())
	if k := t.Kept; k.Ended > 0 {
		b.WriteString(keptWords(k) + "\n\n")
	}
	if words := t.words("top-of-mind"); words != "" {
		fmt.Fprintf(&b, "## Looking back\n\n%s\n", words)
	}
	return strings.TrimRight(unsigned(b.String()), "\n") + "\n"
}

// keptWords says how the forecasts of goals came true.
func keptWords(k aggregate.Kept) string {
	goals := "1 goal that was forecast and is done"
	if k.Ended != 1 {
		goals = fmt.Sprintf("%d goals that were forecast and are done", k.Ended)
	}
	return fmt.Sprintf("Of %s, %d met the date that was first given with 85 %%.", goals, k.Met)
}

// quarterOf writes a line's colours as its pages told them, counts the red weeks,
// and lists all that were told. The last week is that of this page.
func (t *teller) quarterOf(f aggregate.Finding, first sources.Week) (colours string, red int, all []aggregate.Status) {
	said := map[sources.Week]aggregate.Status{}
	for _, s := range f.Said {
		said[s.Week] = s.Status
	}
	said[t.Window.Last] = f.Status.Status
	for w := first; w.Compare(t.Window.Last) <= 0; w = w.Add(1) {
		status, told := said[w]
		sign, _, _ := strings.Cut(badge(status), " ")
		switch {
		case !told:
			sign = "·"
		case status == aggregate.Red:
			red++
		}
		if told {
			all = append(all, status)
		}
		colours += sign
	}
	return colours, red, all
}
