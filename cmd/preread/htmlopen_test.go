package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"preread/report"
)

// open runs the verb on the page of a cage.
func (b *cage) open(args ...string) (said string, err error) {
	b.t.Helper()
	var out bytes.Buffer
	p := &program{ctx: b.t.Context(), stdout: &out, stderr: &out, getenv: func(name string) string { return b.env[name] }, now: func() time.Time { return scriptNow }, configFile: filepath.Join(b.dir, settingsName), color: "auto"}
	verb := p.openVerb()
	verb.SetArgs(args)
	verb.SilenceErrors, verb.SilenceUsage = true, true
	err = verb.Execute()
	return out.String(), err
}

func TestOpen(t *testing.T) {
	b := newCage(t)
	if _, err := b.open("--print"); err == nil || !strings.HasPrefix(err.Error(), "there is no page of 2026-W46 yet: ") {
		t.Errorf("without a page: %v", err)
	}
	b.draft()
	said, err := b.open("--print")
	if err != nil || !strings.HasPrefix(said, "Kettle & Sons, the shop: 2026-W46\n") || !strings.Contains(said, "● GREEN Incidents\n") {
		t.Errorf("%v: %.300s", err, said)
	}
	tame(t, "the page in a terminal", []byte(said))

	asBrowser(t, "")
	if _, err := b.open("--file"); err == nil || !strings.HasSuffix(err.Error(), "2026-W46.html yet") {
		t.Errorf("without html: %v", err)
	}
	html := filepath.Join(b.dir, "prereads", "2026-W46.html")
	write(t, html, "<p>")
	if _, err := b.open("--file"); err == nil || err.Error() != "nothing on this machine opens a page in a browser" {
		t.Errorf("without a browser: %v", err)
	}
	seen := filepath.Join(b.dir, "seen")
	opener := filepath.Join(os.Getenv("PATH"), "xdg-open")
	if err := os.WriteFile(opener, []byte("#!/bin/sh\necho \"$1\" >"+seen+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := b.open("--file"); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(seen); err != nil || string(got) != html+"\n" {
		t.Errorf("%q was opened: %v", got, err)
	}
	if err := os.WriteFile(opener, []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := b.open("--file"); err == nil || !strings.HasPrefix(err.Error(), "xdg-open did not open ") {
		t.Errorf("a browser that fails: %v", err)
	}
}

func TestInk(t *testing.T) {
	for _, tt := range []struct {
		color, variable string
		terminal, want  bool
	}{
		{"auto", "", true, true},
		{"auto", "", false, false},
		{"auto", "NO_COLOR=1", true, false},
		{"auto", "TERM=dumb", true, false},
		{"never", "", true, false},
		{"always", "NO_COLOR=1", false, true},
	} {
		name, value, _ := strings.Cut(tt.variable, "=")
		p := &program{color: tt.color, getenv: func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		}}
		paint := p.inkOn(tt.terminal)
		want := "RED"
		if tt.want {
			want = "\x1b[1;31mRED\x1b[0m"
		}
		if got := paint(report.RedInk, "RED"); got != want || paint(report.PlainInk, "x") != "x" {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}
