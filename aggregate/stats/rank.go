package stats

import (
	"math"
	"slices"
)

// A RankTest is the outcome of the Mann-Whitney test (Wilcoxon 1945, Mann and
// Whitney 1947).
type RankTest struct {
	U           float64 // pairs in which the first sample is larger; a tie counts half
	Z           float64 // U in standard deviations from its mean; 0 if all values are equal
	P           float64 // two-sided, normal, without continuity correction
	Superiority float64 // P(first > second) + P(first = second)/2
}

// MannWhitney asks whether the values of a tend to be larger than those of b,
// with mid-ranks and a variance corrected for ties. ok is false if a sample is
// empty or holds NaN.
func MannWhitney(a, b []float64) (t RankTest, ok bool) {
	if len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, math.IsNaN) || slices.ContainsFunc(b, math.IsNaN) {
		return RankTest{}, false
	}
	sums, ties := rankSums(a, b)
	n, m := float64(len(a)), float64(len(b))
	t.U = sums[0] - n*(n+1)/2
	t.Superiority = t.U / (n * m)
	all := n + m
	if variance := n * m / 12 * (all + 1 - ties/(all*(all-1))); variance > 0 {
		t.Z = (t.U - n*m/2) / math.Sqrt(variance)
	}
	t.P = NormalTwoSided(t.Z)
	return t, true
}

// maxExactRanks is how many values both samples of an exact rank test may hold
// together.
const maxExactRanks = 100

// MannWhitneyExact returns the exact two-sided p of the same test: the part of
// all ways to deal out the same values, ties included, that put U at least as
// far from its mean. ok is false where [MannWhitney] is, and above 100 values.
func MannWhitneyExact(a, b []float64) (p float64, ok bool) {
	t, ok := MannWhitney(a, b)
	if !ok || len(a)+len(b) > maxExactRanks {
		return 0, false
	}
	far, all := 0.0, 0.0
	least := len(a) * (len(a) + 1) // twice the rank sum at which U is 0
	center := float64(len(a) * len(b))
	for twice, ways := range deals(len(a), twiceMidRanks(a, b)) {
		all += ways
		if math.Abs(float64(twice-least)-center) >= math.Abs(2*t.U-center) {
			far += ways
		}
	}
	return far / all, true
}

// deals counts, for each sum, the ways to draw n of the ranks.
func deals(n int, ranks []int) []float64 {
	top := 0
	for _, r := range ranks {
		top += r
	}
	ways := make([][]float64, n+1)
	for i := range ways {
		ways[i] = make([]float64, top+1)
	}
	ways[0][0] = 1
	for drawn, r := range ranks {
		for k := min(n, drawn+1); k >= 1; k-- {
			for sum := top; sum >= r; sum-- {
				ways[k][sum] += ways[k-1][sum-r]
			}
		}
	}
	return ways[n]
}

// twiceMidRanks returns the mid-ranks of all values, doubled to be whole.
func twiceMidRanks(a, b []float64) []int {
	var ranks []int
	for _, size := range tieGroups(sorted(slices.Concat(a, b))) {
		before := len(ranks)
		for range size {
			ranks = append(ranks, 2*before+size+1)
		}
	}
	return ranks
}

// KruskalWallis returns H with its degrees of freedom, for the question
// whether several samples have one level (Kruskal and Wallis 1952), corrected
// for ties. Empty samples do not count. H is 0 if all values are equal. ok is
// false below two samples, or if one holds NaN.
func KruskalWallis(samples ...[]float64) (h float64, df int, ok bool) {
	samples = slices.DeleteFunc(slices.Clone(samples), func(s []float64) bool { return len(s) == 0 })
	if len(samples) < 2 {
		return 0, 0, false
	}
	n := 0.0
	for _, s := range samples {
		if slices.ContainsFunc(s, math.IsNaN) {
			return 0, 0, false
		}
		n += float64(len(s))
	}
	sums, ties := rankSums(samples...)
	for i, s := range samples {
		size := float64(len(s))
		d := sums[i]/size - (n+1)/2
		h += 12 / (n * (n + 1)) * size * d * d
	}
	if untied := 1 - ties/(n*n*n-n); untied > 1e-12 {
		return h / untied, len(samples) - 1, true
	}
	return 0, len(samples) - 1, true
}

// rankSums ranks all samples together, equal values by their mean rank. It
// returns the sum of ranks of each sample, and the sum of t³-t over groups of
// t equal values.
func rankSums(samples ...[]float64) (sums []float64, ties float64) {
	type member struct {
		value  float64
		sample int
	}
	var all []member
	for i, s := range samples {
		for _, v := range s {
			all = append(all, member{v, i})
		}
	}
	slices.SortFunc(all, func(a, b member) int { return sign(a.value - b.value) })
	sums = make([]float64, len(samples))
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].value == all[from].value {
			to++
		}
		for _, m := range all[from:to] {
			sums[m.sample] += float64(from+to+1) / 2
		}
		t := float64(to - from)
		ties += t*t*t - t
		from = to
	}
	return sums, ties
}
