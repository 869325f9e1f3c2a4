package desk

import (
	"bytes"
	"fmt"

	"preread/report"
	"preread/sources"
)

// sentOn is the day on which a page was sent; "" if it was not.
func (d *Desk) sentOn(p report.Page) string {
	if p.Mark.Sent.IsZero() {
		return ""
	}
	if d.page.SentOn == nil {
		return sources.DayOf(p.Mark.Sent).String()
	}
	return d.page.SentOn(p).String()
}

// unsent wants a page that was not sent.
func (d *Desk) unsent(p report.Page) error {
	if day := d.sentOn(p); day != "" {
		return &report.WordsError{Reason: fmt.Sprintf("the page was sent on %s and stays as it is; preread draft --amend adds a dated line to it", day)}
	}
	return nil
}

// change is how everything here changes the page: one that was sent stays as it
// is, whatever a form that was open by then wants of it. An edit that leaves the
// page as it is is none.
func (d *Desk) change(edit func(page []byte) ([]byte, error)) error {
	return d.page.Change(func(page []byte) ([]byte, error) {
		next, err := edit(page)
		if err == nil && bytes.Equal(next, page) {
			return page, nil
		}
		if p, broken := report.ParsePage(d.page.Name, page); broken == nil {
			if sent := d.unsent(p); sent != nil {
				return nil, sent
			}
		}
		return next, err
	})
}
