package aggregate

import (
	"math"
	"time"

	"preread/aggregate/forecast"
	"preread/sources"
)

// A Goal holds a goal's figures, week by week.
type Goal struct {
	Weeks   []GoalWeek // one for each week of the page
	Items   []sources.Item
	Blocked []Blocked        // at the end of the last week
	Outlook forecast.Outlook // from the weeks since the goal began, the baseline's too
}

// A GoalWeek is a goal at the end of one week, and what happened in it. Items
// are counted, not points.
type GoalWeek struct {
	Week    sources.Week
	Done    int // in scope and done at the week's end
	Total   int // in scope at the week's end
	DoneNow int // of these, became done in the week
	Added   int // came into scope in the week, and were there at its end
	Removed int // were in scope when the week began, and no longer at its end
}

// Last returns the last week's figures.
func (g *Goal) Last() GoalWeek { return g.Weeks[len(g.Weeks)-1] }

// goal counts scope and progress. What a target is about is the share that is
// done.
func goal(items []sources.Item, window sources.Window) (*Goal, series) {
	g := &Goal{Items: items}
	grade := gradeOf(items)
	var s series
	for _, week := range window.Weeks() {
		from, to := window.Bounds(week)
		w := goalWeek(items, from.Add(-1), to.Add(-1))
		w.Week = week
		g.Weeks = append(g.Weeks, w)
		s.shown = append(s.shown, Point{Week: week, Value: float64(w.Done), State: Known, Graded: grade})
		share := Point{Week: week, State: NothingToMeasure, Graded: grade}
		if w.Total > 0 {
			share.Value, share.State = float64(w.Done)/float64(w.Total), Known
		}
		s.judged = append(s.judged, share)
	}
	return g, s
}

// A goalTrail follows the colour of a goal from report to report.
type goalTrail struct {
	line     Line
	weeks    []GoalWeek
	share    []Point // done of what is in scope, of each week
	grade    sources.Graded
	holidays []sources.Day

	outlook     forecast.Outlook // as of the last report
	now, wished Status           // by forecast; Unknown before the first
}

func newGoalTrail(line Line, g *Goal, s series, answer sources.Answer, holidays []sources.Day) *goalTrail {
	return &goalTrail{line: line, weeks: g.Weeks, share: s.target(), grade: gradeOf(answer.Items), holidays: holidays}
}

// report returns the colour at the end of week i: by the goal's end if it has
// come, by the target in the settings, or else by the forecast if there is a
// due date.
func (g *goalTrail) report(i int) Verdict {
	w := g.weeks[i]
	g.outlook = g.ahead(i)
	if end := goalEnd(g.line, w, g.grade); end != nil {
		return *end
	}
	if !g.line.Target.IsZero() || g.line.Plan.Due.IsZero() {
		return shareDone(g.line, g.share[i])
	}
	v := Verdict{Week: w.Week, Rule: ByForecast}
	if g.grade.Grade < sources.Approximate {
		v.Rule, v.Reason = PartOnly, g.grade.Reason
		return v
	}
	g.byForecast(&v)
	return v
}

// shareDone judges the share that is done, which is a fact and not a level
// with noise around it. A share of which only part was seen is none.
func shareDone(line Line, p Point) Verdict {
	v := Verdict{Week: p.Week, Value: p.Value, Target: line.Target, Reason: p.Reason, Rule: ByTarget}
	switch {
	case line.Target.IsZero():
		v.Rule, v.Status = WithoutOne, NoTarget
	case p.Grade < sources.Approximate:
		v.Rule = PartOnly
	default:
		v.Status = line.Target.Status(p.Value)
		v.Wish = v.Status
	}
	return v
}

// shortWeek is the part of a normal week under which what was done in it is
// taken for so much more in a whole one; under leastWeek it tells nothing.
const (
	shortWeek = 0.6
	leastWeek = 0.4
)

// ahead forecasts the goal at the end of week i, from what happened since its
// start, or else since it first had a scope. What was seen only in part may be
// open, or more, and is not forecast.
func (g *goalTrail) ahead(i int) forecast.Outlook {
	if g.grade.Grade < sources.Approximate {
		return forecast.Outlook{}
	}
	var past []forecast.Week
	for j := 1; j <= i; j++ {
		before, now := g.weeks[j-1], g.weeks[j]
		part := workingDays(now.Week, g.holidays) / workWeek
		if before.Total == 0 || part < leastWeek || !g.line.Plan.Start.IsZero() && now.Week.Compare(weekOfDay(g.line.Plan.Start)) < 0 {
			continue
		}
		w := forecast.Week{Done: now.Done - before.Done, Added: now.Total - before.Total}
		if w.Done < 0 { // more was reopened than finished: it is work again
			w.Done, w.Added = 0, w.Added-w.Done
		}
		if part < shortWeek {
			w.Done = int(math.Round(float64(w.Done) / part))
		}
		past = append(past, w)
	}
	return forecast.Ahead(g.weeks[i].Total-g.weeks[i].Done, past)
}

