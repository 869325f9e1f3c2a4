package desk

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"preread/report"
	"preread/sources"
)

// reasonLimit is how long the reason of a colour may be, in characters: more
// would be cut on the page.
const reasonLimit = 200

// colours are those that a person can give a line.
var colours = []string{"green", "amber", "red"}

// An opinion is a line's own colour, as the form has it.
type opinion struct {
	Colour, Until, Reason string
}

// opinionOf returns the colour that counts of those in a note, and what of them
// could not be read.
func opinionOf(n report.Note) (o opinion, complaints []string) {
	all, complaints := report.Opinions("", report.Page{Notes: []report.Note{n}})
	if len(all) > 0 {
		own := all[len(all)-1].Own
		o = opinion{own.Status.String(), own.Until.String(), own.Reason}
	}
	for i, c := range complaints {
		_, complaints[i], _ = strings.Cut(c, ": ")
	}
	return o, complaints
}

// line writes the colour as a line of a note, or says what it lacks.
func (o opinion) line(today sources.Day) (string, error) {
	refused := func(format string, args ...any) (string, error) {
		return "", &report.WordsError{Reason: fmt.Sprintf(format, args...)}
	}
	until, err := sources.ParseDay(o.Until)
	switch {
	case !slices.Contains(colours, o.Colour):
		return refused("a colour is red, amber or green")
	case err != nil:
		return refused("a colour of your own needs a last day, such as %s", today.Add(14))
	case until.Compare(today) < 0:
		return refused("%s is over, and the colour would lapse at once", until)
	case strings.TrimSpace(o.Reason) == "":
		return refused("a colour of your own needs a reason")
	case utf8.RuneCountInString(o.Reason) > reasonLimit:
		return refused("the reason has more than %d characters", reasonLimit)
	}
	return fmt.Sprintf("Colour: %s until %s because %s", o.Colour, until, sources.OneLine(o.Reason, reasonLimit)), nil
}

// colour sets a line's own colour, or takes it away.
func (d *Desk) colour(w http.ResponseWriter, r *http.Request) {
	f := r.PostForm
	id, o := f.Get("slot"), opinion{f.Get("colour"), f.Get("until"), f.Get("reason")}
	line, err := o.line(d.page.Today())
	if f.Get("do") == "remove" {
		line, err = "", nil
	}
	if err == nil {
		err = d.write(id, func(p report.Page, n report.Note) (string, error) {
			return coloured(p, n, line), unchanged(n, r)
		})
	}
	if err != nil {
		d.again(w, err, "colour", slotForm{ID: id, Own: o, Was: f.Get("was")})
		return
	}
	d.written(w, r, id, "", err)
}

// coloured returns a note's text with a colour in the place of the one that
// counts; without a line, with none. A new one stands before the mark to
// discuss, which is at the end.
func coloured(p report.Page, n report.Note, line string) string {
	numbers := n.ColourLines()
	lines := slices.Collect(strings.Lines(n.Text))
	switch {
	case line == "":
		return dropped(p, n, numbers)
	case len(numbers) > 0:
		last := numbers[len(numbers)-1]
		text := lines[last]
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		lines[last] = indent + line + text[len(strings.TrimRight(text, "\r\n")):]
		return strings.Join(lines, "")
	}
	marks := marksIn(n)
	if len(marks) == 0 {
		return p.Appended(n, line, false)
	}
	bare := report.Note{ID: n.ID, Text: dropped(p, n, marks)}
	bare.Text = p.Appended(bare, line, false)
	return p.Appended(bare, report.DiscussMark, false)
}
