package prometheus

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
)

// A line is what a page lists alarms by.
type line struct{ name, severity string }

// A view is a line as one replica saw it.
type view struct {
	line
	replica string
}

// An instance is one alert with one set of labels, seen by one replica. Its
// identity leaves out what does not tell instances apart: the state, and the
// labels of the replica.
type instance struct {
	view
	identity string
}

// A chunk is what a survey tells of one span: mostly a day, and less where the
// server cannot compute as much at once. Week edges are chunk edges.
type chunk struct {
	span
	firing  map[view]int         // firing samples
	single  map[instance]float64 // activation, if there was one only
	several map[string]bool      // names of alerts that had several, or may have
	warned  bool
	torn    bool // the answers about it contradict each other
}

// activations asks, of every instance that fired in a span, for its activation,
// or for 0 if there were several: the value of ALERTS_FOR_STATE changes with
// each. Both series have the same labels but for the state.
func activations(matchers []matcher, window string) string {
	state := series("ALERTS_FOR_STATE", matchers) + window
	return "(last_over_time(" + state + ") * (changes(" + state + ") == bool 0)) and ignoring(alertstate) count_over_time(" +
		firing(matchers) + window + ")"
}

// firingSamples counts the firing samples of a span by the given labels.
func (s *server) firingSamples(matchers []matcher, window string) string {
	labels := []string{model.AlertNameLabel, "severity"}
	for _, l := range s.replica {
		labels = append(labels, string(l))
	}
	return "sum by (" + strings.Join(labels, ",") + ") (count_over_time(" + firing(matchers) + window + "))"
}

func series(name string, matchers []matcher) string {
	return name + "{" + join(matchers) + "}"
}

func firing(matchers []matcher) string {
	return series("ALERTS", slices.Concat([]matcher{{"alertstate", "=", "firing"}}, matchers))
}

// shown is the expression that people can look at for what was counted.
func shown(matchers []matcher) string {
	return "count by (alertname,severity) (" + firing(matchers) + ")"
}

// survey asks for every day which alerts fired there, how much, and with which
// activation. Days come back cut where the server finds a whole one too much.
func (s *server) survey(ctx context.Context, matchers []matcher, days []span) ([]chunk, error) {
	rows := sheets(days)
	parts, err := parallel(ctx, len(rows), func(ctx context.Context, i int) ([]chunk, error) {
		return byHalves(ctx, rows[i], func(ctx context.Context, row sheet) ([]chunk, error) {
			return s.surveyRow(ctx, matchers, row)
		})
	})
	return slices.Concat(parts...), s.words(err)
}

func (s *server) surveyRow(ctx context.Context, matchers []matcher, row sheet) ([]chunk, error) {
	exprs := []func(window string) string{
		func(window string) string { return activations(matchers, window) },
		func(window string) string { return s.firingSamples(matchers, window) },
	}
	answers, err := parallel(ctx, len(exprs), func(ctx context.Context, i int) ([]column, error) {
		return s.over(ctx, row, exprs[i])
	})
	if err != nil {
		return nil, err
	}
	active, fired := answers[0], answers[1]
	chunks := make([]chunk, row.n)
	for i := range chunks {
		c := chunk{row.span(i), map[view]int{}, map[instance]float64{}, map[string]bool{}, active[i].warned || fired[i].warned, false}
		for _, f := range fired[i].cells {
			if !countable(f.value) {
				return nil, s.unreadable()
			}
			c.firing[s.viewOf(f.metric)] += int(f.value)
		}
		for _, a := range active[i].cells {
			if !countable(a.value) {
				return nil, s.unreadable()
			}
			in := s.instanceOf(a.metric)
			c.torn = c.torn || c.firing[in.view] == 0 // what was active has fired
			if a.value > 0 {
				c.single[in] = a.value
			} else {
				c.several[in.name] = true
			}
		}
		chunks[i] = c
	}
	return chunks, nil
}

// countable reports a value that a count or an instant can have. No server
// counts up to infinity; what stands between it and this program may garble.
func countable(v float64) bool { return v >= 0 && v < 1<<53 }

func (s *server) viewOf(metric model.Metric) view {
	return view{line{string(metric[model.AlertNameLabel]), string(metric["severity"])}, s.replicaOf(metric)}
}

func (s *server) instanceOf(metric model.Metric) instance {
	labels := maps.Clone(metric)
	delete(labels, model.MetricNameLabel)
	delete(labels, "alertstate")
	for _, l := range s.replica {
		delete(labels, l)
	}
	return instance{s.viewOf(metric), labels.String()}
}

// names returns the names of all alerts that fired in the chunk.
func (c chunk) names() map[string]bool {
	names := maps.Clone(c.several)
	for in := range c.single {
		names[in.name] = true
	}
	return names
}

// samplesOf returns how many firing samples alerts of these names have.
func (c chunk) samplesOf(names map[string]bool) int {
	n := 0
	for v, count := range c.firing {
		if names[v.name] {
			n += count
		}
	}
	return n
}
