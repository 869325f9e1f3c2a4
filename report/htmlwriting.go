package report

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"

	"preread/aggregate"
)

// A Writing is what a page that is being written has beside what its readers
// see.
type Writing struct {
	// Forms are put behind the words of a slot, by its id. They are HTML and
	// are not cleaned.
	Forms map[string]string

	// Explain, before the id of a line, is the address that explains the line's
	// figures; "": there is none.
	Explain string
}

// HTMLBody renders the body of a page that is being written: what [HTML] does,
// with each slot in an element of its own, "slot:" before its id, and each
// figure of a line a link to what explains it. Where a report has no lines, as
// without facts, the page stands without charts and such links.
func HTMLBody(r aggregate.Report, page Page, w Writing) (string, error) {
	return body(r, page, &w)
}

// HTMLNote renders what people wrote as it stands in a note under a heading of
// a level.
func HTMLNote(words string, level int) (string, error) {
	h := &htmlPage{markup: newMarkup(nil)}
	return h.words(words, level)
}

// place is the element of a slot: the note, and the form behind it.
func (w Writing) place(id, note string) string {
	return fmt.Sprintf("<div class=\"slot\" id=\"slot:%s\">\n<div class=\"words\">%s</div>\n%s</div>\n", id, note, w.Forms[id])
}

// explained makes the figures in a stretch of the page that ends with a line's
// slot links to what explains them. Sources' own things stay links to where
// they were seen.
func (h *htmlPage) explained(source []byte, doc ast.Node, slot string) {
	if _, isLine := h.lines[slot]; !isLine || h.writing == nil || h.writing.Explain == "" {
		return
	}
	address := []byte(h.writing.Explain + slot)
	verdict := true
	n := doc.LastChild()
	for n != nil && n.PreviousSibling() != nil && n.PreviousSibling().Kind() != ast.KindHeading {
		n = n.PreviousSibling()
	}
	for ; n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *table.Table:
			for row := n.FirstChild().NextSibling(); row != nil; row = row.NextSibling() {
				figuresLinked(source, row, n.Alignments, address)
			}
		case *ast.Paragraph:
			figureLinks(source, n, address)
			if verdict {
				n.AppendChild(n, ast.NewString([]byte(" ")))
				n.AppendChild(n, linkTo(address, ast.NewString([]byte("Where this comes from"))))
			}
			verdict = false
		}
	}
}

// linkTo is a link of some words.
func linkTo(address []byte, words ...ast.Node) ast.Node {
	to := ast.NewLink()
	to.Destination = address
	for _, w := range words {
		to.AppendChild(to, w)
	}
	return to
}

// figuresLinked links the figures of a table's row: what stands on the right of
// its column and has a digit.
func figuresLinked(source []byte, row ast.Node, align []table.Alignment, address []byte) {
	column := 0
	for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
		if column < len(align) && align[column] == table.AlignRight && strings.ContainsAny(plain(source, cell), "0123456789") {
			linked(cell, address)
		}
		column++
	}
}

// linked makes one link of everything in a node.
func linked(n ast.Node, address []byte) {
	unlink(n)
	to := linkTo(address)
	for n.FirstChild() != nil {
		to.AppendChild(to, n.FirstChild())
	}
	n.AppendChild(n, to)
}

// chart is a line's chart, which leads to what explains its figures.
func (h *htmlPage) chart(id string, f aggregate.Finding) string {
	svg := chartOf("chart:"+id, f, h.Window)
	if h.writing == nil || h.writing.Explain == "" {
		return svg
	}
	return fmt.Sprintf(`<a href="%s">%s</a>`, template.HTMLEscapeString(h.writing.Explain+id), svg)
}

// unlink takes the links out of a node and leaves their words.
func unlink(n ast.Node) {
	for child := n.FirstChild(); child != nil; {
		next := child.NextSibling()
		if link, is := child.(*ast.Link); is {
			for link.FirstChild() != nil {
				n.InsertBefore(n, link, link.FirstChild())
			}
			n.RemoveChild(n, link)
		}
		child = next
	}
}

// figureLinks lets the links of a paragraph whose words begin with a figure lead
// elsewhere.
func figureLinks(source []byte, n ast.Node, address []byte) {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if link, is := child.(*ast.Link); is {
			first, _ := utf8.DecodeRuneInString(strings.TrimLeft(plain(source, link), "≥≈ "))
			if unicode.IsDigit(first) {
				link.Destination = address
			}
		}
	}
}

// Changes returns what a page says has changed, as Markdown: its part at a
// glance, without the tables. "" if it has no such part.
func (p Page) Changes() string {
	_, rest, found := strings.Cut(p.Tool, "\n"+glanceHeading+"\n")
	if !found {
		return ""
	}
	var b strings.Builder
	for line := range strings.Lines(rest) {
		switch {
		case strings.HasPrefix(line, "#") || anyMark.MatchString(line):
			return strings.TrimSpace(b.String())
		case !strings.HasPrefix(line, "|"):
			b.WriteString(line)
		}
	}
	return strings.TrimSpace(b.String())
}
