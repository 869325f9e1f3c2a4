package prometheus_test

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"preread/sources"
)

// This file states anew, as a forward simulation, what Prometheus's rule engine
// writes for an alert (rules/alerting.go and rules/group.go of its source): the
// states, the staleness markers, and what a restart does to them. The truth
// falls out beside the samples: which stretch of a condition fired first when.

// minute is the interval of evaluation and scraping, in milliseconds.
const minute = int64(60_000)

// Defaults of Prometheus.
const (
	graceMS     = 10 * minute // --rules.alert.for-grace-period
	toleranceMS = 60 * minute // --rules.alert.for-outage-tolerance
)

// A stretch of time in milliseconds, half-open.
type between struct{ from, to int64 }

func (b between) holds(t int64) bool { return t >= b.from && t < b.to }

func within(list []between, t int64) bool {
	return slices.ContainsFunc(list, func(b between) bool { return b.holds(t) })
}

// A watched is one instance of an alerting rule. Its condition holds in each
// of the stretches, whose edges are full minutes.
type watched struct {
	labels    map[string]string
	hold      int64 // the rule's for
	keep      int64 // the rule's keep_firing_for
	condition []between
}

// A machine is one Prometheus that evaluates rules, once in every minute.
type machine struct {
	phase   int64 // of its evaluations in the minute
	scrape  int64 // of its scrapes
	runs    between
	outages []between
	skips   map[int64]bool // evaluations that were missed
	labels  map[string]string
	job     string
}

func (m machine) up(t int64) bool { return m.runs.holds(t) && !within(m.outages, t) }

// heartbeat stores the machine's scrapes of itself.
func (m machine) heartbeat(st store) {
	up := st.series(m.with(map[string]string{"__name__": "up", "job": m.job, "instance": "localhost:9090"}))
	for t := m.runs.from - m.runs.from%minute + m.scrape; t < m.runs.to; t += minute {
		if m.up(t) {
			up.add(t, 1)
		}
	}
}

func (m machine) with(labels map[string]string) map[string]string {
	for k, v := range m.labels {
		labels[k] = v
	}
	return labels
}

// alert is the state of an instance in the engine.
type alert struct {
	activeAt int64
	firing   bool
	lastTrue int64 // last evaluation at which the condition held
}

// watch runs an instance through the machine's life. fired is called for each
// firing sample with the number of the stretch that it belongs to.
func (m machine) watch(st store, w watched, fired func(stretch int, t int64)) {
	active := st.series(m.series(w, "ALERTS_FOR_STATE", ""))
	series := map[string]*storedSeries{
		"pending": st.series(m.series(w, "ALERTS", "pending")),
		"firing":  st.series(m.series(w, "ALERTS", "firing")),
	}
	var now *alert     // nil: inactive
	var written string // the state of the open ALERTS series; "": none
	var lastSample, lastValue int64
	evaluations := 0 // since the last start; samples are written from the third on
	started := false // there was a restart, so state has to be restored
	stretch, next := 0, 0
	for t := m.runs.from - m.runs.from%minute + m.phase; t < m.runs.to; t += minute {
		if !m.up(t) {
			if t >= m.runs.from {
				now, written, evaluations, started = nil, "", 0, true
			}
			continue
		}
		if m.skips[t] {
			continue
		}
		for stretch < len(w.condition) && w.condition[stretch].to <= t && (now == nil || t-now.lastTrue > w.keep) {
			stretch++
		}
		for next < len(w.condition) && w.condition[next].to <= t {
			next++
		}
		holds := next < len(w.condition) && w.condition[next].holds(t)
		evaluations++
		switch {
		case holds && now == nil:
			now = &alert{activeAt: t, lastTrue: t}
		case holds:
			now.lastTrue = t
		case now != nil && (!now.firing || t-now.lastTrue > w.keep):
			now = nil
		}
		if now != nil && t-now.activeAt >= w.hold {
			now.firing = true
		}
		silent := started && evaluations <= 2 // not restored yet
		if started && evaluations == 2 && now != nil && w.hold >= graceMS && t-lastSample <= toleranceMS && lastValue != 0 {
			restore(now, w.hold, lastSample, lastValue, t)
		}
		if silent {
			continue
		}
		state := ""
		switch {
		case now != nil && now.firing:
			state = "firing"
		case now != nil:
			state = "pending"
		}
		if written != "" && state != written {
			series[written].add(t, gone)
		}
		if state != "" {
			series[state].add(t, 1)
			active.add(t, float64(now.activeAt/1000))
			lastSample, lastValue = t, now.activeAt/1000*1000
		} else {
			if written != "" {
				active.add(t, gone)
			}
			lastValue = 0
		}
		written = state
		if state == "firing" {
			fired(stretch, t)
		}
	}
}

// restore is Group.RestoreForState.
func restore(now *alert, hold, lastSample, lastValue, t int64) {
	remaining := hold - (lastSample - lastValue)
	switch {
	case remaining <= 0:
		now.activeAt = lastValue
	case remaining < graceMS:
		now.activeAt = t + graceMS - hold
	default:
		now.activeAt = lastValue + t - lastSample
	}
}

