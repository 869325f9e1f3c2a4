// Package aggregate turns facts into judgements: for every line of a team's
// page a weekly series, the figures of its noun, and three separate answers:
//
//   - status: is the level good enough against the target in the settings?
//   - signal: is it changing?
//   - forecast, for goals: will it be done by its due date?
//
// The tests behind signals are in package change, the distributions behind
// forecasts in package forecast; here facts become their input.
//
// What is unknown stays unknown: a week that was not seen has no value, a line
// whose last week was not seen has no colour, and a team with an unknown line
// is never green. Nothing here reads a clock, a file or a network; the same
// facts give the same judgements, now and in a year. Words are left to package
// report.
package aggregate

import (
	"cmp"
	"slices"

	"preread/aggregate/change"
	"preread/sources"
)

// A Team is a team of the settings, with the lines of its page in their order.
type Team struct {
	ID       string
	Name     string
	Lines    []Line
	Holidays []sources.Day // on which the team does not work
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

	// Of is the line whose items a duration line times, else "". Such a line
	// asks no source itself.
	Of string

	// MinChange is the smallest change of a metric worth a note; 0 leaves that
	// to how much it varies.
	MinChange float64

	// FollowUpDays is how many working days an incident may be over without
	// anything scheduled after it; 0: the constant of that name.
	FollowUpDays int

	Accepted Accepted // zero: none
	Own      []Own    // colours that people gave it, the later ones first to be believed
	Waiver   Waiver   // zero: none

	// Said is what earlier pages said of the line, oldest first, and Mentioned
	// that a person wrote about it on one of the last ones.
	Said      []Said
	Mentioned bool
}

// Accepted is a new level that a person took for normal: weeks before From are
// not compared with any more.
type Accepted struct {
	From   sources.Day
	Reason string
}

// A GoalPlan is what a goal's settings say beside its query.
type GoalPlan struct {
	Why        string
	Assumed    []string    // what its team takes for granted, to be confirmed
	Driver     string      // what it is worth: revenue, retention; "": not said
	Cadence    Cadence     // how often its reader wants to hear of it
	Start, Due sources.Day // zero: not set
	Aim        Aim         // of a goal that a reading measures
	Milestones []Milestone
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

	// Part and Of are the counts behind a share: Value is Part ÷ Of. Both are 0
	// where Value is no share.
	Part, Of int
}

// A Report is everything that is judged for one page.
type Report struct {
	Window   sources.Window
	Teams    []TeamReport
	Gaps     []sources.Gap
	Requests map[string]int // by source
	Kept     Kept           // how remembered forecasts came true; filled in by who remembers
}

// A TeamReport is one team's part of a report.
type TeamReport struct {
	ID     string
	Name   string
	Status Status // see RollUp
	Lines  []Finding
	Short  []sources.Week // of the page, with so many holidays that work is not compared by them
	Budget change.Budget  // how often signals like this team's are false
}

// A Finding is what became of one line. Of the pointers exactly the one of the
// line's noun is set, and none if the question was not answered.
type Finding struct {
	Line
	Source   string        // who was asked
	Query    sources.Query // what
	Status   Verdict
	Before   Verdict   // that of the report before; zero if the window has no earlier week
	Past     []Verdict // that of each report, from the one before the page's first week to the last
	Weeks    []Point   // oldest first, one for each week of the page
	Earlier  []Point   // the weeks before those, the baseline, oldest first
	Signal   change.Verdict
	Own      *Own             // a person's own colour; nil: none that holds today
	Waived   bool             // a check passes over it today
	Drift    []Drift          // of a goal
	Steps    []Milestone      // of a goal: those of the settings, and the tracker's own
	Updates  []sources.Update // of a goal: what was said of it in the tracker, oldest first
	PlanGap  string           // why the tracker's own plan of a goal is not known; "" if it is, or there is none
	Told     *Said            // what the last page said; nil: not remembered
	Revised  []Revision
	Evidence []sources.Evidence

	Goal      *Goal     // of a goal that is counted in items
	Measured  *Measured // of a goal that a reading measures
	Delivery  *Delivery
	Quality   *Quality
	Incidents *Incidents
	Alarms    *Alarms
	Shipped   *Shipped
	Durations *Durations
}

// Judge judges the lines of all teams by what was seen.
func Judge(teams []Team, facts sources.Facts) Report {
	window := facts.Window
	report := Report{Window: window.Page(), Gaps: facts.Gaps(), Requests: facts.Requests}
	trails := make([][]*trail, len(teams))
	for i, team := range teams {
		for _, line := range team.Lines {
			answer, asked := facts.Find(team.ID, cmp.Or(line.Of, line.ID))
			if !asked {
				answer = sources.Answer{Gap: "the facts do not hold this line"}
				report.Gaps = append(report.Gaps, sources.Gap{Team: team.ID, Question: line.ID, Reason: answer.Gap})
			}
			trails[i] = append(trails[i], newTrail(team, line, answer, window))
		}
	}
	budgets := judge(trails, window)
	for i, team := range teams {
		t := TeamReport{ID: team.ID, Name: team.Name, Short: short(report.Window, team.Holidays), Budget: budgets[i]}
		for _, trail := range trails[i] {
			t.Lines = append(t.Lines, trail.finding(window))
			if trail.line.Noun == sources.Goals {
				t.Budget.Unknown-- // it is forecast, not tested
			}
		}
		t.Status = RollUp(t.Lines)
		report.Teams = append(report.Teams, t)
	}
	return report
}

