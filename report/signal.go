package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// SignalReason says in one or two sentences whether a line changed, in counts
// and ranges that a reader can check, and what would count as a change next.
func SignalReason(f aggregate.Finding) string {
	v := f.Signal
	switch {
	case f.Noun == sources.Goals:
		return "a goal is forecast, not tested for change"
	case v.State == change.Unknown:
		return unknownSignal(v)
	case v.State == change.Noise && v.Small:
		return "small but real: " + recent(f) + ", too little to matter" + nextRange(f)
	case v.State == change.Noise:
		return "no sign of change: " + recent(f) + nextRange(f)
	case v.State == change.Watch:
		return fmt.Sprintf("worth a look, not yet a signal: %s; chance alone does this about once in %s looks%s", recent(f), rarity(v.P), wouldBe(v)) + settledWords(f)
	}
	text := "a change"
	if v.Worsening {
		text = "a change for the worse"
	}
	return text + ": " + recent(f) + plausible(v) + settledWords(f)
}

// settledWords proposes a level that has stood for long as the new normal: only
// a person can say that it is.
func settledWords(f aggregate.Finding) string {
	v := f.Signal
	weeks := slices.Concat(f.Earlier, f.Weeks)
	if !v.Settled || v.Run > len(weeks) {
		return ""
	}
	from := weeks[len(weeks)-v.Run].Week.Monday()
	return fmt.Sprintf("; it has been on this side for %d weeks. If that is the new normal, say so: accepted = { from = %s, reason = \"…\" }", v.Run, from)
}

// changeBrief says a change in one line; [SignalReason] says it whole.
func changeBrief(f aggregate.Finding) string {
	switch {
	case f.Signal.State == change.Watch:
		return "worth a look: " + recent(f)
	case f.Signal.Worsening:
		return "a change for the worse: " + recent(f)
	}
	return "a change: " + recent(f)
}

// wouldBe says what a count of last week would have had to be for a signal.
func wouldBe(v change.Verdict) string {
	b := v.Block()
	r := b.Usual(b.Recent.Exposure)
	switch {
	case v.Type != change.Count || v.Driver != 1 || !r.Known:
		return ""
	case v.Direction == change.Up:
		return fmt.Sprintf("; %.0f or more would have been a signal", r.High+1)
	case r.Low > 0:
		return fmt.Sprintf("; %.0f or fewer would have been a signal", r.Low-1)
	}
	return ""
}

func unknownSignal(v change.Verdict) string {
	reason := v.Reason
	if reason == change.TooFewWeeks && v.Type == change.Duration {
		reason = change.TooFewItems
	}
	switch reason {
	case change.LastWeeksMissing:
		return "not tested for change: the last weeks are missing or had nothing to measure"
	case change.TooFewWeeks, change.NewBaseline:
		return fmt.Sprintf("not tested for change: %s known, at least %d are needed", count(v.KnownWeeks, "week is", "weeks are"), v.NeedWeeks)
	case change.TooFewItems:
		if v.Type == change.Duration {
			return unknownPace(v)
		}
		return fmt.Sprintf("too few to tell better from worse: %d in %s, at least %d are needed", v.KnownItems, count(v.KnownWeeks, "week", "weeks"), v.NeedItems)
	case change.Inconsistent:
		return "not tested for change: the figures contradict each other"
	}
	return "not tested for change"
}

// unknownPace says what is missing on either side: what is enough in all need not
// be enough for a comparison.
func unknownPace(v change.Verdict) string {
	if v.Recent >= change.RecentItems && v.Earlier >= change.EarlierItems {
		return "too few weeks are known to tell faster from slower"
	}
	return fmt.Sprintf("too few to tell faster from slower: in the last three weeks %s and %d before them; %d and %d are needed",
		count(v.Recent, "item was finished", "items were finished"), v.Earlier, change.RecentItems, change.EarlierItems)
}

