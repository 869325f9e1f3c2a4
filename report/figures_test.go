package report

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/sources"
)

func limitOf(t testing.TB, text string) aggregate.Limit {
	t.Helper()
	if text == "" {
		return aggregate.Limit{}
	}
	var l aggregate.Limit
	if err := l.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return l
}

// A figure never seems to lie on another side of its target than it does, and
// what is not zero is not shown as zero.
func TestFiguresAndTargets(t *testing.T) {
	for _, tt := range []struct {
		noun             sources.Noun
		unit, green, red string
		value            float64
		want             string
	}{
		{sources.Metrics, "ratio", ">= 99.9%", "< 99.6%", 0.9955, "99.55 %"},
		{sources.Metrics, "ratio", "", "", 0.9955, "100 %"},
		{sources.Delivery, "ratio", ">= 80%", "< 60%", 43.0 / 54, "79.6 %"},
		{sources.Delivery, "ratio", ">= 80%", "< 60%", 0.8, "80 %"},
		{sources.Durations, "", "<= 72h", "> 7d", 75, "75 h"},
		{sources.Durations, "", "<= 72h", "> 7d", 90, "4 days"},
		{sources.Durations, "", "<= 8h", "", 8.003, "8 h 00 min 11 s"},
		{sources.Metrics, "", "> 70%", "< 60%", 0.59999, "59.999 %"},
		{sources.Metrics, "s", "<= 0.3", "", 0.3004, "0.3004 s"},
		{sources.Metrics, "s", "<= 0.3", "", 0.3, "0.3 s"},
		{sources.Metrics, "s", "", "", 4e-10, "4e-10 s"},
		{sources.Metrics, "s", "", "", 1234567, "1234567 s"},
		{sources.Metrics, "s", "", "", -1e300, "-1e+300 s"},
		{sources.Alarms, "", "<= 20", "", 21, "21"},
	} {
		line := aggregate.Line{Noun: tt.noun, Unit: tt.unit, Target: aggregate.Target{Green: limitOf(t, tt.green), Red: limitOf(t, tt.red)}}
		if got := figure(line, tt.value); got != tt.want {
			t.Errorf("%s %v against %q is written %q, want %q", tt.noun, tt.value, tt.green, got, tt.want)
		}
	}
}

// Only of what is counted is a part the least that there is.
func TestFiguresOfAPart(t *testing.T) {
	for noun, want := range map[sources.Noun]string{
		sources.Quality: "≥ 3", sources.Incidents: "≥ 3", sources.Alarms: "≥ 3", sources.Shipped: "≥ 3", sources.Goals: "≥ 3",
		sources.Metrics: "≈ 3", sources.Durations: "≈ 3 h", sources.Delivery: "≈ 3",
	} {
		line := aggregate.Line{Noun: noun}
		p := aggregate.Point{State: aggregate.Known, Value: 3, Graded: sources.Graded{Grade: sources.Partial}}
		if got := cell(line, p); got != want {
			t.Errorf("%s: %q, want %q", noun, got, want)
		}
		f := aggregate.Finding{Line: aggregate.Line{Noun: noun, Target: aggregate.Target{Green: limitOf(t, "<= 5"), Red: limitOf(t, "> 9")}}, Status: aggregate.Verdict{Rule: aggregate.PartOnly, Value: 3}}
		if got := strings.HasPrefix(StatusReason(f), "at least"); got != strings.HasPrefix(want, "≥") {
			t.Errorf("%s: %s", noun, StatusReason(f))
		}
	}
}

func TestFiguresKeepTheirSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := aggregate.Line{Noun: rapid.SampledFrom([]sources.Noun{sources.Metrics, sources.Delivery, sources.Durations}).Draw(t, "noun")}
		if line.Noun != sources.Durations {
			line.Unit = rapid.SampledFrom([]string{"", "ratio", "s"}).Draw(t, "unit")
		}
		near := float64(rapid.IntRange(10_000, 200_000).Draw(t, "thousandths")) / 1000
		if line.Noun == sources.Durations {
			near = math.Round(near*60) / 60
		}
		line.Target.Green = aggregate.Limit{Op: "<=", Value: near}
		value := near * (1 + rapid.SampledFrom([]float64{0, 1, -1}).Draw(t, "side")*math.Pow(10, -rapid.Float64Range(0, 4).Draw(t, "far")))
		write := scaleOf(line)
		text := fitted(line.Target, value, write)
		for finer := range finest {
			if same, shown := write(value, finer); same == text {
				if sideOf(shown, near) != sideOf(value, near) {
					t.Fatalf("%v against %v is written %q", value, near, text)
				}
				return
			}
		}
		t.Fatalf("%v is written %q", value, text)
	})
}

func TestSparkOfAnyNumbers(t *testing.T) {
	points := []aggregate.Point{{State: aggregate.Known, Value: -math.MaxFloat64}, {State: aggregate.Known, Value: math.MaxFloat64}, {State: aggregate.Known, Value: 1}, {}}
	if got := spark(points); got != "▁█▅?" || strings.Contains(got, "\uFFFD") {
		t.Errorf("spark is %q", got)
	}
}

// One is one.
func TestPoints(t *testing.T) {
	half, one, three := 0.5, 1.0, 3.0
	for want, a := range map[string]aggregate.Amount{
		"not estimated":             {Items: 1},
		"0.5 points":                {Points: &half},
		"1 point":                   {Points: &one},
		"1 point, 2 not estimated":  {Points: &one, Unestimated: 2},
		"3 points, 1 not estimated": {Points: &three, Unestimated: 1},
	} {
		if got := points(a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
