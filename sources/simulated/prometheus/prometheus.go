// Package prometheus is a simulated Prometheus: alerts and metrics of a
// made-up company behind the HTTP API of the real one, as far as a weekly page
// asks it. Histories are kept as stretches and become samples only when they
// are asked for, so that forty weeks at a minute's step cost nothing.
//
// It is no PromQL engine. It knows the shapes of expression that reading
// alerts takes (see [Server.ServeHTTP]) and the metrics that it was given by
// the text of their query; anything else it refuses, as it refuses unknown
// paths and parameters. Answers, limits and refusals have the form that
// Prometheus's HTTP API documentation gives.
//
// What is true of the history is computed in truth.go from the events
// themselves, not from the samples.
package prometheus

import (
	"slices"
	"time"

	"preread/sources"
)

// A Server is one simulated Prometheus. Its fields must not be changed while
// it serves.
type Server struct {
	Public string // where people would open its pages
	Token  string // wanted as Bearer, or with User as Basic; "": no credential
	User   string
	Tenant string // wanted as X-Scope-OrgID; "": none

	Start     time.Time     // when it first ran
	Now       time.Time     // nothing is later
	Retention time.Duration // how far back samples are held; 0: to Start
	Interval  time.Duration // of evaluating rules
	Scrape    time.Duration // of scraping itself; 0: Interval
	Outages   []sources.Span
	Deaf      bool // it does not scrape itself: there is no heartbeat

	MaxSamples int      // in one query; 0: no limit
	Warnings   []string // sent with every answer
	Away       bool     // a store of a Thanos is away: a refusal, or a warning with partial_response

	Alerts  []Alert
	Metrics []Metric
}

// An Alert is one instance of an alerting rule, with everything that happened
// to it. Episodes are in order and do not touch.
type Alert struct {
	Name     string
	Severity string            // "": the rule has no such label
	Labels   map[string]string // beside name and severity
	For      time.Duration     // how long it is pending before it fires
	Former   bool              // its rule is no longer loaded
	Episodes []Episode
}

// An Episode is a stretch in which the condition of an alert held. The alert
// fires from For after From, if the stretch is long enough.
type Episode struct{ From, To time.Time }

// A Metric is what one query gives. Several series are an answer, too.
type Metric struct {
	Query  string
	Series []Series
}

// A Series is a value over time: each point holds until the next, the last
// one for ever. Before the first there is no data.
type Series struct {
	Labels map[string]string
	Points []Point
}

// A Point is a value from an instant on. It may be NaN or infinite.
type Point struct {
	From  time.Time
	Value float64
}

// at returns the value in force at an instant.
func (s Series) at(t time.Time) (value float64, ok bool) {
	i, _ := slices.BinarySearchFunc(s.Points, t, func(p Point, t time.Time) int {
		if p.From.After(t) {
			return 1
		}
		return -1
	})
	if i == 0 {
		return 0, false
	}
	return s.Points[i-1].Value, true
}

// phase is how far evaluations lie behind the full interval: Prometheus spreads
// its work, so nothing happens at round times.
const phase = 7123 * time.Millisecond

// evaluation returns the first evaluation at or after an instant, whether or
// not the server runs then.
func (s *Server) evaluation(t time.Time) time.Time { return next(t, s.Interval) }

func next(t time.Time, interval time.Duration) time.Time {
	back := t.Add(-phase).Truncate(interval).Add(phase)
	if back.Before(t) {
		return back.Add(interval)
	}
	return back
}

// scrape returns how far heartbeats lie apart.
func (s *Server) scrape() time.Duration {
	if s.Scrape != 0 {
		return s.Scrape
	}
	return s.Interval
}

// horizon returns the first instant of which samples are held.
func (s *Server) horizon() time.Time {
	if s.Retention == 0 || s.Now.Add(-s.Retention).Before(s.Start) {
		return s.Start
	}
	return s.Now.Add(-s.Retention)
}

// up reports whether the server runs at an instant.
func (s *Server) up(t time.Time) bool {
	return !t.Before(s.Start) && t.Before(s.Now) && !sources.Within(s.Outages, t)
}

// Rules of Prometheus for alerts after a restart (rules/alerting.go): the
// activation is restored if the rule waits at least as long as the grace, and
// if the server was away for no longer than the tolerance.
const (
	grace     = 10 * time.Minute
	tolerance = time.Hour
)

// restored reports whether an alert that fired when an outage began goes on
// with its activation after it.
func (a Alert) restored(outage sources.Span) bool {
	return a.For >= grace && outage.To.Sub(outage.From) <= tolerance
}
