package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"

	"preread/aggregate"
)

// HTML renders a page as it stands, with what people wrote in it, as one file
// to look at or to print: the words of the Markdown in their order, and a chart
// for every line. The file needs no script and asks nothing of any network.
//
// What comes from sources and people passes two walls: everything is escaped
// that is not Markdown, and what comes out is cleaned. A slot in which nobody
// has written is left out, or said to be empty where a reader expects words.
func HTML(frame Frame, r aggregate.Report, page Page) ([]byte, error) {
	words, err := body(r, page, nil)
	if err != nil {
		return nil, err
	}
	return inFrame(frame, r, words)
}

// inFrame is a whole file around the body of a page.
func inFrame(frame Frame, r aggregate.Report, words string) ([]byte, error) {
	style := sha256.Sum256([]byte(HTMLStyle))
	var out strings.Builder
	err := htmlFrame.Execute(&out, map[string]any{
		"Title": frame.heading(r) + ": " + r.Window.Last.String(),
		"Hash":  base64.StdEncoding.EncodeToString(style[:]),
		"Style": template.CSS(HTMLStyle),
		"Body":  template.HTML(words),
	})
	return []byte(out.String()), err
}

var htmlFrame = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{{.Hash}}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>{{.Style}}</style>
</head>
<body>
<a class="skip" href="#page">Skip to the page</a>
<main id="page">
{{.Body}}</main>
</body>
</html>
`))

// body renders what stands on a page, and if it is being written what belongs
// to that.
func body(r aggregate.Report, page Page, w *Writing) (string, error) {
	h := &htmlPage{Report: r, lines: map[string]aggregate.Finding{}, notes: map[string]Note{}, writing: w}
	var weeks []string
	for _, w := range r.Window.Weeks() {
		weeks = append(weeks, w.Short())
	}
	h.markup = newMarkup(weeks)
	for _, t := range r.Teams {
		for _, f := range t.Lines {
			h.lines[t.ID+"/"+f.ID] = f
		}
	}
	for _, n := range page.Notes {
		h.notes[n.ID] = n
	}
	pieces, err := h.pieces(flagged(unpictured(page.Tool)))
	if err != nil {
		return "", err
	}
	h.write(sectionsOf(pieces))
	return h.body.String(), nil
}

// An htmlPage collects the body of a page.
type htmlPage struct {
	aggregate.Report
	markup  *markup
	lines   map[string]aggregate.Finding // by the ids of their slots
	notes   map[string]Note
	writing *Writing // nil: the page is only read
	teams   int      // whose glance is done
	sparks  []string // small charts, by the numbers of their places
	legend  bool
	body    strings.Builder
}

// A piece is one block of the page: a heading, a slot, or anything else.
type piece struct {
	level int    // of a heading
	slot  string // id of a slot
	html  string
	title string // of a heading, without markup
	prose bool   // a paragraph
	table string // kind of a table
}

var slotLine = regexp.MustCompile(`^<!-- (?:/?)preread:note`)

// pieces takes the program's text of a page apart and puts the notes into it.
// Each stretch between two slots is read by itself, so that nothing that
// somebody typed reaches beyond its place.
func (h *htmlPage) pieces(tool string) ([]piece, error) {
	stretches, slots := stretchesOf(tool)
	references := h.markup.references(stretches)
	var all []piece
	for i, s := range stretches {
		doc, _ := h.markup.parse([]byte(s), references)
		if i < len(slots) {
			h.explained([]byte(s), doc, slots[i])
		}
		blocks, err := h.blocks([]byte(s), doc)
		if err != nil {
			return nil, err
		}
		all = append(all, blocks...)
		if i < len(slots) {
			note, err := h.note(slots[i], all)
			if err != nil {
				return nil, err
			}
			all = append(all, note)
		}
	}
	return all, nil
}

// stretchesOf cuts a text at its slots: slots[i] stands after stretches[i].
func stretchesOf(tool string) (stretches, slots []string) {
	var b strings.Builder
	for line := range strings.Lines(tool) {
		if m := openMark.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			stretches, slots = append(stretches, b.String()), append(slots, m[1])
			b.Reset()
		} else if !slotLine.MatchString(line) {
			b.WriteString(line)
		}
	}
	return append(stretches, b.String()), slots
}

// note renders what people wrote into a slot; nothing if nobody has.
func (h *htmlPage) note(id string, before []piece) (piece, error) {
	level := 0
	for _, p := range before {
		if p.level > 0 {
			level = p.level
		}
	}
	note := ""
	if n := h.notes[id]; !n.untouched() {
		words, err := h.words(n.Text, level)
		if err != nil {
			return piece{}, err
		}
		note = words
	}
	if h.writing != nil {
		note = h.writing.place(id, note)
	}
	return piece{slot: id, html: note}, nil
}

// words renders what people wrote under a heading of a level.
func (h *htmlPage) words(typed string, level int) (string, error) {
	h.markup.note, h.markup.level = true, level
	defer func() { h.markup.note = false }()
	source := []byte(printable(forReader(typed)))
	doc, _ := h.markup.parse(source, nil)
	blocks, err := h.blocks(source, doc)
	var b strings.Builder
	for _, p := range blocks {
		b.WriteString(p.html)
	}
	return "<div class=\"note\">\n" + b.String() + "</div>\n", err
}

// printable is a text without what no reader sees and no page may hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

var detailsMark = regexp.MustCompile(`^<details>\s*<summary>([^<>]*)</summary>$`)

// blocks renders the blocks of a text one by one. What is between the marks of
// details is one; other such marks are text. What was written a page ago is for
// whoever writes, not for the reader.
func (h *htmlPage) blocks(source []byte, doc ast.Node) ([]piece, error) {
	var all []piece
	folded, past := false, false
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		switch mark := strings.TrimSpace(htmlOf(source, n)); {
		case folded && mark == "</details>":
			all[len(all)-1].html += mark + "\n"
			if folded = false; past {
				all = all[:len(all)-1]
			}
			continue
		case !folded && detailsMark.MatchString(mark):
			summary := template.HTMLEscapeString(detailsMark.FindStringSubmatch(mark)[1])
			past = h.writing == nil && strings.HasPrefix(summary, lastTimeWords) && !h.markup.note
			all = append(all, piece{html: "<details><summary>" + summary + "</summary>\n"})
			folded = true
			continue
		}
		p, err := h.block(source, n)
		if err != nil {
			return nil, err
		}
		if folded {
			all[len(all)-1].html += p.html
		} else {
			all = append(all, p)
		}
	}
	if folded {
		all[len(all)-1].html += "</details>\n"
	}
	return all, nil
}

// htmlOf is the text of a block of HTML, "" of any other.
func htmlOf(source []byte, n ast.Node) string {
	if b, is := n.(*ast.HTMLBlock); is {
		return blockText(source, b)
	}
	return ""
}

func (h *htmlPage) block(source []byte, n ast.Node) (p piece, err error) {
	switch n := n.(type) {
	case *ast.Heading:
		p.level, p.title = n.Level, plain(source, n)
	case *ast.Paragraph:
		p.prose = true
	case *table.Table:
		p.table = h.markup.tableKind(source, n)
		if p.table == "glance" && h.teams < len(h.Teams) {
			h.glance(source, n, h.Teams[h.teams])
			h.teams++
		}
	}
	p.html, err = h.markup.render(source, n)
	if len(h.sparks) > 0 {
		p.html = sparkPlace.ReplaceAllStringFunc(p.html, func(place string) string {
			i, _ := strconv.Atoi(sparkPlace.FindStringSubmatch(place)[1])
			return h.sparks[i]
		})
	}
	return p, err
}

// sparkPlace is where a small chart comes in once the text around it is clean.
var sparkPlace = regexp.MustCompile(`<span class="spark">([0-9]+)</span>`)

// glance links the rows of a team's glance to their lines, and makes places for
// small charts of what is drawn there in letters. A table that somebody changed is left as it is.
func (h *htmlPage) glance(source []byte, t ast.Node, team aggregate.TeamReport) {
	var rows [][]ast.Node
	for row := t.FirstChild().NextSibling(); row != nil; row = row.NextSibling() {
		var cells []ast.Node
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, cell)
		}
		rows = append(rows, cells)
	}
	if len(rows) != len(team.Lines) {
		return
	}
	for i, f := range team.Lines {
		if len(rows[i]) != 7 || plain(source, rows[i][4]) != spark(f.Weeks) {
			continue
		}
		if h.writing != nil && h.writing.Explain != "" {
			linked(rows[i][2], []byte(h.writing.Explain+team.ID+"/"+f.ID))
		}
		linked(rows[i][1], []byte("#"+team.ID+"/"+f.ID))
		place := ast.NewString(fmt.Appendf(nil, `<span class="spark">%d</span>`, len(h.sparks)))
		place.SetCode(true)
		rows[i][4].RemoveChildren(rows[i][4])
		rows[i][4].AppendChild(rows[i][4], place)
		h.sparks = append(h.sparks, sparkOf("spark:"+team.ID+"/"+f.ID, f, h.Window))
	}
}

// A group is a heading with what stands under it.
type group struct {
	heading piece
	pieces  []piece
}

// A section is a group of the second level with those below it.
type section []group

// sectionsOf gathers pieces under their headings. The first section is what
// comes before all others.
func sectionsOf(pieces []piece) []section {
	all := []section{{group{}}}
	for _, p := range pieces {
		last := &all[len(all)-1]
		switch {
		case p.level > 0 && p.level <= 2 && len(all)+len((*last)[0].pieces) > 1:
			all = append(all, section{group{heading: p}})
		case p.level > 0 && p.level <= 2:
			(*last)[0].heading = p
		case p.level > 0:
			*last = append(*last, group{heading: p})
		default:
			g := &(*last)[len(*last)-1]
			g.pieces = append(g.pieces, p)
		}
	}
	return all
}

// slot returns the id of a group's slot.
func (g group) slot() string {
	for _, p := range g.pieces {
		if p.slot != "" {
			return p.slot
		}
	}
	return ""
}

// bare reports a group with nothing in it but a slot that nobody has filled.
func (g group) bare() bool {
	return g.slot() != "" && !slices.ContainsFunc(g.pieces, func(p piece) bool { return p.html != "" })
}

// free reports a section that is people's alone.
func (s section) free() bool {
	return !slices.ContainsFunc(s, func(g group) bool {
		return slices.ContainsFunc(g.pieces, func(p piece) bool { return p.slot == "" })
	}) && slices.ContainsFunc(s, func(g group) bool { return g.slot() != "" })
}

// methodHeading is the section that is folded away.
const methodHeading = "How these numbers were made"

func (h *htmlPage) printf(format string, args ...any) { fmt.Fprintf(&h.body, format, args...) }

// write writes the sections; those that are people's stand side by side where
// there is room.
func (h *htmlPage) write(sections []section) {
	for i := 0; i < len(sections); i++ {
		n := i
		for n > 0 && n < len(sections) && sections[n].free() {
			n++
		}
		if n-i > 1 {
			h.printf("<div class=\"free\">\n")
			for ; i < n; i++ {
				h.section("section", sections[i])
			}
			h.printf("</div>\n")
			i--
			continue
		}
		tag := "section"
		if i == 0 {
			tag = "header"
		}
		h.section(tag, sections[i])
	}
}

func (h *htmlPage) section(tag string, s section) {
	folded := s[0].heading.title == methodHeading
	h.printf("<%s>\n", tag)
	if folded {
		h.printf("<details><summary>%s</summary>\n", strings.TrimSpace(s[0].heading.html))
	}
	running := false
	for i, g := range s {
		f, isLine := h.lines[g.slot()]
		if isLine != running {
			running = isLine
			h.lineup(isLine)
		}
		switch {
		case isLine:
			h.line(g, f)
		case i == 0 && folded:
			h.rest(g.pieces)
		default:
			h.printf("%s", g.heading.html)
			h.rest(g.pieces)
			if g.bare() && (i > 0 || s.free()) && g.heading.level > 1 {
				h.printf("<p class=\"nothing\">Nothing written.</p>\n")
			}
		}
	}
	if running {
		h.lineup(false)
	}
	if folded {
		h.printf("</details>\n")
	}
	h.printf("</%s>\n", tag)
}

// lineup begins or ends a run of lines; before the first it says how to read a
// chart.
func (h *htmlPage) lineup(begins bool) {
	if !begins {
		h.printf("</div>\n")
		return
	}
	if !h.legend {
		h.legend = true
		h.printf("<p class=\"legend\">In the charts: the line is the week's figure, the band what an ordinary week may bring, the dashed line the target. A hollow point is not exact, a dotted floor is not zero, “–” is a week with nothing to measure, and a gap is unknown. A change marked “~” is the usual noise.</p>\n")
	}
	h.printf("<div class=\"lines\">\n")
}

func (h *htmlPage) rest(pieces []piece) {
	for _, p := range pieces {
		h.printf("%s", p.html)
	}
}

// line writes one line of the page: what is said of it, its chart, its figures.
// Two stand side by side, or one over the whole width because its facts need it.
func (h *htmlPage) line(g group, f aggregate.Finding) {
	id, class := g.slot(), "line"
	said := slices.IndexFunc(g.pieces, func(p piece) bool { return p.prose }) + 1
	wide := slices.ContainsFunc(g.pieces, func(p piece) bool { return p.table == "facts" })
	if wide {
		class = "line wide"
	}
	if wide && said < len(g.pieces) && g.pieces[said].table == "weeks" {
		said++ // there is room beside the chart
	}
	h.printf("<article class=\"%s\" id=\"%s\">\n<div class=\"said\">\n<div>\n%s", class, id, g.heading.html)
	h.rest(g.pieces[:said])
	h.printf("</div>\n<figure>%s</figure>\n</div>\n<div class=\"rest\">\n", h.chart(id, f))
	for _, p := range g.pieces[said:] {
		h.printf("%s", withPast(p.html, "past:"+id, f, h.Window))
	}
	h.printf("</div>\n</article>\n")
}
