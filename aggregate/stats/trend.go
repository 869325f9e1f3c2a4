package stats

import (
	"math"
	"math/big"
	"slices"
)

// maxExactTrend is the longest series whose permutation distribution is
// computed; beyond it the normal approximation has long been good enough.
const maxExactTrend = 60

// A Trend is the outcome of the Mann-Kendall test (Mann 1945, Kendall 1970).
type Trend struct {
	N    int   // known values
	S    int   // concordant less discordant pairs
	Ties []int // sizes of the groups of equal values, ascending; groups of one left out

	TwoSided   float64 // P(|S'| >= |S|) over all orders of the same values
	Increasing float64 // P(S' >= S)
	Decreasing float64 // P(S' <= S)
	Exact      bool    // false beyond 60 values, where the normal approximation stands in

	Variance float64 // of S, tie-corrected
	TauB     float64 // Kendall's rank correlation with ties; NaN if all values are equal
	Z        float64 // S in standard deviations with continuity correction
	Normal   float64 // two-sided p of Z
}

// MannKendall asks whether a series rises or falls. Its p is exact, with the
// observed ties: the inversions of a multiset follow a Gaussian multinomial
// coefficient (MacMahon 1913). Gaps do no harm, for only the order counts. ok
// is false below two known values, and for infinite ones.
func MannKendall(series []float64) (t Trend, ok bool) {
	values, ok := known(series)
	n := len(values)
	if !ok || n < 2 {
		return Trend{}, false
	}
	t = Trend{N: n, Exact: n <= maxExactTrend}
	for i, v := range values {
		for _, later := range values[i+1:] {
			t.S += sign(later - v)
		}
	}
	groups := tieGroups(sorted(values))
	untied := n * (n - 1) / 2
	t.Variance = trendVariance(n)
	for _, g := range groups {
		if g > 1 {
			t.Ties = append(t.Ties, g)
			untied -= g * (g - 1) / 2
			t.Variance -= trendVariance(g)
		}
	}
	slices.Sort(t.Ties)
	t.TauB = float64(t.S) / math.Sqrt(float64(untied)*float64(n*(n-1)/2))
	if t.Variance > 0 {
		t.Z = float64(t.S-sign(float64(t.S))) / math.Sqrt(t.Variance)
	}
	t.Normal = NormalTwoSided(t.Z)
	if t.Exact {
		t.exact(inversions(groups), untied)
	} else {
		t.approximate()
	}
	return t, true
}

func trendVariance(n int) float64 { return float64(n*(n-1)*(2*n+5)) / 18 }

// exact takes the tails from counts[i], the number of orders with i
// inversions; S = pairs - 2i, and the distribution is symmetric.
func (t *Trend) exact(counts []*big.Int, pairs int) {
	t.Increasing = share(counts, func(i int) bool { return pairs-2*i >= t.S })
	t.Decreasing = share(counts, func(i int) bool { return pairs-2*i <= t.S })
	size := t.S * sign(float64(t.S))
	t.TwoSided = share(counts, func(i int) bool { return pairs-2*i >= size || 2*i-pairs >= size })
}

func (t *Trend) approximate() {
	// Each one-sided tail has its own continuity correction.
	sd := math.Sqrt(t.Variance)
	t.Increasing = math.Erfc(float64(t.S-1)/sd/math.Sqrt2) / 2
	t.Decreasing = math.Erfc(-float64(t.S+1)/sd/math.Sqrt2) / 2
	if t.Variance == 0 {
		t.Increasing, t.Decreasing = 1, 1
	}
	t.TwoSided = t.Normal
}

// KendallTail returns P(S >= s) of the Mann-Kendall statistic of n values
// without ties, exactly. It is NaN for n below 1 or above 60.
func KendallTail(n, s int) float64 {
	if n < 1 || n > maxExactTrend {
		return math.NaN()
	}
	counts := inversions(ones(n))
	return share(counts, func(i int) bool { return n*(n-1)/2-2*i >= s })
}

func ones(n int) []int {
	groups := make([]int, n)
	for i := range groups {
		groups[i] = 1
	}
	return groups
}

