package report

import (
	"strings"

	"preread/aggregate"
)

// FormHTML lays out what [Tell] wrote as one file to look at or to print, as [HTML]
// does with the page itself.
func FormHTML(frame Frame, r aggregate.Report, text []byte) ([]byte, error) {
	words, err := HTMLForm(text)
	if err != nil {
		return nil, err
	}
	return inFrame(frame, r, words)
}

// HTMLForm renders what [Tell] wrote for somebody, as the body of a page to look
// at.
func HTMLForm(text []byte) (string, error) {
	h := &htmlPage{markup: newMarkup(nil)}
	source := []byte(printable(string(text)))
	doc, _ := h.markup.parse(source, nil)
	blocks, err := h.blocks(source, doc)
	var b strings.Builder
	for _, p := range blocks {
		b.WriteString(p.html)
	}
	return b.String(), err
}
