package sources

import (
	"cmp"
	"fmt"
	"time"
)

// A Week is an ISO 8601 week: Monday to Sunday, named by the year that holds
// its Thursday. Weeks are comparable with ==. The zero Week is no week.
// Which instants belong to it depends on a zone; see [Window.Bounds].
type Week struct {
	Year int
	N    int // 1 to 52 or 53
}

// WeekOf returns the week that an instant falls into, in the given zone.
func WeekOf(t time.Time, zone Zone) Week {
	year, n := t.In(zone.Location()).ISOWeek()
	return Week{year, n}
}

// ParseWeek reads "2026-W46".
func ParseWeek(s string) (Week, error) {
	var w Week
	if n, err := fmt.Sscanf(s, "%4d-W%2d", &w.Year, &w.N); err != nil || n != 2 || w.String() != s || !w.valid() {
		return Week{}, fmt.Errorf("%q is not an ISO week such as 2026-W46", OneLine(s, 40))
	}
	return w, nil
}

func (w Week) valid() bool {
	return w.Year >= 1970 && w.Year <= 9999 && w.N >= 1 && w.Add(0) == w
}

// String returns the week as "2026-W46".
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.N) }

// Short returns the week without its year, as "W46".
func (w Week) Short() string { return fmt.Sprintf("W%02d", w.N) }

// IsZero reports whether w is no week.
func (w Week) IsZero() bool { return w == Week{} }

// Add returns the week n weeks later, or earlier for a negative n.
func (w Week) Add(n int) Week {
	year, week := w.Monday().Time(time.UTC).AddDate(0, 0, 7*n).ISOWeek()
	return Week{year, week}
}

// Compare orders weeks by time: -1, 0 or +1.
func (w Week) Compare(o Week) int {
	return cmp.Or(cmp.Compare(w.Year, o.Year), cmp.Compare(w.N, o.N))
}

// Monday returns the first day of the week.
func (w Week) Monday() Day {
	// The 4th of January is always in week 1.
	fourth := time.Date(w.Year, time.January, 4, 0, 0, 0, 0, time.UTC)
	sinceMonday := (int(fourth.Weekday()) + 6) % 7
	return DayOf(fourth.AddDate(0, 0, 7*(w.N-1)-sinceMonday))
}

// Sunday returns the last day of the week.
func (w Week) Sunday() Day { return w.Monday().Add(6) }

// MarshalText returns the week as "2026-W46"; the zero Week is empty.
func (w Week) MarshalText() ([]byte, error) {
	if w.IsZero() {
		return nil, nil
	}
	return []byte(w.String()), nil
}

// UnmarshalText reads "2026-W46", or nothing for the zero Week.
func (w *Week) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*w = Week{}
		return nil
	}
	*w, err = ParseWeek(string(text))
	return err
}

// A Day is a date without a zone, such as a due date. The zero Day is no day.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf returns the date that t shows in its own location.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// ParseDay reads "2026-11-16".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, fmt.Errorf("%q is not a date such as 2026-11-16", OneLine(s, 40))
	}
	return DayOf(t), nil
}

// String returns the day as "2026-11-16".
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d == Day{} }

// Add returns the day n days later.
func (d Day) Add(n int) Day { return DayOf(d.Time(time.UTC).AddDate(0, 0, n)) }

// Until counts the days from one date to another; below 0 if that is earlier.
func (d Day) Until(o Day) int {
	return int(o.Time(time.UTC).Sub(d.Time(time.UTC)).Hours() / 24)
}

