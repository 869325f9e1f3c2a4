package aggregate

import (
	"preread/aggregate/change"
	"preread/sources"
)

// signalLevel is the largest p of a signal that decides a colour at once.
const signalLevel = 0.01

// enoughWeeks is from how many known weeks on a level is judged as it stands.
// With fewer it has a colour only if its interval leaves no doubt about it.
const enoughWeeks = 5

// A colouring follows the colour of one line from report to report. It wants
// the weeks in their order, for colours are sticky: a metric on the line would
// else change its colour every other Monday.
//
//   - The level of up to six weeks is held against the target with its 80
//     percent interval: red if the level is and even the good end of the
//     interval is not green; green if the level is and even the bad end is not
//     red; else amber.
//   - Green is left only if even the good end is not green any more, red only
//     if even the bad end is not red; and only if two reports in a row say so.
//   - A line that really got worse is at once no longer green, and its level
//     is pooled anew from there.
//   - Unknown enters and leaves at once.
type colouring struct {
	line   Line
	metric *change.Metric
	points []Point // what the target is about, one for each week of the metric

	now     Status // the last colour; Unknown before the first
	wished  Status // what the last report asked for
	resting bool   // the last report had no colour
	from    int    // first week of the pool
	raised  bool   // the last report had a worsening signal
}

func newColouring(line Line, m *change.Metric, points []Point) *colouring {
	return &colouring{line: line, metric: m, points: points, resting: true, from: m.From}
}

// report returns the colour at the end of week i. It must be called for every
// week in turn; v is what the signal said then.
func (c *colouring) report(i int, v *change.Verdict) Verdict {
	p := c.points[i]
	out := Verdict{Week: p.Week, Value: p.Value, Target: c.line.Target, Reason: p.Reason, Rule: ByTarget}
	switch {
	case p.State == NotKnown || p.State == Known && p.Grade == sources.Ungraded:
		out.Rule = WeekUnknown
	case c.line.Target.IsZero():
		return withoutTarget(c.points[:i+1])
	case p.State == Known && p.Grade == sources.Partial:
		c.partly(i, v, &out)
	default:
		c.level(i, v, &out)
	}
	if out.Status == Unknown {
		c.resting = true
	}
	return out
}

// withoutTarget shows the last week that had something to measure.
func withoutTarget(points []Point) Verdict {
	for i := len(points) - 1; i >= 0; i-- {
		switch p := points[i]; {
		case p.State == Known && p.Grade != sources.Ungraded:
			return Verdict{Week: p.Week, Value: p.Value, Reason: p.Reason, Rule: WithoutOne, Status: NoTarget}
		case p.State == NotKnown:
			return Verdict{Week: p.Week, Reason: p.Reason, Rule: WeekUnknown}
		}
	}
	last := points[len(points)-1]
	return Verdict{Week: last.Week, Reason: last.Reason, Rule: Nothing}
}

// partly judges a week of which only part was seen. Where low is good, what was
// seen can already be too much; everything else might look better or worse
// with the rest.
func (c *colouring) partly(i int, v *change.Verdict, out *Verdict) {
	if c.line.Better == Lower && c.metric.Type == change.Count {
		seen := *c.metric
		seen.Weeks = append(append([]change.Week{}, seen.Weeks[:i]...), change.Week{Known: true, Exposure: 1, Value: c.points[i].Value})
		e := estimate(&seen, c.start(i), i+1, dispersion(c.metric, v))
		if c.line.Target.candidate(e) == Red {
			c.now, c.wished, c.resting = Red, Red, false
			out.Status = Red
			out.take(e)
			return
		}
	}
	out.Rule = PartOnly
}

// start returns the first week of the pool at the end of week i.
func (c *colouring) start(i int) int { return max(c.from, i+1-poolWeeks) }

