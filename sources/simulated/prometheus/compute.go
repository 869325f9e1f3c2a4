package prometheus

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

func (s *Server) metric(query string) (Metric, bool) {
	i := slices.IndexFunc(s.Metrics, func(m Metric) bool { return m.Query == query })
	if i < 0 {
		return Metric{}, false
	}
	return s.Metrics[i], true
}

func (s *Server) metricAt(m Metric, at time.Time) []result {
	if at.Before(s.horizon()) {
		return nil
	}
	var results []result
	for _, series := range m.Series {
		if value, ok := series.at(at); ok {
			results = append(results, result{Metric: nonNil(series.Labels), Value: &sample{at, value}})
		}
	}
	return results
}

// metricOver returns the series of a metric at every step of a range.
func (s *Server) metricOver(m Metric, start, end time.Time, step time.Duration) []result {
	var results []result
	for _, series := range m.Series {
		r := result{Metric: nonNil(series.Labels)}
		for at := start; !at.After(end); at = at.Add(step) {
			if value, ok := series.at(at); ok && !at.Before(s.horizon()) {
				r.Values = append(r.Values, sample{at, value})
			}
		}
		if len(r.Values) > 0 {
			results = append(results, r)
		}
	}
	return results
}

func nonNil(labels map[string]string) map[string]string {
	if labels == nil {
		return map[string]string{}
	}
	return labels
}

// meter counts the samples that a query holds in memory.
type meter struct{ held, limit int }

func (m *meter) add(n int) *refusal {
	m.held += n
	if m.limit > 0 && m.held > m.limit {
		return &refusal{http.StatusUnprocessableEntity, "execution", "query processing would load too many samples into memory in query execution"}
	}
	return nil
}

// samples returns the stored samples of a range that ends at an instant, both
// edges included.
func (s *Server) samples(r ranged, at time.Time) ([]result, *refusal) {
	memory := meter{limit: s.MaxSamples}
	var results []result
	for _, t := range s.tracks() {
		if !r.matches(t.labels) {
			continue
		}
		found := result{Metric: t.labels}
		t.walk(at.Add(-r.window), at.Add(time.Millisecond), func(t time.Time, value float64) {
			found.Values = append(found.Values, sample{t, value})
		})
		if refused := memory.add(len(found.Values)); refused != nil {
			return nil, refused
		}
		if len(found.Values) > 0 {
			results = append(results, found)
		}
	}
	return results, nil
}

// compute evaluates an expression at every step.
func (s *Server) compute(e expression, start, end time.Time, step time.Duration) ([]result, *refusal) {
	memory := meter{limit: s.MaxSamples}
	collected := map[string]*result{}
	tracks := s.tracks()
	for at := start; !at.After(end); at = at.Add(step) {
		for _, found := range e.at(tracks, at) {
			k := key(found.Metric)
			if collected[k] == nil {
				collected[k] = &result{Metric: found.Metric}
			}
			collected[k].Values = append(collected[k].Values, *found.Value)
			if refused := memory.add(1); refused != nil {
				return nil, refused
			}
		}
	}
	var results []result
	for _, k := range slices.Sorted(maps.Keys(collected)) {
		results = append(results, *collected[k])
	}
	return results, nil
}

// at evaluates the expression at one instant. As functions do, it drops the
// metric's name.
func (e expression) at(tracks []track, at time.Time) []result {
	switch {
	case e.labelled != nil:
		return e.together(tracks, at)
	case e.counted:
		return overTime(tracks, e.selected, at, func(last float64, count, changes int) float64 { return float64(count) })
	case e.fired == nil:
		return sumBy(e.summed, overTime(tracks, e.selected, at, func(last float64, count, changes int) float64 { return float64(count) }), at)
	}
	fired := map[string]bool{}
	for _, r := range overTime(tracks, *e.fired, at, func(float64, int, int) float64 { return 1 }) {
		delete(r.Metric, "alertstate")
		fired[key(r.Metric)] = true
	}
	active := overTime(tracks, e.selected, at, func(last float64, count, changes int) float64 {
		if changes > 0 {
			return 0
		}
		return last
	})
	return slices.DeleteFunc(active, func(r result) bool { return !fired[key(r.Metric)] })
}

// together evaluates several expressions. Of series with the same labels the
// first counts, as with or.
func (e expression) together(tracks []track, at time.Time) []result {
	var all []result
	seen := map[string]bool{}
	for _, part := range e.labelled {
		for _, r := range part.at(tracks, at) {
			r.Metric = maps.Clone(r.Metric)
			r.Metric[part.name] = part.value
			if k := key(r.Metric); !seen[k] {
				seen[k] = true
				all = append(all, r)
			}
		}
	}
	return all
}

// overTime reduces the samples of a range that ends at an instant to one
// number for each series.
func overTime(tracks []track, r ranged, at time.Time, reduce func(last float64, count, changes int) float64) []result {
	var results []result
	for _, t := range tracks {
		if !r.matches(t.labels) {
			continue
		}
		last, count, changes := 0.0, 0, 0
		t.walk(at.Add(-r.window), at.Add(time.Millisecond), func(_ time.Time, value float64) {
			if count > 0 && value != last {
				changes++
			}
			last = value
			count++
		})
		if count > 0 {
			labels := maps.Clone(t.labels)
			delete(labels, "__name__")
			results = append(results, result{Metric: labels, Value: &sample{at, reduce(last, count, changes)}})
		}
	}
	return results
}

// sumBy adds up results with the same values of the given labels.
func sumBy(by []string, results []result, at time.Time) []result {
	sums := map[string]*result{}
	for _, r := range results {
		kept := map[string]string{}
		for _, name := range by {
			if value := r.Metric[name]; value != "" {
				kept[name] = value
			}
		}
		k := key(kept)
		if sums[k] == nil {
			sums[k] = &result{Metric: kept, Value: &sample{at: at}}
		}
		sums[k].Value.value += r.Value.value
	}
	var list []result
	for _, k := range slices.Sorted(maps.Keys(sums)) {
		list = append(list, *sums[k])
	}
	return list
}
