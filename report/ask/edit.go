package ask

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// A Said is what a part of an ask is to say: Kind, Question, or a field by the
// name that Write gives it. "" takes a field away.
type Said struct {
	Part string
	Text string // one line, as Parse reads it
}

// The parts of an ask that are no fields, and the field that closes it.
const (
	KindPart     = "Kind"
	QuestionPart = "Question"
	AnswerPart   = answer
)

// Says returns what a part of an ask says, on one line; "" for nothing.
func (a Ask) Says(part string) string {
	switch part {
	case KindPart:
		return capital(string(a.Kind))
	case QuestionPart:
		return a.Question
	case options:
		return strings.Join(a.Options, " / ")
	}
	for _, f := range fields {
		if f.name == part {
			return strings.Join(f.write(&a), "; ")
		}
	}
	return ""
}

// A Splice puts a text in the place of the bytes [Start, End) of another one.
type Splice struct {
	Start, End int
	Text       string
}

// Spliced returns a text with splices that do not overlap.
func Spliced(text string, splices []Splice) string {
	ordered := slices.Clone(splices)
	slices.SortStableFunc(ordered, func(a, b Splice) int { return cmp.Compare(a.Start, b.Start) })
	var b strings.Builder
	at := 0
	for _, s := range ordered {
		b.WriteString(text[at:s.Start] + s.Text)
		at = s.End
	}
	return b.String() + text[at:]
}

// errIntertwined is the error of an ask of which a part cannot be changed without
// touching another one, or words that are nowhere else.
var errIntertwined = errors.New("the ask is written in a way that cannot be changed without touching other words; change it in its text")

// Edit returns the splices that let one of the asks in a text say something else,
// in the way it is written: its indentation, its signs, the names of its fields.
// number is that of its Place. No other byte is touched, and Parse reads what was
// to be said and everything else as before; where that cannot be had, it is an
// error. What is said already is no splice.
func Edit(text string, number int, said ...Said) ([]Splice, error) {
	all, _ := read(text)
	if number < 1 || number > len(all) {
		return nil, fmt.Errorf("there is no ask %d", number)
	}
	e := edit{text: text, found: all[number-1]}
	e.want, e.more = e.ask, e.ask.More
	for _, s := range said {
		if err := e.say(s); err != nil {
			return nil, err
		}
	}
	e.want.Closed = e.ticked || e.want.Answer != Talk{}
	if err := e.writeHead(); err != nil {
		return nil, err
	}
	e.insert()
	if !e.holds(all) {
		return nil, errIntertwined
	}
	return e.splices, nil
}

// An edit changes one ask of a text.
type edit struct {
	found
	text    string
	want    Ask
	more    []Sub // what stays below it besides its fields
	splices []Splice
	added   []string // fields that it gets
}

// say takes in what a part is to say.
func (e *edit) say(s Said) error {
	text := clean(s.Text)
	switch s.Part {
	case KindPart:
		e.want.Kind = Kind(strings.ToLower(text))
		return nil
	case QuestionPart:
		e.want.Question = text
		return nil
	}
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == s.Part })
	if i < 0 {
		return fmt.Errorf("an ask has no “%s”", s.Part)
	}
	f := &fields[i]
	was := e.want
	if f.clear(&e.want); text != "" {
		if rest, ok := f.read(&e.want, text, nil); !ok || rest != "" {
			return fmt.Errorf("“%s” cannot be “%s”", f.name, text)
		}
	}
	if reflect.DeepEqual(was, e.want) || f.name == recommend && e.inline() {
		return nil
	}
	return e.put(f, text)
}

// inline reports whether what is recommended stands behind the question.
func (e *edit) inline() bool {
	h, _ := head(e.head)
	return h.Recommend != ""
}

// put writes a field where it stands, or adds it.
func (e *edit) put(f *field, text string) error {
	at := e.standing(f)
	switch {
	case at < 0 && text != "":
		e.added = append(e.added, f.name+": "+escape(text))
		return nil
	case at < 0:
		return nil
	}
	b := e.below[at]
	if !e.reads(f, b, at) {
		e.more = without(e.more, b.text())
	}
	if text != "" {
		return e.replace(b.at, b.place.End, f.name+": ", "", escape(text))
	}
	if strings.Contains(e.text[b.at:b.place.End], comments[0]) {
		return errIntertwined
	}
	start := b.place.Start - 1 // with the end of the line before, which the ask begins with
	if start > 0 && e.text[start-1] == '\r' {
		start--
	}
	e.splices = append(e.splices, Splice{start, b.place.End, ""})
	return nil
}

// standing returns which block below says a field: the one that was heard, else
// the first that only has its name, -1 for none.
func (e *edit) standing(f *field) int {
	named := -1
	for i, b := range e.below {
		if g, _ := fieldOf(b.text()); g == nil || g.name != f.name {
			continue
		}
		if e.reads(f, b, i) {
			return i
		}
		if named < 0 {
			named = i
		}
	}
	return named
}

// reads reports whether a block below, the i-th, says something that can be read.
func (e *edit) reads(f *field, b block, i int) bool {
	_, value := fieldOf(b.text())
	var under []string
	for _, s := range e.below[i+1:] {
		if s.depth <= b.depth {
			break
		}
		under = append(under, s.text())
	}
	if value == "" && len(under) == 0 {
		return false
	}
	var a Ask
	_, ok := f.read(&a, value, under)
	return ok
}

