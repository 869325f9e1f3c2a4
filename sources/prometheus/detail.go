package prometheus

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// A detail is a stretch in which alerts of some names are read sample by
// sample.
type detail struct {
	span
	names map[string]bool
}

// enough bounds what is read at once: about 3 MB of an answer. A stretch that
// has more is cut; neighbours that have less are read together.
const enough = 75_000

// vicinity is how near to a chunk a hole must lie for the chunk to be read in
// detail: activations on its two sides may belong together, which only their
// samples tell.
func vicinity(interval time.Duration) time.Duration { return max(10*time.Minute, 4*interval) }

// mark tells for each chunk the names to be read in detail: those with several
// activations, and near a hole all that fired.
func mark(chunks []chunk, p pulse, interval time.Duration) []map[string]bool {
	marked := make([]map[string]bool, len(chunks))
	for i, c := range chunks {
		marked[i] = c.several
		for _, b := range p.beats {
			near := c.grow(vicinity(max(interval, b.interval)))
			if slices.ContainsFunc(b.holes, near.overlaps) {
				marked[i] = c.names()
			}
		}
	}
	return marked
}

// plan joins marked chunks into as few stretches as stay readable at once.
// Alerts are then read in chunks in which they were not marked, too; what is
// not needed is left aside by [tally.gather].
func plan(chunks []chunk, marked []map[string]bool) []detail {
	var details []detail
	first := 0 // the first chunk of the last detail
	for i, c := range chunks {
		if len(marked[i]) == 0 {
			continue
		}
		if n := len(details); n > 0 {
			joined := maps.Clone(details[n-1].names)
			maps.Copy(joined, marked[i])
			if cost(chunks[first:i+1], joined) <= enough {
				details[n-1] = detail{span{details[n-1].from, c.to}, joined}
				continue
			}
		}
		first = i
		details = append(details, cutUp(detail{c.span, marked[i]}, c.samplesOf(marked[i]))...)
	}
	return details
}

func cost(chunks []chunk, names map[string]bool) int {
	n := 0
	for _, c := range chunks {
		n += c.samplesOf(names)
	}
	return n
}

// cutUp cuts a stretch with too many samples into equal parts, none shorter
// than an hour.
func cutUp(d detail, samples int) []detail {
	parts := min(1+samples/enough, max(1, int(d.length()/shortest)))
	var cut []detail
	for i := range parts {
		step := (d.to - d.from) / model.Time(parts)
		part := span{d.from + model.Time(i)*step, d.from + model.Time(i+1)*step}
		if i == parts-1 {
			part.to = d.to
		}
		cut = append(cut, detail{part, d.names})
	}
	return cut
}

// selector selects both series of the alerts to be read. ALERTS_FOR_STATE has
// no state.
func (d detail) selector(matchers []matcher) string {
	names := slices.Sorted(maps.Keys(d.names))
	for i, name := range names {
		names[i] = regexp.QuoteMeta(name)
	}
	return series("", slices.Concat([]matcher{
		{"__name__", "=~", "ALERTS|ALERTS_FOR_STATE"},
		{"alertstate", "=~", "firing|"},
		{"alertname", "=~", strings.Join(names, "|")},
	}, matchers))
}

// A close-up is what details show: the firing samples of each instance with
// their activations.
type closeUp struct {
	points map[instance][]point
	warned []span
	empty  []span // where the survey saw alerts, and a closer look none
}

// details reads the planned stretches.
func (s *server) details(ctx context.Context, matchers []matcher, planned []detail) (closeUp, error) {
	all := closeUp{points: map[instance][]point{}}
	for _, d := range planned {
		joined, warned, err := s.detail(ctx, matchers, d)
		if err != nil {
			return closeUp{}, err
		}
		if warned {
			all.warned = append(all.warned, d.span)
		}
		if len(joined) == 0 {
			all.empty = append(all.empty, d.span)
		}
		for in, points := range joined {
			all.points[in] = append(all.points[in], points...)
		}
	}
	return all, nil
}

// detail reads one stretch and keeps only what was joined: the samples take several
// times as much memory, and so only a few stretches are read at the same time.
func (s *server) detail(ctx context.Context, matchers []matcher, d detail) (joined map[instance][]point, warned bool, err error) {
	select {
	case s.large <- struct{}{}:
		defer func() { <-s.large }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	t, err := s.samples(ctx, d.selector(matchers), d.span)
	if err != nil {
		return nil, false, err
	}
	joined, err = s.join(t.streams)
	return joined, t.warned, err
}

// join puts firing samples and activations of one instance and one evaluation
// together: both series are written with the same timestamp.
func (s *server) join(streams model.Matrix) (map[instance][]point, error) {
	active := map[instance][]model.SamplePair{}
	for _, stream := range streams {
		if stream.Metric[model.MetricNameLabel] != "ALERTS_FOR_STATE" {
			continue
		}
		if slices.ContainsFunc(stream.Values, func(v model.SamplePair) bool { return !countable(float64(v.Value)) }) {
			return nil, s.unreadable()
		}
		in := s.instanceOf(stream.Metric)
		active[in] = append(active[in], stream.Values...)
	}
	for _, values := range active {
		slices.SortFunc(values, func(a, b model.SamplePair) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	}
	joined := map[instance][]point{}
	for _, stream := range streams {
		if stream.Metric["alertstate"] != "firing" {
			continue
		}
		in := s.instanceOf(stream.Metric)
		if points := meeting(stream.Values, active[in]); len(points) > 0 {
			joined[in] = append(joined[in], points...)
		}
	}
	return joined, nil
}

// meeting returns the firing samples that have an activation of the same instant;
// those are in order.
func meeting(firing, active []model.SamplePair) []point {
	points := make([]point, 0, len(firing))
	for _, v := range firing {
		at, found := slices.BinarySearchFunc(active, v.Timestamp, func(a model.SamplePair, t model.Time) int { return cmp.Compare(a.Timestamp, t) })
		if found {
			points = append(points, point{v.Timestamp, float64(active[at].Value), true})
		}
	}
	return points
}
