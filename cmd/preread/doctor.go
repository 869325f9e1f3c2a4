package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"preread/aggregate/history"
	"preread/report"
	"preread/sources"
)

// A finding is one thing that doctor looked at.
type finding struct {
	About string `json:"about"` // settings, jira, history, page …
	State string `json:"state"` // ok, note or wrong
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"` // the next step, where there is one
}

// The states of a finding. A note is worth knowing and hinders nothing.
const (
	wellState  = "ok"
	noteState  = "note"
	wrongState = "wrong"
)

// An examination collects findings.
type examination struct {
	*program
	findings []finding
	heard    map[string]time.Time // when each source last answered
}

func (e *examination) add(about, state, hint, format string, args ...any) {
	e.findings = append(e.findings, finding{about, state, sources.OneLine(fmt.Sprintf(format, args...), 300), sources.OneLine(hint, 300)})
}

// fail adds an error with its next step.
func (e *examination) fail(about string, err error) {
	reason, next := spoken(err)
	e.add(about, wrongState, next, "%s", reason)
}

func (p *program) doctorVerb() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look whether everything is in place: settings, sources, history, page",
		Long: `doctor asks every source one small question of each kind, looks how far back
they can tell, and at the history and the page. It remembers nothing of that and
leaves the page alone. It exits with 2 if something is wrong, and with 3 if the
settings cannot be read.`,
		Example: `  preread doctor
  preread doctor --json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return p.with(func(j *job) error {
				e := &examination{program: p}
				e.add("settings", wellState, "", "%s: %s, %s", j.config.File, plural(len(j.config.Teams), "team"), plural(len(j.config.Questions()), "question"))
				e.sources(j)
				e.history(j)
				e.page(j)
				return e.tell(asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return cmd
}

func (e *examination) tell(asJSON bool) error {
	if slices.ContainsFunc(e.findings, func(f finding) bool { return f.State == wrongState }) {
		e.code = exitUnknown
	}
	if asJSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(e.findings)
	}
	for _, f := range e.findings {
		fmt.Fprintf(e.stdout, "%-6s %s: %s\n", f.State, f.About, f.Text)
		if f.Hint != "" {
			fmt.Fprintf(e.stdout, "       hint: %s\n", f.Hint)
		}
	}
	return nil
}

// sources asks one week of everything, but all weeks of what a source forgets.
func (e *examination) sources(j *job) {
	window, err := e.window(j.config, "last")
	if err != nil {
		e.fail("sources", err)
		return
	}
	asks, err := j.open()
	if err != nil {
		e.fail("sources", err)
		return
	}
	for i, a := range asks {
		asks[i].Source.Refs = nil // everything there is, is no small question
		if n := a.Question.Query.Noun; n != sources.Alarms && n != sources.Metrics {
			asks[i].Weeks = 1
		}
	}
	ctx, cancel := context.WithTimeout(e.ctx, e.timeout)
	defer cancel()
	e.heard = map[string]time.Time{}
	facts := sources.Gather(ctx, window, asks, func(p sources.Progress) { e.heard[p.Question.Source] = e.now() })
	var names []string
	for _, a := range asks {
		if !slices.Contains(names, a.Question.Source) {
			names = append(names, a.Question.Source)
		}
	}
	for _, name := range names {
		e.source(name, window, facts)
		for _, a := range asks {
			if a.Question.Source == name {
				e.health(a.Source)
				break
			}
		}
	}
}

// source tells which questions of a source have an answer, and how far back.
func (e *examination) source(name string, window sources.Window, facts sources.Facts) {
	answered, asked := 0, 0
	told := map[string]bool{}
	for _, a := range facts.Answers {
		if a.Question.Source != name {
			continue
		}
		asked++
		if a.Gap == "" {
			answered++
			e.reach(a, window)
			continue
		}
		if !told[a.Gap] {
			told[a.Gap] = true
			e.add(name, wrongState, a.Hint, "%s (%s/%s)", a.Gap, a.Question.Team, a.Question.Line)
		}
	}
	if answered == asked {
		e.add(name, wellState, "", "%s answered, with %s", plural(asked, "question"), plural(facts.Requests[name], "request"))
	}
}

// reach tells how far back a source that forgets still knows.
func (e *examination) reach(a sources.Answer, window sources.Window) {
	known := 0
	switch a.Question.Query.Noun {
	case sources.Alarms:
		for _, w := range a.Alarms {
			if w.Coverage > 0 && w.Grade != sources.Ungraded {
				known++
			}
		}
	case sources.Metrics:
		for _, r := range a.Readings {
			if r.Grade != sources.Ungraded {
				known++
			}
		}
	default:
		return
	}
	if shown := window.Page().Count; known < shown {
		e.add(a.Question.Source, noteState, "the history fills in as the weeks go by; a longer retention does so at once",
			"%s/%s: it still knows %d of the page's %d weeks", a.Question.Team, a.Question.Line, known, shown)
	}
}

// history tells what is remembered, and where it has holes.
func (e *examination) history(j *job) {
	if j.config.Report.History.None {
		e.add("history", noteState, `name a file or a database in history`, `nothing is remembered: the settings say "none"`)
		return
	}
	if j.memory.store == nil {
		e.add("history", wrongState, "", "it cannot be opened; see the warning")
		return
	}
	all, err := j.memory.store.Summary(e.ctx)
	if err != nil {
		e.fail("history", err)
		return
	}
	var last history.Summary
	for _, h := range all {
		if h.Captured.After(last.Captured) {
			last = h
		}
		if h.Missing > 0 {
			e.add("history", noteState, "preread collect --full reads again what the sources still know", "%s/%s: %d weeks are missing between %s and %s", h.Team, h.Line, h.Missing, h.First, h.Last)
		}
	}
	if len(all) == 0 {
		e.add("history", noteState, "preread draft begins it", "nothing is remembered yet")
		return
	}
	e.add("history", wellState, "", "%s, last asked %s UTC", plural(len(all), "question"), last.Captured.UTC().Format("2006-01-02 15:04"))
}

// page looks at the week's page and its folder.
func (e *examination) page(j *job) {
	window, err := e.window(j.config, "last")
	if err != nil {
		return // said already
	}
	path, err := pagePath(j.config, "", window.Last)
	if err != nil {
		e.fail("page", err)
		return
	}
	old, err := readPage(path)
	if err != nil {
		e.fail("page", err)
		return
	}
	if err := writable(filepath.Dir(path)); err != nil {
		e.add("page", wrongState, "make the folder writable, or name another in out", "the folder of %s: %s", path, err)
		return
	}
	if old.page == nil {
		e.add("page", wellState, "", "%s is not made yet", path)
		return
	}
	if homeless := homelessNotes(j, *old.page); len(homeless) > 0 {
		e.add("page", noteState, "they stand at its end; move them, or delete them", "%s has notes whose lines are gone: %s", path, strings.Join(homeless, ", "))
	}
	_, complaints := report.Opinions(path, *old.page)
	for _, complaint := range complaints {
		e.add("page", wrongState, "", "%s", complaint)
	}
	e.add("page", wellState, "", "%s: %d slots", path, len(old.page.Notes))
}

// writable tries to make a file in the nearest folder that is there.
func writable(folder string) error {
	for {
		if _, err := os.Stat(folder); err == nil {
			break
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			break
		}
		folder = parent
	}
	f, err := os.CreateTemp(folder, ".preread-doctor-*")
	if err != nil {
		return plainFileError(err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// homelessNotes are the slots of a page that belong to lines which the settings
// do not have any more.
func homelessNotes(j *job, page report.Page) (ids []string) {
	lines := map[string]bool{}
	for _, t := range j.config.Teams {
		for _, l := range t.Lines {
			lines[t.ID+"/"+l.ID] = true
		}
	}
	for _, n := range page.Notes {
		if strings.Contains(n.ID, "/") && !lines[n.ID] {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// Beyond these, a clock or a budget is worth a note.
const (
	clockSlack  = time.Minute
	budgetShare = 5 // of what a source allows, one part in so many
)

// health tells whether the source's clock agrees with this machine's, and how
// many requests it still allows.
func (e *examination) health(s sources.Source) {
	if s.Health == nil {
		return
	}
	h := s.Health()
	if skew := e.heard[s.Name].Sub(h.Clock).Abs(); !h.Clock.IsZero() && skew > clockSlack {
		e.add(s.Name, noteState, "set the clock of one of them; weeks are cut by this machine's", "its clock and this machine's are %s apart", howLong(skew))
	}
	if h.Limit > 0 && h.Remaining < h.Limit/budgetShare {
		until := ""
		if !h.Reset.IsZero() {
			until = ", until " + h.Reset.Format("15:04") + " UTC"
		}
		e.add(s.Name, noteState, "run later, or use a token of its own", "it allows %d more requests of %d%s", h.Remaining, h.Limit, until)
	}
}

// howLong says a stretch of time in the largest unit that it holds twice.
func howLong(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= 2*unit.length {
			return plural(int(d.Round(unit.length)/unit.length), unit.name)
		}
	}
	return plural(int(d.Round(time.Second)/time.Second), "second")
}
