package stats_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"preread/aggregate/stats"
)

// anyNumber draws what no caller should pass as well.
var anyNumber = rapid.OneOf(
	rapid.Map(rapid.IntRange(-2, 30), func(i int) float64 { return float64(i) }),
	rapid.Float64(),
	rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.SmallestNonzeroFloat64, math.MaxFloat64, 1 << 40}),
)

func within(t *rapid.T, what string, v, low, high float64) {
	t.Helper()
	if !(v >= low && v <= high) {
		t.Fatalf("%s: %v is not within %v and %v", what, v, low, high)
	}
}

// Nothing panics, and what is called a probability is one.
func TestAnyNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) float64 { return anyNumber.Draw(t, name) }
		confidence := n("confidence")
		a, b := stats.Rate{Events: n("x"), Exposure: n("ex")}, stats.Rate{Events: n("y"), Exposure: n("ey")}
		if tails, ok := stats.CompareRates(a, b); ok {
			within(t, "mid p of rates", tails.Mid(), 0, 1)
			within(t, "central p of rates", tails.Central(), tails.Mid(), 1)
			p, _ := stats.RatesMinLike(a, b)
			within(t, "p of rates", p, 0, 1)
		}
		if in, ok := stats.RateRatio(a, b, confidence); ok {
			within(t, "ratio", in.Lower, 0, in.Upper)
		}
		s, r := stats.Share{Successes: a.Events, Trials: n("n")}, stats.Share{Successes: b.Events, Trials: n("m")}
		if max(s.Trials, r.Trials) < 1e6 { // the sums of larger ones take long
			if tails, ok := stats.CompareShares(s, r); ok {
				within(t, "mid p of shares", tails.Mid(), 0, 1)
				p, _ := stats.SharesMinLike(s, r)
				within(t, "p of shares", p, 0, 1)
			}
		}
		if in, ok := stats.ShareDifference(s, r, confidence); ok {
			within(t, "difference", in.Estimate, in.Lower, in.Upper)
		}
		stats.StudentTwoSided(n("t"), n("df"))
		stats.NormalQuantile(n("p"))
		stats.PoissonLimits(n("mean"), n("tail"))
		stats.QuietStretch(int(a.Events), n("past"), n("quiet"))
		stats.QuantileRanks(rapid.IntRange(-1, 40).Draw(t, "ranks"), n("quantile"), confidence)
	})
}

// Nor does anything that takes a series.
func TestAnySeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(anyNumber, 0, 12).Draw(t, "v")
		w := rapid.SliceOfN(anyNumber, 0, 12).Draw(t, "w")
		before := slices.Clone(v)
		if r, ok := stats.MannKendall(v); ok {
			within(t, "trend", r.TwoSided, 0, 1)
		}
		stats.TheilSen(v, 0.95)
		for by := stats.Center(0); by < 5; by++ {
			if c, ok := stats.NewXmR(v, by); ok {
				c.Outside(w)
				c.Run(w)
				c.NearLimit(w)
			}
		}
		if r, ok := stats.MannWhitney(v, w); ok {
			within(t, "ranks", r.P, 0, 1)
			within(t, "superiority", r.Superiority, 0, 1)
			p, _ := stats.MannWhitneyExact(v, w)
			within(t, "exact ranks", p, 0, 1+1e-12)
		}
		if h, _, ok := stats.KruskalWallis(v, w, v); ok {
			within(t, "H", h, 0, math.Inf(1))
		}
		stats.CountChart(v)
		stats.RateChart(v, w)
		stats.LaneyRateChart(v, w)
		stats.ShareChart(v, w)
		stats.LaneyShareChart(v, w)
		stats.TimeBetween(v)
		stats.CasesBetween(v)
		stats.BenjaminiHochberg(v)
		stats.Median(v)
		stats.Quantile(v, 0.3)
		stats.QuantileInterval(v, 0.5, 0.8)
		stats.MedianRatio(v, w, 0.9)
		var d []stats.Duration
		for i, length := range v {
			d = append(d, stats.Duration{Length: length, Finished: i%2 == 0})
		}
		stats.KaplanMeier(d)
		for i := range v {
			if v[i] != before[i] && !math.IsNaN(v[i]) {
				t.Fatal("the input was changed")
			}
		}
	})
}