// level is the rule itself.
func (c *colouring) level(i int, v *change.Verdict, out *Verdict) {
	worse := v.State == change.Signal && v.Worsening && v.P <= signalLevel && !v.Settled
	if worse && !c.raised {
		c.from = max(c.metric.From, i+1-v.Driver)
	}
	c.raised = worse
	e := estimate(c.metric, c.start(i), i+1, dispersion(c.metric, v))
	for j := i; j >= c.start(i); j-- {
		if c.points[j].State == Known {
			out.Week = c.points[j].Week
			break
		}
	}
	if e.Weeks == 0 {
		out.Rule = Nothing
		return
	}
	out.take(e)
	if c.short(i) && (!c.line.Target.certain(e) || e.flat(c.metric.Type)) {
		out.Rule = TooFew
		return
	}
	if worse {
		c.override(i, v, out)
		return
	}
	c.now = c.sticky(e)
	out.Status, out.Wish = c.now, c.wished
}

func (v *Verdict) take(e Estimate) { v.Value, v.Level = e.Value, e }

// short tells that there is too little to take a level as it stands. A pool
// that a signal began anew has weeks before it that say what is usual.
func (c *colouring) short(i int) bool {
	known := 0
	for j := c.metric.From; j <= i && known < enoughWeeks; j++ {
		if c.metric.Compared(j) {
			known++
		}
	}
	return known < enoughWeeks
}

// override colours a line that really got worse by the weeks that say so.
func (c *colouring) override(i int, v *change.Verdict, out *Verdict) {
	block := estimate(c.metric, i+1-v.Driver, i+1, dispersion(c.metric, v))
	colour := Amber
	if c.now == Red && !c.resting || c.line.Target.candidate(block) == Red {
		colour = Red
	}
	c.now, c.wished, c.resting = colour, colour, false
	out.Status, out.Wish, out.Rule = colour, colour, BySignal
}

// sticky changes the colour only if two reports in a row ask for it, and the
// interval has left the old one behind.
func (c *colouring) sticky(e Estimate) Status {
	t := c.line.Target
	wish := t.candidate(e)
	switch {
	case c.now == Green && wish != Green && t.Met(t.best(e)):
		wish = Green
	case c.now == Red && wish == Amber && t.bad(t.worst(e)):
		wish = Red
	}
	agreed := wish == c.wished || c.resting
	c.wished, c.resting = wish, false
	if agreed {
		return wish
	}
	return c.now
}

// dispersion is how many times chance alone the counts of a metric vary.
func dispersion(m *change.Metric, v *change.Verdict) float64 {
	switch b := v.Block(); {
	case v.Driver > 0 && b.Phi >= 1:
		return b.Phi
	case m.Dispersion >= 1:
		return m.Dispersion
	}
	return usualDispersion
}

// usualDispersion is expected of counts until it can be measured.
const usualDispersion = 1.5

// Met reports whether a value is where it should be. With only a red line drawn,
// that is anywhere but beyond it.
func (t Target) Met(v float64) bool {
	if t.Green.IsZero() {
		return !t.Red.Holds(v)
	}
	return t.Green.Holds(v)
}

func (t Target) bad(v float64) bool { return t.Red.Holds(v) }

// best and worst are the ends of an interval as the target sees them.
func (t Target) best(e Estimate) float64 {
	if t.Better() == Higher {
		return e.High
	}
	return e.Low
}

func (t Target) worst(e Estimate) float64 {
	if t.Better() == Higher {
		return e.Low
	}
	return e.High
}

// candidate is the colour of a level by itself.
func (t Target) candidate(e Estimate) Status {
	switch {
	case t.bad(e.Value) && !t.Met(t.best(e)):
		return Red
	case t.Met(e.Value) && !t.bad(t.worst(e)):
		return Green
	}
	return Amber
}

// certain reports whether the interval leaves no doubt about the colour: it
// reaches into no other one, or at most touches amber.
func (t Target) certain(e Estimate) bool {
	return t.candidate(e) != Amber || !t.Met(t.best(e)) && !t.bad(t.worst(e))
}
