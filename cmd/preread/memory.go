package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/aggregate/history"
	"preread/config"
	"preread/report"
	"preread/sources"
)

// A memory is what is remembered for one settings file. One without a store
// remembers nothing, and its methods do nothing.
type memory struct {
	*program
	store *history.Store
}

// remembering opens the history of a settings file. If that fails, the page is
// made without one, and that is said: a page without memory is worth more than
// none.
func (p *program) remembering(c *config.Config) (m memory, done func()) {
	m = memory{program: p}
	if c.Report.History.None {
		return m, func() {}
	}
	place, err := p.historyPlace(c)
	if err == nil {
		m.store, err = history.Open(p.ctx, place)
	}
	if err != nil {
		m.forgotten(err)
		return m, func() {}
	}
	return m, func() {
		if err := m.store.Close(); err != nil {
			m.forgotten(err)
		}
	}
}

// forgotten says that something was not remembered.
func (m memory) forgotten(err error) {
	reason, _ := spoken(err)
	fmt.Fprintf(m.stderr, "warning: made without memory: %s\n", sources.OneLine(reason, 300))
	m.hint(err)
}

// historyPlace is where the settings put the history: a file from their own
// folder, or a database; else a file in the state folder with a name that is
// made of theirs.
func (p *program) historyPlace(c *config.Config) (string, error) {
	h, folder := c.Report.History, filepath.Dir(c.File)
	if !h.Secret.IsZero() {
		secret, err := p.secret(folder, h.Secret)
		if err != nil {
			return "", err
		}
		return p.placed(secret.Reveal(), folder), nil
	}
	if h.Place != "" {
		return p.placed(h.Place, folder), nil
	}
	state, err := p.stateFolder()
	if err != nil {
		return "", err
	}
	return filepath.Join(state, keyed(c.File)+".db"), nil
}

func (p *program) placed(place, folder string) string {
	if strings.Contains(place, "://") || filepath.IsAbs(place) {
		return place
	}
	return filepath.Join(folder, place)
}

// plan narrows what is asked to the weeks that are not remembered for good.
func (m memory) plan(window sources.Window, asks []sources.Ask) {
	if m.store == nil {
		return
	}
	questions := make([]sources.Question, len(asks))
	for i, a := range asks {
		questions[i] = a.Question
	}
	weeks, err := m.store.Plan(m.ctx, window, questions)
	if err != nil {
		m.forgotten(err)
		return
	}
	for i, n := range weeks {
		asks[i].Weeks = n
	}
}

// keep remembers what was seen, and returns it for the whole window, with every
// question that got no answer this time: of some, earlier weeks are remembered.
func (m memory) keep(fresh sources.Facts) (whole sources.Facts, gaps []sources.Gap) {
	if m.store == nil {
		return fresh, fresh.Gaps()
	}
	m.reconcile(fresh)
	r, err := m.store.Remember(m.ctx, fresh)
	if err != nil {
		m.forgotten(err)
		return r.Facts, r.Gaps
	}
	for _, refused := range r.Refused {
		m.sayRefused(refused)
	}
	m.sayVanished(r.Vanished)
	return r.Facts, r.Gaps
}

// reconcile compares what is remembered with what is there at all.
func (m memory) reconcile(fresh sources.Facts) {
	for _, a := range fresh.Answers {
		if a.Refs == nil || a.Gap != "" {
			continue
		}
		vanished, refused, err := m.store.Reconcile(m.ctx, fresh.Window, a.Question, a.Refs)
		if err != nil {
			m.forgotten(err)
			return
		}
		m.sayVanished(vanished)
		if refused != nil {
			m.sayRefused(*refused)
		}
	}
}

func (m memory) sayRefused(r history.Refused) {
	id := r.Team + "/" + r.Line
	fmt.Fprintf(m.stderr, "warning: %s: %s\nhint: if that is true, preread history forget %s\n", id, sources.OneLine(r.Reason, 300), id)
}

// vanishedShown is how many of a line's things are named before the rest is
// only counted.
const vanishedShown = 5

