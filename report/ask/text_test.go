package ask

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"pgregory.net/rapid"
)

var tags = regexp.MustCompile(`<[^>]*>`)

// shown is the text that a reader of the rendered Markdown sees, and how many
// tags are around it.
func shown(t *rapid.T, markdown string) (text string, count int) {
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	return clean(html.UnescapeString(tags.ReplaceAllString(b.String(), ""))), len(tags.FindAllString(b.String(), -1))
}

// A text that was read is what a reader sees.
func TestEmphasisIsReadAsItIsShown(t *testing.T) {
	signs := rapid.SliceOf(rapid.SampledFrom([]string{"*", "**", "***", "_", "__", "a", "b", "é", " ", ".", "(", `\*`, `\_`, "&amp;", "&#42;", "\n"}))
	rapid.Check(t, func(t *rapid.T) {
		text := "a" + strings.Join(signs.Draw(t, "signs"), "") + "a"
		text = strings.ReplaceAll(text, "\n\n", "\n")
		if strings.Contains(text, "\n") {
			text = regexp.MustCompile(`\n[*_ ]*`).ReplaceAllString(text, "\na") // begins no list and no rule
		}
		if want, _ := shown(t, text); plain(text) != want {
			t.Fatalf("%q is shown as %q and read as %q", text, want, plain(text))
		}
	})
}

// A text that is written is shown as it is: it begins nothing and has no markup.
func TestEscapedTextIsShownAsItIs(t *testing.T) {
	pieces := rapid.Map(rapid.SliceOf(rapid.SampledFrom(scraps)), func(s []string) string { return strings.Join(s, "") })
	meant := strings.NewReplacer("`", "", "](", "", "http", "", "\x00", "") // code and links stay what they are
	rapid.Check(t, func(t *rapid.T) {
		text := clean(meant.Replace(rapid.OneOf(rapid.String(), pieces).Draw(t, "text")))
		if text == "" || strings.HasPrefix(text, "[") { // where boxes are
			return
		}
		markdown := "- " + escapeStart(escape(text))
		if got, count := shown(t, markdown); got != text || count != 4 {
			t.Fatalf("%q is written as %q and shown as %q, with %d tags", text, markdown, got, count)
		}
	})
}

func TestPlain(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"  a \t b\r\n  c  ", "a b c"},
		{"**Need by:** 2026\\-11\\-27", "Need by: 2026-11-27"},
		{"*a* _b_ **c** __d__ ***e***", "a b c d e"},
		{"snake_case 2 * 3 * 4 *open", "snake_case 2 * 3 * 4 *open"},
		{"`a_b *c* \\*` and ``x ` y``", "`a_b *c* \\*` and ``x ` y``"},
		{"`open *a*", "`open a"},
		{"``open *a*`", "``open a`"},
		{"[*the* plan](https://x.example/_a_b_) _now_", "[the plan](https://x.example/_a_b_) now"},
		{"https://x.example/_a_?b=*c*, <https://x.example/*d*>", "https://x.example/_a_?b=c, https://x.example/*d*"},
		{"R&amp;D &lt;b&gt; &nosuch; &#x2a;", "R&D <b> &nosuch; *"},
		{"a <!-- not *this* --> b <!-- open", "a b <!-- open"},
		{`C:\temp\_x \\ end\` + "\nnext", `C:\temp_x \ end next`},
		{"\xff\x00\u202e", "�"},
	} {
		if got := plain(tt.in); got != tt.want {
			t.Errorf("%q is read as %q, want %q", tt.in, got, tt.want)
		}
	}
}
