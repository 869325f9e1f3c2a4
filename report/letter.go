package report

import (
	"fmt"
	"strings"
	"time"

	"preread/report/ask"
	"preread/sources"
)

// A Letter is what people said before a page and on it, as far as the page's
// own text depends on that. The zero Letter is that of a first page.
type Letter struct {
	Before *Page        // the last page before this one; nil: none
	Page   *Page        // this page as it stands; nil: it is new
	Since  sources.Week // the first week that no page sent has told of; zero: the page's last week
	Asks   ask.Ledger   // of the pages up to this one
}

// Since returns the first week that a page has to tell of, so that no day is
// told twice or never: the one after the week of the last page sent, or the
// first week of the page where that is longer ago. sent are the weeks of pages
// that were sent; those that are not before last do not count.
func Since(sent []sources.Week, last sources.Week, shown int) sources.Week {
	var latest sources.Week
	for _, w := range sent {
		if w.Compare(last) < 0 && w.Compare(latest) > 0 {
			latest = w
		}
	}
	first := last.Add(1 - shown)
	switch {
	case latest.IsZero():
		return last
	case latest.Compare(first) < 0:
		return first
	}
	return latest.Add(1)
}

// since is the first week that the page tells of.
func (p *page) since() sources.Week {
	if s := p.letter.Since; !s.IsZero() && s.Compare(p.Window.Last) < 0 {
		return s
	}
	return p.Window.Last
}

// news reports an instant of the weeks that the page tells of.
func (p *page) news(t time.Time) bool {
	w := p.Window.WeekOf(t)
	return w.Compare(p.since()) >= 0 && w.Compare(p.Window.Last) <= 0
}

// told counts the weeks that the page tells of.
func (p *page) told() int {
	n := 1
	for w := p.since(); w != p.Window.Last; w = w.Add(1) {
		n++
	}
	return n
}

// these names the weeks that the page tells of: "this week".
func (p *page) these() string {
	if n := p.told(); n > 1 {
		return fmt.Sprintf("in these %d weeks", n)
	}
	return "this week"
}

// before returns what people wrote into a slot of the page before, "" if that
// is nothing.
func (p *page) before(id string) string {
	if p.letter.Before == nil {
		return ""
	}
	n, err := p.letter.Before.Note(id)
	if err != nil {
		return ""
	}
	return n.Words()
}

// now returns what stands in a slot of this page: what people wrote, or on a
// new page what is carried over.
func (p *page) now(id string) string {
	if p.letter.Page != nil {
		switch n, err := p.letter.Page.Note(id); {
		case err == nil && !n.untouched():
			return n.Words()
		case err == nil && strings.TrimSpace(n.Text) == "":
			return "" // even the prompt was taken away
		}
	}
	words, _ := p.carried(id)
	return words
}

// lasting are the slots whose words hold until somebody changes them.
var lasting = []string{"context", "later", "parked"}

// carried returns what a slot begins with on a new page, and whether it is all
// that was there: words that last, or the tasks that are still open.
func (p *page) carried(id string) (words string, whole bool) {
	if id == AsksSlot {
		return strings.TrimRight(ask.Write(p.letter.Asks.Carried(p.Window.Last.Add(-1))), "\n"), true
	}
	before := p.before(id)
	for _, l := range lasting {
		if id == l {
			return unmarked(before), true
		}
	}
	return unmarked(openTasks(before)), false
}

// openTasks returns the tasks of a text that are not ticked, each with what is
// set below it.
func openTasks(text string) string {
	var b strings.Builder
	open, indent := false, 0
	for _, line := range Unfenced(text) {
		words := strings.TrimLeft(line, " \t")
		depth := len(line) - len(words)
		switch {
		case strings.HasPrefix(words, "- [ ] ") || strings.HasPrefix(words, "* [ ] "):
			open, indent = true, depth
		case strings.TrimSpace(words) == "" || depth <= indent:
			open = false
		}
		if open {
			b.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// lastTimeWords head what somebody wrote in the same place a page ago.
const lastTimeWords = "Last time"

// lastTime shows below a slot what stood there a page ago, for whoever writes;
// it is no part of what is sent.
func (p *page) lastTime(id string) {
	words := p.before(id)
	if words == "" || p.letter.Before == nil {
		return
	}
	if _, whole := p.carried(id); whole {
		return
	}
	p.fold(lastTimeWords + ", " + p.letter.Before.Mark.Week.Short())
	p.printf("%s\n\n", quoted(words))
	p.unfold()
}

// quotedLines is how many lines of an earlier note are shown.
const quotedLines = 20

// quoted sets a note as a quote. Tags in it are text, so that they cannot end
// what is folded.
func quoted(words string) string {
	lines := strings.Split(words, "\n")
	more := len(lines) > quotedLines
	if more {
		lines = append(lines[:quotedLines:quotedLines], "…")
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight("> "+strings.ReplaceAll(printable(line), "<", "&lt;"), " \t")
	}
	return strings.Join(lines, "\n")
}
