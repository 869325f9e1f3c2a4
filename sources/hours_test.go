package sources_test

import (
	"testing"
	"time"

	"preread/sources"
)

func TestHours(t *testing.T) {
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	business, off, sleep := sources.Hours{Business: 1}, sources.Hours{Off: 1}, sources.Hours{Sleep: 1}
	for at, want := range map[string]sources.Hours{
		"2026-11-16T08:59:59+01:00": off, "2026-11-16T09:00:00+01:00": business, "2026-11-16T17:59:59+01:00": business, "2026-11-16T18:00:00+01:00": off,
		"2026-11-16T22:59:59+01:00": off, "2026-11-16T23:00:00+01:00": sleep, "2026-11-16T06:59:59+01:00": sleep, "2026-11-16T07:00:00+01:00": off,
		"2026-11-14T12:00:00+01:00": off, "2026-11-15T03:00:00+01:00": sleep, "2026-11-20T12:00:00+01:00": business,
		"2026-11-16T08:30:00Z": business, "2026-07-13T07:30:00Z": business, // the zone's own clock, in winter and in summer
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		var got sources.Hours
		if got.Count(instant, zone); got != want {
			t.Errorf("%s: %+v, want %+v", at, got, want)
		}
	}
}
