package ask

import (
	"regexp"
	"strings"
)

// A block is a list item, or something outside of lists, which ends what came
// before. Of quotes and code outside of lists there are no lines.
type block struct {
	item    bool
	ordered bool
	depth   int      // list items around it
	lines   []string // of its text
	place   Place
	at      int // of an item: the byte that its text begins with
	margin  int // of an item: columns before its text
}

// text is what a block says, on one line.
func (b block) text() string { return plain(strings.Join(b.lines, "\n")) }

var (
	itemMark  = regexp.MustCompile(`^([-*+]|\d{1,9}[.)])(?:([ \t]+)(.*)|$)`)
	fenceMark = regexp.MustCompile("^(`{3,}|~{3,})(.*)$")
	headMark  = regexp.MustCompile(`^#{1,6}(?:[ \t]|$)`)
	ruleMark  = regexp.MustCompile(`^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$`)
)

// deepest is how many list items may stand in each other; what is deeper is
// text.
const deepest = 12

// A reader takes the lines of a text apart as CommonMark does, but for code
// that is only indented: in a list it is read on as text.
type reader struct {
	blocks  []block
	open    []level // list items around the next line, outermost first
	text    bool    // the line before was text that may go on
	aside   bool    // outside of lists, what is read is a quote or code
	fence   string  // of the code that is open
	comment bool    // an HTML comment is open
	margin  int     // columns before what is open; what stands further left closes it
	line    Place   // of the line being read
}

// A level is a list item that is open.
type level struct {
	block  int // which one
	margin int // columns before its text
}

// blocksOf returns the blocks of a text.
func blocksOf(text string) []block {
	var r reader
	at, number := 0, 0
	for raw := range strings.Lines(text) {
		line := strings.TrimRight(raw, "\r\n")
		number++
		r.line = Place{Line: number, Start: at, End: at + len(line)}
		r.read(line)
		at += len(raw)
	}
	return r.blocks
}

func (r *reader) read(line string) {
	col, rest := indent(line, 0)
	inside := rest == "" || col >= r.margin
	switch {
	case r.fence != "" && inside:
		r.code(col, rest)
	case r.comment && inside:
		_, after, ends := strings.Cut(rest, comments[1])
		r.comment = !ends
		r.words(after)
	case rest == "":
		r.text = false
	default:
		r.fence, r.comment = "", false
		r.put(col, rest)
	}
}

// indent returns the column and the text behind the white space that a line
// begins with, which itself stands at column col.
func indent(line string, col int) (int, string) {
	for i := range len(line) {
		switch line[i] {
		case ' ':
			col++
		case '\t':
			col += 4 - col%4
		default:
			return col, line[i:]
		}
	}
	return col, ""
}

// put takes in what stands at a column and is not white space.
func (r *reader) put(col int, rest string) {
	fence := fenceMark.FindStringSubmatch(rest)
	switch {
	case strings.HasPrefix(rest, comments[0]):
		r.leave(col)
		_, after, ends := strings.Cut(rest, comments[1])
		r.comment = !ends
		r.words(after)
	case fence != nil && (fence[1][0] == '~' || !strings.Contains(fence[2], "`")):
		r.begin(col, true)
		r.words("")
		r.fence = fence[1]
	case ruleMark.MatchString(rest):
		r.begin(col, false)
	case headMark.MatchString(rest):
		r.begin(col, false)
		r.words(strings.TrimLeft(rest, "#"))
		r.text = false
	case rest[0] == '>':
		r.begin(col, true)
		r.words(strings.TrimLeft(rest, "> "))
	case r.item(col, rest):
	default:
		if !r.text {
			r.begin(col, false)
		}
		r.words(rest)
	}
}

// item takes in a list item, with what stands behind its mark, and reports
// whether it is one.
func (r *reader) item(col int, rest string) bool {
	m := itemMark.FindStringSubmatch(rest)
	if m == nil || len(r.open) == 0 && col >= 4 {
		return false
	}
	ordered := len(m[1]) > 1
	within := len(r.open) == 0 || col >= r.open[len(r.open)-1].margin
	if r.text && within && (m[3] == "" || ordered && strings.TrimLeft(m[1][:len(m[1])-1], "0") != "1") {
		return false // such an item does not break into a paragraph
	}
	r.leave(col)
	if len(r.open) == deepest {
		return false
	}
	margin := col + len(m[1])
	at, text := indent(m[2]+m[3], margin)
	if margin++; text != "" && at <= margin+3 {
		margin = at
	}
	r.add(block{item: true, ordered: ordered, at: r.line.End - len(text), margin: margin})
	r.open = append(r.open, level{len(r.blocks) - 1, margin})
	r.margin = margin
	if text != "" {
		r.put(at, text)
	}
	return true
}

// leave closes the list items that do not reach to a column.
func (r *reader) leave(col int) {
	r.text, r.margin = false, 0
	for len(r.open) > 0 && col < r.open[len(r.open)-1].margin {
		r.open = r.open[:len(r.open)-1]
	}
	if len(r.open) > 0 {
		r.margin = r.open[len(r.open)-1].margin
	}
}

// add begins a block.
func (r *reader) add(b block) {
	b.depth, b.place = len(r.open), r.line
	r.blocks = append(r.blocks, b)
	r.extend()
}

// begin closes what does not reach to a column, and notes what stands outside of
// lists, if it does. aside is what nobody asks in: a quote or code.
func (r *reader) begin(col int, aside bool) {
	r.leave(col)
	if r.aside = aside; len(r.open) == 0 {
		r.add(block{})
	}
}

// words adds text to the item that is open, or to what stands outside of lists.
func (r *reader) words(text string) {
	r.extend()
	if text = strings.Trim(text, " \t"); text == "" {
		return
	}
	r.text = true
	at := len(r.blocks) - 1
	switch {
	case len(r.open) > 0:
		at = r.open[len(r.open)-1].block
	case r.aside || at < 0 || r.blocks[at].item:
		return
	}
	r.blocks[at].lines = append(r.blocks[at].lines, text)
}

// code adds a line to the code that is open, or closes it. Of code, the words
// are kept, as code inside of text.
func (r *reader) code(col int, rest string) {
	sign := "`"
	for strings.Contains(rest, sign) {
		sign += "`"
	}
	end := strings.TrimRight(rest, " \t")
	switch {
	case len(end) >= len(r.fence) && strings.Trim(end, r.fence[:1]) == "" && col < r.margin+4:
		r.fence = ""
		r.words("")
	case len(sign) > 1:
		r.words(sign + " " + end + " " + sign)
	case end != "":
		r.words(sign + end + sign)
	}
	r.text = false
}

// extend makes what is open reach to the end of the line.
func (r *reader) extend() {
	for _, l := range r.open {
		r.blocks[l.block].place.End = r.line.End
	}
}
