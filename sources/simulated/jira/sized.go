package jira

import (
	"fmt"
	"time"
)

// A Size says how long the lists of a sized site are.
type Size struct {
	Goal         int // issues of the epic KIT-1 and of version 1.0
	Left         int // issues that were in both until ten days ago
	Bugs         int
	Incidents    int
	FollowUps    int // of the first incident
	Sprints      int // of board 1, one a week, the last one closed a day ago
	SprintIssues int // in the last of them
	Histories    int // further changes of the first issue of the goal
}

// Sized returns a plain site with lists of the given lengths.
func Sized(size Size, now time.Time) *Site {
	s := &Site{Address: Address, Now: now, Statuses: statuses(), Projects: []Project{{"10000", "KIT", "Kit"}},
		Boards: []*Board{scrumBoard(1, "Kit board", "KIT")}}
	days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	epic := s.NewIssue("KIT", "Epic", days(100), State{Summary: "Everything", Status: InProgress})
	scope := State{Parent: epic, Versions: []string{"1.0"}}
	for n := range size.Goal {
		i := s.NewIssue("KIT", "Story", days(60).Add(time.Duration(n)*time.Minute), titled(scope, "Part", n))
		if n%3 == 1 {
			s.Edit(i, days(n%50), move(Done))
		}
		for c := 0; n == 0 && c < size.Histories; c++ {
			s.Edit(i, days(20).Add(time.Duration(c)*time.Minute), sized(float64(c)))
		}
	}
	for n := range size.Left {
		i := s.NewIssue("KIT", "Story", days(59).Add(time.Duration(n)*time.Minute), titled(scope, "Stray", n))
		s.Edit(i, days(10), func(st *State) { st.Parent, st.Versions = nil, nil })
	}
	for n := range size.Bugs {
		i := s.NewIssue("KIT", "Bug", days(50).Add(time.Duration(n)*time.Minute), titled(State{}, "Crack", n))
		if n%2 == 1 {
			s.Edit(i, days(n%30), move(Done))
		}
	}
	s.sizedIncidents(size, days)
	s.sizedSprints(size, days)
	return s
}

func titled(st State, word string, n int) State {
	st.Summary = fmt.Sprintf("%s %d", word, n+1)
	return st
}

func (s *Site) sizedIncidents(size Size, days func(int) time.Time) {
	for n := range size.Incidents {
		i := s.NewIssue("KIT", "Incident", days(30).Add(time.Duration(n)*time.Minute), titled(State{Priority: "High", Severity: "SEV2"}, "Spill", n))
		s.Edit(i, i.Created.Add(5*time.Minute), move(InProgress))
		if n%4 > 0 {
			s.Edit(i, i.Created.Add(time.Hour), move(Done))
		}
		for f := 0; n == 0 && f < size.FollowUps; f++ {
			task := s.NewIssue("KIT", "Task", days(29), titled(State{}, "Wipe", f))
			i.Links = append(i.Links, Link{"Relates", task})
		}
	}
}

func (s *Site) sizedSprints(size Size, days func(int) time.Time) {
	for n := range size.Sprints {
		end := days(1 + 7*(size.Sprints-1-n))
		s.Sprints = append(s.Sprints, &Sprint{ID: int64(n + 1), Board: 1, Name: fmt.Sprintf("Kit %d", n+1),
			Start: end.AddDate(0, 0, -7).Add(time.Hour), End: end.Add(-time.Hour), Completed: end})
	}
	if size.Sprints == 0 {
		return
	}
	last := s.Sprints[size.Sprints-1]
	for n := range size.SprintIssues {
		i := s.NewIssue("KIT", "Story", last.Start.AddDate(0, 0, -2), titled(State{}, "Task", n))
		switch n % 5 {
		case 0: // taken out
			s.Edit(i, last.Start.Add(-time.Minute), inSprint(last.ID))
			s.Edit(i, last.Start.Add(50*time.Hour), outOfSprint(last.ID))
		case 1: // came late
			s.Edit(i, last.Start.Add(60*time.Hour), inSprint(last.ID))
			s.Edit(i, last.Start.Add(80*time.Hour), move(Done))
		default:
			s.Edit(i, last.Start.Add(-time.Minute), inSprint(last.ID))
			s.Edit(i, last.Start.Add(40*time.Hour), sized(float64(n%8)))
			s.Edit(i, last.Start.Add(70*time.Hour), move(Done))
		}
	}
}
