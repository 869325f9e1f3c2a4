package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"preread/sources/simulated"
	"preread/sources/simulated/company"
)

// BenchmarkHistory collects the demo's two teams with half a year of baseline
// over a network of 50 ms, first with nothing remembered and then again: how
// many requests a run takes that only has to ask about the open weeks.
func BenchmarkHistory(b *testing.B) {
	c, err := company.New(demoSeed, scriptNow)
	if err != nil {
		b.Fatal(err)
	}
	systems := simulated.Start(c, false)
	defer systems.Close()
	all := []simulated.System{systems.Jira, systems.GitHub, systems.Prometheus}
	for _, s := range all {
		s.Gate.SetLatency(50 * time.Millisecond)
	}
	collect := func(dir string) (requests int, took time.Duration) {
		for _, s := range all {
			s.Gate.Clear()
		}
		began := time.Now()
		var out, talk bytes.Buffer
		args := []string{"collect", "-c", filepath.Join(dir, settingsName), "-o", filepath.Join(dir, "facts.json")}
		if code := run(b.Context(), args, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow }); code != exitFine {
			b.Fatalf("collect exited with %d: %s", code, talk.String())
		}
		took = time.Since(began)
		for _, s := range all {
			requests += len(s.Gate.Log())
		}
		return requests, took
	}
	for b.Loop() {
		dir := b.TempDir()
		files := systems.Tokens()
		files[settingsName] = systems.Settings()
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		cold, coldTime := collect(dir)
		warm, warmTime := collect(dir)
		b.ReportMetric(float64(cold), "cold-requests")
		b.ReportMetric(float64(warm), "warm-requests")
		b.ReportMetric(coldTime.Seconds(), "cold-s")
		b.ReportMetric(warmTime.Seconds(), "warm-s")
	}
}
