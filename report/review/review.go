// Package review reads a finished page as its reader would, and says what they
// would stumble over: an acronym that nobody explained, a figure compared with
// nothing, a red line without cause, owner, next step or date, a problem
// without a proposal, an ask that cannot be answered with yes or no.
//
// It reads what people wrote in the slots, in English only. The program's own
// text is looked at for the titles and colours of lines, and for what it
// explains. Block quotes, code, HTML comments and struck text are left alone:
// nobody says them today.
//
// The rules are tables of words, no grammar. They are measured against labelled
// sentences (testdata), and rather miss something than cry wolf. What to do
// about a finding is left to the person; the page is never changed.
package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"preread/report"
	"preread/sources"
)

// A Rule is one thing over which a reader stumbles.
type Rule string

// The rules. Each is described where it is decided.
const (
	Acronym            Rule = "acronym"
	BareTicket         Rule = "bare-ticket"
	NoComparison       Rule = "no-comparison"
	RedWithoutWords    Rule = "red-without-words"
	RedWithoutCause    Rule = "red-without-cause"
	RedWithoutOwner    Rule = "red-without-owner"
	RedWithoutNext     Rule = "red-without-next"
	RedWithoutDate     Rule = "red-without-date"
	AmberWithoutNext   Rule = "amber-without-next"
	Problem            Rule = "problem-without-proposal"
	Complaint          Rule = "complaint-without-request"
	PromptLeft         Rule = "prompt-left"
	AskWithoutDate     Rule = "ask-without-date"
	OpenQuestion       Rule = "open-question"
	Empty              Rule = "empty"
	GoalWithoutContext Rule = "goal-without-context"
	NextWithoutCheck   Rule = "next-without-check"
)

// advice says what is wrong and what to write instead; %s stands for the words
// that a finding is about.
var advice = map[Rule]struct{ text, instead string }{
	Acronym:            {"“%s” is not explained", "what it stands for, once: “… (%s)”"},
	BareTicket:         {"%s alone does not say what it is", "%s (what it is about)"},
	NoComparison:       {"“%s” is compared with nothing", "the target, last week's figure or what is usual beside it"},
	RedWithoutWords:    {"“%s” is red, and nobody says why", "the cause, who does what, by when"},
	RedWithoutCause:    {"“%s” is red, and the cause is not said", "“… because …”"},
	RedWithoutOwner:    {"“%s” is red, and nobody is named for it", "who does it: “Ana will …”"},
	RedWithoutNext:     {"“%s” is red, and no next step is said", "“We will …”"},
	RedWithoutDate:     {"“%s” is red, and it is not said by when", "“… by Friday”"},
	AmberWithoutNext:   {"“%s” is amber, and neither a next step nor a decision is said", "“We will …”, or that it is all right for now and why"},
	Problem:            {"“%s” is a problem without a proposal", "what you propose, who does it, by when"},
	Complaint:          {"“%s” is a complaint without a request", "who should do what, by when"},
	PromptLeft:         {"the program's own words are left: “%s”", "nothing: delete them"},
	AskWithoutDate:     {"“%s” does not say by when", "“Need by: ” and a date"},
	OpenQuestion:       {"“%s” cannot be answered with yes, no or one of three", "a question such as “Do we …?”, or “Options: … / …”"},
	Empty:              {"the slot “%s” is empty", "what its prompt asks for"},
	GoalWithoutContext: {"nothing says what this is for: no context, and no reason for “%s”", "one line of context, or a why in the settings"},
	NextWithoutCheck:   {"nobody can check “%s”", "a verb with its object, or a date: “Ana ships … by Thursday”"},
}

// A Finding is one place over which a reader stumbles.
type Finding struct {
	File    string
	Line    int    // in the file, from 1
	Slot    string // id of the slot
	Rule    Rule
	Words   string // what it is about: words of the slot, a line's title or a slot's id
	Text    string // what is wrong
	Instead string // what to write instead
}

// String returns "file:line: rule: what is wrong; write: what instead".
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s; write: %s", f.File, f.Line, f.Rule, f.Text, f.Instead)
}

// A Reader is who the page is for. The zero value knows only what everybody
// knows, and takes the lines from the page itself.
type Reader struct {
	Known []string // acronyms that need no explanation, in any case
	Lines []Line   // of the page; nil: as the page shows them
}

