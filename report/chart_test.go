package report

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// drawn reads back what a chart shows: its words by class, and its shapes.
type drawn struct {
	title  string
	words  map[string][]string
	shapes map[string]int
}

func readChart(t testing.TB, svg string) drawn {
	t.Helper()
	d := drawn{words: map[string][]string{}, shapes: map[string]int{}}
	var element, class string
	for dec := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return d
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			element, class = token.Name.Local, ""
			for _, a := range token.Attr {
				if a.Name.Local == "class" {
					class = a.Value
				}
			}
			if element != "text" && element != "svg" && element != "title" {
				d.shapes[class]++
			}
		case xml.CharData:
			if element == "title" {
				d.title += string(token)
			} else {
				d.words[class] = append(d.words[class], string(token))
			}
		}
	}
}

// weeksOf makes the weeks of a line: NaN is a week that was not seen, +Inf one
// with nothing to measure.
func weeksOf(values ...float64) (points []aggregate.Point) {
	for i, v := range values {
		p := aggregate.Point{Week: sources.Week{Year: 2026, N: 41 + i}, Value: v, State: aggregate.Known, Graded: sources.Whole()}
		switch {
		case math.IsNaN(v):
			p.Value, p.State = 0, aggregate.NotKnown
		case math.IsInf(v, 1):
			p.Value, p.State = 0, aggregate.NothingToMeasure
		}
		points = append(points, p)
	}
	return points
}

func chartWindow(n int) sources.Window {
	return sources.Window{Last: sources.Week{Year: 2026, N: 40 + n}, Count: n}
}

