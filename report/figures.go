package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"preread/aggregate"
	"preread/sources"
)

// figure writes a value in the unit of its line: shares as whole percent,
// counts as they are, other numbers with three digits that matter. Like all
// figures here it is plain text: a unit is a stranger's and needs escaping.
func figure(line aggregate.Line, v float64) string {
	switch {
	case line.Noun == sources.Durations:
		return hours(v)
	case line.Unit == "ratio":
		return percent(v)
	case line.Noun != sources.Metrics && line.Plan.Aim.IsZero():
		return strconv.FormatFloat(v, 'f', -1, 64)
	case line.Target.Green.Percent || line.Target.Red.Percent:
		return rounded(v*100, 4) + " %" // its target is a share, so the reading is one
	}
	return strings.TrimSpace(number(v) + " " + line.Unit)
}

func percent(share float64) string { return strconv.Itoa(int(math.Round(share*100))) + " %" }

// number writes a number with three significant digits.
func number(v float64) string { return rounded(v, 3) }

// rounded writes a number with so many significant digits, or all of those
// before the point.
func rounded(v float64, significant int) string {
	if v == 0 {
		return "0"
	}
	digits := significant - 1 - int(math.Floor(math.Log10(math.Abs(v))))
	s := strconv.FormatFloat(v, 'f', max(0, min(digits, 9)), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// cell writes a week's value for a table: "?" where it is unknown, "–" where
// there was nothing to measure, and a mark on what is not exact.
func cell(line aggregate.Line, p aggregate.Point) string {
	switch p.State {
	case aggregate.NotKnown:
		return "?"
	case aggregate.NothingToMeasure:
		return "–"
	}
	s := figure(line, p.Value)
	switch p.Grade {
	case sources.Partial:
		return "≥ " + s
	case sources.Approximate:
		return "≈ " + s
	}
	return s
}

// current writes where a line stands: a goal as done of total, any other line
// by its last week, or by the last one that had something to measure.
func current(f aggregate.Finding) string {
	if f.Goal != nil {
		return goalFigure(f, f.Goal.Last())
	}
	for i := len(f.Weeks) - 1; i >= 0; i-- {
		switch {
		case f.Weeks[i].State == aggregate.NothingToMeasure:
			continue
		case i < len(f.Weeks)-1:
			return cell(f.Line, f.Weeks[i]) + " in " + f.Weeks[i].Week.Short()
		}
		return cell(f.Line, f.Weeks[i])
	}
	return "–"
}

const sparks = "▁▂▃▄▅▆▇█"

// spark draws a series in one word: blocks from zero (or the least, if that is
// below zero) to the most, "?" for an unknown week, "–" for nothing to measure.
func spark(points []aggregate.Point) string {
	low, high := 0.0, 0.0
	for _, p := range points {
		if p.State == aggregate.Known {
			low, high = min(low, p.Value), max(high, p.Value)
		}
	}
	blocks := []rune(sparks)
	var b strings.Builder
	for _, p := range points {
		switch {
		case p.State == aggregate.NotKnown:
			b.WriteByte('?')
		case p.State == aggregate.NothingToMeasure:
			b.WriteRune('–')
		case high == low:
			b.WriteRune(blocks[0])
		default:
			b.WriteRune(blocks[int(math.Round((p.Value-low)/(high-low)*float64(len(blocks)-1)))])
		}
	}
	return b.String()
}

// day writes a date as people say it: "16 November 2026".
func day(d sources.Day) string { return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year) }

// days writes the dates of a week: "9–15 November 2026".
func days(w sources.Week) string {
	from, to := w.Monday(), w.Sunday()
	switch {
	case from.Year != to.Year:
		return day(from) + " – " + day(to)
	case from.Month != to.Month:
		return fmt.Sprintf("%d %s – %s", from.Day, from.Month, day(to))
	}
	return fmt.Sprintf("%d–%s", from.Day, day(to))
}

// moment writes an instant in the page's zone: "Tue 10 Nov 14:05".
func moment(t time.Time, zone sources.Zone) string {
	return t.In(zone.Location()).Format("Mon 2 Jan 15:04")
}

// took writes a duration as people say it.
func took(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "under a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		if d%time.Hour == 0 {
			return fmt.Sprintf("%d h", int(d.Hours()))
		}
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(math.Round(d.Hours()/24)))
}

// hours writes a number of hours as people say it.
func hours(h float64) string { return took(time.Duration(h * float64(time.Hour))) }

// count writes a number with its noun: "1 item", "3 items".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// points writes a sum of estimates, "no estimate" for none.
func points(a aggregate.Amount) string {
	if a.Points == nil {
		return "not estimated"
	}
	s := number(*a.Points) + " points"
	if a.Unestimated > 0 {
		s += fmt.Sprintf(", %d not estimated", a.Unestimated)
	}
	return s
}
