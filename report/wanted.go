package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"preread/report/ask"
	"preread/sources"
)

// AsksSlot is the slot in which people ask for things; see package ask.
const AsksSlot = "asks"

// Asks returns what is asked for on a page.
func Asks(p Page) []ask.Ask {
	n, err := p.Note(AsksSlot)
	if err != nil {
		return nil
	}
	return ask.Parse(unflagged(n.Words()))
}

// Unmarked is a note without marks of what to discuss. Every other byte has the
// place that it had.
func (n Note) Unmarked() Note {
	n.Text = unflagged(n.Text)
	return n
}

// unflagged is a text with blanks instead of the marks of what to discuss, so
// that its bytes keep their places.
func unflagged(words string) string {
	lines := slices.Collect(strings.Lines(words))
	for i, line := range Unfenced(words) {
		if _, marked := cutDiscuss(line); marked {
			at := strings.LastIndex(line, DiscussMark)
			lines[i] = line[:at] + strings.Repeat(" ", len(DiscussMark)) + line[at+len(DiscussMark):]
		}
	}
	return strings.Join(lines, "")
}

// MissedAsks returns what looks like an ask on a page and is not heard as one, so
// that nobody believes to have asked for it. Lines are those of the page's file.
func MissedAsks(p Page) []ask.Miss {
	n, err := p.Note(AsksSlot)
	if err != nil {
		return nil
	}
	missed := ask.Missed(strings.ReplaceAll(forReader(unprompted(n.Words())), " ⚑", ""))
	for i := range missed {
		missed[i].Line += n.WordsLine() - 1
	}
	return missed
}

// today is the day as of which the page speaks, whenever it is made: the last of
// its week.
func (p *page) today() sources.Day { return p.Window.Last.Sunday() }

// open returns the asks of the page that wait for an answer, with what is
// remembered of each: by rank, then by the day they are needed.
func (p *page) open() (all []ask.Entry) {
	for _, e := range p.letter.Asks {
		if e.Open() && e.Gone.IsZero() && e.Ask.Mine == "" {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b ask.Entry) int { return a.Ask.Compare(b.Ask) })
	return all
}

// wants lists what the reader is asked for: the questions with their numbers, of
// whom, until when, and for how long they have waited.
func (p *page) wants() {
	for _, e := range p.open() {
		p.printf("%s", p.wish(e, ""))
	}
	if len(p.open()) > 0 {
		p.printf("\n")
	}
}

// wish is an ask in the list of wants, as somebody reads it.
func (p *page) wish(e ask.Entry, other string) string {
	text := fmt.Sprintf("- **%s:** %s%s", label(e), Escape(e.Ask.Question), p.from(e, other))
	if e.Ask.Recommend != "" {
		text += fmt.Sprintf(" %s%s.", ask.Recommending("I recommend", e.Ask.Recommend), Escape(strings.TrimRight(e.Ask.Recommend, ".")))
	}
	return fmt.Sprintf("%s *%s*\n", text, p.age(e))
}

// from names who is to answer an ask, unless that is who reads it: the page's own
// reader, or the other one who is named. Who is called you is always the page's own.
func (p *page) from(e ask.Entry, other string) string {
	person := func(reader string) ask.Person {
		name, what, _ := strings.Cut(reader, ",")
		return ask.Person{Name: strings.TrimSpace(name), What: strings.TrimSpace(what)}
	}
	to := e.Ask.To
	if other != "" && strings.EqualFold(to.Name, "you") {
		to = person(p.frame.Reader)
	}
	if to == (ask.Person{}) || person(cmp.Or(other, p.frame.Reader)).Reads(to) {
		return ""
	}
	return fmt.Sprintf(" (from %s)", Escape(to.String()))
}

// age says how long an ask has waited, and until when it is needed.
func (p *page) age(e ask.Entry) string {
	return Escape(capital(ask.Standing(e, p.today())))
}

// dropped says which asks left the pages without an answer.
func (p *page) dropped() (lines []string) {
	for _, e := range p.letter.Asks {
		if e.Dropped() && e.Gone == p.Window.Last {
			lines = append(lines, fmt.Sprintf("Asked in %s, and gone from the page without an answer: %s", e.First.Short(), Escape(e.Ask.Question)))
		}
	}
	return lines
}
