package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkHistory collects the demo's two teams with half a year of baseline
// over a network of 50 ms, first with nothing remembered and then again: how
// many requests a run takes that only has to ask about the open weeks.
func BenchmarkHistory(b *testing.B) {
	c := serve(b)
	c.far()
	collect := func() (requests int, took time.Duration) {
		began := time.Now()
		var out, talk bytes.Buffer
		args := []string{"collect", "-c", c.settings(), "-o", filepath.Join(c.dir, "facts.json")}
		if code := run(b.Context(), args, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow }); code != exitFine {
			b.Fatalf("collect exited with %d: %s", code, talk.String())
		}
		took = time.Since(began)
		return c.requests(), took
	}
	for b.Loop() {
		c.forget(b)
		cold, coldTime := collect()
		warm, warmTime := collect()
		b.ReportMetric(float64(cold), "cold-requests")
		b.ReportMetric(float64(warm), "warm-requests")
		b.ReportMetric(coldTime.Seconds(), "cold-s")
		b.ReportMetric(warmTime.Seconds(), "warm-s")
	}
}
