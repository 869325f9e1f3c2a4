package aggregate

import (
	"preread/aggregate/change"
	"preread/sources"
)

// alarmDispersion is how many times chance alone alarms are expected to vary
// until it can be measured: they come in bursts.
const alarmDispersion = 2.5

// tested returns a line as what can be tested for change. A goal is none: its
// progress is forecast. A week that was not seen whole is missing, because a
// figure that is too low would look like a change.
func (t *trail) tested(window sources.Window, holidays []sources.Day) change.Metric {
	m := change.Metric{ID: t.line.ID, Better: change.Better(t.line.Better), Window: window.Page().Count, Family: string(t.line.Noun)}
	worked := false
	switch t.line.Noun {
	case sources.Goals:
		return m
	case sources.Delivery:
		m.Type = change.Proportion // a sprint that ends in a short week has its own denominator
	case sources.Durations:
		m.Type, m.Family = change.Duration, t.line.ID
	case sources.Metrics:
		m.Type, m.Family, m.MinChange = change.Gauge, t.line.ID, t.line.MinChange
	case sources.Alarms:
		m.Type, m.Dispersion = change.Count, alarmDispersion
	case sources.Incidents:
		m.Type = change.Count
	default:
		m.Type, worked = change.Count, true
	}
	for i, p := range t.whole.shown {
		w := change.Week{
			Known:    p.State == Known && p.Grade > sources.Partial,
			Exposure: 1, Value: p.Value, Successes: float64(p.Part), Trials: float64(p.Of),
		}
		if worked {
			w.Exposure = workingDays(p.Week, holidays) / workWeek
		}
		if t.whole.items != nil {
			w.Items = t.whole.items[i]
		}
		m.Weeks = append(m.Weeks, w)
	}
	if a := t.line.Accepted; !a.From.IsZero() && weekOfDay(a.From).Compare(window.Last) <= 0 {
		for m.From < len(m.Weeks) && t.whole.shown[m.From].Week.Compare(weekOfDay(a.From)) < 0 {
			m.From++
		}
	}
	return m
}

// short returns the weeks of a page that are too short to compare work by them.
func short(page sources.Window, holidays []sources.Day) (weeks []sources.Week) {
	for _, w := range page.Weeks() {
		if workingDays(w, holidays)/workWeek < leastWeek {
			weeks = append(weeks, w)
		}
	}
	return weeks
}

// workingDays counts Monday to Friday, less the holidays among them. Work
// needs working days; alarms and incidents do not wait for them.
func workingDays(week sources.Week, holidays []sources.Day) float64 {
	n := 5.0
	for _, h := range holidays {
		if monday := week.Monday(); h.Compare(monday) >= 0 && h.Compare(monday.Add(4)) <= 0 {
			n--
		}
	}
	return n
}
