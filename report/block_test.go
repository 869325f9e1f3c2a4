package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A text is read as whoever looks at the page reads it.
func TestBlocks(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       [][]Block
	}{
		{"nothing", "\n \n", nil},
		{"markup", "\nIt *is* **slow**, ~~dead~~ `code`\nand R&amp;D\\* 2 * 3, a_b&nbsp;c’s\n", [][]Block{{{Line: 2, Text: "It is slow,  " + Blank + " and R&D* 2 * 3, a_b c's"}}}},
		{"links", "[the plan](https://x.example \"t\"), [it][p], <https://x.example>, www.x.example and a@x.example ![seen](x.png)\n\n[p]: https://x.example\n",
			[][]Block{{{Line: 1, Text: "(the plan), (it), " + Blank + ", " + Blank + " and " + Blank + " (seen)"}}}},
		{"a list", "1. [ ] a\n   b\n\n   more\n   - [x] c\n2. d\n\nend\n", [][]Block{
			{{Kind: Item, Line: 1, Box: "[ ]", Text: "a b"}, {Line: 4, Text: "more"}, {Kind: Item, Line: 5, Box: "[x]", Text: "c"}},
			{{Kind: Item, Line: 6, Text: "d"}}, {{Line: 8, Text: "end"}}}},
		{"items without words", "- - a\n-\n- > quote\n", [][]Block{{{Kind: Item, Line: 1}, {Kind: Item, Line: 1, Text: "a"}}, {{Kind: Item, Line: 2}}, {{Kind: Item, Line: 3}}}},
		{"a table", "| Owner | |\n| - | - |\n| Ben | it |\n| | x | y |\n", [][]Block{
			{{Kind: Heading, Line: 1, Text: "Owner – "}}, {{Kind: Row, Line: 3, Text: "Owner: Ben – it"}}, {{Kind: Row, Line: 4, Text: "Owner:  – x"}}}},
		{"headings", "# a\n\nb\n---\nc\n", [][]Block{{{Kind: Heading, Line: 1, Text: "a"}}, {{Kind: Heading, Line: 3, Text: "b"}}, {{Line: 5, Text: "c"}}}},
		{"what is left out", "> quote\n> - item\n\n```\ncode\n```\n\n    code\n\n<!-- a\n\nb -->\n\n***\n\na <!-- b --> c\n", [][]Block{{{Line: 16, Text: "a  c"}}}},
		{"HTML", "<div>\nseen <b>here</b>\n</div>\n\nand <i>here</i>\n\n<!-- a --> there\n", [][]Block{{{Line: 1, Text: "seen here"}}, {{Line: 5, Text: "and here"}}, {{Line: 7, Text: "there"}}}},
	} {
		for end, text := range map[string]string{"LF": tt.text, "CR LF": strings.ReplaceAll(tt.text, "\n", "\r\n")} {
			got := Blocks(Note{Text: text}, func(words string) string { return "(" + words + ")" })
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(Block{})); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", tt.name, end, diff)
			}
		}
	}
}

// Each word is found again in its line of the file.
func TestLineAt(t *testing.T) {
	const text = "\n- one *two\n  three* `code\n  more` four [five\n  six](x)\n  seven\n"
	n := Note{Line: 10, Text: text}
	b := Blocks(n, func(words string) string { return words })[0][0]
	for word := range strings.FieldsSeq("one two three four five seven") {
		line := b.LineAt(strings.Index(b.Text, word))
		if !strings.Contains(strings.Split(text, "\n")[line-n.Line-1], word) {
			t.Errorf("%q is said to stand in line %d", word, line)
		}
	}
}
