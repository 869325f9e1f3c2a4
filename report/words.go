package report

import (
	"fmt"
	"strings"

	"preread/aggregate"
	"preread/aggregate/forecast"
	"preread/sources"
)

// badge is a status as shape, word and, where the page has colours, colour.
func badge(s aggregate.Status) string {
	switch s {
	case aggregate.Red:
		return "▼ **RED**"
	case aggregate.Amber:
		return "◆ **AMBER**"
	case aggregate.Green:
		return "● **GREEN**"
	case aggregate.NoTarget:
		return "◌ NO TARGET"
	}
	return "○ **UNKNOWN**"
}

// wasWord says what a line was before it changed.
func wasWord(s aggregate.Status) string {
	if s == aggregate.NoTarget {
		return "without a colour"
	}
	return s.String()
}

// limits says a target in words: "green at most 20, red above 40".
func limits(line aggregate.Line) string {
	var parts []string
	for _, side := range []struct {
		word  string
		limit aggregate.Limit
	}{{"green", line.Target.Green}, {"red", line.Target.Red}} {
		if !side.limit.IsZero() {
			parts = append(parts, side.word+" "+limit(line, side.limit))
		}
	}
	return strings.Join(parts, ", ")
}

func limit(line aggregate.Line, l aggregate.Limit) string {
	words := map[string]string{"<": "under", "<=": "at most", ">": "above", ">=": "at least"}
	value := rounded(l.Value, 6)
	if l.Percent || line.Unit == "ratio" || line.Noun == sources.Goals {
		value = rounded(l.Value*100, 6) + " %"
	}
	return words[l.Op] + " " + value
}

// judgedFigure writes what a verdict was about: a goal is judged by its share
// done, every other line by its value.
func judgedFigure(f aggregate.Finding, v aggregate.Verdict) string {
	if f.Noun == sources.Goals {
		return percent(v.Value) + " done"
	}
	return figure(f.Line, v.Value)
}

// StatusReason says in one sentence why a line has its status.
func StatusReason(f aggregate.Finding) string {
	v := f.Status
	switch v.Rule {
	case aggregate.ByTarget:
		return fmt.Sprintf("%s in %s (%s)%s", judgedFigure(f, v), v.Week, limits(f.Line), sinceWords(v))
	case aggregate.WithoutOne:
		return fmt.Sprintf("%s in %s; no target is set", judgedFigure(f, v), v.Week)
	case aggregate.Unanswered:
		return v.Reason
	case aggregate.WeekUnknown:
		return fmt.Sprintf("%s is not known: %s", v.Week, v.Reason)
	case aggregate.PartOnly:
		if f.Target.IsZero() {
			return "only part of it was seen: " + v.Reason
		}
		return fmt.Sprintf("at least %s was seen in %s, and the rest could change the colour (%s): %s", judgedFigure(f, v), v.Week, limits(f.Line), v.Reason)
	case aggregate.Nothing:
		reason := "there was nothing to measure in any of the weeks"
		if v.Reason != "" {
			reason += " (last: " + v.Reason + ")"
		}
		return reason
	case aggregate.EmptyScope:
		return "nothing is in this goal's scope; its query may be wrong"
	case aggregate.AllDone:
		return "everything in its scope is done"
	case aggregate.ByForecast:
		return goalChance(f)
	case aggregate.TooEarly:
		return "too few weeks are known for a forecast"
	case aggregate.Overdue:
		return fmt.Sprintf("due %s, and %s", day(f.Plan.Due), judgedFigure(f, v))
	}
	return "no rule gave a status"
}

// goalChance says how likely a goal is done in time. A chance is given in
// steps of five percent, which is as fine as a few weeks can tell.
func goalChance(f aggregate.Finding) string {
	w := f.Goal.Last()
	left := count(w.Total-w.Done, "item", "items")
	if f.Goal.Outlook.State == forecast.Nothing {
		return fmt.Sprintf("%s left by %s, and nothing was finished in %d weeks", left, day(f.Plan.Due), f.Goal.Outlook.Weeks)
	}
	return fmt.Sprintf("done by %s in %s of the simulated futures; %s left", day(f.Plan.Due), percent(forecast.Rounded(f.Status.Value)), left)
}

// sinceWords says for how long a status has stood.
func sinceWords(v aggregate.Verdict) string {
	switch {
	case v.Since.IsZero() || v.Since == v.Week:
		return ""
	case v.Open:
		return fmt.Sprintf("; %s since %s or earlier", v.Status, v.Since)
	}
	return fmt.Sprintf("; %s since %s", v.Status, v.Since)
}

// RuleWords names the rule behind a status, with the limits it used.
func RuleWords(f aggregate.Finding) string {
	if l := limits(f.Line); l != "" && (f.Status.Rule == aggregate.ByTarget || f.Status.Rule == aggregate.PartOnly) {
		return string(f.Status.Rule) + ": " + l
	}
	return string(f.Status.Rule)
}

// countWords says how many lines have each status, worst first.
func countWords(c aggregate.Counts) string {
	var parts []string
	for _, n := range []struct {
		count int
		word  string
	}{{c.Red, "red"}, {c.Amber, "amber"}, {c.Unknown, "unknown"}, {c.Green, "green"}, {c.NoTarget, "without a target"}} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.word))
		}
	}
	return strings.Join(parts, ", ")
}

// since writes the week since which a status stands, for a table.
func since(v aggregate.Verdict) string {
	switch {
	case v.Since.IsZero() || v.Status == aggregate.Unknown || v.Status == aggregate.NoTarget:
		return ""
	case v.Open && v.Since != v.Week:
		return "≤ " + v.Since.Short()
	}
	return v.Since.Short()
}
