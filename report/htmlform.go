package report

import "strings"

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
