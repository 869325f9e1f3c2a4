package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"preread/sources"
)

// A Note is what stands in one slot of a page, byte for byte: everything
// between the line of the opening mark and the line of the closing one.
type Note struct {
	ID   string
	Text string
	Line int // of the opening mark, counted from 1
}

// A Page is a page read back from its file. Notes are people's; Tool is
// everything outside of the slots.
type Page struct {
	Notes []Note
	Tool  string // the text outside of slots, line ends as LF, without the first comment
	Mark  DocMark
	CRLF  bool // lines end with CR LF
	BOM   bool // the file begins with a byte order mark
}

// A DocMark is the first comment of a page.
type DocMark struct {
	Found bool
	Week  sources.Week
	Made  string    // when, as RFC 3339
	Sum   string    // of Tool as it was written; see sum
	Sent  time.Time // zero: it was not
}

// A PageError is a page whose marks cannot be trusted. Nothing may be written
// over such a page.
type PageError struct {
	File string
	Line int
	Text string
}

// Error returns "file:line: what is wrong".
func (e *PageError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text) }

var (
	openMark  = regexp.MustCompile(`^<!-- preread:note id=([A-Za-z0-9][A-Za-z0-9._/-]*) -->$`)
	closeMark = regexp.MustCompile(`^<!-- /preread:note -->$`)
	docMark   = regexp.MustCompile(`^<!-- preread:doc v=1 week=(\S+) made=(\S+) sum=(\S+)(?: sent=(\S+))? -->$`)
	anyMark   = regexp.MustCompile(`^<!--\s*/?\s*preread:`)
	fenceMark = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})(.*)$")
)

const bom = "\ufeff"

// ParsePage takes a page apart. Marks count only where they stand alone on a
// line and outside of fenced code in a note. A mark that is doubled, nested,
// unclosed or garbled is a [PageError].
func ParsePage(file string, text []byte) (Page, error) {
	var p Page
	s := string(text)
	s, p.BOM = strings.CutPrefix(s, bom)
	var tool strings.Builder
	var open *Note
	var fence string
	seen := map[string]int{}
	fail := func(line int, format string, args ...any) (Page, error) {
		return Page{}, &PageError{file, line, fmt.Sprintf(format, args...)}
	}
	for number, rest := 1, s; rest != ""; number++ {
		var raw string
		raw, rest = cutLine(rest)
		line := strings.TrimRight(raw, " \t\r\n")
		if open != nil {
			fence = fenceAfter(fence, line)
		}
		mark := strings.TrimLeft(line, " \t")
		p.CRLF = p.CRLF || open == nil && strings.HasSuffix(raw, "\r\n")
		switch {
		case fence != "" && open != nil && !closesFence(fence, line):
			open.Text += raw
		case openMark.MatchString(mark):
			id := openMark.FindStringSubmatch(mark)[1]
			if open != nil {
				return fail(number, "note %q begins inside note %q, which began in line %d", id, open.ID, open.Line)
			}
			if first, twice := seen[id]; twice {
				return fail(number, "a second note is called %q; the first is in line %d", id, first)
			}
			seen[id] = number
			open = &Note{ID: id, Line: number}
			tool.WriteString(mark + "\n")
		case closeMark.MatchString(mark):
			if open == nil {
				return fail(number, "a note ends here that never began")
			}
			p.Notes = append(p.Notes, *open)
			open, fence = nil, ""
			tool.WriteString(mark + "\n")
		case docMark.MatchString(mark) && open == nil && !p.Mark.Found:
			if err := p.Mark.read(docMark.FindStringSubmatch(mark)); err != nil {
				return fail(number, "%s", err)
			}
		case anyMark.MatchString(mark):
			return fail(number, "this mark cannot be read: %s", sources.OneLine(mark, 80))
		case open != nil:
			open.Text += raw
		default:
			tool.WriteString(line + "\n")
		}
	}
	if open != nil {
		why := ""
		if fence != "" {
			why = "; its code fence " + fence + " is not closed either"
		}
		return fail(open.Line, "note %q is never closed%s", open.ID, why)
	}
	p.Tool = tool.String()
	return p, nil
}

func (m *DocMark) read(fields []string) error {
	week, err := sources.ParseWeek(fields[1])
	*m = DocMark{Found: true, Week: week, Made: fields[2], Sum: fields[3]}
	if fields[4] != "" && err == nil {
		m.Sent, err = time.Parse(time.RFC3339, fields[4])
	}
	return err
}

// cutLine splits off the first line with its end.
func cutLine(s string) (line, rest string) {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[:i+1], s[i+1:]
	}
	return s, ""
}

// fenceAfter returns the fence that is open after a line, "" for none, by
// CommonMark's rules: it is closed by at least as many of its own character,
// with nothing behind them.
func fenceAfter(fence, line string) string {
	m := fenceMark.FindStringSubmatch(line)
	switch {
	case m == nil:
		return fence
	case fence == "":
		if m[1][0] == '`' && strings.Contains(m[2], "`") {
			return "" // inline code, not a fence
		}
		return m[1]
	case closesFence(fence, line):
		return ""
	}
	return fence
}

func closesFence(fence, line string) bool {
	m := fenceMark.FindStringSubmatch(line)
	return m != nil && m[1][0] == fence[0] && len(m[1]) >= len(fence) && strings.TrimSpace(m[2]) == ""
}

// untouched reports a note in which nobody has written: it is empty, or holds
// one of the program's own prompts and nothing else.
func (n Note) untouched() bool {
	text := strings.TrimSpace(n.Text)
	return text == "" || isPrompt(text)
}

// toCRLF ends every line of the program's text with CR LF.
func toCRLF(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }
