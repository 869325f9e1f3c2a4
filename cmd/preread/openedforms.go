package main

import (
	"fmt"
	"strings"

	"preread/cmd/preread/desk"
	"preread/report"
)

// formNames are the forms that are shown beside the page, as people call them.
var formNames = []struct {
	form report.Form
	name string
}{{report.NoResponse, "No reply needed"}, {report.Highlit, "Highlights"}, {report.Agenda, "Session"}}

// readers are the readers of the settings, and the forms for the page's own.
func (o *opened) readers() (all []desk.Reader) {
	for _, r := range o.config.Readers {
		all = append(all, desk.Reader{ID: r.ID, Name: "For " + r.Name})
	}
	for _, f := range formNames {
		all = append(all, desk.Reader{ID: "form:" + string(f.form), Name: f.name})
	}
	return all
}

// forReader renders the page as a reader gets it.
func (o *opened) forReader(text []byte, id string) (string, error) {
	page, err := report.ParsePage(o.path, text)
	if err != nil {
		return "", err
	}
	judged, err := o.judge(page)
	if err != nil {
		return "", fmt.Errorf("%s", strings.TrimSuffix(o.withoutFacts(err), "."))
	}
	var profile report.Profile
	if form, found := strings.CutPrefix(id, "form:"); found {
		profile.Form = report.Form(form)
	} else if profile, err = o.profile(id); err != nil {
		return "", err
	}
	told, err := report.Tell(frame(o.config), judged, o.letter(o.path, o.week, &page), page, profile)
	if err != nil {
		return "", err
	}
	return report.HTMLForm(told)
}

// reviewed is what a reader would stumble over.
func (o *opened) reviewed(text []byte) (all []desk.Finding, err error) {
	old, err := takePage(o.path, text)
	if err != nil {
		return nil, err
	}
	findings, err := o.findings(o.path, old, o.config.Report.Known)
	for _, f := range findings {
		said := fmt.Sprintf("Line %d: %s. Write: %s.", f.Line, f.Text, f.Instead)
		all = append(all, desk.Finding{ID: fmt.Sprintf("%d %s %s", f.Line, f.Rule, f.Slot), Slot: f.Slot, Text: said})
	}
	return all, err
}

// answer puts an answer to a finding where the finding is: behind the words of
// its slot.
func (o *opened) answer(text []byte, finding, words string) ([]byte, error) {
	_, rest, _ := strings.Cut(finding, " ")
	_, slot, _ := strings.Cut(rest, " ")
	page, err := report.ParsePage(o.path, text)
	if err != nil {
		return nil, err
	}
	note, err := page.Note(slot)
	if err != nil {
		return nil, err
	}
	return report.PutNote(text, slot, page.Appended(note, words, false))
}
