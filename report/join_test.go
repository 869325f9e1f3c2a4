package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// figures is a document whose text is made of lines with numbers in them, as
// that of two runs is.
func figures(numbers ...int) Document {
	d := document()
	for i, n := range numbers {
		id := fmt.Sprintf("a/%d", i)
		d.parts = append(d.parts, part{text: fmt.Sprintf("\n## Line %d\n\n| Week | Value |\n| :-- | --: |\n| W46 | %d |\n\n*Why:* because of %d.\n\n", i, n, n), id: id, prompt: promptAmber})
	}
	return d
}

func TestEditsOutsideOfSlotsStay(t *testing.T) {
	first := figures(1, 2, 3).Merge(nil, "")
	for _, tt := range []struct {
		name     string
		from, to string // what somebody edits
		next     Document
		want     []string // stands on the page
		not      []string
		places   int
		clashes  int
	}{
		{"a line more, and nothing new", "## Line 1\n", "## Line 1\n\nMine.\n", figures(1, 2, 3), []string{"Mine.\n", "| W46 | 2 |"}, nil, 1, 0},
		{"a line more, and new figures elsewhere", "## Line 1\n", "## Line 1\n\nMine.\n", figures(9, 2, 8), []string{"Mine.\n", "| W46 | 9 |", "| W46 | 8 |"}, []string{"| W46 | 1 |"}, 1, 0},
		{"a line gone", "*Why:* because of 2.\n", "", figures(9, 2, 3), []string{"| W46 | 9 |"}, []string{"because of 2"}, 1, 0},
		{"a line rewritten, and new figures right there", "*Why:* because of 2.\n", "*Why:* I know better.\n", figures(1, 7, 3), []string{"I know better", "*Why:* because of 7", "## Notes kept from earlier"}, nil, 0, 1},
		{"a figure rewritten", "| W46 | 2 |", "| W46 | 22 |", figures(1, 2, 3), []string{"| W46 | 22 |"}, []string{"| W46 | 2 |"}, 1, 0},
		{"a line more where its line is gone", "## Line 2\n", "## Line 2\n\nMine.\n", figures(1, 2), []string{"Mine.\n"}, []string{"## Line 2\n\n|"}, 0, 1},
		{"the same as the program says today", "because of 2.", "because of 5.", figures(1, 5, 3), []string{"because of 5"}, nil, 0, 0},
	} {
		text := strings.Replace(string(first.Text), tt.from, tt.to, 1)
		if text == string(first.Text) {
			t.Fatalf("%s: nothing was edited", tt.name)
		}
		m := tt.next.Merge(parse(t, []byte(text)), first.Made)
		if m.Edited || m.Joined != tt.places || len(m.Clashes) != tt.clashes {
			t.Errorf("%s: edited %v, %d places, clashes %v", tt.name, m.Edited, m.Joined, m.Clashes)
		}
		for _, want := range tt.want {
			if !strings.Contains(string(m.Text), want) {
				t.Errorf("%s: the page does not hold %q:\n%s", tt.name, want, m.Text)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(string(m.Text), not) {
				t.Errorf("%s: the page still holds %q", tt.name, not)
			}
		}
		again := tt.next.Merge(parse(t, m.Text), m.Made)
		if !again.Same || string(again.Text) != string(m.Text) {
			t.Errorf("%s: made again it is another page (same %v):\n%s", tt.name, again.Same, again.Text)
		}
	}
	// What had to make way is named by where it stood, again and again.
	text := strings.Replace(string(first.Text), "*Why:* because of 2.\n", "*Why:* I know better.\n", 1)
	text = strings.Replace(text, "*Why:* because of 3.\n", "#### My [own] heading\n\nWords.\n", 1)
	m := figures(1, 7, 8).Merge(parse(t, []byte(text)), first.Made)
	for range 3 {
		places := parse(t, m.Text).Places()
		var titles []string
		for _, p := range places[len(places)-2:] {
			titles = append(titles, p.ID+": "+p.Title)
		}
		if diff := cmp.Diff([]string{clash([]string{"*Why:* I know better.\n"}).ID + ": From “Line 1”", clash([]string{"#### My [own] heading\n", "Words.\n"}).ID + ": From “Line 2”"}, titles); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		here := &page{letter: Letter{Page: parse(t, m.Text)}}
		if name := here.placeName(places[len(places)-1].ID); name != "From “Line 2”" {
			t.Errorf("it is named %q", name)
		}
		next := figures(1, 7, 9+len(m.Text)%2).Merge(parse(t, m.Text), m.Made)
		if next.Edited || len(next.Clashes) > 0 {
			t.Errorf("edited %v, clashes %v", next.Edited, next.Clashes)
		}
		m = next
	}
	// A heading that somebody gives it instead stays.
	text = strings.Replace(string(m.Text), "### From “Line 1”", "### My own", 1)
	if own := figures(1, 7, 4).Merge(parse(t, []byte(text)), m.Made); own.Joined != 1 || len(own.Clashes) > 0 || !strings.Contains(string(own.Text), "\n### My own\n") {
		t.Errorf("%d places, clashes %v:\n%s", own.Joined, own.Clashes, own.Text)
	}
	lost := figures(1, 2, 3).Merge(parse(t, []byte(strings.Replace(string(first.Text), "## Line 1\n", "## Line 1\n\nMine.\n", 1))), "")
	if !lost.Edited {
		t.Error("without the program's last text an edit is not told apart")
	}
}

// formatted does what formatters do to Markdown.
func formatted(text string) string {
	text = regexp.MustCompile(`(?m)^\| Week \| Value \|$`).ReplaceAllString(text, "| Week        |  Value |")
	text = strings.ReplaceAll(text, "| :-- | --: |", "| :---------- | -----: |")
	text = regexp.MustCompile(`(^|[^*])\*(\w[^*\n]*)\*([^*])`).ReplaceAllString(text, "${1}_${2}_${3}")
	text = strings.ReplaceAll(text, "-->\n", "-->\n\n\n")
	return strings.ReplaceAll(text, "## Line", "\n\n## Line")
}

func TestAFormatterIsNobody(t *testing.T) {
	first := figures(1, 2, 3).Merge(nil, "")
	text := formatted(string(write(first.Text, "a/1", "\nMine.\n\n")))
	for _, made := range []string{"", first.Made} {
		m := figures(1, 2, 3).Merge(parse(t, []byte(text)), made)
		if m.Edited || m.Joined > 0 || !m.Same {
			t.Errorf("edited %v, joined %d, same %v", m.Edited, m.Joined, m.Same)
		}
		m = figures(1, 7, 3).Merge(parse(t, []byte(text)), made)
		if m.Edited || m.Joined > 0 || !strings.Contains(string(m.Text), "Mine.") || !strings.Contains(string(m.Text), "| W46 | 7 |") {
			t.Errorf("with new figures: edited %v, joined %d", m.Edited, m.Joined)
		}
	}
}

// Whatever somebody writes outside of the slots, and whatever the program has
// to say anew, their lines are on the page.
func TestNoLineIsLostOutsideOfSlots(t *testing.T) {
	number := rapid.IntRange(0, 3)
	rapid.Check(t, func(t *rapid.T) {
		old := figures(number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")).Merge(nil, "")
		lines := strings.SplitAfter(string(old.Text), "\n")
		var mine []string
		for i := range rapid.IntRange(1, 4).Draw(t, "edits") {
			at := rapid.IntRange(1, len(lines)-1).Draw(t, "line")
			line := fmt.Sprintf("my words %d\n", i)
			if rapid.Bool().Draw(t, "instead") && !strings.HasPrefix(lines[at], "<!--") {
				lines[at] = line
			} else {
				lines = append(lines[:at], append([]string{line}, lines[at:]...)...)
			}
			mine = append(mine, line)
		}
		page := parse(t, []byte(strings.Join(lines, "")))
		made := old.Made
		for range 2 {
			m := figures(number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")).Merge(page, made)
			if m.Edited {
				return // nothing is joined; the caller keeps the page as it was
			}
			for _, line := range mine {
				if strings.Contains(strings.Join(lines, ""), line) && !strings.Contains(string(m.Text), line) {
					t.Fatalf("%q is lost:\n%s\n----\n%s", line, strings.Join(lines, ""), m.Text)
				}
			}
			page, made = parse(t, m.Text), m.Made
		}
	})
}
