// Package change says whether a weekly metric really changed, or whether what
// one sees is the noise it always has.
//
// It asks every metric two questions: is the last week unusual, and are the
// last three weeks together unusual? Both are put to an exact test that fits
// the type of the metric, against up to 26 weeks from before the window that a
// page shows, so that a step does not eat its own baseline. The tests are
// widened where weeks vary more than chance alone would make them, and the
// metrics of a report share one budget of false alarms. A change too small to
// matter is noise, however certain it is.
//
// Whether a level is good enough, which weeks are complete, what a short week
// is and how to say all this is left to others. So is the accepting of a new
// level: this package only tells when there is one to accept.
//
// The package is pure: no clock, no randomness, no state; equal input gives
// equal output to the last bit. It panics on no input: what cannot be judged
// is [Unknown], with a [Reason].
package change

import "math"

// The rule's own figures.
const (
	// FalseShare is the share of signals in a report that may be false on
	// average if some metrics did change (Benjamini and Hochberg 1995).
	FalseShare = 0.10

	// watchLevel is the largest p of a watch note.
	watchLevel = 0.05

	// rangeLevel is the p of the last-week question at the ends of an expected
	// range. Doubled, for there are two questions, it is the p at which a
	// metric alone is a signal.
	rangeLevel = 0.005

	// minFamily is the least number of tests that a report is taken to have.
	// With ten, a lone change needs p <= 0.01. A page of two metrics asks no
	// less: its signals could otherwise be weaker than its watch notes.
	minFamily = 10

	// rangeConfidence is that of an effect's plausible range.
	rangeConfidence = 0.95

	usualWindow   = 6    // weeks that a page shows
	longest       = 26   // weeks of a baseline at most
	shortest      = 3    // and at least
	locked        = 12   // known weeks before the window that make a long baseline
	runLength     = 8    // weeks on one side of a level that make another one (Wheeler 1993)
	leastExposure = 0.40 // of a normal week; what is shorter is no week to compare
)

// The smallest effects that are worth a note.
const (
	minRatio      = 1.2  // of rates and medians, up or down
	minDifference = 0.05 // of shares
)

// How often a report of ten or more tested metrics shows a false signal
// although nothing changed: at most 1 in 16 with a long baseline and 1 in 23
// with six weeks. They are what 8,000 simulated quiet reports showed of the
// rule without its minimums of data; TestFalseAlarmsAndPower measures 1 in 20
// and 1 in 28 with them and holds it to these. With fewer metrics a false
// signal is proportionally rarer.
const (
	falseReportsLong  = 1. / 16
	falseReportsShort = 1. / 23
)

// A Type says which test fits a metric. The zero Type fits none, and a metric
// of it is Unknown.
type Type uint8

// The types of metrics.
const (
	Untyped    Type = iota
	Count           // events of a week: alarms, incidents, bugs
	Proportion      // successes among the trials of a week: delivery
	Duration        // how long each item of a week took: lead time
	Gauge           // one number that stands for a week: a latency, an error budget
)

var typeNames = [...]string{"untyped", "count", "proportion", "duration", "gauge"}

// String returns "count", "proportion", "duration", "gauge" or "untyped".
func (t Type) String() string { return name(typeNames[:], int(t)) }

// Better says which way a metric should go. The zero value takes no side, and
// nothing it does is worsening.
type Better uint8

// The sides.
const (
	Neither Better = iota
	Higher
	Lower
)

// A Week is what was seen of a metric in one week. The zero Week is missing;
// a week without events is a known one.
type Week struct {
	Known bool

	// Exposure is the part of a normal week that Count and Proportion could
	// happen in: 1 is a whole week, four working days of five are 0.8. Weeks
	// below 0.40 are not compared. Duration and Gauge need none.
	Exposure float64

	Value     float64   // of a Count the events, of a Gauge the reading
	Successes float64   // of a Proportion
	Trials    float64   // of a Proportion; without any, the week is missing
	Items     []float64 // of a Duration, in any order and unit; without any, the week is missing
}

// A Metric is one line of a report, week by week.
type Metric struct {
	ID     string // handed on to the Verdict
	Type   Type
	Better Better
	Weeks  []Week // successive weeks, oldest first; the last one is the last complete week

	// Window is how many weeks the report shows; 0 is six, and less than three
	// is three. The baseline of a metric with history lies before them.
	Window int

	// From is the index of the first week that counts: there a person accepted
	// a new level, or the definition changed. Until, if above From, is where
	// the baseline ends at the latest: a locked baseline stays where it is.
	From, Until int

	// Family names metrics that are expected to vary alike, such as "alarms".
	// How much they vary beyond chance is measured together, within one Type.
	Family string

	// Dispersion is how many times chance alone weeks are expected to vary
	// while there is nothing to measure it by: 0 is 1.5, and 1.2 for a
	// Duration. Alarms in bursts are better off with 2.5.
	Dispersion float64

	// MinWeeks and MinItems are how much must be known to say anything; 0 is
	// five weeks, and five events of a Count or 30 trials of a Proportion in
	// baseline and window together. A Duration needs 8 recent items against 15.
	MinWeeks, MinItems int

	// MinChange is the smallest change of a Gauge worth a note; 0 is one
	// standard deviation of its baseline.
	MinChange float64
}

// A State is the answer of a metric. The zero State is Unknown.
type State uint8

// The states, from no answer to a certain change.
const (
	Unknown State = iota // see the Reason
	Noise                // nothing that the metric does not do by itself
	Watch                // chance does this rarely; worth a look
	Signal               // it changed, and enough to matter
)

var stateNames = [...]string{"unknown", "noise", "watch", "signal"}

// String returns "unknown", "noise", "watch" or "signal".
func (s State) String() string { return name(stateNames[:], int(s)) }

// MarshalText returns the state as String does.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Reason says why a metric is Unknown. The zero Reason is none.
type Reason uint8

// The reasons.
const (
	NoReason         Reason = iota
	NoType                  // it has no Type
	Inconsistent            // a figure that cannot be: negative, not whole, more successes than trials, infinite
	LastWeeksMissing        // neither the last week is known nor two of the last three
	NewBaseline             // too few weeks since From
	TooFewWeeks             // see Verdict.KnownWeeks and Verdict.NeedWeeks
	TooFewItems             // see Verdict.KnownItems and Verdict.NeedItems
)

var reasonNames = [...]string{"", "no type", "inconsistent", "last weeks missing", "new baseline", "too few weeks", "too few items"}

// String returns the reason in a few words, "" for none.
func (r Reason) String() string { return name(reasonNames[:], int(r)) }

// MarshalText returns the reason as String does.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return names[0]
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
