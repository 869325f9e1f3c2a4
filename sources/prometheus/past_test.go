package prometheus_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
)

// A past is what was written for one world, with what is true of it.
type past struct {
	machines []machine
	truth    truth
}

// historyOf is all the time that is written: a window and a day before it.
func historyOf(w sources.Window) between {
	return between{w.Start().Add(-26 * time.Hour).UnixMilli(), w.End().UnixMilli()}
}

func away(at time.Time, long time.Duration) between {
	return between{at.UnixMilli(), at.Add(long).UnixMilli()}
}

func edges(w sources.Window) []int64 {
	var list []int64
	for _, week := range w.Weeks() {
		from, _ := w.Bounds(week)
		list = append(list, from.UnixMilli())
	}
	return list
}

// soloMachine has eight outages, one of them over the edge of a week and one
// over the change of clocks, and 300 missed evaluations.
func soloMachine(w sources.Window, r *rand.Rand) machine {
	m := machine{phase: 7_123, scrape: 20_456, runs: historyOf(w), job: "prometheus"}
	day := func(n int) time.Time { return w.Start().Add(time.Duration(n) * 24 * time.Hour) }
	m.outages = []between{
		away(day(2).Add(5*time.Hour), 90*time.Second),
		away(day(7).Add(-4*time.Minute), 10*time.Minute), // over the edge of a week
		away(day(11).Add(3*time.Hour), 3*time.Minute),
		away(day(16).Add(40*time.Minute), 40*time.Minute),
		away(time.Date(2025, 10, 26, 0, 50, 0, 0, time.UTC), 25*time.Minute), // over the change of clocks
		away(day(24).Add(9*time.Hour), 90*time.Minute),
		away(day(31), 8*time.Minute),
		away(day(40).Add(15*time.Hour), 55*time.Minute),
	}
	m.skips = skips(r, m, 300)
	return m
}

// live lets a population go through the life of a machine. An episode that
// fired before from is not new in what is held.
func live(st store, w sources.Window, m machine, all []watched, from int64) truth {
	tr := truth{}
	weekOf := calendar(w)
	m.heartbeat(st)
	for _, a := range all {
		seen := map[int]bool{}
		m.watch(st, a, func(stretch int, t int64) {
			began := !seen[stretch]
			seen[stretch] = true
			week, inside := weekOf(t)
			if t < from || !inside {
				return
			}
			c := tr.at(week, a)
			c.Minutes++
			if began {
				c.Episodes++
			}
		})
	}
	return tr
}

// solo is a server alone.
func solo(st store, w sources.Window) past {
	r := rand.New(rand.NewPCG(418, 1))
	m := soloMachine(w, r)
	machines := []machine{m}
	all := population(r, "solo", historyOf(w), machines, edges(w))
	return past{machines, live(st, w, m, all, 0)}
}

// forgetful ran all the time, but holds nothing from before the middle of the
// third week.
func forgetful(st store, w sources.Window) past {
	r := rand.New(rand.NewPCG(418, 2))
	m := soloMachine(w, r)
	m.job = "forgetful"
	whole := store{}
	cut := w.Start().Add(17*24*time.Hour + 7*time.Hour + 13*time.Second).UnixMilli()
	all := population(r, "forgetful", historyOf(w), []machine{m}, edges(w))
	tr := live(whole, w, m, all, cut)
	for key, series := range whole {
		series.samples = slices.DeleteFunc(series.samples, func(s stored) bool { return s.at < cut })
		st[key] = series
	}
	m.runs.from = cut
	return past{[]machine{m}, tr}
}

// young was first started in the middle of the fourth week.
func young(st store, w sources.Window) past {
	r := rand.New(rand.NewPCG(418, 3))
	m := soloMachine(w, r)
	m.job = "young"
	m.runs.from = w.Start().Add(23*24*time.Hour + 5*time.Hour).UnixMilli()
	all := population(r, "young", historyOf(w), []machine{m}, edges(w))
	return past{[]machine{m}, live(st, w, m, all, 0)}
}

// pair is two servers that watch the same, with outages at different times.
// What begins and ends while the first is away, the second alone has seen.
func pair(st store, w sources.Window) past {
	r := rand.New(rand.NewPCG(418, 4))
	day := func(n int) time.Time { return w.Start().Add(time.Duration(n) * 24 * time.Hour) }
	first := machine{phase: 7_123, scrape: 20_456, runs: historyOf(w), job: "pair", labels: map[string]string{"replica": "b"},
		outages: []between{away(day(3).Add(5*time.Hour), 45*time.Minute), away(day(20).Add(-9*time.Minute), 20*time.Minute)}}
	second := machine{phase: 31_001, scrape: 44_777, runs: historyOf(w), job: "pair", labels: map[string]string{"replica": "a"},
		outages: []between{away(day(6).Add(11*time.Hour), 3*time.Hour), away(day(28).Add(7*time.Hour), 5*time.Minute)}}
	first.skips, second.skips = skips(r, first, 80), skips(r, second, 80)
	machines := []machine{first, second}
	all := population(r, "pair", historyOf(w), machines, edges(w))
	hole := first.outages[0].from - first.outages[0].from%minute
	all = append(all, watched{
		labels:    map[string]string{"alertname": "OnlyTheOtherSaw", "severity": "page", "world": "pair"},
		condition: []between{{hole + 12*minute, hole + 17*minute}, {hole + 22*minute, hole + 30*minute}},
	})
	tr := truth{}
	for _, m := range machines {
		m.heartbeat(st)
	}
	weekOf := calendar(w)
	minutes := map[sources.Day]map[cell][2]float64{}
	for _, a := range all {
		counted := map[int]bool{}
		for i, m := range machines {
			m.watch(st, a, func(stretch int, t int64) {
				week, inside := weekOf(t)
				if began := !counted[stretch]; began && (i == 0 || !first.up(t)) {
					counted[stretch] = true
					if inside {
						tr.at(week, a).Episodes++
					}
				}
				if inside {
					tr.at(week, a)
					day, c := sources.DayOf(time.UnixMilli(t).In(w.Zone.Location())), cell{week, a.labels["alertname"], a.labels["severity"]}
					if minutes[day] == nil {
						minutes[day] = map[cell][2]float64{}
					}
					both := minutes[day][c]
					both[i]++
					minutes[day][c] = both
				}
			})
		}
	}
	for _, cells := range minutes {
		for c, both := range cells {
			tr[c].Minutes += max(both[0], both[1])
		}
	}
	return past{machines, tr}
}

// held returns the share of a week's scrapes that at least one machine made.
func (p past) held(w sources.Window, week sources.Week) float64 {
	from, to := w.Bounds(week)
	all, seen := 0, 0
	for t := from.UnixMilli(); t < to.UnixMilli(); t += minute {
		all++
		if slices.ContainsFunc(p.machines, func(m machine) bool { return m.up(t + m.scrape) }) {
			seen++
		}
	}
	return float64(seen) / float64(all)
}

// compare checks what was collected against a past, cell by cell, and returns
// how many episodes there truly are.
func (p past) compare(t *testing.T, w sources.Window, weeks []sources.AlarmWeek) (episodes int) {
	t.Helper()
	got := truth{}
	for _, week := range weeks {
		for _, a := range week.Alarms {
			got[cell{week.Week, a.Name, a.Severity}] = &count{a.Episodes, a.Minutes}
		}
		held := p.held(w, week.Week)
		if diff := cmp.Diff(held, week.Coverage, cmpopts.EquateApprox(0, 0.0005)); diff != "" {
			t.Errorf("coverage of %s (-true +collected):\n%s", week.Week, diff)
		}
		want := sources.Exact
		switch {
		case held == 0:
			want = sources.Ungraded
		case held < 0.95:
			want = sources.Partial
		}
		if week.Grade != want || (want == sources.Exact) != (week.Reason == "") {
			t.Errorf("%s is %s (%s), want %s", week.Week, week.Grade, week.Reason, want)
		}
	}
	if diff := cmp.Diff(p.truth, got); diff != "" {
		t.Errorf("counts (-true +collected):\n%s", diff)
	}
	for _, c := range p.truth {
		episodes += c.Episodes
	}
	return episodes
}
