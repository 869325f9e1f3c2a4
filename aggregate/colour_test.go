package aggregate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"preread/aggregate/change"
	"preread/aggregate/stats"
	"preread/sources"
)

// A level is a metric that stays where it is until it moves.
type level struct {
	name   string
	typ    change.Type
	better Better
	target Target
	before float64
	after  float64
}

func atLeast(green, red float64) Target {
	return Target{Green: Limit{Op: ">=", Value: green}, Red: Limit{Op: "<", Value: red}}
}

func atMost(green, red float64) Target {
	return Target{Green: Limit{Op: "<=", Value: green}, Red: Limit{Op: ">", Value: red}}
}

// week draws one week of a level.
func (l level) week(r *rand.Rand, mean float64) change.Week {
	w := change.Week{Known: true, Exposure: 1}
	switch l.typ {
	case change.Proportion:
		w.Trials = 20
		for range 20 {
			if r.Float64() < mean {
				w.Successes++
			}
		}
	case change.Count:
		w.Value = distuv.Poisson{Lambda: mean, Src: r}.Rand()
	case change.Duration:
		for range 8 {
			w.Items = append(w.Items, mean*distuv.LogNormal{Sigma: 0.9, Src: r}.Rand())
		}
	default:
		w.Value = mean + 0.15*l.before*r.NormFloat64()
	}
	return w
}

// colours returns the colour of every report of a year, after 26 weeks. The
// level moves at the given week of the year; 52 is never.
func (l level) colours(seed uint64, moves int) []Status {
	r := rand.New(rand.NewPCG(seed, 1960))
	m := change.Metric{ID: "m", Type: l.typ, Better: change.Better(l.better), Window: 6, Family: "m"}
	var points []Point
	for i := range 26 + 52 {
		mean := l.before
		if i >= 26+moves {
			mean = l.after
		}
		m.Weeks = append(m.Weeks, l.week(r, mean))
		points = append(points, Point{Week: sources.Week{Year: 2025, N: 1}.Add(i), State: Known, Graded: sources.Whole()})
	}
	c := newColouring(Line{Better: l.better, Target: l.target}, &m, points)
	var out []Status
	for i := range points {
		until := m
		until.Weeks = m.Weeks[:i+1]
		v := change.Judge([]change.Metric{until}).Verdicts[0]
		if s := c.report(i, &v).Status; i >= 26 {
			out = append(out, s)
		}
	}
	return out
}

func changes(colours []Status) (n int) {
	for i := 1; i < len(colours); i++ {
		if colours[i] != colours[i-1] {
			n++
		}
	}
	return n
}

// lastWeekChanges is what colouring by the last week alone would do.
func (l level) lastWeekChanges(seed uint64) (n int) {
	r := rand.New(rand.NewPCG(seed, 1960))
	last := Unknown
	for i := range 26 + 52 {
		w := l.week(r, l.before)
		v := w.Value
		switch l.typ {
		case change.Proportion:
			v = w.Successes / w.Trials
		case change.Duration:
			v = quantile(sortedCopy(w.Items), 0.5).Estimate
		}
		now := l.target.Status(v)
		if i > 26 && now != last {
			n++
		}
		last = now
	}
	return n
}

// TestPromisesOfColours prints how often the colour of a steady metric changes
// in a year, wherever the lines lie, and how soon a collapse stops being green.
func TestPromisesOfColours(t *testing.T) {
	runs := 150
	if testing.Short() {
		runs = 60
	}
	delivery := func(mean float64) level {
		return level{fmt.Sprintf("delivery of 20 items at %.3g, lines 0.85 and 0.70", mean), change.Proportion, Higher, atLeast(0.85, 0.70), mean, 0.6}
	}
	steady := []level{
		delivery(0.95), delivery(0.90), delivery(0.85), delivery(0.80), delivery(0.775), delivery(0.70), delivery(0.60),
		{"alarms at 10, lines 20 and 40", change.Count, Lower, atMost(20, 40), 10, 30},
		{"alarms at 20, lines 20 and 40", change.Count, Lower, atMost(20, 40), 20, 60},
		{"alarms at 30, lines 20 and 40", change.Count, Lower, atMost(20, 40), 30, 60},
		{"alarms at 40, lines 20 and 40", change.Count, Lower, atMost(20, 40), 40, 60},
		{"incidents at 1, lines 1 and 3", change.Count, Lower, atMost(1, 3), 1, 4},
		{"time to resolve at 8 h, lines 8 and 24", change.Duration, Lower, atMost(8, 24), 8, 32},
		{"latency at 0.3, lines 0.3 and 0.5", change.Gauge, Lower, atMost(0.3, 0.5), 0.3, 0.6},
		{"latency at 0.3, lines 0.3 and 0.31", change.Gauge, Lower, atMost(0.3, 0.31), 0.3, 0.6},
	}
	var table strings.Builder
	for _, l := range steady {
		mine, naive := 0, 0
		for seed := range uint64(runs) {
			mine += changes(l.colours(seed, 52))
			naive += l.lastWeekChanges(seed)
		}
		perYear := float64(mine) / float64(runs)
		fmt.Fprintf(&table, "  %-52s %5.2f changes a year; by the last week alone %5.1f\n", l.name, perYear, float64(naive)/float64(runs))
		if perYear > 4 {
			t.Errorf("%s: %.2f changes of colour a year, at most 4 are promised", l.name, perYear)
		}
	}
	collapse := []level{
		{"delivery from 0.95 to 0.60, 20 items", change.Proportion, Higher, atLeast(0.85, 0.70), 0.95, 0.60},
		{"delivery from 0.90 to 0.50, 20 items", change.Proportion, Higher, atLeast(0.85, 0.70), 0.90, 0.50},
		{"alarms from 10 to 50", change.Count, Lower, atMost(20, 40), 10, 50},
		{"latency from 0.2 to 0.6", change.Gauge, Lower, atMost(0.3, 0.5), 0.2, 0.6},
		{"time to resolve from 4 h to 40 h", change.Duration, Lower, atMost(8, 24), 4, 40},
	}
	for _, l := range collapse {
		notGreen := [3]int{}
		for seed := range uint64(runs) {
			c := l.colours(seed, 20)
			for k := range notGreen {
				if c[20+k] != Green {
					notGreen[k]++
				}
			}
		}
		share := func(k int) float64 { return float64(notGreen[k]) / float64(runs) }
		fmt.Fprintf(&table, "  %-52s not green after 1, 2, 3 weeks: %4.1f %%, %4.1f %%, %4.1f %%\n", l.name, 100*share(0), 100*share(1), 100*share(2))
		if share(1) < 0.90 {
			t.Errorf("%s: not green after two weeks in %.1f %%", l.name, 100*share(1))
		}
	}
	t.Logf("colours over a year, %d runs each:\n%s", runs, table.String())
}