func (m machine) series(w watched, name, state string) map[string]string {
	labels := map[string]string{"__name__": name}
	for k, v := range w.labels {
		labels[k] = v
	}
	if state != "" {
		labels["alertstate"] = state
	}
	return m.with(labels)
}

// A cell is a place in the truth.
type cell struct {
	Week           sources.Week
	Name, Severity string
}

// A count is what is true of a cell.
type count struct {
	Episodes int
	Minutes  float64
}

type truth map[cell]*count

func (tr truth) at(week sources.Week, w watched) *count {
	c := cell{week, w.labels["alertname"], w.labels["severity"]}
	if tr[c] == nil {
		tr[c] = &count{}
	}
	return tr[c]
}

// calendar returns what tells the week of an instant, and whether it is in the
// window. It is asked for each of a million samples.
func calendar(w sources.Window) func(t int64) (sources.Week, bool) {
	weeks := w.Weeks()
	begins := edges(w)
	end := w.End().UnixMilli()
	return func(t int64) (sources.Week, bool) {
		i, found := slices.BinarySearch(begins, t)
		if !found {
			i--
		}
		if i < 0 || t >= end {
			return sources.Week{}, false
		}
		return weeks[i], true
	}
}

// conditions makes stretches of condition, with edges where what happens can
// be told: not while one of the machines is away, nor just before or after.
func conditions(r *rand.Rand, whole between, machines []machine, on, off func() int64) []between {
	clear := func(t int64) int64 {
		for _, m := range machines {
			for _, o := range m.outages {
				if t > o.from-5*minute && t < o.to+6*minute {
					t = o.to + 6*minute
					t += minute - t%minute
				}
			}
		}
		return t
	}
	var list []between
	start := whole.from - whole.from%minute
	for t := clear(start + off()*minute); t < whole.to; {
		end := clear(t + on()*minute)
		if end > t {
			list = append(list, between{t, end})
		}
		t = clear(end + off()*minute)
	}
	return joinUnseen(list, machines)
}

// joinUnseen joins stretches whose pause nobody evaluated.
func joinUnseen(list []between, machines []machine) []between {
	var joined []between
	for _, b := range list {
		if n := len(joined); n > 0 && unseen(joined[n-1].to, b.from, machines) {
			joined[n-1].to = b.to
			continue
		}
		joined = append(joined, b)
	}
	return joined
}

func unseen(from, to int64, machines []machine) bool {
	for _, m := range machines {
		seen := false
		for t := from + m.phase; t < to; t += minute {
			seen = seen || !m.skips[t]
		}
		if !seen {
			return true
		}
	}
	return false
}

// skips draws evaluations to miss, none near an outage or a change of clocks.
func skips(r *rand.Rand, m machine, n int) map[int64]bool {
	missed := map[int64]bool{}
	for len(missed) < n {
		t := m.runs.from - m.runs.from%minute + m.phase + r.Int64N((m.runs.to-m.runs.from)/minute)*minute
		near := slices.ContainsFunc(m.outages, func(o between) bool { return t > o.from-8*minute && t < o.to+8*minute })
		if !near && !missed[t-minute] && !missed[t+minute] {
			missed[t] = true
		}
	}
	return missed
}

// population makes the alerts of one world: steady, flapping, pending only,
// long ones over every edge of a week.
func population(r *rand.Rand, world string, whole between, machines []machine, edges []int64) []watched {
	var all []watched
	add := func(name, severity string, number int, hold, keep int64, condition []between) {
		labels := map[string]string{"alertname": name, "world": world, "pot": strconv.Itoa(number)}
		if severity != "" {
			labels["severity"] = severity
		}
		all = append(all, watched{labels, hold * minute, keep * minute, condition})
	}
	draw := func(low, high int64) func() int64 {
		return func() int64 { return low + r.Int64N(high-low+1) }
	}
	for i := range 2 {
		add("AlwaysOn", "ticket", i, 0, 0, []between{whole})
	}
	for i, hold := range []int64{0, 0, 1, 2, 0, 1} {
		flapping := conditions(r, whole, machines, draw(1, 4), draw(1, 3))
		var bursts []between
		for _, b := range flapping {
			if burst := b.from / (120 * minute); burst%23 == int64(i)*3 {
				bursts = append(bursts, b)
			}
		}
		add("Flapping", []string{"page", "ticket"}[i%2], i, hold, 0, bursts)
	}
	for i, hold := range []int64{0, 1, 5, 12, 15, 30} {
		add("Long"+strconv.Itoa(int(hold)), "page", i, hold, 0, conditions(r, whole, machines, draw(20, 900), draw(200, 2500)))
	}
	for i := range 3 {
		add("Pending", "ticket", i, 30, 0, conditions(r, whole, machines, draw(1, 25), draw(60, 900)))
	}
	add("Kept", "", 0, 2, 7, conditions(r, whole, machines, draw(3, 90), draw(20, 600)))
	for i, edge := range edges {
		add("OverTheEdge", "page", i, int64(i), 0, []between{{edge - 45*minute - int64(i)*minute, edge + 30*minute}})
	}
	add("Former", "ticket", 0, 0, 0, conditions(r, whole, machines, draw(2, 60), draw(300, 3000)))
	return all
}
