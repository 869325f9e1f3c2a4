package ask

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"preread/sources"
)

// anywhere compares asks wherever they stand.
var anywhere = cmp.Options{cmpopts.IgnoreFields(Ask{}, "At"), cmpopts.EquateEmpty()}

func day(s string) sources.Day {
	d, err := sources.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// scraps are pieces of Markdown that asks, and trouble, are made of.
var scraps = []string{
	"- ", "* ", "+ ", "1. ", "1) ", "7. ", "-   ", "-", "\t", "  ", "    ", " ", "\n", "\n", "\n", "\r\n", "\n\n", "\n  - ", "\n  - ", "\n    - ", "\n- ", "\n1. ",
	"**Decide:** ", "__Insight__: ", "Resource: ", "**Confirm**:", "decide:", "[x] ", "[ ] ", "[X]", "~~", "> ", "# ", "---", "***", "===", "| a | b |",
	"Need by: 2026-11-27", "Need by: Friday", "Need by: 2026-11-27 To: Ravi", "Options: a / b", "Options:", "I recommend: yes", "I recommend yes. ", "? I recommend no", "To: Ravi, Platform", ", ",
	"Asked: 2026-11-20 Ravi", "Asked:", "Answer: yes", "Answer:", "If silent: we go on", "Mine: I do it", "Pre-check: 2026-11-20 ok", "Until: June", "If not:", "Owner: Ana",
	"Do we drop it?", "snake_case", "*", "_", "**", "__", "`", "``", "```", "\n```\n", "\n  ```sh\n", "~~~", "\\", "\\*", "<!--", "-->", "<!-- x -->", "<", "&amp;", "&#42;", "&", ";", "amp;",
	"https://x.example/a_b_c", "<https://x.example/_a_>", "[a_b](b_c_)", "](", ")", ".", "14. ", "x", "é", "字", "👩‍👩‍👧", "\x00", "\xff", "\u2028", "\u00a0", "\u200d", " / ", "/", ":", "：",
}

// anyText is what anybody may have written into a slot.
func anyText() *rapid.Generator[string] {
	pieces := rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(scraps), rapid.SampledFrom(scraps), rapid.StringN(0, 4, -1)), 0, 40), func(s []string) string { return strings.Join(s, "") })
	started := rapid.Map(pieces, func(s string) string { return "- **Decide:** " + s })
	return rapid.OneOf(pieces, started)
}

// faithful checks what holds for every text.
func faithful(t interface {
	Fatalf(string, ...any)
	Helper()
}, text string) {
	t.Helper()
	asks := Parse(text)
	last := 0
	for _, a := range asks {
		p := a.At
		if p.Start < 0 || p.Start > p.End || p.End > len(text) || p.Line != 1+strings.Count(text[:p.Start], "\n") || p.Start > 0 && text[p.Start-1] != '\n' {
			t.Fatalf("ask at %+v of %q", p, text)
		}
		if p.Line < last {
			t.Fatalf("asks are out of order in %q", text)
		}
		last = p.Line
		for _, s := range append([]string{a.Question, a.Recommend, a.To.Name}, a.Options...) {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n\x00") {
				t.Fatalf("%q of %q is not one line", s, text)
			}
		}
	}
	written := Write(asks)
	if diff := cmp.Diff(asks, Parse(written), anywhere); diff != "" {
		t.Fatalf("text %q\nwritten:\n%s\n%s", text, written, diff)
	}
	if again := Write(Parse(written)); again != written {
		t.Fatalf("text %q is written in two ways:\n%s\n%s", text, written, again)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { faithful(t, anyText().Draw(t, "text")) })
}

func TestLineEndsMakeNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ReplaceAll(anyText().Draw(t, "text"), "\r", "")
		with := Parse(strings.ReplaceAll(text, "\n", "\r\n"))
		without := Parse(text)
		if diff := cmp.Diff(without, with, anywhere); diff != "" {
			t.Fatal(diff)
		}
		for i := range with {
			if with[i].At.Line != without[i].At.Line {
				t.Fatalf("ask %d is in line %d with CR LF, %d without", i, with[i].At.Line, without[i].At.Line)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("1. [X] __Confirm__: `a`?\r\n\t* needed by: 2026-11-27. To: x\r\n```\r\n- Decide: no\r\n")
	for _, s := range scraps {
		f.Add("- **Decide:** " + s + " \n  - " + s)
	}
	f.Fuzz(func(t *testing.T, text string) { faithful(t, text) })
}

const sample = `- **Decide:** Do we drop the old card vault? I recommend yes: it frees two weeks.
  - Need by: 2026-11-27
  - If silent: we keep both until January
  - To: Ravi, Platform
  - Serves: checkout/one-click
  - Asked: 2026-11-20 Ravi, "next week"
- **Insight:** Which order of countries would you choose?
  - Options: Norway first / Spain first / both
  - I recommend: Norway first, because it is smaller
  - Need by: 2026-12-04
- [x] **Confirm:** Is the goal still all regions?
  - Answer: 2026-11-24 yes, without Brazil
`

func TestParse(t *testing.T) {
	vault := Ask{Kind: Decide, Question: "Do we drop it?"}
	with := func(change func(*Ask)) []Ask {
		a := vault
		change(&a)
		return []Ask{a}
	}
	for _, tt := range []struct {
		name, text string
		want       []Ask
	}{
		{"nothing", "", nil},
		{"the page's own sample", sample, []Ask{
			{Kind: Decide, Question: "Do we drop the old card vault?", Recommend: "yes: it frees two weeks.", NeedBy: day("2026-11-27"), IfSilent: "we keep both until January",
				To: Person{"Ravi", "Platform"}, Serves: "checkout/one-click", Asked: []Talk{{day("2026-11-20"), `Ravi, "next week"`}}},
			{Kind: Insight, Question: "Which order of countries would you choose?", Options: []string{"Norway first", "Spain first", "both"}, Recommend: "Norway first, because it is smaller", NeedBy: day("2026-12-04")},
			{Kind: Confirm, Question: "Is the goal still all regions?", Closed: true, Answer: Talk{day("2026-11-24"), "yes, without Brazil"}},
		}},
		{"every other field", "- resource : May we have testers?\n  - amount: two\n  - Until: end of March\n  - IF GRANTED: May\n  - If not: July\n  - Pre-check: 2026-11-20: Dana agrees\n  - Mine: I ask Mia\n  - asked: Mia\n  - Asked:\n    - 2026-11-20 Ravi\n    - 2026-11-21\n",
			[]Ask{{Kind: Resource, Question: "May we have testers?", Amount: "two", Until: "end of March", IfGranted: "May", IfNot: "July", PreCheck: Talk{day("2026-11-20"), "Dana agrees"}, Mine: "I ask Mia",
				Asked: []Talk{{Text: "Mia"}, {day("2026-11-20"), "Ravi"}, {Day: day("2026-11-21")}}}}},
		{"ways to write the kind", "* __Decide:__ Do we drop it?\n+ **Decide**: Do we drop it?\n\n1) DECIDE:Do we drop it?\n- **Decide:**Do we drop it?\n- [ ] *decide* : Do we drop it?\n",
			[]Ask{vault, vault, {Kind: Decide, Question: "Do we drop it?", Rank: 1}, vault, vault}},
		{"ranks go on", "7. Decide: a\n7. Decide: b\n\nBetween.\n\n1. x\n2. Decide: c\n", []Ask{{Kind: Decide, Question: "a", Rank: 1}, {Kind: Decide, Question: "b", Rank: 2}, {Kind: Decide, Question: "c", Rank: 3}}},
		{"boxes", "- [x] Decide: a\n- [X] Decide: b\n- [ ] Decide: c\n- [-] Decide: d\n", []Ask{{Kind: Decide, Question: "a", Closed: true}, {Kind: Decide, Question: "b", Closed: true}, {Kind: Decide, Question: "c"}}},
		{"no ask", "Decide: a\n\n**Decide:** b\n\n# Decide: c\n\n- Decision: d\n- Decide e\n- Please decide: f\n-Decide: g\n- ~~Decide: h~~\n    - Decide: but this\n", []Ask{{Kind: Decide, Question: "but this"}}},
		{"not too deep", strings.Repeat("- ", 12) + "Decide: Do we drop it?\n" + strings.Repeat("- ", 13) + "Decide: a\n", []Ask{vault}},
		{"not in code", "```\n- Decide: a\n    ```\n- Decide: a\n  ```\n~~~~ md\n~~~\n- Decide: b\n~~~~\n- x\n  ```\n  - Decide: c\n  ```\n\n      - Decide: in a list it is text\n- Decide: Do we drop it?\n```\n- Decide: d\n", append([]Ask{{Kind: Decide, Question: "in a list it is text"}}, vault)},
		{"not in code that is only indented", "text\n\n    - Decide: a\n\t- Decide: b\n   - Decide: Do we drop it?", []Ask{vault}},
		{"code ends with its list item", "- Decide: Do we drop it?\n  ```\n  make `all`\n- Decide: Do we drop it?\n", []Ask{{Kind: Decide, Question: "Do we drop it? `` make `all` ``"}, vault}},
		{"not in a comment", "<!--\n- Decide: a\n\n- Decide: b\n-->\n- Decide: Do we <!-- really --> drop it?\n  <!-- To: x\n  - To: y -->\n  - <!-- z -->To: Ravi\n", with(func(a *Ask) { a.To.Name = "Ravi" })},
		{"a comment ends with its list item", "- Decide: Do we drop it?\n  - <!-- x\n- Decide: Do we drop it?\n", []Ask{vault, vault}},
		{"not in a quote", "> - Decide: a\n\n- Decide: Do we drop it?\n  > - Decide: b\n", []Ask{{Kind: Decide, Question: "Do we drop it? - Decide: b"}}},
		{"in other lists", "- Checkout\n  1. Billing\n     - Decide: Do we drop it?\n       - To: Ravi\n     - To: Mia\n  - Decide: Do we drop it?\n", []Ask{{Kind: Decide, Question: "Do we drop it?", To: Person{Name: "Ravi"}, More: []Sub{{0, "To: Mia"}}}, vault}},
		{"not in each other", "- Decide: Do we drop it?\n  - Confirm: Is it so?\n    - To: Mia\n  - To: Ravi\n", with(func(a *Ask) { a.To.Name, a.More = "Ravi", []Sub{{0, "Confirm: Is it so?"}, {1, "To: Mia"}} })},
		{"wrapped", "- **Decide:** Do\nwe\n  drop\n      it?\n  - To:\n    Ravi,\nPlatform\n", with(func(a *Ask) { a.To = Person{"Ravi", "Platform"} })},
		{"wrapped before a number", "- Decide: Do we drop\n  14. or\n  -\n  it?\n  1. To: Ravi\n", []Ask{{Kind: Decide, Question: "Do we drop 14. or - it?", To: Person{Name: "Ravi"}}}},
		{"paragraphs", "- Decide:\n\n  Do we\n\n  drop it?\n\n  - To: Ravi\n\n    Platform\n\n  I recommend yes.\n\nNot this.\n\n  - To: nobody\n", with(func(a *Ask) { a.To.Name, a.Recommend = "Ravi Platform", "yes." })},
		{"tabs", "-\tDecide: Do we drop it?\n\t- To: Ravi\n\t-\tOptions:\n\t\t- a / b\n \t \t- c\n", with(func(a *Ask) { a.To.Name, a.Options = "Ravi", []string{"a / b", "c"} })},
		{"not indented far enough", "1. Decide: Do we drop it?\n  - To: Ravi\n - Options:\n   - a\n   - b\n- If silent: we do\n- Owner: Ana\n- Mine: not heard\n", with(func(a *Ask) { a.Rank, a.To.Name, a.Options, a.IfSilent = 1, "Ravi", []string{"a", "b"}, "we do" })},
		{"ended by a heading", "- Decide: Do we drop it?\n## Else\n- To: nobody\n", []Ask{vault}},
		{"ended by a rule", "- Decide: Do we drop it?\n* * *\n- To: nobody\n", []Ask{vault}},
		{"a heading inside", "- ## Decide: Do we drop it?\n  # Why\n", []Ask{{Kind: Decide, Question: "Do we drop it? Why"}}},
		{"unknown things are kept", "- Decide: Do we drop it?\n  - Owner: *Ana*\n    - since `May`\n      - To: her boss\n  - To: Ravi\n  - [ ] [plan](https://x.example/a_b)\n  -\n", with(func(a *Ask) {
			a.To.Name, a.More = "Ravi", []Sub{{0, "Owner: Ana"}, {1, "since `May`"}, {2, "To: her boss"}, {0, "[ ] [plan](https://x.example/a_b)"}}
		})},
		{"what is said twice is kept", "- Decide: Do we drop it? I recommend no\n  - I recommend: yes\n  - To: Ravi\n  - To: Mia\n    - or Li\n  - To:\n", with(func(a *Ask) {
			a.Recommend, a.To.Name, a.More = "no", "Ravi", []Sub{{0, "I recommend: yes"}, {0, "To: Mia"}, {1, "or Li"}}
		})},
		{"days that cannot be read are kept", "- Decide: Do we drop it?\n  - Need by: Friday\n  - Need by: 2026-02-30\n  - Needed by: 2026-11-27, a Friday\n  - Answer:\n", with(func(a *Ask) {
			a.NeedBy, a.More = day("2026-11-27"), []Sub{{0, "Need by: Friday"}, {0, "Need by: 2026-02-30"}, {0, "a Friday"}}
		})},
		{"days as people write them", "- Decide: Do we drop it?\n  - Need by: 28 November 2026\n  - Asked: 1 nov 2026: Mia\n  - Asked: 2 Sept. 2026, Li\n  - Answer: 03 MAY 2026 yes\n", with(func(a *Ask) {
			a.NeedBy, a.Asked, a.Answer, a.Closed = day("2026-11-28"), []Talk{{day("2026-11-01"), "Mia"}, {day("2026-09-02"), "Li"}}, Talk{day("2026-05-03"), "yes"}, true
		})},
		{"what is no day", "- Decide: Do we drop it?\n  - Asked: 31 February 2026\n  - Asked: 28 November\n  - Asked: 28 November 26\n  - Asked: 28.11.2026\n  - Asked: 28 Novem 2026\n  - Asked: 28 November 20261\n", with(func(a *Ask) {
			a.Asked = []Talk{{Text: "31 February 2026"}, {Text: "28 November"}, {Text: "28 November 26"}, {Text: "28.11.2026"}, {Text: "28 Novem 2026"}, {Text: "28 November 20261"}}
		})},
		{"fields below fields", "- Decide: Do we drop it?\n  - Need by: 2026-11-27\n    - To: Ravi\n      - If silent: we do\n        - and say so\n    - Options:\n      - To: keep\n      -  to: drop\n", with(func(a *Ask) {
			a.NeedBy, a.To.Name, a.IfSilent, a.Options = day("2026-11-27"), "Ravi", "we do; and say so", []string{"To: keep", "to: drop"}
		})},
		{"recommendations", "- Decide: Do we? My recommendation is: no.\n- Decide: I would recommend yes\n- Decide: Do I recommend it?\n- Decide: Do we? I recommended it.\n", []Ask{
			{Kind: Decide, Question: "Do we?", Recommend: "no."}, {Kind: Decide, Recommend: "yes"}, {Kind: Decide, Question: "Do I recommend it?"}, {Kind: Decide, Question: "Do we? I recommended it."}}},
	} {
		if diff := cmp.Diff(tt.want, Parse(tt.text), anywhere); diff != "" {
			t.Errorf("%s:\n%s\n%s", tt.name, tt.text, diff)
		}
	}
}

func TestPlaces(t *testing.T) {
	const text = "Asks:\r\n\r\n- Decide: a\r\n  b\r\n  - To: x\r\n\r\n  d\r\n\r\n1. y\r\n   - Confirm: c\r\n- To: z\r\n\r\nEnd.\r\n"
	var got []string
	for _, a := range Parse(text) {
		got = append(got, text[a.At.Start:a.At.End])
		if at := strings.Split(text, "\r\n")[a.At.Line-1]; !strings.HasPrefix(got[len(got)-1], at) {
			t.Errorf("line %d is %q", a.At.Line, at)
		}
	}
	if diff := cmp.Diff([]string{"- Decide: a\r\n  b\r\n  - To: x\r\n\r\n  d", "   - Confirm: c\r\n- To: z"}, got); diff != "" {
		t.Error(diff)
	}
}
