package prometheus

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// loosely is the distance up to which two samples follow each other: one may
// come half an interval late.
func loosely(interval time.Duration) time.Duration { return interval + interval/2 }

// holes returns where every series has a gap: then the replica did not run.
func (all hearts) holes(interval time.Duration, spans []span, read []bool) []span {
	whole := span{spans[0].from, spans[len(spans)-1].to}
	holes := []span{whole.grow(interval)}
	for _, h := range all {
		holes = intersect(holes, gaps(h.present(interval, spans, read), whole, interval))
	}
	return holes
}

// present returns, in order, where a series has samples: at those that were
// read, and in complete spans between their inner edges, since where exactly
// their first and last samples lie is not known. What was read of a
// neighbouring span reaches over these edges.
func (h *heart) present(interval time.Duration, spans []span, read []bool) []span {
	runs := make([]span, 0, len(h.times))
	for _, t := range h.times {
		runs = append(runs, span{t, t})
	}
	complete := make([]bool, len(spans))
	for i, sp := range spans {
		complete[i] = !read[i] && h.complete(interval, sp, i)
	}
	for _, run := range runsOf(spans, complete) {
		inner := run.grow(-interval)
		if run.from == spans[0].from {
			inner.from = run.from
		}
		if run.to == spans[len(spans)-1].to {
			inner.to = run.to
		}
		runs = append(runs, inner)
	}
	slices.SortFunc(runs, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return runs
}

// runsOf joins neighbouring chosen spans.
func runsOf(spans []span, chosen []bool) []span {
	var runs []span
	for i, sp := range spans {
		switch {
		case !chosen[i]:
		case i > 0 && chosen[i-1]:
			runs[len(runs)-1].to = sp.to
		default:
			runs = append(runs, sp)
		}
	}
	return runs
}

// gaps returns what lies between the runs wherever that is a hole. The first
// and the last gap reach an interval over the edges of the whole.
func gaps(runs []span, whole span, interval time.Duration) []span {
	var list []span
	open := whole.from.Add(-interval)
	note := func(to model.Time) {
		if to.Sub(open) > loosely(interval) {
			list = append(list, span{open, to})
		}
	}
	for _, run := range runs {
		note(run.from)
		open = max(open, run.to)
	}
	// The last sample may be an interval before the end, and the edge is one after it.
	if whole.to.Sub(open) > loosely(interval) {
		list = append(list, span{open, whole.to.Add(interval)})
	}
	return list
}

// intersect returns what lies in both lists, each in order and without
// overlaps.
func intersect(a, b []span) []span {
	var both []span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if c := a[i].cut(b[j]); c.from < c.to {
			both = append(both, c)
		}
		if a[i].to < b[j].to {
			i++
		} else {
			j++
		}
	}
	return both
}

// silent returns where no replica ran.
func (p pulse) silent(whole span) []span {
	silent := []span{whole.grow(p.slowest())}
	for _, b := range p.beats {
		silent = intersect(silent, b.holes)
	}
	return silent
}

// coverage returns how much of a span the server holds, 0 to 1. Half an
// interval on either side of a hole belongs to the samples there.
func (p pulse) coverage(sp span, silent []span) float64 {
	half := p.slowest() / 2
	var missing time.Duration
	for _, hole := range silent {
		if c := hole.grow(-half).cut(sp); c.from < c.to {
			missing += c.length()
		}
	}
	return 1 - float64(missing)/float64(sp.length())
}

func (p pulse) slowest() time.Duration {
	var slowest time.Duration
	for _, b := range p.beats {
		slowest = max(slowest, b.interval)
	}
	return slowest
}
