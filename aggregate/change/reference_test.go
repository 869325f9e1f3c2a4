package change

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"testing"
)

//go:embed testdata/reference.json
var casesJSON []byte

// A reference case is a whole judgement that an independent program made.
type referenceCase struct {
	ID        string
	Input     referenceInput
	Expected  map[string]any
	Tolerance float64
}

type referenceInput struct {
	Weeks             []json.RawMessage
	Exposure          []float64
	Successes, Trials []float64
	Phi0, Nu0         float64

	Base             []float64
	BaseExposureEach float64 `json:"base_exposure_each"`
	NextExposure     float64 `json:"next_exposure"`
	Alpha            float64
}

// metric turns a case into a Metric. Its exposures are in days, five to a
// week; the rule depends on their proportions alone.
func (in referenceInput) metric(t *testing.T, typ Type) Metric {
	m := Metric{ID: "case", Type: typ, Dispersion: in.Phi0, Weeks: make([]Week, max(len(in.Weeks), len(in.Trials)))}
	for i := range m.Weeks {
		w := &m.Weeks[i]
		w.Known, w.Exposure = true, 1
		if in.Exposure != nil {
			w.Exposure = in.Exposure[i] / in.unit()
		}
		if typ == Proportion {
			w.Successes, w.Trials = in.Successes[i], in.Trials[i]
			continue
		}
		into := any(&w.Value)
		if typ == Duration {
			into = &w.Items
		}
		if err := json.Unmarshal(in.Weeks[i], into); err != nil {
			t.Fatal(err)
		}
		w.Known = string(in.Weeks[i]) != "null"
	}
	return m
}

func (in referenceInput) unit() float64 {
	if in.Exposure == nil {
		return 1
	}
	return 5
}

var referenceTypes = map[string]Type{
	"decide_count": Count, "decide_proportion": Proportion, "decide_gauge": Gauge, "decide_durations": Duration,
}

// Every case must be answered, in every figure, to its own tolerance.
func TestReferenceCases(t *testing.T) {
	var cases map[string][]referenceCase
	if err := json.Unmarshal(casesJSON, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != len(referenceTypes)+1 {
		t.Errorf("cases of %d methods", len(cases))
	}
	for method, list := range cases {
		for _, c := range list {
			t.Run(method+"/"+c.ID, func(t *testing.T) {
				if method == "expected_range" {
					same(t, "", rangeOf(c.Input), c.Expected, c.Tolerance)
					return
				}
				typ, ok := referenceTypes[method]
				if !ok {
					t.Fatalf("nobody answers %s", method)
				}
				m := c.Input.metric(t, typ)
				v := Judge([]Metric{m}).Verdicts[0]
				same(t, "", verdictOf(v, c.Input), c.Expected, c.Tolerance)
			})
		}
	}
}

func rangeOf(in referenceInput) map[string]any {
	m := Metric{Type: Count, Dispersion: in.Phi0}
	for _, v := range in.Base {
		m.Weeks = append(m.Weeks, Week{Known: true, Exposure: in.BaseExposureEach, Value: v})
	}
	if in.NextExposure != 1 || in.Alpha != rangeLevel {
		return nil
	}
	v := Judge([]Metric{m}).Verdicts[0]
	level := m.rate(span{0, len(m.Weeks)})
	b := Block{Base: level, X2: m.rateSpread(span{0, len(m.Weeks)}, level), DF: level.Weeks - 1}
	b.widen(m.guess())
	return map[string]any{"low": v.Next.Low, "high": v.Next.High, "phi": b.Phi}
}

func verdictOf(v Verdict, in referenceInput) map[string]any {
	tests := []any{}
	for _, b := range v.Blocks {
		if b.asked() {
			tests = append(tests, blockOf(b, v, in.unit()))
		}
	}
	out := map[string]any{"tests": tests, "p_metric": v.P, "driver": v.Driver, "direction": int(v.Direction), "verdict_alone": v.State.String()}
	if v.Driver == 0 {
		out["p_metric"], out["driver"], out["direction"] = nil, nil, nil
	}
	return out
}

func blockOf(b Block, v Verdict, unit float64) map[string]any {
	out := map[string]any{"k": b.Span, "mode": "short", "p": b.P, "direction": int(b.Direction)}
	if v.Long {
		out["mode"] = "long"
	}
	if v.Type != Gauge {
		out["df"], out["phi"], out["nu"] = b.DF, b.Phi, b.Nu
	}
	switch v.Type {
	case Count:
		out["recent_events"], out["recent_exposure"] = b.Recent.Events, b.Recent.Exposure*unit
		out["base_events"], out["base_exposure"] = b.Base.Events, b.Base.Exposure*unit
		out["p_mid"], out["pearson_x2"], out["ratio"] = b.PMid, b.X2, b.Effect.Value
	case Proportion:
		out["recent"] = []any{b.Recent.Events, b.Recent.Size}
		out["base"] = []any{b.Base.Events, b.Base.Size}
		out["p_mid"], out["pearson_x2"], out["difference"] = b.PMid, b.X2, b.Effect.Value
	case Duration:
		out["n_recent"], out["n_base"] = b.Recent.Size, b.Base.Size
		out["p_rank"], out["H"] = b.PMid, b.X2
		out["z"] = b.T
		out["median_recent"], out["median_base"] = b.Recent.Value, b.Base.Value
	case Gauge:
		out["recent_mean"], out["base_mean"] = b.Recent.Value, b.Base.Value
		out["s"], out["r"], out["df"], out["t"] = b.SD, b.R, b.Nu, b.T
		if b.Base.Weeks < locked {
			out["r"] = nil
		}
		out["constant_baseline"] = b.Constant
	}
	return out
}

func same(t *testing.T, at string, got, want any, tolerance float64) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		for k := range want {
			if _, ok := g[k]; !ok {
				t.Errorf("%s.%s is not answered", at, k)
				continue
			}
			same(t, at+"."+k, g[k], want[k], tolerance)
		}
	case []any:
		g, _ := got.([]any)
		if len(g) != len(want) {
			t.Errorf("%s: got %v, want %v", at, g, want)
			return
		}
		for i := range want {
			same(t, fmt.Sprintf("%s[%d]", at, i), g[i], want[i], tolerance)
		}
	case float64:
		var g float64
		switch v := got.(type) {
		case int:
			g = float64(v)
		case float64:
			g = v
		default:
			g = math.NaN()
		}
		if !(math.Abs(g-want) <= tolerance*max(1, math.Abs(want))) {
			t.Errorf("%s: got %.15g, want %.15g", at, g, want)
		}
	default:
		if got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
}
