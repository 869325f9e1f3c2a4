package report

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"preread/sources"
)

// ErrNoSlot is the error of words for a slot that is not on the page.
var ErrNoSlot = errors.New("this place is not on the page any more")

// A WordsError is the error of words that cannot stand in a slot, as a sentence
// for whoever wrote them.
type WordsError struct{ Reason string }

// Error returns the reason.
func (e *WordsError) Error() string { return e.Reason }

// A Place is a slot as people name it.
type Place struct {
	ID    string
	Title string // of the heading that it stands under, in plain words
	Level int    // of that heading, 1 to 6; 0: none
}

// Places returns the slots of a page in their order.
func (p Page) Places() []Place {
	var all []Place
	var at Place
	for line := range strings.Lines(p.Tool) {
		line = strings.TrimSpace(line)
		if m := openMark.FindStringSubmatch(line); m != nil {
			at.ID = m[1]
			all = append(all, at)
			continue
		}
		if title, level := headingOf(line); level > 0 {
			at.Title, at.Level = unescape(title), level
		}
	}
	return all
}

// unescape undoes Escape, as far as a reader would see it.
func unescape(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range strings.TrimSpace(unjoined.Replace(s)) {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

// Note returns the note of a slot; [ErrNoSlot] if the page has none of that id.
func (p Page) Note(id string) (Note, error) {
	i := slices.IndexFunc(p.Notes, func(n Note) bool { return n.ID == id })
	if i < 0 {
		return Note{}, ErrNoSlot
	}
	return p.Notes[i], nil
}

// Words returns what people wrote in a slot, with LF at the ends of lines and
// without the blank lines around it; "" if nobody has.
func (n Note) Words() string {
	if n.untouched() {
		return ""
	}
	return strings.Trim(lineFeeds.Replace(n.Text), "\n")
}

// WordsLine returns the line of the page's file in which Words begin.
func (n Note) WordsLine() int {
	text := lineFeeds.Replace(n.Text)
	return n.Line + 1 + len(text) - len(strings.TrimLeft(text, "\n"))
}

var lineFeeds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Prompt returns what the program asks for in a slot in which nobody has
// written, in plain words; "" if it asks for nothing.
func (n Note) Prompt() string {
	if !n.untouched() {
		return ""
	}
	return strings.Trim(strings.TrimSpace(n.Text), "✍* ")
}

// Fitted returns words as the text of a note of the page: with its line ends,
// and the blank lines around it that it has. Where nobody has written yet, the
// lines end as those of the page do. No words leave the slot empty.
func (p Page) Fitted(n Note, words string) string {
	end := p.lineEnd(n)
	words = strings.Trim(lineFeeds.Replace(words), "\n")
	if strings.TrimSpace(words) == "" {
		return end
	}
	before, _, after := n.framed(end)
	return before + strings.ReplaceAll(words, "\n", end) + after
}

// Appended returns the text of a note of the page with more words behind those
// that it holds, which are not touched: after a blank line, or close to them.
func (p Page) Appended(n Note, words string, close bool) string {
	if n.untouched() {
		return p.Fitted(n, words)
	}
	end := p.lineEnd(n)
	words = strings.Trim(lineFeeds.Replace(words), "\n")
	before, inner, after := n.framed(end)
	gap, _ := cutLine(after) // the end of the last line as it is
	if !close {
		gap += end
	}
	return before + inner + gap + strings.ReplaceAll(words, "\n", end) + after
}

// lineEnd is how the lines of a note end; if nobody has written it, those of the
// page.
func (p Page) lineEnd(n Note) string {
	if strings.Contains(n.Text, "\r\n") || n.untouched() && p.CRLF {
		return "\r\n"
	}
	return "\n"
}

// framed takes a note's text apart: the blank lines before and after, and what
// is between. A prompt is framed as a paragraph, and is nothing.
func (n Note) framed(end string) (before, inner, after string) {
	if n.untouched() {
		return end, "", end + end
	}
	inner = strings.Trim(n.Text, "\r\n")
	before, after, _ = strings.Cut(n.Text, inner)
	return before, inner, after
}

// PutNote returns the text of a page with another text in one slot, and every
// other byte as it was. A text that would be more than a note is refused with a
// [WordsError]; a page without the slot is [ErrNoSlot], and one that cannot be
// read a [PageError].
func PutNote(page []byte, id, text string) ([]byte, error) {
	p, err := ParsePage("", page)
	if err != nil {
		return nil, err
	}
	n, err := p.Note(id)
	if err != nil {
		return nil, err
	}
	if reason := unfit(text); reason != "" {
		return nil, &WordsError{reason}
	}
	start, rest := 0, string(page)
	for range n.Line {
		var line string
		line, rest = cutLine(rest)
		start += len(line)
	}
	return slices.Concat(page[:start], []byte(text), page[start+len(n.Text):]), nil
}

// KeepNote returns the text of a page with a note at its end, under the heading
// of those that have no other place: words for a slot that is gone. If it is
// there after all, the words stand behind those that it holds.
func KeepNote(page []byte, id, words string) ([]byte, error) {
	p, err := ParsePage("", page)
	if err != nil {
		return nil, err
	}
	mark := "<!-- preread:note id=" + id + " -->"
	if !openMark.MatchString(mark) {
		return nil, ErrNoSlot
	}
	if n, err := p.Note(id); err == nil {
		return PutNote(page, id, p.Appended(n, words, false))
	}
	text := "\n"
	if title, _, _ := strings.Cut(homelessHeading, "\n"); !strings.Contains(p.Tool, title) {
		text += homelessHeading + "\n"
	}
	text += "### " + Escape(id) + "\n\n" + mark + "\n" + "<!-- /preread:note -->\n"
	if n := len(page); n > 0 && page[n-1] != '\n' {
		text = "\n" + text
	}
	if p.CRLF {
		text = string(toCRLF([]byte(text)))
	}
	return PutNote(slices.Concat(page, []byte(text)), id, p.Fitted(Note{}, words))
}

// Unfenced yields the lines of a text that stand outside of fenced code, with
// their ends, each behind its number, counted from 0.
func Unfenced(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		fence, number := "", 0
		for line := range strings.Lines(text) {
			before := fence
			fence = fenceAfter(fence, strings.TrimRight(line, " \t\r\n"))
			if before == "" && fence == "" && !yield(number, line) {
				return
			}
			number++
		}
	}
}

// unfit says why a text cannot stand between two marks, "" if it can: by the
// rules of [ParsePage].
func unfit(text string) string {
	fence := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		fence = fenceAfter(fence, line)
		if fence != "" && !closesFence(fence, line) {
			continue
		}
		if mark := strings.TrimLeft(line, " \t"); anyMark.MatchString(mark) {
			return fmt.Sprintf("a line of it would be read as a mark of the page: %s", sources.OneLine(mark, 80))
		}
	}
	switch {
	case fence != "":
		return fmt.Sprintf("its code fence %s is not closed", fence)
	case text != "" && !strings.HasSuffix(text, "\n"):
		return "its last line does not end"
	}
	return ""
}
