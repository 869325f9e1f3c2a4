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
	"preread/sources/simulated"
	"preread/sources/simulated/company"
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
	c, err := company.New(demoSeed, scriptNow)
	if err != nil {
		b.Fatal(err)
	}
	c.Scale = scale
	systems := simulated.Start(c, false)
	defer systems.Close()
	all := []simulated.System{systems.Jira, systems.GitHub, systems.Prometheus}
	for _, s := range all {
		s.Gate.SetLatency(50 * time.Millisecond)
	}
	dir := b.TempDir()
	files := systems.Tokens()
	files[settingsName] = systems.Settings()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	settings, err := config.Load(settingsName, systems.Settings(), collectors)
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
		for _, s := range all {
			s.Gate.Clear()
		}
		cmd := exec.CommandContext(b.Context(), exe, "collect", "-c", filepath.Join(dir, settingsName), "-o", filepath.Join(dir, "facts.json"))
		cmd.Args[0] = "preread"
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("collect: %v: %s", err, out)
		}
		took = time.Since(began)
		for _, s := range all {
			requests += len(s.Gate.Log())
		}
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = usage.Maxrss // KiB, where this is measured
		}
		return requests, took, peak
	}
	window := sources.Window{Last: sources.WeekOf(scriptNow, c.Zone).Add(-1), Count: 32, Zone: c.Zone, Now: scriptNow}
	fewest := 0
	for _, team := range c.Teams {
		fewest += fewestRequests(c, window, settings.Questions(), team.ID)
	}
	for b.Loop() {
		if err := os.RemoveAll(filepath.Join(dir, "history.db")); err != nil {
			b.Fatal(err)
		}
		cold, coldTime, peak := collect()
		warm, warmTime, _ := collect()
		b.ReportMetric(float64(cold), "cold-requests")
		b.ReportMetric(float64(cold)/float64(fewest), "cold-ratio")
		b.ReportMetric(float64(warm), "warm-requests")
		b.ReportMetric(coldTime.Seconds(), "cold-s")
		b.ReportMetric(warmTime.Seconds(), "warm-s")
		b.ReportMetric(float64(peak)/1024, "cold-peak-MiB")
	}
	b.Logf("%d issues in Jira", len(jira.Generate(c).Issues))
}
