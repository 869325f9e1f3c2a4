package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// A Document is a page before the notes are in it: the program's text, cut by
// slots. Text comes before the slot of the same part.
type Document struct {
	Week  sources.Week
	Made  time.Time
	parts []part
}

type part struct {
	text    string
	id      string // of the slot after the text; "" for none
	prompt  string // what stands in the slot while nobody has written, LF at its line ends; "" for nothing
	carried bool   // beside a prompt, the slot was given words from the page before
}

// own reports a note that holds what the program put there and nothing else:
// a prompt, or what was carried over from the page before.
func (p part) own(n Note) bool {
	return n.untouched() || strings.TrimSpace(lineFeeds.Replace(n.Text)) == strings.TrimSpace(p.prompt)
}

// emptied reports a slot from which somebody took everything, the prompt too:
// what was carried over to it does not come back.
func (p part) emptied(n Note) bool { return p.carried && strings.TrimSpace(n.Text) == "" }

// Merged is a page ready to be written, and what became of the notes.
type Merged struct {
	Text     []byte
	Made     string   // the program's own text of it, to be given to the next Merge
	Kept     int      // notes that somebody wrote, in their places
	Homeless []string // ids of notes that stand under "Notes kept from earlier"
	Joined   int      // places outside of the slots where people's edits stand
	Clashes  []string // ids of new notes with edits whose place the program needed itself
	Edited   bool     // people's edits outside of the slots are not in Text: nobody remembers what was there before
	Sent     bool     // the page was sent, and Text is as it stands
	Same     bool     // but for the time of making, the old page already is this one
}

// homelessHeading introduces notes whose line is no longer on the page.
const homelessHeading = "## Notes kept from earlier\n\nTheir lines are no longer on this page, or what they were written over has changed. Move what still matters, delete the rest.\n"

// A layout is the program's text with its slots, and what is in them.
type layout struct {
	tool     string // with LF, the marks of the slots in it
	slots    map[string]content
	kept     int
	homeless []string
}

// content is what a slot holds; own tells that it is the program's prompt.
type content struct {
	text string
	own  bool
}

// Merge puts the notes of the page as it stands into the document. Every note
// that somebody wrote is in the result, byte for byte: in its own slot, or
// under a heading of its own if that slot is gone. made is what the program
// itself wrote last in the page's place, "" if that is not remembered; with it,
// edits outside of the slots stay too. old is nil if there is no page yet.
func (d Document) Merge(old *Page, made string) Merged {
	if old == nil {
		old = &Page{}
	}
	titles := editTitles(cmp.Or(made, old.Tool))
	l := d.lay(old.Notes, titles)
	tool := l.tool
	m := Merged{Edited: old.Edited()}
	if m.Edited && made != "" {
		l, tool = d.joinEdits(&m, *old, made, titles, l)
	}
	m.Made, m.Kept, m.Homeless = l.tool, l.kept, l.homeless
	mark := DocMark{Found: true, Week: d.Week, Made: d.Made.UTC().Format(time.RFC3339), Sum: sum(l.tool)}
	m.Same = old.Mark.Found && !m.Edited && old.Mark.Sum == mark.Sum && old.Mark.Week == mark.Week &&
		sum(tool) == sum(old.Tool) && len(m.Clashes) == 0 && d.noPromptChanged(old.Notes)
	m.Text = l.assemble(mark.String()+"\n"+tool, *old)
	return m
}

// joinEdits joins what people changed outside of the slots to the program's
// text. Words that have to make way become notes; those make the page longer,
// so it is joined again until all words have a place.
func (d Document) joinEdits(m *Merged, old Page, made string, titles map[string]string, l layout) (layout, string) {
	notes := slices.Clone(old.Notes)
	var clashes []string
	for before := l; ; {
		j, ok := join(made, old.Tool, l.tool)
		if !ok {
			return before, before.tool
		}
		grown := false
		for _, words := range j.lost {
			n := clash(words.lines)
			if words.under != "" && titles[n.ID] == "" {
				titles[n.ID] = fmt.Sprintf(editTitle, shortened(words.under, titleLimit/2))
			}
			if !slices.ContainsFunc(notes, func(o Note) bool { return o.ID == n.ID }) {
				notes, clashes, grown = append(notes, n), append(clashes, n.ID), true
			}
		}
		switch {
		case grown:
			l = d.lay(notes, titles)
		case l.holds(j.text):
			m.Joined, m.Clashes, m.Edited = j.places, clashes, false
			return l, j.text
		default:
			return before, before.tool
		}
	}
}

