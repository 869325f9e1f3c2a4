package prometheus

import (
	"maps"
	"slices"
	"time"
)

// A stretch is one activation of an alert as the server saw it, in evaluation
// times: pending from active on, firing from firing on, until the evaluation
// that no longer finds it.
type stretch struct {
	value               int64 // second of the activation
	from, firing, until time.Time
}

// stretches cuts what happened to an alert at the outages of the server.
func (s *Server) stretches(a Alert) []stretch {
	var cut []stretch
	for _, e := range a.Episodes {
		from := s.evaluation(e.From)
		current := stretch{from.Unix(), from, from.Add(a.For), e.To}
		for _, o := range s.Outages {
			if !o.From.Before(e.To) || !o.To.After(current.from) {
				continue
			}
			before := current
			before.until = o.From
			cut = append(cut, before)
			again := s.evaluation(o.To)
			switch {
			case current.firing.Before(o.From) && a.restored(o):
				current = stretch{current.value, again, again, e.To}
			default:
				current = stretch{again.Unix(), again, again.Add(a.For), e.To}
			}
		}
		cut = append(cut, current)
	}
	return slices.DeleteFunc(cut, func(st stretch) bool { return !st.from.Before(st.until) })
}

// A track is one stored series.
type track struct {
	labels map[string]string
	// walk calls yield for every sample in [from, to), in order.
	walk func(from, to time.Time, yield func(t time.Time, value float64))
}

// tracks returns everything that the server stores.
func (s *Server) tracks() []track {
	var all []track
	if !s.Deaf {
		labels := map[string]string{"__name__": "up", "job": "prometheus", "instance": "localhost:9090"}
		all = append(all, track{labels, func(from, to time.Time, yield func(time.Time, float64)) {
			s.each(s.scrape(), from, to, func(t time.Time) { yield(t, 1) })
		}})
	}
	for _, a := range s.Alerts {
		labels := maps.Clone(a.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		labels["alertname"] = a.Name
		if a.Severity != "" {
			labels["severity"] = a.Severity
		}
		sts := s.stretches(a)
		all = append(all,
			s.track(labels, "ALERTS_FOR_STATE", "", sts, func(st stretch) (from, to time.Time, value float64) {
				return st.from, st.until, float64(st.value)
			}),
			s.track(labels, "ALERTS", "pending", sts, func(st stretch) (from, to time.Time, value float64) {
				return st.from, earlier(st.firing, st.until), 1
			}),
			s.track(labels, "ALERTS", "firing", sts, func(st stretch) (from, to time.Time, value float64) {
				return st.firing, st.until, 1
			}))
	}
	return all
}

func (s *Server) track(labels map[string]string, name, state string, sts []stretch, part func(stretch) (from, to time.Time, value float64)) track {
	labels = maps.Clone(labels)
	labels["__name__"] = name
	if state != "" {
		labels["alertstate"] = state
	}
	return track{labels, func(from, to time.Time, yield func(time.Time, float64)) {
		// Stretches follow each other, so the first that matters can be found.
		first, _ := slices.BinarySearchFunc(sts, from, func(st stretch, t time.Time) int { return st.until.Compare(t) })
		for _, st := range sts[first:] {
			begin, end, value := part(st)
			if !st.from.Before(to) {
				return
			}
			s.each(s.Interval, later(begin, from), earlier(end, to), func(t time.Time) { yield(t, value) })
		}
	}}
}

// each calls f for every interval in [from, to) of which samples are held.
func (s *Server) each(interval time.Duration, from, to time.Time, f func(time.Time)) {
	for t := next(later(from, s.horizon()), interval); t.Before(to); t = t.Add(interval) {
		if s.up(t) {
			f(t)
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
