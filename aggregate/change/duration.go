package change

import (
	"math"
	"slices"

	"preread/aggregate/stats"
)

// A workspace holds what the durations of one metric need, and is used again
// for the next: all items in order, and per-week sums.
type workspace struct {
	items        []item
	recent, base []float64
	ranks        []float64 // of each week: the sum of ranks within its part
	sizes        []float64 // of each week: its items
}

// An item is one duration and the week it belongs to.
type item struct {
	value float64
	week  int
}

// sort takes up all items of a stretch. Sorted once, they serve both blocks.
func (w *workspace) sort(m *Metric, all span) {
	w.items = w.items[:0]
	for i := all.from; i < all.to; i++ {
		if m.known(i) {
			for _, v := range m.Weeks[i].Items {
				w.items = append(w.items, item{v, i})
			}
		}
	}
	slices.SortFunc(w.items, func(a, b item) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	w.ranks = slices.Grow(w.ranks[:0], len(m.Weeks))[:len(m.Weeks)]
	w.sizes = slices.Grow(w.sizes[:0], len(m.Weeks))[:len(m.Weeks)]
}

// A ranking is one pass over sorted items, with ties at their mean rank.
type ranking struct{ n, ties float64 }

// take ranks the next t equal items and returns their mean rank.
func (r *ranking) take(t float64) float64 {
	rank := r.n + (t+1)/2
	r.n += t
	r.ties += t*t*t - t
	return rank
}

// compareDurations compares the items of two stretches by the Mann-Whitney
// test, and the weeks within each by Kruskal and Wallis's.
func (w *workspace) compareDurations(b *Block, recent, base span) {
	clear(w.ranks)
	clear(w.sizes)
	w.recent, w.base = w.recent[:0], w.base[:0]
	var both, inRecent, inBase ranking
	sum := 0.0 // of the recent ranks among both
	for rest := w.items; len(rest) > 0; {
		equal := 1
		for equal < len(rest) && rest[equal].value == rest[0].value {
			equal++
		}
		r, s := 0, 0
		for _, it := range rest[:equal] {
			if recent.holds(it.week) {
				w.recent = append(w.recent, it.value)
				r++
			} else if base.holds(it.week) {
				w.base = append(w.base, it.value)
				s++
			}
		}
		rank := both.take(float64(r + s))
		sum += rank * float64(r)
		recentRank, baseRank := inRecent.take(float64(r)), inBase.take(float64(s))
		for _, it := range rest[:equal] {
			w.sizes[it.week]++
			if recent.holds(it.week) {
				w.ranks[it.week] += recentRank
			} else {
				w.ranks[it.week] += baseRank
			}
		}
		rest = rest[equal:]
	}
	z := rankZ(sum, inRecent.n, inBase.n, both.ties)
	b.PMid = stats.NormalTwoSided(z)
	b.Direction = directionOf(z)
	b.Recent = w.median(recent, w.recent)
	b.Base = w.median(base, w.base)
	b.X2 = w.spread(recent, inRecent) + w.spread(base, inBase)
	b.DF = b.Recent.Weeks - 1 + b.Base.Weeks - 1
	b.Effect.Value = b.Recent.Value / b.Base.Value
	if ratio, ok := stats.MedianRatio(w.recent, w.base, rangeConfidence); ok {
		b.Effect.Low, b.Effect.High = ratio.Lower, ratio.Upper
	}
}

func (s span) holds(i int) bool { return i >= s.from && i < s.to }

// rankZ returns a rank sum in standard deviations from its mean, with the
// variance corrected for ties; 0 if all values are equal.
func rankZ(sum, n, m, ties float64) float64 {
	all := n + m
	variance := n * m / 12 * (all + 1 - ties/(all*(all-1)))
	if !(variance > 0) {
		return 0
	}
	return (sum - n*(all+1)/2) / math.Sqrt(variance)
}

func (w *workspace) median(s span, ascending []float64) (l Level) {
	for i := s.from; i < s.to; i++ {
		if w.sizes[i] > 0 {
			l.Weeks++
		}
	}
	l.Exposure = float64(l.Weeks)
	l.Size = float64(len(ascending))
	l.Value = stats.Quantile(ascending, 0.5)
	return l
}

// spread is H of the weeks of a stretch.
func (w *workspace) spread(s span, r ranking) (h float64) {
	n := r.n
	for i := s.from; i < s.to; i++ {
		if size := w.sizes[i]; size > 0 {
			d := w.ranks[i]/size - (n+1)/2
			h += size * d * d
		}
	}
	untied := 1 - r.ties/(n*n*n-n)
	if !(untied > 1e-12) {
		return 0
	}
	return h * 12 / (n * (n + 1)) / untied
}
