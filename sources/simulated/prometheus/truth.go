package prometheus

import (
	"cmp"
	"slices"
	"time"

	"preread/sources"
)

// Alarms returns what is true of the weeks of a window: which alerts whose
// labels match began to fire in which week, for how long they fired, and how
// much of the week is held. It follows each event minute by minute; evidence
// and grades are left empty. A nil match takes all.
func (s *Server) Alarms(window sources.Window, match func(labels map[string]string) bool) []sources.AlarmWeek {
	type line struct{ name, severity string }
	counts := map[sources.Week]map[line]*sources.AlarmCount{}
	for _, a := range s.Alerts {
		if match != nil && !match(a.Labels) {
			continue
		}
		l := line{a.Name, a.Severity}
		for _, e := range a.Episodes {
			first := true
			s.follow(a, e, func(active, t time.Time) {
				began := first
				first = false
				week := window.WeekOf(t)
				if t.Before(s.horizon()) || !window.Holds(t) {
					return
				}
				if counts[week] == nil {
					counts[week] = map[line]*sources.AlarmCount{}
				}
				if counts[week][l] == nil {
					counts[week][l] = &sources.AlarmCount{Name: a.Name, Severity: a.Severity}
				}
				if began {
					counts[week][l].Episodes++
					counts[week][l].Hours.Count(active, window.Zone)
				}
				counts[week][l].Minutes += s.Interval.Minutes()
			})
		}
	}
	var weeks []sources.AlarmWeek
	for _, week := range window.Weeks() {
		w := sources.AlarmWeek{Week: week, Coverage: s.Coverage(window, week)}
		for _, c := range counts[week] {
			w.Alarms = append(w.Alarms, *c)
		}
		slices.SortFunc(w.Alarms, func(a, b sources.AlarmCount) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Severity, b.Severity))
		})
		weeks = append(weeks, w)
	}
	return weeks
}

// GroupedAlarms returns what Alarms does, but counts alerts of one name and
// severity that share some labels as one episode, as long as none of the pauses
// in which nothing of the group fires is longer than the gap.
func (s *Server) GroupedAlarms(window sources.Window, match func(labels map[string]string) bool, by []string, gap time.Duration) []sources.AlarmWeek {
	type group struct{ name, severity, values string }
	type firing struct{ active, at time.Time }
	fired := map[group][]firing{}
	for _, a := range s.Alerts {
		if match != nil && !match(a.Labels) {
			continue
		}
		g := group{name: a.Name, severity: a.Severity}
		for _, label := range by {
			g.values += a.Labels[label] + "\x00"
		}
		for _, e := range a.Episodes {
			s.follow(a, e, func(active, t time.Time) { fired[g] = append(fired[g], firing{active, t}) })
		}
	}
	weeks := s.Alarms(window, match)
	for i := range weeks {
		for n := range weeks[i].Alarms {
			weeks[i].Alarms[n].Episodes, weeks[i].Alarms[n].Hours = 0, sources.Hours{}
		}
	}
	for g, times := range fired {
		slices.SortStableFunc(times, func(a, b firing) int { return a.at.Compare(b.at) })
		for n, f := range times {
			t := f.at
			if n > 0 && t.Sub(times[n-1].at) <= gap || !window.Holds(t) || t.Before(s.horizon()) {
				continue
			}
			for i := range weeks {
				for k, c := range weeks[i].Alarms {
					if weeks[i].Week == window.WeekOf(t) && c.Name == g.name && c.Severity == g.severity {
						weeks[i].Alarms[k].Episodes++
						weeks[i].Alarms[k].Hours.Count(f.active, window.Zone)
					}
				}
			}
		}
	}
	return weeks
}

// follow calls firing at each evaluation at which the alert fired, with when it
// became active. An alert that was not restored after an outage waits for its
// For again.
func (s *Server) follow(a Alert, e Episode, firing func(active, at time.Time)) {
	active := s.evaluation(e.From)
	var waits time.Duration
	var away *sources.Span
	began := false
	for t := s.evaluation(e.From); t.Before(e.To); t = t.Add(s.Interval) {
		if i := slices.IndexFunc(s.Outages, func(o sources.Span) bool { return o.Holds(t) }); i >= 0 {
			away = &s.Outages[i]
			continue
		}
		if away != nil {
			if !began || !a.restored(*away) {
				waits, active = 0, t
			}
			away = nil
		}
		if waits >= a.For && t.Before(s.Now) {
			began = true
			firing(active, t)
		}
		waits += s.Interval
	}
}

// Coverage returns the share of a week's heartbeats that are held.
func (s *Server) Coverage(window sources.Window, week sources.Week) float64 {
	if s.Deaf {
		return 0
	}
	from, to := window.Bounds(week)
	all, held := 0, 0
	for t := next(from, s.scrape()); t.Before(to); t = t.Add(s.scrape()) {
		all++
		if s.up(t) && !t.Before(s.horizon()) {
			held++
		}
	}
	return float64(held) / float64(all)
}

// Reading returns the true value of a metric's first series at a week's end,
// and whether there is one.
func (s *Server) Reading(window sources.Window, week sources.Week, query string) (float64, bool) {
	_, end := window.Bounds(week)
	for _, m := range s.Metrics {
		if m.Query != query || len(m.Series) == 0 || end.Add(-time.Millisecond).Before(s.horizon()) {
			continue
		}
		value, ok := 0.0, false
		for _, p := range m.Series[0].Points {
			if p.From.Before(end) {
				value, ok = p.Value, true
			}
		}
		return value, ok
	}
	return 0, false
}

// FewestAlarms returns the fewest requests that can answer a question about
// alarms: the API has no pages, so one reads the alerts and one the heartbeat.
func FewestAlarms() int { return 2 }

// FewestReadings returns the fewest requests that can answer a question about
// a metric: one for each stretch of equally long weeks, in which the ends of
// the weeks are equally far apart.
func FewestReadings(window sources.Window) int {
	weeks := window.Weeks()
	_, end := window.Bounds(weeks[0])
	n, last := 1, time.Duration(0)
	for _, week := range weeks[1:] {
		_, next := window.Bounds(week)
		step := next.Sub(end)
		if last != 0 && step != last {
			n, step = n+1, 0
		}
		last, end = step, next
	}
	return n
}
