package aggregate

import (
	"math"
	"slices"
	"time"

	"preread/aggregate/stats"
	"preread/sources"
)

// Durations hold how long the items of a line took, in hours: incidents from
// opened to resolved, pull requests from opened to merged, issues from created
// to done for good. An item belongs to the week in which it was finished. There
// is no mean: one slow item would move it more than a change does.
type Durations struct {
	Weeks    []DurationWeek
	Finished int
	Median   stats.Interval // of all items finished in these weeks, with 80 percent confidence
	P85      stats.Interval
	Open     int     // begun before the end of the last week, and not finished
	Oldest   Age     // the longest open one
	Longest  Age     // the one finished last week that took longest; zero if there is none
	Expected float64 // Kaplan and Meier's median of all begun in these weeks, open ones counted; 0: it is not reached yet
}

// A DurationWeek is what was finished in one week.
type DurationWeek struct {
	Week     sources.Week
	Finished int
	Median   float64 // hours; 0 if nothing was finished
}

// An Age is an item and its hours.
type Age struct {
	sources.Evidence
	Title string
	Hours float64
}

// A timing is one item with its two ends; a zero done means still open.
type timing struct {
	sources.Evidence
	title       string
	begun, done time.Time
}

// timings returns what can be timed in an answer.
func timings(answer sources.Answer) (all []timing) {
	for _, i := range answer.Incidents {
		all = append(all, timing{i.Evidence, i.Title, i.Opened, i.Resolved})
	}
	for _, i := range answer.Items {
		if i.Kind == sources.Release || i.Kind == sources.Deployment || i.Bot {
			continue
		}
		t := timing{i.Evidence, i.Title, i.Created, time.Time{}}
		if last := len(i.Done) - 1; last >= 0 && i.Done[last].To.IsZero() {
			t.done = i.Done[last].From
		}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b timing) int { return a.begun.Compare(b.begun) })
	return all
}

// durations times the items of an answer. The value of a week is its median.
func durations(answer sources.Answer, window sources.Window) (*Durations, series) {
	d := &Durations{}
	grade := gradeOf(answer.Items)
	for _, i := range answer.Incidents {
		grade = grade.Worse(i.Graded)
	}
	weeks, start, end := window.Weeks(), window.Start(), window.End()
	byWeek := make([][]timing, window.Count)
	all := timings(answer)
	for _, t := range all {
		if !t.done.IsZero() && !t.done.Before(start) && t.done.Before(end) {
			i := slices.Index(weeks, window.WeekOf(t.done))
			byWeek[i] = append(byWeek[i], t)
		}
	}
	s := series{items: make([][]float64, window.Count)}
	var pooled []float64
	for i, week := range weeks {
		hours := apart(byWeek[i])
		slices.Sort(hours)
		s.items[i] = hours
		p := Point{Week: week, State: NothingToMeasure, Graded: grade}
		if len(hours) > 0 {
			p.State, p.Value = Known, stats.Quantile(hours, 0.5)
		} else if p.Reason == "" {
			p.Reason = "nothing was finished in this week"
		}
		if grade.Grade == sources.Ungraded {
			p = Point{Week: week, Graded: grade}
		}
		s.shown = append(s.shown, p)
		d.Weeks = append(d.Weeks, DurationWeek{week, len(byWeek[i]), p.Value})
		d.Finished += len(byWeek[i])
		pooled = append(pooled, hours...)
	}
	slices.Sort(pooled)
	d.Median = quantile(pooled, 0.5)
	d.P85 = quantile(pooled, 0.85)
	d.ages(all, byWeek[len(byWeek)-1], window)
	return d, s
}

func quantile(ascending []float64, p float64) stats.Interval {
	in, _ := stats.QuantileInterval(ascending, p, confidence)
	in.Estimate = stats.Quantile(ascending, p)
	return in
}

// apart returns the hours of items; of those finished within one minute, which
// somebody closed in one go, only that in the middle.
func apart(items []timing) (hours []float64) {
	minutes := map[int64][]float64{}
	var order []int64
	for _, t := range items {
		minute := t.done.Unix() / 60
		if minutes[minute] == nil {
			order = append(order, minute)
		}
		minutes[minute] = append(minutes[minute], t.hours(t.done))
	}
	for _, m := range order {
		slices.Sort(minutes[m])
		hours = append(hours, minutes[m][len(minutes[m])/2])
	}
	return hours
}

func (t timing) hours(until time.Time) float64 { return until.Sub(t.begun).Hours() }

func (t timing) age(until time.Time) Age { return Age{t.Evidence, t.title, t.hours(until)} }

// ages finds what is open at the window's end, and what took longest.
func (d *Durations) ages(all, last []timing, window sources.Window) {
	var cohort []stats.Duration
	start, end := window.Start(), window.End()
	for _, t := range all {
		if !t.begun.Before(end) {
			continue
		}
		open := t.done.IsZero() || !t.done.Before(end)
		until := t.done
		if open {
			until = end
			d.Open++
			if a := t.age(until); a.Hours > d.Oldest.Hours {
				d.Oldest = a
			}
		}
		if !t.begun.Before(start) {
			cohort = append(cohort, stats.Duration{Length: t.hours(until), Finished: !open})
		}
	}
	for _, t := range last {
		if a := t.age(t.done); a.Hours > d.Longest.Hours {
			d.Longest = a
		}
	}
	if _, median, ok := stats.KaplanMeier(cohort); ok && !math.IsNaN(median) {
		d.Expected = median
	}
}
