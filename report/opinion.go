package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// An Opinion is a line's own colour as somebody wrote it in the line's slot.
type Opinion struct {
	ID  string // of the slot: team/line
	Own aggregate.Own
}

// “because” goes without saying where a reason follows; in “because of” it is a part
// of the reason.
var (
	opinionStart = regexp.MustCompile(`^(?i:colou?r):`)
	opinionWords = regexp.MustCompile(`^(?i:colou?r):\s*(?i:(red|amber|green))\s+until\s+(\d{4}-\d{2}-\d{2})[,:;]?\s+(?:(because\s+of\s.*)|(?:because\s+)?(\S.*))$`)
)

// opinionForm is how a colour of one's own is written.
const opinionForm = "Colour: amber until 2026-12-05 because the migration ends that day"

// Opinions reads the colours that people gave lines on their page: a line of a
// note such as "Colour: green until 2026-12-05 because it was a drill", outside
// of fenced code. What begins like one and cannot be read is returned as
// complaints, each with its place, so that nobody believes to have said what was
// not heard.
func Opinions(file string, page Page) (opinions []Opinion, complaints []string) {
	for _, n := range page.Notes {
		n.colours(func(number int, own aggregate.Own, wrong string) {
			if wrong != "" {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s; write it as “%s”", file, n.Line+1+number, wrong, opinionForm))
				return
			}
			opinions = append(opinions, Opinion{n.ID, own})
		})
	}
	return opinions, complaints
}

// Opinions returns the colours that people gave lines, as [Opinions] reads them from
// the page, and where nobody has written yet, those that the page before hands on.
func (l Letter) Opinions(file string, week sources.Week) (opinions []Opinion, complaints []string) {
	if l.Page != nil {
		opinions, complaints = Opinions(file, *l.Page)
	}
	if l.Before == nil {
		return opinions, complaints
	}
	refilled := l.Refilled(week)
	for _, n := range l.Before.Notes {
		if l.Page != nil && !slices.Contains(refilled, n.ID) {
			continue
		}
		words, _ := l.carried(n.ID, week)
		handedOn, _ := Opinions("", Page{Notes: []Note{{ID: n.ID, Text: words}}})
		opinions = append(opinions, handedOn...)
	}
	return opinions, complaints
}

// holding returns the lines of a text that give a colour beyond a day.
func holding(text string, after sources.Day) string {
	lines := slices.Collect(strings.Lines(text))
	var kept []string
	Note{Text: text}.colours(func(number int, own aggregate.Own, wrong string) {
		if wrong == "" && own.Until.Compare(after) > 0 {
			kept = append(kept, strings.TrimSpace(lines[number]))
		}
	})
	return strings.Join(kept, "\n")
}

// ColourLines returns the numbers of the lines of a note's text, counted from 0,
// that [Opinions] reads as colours: a sentence that only begins as one is words.
func (n Note) ColourLines() (numbers []int) {
	n.colours(func(number int, _ aggregate.Own, wrong string) {
		if wrong == "" {
			numbers = append(numbers, number)
		}
	})
	return numbers
}

// colours calls f with every line of a note that begins as a colour does, and
// with what is wrong about it; "" for nothing.
func (n Note) colours(f func(number int, own aggregate.Own, wrong string)) {
	for number, line := range Unfenced(n.Text) {
		if line = strings.TrimSpace(line); opinionStart.MatchString(line) {
			own, wrong := opinion(line)
			f(number, own, wrong)
		}
	}
}

func opinion(line string) (own aggregate.Own, wrong string) {
	m := opinionWords.FindStringSubmatch(line)
	if m == nil {
		return own, "a colour of one's own needs a last day and a reason"
	}
	if own.Status.UnmarshalText([]byte(strings.ToLower(m[1]))) != nil {
		return own, "it is no colour"
	}
	until, err := sources.ParseDay(m[2])
	if err != nil {
		return own, err.Error()
	}
	own.Until, own.Reason, own.Where = until, sources.OneLine(m[3]+m[4], 200), "page"
	return own, ""
}

// Mentioned reports whether somebody wrote about a line on a page.
func (p Page) Mentioned(id string) bool {
	for _, n := range p.Notes {
		if n.ID == id && !n.untouched() {
			return true
		}
	}
	return false
}

// ownWords says a person's own colour: "mine: green until 5 December 2026: it
// was a drill".
func ownWords(o aggregate.Own) string {
	return fmt.Sprintf("%s until %s (%s): %s", o.Status, day(o.Until), o.Where, o.Reason)
}
