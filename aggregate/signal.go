package aggregate

import (
	"preread/aggregate/change"
	"preread/sources"
)

// signals asks of every line of every team whether it really changed. Each
// team's lines share one budget of false alarms; how much lines vary beyond
// chance is measured over all teams, noun by noun.
func signals(teams []TeamReport) {
	reports := make([][]change.Metric, len(teams))
	for i, t := range teams {
		for _, f := range t.Lines {
			reports[i] = append(reports[i], f.metric())
		}
	}
	for i, judged := range change.JudgeAll(reports) {
		teams[i].Budget = judged.Budget
		for j, v := range judged.Verdicts {
			teams[i].Lines[j].Signal = v
		}
		for _, f := range teams[i].Lines {
			if f.Noun == sources.Goals {
				teams[i].Budget.Unknown-- // it is forecast, not tested
			}
		}
	}
}

// alarmDispersion is how many times chance alone alarms are expected to vary
// until it can be measured: they come in bursts.
const alarmDispersion = 2.5

// metric returns a line as what can be tested for change. A goal is none: its
// progress is forecast. A week that was not seen whole is missing, because a
// figure that is too low would look like a change.
func (f Finding) metric() change.Metric {
	m := change.Metric{ID: f.ID, Better: change.Better(f.Better), Window: len(f.Weeks), Family: string(f.Noun)}
	switch f.Noun {
	case sources.Goals:
		return m
	case sources.Delivery:
		m.Type = change.Proportion
	case sources.Metrics:
		m.Type, m.Family = change.Gauge, f.ID
	case sources.Alarms:
		m.Type, m.Dispersion = change.Count, alarmDispersion
	default:
		m.Type = change.Count
	}
	for _, points := range [][]Point{f.Earlier, f.Weeks} {
		for _, p := range points {
			m.Weeks = append(m.Weeks, change.Week{
				Known:    p.State == Known && p.Grade > sources.Partial,
				Exposure: 1, Value: p.Value, Successes: float64(p.Part), Trials: float64(p.Of),
			})
		}
	}
	return m
}
