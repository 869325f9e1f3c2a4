package jira

import (
	"fmt"
	"math"
	"slices"
	"time"

	"preread/sources/simulated/company"
)

// sprints fills a team's sprints with work, one after the other, and makes
// one more that lies ahead.
func (t *team) sprints(index int) {
	first := t.spec.Board * 1000
	var carried []*Issue
	for n, planned := range t.spec.Sprints {
		sp := &Sprint{ID: first + int64(n), Board: t.spec.Board, Name: planned.Name, Goal: fmt.Sprintf("Pour, don't spill [%d of many], x=1", n+1),
			Start: planned.Start, End: planned.End, Completed: planned.Completed}
		t.Sprints = append(t.Sprints, sp)
		carried = t.sprint(sp, n, index, carried)
	}
	n := len(t.spec.Sprints)
	t.Sprints = append(t.Sprints, &Sprint{ID: first + int64(n), Board: t.spec.Board, Name: fmt.Sprintf("%s sprint %d", t.spec.Name, n+1)})
}

// sprint plays one sprint and returns what it carries into the next.
func (t *team) sprint(sp *Sprint, n, index int, carried []*Issue) []*Issue {
	end := sp.Completed
	if end.IsZero() {
		end = sp.End
	}
	// The plan is made in the quarter of an hour before the start.
	plan := sp.Start.Add(-time.Duration(5+t.IntN(10)) * time.Minute)
	work := append(slices.Clone(carried), t.planned(sp, plan, t.firm.Scale.Issues.Times(7+t.IntN(5))-len(carried))...)
	open := t.play(sp, end, work, t.rate(index))
	open = append(open, t.surprises(sp, end, n)...)
	if sp.Completed.IsZero() {
		return nil
	}
	for _, i := range open {
		t.Edit(i, sp.Completed.Add(time.Duration(3+t.IntN(11))*time.Second), inSprint(sp.ID+1))
	}
	return open
}

// rate is how much of a plan is done: the first team's varies, the others'
// is steady.
func (t *team) rate(index int) float64 {
	if index == 0 {
		return 0.76 + 0.14*t.Float64()
	}
	return 0.84 + 0.03*t.Float64()
}

// planned takes issues into a sprint before it starts: two in three from the
// epics, as long as they have any, and the rest made for the purpose.
func (t *team) planned(sp *Sprint, plan time.Time, n int) []*Issue {
	var work []*Issue
	for len(work) < n {
		at := plan.Add(time.Duration(t.IntN(200)) * time.Second)
		next := slices.IndexFunc(t.backlog, func(i *Issue) bool { return i.Created.Before(plan.Add(-time.Hour)) })
		switch {
		case next >= 0 && t.chance(0.65):
			i := t.backlog[next]
			t.backlog = slices.Delete(t.backlog, next, next+1)
			t.Edit(i, at, inSprint(sp.ID))
			work = append(work, i)
		case t.chance(0.15): // written down in the planning itself
			work = append(work, t.story(at, State{Sprints: []int64{sp.ID}}))
		default:
			i := t.story(plan.Add(-time.Duration(1+t.IntN(10*24))*time.Hour), State{})
			t.Edit(i, at, inSprint(sp.ID))
			work = append(work, i)
		}
	}
	return work
}

