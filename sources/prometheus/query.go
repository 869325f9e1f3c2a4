package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"

	"preread/sources"
)

// A span is a half-open stretch of the server's time [from, to), in the
// milliseconds that it counts in.
type span struct{ from, to model.Time }

func spanOf(from, to time.Time) span {
	return span{model.TimeFromUnixNano(from.UnixNano()), model.TimeFromUnixNano(to.UnixNano())}
}

func (s span) length() time.Duration     { return s.to.Sub(s.from) }
func (s span) holds(t model.Time) bool   { return t >= s.from && t < s.to }
func (s span) overlaps(o span) bool      { return s.from < o.to && o.from < s.to }
func (s span) grow(d time.Duration) span { return span{s.from.Add(-d), s.to.Add(d)} }

// whole widens a span to whole steps, counted from 1970 on.
func (s span) whole(step time.Duration) span {
	ms := model.Time(step.Milliseconds())
	return span{s.from - s.from%ms, s.to + (ms-s.to%ms)%ms}
}

func (s span) cut(o span) span { return span{max(s.from, o.from), min(s.to, o.to)} }

// last is the instant to evaluate a range over a span at: the last one inside.
// From there the range reaches back to one millisecond before the span, which
// Prometheus 2 includes and Prometheus 3 does not.
func (s span) last() model.Time { return s.to - 1 }

// window writes the span's length as a PromQL range.
func (s span) window() string {
	ms := s.length().Milliseconds()
	if ms%1000 == 0 {
		return "[" + strconv.FormatInt(ms/1000, 10) + "s]"
	}
	return "[" + strconv.FormatInt(ms, 10) + "ms]"
}

// shortest is the shortest span that is still asked for when the server finds
// longer ones too much.
const shortest = time.Hour

// instant evaluates an expression at one instant. warned tells that the server
// doubts its own answer.
func (s *server) instant(ctx context.Context, expr string, at model.Time) (value model.Value, warned bool, err error) {
	value, warnings, _, err := s.api.Query(ctx, expr, at.Time(), v1.WithTimeout(s.timeout))
	if err != nil {
		return nil, false, err
	}
	return value, len(warnings) > 0, nil
}

// A sheet is a row of equally long spans without a gap between them.
type sheet struct {
	first span
	n     int
}

func (s sheet) span(i int) span {
	step := model.Time(s.first.length().Milliseconds())
	return span{s.first.from + model.Time(i)*step, s.first.to + model.Time(i)*step}
}

func (s sheet) whole() span { return span{s.first.from, s.span(s.n - 1).to} }

// halves cuts a sheet in two: a row in its middle, a single span in its own.
// ok is false where the halves would be too short to be worth asking for.
func (s sheet) halves() (a, b sheet, ok bool) {
	if s.n > 1 {
		a = sheet{s.first, s.n / 2}
		return a, sheet{s.span(s.n / 2), s.n - s.n/2}, true
	}
	a1, b1, ok := s.first.halves()
	return sheet{a1, 1}, sheet{b1, 1}, ok
}

func (s span) halves() (a, b span, ok bool) {
	middle := s.from + (s.to-s.from)/2
	return span{s.from, middle}, span{middle, s.to}, s.length() >= 2*shortest
}

// sheets groups spans in order into as few rows as their lengths allow.
func sheets(spans []span) []sheet {
	var rows []sheet
	for _, sp := range spans {
		if n := len(rows); n > 0 {
			if row := &rows[n-1]; row.whole().to == sp.from && row.first.length() == sp.length() {
				row.n++
				continue
			}
		}
		rows = append(rows, sheet{sp, 1})
	}
	return rows
}

// A column is what an expression gives at the end of one span of a sheet.
type column struct {
	span
	cells  []cell
	warned bool // the server doubts its own answer
}

// A cell is the value of one series.
type cell struct {
	metric model.Metric
	value  float64
}

// over evaluates an expression at the end of every span of a sheet, in one
// request. expr gets the spans' length as a range.
func (s *server) over(ctx context.Context, row sheet, expr func(window string) string) ([]column, error) {
	step := row.first.length()
	value, warnings, _, err := s.api.QueryRange(ctx, expr(row.first.window()),
		v1.Range{Start: row.first.last().Time(), End: row.span(row.n - 1).last().Time(), Step: step},
		v1.WithTimeout(s.timeout))
	if err != nil {
		return nil, err
	}
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, s.unreadable()
	}
	columns := make([]column, row.n)
	for i := range columns {
		columns[i] = column{span: row.span(i), warned: len(warnings) > 0}
	}
	for _, stream := range matrix {
		if len(stream.Histograms) > 0 {
			return nil, errHistogram
		}
		for _, v := range stream.Values {
			since := v.Timestamp.Sub(row.first.last())
			if since < 0 || since%step != 0 || int(since/step) >= row.n {
				return nil, sources.Unansweredf("%s answered for other instants than it was asked for", s.name).
					WithHint("a cache before %s moves the steps of queries; switch off its alignment", s.name)
			}
			c := &columns[since/step]
			c.cells = append(c.cells, cell{stream.Metric, float64(v.Value)})
		}
	}
	return columns, nil
}

