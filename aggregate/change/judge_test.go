package change

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

// weekly makes a metric of whole weeks; a negative value is a missing one.
func weekly(t Type, values ...float64) Metric {
	m := Metric{ID: "m", Type: t, Better: Lower}
	for _, v := range values {
		w := Week{Known: v >= 0, Exposure: 1, Value: v}
		switch t {
		case Proportion:
			w.Successes, w.Trials = v, 20
		case Duration:
			w.Items = slices.Repeat([]float64{v}, 8)
		}
		m.Weeks = append(m.Weeks, w)
	}
	return m
}

func repeat(v float64, n int, then ...float64) []float64 {
	return append(slices.Repeat([]float64{v}, n), then...)
}

func judgeOne(m Metric) Verdict { return Judge([]Metric{m}).Verdicts[0] }

func TestUnknown(t *testing.T) {
	short := weekly(Count, 4, 5, 3, 6, 4, 13)
	with := func(change func(m *Metric)) Metric {
		m := short
		m.Weeks = slices.Clone(short.Weeks)
		change(&m)
		return m
	}
	for _, tt := range []struct {
		name string
		m    Metric
		want Reason
	}{
		{"no type", weekly(Untyped, 4, 5, 3, 6, 4, 13), NoType},
		{"another type", weekly(99, 4, 5, 3, 6, 4, 13), NoType},
		{"no weeks", weekly(Count), TooFewWeeks},
		{"all weeks missing", weekly(Gauge, -1, -1, -1, -1, -1, -1), TooFewWeeks},
		{"four weeks", weekly(Count, 4, 5, 3, 6), TooFewWeeks},
		{"five weeks", weekly(Count, 4, 5, 3, 6, 4), NoReason},
		{"more weeks asked for", with(func(m *Metric) { m.MinWeeks = 12 }), TooFewWeeks},
		{"last two weeks missing", weekly(Count, 4, 5, 3, 6, 4, 4, -1, -1), LastWeeksMissing},
		{"last week missing", weekly(Count, 4, 5, 3, 6, 4, 4, -1), NoReason},
		{"a new definition", with(func(m *Metric) { m.From = 3 }), NewBaseline},
		{"four events", weekly(Count, 1, 0, 0, 0, 0, 3), TooFewItems},
		{"five events", weekly(Count, 1, 0, 0, 0, 0, 4), NoReason},
		{"no events at all", weekly(Count, repeat(0, 32)...), TooFewItems},
		{"fewer events asked for", with(func(m *Metric) { m.MinItems = 1 }), NoReason},
		{"negative", with(func(m *Metric) { m.Weeks[2].Value = -3 }), Inconsistent},
		{"not whole", with(func(m *Metric) { m.Weeks[2].Value = 3.5 }), Inconsistent},
		{"not a number", with(func(m *Metric) { m.Weeks[2].Value = math.NaN() }), Inconsistent},
		{"infinite", with(func(m *Metric) { m.Weeks[2].Value = math.Inf(1) }), Inconsistent},
		{"infinite exposure", with(func(m *Metric) { m.Weeks[2].Exposure = math.Inf(1) }), Inconsistent},
		{"no exposure", with(func(m *Metric) { m.Weeks[1].Exposure, m.Weeks[2].Exposure = 0, 0.39 }), TooFewWeeks},
		{"short week", with(func(m *Metric) { m.Weeks[2].Exposure = 0.40 }), NoReason},
		{"more successes than trials", weekly(Proportion, 18, 17, 21, 18, 18, 18), Inconsistent},
		{"few trials", Metric{Type: Proportion, Weeks: slices.Repeat([]Week{{Known: true, Exposure: 1, Successes: 3, Trials: 4}}, 6)}, TooFewItems},
		{"negative duration", Metric{Type: Duration, Weeks: slices.Repeat([]Week{{Known: true, Items: []float64{1, -1}}}, 6)}, Inconsistent},
		{"few items", Metric{Type: Duration, Weeks: slices.Repeat([]Week{{Known: true, Items: []float64{1, 2}}}, 6)}, TooFewItems},
		{"infinite reading", weekly(Gauge, 1, 2, math.Inf(1), 2, 3, 4), Inconsistent},
	} {
		v := judgeOne(tt.m)
		if v.Reason != tt.want || (v.State == Unknown) != (tt.want != NoReason) {
			t.Errorf("%s: %s, %q; want %q", tt.name, v.State, v.Reason, tt.want)
		}
		if v.State == Unknown && (v.Driver != 0 || v.P != 0 || v.Blocks != [2]Block{} || v.Block() != Block{}) {
			t.Errorf("%s: unknown, yet with figures: %+v", tt.name, v)
		}
	}
}

