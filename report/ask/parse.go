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
// neither is an item inside of an ask.
func Parse(text string) []Ask {
	var asks []Ask
	var subs []Sub
	open := false
	depth := 0 // of the ask that is open
	ranked := 0
	end := func() {
		if open {
			asks[len(asks)-1].take(subs)
		}
		open, subs = false, nil
	}
	for _, b := range blocksOf(text) {
		text := plain(strings.Join(b.lines, "\n"))
		if f, _ := fieldOf(text); open && b.item && (b.depth > depth || f != nil) {
			subs = append(subs, Sub{b.depth, text})
			at := &asks[len(asks)-1].At
			at.End = max(at.End, b.place.End)
			continue
		}
		end()
		a, ok := head(b)
		if !ok {
			continue
		}
		if b.ordered {
			ranked++
			a.Rank = ranked
		}
		asks, open, depth = append(asks, a), true, b.depth
	}
	end()
	return asks
}

// head reads the item of an ask without its sub-items.
func head(b block) (Ask, bool) {
	text := strings.Join(b.lines, "\n")
	m := box.FindStringSubmatch(text)
	if m != nil {
		text = text[len(m[0]):]
	}
	kind, question := kindOf(plain(text))
	if kind == "" {
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
		for n < len(subs) && s.Text != "" && subs[n].Depth > s.Depth && !(f != nil && f.name != options && known(subs[n])) {
			n++
		}
		if under := subs[1:n]; f == nil || !a.say(f, value, under) {
			a.keep(s, under)
		}
		subs = subs[n:]
	}
	a.Closed = a.Closed || a.Answer != Talk{}
}

// known reports whether a sub-item is a field.
func known(s Sub) bool {
	f, _ := fieldOf(s.Text)
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