// errHistogram says that an expression gives histograms, which are no numbers.
var errHistogram = errors.New("a histogram where a number was expected")

// A take is what was read of some series at once, as it is stored.
type take struct {
	streams model.Matrix
	warned  bool
}

// samples reads the samples of a selector inside a span.
func (s *server) samples(ctx context.Context, series string, sp span) (take, error) {
	takes, err := byHalves(ctx, sheet{sp, 1}, func(ctx context.Context, part sheet) ([]take, error) {
		value, warned, err := s.instant(ctx, series+part.first.window(), part.first.last())
		if err != nil {
			return nil, err
		}
		streams, ok := value.(model.Matrix)
		if !ok {
			return nil, s.unreadable()
		}
		for _, stream := range streams {
			stream.Values = slices.DeleteFunc(stream.Values, func(v model.SamplePair) bool { return !part.first.holds(v.Timestamp) })
		}
		return []take{{streams, warned}}, nil
	})
	var all take
	for _, t := range takes {
		all = take{append(all.streams, t.streams...), all.warned || t.warned}
	}
	return all, s.words(err)
}

// byHalves fetches what belongs to a sheet, and where the server finds that
// too much, each half of it, down to an hour.
func byHalves[T any](ctx context.Context, row sheet, fetch func(context.Context, sheet) ([]T, error)) ([]T, error) {
	all, err := fetch(ctx, row)
	first, second, ok := row.halves()
	if !ok || !tooMuch(err) {
		return all, err
	}
	early, err := byHalves(ctx, first, fetch)
	if err != nil {
		return nil, err
	}
	late, err := byHalves(ctx, second, fetch)
	return append(early, late...), err
}

// atOnce is how many queries of one question are out together; package web
// holds the lower limit of requests.
const atOnce = 8

// parallel calls fetch for 0 to n-1 and returns the results in that order, or
// the first error.
func parallel[T any](ctx context.Context, source string, n int, fetch func(ctx context.Context, i int) (T, error)) ([]T, error) {
	results := make([]T, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range results {
		group.Go(func() error {
			return sources.Guard(source, func() (err error) {
				results[i], err = fetch(ctx, i)
				return err
			})
		})
	}
	return results, group.Wait()
}

// tooMuch reports the refusals of a query for its size: 422 for too many
// samples, 503 for too much time, and Mimir's 400 for a range longer than a
// tenant may ask for. The library leaves the body of a 503 unread.
func tooMuch(err error) bool {
	var refusal *v1.Error
	if !errors.As(err, &refusal) {
		return false
	}
	switch refusal.Type {
	case v1.ErrExec:
		return !away(err)
	case v1.ErrTimeout:
		return true
	case v1.ErrBadData:
		return strings.Contains(refusal.Msg, "time range exceeds the limit")
	case v1.ErrServer:
		var body struct{ ErrorType v1.ErrorType }
		return json.Unmarshal([]byte(refusal.Detail), &body) == nil && body.ErrorType == v1.ErrTimeout
	}
	return false
}

// words puts an error of the library into the words of the page. Errors of
// package web and of the context stay as they are.
func (s *server) words(err error) error {
	var refusal *v1.Error
	switch {
	case errors.Is(err, errHistogram):
		return s.unreadable()
	case !errors.As(err, &refusal):
		return err
	case away(err):
		return s.partly()
	case tooMuch(err):
		return sources.Unansweredf("%s finds the query too much to compute, even in small pieces", s.name).
			WithHint("raise its query.max-samples or query.timeout, or ask for fewer series")
	case refusal.Type == v1.ErrServer:
		return sources.Unansweredf("%s is out of order (503)", s.name).WithHint("run again later")
	case refusal.Type == v1.ErrBadData, refusal.Type == v1.ErrClient:
		return sources.Unansweredf("%s does not accept the query", s.name).
			WithHint("check the matchers, and heartbeat and replica_labels of %s", s.name)
	}
	return s.unreadable()
}

// away reports that a part of what a Thanos reads from did not answer, and it was
// told not to go on without.
func away(err error) bool {
	var refusal *v1.Error
	if !errors.As(err, &refusal) || refusal.Type != v1.ErrExec && refusal.Type != v1.ErrServer {
		return false
	}
	said := refusal.Msg + refusal.Detail
	return slices.ContainsFunc([]string{"code = Unavailable", "connection refused", "No StoreAPIs matched"}, func(sign string) bool { return strings.Contains(said, sign) })
}

func (s *server) partly() error {
	return sources.Unansweredf("a part of what %s reads from does not answer", s.name).
		WithHint("see its stores; partial_response = true has it answer with what is left, which is marked then")
}

func (s *server) unreadable() error {
	return sources.Unansweredf("%s gave an answer that is not one of a Prometheus", s.name).
		WithHint("check the url of %s in the settings", s.name)
}

// String shows a span for people who debug.
func (s span) String() string {
	return fmt.Sprintf("[%s, %s)", s.from.Time().UTC().Format(time.RFC3339), s.to.Time().UTC().Format(time.RFC3339))
}
