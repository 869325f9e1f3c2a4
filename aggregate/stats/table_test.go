package stats_test

import (
	"math"
	"testing"

	"preread/aggregate/stats"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

func TestDistributions(t *testing.T) {
	near(t, "normal quantile 0.975", stats.NormalQuantile(0.975), 1.959963984540054)
	near(t, "normal quantile 0.5", stats.NormalQuantile(0.5), 0)
	near(t, "normal two-sided", stats.NormalTwoSided(-1.959963984540054), 0.05)
	// With one degree of freedom Student's t is Cauchy's distribution, with
	// two it has a closed form as well.
	for _, x := range []float64{0, 0.3, -1, 2, 50, 1e6} {
		near(t, "df 1", stats.StudentTwoSided(x, 1), 1-2/math.Pi*math.Atan(math.Abs(x)))
		near(t, "df 2", stats.StudentTwoSided(x, 2), 1-math.Abs(x)/math.Sqrt(2+x*x))
	}
	for _, p := range []float64{0.9, 0.05, 0.005} {
		for _, df := range []float64{1, 2.5, 9, 30} {
			near(t, "there and back", stats.StudentTwoSided(stats.StudentQuantile(p, df), df), p)
		}
	}
	if got := stats.StudentTwoSided(40, 30); !(got > 0 && got < 1e-25) {
		t.Errorf("far tail: got %g", got)
	}
	if got := stats.StudentTwoSided(math.Inf(1), 3); got != 0 {
		t.Errorf("infinite t: got %g", got)
	}
}

// The mucociliary efficiency of Hollander and Wolfe (1973), table 6.1, H as
// printed in the manual of R.
func TestKruskalWallis(t *testing.T) {
	h, df, ok := stats.KruskalWallis(
		[]float64{2.9, 3.0, 2.5, 2.6, 3.2}, nil,
		[]float64{3.8, 2.7, 4.0, 2.4},
		[]float64{2.8, 3.4, 3.7, 2.2, 2.0})
	if !ok || df != 2 {
		t.Errorf("df %d, ok %v", df, ok)
	}
	near(t, "H", h, 27./35)

	if h, df, ok := stats.KruskalWallis([]float64{1, 1}, []float64{1}); h != 0 || df != 1 || !ok {
		t.Errorf("all equal: %v %v %v", h, df, ok)
	}
}

// Between two samples H is the square of the z of Mann and Whitney.
func TestKruskalWallisOfTwo(t *testing.T) {
	a, b := []float64{1, 2, 2, 5, 9}, []float64{2, 3, 5, 5, 11, 12}
	h, _, _ := stats.KruskalWallis(a, b)
	u, _ := stats.MannWhitney(a, b)
	near(t, "H", h, u.Z*u.Z)
}

func TestMedianRatio(t *testing.T) {
	a := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	b := []float64{10, 20, 30, 40, 50, 60, 70, 80, 90}
	in, ok := stats.MedianRatio(a, b, 0.95)
	if !ok {
		t.Fatal("no interval")
	}
	// Nine values: the second and the eighth enclose the median but for
	// 10/512 on each side.
	sd := math.Log(8./2) / (2 * stats.NormalQuantile(1-10./512))
	half := 1.959963984540054 * math.Sqrt2 * sd
	near(t, "ratio", in.Estimate, 0.1)
	near(t, "lower", in.Lower, 0.1*math.Exp(-half))
	near(t, "upper", in.Upper, 0.1*math.Exp(half))
	near(t, "median", stats.Median([]float64{9, 1, 4, 2}), 3)
}

func TestCasesBetween(t *testing.T) {
	l, ok := stats.CasesBetween([]float64{2, 3, 7})
	if !ok {
		t.Fatal("no limits")
	}
	near(t, "center", l.Center, 3)
	near(t, "lower", l.Lower, 0)
	near(t, "upper", l.Upper, 4+3*math.Sqrt(20))
}

func TestLaneyShareChart(t *testing.T) {
	c, ok := stats.LaneyShareChart([]float64{1, 3}, []float64{10, 10})
	if !ok {
		t.Fatal("no chart")
	}
	sigma := math.Sqrt(0.2 * 0.8 / 10)
	between := 0.2 / sigma / 1.128 // of the two values, in their own sigmas
	near(t, "sigma", c.Sigma, between)
	near(t, "upper", c.Upper[0], 0.2+3*sigma*between)
	near(t, "lower", c.Lower[1], 0)
}

// Beyond sixty values the exact distribution gives way to the normal one.
func TestLongTrend(t *testing.T) {
	series := make([]float64, 100)
	for i := range series {
		series[i] = float64(i)
	}
	trend, ok := stats.MannKendall(series)
	if !ok || trend.S != 4950 || !(trend.TwoSided < 1e-40) {
		t.Errorf("ok %v, S %d, p %g", ok, trend.S, trend.TwoSided)
	}
}

// Whatever cannot be answered is refused, and nothing panics.
func TestRefusals(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good, odd := []float64{1, 2, 3, 4}, []float64{1, nan, -2, inf}
	refused := map[string]bool{}
	refuse := func(what string, ok bool) { refused[what] = refused[what] || ok }
	for _, v := range [][]float64{nil, odd} {
		_, ok := stats.CountChart(v)
		refuse("CountChart", ok)
		_, ok = stats.RateChart(v, good)
		refuse("RateChart", ok)
		_, ok = stats.ShareChart(good, v)
		refuse("ShareChart", ok)
		_, ok = stats.LaneyRateChart(v, v)
		refuse("LaneyRateChart", ok)
		_, ok = stats.LaneyShareChart(v, good)
		refuse("LaneyShareChart", ok)
		_, ok = stats.TimeBetween(v)
		refuse("TimeBetween", ok)
		_, ok = stats.CasesBetween(v)
		refuse("CasesBetween", ok)
		_, ok = stats.MannWhitney(v, good)
		refuse("MannWhitney", ok)
		_, ok = stats.MannWhitneyExact(good, v)
		refuse("MannWhitneyExact", ok)
		_, _, ok = stats.KruskalWallis(v, good)
		refuse("KruskalWallis", ok)
		_, ok = stats.MedianRatio(v, good, 0.9)
		refuse("MedianRatio", ok && len(v) == 0)
		_, ok = stats.MannKendall(v)
		refuse("MannKendall", ok)
		_, ok = stats.TheilSen(v, 0.95)
		refuse("TheilSen", ok)
		_, ok = stats.NewXmR(v, stats.MeanRange)
		refuse("NewXmR", ok)
	}
	for _, x := range []float64{nan, inf, -1} {
		rate, share := stats.Rate{Events: x, Exposure: 1}, stats.Share{Successes: x, Trials: 3}
		_, ok := stats.CompareRates(rate, stats.Rate{Events: 1, Exposure: 1})
		refuse("CompareRates", ok)
		_, ok = stats.RatesMinLike(rate, stats.Rate{Events: 1, Exposure: 1})
		refuse("RatesMinLike", ok)
		_, ok = stats.RateRatio(stats.Rate{Events: 1, Exposure: x}, rate, 0.9)
		refuse("RateRatio", ok)
		_, ok = stats.Wilson(share, 0.9)
		refuse("Wilson", ok)
		_, ok = stats.ShareDifference(share, share, 0.9)
		refuse("ShareDifference", ok)
		_, ok = stats.CompareShares(share, share)
		refuse("CompareShares", ok)
		_, ok = stats.SharesMinLike(share, share)
		refuse("SharesMinLike", ok)
		_, ok = stats.QuietStretch(1, x, 1)
		refuse("QuietStretch", ok)
		_, _, ok = stats.PoissonLimits(x, 0.01)
		refuse("PoissonLimits", ok)
		_, ok = stats.QuantileRanks(5, x, 0.9)
		refuse("QuantileRanks", ok)
		_, ok = stats.QuantileInterval(good, 0.5, x)
		refuse("QuantileInterval", ok)
		_, _, ok = stats.KaplanMeier([]stats.Duration{{Length: x, Finished: x == -1}})
		refuse("KaplanMeier", ok && x == -1)
		for what, v := range map[string]float64{
			"NormalQuantile": stats.NormalQuantile(x), "StudentTwoSided": stats.StudentTwoSided(1, -1),
			"StudentQuantile": stats.StudentQuantile(x, 3), "Quantile": stats.Quantile(good, x),
			"KendallTail": stats.KendallTail(0, 0),
		} {
			refuse(what, !math.IsNaN(v))
		}
	}
	for what, answered := range refused {
		if answered {
			t.Errorf("%s answers what it cannot know", what)
		}
	}
}