func TestChart(t *testing.T) {
	gone, none := math.NaN(), math.Inf(1)
	limit := func(op string, v float64) aggregate.Limit { return aggregate.Limit{Op: op, Value: v} }
	for name, tt := range map[string]struct {
		f    aggregate.Finding
		want drawn
	}{
		"a reading with a gap": {
			aggregate.Finding{Line: aggregate.Line{Noun: sources.Metrics, Title: "p95 <x>", Unit: "s", Target: aggregate.Target{Green: limit("<=", 0.3), Red: limit(">", 5)}},
				Weeks: weeksOf(0.2, 0.25, gone, gone, 0.31, 0.29), Signal: change.Verdict{Type: change.Gauge, Next: change.Range{Known: true, Low: 0.18, High: 0.28}}},
			drawn{"p95 <x>, 2026-W41 to 2026-W46: W41 0.2 s, W42 0.25 s, W43 unknown, W44 unknown, W45 0.31 s, W46 0.29 s; green at most 0.3, red above 5",
				map[string][]string{"week": {"W41", "W42", "W43", "W44", "W45", "W46"}, "unknown": {"unknown"}, "then": {"0.2 s"}, "now": {"0.29 s"}, "level green": {"green ≤ 0.3"}},
				map[string]int{"usual": 1, "cut": 1, "mark green": 1, "line": 2, "point": 4}},
		},
		"sprints that not every week closes": {
			aggregate.Finding{Line: aggregate.Line{Noun: sources.Delivery, Title: "Delivery", Unit: "ratio"}, Weeks: weeksOf(none, 0.8, none, 0.9),
				Signal: change.Verdict{Type: change.Proportion, Next: change.Range{Known: true, Low: 5, High: 10, Of: 10}}},
			drawn{"Delivery, 2026-W41 to 2026-W44: W41 nothing to measure, W42 80 %, W43 nothing to measure, W44 90 %",
				map[string][]string{"week": {"W41", "W42", "W43", "W44"}, "none": {"–", "–"}, "then": {"80 %"}, "now": {"90 %"}},
				map[string]int{"usual": 1, "cut": 1, "line thin": 1, "point": 2}},
		},
		"nothing is known": {
			aggregate.Finding{Line: aggregate.Line{Noun: sources.Incidents, Title: "Incidents", Target: aggregate.Target{Red: limit(">", 0)}}, Weeks: weeksOf(gone, gone, gone)},
			drawn{"Incidents, 2026-W41 to 2026-W43: W41 unknown, W42 unknown, W43 unknown; red above 0",
				map[string][]string{"week": {"W41", "W42", "W43"}, "unknown": {"unknown"}, "level red": {"red > 0"}},
				map[string]int{"floor": 1, "mark red": 1}},
		},
		"only zero": {
			aggregate.Finding{Line: aggregate.Line{Noun: sources.Quality, Title: "Bugs"}, Weeks: weeksOf(0, 0)},
			drawn{"Bugs, 2026-W41 to 2026-W42: W41 0, W42 0",
				map[string][]string{"week": {"W41", "W42"}, "then": {"0"}, "now": {"0"}},
				map[string]int{"floor": 1, "line": 1, "point": 2}},
		},
		"one week, not exact": {
			aggregate.Finding{Line: aggregate.Line{Noun: sources.Alarms, Title: "Alarms"}, Weeks: []aggregate.Point{{Week: sources.Week{Year: 2026, N: 41}, Value: 7, State: aggregate.Known, Graded: sources.Graded{Grade: sources.Partial}}}},
			drawn{"Alarms, 2026-W41 to 2026-W41: W41 ≥ 7", map[string][]string{"week": {"W41"}, "now": {"≥ 7"}}, map[string]int{"floor": 1, "point about": 1}},
		},
		"a goal with its scope": {
			aggregate.Finding{Line: aggregate.Line{Noun: sources.Goals, Title: "Goal"}, Weeks: weeksOf(1, 3),
				Goal: &aggregate.Goal{Weeks: []aggregate.GoalWeek{{Done: 1, Total: 8}, {Done: 3, Total: 9}}}},
			drawn{"Goal, 2026-W41 to 2026-W42: W41 1 of 8 done, W42 3 of 9 done",
				map[string][]string{"week": {"W41", "W42"}, "then": {"1"}, "now": {"3 done"}, "level": {"9 in scope"}},
				map[string]int{"floor": 1, "scope": 1, "line": 1, "point": 2}},
		},
		"a unit too long": {
			aggregate.Finding{Line: aggregate.Line{Noun: sources.Metrics, Title: "Rate", Unit: "requests a second"}, Weeks: weeksOf(1200, 1300)},
			drawn{"Rate, 2026-W41 to 2026-W42: W41 1200 requests a second, W42 1300 requests a second",
				map[string][]string{"week": {"W41", "W42"}, "then": {"1200"}, "now": {"1300"}},
				map[string]int{"cut": 1, "line": 1, "point": 2}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := readChart(t, chartOf("chart:x", tt.f, chartWindow(len(tt.f.Weeks))))
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(drawn{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if small := readChart(t, sparkOf("spark:x", tt.f, chartWindow(len(tt.f.Weeks)))); small.title != tt.want.title {
				t.Errorf("the small chart says %q", small.title)
			}
		})
	}
}

// A zero stands on the floor of a count's chart, and a gap nowhere: an unknown
// week has no point.
func TestChartPlaces(t *testing.T) {
	f := aggregate.Finding{Line: aggregate.Line{Noun: sources.Quality, Title: "Bugs"}, Weeks: weeksOf(0, math.NaN(), 10)}
	svg := chartOf("x", f, chartWindow(3))
	if diff := cmp.Diff([]string{`cx="58" cy="75"`, `cx="308" cy="9"`}, regexp.MustCompile(`cx="[0-9.]+" cy="[0-9.]+"`).FindAllString(svg, -1)); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}

var placed = regexp.MustCompile(`[ML ](-?[0-9.]+) (-?[0-9.]+)|(?:cx|x)="(-?[0-9.]+)" (?:cy|y)="(-?[0-9.]+)"`)

// Whatever the figures are, every shape lies in the chart, and labels on the
// right keep apart.
func TestAnyChart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(-1e9, 1e9), rapid.SampledFrom([]float64{0, 1, 1e-12, 1e300, -1e300, math.NaN(), math.Inf(1)}))
		f := aggregate.Finding{Line: aggregate.Line{Noun: rapid.SampledFrom([]sources.Noun{sources.Metrics, sources.Quality, sources.Durations, sources.Delivery}).Draw(t, "noun"), Title: "x", Unit: rapid.SampledFrom([]string{"", "s", "ratio", "bytes"}).Draw(t, "unit")}}
		f.Weeks = weeksOf(rapid.SliceOfN(value, 1, 26).Draw(t, "weeks")...)
		for _, l := range []*aggregate.Limit{&f.Target.Green, &f.Target.Red} {
			if v := value.Draw(t, "limit"); v != 0 {
				*l = aggregate.Limit{Op: ">", Value: v}
			}
		}
		f.Signal = change.Verdict{Type: change.Type(rapid.IntRange(0, 3).Draw(t, "type")), Next: change.Range{Known: rapid.Bool().Draw(t, "known"), Low: value.Draw(t, "low"), High: value.Draw(t, "high"), Of: rapid.SampledFrom([]float64{0, 10}).Draw(t, "of")}}
		svg := chartOf("x", f, chartWindow(len(f.Weeks)))
		_, shapes, _ := strings.Cut(svg, "</title>")
		if strings.Contains(shapes, "NaN") || strings.Contains(regexp.MustCompile(`>[^<]*<`).ReplaceAllString(shapes, "><"), "Inf") {
			t.Fatalf("no number: %s", shapes)
		}
		for _, m := range placed.FindAllStringSubmatch(shapes, -1) {
			x, _ := strconv.ParseFloat(m[1]+m[3], 64)
			y, _ := strconv.ParseFloat(m[2]+m[4], 64)
			if x < 0 || x > chartWidth || y < 0 || y > chartHeight {
				t.Fatalf("%g, %g is outside of the chart: %s", x, y, shapes)
			}
		}
		last := math.Inf(-1)
		for _, m := range regexp.MustCompile(`y="([0-9.]+)" text-anchor="start"`).FindAllStringSubmatch(shapes, -1) {
			y, _ := strconv.ParseFloat(m[1], 64)
			if y < last+letterRoom-0.11 {
				t.Fatalf("labels at %g and %g stand on each other", last, y)
			}
			last = y
		}
	})
}

func TestNiceStep(t *testing.T) {
	for span, want := range map[float64]float64{0: 1, math.Inf(1): 1, 1: 0.5, 4: 1, 6: 2, 20: 5, 21: 10, 0.03: 0.01, 100: 50} {
		if got := niceStep(span); math.Abs(got-want) > 1e-9*want {
			t.Errorf("niceStep(%g) = %g, want %g", span, got, want)
		}
	}
}
