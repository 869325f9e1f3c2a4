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
