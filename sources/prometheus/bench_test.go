package prometheus_test

import (
	"testing"
	"time"

	"preread/sources"
	simulated "preread/sources/simulated/prometheus"
)

// BenchmarkSixWeeks reads the alarms of both teams and their four metrics over
// a network of 50 ms.
func BenchmarkSixWeeks(b *testing.B) {
	system := kettle(b, 1)
	w := window(b, 6)
	var asks []sources.Ask
	for _, q := range []sources.Query{
		{Noun: sources.Alarms, Text: `team="checkout"`},
		{Noun: sources.Alarms, Text: `team="search"`},
		{Noun: sources.Metrics, Text: simulated.CheckoutP95},
		{Noun: sources.Metrics, Text: simulated.CheckoutAvailability},
		{Noun: sources.Metrics, Text: simulated.SearchIndexLag},
		{Noun: sources.Metrics, Text: simulated.SearchAvailability},
	} {
		asks = append(asks, sources.Ask{Question: sources.Question{Source: "prom", Query: q}})
	}
	benchmark(b, system, w, asks, 2*simulated.FewestAlarms()+4*simulated.FewestReadings(w))
}

// BenchmarkAlarms reads the alarms of one team in weeks without a change of
// clocks.
func BenchmarkAlarms(b *testing.B) {
	w := window(b, 3)
	ask := sources.Ask{Question: sources.Question{Source: "prom", Query: sources.Query{Noun: sources.Alarms, Text: `team="checkout"`}}}
	benchmark(b, kettle(b, 1), w, []sources.Ask{ask}, simulated.FewestAlarms())
}

func benchmark(b *testing.B, system *simulated.Server, w sources.Window, asks []sources.Ask, fewest int) {
	var requests int
	for b.Loop() {
		s := serve(b, system, publicly)
		s.gate.SetLatency(50 * time.Millisecond)
		for i := range asks {
			asks[i].Source = s.source
		}
		if gaps := sources.Gather(b.Context(), w, asks, nil).Gaps(); len(gaps) > 0 {
			b.Fatal(gaps)
		}
		requests = s.source.Requests()
	}
	b.ReportMetric(float64(requests), "requests")
	b.ReportMetric(float64(fewest), "fewest")
	b.ReportMetric(float64(requests)/float64(fewest), "ratio")
}