// A series is one line over the weeks of a window.
type series struct {
	shown  []Point
	judged []Point     // what the target is about, where that is not shown
	items  [][]float64 // of a duration: the hours that each item of a week took
}

// target returns the points that the target is about.
func (s series) target() []Point {
	if s.judged != nil {
		return s.judged
	}
	return s.shown
}

// finding is what the page shows of a line. The whole window was read for its
// series alone; the figures that the page shows are those of its own weeks.
func (t *trail) finding(window sources.Window) Finding {
	page := window.Page()
	asked := t.answer.Question
	f := Finding{Line: t.line, Source: asked.Source, Query: asked.Query, Signal: t.signal, Past: t.past}
	f.Status = t.past[len(t.past)-1]
	today := sources.DayOf(window.Now.In(window.Zone.Location()))
	f.Own = t.line.own(today)
	f.Waived = t.line.Waiver.Until.Compare(today) >= 0
	if len(t.past) > 1 {
		f.Before = t.past[len(t.past)-2]
	}
	f.Told = f.LastTold(window.Last)
	f.Earlier = t.whole.shown[:window.Count-page.Count]
	f.Weeks = t.whole.shown[window.Count-page.Count:]
	if t.answer.Gap != "" || t.broken != "" {
		f.Earlier = nil
		return f
	}
	f.Weeks = f.read(t.answer, page).shown
	f.Revised = f.revisions(window)
	f.Evidence = evidence(t.answer, f)
	if f.Noun == sources.Goals {
		f.plan(t.answer, window)
	}
	switch {
	case f.Goal != nil:
		f.Goal.Outlook = t.goal.outlook
		f.Goal.Blocked = blocked(f.Goal.Items, page, t.goal.holidays)
		f.Drift = f.drift(t.goal.weeks, t.goal.grade, window.Last)
	case f.Incidents != nil:
		f.Incidents.Unscheduled = f.Incidents.unscheduled(page, cmp.Or(t.line.FollowUpDays, FollowUpDays), t.holidays)
	case t.measured != nil:
		f.Measured = &t.measured.last
		f.Drift = f.drift(nil, sources.Graded{}, window.Last)
	}
	return f
}

// read fills in the figures of a line's noun for the weeks of a window, and
// returns its series.
func (f *Finding) read(answer sources.Answer, window sources.Window) (s series) {
	switch f.Noun {
	case sources.Goals:
		if !f.Plan.Aim.IsZero() {
			return metric(answer.Readings, window)
		}
		f.Goal, s = goal(answer.Items, window)
	case sources.Delivery:
		f.Delivery, s = delivery(answer.Sprints, window)
	case sources.Quality:
		f.Quality, s = quality(answer.Items, window)
	case sources.Incidents:
		f.Incidents, s = incidents(answer.Incidents, window)
	case sources.Alarms:
		f.Alarms, s = alarms(answer.Alarms, window)
	case sources.Shipped:
		f.Shipped, s = shipped(answer.Items, window)
	case sources.Metrics:
		s = metric(answer.Readings, window)
	case sources.Durations:
		f.Durations, s = durations(answer, window)
	}
	return s
}

// evidence lists where a line's figures can be opened: the page of the whole
// answer, or one for each week or sprint that is shown.
func evidence(answer sources.Answer, f Finding) []sources.Evidence {
	var all []sources.Evidence
	if answer.Evidence != (sources.Evidence{}) {
		all = append(all, answer.Evidence)
	}
	shown := func(week sources.Week) bool {
		return slices.ContainsFunc(f.Weeks, func(p Point) bool { return p.Week == week })
	}
	switch f.Noun {
	case sources.Delivery:
		for _, sprint := range f.Delivery.Sprints {
			if !sprint.Running() { // it is shown, and no figure is made of it
				all = append(all, sprint.Evidence)
			}
		}
	case sources.Alarms:
		for _, week := range answer.Alarms {
			if shown(week.Week) {
				all = append(all, week.Evidence)
			}
		}
	case sources.Metrics, sources.Goals:
		for _, reading := range answer.Readings {
			if shown(reading.Week) {
				all = append(all, reading.Evidence)
			}
		}
	}
	return slices.Compact(all)
}

func unknownWeeks(window sources.Window, reason string) []Point {
	weeks := window.Weeks()
	points := make([]Point, len(weeks))
	for i, w := range weeks {
		points[i] = Point{Week: w, Graded: sources.Graded{Reason: reason}}
	}
	return points
}

// weekly makes a series of counts in which every week is known.
func weekly(window sources.Window, grade sources.Graded, counts []int) []Point {
	points := make([]Point, len(counts))
	for i, w := range window.Weeks() {
		points[i] = Point{Week: w, Value: float64(counts[i]), State: Known, Graded: grade}
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
