package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// The colours of talk, as SGR codes.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

// isTerminal reports whether a person looks at a stream.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A page takes as many columns as a terminal has, between these; the most where
// it goes elsewhere, so that the same page has the same lines there.
const (
	leastColumns = 40
	mostColumns  = 80
)

// columnsOf is how many columns a page takes on a stream.
func columnsOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return mostColumns
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 { // no terminal, or one that does not know
		return mostColumns
	}
	return min(max(columns, leastColumns), mostColumns)
}

// watched reports whether a person looks at the talk.
func (p *program) watched() bool { return isTerminal(p.stderr) }

// paint colours a word of talk where colours are wanted: on a terminal that is
// not dumb, unless NO_COLOR or --color say otherwise.
func (p *program) paint(code, word string) string {
	wanted := p.color == "always" ||
		p.color != "never" && p.watched() && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
	if !wanted {
		return word
	}
	return "\x1b[" + code + "m" + word + "\x1b[0m"
}
