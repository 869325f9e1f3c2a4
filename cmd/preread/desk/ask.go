package desk

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"preread/report"
	"preread/sources"
)

// kinds are what can be asked for.
var kinds = []string{"Decide", "Insight", "Resource", "Connect", "Unblock", "Confirm", "Inform"}

// askLimit is how long a field of an ask may be, in characters.
const askLimit = 1000

// An ask is one thing that is wanted of the reader, as the form has it.
type ask struct {
	Kind, Question, Options, Recommend, NeedBy, Silent, To, Serves string
}

func askOf(r *http.Request) ask {
	f := r.PostForm
	return ask{f.Get("kind"), f.Get("question"), f.Get("options"), f.Get("recommend"), f.Get("need"), f.Get("silent"), f.Get("reader"), f.Get("serves")}
}

// fields are the items below an ask, in their order.
func (a ask) fields() [][2]string {
	return [][2]string{{"Options", a.Options}, {"I recommend", a.Recommend}, {"Need by", a.NeedBy}, {"If silent", a.Silent}, {"To", a.To}, {"Serves", a.Serves}}
}

// lack says what an ask lacks.
func (a ask) lack() error {
	reason := ""
	for _, f := range append(a.fields(), [2]string{"The question", a.Question}) {
		if utf8.RuneCountInString(f[1]) > askLimit {
			reason = fmt.Sprintf("“%s” has more than %d characters", f[0], askLimit)
		}
	}
	switch _, err := sources.ParseDay(a.NeedBy); {
	case !slices.Contains(kinds, a.Kind):
		reason = "it is no kind of ask"
	case strings.TrimSpace(a.Question) == "":
		reason = "an ask needs a question"
	case a.NeedBy != "" && err != nil:
		reason = "“Need by” is a day such as 2026-11-27"
	}
	if reason != "" {
		return &report.WordsError{Reason: reason}
	}
	return nil
}

// item writes an ask as an item of a list behind a marker, with a list of its
// own below it.
func (a ask) item(marker string) string {
	indent := strings.Repeat(" ", utf8.RuneCountInString(marker)+1)
	text := fmt.Sprintf("%s **%s:** %s", marker, a.Kind, sources.OneLine(a.Question, askLimit))
	for _, f := range a.fields() {
		if words := sources.OneLine(f[1], askLimit); words != "" {
			text += fmt.Sprintf("\n%s- %s: %s", indent, f[0], words)
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

// ask adds an ask at the end of the asks.
func (d *Desk) ask(w http.ResponseWriter, r *http.Request) {
	a := askOf(r)
	err := a.lack()
	if err == nil {
		err = d.write(report.AsksSlot, func(p report.Page, n report.Note) (string, error) {
			next, list := marker(n.Words())
			return p.Appended(n, a.item(next), list), nil
		})
	}
	if err != nil {
		d.again(w, err, "ask", slotForm{ID: report.AsksSlot, Ask: a})
		return
	}
	d.written(w, r, report.AsksSlot, "", err)
}
