package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"preread/sources"
	"preread/sources/simulated"
	"preread/sources/simulated/company"
)

// A served company has its systems running, and a folder with settings and
// tokens for them.
type served struct {
	company company.Company
	systems *simulated.Systems
	dir     string
}

// serve starts the systems of the demo's company, until the test ends.
func serve(tb testing.TB) served {
	tb.Helper()
	return serveFirm(tb, demoFirm(tb))
}

// demoFirm is the company of the demo.
func demoFirm(tb testing.TB) company.Company {
	tb.Helper()
	c, err := company.New(demoSeed, scriptNow)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// serveFirm starts the systems of a company.
func serveFirm(tb testing.TB, c company.Company) served {
	tb.Helper()
	s := served{c, simulated.Start(c, false), tb.TempDir()}
	tb.Cleanup(s.systems.Close)
	for name, text := range s.systems.Tokens() {
		write(tb, filepath.Join(s.dir, name), text)
	}
	write(tb, s.settings(), s.systems.Settings())
	return s
}

func (s served) settings() string { return filepath.Join(s.dir, settingsName) }

func (s served) all() []simulated.System {
	return []simulated.System{s.systems.Jira, s.systems.GitHub, s.systems.Prometheus}
}

// latency is how far away the systems of a benchmark are.
const latency = 50 * time.Millisecond

// far puts a network between the systems and the program.
func (s served) far() {
	for _, system := range s.all() {
		system.Gate.SetLatency(latency)
	}
}

// requests counts what reached the systems since it was last asked.
func (s served) requests() (n int) {
	for _, system := range s.all() {
		n += len(system.Gate.Log())
		system.Gate.Clear()
	}
	return n
}

// forget deletes what the program remembers.
func (s served) forget(tb testing.TB) {
	tb.Helper()
	if err := os.RemoveAll(filepath.Join(s.dir, "history.db")); err != nil {
		tb.Fatal(err)
	}
}

// collectedAt collects by a settings file at an instant, as a CI sees it, and
// returns the facts and the talk.
func collectedAt(t testing.TB, settings string, now time.Time) (sources.Facts, string) {
	t.Helper()
	var out, talk bytes.Buffer
	file := filepath.Join(filepath.Dir(settings), "facts.json")
	env := func(name string) string { return map[string]string{"CI": "true"}[name] }
	if code := run(t.Context(), []string{"collect", "-c", settings, "-o", file}, &out, &talk, env, func() time.Time { return now }); code != exitFine {
		t.Fatalf("collect exited with %d: %s", code, talk.String())
	}
	saved, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	facts, err := sources.Load(saved)
	if err != nil {
		t.Fatal(err)
	}
	return facts, talk.String()
}
