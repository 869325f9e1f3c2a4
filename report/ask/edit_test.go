package ask

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// An ask is changed where it stands and as it is written; all else keeps its
// bytes.
func TestEdit(t *testing.T) {
	answered := []Said{{answer, "2026-11-20 yes"}}
	const refused = "the ask is written in a way that cannot be changed without touching other words; change it in its text"
	for _, tt := range []struct {
		name, text string
		number     int
		said       []Said
		want, err  string
	}{
		{"an answer", "- **Decide:** a?\n  - To: Dana\n- **Decide:** b?\n", 1, answered, "- **Decide:** a?\n  - To: Dana\n  - Answer: 2026-11-20 yes\n- **Decide:** b?\n", ""},
		{"in a ranked list", "1. **Connect:** a?\n10. **Confirm:** Are we fine?\n    - To: Dana\n\nClosing words.\n", 2, answered,
			"1. **Connect:** a?\n10. **Confirm:** Are we fine?\n    - To: Dana\n    - Answer: 2026-11-20 yes\n\nClosing words.\n", ""},
		{"ranked, without anything below", "9. Decide: a?\n10. Confirm: b?", 2, answered, "9. Decide: a?\n10. Confirm: b?\n    - Answer: 2026-11-20 yes", ""},
		{"tabs and stars", "*\tDecide: a?\n\t* To: Dana\n\n\nEnd.\n", 1, answered, "*\tDecide: a?\n\t* To: Dana\n\t* Answer: 2026-11-20 yes\n\n\nEnd.\n", ""},
		{"a paragraph below", "- Decide: a?\n\n  More of it.\n\nEnd.\n", 1, answered, "- Decide: a?\n\n  More of it.\n  - Answer: 2026-11-20 yes\n\nEnd.\n", ""},
		{"blanks at the end", "- Decide: a?  \n  - To: Dana \t\n", 1, answered, "- Decide: a?  \n  - To: Dana \t\n  - Answer: 2026-11-20 yes\n", ""},
		{"in another list", "- Checkout\n  1. Decide: a?\n\n     - To: x\n- Search\n", 1, answered, "- Checkout\n  1. Decide: a?\n\n     - To: x\n     - Answer: 2026-11-20 yes\n- Search\n", ""},
		{"a place for it", "- Decide: a?\n  - **Answer:**\n  - To: Dana\n", 1, answered, "- Decide: a?\n  - **Answer:** 2026-11-20 yes\n  - To: Dana\n", ""},
		{"signs in it", "- Decide: a?\n", 1, []Said{{answer, "2026-11-20 *yes* <!-- `x"}}, "- Decide: a?\n  - Answer: 2026-11-20 \\*yes\\* \\<!-- \\`x\n", ""},
		{"in code that is open", "- Decide: a?\n  ```\n  code\n", 1, answered, "", refused},
		{"no such ask", "- Decide: a?\n", 2, answered, "", "there is no ask 2"},

		{"fields, as they are called", "- [ ] __Decide__: a *b*\n  c?\n    + Needed by: 2026-11-27\n    + **To:** Ravi,\n      Platform\n    + note\n", 1,
			[]Said{{KindPart, "Confirm"}, {needBy, "2026-12-04"}, {"To", "Mia"}, {"Amount", "two"}},
			"- [ ] __Confirm__: a *b*\n  c?\n    + Needed by: 2026-12-04\n    + **To:** Mia\n    + note\n    + Amount: two\n", ""},
		{"the question", "- [ ] **Decide:** a *b*\n  c?  \n  - To: x\n", 1, []Said{{QuestionPart, "May we?"}}, "- [ ] **Decide:** May we?  \n  - To: x\n", ""},
		{"the question and the kind", "- **Decide: a?**\n- Decide:b?\n", 1, []Said{{QuestionPart, "May we?"}, {KindPart, "Confirm"}}, "- **Confirm:** May we?\n- Decide:b?\n", ""},
		{"what is recommended behind it", "- **Decide:** Do we? I recommend yes: it is old.\n", 1, []Said{{recommend, "no"}}, "- **Decide:** Do we? I recommend no\n", ""},
		{"the question before that", "- **Decide:** Do we? My recommendation is yes.\n", 1, []Said{{QuestionPart, "May we?"}}, "- **Decide:** May we? My recommendation is yes.\n", ""},
		{"the question and what is recommended", "- **Decide:** Do *we*? I recommend yes.\n", 1, []Said{{QuestionPart, "May we?"}, {recommend, "no"}}, "- **Decide:** May we? I recommend no\n", ""},
		{"what is recommended behind words that are set", "- **Decide:** Do *we*\n  drop it?\n  I would recommend: *yes*,\n  it is old.\n", 1, []Said{{recommend, "no"}}, "- **Decide:** Do *we*\n  drop it?\n  I would recommend: no\n", ""},
		{"it goes, behind words that are set", "- **Decide:** Do *we*\n  drop it?\n  I would recommend: *yes*\n  - To: x\n", 1, []Said{{recommend, ""}}, "- **Decide:** Do *we*\n  drop it?\n  - To: x\n", ""},
		{"what is recommended with a comment", "- **Decide:** Do we? I recommend yes <!-- really -->\n", 1, []Said{{recommend, "no"}}, "", refused},
		{"no question mark before that", "- **Decide:** Do we? I recommend yes.\n", 1, []Said{{QuestionPart, "We do"}}, "- **Decide:** We do\n  - I recommend: yes.\n", ""},
		{"nothing recommended any more", "- **Decide:** Do we? I recommend yes.\n", 1, []Said{{recommend, ""}}, "- **Decide:** Do we?\n", ""},
		{"options", "- Decide: a?\n  - Options:\n    - b\n    - c\n  - To: x\n", 1, []Said{{options, "b / d"}}, "- Decide: a?\n  - Options: b / d\n  - To: x\n", ""},
		{"a day that could not be read", "- Decide: a?\n  - Need by: Friday\n  - Owner: Ana\n", 1, []Said{{needBy, "2026-11-27"}}, "- Decide: a?\n  - Need by: 2026-11-27\n  - Owner: Ana\n", ""},
		{"a field taken away", "- Decide: a?\r\n  - Serves: x\r\n  - To: x\r\n\r\nEnd", 1, []Said{{"Serves", ""}, {"Until", ""}}, "- Decide: a?\r\n  - To: x\r\n\r\nEnd", ""},
		{"the last one taken away, one added", "- Decide: a?\n  - To: x\nlazy\n\nEnd", 1, []Said{{"To", ""}, {"Mine", "I do"}}, "- Decide: a?\n  - Mine: I do\n\nEnd", ""},
		{"nothing new", "- Decide: a *b*?\n  - Options:\n    - b\n  - To: *x*\n", 1, []Said{{QuestionPart, "a b?"}, {"To", "x"}, {KindPart, "decide"}, {options, "b"}}, "- Decide: a *b*?\n  - Options:\n    - b\n  - To: *x*\n", ""},
		{"no day", "- Decide: a?\n", 1, []Said{{needBy, "soon"}}, "", "“Need by” cannot be “soon”"},
		{"a day and more", "- Decide: a?\n", 1, []Said{{needBy, "2026-11-27 soon"}}, "", "“Need by” cannot be “2026-11-27 soon”"},
		{"no such field", "- Decide: a?\n", 1, []Said{{"Colour", "red"}}, "", "an ask has no “Colour”"},
		{"a comment in what is replaced", "- Decide: a <!-- really --> b?\n", 1, []Said{{QuestionPart, "b?"}}, "", refused},
		{"a comment in what is taken away", "- Decide: a?\n  - To: b <!-- really -->\n", 1, []Said{{"To", ""}}, "", refused},
		{"a field within a field", "- Decide: a?\n  - Need by: 2026-11-27\n    - To: Ravi\n", 1, []Said{{needBy, "2026-12-04"}}, "", refused},
		{"a field behind a field", "- Decide: a?\n  - Need by: 2026-11-27 To: Ravi\n", 1, []Said{{needBy, "2026-12-04"}}, "", refused},
		{"said twice", "- Decide: a?\n  - To: Ravi\n  - To: Mia\n", 1, []Said{{"To", ""}}, "", refused},
		{"a question that recommends", "- Decide: a?\n", 1, []Said{{QuestionPart, "b? I recommend c"}}, "", refused},
	} {
		splices, err := Edit(tt.text, tt.number, tt.said...)
		got, said := "", ""
		if err != nil {
			said = err.Error()
		} else {
			got = Spliced(tt.text, splices)
		}
		if got != tt.want || said != tt.err {
			t.Errorf("%s: %q\n%s", tt.name, said, cmp.Diff(tt.want, got))
		}
	}
}

