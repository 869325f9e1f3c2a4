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
	"fmt"
	"slices"
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

	Holidays []sources.Day // on which nobody works
}

// dueDay returns the first session after the week's end, and the day on which the
// page should be sent: the last working day before it. Nobody can send a page
// before its week is over: where no working day is between, it is the session's
// own day.
func (f Frame) dueDay(week sources.Week) (due sources.Day, session sources.Day) {
	monday := week.Add(1).Monday()
	session = monday.Add((int(f.Session) + 6) % 7)
	for due = session.Add(-1); due.Compare(monday) >= 0; due = due.Add(-1) {
		if f.works(due) {
			return due, session
		}
	}
	return session, session
}

// works reports a working day.
func (f Frame) works(d sources.Day) bool {
	weekday := d.Time(time.UTC).Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !slices.Contains(f.Holidays, d)
}

// dueWords says until when the page is to be sent, and for which session.
func (f Frame) dueWords(week sources.Week) string {
	due, session := f.dueDay(week)
	when := day(session)
	if slices.Contains(f.Holidays, session) {
		when += " (a holiday)"
	}
	if due == session {
		return fmt.Sprintf("send before the session, %s, %s", when, f.Clock)
	}
	return fmt.Sprintf("send by %s, session %s, %s", day(due), when, f.Clock)
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
