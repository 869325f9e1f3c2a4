package report

import (
	"fmt"
	"math"

	"preread/aggregate"
	"preread/aggregate/forecast"
	"preread/sources"
)

// ForecastReason says when a goal will be done, or why that cannot be said.
func ForecastReason(f aggregate.Finding, week sources.Week) string {
	o := f.Goal.Outlook
	switch o.State {
	case forecast.Completed:
		return "nothing is left to do"
	case forecast.Nothing:
		return fmt.Sprintf("no finish date: nothing was finished in the last %d weeks", o.Weeks)
	case forecast.TooFew:
		return fmt.Sprintf("no finish date yet: %s known since it began, at least %d are needed, and something finished in %d of them",
			count(o.Weeks, "week is", "weeks are"), forecast.LeastWeeks, forecast.LeastProgress)
	}
	var text string
	switch {
	case o.P50 == 0:
		text = "half of the simulated futures are not done within two years"
	case o.P85 == 0:
		text = fmt.Sprintf("half of the simulated futures are done by %s, 85 %% not within two years", day(aggregate.DoneBy(week, o.P50)))
	default:
		text = fmt.Sprintf("half of the simulated futures are done by %s, 85 %% by %s", day(aggregate.DoneBy(week, o.P50)), day(aggregate.DoneBy(week, o.P85)))
	}
	text += fmt.Sprintf(". From %s (%d to %d items a week; %s); it assumes that the next weeks are like them",
		count(o.Weeks, "week", "weeks"), o.LeastOne, o.MostOne, scopeWords(o.Added))
	if o.Outgrown {
		text += ". Scope grows as fast as work is done"
	}
	return text
}

// scopeWords says what the scope did in a week: what was added less what was
// removed.
func scopeWords(added float64) string {
	switch {
	case math.Abs(added) < 0.05:
		return "scope stayed as large as it was"
	case added < 0:
		return fmt.Sprintf("scope shrank by %.1f a week on balance", -added)
	}
	return fmt.Sprintf("scope grew by %.1f a week on balance", added)
}
