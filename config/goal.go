package config

import (
	"math"

	"preread/aggregate"
	"preread/sources"
)

// milestone is one entry of a goal's milestones.
type milestone struct {
	Title string      `toml:"title"`
	Due   sources.Day `toml:"due"`
	Done  bool        `toml:"done"`
}

// finite reports a number with which one can reckon.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// plan reads what only goals have beside their query: the reading that
// measures them, and their milestones.
func (l *loader) plan(t table, line *aggregate.Line, in lineTable) {
	switch {
	case in.Was == nil && in.Aim == nil:
	case in.Was == nil:
		l.complain(join(t.path, "aim"), "aim: a goal with an aim needs was, the level it started from")
	case in.Aim == nil:
		l.complain(join(t.path, "was"), "was: a goal that starts from a level needs an aim")
	case !finite(*in.Was):
		l.complain(join(t.path, "was"), "was: it is no number that can be reached")
	case !finite(*in.Aim):
		l.complain(join(t.path, "aim"), "aim: it is no number that can be reached")
	case *in.Was == *in.Aim:
		l.complain(join(t.path, "aim"), "aim: it is where the goal started from")
	default:
		line.Plan.Aim = aggregate.Aim{Was: *in.Was, Want: *in.Aim}
		line.Better, line.Unit = line.Plan.Aim.Better(), in.Unit
	}
	if _, found := t.values["unit"]; found && line.Noun == sources.Goals && in.Aim == nil {
		l.complain(join(t.path, "unit"), "unit: only a goal with an aim has one")
	}
	if _, found := t.values["milestones"]; !found {
		return
	}
	for _, sub := range l.list(t, "milestones") {
		var m milestone
		if l.decode(sub, &m) != nil {
			continue
		}
		if m.Title == "" || m.Due.IsZero() {
			l.complain(sub.path, "a milestone needs a title and a due date")
			continue
		}
		line.Plan.Milestones = append(line.Plan.Milestones, aggregate.Milestone{Title: m.Title, Due: m.Due, Done: m.Done})
	}
}
