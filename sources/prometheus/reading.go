package prometheus

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"preread/sources"
)

// readings evaluates an expression at the last millisecond of every week, all
// that end equally far apart in one request: where clocks change, weeks do not.
func (s *server) readings(ctx context.Context, window sources.Window, query sources.Query) ([]sources.Reading, error) {
	expr, err := s.expression(query.Text)
	if err != nil {
		return nil, err
	}
	if expr == "" {
		return nil, sources.Unansweredf("the metric has no query").WithHint("write it in PromQL, such as a sum or a quantile that gives one number")
	}
	weeks := window.Weeks()
	spans := make([]span, len(weeks))
	for i, week := range weeks {
		spans[i] = spanOf(window.Bounds(week))
	}
	rows := endsOf(spans)
	ends, err := parallel(ctx, s.name, len(rows), func(ctx context.Context, i int) ([]weekEnd, error) {
		return s.weekEnds(ctx, expr, rows[i])
	})
	if err != nil {
		return nil, s.readingWords(expr, err)
	}
	var readings []sources.Reading
	for i, end := range slices.Concat(ends...) {
		reading := sources.Reading{
			Evidence: sources.Evidence{Source: s.name, Ref: sources.OneLine(strings.TrimSpace(query.Text), 200), URL: s.table(expr, spans[i].last().Time())},
			Week:     weeks[i],
		}
		reading.Value, reading.Graded, err = s.number(expr, end.value)
		if err != nil {
			return nil, err
		}
		if end.warned && reading.Grade != sources.Ungraded {
			reading.Graded = sources.Graded{Grade: sources.Partial, Reason: s.doubts()}
		}
		readings = append(readings, reading)
	}
	if err := s.doubt(ctx, expr, spans, readings); err != nil {
		return nil, err
	}
	return readings, nil
}

// doubt grades readings down by how much is held of what they were computed from.
func (s *server) doubt(ctx context.Context, expr string, weeks []span, readings []sources.Reading) error {
	if !slices.ContainsFunc(readings, func(r sources.Reading) bool { return r.Grade != sources.Ungraded }) {
		return nil
	}
	grades, err := s.held(ctx, expr, weeks)
	for i, grade := range grades {
		r := &readings[i]
		if r.Graded = r.Worse(grade); r.Grade == sources.Ungraded {
			r.Value = 0
		}
	}
	return err
}

// endsOf groups weeks in order into as few rows as the distances of their ends
// allow. How far an expression reaches back from there is its own business.
func endsOf(weeks []span) []sheet {
	var rows []sheet
	for _, week := range weeks {
		if n := len(rows); n > 0 {
			row := &rows[n-1]
			step := week.to - row.whole().to
			if row.n == 1 {
				row.first.from = row.first.to - step
			}
			if step == row.first.to-row.first.from {
				row.n++
				continue
			}
		}
		rows = append(rows, sheet{week, 1})
	}
	return rows
}

// A weekEnd is what an expression gives at the end of one week.
type weekEnd struct {
	value  model.Value
	warned bool
}

// weekEnds evaluates an expression at the end of each week of a row. Where one
// request for all is refused, or gives what is no number, the weeks are asked
// for one by one: that tells more about what is wrong, and is less at a time.
func (s *server) weekEnds(ctx context.Context, expr string, row sheet) ([]weekEnd, error) {
	if row.n > 1 {
		columns, err := s.over(ctx, row, func(string) string { return expr })
		if err == nil {
			return vectors(columns), nil
		}
		var refusal *v1.Error
		if away(err) || !errors.As(err, &refusal) && !errors.Is(err, errHistogram) {
			return nil, err
		}
	}
	return parallel(ctx, s.name, row.n, func(ctx context.Context, i int) (weekEnd, error) {
		value, warned, err := s.instant(ctx, expr, row.span(i).last())
		return weekEnd{value, warned}, err
	})
}

// vectors writes columns as the instant answers that they stand for.
func vectors(columns []column) []weekEnd {
	ends := make([]weekEnd, len(columns))
	for i, c := range columns {
		var v model.Vector
		for _, cell := range c.cells {
			v = append(v, &model.Sample{Metric: cell.metric, Value: model.SampleValue(cell.value)})
		}
		ends[i] = weekEnd{v, c.warned}
	}
	return ends
}

// number returns the one number of an answer, or why the week has none. Only
// what is wrong with the expression itself is an error.
func (s *server) number(expr string, value model.Value) (float64, sources.Graded, error) {
	unknown := func(reason string) (float64, sources.Graded, error) {
		return 0, sources.Graded{Reason: reason}, nil
	}
	var n float64
	switch v := value.(type) {
	case *model.Scalar:
		n = float64(v.Value)
	case model.Vector:
		switch {
		case len(v) == 0:
			return unknown("no data at the week's end")
		case len(v) > 1:
			return 0, sources.Graded{}, sources.Unansweredf("%s gives %d numbers, one is wanted", quoted(expr), len(v)).
				WithHint("put sum(…), max(…) or avg(…) around the query")
		case v[0].Histogram != nil:
			return 0, sources.Graded{}, sources.Unansweredf("%s gives a histogram, not a number", quoted(expr)).
				WithHint("put histogram_quantile(0.95, …) or histogram_avg(…) around the query")
		}
		n = float64(v[0].Value)
	case model.Matrix:
		return 0, sources.Graded{}, sources.Unansweredf("%s gives a stretch of samples, not a number", quoted(expr)).
			WithHint("put rate(…), avg_over_time(…) or the like around the range")
	default:
		return 0, sources.Graded{}, s.unreadable()
	}
	switch {
	case math.IsNaN(n):
		return unknown("no traffic in the week: the value is not a number")
	case math.IsInf(n, 0):
		return unknown("the value is infinite: something was divided by nothing")
	}
	return n, sources.Whole(), nil
}

// readingWords puts a refusal of a metric's expression into the words of the
// page, without what the server says of it.
func (s *server) readingWords(expr string, err error) error {
	var refusal *v1.Error
	switch {
	case !errors.As(err, &refusal):
		return err
	case away(err):
		return s.partly()
	case refusal.Type == v1.ErrServer && tooMuch(err):
		return sources.Unansweredf("%s could not compute %s in time", s.name, quoted(expr)).
			WithHint("ask for less, make a recording rule of it, or raise timeout of %s", s.name)
	case tooMuch(err):
		return sources.Unansweredf("%s could not compute %s", s.name, quoted(expr)).
			WithHint("it may load too many samples, or join series that do not match; try it on the server's own page")
	case refusal.Type == v1.ErrBadData, refusal.Type == v1.ErrClient:
		return sources.Unansweredf("%s is not valid PromQL to %s", quoted(expr), s.name).
			WithHint("try the query on the server's own page")
	}
	return s.words(err)
}

func (s *server) doubts() string { return s.name + " warned that its answer may not be whole" }
