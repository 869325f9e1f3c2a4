package report

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Claim is what a text says of one line: its colour and its figure.
type Claim struct{ Line, Status, Figure string }

var (
	teamHead  = regexp.MustCompile(`^(?:\*\*(.+)\*\*: \d|## (.+)$)`)
	glanceRow = regexp.MustCompile(`^\| (?:\S+ )\**([A-Z]+(?: TARGET)?)\** \| (.+?) \| (.+?) \|`)
	rollUpRow = regexp.MustCompile(`^\| (.+?) \| [^|]+ \| \S+ \**([A-Z]+(?: TARGET)?)\**: (.+?) \| \d+ \|$`)
	sentenced = regexp.MustCompile(`(?:▼|◆|●|○) \*\*(RED|AMBER|GREEN|UNKNOWN)\*\* ([^:]+): (.+?)(?: \([^()]*\))?(?:\.(?: |$)|$)`)
	linkedTo  = regexp.MustCompile(`^\[(.*)\](?:\([^()]*\)|\[p\d+\])$`)
)

// Claims finds what a text says of lines, wherever it is in one of the forms
// that this package writes. A line of one team among several is named with it.
func Claims(text string) (all []Claim) {
	team := ""
	several := strings.Count(text, "| Status | Line |") > 1 || strings.Count(text, "| Line | Quarter |") > 1
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := teamHead.FindStringSubmatch(line); m != nil {
			team = m[1] + m[2]
		}
		named := func(title string) string {
			if several {
				return team + ", " + title
			}
			return title
		}
		switch {
		case glanceRow.MatchString(line):
			m := glanceRow.FindStringSubmatch(line)
			all = append(all, Claim{named(m[2]), m[1], cellText(m[3])})
		case rollUpRow.MatchString(line):
			m := rollUpRow.FindStringSubmatch(line)
			all = append(all, Claim{named(m[1]), m[2], cellText(m[3])})
		default:
			for _, m := range sentenced.FindAllStringSubmatch(line, -1) {
				all = append(all, Claim{m[2], m[1], m[3]})
			}
		}
	}
	return all
}

// cellText is the figure of a cell, without its link and its sign.
func cellText(cell string) string {
	cell = strings.TrimSuffix(cell, aloneSign)
	if m := linkedTo.FindStringSubmatch(cell); m != nil {
		return m[1]
	}
	return cell
}

// Disagreements compares what texts claim, each by its name, and returns every
// line of which two say something else.
func Disagreements(texts map[string]string) (all []string) {
	type claimed struct {
		Claim
		by string
	}
	first := map[string]claimed{}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		for _, c := range Claims(texts[name]) {
			was, known := first[c.Line]
			switch {
			case !known:
				first[c.Line] = claimed{c, name}
			case was.Claim != c:
				all = append(all, fmt.Sprintf("%s is %s, %s in %s, and %s, %s in %s", c.Line, was.Status, was.Figure, was.by, c.Status, c.Figure, name))
			}
		}
	}
	return all
}
