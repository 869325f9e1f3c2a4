package prometheus

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// A point says that an instance was firing with an activation: at an
// evaluation, or, if not exact, somewhere in the chunk that ends there.
type point struct {
	at     model.Time
	active float64 // second of the activation
	exact  bool
}

// An episode is one activation that fired, restarts of the server ignored.
type episode struct {
	from, to model.Time // first and last point
	active   float64    // second of the activation that it began with
	early    bool       // it was firing before anything was held
}

// fold makes episodes of the points of one instance in one replica. A point
// begins a new episode unless it has the activation of the one before, or
// follows it at the next evaluation, or lies behind a hole in which the server
// was restarted: an alert that fired into the hole and became active again
// right after it has fired through.
func fold(points []point, interval time.Duration, holes []span, held model.Time) []episode {
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	points = slices.CompactFunc(points, func(a, b point) bool { return a.at == b.at })
	var list []episode
	for i, p := range points {
		if i > 0 && sameEpisode(points[i-1], p, interval, holes) {
			list[len(list)-1].to = p.at
			continue
		}
		list = append(list, episode{from: p.at, to: p.at, active: p.active})
	}
	if len(list) > 0 && points[0].exact && points[0].at.Sub(held) <= loosely(interval) && seconds(points[0].active) < held.Add(-interval) {
		list[0].early = true
	}
	return list
}

func sameEpisode(before, p point, interval time.Duration, holes []span) bool {
	if before.active == p.active {
		return true
	}
	if before.exact && p.exact && p.at.Sub(before.at) <= loosely(interval) {
		return true
	}
	active := seconds(p.active)
	return slices.ContainsFunc(holes, func(h span) bool {
		end := h.to.Add(3 * interval)
		return before.at >= h.from.Add(-2*interval) && before.at <= end && active >= h.from.Add(-interval) && active <= end
	})
}

// seconds returns the instant of an activation.
func seconds(active float64) model.Time {
	const limit = 1 << 40 // far beyond any date, far below an overflow
	return model.Time(min(max(active, -limit), limit) * 1000)
}

// merge joins what replicas saw of one instance: all of the first, and from
// the others what began while it did not run and touches nothing that it saw.
func merge(seen [][]episode, holes []span, interval time.Duration) []episode {
	if len(seen) == 0 {
		return nil
	}
	list := slices.Clone(seen[0])
	for _, other := range seen[1:] {
		for _, e := range other {
			began := slices.ContainsFunc(holes, span{e.from, e.from + 1}.overlaps)
			reach := span{e.from, e.to + 1}.grow(loosely(interval))
			touches := slices.ContainsFunc(list, func(o episode) bool { return reach.overlaps(span{o.from, o.to + 1}) })
			if began && !touches {
				list = append(list, e)
			}
		}
	}
	return list
}
