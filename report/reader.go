package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// A Level is how much a reader wants to know. The zero Level is all of it.
type Level uint8

// The levels: everything; without what is folded away and without the lines that
// are green; goals, asks, what is not green and what is not known alone. Every form
// leaves out what it can, and says how much.
const (
	Operational Level = iota
	Organisational
	Strategic
)

var levelNames = []string{"operational", "organisational", "strategic"}

// String returns the level's name.
func (l Level) String() string { return levelNames[int(l)%len(levelNames)] }

// UnmarshalText reads a level's name.
func (l *Level) UnmarshalText(text []byte) error {
	i := slices.Index(levelNames, string(text))
	if i < 0 {
		return fmt.Errorf("%q is no level; there is %s", sources.OneLine(string(text), 40), strings.Join(levelNames, ", "))
	}
	*l = Level(i)
	return nil
}

// A Form is a way to tell the same facts.
type Form string

// The forms beside the page itself.
const (
	Whole      Form = "page"    // the page, without its slots
	NoResponse Form = "nrr"     // five to ten sentences that need no answer
	Highlit    Form = "hpm"     // highlights, people, me
	Agenda     Form = "agenda"  // what to talk about, in thirty minutes
	Quarter    Form = "quarter" // the colours of a quarter
)

// forms are all of them.
var forms = []Form{Whole, NoResponse, Highlit, Agenda, Quarter}

// UnmarshalText reads a form's name.
func (f *Form) UnmarshalText(text []byte) error {
	if !slices.Contains(forms, Form(text)) {
		return fmt.Errorf("%q is no form; there is page, nrr, hpm, agenda and quarter", sources.OneLine(string(text), 40))
	}
	*f = Form(text)
	return nil
}

// A Format is how a form is laid out. The zero Format is Markdown.
type Format string

// The formats for a reader.
const (
	AsMarkdown Format = "markdown"
	AsHTML     Format = "html"
	AsPDF      Format = "pdf"
)

// UnmarshalText reads a format's name.
func (f *Format) UnmarshalText(text []byte) error {
	switch Format(text) {
	case AsMarkdown, AsHTML, AsPDF:
		*f = Format(text)
		return nil
	}
	return fmt.Errorf("%q is no format of a reader; there is markdown, html and pdf", sources.OneLine(string(text), 40))
}

// A Profile is how one reader wants to read. The zero Profile is that of the
// page's own reader: everything, as it stands.
type Profile struct {
	ID, Name string
	Level    Level
	Form     Form     // "": the page
	Format   Format   // "": Markdown
	First    []string // sections that come first, by the beginning of their titles
	Words    int      // the most that are read; 0: no limit
	Cadence  aggregate.Cadence
	Known    []string // abbreviations that need no explanation
}

// personal are the slots whose words only the page's own reader sees.
var personal = []string{"people", "top-of-mind"}

// Tell writes what a page says in another form, for a reader. letter is that of
// the page.
func Tell(frame Frame, r aggregate.Report, letter Letter, page Page, profile Profile) ([]byte, error) {
	letter.Page = &page
	t := &teller{written: page, profile: profile}
	t.Report, t.frame, t.letter = r, frame, letter
	t.brief = profile.Level == Strategic
	var text string
	var err error
	switch profile.Form {
	case NoResponse:
		text, err = t.noResponse()
	case Highlit:
		text = t.highlit()
	case Agenda:
		text = t.agenda()
	case Quarter:
		text = t.quarter()
	default:
		text = t.whole()
	}
	text = t.amended(text)
	if err == nil && profile.Words > 0 {
		if n := len(strings.Fields(text)); n > profile.Words {
			err = &LengthError{n, profile.Words, orReader(profile.Name)}
		}
	}
	return []byte(text), err
}

// A LengthError is the error of a text that has more words than its reader
// wants to read.
type LengthError struct {
	Words, Most int
	Reader      string // as people call them
}

// Error says how long it is, and how long it may be.
func (e *LengthError) Error() string {
	return fmt.Sprintf("it has %d words, and %s reads at most %d", e.Words, e.Reader, e.Most)
}

// A teller tells a page in another form.
type teller struct {
	page
	written Page
	profile Profile
}

// words are what people wrote in a slot, as far as the reader may see it.
func (t *teller) words(id string) string {
	if t.profile.ID != "" && slices.Contains(personal, id) {
		return ""
	}
	n, err := t.written.Note(id)
	if err != nil || n.untouched() {
		return ""
	}
	return strings.Trim(lineFeeds.Replace(forReader(n.Text)), "\n")
}

// title is the heading of a form.
func (t *teller) title(what string) string {
	reader := t.frame.Reader
	if t.profile.Name != "" {
		reader = t.profile.Name
	}
	title := fmt.Sprintf("# %s: %s", Escape(t.frame.heading(t.Report)), t.Window.Last)
	if what != "" {
		title += ", " + what
	}
	weeks := t.weeksTold()
	switch {
	case t.profile.Form == Quarter: // which says its own
		weeks = ""
	case reader == "" && weeks != "":
		weeks = capital(strings.TrimPrefix(weeks, " · "))
	}
	if reader != "" {
		reader = "For " + Escape(reader)
	}
	if head := reader + weeks; head != "" {
		title += "\n\n" + head
	}
	return title + "\n\n"
}

// other names who reads in place of the page's own reader; "" if nobody does.
func (t *teller) other() string {
	if t.profile.ID == "" {
		return ""
	}
	return cmp.Or(t.profile.Name, t.profile.ID)
}

func orReader(name string) string {
	if name == "" {
		return "its reader"
	}
	return sources.OneLine(name, 60)
}
