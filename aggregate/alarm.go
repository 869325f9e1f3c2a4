package aggregate

import (
	"cmp"
	"slices"

	"preread/sources"
)

// Alarms holds alarm episodes by name and severity.
type Alarms struct {
	Alarms   []AlarmSeries // most episodes first
	Coverage []float64     // of each week of the window, 0 to 1
}

// An AlarmSeries is one alarm over the weeks of the window.
type AlarmSeries struct {
	Name     string
	Severity string
	Weeks    []AlarmCount // one for each week; zero where the alarm was silent or the week is unknown
	Episodes int          // in all known weeks
}

// An AlarmCount is one alarm in one week.
type AlarmCount struct {
	Week     sources.Week
	Known    bool // whether the week was seen at all
	Episodes int
	Minutes  float64
	Hours    sources.Hours
}

// Hours sums up in which hours the alarms of a week became active; zero if the
// source does not tell. i counts the weeks of the window.
func (a *Alarms) Hours(i int) (sum sources.Hours) {
	for _, s := range a.Alarms {
		sum.Add(s.Weeks[i].Hours)
	}
	return sum
}

// alarms sums up episodes. A week that the source does not hold is unknown; one
// that it holds in part is a figure that may be too low.
func alarms(facts []sources.AlarmWeek, window sources.Window) (*Alarms, series) {
	a := &Alarms{}
	points := unknownWeeks(window, "the source did not tell about this week")
	byName := map[[2]string]*AlarmSeries{}
	a.Coverage = make([]float64, len(points))
	for i := range points {
		at := slices.IndexFunc(facts, func(f sources.AlarmWeek) bool { return f.Week == points[i].Week })
		if at < 0 {
			continue
		}
		week := facts[at]
		a.Coverage[i] = week.Coverage
		points[i].Graded = week.Graded
		if week.Coverage <= 0 || week.Grade == sources.Ungraded {
			continue
		}
		points[i].State = Known
		for _, alarm := range week.Alarms {
			points[i].Value += float64(alarm.Episodes)
			key := [2]string{alarm.Name, alarm.Severity}
			if byName[key] == nil {
				byName[key] = &AlarmSeries{Name: alarm.Name, Severity: alarm.Severity, Weeks: make([]AlarmCount, len(points))}
			}
			s := byName[key]
			s.Weeks[i].Episodes += alarm.Episodes
			s.Weeks[i].Minutes += alarm.Minutes
			s.Weeks[i].Hours.Add(alarm.Hours)
			s.Episodes += alarm.Episodes
		}
	}
	for _, s := range byName {
		for i := range s.Weeks {
			s.Weeks[i].Week, s.Weeks[i].Known = points[i].Week, points[i].State == Known
		}
		a.Alarms = append(a.Alarms, *s)
	}
	slices.SortFunc(a.Alarms, func(x, y AlarmSeries) int {
		return cmp.Or(cmp.Compare(y.Episodes, x.Episodes), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Severity, y.Severity))
	})
	return a, series{shown: points}
}
