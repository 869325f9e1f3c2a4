package desk

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"preread/report"
	"preread/report/ask"
	"preread/sources"
)

// kinds are what can be asked for.
var kinds = []string{"Decide", "Insight", "Resource", "Connect", "Unblock", "Confirm", "Inform"}

// askLimit is how long a field of an ask may be, in characters.
const askLimit = 1000

// An asking is one thing that is wanted of the reader, as a form has it.
type asking struct {
	Kind, Question string
	Fields         []askField

	Number int    // of one that is on the page; 0: a new one
	Seen   string // identifies it as it was shown
	Answer string // that is to be taken down
}

// An askField is what may stand below the question.
type askField struct {
	Name  string // as it stands on the page
	Key   string // in the form
	Type  string // of the input
	Long  bool
	Lines bool // it names a line of the page
	Value string
}

// newAsking is a form with nothing in it.
func newAsking() asking {
	text := func(name, key string, long bool) askField {
		return askField{Name: name, Key: key, Type: "text", Long: long}
	}
	return asking{Fields: []askField{
		text("Options", "options", true), text("I recommend", "recommend", true),
		{Name: "Need by", Key: "need", Type: "date"}, text("If silent", "silent", true),
		text("To", "reader", false), {Name: "Serves", Key: "serves", Type: "text", Lines: true},
		text("Amount", "amount", false), text("Until", "until", false),
		text("If granted", "granted", true), text("If not", "not", true), text("Mine", "mine", true),
	}}
}

// sentAsking is what somebody sent.
func sentAsking(r *http.Request) asking {
	f, a := r.PostForm, newAsking()
	a.Kind, a.Question, a.Seen, a.Answer = f.Get("kind"), f.Get("question"), f.Get("seen"), f.Get("answer")
	a.Number, _ = strconv.Atoi(f.Get("number"))
	for i := range a.Fields {
		a.Fields[i].Value = f.Get(a.Fields[i].Key)
	}
	return a
}

// askings are the asks in a note that wait for an answer, or are to be known.
func askings(n report.Note) (all []asking) {
	words := n.Words()
	for _, on := range ask.Parse(words) {
		if on.Closed {
			continue
		}
		a := newAsking()
		a.Kind, a.Question = on.Says(ask.KindPart), on.Says(ask.QuestionPart)
		a.Number, a.Seen = on.At.Number, sumOf(words[on.At.Start:on.At.End])
		for i := range a.Fields {
			a.Fields[i].Value = on.Says(a.Fields[i].Name)
		}
		all = append(all, a)
	}
	return all
}

// CanAnswer reports whether it waits for an answer.
func (a asking) CanAnswer() bool { return !strings.EqualFold(a.Kind, string(ask.Inform)) }

// shown returns the ask of a note that a form was shown for, wherever it stands
// now.
func (a asking) shown(n report.Note) (asking, error) {
	var found []asking
	for _, on := range askings(n) {
		if on.Seen == a.Seen {
			found = append(found, on)
		}
	}
	i := slices.IndexFunc(found, func(on asking) bool { return on.Number == a.Number })
	switch {
	case i >= 0:
		return found[i], nil
	case len(found) == 1:
		return found[0], nil
	}
	return a, &report.WordsError{Reason: "this ask was changed meanwhile, or answered; look at it again on the page"}
}

// said returns what is to be said otherwise than it was.
func (a asking) said(was asking) (said []ask.Said) {
	say := func(part, now, before string) {
		if now = sources.OneLine(now, len(now)); now != before {
			said = append(said, ask.Said{Part: part, Text: now})
		}
	}
	say(ask.KindPart, a.Kind, was.Kind)
	say(ask.QuestionPart, a.Question, was.Question)
	for i, f := range a.Fields {
		say(f.Name, f.Value, was.Fields[i].Value)
	}
	return said
}

// lack says what keeps a text for a part of an ask from standing there.
func lack(part, text string) error {
	reason := ""
	switch _, err := sources.ParseDay(text); {
	case utf8.RuneCountInString(text) > askLimit:
		reason = fmt.Sprintf("“%s” has more than %d characters", part, askLimit)
	case part == ask.KindPart && !slices.Contains(kinds, text):
		reason = "it is no kind of ask"
	case part == ask.QuestionPart && strings.TrimSpace(text) == "":
		reason = "an ask needs a question"
	case part == "Need by" && text != "" && err != nil:
		reason = "“Need by” is a day such as 2026-11-27"
	}
	if reason != "" {
		return &report.WordsError{Reason: reason}
	}
	return nil
}

