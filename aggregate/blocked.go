package aggregate

import (
	"slices"
	"time"

	"preread/sources"
)

// A Blocked is an item that somebody flagged, or that waits for another, and
// for how many working days it has by the week's end.
type Blocked struct {
	Item  sources.Item
	Since time.Time
	Days  int
}

// blockedDays is how many working days an item may be blocked before its
// manager's boss should hear of it.
const blockedDays = 2

// blocked lists what in a goal's scope is not done and has been blocked for
// longer than two working days at the window's end, longest first.
func blocked(items []sources.Item, window sources.Window, holidays []sources.Day) (all []Blocked) {
	end := window.End()
	at := end.Add(-1)
	for _, item := range items {
		if !sources.Within(item.Scope, at) || sources.Within(item.Done, at) {
			continue
		}
		i := slices.IndexFunc(item.Blocked, func(s sources.Span) bool { return s.Holds(at) })
		if i < 0 {
			continue
		}
		since := item.Blocked[i].From
		if days := workingDaysBetween(since, end, window.Zone, holidays); days > blockedDays {
			all = append(all, Blocked{item, since, days})
		}
	}
	slices.SortStableFunc(all, func(a, b Blocked) int { return a.Since.Compare(b.Since) })
	return all
}

// workingDaysBetween counts the working days that lie whole between two
// instants.
func workingDaysBetween(from, to time.Time, zone sources.Zone, holidays []sources.Day) (n int) {
	loc := zone.Location()
	for d := sources.DayOf(from.In(loc)).Add(1); !d.Add(1).Time(loc).After(to); d = d.Add(1) {
		weekday := d.Time(time.UTC).Weekday()
		if weekday != time.Saturday && weekday != time.Sunday && !slices.Contains(holidays, d) {
			n++
		}
	}
	return n
}
