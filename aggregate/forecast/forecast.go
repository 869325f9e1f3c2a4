// Package forecast says when a goal will be done, as a distribution over
// weeks, from how many items were finished and how many were added in each of
// the past weeks.
//
// A future week is one of the past weeks, drawn by chance, finished and added
// items together, for weeks with much scope growth are often weeks with much
// work. The draw is a Pólya urn: each drawn week goes back with a copy of
// itself. That is the Bayesian bootstrap of Rubin (1981) for this question,
// and it is what makes a promise from six weeks hold as often as it says; the
// plain bootstrap takes the six weeks for all there is and promises too much.
//
// What no past week shows, it cannot know: holidays ahead, people who leave, a
// hard last piece. Which items count, and what colour a probability has, is
// left to package aggregate.
package forecast

import (
	"math"
	"math/rand/v2"
)

// Horizon is how many weeks ahead is looked, at most. What is not done by then
// counts as not done, never as dropped.
const Horizon = 104

// The least that a forecast needs: weeks that are known, and among them weeks
// in which something was finished.
const (
	LeastWeeks    = 4
	LeastProgress = 2
)

// MostWeeks is how many of the last known weeks are used. Older ones tell of
// another team.
const MostWeeks = 12

// A State says whether there is a forecast, and else why not. The zero State
// is TooFew.
type State uint8

// The states of a forecast.
const (
	TooFew    State = iota // fewer than LeastWeeks are known, or fewer than LeastProgress moved
	Nothing                // nothing was finished in any known week
	Forecast               // there is a distribution
	Completed              // nothing is left
)

// A Week is one past week: items that were finished, and by how many the scope
// grew, less what was taken out. Both are whole numbers; Added may be below 0.
type Week struct{ Done, Added int }

// An Outlook is the answer. Its figures mean something only in state Forecast.
type Outlook struct {
	State     State
	Remaining int // items left now

	Weeks    int     // how many past weeks were used
	PerWeek  float64 // items finished a week, on average
	Added    float64 // items added a week, on average
	LeastOne int     // fewest finished in one of the weeks
	MostOne  int     // most finished in one of the weeks

	// Outgrown tells that on average at least as much is added as is finished.
	Outgrown bool

	// P50 and P85 are in how many weeks the goal is done with at least that
	// probability; 0 means not within the Horizon.
	P50, P85 int

	// Exact tells that the distribution was computed and not drawn.
	Exact bool

	cdf  []float64 // cdf[w-1]: done within w weeks
	past []Week
}

// Without returns the outlook if so many items fewer were left.
func (o Outlook) Without(items int) Outlook { return Ahead(o.Remaining-items, o.past) }

// PDone returns the probability that the goal is done within so many weeks
// from now, from 0 to 1. What a week finishes is taken to come evenly over it.
func (o Outlook) PDone(weeks float64) float64 {
	switch {
	case o.State == Completed:
		return 1
	case o.State != Forecast || weeks <= 0:
		return 0
	}
	whole := min(int(weeks), len(o.cdf))
	before, after := o.by(whole), o.by(whole+1)
	return before + (after-before)*(weeks-float64(whole))
}

// by is the probability of being done within so many whole weeks.
func (o Outlook) by(weeks int) float64 {
	if weeks < 1 {
		return 0
	}
	return o.cdf[min(weeks, len(o.cdf))-1]
}

// Ahead forecasts from the known past weeks, oldest first. Weeks in which
// nothing happened belong to them, unknown weeks do not. The same arguments
// give the same outlook.
func Ahead(remaining int, past []Week) Outlook {
	if len(past) > MostWeeks {
		past = past[len(past)-MostWeeks:]
	}
	o := Outlook{Remaining: remaining, Weeks: len(past), past: past}
	moved := 0
	for i, w := range past {
		o.PerWeek += float64(w.Done) / float64(len(past))
		o.Added += float64(w.Added) / float64(len(past))
		o.LeastOne = min(w.Done, o.LeastOne)
		if i == 0 {
			o.LeastOne = w.Done
		}
		o.MostOne = max(w.Done, o.MostOne)
		if w.Done > 0 {
			moved++
		}
	}
	switch {
	case remaining <= 0:
		o.State = Completed
		return o
	case len(past) < LeastWeeks:
		return o
	case moved == 0:
		o.State = Nothing
		return o
	case moved < LeastProgress:
		return o
	}
	o.State = Forecast
	o.Outgrown = o.Added >= o.PerWeek
	net := make([]int, len(past))
	o.Exact = true
	for i, w := range past {
		net[i] = w.Done - w.Added
		o.Exact = o.Exact && net[i] >= 0
	}
	if o.Exact {
		o.cdf = urn(remaining, net, Horizon)
	} else {
		o.cdf = drawn(remaining, net, Horizon)
	}
	o.P50, o.P85 = o.within(0.50), o.within(0.85)
	return o
}

// within returns the fewest weeks with at least probability p, 0 for none.
func (o Outlook) within(p float64) int {
	for w, done := range o.cdf {
		if done >= p-1e-12 {
			return w + 1
		}
	}
	return 0
}

// urn computes the distribution for weeks that never add more than they
// finish. Then the goal is done after w weeks if and only if w draws together
// finish what remains, and in a Pólya urn that began with one of each of n
// weeks all C(w+n-1, n-1) ways to have drawn each so many times are equally
// likely. ways[w][s] counts the ways in which w draws finish s items.
func urn(remaining int, net []int, horizon int) []float64 {
	ways := make([][]float64, horizon+1)
	for w := range ways {
		ways[w] = make([]float64, remaining+1)
	}
	ways[0][0] = 1
	for _, x := range net {
		for w := 1; w <= horizon; w++ {
			for s, before := range ways[w-1] {
				ways[w][min(s+x, remaining)] += before
			}
		}
	}
	cdf := make([]float64, horizon)
	for w := range cdf {
		all := 0.0
		for _, n := range ways[w+1] {
			all += n
		}
		cdf[w] = ways[w+1][remaining] / all
	}
	return cdf
}

// trials is how often a future is drawn where it cannot be computed: the error
// of a probability is then under half a point.
const trials = 10000

// seed fixes the draws, so that the same past gives the same words.
const seed = 1981

// drawn estimates the distribution by drawing futures. The goal is done in the
// first week in which nothing remains, and stays done.
func drawn(remaining int, net []int, horizon int) []float64 {
	r := rand.New(rand.NewPCG(seed, uint64(len(net))))
	finished := make([]int, horizon)
	urn := make([]int, 0, len(net)+horizon)
	for range trials {
		urn = append(urn[:0], net...)
		left := remaining
		for w := range horizon {
			x := urn[r.IntN(len(urn))]
			urn = append(urn, x)
			if left -= x; left <= 0 {
				finished[w]++
				break
			}
		}
	}
	cdf := make([]float64, horizon)
	sum := 0
	for w, n := range finished {
		sum += n
		cdf[w] = float64(sum) / trials
	}
	return cdf
}

// Rounded returns a probability in steps of five hundredths, which is as fine
// as six weeks can tell. Only certainty is written as 0 or 1.
func Rounded(p float64) float64 {
	switch {
	case p <= 0 || p >= 1:
		return p
	}
	return min(max(math.Round(p*20)/20, 0.05), 0.95)
}
