package report

import (
	"fmt"
	"regexp"
	"slices"
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

	Answered []ask.Entry // open on this page although closed on an earlier one; by their numbers here

	CatchUp bool // Since is what a reader asked for, whatever was sent

	// Dropped are the slots from which somebody took what was carried over, and
	// left the prompt: it does not come back.
	Dropped []string
}

// Refilled returns the slots of a week's page that hold their prompt alone, and
// would be given words from the page before; in the order of the page.
func (l Letter) Refilled(week sources.Week) (ids []string) {
	if l.Page == nil {
		return nil
	}
	for _, n := range l.Page.Notes {
		if n.Text = strings.TrimSpace(n.Text); !isPrompt(n.Text) {
			continue
		}
		if words, _ := l.carried(n.ID, week); words != "" {
			ids = append(ids, n.ID)
		}
	}
	return ids
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
	switch s := p.letter.Since; {
	case s.IsZero() || s.Compare(p.Window.Last) > 0:
		return p.Window.Last
	case s.Compare(p.Window.First()) < 0: // the facts may show fewer weeks than the settings
		return p.Window.First()
	default:
		return s
	}
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
func (l Letter) before(id string) string {
	if l.Before == nil {
		return ""
	}
	n, err := l.Before.Note(id)
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
	words, _ := p.letter.carried(id, p.Window.Last)
	return words
}

// lasting are the slots whose words hold until somebody changes them.
var lasting = []string{"context", "later", "parked"}

// Written reports whether somebody wrote in a slot of the page. What the program
// put there is nobody's until a byte of it is another: a prompt, and what was
// carried over from the page before, as that stands now. Without a page before,
// nobody can tell who wrote a task: open tasks over a prompt that still stands
// count as carried over, since what it asks is not answered; tasks alone, and all
// other words, count as written. A mark, a comment, a colour without its reason and
// the signs of a list are no words.
func (l Letter) Written(id string) bool {
	if l.Page == nil {
		return false
	}
	n, err := l.Page.Note(id)
	if err != nil || n.untouched() {
		return false
	}
	text := bare(lineFeeds.Replace(n.Text))
	if !wordy(text) {
		return false
	}
	words, whole := l.carried(id, l.Page.Mark.Week)
	prompts := append(Prompts(), "")
	if words == "" && l.Before == nil {
		words, prompts = openTasks(text), allPrompts
	}
	return words == "" || !slices.ContainsFunc(prompts, func(prompt string) bool { return text == bare(begun(words, whole, prompt)) })
}

// bare is a text without what says nothing to its reader: marks of what to
// discuss, and comments.
func bare(text string) string { return strings.TrimSpace(uncommented(unmarked(text))) }

var (
	anyWord    = regexp.MustCompile(`[\p{L}\p{N}]`)
	bareSign   = regexp.MustCompile(`(?m)^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])(?:[ \t]+\[[ xX]\])?(?:[ \t]|$))?`)
	bareColour = regexp.MustCompile(`(?im)^colou?r:[ \t]*(?:red|amber|green)?[ \t]*(?:until\b[ \t]*[\d-]*)?[ \t]*[,:;]?[ \t]*(?:because\b)?`)
)

// wordy reports a text that says anything beside a prompt.
func wordy(text string) bool {
	text = bareSign.ReplaceAllString(unprompted(text), "")
	return anyWord.MatchString(bareColour.ReplaceAllString(text, ""))
}

// begun is what the program puts in a slot: what is carried over, whole or with
// a prompt behind it.
func begun(words string, whole bool, prompt string) string {
	switch {
	case words == "":
		return prompt
	case whole || prompt == "":
		return words
	}
	return words + "\n\n" + prompt
}

// carried returns what a slot of a week's page begins with when it is new, and
// whether it is all that was there: words that last, or the colours of one's own
// that hold on and the tasks that are still open.
func (l Letter) carried(id string, week sources.Week) (words string, whole bool) {
	before := l.before(id)
	switch {
	case slices.Contains(l.Dropped, id):
		return "", false
	case id == AsksSlot:
		return strings.TrimRight(ask.Write(l.Asks.Carried(week.Add(-1))), "\n"), true
	case slices.Contains(lasting, id):
		return unmarked(before), true
	}
	words = holding(before, week.Sunday())
	if tasks := unmarked(openTasks(before)); words != "" && tasks != "" {
		words += "\n\n" + tasks
	} else {
		words += tasks
	}
	return words, false
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
	words := strings.TrimSpace(unprompted(p.letter.before(id)))
	carried, whole := p.letter.carried(id, p.Window.Last)
	if whole || words == "" || words == carried {
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
