package main

import (
	"preread/report"
	"preread/sources"
)

// letter gathers what people said before a page and on it.
func (j job) letter(week sources.Week, page *report.Page) report.Letter {
	before := earlierPages(j.config, week)
	l := report.Letter{Page: page, Since: report.Since(weeksSent(before), week, j.config.Report.Weeks)}
	if len(before) > 0 {
		l.Before = &before[0]
	}
	return l
}

func weeksSent(pages []report.Page) (sent []sources.Week) {
	for _, p := range pages {
		if !p.Mark.Sent.IsZero() {
			sent = append(sent, p.Mark.Week)
		}
	}
	return sent
}
