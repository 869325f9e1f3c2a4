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
func JudgeAll(reports [][]Metric) []Report { return judgeAll(reports, true) }

// StatesAll judges like [JudgeAll], for reports of the past of which nobody
// reads more than how they were decided: without Next, Since and the ends of
// effects, which cost more than all the rest.
func StatesAll(reports [][]Metric) []Report { return judgeAll(reports, false) }

func judgeAll(reports [][]Metric, told bool) []Report {
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
			expected := weigh(&metrics[j], &out[i].Verdicts[j], pooled)
			if told && out[i].Verdicts[j].Driver > 0 {
				out[i].Verdicts[j].Next = metrics[j].next(expected)
			}
		}
		adjust(out[i].Verdicts)
		for j := range metrics {
			conclude(&metrics[j], &out[i].Verdicts[j], told)
		}
		out[i].Budget = budget(out[i].Verdicts)
	}
	return out
}

// weigh turns the answers of a metric into one p, and finds the odder one. It
// returns how much the metric was expected to vary.
func weigh(m *Metric, v *Verdict, pooled pool) (expected prior) {
	if v.Reason != NoReason {
		return expected
	}
	expected = pooled.prior(m, v)
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
	return expected
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
func conclude(m *Metric, v *Verdict, told bool) {
	if v.Driver == 0 {
		return
	}
	b := &v.Blocks[v.Driver/2]
	if told {
		m.plausible(b)
	}
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
	v.Run = m.run(b)
	if told {
		v.Since = m.since(v, b)
	}
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
