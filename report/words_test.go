package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A deskful is a page on which somebody works while the program makes it again
// and again, with all that must not get lost.
type deskful struct {
	lines   []string       // ids of the lines in the settings, in their order
	figures map[string]int // of each line
	week    int
	page    []byte
	made    []string          // what the program remembers to have made, if it was not killed before
	beside  []string          // pages that were kept beside the new ones
	notes   map[string]string // what people wrote, by slot, byte for byte
	outside []string          // lines that they wrote outside of slots
	n       int               // words so far
}

func (d *deskful) document() Document {
	doc := Document{Week: week(d.week), Made: made}
	for _, id := range d.lines {
		n := d.figures[id]
		doc.parts = append(doc.parts, part{
			text: fmt.Sprintf("\n## Line %s\n\n| Week | Value |\n| :-- | --: |\n| W46 | %d |\n\n*Why:* because of %d.\n\n", id, n, n), id: id, prompt: promptAmber,
		})
	}
	doc.parts = append(doc.parts, part{text: "\nThe end.\n"})
	return doc
}

// words are new and like no others.
func (d *deskful) words() string {
	d.n++
	return fmt.Sprintf("words %d of mine", d.n)
}

// read takes what stands in the slots as what people mean: they, or a formatter
// of theirs, have just saved the page.
func (d *deskful) read(t *rapid.T) {
	for _, n := range parse(t, d.page).Notes {
		if _, mine := d.notes[n.ID]; mine {
			d.notes[n.ID] = n.Text
		}
	}
}

// draft makes the page. A killed run leaves the old page or the new one, and may
// not get to remember what it made.
func (d *deskful) draft(t *rapid.T, killed bool) {
	old := parse(t, d.page)
	known := ""
	for _, m := range d.made {
		if old.MadeOf(m) {
			known = m
		}
	}
	m := d.document().Merge(old, known)
	if killed && rapid.Bool().Draw(t, "before the page is in its place") {
		return
	}
	if m.Edited {
		d.beside = append(d.beside, string(d.page))
	}
	d.page = m.Text
	if !killed || rapid.Bool().Draw(t, "remembered") {
		d.made = append(d.made, m.Made)
	}
	d.check(t)
	again := d.document().Merge(parse(t, d.page), m.Made)
	if !m.Edited && string(again.Text) != string(d.page) {
		t.Fatalf("made again it is another page:\n%s\n---\n%s", d.page, again.Text)
	}
}

// check looks for everything that people wrote.
func (d *deskful) check(t *rapid.T) {
	page := parse(t, d.page)
	for id, text := range d.notes {
		n, err := page.Note(id)
		if err != nil || n.Text != text {
			t.Fatalf("note %s is %q (%v), want %q, on\n%s", id, n.Text, err, text, d.page)
		}
	}
	for _, line := range d.outside {
		on := strings.Contains(string(d.page), line)
		if !on && !slices.ContainsFunc(d.beside, func(p string) bool { return strings.Contains(p, line) }) {
			t.Fatalf("%q is nowhere; the page is\n%s", line, d.page)
		}
	}
	// What is written under a line stays under it, as long as there is the line.
	for _, id := range d.lines {
		heading := strings.Index(string(d.page), "## Line "+id)
		slot := strings.Index(string(d.page), "<!-- preread:note id="+id+" -->")
		if heading >= 0 && slot >= 0 && strings.Contains(string(d.page[min(heading, slot):max(heading, slot)]), "## Notes kept") {
			t.Fatalf("note %s is not under its line:\n%s", id, d.page)
		}
	}
}

