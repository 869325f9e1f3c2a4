package aggregate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"preread/aggregate/change"
	"preread/aggregate/stats"
)

// poolWeeks is how many weeks a level is pooled over: one week alone says
// where a metric was, not where it stands.
const poolWeeks = 6

// confidence is that of the interval around a pooled level.
const confidence = 0.80

// An Estimate is a level pooled over some weeks: events per normal week, a
// share, a median or a mean. Low and High are an 80 percent interval; both are
// infinite where the weeks give none. Weeks are those that were known; with
// none there is no estimate.
type Estimate struct {
	Value, Low, High float64
	Weeks            int
}

// flat reports a mean of readings that are all the same. Of few weeks that is no
// certainty: they do not show how far a week may lie from another.
func (e Estimate) flat(t change.Type) bool {
	return t != change.Count && t != change.Proportion && e.Low == e.High
}

// estimate pools the weeks [from, to) of a metric. phi is how many times
// chance alone its counts vary, at least 1.
func estimate(m *change.Metric, from, to int, phi float64) Estimate {
	e := Estimate{Low: math.Inf(-1), High: math.Inf(1)}
	known := make([]change.Week, 0, poolWeeks)
	for i := max(0, from); i < to; i++ {
		if m.Compared(i) {
			known = append(known, m.Weeks[i])
		}
	}
	if e.Weeks = len(known); e.Weeks == 0 {
		return e
	}
	switch m.Type {
	case change.Count:
		e.rate(known, phi)
	case change.Proportion:
		e.share(known)
	case change.Duration:
		e.median(known)
	default:
		e.mean(known)
	}
	return e
}

// rate is Garwood's exact interval of a Poisson rate (1936), for as many events
// and as much time as are left when bursts count once.
func (e *Estimate) rate(weeks []change.Week, phi float64) {
	events, exposure := 0.0, 0.0
	for _, w := range weeks {
		events, exposure = events+w.Value, exposure+w.Exposure
	}
	e.Value = events / exposure
	events, exposure = events/phi, exposure/phi
	tail := (1 - confidence) / 2
	e.Low = 0
	if events > 0 {
		e.Low = min(e.Value, mathext.GammaIncRegInv(events, tail)/exposure)
	}
	e.High = max(e.Value, mathext.GammaIncRegCompInv(events+1, tail)/exposure)
}

func (e *Estimate) share(weeks []change.Week) {
	var s stats.Share
	for _, w := range weeks {
		s.Successes, s.Trials = s.Successes+w.Successes, s.Trials+w.Trials
	}
	if in, ok := stats.Wilson(s, confidence); ok {
		e.Value, e.Low, e.High = in.Estimate, in.Lower, in.Upper
		return
	}
	e.Weeks = 0
}

// median takes the interval from order statistics; it needs about five items.
func (e *Estimate) median(weeks []change.Week) {
	var items []float64
	for _, w := range weeks {
		items = append(items, w.Items...)
	}
	slices.Sort(items)
	e.Value = stats.Quantile(items, 0.5)
	if in, ok := stats.QuantileInterval(items, 0.5, confidence); ok {
		e.Low, e.High = in.Lower, in.Upper
	}
}

// mean is Student's interval of the mean of weekly readings. One reading gives
// none.
func (e *Estimate) mean(weeks []change.Week) {
	n := float64(len(weeks))
	for _, w := range weeks {
		e.Value += w.Value / n
	}
	if n < 2 {
		return
	}
	squares := 0.0
	for _, w := range weeks {
		squares += (w.Value - e.Value) * (w.Value - e.Value)
	}
	half := student(len(weeks)-1) * math.Sqrt(squares/(n-1)/n)
	e.Low, e.High = e.Value-half, e.Value+half
}

// student is the t that bounds an 80 percent interval with so many degrees of
// freedom. There are never more than a pool has, and asking for them anew each
// week would cost more than the test for change does.
func student(df int) float64 {
	t := [...]float64{3.0776835371752536, 1.8856180831641267, 1.6377443536962102, 1.5332062740589438, 1.4758840488244815}
	if df <= len(t) {
		return t[df-1]
	}
	return stats.StudentQuantile(1-confidence, float64(df))
}
