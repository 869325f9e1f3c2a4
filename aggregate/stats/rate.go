package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// A Rate is a number of events, a whole number, seen over an exposure above
// zero: weeks, hours, machines.
type Rate struct {
	Events   float64
	Exposure float64
}

// maxExposure leaves room for the sum of two.
const maxExposure = 1e300

func (r Rate) valid() bool { return whole(r.Events) && r.Exposure > 0 && r.Exposure <= maxExposure }

// CompareRates asks whether two Poisson rates are the same, by the exact
// conditional test: given their total, the recent events are binomial
// (Przyborowski and Wilenski 1940). Without events both tails are 1. ok is
// false for a rate that is none.
func CompareRates(recent, base Rate) (t Tails, ok bool) {
	if !recent.valid() || !base.valid() {
		return Tails{}, false
	}
	x, n := recent.Events, recent.Events+base.Events
	pi := recent.Exposure / (recent.Exposure + base.Exposure)
	return Tails{
		Greater: betaTail(x, n-x+1, pi),
		Less:    betaTail(n-x, x+1, base.Exposure/(recent.Exposure+base.Exposure)),
		Point:   binomialAt(x, n, pi),
	}, true
}

// RatesMinLike returns the two-sided p of the same test that sums up all
// outcomes at most as likely as the observed one; it is that of R's
// poisson.test. ok is false for a rate that is none.
func RatesMinLike(recent, base Rate) (p float64, ok bool) {
	if !recent.valid() || !base.valid() {
		return 0, false
	}
	n := recent.Events + base.Events
	pi := recent.Exposure / (recent.Exposure + base.Exposure)
	mode := min(n, math.Floor((n+1)*pi))
	return minLike(recent.Events, 0, n, mode,
		func(k float64) float64 { return binomialAt(k, n, pi) },
		func(k float64) float64 { return betaTail(k, n-k+1, pi) }), true
}

// RateRatio returns the recent rate over the base one, with the exact interval
// that follows from Clopper and Pearson's (1934) for the binomial share. The
// estimate is infinite without base events. ok is false without any events,
// for a rate that is none, and for a confidence outside of (0, 1).
func RateRatio(recent, base Rate, confidence float64) (in Interval, ok bool) {
	if !recent.valid() || !base.valid() || !(confidence > 0 && confidence < 1) {
		return Interval{}, false
	}
	x, y := recent.Events, base.Events
	if x+y == 0 {
		return Interval{}, false
	}
	per := base.Exposure / recent.Exposure
	in = Interval{Estimate: x / y * per, Upper: math.Inf(1), Confidence: confidence}
	if x > 0 {
		q := mathext.InvRegIncBeta(x, y+1, (1-confidence)/2)
		in.Lower = q / (1 - q) * per
	}
	if y > 0 {
		q := mathext.InvRegIncBeta(x+1, y, (1+confidence)/2)
		in.Upper = q / (1 - q) * per
	}
	return in, true
}

func binomialAt(k, n, p float64) float64 {
	switch {
	case k < 0 || k > n:
		return 0
	case n == 0:
		return 1
	case k == 0: // and where p is 0 or 1, no term may be 0 times infinity
		return math.Exp(n * math.Log1p(-p))
	case k == n:
		return math.Exp(n * math.Log(p))
	}
	return math.Exp(logChoose(n, k) + k*math.Log(p) + (n-k)*math.Log1p(-p))
}
