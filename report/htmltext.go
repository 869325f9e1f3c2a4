package report

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	render "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markup turns the Markdown of a page into HTML that holds no script, no style
// and nothing that is fetched. What people typed is never dropped for being
// HTML: it is shown as it was typed, but for comments, which they hide.
type markup struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy
	weeks    []string // the names of the page's weeks, as they head a table
	note     bool     // what is rendered was written by people
	level    int      // of the heading that a note stands under
}

func newMarkup(weeks []string) *markup {
	m := &markup{weeks: weeks, policy: cleaning()}
	m.markdown = goldmark.New(
		goldmark.WithExtensions(extension.GFM),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(m, 1))),
	)
	return m
}

// cleaning is the second wall: whatever a text is, only this comes through.
func cleaning() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "li", "table", "thead", "tbody", "tr", "td", "th", "span")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^(note-[A-Za-z0-9_-]+|` + toDiscuss + `)$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	word := regexp.MustCompile(`^[a-z]+( [a-z]+)*$`)
	p.AllowAttrs("class").Matching(word).OnElements("table", "td", "th", "span")
	p.AllowAttrs("role").Matching(word).OnElements("table", "thead", "tbody", "tr", "td", "th")
	p.AllowAttrs("scope").Matching(word).OnElements("th")
	p.AllowAttrs("data-label").OnElements("td")
	p.AllowAttrs("aria-label").OnElements("input")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("disabled", "checked").OnElements("input")
	return p
}

// parse reads a text, with the addresses that it may name.
func (m *markup) parse(source []byte, references []parser.Reference) (ast.Node, []parser.Reference) {
	context := parser.NewContext()
	for _, r := range references {
		context.AddReference(r)
	}
	doc := m.markdown.Parser().Parse(text.NewReader(source), parser.WithContext(context))
	return doc, context.References()
}

// references are the addresses that some texts define, in an order of their own.
func (m *markup) references(texts []string) (all []parser.Reference) {
	for _, s := range texts {
		_, all = m.parse([]byte(s), all)
	}
	slices.SortFunc(all, func(a, b parser.Reference) int { return strings.Compare(string(a.Label()), string(b.Label())) })
	return all
}

// render renders one node with everything below it.
func (m *markup) render(source []byte, n ast.Node) (string, error) {
	var out bytes.Buffer
	if err := m.markdown.Renderer().Render(&out, source, n); err != nil {
		return "", err
	}
	clean := string(m.policy.SanitizeBytes(out.Bytes()))
	if m.note {
		return clean, nil
	}
	return badges.Replace(unjoined.Replace(clean)), nil
}

// unjoined takes out the joiners that keep Markdown from making mentions and
// links; people copy these words into searches.
var unjoined = strings.NewReplacer("\u2060", "")

// badges give a status, which is a shape and a word already, its colour.
var badges = strings.NewReplacer(
	"▼ <strong>RED</strong>", `<span class="status red"><span aria-hidden="true">▼</span> RED</span>`,
	"◆ <strong>AMBER</strong>", `<span class="status amber"><span aria-hidden="true">◆</span> AMBER</span>`,
	"● <strong>GREEN</strong>", `<span class="status green"><span aria-hidden="true">●</span> GREEN</span>`,
	"○ <strong>UNKNOWN</strong>", `<span class="status unknown"><span aria-hidden="true">○</span> UNKNOWN</span>`,
	"◌ NO TARGET", `<span class="status"><span aria-hidden="true">◌</span> NO TARGET</span>`,
)

// RegisterFuncs says which nodes are rendered otherwise than goldmark does.
func (m *markup) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, m.heading)
	r.Register(ast.KindImage, m.image)
	r.Register(ast.KindHTMLBlock, m.htmlBlock)
	r.Register(ast.KindRawHTML, m.rawHTML)
	r.Register(table.KindTaskCheckBox, m.checkBox)
	r.Register(table.KindTable, m.table)
	r.Register(table.KindTableHeader, m.tableHeader)
	r.Register(table.KindTableRow, m.tableRow)
	r.Register(table.KindTableCell, m.tableCell)
}

// heading keeps headings in order: those of a note are one below the heading
// that the note stands under.
func (m *markup) heading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	level := n.(*ast.Heading).Level
	if m.note {
		level = min(m.level+1, 6)
	}
	open := "<h%d>"
	if !entering {
		open = "</h%d>\n"
	}
	fmt.Fprintf(w, open, level)
	return ast.WalkContinue, nil
}

// image is a link to the picture: the page fetches nothing by itself.
func (m *markup) image(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	inLink := false
	for p := n.Parent(); p != nil; p = p.Parent() {
		inLink = inLink || p.Kind() == ast.KindLink
	}
	if !entering {
		return ast.WalkContinue, nil
	}
	label := plain(source, n)
	if label == "" {
		label = "picture"
	}
	label = template.HTMLEscapeString(label)
	if !inLink {
		label = fmt.Sprintf(`<a href="%s">%s</a>`, template.HTMLEscapeString(string(n.(*ast.Image).Destination)), label)
	}
	_, err := w.WriteString(label)
	return ast.WalkSkipChildren, err
}

