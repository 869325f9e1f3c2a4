package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// A Chart is a control chart with three-sigma limits (Shewhart 1931). Limits
// are cut off where the values cannot be: at zero, and for shares at one.
type Chart struct {
	Center       float64
	Value        []float64 // what is drawn: counts, rates or shares
	Lower, Upper []float64 // of each value
	Sigma        float64   // Laney's sigma-z; 1 on a chart without his correction
	Z            []float64 // values in standard deviations from the center
}

// CountChart is a c chart: counts of events over equal exposures. ok is false
// without counts, or if one is negative, infinite or NaN.
func CountChart(counts []float64) (Chart, bool) {
	sizes := make([]float64, len(counts))
	for i := range sizes {
		sizes[i] = 1
	}
	return RateChart(counts, sizes)
}

// RateChart is a u chart: events per size. ok is false if the lengths differ,
// or where a size is not above zero or a count is negative or infinite.
func RateChart(counts, sizes []float64) (Chart, bool) {
	center, ok := pooled(counts, sizes)
	if !ok {
		return Chart{}, false
	}
	return newChart(counts, sizes, center, center, math.Inf(1)), true
}

// ShareChart is a p chart: successes per trials. ok is as for [RateChart], and
// false if a count exceeds its size.
func ShareChart(counts, sizes []float64) (Chart, bool) {
	center, ok := pooled(counts, sizes)
	for i := range counts {
		ok = ok && counts[i] <= sizes[i]
	}
	if !ok {
		return Chart{}, false
	}
	return newChart(counts, sizes, center, center*(1-center), 1), true
}

func pooled(counts, sizes []float64) (center float64, ok bool) {
	if len(counts) == 0 || len(counts) != len(sizes) {
		return 0, false
	}
	events, size := 0.0, 0.0
	for i, c := range counts {
		if !(c >= 0 && sizes[i] > 0) || math.IsInf(c, 0) || math.IsInf(sizes[i], 0) {
			return 0, false
		}
		events += c
		size += sizes[i]
	}
	return events / size, true
}

// newChart draws limits from the variance of a value of size 1.
func newChart(counts, sizes []float64, center, variance, top float64) Chart {
	c := Chart{Center: center, Sigma: 1}
	for i := range counts {
		sigma := math.Sqrt(variance / sizes[i])
		value, z := counts[i]/sizes[i], 0.0
		if sigma > 0 {
			z = (value - center) / sigma
		}
		c.Value = append(c.Value, value)
		c.Z = append(c.Z, z)
		c.Lower = append(c.Lower, max(0, center-3*sigma))
		c.Upper = append(c.Upper, min(top, center+3*sigma))
	}
	return c
}

// LaneyRateChart is a u' chart: a u chart whose limits follow how much the
// values really vary from one to the next (Laney 2002). ok is as for
// [RateChart], and false below two values.
func LaneyRateChart(counts, sizes []float64) (Chart, bool) {
	c, ok := RateChart(counts, sizes)
	return c.laney(sizes, c.Center, math.Inf(1), ok)
}

// LaneyShareChart is a p' chart, likewise.
func LaneyShareChart(counts, sizes []float64) (Chart, bool) {
	c, ok := ShareChart(counts, sizes)
	return c.laney(sizes, c.Center*(1-c.Center), 1, ok)
}

func (c Chart) laney(sizes []float64, variance, top float64, ok bool) (Chart, bool) {
	ranges := movingRanges(c.Z)
	if !ok || len(ranges) == 0 {
		return Chart{}, false
	}
	c.Sigma = mean(ranges) / 1.128 // d2 of ranges of two
	for i := range c.Value {
		half := 3 * math.Sqrt(variance/sizes[i]) * c.Sigma
		c.Lower[i], c.Upper[i] = max(0, c.Center-half), min(top, c.Center+half)
	}
	return c, true
}

// PoissonLimits returns the smallest and the largest count that are not
// unusual at a mean: fewer than lower, and more than upper, each happen with a
// probability of at most tail. With means below ten this is what three sigma
// pretends to be. ok is false unless 0 <= mean <= 1e6 and 0 < tail < 0.5.
func PoissonLimits(mean, tail float64) (lower, upper int, ok bool) {
	const largest = 1e6
	if !(mean >= 0 && mean <= largest) || !(tail > 0 && tail < 0.5) {
		return 0, 0, false
	}
	if mean == 0 {
		return 0, 0, true
	}
	// P(X >= k) = P(a, mean) with a = k, the regularized incomplete gamma.
	less := func(k int) float64 { return mathext.GammaIncRegComp(float64(max(1, k)), mean) }  // P(X < k)
	greater := func(k int) float64 { return mathext.GammaIncReg(float64(max(0, k)+1), mean) } // P(X > k)
	most := int(mean+40*math.Sqrt(mean)) + 800
	lower = sort.Search(most, func(k int) bool { return less(k+1) > tail })
	upper = sort.Search(most, func(k int) bool { return greater(k) <= tail })
	return lower, upper, true
}
