package aggregate

import (
	"cmp"
	"slices"

	"preread/aggregate/change"
	"preread/sources"
)

// A trail is one line over all weeks of a window, with what it takes to judge
// it at the end of each of them in turn. Judging the past again is how colours
// get to be sticky without anything being remembered. The same facts of the same
// weeks give the same past; where a window begins later, its first colours may
// be others.
type trail struct {
	line     Line
	answer   sources.Answer
	whole    series
	goal     *goalTrail     // of a goal that is counted in items
	measured *measuredTrail // of a goal that a reading measures
	metric   change.Metric
	colour   *colouring
	broken   string // why the facts cannot be true; "" if they can
	holidays []sources.Day

	run    run
	signal change.Verdict // at the last week
	past   []Verdict      // at the week before the page, and at each of its own
}

// newTrail reads one line's answer for the whole window.
func newTrail(team Team, line Line, answer sources.Answer, window sources.Window) *trail {
	t := &trail{line: line, answer: answer, holidays: team.Holidays}
	if answer.Gap == "" {
		t.broken = contradiction(line.Noun, answer)
	}
	var whole Finding
	whole.Line = line
	if answer.Gap == "" && t.broken == "" {
		t.whole = whole.read(answer, window)
		if whole.Quality != nil {
			t.broken = whole.Quality.balance(window.Weeks())
		}
	}
	if answer.Gap != "" || t.broken != "" {
		t.whole = series{}
		t.whole.shown = unknownWeeks(window, cmp.Or(answer.Gap, t.broken))
		t.metric = t.tested(window, team.Holidays)
		t.recall(window)
		return t
	}
	switch {
	case !line.Plan.Aim.IsZero():
		t.measured = &measuredTrail{line: line, points: t.whole.shown}
	case line.Noun == sources.Goals:
		t.goal = newGoalTrail(line, whole.Goal, t.whole, answer, team.Holidays)
	}
	t.metric = t.tested(window, team.Holidays)
	t.colour = newColouring(line, &t.metric, t.whole.target())
	return t
}

// recall shows the weeks that are remembered of a line whose question has no
// answer today. Nothing is judged by them.
func (t *trail) recall(window sources.Window) {
	if len(t.answer.Kept) == 0 || contradiction(t.line.Noun, t.answer) != "" {
		return
	}
	past := Finding{Line: t.line}
	for i, p := range past.read(t.answer, window).shown {
		if slices.Contains(t.answer.Kept, p.Week) {
			t.whole.shown[i] = p
		}
	}
}

// until returns what could be tested at the end of week i.
func (t *trail) until(i int) change.Metric {
	m := t.metric
	m.Weeks = m.Weeks[:min(i+1, len(m.Weeks))]
	return m
}

// report judges the line at the end of week i. A goal is judged for the page
// alone: its forecast is dear, and its colour hardly sticks.
func (t *trail) report(i int, v *change.Verdict, window sources.Window) {
	week := t.whole.shown[i].Week
	page := i >= window.Count-window.Page().Count-1
	var out Verdict
	switch {
	case t.answer.Gap != "":
		out = Verdict{Rule: Unanswered, Week: week, Reason: t.answer.Gap}
	case t.broken != "":
		out = Verdict{Rule: Broken, Week: week, Reason: t.broken}
	case t.line.Noun == sources.Goals && !page:
		return
	case t.measured != nil:
		out = t.measured.report(i)
	case t.goal != nil:
		out = t.goal.report(i)
	default:
		out = t.colour.report(i, v)
	}
	t.run.mark(&out, week)
	if i == window.Count-1 {
		out.Improve = t.improve(i, out)
	}
	if out.Rule == AllDone {
		out.Since, out.Open = doneSince(t.goal.weeks[:i+1])
	}
	if page {
		t.past = append(t.past, out)
	}
}

func (t *trail) improve(i int, v Verdict) Improvement {
	switch {
	case v.Status <= Green:
		return Improvement{}
	case t.goal != nil:
		return t.goal.improve(i, v)
	case t.measured != nil:
		return Improvement{}
	}
	return t.colour.improve(i)
}

// judge walks all weeks of a window, oldest first, as the reports of those
// weeks would have. How much lines vary beyond chance is measured over all
// teams, noun by noun; each team's lines share one budget of false alarms.
func judge(trails [][]*trail, window sources.Window) []change.Budget {
	budgets := make([]change.Budget, len(trails))
	reports := make([][]change.Metric, len(trails))
	for i := range reports {
		reports[i] = make([]change.Metric, len(trails[i]))
	}
	for week := range window.Count {
		for i, team := range trails {
			for j, t := range team {
				reports[i][j] = t.until(week)
			}
		}
		states := change.StatesAll
		if week == window.Count-1 {
			states = change.JudgeAll
		}
		for i, judged := range states(reports) {
			budgets[i] = judged.Budget
			for j, t := range trails[i] {
				t.signal = judged.Verdicts[j]
				t.report(week, &t.signal, window)
			}
		}
	}
	return budgets
}
