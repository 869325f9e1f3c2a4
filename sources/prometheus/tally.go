package prometheus

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"preread/sources"
)

// A tally is everything that was read for one question.
type tally struct {
	closeUp
	window   sources.Window
	start    model.Time
	pulse    pulse
	silent   []span
	chunks   []chunk
	marked   []map[string]bool // by chunk: the names for which the details count
	rules    intervals
	grouping grouping
}

// gather returns the points of every instance: those of the details where they
// count, else one for each chunk.
func (t tally) gather() map[instance][]point {
	gathered := map[instance][]point{}
	for in, points := range t.points {
		for _, p := range points {
			i, found := slices.BinarySearchFunc(t.chunks, p, func(c chunk, p point) int {
				switch {
				case c.to <= p.at:
					return -1
				case c.from > p.at:
					return 1
				}
				return 0
			})
			if found && t.marked[i][in.name] {
				gathered[in] = append(gathered[in], p)
			}
		}
	}
	for i, c := range t.chunks {
		for in, active := range c.single {
			if !t.marked[i][in.name] {
				gathered[in] = append(gathered[in], point{at: c.last(), active: active})
			}
		}
	}
	return gathered
}

// An alert is an instance, whoever saw it.
type alert struct {
	line
	identity string
	group    string
}

// A frequency is how often an alarm went off, and at which hours.
type frequency struct {
	episodes int
	hours    sources.Hours
}

// episodes counts episodes by week and line.
func (t tally) episodes() map[sources.Week]map[line]frequency {
	seen := map[alert]map[string][]episode{} // by replica
	for in, points := range t.gather() {
		a := alert{in.line, in.identity, in.group}
		if seen[a] == nil {
			seen[a] = map[string][]episode{}
		}
		seen[a][in.replica] = fold(points, t.interval(in.name), t.holes(in.replica), t.held(in.replica))
	}
	groups := map[group][]episode{}
	for a, byReplica := range seen {
		g := group{a.line, a.group}
		if !t.grouping.on {
			g.values = a.identity
		}
		groups[g] = append(groups[g], t.merged(byReplica, t.interval(a.name))...)
	}
	counts := map[sources.Week]map[line]frequency{}
	for g, episodes := range groups {
		for _, e := range t.grouping.join(episodes) {
			if e.early {
				continue
			}
			week := t.window.WeekOf(e.from.Time())
			if counts[week] == nil {
				counts[week] = map[line]frequency{}
			}
			f := counts[week][g.line]
			f.episodes++
			f.hours.Count(seconds(e.active).Time(), t.window.Zone)
			counts[week][g.line] = f
		}
	}
	return counts
}

// merged joins what replicas saw of one alert. The first is the one with the
// fewest holes of those that saw it at all: what no other replica knows of is
// not dropped.
func (t tally) merged(byReplica map[string][]episode, interval time.Duration) []episode {
	missing := func(replica string) (sum time.Duration) {
		for _, hole := range t.holes(replica) {
			sum += hole.length()
		}
		return sum
	}
	replicas := slices.SortedFunc(maps.Keys(byReplica), func(a, b string) int {
		return cmp.Or(cmp.Compare(missing(a), missing(b)), cmp.Compare(a, b))
	})
	lists := make([][]episode, len(replicas))
	for i, replica := range replicas {
		lists[i] = byReplica[replica]
	}
	return merge(lists, t.holes(replicas[0]), interval)
}

// holes returns when a replica did not run. Of one without a heartbeat of its
// own, which can be a layer that hides the replicas, only the holes of all are
// known.
func (t tally) holes(replica string) []span {
	if b, found := t.pulse.beats[replica]; found {
		return b.holes
	}
	return t.silent
}

// held returns from when on a replica's samples are held.
func (t tally) held(replica string) model.Time {
	if holes := t.holes(replica); len(holes) > 0 && holes[0].from < t.start {
		return holes[0].to
	}
	return t.start
}

func (t tally) interval(name string) time.Duration { return t.rules.of(name, t.pulse.slowest()) }

// minutes returns the firing time of a chunk by line: of several replicas the
// one that saw most.
func (t tally) minutes(c chunk) map[line]float64 {
	most := map[line]float64{}
	for v, n := range c.firing {
		most[v.line] = max(most[v.line], float64(n)*t.interval(v.name).Minutes())
	}
	return most
}

// inactive reports whether something fired in the chunk without an activation:
// then its episodes cannot be counted.
func (t tally) inactive(c chunk) bool {
	active := map[view]bool{}
	for in := range c.single {
		active[in.view] = true
	}
	for v := range c.firing {
		if !active[v] && !c.several[v.name] {
			return true
		}
	}
	return false
}

// counts lists the alarms of a week by name and severity.
func (t tally) counts(week span, episodes map[line]frequency) []sources.AlarmCount {
	alarms := map[line]*sources.AlarmCount{}
	at := func(l line) *sources.AlarmCount {
		l = line{sources.OneLine(l.name, 200), sources.OneLine(l.severity, 60)}
		if alarms[l] == nil {
			alarms[l] = &sources.AlarmCount{Name: l.name, Severity: l.severity}
		}
		return alarms[l]
	}
	for l, f := range episodes {
		at(l).Episodes += f.episodes
		at(l).Hours.Add(f.hours)
	}
	for _, c := range t.chunks {
		if c.overlaps(week) {
			for l, m := range t.minutes(c) {
				at(l).Minutes += m
			}
		}
	}
	var list []sources.AlarmCount
	for _, a := range alarms {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b sources.AlarmCount) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Severity, b.Severity))
	})
	return list
}
