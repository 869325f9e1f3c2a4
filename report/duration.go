package report

import (
	"fmt"
	"strings"

	"preread/aggregate"
	"preread/aggregate/stats"
)

// durations shows how long items took, week by week and on the whole.
func (p *page) durations(f aggregate.Finding) {
	finished := make([]string, len(f.Durations.Weeks))
	for i, w := range f.Durations.Weeks {
		finished[i] = fmt.Sprint(w.Finished)
	}
	p.weekTable("Finished in", row("Half took at most", p.values(f)...), row("Items", finished...))
	p.printf("%s.\n\n", sentence(capital(durationWords(f.Durations))))
	for _, a := range []struct {
		word string
		age  aggregate.Age
	}{{"Longest of last week", f.Durations.Longest}, {"Longest open", f.Durations.Oldest}} {
		if a.age.Hours > 0 {
			p.printf("%s: %s %s, %s.\n\n", a.word, opened(a.age.Evidence), Escape(a.age.Title), hours(a.age.Hours))
		}
	}
}

// durationWords sums up all items of the page's weeks.
func durationWords(d *aggregate.Durations) string {
	if d.Finished == 0 {
		return fmt.Sprintf("nothing was finished in these weeks, %s", count(d.Open, "is open", "are open"))
	}
	parts := []string{
		fmt.Sprintf("of %s finished, half took at most %s", count(d.Finished, "item", "items"), quantileWords(d.Median)),
		"85 % at most " + quantileWords(d.P85),
		count(d.Open, "is open", "are open"),
	}
	if d.Expected > 0 && d.Open > 0 {
		parts = append(parts, fmt.Sprintf("with the open ones counted, half take at most %s", hours(d.Expected)))
	}
	return strings.Join(parts, "; ")
}

// quantileWords writes a quantile with its 80 percent interval, as far as so
// few items give one.
func quantileWords(in stats.Interval) string {
	if words := rangeWords(in.Lower, in.Upper, hours); words != "" {
		return fmt.Sprintf("%s (plausibly %s)", hours(in.Estimate), words)
	}
	return hours(in.Estimate)
}
