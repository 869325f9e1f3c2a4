// Package aggregate turns facts into judgements: for every line of a team's
// page a weekly series, the figures of its noun, and three separate answers:
//
//   - status: is the level good enough against the target in the settings?
//   - signal: is it changing?
//   - forecast, for goals: will it be done by its due date?
//
// Signal and forecast are unknown in this version, and say so.
//
// What is unknown stays unknown: a week that was not seen has no value, a line
// whose last week was not seen has no colour, and a team with an unknown line
// is never green. Nothing here reads a clock, a file or a network; the same
// facts give the same judgements, now and in a year. Words are left to package
// report.
package aggregate

import (
	"slices"

	"preread/sources"
)

// A Team is a team of the settings, with the lines of its page in their order.
type Team struct {
	ID    string
	Name  string
	Lines []Line
}

// A Line is one line of a team's page, as the settings describe it.
type Line struct {
	ID     string // unique in its team
	Noun   sources.Noun
	Title  string
	Unit   string // of Point.Value
	Better Better
	Target Target
	Plan   GoalPlan // of a goal; else zero
}

// A GoalPlan is what a goal's settings say beside its query.
type GoalPlan struct {
	Why        string
	Start, Due sources.Day // zero: not set
}

// Better says which way a figure should go.
type Better uint8

// The directions. Neither is for figures that are shown, not judged.
const (
	Neither Better = iota
	Higher
	Lower
)

// String returns "higher", "lower" or "neither".
func (b Better) String() string { return [...]string{"neither", "higher", "lower"}[b%3] }

// A State tells an unknown value from one that exists and from a week in which
// there was nothing to measure. The zero State is unknown.
type State uint8

// The states of a week's value.
const (
	NotKnown State = iota
	Known
	NothingToMeasure
)

// A Point is one week of a line. Value means something only if it is Known.
type Point struct {
	Week  sources.Week
	Value float64
	State State
	sources.Graded
}

// A Report is everything that is judged for one page.
type Report struct {
	Window   sources.Window
	Teams    []TeamReport
	Gaps     []sources.Gap
	Requests map[string]int // by source
}

// A TeamReport is one team's part of a report.
type TeamReport struct {
	ID     string
	Name   string
	Status Status // see RollUp
	Lines  []Finding
}

// A Finding is what became of one line. Of the pointers exactly the one of the
// line's noun is set, and none if the question was not answered.
type Finding struct {
	Line
	Source   string // who was asked
	Status   Verdict
	Before   Verdict // the same rule, a week earlier
	Weeks    []Point // oldest first, one for each week of the window
	Evidence []sources.Evidence

	Goal      *Goal
	Delivery  *Delivery
	Quality   *Quality
	Incidents *Incidents
	Alarms    *Alarms
	Shipped   *Shipped
}

// Judge judges the lines of all teams by what was seen.
func Judge(teams []Team, facts sources.Facts) Report {
	report := Report{Window: facts.Window, Gaps: facts.Gaps(), Requests: facts.Requests}
	for _, team := range teams {
		t := TeamReport{ID: team.ID, Name: team.Name}
		for _, line := range team.Lines {
			answer, asked := facts.Find(team.ID, line.ID)
			if !asked {
				answer = sources.Answer{Gap: "the facts do not hold this line"}
				report.Gaps = append(report.Gaps, sources.Gap{Team: team.ID, Question: line.ID, Reason: answer.Gap})
			}
			t.Lines = append(t.Lines, judge(line, answer, facts.Window))
		}
		t.Status = RollUp(t.Lines)
		report.Teams = append(report.Teams, t)
	}
	return report
}

// A reading of the facts for one line: the series to show, and the series that
// the target is about where that is another one.
type series struct {
	shown  []Point
	judged []Point // nil: shown
	fixed  *Verdict
}

func judge(line Line, answer sources.Answer, window sources.Window) Finding {
	f := Finding{Line: line, Source: answer.Question.Source}
	if answer.Gap != "" {
		f.Weeks = unknownWeeks(window, answer.Gap)
		f.Status = Verdict{Rule: Unanswered, Week: window.Last, Reason: answer.Gap}
		f.Before = f.Status
		return f
	}
	if answer.Evidence != (sources.Evidence{}) {
		f.Evidence = append(f.Evidence, answer.Evidence)
	}
	var s series
	switch line.Noun {
	case sources.Goals:
		f.Goal, s = goal(line, answer.Items, window)
	case sources.Delivery:
		f.Delivery, s = delivery(answer.Sprints, window)
		for _, sprint := range f.Delivery.Sprints {
			if !sprint.Running() { // it is shown, and no figure is made of it
				f.Evidence = append(f.Evidence, sprint.Evidence)
			}
		}
	case sources.Quality:
		f.Quality, s = quality(answer.Items, window)
	case sources.Incidents:
		f.Incidents, s = incidents(answer.Incidents, window)
	case sources.Alarms:
		f.Alarms, s = alarms(answer.Alarms, window)
		for _, week := range answer.Alarms {
			f.Evidence = append(f.Evidence, week.Evidence)
		}
	case sources.Shipped:
		f.Shipped, s = shipped(answer.Items, window)
	case sources.Metrics:
		s = metric(answer.Readings, window)
		for _, reading := range answer.Readings {
			f.Evidence = append(f.Evidence, reading.Evidence)
		}
	}
	f.Evidence = slices.Compact(f.Evidence)
	f.Weeks = s.shown
	judged := s.judged
	if judged == nil {
		judged = s.shown
	}
	f.Status = verdict(line, judged)
	f.Before = verdict(line, judged[:len(judged)-1])
	if s.fixed != nil {
		f.Status = *s.fixed
	}
	return f
}

func unknownWeeks(window sources.Window, reason string) []Point {
	weeks := window.Weeks()
	points := make([]Point, len(weeks))
	for i, w := range weeks {
		points[i] = Point{Week: w, Graded: sources.Graded{Reason: reason}}
	}
	return points
}

// weekly makes a series in which every week is known, by counting.
func weekly(window sources.Window, grade sources.Graded, count func(sources.Week) float64) []Point {
	weeks := window.Weeks()
	points := make([]Point, len(weeks))
	for i, w := range weeks {
		points[i] = Point{Week: w, Value: count(w), State: Known, Graded: grade}
	}
	return points
}

// gradeOf returns the worst grade among items, with its reason.
func gradeOf(items []sources.Item) sources.Graded {
	worst := sources.Whole()
	for _, item := range items {
		worst = worst.Worse(item.Graded)
	}
	return worst
}
