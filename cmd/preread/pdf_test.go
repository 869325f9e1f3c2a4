package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asBrowser lets a script be the only browser of this machine.
func asBrowser(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, "chromium"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	shell, err := exec.LookPath("sh") // tokens come from it
	if err == nil {
		err = os.Symlink(shell, filepath.Join(dir, "sh"))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
}

// Without a browser nothing is asked and nothing written.
func TestNoBrowser(t *testing.T) {
	b := newCage(t)
	asBrowser(t, "")
	code, said := b.run("draft", "--format", "markdown,pdf")
	want := "error: a PDF needs Chromium or Google Chrome, and neither is on the PATH\nhint: install one, or write html and print it from a browser\n"
	if code != exitWrong || said != want {
		t.Errorf("draft exited with %d: %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "prereads")); err == nil {
		t.Error("something was written")
	}
	if code, said := b.run("draft", "--format", "pdf", "-n"); code != exitFine {
		t.Errorf("a dry run exited with %d: %s", code, said)
	}
}

// A browser that does not do its work costs the PDF and nothing else, and it is
// told nothing that it need not know.
func TestBrowserThatFails(t *testing.T) {
	for name, script := range map[string]string{
		"it fails":             "exit 1",
		"it prints nothing":    "exit 0",
		"it prints no PDF":     `for a; do case "$a" in --print-to-pdf=*) echo no >"${a#*=}";; esac; done`,
		"it leaves things run": `/bin/sleep 1 & exit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newCage(t)
			b.env["PATH"] = os.Getenv("PATH")
			asBrowser(t, `/usr/bin/env >"`+b.dir+"/seen\"\n"+script)
			code, said := b.run("draft", "--format", "markdown,html,pdf")
			if want := "error: chromium did not print the page\nhint: the other formats are written; print the html from a browser\n"; code != exitWrong || said != want {
				t.Errorf("draft exited with %d: %s", code, said)
			}
			for ext, there := range map[string]bool{"md": true, "html": true, "pdf": false} {
				if _, err := os.Stat(filepath.Join(b.dir, "prereads", "2026-W46."+ext)); (err == nil) != there {
					t.Errorf("%s: %v", ext, err)
				}
			}
			seen, err := os.ReadFile(filepath.Join(b.dir, "seen"))
			if err != nil || !bytes.Contains(seen, []byte("HOME=")) {
				t.Fatalf("the browser was not run: %v", err)
			}
			for line := range strings.Lines(string(seen)) {
				if name, _, _ := strings.Cut(line, "="); !strings.Contains(" PATH HOME TMPDIR LANG PWD SHLVL _ ", " "+strings.TrimSpace(name)+" ") {
					t.Errorf("the browser sees %s", line)
				}
			}
		})
	}
}

// Whoever interrupts a run need not wait for a browser.
func TestInterruptedPrint(t *testing.T) {
	asBrowser(t, "exec /bin/sleep 60")
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	p := &program{ctx: ctx, getenv: func(string) string { return "" }}
	if _, err := p.printed([]byte("<p>x")); err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "preread-print-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
