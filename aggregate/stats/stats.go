// Package stats holds the statistical formulas that judgements are made with:
// exact tests for small weekly figures, distribution-free intervals and
// control limits, each after the literature it is known by.
//
// It knows neither weeks nor teams and decides nothing: which test fits a
// figure, what counts as a change and how to say it are left to others.
//
// A series is a slice of float64, oldest first, in which NaN is a missing
// value: never zero, and never closed up. Functions that can find no answer
// return ok = false, or NaN where one of several figures does not exist; none
// panics, whatever it is given. The results are exact to about 1e-12 unless
// said otherwise, and the same input always gives the same bits.
package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval is an estimate between two bounds. A bound that the data cannot
// give is infinite. Confidence is the exact confidence of the bounds where it
// is known to differ from the one asked for, else the one asked for.
type Interval struct {
	Estimate   float64
	Lower      float64
	Upper      float64
	Confidence float64
}

// NormalQuantile returns the z below which a standard normal value falls with
// probability p: -Inf for 0, +Inf for 1, NaN outside of [0, 1].
func NormalQuantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return distuv.UnitNormal.Quantile(p)
}

// NormalTwoSided returns the probability that a standard normal value lies at
// least as far from zero as z, on either side.
func NormalTwoSided(z float64) float64 {
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// StudentTwoSided returns the probability that a value of Student's t
// distribution (Student 1908) lies at least as far from zero as t, on either
// side. It keeps its relative precision far out in the tails, and is NaN
// without positive degrees of freedom.
func StudentTwoSided(t, df float64) float64 {
	if !(df > 0) || math.IsNaN(t) {
		return math.NaN()
	}
	if math.IsInf(t, 0) {
		return 0
	}
	return betaTail(df/2, 0.5, df/(df+t*t))
}

// StudentQuantile returns the t that a value of Student's t distribution
// exceeds in size with probability p, the inverse of [StudentTwoSided]. It is
// NaN unless 0 < p <= 1 and df > 0.
func StudentQuantile(p, df float64) float64 {
	if !(p > 0 && p <= 1) || !(df > 0) {
		return math.NaN()
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(1 - p/2)
}

// betaTail is the regularized incomplete beta function I_x(a, b), with the
// limits that a binomial tail needs: 1 for a <= 0 and 0 for b <= 0.
func betaTail(a, b, x float64) float64 {
	switch {
	case a <= 0:
		return 1
	case b <= 0:
		return 0
	}
	return mathext.RegIncBeta(a, b, min(1, max(0, x)))
}

// z returns the half-width of a two-sided normal interval in standard
// deviations; ok is false unless the confidence lies strictly inside (0, 1).
func z(confidence float64) (half float64, ok bool) {
	if !(confidence > 0 && confidence < 1) {
		return 0, false
	}
	return distuv.UnitNormal.Quantile((1 + confidence) / 2), true
}

// known returns the values that are not missing, and whether all of them are
// finite.
func known(series []float64) (values []float64, ok bool) {
	for _, v := range series {
		if math.IsInf(v, 0) {
			return nil, false
		}
		if !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return values, true
}

func sorted(values []float64) []float64 {
	s := slices.Clone(values)
	slices.Sort(s)
	return s
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func whole(v float64) bool { return v >= 0 && v <= maxCount && v == math.Trunc(v) }

// maxCount is the largest count that is taken: beyond it a float64 no longer
// tells neighbours apart well enough for an exact test to mean anything.
const maxCount = 1 << 40
