package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"
)

// An Ink is what a word of a page in a terminal is to stand out by. Which signs
// that takes is left to whoever owns the terminal.
type Ink uint8

// The inks.
const (
	PlainInk Ink = iota
	StrongInk
	RedInk
	AmberInk
	GreenInk
)

// inks are the words that have a colour of their own.
var inks = map[string]Ink{"RED": RedInk, "AMBER": AmberInk, "GREEN": GreenInk}

// leastWidth is how narrow a page may become.
const leastWidth = 24

// WriteTerminal writes a page as it stands on disk for a terminal that is so
// many columns wide. A row of a table that does not fit becomes a few lines,
// each figure with the name of its column; only code keeps its lines. Nothing
// in the page can make the terminal do anything: what is no letter is left out.
func WriteTerminal(w io.Writer, page Page, width int, paint func(Ink, string) string) error {
	m := newMarkup(nil)
	t := &terminal{paint: paint, width: max(width, leastWidth)}
	notes := map[string]Note{}
	for _, n := range page.Notes {
		notes[n.ID] = n
	}
	stretches, slots := stretchesOf(printable(flagged(unpictured(page.Tool))))
	references := m.references(stretches)
	for i, s := range stretches {
		doc, _ := m.parse([]byte(s), references)
		t.blocks([]byte(s), doc, "")
		if i < len(slots) {
			source := []byte(printable(forReader(notes[slots[i]].Text)))
			doc, _ := m.parse(source, nil)
			t.note = true
			t.blocks(source, doc, "│ ")
			t.note = false
		}
	}
	_, err := io.WriteString(w, strings.TrimLeft(t.out.String(), "\n"))
	return err
}

// A terminal collects the lines of a page.
type terminal struct {
	out   strings.Builder
	paint func(Ink, string) string
	width int
	note  bool // what is written was written by people
	close bool // the next block follows without a gap
}

// A span is some text in one ink.
type span struct {
	text string
	ink  Ink
}

// A word is what must not be parted at the end of a line, if it can be helped.
type word []span

func (w word) width() (n int) {
	for _, s := range w {
		n += columns(s.text)
	}
	return n
}

// columns is how many columns a text takes in a terminal.
func columns(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0xff01 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff:
			n += 2
		default:
			n++
		}
	}
	return n
}

// blocks writes the blocks of a text, each behind the same signs.
func (t *terminal) blocks(source []byte, parent ast.Node, before string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		t.block(source, n, before)
	}
}

func (t *terminal) block(source []byte, n ast.Node, before string) {
	switch n := n.(type) {
	case *ast.Heading:
		t.heading(source, n, before)
	case *ast.List:
		t.gap(before)
		t.list(source, n, before)
	case *ast.Blockquote:
		t.gap(before)
		t.close = true
		t.blocks(source, n, before+"> ")
	case *ast.ThematicBreak:
		t.gap(before)
		t.line(before, strings.Repeat("─", t.width-columns(before)))
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		t.gap(before)
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			t.line(before, "    "+visible(strings.TrimRight(string(line.Value(source)), "\n")))
		}
	case *ast.HTMLBlock:
		t.typed(source, n, before)
	case *table.Table:
		t.gap(before)
		t.table(source, n, before)
	case *ast.TextBlock:
		t.wrap(t.words(source, n, PlainInk), before, before)
	default:
		t.gap(before)
		t.wrap(t.words(source, n, PlainInk), before, before)
	}
}

// typed shows a block of HTML as it was typed; of text that is folded away on
// the page only what says so.
func (t *terminal) typed(source []byte, n *ast.HTMLBlock, before string) {
	typed := strings.TrimSpace(uncommented(blockText(source, n)))
	if m := detailsMark.FindStringSubmatch(typed); m != nil {
		typed = m[1] + ":"
	}
	if typed == "" || typed == "</details>" {
		return
	}
	t.gap(before)
	for line := range strings.Lines(typed) {
		t.wrap(wordsOf(strings.TrimSpace(line), PlainInk), before, before)
	}
}

