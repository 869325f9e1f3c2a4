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
	ranks        []float64 // of each week: the sum of ranks
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

// compareDurations compares the items of two stretches by the Mann-Whitney
// test, ties at their mean rank.
func (w *workspace) compareDurations(b *Block, recent, base span) {
	ties := w.rank(recent, base)
	b.Recent, b.Base = w.median(recent, w.recent), w.median(base, w.base)
	b.T = w.rankZ(recent, b.Recent.Size, b.Base.Size, ties)
	b.PMid = stats.NormalTwoSided(b.T)
	b.Direction = directionOf(b.T)
	if v := rankVariance(b.Recent.Size+b.Base.Size, ties); v > 0 {
		b.X2 = (w.spread(recent) + w.spread(base)) / v
	}
	b.DF = b.Recent.Weeks - 1 + b.Base.Weeks - 1
	b.Effect.Value = b.Recent.Value / b.Base.Value
	if ratio, ok := stats.MedianRatio(w.recent, w.base, rangeConfidence); ok {
		b.Effect.Low, b.Effect.High = ratio.Lower, ratio.Upper
	}
}

// rank ranks the items of two stretches together. It leaves the items of each
// in order, and their ranks by week, and returns the sum of t³-t over groups
// of t equal items.
func (w *workspace) rank(recent, base span) (ties float64) {
	clear(w.ranks)
	clear(w.sizes)
	w.recent, w.base = w.recent[:0], w.base[:0]
	ranked := 0.0
	for rest := w.items; len(rest) > 0; {
		equal, t := 0, 0.0
		for ; equal < len(rest) && rest[equal].value == rest[0].value; equal++ {
			switch it := rest[equal]; {
			case recent.holds(it.week):
				w.recent = append(w.recent, it.value)
				t++
			case base.holds(it.week):
				w.base = append(w.base, it.value)
				t++
			}
		}
		for _, it := range rest[:equal] {
			w.sizes[it.week]++
			w.ranks[it.week] += ranked + (t+1)/2
		}
		ranked += t
		ties += t*t*t - t
		rest = rest[equal:]
	}
	return ties
}

func (s span) holds(i int) bool { return i >= s.from && i < s.to }

// rankVariance is the variance of n ranks. It is 0 if all values are equal.
func rankVariance(n, ties float64) float64 {
	if v := (n*n*n - n - ties) / (12 * (n - 1)); v > 0 {
		return v
	}
	return 0
}

// rankZ returns the sum of the ranks of the n recent items in standard
// deviations from its mean; 0 if all values are equal.
func (w *workspace) rankZ(recent span, n, m, ties float64) float64 {
	sum := 0.0
	for i := recent.from; i < recent.to; i++ {
		sum += w.ranks[i]
	}
	all := n + m
	variance := n * m / all * rankVariance(all, ties)
	if variance == 0 {
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

// spread is the sum of squares of the weeks' mean ranks within a stretch. Over
// the variance of a rank it is Kruskal and Wallis's H, but for ranks taken
// among both stretches.
func (w *workspace) spread(s span) (squares float64) {
	sum, n := 0.0, 0.0
	for i := s.from; i < s.to; i++ {
		sum += w.ranks[i]
		n += w.sizes[i]
	}
	for i := s.from; i < s.to; i++ {
		if size := w.sizes[i]; size > 0 {
			d := w.ranks[i]/size - sum/n
			squares += size * d * d
		}
	}
	return squares
}
