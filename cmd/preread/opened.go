package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"preread/aggregate"
	"preread/aggregate/history"
	"preread/cmd/preread/desk"
	"preread/report"
	"preread/sources"
)

// An opened page is one that somebody writes in while it is shown. What is
// written goes the way that draft goes: under the page's lock, remembered, and
// put in its place only if that holds what was read.
type opened struct {
	job
	silent job // for judging again and again without a word
	path   string
	week   sources.Week
	saved  string // file of facts that was named; "": those of the last draft

	changing sync.Mutex // one change at a time
	mine     []byte     // the page as it was last written here
	found    time.Time  // when a page was last remembered as it was found

	judging sync.Mutex
	based   fileStamp // of basis
	basis   sources.Facts
	heard   []report.Opinion // that judgement heard
	judged  *aggregate.Report
}

// A fileStamp tells one content of a file from another.
type fileStamp struct {
	at   time.Time
	size int64
}

func (j job) opened(path string, week sources.Week, facts string) *opened {
	silent := *j.program
	silent.stderr = io.Discard
	o := &opened{job: j, silent: j, path: path, week: week, saved: facts}
	o.silent.program, o.silent.memory.program = &silent, &silent
	return o
}

// page is what a desk may do with the page.
func (o *opened) page() desk.Page {
	page := desk.Page{
		Name: filepath.Base(o.path), Read: o.read, Change: o.change, Render: o.render, Explain: o.explain, Before: o.before,
		Findings: o.reviewed, Answer: o.answer, Readers: o.readers(), ForReader: o.forReader,
		Today: o.today, SentOn: func(p report.Page) sources.Day { return o.day(p.Mark.Sent) },
	}
	if o.memory.store != nil {
		page.Ready, page.MarkReady = o.ready, o.markReady
	}
	return page
}

func (o *opened) read() ([]byte, error) {
	old, err := readPage(o.path)
	if err == nil && old.page == nil {
		err = fmt.Errorf("there is no %s any more; preread draft%s makes it", o.path, o.weekFlag(o.config, o.week))
	}
	return old.text, err
}

// change replaces the page by what edit makes of it as it is then.
func (o *opened) change(edit func([]byte) ([]byte, error)) error {
	o.changing.Lock()
	defer o.changing.Unlock()
	unlock, err := o.lock(o.path)
	if err != nil {
		return err
	}
	defer unlock()
	o.moment("locked")
	if err := o.recover(o.path); err != nil {
		return err
	}
	text, err := o.read()
	if err != nil {
		return err
	}
	next, after, err := o.edited(text, edit)
	if err != nil || bytes.Equal(next, text) {
		return err
	}
	err = o.replace(o.path, text, next, func(found []byte) ([]byte, error) {
		next, after, err = o.edited(found, edit)
		return next, err
	})
	if err != nil {
		return err
	}
	o.mine = next
	o.saveAsks(o.path, o.week, next)
	after()
	return nil
}

// edited returns a page after an edit, made anew where the edit changes more
// than words: a colour of one's own, a slot that is empty again. after
// remembers that it was written.
func (o *opened) edited(text []byte, edit func([]byte) ([]byte, error)) (next []byte, after func(), err error) {
	after = func() {}
	if next, err = edit(text); err != nil || bytes.Equal(next, text) {
		return next, after, err
	}
	o.remember(text)
	o.moment("found")
	before, err := takePage(o.path, text)
	if err != nil {
		return nil, after, err
	}
	now, err := takePage(o.path, next)
	if err != nil {
		return nil, after, err
	}
	if done, made := o.made(before, now); made {
		return done.merged.Text, func() { o.memory.written(o.path, done.report, done.merged) }, nil
	}
	return next, after, nil
}

// made makes a page anew after an edit. That is left to draft where it would be
// another page without the edit too: there are newer facts elsewhere, or other
// settings, and only draft knows them.
func (o *opened) made(before, now oldPage) (done drafted, made bool) {
	o.judging.Lock()
	facts, teams, err := o.facts(now.page.Mark)
	o.judging.Unlock()
	if err != nil {
		return done, false
	}
	w := writing{job: o.silent, drafting: drafting{formats: []string{"markdown"}}, facts: facts, teams: teams, path: o.path, from: o.path}
	was, _, err := w.compose(before)
	if err != nil || !was.merged.Same {
		return done, false
	}
	done, _, err = w.compose(now)
	return done, err == nil && !done.merged.Same && !done.merged.Edited
}

// rememberEvery is how often a page is remembered that was last written here: it
// is written with every few words.
const rememberEvery = 5 * time.Minute

// remember keeps the page as it was found: before the first change of it, and
// whenever somebody else has written it.
func (o *opened) remember(text []byte) {
	if now := o.now(); !bytes.Equal(text, o.mine) || now.Sub(o.found) >= rememberEvery {
		o.memory.found(o.path, o.week, text)
		o.found = now
	}
}

// errOlder is the error of facts that the page was not made of.
var errOlder = errors.New("this page was made anew elsewhere, and the facts on this machine are older")

