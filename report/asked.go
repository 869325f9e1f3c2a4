package report

import (
	"fmt"
	"slices"
	"strings"

	"preread/report/ask"
	"preread/sources"
)

// Heard returns a letter whose ledger has taken in the page of a week: the asks
// that stand on it, or where nobody has written yet, those that it begins with.
func (l Letter) Heard(week sources.Week) Letter {
	asks := l.asked(week)
	l.Asks, l.Answered = l.Asks.Take(week, asks), l.Asks.Answered(asks)
	return l
}

// asked returns the asks of a week's page as it is or is about to be.
func (l Letter) asked(week sources.Week) []ask.Ask {
	if l.Page != nil {
		n, err := l.Page.Note(AsksSlot)
		if written := err == nil && (!n.untouched() || strings.TrimSpace(n.Text) == ""); written || !l.Page.Mark.Sent.IsZero() {
			return Asks(*l.Page)
		}
	}
	words, _ := l.carried(AsksSlot, week)
	return ask.Parse(words)
}

// label names an ask with its number, as all views of it do: "Ask 2, decide".
func label(e ask.Entry) string { return fmt.Sprintf("Ask %d, %s", e.Number, e.Ask.Kind) }

// AskEdited returns the text of a note of the page with an ask that says
// something else; see [ask.Edit]. Every other byte stays as it is. The number is
// the one that [Asks] counts.
func (p Page) AskEdited(n Note, number int, said ...ask.Said) (string, error) {
	splices, err := ask.Edit(n.Words(), number, said...)
	if err != nil {
		return "", err
	}
	splices = slices.Clone(splices)
	for i, s := range splices {
		splices[i] = ask.Splice{Start: n.textAt(s.Start), End: n.textAt(s.End), Text: strings.ReplaceAll(s.Text, "\n", p.lineEnd(n))}
	}
	return ask.Spliced(n.Text, splices), nil
}

// textAt returns the byte of a note's text that is the byte at of its words.
func (n Note) textAt(at int) int {
	text := len(n.Text) - len(strings.TrimLeft(n.Text, "\r\n"))
	for range at {
		if strings.HasPrefix(n.Text[text:], "\r\n") {
			text++
		}
		text++
	}
	return text
}
