package stats

import (
	"math"
	"slices"
)

// A Duration is how long an item took, or has taken so far.
type Duration struct {
	Length   float64
	Finished bool
}

// A Step is a point at which items were finished, and the share that takes
// longer.
type Step struct {
	At        float64
	Surviving float64
}

// KaplanMeier estimates how durations are distributed if some have not ended
// yet (Kaplan and Meier 1958). Median is the first step at which at most half
// remain; NaN if that point is not reached. ok is false without durations, or
// if one is negative, infinite or NaN.
func KaplanMeier(durations []Duration) (steps []Step, median float64, ok bool) {
	d := slices.Clone(durations)
	slices.SortFunc(d, func(a, b Duration) int { return sign(a.Length - b.Length) })
	median, surviving := math.NaN(), 1.0
	for i := 0; i < len(d); {
		at, ended, atRisk := d[i].Length, 0, len(d)-i
		if !(at >= 0) || math.IsInf(at, 0) {
			return nil, math.NaN(), false
		}
		for ; i < len(d) && d[i].Length == at; i++ {
			if d[i].Finished {
				ended++
			}
		}
		if ended == 0 {
			continue
		}
		surviving *= 1 - float64(ended)/float64(atRisk)
		steps = append(steps, Step{at, surviving})
		if surviving <= 0.5+1e-12 && math.IsNaN(median) {
			median = at
		}
	}
	return steps, median, len(d) > 0
}
