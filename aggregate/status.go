package aggregate

import (
	"fmt"
	"slices"

	"preread/sources"
)

// A Status says whether a level is good enough. The zero Status is Unknown.
type Status uint8

// The states of a line, a team or a page.
const (
	Unknown  Status = iota // it could not be told
	NoTarget               // known, but nobody said what is good enough
	Green
	Amber
	Red
)

var statusNames = []string{"unknown", "none", "green", "amber", "red"}

// String returns "unknown", "none", "green", "amber" or "red".
func (s Status) String() string { return statusNames[s%Status(len(statusNames))] }

// MarshalText returns the status as String does.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Status) UnmarshalText(text []byte) error {
	i := slices.Index(statusNames, string(text))
	if i < 0 {
		return fmt.Errorf("%q is no status", sources.OneLine(string(text), 40))
	}
	*s = Status(i)
	return nil
}

// A Rule names the reason behind a status.
type Rule string

// The rules. Their figures are in the Verdict.
const (
	ByTarget    Rule = "target"             // the level was held against the target; of a goal, its share done
	BySignal    Rule = "signal"             // it really got worse, and is not green whatever its level
	TooFew      Rule = "too few weeks"      // the known weeks leave the colour in doubt
	Broken      Rule = "inconsistent"       // the facts contradict each other; see Reason
	WithoutOne  Rule = "no target"          // there is a value, and no target
	Unanswered  Rule = "unanswered"         // the source did not answer; see Reason
	WeekUnknown Rule = "week unknown"       // the judged week was not seen; see Reason
	PartOnly    Rule = "partial"            // only part was seen, and the rest could change the colour
	Nothing     Rule = "nothing to measure" // no week of the window has a value
	EmptyScope  Rule = "empty scope"        // nothing was ever in the goal's scope
	AllDone     Rule = "done"               // everything in the goal's scope is done
	ByForecast  Rule = "forecast"           // how likely the goal is done by its due date; Value is that probability
	TooEarly    Rule = "too early"          // too few weeks are known for a forecast
	Reached     Rule = "reached"            // the reading that measures the goal is where it should be; Value is the share of the way
	ByTrend     Rule = "trend"              // where that reading leads to by the due date; Value is the share of the way
	NoTrend     Rule = "no trend"           // that reading moves nowhere that could be followed to the due date
	Overdue     Rule = "overdue"            // the goal's due date has passed with work left
)

// A Verdict is a status with the rule and the figures that it follows from.
type Verdict struct {
	Status Status
	Rule   Rule
	Week   sources.Week // the last week that was judged
	Value  float64      // the level that was judged; of a goal by forecast the probability, of a line without a target the last value
	Level  Estimate     // that level with its interval; zero where the rule needs none
	Target Target
	Reason string // of an unknown; in the source's words

	// Wish is the colour that the last report asked for. If it is not Status,
	// one more report that asks for it will change the colour.
	Wish Status

	// Improve is what would better the colour; of the last report alone.
	Improve Improvement

	// Since is the first week of the unbroken run of reports, back from the
	// last, that have this status. Open tells that the run began with the first
	// week that was judged, or earlier.
	Since sources.Week
	Open  bool
}

// A run tells since when a status stands.
type run struct {
	status Status
	since  sources.Week
	open   bool
	begun  bool
}

// mark adds one report to the run and writes its beginning down.
func (r *run) mark(v *Verdict, week sources.Week) {
	if !r.begun || v.Status != r.status {
		r.status, r.since, r.open, r.begun = v.Status, week, !r.begun, true
	}
	v.Since, v.Open = r.since, r.open
}

// RollUp returns the worst known status of some lines; without red or amber,
// one unknown line makes the whole unknown. Lines without a target do not
// count, unless there is nothing else.
func RollUp(lines []Finding) Status {
	worst, unknown := NoTarget, false
	for _, l := range lines {
		worst = max(worst, l.Status.Status)
		unknown = unknown || l.Status.Status == Unknown
	}
	if unknown && worst < Amber {
		return Unknown
	}
	return worst
}

// Counts are how many lines have each status.
type Counts struct{ Red, Amber, Green, Unknown, NoTarget int }

// Count counts the lines of a team by status.
func Count(lines []Finding) Counts {
	var c Counts
	for _, l := range lines {
		switch l.Status.Status {
		case Red:
			c.Red++
		case Amber:
			c.Amber++
		case Green:
			c.Green++
		case Unknown:
			c.Unknown++
		case NoTarget:
			c.NoTarget++
		}
	}
	return c
}
