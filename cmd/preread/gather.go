package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"preread/aggregate"
	"preread/config"
	"preread/report"
	"preread/sources"
)

// A request is what draft, check, collect and explain have in common: which
// week, which team, and whether saved facts stand in for the network.
type request struct {
	week  string
	team  string
	facts string
	full  bool // ask about all weeks again, remembered or not
}

// seen collects what a request asks for, or loads it.
func (j *job) seen(r request) (sources.Facts, []aggregate.Team, error) {
	teams, err := chosen(j.config, r.team)
	if err != nil {
		return sources.Facts{}, nil, err
	}
	facts, err := j.collect(r)
	if err != nil {
		return sources.Facts{}, nil, err
	}
	other := func(id string) bool {
		return !slices.ContainsFunc(teams, func(t aggregate.Team) bool { return t.ID == id })
	}
	facts.Answers = slices.DeleteFunc(facts.Answers, func(a sources.Answer) bool { return other(a.Question.Team) })
	j.gaps = slices.DeleteFunc(j.gaps, func(g sources.Gap) bool { return other(g.Team) })
	return facts, teams, nil
}

// judged collects and judges, with what people wrote on the week's page; that
// is nil if there is none.
func (j *job) judged(r request) (aggregate.Report, *report.Page, error) {
	facts, teams, err := j.seen(r)
	if err != nil {
		return aggregate.Report{}, nil, err
	}
	path, err := pagePath(j.config, "", facts.Window.Last)
	if err != nil {
		return aggregate.Report{}, nil, err
	}
	old, err := readPage(path)
	if err != nil {
		fmt.Fprintf(j.stderr, "warning: what is written on the page was not heard: %s\n", sources.OneLine(err.Error(), 300))
	}
	return j.judge(facts, teams, path, old.page), old.page, nil
}

// judge judges facts, with what earlier pages said and what people say on this
// one.
func (j job) judge(facts sources.Facts, teams []aggregate.Team, path string, page *report.Page) aggregate.Report {
	teams, kept := j.memory.recall(teams, facts.Window.Last)
	teams = j.heard(teams, facts.Window.Last, path, page)
	judged := aggregate.Judge(teams, facts)
	judged.Kept = kept
	for _, g := range j.gaps {
		known := func(o sources.Gap) bool { return o.Team == g.Team && o.Question == g.Question }
		if !slices.ContainsFunc(judged.Gaps, known) {
			judged.Gaps = append(judged.Gaps, g)
		}
	}
	j.warn(judged.Gaps)
	return judged
}

func chosen(c *config.Config, id string) ([]aggregate.Team, error) {
	if id == "" {
		return c.Teams, nil
	}
	var ids []string
	for _, t := range c.Teams {
		if t.ID == id {
			return []aggregate.Team{t}, nil
		}
		ids = append(ids, t.ID)
	}
	return nil, withHint(fmt.Errorf("--team: the settings have no team %q", sources.OneLine(id, 40)), "there is %s", strings.Join(ids, ", "))
}

// collect asks what is not remembered for good, and remembers it.
func (j *job) collect(r request) (facts sources.Facts, err error) {
	p, c := j.program, j.config
	if r.facts != "" {
		facts, err = p.savedFacts(c, r)
		j.gaps = facts.Gaps()
		return facts, err
	}
	window, err := p.window(c, r.week)
	if err != nil {
		return sources.Facts{}, err
	}
	asks, err := j.open()
	if err != nil {
		return sources.Facts{}, err
	}
	if r.team != "" {
		asks = slices.DeleteFunc(asks, func(a sources.Ask) bool { return a.Question.Team != r.team })
	}
	if !r.full {
		j.memory.plan(window, asks)
	}
	ctx, cancel := context.WithTimeout(p.ctx, p.timeout)
	defer cancel()
	facts = sources.Gather(ctx, window, asks, p.progress())
	if p.ctx.Err() != nil {
		return sources.Facts{}, p.ctx.Err()
	}
	facts, j.gaps = j.memory.keep(facts)
	return facts, nil
}

// open opens all sources of the settings.
func (j job) open() ([]sources.Ask, error) {
	return j.config.Open(func(name string) sources.Setup {
		return sources.Setup{
			Name:   name,
			Agent:  "preread/" + version(),
			Secret: func(ref sources.SecretRef) (sources.Secret, error) { return j.secret(filepath.Dir(j.config.File), ref) },
		}
	})
}

