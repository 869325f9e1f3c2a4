package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"preread/config"
	"preread/sources"
	"preread/sources/simulated/jira"
)

// BenchmarkLoad collects the pages of a company at a larger scale over a
// network of 50 ms, with nothing remembered and then again: requests, their
// ratio to the fewest that page sizes allow, time, and the memory that the
// collecting needs beside the simulated systems. The longest chain of requests
// that must follow each other is GitHub's, which wants one at a time.
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
	collect := func() (requests, chain int, took time.Duration, peak int64) {
		cmd := exec.CommandContext(b.Context(), exe, "collect", "-c", c.settings(), "-o", filepath.Join(c.dir, "facts.json"))
		cmd.Args[0] = "preread"
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		began := time.Now()
		var talk bytes.Buffer
		cmd.Stderr = &talk
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		memory := make(chan int64)
		go func() { memory <- peakMemory(cmd.Process.Pid) }()
		if err := cmd.Wait(); err != nil {
			b.Fatalf("collect: %v: %s", err, talk.String())
		}
		took, peak = time.Since(began), <-memory
		chain = len(c.systems.GitHub.Gate.Log())
		return c.requests(), chain, took, peak
	}
	window := sources.Window{Last: sources.WeekOf(scriptNow, c.company.Zone).Add(-1), Count: 32, Zone: c.company.Zone, Now: scriptNow}
	fewest := 0
	for _, team := range c.company.Teams {
		fewest += fewestRequests(c.company, window, settings.Questions(), team.ID)
	}
	for b.Loop() {
		c.forget(b)
		cold, chain, coldTime, peak := collect()
		warm, _, warmTime, _ := collect()
		b.ReportMetric(float64(cold), "cold-requests")
		b.ReportMetric(float64(cold)/float64(fewest), "cold-ratio")
		b.ReportMetric(float64(warm), "warm-requests")
		b.ReportMetric(coldTime.Seconds(), "cold-s")
		b.ReportMetric(float64(coldTime)/float64(time.Duration(chain)*latency), "cold-time-of-chain")
		b.ReportMetric(warmTime.Seconds(), "warm-s")
		if peak > 0 {
			b.ReportMetric(float64(peak)/1024, "cold-peak-MiB")
		}
	}
	b.Logf("%d issues in Jira", len(jira.Generate(c.company).Issues))
}

// peakMemory watches a process until it ends, and returns the most memory it
// had, in KiB; 0 where the system has no such file. What the system tells
// afterwards would count the memory of whoever started it.
func peakMemory(pid int) (peak int64) {
	for {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, found := strings.Cut(string(text), "VmHWM:")
		if err != nil || !found {
			return peak
		}
		if kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64); err == nil {
			peak = max(peak, kib)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
