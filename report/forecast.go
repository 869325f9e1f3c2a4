package report

import (
	"fmt"

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
	text += fmt.Sprintf(". From %s (%d to %d items a week, %.1f added); it assumes that the next weeks are like them",
		count(o.Weeks, "week", "weeks"), o.LeastOne, o.MostOne, o.Added)
	if o.Outgrown {
		text += ". Scope grows as fast as work is done"
	}
	return text
}