// Whatever somebody has written, an ask of it can be answered, or is refused;
// nothing else changes, and no byte is lost.
func TestEditTouchesNothingElse(t *testing.T) {
	edited, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text") + "\n- **Decide:** Do we?\n" + anyText().Draw(t, "more")
		asks := Parse(text)
		if len(asks) == 0 {
			return
		}
		n := rapid.IntRange(1, len(asks)).Draw(t, "number")
		said := Said{rapid.SampledFrom([]string{answer, "To", needBy, "If silent", QuestionPart, recommend, options}).Draw(t, "part"), "2026-11-20"}
		if rapid.Bool().Draw(t, "gone") && said.Part != QuestionPart {
			said.Text = ""
		}
		splices, err := Edit(text, n, said)
		if err != nil {
			refused++
			return
		}
		edited++
		a := asks[n-1]
		after := Spliced(text, splices)
		if !strings.HasPrefix(after, text[:a.At.Start]) || !strings.HasSuffix(after, text[a.At.End:]) {
			t.Fatalf("%q became %q", text, after)
		}
		now := Parse(after)
		if len(now) != len(asks) {
			t.Fatalf("%q became %q", text, after)
		}
		now[n-1], asks[n-1] = Ask{}, Ask{}
		if diff := cmp.Diff(asks, now, anywhere); diff != "" {
			t.Fatal(diff)
		}
	})
	if edited < refused {
		t.Errorf("%d edits, %d refused", edited, refused)
	}
}