// play has a share of the work done, and some of it go astray. It returns
// what is open in the sprint when it ends.
func (t *team) play(sp *Sprint, end time.Time, work []*Issue, rate float64) (open []*Issue) {
	doable := int(math.Round(rate * float64(len(work))))
	for n, i := range t.ordered(work, doable, rate) {
		middle := t.between(sp.Start.Add(24*time.Hour), end.Add(-24*time.Hour))
		if t.chance(0.08) {
			t.Edit(i, middle, resized(1+float64(t.IntN(2))))
		}
		if t.chance(0.1) {
			t.NewIssue(t.spec.Project, "Sub-task", t.between(sp.Start, middle), State{Summary: "Ask the warehouse", Parent: i, Sprints: []int64{sp.ID}})
		}
		switch {
		case n < doable:
			t.finish(i, sp.Start, end)
		case t.chance(0.15): // taken out again
			t.Edit(i, middle, outOfSprint(sp.ID))
			t.backlog = append(t.backlog, i)
		case t.chance(0.2): // done, and then not
			t.finish(i, sp.Start, middle)
			t.Edit(i, t.between(middle, end), move(InProgress))
			open = append(open, i)
		default:
			t.Edit(i, middle, move(InProgress))
			open = append(open, i)
		}
	}
	return open
}

// ordered shuffles the work such that the first ones hold about their share
// of the points as well.
func (t *team) ordered(work []*Issue, first int, share float64) []*Issue {
	var best []*Issue
	nearest := math.Inf(1)
	for range 12 {
		work = slices.Clone(work)
		t.Shuffle(len(work), func(i, j int) { work[i], work[j] = work[j], work[i] })
		if off := math.Abs(total(work[:first]) - share*total(work)); off < nearest {
			best, nearest = work, off
		}
	}
	return best
}

func total(work []*Issue) (sum float64) {
	for _, i := range work {
		if p := i.Last().Points; p != nil {
			sum += *p
		}
	}
	return sum
}

// finish brings an issue through the columns.
func (t *team) finish(i *Issue, from, to time.Time) {
	begun := t.between(from.Add(time.Hour), to.Add(-6*time.Hour))
	reviewed := t.between(begun, to.Add(-3*time.Hour))
	last := Done
	if t.chance(0.15) {
		last = Erledigt
	}
	t.Edit(i, begun, move(InProgress))
	t.Edit(i, reviewed, move(InReview))
	t.Edit(i, t.between(reviewed, to.Add(-time.Hour)), move(last))
}

// surprises are what no plan holds. Those that are still open when the sprint
// ends are returned.
func (t *team) surprises(sp *Sprint, end time.Time, n int) (open []*Issue) {
	late := sp.Start.Add(48 * time.Hour)
	for range company.Poisson(t.Rand, t.firm.Scale.Issues.Often(1.3)) {
		at := t.between(late, end.Add(-48*time.Hour))
		var i *Issue
		if t.chance(0.5) {
			i = t.story(at, State{Sprints: []int64{sp.ID}})
		} else {
			i = t.story(at.Add(-100*time.Hour), State{})
			t.Edit(i, at, inSprint(sp.ID))
		}
		if t.chance(0.6) {
			t.finish(i, at, end)
		} else {
			open = append(open, i)
		}
	}
	before := sp.Start.Add(-2 * time.Minute)
	if t.chance(0.25) { // done already, and dragged along
		i := t.story(before.Add(-100*time.Hour), State{})
		t.Edit(i, before.Add(-30*time.Hour), move(Done))
		t.Edit(i, before, inSprint(sp.ID))
	}
	if t.chance(0.3) { // not worth it after all
		i := t.story(before.Add(-50*time.Hour), State{})
		t.Edit(i, before, inSprint(sp.ID))
		t.Edit(i, t.between(late, end), giveUp("Won't Do"))
	}
	if t.chance(0.2) { // reopened when the sprint was over
		i := t.story(before.Add(-70*time.Hour), State{})
		t.Edit(i, before, inSprint(sp.ID))
		t.finish(i, sp.Start, end)
		t.Edit(i, end.Add(50*time.Hour), move(InProgress))
		t.Edit(i, end.Add(90*time.Hour), move(Done))
	}
	if n%11 == 4 { // in a status that no column shows
		i := t.story(before.Add(-60*time.Hour), State{})
		t.Edit(i, before.Add(-time.Hour), move(InTheKiln))
		t.Edit(i, before, inSprint(sp.ID))
		t.finish(i, late, end)
	}
	return open
}