func TestStates(t *testing.T) {
	history := []float64{5, 3, 6, 4, 5, 7, 4, 5, 6, 3, 5, 5, 4, 6, 5, 5}
	busy := []float64{960, 1040, 1000, 980, 1020, 1010, 990, 1000, 1030, 970, 1000, 1000, 990, 1010, 1000, 1000, 1000, 1000, 1000, 1000}
	for _, tt := range []struct {
		name      string
		m         Metric
		state     State
		driver    int
		direction Direction
		worse     bool
	}{
		{"quiet", weekly(Count, append(history, 4, 5, 6)...), Noise, 0, 0, false},
		{"spike", weekly(Count, append(history, 4, 5, 19)...), Signal, 1, Up, true},
		{"odd", weekly(Count, append(history, 4, 5, 12)...), Watch, 1, Up, true},
		{"step", weekly(Count, append(history, 11, 10, 11)...), Signal, 3, Up, true},
		{"fall", weekly(Count, append(history, 0, 0, 0)...), Signal, 3, Down, false},
		{"certain but small", weekly(Count, append(busy, 1110, 1120, 1115)...), Noise, 3, Up, true},
		{"delivery falls", weekly(Proportion, append(repeat(17, 16), 10, 11, 9)...), Signal, 3, Down, false},
		{"delivery two points lower", weekly(Proportion, append(repeat(17, 16), 16, 17, 17)...), Noise, 0, 0, false},
		{"gauge never moved", weekly(Gauge, repeat(50, 20)...), Noise, 1, Same, false},
		{"gauge moves for the first time", weekly(Gauge, repeat(50, 20, 60)...), Watch, 0, Up, true},
		{"durations all equal", weekly(Duration, repeat(3, 20)...), Noise, 0, 0, false},
		{"durations longer", weekly(Duration, append([]float64{1, 3, 2, 4, 3, 2, 1, 3, 4, 2, 3, 1, 2, 4, 3, 2, 3, 1, 2, 3}, 9, 8, 9)...), Signal, 3, Up, true},
	} {
		v := judgeOne(tt.m)
		if v.State != tt.state || tt.driver > 0 && v.Driver != tt.driver {
			t.Errorf("%s: %s by %d weeks, p %.4f; want %s by %d", tt.name, v.State, v.Driver, v.P, tt.state, tt.driver)
		}
		if tt.driver > 0 && (v.Direction != tt.direction || v.Worsening != tt.worse) {
			t.Errorf("%s: direction %d, worsening %v", tt.name, v.Direction, v.Worsening)
		}
		if small := tt.name == "certain but small"; v.Small != small {
			t.Errorf("%s: small %v", tt.name, v.Small)
		}
	}
}

// The sentence of a sustained change: "36 bugs in the last 3 weeks against 18
// in an ordinary 3 weeks (2.0 times, plausible range 1.3 to 2.9)".
func TestSustainedFigures(t *testing.T) {
	v := judgeOne(weekly(Count, 3, 2, 9, 9, 7, 4, 4, 9, 2, 6, 9, 9, 4, 7, 3, 4, 6, 7, 6, 7, 5, 10, 4, 6, 6, 9, 6, 5, 7, 12, 13, 11))
	b := v.Block()
	if v.State != Signal || !v.Long || b.Span != 3 || b.Recent.Events != 36 || b.Base.Weeks != 26 || b.Phi != 1 {
		t.Fatalf("%+v", v)
	}
	for what, got := range map[string][2]float64{
		"usual in three weeks": {b.Base.Value * 3, 18.1},
		"ratio":                {b.Effect.Value, 2.0},
		"from":                 {b.Effect.Low, 1.3},
		"to":                   {b.Effect.High, 2.9},
	} {
		if math.Abs(got[0]-got[1]) > 0.05 {
			t.Errorf("%s: got %.3f, want %.1f", what, got[0], got[1])
		}
	}
	if quiet := judgeOne(weekly(Count, repeat(6, 32)...)); quiet.State != Noise || quiet.Since != 0 {
		t.Errorf("no change: %s since %d", quiet.State, quiet.Since)
	}
	if v.Since != 29 || b.BaseFrom != 0 || b.BaseTo != 26 || v.KnownWeeks != 32 {
		t.Errorf("since %d, baseline %d to %d, %d weeks known", v.Since, b.BaseFrom, b.BaseTo, v.KnownWeeks)
	}
}

