package stats

import "math"

// RareLimits are limits for the time or the number of cases between rare
// events. Beyond Upper things got better; below Lower, worse.
type RareLimits struct {
	Center, Lower, Upper float64
}

// nelson turns exponential gaps into nearly normal ones.
const nelson = 3.6

// TimeBetween is a t chart: gaps are raised to the power 1/3.6 and charted as
// single values (Nelson 1994). ok is false below two gaps, or if one is
// negative, infinite or NaN.
func TimeBetween(gaps []float64) (RareLimits, bool) {
	roots := make([]float64, len(gaps))
	for i, g := range gaps {
		if !(g >= 0) || math.IsInf(g, 0) {
			return RareLimits{}, false
		}
		roots[i] = math.Pow(g, 1/nelson)
	}
	c, ok := NewXmR(roots, MeanRange)
	if !ok {
		return RareLimits{}, false
	}
	back := func(root float64) float64 { return math.Pow(max(0, root), nelson) }
	return RareLimits{back(c.Center), back(c.Lower), back(c.Upper)}, true
}

// CasesBetween is a g chart: numbers of cases between events, which are
// geometric, with the center at the median (Benneyan 2001). ok is as for
// [TimeBetween], and true from one number on.
func CasesBetween(cases []float64) (RareLimits, bool) {
	for _, c := range cases {
		if !(c >= 0) || math.IsInf(c, 0) {
			return RareLimits{}, false
		}
	}
	if len(cases) == 0 {
		return RareLimits{}, false
	}
	m := mean(cases)
	half := 3 * math.Sqrt(m*(m+1))
	return RareLimits{Median(cases), max(0, m-half), m + half}, true
}

// QuietStretch returns how likely it is that nothing happens for a stretch, if
// that many events in past time were of the same kind and rate: (T/(T+t))^k
// (Nelson 1982, conditional on all events). ok is false unless events and
// stretch are at least zero and past is above.
func QuietStretch(events int, past, quiet float64) (p float64, ok bool) {
	if events < 0 || !(past > 0) || !(quiet >= 0) || math.IsInf(past, 0) || math.IsInf(quiet, 0) {
		return 0, false
	}
	return math.Exp(-float64(events) * math.Log1p(quiet/past)), true
}
