package report

import (
	"fmt"
	"math"
	"slices"
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

// targetSign says a target for a table: "≤ 20", or "red > 40" where only that
// is set.
func targetSign(line aggregate.Line) string {
	signs := strings.NewReplacer("at most", "≤", "at least", "≥", "under", "<", "above", ">")
	switch t := line.Target; {
	case !t.Green.IsZero():
		return Escape(signs.Replace(limit(line, t.Green)))
	case !t.Red.IsZero():
		return Escape("red " + signs.Replace(limit(line, t.Red)))
	}
	return ""
}

// asWritten is how many digits a target is shown with: those that people write.
const asWritten = 12

func limit(line aggregate.Line, l aggregate.Limit) string {
	words := map[string]string{"<": "under", "<=": "at most", ">": "above", ">=": "at least"}
	value := rounded(l.Value, asWritten)
	switch {
	case line.Noun == sources.Goals && !line.Plan.Aim.IsZero():
		value = figure(line, l.Value)
	case l.Percent || line.Unit == "ratio" || line.Noun == sources.Goals:
		value = rounded(l.Value*100, asWritten) + " %"
	case line.Noun == sources.Durations:
		value = fitted(aggregate.Target{Green: l}, l.Value, inHours)
	}
	return words[l.Op] + " " + value
}

// judgedFigure writes what a verdict was about: a goal is judged by its share
// done, every other line by its value.
func judgedFigure(f aggregate.Finding, v aggregate.Verdict) string {
	if f.Noun == sources.Goals {
		return fitted(f.Target, v.Value, inPercent) + " done"
	}
	return figure(f.Line, v.Value)
}

// StatusReason says in one sentence why a line has its status.
func StatusReason(f aggregate.Finding) string {
	v := f.Status
	switch v.Rule {
	case aggregate.ByTarget:
		return levelWords(f, v) + sinceWords(v) + missedWords(f) + improveWords(f)
	case aggregate.BySignal:
		return "it really got worse: " + levelWords(f, v) + sinceWords(v) + improveWords(f)
	case aggregate.TooFew:
		return fmt.Sprintf("%s known, which leaves the colour open: %s", count(v.Level.Weeks, "week is", "weeks are"), levelWords(f, v))
	case aggregate.Broken:
		return v.Reason
	case aggregate.WithoutOne:
		if f.Measured != nil {
			return measuredWords(f) + "; no due date is set"
		}
		return fmt.Sprintf("%s in %s; no target is set", judgedFigure(f, v), v.Week)
	case aggregate.Unanswered:
		return v.Reason
	case aggregate.WeekUnknown:
		return fmt.Sprintf("%s is not known: %s", v.Week, v.Reason)
	case aggregate.PartOnly:
		if f.Target.IsZero() {
			return "only part of it was seen: " + v.Reason
		}
		seen := fmt.Sprintf("at least %s in %s", judgedFigure(f, v), v.Week)
		if !counts(f.Line) {
			seen = fmt.Sprintf("%s in the part of %s that was seen", judgedFigure(f, v), v.Week)
		}
		return fmt.Sprintf("%s, and what was not seen could change the colour (%s): %s", seen, limits(f.Line), v.Reason)
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
		return goalChance(f) + wishWords(v) + improveWords(f)
	case aggregate.Reached:
		return "reached: " + measuredWords(f)
	case aggregate.ByTrend:
		return measuredWords(f) + "; " + trendWords(f)
	case aggregate.NoTrend:
		return trendWords(f) + "; " + measuredWords(f)
	case aggregate.TooEarly:
		if f.Measured != nil {
			return trendWords(f)
		}
		if f.Goal != nil && f.Goal.Outlook.Weeks >= forecast.LeastWeeks {
			return fmt.Sprintf("something was finished in fewer than %d of the %d weeks that are known", forecast.LeastProgress, f.Goal.Outlook.Weeks)
		}
		return "too few weeks are known for a forecast"
	case aggregate.Overdue:
		if f.Measured != nil {
			return fmt.Sprintf("due %s, and %s", day(f.Plan.Due), measuredWords(f))
		}
		return fmt.Sprintf("due %s, and %s", day(f.Plan.Due), judgedFigure(f, v))
	}
	return "no rule gave a status"
}

// briefReason says why a line has its status in as few words as a hurried
// reader needs; [StatusReason] has all of them.
func briefReason(f aggregate.Finding) string {
	v := f.Status
	switch {
	case v.Level.Weeks > 0 && v.Rule == aggregate.ByTarget && v.Status == aggregate.Green:
		return levelBrief(f) + doubtWords(f)
	case v.Level.Weeks > 0 && v.Rule == aggregate.ByTarget:
		return levelBrief(f) + targetBrief(f) + sinceWords(v)
	case v.Level.Weeks > 0 && v.Rule == aggregate.BySignal:
		return "it really got worse: " + levelBrief(f) + targetBrief(f) + sinceWords(v)
	case v.Rule == aggregate.WithoutOne && f.Measured == nil:
		return judgedFigure(f, v) + " in " + v.Week.Short()
	case v.Rule == aggregate.ByForecast && f.Goal.Outlook.State != forecast.Nothing:
		return fmt.Sprintf("done by %s in %s of futures", day(f.Plan.Due), percent(forecast.Rounded(v.Value)))
	}
	return StatusReason(f)
}

// levelBrief says a pooled level: "2.2 a week".
func levelBrief(f aggregate.Finding) string {
	text := levelFigure(f, f.Status.Level.Value)
	switch f.Noun {
	case sources.Delivery:
		return text + " of the committed done"
	case sources.Durations:
		return "half took at most " + text
	case sources.Metrics:
		return text + " on average"
	}
	return text + " a week"
}

func targetBrief(f aggregate.Finding) string {
	if f.Target.Green.IsZero() {
		return fmt.Sprintf(" (red %s)", limit(f.Line, f.Target.Red))
	}
	return fmt.Sprintf(" (green %s)", limit(f.Line, f.Target.Green))
}

// levelWords says where a line stands over the weeks that were pooled, with
// its interval and the target: "86 % over 3 weeks (80 % interval 80 % to 91 %;
// green at least 80 %, red under 60 %)".
func levelWords(f aggregate.Finding, v aggregate.Verdict) string {
	e := v.Level
	if e.Weeks == 0 { // a goal's share is a fact, not an estimate
		return fmt.Sprintf("%s in %s (%s)", judgedFigure(f, v), v.Week, limits(f.Line))
	}
	text := levelFigure(f, e.Value)
	switch f.Noun {
	case sources.Delivery:
		text += " of what was committed to was done, over " + count(e.Weeks, "week", "weeks")
	case sources.Durations:
		text = "half took at most " + text + ", over " + count(e.Weeks, "week", "weeks")
	case sources.Metrics:
		text += " on average over " + count(e.Weeks, "week", "weeks")
	default:
		text += " a week over " + count(e.Weeks, "week", "weeks")
	}
	return fmt.Sprintf("%s (80 %% interval %s; %s)", text, intervalWords(f, e), limits(f.Line))
}

// levelFigure writes a pooled level: a mean of counts is no whole number.
func levelFigure(f aggregate.Finding, v float64) string {
	if f.Noun == sources.Quality || f.Noun == sources.Incidents || f.Noun == sources.Alarms || f.Noun == sources.Shipped {
		return fitted(f.Target, v, inDigits(2, ""))
	}
	return figure(f.Line, v)
}

func intervalWords(f aggregate.Finding, e aggregate.Estimate) string {
	if words := rangeWords(e.Low, e.High, func(v float64) string { return levelFigure(f, v) }); words != "" {
		return words
	}
	return "not known"
}

// rangeWords names the ends of a range that are known; "" if neither is.
func rangeWords(low, high float64, write func(float64) string) string {
	switch noLow, noHigh := math.IsInf(low, 0), math.IsInf(high, 0); {
	case noLow && noHigh:
		return ""
	case noLow:
		return "up to " + write(high)
	case noHigh:
		return write(low) + " or more"
	}
	return write(low) + " to " + write(high)
}

// improveWords says what would better a colour, by its own rule.
func improveWords(f aggregate.Finding) string {
	i := f.Status.Improve
	if i.To == aggregate.Unknown {
		return ""
	}
	to := "; " + i.To.String() + " with "
	switch {
	case f.Noun == sources.Goals && f.Status.Rule == aggregate.ByForecast:
		return to + count(int(i.Value), "item", "items") + " fewer in scope"
	case f.Noun == sources.Goals:
		return to + count(int(i.Value), "item", "items") + " more done"
	}
	weeks := count(i.Weeks, "week", "weeks")
	side := "at most"
	if f.Better == aggregate.Higher {
		side = "at least"
	}
	switch f.Noun {
	case sources.Delivery:
		return fmt.Sprintf("%s%s of %s %.0f of %.0f", to, weeks, side, i.Value, i.Trials)
	case sources.Metrics, sources.Durations:
		return fmt.Sprintf("%s%s of %s %s", to, weeks, side, levelFigure(f, i.Value))
	}
	if i.Value == 0 {
		return to + weeks + " without any"
	}
	return fmt.Sprintf("%s%s of %s %.0f", to, weeks, side, i.Value)
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

// sinceWords says for how long a status has stood, and whether it is about to
// change.
func sinceWords(v aggregate.Verdict) string {
	text := ""
	switch {
	case v.Since.IsZero() || v.Since == v.Week:
	case v.Open:
		text = fmt.Sprintf("; %s since %s or earlier", v.Status, v.Since)
	default:
		text = fmt.Sprintf("; %s since %s", v.Status, v.Since)
	}
	return text + wishWords(v)
}

// RuleWords names the rule behind a status, with the limits it used.
func RuleWords(f aggregate.Finding) string {
	if l := limits(f.Line); l != "" && slices.Contains([]aggregate.Rule{aggregate.ByTarget, aggregate.BySignal, aggregate.TooFew, aggregate.PartOnly}, f.Status.Rule) {
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

// since writes the week since which a status stands, for a table; green needs
// no word.
func since(v aggregate.Verdict) string {
	switch {
	case v.Since.IsZero() || v.Status != aggregate.Red && v.Status != aggregate.Amber:
		return ""
	case v.Open && v.Since != v.Week:
		return "≤ " + v.Since.Short()
	}
	return v.Since.Short()
}
