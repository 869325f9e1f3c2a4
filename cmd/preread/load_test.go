package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"preread/config"
	"preread/sources"
	"preread/sources/simulated/jira"
)

// BenchmarkLoad collects the pages of a company at a larger scale over a
// network of 50 ms, with nothing remembered and then again: requests, their
// ratio to the fewest that page sizes allow, time, and the memory that the
// collecting needs beside the simulated systems.
func BenchmarkLoad(b *testing.B) {
	for _, scale := range []int{1, 10} {
		b.Run(fmt.Sprintf("%dx", scale), func(b *testing.B) { load(b, scale) })
	}
}

func load(b *testing.B, scale int) {
	c := serve(b, scale)
	c.far()
	settings, err := config.Load(settingsName, c.systems.Settings(), collectors)
	if err != nil {
		b.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	// The program runs by itself, so that its memory can be told from that of
	// the systems.
	collect := func() (requests int, took time.Duration, peak int64) {
		cmd := exec.CommandContext(b.Context(), exe, "collect", "-c", c.settings(), "-o", filepath.Join(c.dir, "facts.json"))
		cmd.Args[0] = "preread"
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("collect: %v: %s", err, out)
		}
		took = time.Since(began)
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = usage.Maxrss // KiB, where this is measured
		}
		return c.requests(), took, peak
	}
	window := sources.Window{Last: sources.WeekOf(scriptNow, c.company.Zone).Add(-1), Count: 32, Zone: c.company.Zone, Now: scriptNow}
	fewest := 0
	for _, team := range c.company.Teams {
		fewest += fewestRequests(c.company, window, settings.Questions(), team.ID)
	}
	for b.Loop() {
		c.forget(b)
		cold, coldTime, peak := collect()
		warm, warmTime, _ := collect()
		b.ReportMetric(float64(cold), "cold-requests")
		b.ReportMetric(float64(cold)/float64(fewest), "cold-ratio")
		b.ReportMetric(float64(warm), "warm-requests")
		b.ReportMetric(coldTime.Seconds(), "cold-s")
		b.ReportMetric(warmTime.Seconds(), "warm-s")
		b.ReportMetric(float64(peak)/1024, "cold-peak-MiB")
	}
	b.Logf("%d issues in Jira", len(jira.Generate(c.company).Issues))
}
