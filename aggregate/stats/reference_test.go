package stats_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"preread/aggregate/stats"
)

//go:embed testdata/cases.json
var casesJSON []byte

// A reference case is a worked example from the literature, or one that an
// independent program computed.
type referenceCase struct {
	ID        string
	Source    string
	Input     input
	Expected  map[string]any
	Tolerance float64
	Note      string
}

// An input holds the fields of all methods; each reads its own.
type input struct {
	Values            []*float64
	N                 int
	Confidence        float64
	Successes, Trials float64
	Recent, Base      side
	Chart             string
	Counts, Sizes     []float64
	Mean, Tail        float64
	Kind              string
	Gaps              []float64
	Events            int
	PastDays          float64 `json:"past_days"`
	QuietDays         float64 `json:"quiet_days"`
	P                 []float64
	Q                 float64
	A, B              []float64
	Durations         []float64
	Finished          []int
}

type side struct{ Events, Exposure, Successes, Trials float64 }

func (s side) rate() stats.Rate   { return stats.Rate{Events: s.Events, Exposure: s.Exposure} }
func (s side) share() stats.Share { return stats.Share{Successes: s.Successes, Trials: s.Trials} }

func (in input) series() []float64 {
	series := make([]float64, len(in.Values))
	for i, v := range in.Values {
		series[i] = math.NaN()
		if v != nil {
			series[i] = *v
		}
	}
	return series
}

type answer = map[string]any

var methods = map[string]func(input) answer{
	"xmr":                xmr,
	"mann_kendall_table": kendallTable,
	"mann_kendall":       mannKendall,
	"theil_sen":          theilSen,
	"wilson":             wilson,
	"poisson_compare":    rates,
	"proportion_compare": shares,
	"attribute_charts":   charts,
	"rare_events":        rare,
	"quantiles":          quantiles,
	"benjamini_hochberg": benjaminiHochberg,
	"mann_whitney":       mannWhitney,
	"kaplan_meier":       kaplanMeier,
}

// Every case must be answered, in every figure, to its own tolerance.
func TestReferenceCases(t *testing.T) {
	var cases map[string][]referenceCase
	if err := json.Unmarshal(casesJSON, &cases); err != nil {
		t.Fatal(err)
	}
	for name := range methods {
		if len(cases[name]) == 0 {
			t.Errorf("no case for %s", name)
		}
	}
	for name, list := range cases {
		method := methods[name]
		if method == nil {
			t.Errorf("nobody answers %s", name)
			continue
		}
		for _, c := range list {
			t.Run(name+"/"+c.ID, func(t *testing.T) {
				got := method(c.Input)
				if published, ok := c.Expected["published"].(map[string]any); ok {
					same(t, "published", publishedOf(published, got), published, tolerance(published))
					delete(c.Expected, "published")
				}
				same(t, "", got, c.Expected, c.Tolerance)
			})
		}
	}
}

// tolerance returns that of printed figures: half a unit of their last place
// unless they say otherwise.
func tolerance(published map[string]any) float64 {
	t, ok := published["tolerance"].(float64)
	delete(published, "tolerance")
	if !ok {
		return 0.51e-4
	}
	return t
}

func publishedOf(published map[string]any, got answer) answer {
	part := answer{}
	for k := range published {
		if v, ok := got[k]; ok {
			part[k] = v
		}
	}
	return part
}

// same compares recursively. A null is something that does not exist: NaN, an
// infinite bound, or rank 0.
func same(t *testing.T, at string, got, want any, tolerance float64) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		g, ok := got.(answer)
		if !ok {
			t.Fatalf("%s: got %v, want an object", at, got)
		}
		for k := range want {
			if _, ok := g[k]; !ok {
				t.Errorf("%s.%s is not answered", at, k)
				continue
			}
			same(t, at+"."+k, g[k], want[k], tolerance)
		}
	case []any:
		g := list(got)
		if len(g) != len(want) {
			t.Errorf("%s: got %v, want %v", at, g, want)
			return
		}
		for i := range want {
			same(t, fmt.Sprintf("%s[%d]", at, i), g[i], want[i], tolerance)
		}
	case float64:
		if g := number(got); !(math.Abs(g-want) <= tolerance*max(1, math.Abs(want))) {
			t.Errorf("%s: got %.15g, want %.15g", at, g, want)
		}
	case nil:
		if g := number(got); !math.IsNaN(g) && !math.IsInf(g, 0) {
			t.Errorf("%s: got %v, want none", at, g)
		}
	case bool, string:
		if got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	default:
		t.Fatalf("%s: %T in a case", at, want)
	}
}

