package change

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"preread/aggregate/stats"
)

// A world draws metrics from a fixed seed.
type world struct{ *rand.Rand }

func newWorld(seed uint64) world { return world{rand.New(rand.NewPCG(seed, 1960))} }

func (w world) poisson(mean float64) float64 { return distuv.Poisson{Lambda: mean, Src: w}.Rand() }

// burst draws a count whose variance is over times its mean.
func (w world) burst(mean, over float64) float64 {
	rate := 1 / (over - 1)
	return w.poisson(distuv.Gamma{Alpha: mean * rate, Beta: rate, Src: w}.Rand())
}

func (w world) binomial(n int, p float64) (k float64) {
	for range n {
		if w.Float64() < p {
			k++
		}
	}
	return k
}

// durations draws log-normal items.
func (w world) durations(n float64) []float64 {
	items := make([]float64, int(n))
	for i := range items {
		items[i] = 4 * math.Exp(0.9*w.NormFloat64())
	}
	return items
}

// A process draws one week of a metric. Shift is 0 for the old level and 1 for
// the new one.
type process struct {
	name   string
	typ    Type
	family string
	phi    float64 // Metric.Dispersion
	week   func(w world, shift float64) Week
}

func counts(name, family string, mean, over, phi float64) process {
	return process{name, Count, family, phi, func(w world, shift float64) Week {
		mean := mean * (1 + shift)
		v := w.poisson(mean)
		if over > 1 {
			v = w.burst(mean, over)
		}
		return Week{Known: true, Exposure: 1, Value: v}
	}}
}

func items(name string, n float64) process {
	return process{name, Duration, name, 0, func(w world, shift float64) Week {
		it := w.durations(w.poisson(n))
		for i := range it {
			it[i] *= 1 + shift
		}
		return Week{Known: true, Exposure: 1, Items: it}
	}}
}

// delivery falls from 0.8 to 0.6 of 20 items.
var delivery = process{"delivery", Proportion, "delivery", 0, func(w world, shift float64) Week {
	return Week{Known: true, Exposure: 1, Successes: w.binomial(20, 0.8-0.2*shift), Trials: 20}
}}

var tenMetrics = []process{
	counts("incidents", "incident", 0.7, 1, 0),
	counts("alarms", "alarm", 20, 4, 2.5),
	counts("pages", "page", 5, 2, 2.5),
	counts("bugs in", "quality", 8, 1, 0),
	counts("bugs out", "quality", 8, 1, 0),
	counts("items done", "shipped", 10, 1, 0),
	delivery,
	items("lead time", 8),
	items("time to resolve", 4),
	{"gauge", Gauge, "gauge", 0, func(w world, _ float64) Week { return Week{Known: true, Value: 50 + 5*w.NormFloat64()} }},
}

func (p process) metric(w world, weeks int) Metric {
	m := Metric{ID: p.name, Type: p.typ, Better: Lower, Family: p.family, Dispersion: p.phi}
	for range weeks {
		m.Weeks = append(m.Weeks, p.week(w, 0))
	}
	return m
}

func quietReport(w world, weeks int) []Metric {
	var report []Metric
	for _, p := range tenMetrics {
		report = append(report, p.metric(w, weeks))
	}
	return report
}

// A tally counts flags of quiet reports.
type tally struct{ reports, flagged, flags int }

func (t *tally) add(flags int) {
	t.reports++
	t.flags += flags
	if flags > 0 {
		t.flagged++
	}
}

func (t tally) share() float64 { return float64(t.flagged) / float64(t.reports) }
func (t tally) mean() float64  { return float64(t.flags) / float64(t.reports) }

func flags(report []Metric, flagged func(values []float64) bool) (n int) {
	for i := range report {
		if flagged(naiveSeries(&report[i])) {
			n++
		}
	}
	return n
}

// naiveSeries is what a chart would show: count, share, mean or reading.
func naiveSeries(m *Metric) []float64 {
	out := make([]float64, len(m.Weeks))
	for i, w := range m.Weeks {
		switch m.Type {
		case Proportion:
			out[i] = w.Successes / w.Trials
		case Duration:
			for _, v := range w.Items {
				out[i] += v / float64(len(w.Items))
			}
			if len(w.Items) == 0 {
				out[i] = math.NaN()
			}
		default:
			out[i] = w.Value
		}
	}
	return out
}

// arrow is the week-over-week arrow that many dashboards draw.
func arrow(percent float64) func([]float64) bool {
	return func(v []float64) bool {
		last, before := v[len(v)-1], v[len(v)-2]
		return math.Abs(last-before) > percent/100*math.Abs(before)
	}
}

// plainXmR holds the last week against limits from those before the window, or
// from all before it.
func plainXmR(v []float64) bool {
	base := v[:len(v)-1]
	if len(v) > locked+usualWindow {
		base = v[:len(v)-usualWindow]
	}
	c, ok := stats.NewXmR(base, stats.MeanRange)
	return ok && len(c.Outside(v[len(v)-1:])) > 0
}

