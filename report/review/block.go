package review

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"preread/report"
)

// A block is a paragraph, an item of a list, a row of a table or a heading, as
// it is read: without markup, with the same line ends.
type block struct {
	kind   kind
	line   int    // of its first word, in the file
	indent int    // in columns
	box    string // "[ ]" or "[x]" of an item; "" for none
	text   string // line ends as spaces
	breaks []int  // where line ends were
}

type kind uint8

const (
	paragraph kind = iota
	item
	row
	heading
)

// A group is an item with all that stands below it, or a block alone.
type group []block

func (b block) lineAt(offset int) int {
	at, _ := slices.BinarySearch(b.breaks, offset)
	return b.line + at
}

var (
	itemMark   = regexp.MustCompile(`^(?:[-*+]|\d{1,9}[.)])(?:\s+|$)`)
	boxMark    = regexp.MustCompile(`^\[([ xX])\](?:\s+|$)`)
	ruleMark   = regexp.MustCompile(`^(?:-\s*-[-\s]*-|\*\s*\*[*\s]*\*|_\s*_[_\s]*_|=+|-+|\*+)$`)
	headMark   = regexp.MustCompile(`^#{1,6}(?:\s+|$)`)
	fenceMark  = regexp.MustCompile("^(`{3,}|~{3,})([^`]*)$")
	tableRule  = regexp.MustCompile(`^\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*\|?$`)
	definition = regexp.MustCompile(`^\[[^\[\]]+\]:\s`)
	comment    = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// A scanner takes the text of a note apart, line by line.
type scanner struct {
	blocks []block
	raw    []string // the lines of the last block while it is open, nil if it is closed
	fence  string
	header []string // cells of the table's first row
}

// blocksOf takes the text of a note apart. Quotes, code and comments are left
// out.
func blocksOf(n report.Note) []block {
	var s scanner
	number := n.Line
	for line := range strings.Lines(comment.ReplaceAllStringFunc(n.Text, lineEnds)) {
		number++
		s.scan(number, strings.TrimRight(line, " \t\r\n"))
	}
	s.close()
	return s.blocks
}

func (s *scanner) scan(number int, line string) {
	bare := strings.TrimLeft(line, " \t")
	indent := len(strings.ReplaceAll(line[:len(line)-len(bare)], "\t", "    "))
	if fence := fenceMark.FindStringSubmatch(bare); fence != nil || s.fence != "" {
		switch {
		case s.fence == "":
			s.close()
			s.fence = fence[1]
		case fence != nil && fence[1][0] == s.fence[0] && len(fence[1]) >= len(s.fence) && strings.TrimSpace(fence[2]) == "":
			s.fence = ""
		}
		return
	}
	if !strings.HasPrefix(bare, "|") {
		s.header = nil
	}
	switch {
	case bare == "" || bare[0] == '>' || ruleMark.MatchString(bare) || definition.MatchString(bare):
		s.close()
	case bare[0] == '|':
		s.close()
		s.row(number, bare)
	case headMark.MatchString(bare):
		s.open(block{kind: heading, line: number}, headMark.ReplaceAllString(bare, ""))
		s.close()
	case itemMark.MatchString(bare):
		b := block{kind: item, line: number, indent: indent}
		bare = itemMark.ReplaceAllString(bare, "")
		if m := boxMark.FindStringSubmatch(bare); m != nil {
			b.box, bare = "["+strings.ToLower(m[1])+"]", bare[len(m[0]):]
		}
		s.open(b, bare)
	case s.raw != nil:
		s.raw = append(s.raw, bare)
	case indent >= 4 && !s.inList():
		// indented code
	default:
		s.open(block{kind: paragraph, line: number, indent: indent}, bare)
	}
}

func (s *scanner) inList() bool {
	last := len(s.blocks) - 1
	return last >= 0 && (s.blocks[last].kind == item || s.blocks[last].indent > 0)
}

func (s *scanner) open(b block, first string) {
	s.close()
	s.blocks = append(s.blocks, b)
	s.raw = []string{first}
}

// row reads a row of a table as if it were said: "Owner: Ben – Next: double it".
func (s *scanner) row(number int, line string) {
	if tableRule.MatchString(line) {
		return
	}
	cells := strings.Split(strings.Trim(line, "| "), "|")
	b, first := block{kind: row, line: number}, s.header == nil
	if first {
		s.header, b.kind = cells, heading
	}
	said := make([]string, 0, len(cells))
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); !first && i < len(s.header) && strings.TrimSpace(s.header[i]) != "" {
			cell = strings.TrimSpace(s.header[i]) + ": " + cell
		}
		said = append(said, cell)
	}
	s.open(b, strings.Join(said, " – "))
	s.close()
}

