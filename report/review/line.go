package review

import (
	"regexp"
	"strings"
)

var (
	slotMark  = regexp.MustCompile(`^<!-- preread:note id=(\S+) -->$`)
	titleMark = regexp.MustCompile(`^(#{2,4}) (.*)$`)
	badgeMark = regexp.MustCompile(`^[●◆▼○◌] (?:\*\*|__)?(RED|AMBER|GREEN|UNKNOWN|NO TARGET)\b`)
	whyMark   = regexp.MustCompile(`^[*_]Why:[*_]`)
)

// linesOf reads the lines off the program's text: what stands between the slot
// before and a slot, if a colour is among it. before is that text, by the
// slot's id.
func linesOf(tool string) (lines []Line, before map[string]string) {
	before = map[string]string{}
	var l Line
	var text strings.Builder
	goals := false
	for raw := range strings.Lines(tool) {
		raw = strings.TrimSpace(raw)
		if m := slotMark.FindStringSubmatch(raw); m != nil {
			if before[m[1]] = text.String(); l.Colour != "" {
				l.ID, l.Goal = m[1], goals
				lines = append(lines, l)
			}
			l = Line{}
			text.Reset()
			continue
		}
		text.WriteString(joiners.Replace(raw) + "\n")
		if m := titleMark.FindStringSubmatch(raw); m != nil {
			l.Title = plain(m[2])
			if m[1] == "##" {
				goals = l.Title == "Goals"
			}
		}
		if m := badgeMark.FindStringSubmatch(raw); m != nil {
			l.Colour = strings.ToLower(m[1])
		}
		l.Why = l.Why || whyMark.MatchString(raw)
	}
	return lines, before
}
