package prometheus

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"preread/sources"
)

// A pulse tells when each replica of the server ran, as far as its heartbeat
// is still held.
type pulse struct {
	beats  map[string]beat // by replica; empty: there is no heartbeat at all
	warned bool            // the server doubts its own answer
}

// A beat is the heartbeat of one replica.
type beat struct {
	interval time.Duration
	holes    []span // in order; where nothing came for over 1.5 intervals
}

// A heart is one series of the heartbeat: how many samples each span has, and
// when they were, where they had to be looked at.
type heart struct {
	counts []int
	pace   []int // of the last hour of each span
	times  []model.Time
}

// hearts are the series of one replica, by their labels. There can be several:
// a server that gets another address gets another series.
type hearts map[string]*heart

// pulse reads the heartbeat from a survey of days that follow each other.
//
// A day that has all of its samples has no hole, and counts show that. Only the
// others are read sample by sample, or one full day, where the counts do not show
// how far the samples lie apart.
func (s *server) pulse(ctx context.Context, columns []column) (pulse, error) {
	replicas, spans, warned := s.heartCounts(columns)
	p := pulse{beats: map[string]beat{}, warned: warned}
	read := make([]bool, len(spans))
	for wanted := unclear(replicas, spans, read); slices.Contains(wanted, true); wanted = unclear(replicas, spans, read) {
		warned, err := s.heartTimes(ctx, replicas, spans, wanted)
		if err != nil {
			return pulse{}, err
		}
		p.warned = p.warned || warned
		for i, now := range wanted {
			read[i] = read[i] || now
		}
	}
	for replica, h := range replicas {
		interval := h.interval(spans)
		p.beats[replica] = beat{interval, h.holes(interval, spans, read)}
	}
	return p, nil
}

// pulseOf reads the heartbeat of a span that no survey was made of. All that ask
// about the same span read it once.
func (s *server) pulseOf(ctx context.Context, whole span) (pulse, error) {
	return s.pulses.get(ctx, whole, func(ctx context.Context) (pulse, error) {
		columns, err := s.counts(ctx, even(whole), s.ofHeart)
		if err != nil {
			return pulse{}, err
		}
		return s.pulse(ctx, columns)
	})
}

// even covers a span with days of 24 hours that end with it, wherever clocks
// change: that is a single row, and so a single request.
func even(whole span) []span {
	const day = 24 * time.Hour
	var days []span
	for to := whole.to; to > whole.from; to = to.Add(-day) {
		days = append(days, span{to.Add(-day), to})
	}
	slices.Reverse(days)
	return days
}

// heartCounts returns the samples of every heartbeat series in every span of a
// survey.
func (s *server) heartCounts(columns []column) (replicas map[string]hearts, spans []span, warned bool) {
	replicas = map[string]hearts{}
	for i, column := range columns {
		spans = append(spans, column.span)
		warned = warned || column.warned
		for _, c := range heartbeats.answers(column) {
			s.heart(replicas, c.metric, len(columns)).counts[i] = int(c.value)
		}
		for _, c := range pace.answers(column) {
			s.heart(replicas, c.metric, len(columns)).pace[i] = int(c.value)
		}
	}
	return replicas, spans, warned
}

// heart returns the place of a series among the replicas.
func (s *server) heart(replicas map[string]hearts, metric model.Metric, n int) *heart {
	replica, labels := s.replicaOf(metric), nameless(metric)
	if replicas[replica] == nil {
		replicas[replica] = hearts{}
	}
	if replicas[replica][labels] == nil {
		replicas[replica][labels] = &heart{counts: make([]int, n), pace: make([]int, n)}
	}
	return replicas[replica][labels]
}

// replicaOf joins the values of the labels that tell replicas apart.
func (s *server) replicaOf(metric model.Metric) string {
	values := make([]string, len(s.replica))
	for i, label := range s.replica {
		values[i] = string(metric[label])
	}
	return strings.Join(values, "\x00")
}

// nameless writes the labels of a series without its name, which functions
// drop.
func nameless(metric model.Metric) string {
	labels := metric.Clone()
	delete(labels, model.MetricNameLabel)
	return labels.String()
}

// unclear tells which spans have to be read that were not yet: those with
// samples missing, and at least one of each replica to know the interval by,
// unless its pace shows that.
func unclear(replicas map[string]hearts, spans []span, read []bool) []bool {
	wanted := make([]bool, len(spans))
	for _, h := range replicas {
		interval, some := h.interval(spans), h.seen() || h.paced(spans)
		for i, sp := range spans {
			if h.incomplete(interval, sp, i) {
				wanted[i], some = true, true
			}
		}
		if !some {
			wanted[h.fullest(spans)] = true
		}
	}
	for i := range wanted {
		wanted[i] = wanted[i] && !read[i]
	}
	return wanted
}

// few is how many samples may be read for nothing to save a request.
const few = 10_000