// facts returns the facts that the page was made of, and the teams that they
// are about. It wants o.judging.
func (o *opened) facts(mark report.DocMark) (sources.Facts, []aggregate.Team, error) {
	if err := o.load(); err != nil {
		return sources.Facts{}, nil, err
	}
	made, err := time.Parse(time.RFC3339, mark.Made)
	switch {
	case o.basis.Window.Last != o.week || !o.basis.Window.Zone.Equal(o.config.Report.Zone):
		return sources.Facts{}, nil, errNoBasis
	case err == nil && o.basis.Window.Now.Before(made):
		return sources.Facts{}, nil, errOlder
	}
	teams := slices.DeleteFunc(slices.Clone(o.config.Teams), func(t aggregate.Team) bool {
		return !slices.ContainsFunc(o.basis.Answers, func(a sources.Answer) bool { return a.Question.Team == t.ID })
	})
	return o.basis, teams, nil
}

// load reads the facts, again if another run has left new ones.
func (o *opened) load() (err error) {
	file := o.saved
	if file == "" {
		if file, err = o.basisFile(o.path); err != nil {
			return errNoBasis
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		return errNoBasis
	}
	stamp := fileStamp{info.ModTime(), info.Size()}
	if stamp == o.based {
		return nil
	}
	var facts sources.Facts
	if o.saved != "" {
		facts, err = o.savedFacts(o.config, request{facts: o.saved})
	} else {
		facts, err = o.program.basis(o.path)
	}
	if err == nil {
		o.based, o.basis, o.judged = stamp, facts, nil
	}
	return err
}

// judge judges the facts behind a page, with the colours that people gave its
// lines.
func (o *opened) judge(page report.Page) (aggregate.Report, error) {
	o.judging.Lock()
	defer o.judging.Unlock()
	facts, teams, err := o.facts(page.Mark)
	if err != nil {
		return aggregate.Report{}, err
	}
	heard, _ := report.Opinions(o.path, page)
	if o.judged == nil || !slices.Equal(heard, o.heard) {
		judged := o.silent.judge(facts, teams, o.path, &page)
		o.judged, o.heard = &judged, heard
	}
	return *o.judged, nil
}

// withoutFacts says what a page lacks whose facts are not at hand.
func (o *opened) withoutFacts(err error) string {
	ofWeek := o.weekFlag(o.config, o.week)
	return fmt.Sprintf("There are no charts, and the figures cannot be explained: %s. preread draft%s makes it here; preread open%s --facts takes saved facts.", err, ofWeek, ofWeek)
}

func (o *opened) render(text []byte, w report.Writing) (body, missing string, err error) {
	page, err := report.ParsePage(o.path, text)
	if err != nil {
		return "", "", err
	}
	judged, err := o.judge(page)
	if err != nil {
		missing = o.withoutFacts(err)
		judged.Window = sources.Window{Last: o.week, Count: o.config.Report.Weeks, Zone: o.config.Report.Zone}
	}
	body, err = report.HTMLBody(judged, page, w)
	return body, missing, err
}

func (o *opened) explain(text []byte, id string) (string, error) {
	page, err := report.ParsePage(o.path, text)
	if err != nil {
		return "", err
	}
	judged, err := o.judge(page)
	if err != nil {
		return "", errors.New(strings.TrimSuffix(o.withoutFacts(err), "."))
	}
	team, finding, err := line(judged, id)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = report.Explain(&b, judged.Window, team, finding)
	return b.String(), err
}

// before returns the page of the week before, if it is where the settings put
// it.
func (o *opened) before() (week string, text []byte, err error) {
	last := o.week.Add(-1)
	path, err := pagePath(o.config, "", last)
	if err != nil || path == o.path {
		return "", nil, err
	}
	old, err := readPage(path)
	if err != nil || old.page == nil || old.page.Mark.Week != last {
		return "", nil, err
	}
	return last.String(), old.text, nil
}

// readySuffix tells the page as it was marked as ready from the page.
const readySuffix = "#ready"

// ready says since when the page is marked as ready. One that was changed since
// is so no more.
func (o *opened) ready(text []byte) (since string, ready bool, err error) {
	last, found, err := o.memory.store.LastPage(o.ctx, absolute(o.path)+readySuffix, false)
	if err != nil || !found || len(last.Text) == 0 {
		return "", false, err
	}
	at := last.At.In(o.config.Report.Zone.Location()).Format("2 January, 15:04")
	if !bytes.Equal(last.Text, text) {
		return "Changed since it was ready on " + at, false, nil
	}
	return "Ready since " + at, true, nil
}

// markReady remembers the page as it is as ready, or that it is not.
func (o *opened) markReady(text []byte, ready bool) error {
	if !ready {
		text = []byte{}
	}
	page := history.Page{Path: absolute(o.path) + readySuffix, Week: o.week, Text: text, At: o.now().UTC()}
	return o.memory.store.SavePage(o.memory.context(), page)
}
