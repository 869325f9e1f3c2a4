package main

import (
	"fmt"
	"io"
	"unicode/utf8"

	"preread/aggregate"
	"preread/report"
	"preread/sources"
)

// summary prints how every line stands, in 80 columns, and what became of the
// page.
func (p *program) summary(w io.Writer, d drafted) {
	for _, t := range d.report.Teams {
		fmt.Fprintf(w, "\n  %s, %s\n", sources.OneLine(t.Name, 40), d.report.Window.Last)
		for _, f := range sortedLines(t.Lines) {
			fmt.Fprintf(w, "  %s %s %s\n", p.shape(f.Status.Status), pad(sources.OneLine(f.Title, 29), 30), report.Brief(f))
		}
	}
	if note := report.BriefNote(d.report); note != "" {
		fmt.Fprintf(w, "\n  %s\n", note)
	}
	state := "made"
	if d.merged.Same {
		state = "unchanged"
	}
	fmt.Fprintf(w, "\n  Page %s: %s kept, %d moved. %s\n", state, plural(d.merged.Kept, "note"), len(d.merged.Homeless), d.path)
}

// shape is a status in one word with its shape, the same width each.
func (p *program) shape(s aggregate.Status) string {
	switch s {
	case aggregate.Red:
		return p.paint(red, "▼ RED    ")
	case aggregate.Amber:
		return p.paint(yellow, "◆ AMBER  ")
	case aggregate.Green:
		return p.paint(green, "● GREEN  ")
	case aggregate.NoTarget:
		return "◌ -      "
	}
	return "○ UNKNOWN"
}

func pad(s string, width int) string {
	for n := utf8.RuneCountInString(s); n < width; n++ {
		s += " "
	}
	return s
}