// bundle joins the wanted spans into stretches, over unwanted ones where these
// have few samples.
func bundle(replicas map[string]hearts, spans []span, wanted []bool) []span {
	var parts []span
	samples := 0 // of the last part and what follows it
	for i, sp := range spans {
		here := samplesIn(replicas, i)
		samples += here
		switch n := len(parts); {
		case !wanted[i]:
		case n > 0 && samples <= few:
			parts[n-1].to = sp.to
		default:
			parts = append(parts, sp)
			samples = here
		}
	}
	return parts
}

func samplesIn(replicas map[string]hearts, i int) (n int) {
	for _, replica := range replicas {
		for _, h := range replica {
			n += h.counts[i]
		}
	}
	return n
}

// heartTimes reads the samples of the wanted spans, and of a stretch around
// them, so that a hole at the edge of a span shows at its true length. It reads
// from one half of a day to another, so that days that begin an hour apart, as
// those of a survey and [even] ones do, are read once.
func (s *server) heartTimes(ctx context.Context, replicas map[string]hearts, spans []span, wanted []bool) (warned bool, err error) {
	var around time.Duration
	for _, h := range replicas {
		around = max(around, 2*h.interval(spans))
	}
	parts := bundle(replicas, spans, wanted)
	takes, err := parallel(ctx, s.name, len(parts), func(ctx context.Context, i int) (take, error) {
		part := parts[i].grow(around).whole(12 * time.Hour)
		return s.times.get(ctx, part, func(ctx context.Context) (take, error) { return s.samples(ctx, string(s.heartbeat), part) })
	})
	for _, t := range takes {
		if err == nil && len(t.streams) == 0 { // yet its samples were counted
			err = sources.Unansweredf("%s gave answers about its heartbeat that do not agree", s.name).WithHint("run again later")
		}
		warned = warned || t.warned
		for _, stream := range t.streams {
			h := replicas[s.replicaOf(stream.Metric)][nameless(stream.Metric)]
			if h == nil {
				continue // it has samples around the wanted spans only
			}
			for _, v := range stream.Values {
				h.times = append(h.times, v.Timestamp)
			}
			slices.Sort(h.times)
			h.times = slices.Compact(h.times)
		}
	}
	return warned, err
}

// seen reports whether samples were read.
func (all hearts) seen() bool {
	for _, h := range all {
		if len(h.times) > 1 {
			return true
		}
	}
	return false
}

// paceOver is the stretch at the end of each span in which the pace is taken, and
// fewPaces the samples that it must have to show one.
const (
	paceOver = time.Hour
	fewPaces = 10
)

// paced reports whether the fullest span has as many samples in its last hour as
// samples that are spread evenly over the span would have. Where a server ran for
// only half of each day, the counts of days alone look like those of one that
// takes half as many samples; its pace does not.
func (all hearts) paced(spans []span) bool {
	i, interval := all.fullest(spans), all.interval(spans)
	expected := int(paceOver / max(interval, 1))
	for _, h := range all {
		if h.complete(interval, spans[i], i) && expected >= fewPaces && (h.pace[i] == expected || h.pace[i] == expected+1) {
			return true
		}
	}
	return false
}

// fullest returns the span with most samples for its length.
func (all hearts) fullest(spans []span) int {
	best, most := 0, 0.0
	for _, h := range all {
		for i, n := range h.counts {
			if density := float64(n) / spans[i].length().Seconds(); density > most || density == most && i < best {
				best, most = i, density
			}
		}
	}
	return best
}

// interval returns how far samples lie apart: the median of what was read,
// and before that a guess by the fullest span. People configure whole seconds,
// and samples come some milliseconds early or late.
func (all hearts) interval(spans []span) time.Duration {
	var distances []time.Duration
	for _, h := range all {
		for i := 1; i < len(h.times); i++ {
			distances = append(distances, h.times[i].Sub(h.times[i-1]))
		}
	}
	var usual time.Duration
	if len(distances) > 0 {
		slices.Sort(distances)
		usual = distances[len(distances)/2]
	} else {
		i := all.fullest(spans)
		for _, h := range all {
			if n := h.counts[i]; n > 0 && (usual == 0 || spans[i].length()/time.Duration(n) < usual) {
				usual = spans[i].length() / time.Duration(n)
			}
		}
	}
	if whole := usual.Round(time.Second); (usual - whole).Abs() < usual/50 {
		return whole
	}
	return usual
}

// incomplete reports whether there are samples in a span, but no series that
// has them all.
func (all hearts) incomplete(interval time.Duration, sp span, i int) bool {
	var some bool
	for _, h := range all {
		if h.complete(interval, sp, i) {
			return false
		}
		some = some || h.counts[i] > 0
	}
	return some
}

// complete reports whether a series has every sample of a span, no fewer and
// no more: then no two of them can have a hole between them.
func (h *heart) complete(interval time.Duration, sp span, i int) bool {
	expected := int(sp.length() / max(interval, 1))
	return expected > 0 && (h.counts[i] == expected || h.counts[i] == expected+1)
}
