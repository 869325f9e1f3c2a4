package change

import (
	"math"
	"slices"

	"preread/aggregate/stats"
)

// plausible sets the range of the effect of a block, as much wider as its
// weeks vary beyond chance.
func (m *Metric) plausible(b *Block) {
	e, wide := &b.Effect, math.Sqrt(b.Phi)
	switch m.Type {
	case Count:
		in, ok := stats.RateRatio(rateOf(b.Recent), rateOf(b.Base), rangeConfidence)
		if !ok {
			return
		}
		e.Low, e.High = in.Lower, in.Upper
		if e.Value == 0 || math.IsInf(e.Value, 0) {
			// There is no logarithm to widen. A bound from no events at all
			// moves like the number that was not needed to rule it out.
			e.Low, e.High = e.Low/b.Phi, e.High*b.Phi
			return
		}
		e.widenLog(wide)
	case Proportion:
		if in, ok := stats.ShareDifference(shareOf(b.Recent), shareOf(b.Base), rangeConfidence); ok {
			e.Low = max(-1, e.Value-wide*(in.Estimate-in.Lower))
			e.High = min(1, e.Value+wide*(in.Upper-in.Estimate))
		}
	case Duration:
		e.widenLog(wide)
	case Gauge:
		if !b.Constant {
			half := stats.StudentQuantile(1-rangeConfidence, b.Nu) * b.errorOf()
			e.Low, e.High = e.Value-half, e.Value+half
		}
	}
}

// widenLog moves both ends of the range of a ratio away from it.
func (e *Effect) widenLog(by float64) {
	e.Low = e.Value * math.Pow(e.Low/e.Value, by)
	e.High = e.Value * math.Pow(e.High/e.Value, by)
}

// next returns what the next week may be, if it is a whole one, without being
// a signal by itself.
func (m *Metric) next(expected prior) Range {
	n := len(m.Weeks) + 1
	base, known, _ := m.baseline(n, 1)
	if base.to > len(m.Weeks) || known < shortest {
		return Range{}
	}
	switch m.Type {
	case Count:
		level := m.rate(base)
		b := Block{Base: level, X2: m.rateSpread(base, level), DF: level.Weeks - 1}
		b.widen(expected)
		return b.counts(1)
	case Proportion:
		level := m.share(base)
		b := Block{Base: level, X2: m.shareSpread(base, level), DF: level.Weeks - 1}
		b.widen(expected)
		return b.shares(m.usualTrials(base))
	case Gauge:
		return m.readings(base)
	}
	return Range{}
}

// usualTrials is the median of the trials of some weeks.
func (m *Metric) usualTrials(s span) float64 {
	var trials []float64
	for i := s.from; i < s.to; i++ {
		if m.known(i) {
			trials = append(trials, m.Weeks[i].Trials)
		}
	}
	slices.Sort(trials)
	return trials[len(trials)/2]
}

// shares searches for the ends of the range of successes among some trials.
// Away from the usual share the p only falls.
func (b *Block) shares(trials float64) Range {
	usual := func(x float64) bool {
		tails, ok := stats.CompareShares(stats.Share{Successes: x, Trials: trials}, shareOf(b.Base))
		return ok && widened(tails.Mid(), b.Phi, b.Nu) > rangeLevel
	}
	center := math.Floor(b.Base.Value * trials)
	return Range{
		Known: true, Of: trials,
		High: furthest(center, 1, trials+1, func(x float64) bool { return x <= trials && usual(x) }),
		Low:  -furthest(-center, 1, 1, func(x float64) bool { return x <= 0 && usual(-x) }),
	}
}

// Usual returns what a Count may have been in a week of the given exposure,
// held against the block's baseline, without being a signal by itself. It is
// unknown for other types and a zero Block.
func (b Block) Usual(exposure float64) Range {
	if b.Base.Exposure == 0 || b.Base.Size > 0 || b.Nu == 0 || b.SD > 0 || b.R > 0 || !(exposure > 0) || !finite(exposure) {
		return Range{}
	}
	return b.counts(exposure)
}

// counts searches for the ends of a range. Away from the usual rate the p of a
// count only falls.
func (b *Block) counts(exposure float64) Range {
	usual := func(x float64) bool {
		tails, ok := stats.CompareRates(stats.Rate{Events: x, Exposure: exposure}, rateOf(b.Base))
		return ok && widened(tails.Mid(), b.Phi, b.Nu) > rangeLevel
	}
	center := math.Floor(b.Base.Value * exposure)
	step := 1 + math.Floor(3*math.Sqrt(b.Phi*center))
	r := Range{Known: true, High: furthest(center, step, largestCount, usual)}
	if !usual(0) {
		r.Low = -furthest(-center, step, 0, func(x float64) bool { return usual(-x) })
	}
	return r
}

// furthest returns the largest whole number from a start on, but not beyond
// the limit, up to which ok holds, by steps that double and then halve.
func furthest(start, step, limit float64, ok func(float64) bool) float64 {
	good := start
	bad := start + step
	for bad < limit && ok(bad) {
		good, step = bad, 2*step
		bad += step
	}
	bad = min(bad, limit)
	for bad-good > 1 {
		middle := math.Floor((good + bad) / 2)
		if ok(middle) {
			good = middle
		} else {
			bad = middle
		}
	}
	return good
}

// readings is the prediction interval of Student's t.
func (m *Metric) readings(base span) Range {
	var b Block
	var squares float64
	b.Base, squares = m.mean(base)
	n := float64(b.Base.Weeks)
	s := gaugeSpread{variance: squares / (n - 1), df: n - 1}
	if b.Base.Weeks >= locked {
		s = m.correlated(base, b.Base, squares)
	}
	if s.variance == 0 {
		return Range{}
	}
	b.Recent.Weeks, b.SD, b.R = 1, math.Sqrt(s.variance), s.r
	half := stats.StudentQuantile(rangeLevel, s.df) * b.errorOf()
	return Range{Known: true, Low: b.Base.Value - half, High: b.Base.Value + half}
}