// Whatever people, their editors and their settings do to a page between runs,
// and wherever a run is killed, not a byte that they wrote is lost or stands
// elsewhere. -rapid.checks says how many such histories are tried.
func TestNoWordIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &deskful{lines: []string{"a/1", "a/2", "b/3", "goal"}, figures: map[string]int{}, notes: map[string]string{}, week: 46}
		d.draft0(t)
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				notes := parse(t, d.page).Notes
				if len(notes) == 0 {
					t.Skip("there is no slot")
				}
				n := rapid.SampledFrom(notes).Draw(t, "slot")
				text := rapid.SampledFrom([]string{
					"\n%s\n\n", "%s\n", "\n\n  - [ ] %s  \n\n```\n<!-- /preread:note -->\n```\n", "\n# %s\n\n| a |\n| - |\n| b |\n", "\n%s\t\\_é𝄞\x00\n\n", "\n> %s\n> <!-- a comment -->\n",
				}).Draw(t, "form")
				text = fmt.Sprintf(text, d.words())
				if parse(t, d.page).CRLF {
					text = strings.ReplaceAll(text, "\n", "\r\n")
				}
				edited, err := PutNote(d.page, n.ID, text)
				if err != nil {
					t.Fatal(err)
				}
				d.page, d.notes[n.ID] = edited, text
				d.outside = slices.DeleteFunc(d.outside, func(line string) bool { return strings.Contains(n.Text, line) }) // written over
			},
			"write outside": func(t *rapid.T) {
				lines := strings.SplitAfter(string(d.page), "\n")
				taken := map[int]bool{0: true} // slots, and the first comment
				for _, n := range parse(t, d.page).Notes {
					for i := range strings.Count(n.Text, "\n") + 1 {
						taken[n.Line+i] = true
					}
				}
				var free []int
				for i := range lines {
					if !taken[i] {
						free = append(free, i)
					}
				}
				at := rapid.SampledFrom(free).Draw(t, "line")
				line := d.words()
				lines[at] = line + "\n\n" + lines[at]
				d.page, d.outside = []byte(strings.Join(lines, "")), append(d.outside, line)
			},
			"new figures": func(t *rapid.T) {
				for _, id := range d.lines {
					d.figures[id] = rapid.IntRange(0, 3).Draw(t, id)
				}
			},
			"reorder": func(t *rapid.T) { d.lines = rapid.Permutation(d.lines).Draw(t, "order") },
			"remove": func(t *rapid.T) {
				if len(d.lines) > 0 {
					i := rapid.IntRange(0, len(d.lines)-1).Draw(t, "line")
					d.lines = slices.Delete(slices.Clone(d.lines), i, i+1)
				}
			},
			"add": func(t *rapid.T) {
				if id := rapid.SampledFrom([]string{"a/1", "a/2", "b/3", "goal", "new", "c/4.x"}).Draw(t, "line"); !slices.Contains(d.lines, id) {
					d.lines = append(slices.Clone(d.lines), id)
				}
			},
			"rename": func(t *rapid.T) {
				if id := rapid.SampledFrom([]string{"a/other", "renamed"}).Draw(t, "to"); len(d.lines) > 0 && !slices.Contains(d.lines, id) {
					d.lines = slices.Clone(d.lines)
					d.lines[rapid.IntRange(0, len(d.lines)-1).Draw(t, "line")] = id
				}
			},
			"reformat": func(t *rapid.T) {
				if !parse(t, d.page).CRLF {
					d.page = []byte(formatted(string(d.page)))
					d.read(t)
				}
			},
			"line ends": func(t *rapid.T) {
				text := strings.ReplaceAll(string(d.page), "\r\n", "\n")
				if !parse(t, d.page).CRLF {
					text = strings.ReplaceAll(text, "\n", "\r\n")
				}
				d.page = []byte(text)
				d.read(t)
			},
			"byte order mark": func(t *rapid.T) {
				if rest, had := strings.CutPrefix(string(d.page), bom); had {
					d.page = []byte(rest)
				} else {
					d.page = append([]byte(bom), d.page...)
				}
			},
			"draft":            func(t *rapid.T) { d.draft(t, false) },
			"draft and killed": func(t *rapid.T) { d.draft(t, true) },
			"":                 func(t *rapid.T) { d.check(t) },
		})
		d.draft(t, false)
	})
}

// draft0 makes the first page.
func (d *deskful) draft0(t *rapid.T) {
	m := d.document().Merge(nil, "")
	d.page, d.made = m.Text, []string{m.Made}
	d.check(t)
}
