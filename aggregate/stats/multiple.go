package stats

import (
	"cmp"
	"math"
	"slices"
)

// BenjaminiHochberg returns the adjusted p of each test of a family (Benjamini
// and Hochberg 1995): rejecting those at or below q keeps the expected share of
// false ones among all rejected at q. A NaN is a test that was not made; it
// stays NaN and does not count.
func BenjaminiHochberg(p []float64) []float64 {
	adjusted := slices.Clone(p)
	order := make([]int, 0, len(p))
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	least := 1.0
	for rank := len(order); rank >= 1; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(len(order))/float64(rank))
		adjusted[i] = max(p[i], least) // p, not a rounding below it
	}
	return adjusted
}
