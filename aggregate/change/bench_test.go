package change

import "testing"

// BenchmarkJudge judges the last week of a workspace: 1,000 teams of twelve
// metrics with 26 and 6 weeks each.
func BenchmarkJudge(b *testing.B) {
	const teams = 1000
	w := newWorld(7)
	reports := make([][]Metric, teams)
	for i := range reports {
		reports[i] = append(quietReport(w, 32), tenMetrics[1].metric(w, 32), tenMetrics[9].metric(w, 32))
	}
	b.ReportAllocs()
	metrics := 0
	for b.Loop() {
		for _, r := range JudgeAll(reports) {
			metrics += len(r.Verdicts)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(metrics), "ns/metric-week")
}

// BenchmarkMetric judges a report of one metric, by type.
func BenchmarkMetric(b *testing.B) {
	w := newWorld(7)
	for _, p := range tenMetrics {
		m := []Metric{p.metric(w, 32)}
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Judge(m)
			}
		})
	}
}