// tieGroups returns the sizes of the runs of equal values.
func tieGroups(ascending []float64) []int {
	var groups []int
	for i, v := range ascending {
		if i > 0 && v == ascending[i-1] {
			groups[len(groups)-1]++
		} else {
			groups = append(groups, 1)
		}
	}
	return groups
}

// inversions counts the orders of a multiset by their number of inversions:
// the coefficients of the product of Gaussian binomials [m+j]_q / [j]_q, one
// factor for every member that joins.
func inversions(groups []int) []*big.Int {
	degree, total := 0, 0
	for _, g := range groups {
		degree += g * total
		total += g
	}
	counts := make([]*big.Int, degree+1)
	for i := range counts {
		counts[i] = new(big.Int)
	}
	counts[0].SetInt64(1)
	total = 0
	for _, g := range groups {
		for j := 1; j <= g; j++ {
			total++
			for i := degree; i >= total; i-- { // times 1 - q^total
				counts[i].Sub(counts[i], counts[i-total])
			}
			for i := j; i <= degree; i++ { // over 1 - q^j
				counts[i].Add(counts[i], counts[i-j])
			}
		}
	}
	return counts
}

// share returns the part of all orders whose number of inversions is wanted.
func share(counts []*big.Int, wanted func(inversions int) bool) float64 {
	some, all := new(big.Int), new(big.Int)
	for i, c := range counts {
		all.Add(all, c)
		if wanted(i) {
			some.Add(some, c)
		}
	}
	p, _ := new(big.Rat).SetFrac(some, all).Float64()
	return p
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// A Slope is the median slope between all pairs of a series.
type Slope struct {
	Interval          // of the slope, per step of the series
	Intercept float64 // at index 0
	Pairs     int
	HasBounds bool // false if the series is too short for the confidence asked for
	K, C      int  // of Hollander and Wolfe's rule; 0 without bounds
}

// TheilSen estimates the slope of a series by the median slope between all
// pairs, at their true indices (Theil 1950, Sen 1968), with the exact interval
// of Hollander and Wolfe (1999, section 9.3). Confidence of the result is
// exact for values without ties. ok is false below two known values, for
// infinite ones, and for a confidence outside of (0, 1).
func TheilSen(series []float64, confidence float64) (s Slope, ok bool) {
	values, ok := known(series)
	if !ok || len(values) < 2 || !(confidence > 0 && confidence < 1) {
		return Slope{}, false
	}
	slopes := pairSlopes(series)
	s = Slope{Pairs: len(slopes)}
	s.Interval = Interval{Quantile(slopes, 0.5), math.Inf(-1), math.Inf(1), math.NaN()}
	var rests []float64
	for i, v := range series {
		if !math.IsNaN(v) {
			rests = append(rests, v-s.Estimate*float64(i))
		}
	}
	s.Intercept = Median(rests)
	s.bound(slopes, len(values), confidence)
	return s, true
}

func pairSlopes(series []float64) []float64 {
	var slopes []float64
	for i, v := range series {
		for j := i + 1; j < len(series); j++ {
			if slope := (series[j] - v) / float64(j-i); !math.IsNaN(slope) {
				slopes = append(slopes, slope)
			}
		}
	}
	slices.Sort(slopes)
	return slopes
}

// bound finds the smallest K with P(S >= K) <= (1-confidence)/2. Few values
// may have none.
func (s *Slope) bound(slopes []float64, n int, confidence float64) {
	if n > maxExactTrend {
		return
	}
	counts := inversions(ones(n))
	all, tail := new(big.Int).MulRange(1, int64(n)), new(big.Int)
	pairs, p := n*(n-1)/2, 0.0
	for i, count := range counts { // S falls from pairs in steps of two
		tail.Add(tail, count)
		q, _ := new(big.Rat).SetFrac(tail, all).Float64()
		if q > (1-confidence)/2+1e-12 {
			break
		}
		s.K, s.HasBounds, p = pairs-2*i, true, q
	}
	if !s.HasBounds {
		return
	}
	s.C = s.K - 2
	s.Lower, s.Upper = slopes[(pairs-s.C)/2-1], slopes[(pairs+s.C)/2]
	s.Confidence = 1 - 2*p
}
