package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"preread/aggregate/history"
	"preread/report"
	"preread/report/ask"
	"preread/sources"
)

// letter gathers what people said before a page and on it.
func (j job) letter(path string, week sources.Week, page *report.Page) report.Letter {
	before := earlierPages(j.config, week)
	l := report.Letter{Page: page, Since: report.Since(weeksSent(before), week, j.config.Report.Weeks), Asks: j.asks(week, before)}
	if len(before) > 0 {
		l.Before = &before[0]
	}
	l.Dropped = j.memory.dropped(path, l.Refilled(week))
	return l.Heard(week)
}

// dropped returns the slots, of some that hold a prompt alone, in which the page at
// a path had words before.
func (m memory) dropped(path string, ids []string) (dropped []string) {
	if m.store == nil || len(ids) == 0 {
		return nil
	}
	pages, err := m.store.Pages(m.ctx, absolute(path))
	if err != nil {
		m.forgotten(err)
	}
	for _, id := range ids {
		if slices.ContainsFunc(pages, func(p history.Page) bool { return hadWords(path, p.Text, id) }) {
			dropped = append(dropped, id)
		}
	}
	return dropped
}

func hadWords(path string, text []byte, id string) bool {
	page, err := report.ParsePage(path, text)
	if err != nil {
		return false
	}
	n, err := page.Note(id)
	return err == nil && n.Words() != ""
}

func weeksSent(pages []report.Page) (sent []sources.Week) {
	for _, p := range pages {
		if !p.Mark.Sent.IsZero() {
			sent = append(sent, p.Mark.Week)
		}
	}
	return sent
}

// asks is the ledger of what was asked for before a week. What stands on a page
// counts more than what is remembered of it.
func (j job) asks(week sources.Week, pages []report.Page) (l ask.Ledger) {
	byWeek := j.memory.asked(j.asksKeys())
	for _, p := range pages {
		byWeek[p.Mark.Week] = report.Asks(p)
	}
	for _, w := range slices.SortedFunc(maps.Keys(byWeek), sources.Week.Compare) {
		if w.Compare(week) < 0 {
			l = l.Take(w, byWeek[w])
		}
	}
	return l
}

// asksKeys are what the asks of the settings' pages are remembered under, the one
// in use last: no team has such an id, and the order of teams makes no difference.
// The first is from before that was so.
func (j job) asksKeys() []string {
	var ids []string
	for _, t := range j.config.Teams {
		ids = append(ids, t.ID)
	}
	first := ids[0]
	slices.Sort(ids)
	return []string{history.PageKey + first, history.PageKey + strings.Join(ids, "+")}
}

// asksLine is what they are called there.
const asksLine = "asks"

// asked returns what was asked for on pages, by week; what stands under a later
// key counts more.
func (m memory) asked(keys []string) map[sources.Week][]ask.Ask {
	byWeek := map[sources.Week][]ask.Ask{}
	if m.store == nil {
		return byWeek
	}
	for _, key := range keys {
		documents, err := m.store.AllSaid(m.context(), key)
		if err != nil {
			m.forgotten(err)
		}
		for _, d := range documents {
			var asks []ask.Ask
			if json.Unmarshal(d.Document, &asks) == nil {
				byWeek[d.Week] = asks
			}
		}
	}
	return byWeek
}

// saveAsks remembers what a page asks for.
func (j job) saveAsks(path string, week sources.Week, text []byte) {
	page, err := report.ParsePage(path, text)
	if j.memory.store == nil || err != nil {
		return
	}
	doc, err := json.Marshal(report.Asks(page))
	if err == nil {
		keys := j.asksKeys()
		said := history.Said{Team: keys[len(keys)-1], Line: asksLine, Week: week, At: j.now().UTC(), Document: doc}
		err = j.memory.store.SaveSaid(j.memory.context(), []history.Said{said})
	}
	if err != nil {
		j.memory.forgotten(err)
	}
}
