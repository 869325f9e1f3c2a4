package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate"
)

// inTerminal writes the page of a report without inks.
func inTerminal(t testing.TB, r aggregate.Report, width int, notes map[string]string) string {
	t.Helper()
	page := parse(t, Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text)
	for i, n := range page.Notes {
		if text, written := notes[n.ID]; written {
			page.Notes[i].Text = text
		}
	}
	var out strings.Builder
	err := WriteTerminal(&out, *page, width, func(_ Ink, s string) string { return s })
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTerminalPage(t *testing.T) {
	golden(t, "html/page.txt", []byte(inTerminal(t, few(t), 80, map[string]string{
		"summary": "\nAll calm, see [the wiki](https://wiki.example).\n\n1. one\n2. two\n   - below\n- [x] done\n\n> quoted\n\n    code   as it is\n\n| a | b |\n| :-- | --: |\n| long | 1 |\n\n<!-- hidden --> <b>as typed</b>\n\n---\n",
	})))
}

// Every line fits, whatever people write, and nothing in it is a command to the
// terminal.
func TestTerminalLines(t *testing.T) {
	notes := map[string]string{}
	for i, n := range parse(t, Markdown(frameFor(), world(t), Letter{}).Merge(nil, "").Text).Notes {
		notes[n.ID] = "\n" + hostile[i%len(hostile)] + "\n" + strings.Repeat("漢字", 60) + " e\u0301\u0301 \x1b]8;;http://evil.example\x1b\\ \u009b31m\n\n" + "| a | b | c |\n| - | - | - |\n| " + strings.Repeat("wide ", 30) + "| x | y |\n"
	}
	for _, width := range []int{24, 40, 80, 200} {
		text := inTerminal(t, world(t), width, notes)
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if n := columns(line); n > width {
				t.Errorf("%d columns of %d: %q", n, width, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Errorf("%q is not plain", line)
			}
		}
		if !strings.Contains(text, "How these numbers") {
			t.Error("the page does not come to its end")
		}
	}
}

// No letter of a note is lost, however narrow the lines.
func TestTerminalLosesNoWord(t *testing.T) {
	r := few(t)
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z漢0-9]{1,40}`), 1, 30).Draw(rt, "words")
		note := "\n" + strings.Join(words, rapid.SampledFrom([]string{" ", "\n", "\n\n", "\n- x\n- "}).Draw(rt, "between")) + "\n"
		text := inTerminal(t, r, rapid.IntRange(24, 100).Draw(rt, "width"), map[string]string{"summary": note})
		plain := regexp.MustCompile(`[\s│]+`).ReplaceAllString(text, "")
		plain = strings.ReplaceAll(plain, "-x-", "")
		if !strings.Contains(plain, strings.Join(words, "")) {
			rt.Fatalf("%q is not whole in %q", words, text)
		}
	})
}

func TestTerminalInks(t *testing.T) {
	page := Page{Tool: "## Head\n\n▼ **RED** ◆ **AMBER**, ● **GREEN** and **strong** *soft*\n\n| ▼ **RED** | x |\n| - | - |\n"}
	var out strings.Builder
	if err := WriteTerminal(&out, page, 80, func(i Ink, s string) string { return fmt.Sprintf("%d(%s)", i, s) }); err != nil {
		t.Fatal(err)
	}
	want := "1(Head)\n" + strings.Repeat("─", 80) + "\n\n▼ 2(RED) ◆ 3(AMBER), ● 4(GREEN) and 1(strong) soft\n\n▼ 2(RED)  x\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "漢字": 4, "e\u0301": 1, "ｗ": 2, "🫖": 2, "한": 2, "a\u2060b": 2, "▄▅▁": 3} {
		if got := columns(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
}