// lay lays the document out around notes. titles are the headings of those that have
// no place of their own, where the id alone would tell their reader nothing.
func (d Document) lay(old []Note, titles map[string]string) layout {
	l := layout{slots: map[string]content{}}
	notes := map[string]Note{}
	for _, n := range old {
		notes[n.ID] = n
	}
	var tool strings.Builder
	slot := func(id string, c content) {
		l.slots[id] = c
		tool.WriteString("<!-- preread:note id=" + id + " -->\n<!-- /preread:note -->\n")
	}
	for _, p := range d.parts {
		tool.WriteString(p.text)
		if p.id == "" {
			continue
		}
		n, found := notes[p.id]
		switch {
		case found && p.emptied(n):
			slot(p.id, content{text: n.Text})
			continue
		case found && !p.own(n):
			l.kept++
			slot(p.id, content{text: n.Text})
			continue
		}
		slot(p.id, content{promptText(p.prompt), true})
	}
	for _, n := range old {
		if _, home := l.slots[n.ID]; home || n.untouched() {
			continue
		}
		if len(l.homeless) == 0 {
			tool.WriteString("\n" + homelessHeading)
		}
		l.homeless = append(l.homeless, n.ID)
		tool.WriteString("\n### " + Escape(cmp.Or(titles[n.ID], n.ID)) + "\n\n")
		slot(n.ID, content{text: n.Text})
	}
	l.tool = tool.String()
	return l
}

// EditNote begins the ids of notes that hold edits from outside of the slots.
const EditNote = "edit/"

// editTitle is the heading of such a note: where its words stood.
const editTitle = "From “%s”"

// editTitles are the headings of notes with edits in the program's text of a page,
// which alone remembers where their words stood.
func editTitles(tool string) map[string]string {
	titles := map[string]string{}
	from, _, _ := strings.Cut(editTitle, "%s")
	for _, place := range (Page{Tool: tool}).Places() {
		if strings.HasPrefix(place.ID, EditNote) && strings.HasPrefix(place.Title, from) {
			titles[place.ID] = place.Title
		}
	}
	return titles
}

// clash makes a note of words that had to make way. Its name is made of them,
// so that the same words are kept once.
func clash(words []string) Note {
	text := strings.Join(words, "")
	return Note{ID: EditNote + sum(text)[:8], Text: "\n" + strings.TrimRight(text, "\n") + "\n\n"}
}

// holds reports whether a text has a slot for every note that somebody wrote,
// and none twice.
func (l layout) holds(tool string) bool {
	page, err := ParsePage("", []byte(tool))
	if err != nil {
		return false
	}
	for id, c := range l.slots {
		if !c.own && !slices.ContainsFunc(page.Notes, func(n Note) bool { return n.ID == id }) {
			return false
		}
	}
	return true
}

// assemble puts what the slots hold between their marks, and ends lines as the
// old page does. What people wrote is not touched.
func (l layout) assemble(tool string, old Page) []byte {
	var out []byte
	ends := func(text string) {
		if old.CRLF {
			text = string(toCRLF([]byte(text)))
		}
		out = append(out, text...)
	}
	for line := range strings.Lines(tool) {
		ends(line)
		if m := openMark.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			if c := l.slots[m[1]]; c.own {
				ends(c.text)
			} else {
				out = append(out, c.text...)
			}
		}
	}
	if old.BOM {
		out = append([]byte(bom), out...)
	}
	return out
}

// Edited reports whether people changed the page outside of its slots.
func (p Page) Edited() bool { return p.Mark.Found && sum(p.Tool) != p.Mark.Sum }

// MadeOf reports whether a text is the program's own of the page, from before
// people wrote in it.
func (p Page) MadeOf(text string) bool { return p.Mark.Found && sum(text) == p.Mark.Sum }

// noPromptChanged reports whether every untouched slot already holds the
// prompt that it would get.
func (d Document) noPromptChanged(notes []Note) bool {
	return !slices.ContainsFunc(d.parts, func(p part) bool {
		i := slices.IndexFunc(notes, func(n Note) bool { return n.ID == p.id })
		return p.id != "" && (i < 0 || p.own(notes[i]) && !p.emptied(notes[i]) && strings.TrimSpace(lineFeeds.Replace(notes[i].Text)) != strings.TrimSpace(p.prompt))
	})
}

// String returns the comment that opens a page.
func (m DocMark) String() string {
	sent := ""
	if !m.Sent.IsZero() {
		sent = " sent=" + m.Sent.Format(time.RFC3339)
	}
	return fmt.Sprintf("<!-- preread:doc v=1 week=%s made=%s sum=%s%s -->", m.Week, m.Made, m.Sum, sent)
}

// sum identifies the program's text of a page. What formatters change does not
// matter to it.
func sum(tool string) string {
	h := sha256.New()
	for line := range strings.Lines(tool) {
		if line = normal(line); line != "" {
			h.Write([]byte(line + "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// promptText sets a prompt off from its marks, so that it is a paragraph.
func promptText(prompt string) string {
	if prompt == "" {
		return "\n"
	}
	return "\n" + prompt + "\n\n"
}
