package change

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"preread/aggregate/stats"
)

// sameReport compares to the last bit; NaN equals NaN.
func sameReport(a, b Report) bool { return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b) }

func anyMetric(t *rapid.T) Metric {
	m := Metric{
		Type:   Type(rapid.IntRange(0, 5).Draw(t, "type")),
		Better: Better(rapid.IntRange(0, 2).Draw(t, "better")),
		Window: rapid.IntRange(-1, 8).Draw(t, "window"),
		From:   rapid.IntRange(-2, 12).Draw(t, "from"),
		Until:  rapid.IntRange(-2, 40).Draw(t, "until"),
	}
	wild := rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(math.Inf(-1)))
	tame := rapid.Map(rapid.IntRange(0, 30), func(i int) float64 { return float64(i) })
	value := tame
	if rapid.IntRange(0, 3).Draw(t, "wild") == 0 {
		value = rapid.OneOf(wild, tame, tame, tame)
		m.Dispersion, m.MinChange = wild.Draw(t, "dispersion"), wild.Draw(t, "change")
	}
	for range rapid.IntRange(0, 40).Draw(t, "weeks") {
		w := Week{Known: rapid.IntRange(0, 9).Draw(t, "known") > 0, Exposure: 1, Value: value.Draw(t, "value")}
		if rapid.IntRange(0, 5).Draw(t, "short") == 0 {
			w.Exposure = rapid.OneOf(rapid.Float64Range(0, 1), wild).Draw(t, "exposure")
		}
		w.Successes, w.Trials = w.Value, w.Value+value.Draw(t, "failures")
		w.Items = rapid.SliceOfN(value, 0, 6).Draw(t, "items")
		m.Weeks = append(m.Weeks, w)
	}
	return m
}

// Whatever comes in, what goes out is a probability, a reason, or nothing.
func TestAnyInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		report := rapid.SliceOfN(rapid.Custom(anyMetric), 0, 4).Draw(t, "report")
		r := Judge(report)
		if !sameReport(r, Judge(report)) {
			t.Fatal("not the same twice")
		}
		for i, v := range r.Verdicts {
			if (v.State == Unknown) != (v.Reason != NoReason) {
				t.Fatalf("%s with reason %q", v.State, v.Reason)
			}
			if !(v.P >= 0 && v.P <= 1) || !(v.Adjusted >= 0 && v.Adjusted <= 1) {
				t.Fatalf("p %v, adjusted %v", v.P, v.Adjusted)
			}
			if v.State == Unknown {
				continue
			}
			b := v.Block()
			if b.Phi < 1 || !(b.Nu > 0) || b.P < b.PMid*(1-1e-9) {
				t.Fatalf("the guard made p smaller: %+v", b)
			}
			if e := b.Effect; e.Low > e.Value*(1+1e-9)+1e-9 && e.Value > 0 || e.High < e.Value*(1-1e-9)-1e-9 && e.Value > 0 {
				t.Fatalf("the effect is outside of its range: %+v", e)
			}
			if v.Next.Known && !(v.Next.Low <= v.Next.High) {
				t.Fatalf("range %+v", v.Next)
			}
			if v.Since < 0 || v.Since >= len(report[i].Weeks) {
				t.Fatalf("since %d", v.Since)
			}
		}
	})
}

func countMetric(t *rapid.T, least int) Metric {
	m := Metric{Type: Count}
	for range rapid.IntRange(least, 40).Draw(t, "weeks") {
		m.Weeks = append(m.Weeks, Week{Known: true, Exposure: 1, Value: float64(rapid.IntRange(1, 30).Draw(t, "events"))})
	}
	return m
}

// The further the last week is out, the smaller the p of its question.
func TestFurtherOutIsOdder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := countMetric(t, 6)
		last := &m.Weeks[len(m.Weeks)-1]
		before := 2.0
		base := Judge([]Metric{m}).Verdicts[0].Blocks[0].Base
		for x := math.Ceil(base.Value) + 1; x < base.Value+25; x++ {
			last.Value = x
			p := Judge([]Metric{m}).Verdicts[0].Blocks[0].P
			if p > before+1e-12 {
				t.Fatalf("%v: p rises from %v to %v", x, before, p)
			}
			before = p
		}
	})
}

// Failures fall as successes rise: the same verdict, upside down.
func TestSharesAreSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, mirror := Metric{Type: Proportion}, Metric{Type: Proportion}
		for range rapid.IntRange(6, 32).Draw(t, "weeks") {
			n := float64(rapid.IntRange(5, 40).Draw(t, "trials"))
			k := float64(rapid.IntRange(0, int(n)).Draw(t, "successes"))
			m.Weeks = append(m.Weeks, Week{Known: true, Exposure: 1, Successes: k, Trials: n})
			mirror.Weeks = append(mirror.Weeks, Week{Known: true, Exposure: 1, Successes: n - k, Trials: n})
		}
		a, b := Judge([]Metric{m}).Verdicts[0], Judge([]Metric{mirror}).Verdicts[0]
		if math.Abs(a.P-b.P) > 1e-9 {
			t.Fatalf("p %v and %v", a.P, b.P)
		}
	})
}

// Units do not matter: seconds or hours, any zero of a gauge.
func TestUnitsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]float64{0.25, 8, 1024}).Draw(t, "scale") // exact in binary
		for _, typ := range []Type{Duration, Gauge} {
			m, scaled := Metric{Type: typ}, Metric{Type: typ}
			for range rapid.IntRange(6, 32).Draw(t, "weeks") {
				items := rapid.SliceOfN(rapid.Float64Range(0.1, 50), 1, 8).Draw(t, "items")
				big := make([]float64, len(items))
				for i := range items {
					big[i] = items[i] * scale
				}
				m.Weeks = append(m.Weeks, Week{Known: true, Value: items[0], Items: items})
				scaled.Weeks = append(scaled.Weeks, Week{Known: true, Value: big[0], Items: big})
			}
			a, b := Judge([]Metric{m}).Verdicts[0], Judge([]Metric{scaled}).Verdicts[0]
			if a.State != b.State || a.Reason != b.Reason || math.Abs(a.P-b.P) > 1e-9 {
				t.Fatalf("%s: %s %v and %s %v", typ, a.State, a.P, b.State, b.P)
			}
		}
	})
}

// The one sorted pass over durations gives what the tests of package stats do.
func TestDurationsAgreeWithStats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Metric{Type: Duration}
		for range rapid.IntRange(6, 32).Draw(t, "weeks") {
			items := rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 9), func(i int) float64 { return float64(i) }), 4, 9).Draw(t, "items")
			m.Weeks = append(m.Weeks, Week{Known: true, Items: items})
		}
		for _, b := range Judge([]Metric{m}).Verdicts[0].Blocks {
			if !b.asked() {
				continue
			}
			var recent, base []float64
			for i, w := range m.Weeks {
				if i >= len(m.Weeks)-b.Span {
					recent = append(recent, w.Items...)
				} else if i >= b.BaseFrom && i < b.BaseTo {
					base = append(base, w.Items...)
				}
			}
			want, _ := stats.MannWhitney(recent, base)
			if math.Abs(b.T-want.Z) > 1e-9 || math.Abs(b.PMid-want.P) > 1e-9 ||
				b.Recent.Value != stats.Median(recent) || b.Base.Value != stats.Median(base) {
				t.Fatalf("got z %v, medians %v and %v; want z %v", b.T, b.Recent.Value, b.Base.Value, want.Z)
			}
		}
	})
}
