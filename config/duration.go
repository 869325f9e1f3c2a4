package config

import (
	"slices"

	"preread/aggregate"
	"preread/sources"
)

// timed are the lines that can be timed, with what their durations are called.
var timed = map[sources.Noun]string{
	sources.Incidents: "Time to resolve",
	sources.Quality:   "Time to fix",
	sources.Shipped:   "Time to merge",
	sources.Goals:     "Lead time",
}

// durations adds the lines that time what other lines ask for. They stand
// before the operations, at the given place, but can name any line of the
// team.
func (l *loader) durations(team *aggregate.Team, t table, at int) {
	var lines []aggregate.Line
	for _, d := range l.list(t, "duration") {
		before := len(team.Lines)
		l.line(team, d, shape{noun: sources.Durations, unit: "h", better: aggregate.Lower})
		if len(team.Lines) == before {
			continue
		}
		line := team.Lines[before]
		team.Lines = team.Lines[:before]
		if l.of(team, t, d, &line) {
			lines = append(lines, line)
		}
	}
	team.Lines = slices.Insert(team.Lines, at, lines...)
}

// of checks that a duration times a line of its team that has items. Mistakes
// of that line itself have been told already.
func (l *loader) of(team *aggregate.Team, parent, t table, line *aggregate.Line) bool {
	var can []string
	for _, o := range team.Lines {
		title, ok := timed[o.Noun]
		if !ok || !o.Plan.Aim.IsZero() {
			continue
		}
		can = append(can, o.ID)
		if o.ID == line.Of {
			if line.Title == line.ID {
				line.Title = title
			}
			return true
		}
	}
	if _, there := parent.values[line.Of]; there && !slices.ContainsFunc(team.Lines, func(o aggregate.Line) bool { return o.ID == line.Of }) {
		return false
	}
	if len(can) == 0 {
		l.complain(join(t.path, "of"), "of: this team has no line whose items could be timed; add incidents, quality, shipped or a goal")
		return false
	}
	l.complain(join(t.path, "of"), "of: %q is no line of this team whose items could be timed%s", sources.OneLine(line.Of, 60), nearest(line.Of, can))
	return false
}
