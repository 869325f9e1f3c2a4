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

// A prospect is a colouring at the end of week i, with room for weeks to come.
type prospect struct {
	*colouring
	i       int
	typical change.Week
	weeks   []change.Week
	points  []Point
}

// improve asks the rule itself what the next weeks would have to bring, all
// alike and without another signal, for a better colour than that of week i.
func (c *colouring) improve(i int) Improvement {
	if c.line.Target.IsZero() || c.now <= Green || c.resting {
		return Improvement{}
	}
	p := prospect{c, i, c.typicalWeek(i), make([]change.Week, i+1, i+1+soon), make([]Point, i+1, i+1+soon)}
	copy(p.weeks, c.metric.Weeks)
	copy(p.points, c.points)
	best := p.best()
	for weeks := 1; weeks <= soon; weeks++ {
		if p.after(weeks, best) >= c.now {
			continue
		}
		value := p.bound(weeks, best)
		out := Improvement{To: p.after(weeks, value), Weeks: weeks, Value: value}
		if c.metric.Type == change.Proportion {
			out.Trials = p.typical.Trials
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
func (p prospect) best() float64 {
	switch p.metric.Type {
	case change.Count:
		if p.line.Better == Higher {
			return 10 * math.Max(1, p.most(Higher))
		}
		return 0
	case change.Proportion:
		if p.line.Better == Higher {
			return p.typical.Trials
		}
		return 0
	}
	return p.most(p.line.Better)
}

// most is the extreme of all weeks up to i in one direction.
func (p prospect) most(better Better) float64 {
	out := math.NaN()
	for j := range p.points {
		if p.metric.Compared(j) {
			if v := p.points[j].Value; math.IsNaN(out) || (better == Higher) == (v > out) {
				out = v
			}
		}
	}
	return out
}

// after returns the colour after some weeks of one value.
func (p prospect) after(weeks int, value float64) Status {
	next, m := *p.colouring, *p.metric
	m.Weeks = p.weeks
	next.metric, next.points = &m, p.points
	w := p.typical
	switch m.Type {
	case change.Proportion:
		w.Successes = value
	case change.Duration:
		w.Items = slices.Repeat([]float64{value}, len(p.typical.Items))
	default:
		w.Value = value
	}
	quiet := change.Verdict{State: change.Noise}
	status := p.now
	for k := range weeks {
		m.Weeks = append(m.Weeks, w)
		next.points = append(next.points, Point{Week: p.points[p.i].Week.Add(k + 1), State: Known, Value: value, Graded: sources.Whole()})
		status = next.report(p.i+k+1, &quiet).Status
	}
	if status == Unknown {
		return p.now
	}
	return status
}

// bound finds the least good value that still betters the colour. Better
// values never make it worse.
func (p prospect) bound(weeks int, best float64) float64 {
	whole := p.metric.Type == change.Count || p.metric.Type == change.Proportion
	good, bad := best, 0.0
	switch {
	case p.metric.Type != change.Proportion:
		bad = estimate(p.metric, p.start(p.i), p.i+1, usualDispersion).Value
	case p.line.Better == Lower:
		bad = p.typical.Trials
	}
	if p.metric.Type == change.Count {
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
		if p.after(weeks, middle) < p.now {
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