func (p *program) savedFacts(c *config.Config, r request) (sources.Facts, error) {
	file, err := os.Open(r.facts)
	if err != nil {
		return sources.Facts{}, withHint(fmt.Errorf("facts file %s: %w", r.facts, plainFileError(err)), "preread collect -o %s makes one", r.facts)
	}
	defer file.Close()
	facts, err := sources.Load(file)
	if err != nil {
		return sources.Facts{}, fmt.Errorf("facts file %s: %w", r.facts, err)
	}
	if r.week != "" && r.week != "last" && r.week != facts.Window.Last.String() {
		return sources.Facts{}, withHint(fmt.Errorf("--week: the saved facts are about %s", facts.Window.Last), "leave --week out, or collect the facts of %s", sources.OneLine(r.week, 20))
	}
	if !facts.Window.Zone.Equal(c.Report.Zone) {
		return sources.Facts{}, fmt.Errorf("the saved facts cut weeks in %s time, the settings in %s time", facts.Window.Zone, c.Report.Zone)
	}
	return facts, nil
}

// progress says which source has answered everything, once for each, where
// somebody watches: on a terminal, and in a CI log. Under cron it says nothing.
func (p *program) progress() func(sources.Progress) {
	if !p.watched() && p.getenv("CI") == "" {
		return nil
	}
	began := p.now()
	answered, missed := map[string]int{}, map[string]int{}
	return func(done sources.Progress) {
		name := done.Question.Source
		if done.Gap == "" {
			answered[name]++
		} else {
			missed[name]++
		}
		if done.Left > 0 {
			return
		}
		took := p.now().Sub(began).Round(100 * time.Millisecond)
		if missed[name] > 0 {
			fmt.Fprintf(p.stderr, "  %-12s %s %d of %d questions answered  %s\n", name, p.paint(yellow, "!"), answered[name], answered[name]+missed[name], took)
			return
		}
		fmt.Fprintf(p.stderr, "  %-12s %s %d questions answered  %s\n", name, p.paint(green, "✓"), answered[name], took)
	}
}

// warn says which questions got no answer: one line for each source and
// reason, with the lines that are unknown because of it.
func (p *program) warn(gaps []sources.Gap) {
	type key struct{ source, reason, hint string }
	var order []key
	lines := map[key][]string{}
	for _, g := range gaps {
		k := key{g.Source, g.Reason, g.Hint}
		if lines[k] == nil {
			order = append(order, k)
		}
		lines[k] = append(lines[k], g.Team+"/"+g.Question)
	}
	for _, k := range order {
		fmt.Fprintf(p.stderr, "warning: %s; unknown: %s\n", sources.OneLine(k.reason, 300), strings.Join(lines[k], ", "))
		if k.hint != "" {
			fmt.Fprintf(p.stderr, "hint: %s\n", sources.OneLine(k.hint, 300))
		}
	}
}

// cutID takes the id of a line apart; qualified tells whether it names a team.
func cutID(id string) (team, line string, qualified bool) {
	if team, line, qualified = strings.Cut(id, "/"); !qualified {
		return "", id, false
	}
	return team, line, true
}

// line finds a judged line by TEAM/LINE, or by LINE alone if only one team has
// it.
func line(r aggregate.Report, id string) (aggregate.TeamReport, aggregate.Finding, error) {
	team, name, qualified := cutID(id)
	var foundTeam aggregate.TeamReport
	var found []aggregate.Finding
	var all, same []string
	for _, t := range r.Teams {
		for _, f := range t.Lines {
			all = append(all, t.ID+"/"+f.ID)
			if qualified && t.ID == team && f.ID == name || !qualified && f.ID == id {
				foundTeam, found, same = t, append(found, f), append(same, t.ID+"/"+f.ID)
			}
		}
	}
	switch len(found) {
	case 1:
		return foundTeam, found[0], nil
	case 0:
		return aggregate.TeamReport{}, aggregate.Finding{}, withHint(fmt.Errorf("no line is called %q", sources.OneLine(id, 60)), "there is %s", strings.Join(all, ", "))
	}
	return aggregate.TeamReport{}, aggregate.Finding{}, withHint(errors.New("several teams have a line "+id), "name the team too: %s", strings.Join(same, " or "))
}
