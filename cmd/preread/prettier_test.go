package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"preread/report"
)

// part returns a file that a variable names; tests that need one are skipped
// where there is none.
func part(t *testing.T, variable, what string) string {
	t.Helper()
	name := os.Getenv(variable)
	if name == "" {
		if os.Getenv("PREREAD_TEST_ALL") != "" {
			t.Fatalf("%s names no %s", variable, what)
		}
		t.Skipf("%s names no %s", variable, what)
	}
	return name
}

// A formatter is nobody: a page that prettier has rewritten between two runs is
// no page that somebody edited, and every note is as prettier left it.
func TestPrettierIsNobody(t *testing.T) {
	prettier := part(t, "PREREAD_TEST_PRETTIER", "prettier.cjs")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node")
	}
	s := serve(t)
	facts := filepath.Join(s.dir, "facts.json")
	say(t, exitFine, "collect", "-c", s.settings(), "-o", facts)
	draft := func() string {
		var out, talk bytes.Buffer
		if code := run(t.Context(), []string{"draft", "-c", s.settings(), "--facts", facts}, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow }); code != exitFine {
			t.Fatalf("draft exited with %d: %s", code, talk.String())
		}
		return talk.String()
	}
	draft()
	file := filepath.Join(s.dir, "prereads", "2026-W46.md")
	read := func() (string, report.Page) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		page, err := report.ParsePage(file, text)
		if err != nil {
			t.Fatal(err)
		}
		return string(text), page
	}
	text, page := read()
	for id, words := range map[string]string{
		"summary":      "* one\n* two   with  room\n\n|a|b|\n|-|-|\n|longer|c|",
		"checkout/p95": "It is *slow*.\n- [ ] Earl: the pool\n+ more\n\n```go\nfunc  x( ) {}\n```",
		"asks":         "- **Decide:** May we drop the old vault? I recommend yes.\n    - Need by: 2026-11-27",
		"people":       "Anya__led__it, & <b>well</b>",
	} {
		n, err := page.Note(id)
		if err != nil {
			t.Fatal(err)
		}
		edited, err := report.PutNote([]byte(text), id, page.Fitted(n, words))
		if err != nil {
			t.Fatal(err)
		}
		write(t, file, string(edited))
		text, page = read()
	}
	draft()
	before, _ := read()
	if out, err := exec.CommandContext(t.Context(), node, prettier, "--write", file).CombinedOutput(); err != nil {
		t.Fatalf("prettier: %v: %s", err, out)
	}
	pretty, wanted := read()
	if pretty == before {
		t.Fatal("prettier changed nothing")
	}
	for _, change := range []string{"", `"<= 6"`, `"Checkout p95"`} {
		if change != "" {
			settings, err := os.ReadFile(s.settings())
			if err != nil {
				t.Fatal(err)
			}
			write(t, s.settings(), strings.Replace(string(settings), change, map[string]string{`"<= 6"`: `"<= 5"`, `"Checkout p95"`: `"Slowness"`}[change], 1))
		}
		if said := draft(); said != "" {
			t.Errorf("after prettier, draft says %q", said)
		}
		now, page := read()
		if change == "" && now != pretty {
			t.Error("with nothing new, the page is another one")
		}
		if strings.Contains(now, "Notes kept from earlier") {
			t.Errorf("prettier's work is taken for a person's")
		}
		for _, n := range wanted.Notes {
			if got, err := page.Note(n.ID); err != nil || got.Words() != n.Words() {
				t.Errorf("note %s is %q (%v), was %q", n.ID, got.Text, err, n.Text)
			}
		}
	}
	if beside, err := filepath.Glob(filepath.Join(s.dir, "prereads", "*edited*")); err != nil || len(beside) > 0 {
		t.Errorf("kept beside: %v (%v)", beside, err)
	}
}