// lacks says what a new ask lacks.
func (a asking) lacks() error {
	err := errors.Join(lack(ask.KindPart, a.Kind), lack(ask.QuestionPart, a.Question))
	for _, f := range a.Fields {
		err = errors.Join(err, lack(f.Name, f.Value))
	}
	return err
}

// item writes an ask as an item of a list behind a marker, with a list of its
// own below it.
func (a asking) item(marker string) string {
	indent := strings.Repeat(" ", utf8.RuneCountInString(marker)+1)
	text := fmt.Sprintf("%s **%s:** %s", marker, a.Kind, sources.OneLine(a.Question, askLimit))
	for _, f := range a.Fields {
		if words := sources.OneLine(f.Value, askLimit); words != "" {
			text += fmt.Sprintf("\n%s- %s: %s", indent, f.Name, words)
		}
	}
	return text
}

var (
	listItem = regexp.MustCompile(`^ {0,3}([-*+]|([0-9]{1,9})([.)]))[ \t]`)
	indented = regexp.MustCompile(`^(?:  |\t)`)
)

// marker returns the marker of the next item of the list that words end with.
// list is false if they do not end with one.
func marker(words string) (next string, list bool) {
	afterBlank := true
	for _, line := range report.Unfenced(words) {
		line = strings.TrimRight(line, " \t\r\n")
		m := listItem.FindStringSubmatch(line)
		switch {
		case line == "" || indented.MatchString(line):
		case m != nil && m[2] != "":
			n, _ := strconv.Atoi(m[2])
			next, list = strconv.Itoa(n+1)+m[3], true
		case m != nil:
			next, list = m[1], true
		case afterBlank:
			list = false
		}
		afterBlank = line == ""
	}
	if !list {
		next = "-"
	}
	return next, list
}

// ask adds an ask at the end of the asks, or changes one where it stands.
func (d *Desk) ask(w http.ResponseWriter, r *http.Request) {
	a := sentAsking(r)
	d.asked(w, r, "ask", a, func(p report.Page, n report.Note) (string, error) {
		if a.Number == 0 {
			next, list := marker(n.Words())
			return p.Appended(n, a.item(next), list), a.lacks()
		}
		was, err := a.shown(n)
		if err != nil {
			return "", err
		}
		said := a.said(was)
		for _, s := range said {
			err = errors.Join(err, lack(s.Part, s.Text))
		}
		if err != nil {
			return "", err
		}
		return edited(p, n, was.Number, said...)
	})
}

// outcome takes down what came of an ask, which closes it.
func (d *Desk) outcome(w http.ResponseWriter, r *http.Request) {
	a := sentAsking(r)
	d.asked(w, r, "outcome", a, func(p report.Page, n report.Note) (string, error) {
		was, err := a.shown(n)
		if err == nil && strings.TrimSpace(a.Answer) == "" {
			err = &report.WordsError{Reason: "there is no answer"}
		}
		if err = errors.Join(err, lack(ask.AnswerPart, a.Answer)); err != nil {
			return "", err
		}
		return edited(p, n, was.Number, ask.Said{Part: ask.AnswerPart, Text: d.page.Today().String() + " " + a.Answer})
	})
}

// edited returns the text of a note with an ask that says something else.
func edited(p report.Page, n report.Note, number int, said ...ask.Said) (string, error) {
	text, err := p.AskEdited(n, number, said...)
	if err != nil {
		return "", &report.WordsError{Reason: err.Error()}
	}
	return text, nil
}

// asked changes the asks as a form wants it, or shows the form again.
func (d *Desk) asked(w http.ResponseWriter, r *http.Request, name string, a asking, edit func(report.Page, report.Note) (string, error)) {
	if err := d.write(report.AsksSlot, edit); err != nil {
		d.again(w, err, name, slotForm{ID: report.AsksSlot, Ask: a})
		return
	}
	d.written(w, r, report.AsksSlot, "", nil)
}
