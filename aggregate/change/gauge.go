package change

import (
	"math"

	"preread/aggregate/stats"
)

// constantP is the p of a question about a gauge that never moved before and
// now did: there is no spread to hold the change against, so it is worth a
// look and no more.
const constantP = 0.025

// compareReadings compares two means by Student's t. With twelve weeks of
// baseline or more the spread is that of the baseline alone, widened because
// neighbouring weeks resemble each other.
func (m *Metric) compareReadings(b *Block, recent, base span) {
	var ssRecent, ssBase float64
	b.Recent, ssRecent = m.mean(recent)
	b.Base, ssBase = m.mean(base)
	k, n := float64(b.Recent.Weeks), float64(b.Base.Weeks)
	var spread gaugeSpread
	if b.Base.Weeks >= locked {
		spread = m.correlated(base, b.Base, ssBase)
	} else {
		spread = gaugeSpread{variance: (ssRecent + ssBase) / (k + n - 2), df: k + n - 2}
	}
	b.SD, b.R, b.Nu, b.Phi = math.Sqrt(spread.variance), spread.r, spread.df, 1
	b.Effect.Value = b.Recent.Value - b.Base.Value
	b.Direction = directionOf(b.Effect.Value)
	b.Constant = b.SD == 0
	switch {
	case b.Effect.Value == 0:
		b.P = 1
	case b.Constant:
		b.P = constantP
	default:
		b.T = b.Effect.Value / b.errorOf()
		b.P = stats.StudentTwoSided(b.T, b.Nu)
	}
	b.PMid = b.P
}

// errorOf is the standard error of the difference of the means.
func (b *Block) errorOf() float64 {
	return b.SD * math.Sqrt(meanVariance(b.Recent.Weeks, b.R)+meanVariance(b.Base.Weeks, b.R))
}

func (m *Metric) mean(s span) (l Level, squares float64) {
	sum := 0.0
	for i := s.from; i < s.to; i++ {
		if m.known(i) {
			l.Weeks++
			sum += m.Weeks[i].Value
		}
	}
	l.Exposure = float64(l.Weeks)
	l.Value = sum / l.Exposure
	for i := s.from; i < s.to; i++ {
		if m.known(i) {
			d := m.Weeks[i].Value - l.Value
			squares += d * d
		}
	}
	return l, squares
}

// A gaugeSpread is how much a week varies, and how well that is known.
type gaugeSpread struct{ variance, df, r float64 }

// correlated estimates the spread of a baseline whose neighbouring weeks
// resemble each other, as a first-order autoregression would (Bartlett 1946).
// The correlation is put a little higher than measured, for short series hide
// it.
func (m *Metric) correlated(s span, l Level, squares float64) gaugeSpread {
	n := float64(l.Weeks)
	if squares == 0 {
		return gaugeSpread{df: n - 1}
	}
	products := 0.0
	for i := s.from + 1; i < s.to; i++ {
		if m.known(i) && m.known(i-1) {
			products += (m.Weeks[i].Value - l.Value) * (m.Weeks[i-1].Value - l.Value)
		}
	}
	r := min(0.8, max(0, products/squares+1/n))
	v := meanVariance(l.Weeks, r)
	return gaugeSpread{squares / (n - 1) * (1 - 1/n) / (1 - v), max(2, 1/v-1), r}
}

// meanVariance is the variance of a mean of n weeks of variance 1 whose
// neighbours have the correlation r.
func meanVariance(n int, r float64) float64 {
	sum, power := 1.0, 1.0
	if r > 0 {
		for j := 1; j < n; j++ {
			power *= r
			sum += 2 * (1 - float64(j)/float64(n)) * power
		}
	}
	return sum / float64(n)
}

// baselineSD is the plain standard deviation of the weeks of a baseline.
func (m *Metric) baselineSD(b *Block) float64 {
	l, squares := m.mean(span{b.BaseFrom, b.BaseTo})
	return math.Sqrt(squares / float64(l.Weeks-1))
}
