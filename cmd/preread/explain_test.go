package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/report"
)

// demoFacts collects the demo's week once and returns settings and facts.
func demoFacts(t *testing.T) (settings, facts string) {
	t.Helper()
	c := serve(t)
	settings, facts = c.settings(), filepath.Join(c.dir, "facts.json")
	say(t, exitFine, "collect", "-c", settings, "-o", facts)
	return settings, facts
}

// say runs a verb and returns what it printed.
func say(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out, talk bytes.Buffer
	if got := run(t.Context(), args, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow }); got != code {
		t.Fatalf("%v exited with %d, want %d: %s", args, got, code, talk.String())
	}
	return out.String()
}

// Every line of the demo's page can be explained: its colour by rule and
// figures, every week, and where it was seen.
func TestEveryLineCanBeExplained(t *testing.T) {
	settings, facts := demoFacts(t)
	lines := 0
	for line := range strings.Lines(say(t, exitFine, "check", "-c", settings, "--facts", facts)) {
		status, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		id, _, found := strings.Cut(strings.TrimSpace(rest), ":")
		if !found || !strings.Contains(id, "/") || strings.HasPrefix(line, " ") {
			continue
		}
		lines++
		text := say(t, exitFine, "explain", "-c", settings, "--facts", facts, id)
		for _, want := range []string{"\nstatus   " + status + ": ", "\nrule     ", "\nreports  W40 ", "\nsignal   ", "\n2026-W41", "\n2026-W46"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: its explanation has no %q:\n%s", id, want, text)
			}
		}
		if !strings.Contains(text, "http") {
			t.Errorf("%s: nothing in its explanation can be opened:\n%s", id, text)
		}
	}
	if lines != 20 {
		t.Errorf("%d lines were explained, want 20", lines)
	}
}

// The one line of the demo that changes is a signal; the quiet ones are not.
func TestTheDemosSignals(t *testing.T) {
	settings, facts := demoFacts(t)
	p := &program{ctx: t.Context(), stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, getenv: func(string) string { return "" }, now: func() time.Time { return scriptNow }, configFile: settings}
	var judged aggregate.Report
	if err := p.with(func(j *job) (err error) {
		judged, _, err = j.judged(request{facts: facts})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var signals, watched []string
	for _, team := range judged.Teams {
		for _, f := range team.Lines {
			switch f.Signal.State {
			case change.Signal:
				signals = append(signals, team.ID+"/"+f.ID)
				if f.Status.Status == aggregate.Green {
					t.Errorf("%s really got worse and is green: %s", f.ID, report.StatusReason(f))
				}
			case change.Watch:
				watched = append(watched, team.ID+"/"+f.ID)
			}
		}
	}
	if len(signals) != 1 || signals[0] != "checkout/p95" || len(watched) > 1 {
		t.Errorf("signals %v, watched %v", signals, watched)
	}
}
