package aggregate

import (
	"math"
	"slices"

	"preread/aggregate/change"
	"preread/aggregate/forecast"
	"preread/sources"
)

// An Improvement is the smallest change that would better a colour by its own
// rule: Weeks weeks of Value each, or worth Value and better where they lie
// beyond it. Of a share, Value is successes of Trials; of a goal, Value is how
// many items fewer it would have to hold, or how many more would have to be
// done. The zero Improvement is none that can be named.
type Improvement struct {
	To     Status
	Weeks  int
	Value  float64
	Trials float64
}

// soon is within how many weeks an improvement must show to be worth naming.
const soon = 6

// improve asks the rule itself what the next weeks would have to bring, all
// alike and without another signal, for a better colour than that of week i.
func (c *colouring) improve(i int) Improvement {
	if c.line.Target.IsZero() || c.now <= Green || c.resting {
		return Improvement{}
	}
	typical := c.typicalWeek(i)
	for weeks := 1; weeks <= soon; weeks++ {
		best := c.best(i, typical)
		if c.after(i, weeks, typical, best) >= c.now {
			continue
		}
		value := c.bound(i, weeks, typical, best)
		out := Improvement{To: c.after(i, weeks, typical, value), Weeks: weeks, Value: value}
		if c.metric.Type == change.Proportion {
			out.Trials = typical.Trials
		}
		return out
	}
	return Improvement{}
}

// typicalWeek has as many trials or items as the median known week of the
// pool.
func (c *colouring) typicalWeek(i int) change.Week {
	var trials, items []float64
	for j := c.start(i); j <= i; j++ {
		if c.metric.Compared(j) {
			trials = append(trials, c.metric.Weeks[j].Trials)
			items = append(items, float64(len(c.metric.Weeks[j].Items)))
		}
	}
	w := change.Week{Known: true, Exposure: 1}
	if len(trials) > 0 {
		slices.Sort(trials)
		slices.Sort(items)
		w.Trials = trials[len(trials)/2]
		w.Items = make([]float64, int(items[len(items)/2]))
	}
	return w
}

// best is the best that a week can be asked to bring: none at all, everything,
// or what the metric has been at its best.
func (c *colouring) best(i int, typical change.Week) float64 {
	switch c.metric.Type {
	case change.Count:
		if c.line.Better == Higher {
			return 10 * math.Max(1, c.most(i, Higher))
		}
		return 0
	case change.Proportion:
		if c.line.Better == Higher {
			return typical.Trials
		}
		return 0
	}
	return c.most(i, c.line.Better)
}

// most is the extreme of all weeks up to i in one direction.
func (c *colouring) most(i int, better Better) float64 {
	out := math.NaN()
	for j := 0; j <= i; j++ {
		if c.metric.Compared(j) {
			if v := c.points[j].Value; math.IsNaN(out) || (better == Higher) == (v > out) {
				out = v
			}
		}
	}
	return out
}

// after returns the colour after some weeks of one value.
func (c *colouring) after(i, weeks int, typical change.Week, value float64) Status {
	next := *c
	m := *c.metric
	m.Weeks = slices.Clone(m.Weeks[:i+1])
	next.metric, next.points = &m, slices.Clone(c.points[:i+1])
	w := typical
	switch m.Type {
	case change.Proportion:
		w.Successes = value
	case change.Duration:
		w.Items = slices.Repeat([]float64{value}, len(typical.Items))
	default:
		w.Value = value
	}
	quiet := change.Verdict{State: change.Noise}
	status := c.now
	for k := range weeks {
		m.Weeks = append(m.Weeks, w)
		next.points = append(next.points, Point{Week: c.points[i].Week.Add(k + 1), State: Known, Value: value, Graded: sources.Whole()})
		status = next.report(i+k+1, &quiet).Status
	}
	if status == Unknown {
		return c.now
	}
	return status
}

// bound finds the least good value that still betters the colour. Better
// values never make it worse.
func (c *colouring) bound(i, weeks int, typical change.Week, best float64) float64 {
	whole := c.metric.Type == change.Count || c.metric.Type == change.Proportion
	good, bad := best, c.points[i].Value
	if c.metric.Type == change.Proportion {
		bad = 0
		if c.line.Better == Lower {
			bad = typical.Trials
		}
	}
	if e := estimate(c.metric, c.start(i), i+1, usualDispersion); c.metric.Type != change.Proportion {
		bad = e.Value
	}
	if whole {
		bad = math.Round(bad)
	}
	for range 60 {
		middle := (good + bad) / 2
		if whole {
			if math.Abs(good-bad) <= 1 {
				break
			}
			middle = math.Round(middle)
		}
		if c.after(i, weeks, typical, middle) < c.now {
			good = middle
		} else {
			bad = middle
		}
	}
	return good
}

// improve says how much less a goal would have to hold to be done in time, or
// how much more would have to be done for its target.
func (g *goalTrail) improve(i int, v Verdict) Improvement {
	w := g.weeks[i]
	switch {
	case v.Status <= Green:
	case v.Rule == ByForecast && g.outlook.State == forecast.Forecast:
		weeks := weeksUntil(g.line.Plan.Due, w.Week)
		for cut := 1; cut < g.outlook.Remaining; cut++ {
			if to := chance(g.outlook.Without(cut).PDone(weeks)); to < v.Status {
				return Improvement{To: to, Value: float64(cut)}
			}
		}
	case v.Rule == ByTarget:
		for more := 1; more <= w.Total-w.Done; more++ {
			if to := g.line.Target.Status(float64(w.Done+more) / float64(w.Total)); to < v.Status {
				return Improvement{To: to, Value: float64(more)}
			}
		}
	}
	return Improvement{}
}
