package aggregate

import (
	"math"

	"preread/aggregate/change"
	"preread/aggregate/stats"
	"preread/sources"
)

// An Aim says that a goal is measured by a reading: from Was, its level when
// the goal was set, to Want. The zero Aim is none.
type Aim struct{ Was, Want float64 }

// IsZero reports whether the goal is counted in items.
func (a Aim) IsZero() bool { return a == Aim{} }

// Better returns the direction in which the goal lies.
func (a Aim) Better() Better { return direction(a.Want > a.Was) }

// target is the goal as a line to be reached.
func (a Aim) target() Target {
	op := "<="
	if a.Better() == Higher {
		op = ">="
	}
	return Target{Green: Limit{Op: op, Value: a.Want}}
}

// Measured is how far a goal is that a reading measures.
type Measured struct {
	Aim
	Level Estimate // of the last three weeks
	Way   float64  // share of the way from Was to Want; below 0 it moves away, above 1 it is beyond

	// Moving tells that the weeks carry a trend towards the goal. Then AtDue is
	// where that leads to by the due date, between Low and High with 80 percent
	// confidence.
	Moving     bool
	Weeks      int // known ones that were looked at
	AtDue      float64
	Low, High  float64
	HasDueDate bool
}

// TrendWeeks is how many known weeks a trend needs at least.
const TrendWeeks = 6

const (
	levelWeeks  = 3    // for the level of something that is meant to move
	trendRecent = 12   // weeks that are looked at; older ones tell of another time
	trendLevel  = 0.05 // largest one-sided p of a trend (Mann and Kendall, exact)
)

// A measuredTrail follows a goal that a reading measures.
type measuredTrail struct {
	line   Line
	points []Point
	last   Measured
}

// report returns the colour at the end of week i: reached, overdue, or by where
// the weeks lead to if they lead anywhere.
func (m *measuredTrail) report(i int) Verdict {
	p := m.points[i]
	v := Verdict{Week: p.Week, Value: p.Value, Reason: p.Reason}
	if p.State != Known || p.Grade < sources.Approximate {
		v.Rule = WeekUnknown
		return v
	}
	m.last = m.measure(i)
	aim, due := m.line.Plan.Aim.target(), m.line.Plan.Due
	v.Value, v.Level = m.last.Way, m.last.Level
	switch {
	case aim.Met(m.last.Level.Value) && m.last.Level.Weeks >= 2:
		v.Rule, v.Status = Reached, Green
	case due.IsZero():
		v.Rule, v.Status = WithoutOne, NoTarget
	case due.Compare(p.Week.Sunday()) <= 0:
		v.Rule, v.Status = Overdue, Red
	case m.last.Weeks < TrendWeeks:
		v.Rule = TooEarly
	case !m.last.Moving:
		v.Rule = NoTrend
	default:
		v.Rule = ByTrend
		v.Status = m.last.status(aim)
	}
	v.Wish = v.Status
	return v
}

// status colours by where the trend leads: green if it reaches the goal even
// at its slowest, red if it does not at all.
func (m Measured) status(aim Target) Status {
	slow := m.High
	if m.Better() == Higher {
		slow = m.Low
	}
	switch {
	case aim.Met(slow):
		return Green
	case aim.Met(m.AtDue):
		return Amber
	}
	return Red
}

// measure reads level, way and trend at the end of week i. The trend is that
// of the weeks since the goal began.
func (m *measuredTrail) measure(i int) Measured {
	out := Measured{Aim: m.line.Plan.Aim, HasDueDate: !m.line.Plan.Due.IsZero()}
	gauge := change.Metric{Type: change.Gauge}
	series := []float64{}
	for j := 0; j <= i; j++ {
		p := m.points[j]
		known := p.State == Known && p.Grade >= sources.Approximate
		gauge.Weeks = append(gauge.Weeks, change.Week{Known: known, Exposure: 1, Value: p.Value})
		if j <= i-trendRecent || !m.line.Plan.Start.IsZero() && p.Week.Compare(weekOfDay(m.line.Plan.Start)) < 0 {
			continue
		}
		value := math.NaN()
		if known {
			value = p.Value
			out.Weeks++
		}
		series = append(series, value)
	}
	out.Level = estimate(&gauge, i+1-levelWeeks, i+1, 1)
	out.Way = (out.Level.Value - out.Was) / (out.Want - out.Was)
	if out.Weeks >= TrendWeeks {
		out.lead(series, weeksUntil(m.line.Plan.Due, m.points[i].Week))
	}
	return out
}

// lead follows a proven trend to the due date.
func (m *Measured) lead(series []float64, weeks float64) {
	trend, ok := stats.MannKendall(series)
	slope, fit := stats.TheilSen(series, confidence)
	towards := trend.Decreasing
	if m.Better() == Higher {
		towards = trend.Increasing
	}
	if m.Moving = ok && fit && towards <= trendLevel; !m.Moving {
		return
	}
	now := slope.Intercept + slope.Estimate*float64(len(series)-1)
	m.AtDue = now + slope.Estimate*weeks
	m.Low, m.High = now+slope.Lower*weeks, now+slope.Upper*weeks
}
