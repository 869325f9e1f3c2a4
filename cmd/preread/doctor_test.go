package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
)

// A source's clock is held against this machine's as of its answer, however long
// others take.
func TestClocksAreComparedWhenTheyWereTold(t *testing.T) {
	at := time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)
	s := sources.Source{Name: "jira", Health: func() sources.Health { return sources.Health{Clock: at} }}
	for after, want := range map[time.Duration][]finding{
		time.Second:     nil,
		5 * time.Minute: {{"jira", noteState, "its clock and this machine's are 5 minutes apart", "set the clock of one of them; weeks are cut by this machine's"}},
	} {
		late := func() time.Time { return at.Add(time.Hour) } // by then all have answered
		e := &examination{program: &program{now: late}, heard: map[string]time.Time{"jira": at.Add(after)}}
		e.health(s)
		if diff := cmp.Diff(want, e.findings, cmp.AllowUnexported(finding{})); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", after, diff)
		}
	}
}