// A Line is a line of the page as far as its slot is judged by it.
type Line struct {
	ID     string // of its slot
	Title  string
	Colour string // "red", "amber"; every other one asks for nothing
	Goal   bool
	Why    bool // the page says what the goal is for
}

// Review reads a page and returns what its reader would stumble over, in the
// order of lines. Line ends and a byte order mark make no difference. The error
// is a [report.PageError]: the page's marks cannot be read. The file is only
// named.
func Review(file string, text []byte, r Reader) ([]Finding, error) {
	page, err := report.ParsePage(file, text)
	if err != nil {
		return nil, err
	}
	v := review{file: file, known: map[string]bool{}, acronyms: map[string]bool{}, tickets: map[string]bool{}}
	for _, k := range r.Known {
		v.known[strings.ToUpper(k)] = true
	}
	lines, before := linesOf(page)
	if r.Lines != nil {
		lines = r.Lines
	}
	opinions, _ := report.Opinions(file, page)
	for _, n := range page.Notes {
		s := slot{id: n.ID, mark: n.Line, before: before[n.ID]}
		if i := slices.IndexFunc(lines, func(l Line) bool { return l.ID == n.ID }); i >= 0 {
			s.line = lines[i]
		}
		for _, o := range opinions {
			if o.ID == n.ID {
				s.line.Colour = o.Own.Status.String()
			}
		}
		s.line.Title = cmp.Or(s.line.Title, s.id)
		s.groups = v.readable(s, report.Blocks(n.Unmarked(), explained))
		for _, rule := range rules {
			rule(&v, s)
		}
		if s.id == "context" && len(s.groups) == 0 {
			v.context(s, lines)
		}
	}
	slices.SortStableFunc(v.found, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return v.found, nil
}

// rules are asked of every slot, in this order.
var rules = []func(*review, slot){
	(*review).readAcronyms, (*review).readTickets, (*review).readNumbers,
	(*review).red, (*review).problems, (*review).asks, (*review).next, (*review).summary,
}

// A review is what was found, and what was already explained.
type review struct {
	file     string
	known    map[string]bool // acronyms, in capitals
	acronyms map[string]bool // seen on this page
	tickets  map[string]bool // seen on this page
	found    []Finding
}

// A slot is a note as it is read: without quotes, code and the program's
// prompts.
type slot struct {
	id     string
	mark   int    // line of the opening mark
	line   Line   // the zero value for a slot that belongs to no line
	before string // the program's text since the slot before
	groups []group
}

// A group is an item with all that stands below it, or a block alone.
type group []report.Block

// explained reads the words of a link: a ticket among them is one that they
// explain.
func explained(words string) string {
	if content(ticket.ReplaceAllString(words, " ")) > 0 {
		return ticket.ReplaceAllString(words, report.Blank)
	}
	return words
}

// wordsLimit is how much of the words a finding quotes, in characters.
const wordsLimit = 60

func (v *review) find(s slot, line int, r Rule, words string) {
	words = sources.OneLine(strings.Trim(strings.ReplaceAll(words, report.Blank, "…"), " .,;:"), wordsLimit)
	say := func(text string) string { return strings.ReplaceAll(text, "%s", words) }
	v.found = append(v.found, Finding{v.file, line, s.id, r, words, say(advice[r].text), say(advice[r].instead)})
}

// each calls f with every sentence of a slot that is whole: no heading.
func (s slot) each(f func(b report.Block, x sentence)) {
	for _, g := range s.groups {
		for _, b := range g {
			if b.Kind != report.Heading {
				for _, x := range sentencesOf(b.Text) {
					f(b, x)
				}
			}
		}
	}
}

// context reports the empty slot that says what the page is about: as
// goal-without-context if a goal stands on the page without its reason, else
// as empty.
func (v *review) context(s slot, lines []Line) {
	for _, l := range lines {
		if l.Goal && !l.Why {
			v.find(s, s.mark, GoalWithoutContext, cmp.Or(l.Title, l.ID))
			return
		}
	}
	v.find(s, s.mark, Empty, s.id)
}

// summary reports the slot summary if it is empty. Every other slot may be,
// but for those of red lines.
func (v *review) summary(s slot) {
	if s.id == "summary" && len(s.groups) == 0 {
		v.find(s, s.mark, Empty, s.id)
	}
}
