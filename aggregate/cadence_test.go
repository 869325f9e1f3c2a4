package aggregate_test

import (
	"testing"

	"preread/aggregate"
	"preread/sources"
)

func TestCadence(t *testing.T) {
	due := map[aggregate.Cadence]int{}
	for week := (sources.Week{Year: 2019, N: 50}); week.Year < 2034; week = week.Add(1) {
		if c := aggregate.Fortnightly; c.Due(week) == c.Due(week.Add(1)) {
			t.Errorf("%s and the week after are both told, or neither is", week)
		}
	}
	for week := (sources.Week{Year: 2026, N: 1}); week.Year == 2026; week = week.Add(1) {
		for _, c := range []aggregate.Cadence{aggregate.Weekly, aggregate.Fortnightly, aggregate.Monthly} {
			if c.Due(week) {
				due[c]++
			}
		}
	}
	if due[aggregate.Weekly] != 53 || due[aggregate.Fortnightly] != 26 || due[aggregate.Monthly] != 12 {
		t.Errorf("due %v", due)
	}
	var c aggregate.Cadence
	if err := c.UnmarshalText([]byte("monthly")); err != nil || c != aggregate.Monthly {
		t.Errorf("%v %v", c, err)
	}
	if err := c.UnmarshalText([]byte("daily")); err == nil {
		t.Error("daily is read")
	}
}
