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
	group    string // the values of the labels that alerts are grouped by
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

// A question is one of those that a survey asks of each span, in one query with
// others: their answers are told apart by a label that no series has.
type question string

const (
	heartbeats question = "heartbeats" // how many samples a heartbeat has
	pace       question = "pace"       // the same of the span's last hour
	active     question = "active"     // which activation an alert has
	fired      question = "fired"      // how many firing samples alerts have

	questionLabel = "preread_question"
)

// ask marks the answers of an expression.
func (q question) ask(expr string) string {
	return "label_replace(" + expr + `, "` + questionLabel + `", "` + string(q) + `", "", "")`
}

// ofHeart asks of a span how much of it is held.
func (s *server) ofHeart(window string) string {
	return heartbeats.ask("count_over_time("+string(s.heartbeat)+window+")") + " or " +
		pace.ask("count_over_time("+string(s.heartbeat)+span{0, model.Time(paceOver.Milliseconds())}.window()+")")
}

// survey asks of every day how much of it is held, which alerts fired there, how
// much, and with which activation: in one query, so that an answer from which the
// alerts are missing is missing its heartbeat too.
func (s *server) survey(ctx context.Context, matchers []matcher, days []span) ([]column, error) {
	return s.counts(ctx, days, func(window string) string {
		return strings.Join([]string{s.ofHeart(window), active.ask(activations(matchers, window)), fired.ask(s.firingSamples(matchers, window))}, " or ")
	})
}

// counts evaluates an expression that counts at the end of every span. Spans
// come back cut where the server finds a whole one too much.
func (s *server) counts(ctx context.Context, spans []span, expr func(window string) string) ([]column, error) {
	rows := sheets(spans)
	parts, err := parallel(ctx, s.name, len(rows), func(ctx context.Context, i int) ([]column, error) {
		return byHalves(ctx, rows[i], func(ctx context.Context, row sheet) ([]column, error) { return s.over(ctx, row, expr) })
	})
	columns := slices.Concat(parts...)
	for _, column := range columns {
		for _, c := range column.cells {
			if !countable(c.value) {
				return nil, s.unreadable()
			}
		}
	}
	return columns, s.words(err)
}

// answers returns a column's answers to one of the questions.
func (q question) answers(c column) []cell {
	var cells []cell
	for _, cell := range c.cells {
		if cell.metric[questionLabel] == model.LabelValue(q) {
			cell.metric = cell.metric.Clone()
			delete(cell.metric, questionLabel)
			cells = append(cells, cell)
		}
	}
	return cells
}

// chunks reads what the survey tells about alerts.
func (s *server) chunks(columns []column) []chunk {
	chunks := make([]chunk, len(columns))
	for i, column := range columns {
		c := chunk{column.span, map[view]int{}, map[instance]float64{}, map[string]bool{}, column.warned, false}
		for _, f := range fired.answers(column) {
			c.firing[s.viewOf(f.metric)] += int(f.value)
		}
		for _, a := range active.answers(column) {
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
	return chunks
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
	return instance{s.viewOf(metric), labels.String(), s.grouping.of(metric)}
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
