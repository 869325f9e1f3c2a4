package history

import (
	"fmt"
	"time"

	"preread/sources"
)

// splice returns what is true of a before an instant, and of b from then on.
// Both are in order and do not overlap. What holds on both sides of the seam
// is one span.
func splice(a, b []sources.Span, at time.Time) []sources.Span {
	var out []sources.Span
	for _, s := range a {
		if !s.From.Before(at) {
			break
		}
		if s.To.IsZero() || s.To.After(at) {
			s.To = at
		}
		out = append(out, s)
	}
	for _, s := range b {
		if !s.To.IsZero() && !s.To.After(at) {
			continue
		}
		if s.From.Before(at) {
			s.From = at
		}
		if n := len(out); n > 0 && s.From.Equal(at) && out[n-1].To.Equal(at) {
			out[n-1].To = s.To
			continue
		}
		out = append(out, s)
	}
	return out
}

// A step is the grade of what an item tells from an instant on, until the next
// step. A source grades what it tells of the stretch that it was asked about;
// what it told of earlier weeks keeps the grade that it had then.
type step struct {
	From time.Time `json:"from"`
	sources.Graded
}

// spliceSteps is splice for grades.
func spliceSteps(a, b []step, at time.Time) []step {
	var out []step
	for _, s := range a {
		if s.From.Before(at) {
			out = append(out, s)
		}
	}
	for i, s := range b {
		if i+1 < len(b) && !b[i+1].From.After(at) {
			continue
		}
		if s.From.Before(at) {
			s.From = at
		}
		if n := len(out); n > 0 && out[n-1].Graded == s.Graded {
			continue
		}
		out = append(out, s)
	}
	return out
}

// gradeFrom returns the worst grade of what is told from an instant on. since
// is when there first was something to tell of.
func gradeFrom(steps []step, start, since time.Time) sources.Graded {
	grade := sources.Whole()
	for i, s := range steps {
		if i+1 < len(steps) && !steps[i+1].From.After(start) {
			continue
		}
		grade = grade.Worse(s.Graded)
	}
	if len(steps) > 0 && steps[0].From.After(start) && since.Before(steps[0].From) {
		grade = grade.Worse(sources.Graded{Grade: sources.Approximate,
			Reason: fmt.Sprintf("it is new here, and what it was before %s has not been read yet", sources.DayOf(steps[0].From))})
	}
	return grade
}