// recent compares the odder of the last week and the last three with what is
// usual: "3 last week against 4.4 in an ordinary week (26 weeks)".
func recent(f aggregate.Finding) string {
	b := f.Signal.Block()
	base := fmt.Sprintf("(%s before)", count(b.Base.Weeks, "week", "weeks"))
	var now, usual string
	switch f.Signal.Type {
	case change.Count:
		now = number(b.Recent.Events)
		usual = number(b.Base.Value*b.Recent.Exposure) + " in an ordinary week"
		if b.Span > 1 {
			usual = number(b.Base.Value*b.Recent.Exposure) + " in ordinary ones"
		}
	case change.Proportion:
		now = fmt.Sprintf("%s (%.0f of %.0f)", percent(b.Recent.Value), b.Recent.Events, b.Recent.Size)
		usual = percent(b.Base.Value)
	default:
		now, usual = figure(f.Line, b.Recent.Value), figure(f.Line, b.Base.Value)
	}
	when := "last week"
	everyWeek := f.Signal.Type == change.Count || f.Signal.Type == change.Gauge // others have weeks with nothing to measure
	switch {
	case everyWeek && b.Span > 1 && b.Recent.Weeks < b.Span:
		when = fmt.Sprintf("in %d of the last three weeks", b.Recent.Weeks)
	case b.Span > 1:
		when = "in the last three weeks"
	}
	return fmt.Sprintf("%s %s against %s %s", now, when, usual, base)
}

// nextRange says what next week may bring without being a signal.
func nextRange(f aggregate.Finding) string {
	r := f.Signal.Next
	if !r.Known {
		return ""
	}
	low, high := figure(f.Line, r.Low), figure(f.Line, r.High)
	switch f.Signal.Type {
	case change.Proportion:
		return fmt.Sprintf("; next time %.0f to %.0f of %.0f would still be ordinary", r.Low, r.High, r.Of)
	case change.Count:
		low, high = strconv.FormatFloat(r.Low, 'f', 0, 64), strconv.FormatFloat(r.High, 'f', 0, 64)
	}
	return fmt.Sprintf("; next week %s to %s would still be ordinary", low, high)
}

// plausible says how large a change may be.
func plausible(v change.Verdict) string {
	e := v.Block().Effect
	if v.Type != change.Count && v.Type != change.Duration || math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
		return ""
	}
	if math.IsNaN(e.Low) || math.IsNaN(e.High) || math.IsInf(e.High, 0) {
		return fmt.Sprintf(", %s times", rounded(e.Value, 2))
	}
	return fmt.Sprintf(", %s times (plausibly %s to %s)", rounded(e.Value, 2), rounded(e.Low, 2), rounded(e.High, 2))
}

// rarity writes how rarely chance alone does something, to as many digits as
// can be meant.
func rarity(p float64) string {
	n := 1 / math.Max(p, 1e-6)
	if n < 100 {
		return strconv.Itoa(int(math.Round(n)))
	}
	return rounded(math.Round(n/100)*100, 2)
}

// changeWord says in a table whether a line changed; nothing where that is
// not known.
func changeWord(f aggregate.Finding) string {
	switch f.Signal.State {
	case change.Noise:
		return "~"
	case change.Watch:
		return "watch"
	case change.Signal:
		arrow := map[change.Direction]string{change.Up: "up", change.Down: "down", change.Same: "changed"}
		return "**" + arrow[f.Signal.Direction] + "**"
	}
	return ""
}

// testedLines counts the lines that were tested for change, and those that
// should have been and could not.
func testedLines(r aggregate.Report) (tested, untested int) {
	for _, t := range r.Teams {
		tested += t.Budget.Tested
		untested += t.Budget.Unknown
	}
	return tested, untested
}

// budgetWords says how far the signals of a page can be believed.
func budgetWords(r aggregate.Report) string {
	tested, untested := testedLines(r)
	if tested == 0 {
		return fmt.Sprintf("No line could be tested for change; %d are too new, too few or unknown", untested)
	}
	quiet := 0.0
	for _, t := range r.Teams {
		quiet += t.Budget.FalseReports
	}
	return fmt.Sprintf("%s tested for change, %d could not be. With nothing changed, a page like this shows a false signal about once in %d weeks",
		count(tested, "line was", "lines were"), untested, int(math.Round(1/math.Max(quiet, 1e-3))))
}
