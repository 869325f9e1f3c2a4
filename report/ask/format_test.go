package ask

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
)

// A style is one of the ways in which formatters write the same Markdown.
type style struct {
	bullet, strong, soft string
	pad                  int // spaces behind a bullet
	wrap                 int // columns; 0: not at all
	escapes, loose, ones bool
	paren, crlf          bool
}

func styles() *rapid.Generator[style] {
	return rapid.Custom(func(t *rapid.T) style {
		return style{
			bullet: rapid.SampledFrom([]string{"-", "*", "+"}).Draw(t, "bullet"),
			strong: rapid.SampledFrom([]string{"**", "__"}).Draw(t, "strong"),
			soft:   rapid.SampledFrom([]string{"*", "_"}).Draw(t, "soft"),
			pad:    rapid.IntRange(1, 3).Draw(t, "pad"),
			wrap:   rapid.SampledFrom([]int{0, 30, 80}).Draw(t, "wrap"),

			escapes: rapid.Bool().Draw(t, "escapes"), loose: rapid.Bool().Draw(t, "loose"), ones: rapid.Bool().Draw(t, "ones"),
			paren: rapid.Bool().Draw(t, "paren"), crlf: rapid.Bool().Draw(t, "crlf"),
		}
	})
}

// A word is text that styles write differently, and what it means.
type word struct{ means, strong, soft, escaped string }

var vocabulary = []word{
	{means: "we"}, {means: "drop"}, {means: "the"}, {means: "vault,"}, {means: "naïve"}, {means: "字"}, {means: "and"}, {means: "Norway"}, {means: "week's"},
	{means: "snake_case", escaped: `snake\_case`}, {means: "*", escaped: `\*`}, {means: "R&D", escaped: "R&amp;D"},
	{means: "#12", escaped: `\#12`}, {means: "(soon)", escaped: `\(soon\)`}, {means: "a|b", escaped: `a\|b`}, {means: "[x]", escaped: `\[x\]`}, {means: "3.", escaped: `3\.`},
	{means: "really", strong: "really"}, {means: "two weeks", strong: "two weeks"}, {means: "all", soft: "all"}, {means: "by then", soft: "by then"},
	{means: "`a_b *c*`"}, {means: "[the plan](https://x.example/a_b_c)"}, {means: "https://x.example/_a_b"}, {means: `C:\x`, escaped: `C:\\x`},
}

func (w word) in(s style) string {
	switch {
	case w.strong != "":
		return s.strong + w.strong + s.strong
	case w.soft != "":
		return s.soft + w.soft + s.soft
	case w.escaped != "" && s.escapes:
		return w.escaped
	}
	return w.means
}

// A phrase is a text in no style yet.
type phrase []word

func phrases() *rapid.Generator[phrase] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 1, 30), func(w []word) phrase {
		return append(phrase{{means: "so"}}, w...)
	})
}

func (p phrase) means() string {
	var all []string
	for _, w := range p {
		all = append(all, w.means)
	}
	return strings.Join(all, " ")
}

// in writes the phrase behind a first line's start. A line never begins with
// what could begin a block.
func (p phrase) in(s style, start, margin string) string {
	out, col := start, len(start)
	for _, w := range p {
		text := w.in(s)
		switch {
		case s.wrap > 0 && col+len(text) > s.wrap && strings.Trim(w.means, "abcdefghijklmnopqrstuvwxyz") == "":
			out, col = out+"\n"+margin, len(margin)
		case !strings.HasSuffix(out, " "):
			out, col = out+" ", col+1
		}
		out, col = out+text, col+len(text)
	}
	return out
}

// A document is the items of a list, in each other, in no style yet.
type document []entry

type entry struct {
	ordered bool
	start   string // before the phrase: "**Decide:**", in no style
	phrase  phrase
	code    string // instead of the phrase
	below   document
}

