package aggregate

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Limit is one line that a figure can be on the right or the wrong side of,
// such as ">= 85%", "< 3" or "<= 8h". The zero Limit is none.
type Limit struct {
	Op      string  // "<", "<=", ">" or ">="; "" for no limit
	Value   float64 // a percentage is a share: 85% is 0.85; a time is in hours: 2d is 48
	Percent bool    // whether it was written as a percentage
	Time    string  // the unit of time that it was written in: "min", "h" or "d"; "" for none
}

// hoursOf are the units of time that a limit can be written in.
func hoursOf(unit string) float64 {
	switch unit {
	case "min":
		return 1. / 60
	case "h":
		return 1
	case "d":
		return 24
	}
	return 0
}

// IsZero reports whether there is no limit.
func (l Limit) IsZero() bool { return l.Op == "" }

// Holds reports whether v is on the side that the limit names.
func (l Limit) Holds(v float64) bool {
	switch l.Op {
	case "<":
		return v < l.Value
	case "<=":
		return v <= l.Value
	case ">":
		return v > l.Value
	case ">=":
		return v >= l.Value
	}
	return false
}

// String returns the limit as it is written in the settings.
func (l Limit) String() string {
	if l.IsZero() {
		return ""
	}
	if l.Percent {
		return l.Op + " " + strconv.FormatFloat(math.Round(l.Value*1e12)/1e10, 'f', -1, 64) + "%"
	}
	if per := hoursOf(l.Time); per > 0 {
		return l.Op + " " + strconv.FormatFloat(math.Round(l.Value/per*1e9)/1e9, 'f', -1, 64) + l.Time
	}
	return l.Op + " " + strconv.FormatFloat(l.Value, 'f', -1, 64)
}

// MarshalText returns the limit as it is written in the settings.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a limit such as ">= 85%".
func (l *Limit) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	rest := strings.TrimLeft(s, "<>=")
	op := s[:len(s)-len(rest)]
	switch op {
	case "<", "<=", ">", ">=":
	case "":
		if s != "" && strings.Contains("0123456789.-+", s[:1]) {
			return fmt.Errorf(`%q does not say which side; write "<= %s" or ">= %s"`, s, s, s)
		}
		return fmt.Errorf(`%q is not a limit such as ">= 85%%" or "< 3"`, s)
	default:
		return fmt.Errorf(`%q begins with %q; use one of <, <=, > and >=`, s, op)
	}
	number, percent := strings.CutSuffix(strings.TrimSpace(rest), "%")
	unit, per := "", 1.
	for _, u := range []string{"min", "h", "d"} {
		if n, found := strings.CutSuffix(number, u); found && unit == "" {
			number, unit, per = n, u, hoursOf(u)
		}
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf(`%q is not a limit such as ">= 85%%" or "< 3"`, s)
	}
	if percent {
		v /= 100
	}
	*l = Limit{op, v * per, percent, unit}
	return nil
}

// up reports whether the limit's side is the higher one.
func (l Limit) up() bool { return strings.HasPrefix(l.Op, ">") }

// strict reports whether the limit's own value is outside of it.
func (l Limit) strict() bool { return len(l.Op) == 1 }

// A Target is a pair of limits: on the one side of Green all is well, on the
// other side of Red it is not, and between them it is amber. Either may be
// missing. The zero Target judges nothing.
type Target struct {
	Green, Red Limit
}

// IsZero reports whether nothing is judged.
func (t Target) IsZero() bool { return t.Green.IsZero() && t.Red.IsZero() }

// Status returns the colour of a known value.
func (t Target) Status(v float64) Status {
	switch {
	case t.IsZero():
		return NoTarget
	case t.Red.Holds(v):
		return Red
	case t.Green.Holds(v):
		return Green
	case t.Green.IsZero():
		return Green // only a red line was drawn, and v is not beyond it
	}
	return Amber
}

// Check refuses a target that contradicts itself or the direction in which the
// figure should go. Neither leaves the direction to the target.
func (t Target) Check(better Better) error {
	for _, side := range []struct {
		name string
		l    Limit
		good bool
	}{{"green", t.Green, true}, {"red", t.Red, false}} {
		if side.l.IsZero() || better == Neither {
			continue
		}
		if higher := side.l.up() == side.good; higher != (better == Higher) {
			return fmt.Errorf("%s = %q points the wrong way: %s is better here", side.name, side.l, better)
		}
	}
	if t.Green.IsZero() || t.Red.IsZero() {
		return nil
	}
	if t.Green.up() == t.Red.up() {
		return fmt.Errorf("green %q and red %q point the same way", t.Green, t.Red)
	}
	high, low := t.Green, t.Red
	if !high.up() {
		high, low = low, high
	}
	if high.Value < low.Value || high.Value == low.Value && !high.strict() && !low.strict() {
		return errors.New("green " + strconv.Quote(t.Green.String()) + " and red " + strconv.Quote(t.Red.String()) + " overlap")
	}
	return nil
}

// Better returns the direction that the limits themselves imply.
func (t Target) Better() Better {
	switch {
	case !t.Green.IsZero():
		return direction(t.Green.up())
	case !t.Red.IsZero():
		return direction(!t.Red.up())
	}
	return Neither
}

func direction(up bool) Better {
	if up {
		return Higher
	}
	return Lower
}
