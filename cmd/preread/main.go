// Preread drafts the page that an engineering manager sends to their own boss
// the day before their weekly working session.
//
// This package holds the verbs, the flags and the exit codes. It alone knows
// the clock, the environment and the streams, and where files lie; what was
// seen, what it means and how it is said is in packages sources, aggregate and
// report.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"preread/sources"
	"preread/sources/github"
	"preread/sources/jira"
	"preread/sources/prometheus"
)

// collectors are the kinds of sources that this program can read. A new one is
// a folder below sources and a line here.
var collectors = []sources.Kind{
	jira.Kind,
	github.Kind,
	prometheus.Kind,
}

func main() {
	// The program waits for networks most of its time, often on small machines
	// beside others: memory is dearer to it than the processor.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv, time.Now)
	stop()
	os.Exit(code)
}
