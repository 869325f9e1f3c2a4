package stats

import (
	"math"
	"sort"
)

// Quantile returns the p-quantile of ascending values by linear interpolation
// between the order statistics around (n-1)p (type 7 of Hyndman and Fan 1996,
// the usual one of R and NumPy). It is NaN without values and for p outside
// of [0, 1].
func Quantile(ascending []float64, p float64) float64 {
	if len(ascending) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	h := float64(len(ascending)-1) * p
	below := int(h)
	above := min(below+1, len(ascending)-1)
	if ascending[below] == ascending[above] {
		return ascending[below]
	}
	return ascending[below] + (h-float64(below))*(ascending[above]-ascending[below])
}

// Median returns the median of values in any order, NaN without any.
func Median(values []float64) float64 { return Quantile(sorted(values), 0.5) }

// Ranks are the order statistics, counted from 1, that enclose a quantile.
// Rank 0 is an open end: so few values have no bound on that side.
// Confidence is exact, and NaN where an end is open.
type Ranks struct {
	Lower, Upper int
	Confidence   float64
}

// QuantileRanks returns the order statistics of n independent values between
// which the p-quantile lies with at least the given confidence, whatever the
// distribution (Hahn and Meeker 1991, section 5.2). Each tail is held to half
// of the rest. ok is false without values or with p or confidence outside of
// (0, 1).
func QuantileRanks(n int, p, confidence float64) (r Ranks, ok bool) {
	if n <= 0 || !(p > 0 && p < 1) || !(confidence > 0 && confidence < 1) {
		return Ranks{}, false
	}
	tail := (1 - confidence) / 2
	atLeast := func(k int) float64 { return betaTail(float64(k), float64(n-k+1), p) } // P(B >= k)
	// Both tails are monotone in the rank; a tail that equals the limit up to
	// rounding still meets it.
	const slack = 1e-12
	r.Lower = sort.Search(n, func(i int) bool { return 1-atLeast(i+1) > tail+slack })
	r.Upper = sort.Search(n, func(i int) bool { return atLeast(i+1) <= tail+slack }) + 1
	r.Confidence = atLeast(r.Lower) - atLeast(r.Upper)
	if r.Upper > n {
		r.Upper = 0
	}
	if r.Lower == 0 || r.Upper == 0 {
		r.Confidence = math.NaN()
	}
	return r, true
}

// QuantileInterval returns the p-quantile of ascending values between the
// bounds of [QuantileRanks]; an open end is infinite.
func QuantileInterval(ascending []float64, p, confidence float64) (Interval, bool) {
	r, ok := QuantileRanks(len(ascending), p, confidence)
	if !ok {
		return Interval{}, false
	}
	in := Interval{Quantile(ascending, p), math.Inf(-1), math.Inf(1), r.Confidence}
	if r.Lower > 0 {
		in.Lower = ascending[r.Lower-1]
	}
	if r.Upper > 0 {
		in.Upper = ascending[r.Upper-1]
	}
	return in, true
}

// MedianRatio returns the median of a over that of b, for values above zero in
// ascending order, with the distribution-free interval of Price and Bonett
// (2002), a large-sample one that holds from about five values on. ok is false
// below two values on a side, if one is not above zero, and for a confidence
// outside of (0, 1).
func MedianRatio(a, b []float64, confidence float64) (in Interval, ok bool) {
	z, ok := z(confidence)
	if !ok || len(a) < 2 || len(b) < 2 || !(a[0] > 0) || !(b[0] > 0) {
		return Interval{}, false
	}
	ratio := Quantile(a, 0.5) / Quantile(b, 0.5)
	half := z * math.Sqrt(logMedianVariance(a)+logMedianVariance(b))
	in = Interval{ratio, ratio * math.Exp(-half), ratio * math.Exp(half), confidence}
	return in, !math.IsNaN(half)
}

// logMedianVariance is the variance of the logarithm of a median, from how far
// apart the order statistics are that enclose it.
func logMedianVariance(ascending []float64) float64 {
	n := len(ascending)
	c := max(1, int(math.Round(float64(n+1)/2-math.Sqrt(float64(n)))))
	tail := betaTail(float64(n-c+1), float64(c), 0.5) // P(B <= c-1), B ~ Bin(n, 1/2)
	width := math.Log(ascending[n-c] / ascending[c-1])
	sd := width / (2 * NormalQuantile(1-tail))
	return sd * sd
}