// gap sets a block off from the one before.
func (t *terminal) gap(before string) {
	if !t.close {
		t.line(before, "")
	}
	t.close = false
}

func (t *terminal) line(before, text string) {
	t.out.WriteString(strings.TrimRight(before+text, " ") + "\n")
}

func (t *terminal) heading(source []byte, n *ast.Heading, before string) {
	t.gap(before)
	words := t.words(source, n, StrongInk)
	rule := ""
	switch {
	case before != "":
	case n.Level == 1:
		rule = "═"
	case n.Level == 2:
		rule = "─"
	default:
		words = slices.Insert(words, 0, word{{"▪", StrongInk}})
	}
	t.wrap(words, before, before)
	if rule != "" {
		t.line(before, strings.Repeat(rule, t.width))
	}
}

func (t *terminal) list(source []byte, l *ast.List, before string) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		sign := "- "
		if l.IsOrdered() {
			sign = fmt.Sprintf("%d. ", number)
			number++
		}
		hang := before + strings.Repeat(" ", len(sign))
		for n := item.FirstChild(); n != nil; n = n.NextSibling() {
			switch n.(type) {
			case *ast.TextBlock, *ast.Paragraph:
				first := hang
				if n.PreviousSibling() == nil {
					first = before + sign
				}
				t.wrap(t.words(source, n, PlainInk), first, hang)
			case *ast.List:
				t.list(source, n.(*ast.List), hang)
			default:
				t.block(source, n, hang)
			}
		}
	}
}

// words cuts the text of a block into words. A link is its text; of what people
// wrote the address is told too.
func (t *terminal) words(source []byte, n ast.Node, ink Ink) []word {
	var spans []span
	t.spans(source, n, ink, &spans)
	return wordsIn(spans)
}

func (t *terminal) spans(source []byte, parent ast.Node, ink Ink, out *[]span) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			*out = append(*out, span{visible(plainText(source, n)), ink})
			if n.SoftLineBreak() || n.HardLineBreak() {
				*out = append(*out, span{" ", ink})
			}
		case *ast.String:
			*out = append(*out, span{visible(string(n.Value)), ink})
		case *ast.AutoLink:
			*out = append(*out, span{visible(string(n.Label(source))), ink})
		case *ast.RawHTML:
			*out = append(*out, span{visible(uncommented(rawText(source, n))), ink})
		case *ast.Link:
			t.spans(source, n, ink, out)
			if address := visible(string(n.Destination)); t.note && address != plain(source, n) {
				*out = append(*out, span{" (" + address + ")", ink})
			}
		case *table.TaskCheckBox:
			*out = append(*out, span{map[bool]string{true: "[x] ", false: "[ ] "}[n.IsChecked], ink})
		case *ast.Emphasis:
			inner := ink
			if n.Level == 2 {
				inner = StrongInk
				if status, is := inks[plain(source, n)]; is {
					inner = status
				}
			}
			t.spans(source, n, inner, out)
		default:
			t.spans(source, n, ink, out)
		}
	}
}

// visible is a text without signs that a terminal obeys or an eye does not see.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

func wordsOf(text string, ink Ink) []word { return wordsIn([]span{{visible(text), ink}}) }

// wordsIn cuts spans at their spaces.
func wordsIn(spans []span) (words []word) {
	var now word
	for _, s := range spans {
		for i, part := range strings.Split(strings.ReplaceAll(s.text, "\n", " "), " ") {
			if i > 0 && len(now) > 0 {
				words, now = append(words, now), nil
			}
			if part != "" {
				now = append(now, span{part, s.ink})
			}
		}
	}
	if len(now) > 0 {
		words = append(words, now)
	}
	return words
}

// wrap writes words in lines: first stands before the first of them, hang
// before the others.
func (t *terminal) wrap(words []word, first, hang string) {
	for _, line := range filled(words, t.width-columns(first), t.width-columns(hang)) {
		t.line(first, t.painted(line))
		first = hang
	}
}

