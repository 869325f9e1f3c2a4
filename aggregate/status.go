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
	ByTarget    Rule = "target"             // the value was compared with the target
	WithoutOne  Rule = "no target"          // there is a value, and no target
	Unanswered  Rule = "unanswered"         // the source did not answer; see Reason
	WeekUnknown Rule = "week unknown"       // the judged week was not seen; see Reason
	PartOnly    Rule = "partial"            // only part was seen, and the rest could change the colour
	Nothing     Rule = "nothing to measure" // no week of the window has a value
	EmptyScope  Rule = "empty scope"        // nothing was ever in the goal's scope
	AllDone     Rule = "done"               // everything in the goal's scope is done
	ByForecast  Rule = "forecast"           // how likely the goal is done by its due date; Value is that probability
	TooEarly    Rule = "too early"          // too few weeks are known for a forecast
	Overdue     Rule = "overdue"            // the goal's due date has passed with work left
)

// A Verdict is a status with the rule and the figures that it follows from.
type Verdict struct {
	Status Status
	Rule   Rule
	Week   sources.Week // the week whose value was judged
	Value  float64      // that value; meaningful for ByTarget, PartOnly and WithoutOne
	Target Target
	Reason string // of an unknown; in the source's words

	// Since is the first week of the unbroken run of weeks, back from Week,
	// that have this status. Open tells that the run began in the first week
	// of the window, or earlier.
	Since sources.Week
	Open  bool
}

// verdict judges the last week of a series that has something to measure,
// and looks back for how long it has been so. An empty series is unknown.
func verdict(line Line, points []Point) Verdict {
	last := len(points) - 1
	for last >= 0 && points[last].State == NothingToMeasure {
		last--
	}
	if last < 0 {
		v := Verdict{Rule: Nothing, Target: line.Target}
		if len(points) > 0 {
			v.Week = points[len(points)-1].Week
			v.Reason = points[len(points)-1].Reason
		}
		return v
	}
	v := judgePoint(line, points[last])
	v.Since, v.Open = since(line, points[:last+1], v.Status)
	return v
}

func since(line Line, points []Point, status Status) (first sources.Week, open bool) {
	open = true
	for i := len(points) - 1; i >= 0; i-- {
		if points[i].State == NothingToMeasure {
			continue
		}
		if judgePoint(line, points[i]).Status != status {
			return first, false
		}
		first = points[i].Week
	}
	return first, open
}

// judgePoint judges one week. A figure that may be too low, because only part
// was seen, keeps a bad colour where low is good: more can only be worse. It
// never keeps a good one.
func judgePoint(line Line, p Point) Verdict {
	v := Verdict{Week: p.Week, Value: p.Value, Target: line.Target, Reason: p.Reason, Rule: ByTarget}
	switch {
	case p.State != Known || p.Grade == sources.Ungraded:
		v.Rule = WeekUnknown
		return v
	case line.Target.IsZero():
		v.Rule, v.Status = WithoutOne, NoTarget
		return v
	}
	v.Status = line.Target.Status(p.Value)
	if p.Grade == sources.Partial && (line.Better != Lower || v.Status != Red) {
		v.Rule, v.Status = PartOnly, Unknown
	}
	return v
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