// Compare orders days by time: -1, 0 or +1.
func (d Day) Compare(o Day) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// Time returns the first instant of the day in a location. Where the clocks
// skip midnight, that is the instant after the gap; where midnight comes
// twice, it is the first one.
func (d Day) Time(loc *time.Location) time.Time {
	if loc == time.UTC {
		return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	}
	// The day cannot begin before the noon of the day before it; from there,
	// the first instant that shows this date is midnight by the clock then in
	// force, or the change of clocks that jumps over it.
	t := time.Date(d.Year, d.Month, d.Day-1, 12, 0, 0, 0, loc)
	for {
		_, offset := t.Zone()
		midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(-time.Duration(offset) * time.Second)
		_, end := t.ZoneBounds()
		if end.IsZero() || midnight.Before(end) {
			return midnight.In(loc)
		}
		if DayOf(end.In(loc)).Compare(d) >= 0 {
			return end.In(loc)
		}
		t = end
	}
}

// MarshalText returns the day as "2026-11-16"; the zero Day is empty.
func (d Day) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads "2026-11-16", or nothing for the zero Day.
func (d *Day) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	*d, err = ParseDay(string(text))
	return err
}

// A Zone is a named time zone. The zero Zone is UTC. Zones compare by name.
type Zone struct{ loc *time.Location }

// LoadZone finds a zone by its IANA name, such as "Europe/Berlin". "Local" is
// refused: a page must not depend on the machine that made it.
func LoadZone(name string) (Zone, error) {
	if name == "" || name == "Local" {
		return Zone{}, fmt.Errorf("%q is not a time zone such as Europe/Berlin", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return Zone{}, fmt.Errorf("%q is not a time zone such as Europe/Berlin", OneLine(name, 40))
	}
	return Zone{loc}, nil
}

// Location returns the zone for package time.
func (z Zone) Location() *time.Location {
	if z.loc == nil {
		return time.UTC
	}
	return z.loc
}

// String returns the zone's name.
func (z Zone) String() string { return z.Location().String() }

// Equal reports whether both zones have one name.
func (z Zone) Equal(o Zone) bool { return z.String() == o.String() }

// MarshalText returns the zone's name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// UnmarshalText finds the zone by its name.
func (z *Zone) UnmarshalText(text []byte) (err error) {
	*z, err = LoadZone(string(text))
	return err
}

// A Window is the stretch of whole weeks that a report looks at. The last
// weeks of it are shown on the page; those before them are only the baseline
// that the shown ones are compared with.
type Window struct {
	Last  Week      `json:"last"`            // the last complete week, the one reported on
	Count int       `json:"weeks"`           // how many weeks are asked about, at least 1
	Shown int       `json:"shown,omitempty"` // how many of them the page shows; 0: all
	Zone  Zone      `json:"timezone"`        // where a week begins and ends
	Now   time.Time `json:"now"`             // when the facts were asked for
}

// Page returns the window of the shown weeks alone.
func (w Window) Page() Window {
	if w.Shown > 0 {
		w.Count = min(w.Shown, w.Count)
	}
	w.Shown = 0
	return w
}

// First returns the first week of the window.
func (w Window) First() Week { return w.Last.Add(1 - w.Count) }

// Weeks returns the weeks of the window, oldest first.
func (w Window) Weeks() []Week {
	weeks := make([]Week, w.Count)
	for i := range weeks {
		weeks[i] = w.Last.Add(i + 1 - w.Count)
	}
	return weeks
}

// Bounds returns the half-open stretch [from, to) of a week in the window's
// zone. It is 167 or 169 hours long where the clocks change.
func (w Window) Bounds(week Week) (from, to time.Time) {
	monday := week.Monday()
	return monday.Time(w.Zone.Location()), monday.Add(7).Time(w.Zone.Location())
}

// Start returns the first instant of the first week.
func (w Window) Start() time.Time {
	from, _ := w.Bounds(w.First())
	return from
}

// End returns the first instant after the last week.
func (w Window) End() time.Time {
	_, to := w.Bounds(w.Last)
	return to
}

// WeekOf returns the week of an instant in the window's zone, inside the
// window or not.
func (w Window) WeekOf(t time.Time) Week { return WeekOf(t, w.Zone) }

// Holds reports whether an instant lies in one of the window's weeks.
func (w Window) Holds(t time.Time) bool { return !t.Before(w.Start()) && t.Before(w.End()) }
