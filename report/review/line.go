package review

import (
	"regexp"
	"strings"

	"preread/report"
)

// joiner stands unseen in what is not to become a mention or a link.
const joiner = "\u2060"

var (
	slotMark  = regexp.MustCompile(`^<!-- preread:note id=(\S+) -->$`)
	badgeMark = regexp.MustCompile(`^[●◆▼○◌] (?:\*\*|__)?(RED|AMBER|GREEN|UNKNOWN|NO TARGET)\b`)
	whyMark   = regexp.MustCompile(`^[*_]Why:[*_]`)
)

// linesOf reads the lines off the program's text: what stands between the slot
// before and a slot, if a colour is among it. before is that text, by the
// slot's id.
func linesOf(page report.Page) (lines []Line, before map[string]string) {
	before = map[string]string{}
	titles := map[string]string{}
	for _, p := range page.Places() {
		titles[p.ID] = p.Title
	}
	var l Line
	var text strings.Builder
	goals := false
	for raw := range strings.Lines(page.Tool) {
		raw = strings.TrimSpace(raw)
		if m := slotMark.FindStringSubmatch(raw); m != nil {
			if before[m[1]] = text.String(); l.Colour != "" {
				l.ID, l.Title, l.Goal = m[1], titles[m[1]], goals
				lines = append(lines, l)
			}
			l = Line{}
			text.Reset()
			continue
		}
		text.WriteString(strings.ReplaceAll(raw, joiner, "") + "\n")
		if title, found := strings.CutPrefix(raw, "## "); found {
			goals = title == "Goals"
		}
		if m := badgeMark.FindStringSubmatch(raw); m != nil {
			l.Colour = strings.ToLower(m[1])
		}
		l.Why = l.Why || whyMark.MatchString(raw)
	}
	return lines, before
}
