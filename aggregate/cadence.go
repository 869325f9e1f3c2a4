package aggregate

import (
	"fmt"
	"time"

	"preread/sources"
)

// A Cadence is how often a goal is told at length. The zero Cadence is weekly.
type Cadence uint8

// The cadences. A fortnightly goal is told in every second week, from 2026-W02
// on in either direction, a monthly one in the week of the month's first Thursday.
const (
	Weekly Cadence = iota
	Fortnightly
	Monthly
)

// String returns the cadence's name.
func (c Cadence) String() string { return [...]string{"weekly", "fortnightly", "monthly"}[c%3] }

var cadences = map[string]Cadence{"weekly": Weekly, "fortnightly": Fortnightly, "monthly": Monthly}

// UnmarshalText reads "weekly", "fortnightly" or "monthly".
func (c *Cadence) UnmarshalText(text []byte) error {
	found, known := cadences[string(text)]
	if !known {
		return fmt.Errorf(`%q is neither "weekly", "fortnightly" nor "monthly"`, sources.OneLine(string(text), 40))
	}
	*c = found
	return nil
}

// Due reports a week in which a goal is told at length.
func (c Cadence) Due(week sources.Week) bool {
	switch c {
	case Fortnightly:
		weeks := int(week.Monday().Time(time.UTC).Unix()) / (7 * 24 * 60 * 60) // a year may have an odd number of them
		return weeks%2 == 0
	case Monthly:
		return week.Monday().Add(int(time.Thursday-time.Monday)).Day <= 7
	}
	return true
}