// workWeek is how many days of a week are worked, Monday to Friday.
const workWeek = 5

// weeksUntil counts the working weeks after a week until the end of a date, at
// most the horizon of a forecast: 1 for the next Friday, 0.2 for the next Monday.
func weeksUntil(due sources.Day, week sources.Week) float64 {
	next := week.Add(1).Monday()
	if due.Compare(next) < 0 {
		return 0
	}
	days := next.Until(due)
	weeks := float64(days/7) + float64(min(days%7+1, workWeek))/workWeek
	return min(weeks, forecast.Horizon)
}

// The probabilities of being done by the due date from which a goal is green,
// and below which it is red.
const (
	goalGreen = 0.85
	goalRed   = 0.50
)

// beyond is how far past a line a goal's chance must be to change its colour
// at once; nearer by, two reports in a row must say so.
const beyond = 0.05

// byForecast judges a goal by how likely it is done in time.
func (g *goalTrail) byForecast(v *Verdict) {
	switch g.outlook.State {
	case forecast.Nothing:
		v.Status = Red
	case forecast.Completed:
		v.Status, v.Value = Green, 1
	case forecast.Forecast:
		v.Value = g.outlook.PDone(weeksUntil(g.line.Plan.Due, v.Week))
		g.stick(v)
		return
	default:
		v.Rule = TooEarly
	}
	g.now, g.wished, v.Wish = v.Status, v.Status, v.Status
}

func chance(p float64) Status {
	switch {
	case p >= goalGreen:
		return Green
	case p >= goalRed:
		return Amber
	}
	return Red
}

// stick keeps the last colour while the chance is near its line, unless two
// reports in a row ask for another.
func (g *goalTrail) stick(v *Verdict) {
	wish := chance(v.Value)
	far := chance(v.Value-beyond) != g.now && chance(v.Value+beyond) != g.now
	if g.now == Unknown || far || wish == g.wished {
		g.now = wish
	}
	g.wished = wish
	v.Status, v.Wish = g.now, wish
}

// doneSince looks back for how long everything in scope has been done.
func doneSince(weeks []GoalWeek) (first sources.Week, open bool) {
	for i := len(weeks) - 1; i >= 0; i-- {
		if weeks[i].Total == 0 || weeks[i].Done < weeks[i].Total {
			return first, false
		}
		first = weeks[i].Week
	}
	return first, true
}

// goalWeek compares two instants, the last of the week before and the last of
// the week.
func goalWeek(items []sources.Item, before, at time.Time) GoalWeek {
	var w GoalWeek
	for _, item := range items {
		was, is := sources.Within(item.Scope, before), sources.Within(item.Scope, at)
		done := is && sources.Within(item.Done, at)
		if is {
			w.Total++
		}
		if done {
			w.Done++
			if !(was && sources.Within(item.Done, before)) {
				w.DoneNow++
			}
		}
		if is && !was {
			w.Added++
		}
		if was && !is {
			w.Removed++
		}
	}
	return w
}

// goalEnd returns the verdict on a goal that needs no target: nothing in it,
// all done, or its due date passed. What was not seen may be open, or more.
func goalEnd(line Line, w GoalWeek, grade sources.Graded) *Verdict {
	v := Verdict{Week: w.Week, Target: line.Target, Reason: grade.Reason}
	switch {
	case w.Total == 0:
		v.Rule = EmptyScope
	case grade.Grade < sources.Approximate:
		return nil
	case w.Done == w.Total:
		v.Rule, v.Status, v.Value = AllDone, Green, 1
	case !line.Plan.Due.IsZero() && line.Plan.Due.Compare(w.Week.Sunday()) <= 0:
		v.Rule, v.Status, v.Value = Overdue, Red, float64(w.Done)/float64(w.Total)
	default:
		return nil
	}
	v.Wish = v.Status
	return &v
}

// weekOfDay returns the ISO week that a date lies in.
func weekOfDay(d sources.Day) sources.Week {
	return sources.WeekOf(d.Time(time.UTC), sources.Zone{})
}