// painted joins words by spaces, in their inks.
func (t *terminal) painted(line []word) string {
	var b strings.Builder
	for i, w := range line {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, s := range w {
			if s.ink == PlainInk {
				b.WriteString(s.text)
			} else {
				b.WriteString(t.paint(s.ink, s.text))
			}
		}
	}
	return b.String()
}

// filled puts as many words into each line as fit. A word longer than a line is
// cut; nothing is lost.
func filled(words []word, first, rest int) (lines [][]word) {
	var line []word
	used, room := 0, max(first, 1)
	end := func() {
		lines, line, used, room = append(lines, line), nil, 0, max(rest, 1)
	}
	for _, w := range words {
		n := w.width()
		if used > 0 && used+1+n > room {
			end()
		}
		for n > room && used == 0 {
			head, tail := cut(w, room)
			line = append(line, head)
			end()
			w, n = tail, tail.width()
		}
		if n == 0 {
			continue
		}
		if used > 0 {
			used++
		}
		line, used = append(line, w), used+n
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut parts a word after so many columns, or after its first letter where not
// even that fits.
func cut(w word, room int) (head, tail word) {
	for i, s := range w {
		for at, r := range s.text {
			if n := columns(string(r)); n > room && (len(head) > 0 || at > 0) {
				if at > 0 {
					head = append(head, span{s.text[:at], s.ink})
				}
				return head, append(word{{s.text[at:], s.ink}}, w[i+1:]...)
			} else {
				room -= n
			}
		}
		head = append(head, s)
	}
	return head, nil
}

// columnGap stands between the columns of a table.
const columnGap = 2

// table writes a table in columns where they fit, else row by row.
func (t *terminal) table(source []byte, n *table.Table, before string) {
	var rows [][][]word
	widths := make([]int, len(n.Alignments))
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]word
		for cell := row.FirstChild(); cell != nil && len(cells) < len(widths); cell = cell.NextSibling() {
			words := t.words(source, cell, PlainInk)
			widths[len(cells)] = max(widths[len(cells)], width(words))
			cells = append(cells, words)
		}
		rows = append(rows, cells)
	}
	total := columns(before) - columnGap
	for _, w := range widths {
		total += w + columnGap
	}
	for i, row := range rows {
		switch {
		case total <= t.width:
			t.row(row, widths, n.Alignments, before)
		case i > 0:
			t.told(rows[0], row, before)
		}
	}
}

func width(line []word) (n int) {
	for i, w := range line {
		if i > 0 {
			n++
		}
		n += w.width()
	}
	return n
}

// row writes a row in columns.
func (t *terminal) row(cells [][]word, widths []int, align []table.Alignment, before string) {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		pad := strings.Repeat(" ", widths[i]-width(c))
		if align[i] == table.AlignRight {
			b.WriteString(pad + t.painted(c))
		} else {
			b.WriteString(t.painted(c) + pad)
		}
	}
	t.line(before, b.String())
}

// told writes a row in lines: what it is about, then each figure behind the
// name of its column. Where the first column is a status, the second one says
// what the row is about.
func (t *terminal) told(header, cells [][]word, before string) {
	about := 1
	if len(header) > 1 && len(header[0]) > 0 && header[0][0][0].text == "Status" {
		about = 2
	}
	t.wrap(slices.Concat(cells[:min(about, len(cells))]...), before, before+"    ")
	var rest []word
	for i := about; i < len(cells); i++ {
		if len(cells[i]) == 0 {
			continue
		}
		if len(rest) > 0 {
			rest = append(rest, word{{"·", PlainInk}})
		}
		pair := slices.Concat(header[i], cells[i])
		if width(pair) <= t.width/2 {
			pair = []word{oneWord(pair)}
		}
		rest = append(rest, pair...)
	}
	t.wrap(rest, before+"    ", before+"    ")
}

// oneWord makes one word of several, which stay on one line together.
func oneWord(words []word) (all word) {
	for i, w := range words {
		if i > 0 {
			all = append(all, span{" ", PlainInk})
		}
		all = append(all, w...)
	}
	return all
}
