package stats

import "math"

// A Share is a number of successes among trials, both whole numbers.
type Share struct {
	Successes float64
	Trials    float64
}

func (s Share) valid() bool {
	return whole(s.Successes) && whole(s.Trials) && s.Successes <= s.Trials && s.Trials > 0
}

// Wilson returns the score interval of a share (Wilson 1927). ok is false
// without trials, for numbers that are no share, and for a confidence outside
// of (0, 1).
func Wilson(s Share, confidence float64) (in Interval, ok bool) {
	z, ok := z(confidence)
	if !ok || !s.valid() {
		return Interval{}, false
	}
	n, p := s.Trials, s.Successes/s.Trials
	scale := 1 + z*z/n
	center := (p + z*z/(2*n)) / scale
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / scale
	in = Interval{p, max(0, center-half), min(1, center+half), confidence}
	if s.Successes == 0 {
		in.Lower = 0 // exactly, whatever the rounding
	}
	if s.Successes == s.Trials {
		in.Upper = 1
	}
	return in, true
}

// ShareDifference returns the recent share less the base one, with Newcombe's
// (1998, method 10) interval made from the two score intervals. ok is as for
// [Wilson].
func ShareDifference(recent, base Share, confidence float64) (in Interval, ok bool) {
	r, ok := Wilson(recent, confidence)
	if !ok {
		return Interval{}, false
	}
	b, ok := Wilson(base, confidence)
	if !ok {
		return Interval{}, false
	}
	d := r.Estimate - b.Estimate
	return Interval{
		Estimate:   d,
		Lower:      max(-1, d-math.Hypot(r.Estimate-r.Lower, b.Upper-b.Estimate)),
		Upper:      min(1, d+math.Hypot(r.Upper-r.Estimate, b.Estimate-b.Lower)),
		Confidence: confidence,
	}, true
}

// CompareShares asks whether two shares are the same, by the exact conditional
// test: given all successes, the recent ones are hypergeometric (Fisher 1935).
// ok is false for numbers that are no share.
func CompareShares(recent, base Share) (t Tails, ok bool) {
	if !recent.valid() || !base.valid() {
		return Tails{}, false
	}
	return newHypergeometric(recent, base).tails(recent.Successes), true
}

// SharesMinLike returns the two-sided p of the same test that sums up all
// outcomes at most as likely as the observed one; it is that of R's
// fisher.test. ok is false for numbers that are no share.
func SharesMinLike(recent, base Share) (p float64, ok bool) {
	if !recent.valid() || !base.valid() {
		return 0, false
	}
	h := newHypergeometric(recent, base)
	return minLike(recent.Successes, h.low, h.high, h.mode, h.at,
		func(k float64) float64 {
			if k > h.high {
				return 0
			}
			return h.tails(k).Greater
		}), true
}

// A hypergeometric is the distribution of successes among drawn of all, of
// which good are successes. logAll is the part of at that is the same for all.
type hypergeometric struct {
	drawn, good, all float64
	low, high, mode  float64
	logAll           float64
}

func newHypergeometric(recent, base Share) hypergeometric {
	h := hypergeometric{drawn: recent.Trials, good: recent.Successes + base.Successes, all: recent.Trials + base.Trials}
	h.low = max(0, h.drawn-(h.all-h.good))
	h.high = min(h.drawn, h.good)
	h.mode = min(h.high, max(h.low, math.Floor((h.drawn+1)*(h.good+1)/(h.all+2))))
	h.logAll = logChoose(h.all, h.drawn)
	return h
}

func (h hypergeometric) at(k float64) float64 {
	if k < h.low || k > h.high {
		return 0
	}
	return math.Exp(logChoose(h.good, k) + logChoose(h.all-h.good, h.drawn-k) - h.logAll)
}

// up returns P(X = k+1) / P(X = k).
func (h hypergeometric) up(k float64) float64 {
	return (h.good - k) * (h.drawn - k) / ((k + 1) * (h.all - h.good - h.drawn + k + 1))
}

// tails sums up the tail that leads away from the mode, where the terms only
// shrink; the other is what remains.
func (h hypergeometric) tails(x float64) Tails {
	t := Tails{Point: h.at(x)}
	tail, term := t.Point, t.Point
	if x > h.mode {
		for k := x; k < h.high && term > tail*1e-17; k++ {
			term *= h.up(k)
			tail += term
		}
		t.Greater, t.Less = probability(tail), probability(1-tail+t.Point)
		return t
	}
	for k := x - 1; k >= h.low && term > tail*1e-17; k-- {
		term /= h.up(k)
		tail += term
	}
	t.Less, t.Greater = probability(tail), probability(1-tail+t.Point)
	return t
}
