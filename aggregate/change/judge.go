package change

import (
	"math"

	"preread/aggregate/stats"
)

// Judge judges one report: the metrics of one team in one week.
func Judge(report []Metric) Report {
	return JudgeAll([][]Metric{report})[0]
}

// JudgeAll judges several reports of one workspace. How much metrics vary is
// measured over all of them; the budget of false signals stays that of each
// report, for a large one would leave none to short series.
func JudgeAll(reports [][]Metric) []Report {
	var work workspace
	pooled := pool{}
	out := make([]Report, len(reports))
	for i, metrics := range reports {
		out[i].Verdicts = make([]Verdict, len(metrics))
		for j := range metrics {
			v := &out[i].Verdicts[j]
			*v = ask(&metrics[j], &work)
			pooled.add(&metrics[j], v)
		}
	}
	for i, metrics := range reports {
		for j := range metrics {
			weigh(&metrics[j], &out[i].Verdicts[j], pooled)
		}
		adjust(out[i].Verdicts)
		for j := range metrics {
			conclude(&metrics[j], &out[i].Verdicts[j])
		}
		out[i].Budget = budget(out[i].Verdicts)
	}
	return out
}

// weigh turns the answers of a metric into one p, and finds the odder one.
func weigh(m *Metric, v *Verdict, pooled pool) {
	if v.Reason != NoReason {
		return
	}
	expected := pooled.prior(m, v)
	asked := 0.0
	for i := range v.Blocks {
		b := &v.Blocks[i]
		if !b.asked() {
			continue
		}
		if m.Type != Gauge {
			b.widen(expected)
		}
		if asked++; v.Driver == 0 || b.P < v.P {
			v.P, v.Driver, v.Direction = b.P, b.Span, b.Direction
		}
	}
	v.P = min(1, asked*v.P)
	v.Worsening = v.Direction == Up && m.Better == Lower || v.Direction == Down && m.Better == Higher
	v.Next = m.next(expected)
}

// adjust sets each P among the others of its report.
func adjust(verdicts []Verdict) {
	p := make([]float64, max(minFamily, len(verdicts)))
	for i := range p {
		p[i] = math.NaN()
	}
	tested := 0
	for i := range verdicts {
		if verdicts[i].Driver > 0 {
			p[i] = verdicts[i].P
			tested++
		}
	}
	for i := range p { // tests that a small report does not have found nothing
		if tested < minFamily && math.IsNaN(p[i]) {
			p[i] = 1
			tested++
		}
	}
	for i, adjusted := range stats.BenjaminiHochberg(p)[:len(verdicts)] {
		if verdicts[i].Driver > 0 {
			verdicts[i].Adjusted = adjusted
		}
	}
}

// conclude decides the state of a metric and adds what tells more about it.
func conclude(m *Metric, v *Verdict) {
	if v.Driver == 0 {
		return
	}
	b := &v.Blocks[v.Driver/2]
	m.plausible(b)
	certain := v.Adjusted <= FalseShare && !b.Constant
	switch {
	case !m.matters(b):
		v.State, v.Small = Noise, certain
	case certain:
		v.State = Signal
	case v.P <= watchLevel:
		v.State = Watch
	default:
		v.State = Noise
	}
	v.Since, v.Run = m.since(v, b), m.run(b)
	v.Settled = v.Long && v.Run >= runLength
}

// matters tells whether an effect is large enough for a note.
func (m *Metric) matters(b *Block) bool {
	e := b.Effect.Value
	switch m.Type {
	case Count, Duration:
		return e > minRatio || e < 1/minRatio
	case Proportion:
		return math.Abs(e) >= minDifference-1e-12
	}
	least := m.MinChange
	if !(least > 0) {
		least = m.baselineSD(b)
	}
	return math.Abs(e) >= least
}

func budget(verdicts []Verdict) (b Budget) {
	rate := 0.0
	for i := range verdicts {
		switch {
		case verdicts[i].State == Unknown:
			b.Unknown++
			continue
		case verdicts[i].Long:
			rate += falseReportsLong
		default:
			rate += falseReportsShort
		}
		b.Tested++
	}
	b.FalseReports = rate / float64(max(minFamily, b.Tested))
	return b
}
