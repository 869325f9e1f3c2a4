package aggregate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate"
	"preread/sources"
)

func TestIncidentsWithoutFollowUps(t *testing.T) {
	over := func(ref string, week, day int) sources.Incident {
		return sources.Incident{Evidence: sources.Evidence{Ref: ref}, Opened: at(t, week, day), Resolved: at(t, week, day), Graded: sources.Whole()}
	}
	planned := over("planned", 43, 1)
	planned.FollowUps = []sources.FollowUp{{Title: "mop"}}
	partly := over("partly seen", 43, 1)
	partly.Graded = sources.Graded{Grade: sources.Partial, Reason: "sub-issues that are not shown to this token: 1"}
	open := over("open", 43, 1)
	open.Resolved = time.Time{}
	all := []sources.Incident{over("long over", 43, 1), over("before the page", 40, 1), over("over a week", 45, 2), over("a week", 45, 5), planned, partly, open}
	facts := sources.Facts{Window: window(t), Answers: []sources.Answer{{Question: sources.Question{Team: "t", Line: "incidents"}, Incidents: all}}}
	for days, want := range map[int][]string{
		0:  {"long over 18", "over a week 8"},
		3:  {"long over 18", "over a week 8", "a week 5"},
		17: {"long over 18"},
	} {
		line := aggregate.Line{ID: "incidents", Noun: sources.Incidents, Better: aggregate.Lower, FollowUpDays: days}
		holiday := sources.Week{Year: 2026, N: 44}.Monday()
		r := aggregate.Judge([]aggregate.Team{{ID: "t", Holidays: []sources.Day{holiday}, Lines: []aggregate.Line{line}}}, facts)
		var got []string
		for _, u := range r.Teams[0].Lines[0].Incidents.Unscheduled {
			got = append(got, fmt.Sprintf("%s %d", u.Ref, u.Days))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", days, diff)
		}
	}
}

// What was opened after the page's weeks and is over belongs to a later page, with
// its follow-ups; what is not over yet is no surprise for anybody.
func TestIncidentsAfterThePage(t *testing.T) {
	left := []sources.FollowUp{{Title: "mop"}}
	incident := func(ref string, opened, resolved time.Time) sources.Incident {
		return sources.Incident{Evidence: sources.Evidence{Ref: ref}, Opened: opened, Resolved: resolved, FollowUps: left, Graded: sources.Whole()}
	}
	f := judgeOne(t, aggregate.Line{Noun: sources.Incidents, Better: aggregate.Lower}, sources.Answer{Incidents: []sources.Incident{
		incident("over before, work left", at(t, 40, 1), at(t, 40, 2)), incident("in the week", at(t, 46, 1), at(t, 46, 1)),
		incident("after it, over", at(t, 47, 1), at(t, 47, 1)), incident("after it, not over", at(t, 47, 1), time.Time{}),
	}})
	var got []string
	for _, in := range f.Incidents.Incidents {
		got = append(got, in.Ref)
	}
	if diff := cmp.Diff([]string{"over before, work left", "in the week", "after it, not over"}, got); diff != "" {
		t.Errorf("incidents (-want +got):\n%s", diff)
	}
}