// Outside of the usual range the last week alone would have been a signal.
func TestUsual(t *testing.T) {
	m := weekly(Count, 4, 5, 3, 6, 4, 13)
	usual := judgeOne(m).Blocks[0].Usual(1)
	for x, want := range map[float64]bool{usual.High: false, usual.High + 1: true} {
		m.Weeks[5].Value = x
		if v := judgeOne(m); v.Blocks[0].P <= rangeLevel != want {
			t.Errorf("%v of %+v: p %.5f", x, usual, v.Blocks[0].P)
		}
	}
	if r := judgeOne(weekly(Count, repeat(40, 32)...)).Next; !r.Known || r.Low <= 10 || r.Low >= 40 || r.High <= 40 || r.High >= 80 {
		t.Errorf("next week after 32 of 40: %+v", r)
	}
	if r := judgeOne(weekly(Proportion, repeat(16, 32)...)); r.Blocks[0].Usual(1).Known || r.Next != (Range{Known: true, Low: 10, High: 20, Of: 20}) {
		t.Errorf("a share has no range of counts, but one of its own: %+v", r.Next)
	}
}

func TestLevel(t *testing.T) {
	noisy := func(n int, level float64) (v []float64) {
		for i := range n {
			v = append(v, level+float64(i*7%5)-2)
		}
		return v
	}
	settled := judgeOne(weekly(Count, append(noisy(26, 5), noisy(8, 14)...)...))
	if settled.Run != 8 || !settled.Settled || settled.Since != 26 {
		t.Errorf("8 weeks at a new level: run %d, settled %v, since %d", settled.Run, settled.Settled, settled.Since)
	}
	if v := judgeOne(weekly(Count, append(noisy(26, 5), noisy(7, 14)...)...)); v.Run != 7 || v.Settled {
		t.Errorf("7 weeks at a new level: run %d, settled %v", v.Run, v.Settled)
	}
	accepted := weekly(Count, append(noisy(26, 5), noisy(8, 14)...)...)
	accepted.From = 26
	if v := judgeOne(accepted); v.State != Noise || v.Long || v.KnownWeeks != 8 || v.Block().BaseFrom != 26 {
		t.Errorf("an accepted level: %s, long %v, %d weeks from %d", v.State, v.Long, v.KnownWeeks, v.Block().BaseFrom)
	}
	// Half a year later the new level has become the baseline, unless the old
	// one was locked.
	later := weekly(Count, append(noisy(26, 5), noisy(30, 14)...)...)
	if v := judgeOne(later); v.State != Noise {
		t.Errorf("a level of 30 weeks: %s", v.State)
	}
	later.Until = 26
	if v := judgeOne(later); v.State != Signal || v.Block().BaseTo != 26 || v.Run != 30 {
		t.Errorf("a level of 30 weeks against a locked baseline: %s, %+v", v.State, v.Block())
	}
}

// A gap shortens a block or a baseline; neither reaches further back for it.
func TestGaps(t *testing.T) {
	values := repeat(6, 32)
	values[30], values[10], values[27] = -1, -1, -1
	v := judgeOne(weekly(Count, values...))
	three := v.Blocks[1]
	if three.Recent.Weeks != 2 || three.Base.Weeks != 25 || three.BaseFrom != 0 || v.KnownWeeks != 29 {
		t.Errorf("%+v", v)
	}
	// One known week of three is not asked about as three.
	values[29] = -1
	if v := judgeOne(weekly(Count, values...)); !v.Blocks[0].asked() || v.Blocks[1].asked() || v.P != v.Blocks[0].P {
		t.Errorf("the last week alone: %+v", v)
	}
	values[31] = -1
	if v := judgeOne(weekly(Count, values...)); v.Reason != LastWeeksMissing {
		t.Errorf("%+v", v)
	}
}

// What never moved before has no spread to hold a change against.
func TestConstantBaseline(t *testing.T) {
	v := judgeOne(weekly(Gauge, repeat(50, 20, 60)...))
	if b := v.Block(); !b.Constant || b.P != constantP || v.P != 2*constantP || !math.IsNaN(b.Effect.Low) || v.Next.Known {
		t.Errorf("%+v", v)
	}
}

// The share of a large number can be certainly lower, and too little so.
func TestSmallDifference(t *testing.T) {
	judge := func(last float64) Verdict {
		m := Metric{Type: Proportion, Weeks: slices.Repeat([]Week{{Known: true, Exposure: 1, Successes: 16000, Trials: 20000}}, 32)}
		for i := 29; i < 32; i++ {
			m.Weeks[i].Successes = last
		}
		return judgeOne(m)
	}
	if v := judge(15400); v.State != Noise || !v.Small || v.Since != 0 {
		t.Errorf("three points: %s, small %v, since %d", v.State, v.Small, v.Since)
	}
	if v := judge(15000); v.State != Signal || v.Small || v.Since != 29 {
		t.Errorf("five points: %s, small %v, since %d", v.State, v.Small, v.Since)
	}
}