func number(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int:
		return float64(v)
	}
	return math.Inf(1)
}

func list(v any) (out []any) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		return []any{err}
	}
	return out
}

func xmr(in input) answer {
	out := answer{}
	for name, by := range map[string]stats.Center{"mean": stats.MeanRange, "median": stats.MedianRange, "median-median": stats.MedianMedian} {
		c, _ := stats.NewXmR(in.series(), by)
		out[name] = answer{
			"center": c.Center, "mr": c.Range, "unpl": c.Upper, "lnpl": c.Lower, "url": c.RangeUpper,
			"upper_quarter": c.UpperQuarter, "lower_quarter": c.LowerQuarter, "n": c.Values, "n_mr": c.Ranges,
		}
	}
	c, _ := stats.NewXmR(in.series(), stats.MeanRange)
	none := []int{}
	out["rules_on_mean_limits"] = answer{
		"rule1": append(none, c.Outside(in.series())...),
		"rule2": append(none, c.Run(in.series())...),
		"rule3": append(none, c.NearLimit(in.series())...),
	}
	return out
}

func kendallTable(in input) answer {
	out := answer{}
	for s := range in.N*(in.N-1)/2 + 1 {
		out[strconv.Itoa(s)] = stats.KendallTail(in.N, s)
	}
	return out
}

func mannKendall(in input) answer {
	r, _ := stats.MannKendall(in.series())
	fraction := "" // the same figure as p_two_sided, as a fraction of small numbers
	for d := 1; d <= 12600 && fraction == ""; d++ {
		if n := math.Round(r.TwoSided * float64(d)); math.Abs(n/float64(d)-r.TwoSided) < 1e-15 {
			fraction = fmt.Sprintf("%.0f/%d", n, d)
		}
	}
	return answer{
		"n": r.N, "S": r.S, "ties": append([]int{}, r.Ties...), "var_S": r.Variance, "tau_b": r.TauB,
		"p_two_sided": r.TwoSided, "p_increasing": r.Increasing, "p_decreasing": r.Decreasing,
		"p_fraction": fraction, "z_continuity": r.Z, "p_normal_approx": r.Normal,
	}
}

func theilSen(in input) answer {
	s, _ := stats.TheilSen(in.series(), in.Confidence)
	return answer{
		"slope": s.Estimate, "intercept": s.Intercept, "n_slopes": s.Pairs, "k": s.K, "C": s.C,
		"lower": s.Lower, "upper": s.Upper, "exact_confidence": s.Confidence,
	}
}

func wilson(in input) answer {
	i, _ := stats.Wilson(stats.Share{Successes: in.Successes, Trials: in.Trials}, in.Confidence)
	return answer{"estimate": i.Estimate, "lower": i.Lower, "upper": i.Upper}
}

func rates(in input) answer {
	r, b := in.Recent.rate(), in.Base.rate()
	t, _ := stats.CompareRates(r, b)
	like, _ := stats.RatesMinLike(r, b)
	ratio, _ := stats.RateRatio(r, b, in.Confidence)
	return answer{
		"total": r.Events + b.Events, "p_greater": t.Greater, "p_less": t.Less, "p_central": t.Central(),
		"p_mid": t.Mid(), "p_minlike": like, "ratio": ratio.Estimate, "ratio_lower": ratio.Lower, "ratio_upper": ratio.Upper,
	}
}

