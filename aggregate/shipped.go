package aggregate

import (
	"slices"
	"time"

	"preread/sources"
)

// Shipped holds what was merged and released inside the window.
type Shipped struct {
	Deployed []int          // deployments that succeeded, by week; nil if none is asked for
	Failed   []int          // deployments that failed, by week
	Merged   []sources.Item // pull requests by people, oldest first
	Bots     []int          // pull requests by machines, by week
	Releases []sources.Item // oldest first, prereleases too
}

// shipped counts merged pull requests by people.
func shipped(items []sources.Item, window sources.Window) (*Shipped, series) {
	s := &Shipped{Bots: make([]int, window.Count)}
	weeks, start, end := window.Weeks(), window.Start(), window.End()
	merged := make([]int, window.Count)
	for _, item := range items {
		at, done := doneAt(item)
		if !done || at.Before(start) || !at.Before(end) {
			continue
		}
		switch {
		case item.Kind == sources.Deployment:
			s.deployment(item, slices.Index(weeks, window.WeekOf(at)), len(weeks))
		case item.Kind == sources.Release:
			s.Releases = append(s.Releases, item)
		case item.Bot:
			s.Bots[slices.Index(weeks, window.WeekOf(at))]++
		default:
			s.Merged = append(s.Merged, item)
			merged[slices.Index(weeks, window.WeekOf(at))]++
		}
	}
	byDone := func(a, b sources.Item) int {
		x, _ := doneAt(a)
		y, _ := doneAt(b)
		return x.Compare(y)
	}
	slices.SortStableFunc(s.Merged, byDone)
	slices.SortStableFunc(s.Releases, byDone)
	return s, series{shown: weekly(window, gradeOf(items), merged)}
}

func (s *Shipped) deployment(item sources.Item, week, weeks int) {
	if s.Deployed == nil {
		s.Deployed, s.Failed = make([]int, weeks), make([]int, weeks)
	}
	if item.Failed {
		s.Failed[week]++
		return
	}
	s.Deployed[week]++
}

// doneAt returns when an item was last merged, closed or published.
func doneAt(item sources.Item) (at time.Time, done bool) {
	if len(item.Done) == 0 {
		return time.Time{}, false
	}
	return item.Done[len(item.Done)-1].From, true
}