func sortedCopy(v []float64) []float64 {
	c := slices.Clone(v)
	slices.Sort(c)
	return c
}

// The table of Student's t is that of the function it stands for.
func TestStudentTable(t *testing.T) {
	for df := 1; df <= poolWeeks; df++ {
		if want := stats.StudentQuantile(1-confidence, float64(df)); math.Abs(student(df)-want) > 1e-9 {
			t.Errorf("%d degrees of freedom: %v, want %v", df, student(df), want)
		}
	}
}

// Colours stick, but unknown enters and leaves at once, and a signal for the
// worse takes the green away at once. Each week is a count; ? is not known, p
// seen only in part.
func TestColoursStick(t *testing.T) {
	letters := map[Status]string{Unknown: "?", Green: "g", Amber: "a", Red: "r"}
	for _, tt := range []struct {
		name, weeks, want string
		signal            map[int]int // week to the weeks that its signal for the worse is about
	}{
		{"quiet", "10 11 10 9 10 11 10 10", "gggggggg", nil},
		{"one bad week is no colour", "10 10 10 10 10 10 60 10 10 10 10 10", "gggggggggggg", nil},
		{"a level that stays is, after two reports", "10 10 10 10 10 10 60 60 60 60 60 60", "ggggggggaarr", nil},
		{"and back again", "60 60 60 60 60 60 5 5 5 5 5 5 5 5 5", "rrrrrrrrraagggg", nil},
		{"unknown enters and leaves at once", "10 10 10 10 10 10 ? 10 ? ? 10", "gggggg?g??g", nil},
		{"nothing known at first", "? ? 10 10 10 10 10 10", "??gggggg", nil},
		{"a signal takes the green away at once", "10 10 10 10 10 10 30 10 10", "ggggggaag", map[int]int{6: 1}},
		{"and makes it red if its weeks are", "10 10 10 10 10 10 90 90 90", "ggggggrrr", map[int]int{6: 1, 7: 1, 8: 1}},
		{"a part that is too much already is red", "10 10 10 10 10 10 p900", "ggggggr", nil},
		{"a part that is not could be anything", "10 10 10 10 10 10 p20", "gggggg?", nil},
	} {
		m := change.Metric{Type: change.Count, Better: change.Lower, Window: 6}
		var points []Point
		for i, w := range strings.Fields(tt.weeks) {
			p := Point{Week: sources.Week{Year: 2026, N: 1}.Add(i), State: Known, Graded: sources.Whole()}
			number, part := strings.CutPrefix(w, "p")
			switch {
			case w == "?":
				p.State, p.Graded = NotKnown, sources.Graded{Reason: "nobody answers"}
			case part:
				p.Graded = sources.Graded{Grade: sources.Partial, Reason: "half of it"}
			}
			_, _ = fmt.Sscan(number, &p.Value)
			points = append(points, p)
			m.Weeks = append(m.Weeks, change.Week{Known: p.State == Known && !part, Exposure: 1, Value: p.Value})
		}
		c := newColouring(Line{Better: Lower, Target: atMost(20, 40)}, &m, points)
		got := ""
		for i := range points {
			v := change.Verdict{State: change.Noise}
			if span, found := tt.signal[i]; found {
				v = change.Verdict{State: change.Signal, Worsening: true, P: 0.001, Driver: span}
				v.Blocks[span/2].Span = span
			}
			got += letters[c.report(i, &v).Status]
		}
		if got != tt.want {
			t.Errorf("%s: %s is %s, want %s", tt.name, tt.weeks, got, tt.want)
		}
	}
}
