package prometheus_test

import (
	"bytes"
	"net/http"
	"regexp"
	"testing"
	"time"

	"preread/sources/prometheus"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/prometheus"
	"preread/sources/sourcetest"
)

func TestFaultMatrix(t *testing.T) { sourcetest.FaultMatrix(t, prometheus.Kind, world) }

// Grouped alarms are read more closely, so more can go wrong.
func TestFaultMatrixGrouped(t *testing.T) {
	sourcetest.FaultMatrix(t, prometheus.Kind, func(t *testing.T) sourcetest.World {
		w := world(t)
		w.Settings += "group_by = ['service']\n"
		w.Queries = w.Queries[:1]
		return w
	})
}

// cases are what goes wrong with a Prometheus only.
func cases(t *testing.T) []sourcetest.Case {
	but := func(change func(*simulated.Server)) http.Handler {
		s := budgeted(t)
		change(s)
		return s
	}
	refused := func(status int, kind, text string) fault.Fault {
		return fault.Fault{Status: status, Body: `{"status":"error","errorType":"` + kind + `","error":"` + text + `"}`}
	}
	late := refused(503, "timeout", "query timed out in expression evaluation")
	late.Path, late.Times = "query_range", 3
	valued := func(v string) []fault.Fault {
		return []fault.Fault{{Path: "/query", Edit: func(b []byte) []byte { return sampleValue.ReplaceAll(b, []byte(`${1}"`+v+`"]`)) }}}
	}
	return []sourcetest.Case{
		{Name: "warnings", System: but(func(s *simulated.Server) { s.Warnings = []string{"a store is away"} }), Want: sourcetest.Lesser},
		{Name: "warnings, each request in turn", InTurn: true, Faults: []fault.Fault{{Edit: func(b []byte) []byte {
			return bytes.Replace(b, []byte("{"), []byte(`{"warnings":["a store is away"],`), 1)
		}}}},
		{Name: "a store that is away", System: but(func(s *simulated.Server) { s.Away = true }), Want: sourcetest.Unknown},
		{Name: "15 days held", System: but(func(s *simulated.Server) { s.Retention = 15 * 24 * time.Hour }), Want: sourcetest.Lesser},
		{Name: "few samples at once", System: but(func(s *simulated.Server) { s.MaxSamples = 1500 }), Want: sourcetest.True},
		{Name: "long ranges time out", Faults: []fault.Fault{late}, Want: sourcetest.True},
		{Name: "every query times out", Faults: []fault.Fault{refused(503, "timeout", "canary")}, Want: sourcetest.Unknown},
		{Name: "query that is refused", Faults: []fault.Fault{refused(400, "bad_data", "canary")}, Want: sourcetest.Unknown},
		{Name: "nothing in any list", Faults: []fault.Fault{{Empty: true}}, Want: sourcetest.Lesser},
		{Name: "nothing in the lists, each request in turn", InTurn: true, Faults: []fault.Fault{{Empty: true}}},
		{Name: "NaN samples", Faults: valued("NaN")},
		{Name: "infinite samples", Faults: valued("+Inf")},
		{Name: "NaN samples, each request in turn", InTurn: true, Faults: valued("NaN")},
		{Name: "infinite samples, each request in turn", InTurn: true, Faults: valued("-Inf")},
	}
}

var sampleValue = regexp.MustCompile(`(\[[0-9.]+,)"[^"]*"\]`)
