package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/sourcetest"
)

// tool finds a program of this machine, or skips the test.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("PREREAD_TEST_ALL") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// A forgetful is a Prometheus that keeps 15 days, with a store that is filled
// week after week.
type forgetful struct {
	dir  string
	zone sources.Zone
}

// episodes is how often the alarm goes off in the n-th week.
func episodes(n int) int { return 3 + n*2 }

// fill adds a week of samples: a heartbeat every minute, and an alert that
// fires for ten minutes now and then.
func (f forgetful) fill(t *testing.T, week sources.Week, n int) {
	t.Helper()
	window := sources.Window{Last: week, Count: 1, Zone: f.zone}
	from, to := window.Bounds(week)
	var text strings.Builder
	text.WriteString("# TYPE up gauge\n")
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		fmt.Fprintf(&text, "up{job=\"prometheus\",instance=\"localhost:9090\"} 1 %d\n", at.Unix())
	}
	for _, series := range []string{`ALERTS{alertname="Slow",alertstate="firing",severity="page",team="tea"}`, `ALERTS_FOR_STATE{alertname="Slow",severity="page",team="tea"}`} {
		fmt.Fprintf(&text, "# TYPE %s gauge\n", series[:strings.Index(series, "{")])
		for i := range episodes(n) {
			begin := from.Add(time.Duration(i)*8*time.Hour + 3*time.Hour)
			value := int64(1)
			if strings.HasPrefix(series, "ALERTS_FOR_STATE") {
				value = begin.Unix()
			}
			for k := range 10 {
				fmt.Fprintf(&text, "%s %d %d\n", series, value, begin.Add(time.Duration(k)*time.Minute).Unix())
			}
		}
	}
	text.WriteString("# EOF\n")
	file := filepath.Join(f.dir, "week.om")
	write(t, file, text.String())
	if out, err := exec.CommandContext(t.Context(), tool(t, "promtool"), "tsdb", "create-blocks-from", "openmetrics", file, filepath.Join(f.dir, "data")).CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v: %s", err, out)
	}
}

// serve starts the server, which drops what is older than its retention, and
// returns its address. stop ends it.
func (f forgetful) serve(t *testing.T) (url string, stop func()) {
	t.Helper()
	write(t, filepath.Join(f.dir, "prometheus.yml"), "global: {evaluation_interval: 1m}\n")
	return sourcetest.Prometheus(t, tool(t, "prometheus"), f.dir, "--storage.tsdb.retention.time=15d")
}

// collect asks the server on the Monday after a week, and returns that week
// and the five before it as text.
func (f forgetful) collect(t *testing.T, url, dir string, week sources.Week) string {
	t.Helper()
	settings := filepath.Join(dir, settingsName)
	write(t, settings, fmt.Sprintf(`[report]
timezone = "Europe/Berlin"
baseline = 0
history  = "history.db"
[[source.prometheus]]
name = "prom"
url  = %q
[[team]]
id = "tea"
  [team.alarms]
  from = "prom"
  matchers = 'team="tea"'
`, url))
	now := week.Add(1).Monday().Time(f.zone.Location()).Add(6 * time.Hour)
	facts, _ := collectedAt(t, settings, now)
	text := ""
	for _, w := range facts.Answers[0].Alarms {
		if w.Coverage == 0 {
			text += fmt.Sprintf("%s ? ", w.Week.Short())
			continue
		}
		n := 0
		for _, a := range w.Alarms {
			n += a.Episodes
		}
		text += fmt.Sprintf("%s %d %s ", w.Week.Short(), n, w.Grade)
	}
	return strings.TrimSpace(text)
}

// A server that keeps 15 days tells six weeks, if it is asked every week; asked
// once, it tells what it holds, and the rest is missing and not zero. Of W44 it
// holds a day, in which the alarm was silent: that is part of a week, not a
// quiet one.
func TestARealServerThatForgets(t *testing.T) {
	tool(t, "prometheus")
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	f := forgetful{t.TempDir(), zone}
	last := sources.Week{Year: 2026, N: 46}
	every, once := t.TempDir(), t.TempDir()
	var weekly, alone string
	for n := range 6 {
		week := last.Add(n - 5)
		f.fill(t, week, n)
		url, stop := f.serve(t)
		weekly = f.collect(t, url, every, week)
		if n == 5 {
			alone = f.collect(t, url, once, week)
		}
		stop()
	}
	if diff := cmp.Diff("W41 3 exact W42 5 exact W43 7 exact W44 9 exact W45 11 exact W46 13 exact", weekly); diff != "" {
		t.Errorf("asked every week (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("W41 ? W42 ? W43 ? W44 0 partial W45 11 exact W46 13 exact", alone); diff != "" {
		t.Errorf("asked once (-want +got):\n%s", diff)
	}
	t.Logf("asked every week: %s\nasked once: %s", weekly, alone)
}
