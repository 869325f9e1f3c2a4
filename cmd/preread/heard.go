package main

import (
	"fmt"
	"slices"

	"preread/aggregate"
	"preread/config"
	"preread/report"
	"preread/report/ask"
	"preread/sources"
)

// pagesBefore is how many weeks back a page may be that speaks of a line.
const pagesBefore = 3

// heard adds to the teams' lines what people wrote: a colour of their own on
// this week's page, and whether one of the last pages speaks of a line.
func (j job) heard(teams []aggregate.Team, week sources.Week, path string, page *report.Page) []aggregate.Team {
	before := earlierPages(j.config, week)
	opinions, complaints := j.letter(path, week, page).Opinions(path, week)
	for _, complaint := range complaints {
		fmt.Fprintf(j.stderr, "warning: %s\n", sources.OneLine(complaint, 400))
	}
	heard := slices.Clone(teams)
	for i := range heard {
		lines := slices.Clone(heard[i].Lines)
		for k := range lines {
			id := heard[i].ID + "/" + lines[k].ID
			lines[k].Own = slices.Clone(lines[k].Own)
			for _, o := range opinions {
				if o.ID == id {
					lines[k].Own = append(lines[k].Own, o.Own)
				}
			}
			lines[k].Mentioned = slices.ContainsFunc(before, func(p report.Page) bool {
				return p.Mark.Week.Compare(week.Add(-pagesBefore)) >= 0 && p.Mentioned(id)
			})
			lines[k].Said = since(lines[k].Said, weeksSent(before))
		}
		heard[i].Lines = lines
	}
	return heard
}

// sayMissed warns of what looks like an ask on a page and is not heard as one.
func (j job) sayMissed(path string, page *report.Page) {
	if page == nil {
		return
	}
	for _, m := range report.MissedAsks(*page) {
		fmt.Fprintf(j.stderr, "warning: %s:%d: %s; write: %s\n", path, m.Line, m.Text, m.Instead)
	}
}

// sayAnswered warns of asks that stand open on a page, and have their answer on
// an earlier one.
func (j job) sayAnswered(path string, letter report.Letter) {
	for _, e := range letter.Answered {
		was := sources.OneLine(ask.Closing(e, j.today()), 200)
		fmt.Fprintf(j.stderr, "warning: %s: ask %d is open here, but on an earlier page it was %s; preread outcomes %d ANSWER takes that down here\n", path, e.Number, was, e.Number)
	}
}

// since leaves out what was said after the last page that was sent: nobody has
// read it.
func since(said []aggregate.Said, sent []sources.Week) []aggregate.Said {
	if len(sent) == 0 {
		return said
	}
	last := slices.MaxFunc(sent, sources.Week.Compare)
	return slices.DeleteFunc(slices.Clone(said), func(s aggregate.Said) bool { return s.Week.Compare(last) > 0 })
}

// longestPause is how many weeks may lie between two pages so that the later one
// carries on what stands on the earlier one.
const longestPause = 53

// earlierPages returns the pages of the weeks before one that are where the
// settings put them, newest first. One that cannot be read says nothing.
func earlierPages(c *config.Config, week sources.Week) (pages []report.Page) {
	var path string
	var old oldPage
	for n := 1; n <= longestPause; n++ {
		next, err := pagePath(c, "", week.Add(-n))
		if err != nil {
			continue
		}
		if next != path { // out may name one file for all weeks
			path = next
			if old, err = readPage(path); err != nil {
				old = oldPage{}
			}
		}
		if old.page != nil && old.page.Mark.Week == week.Add(-n) {
			pages = append(pages, *old.page)
		}
	}
	return pages
}
