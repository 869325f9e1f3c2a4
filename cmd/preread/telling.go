package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/report"
)

// readable are the formats of draft in which a form can be written for a reader.
var readable = []string{string(report.AsMarkdown), string(report.AsHTML), string(report.AsPDF)}

// telling reports a drafting for a reader, or to catch up: the page itself is left
// alone, and formats say how its forms are written.
func (d drafting) telling() bool { return d.reader != "" || d.since != "" }

// rewrites reports a drafting that makes the page itself; any other one only
// reads it.
func (d drafting) rewrites() bool {
	return !d.telling() && d.out != "-" && slices.Contains(d.formats, string(report.AsMarkdown))
}

// only are the formats of the drafting that are among some.
func (d drafting) only(some []string) []string {
	return slices.DeleteFunc(slices.Clone(d.formats), func(f string) bool { return !slices.Contains(some, f) })
}

// files counts what is written.
func (d drafting) files() int {
	if !d.telling() {
		return len(d.formats)
	}
	return max(1, len(d.only(told))) * max(1, len(d.only(readable)))
}

// checkTelling refuses formats in which nothing can be told.
func checkTelling(d drafting) error {
	switch {
	case !d.telling():
		return nil
	case slices.Contains(d.formats, "json"):
		return withHint(errors.New("--format: json is for scripts and holds what is for one reader only"), "a reader can have %s", strings.Join(readable, ", "))
	case d.reader == "" && len(d.only(told)) == 0:
		return withHint(errors.New("--since tells the page in another form"), "name one with --format: %s", strings.Join(told, ", "))
	}
	return nil
}

// renderTold writes the forms of the drafting in its formats. What is not named is
// as the reader wants it.
func (w writing) renderTold(judged aggregate.Report, merged report.Merged, letter report.Letter) (outputs []output, err error) {
	profile, err := w.profile(w.reader)
	if err != nil {
		return nil, err
	}
	forms, files := w.only(told), w.only(readable)
	form, format := usual(profile)
	if len(forms) == 0 {
		forms = []string{form}
	}
	if len(files) == 0 {
		files = []string{format}
	}
	for _, form := range forms {
		text, err := w.tell(judged, merged, letter, report.Form(form))
		if err != nil {
			return nil, err
		}
		name := cmp.Or(w.reader, form)
		if w.reader != "" && len(forms) > 1 {
			name += "." + form
		}
		for _, file := range files {
			o, err := w.laidOut(judged, text, name, report.Format(file))
			if err != nil {
				return nil, err
			}
			outputs = append(outputs, o)
		}
	}
	return outputs, nil
}

// laidOut is a form in a format, in a file of a name.
func (w writing) laidOut(judged aggregate.Report, text []byte, name string, format report.Format) (output, error) {
	if format == report.AsMarkdown {
		return output{path: w.toldFile(w.path, name, ".md"), text: text, told: true}, nil
	}
	page, err := report.FormHTML(frame(w.config), judged, text)
	if err != nil {
		return output{}, fmt.Errorf("%s: %w", format, err)
	}
	return output{path: w.toldFile(w.path, name, "."+string(format)), text: page, print: format == report.AsPDF}, nil
}

// toldFile is where a form of a page goes: beside it, under its own name.
func (d drafting) toldFile(page, name, ext string) string {
	if page == "-" || d.out != "" && d.files() == 1 {
		return page
	}
	return strings.TrimSuffix(page, filepath.Ext(page)) + "." + name + ext
}
