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
	"preread/sources/simulated/company"
	"preread/sources/simulated/github"
	"preread/sources/simulated/jira"
	"preread/sources/simulated/prometheus"
)

// weekAgoName is the program as it was run a week before.
const weekAgoName = "preread-a-week-ago"

// loads are the firm at its working size, and with a tenth of the issues.
var loads = []struct {
	name  string
	scale company.Scale
}{
	{"500 issues", company.Scale{Issues: 0.58, Pulls: 1.3, Alarms: 15}},
	{"5000 issues", company.Scale{Issues: 6.7, Pulls: 1.3, Alarms: 15}},
}

// BenchmarkLoad collects the pages of three teams over a network of 50 ms, with
// nothing remembered, and again a week later: requests, their ratio to the
// fewest that page sizes allow, time, its ratio to the longest chain of requests,
// and the memory that the collecting needs beside the simulated systems.
func BenchmarkLoad(b *testing.B) {
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) { load(b, l.scale) })
	}
}

func load(b *testing.B, scale company.Scale) {
	c := serveFirm(b, demoFirm(b).Grown(scale))
	c.far()
	settings, err := config.Load(settingsName, c.systems.Settings(), collectors)
	if err != nil {
		b.Fatal(err)
	}
	fewest := func(weeks int) (n int) {
		window := sources.Window{Last: sources.WeekOf(scriptNow, c.company.Zone).Add(-1), Count: weeks, Zone: c.company.Zone, Now: scriptNow}
		for _, team := range c.company.Teams {
			n += fewestRequests(c.company, window, settings.Questions(), team.ID)
		}
		return n
	}
	for b.Loop() {
		c.forget(b)
		cold, warm := c.collectAs(b, weekAgoName), c.collectAs(b, "preread")
		b.ReportMetric(float64(cold.requests), "cold-requests")
		b.ReportMetric(float64(cold.requests)/float64(fewest(32)), "cold-ratio")
		b.ReportMetric(float64(warm.requests), "warm-requests")
		b.ReportMetric(float64(warm.requests)/float64(fewest(openWeeks)), "warm-ratio")
		b.ReportMetric(cold.took.Seconds(), "cold-s")
		b.ReportMetric(float64(cold.took)/float64(time.Duration(cold.chain)*latency), "cold-time-of-chain")
		b.ReportMetric(warm.took.Seconds(), "warm-s")
		if cold.peak > 0 {
			b.ReportMetric(float64(cold.peak)/1024, "cold-peak-MiB")
		}
	}
	b.Log(amounts(c.company))
}

// openWeeks is how many weeks a run asks about that comes a week after another:
// the new one, and those that were not final then.
const openWeeks = 3

// A cost is what one run took.
type cost struct {
	requests int
	chain    int // of these, the most that follow each other: a source takes few at a time
	took     time.Duration
	peak     int64 // memory, in KiB
}

// collectAs runs the program by itself, so that its memory can be told from that
// of the systems.
func (s served) collectAs(b *testing.B, name string) cost {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), exe, "collect", "-c", s.settings(), "-o", filepath.Join(s.dir, "facts.json"))
	cmd.Args[0] = name
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GOGC=50"} // as main sets it
	var talk bytes.Buffer
	cmd.Stderr = &talk
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	memory := make(chan int64)
	go func() { memory <- peakMemory(cmd.Process.Pid) }()
	if err := cmd.Wait(); err != nil {
		b.Fatalf("%s: %v: %s", name, err, talk.String())
	}
	c := cost{took: time.Since(began), peak: <-memory}
	const jiraAtOnce = 4
	c.chain = max(len(s.systems.GitHub.Gate.Log()), len(s.systems.Jira.Gate.Log())/jiraAtOnce)
	c.requests = s.requests()
	return c
}

// amounts tells how much there is in the systems of a company.
func amounts(c company.Company) string {
	issues, changes, pulls := 0, 0, 0
	for _, i := range jira.Generate(c).Issues {
		issues, changes = issues+1, changes+len(i.Moments())-1
	}
	org := github.Generate(c)
	for _, t := range c.Teams {
		for _, i := range org.Repo(t.Repo).Issues {
			if i.Pull != nil {
				pulls++
			}
		}
	}
	return fmt.Sprintf("%d teams, %d issues with %d changes, %d pull requests, %d instances of alerts",
		len(c.Teams), issues, changes, pulls, len(prometheus.Generate(c).Alerts))
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