// Two rates, two shares and two samples can change places.
func TestSidesCanChangePlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, low, high int) float64 { return float64(rapid.IntRange(low, high).Draw(t, name)) }
		a, b := stats.Rate{Events: n("x", 0, 60), Exposure: n("ex", 1, 9)}, stats.Rate{Events: n("y", 1, 60), Exposure: n("ey", 1, 9)}
		one, _ := stats.CompareRates(a, b)
		two, _ := stats.CompareRates(b, a)
		alike(t, "rates", one.Mid(), two.Mid())
		alike(t, "rates, tails", one.Greater, two.Less)
		alike(t, "rates, whole", one.Greater+one.Less-one.Point, 1)
		r, _ := stats.RateRatio(a, b, 0.95)
		if s, _ := stats.RateRatio(b, a, 0.95); a.Events > 0 {
			alike(t, "ratio", r.Lower*s.Upper, 1)
		}
		s := stats.Share{Successes: n("k", 0, 20), Trials: n("n", 20, 40)}
		u := stats.Share{Successes: n("l", 0, 20), Trials: n("m", 20, 40)}
		three, _ := stats.CompareShares(s, u)
		four, _ := stats.CompareShares(u, s)
		alike(t, "shares", three.Mid(), four.Mid())
		alike(t, "shares, whole", three.Greater+three.Less-three.Point, 1)
	})
}

func alike(t *rapid.T, what string, a, b float64) {
	t.Helper()
	if !(math.Abs(a-b) <= 1e-9*max(1, math.Abs(a))) {
		t.Fatalf("%s: %v and %v", what, a, b)
	}
}

// The exact trend is that of all orders, one by one.
func TestTrendOfAllOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 4), func(i int) float64 { return float64(i) }), 2, 6).Draw(t, "v")
		want, _ := stats.MannKendall(v)
		atLeast, all := 0.0, 0.0
		permute(slices.Clone(v), 0, func(order []float64) {
			r := 0
			for i := range order {
				for _, later := range order[i+1:] {
					if later > order[i] {
						r++
					} else if later < order[i] {
						r--
					}
				}
			}
			all++
			if r >= want.S {
				atLeast++
			}
		})
		alike(t, "increasing", want.Increasing, atLeast/all)
		back := slices.Clone(v)
		slices.Reverse(back)
		mirror, _ := stats.MannKendall(back)
		alike(t, "mirrored", mirror.Decreasing, want.Increasing)
	})
}

func permute(v []float64, k int, visit func([]float64)) {
	if k == len(v) {
		visit(v)
		return
	}
	for i := k; i < len(v); i++ {
		v[k], v[i] = v[i], v[k]
		permute(v, k+1, visit)
		v[k], v[i] = v[i], v[k]
	}
}

// A wider confidence is a wider interval, and adjusting makes no p smaller.
func TestIntervalsAreNested(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := float64(rapid.IntRange(0, 30).Draw(t, "k"))
		s := stats.Share{Successes: k, Trials: k + float64(rapid.IntRange(1, 30).Draw(t, "failures"))}
		r := stats.Rate{Events: k, Exposure: 2}
		base := stats.Rate{Events: s.Trials, Exposure: 7}
		narrow, _ := stats.Wilson(s, 0.8)
		wide, _ := stats.Wilson(s, 0.95)
		within(t, "share", narrow.Lower, wide.Lower, narrow.Upper)
		within(t, "share", narrow.Upper, narrow.Lower, wide.Upper)
		narrow, _ = stats.RateRatio(r, base, 0.8)
		wide, _ = stats.RateRatio(r, base, 0.95)
		within(t, "ratio", narrow.Lower, wide.Lower, narrow.Upper)
		within(t, "ratio", narrow.Upper, narrow.Lower, wide.Upper)
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "p")
		for i, adjusted := range stats.BenjaminiHochberg(p) {
			within(t, "adjusted p", adjusted, p[i], 1)
		}
	})
}

func BenchmarkMannKendall60(b *testing.B) {
	v := make([]float64, 60)
	for i := range v {
		v[i] = float64(i * 37 % 61)
	}
	b.ReportAllocs()
	for b.Loop() {
		stats.MannKendall(v)
	}
}

func BenchmarkCompareRates(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		stats.CompareRates(stats.Rate{Events: 36, Exposure: 3}, stats.Rate{Events: 157, Exposure: 26})
	}
}

func BenchmarkCompareShares(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		stats.CompareShares(stats.Share{Successes: 44, Trials: 60}, stats.Share{Successes: 416, Trials: 520})
	}
}

func BenchmarkMannWhitneyExact(b *testing.B) {
	v := make([]float64, 100)
	for i := range v {
		v[i] = float64(i * 37 % 101)
	}
	b.ReportAllocs()
	for b.Loop() {
		stats.MannWhitneyExact(v[:50], v[50:])
	}
}