// sayVanished tells whoever watches what a source does not show any more.
func (m memory) sayVanished(all []history.Vanished) {
	if !m.watched() && m.getenv("CI") == "" {
		return
	}
	refs := map[string][]string{}
	var order []string
	for _, v := range all {
		id := v.Team + "/" + v.Line
		if refs[id] == nil {
			order = append(order, id)
		}
		refs[id] = append(refs[id], sources.OneLine(v.Ref, 40))
	}
	for _, id := range order {
		shown := refs[id][:min(len(refs[id]), vanishedShown)]
		more := ""
		if n := len(refs[id]) - len(shown); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(m.stderr, "  gone from %s: %s%s\n", id, strings.Join(shown, ", "), more)
	}
}

// recall adds to the teams' lines what pages of earlier weeks said of them, and
// returns how their forecasts came true. What a page said before it was made
// anew is no past of its own.
func (m memory) recall(teams []aggregate.Team, week sources.Week) ([]aggregate.Team, aggregate.Kept) {
	if m.store == nil {
		return teams, aggregate.Kept{}
	}
	recalled := slices.Clone(teams)
	var all []aggregate.Said
	for i, team := range recalled {
		said, err := m.said(team.ID)
		if err != nil {
			m.forgotten(err)
			return teams, aggregate.Kept{}
		}
		said = slices.DeleteFunc(said, func(s aggregate.Said) bool { return s.Week.Compare(week) >= 0 })
		all = append(all, said...)
		recalled[i].Lines = slices.Clone(team.Lines)
		for j := range recalled[i].Lines {
			line := &recalled[i].Lines[j]
			for _, s := range said {
				if s.Line == line.ID {
					line.Said = append(line.Said, s)
				}
			}
		}
	}
	return recalled, aggregate.Grade(all)
}

func (m memory) said(team string) (all []aggregate.Said, err error) {
	documents, err := m.store.AllSaid(m.ctx, team)
	for _, d := range documents {
		var s aggregate.Said
		if err := json.Unmarshal(d.Document, &s); err != nil {
			return nil, fmt.Errorf("what was said of %s in %s cannot be read", sources.OneLine(d.Line, 40), d.Week)
		}
		all = append(all, s)
	}
	return all, err
}

// found keeps a page with everything that people wrote, before it is made
// anew.
func (m memory) found(path string, week sources.Week, text []byte) {
	if text != nil {
		m.savePage(history.Page{Path: path, Week: week, Text: text, Found: true})
	}
}

// written keeps a page as it was written, and what it says.
func (m memory) written(path string, r aggregate.Report, page report.Merged) {
	m.savePage(history.Page{Path: path, Week: r.Window.Last, Text: page.Text})
	m.savePage(history.Page{Path: path + madeSuffix, Week: r.Window.Last, Text: []byte(page.Made)})
	if m.store == nil {
		return
	}
	var said []history.Said
	for _, s := range r.Said() {
		doc, err := json.Marshal(s)
		if err != nil {
			m.forgotten(err)
			return
		}
		said = append(said, history.Said{Team: s.Team, Line: s.Line, Week: s.Week, At: r.Window.Now, Document: doc})
	}
	if err := m.store.SaveSaid(m.context(), said); err != nil {
		m.forgotten(err)
	}
}

// madeSuffix tells the program's own text of a page from the page.
const madeSuffix = "#made"

// made returns the program's own text that a page was made of before people
// edited it outside of its slots, "" if nobody did or it is not remembered.
func (m memory) made(path string, page *report.Page) string {
	if m.store == nil || page == nil || !page.Edited() {
		return ""
	}
	all, err := m.store.Pages(m.ctx, absolute(path)+madeSuffix)
	if err != nil {
		m.forgotten(err)
	}
	for _, made := range all {
		if page.MadeOf(string(made.Text)) {
			return string(made.Text)
		}
	}
	return ""
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

func (m memory) savePage(page history.Page) {
	if m.store == nil {
		return
	}
	page.Path = absolute(page.Path)
	page.At = m.now().UTC()
	if err := m.store.SavePage(m.context(), page); err != nil {
		m.forgotten(err)
	}
}

// context lets what was begun be finished when the program is interrupted:
// these are a few rows, and a page without them would be half remembered.
func (m memory) context() context.Context { return context.WithoutCancel(m.ctx) }