func TestFamilyOfTests(t *testing.T) {
	odd := weekly(Gauge, 50, 52, 49, 51, 50, 53, 48, 50, 51, 49, 50, 52, 48, 51, 50, 49, 51, 50, 49, 55)
	alone := judgeOne(odd)
	if alone.State != Watch || alone.Adjusted != 10*alone.P || alone.P <= 0.01 || alone.P > 0.03 {
		t.Fatalf("%s, p %.4f, adjusted %.4f", alone.State, alone.P, alone.Adjusted)
	}
	// Changes of several metrics at once bear each other out.
	r := Judge([]Metric{odd, odd, odd, weekly(Count)})
	for _, v := range r.Verdicts[:3] {
		if v.State != Signal {
			t.Errorf("three odd ones: %s, adjusted %.4f", v.State, v.Adjusted)
		}
	}
	if want := (Budget{Tested: 3, Unknown: 1, FalseReports: 3 * falseReportsLong / 10}); r.Budget != want {
		t.Errorf("budget %+v, want %+v", r.Budget, want)
	}
	// An empty report has a budget too.
	if got := Judge(nil); len(got.Verdicts) != 0 || got.Budget != (Budget{}) {
		t.Errorf("no metrics: %+v", got)
	}
}

// What varies as its family does is no longer judged by a guess.
func TestPooledDispersion(t *testing.T) {
	wild := slices.Repeat([]float64{2, 14, 5, 20, 1, 9, 3, 22, 6, 12, 1, 17, 4, 11, 2, 19}, 2)
	m, other, stranger := weekly(Count, 5, 4, 6, 5, 5, 13), weekly(Count, wild...), weekly(Count, wild...)
	m.Family, other.Family, stranger.Family = "alarms", "alarms", "bugs"
	lone := Judge([]Metric{m, stranger}).Verdicts[0].Blocks[0]
	pooled := Judge([]Metric{m, other}).Verdicts[0].Blocks[0]
	if lone.Phi != judgeOne(m).Blocks[0].Phi || lone.Nu != guessNu+4 {
		t.Errorf("a stranger counts: phi %.2f, nu %v", lone.Phi, lone.Nu)
	}
	if pooled.Nu != pooledNu+4 || pooled.Phi < 2 || pooled.P <= lone.P {
		t.Errorf("pooled: phi %.2f, nu %v, p %.4f; alone p %.4f", pooled.Phi, pooled.Nu, pooled.P, lone.P)
	}
	apart := JudgeAll([][]Metric{{m}, {other}})
	if got := apart[0].Verdicts[0].Blocks[0]; got.P != pooled.P {
		t.Errorf("another team's family: p %.4f, want %.4f", got.P, pooled.P)
	}
}

func TestInputIsLeftAlone(t *testing.T) {
	w := newWorld(3)
	report := quietReport(w, 32)
	before := quietReport(newWorld(3), 32)
	first := Judge(report)
	if !reflect.DeepEqual(report, before) {
		t.Error("the report was changed")
	}
	if again := Judge(report); !sameReport(first, again) {
		t.Error("a second judgement differs")
	}
}

// The ends of the range of a share are the last successes that are no signal
// by themselves.
func TestNextShares(t *testing.T) {
	m := Metric{Type: Proportion, Better: Higher}
	for i := range 26 {
		m.Weeks = append(m.Weeks, Week{Known: true, Exposure: 1, Successes: float64(15 + i%3), Trials: 20})
	}
	r := Judge([]Metric{m}).Verdicts[0].Next
	if !r.Known || r.Of != 20 || r.Low >= 16 || r.High <= 16 || r.High > 20 || r.Low < 0 {
		t.Fatalf("%+v", r)
	}
	state := func(successes float64) State {
		next := m
		next.Weeks = append(append([]Week{}, m.Weeks...), Week{Known: true, Exposure: 1, Successes: successes, Trials: 20})
		return Judge([]Metric{next}).Verdicts[0].State
	}
	if state(r.Low) == Signal || r.Low > 0 && state(r.Low-1) != Signal {
		t.Errorf("%.0f is %s and %.0f is %s", r.Low, state(r.Low), r.Low-1, state(r.Low-1))
	}
	all := m
	all.Weeks = append([]Week{}, m.Weeks...)
	for i := range all.Weeks {
		all.Weeks[i].Successes = 20
	}
	if r := Judge([]Metric{all}).Verdicts[0].Next; r.High != 20 {
		t.Errorf("all done: %+v", r)
	}
}