func shares(in input) answer {
	r, b := in.Recent.share(), in.Base.share()
	t, _ := stats.CompareShares(r, b)
	like, _ := stats.SharesMinLike(r, b)
	d, _ := stats.ShareDifference(r, b, 0.95)
	return answer{
		"p_greater": t.Greater, "p_less": t.Less, "p_central": t.Central(), "p_mid": t.Mid(), "p_minlike": like,
		"rate_recent": r.Successes / r.Trials, "rate_base": b.Successes / b.Trials, "difference": d.Estimate,
	}
}

func charts(in input) answer {
	var c stats.Chart
	switch in.Chart {
	case "c":
		c, _ = stats.CountChart(in.Counts)
		return answer{"center": c.Center, "ucl": c.Upper[0], "lcl": c.Lower[0]}
	case "u":
		c, _ = stats.RateChart(in.Counts, in.Sizes)
	case "p":
		c, _ = stats.ShareChart(in.Counts, in.Sizes)
	case "u'":
		c, _ = stats.LaneyRateChart(in.Counts, in.Sizes)
	case "p'":
		c, _ = stats.LaneyShareChart(in.Counts, in.Sizes)
	case "poisson-probability":
		lower, upper, _ := stats.PoissonLimits(in.Mean, in.Tail)
		return answer{"lower": lower, "upper": upper}
	}
	return answer{"center": c.Center, "ucl": c.Upper, "lcl": c.Lower, "value": c.Value, "sigma_z": c.Sigma, "z": c.Z}
}

func rare(in input) answer {
	switch in.Kind {
	case "t-chart":
		l, _ := stats.TimeBetween(in.Gaps)
		return answer{"center": l.Center, "ucl": l.Upper, "lcl": l.Lower}
	case "no-event":
		p, _ := stats.QuietStretch(in.Events, in.PastDays, in.QuietDays)
		return answer{"p_no_event": p}
	}
	return nil
}

func benjaminiHochberg(in input) answer {
	adjusted := stats.BenjaminiHochberg(in.P)
	reject, alone, n := []bool{}, []bool{}, 0
	for i, a := range adjusted {
		reject = append(reject, a <= in.Q)
		alone = append(alone, in.P[i]*float64(len(in.P)) <= in.Q)
		if a <= in.Q {
			n++
		}
	}
	return answer{"adjusted": adjusted, "reject": reject, "n_reject": n, "bonferroni_reject": alone}
}

func mannWhitney(in input) answer {
	r, _ := stats.MannWhitney(in.A, in.B)
	exact, _ := stats.MannWhitneyExact(in.A, in.B)
	return answer{"U": r.U, "p_exact_two_sided": exact, "z": r.Z, "p_normal": r.P, "prob_superiority": r.Superiority}
}

func kaplanMeier(in input) answer {
	var d []stats.Duration
	for i, length := range in.Durations {
		d = append(d, stats.Duration{Length: length, Finished: in.Finished[i] == 1})
	}
	steps, median, _ := stats.KaplanMeier(d)
	pairs := [][]float64{}
	for _, s := range steps {
		pairs = append(pairs, []float64{s.At, s.Surviving})
	}
	return answer{"steps": pairs, "median": median}
}

func quantiles(in input) answer {
	v := slices.Sorted(slices.Values(in.series()))
	out := answer{}
	for name, p := range map[string]float64{"p10": 0.1, "p50": 0.5, "p85": 0.85, "p95": 0.95} {
		out[name] = stats.Quantile(v, p)
		intervals := answer{}
		for _, confidence := range []float64{0.8, 0.95} {
			r, _ := stats.QuantileRanks(len(v), p, confidence)
			i, _ := stats.QuantileInterval(v, p, confidence)
			intervals[fmt.Sprint(confidence)] = answer{
				"lower_rank": rank(r.Lower), "upper_rank": rank(r.Upper),
				"lower": i.Lower, "upper": i.Upper, "exact_confidence": r.Confidence,
			}
		}
		out["interval_"+name] = intervals
	}
	return out
}

func rank(r int) float64 {
	if r == 0 {
		return math.NaN()
	}
	return float64(r)
}
