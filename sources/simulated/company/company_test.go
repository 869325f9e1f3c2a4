package company_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/company"
)

var now = time.Date(2026, 11, 16, 5, 0, 0, 0, time.UTC)

func TestACompanyIsAFunctionOfSeedAndInstant(t *testing.T) {
	a, err := company.New(1, now)
	if err != nil {
		t.Fatal(err)
	}
	b, err := company.New(1, now)
	if err != nil {
		t.Fatal(err)
	}
	same := cmp.Comparer(func(a, b sources.Zone) bool { return a.Equal(b) })
	if diff := cmp.Diff(a, b, same); diff != "" {
		t.Error(diff)
	}
	other, err := company.New(2, now)
	if err != nil {
		t.Fatal(err)
	}
	if cmp.Equal(a.Teams, other.Teams, same) {
		t.Error("another seed gives the same teams")
	}
}

// Nothing is later than now, what follows is later than what it follows, and
// one sprint at most runs in a team.
func TestNothingLiesInTheFuture(t *testing.T) {
	for seed := range uint64(20) {
		c, err := company.New(seed, now.Add(time.Duration(seed)*29*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		past := func(what string, at time.Time, after time.Time) {
			if at.IsZero() {
				return
			}
			if at.After(c.Now) || at.Before(after) {
				t.Errorf("seed %d: %s at %s, after %s, now %s", seed, what, at, after, c.Now)
			}
		}
		for _, team := range c.Teams {
			running := 0
			for _, s := range team.Sprints {
				past("start of "+s.Name, s.Start, c.Start())
				past("close of "+s.Name, s.Completed, s.Start)
				if s.Completed.IsZero() {
					running++
				}
			}
			if running > 1 || len(team.Sprints) < 15 {
				t.Errorf("seed %d: team %s has %d sprints, %d running", seed, team.ID, len(team.Sprints), running)
			}
			for _, i := range team.Incidents {
				past("opening of "+i.Title, i.Opened, c.Start())
				past("acknowledgement of "+i.Title, i.Acknowledged, i.Opened)
				past("end of "+i.Title, i.Resolved, i.Acknowledged)
				for _, f := range i.FollowUps {
					past("follow-up of "+i.Title, f.Created, i.Opened)
					past("end of a follow-up of "+i.Title, f.Done, f.Created)
				}
			}
		}
	}
}
