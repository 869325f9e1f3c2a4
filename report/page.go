package report

import (
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
	text   string
	id     string // of the slot after the text; "" for none
	prompt string // what stands in the slot while nobody has written; "" for nothing
}

// Merged is a page ready to be written, and what became of the notes.
type Merged struct {
	Text     []byte
	Kept     int      // notes that somebody wrote, in their places
	Homeless []string // ids of notes that stand under "Notes kept from earlier"
	Edited   bool     // the text outside of the slots of the old page was not the program's own
	Same     bool     // but for the time of making, the old page already is this one
}

// homelessHeading introduces notes whose line is no longer on the page.
const homelessHeading = "## Notes kept from earlier\n\nTheir lines are no longer on this page. Move what still matters, delete the rest.\n"

// Merge puts the notes of the page as it stands into the document. Every note
// that somebody wrote is in the result, byte for byte: in its own slot, or
// under a heading of its own if that slot is gone. old is nil if there is no
// page yet.
func (d Document) Merge(old *Page) Merged {
	if old == nil {
		old = &Page{}
	}
	var m Merged
	notes := map[string]Note{}
	for _, n := range old.Notes {
		notes[n.ID] = n
	}
	var body strings.Builder // of the program's text alone, with LF
	var out []byte
	write := func(tool string) {
		body.WriteString(tool)
		if old.CRLF {
			tool = string(toCRLF([]byte(tool)))
		}
		out = append(out, tool...)
	}
	slot := func(id, text string, own bool) {
		write("<!-- preread:note id=" + id + " -->\n")
		if own && old.CRLF {
			text = string(toCRLF([]byte(text)))
		}
		out = append(out, text...)
		write("<!-- /preread:note -->\n")
	}
	homes := map[string]bool{}
	for _, p := range d.parts {
		write(p.text)
		if p.id == "" {
			continue
		}
		homes[p.id] = true
		if n, found := notes[p.id]; found && !n.untouched() {
			m.Kept++
			slot(p.id, n.Text, false)
			continue
		}
		slot(p.id, promptText(p.prompt), true)
	}
	for _, n := range old.Notes {
		if homes[n.ID] || n.untouched() {
			continue
		}
		if len(m.Homeless) == 0 {
			write("\n" + homelessHeading)
		}
		m.Homeless = append(m.Homeless, n.ID)
		write("\n### " + Escape(n.ID) + "\n\n")
		slot(n.ID, n.Text, false)
	}
	m.Edited = old.Mark.Found && sum(old.Tool) != old.Mark.Sum
	mark := DocMark{true, d.Week, d.Made.UTC().Format(time.RFC3339), sum(body.String())}
	m.Same = old.Mark.Found && !m.Edited && old.Mark.Sum == mark.Sum && old.Mark.Week == mark.Week && m.noPromptChanged(d, notes)
	first := mark.String() + "\n"
	if old.CRLF {
		first = string(toCRLF([]byte(first)))
	}
	m.Text = append([]byte(first), out...)
	if old.BOM {
		m.Text = append([]byte(bom), m.Text...)
	}
	return m
}

// noPromptChanged reports whether every untouched slot already holds the
// prompt that it would get.
func (m Merged) noPromptChanged(d Document, notes map[string]Note) bool {
	return !slices.ContainsFunc(d.parts, func(p part) bool {
		n, found := notes[p.id]
		return p.id != "" && (!found || n.untouched() && strings.TrimSpace(n.Text) != p.prompt)
	})
}

// String returns the comment that opens a page.
func (m DocMark) String() string {
	return fmt.Sprintf("<!-- preread:doc v=1 week=%s made=%s sum=%s -->", m.Week, m.Made, m.Sum)
}

// sum identifies the program's text of a page. White space at the ends of
// lines, empty lines and line ends do not matter to it.
func sum(tool string) string {
	h := sha256.New()
	for line := range strings.Lines(tool) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" {
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
