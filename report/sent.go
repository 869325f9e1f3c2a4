package report

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"preread/sources"
)

// MarkSent returns the text of a page with a note in its first comment that it
// was sent, and every other byte as it was. A page that cannot be read is a
// [PageError].
func MarkSent(page []byte, at time.Time) ([]byte, error) {
	p, err := ParsePage("", page)
	if err != nil {
		return nil, err
	}
	mark := p.Mark
	mark.Sent = at.UTC().Truncate(time.Second)
	var b strings.Builder
	marked := false
	for line := range strings.Lines(string(page)) {
		bare := strings.TrimPrefix(strings.TrimRight(line, " \t\r\n"), bom)
		if words := strings.TrimLeft(bare, " \t"); !marked && docMark.MatchString(words) {
			line = strings.Replace(line, words, mark.String(), 1)
			marked = true
		}
		b.WriteString(line)
	}
	return []byte(b.String()), nil
}

// Amend returns the text of a page with a dated line at its end.
func Amend(page []byte, on sources.Day, words string) []byte {
	p, err := ParsePage("", page)
	end := "\n"
	if err == nil && p.CRLF {
		end = "\r\n"
	}
	gap := end
	if n := len(page); n > 0 && page[n-1] != '\n' {
		gap += end
	}
	return fmt.Appendf(page[:len(page):len(page)], "%s*Amended on %s:* %s%s", gap, day(on), Escape(sources.OneLine(words, 1000)), end)
}

var amendment = regexp.MustCompile(`^[*_]Amended on \d{1,2} \pL+ \d{4}:[*_] `)

// amended is a form with the amendments of its page: whatever else a form or a level
// leaves out, what was said after the page was sent is for everybody who reads it.
func (t *teller) amended(text string) string {
	for line := range strings.Lines(flagged(t.written.Tool)) {
		line = strings.TrimSpace(line) + "\n"
		if amendment.MatchString(line) && !strings.Contains(text, "\n"+line) {
			text += "\n" + line
		}
	}
	return text
}
