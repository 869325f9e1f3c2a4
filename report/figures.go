package report

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"preread/aggregate"
	"preread/sources"
)

// figure writes a value in the unit of its line: shares as whole percent, counts
// as they are, other numbers with three digits that matter, and finer where it
// would else seem to lie on another side of its target than it does. Like all
// figures here it is plain text: a unit is a stranger's and needs escaping.
func figure(line aggregate.Line, v float64) string {
	return fitted(line.Target, v, scaleOf(line))
}

// fitted writes a value as coarsely as shows on which side of a target it lies.
func fitted(t aggregate.Target, v float64, write scale) string {
	for finer := range finest {
		if text, shown := write(v, finer); sided(t, v, shown) {
			return text
		}
	}
	text, _ := write(v, 0)
	return text
}

// finest is how much finer than usual a figure is written at most.
const finest = 9

// A scale writes values of one kind, finer with each step, and tells the value
// that the text stands for.
type scale func(v float64, finer int) (text string, shown float64)

func scaleOf(line aggregate.Line) scale {
	switch {
	case line.Noun == sources.Durations:
		return inHours
	case line.Unit == "ratio":
		return inPercent
	case line.Noun != sources.Metrics && line.Plan.Aim.IsZero():
		return asCounted
	case line.Target.Green.Percent || line.Target.Red.Percent:
		return inFinePercent // its target is a share, so the reading is one
	}
	return inDigits(3, line.Unit)
}

func asCounted(v float64, _ int) (string, float64) { return strconv.FormatFloat(v, 'f', -1, 64), v }

// inDigits writes at least so many significant digits, before a unit.
func inDigits(least int, unit string) scale {
	return func(v float64, finer int) (string, float64) {
		text := rounded(v, least+finer)
		return strings.TrimSpace(text + " " + unit), valueOf(text)
	}
}

func inPercent(share float64, finer int) (string, float64) {
	text := strconv.FormatFloat(share*100, 'f', finer, 64)
	if finer == 0 {
		text = strconv.FormatFloat(math.Round(share*100), 'f', -1, 64)
	}
	return text + " %", valueOf(text) / 100
}

func inFinePercent(share float64, finer int) (string, float64) {
	text := rounded(share*100, 4+finer)
	return text + " %", valueOf(text) / 100
}

func inHours(h float64, finer int) (string, float64) {
	d := time.Duration(h * float64(time.Hour))
	text, shown := spell(d)
	switch {
	case finer == 1 && d >= 48*time.Hour:
		text, shown = spellHours(d)
	case finer > 1:
		shown = d.Round(time.Second)
		text = fmt.Sprintf("%d h %02d min %02d s", int(shown.Hours()), int(shown.Minutes())%60, int(shown.Seconds())%60)
	}
	return text, shown.Hours()
}

func valueOf(text string) float64 {
	v, _ := strconv.ParseFloat(text, 64) // it was just written from a number
	return v
}

// sided reports whether what is shown lies where the value does: below, at or
// above each line of a target.
func sided(t aggregate.Target, v, shown float64) bool {
	for _, l := range []aggregate.Limit{t.Green, t.Red} {
		if !l.IsZero() && sideOf(v, l.Value) != sideOf(shown, l.Value) {
			return false
		}
	}
	return true
}

// sideOf compares two numbers as far as arithmetic leaves them apart.
func sideOf(a, b float64) int {
	if math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b)) {
		return 0
	}
	return cmp.Compare(a, b)
}

func percent(share float64) string {
	text, _ := inPercent(share, 0)
	return text
}

// number writes a number with three significant digits.
func number(v float64) string { return rounded(v, 3) }

// rounded writes a number with so many significant digits, or all of those
// before the point; with a power of ten where it would be too long to read.
func rounded(v float64, significant int) string {
	switch size := math.Abs(v); {
	case v == 0:
		return "0"
	case size < 1e-9 || size >= 1e15:
		return strconv.FormatFloat(v, 'g', significant, 64)
	}
	digits := significant - 1 - int(math.Floor(math.Log10(math.Abs(v))))
	s := strconv.FormatFloat(v, 'f', max(0, digits), 64)
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
	switch {
	case p.Grade == sources.Partial && counts(line):
		return "≥ " + s
	case p.Grade == sources.Partial, p.Grade == sources.Approximate:
		return "≈ " + s
	}
	return s
}

// counts reports a line whose figure can only grow by what was not seen. A share,
// a reading or a median of a part may lie on either side of the whole.
func counts(line aggregate.Line) bool {
	switch line.Noun {
	case sources.Quality, sources.Incidents, sources.Alarms, sources.Shipped:
		return true
	case sources.Goals:
		return line.Plan.Aim.IsZero()
	}
	return false
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
			share := (p.Value/2 - low/2) / (high/2 - low/2) // halves, since the whole may be more than a number holds
			b.WriteRune(blocks[int(math.Round(share*float64(len(blocks)-1)))])
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
	text, _ := spell(d)
	return text
}

// spell is took, with the duration that its words stand for.
func spell(d time.Duration) (string, time.Duration) {
	switch {
	case d < time.Minute:
		return "under a minute", d
	case d < time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d min", int(d.Minutes())), d
	case d < 48*time.Hour:
		return spellHours(d)
	}
	d = d.Round(24 * time.Hour)
	return fmt.Sprintf("%d days", int(d.Hours()/24)), d
}

// spellHours writes a duration in hours and minutes, however long it is.
func spellHours(d time.Duration) (string, time.Duration) {
	d = d.Round(time.Minute)
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d h", int(d.Hours())), d
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60), d
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
	if *a.Points == 1 {
		s = "1 point"
	}
	if a.Unestimated > 0 {
		s += fmt.Sprintf(", %d not estimated", a.Unestimated)
	}
	return s
}