// without returns subs without the first that says a text.
func without(subs []Sub, text string) []Sub {
	i := slices.IndexFunc(subs, func(s Sub) bool { return s.Text == text })
	if i < 0 {
		return subs
	}
	return slices.Delete(slices.Clone(subs), i, i+1)
}

// labelStart is the name that a kind or field begins with, as it is written.
var labelStart = regexp.MustCompile(`^([*_]*)(\pL[\pL -]*?)([*_]*\s*[:：][*_]*)\s*`)

// replace puts a value behind the name of a field or kind, which stands at start;
// the value that is there ends at end. The name stays as it is written, but for a
// word that is to be another one, if what makes it bold ends with it; else it is
// label.
func (e *edit) replace(start, end int, label, word, value string) error {
	raw := strings.TrimRight(e.text[start:end], " \t\r\n")
	if strings.Contains(raw, comments[0]) {
		return errIntertwined
	}
	if m := labelStart.FindStringSubmatchIndex(raw); m != nil && m[3]-m[2] == len(signsOf.FindAllString(raw[m[6]:m[7]], -1)) {
		gap := raw[m[7]:m[1]]
		if strings.Contains(gap, "\n") || gap == "" && m[1] == len(raw) {
			gap = " "
		}
		label = raw[:m[4]] + cmp.Or(word, raw[m[4]:m[5]]) + raw[m[5]:m[7]] + gap
	}
	e.splices = append(e.splices, Splice{start, start + len(raw), label + value})
	return nil
}

var signsOf = regexp.MustCompile(`[*_]`)

// writeHead writes the kind, the question and what is recommended behind it, as
// far as they are to be others.
func (e *edit) writeHead() error {
	start, end := e.head.at, e.head.place.End
	if len(e.below) > 0 {
		end = e.below[0].place.Start
	}
	raw := strings.TrimRight(e.text[start:end], " \t\r\n")
	if m := box.FindString(raw); m != "" {
		start, raw = start+len(m), raw[len(m):]
	}
	kind := ""
	if e.want.Kind != e.ask.Kind {
		kind = capital(string(e.want.Kind))
	}
	asks, recommends := e.want.Question != e.ask.Question, e.inline() && e.want.Recommend != e.ask.Recommend
	if asks {
		return e.writeQuestion(start, raw, kind, recommends)
	}
	if err := e.rename(start, raw, kind); err != nil || !recommends {
		return err
	}
	m := recommendedAs.FindStringSubmatchIndex(raw)
	if m == nil || strings.Contains(raw[m[2]:], comments[0]) {
		return errIntertwined
	}
	from, value := m[4], escape(e.want.Recommend)
	if value == "" {
		from = len(strings.TrimRight(raw[:m[2]], " \t\r\n"))
	}
	e.splices = append(e.splices, Splice{start + from, start + len(raw), value})
	return nil
}

// recommendedAs finds what recommended does in a text as it is written.
var recommendedAs = regexp.MustCompile(`(?s)` + recommended.String())

// writeQuestion writes another question. What is recommended behind it stays, if
// it is still read there.
func (e *edit) writeQuestion(start int, raw, kind string, recommends bool) error {
	value, end := escape(e.want.Question), start+len(raw)
	if e.inline() && e.want.Recommend != "" {
		m := recommendedAs.FindStringSubmatchIndex(raw)
		behind := value + " " + recommend + " " + escape(e.want.Recommend)
		switch {
		case !recommended.MatchString(behind):
			e.added = append(e.added, recommend+": "+escape(e.want.Recommend))
		case m != nil && !recommends:
			end = start + m[2]
		default:
			value = strings.TrimSpace(behind)
		}
	}
	return e.replace(start, end, "**"+capital(string(e.want.Kind))+":** ", kind, value)
}

// rename writes another kind in the place of the one that a head begins with; ""
// leaves it.
func (e *edit) rename(start int, raw, kind string) error {
	m := labelStart.FindStringSubmatchIndex(raw)
	switch {
	case kind == "":
		return nil
	case m == nil:
		return errIntertwined
	}
	e.splices = append(e.splices, Splice{start + m[4], start + m[5], kind})
	return nil
}

var plainMark = regexp.MustCompile(`^[ \t]*[-*+][ \t]+$`)

// insert adds the new fields below the ask, as those that are there are set.
func (e *edit) insert() {
	mark := strings.Repeat(" ", e.head.margin) + "- "
	for _, b := range slices.Backward(e.below) {
		if m := e.text[b.place.Start:b.at]; b.depth == e.head.depth+1 && plainMark.MatchString(m) {
			mark = m
			break
		}
	}
	for _, text := range e.added {
		e.splices = append(e.splices, Splice{e.ask.At.End, e.ask.At.End, "\n" + mark + text})
	}
}

// holds reports whether the text reads as it is to, after the edit.
func (e *edit) holds(before []found) bool {
	after, _ := read(Spliced(e.text, e.splices))
	if len(after) != len(before) {
		return false
	}
	for i, f := range after {
		want := before[i].ask
		if want.At.Number == e.ask.At.Number {
			want = e.want
			want.More = e.more
		}
		want.At, f.ask.At = Place{}, Place{}
		if len(want.More)+len(f.ask.More) == 0 {
			want.More, f.ask.More = nil, nil
		}
		if !reflect.DeepEqual(want, f.ask) {
			return false
		}
	}
	return true
}
