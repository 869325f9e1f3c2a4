package ask

import (
	"regexp"
	"strings"
)

var (
	box = regexp.MustCompile(`^\[([ xX])\](?:\s+|$)`)

	// recommended finds what the manager would do, said behind the question.
	recommended = regexp.MustCompile(`(?i)(?:^|[.?!…:;]["'”’)]*\s+)(I (?:would )?recommend|my recommendation is)\b[:,]?\s*(\S.*)$`)
)

// Parse reads the asks in a text: list items that begin with a kind and a
// colon. It takes any text. Sub-items are fields, or kept in More; a field
// that is said again, or cannot be read, is kept there too, so that no word is
// lost. A sub-item that is a field counts also if it is not indented far
// enough. What stands in code, in a quote or in an HTML comment is no ask, and
// neither is an item inside of an ask. What looks like an ask and is none is
// told by [Missed].
func Parse(text string) []Ask {
	all, _ := read(text)
	var asks []Ask
	for _, f := range all {
		asks = append(asks, f.ask)
	}
	return asks
}

// A found ask is one with the blocks that it was read from.
type found struct {
	ask    Ask
	ticked bool // its box is
	head   block
	below  []block
}

// read goes from block to block: to an ask with all that stands below it, or to
// what only looks like one, of which what stands below is not told as well.
func read(text string) (asks []found, missed []Miss) {
	blocks := blocksOf(text)
	ranked, told := 0, len(blocks) // told: so many blocks before the end, something is missed again
	for len(blocks) > 0 {
		b := blocks[0]
		below, rest := split(blocks[1:], b)
		a, ok := head(b)
		if !ok {
			if p, looks := miss(b, below); looks && len(blocks) <= told {
				missed, told = append(missed, Miss{p, b.place.Line}), len(rest)
			}
			blocks = blocks[1:]
			continue
		}
		blocks = rest
		if b.ordered {
			ranked++
			a.Rank = ranked
		}
		a.At.Number = len(asks) + 1
		ticked := a.Closed
		var subs []Sub
		for _, s := range below {
			subs = append(subs, Sub{s.depth, s.text()})
			a.At.End = max(a.At.End, s.place.End)
		}
		a.take(subs)
		asks = append(asks, found{a, ticked, b, below})
		missed = append(missed, undated(a, below)...)
	}
	return asks, missed
}

// split returns the blocks that stand below one, and those behind.
func split(blocks []block, above block) (below, rest []block) {
	n := 0
	for above.item && n < len(blocks) && blocks[n].item && (blocks[n].depth > above.depth || known(blocks[n].text())) {
		n++
	}
	return blocks[:n], blocks[n:]
}

// head reads the item of an ask without its sub-items.
func head(b block) (Ask, bool) {
	text := strings.Join(b.lines, "\n")
	m := box.FindStringSubmatch(text)
	if m != nil {
		text = text[len(m[0]):]
	}
	kind, question := kindOf(plain(text))
	if kind == "" || !b.item {
		return Ask{}, false
	}
	a := Ask{Kind: kind, Question: question, Closed: m != nil && m[1] != " ", At: b.place}
	if m := recommended.FindStringSubmatchIndex(question); m != nil {
		a.Question, a.Recommend = strings.TrimSpace(question[:m[2]]), question[m[4]:]
	}
	return a, true
}

// take reads the sub-items of an ask, with the depths that they stand at.
func (a *Ask) take(subs []Sub) {
	for len(subs) > 0 {
		s, n := subs[0], 1
		f, value := fieldOf(s.Text)
		for n < len(subs) && s.Text != "" && subs[n].Depth > s.Depth && !(f != nil && f.name != options && known(subs[n].Text)) {
			n++
		}
		if under := subs[1:n]; f == nil || !a.say(f, value, under) {
			a.keep(s, under)
		}
		subs = subs[n:]
	}
	a.Closed = a.Closed || a.Answer != Talk{}
}

// known reports whether the text of a sub-item is a field.
func known(text string) bool {
	f, _ := fieldOf(text)
	return f != nil
}

// say reads a field, and reports whether it could.
func (a *Ask) say(f *field, value string, under []Sub) bool {
	var texts []string
	for _, u := range under {
		if u.Text != "" {
			texts = append(texts, u.Text)
		}
	}
	if value == "" && len(texts) == 0 {
		return true
	}
	rest, ok := f.read(a, value, texts)
	if rest != "" {
		a.take([]Sub{{0, rest}})
	}
	return ok
}

// keep keeps a sub-item with what stands below it.
func (a *Ask) keep(s Sub, under []Sub) {
	deepest := 0
	for _, u := range append([]Sub{s}, under...) {
		if u.Text != "" {
			depth := min(u.Depth-s.Depth, deepest)
			a.More = append(a.More, Sub{depth, u.Text})
			deepest = depth + 1
		}
	}
}
