package report

import (
	"fmt"
	"slices"
	"strings"

	"preread/sources"
)

// DiscussMark marks what somebody wants to come back to: alone on a line of a
// note the whole note and its line, at the end of a line that line's words.
const DiscussMark = "!discuss"

// A Highlight is a place that somebody wants to talk about.
type Highlight struct {
	ID   string // of the slot
	Line int    // of the page, counted from 1
	Text string // the words that are marked, in one line; "" if there are none beside the mark
}

// Highlights returns what is marked on a page, in its order.
func Highlights(p Page) (all []Highlight) {
	for _, n := range p.Notes {
		first := ""
		for number, line := range Unfenced(n.Text) {
			words, marked := cutDiscuss(line)
			if first == "" && words != "" && !isPrompt(words) {
				first = words
			}
			if !marked {
				continue
			}
			h := Highlight{ID: n.ID, Line: n.Line + 1 + number, Text: words}
			if words == "" {
				h.Text = firstWords(n)
			}
			all = append(all, h)
		}
	}
	return all
}

// cutDiscuss takes the mark off a line, and returns its words without the sign
// of a list or a quote.
func cutDiscuss(line string) (words string, marked bool) {
	line = strings.TrimSpace(line)
	rest, found := strings.CutSuffix(line, DiscussMark)
	marked = found && (rest == "" || strings.HasSuffix(rest, " ") || strings.HasSuffix(rest, "\t"))
	if marked {
		line = strings.TrimSpace(rest)
	}
	for _, sign := range []string{"- [ ] ", "- [x] ", "- ", "* ", "+ ", "> "} {
		line = strings.TrimPrefix(line, sign)
	}
	return sources.OneLine(line, titleLimit), marked
}

// unmarked is a text without marks: what was discussed once is not marked for
// good.
func unmarked(text string) string {
	lines := slices.Collect(strings.Lines(text))
	for i, line := range Unfenced(text) {
		if _, marked := cutDiscuss(line); marked {
			end := line[len(strings.TrimRight(line, "\r\n")):]
			lines[i] = strings.TrimRight(strings.TrimSuffix(strings.TrimSpace(line), DiscussMark), " \t") + end
			if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; lines[i] != end {
				lines[i] = indent + lines[i]
			}
		}
	}
	return strings.Trim(strings.Join(lines, ""), "\n")
}

// firstWords are those of a note's first line that holds any.
func firstWords(n Note) string {
	for _, line := range Unfenced(n.Text) {
		if words, _ := cutDiscuss(line); words != "" && !isPrompt(words) {
			return words
		}
	}
	return ""
}

// toDiscuss is the anchor of the list of what is marked.
const toDiscuss = "to-discuss"

// highlights comes first on the page: a reader with one minute reads that.
func (p *page) highlights() {
	if p.letter.Page == nil {
		return
	}
	marked := Highlights(*p.letter.Page)
	if len(marked) == 0 {
		return
	}
	p.printf("%s**To discuss:**\n\n", anchor(toDiscuss))
	for i, h := range marked {
		text := ""
		if h.Text != "" {
			text = ": " + Escape(h.Text)
		}
		p.printf("%d. [%s](#%s)%s\n", i+1, p.placeName(h.ID), anchorOf(h.ID), text)
	}
	p.printf("\n")
}

// discussed is the way back from a marked slot to the list.
func (p *page) discussed(id string) {
	if p.letter.Page == nil {
		return
	}
	for _, h := range Highlights(*p.letter.Page) {
		if h.ID == id {
			p.printf("%s[↑ to discuss](#%s)\n\n", anchor(anchorOf(id)), toDiscuss)
			return
		}
	}
}

// anchorOf is the name of the place of a slot in its page.
func anchorOf(id string) string { return "note-" + strings.NewReplacer("/", "-", ".", "-").Replace(id) }

// anchor is a place that can be linked to, in Markdown.
func anchor(name string) string { return fmt.Sprintf(`<a id="%s"></a>`, name) }

// placeName names a slot as its reader knows it.
func (p *page) placeName(id string) string {
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			if t.ID+"/"+f.ID == id {
				return p.name(t, f)
			}
		}
	}
	for _, s := range freeSlots {
		if s.id == id {
			return s.title
		}
	}
	return Escape(id)
}

// freeSlots are the slots that belong to no line, as they are named.
var freeSlots = []struct{ id, title string }{
	{"context", "What this is about"}, {"summary", "In short"}, {"wanted", "What I want from you"}, {"next", "Next"}, {"later", "Later"},
	{"asks", "Asks"}, {"parked", "Parked"}, {"people", "People"}, {"top-of-mind", "Top of mind"},
}
