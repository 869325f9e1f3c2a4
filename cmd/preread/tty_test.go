//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// onTerminal runs the program with a terminal as its standard output, and
// returns what is seen there.
func (d folder) onTerminal(t *testing.T, args ...string) string {
	t.Helper()
	return d.onTerminalOf(t, 0, args...)
}

// onTerminalOf is onTerminal with so many columns; 0: it does not know.
func (d folder) onTerminalOf(t *testing.T, columns uint16, args ...string) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(master) // ends with an error when the other end is closed
		seen <- string(text)
	}()
	var talk strings.Builder
	code := run(t.Context(), append(args, "--color", "never", "-c", d.settings), tty, &talk, d.getenv, func() time.Time { return scriptNow })
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	text := <-seen
	if code != exitFine {
		t.Fatalf("%v: exit %d: %s", args, code, talk.String())
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// Markdown is for files and for other programs: whoever reads a form of the page
// on a terminal sees it as open --print shows the page.
func TestFormsOnATerminal(t *testing.T) {
	d := newDraft(t)
	h, _ := d.handle(t, "", nil)
	h.fine("save", "asks", "words", "- **Decide:** Fine! May we drop it? I recommend yes.\n  - Need by: 2026-11-20\n  - To: Dana")
	markup := regexp.MustCompile("\\\\[^\\n]|\\*\\*|\\]\\(|^#|`")
	for _, args := range [][]string{
		{"agenda", "--facts", d.facts},
		{"draft", "--facts", d.facts, "--format", "nrr", "-o", "-"},
		{"draft", "--facts", d.facts, "--format", "page", "-o", "-"},
	} {
		text := d.onTerminal(t, args...)
		if left := markup.FindString(text); left != "" || !strings.Contains(text, "Kettle & Sons") || !strings.Contains(text, "May we drop it?") {
			t.Errorf("%v: %q is left in, or words are gone:\n%s", args, left, text)
		}
		if piped := say(t, exitFine, append(args, "-c", d.settings)...); !strings.Contains(piped, `Kettle \& Sons`) {
			t.Errorf("%v: elsewhere it is not Markdown:\n%s", args, piped)
		}
	}
	for _, format := range []string{"markdown", "json"} {
		if text := d.onTerminal(t, "draft", "--facts", d.facts, "--format", format, "-o", "-"); !strings.Contains(text, "preread:doc") && !strings.HasPrefix(text, "{") {
			t.Errorf("%s is not as it is in a file: %.300s", format, text)
		}
	}
}

// A page fits into the terminal that it is read on, between a width at which it
// can still be read and one at which lines are not too long to read.
func TestWidthOfATerminal(t *testing.T) {
	d := newDraft(t)
	for _, tt := range []struct {
		columns uint16
		want    int
	}{{0, 80}, {20, 40}, {40, 40}, {60, 60}, {79, 79}, {80, 80}, {200, 80}} {
		for _, args := range [][]string{{"open", "--print"}, {"agenda", "--facts", d.facts}, {"draft", "--facts", d.facts, "--format", "nrr", "-o", "-"}} {
			text, widest := d.onTerminalOf(t, tt.columns, args...), 0
			for line := range strings.Lines(text) {
				widest = max(widest, utf8.RuneCountInString(strings.TrimRight(line, "\n")))
			}
			if widest != tt.want {
				t.Errorf("%v in %d columns: the widest line has %d, want %d", args, tt.columns, widest, tt.want)
			}
		}
	}
}