func (s *scanner) close() {
	if s.raw == nil {
		return
	}
	b := &s.blocks[len(s.blocks)-1]
	b.setText(plain(strings.Join(s.raw, "\n")))
	s.raw = nil
}

func (b *block) setText(text string) {
	b.breaks = nil
	for i := range len(text) {
		if text[i] == '\n' {
			b.breaks = append(b.breaks, i)
		}
	}
	b.text = strings.ReplaceAll(text, "\n", " ")
}

// groupsOf puts what stands below an item to it.
func groupsOf(blocks []block) (groups []group) {
	for _, b := range blocks {
		last := len(groups) - 1
		if last >= 0 && groups[last][0].kind == item && b.indent > groups[last][0].indent && b.kind != heading {
			groups[last] = append(groups[last], b)
			continue
		}
		groups = append(groups, group{b})
	}
	return groups
}

// blank stands for what is no word of the text: code, addresses.
const blank = "\ufffc"

var (
	joiners  = strings.NewReplacer("\u2060", "", "\u200b", "", "\ufeff", "")
	spaces   = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\t", " ", "\r", " ", "’", "'", "\u2011", "-")
	linked   = regexp.MustCompile(`!?\[((?:[^\[\]\\]|\\.)*)\](?:\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"]*")?\)|\[[^\[\]]*\])`)
	address  = regexp.MustCompile(`<?\b(?:https?://|www\.|mailto:)[^\s<>()\[\]]*[^\s<>()\[\].,;:!?'"]>?|<?[\w.+-]+@[\w-]+\.[\w.-]*\w>?`)
	struck   = regexp.MustCompile(`(?s)~~.+?~~`)
	tag      = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
	escaped  = regexp.MustCompile("\\\\[!-/:-@\\[-`{-~]|\\*+|\\b_+|_+\\b")
	entity   = regexp.MustCompile(`&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)
	codeTick = regexp.MustCompile("`+")
)

// plain returns Markdown as it is read. It has as many line ends as before.
func plain(text string) string {
	text = spaces.Replace(joiners.Replace(withoutCode(text)))
	text = linked.ReplaceAllStringFunc(text, func(link string) string {
		words := linked.FindStringSubmatch(link)[1]
		if content(ticket.ReplaceAllString(words, " ")) > 0 { // a ticket that its own link explains
			words = ticket.ReplaceAllString(words, blank)
		}
		return words + strings.Repeat("\n", strings.Count(link, "\n")-strings.Count(words, "\n"))
	})
	text = address.ReplaceAllString(text, blank)
	text = struck.ReplaceAllStringFunc(text, lineEnds)
	text = tag.ReplaceAllStringFunc(text, lineEnds)
	text = escaped.ReplaceAllStringFunc(text, func(s string) string {
		if s[0] == '\\' {
			return s[1:]
		}
		return ""
	})
	return entity.ReplaceAllStringFunc(text, func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unicode.IsControl(r) {
				return ' '
			}
			return r
		}, html.UnescapeString(s))
	})
}

// lineEnds keeps of a text only its line ends.
func lineEnds(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) }

// withoutCode puts a blank for each code span: a run of backticks up to the
// next run of the same length.
func withoutCode(text string) string {
	var b strings.Builder
	runs := codeTick.FindAllStringIndex(text, -1)
	from := 0
	for i := 0; i < len(runs); i++ {
		size := runs[i][1] - runs[i][0]
		end := slices.IndexFunc(runs[i+1:], func(r []int) bool { return r[1]-r[0] == size })
		if end < 0 {
			continue
		}
		end += i + 1
		b.WriteString(text[from:runs[i][0]] + blank + lineEnds(text[runs[i][0]:runs[end][1]]))
		from, i = runs[end][1], end
	}
	return b.String() + text[from:]
}
