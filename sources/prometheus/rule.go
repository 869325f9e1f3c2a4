package prometheus

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"preread/sources/internal/web"
)

// intervals are the evaluation intervals of alerts by name.
type intervals map[string]time.Duration

// loaded returns the intervals of the rules that are loaded now. Alerts of
// former rules are not among them. Some systems offer no list of rules, or one
// in a form of their own, for Prometheus does not promise to keep its form;
// then nothing is known, and the samples tell.
func (s *server) loaded(ctx context.Context) (intervals, error) {
	return s.rules.get(ctx, struct{}{}, func(ctx context.Context) (intervals, error) {
		answer, err := s.api.Rules(ctx, nil)
		switch web.Status(err) {
		case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return intervals{}, nil
		}
		var refusal *v1.Error
		if errors.As(err, &refusal) {
			return intervals{}, nil
		}
		if err != nil {
			return nil, err
		}
		known := intervals{}
		for _, group := range answer.Groups {
			interval := time.Duration(group.Interval * float64(time.Second))
			for _, rule := range group.Rules {
				if alert, ok := rule.(v1.AlertingRule); ok && interval > 0 {
					known[alert.Name] = shorter(known[alert.Name], interval)
				}
			}
		}
		return known, nil
	})
}

// shorter returns the shorter of two durations, 0 being none.
func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// unknown marks the alerts whose interval no rule tells: each is read in
// detail in the chunk where it fired most, which shows the interval.
func (known intervals) unknown(chunks []chunk, marked []map[string]bool) {
	type peak struct{ chunk, samples int }
	peaks := map[string]peak{}
	for i, c := range chunks {
		for v, n := range c.firing {
			if known[v.name] == 0 && n > peaks[v.name].samples {
				peaks[v.name] = peak{i, n}
			}
		}
	}
	for name, p := range peaks {
		marked[p.chunk] = maps.Clone(marked[p.chunk])
		marked[p.chunk][name] = true
	}
}

// learn returns the intervals completed by the smallest steps between samples.
func (known intervals) learn(points map[instance][]point) intervals {
	all := maps.Clone(known)
	for in, list := range points {
		if known[in.name] != 0 {
			continue
		}
		times := make([]model.Time, len(list))
		for i, p := range list {
			times[i] = p.at
		}
		slices.Sort(times)
		for i := 1; i < len(times); i++ {
			if step := times[i].Sub(times[i-1]); step > 0 {
				all[in.name] = shorter(all[in.name], step)
			}
		}
	}
	return all
}

// of returns an alert's interval, and the given one where nothing tells.
func (known intervals) of(name string, otherwise time.Duration) time.Duration {
	if interval := known[name]; interval > 0 {
		return interval
	}
	return otherwise
}

// longest returns the longest interval.
func (known intervals) longest() time.Duration {
	var longest time.Duration
	for _, interval := range known {
		longest = max(longest, interval)
	}
	return longest
}
