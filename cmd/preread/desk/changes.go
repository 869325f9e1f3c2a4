package desk

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"preread/report"
)

// A changed slot holds other words than a week ago.
type changed struct {
	Title, ID string
	Now, Then template.HTML
}

// changes shows what changed since the week before: what the page says of that
// itself, and the words of people then and now.
func (d *Desk) changes(w http.ResponseWriter, _ *http.Request) {
	text, page, ok := d.read(w)
	if !ok {
		return
	}
	data := map[string]any{"Page": template.HTML(noteHTML(page.Changes(), 2))}
	if d.page.Before != nil {
		week, before, err := d.page.Before()
		switch then, parseErr := report.ParsePage("", before); {
		case err != nil || parseErr != nil:
			data["Wrong"] = fmt.Sprintf("The page of the week before cannot be read: %s.", errors.Join(err, parseErr))
		case before != nil:
			data["Week"], data["Slots"] = week, changedSlots(page, then)
		}
	}
	d.show(w, http.StatusOK, view{Title: "What changed", At: "changes"}, "changes", data, text)
}

// changedSlots returns the slots in which people wrote something else than a
// week ago, in the order of the page, and then what has no slot any more.
func changedSlots(now, then report.Page) (all []changed) {
	words := func(p report.Page, id string) string {
		n, _ := p.Note(id)
		return n.Words()
	}
	add := func(place report.Place) {
		a, b := words(now, place.ID), words(then, place.ID)
		if a != b {
			all = append(all, changed{place.Title, place.ID, template.HTML(noteHTML(a, 3)), template.HTML(noteHTML(b, 3))})
		}
	}
	places := now.Places()
	for _, place := range places {
		add(place)
	}
	for _, place := range then.Places() {
		if !slices.ContainsFunc(places, func(p report.Place) bool { return p.ID == place.ID }) {
			add(place)
		}
	}
	return all
}
