package prometheus_test

import (
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/prometheus"
)

func TestReadingsAreTrue(t *testing.T) {
	system := kettle(t, 1)
	s := serve(t, system, publicly)
	w := window(t, 12) // three weeks more than are held
	for _, query := range []string{simulated.CheckoutP95, simulated.CheckoutAvailability, simulated.SearchIndexLag, simulated.SearchAvailability} {
		var want []sources.Reading
		for _, week := range w.Weeks() {
			r := sources.Reading{Week: week, Graded: sources.Graded{Reason: "no data at the week's end"}}
			if value, ok := system.Reading(w, week, query); ok {
				r.Value, r.Graded = value, sources.Whole()
			}
			want = append(want, r)
		}
		got, err := s.source.Readings(t.Context(), w, sources.Query{Noun: sources.Metrics, Text: query})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(sources.Reading{}, "Evidence")); diff != "" {
			t.Errorf("%s (-true +collected):\n%s", query, diff)
		}
	}
}

func TestReadings(t *testing.T) {
	start := now.AddDate(0, 0, -60)
	series := func(values ...float64) (list []simulated.Series) {
		for i, v := range values {
			list = append(list, simulated.Series{
				Labels: map[string]string{"pot": fmt.Sprint(i)},
				Points: []simulated.Point{{From: start, Value: v}},
			})
		}
		return list
	}
	for _, c := range []struct {
		name   string
		series []simulated.Series
		fault  fault.Fault
		value  float64
		graded sources.Graded
		gap    string
	}{
		{name: "a number", series: series(0.41), value: 0.41, graded: sources.Whole()},
		{name: "zero is a number", series: series(0), graded: sources.Whole()},
		{name: "negative", series: series(-3), value: -3, graded: sources.Whole()},
		{name: "nothing", graded: sources.Graded{Reason: "no data at the week's end"}},
		{name: "not a number", series: series(math.NaN()), graded: sources.Graded{Reason: "no traffic in the week: the value is not a number"}},
		{name: "infinite", series: series(math.Inf(1)), graded: sources.Graded{Reason: "the value is infinite: something was divided by nothing"}},
		{name: "two numbers", series: series(1, 2), gap: `"pot_celsius" gives 2 numbers, one is wanted`},
		{
			name: "a histogram", gap: `"pot_celsius" gives a histogram, not a number`,
			fault: fault.Fault{Status: http.StatusOK, Body: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[]}]}]}}`},
		},
		{
			name: "too slow", gap: `prom could not compute "pot_celsius" in time`,
			fault: fault.Fault{Status: http.StatusServiceUnavailable, Body: `{"status":"error","errorType":"timeout","error":"canary"}`},
		},
		{
			name: "too much", gap: `prom could not compute "pot_celsius"`,
			fault: fault.Fault{Status: http.StatusUnprocessableEntity, Body: `{"status":"error","errorType":"execution","error":"canary"}`},
		},
		{
			name: "not PromQL", gap: `"pot_celsius" is not valid PromQL to prom`,
			fault: fault.Fault{Status: http.StatusBadRequest, Body: `{"status":"error","errorType":"bad_data","error":"canary"}`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			system := &simulated.Server{
				Token: token, Start: start, Now: now, Interval: time.Minute,
				Metrics: []simulated.Metric{{Query: "pot_celsius", Series: c.series}},
			}
			s := serve(t, system, publicly)
			if c.fault.Status != 0 {
				s.gate.Add(c.fault)
			}
			got, err := s.source.Readings(t.Context(), window(t, 1), sources.Query{Noun: sources.Metrics, Text: " pot_celsius\n"})
			if c.gap != "" {
				if err == nil || err.Error() != c.gap {
					t.Fatalf("error is %v, want %s", err, c.gap)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := []sources.Reading{{
				Week: window(t, 1).Last, Value: c.value, Graded: c.graded,
				Evidence: sources.Evidence{Source: "prom", Ref: "pot_celsius",
					URL: "https://prometheus.kettle.example/graph?g0.expr=pot_celsius&g0.moment_input=2026-11-15+22%3A59%3A59&g0.tab=1"},
			}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("readings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadingWithoutQuery(t *testing.T) {
	s := serve(t, kettle(t, 1), publicly)
	if _, err := s.source.Readings(t.Context(), window(t, 1), sources.Query{Noun: sources.Metrics}); err == nil || err.Error() != "the metric has no query" {
		t.Errorf("error is %v", err)
	}
	if n := s.source.Requests(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Weeks in a row are asked for in one request, and the heartbeat in another. What
// that cannot tell is said as if they had been asked for one by one.
func TestReadingsOfSeveralWeeks(t *testing.T) {
	start := now.AddDate(0, 0, -60)
	refused := func(status int, kind string) fault.Fault {
		return fault.Fault{Path: "query_range", Times: 1, Status: status, Body: `{"status":"error","errorType":"` + kind + `","error":"canary"}`}
	}
	for _, c := range []struct {
		name     string
		query    string
		series   int
		fault    fault.Fault
		gap      string
		requests int
	}{
		{name: "numbers", query: "pot_celsius", series: 1, requests: 2},
		{name: "two numbers", query: "pot_celsius", series: 2, requests: 1, gap: `"pot_celsius" gives 2 numbers, one is wanted`},
		{name: "not PromQL", query: "pot_(", requests: 4, gap: `"pot_(" is not valid PromQL to prom`},
		{name: "too much at once", query: "pot_celsius", series: 1, fault: refused(http.StatusUnprocessableEntity, "execution"), requests: 5},
		{name: "too slow at once", query: "pot_celsius", series: 1, fault: refused(http.StatusServiceUnavailable, "timeout"), requests: 5},
		{name: "histograms", query: "pot_celsius", series: 1, requests: 5, fault: fault.Fault{
			Path: "query_range", Times: 1, Status: http.StatusOK,
			Body: `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{"count":"1","sum":"2","buckets":[]}]]}]}}`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			metric := simulated.Metric{Query: "pot_celsius"}
			for i := range c.series {
				metric.Series = append(metric.Series, simulated.Series{Labels: map[string]string{"pot": fmt.Sprint(i)}, Points: []simulated.Point{{From: start, Value: 7}}})
			}
			s := serve(t, &simulated.Server{Token: token, Start: start, Now: now, Interval: time.Minute, Metrics: []simulated.Metric{metric}}, publicly)
			if c.fault.Path != "" {
				s.gate.Add(c.fault)
			}
			got, err := s.source.Readings(t.Context(), window(t, 3), sources.Query{Noun: sources.Metrics, Text: c.query})
			if c.gap != "" {
				if err == nil || err.Error() != c.gap {
					t.Errorf("error is %v, want %s", err, c.gap)
				}
			} else if err != nil || len(got) != 3 || got[0].Value != 7 || got[2].Week != window(t, 3).Last || got[2].Grade != sources.Exact {
				t.Errorf("readings %+v, %v", got, err)
			}
			if n := s.source.Requests(); n > c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
		})
	}
}