// plain is the text of a node without any markup.
func plain(source []byte, n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *ast.Text:
				b.WriteString(plainText(source, n))
			case *ast.String:
				b.Write(n.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// plainText is a text as it is read, its backslashes and entities resolved as
// they are for HTML.
func plainText(source []byte, n *ast.Text) string {
	if n.IsRaw() || n.Parent() != nil && n.Parent().Kind() == ast.KindCodeSpan {
		return string(n.Value(source))
	}
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	render.DefaultWriter.Write(w, n.Value(source))
	_ = w.Flush() // a buffer takes everything
	return html.UnescapeString(out.String())
}

// htmlBlock shows a block of HTML as it was typed.
func (m *markup) htmlBlock(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		if typed := strings.TrimSpace(uncommented(blockText(source, n.(*ast.HTMLBlock)))); typed != "" {
			fmt.Fprintf(w, "<p>%s</p>\n", strings.ReplaceAll(template.HTMLEscapeString(typed), "\n", "<br>\n"))
		}
	}
	return ast.WalkSkipChildren, nil
}

func blockText(source []byte, b *ast.HTMLBlock) string {
	var typed strings.Builder
	for i := range b.Lines().Len() {
		line := b.Lines().At(i)
		typed.Write(line.Value(source))
	}
	if b.HasClosure() {
		typed.Write(b.ClosureLine.Value(source))
	}
	return typed.String()
}

// uncommented is a text without its comments. One that does not end hides
// nothing.
func uncommented(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<!--")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, after, ended := strings.Cut(rest, "-->")
		if !ended {
			b.WriteString("<!--" + rest)
			return b.String()
		}
		s = after
	}
}

var lineBreak = regexp.MustCompile(`^<(?i:br)\s*/?>$`)

// anchorStart opens a place that the program's own text links to.
var anchorStart = regexp.MustCompile(`^<a id="[a-zA-Z0-9_-]+">$`)

// rawHTML shows a tag as it was typed. A line break is one, and so is a place of
// the program's own.
func (m *markup) rawHTML(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	typed := rawText(source, n.(*ast.RawHTML))
	shown := template.HTMLEscapeString(uncommented(typed))
	if !m.note && (anchorStart.MatchString(typed) || typed == "</a>") {
		shown = typed
	}
	if lineBreak.MatchString(typed) {
		shown = "<br>"
	}
	_, err := w.WriteString(shown)
	return ast.WalkSkipChildren, err
}

func rawText(source []byte, n *ast.RawHTML) string {
	var typed strings.Builder
	for i := range n.Segments.Len() {
		segment := n.Segments.At(i)
		typed.Write(segment.Value(source))
	}
	return typed.String()
}

func (m *markup) checkBox(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		state, word := "", "open"
		if n.(*table.TaskCheckBox).IsChecked {
			state, word = ` checked=""`, "done"
		}
		fmt.Fprintf(w, `<input type="checkbox" disabled=""%s aria-label="%s"> `, state, word)
	}
	return ast.WalkContinue, nil
}

// tableKind tells how a table is laid out where there is little room: one with
// a column for each week, the glance, or any other; "" is one of a note. Roles
// are written out because a table that is laid out as a grid loses them.
func (m *markup) tableKind(source []byte, t ast.Node) string {
	header := headings(source, t)
	switch {
	case m.note:
		return ""
	case len(header) > 1 && slices.Equal(header[1:], m.weeks):
		return "weeks"
	case len(header) > 1 && header[0] == "Status" && header[1] == "Line":
		return "glance"
	}
	return "facts"
}

// headings are the words over a table's columns.
func headings(source []byte, t ast.Node) (header []string) {
	for cell := t.FirstChild().FirstChild(); cell != nil; cell = cell.NextSibling() {
		header = append(header, plain(source, cell))
	}
	return header
}

func (m *markup) table(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := w.WriteString("</table>\n")
		return ast.WalkContinue, err
	}
	class := m.tableKind(source, n)
	if class != "" {
		class = fmt.Sprintf(` class="%s"`, class)
	}
	fmt.Fprintf(w, "<table role=\"table\"%s>\n", class)
	return ast.WalkContinue, nil
}

func (m *markup) tableHeader(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	line := `<thead role="rowgroup"><tr role="row">`
	if !entering {
		line = "</tr></thead>\n"
		if n.NextSibling() != nil {
			line += "<tbody role=\"rowgroup\">\n"
		}
	}
	_, err := w.WriteString(line)
	return ast.WalkContinue, err
}

func (m *markup) tableRow(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	line := `<tr role="row">`
	if !entering {
		line = "</tr>\n"
		if n.NextSibling() == nil {
			line += "</tbody>\n"
		}
	}
	_, err := w.WriteString(line)
	return ast.WalkContinue, err
}

// tableCell makes the cell that names a row a heading of it, and gives every
// other the name of its column.
func (m *markup) tableCell(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	row := n.Parent()
	column := 0
	for c := n.PreviousSibling(); c != nil; c = c.PreviousSibling() {
		column++
	}
	kind := m.tableKind(source, row.Parent())
	tag, attributes := "td", `role="cell"`
	switch {
	case row.Kind() == table.KindTableHeader:
		tag, attributes = "th", `scope="col" role="columnheader"`
	case kind == "glance" && column == 1, (kind == "weeks" || kind == "facts") && column == 0:
		tag, attributes = "th", `scope="row" role="rowheader"`
	case kind == "facts":
		attributes += fmt.Sprintf(` data-label="%s"`, template.HTMLEscapeString(headings(source, row.Parent())[column]))
	}
	if !entering {
		fmt.Fprintf(w, "</%s>", tag)
		return ast.WalkContinue, nil
	}
	switch n.(*table.TableCell).Alignment {
	case table.AlignRight:
		attributes += ` class="right"`
	case table.AlignCenter:
		attributes += ` class="center"`
	}
	fmt.Fprintf(w, "<%s %s>", tag, attributes)
	return ast.WalkContinue, nil
}
