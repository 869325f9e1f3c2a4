package stats

import (
	"math"
	"sort"
)

// Tails are the two tails of an exact discrete test under "no difference".
// Both hold the probability of what was observed.
type Tails struct {
	Greater float64 // P(X >= x)
	Less    float64 // P(X <= x)
	Point   float64 // P(X = x)
}

// Mid returns the two-sided mid-p (Lancaster 1961): twice the smaller tail
// with only half of what was observed. It is the p that is right on average
// where exact tests on small counts are timid.
func (t Tails) Mid() float64 {
	return probability(2 * (min(t.Greater, t.Less) - t.Point/2))
}

// Central returns twice the smaller tail, which never exceeds its level.
func (t Tails) Central() float64 {
	return probability(2 * min(t.Greater, t.Less))
}

func probability(p float64) float64 { return min(1, max(0, p)) }

// likeSlack lets two outcomes count as equally likely in spite of rounding; it
// is what R uses.
const likeSlack = 1 + 1e-7

// minLike sums up the outcomes of low..high that are at most as likely as x,
// for a distribution with one mode. from(k) must be P(X >= k).
func minLike(x, low, high, mode float64, at, from func(float64) float64) float64 {
	limit := at(x) * likeSlack
	count := func(n float64, rare func(int) bool) float64 {
		return float64(sort.Search(int(max(0, n)), func(i int) bool { return !rare(i) }))
	}
	// From each end up to the mode the probabilities grow.
	left := count(mode-low, func(i int) bool { return at(low+float64(i)) <= limit })
	right := count(high-mode+1, func(i int) bool { return at(high-float64(i)) <= limit })
	return probability(1 - from(low+left) + from(high-right+1))
}

func logFactorial(n float64) float64 {
	l, _ := math.Lgamma(n + 1)
	return l
}

func logChoose(n, k float64) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}
