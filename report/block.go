package report

import (
	"bufio"
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	render "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// A Block is a paragraph, an item of a list, a row of a table or a heading, as
// it is read: on one line, without markup.
type Block struct {
	Kind BlockKind
	Line int    // of its first word, in the page's file
	Box  string // "[ ]" or "[x]" of an item; "" for none
	Text string

	turns []turn
}

// A turn is where in a block's text another line of the file begins.
type turn struct{ at, line int }

// A BlockKind is what a block is.
type BlockKind uint8

// The kinds of blocks.
const (
	Paragraph BlockKind = iota
	Item
	Row
	Heading
)

// Blank stands in the text of a block for what is no word of it: code and
// addresses.
const Blank = "\ufffc"

// LineAt returns the line of the file in which a byte of the text stands.
func (b Block) LineAt(offset int) int {
	line := b.Line
	for _, t := range b.turns {
		if t.at <= offset {
			line = t.line
		}
	}
	return line
}

// Blocks takes the text of a note apart: an item of a list with all that stands
// below it, every other block alone. A row of a table is read as if it were said:
// "Owner: Ben – Next: double it". Quotes, code, comments and struck text are left
// out. linked tells how the words of a link are read.
func Blocks(n Note, linked func(words string) string) (groups [][]Block) {
	r := reading{source: []byte(strings.ReplaceAll(n.Text, "\r\n", "\n")), line: n.Line + 1, linked: linked}
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(r.source))
	for c := doc.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() != ast.KindList {
			for _, b := range r.read(c) {
				groups = append(groups, []Block{b})
			}
			continue
		}
		for item := c.FirstChild(); item != nil; item = item.NextSibling() {
			groups = append(groups, r.read(item))
		}
	}
	return groups
}

// A reading goes through a text once, from its beginning to its end.
type reading struct {
	source []byte
	at     int // up to where lines were counted
	line   int // there
	linked func(string) string
}

// read returns the blocks of a node.
func (r *reading) read(n ast.Node) (all []Block) {
	line := r.lineOf(n.Pos())
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return []Block{r.words(n, Paragraph)}
	case *ast.Heading:
		return []Block{r.words(n, Heading)}
	case *ast.HTMLBlock:
		return r.typed(n)
	case *table.Table:
		return r.rows(n)
	case *ast.List, *ast.ListItem:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			all = append(all, r.read(c)...)
		}
	}
	if n.Kind() == ast.KindListItem {
		if len(all) == 0 || all[0].Kind != Paragraph {
			all = slices.Insert(all, 0, Block{Line: line})
		}
		all[0].Kind = Item
	}
	return all
}

// rows reads a table: the row of its heads as a heading.
func (r *reading) rows(n ast.Node) (all []Block) {
	var heads []string
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		b := Block{Kind: Row, Line: r.lineOf(row.Pos())}
		var said []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			words := r.words(cell, Row)
			if i := len(said); i < len(heads) && heads[i] != "" {
				words.Text = heads[i] + ": " + words.Text
			}
			said = append(said, words.Text)
		}
		if heads == nil {
			b.Kind, heads = Heading, said
		}
		b.Text = strings.Join(said, " – ")
		all = append(all, b)
	}
	return all
}

var tags = regexp.MustCompile(`(?s)<!--.*?-->|</?[a-zA-Z][^<>]*>`)

// typed reads HTML: its reader sees what stands between the tags.
func (r *reading) typed(n *ast.HTMLBlock) []Block {
	lines := n.Lines().Value(r.source)
	if n.HasClosure() {
		lines = slices.Concat(lines, n.ClosureLine.Value(r.source))
	}
	words := strings.TrimSpace(said(tags.ReplaceAll(lines, nil)))
	if words == "" {
		return nil
	}
	return []Block{{Line: r.lineOf(n.Pos()), Text: words}}
}

// words reads what stands in a block.
func (r *reading) words(n ast.Node, kind BlockKind) Block {
	b := Block{Kind: kind, Line: r.lineOf(n.Pos())}
	b.Text = string(r.inline(nil, n, &b))
	return b
}

// inline adds what stands in a node to the text of a block.
func (r *reading) inline(to []byte, n ast.Node, b *Block) []byte {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.turns = append(b.turns, turn{len(to), r.lineOf(c.Segment.Start)})
			to = append(to, said(c.Segment.Value(r.source))...)
			if c.SoftLineBreak() || c.HardLineBreak() {
				to = append(to, ' ')
			}
		case *ast.CodeSpan, *ast.AutoLink:
			to = append(to, Blank...)
		case *ast.RawHTML, *table.Strikethrough:
		case *table.TaskCheckBox:
			b.Box = "[ ]"
			if c.IsChecked {
				b.Box = "[x]"
			}
		case *ast.Link, *ast.Image:
			to = append(to, r.linked(string(r.inline(nil, c, &Block{})))...)
		default:
			to = r.inline(to, c, b)
		}
	}
	return to
}

// lineOf returns the line of the file in which a byte of the source stands; it
// is asked in order.
func (r *reading) lineOf(offset int) int {
	if offset > r.at {
		r.line += bytes.Count(r.source[r.at:offset], []byte("\n"))
		r.at = offset
	}
	return r.line
}

// alike writes as usual what typesetting has other signs for.
var alike = strings.NewReplacer("\u2060", "", "\u200b", "", "\ufeff", "", "’", "'", "\u2011", "-")

// said is a stretch of Markdown as it is read, escapes and entities resolved.
func said(segment []byte) string {
	var b bytes.Buffer
	w := bufio.NewWriterSize(&b, 16+2*len(segment))
	render.DefaultWriter.Write(w, segment)
	_ = w.Flush()
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, alike.Replace(html.UnescapeString(b.String())))
}
