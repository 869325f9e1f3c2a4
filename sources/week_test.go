package sources_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
)

func zone(t testing.TB, name string) sources.Zone {
	t.Helper()
	z, err := sources.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseWeek(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want sources.Week
		ok   bool
	}{
		{"2026-W46", sources.Week{Year: 2026, N: 46}, true},
		{"2026-W53", sources.Week{Year: 2026, N: 53}, true},
		{"2025-W53", sources.Week{}, false}, // 2025 has 52
		{"2026-W00", sources.Week{}, false},
		{"2026-W54", sources.Week{}, false},
		{"2026-W4", sources.Week{}, false},
		{"2026-46", sources.Week{}, false},
		{"2026-W46 ", sources.Week{}, false},
		{"+026-W46", sources.Week{}, false},
		{"", sources.Week{}, false},
	} {
		got, err := sources.ParseWeek(tt.in)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("ParseWeek(%q) = %v, %v; want %v, ok %v", tt.in, got, err, tt.want, tt.ok)
		}
	}
}

func TestWeekEdges(t *testing.T) {
	for _, tt := range []struct {
		week           string
		monday, sunday string
	}{
		{"2026-W01", "2025-12-29", "2026-01-04"},
		{"2026-W53", "2026-12-28", "2027-01-03"},
		{"2026-W46", "2026-11-09", "2026-11-15"},
		{"2024-W09", "2024-02-26", "2024-03-03"}, // a leap day inside
	} {
		w, err := sources.ParseWeek(tt.week)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{w.Monday().String(), w.Sunday().String()}; got != [2]string{tt.monday, tt.sunday} {
			t.Errorf("%s runs from %s to %s, want %s to %s", tt.week, got[0], got[1], tt.monday, tt.sunday)
		}
	}
}

func TestBoundsWhereClocksChange(t *testing.T) {
	for _, tt := range []struct {
		zone, week string
		from, to   string
	}{
		{"Europe/Berlin", "2026-W13", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"}, // 167 h
		{"Europe/Berlin", "2026-W43", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"}, // 169 h
		{"UTC", "2026-W13", "2026-03-23T00:00:00Z", "2026-03-30T00:00:00Z"},
		// Midnight of Sunday, 31 March 2024 did not exist in Beirut; its week does not begin there.
		{"Asia/Beirut", "2024-W13", "2024-03-24T22:00:00Z", "2024-03-31T21:00:00Z"},
		// In Cairo the clocks once went back from midnight of Friday to 23:00.
		{"Africa/Cairo", "2023-W43", "2023-10-22T21:00:00Z", "2023-10-29T22:00:00Z"},
	} {
		w, err := sources.ParseWeek(tt.week)
		if err != nil {
			t.Fatal(err)
		}
		from, to := sources.Window{Last: w, Count: 1, Zone: zone(t, tt.zone)}.Bounds(w)
		got := [2]string{from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339)}
		if got != [2]string{tt.from, tt.to} {
			t.Errorf("%s in %s is %v, want [%s %s]", tt.week, tt.zone, got, tt.from, tt.to)
		}
	}
}

// zones change their clocks in every way there is: at midnight, by half an
// hour, by a whole day, never.
var zones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe",
	"Pacific/Apia", "Asia/Kolkata", "America/Havana", "Asia/Tehran", "America/Asuncion", "Africa/Casablanca",
}

// A day begins at the first instant that shows its date, wherever it is.
func TestDayBeginsAtItsFirstInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		d := sources.DayOf(time.Unix(rapid.Int64Range(631152000, 1893456000).Draw(t, "unix"), 0).In(loc))
		start := d.Time(loc)
		if got := sources.DayOf(start.In(loc)); got != d {
			t.Fatalf("%s in %s starts at %s, which shows %s", d, name, start, got)
		}
		before := start.Add(-1).In(loc)
		if got := sources.DayOf(before); got.Compare(d) >= 0 {
			t.Fatalf("%s in %s starts at %s, but %s shows %s already", d, name, start, before, got)
		}
	})
}

// Weeks tile time: every instant lies in exactly the week that WeekOf names.
func TestWeeksTileTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, err := sources.LoadZone(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(631152000, 1893456000).Draw(t, "unix"), 0)
		week := sources.WeekOf(at, z)
		window := sources.Window{Last: week, Count: 3, Zone: z}
		from, to := window.Bounds(week)
		if at.Before(from) || !at.Before(to) {
			t.Fatalf("%s is said to lie in %s, which is %s to %s", at, week, from, to)
		}
		if _, end := window.Bounds(week.Add(-1)); !end.Equal(from) {
			t.Fatalf("%s ends at %s, %s begins at %s", week.Add(-1), end, week, from)
		}
		if !window.Start().Equal(first(window.Bounds(window.Weeks()[0]))) || !window.End().Equal(to) {
			t.Fatalf("window %v is %s to %s", window, window.Start(), window.End())
		}
		n := rapid.IntRange(-600, 600).Draw(t, "n")
		if got := week.Add(n).Add(-n); got != week {
			t.Fatalf("%s + %d - %d = %s", week, n, n, got)
		}
		if again, err := sources.ParseWeek(week.String()); err != nil || again != week {
			t.Fatalf("%s reads back as %v, %v", week, again, err)
		}
	})
}

func first(a, _ time.Time) time.Time { return a }

func TestWindowWeeks(t *testing.T) {
	w := sources.Window{Last: sources.Week{Year: 2026, N: 2}, Count: 4}
	want := []sources.Week{{Year: 2025, N: 51}, {Year: 2025, N: 52}, {Year: 2026, N: 1}, {Year: 2026, N: 2}}
	if diff := cmp.Diff(want, w.Weeks()); diff != "" {
		t.Error(diff)
	}
	if w.First() != want[0] {
		t.Errorf("First() = %s", w.First())
	}
}

func TestDaysUntil(t *testing.T) {
	day := sources.Day{Year: 2026, Month: 12, Day: 30}
	for _, n := range []int{-400, -1, 0, 1, 3, 366} {
		if got := day.Until(day.Add(n)); got != n {
			t.Errorf("%d days are counted as %d", n, got)
		}
	}
}
