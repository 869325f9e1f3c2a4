// Package report puts judgements into words: the page that a manager edits and
// sends, its JSON twin, and the verdict for CI.
//
// A page is Markdown. Most of it is the program's; between marks are slots in
// which people write, and what they wrote is kept byte for byte whenever the
// page is made again (see [ParsePage] and [Document.Merge]). The order of a
// page never depends on how things stand, so that a reader finds each line
// where it was last week.
//
// Everything here is a pure function of its arguments. Reading and writing
// files is left to the program.
package report

import (
	"time"

	"preread/aggregate"
	"preread/sources"
)

// A Frame is what the settings say about the page itself.
type Frame struct {
	Title   string
	Reader  string       // "" if not said
	Session time.Weekday // the day of the working session
	Clock   string       // its time, "10:00"; "" if no session was said
	Charts  bool         // the page shows charts, from files beside it
}

// dueDay returns the day on which the page should be sent: the last working
// day before the first session after the week's end.
func (f Frame) dueDay(week sources.Week) (due sources.Day, session sources.Day) {
	session = week.Add(1).Monday().Add((int(f.Session) + 6) % 7)
	due = session.Add(-1)
	for due.Time(time.UTC).Weekday() == time.Saturday || due.Time(time.UTC).Weekday() == time.Sunday {
		due = due.Add(-1)
	}
	return due, session
}

// heading returns the page's title: the one in the settings, else the names
// of the teams.
func (f Frame) heading(r aggregate.Report) string {
	if f.Title != "" {
		return f.Title
	}
	title := ""
	for i, t := range r.Teams {
		if i > 0 {
			title += ", "
		}
		title += t.Name
	}
	return title
}