// quiet judges quiet reports, some of them together.
func quiet(t *testing.T, runs, teams, weeks int, family bool) (signal, watch, ten, twenty, xmr tally) {
	w := newWorld(uint64(weeks))
	for range runs / teams {
		reports := make([][]Metric, teams)
		for i := range reports {
			reports[i] = quietReport(w, weeks)
			for j := range reports[i] {
				if !family {
					reports[i][j].Family = ""
				}
			}
		}
		for i, r := range JudgeAll(reports) {
			signals, watches := 0, 0
			for _, v := range r.Verdicts {
				switch v.State {
				case Signal:
					signals++
				case Watch:
					watches++
				}
			}
			signal.add(signals)
			watch.add(watches)
			ten.add(flags(reports[i], arrow(10)))
			twenty.add(flags(reports[i], arrow(20)))
			xmr.add(flags(reports[i], plainXmR))
		}
	}
	return signal, watch, ten, twenty, xmr
}

// detected returns how often a change is seen at latest in the k-th report
// after it, as at least the given state.
func detected(p process, runs, history int, within []int, least State) []float64 {
	w := newWorld(uint64(history))
	seen := make([]int, len(within))
	for range runs {
		m := p.metric(w, history)
		for k := 1; k <= slices.Max(within); k++ {
			m.Weeks = append(m.Weeks, p.week(w, 1))
			if v := Judge([]Metric{m}).Verdicts[0]; v.State < least {
				continue
			}
			for i, limit := range within {
				if k <= limit {
					seen[i]++
				}
			}
			break
		}
	}
	shares := make([]float64, len(within))
	for i := range seen {
		shares[i] = float64(seen[i]) / float64(runs)
	}
	return shares
}

// The rule must keep its promises to a reader: seldom a false alarm, and no
// real change unseen for long. The table shows what it is up against.
func TestFalseAlarmsAndPower(t *testing.T) {
	runs := 6000
	if testing.Short() || raceEnabled {
		runs = 1500
	}
	var table strings.Builder
	row := func(format string, args ...any) { fmt.Fprintf(&table, format+"\n", args...) }
	row("%-42s %22s %18s", "quiet report of ten metrics", "reports with a flag", "flags per report")
	for _, c := range []struct {
		name   string
		weeks  int
		teams  int
		family bool
		stated float64 // what a report of these metrics says of itself; without families it says too little
	}{
		{"6 weeks", 6, 1, true, falseReportsShort},
		{"26 + 6 weeks", 32, 1, true, falseReportsLong},
		{"6 weeks, 20 teams together", 6, 20, true, falseReportsShort},
		{"26 + 6 weeks, 20 teams together", 32, 20, true, falseReportsLong},
		{"6 weeks, no families", 6, 1, false, 0.10},
		{"26 + 6 weeks, no families", 32, 1, false, 0.10},
	} {
		signal, watch, ten, twenty, xmr := quiet(t, runs, c.teams, c.weeks, c.family)
		row("%-42s %21.1f%% %18.2f", c.name+": signal", 100*signal.share(), signal.mean())
		row("%-42s %21.1f%% %18.2f", c.name+": watch", 100*watch.share(), watch.mean())
		if c.teams == 1 && c.family {
			row("%-42s %21.1f%% %18.2f", c.name+": week over week > 10 %", 100*ten.share(), ten.mean())
			row("%-42s %21.1f%% %18.2f", c.name+": week over week > 20 %", 100*twenty.share(), twenty.mean())
			row("%-42s %21.1f%% %18.2f", c.name+": XmR rule 1", 100*xmr.share(), xmr.mean())
		}
		if limit := min(0.10, c.stated); signal.share() > limit {
			t.Errorf("%s: a false signal in %.1f %% of reports, stated %.1f %%", c.name, 100*signal.share(), 100*limit)
		}
		if watch.mean() > 0.5 {
			t.Errorf("%s: %.2f false watch notes per report", c.name, watch.mean())
		}
	}
	power(t, runs/3, row)
	t.Logf("\n%s", table.String())
}

func power(t *testing.T, runs int, row func(string, ...any)) {
	within := []int{1, 2, 3, 5}
	row("\n%-42s %s", "seen within weeks", "     1      2      3      5   goal")
	for _, c := range []struct {
		process
		history, by int
		least       State
		goal        float64
	}{
		{counts("20 a week doubles", "", 20, 1, 0), 32, 2, Signal, 0.90},
		{counts("20 a week doubles", "", 20, 1, 0), 32, 2, Watch, 0},
		{counts("8 a week doubles", "", 8, 1, 0), 32, 5, Signal, 0.85},
		{counts("5 a week doubles", "", 5, 1, 0), 32, 3, Signal, 0},
		{counts("5 a week doubles", "", 5, 1, 0), 32, 3, Watch, 0.75},
		{counts("5 a week doubles", "", 5, 1, 0), 32, 5, Watch, 0.90},
		{delivery, 32, 3, Signal, 0},
		{delivery, 32, 3, Watch, 0.75},
		{items("8 items a week take twice as long", 8), 32, 3, Watch, 0},
		{counts("20 a week doubles, 6 weeks", "", 20, 1, 0), 5, 3, Watch, 0.90},
	} {
		seen := detected(c.process, runs, c.history, within, c.least)
		goal := ""
		if c.goal > 0 {
			goal = fmt.Sprintf("%.0f%% in %d", 100*c.goal, c.by)
		}
		row("%-42s %5.1f%% %5.1f%% %5.1f%% %5.1f%%   %s", c.name+": "+c.least.String(),
			100*seen[0], 100*seen[1], 100*seen[2], 100*seen[3], goal)
		if got := seen[slices.Index(within, c.by)]; got < c.goal {
			t.Errorf("%s: at least %s within %d weeks in %.1f %%, goal %.0f %%", c.name, c.least, c.by, 100*got, 100*c.goal)
		}
	}
}
