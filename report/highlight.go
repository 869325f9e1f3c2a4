package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/text"
)

// DiscussMark marks what somebody wants to come back to: alone on a line of a
// note the whole note and its line, at the end of a line that line's words.
const DiscussMark = "!discuss"

// A Highlight is a place that somebody wants to talk about.
type Highlight struct {
	ID    string // of the slot; "" outside of all
	Under string // outside of the slots: the heading that it stands under, in plain words
	Line  int    // of the page, counted from 1
	Text  string // the words that are marked, in one line; "" if there are none beside the mark
}

// private reports what another reader than the page's own does not see; of words
// that had to make way nobody knows where they stood.
func (h Highlight) private() bool {
	return slices.Contains(personal, h.ID) || strings.HasPrefix(h.ID, EditNote) || slices.ContainsFunc(freeSlots, func(s freeSlot) bool {
		return slices.Contains(personal, s.id) && s.title == h.Under
	})
}

// Highlights returns what is marked on a page, in its order: in the slots and
// outside of them.
func Highlights(p Page) (all []Highlight) {
	for _, n := range p.Notes {
		for number, line := range Unfenced(n.Text) {
			words, marked := cutDiscuss(line)
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
	all = append(all, p.markedOutside()...)
	slices.SortStableFunc(all, func(a, b Highlight) int { return a.Line - b.Line })
	return all
}

// markedOutside returns what is marked outside of the slots. What is quoted there
// is of a page ago.
func (p Page) markedOutside() (all []Highlight) {
	under, before := "", 0 // lines of the file that are not among the program's
	if p.Mark.Found {
		before = 1
	}
	for number, line := range Unfenced(p.Tool) {
		bare := strings.TrimSpace(line)
		if m := openMark.FindStringSubmatch(bare); m != nil {
			if n, err := p.Note(m[1]); err == nil {
				before = n.Line - 1 - number + strings.Count(n.Text, "\n")
			}
			continue
		}
		words, marked := cutDiscuss(line)
		if title, level := headingOf(bare); level > 0 {
			under, words = unescape(title), ""
		}
		if marked && !strings.HasPrefix(bare, ">") {
			all = append(all, Highlight{Under: under, Line: before + number + 1, Text: words})
		}
	}
	return all
}

// headingOf takes the sign of a heading off a line, and its mark; the level is 0
// if it is no heading.
func headingOf(line string) (title string, level int) {
	title = strings.TrimLeft(line, "#")
	level = len(line) - len(title)
	if level < 1 || level > 6 || !strings.HasPrefix(title, " ") {
		return "", 0
	}
	return strings.TrimSpace(strings.TrimSuffix(title, " "+DiscussMark)), level
}

// cutDiscuss takes the mark off a line, and returns its words without markup and
// the sign of a list or a quote.
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
	if marked {
		line = plainLine(line)
	}
	return shortened(line, titleLimit), marked
}

// plainLine is a line of Markdown as it is read. What is nothing but markup is
// left as it was typed.
func plainLine(line string) string {
	source := []byte(line)
	words := plain(source, goldmark.New().Parser().Parse(text.NewReader(source)))
	if strings.TrimSpace(words) == "" {
		return line
	}
	return words
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

// flagged is the program's text with a sign instead of each mark of what to
// discuss, for who reads it.
func flagged(tool string) string {
	if !strings.Contains(tool, DiscussMark) {
		return tool
	}
	lines := slices.Collect(strings.Lines(tool))
	for i, line := range Unfenced(tool) {
		if _, marked := cutDiscuss(line); marked && !strings.HasPrefix(strings.TrimSpace(line), ">") {
			lines[i] = strings.TrimSuffix(strings.TrimRight(line, " \t\r\n"), DiscussMark) + "⚑\n"
		}
	}
	return strings.Join(lines, "")
}

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
		p.printf("%d. %s\n", i+1, p.highlight(h, func(name string) string {
			return fmt.Sprintf("[%s](#%s)", name, anchorOf(h.ID))
		}))
	}
	p.printf("\n")
}

// highlight says where something is marked, and what. linked makes a link of the
// name of a slot; what stands outside of the slots has nothing to link to.
func (p *page) highlight(h Highlight, linked func(name string) string) string {
	words := Escape(h.Under)
	if h.ID != "" {
		words = linked(p.placeName(h.ID))
	}
	if h.Text == "" {
		return words
	}
	return strings.TrimPrefix(words+": "+Escape(h.Text), ": ")
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
	return Escape(cmp.Or(p.editTitle(id), id))
}

// editTitle is the heading of a note with edits on the page as it stands; "" for
// other notes.
func (p *page) editTitle(id string) string {
	if p.letter.Page == nil {
		return ""
	}
	return editTitles(p.letter.Page.Tool)[id]
}

// A freeSlot is a slot that belongs to no line, and how it is named.
type freeSlot struct{ id, title string }

// freeSlots are all of them.
var freeSlots = []freeSlot{
	{"context", "What this is about"}, {"summary", "At a glance"}, {"wanted", "What I want from you"}, {"next", "Next"}, {"later", "Later"},
	{"asks", "Asks"}, {"parked", "Parked"}, {"people", "People"}, {"top-of-mind", "Top of mind"},
}
