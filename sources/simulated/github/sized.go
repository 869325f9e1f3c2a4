package github

import (
	"fmt"
	"time"
)

// Sized is the world for tests of paging: one repository, kettle/sized, with n
// of everything between five weeks and one week before now. The issues are in
// the milestone "All of it" and have the bug label; half of them are closed.
// Times come in bunches, several entries to a second.
func Sized(n int, now time.Time) *Org {
	r := &Repo{
		Owner: "kettle", Name: "sized",
		Labels:     []string{BugLabel, IncidentLabel, FollowUpLabel, "sev1"},
		Milestones: []Milestone{{Title: "All of it", Created: now.AddDate(0, 0, -40)}},
	}
	from, to := now.AddDate(0, 0, -35).UTC().Truncate(time.Second), now.AddDate(0, 0, -8)
	bunch := 7
	step := to.Sub(from) / time.Duration(n/bunch+1)
	for k := range n {
		at := from.Add(step * time.Duration(k/bunch)).Truncate(time.Second)
		end := at.Add(time.Hour)
		person := User{Login: people[k%len(people)]}
		bug := &Issue{Title: fmt.Sprintf("Cup %d leaks", k), Author: person, Created: at, Events: []Event{{at, Labeled, BugLabel}, {at, Milestoned, "All of it"}}}
		if k%2 == 0 {
			bug.Events = append(bug.Events, Event{end, Closed, ""})
		}
		pull := &Issue{Title: fmt.Sprintf("Glaze cup %d", k), Author: person, Created: at, Pull: &Pull{}, Events: []Event{{end, Merged, ""}}}
		incident := &Issue{
			Title: fmt.Sprintf("Cup %d fell", k), Author: person, Created: at, Boxes: []Box{{Text: "Sweep up", Checked: k%3 == 0}},
			Events: []Event{{at, Labeled, IncidentLabel}, {at, Labeled, "sev1"}, {at.Add(time.Minute), Assigned, person.Login}, {end, Closed, ""}},
		}
		r.Issues = append(r.Issues, bug, pull, incident)
		r.Releases = append(r.Releases, Release{Tag: fmt.Sprintf("v%d", k), Commit: at, Published: end, Author: person})
	}
	return New(now, r)
}
