package aggregate

import (
	"slices"

	"preread/sources"
)

// Quality holds bugs in and out, week by week, and the bugs themselves.
type Quality struct {
	Opened    []int // bugs created in the week
	Closed    []int // bugs that became closed in the week and were so at its end
	Reopened  []int // bugs that were closed when the week began and did not stay so
	OpenAtEnd []int // bugs that existed and were not closed at the week's end
	Bugs      []sources.Item
}

// quality counts bugs. The value of a week is the number opened in it.
func quality(items []sources.Item, window sources.Window) (*Quality, series) {
	q := &Quality{Bugs: items}
	for _, week := range window.Weeks() {
		from, to := window.Bounds(week)
		at := to.Add(-1)
		opened, closed, reopened, open := 0, 0, 0, 0
		for _, bug := range items {
			if sources.Within([]sources.Span{{From: from, To: to}}, bug.Created) {
				opened++
			}
			done := sources.Within(bug.Done, at)
			if done && slices.ContainsFunc(bug.Done, func(s sources.Span) bool { return s.Holds(at) && !s.From.Before(from) }) {
				closed++
			}
			if slices.ContainsFunc(bug.Done, func(s sources.Span) bool { return s.Holds(from.Add(-1)) && !s.Holds(at) }) {
				reopened++
			}
			if !done && !bug.Created.After(at) {
				open++
			}
		}
		q.Opened, q.Closed = append(q.Opened, opened), append(q.Closed, closed)
		q.Reopened, q.OpenAtEnd = append(q.Reopened, reopened), append(q.OpenAtEnd, open)
	}
	return q, series{shown: weekly(window, gradeOf(items), q.Opened)}
}
