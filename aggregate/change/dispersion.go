package change

import (
	"math"

	"preread/aggregate/stats"
)

// A prior is how many times chance alone weeks are expected to vary, and how
// many degrees of freedom that expectation is worth.
type prior struct{ phi, nu float64 }

// What is expected without data, and how much data from other metrics is
// enough to expect what they show.
const (
	countPhi    = 1.5
	durationPhi = 1.2
	guessNu     = 5
	pooledNu    = 20
	pooledFrom  = 20 // degrees of freedom
)

func (m *Metric) guess() prior {
	switch {
	case m.Dispersion > 0 && finite(m.Dispersion):
		return prior{m.Dispersion, guessNu}
	case m.Type == Duration:
		return prior{durationPhi, guessNu}
	}
	return prior{countPhi, guessNu}
}

// A pool gathers how much metrics vary, by type and family.
type pool map[poolKey]spread

type poolKey struct {
	Type   Type
	family string
}

// A spread is a chi-square with its degrees of freedom.
type spread struct {
	x2 float64
	df int
}

// spreadOf returns what a verdict tells about the variation of its weeks: that
// of its widest block, for both hold nearly the same weeks.
func spreadOf(v *Verdict) spread {
	for i := len(v.Blocks) - 1; i >= 0; i-- {
		if b := &v.Blocks[i]; b.asked() && v.Type != Gauge {
			return spread{b.X2, b.DF}
		}
	}
	return spread{}
}

func (p pool) add(m *Metric, v *Verdict) {
	if s := spreadOf(v); s.df > 0 {
		key := poolKey{m.Type, m.Family}
		sum := p[key]
		p[key] = spread{sum.x2 + s.x2, sum.df + s.df}
	}
}

// prior returns what the other metrics of the pool lead to expect of one. Its
// own weeks are left out: they come in later, and would count twice.
func (p pool) prior(m *Metric, v *Verdict) prior {
	all, own := p[poolKey{m.Type, m.Family}], spreadOf(v)
	if df := all.df - own.df; df >= pooledFrom {
		return prior{max(0, all.x2-own.x2) / float64(df), pooledNu}
	}
	return m.guess()
}

// widen makes the exact p of a block as cautious as the spread of its weeks
// asks for: a normal deviate shrunk by their dispersion, held against
// Student's t.
func (b *Block) widen(p prior) {
	b.Nu = p.nu + float64(b.DF)
	b.Phi = max(1, (p.nu*p.phi+b.X2)/b.Nu)
	b.P = widened(b.PMid, b.Phi, b.Nu)
}

func widened(pMid, phi, nu float64) float64 {
	// The quantile of the far tail, not of 1 - p, which rounds to 1. A p too
	// small for a float64 is taken for the smallest one.
	z := -stats.NormalQuantile(max(pMid, math.SmallestNonzeroFloat64) / 2)
	return stats.StudentTwoSided(z/math.Sqrt(phi), nu)
}