func (d document) in(s style, margin string) string {
	out, number := "", 0
	for i, e := range d {
		mark := s.bullet + strings.Repeat(" ", s.pad)
		if number++; !e.ordered {
			number = 0
		} else if mark = fmt.Sprintf("%d. ", number); s.ones {
			mark = "1. "
		}
		if e.ordered && s.paren {
			mark = strings.Replace(mark, ".", ")", 1)
		}
		within := margin + strings.Repeat(" ", len(mark))
		if i > 0 && s.loose && e.code == "" {
			out += "\n"
		}
		if e.code != "" {
			for line := range strings.Lines(e.code) {
				out += margin + line
			}
			continue
		}
		out += e.phrase.in(s, margin+mark+strings.ReplaceAll(e.start, "**", s.strong), within) + "\n"
		if s.loose && len(e.below) > 0 {
			out += "\n"
		}
		out += e.below.in(s, within)
	}
	if s.crlf && margin == "" {
		out = strings.ReplaceAll(out, "\n", "\r\n")
	}
	return out
}

// A drawn document, and the asks that it means.
type drawn struct {
	document document
	asks     []Ask
}

func documents() *rapid.Generator[drawn] {
	return rapid.Custom(func(t *rapid.T) (d drawn) {
		ranked := 0
		for range rapid.IntRange(1, 4).Draw(t, "asks") {
			a := Ask{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
			e := entry{ordered: rapid.Bool().Draw(t, "ordered"), start: "**" + capital(string(a.Kind)) + ":** "}
			if a.Closed = rapid.Bool().Draw(t, "closed"); a.Closed {
				e.start = "[x] " + e.start
			}
			if e.ordered {
				ranked++
				a.Rank = ranked
			}
			e.phrase = phrases().Draw(t, "question")
			a.Question = e.phrase.means()
			if rapid.Bool().Draw(t, "recommends") {
				p := phrases().Draw(t, "recommends")
				e.phrase = append(append(e.phrase, word{means: "drop?"}, word{means: "I"}, word{means: "recommend"}), p...)
				a.Question, a.Recommend = a.Question+" drop?", p.means()
			}
			for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"If silent", "Need by", "To", "Options", "Listed", "Asked", "Until", "Owner", "Code"}), rapid.ID).Draw(t, "fields") {
				e.below = append(e.below, fieldEntry(t, &a, name))
			}
			d.document, d.asks = append(d.document, e), append(d.asks, a)
		}
		return d
	})
}

func fieldEntry(t *rapid.T, a *Ask, name string) entry {
	p := phrases().Draw(t, name)
	e := entry{start: rapid.SampledFrom([]string{name + ":", "**" + name + ":**", strings.ToLower(name) + ":"}).Draw(t, "name"), phrase: p}
	switch name {
	case "If silent":
		a.IfSilent = p.means()
	case "Until":
		a.Until = p.means()
	case "Need by":
		a.NeedBy = sources.Day{Year: 2026, Month: 11, Day: 27}
		e.phrase = phrase{{means: "2026-11-27"}}
	case "To":
		e.phrase = append(phrase{{means: "Ravi,"}}, p...)
		a.To = Person{"Ravi", p.means()}
	case "Asked":
		e.phrase = append(phrase{{means: "2026-11-20"}}, p...)
		a.Asked = append(a.Asked, Talk{sources.Day{Year: 2026, Month: 11, Day: 20}, p.means()})
	case "Options":
		if len(a.Options) == 0 {
			e.phrase = append(append(p, word{means: "/"}), p...)
			a.Options = []string{p.means(), p.means()}
			break
		}
		return fieldEntry(t, a, "Owner")
	case "Listed":
		if len(a.Options) > 0 {
			return fieldEntry(t, a, "Owner")
		}
		e = entry{start: "Options:", below: document{{phrase: p}, {phrase: p}}}
		a.Options = []string{p.means(), p.means()}
	case "Owner":
		e.start = "Owner:"
		e.below = document{{phrase: p, below: document{{phrase: p}}}, {code: "```sh\nmake *x*\n\n  -  all\n```\n"}}
		a.More = append(a.More, Sub{0, "Owner: " + p.means() + " `make *x*` `- all`"}, Sub{1, p.means()}, Sub{2, p.means()})
	case "Code":
		e = entry{code: "~~~\n- **Decide:** no\n~~~\n"}
		said := &a.Question
		if a.Recommend != "" {
			said = &a.Recommend
		}
		*said += " `- **Decide:** no`"
	}
	return e
}

func TestFormattersChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := documents().Draw(t, "document")
		text := d.document.in(styles().Draw(t, "style"), "")
		if diff := cmp.Diff(d.asks, Parse(text), anywhere); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	})
}
