package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"preread/aggregate"
	"preread/config"
	"preread/report"
	"preread/sources"
)

// A drafting is what the flags of draft ask for.
type drafting struct {
	request
	out     string
	formats []string
	dry     bool
	strict  bool
	amend   string // what to add to a page that was sent; "": nothing
	reader  string // who reads it, by id; "": the page's own reader
	since   string // tell of the weeks since that of this day; "": of those that were not told
	silent  bool   // the caller talks about the page itself
}

func (p *program) draftVerb() *cobra.Command {
	var d drafting
	cmd := &cobra.Command{
		Use:   "draft",
		Short: "Make the page, or make it again and keep what was written in it",
		Example: `  preread draft                      the last complete week
  preread draft --week 2026-W46      another one
  preread draft -n                   only say what would be done
  preread draft -o - --format json   to the standard output, for scripts
  preread draft --facts facts.json   from saved facts, without a network`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for i, f := range d.formats {
				d.formats[i] = strings.TrimSpace(f)
			}
			return p.with(func(j *job) error {
				if !cmd.Flags().Changed("format") && (d.reader != "" || d.since != "") {
					if err := d.choose(*j); err != nil {
						return err
					}
				}
				if cmd.Flags().Changed("amend") {
					for _, flag := range []string{"out", "format", "reader", "since", "facts", "team", "strict"} {
						if cmd.Flags().Changed(flag) {
							return withHint(errors.New("--amend adds a line to the page and does nothing else"), "leave out --%s", flag)
						}
					}
					return j.amend(d.week, d.amend, d.dry)
				}
				_, err := j.draft(d)
				return err
			})
		},
	}
	p.requestFlags(cmd, &d.request)
	cmd.Flags().StringVarP(&d.out, "out", "o", "", "write to this `file`, - for the standard output (default: out of the settings)")
	cmd.Flags().StringSliceVar(&d.formats, "format", []string{"markdown"}, "`formats` to write: "+strings.Join(formats, ", "))
	cmd.Flags().StringVar(&d.reader, "reader", "", "tell it as the reader of this `id` in the settings wants it, in a file of its own; with --format in another form, or as html or pdf")
	cmd.Flags().StringVar(&d.since, "since", "", "with another form: catch up on the weeks since this `day`")
	cmd.Flags().BoolVarP(&d.dry, "dry-run", "n", false, "say what would be written, and write nothing")
	cmd.Flags().StringVar(&d.amend, "amend", "", "add a dated line of these `words` to a page that was sent, and do nothing else")
	cmd.Flags().BoolVar(&d.strict, "strict", false, "exit with 2 if a question was not answered")
	return cmd
}

const fullUsage = "ask about all weeks again, remembered or not"

func (p *program) requestFlags(cmd *cobra.Command, r *request) {
	cmd.Flags().StringVar(&r.week, "week", "last", "the `week` to report on, such as 2026-W46")
	cmd.Flags().StringVar(&r.team, "team", "", "only this team, by its `id`")
	cmd.Flags().StringVar(&r.facts, "facts", "", "use the facts saved in `file`; no network")
	cmd.Flags().BoolVar(&r.full, "full", false, fullUsage)
}

// A drafted page is what draft wrote, for the talk about it.
type drafted struct {
	report aggregate.Report
	merged report.Merged
	path   string
}

// draft makes the page. It is replaced only when everything is ready.
func (j *job) draft(d drafting) (drafted, error) {
	p := j.program
	if err := checkFormats(d); err != nil {
		return drafted{}, err
	}
	w, err := j.writing(d)
	if err != nil {
		return drafted{}, err
	}
	if w.path == "-" || d.dry {
		return w.show()
	}
	done, later, err := w.write()
	if err != nil {
		return done, err
	}
	p.sayMoved(done)
	if done.merged.Sent && d.rewrites() {
		fmt.Fprintf(p.stderr, "note: %s was sent and stays as it is; draft --amend adds a line to it\n", done.path)
	}
	if err := w.saveAll(later); err != nil {
		return done, err
	}
	if p.watched() && !d.silent {
		p.summary(p.stderr, done)
		fmt.Fprintf(p.stderr, "  Next: write in its slots, marked with ✍; they stay when it is made again.\n")
	}
	return done, nil
}

// writing collects what a page is made of.
func (j *job) writing(d drafting) (writing, error) {
	if err := j.checkPage(j.config, d); err != nil {
		return writing{}, err
	}
	facts, teams, err := j.seen(d.request)
	if err != nil {
		return writing{}, err
	}
	week := facts.Window.Last
	w := writing{job: *j, drafting: d, facts: facts, teams: teams}
	if w.path, err = pagePath(j.config, d.out, week); err != nil {
		return w, err
	}
	if w.from = w.path; !d.rewrites() {
		if w.from, err = pagePath(j.config, "", week); err != nil {
			return w, err
		}
	}
	w.sinceWeek, err = d.sinceIn(facts.Window)
	return w, err
}

// A writing is the making of one page, once its facts are there.
type writing struct {
	job
	drafting
	facts sources.Facts
	teams []aggregate.Team
	path  string // where it goes
	from  string // the page with what people wrote

	sinceWeek sources.Week // that it tells of; zero: since the last page sent
}

// compose judges the facts and lays out the page around what people wrote on
// the one that is there.
func (w writing) compose(old oldPage) (drafted, []output, error) {
	if err := w.elsewhere(old, w.from, w.facts.Window.Last); err != nil {
		return drafted{}, nil, err
	}
	facts := w.facts
	if old.sent() { // its other forms are of what it was made of
		if basis, err := w.basis(w.from); err == nil {
			facts = basis
		}
	}
	w.sayMissed(w.from, old.page)
	judged := w.judge(facts, w.teams, w.from, old.page)
	merged, letter := w.merged(judged, old)
	if !merged.Sent {
		w.sayAnswered(w.from, letter)
	}
	if w.strict && len(w.gaps) > 0 {
		w.code = exitUnknown
	}
	done := drafted{judged, merged, w.path}
	outputs, err := w.render(judged, merged, letter, old.page)
	return done, outputs, err
}

// merged is the page around what people wrote; one that was sent stays as it is.
func (w writing) merged(judged aggregate.Report, old oldPage) (report.Merged, report.Letter) {
	letter := w.letter(w.from, judged.Window.Last, old.page)
	if !w.sinceWeek.IsZero() {
		letter.Since, letter.CatchUp = w.sinceWeek, true
	} else if old.sent() {
		kept := 0
		for _, n := range old.page.Notes {
			if n.Words() != "" {
				kept++
			}
		}
		return report.Merged{Text: old.text, Kept: kept, Same: true, Sent: true}, letter
	}
	return report.Markdown(frame(w.config), judged, letter).Merge(old.page, w.memory.made(w.from, old.page)), letter
}

// show prints the page, or says what a run would do.
func (w writing) show() (drafted, error) {
	old, err := readPage(w.from)
	if err != nil {
		return drafted{}, err
	}
	done, outputs, err := w.compose(old)
	if err != nil {
		return done, err
	}
	if w.path == "-" {
		return done, w.saveAll(outputs)
	}
	w.sayDry(done, outputs)
	return done, nil
}

// write puts the page in its place. Sources take their time, and people write
// meanwhile: what counts is the page as it is now, and if it is saved at this
// very moment, as it is then. What takes its time is left for later, when
// others may have the page again.
func (w writing) write() (done drafted, later []output, err error) {
	unlock, err := w.lock(w.from)
	if err != nil {
		return drafted{}, nil, err
	}
	defer unlock()
	w.moment("locked")
	if err := w.recover(w.from); err != nil {
		return drafted{}, nil, err
	}
	old, err := readPage(w.from)
	if err != nil {
		return drafted{}, nil, err
	}
	week := w.facts.Window.Last
	if old.page == nil {
		w.memory.sayGone(w.from)
	}
	w.memory.found(w.from, week, old.text)
	w.moment("found")
	done, outputs, err := w.compose(old)
	if err != nil {
		return done, nil, err
	}
	if o, found := pageOf(outputs); found {
		if !o.same {
			if outputs, err = w.placePage(&done, old, o.text, outputs); err != nil {
				return done, nil, err
			}
		}
		if !done.merged.Sent {
			w.memory.written(w.path, done.report, done.merged)
			w.saveAsks(w.path, week, done.merged.Text)
			w.memory.based(w.path, w.facts)
		}
		w.moment("remembered")
	}
	later = slices.DeleteFunc(slices.Clone(outputs), func(o output) bool { return o.page || !o.print })
	return done, later, w.saveAll(slices.DeleteFunc(outputs, func(o output) bool { return o.page || o.print }))
}

// saveAll writes what people do not write in.
func (w writing) saveAll(outputs []output) error {
	for _, o := range outputs {
		text, err := o.text, error(nil)
		if o.print {
			text, err = w.printed(o.text)
		}
		if err != nil {
			return err
		}
		if o.told && o.path == "-" && isTerminal(w.stdout) {
			return w.showForm(text)
		}
		if old, err := os.ReadFile(o.path); o.path != "-" && err == nil && bytes.Equal(old, text) {
			continue // it is there already
		}
		if err := w.save(o.path, text); err != nil {
			return withHint(err, "name another file with -o")
		}
	}
	return nil
}

func pageOf(outputs []output) (output, bool) {
	i := slices.IndexFunc(outputs, func(o output) bool { return o.page })
	if i < 0 {
		return output{}, false
	}
	return outputs[i], true
}

// placePage replaces the page, and makes everything anew from what it finds
// there instead of what was read.
func (w writing) placePage(done *drafted, old oldPage, text []byte, outputs []output) ([]output, error) {
	if err := w.keepEdited(old, done.merged); err != nil {
		return nil, err
	}
	err := w.replace(w.path, old.text, text, func(found []byte) ([]byte, error) {
		now, err := takePage(w.path, found)
		if err != nil {
			return nil, err
		}
		w.memory.found(w.path, w.facts.Window.Last, found)
		if *done, outputs, err = w.compose(now); err != nil {
			return nil, err
		}
		o, _ := pageOf(outputs)
		return o.text, w.keepEdited(now, done.merged)
	})
	if err != nil {
		return nil, withHint(err, "nothing was changed; name another file with -o")
	}
	return outputs, nil
}

// keepEdited keeps a page beside the new one if somebody edited it outside of
// its slots.
func (w writing) keepEdited(old oldPage, merged report.Merged) error {
	if !merged.Edited {
		return nil
	}
	kept, err := keepBeside(w.path, old.text)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stderr, "warning: text outside of the slots of %s was edited; the page as it was is kept in %s\n", w.path, kept)
	return nil
}

// formats are all that draft writes.
var formats = append([]string{"markdown", "html", "pdf", "json"}, told...)

// sinceIn returns the week that --since names, as far as a page shows.
func (d drafting) sinceIn(window sources.Window) (sources.Week, error) {
	if d.since == "" {
		return sources.Week{}, nil
	}
	day, err := sources.ParseDay(d.since)
	if err != nil {
		return sources.Week{}, fmt.Errorf("--since: %w", err)
	}
	page := window.Page()
	week := page.WeekOf(day.Time(window.Zone.Location()))
	outside := fmt.Errorf("--since: %s is not in the weeks of the page, %s to %s", day, page.First(), page.Last)
	switch {
	case week.Compare(page.Last) > 0:
		return sources.Week{}, withHint(outside, "name %s or an earlier day", page.Last.Sunday())
	case week.Compare(page.First()) < 0:
		return sources.Week{}, withHint(outside, "name %s or a later day; weeks in [report] can make it show up to %d", page.First().Monday(), config.MostWeeks)
	}
	return week, nil
}

func checkFormats(d drafting) error {
	for _, f := range d.formats {
		if f == "" {
			return withHint(errors.New("--format: no format is named between two commas"), "there is %s", strings.Join(formats, ", "))
		}
		if !slices.Contains(formats, f) {
			return withHint(fmt.Errorf("--format: %q is not a format of draft", sources.OneLine(f, 40)), "there is %s", strings.Join(formats, ", "))
		}
	}
	if err := checkTelling(d); err != nil {
		return err
	}
	ext := filepath.Ext(d.out)
	if other := strings.TrimPrefix(ext, "."); d.rewrites() && other != string(report.AsMarkdown) && slices.Contains(d.formats, other) {
		return withHint(fmt.Errorf("-o names the Markdown page here, and %s would be its %s too", d.out, other), "name it %s; the other formats go beside it", strings.TrimSuffix(d.out, ext)+".md")
	}
	if slices.Contains(d.formats, "pdf") && !d.dry {
		if _, err := browser(); err != nil {
			return err
		}
	}
	if d.out == "-" && d.files() != 1 {
		return withHint(errors.New("the standard output takes one format"), "name one with --format")
	}
	if len(d.formats) == 0 {
		return withHint(errors.New("--format: no format is named"), "there is %s", strings.Join(formats, ", "))
	}
	return nil
}

// checkPage refuses a page that could not be replaced, before any source is
// asked. Saved facts are there at once, so with them there is nothing to spare.
func (p *program) checkPage(c *config.Config, d drafting) error {
	if d.facts != "" {
		return nil
	}
	window, err := p.window(c, d.week)
	if err != nil {
		return err
	}
	out := d.out
	if !d.rewrites() {
		out = "" // what is read is the page itself
	}
	path, err := pagePath(c, out, window.Last)
	if err != nil {
		return err
	}
	old, err := readPage(path)
	if err != nil {
		return err
	}
	return d.elsewhere(old, path, window.Last)
}

// elsewhere refuses to make the page of a week where the page of another one
// stands that was sent.
func (d drafting) elsewhere(old oldPage, path string, week sources.Week) error {
	if !old.sent() || old.page.Mark.Week == week {
		return nil
	}
	err := fmt.Errorf("%s is the page of %s, which was sent and stays as it is", path, old.page.Mark.Week)
	if d.out != "" && d.rewrites() {
		return withHint(err, "name another file with -o")
	}
	return withHint(err, "put {{.Week}} into out in [report], such as out = %q", "prereads/{{.Week}}.md")
}

// pagePath returns where the page goes, "-" for the standard output. A path of
// the settings is taken from their folder.
func pagePath(c *config.Config, out string, week sources.Week) (string, error) {
	if out != "" {
		return out, nil
	}
	path, err := c.Report.Out.For(week)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(c.File), path)
	}
	return path, nil
}

// standing returns the page of a week as it stands, with its path; one that is
// not there is an error.
func (j job) standing(week string) (path string, last sources.Week, old oldPage, err error) {
	if path, last, err = j.place(week); err != nil {
		return path, last, old, err
	}
	if old, err = readPage(path); err == nil && old.page == nil {
		err = withHint(fmt.Errorf("there is no page of %s yet: %s", last, path), "preread draft%s makes it", j.weekFlag(j.config, last))
	}
	return path, last, old, err
}

// place is where the page of a week goes.
func (j job) place(week string) (path string, last sources.Week, err error) {
	window, err := j.window(j.config, week)
	if err != nil {
		return "", last, err
	}
	path, err = pagePath(j.config, "", window.Last)
	return path, window.Last, err
}

// An oldPage is the page as it is on disk; page is nil if there is none.
type oldPage struct {
	page *report.Page
	text []byte
}

// sent reports a page that is not to be made again.
func (o oldPage) sent() bool { return o.page != nil && !o.page.Mark.Sent.IsZero() }

func readPage(path string) (oldPage, error) {
	if path == "-" {
		return oldPage{}, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return oldPage{}, nil
	}
	if err != nil {
		return oldPage{}, fmt.Errorf("page %s: %w", path, plainFileError(err))
	}
	return takePage(path, text)
}

func takePage(path string, text []byte) (oldPage, error) {
	page, err := report.ParsePage(path, text)
	if err != nil {
		return oldPage{}, err
	}
	if !page.Mark.Found && len(bytes.TrimSpace(text)) > 0 {
		return oldPage{}, withHint(fmt.Errorf("%s is not a page of preread and was not overwritten", path), "name another file with -o, or move this one away")
	}
	return oldPage{&page, text}, nil
}

func frame(c *config.Config) report.Frame {
	return report.Frame{Title: c.Report.Title, Reader: c.Report.Reader, Session: c.Report.Session.Weekday, Clock: c.Report.Session.Clock, Charts: c.Report.Charts, Holidays: c.Report.Holidays}
}

// An output is a file to write.
type output struct {
	path  string
	text  []byte
	page  bool // people write in it
	same  bool // but for the time of making it is there already
	print bool // text is HTML, to be printed as PDF
	told  bool // another form of the page, which people read as it is printed
}

// file is where a format of a page goes: beside it, under its name.
func (d drafting) file(page, ext string) string {
	if page != "-" && (len(d.formats) > 1 || filepath.Ext(page) == ".md") {
		return strings.TrimSuffix(page, filepath.Ext(page)) + ext
	}
	return page
}

func (w writing) render(judged aggregate.Report, merged report.Merged, letter report.Letter, old *report.Page) ([]output, error) {
	if w.telling() {
		return w.renderTold(judged, merged, letter)
	}
	path := w.path
	var outputs []output
	for _, f := range w.formats {
		switch f {
		case "markdown":
			outputs = append(outputs, output{path: path, text: merged.Text, page: true, same: merged.Same})
			if w.config.Report.Charts && path != "-" && !merged.Sent {
				folder := filepath.Join(filepath.Dir(path), report.ChartFolder(judged.Window.Last))
				for _, c := range report.Sidecars(judged) {
					outputs = append(outputs, output{path: filepath.Join(folder, c.Name), text: c.SVG})
				}
			}
		case "json":
			text, err := report.JSON(judged, notesOn(old))
			if err != nil {
				return nil, err
			}
			outputs = append(outputs, output{path: w.file(path, ".json"), text: text})
		case "html", "pdf":
			text, err := html(frame(w.config), judged, merged)
			if err != nil {
				return nil, err
			}
			outputs = append(outputs, output{path: w.file(path, "."+f), text: text, print: f == "pdf"})
		default:
			text, err := w.tell(judged, merged, letter, report.Form(f))
			if err != nil {
				return nil, err
			}
			outputs = append(outputs, output{path: w.toldFile(path, f, ".md"), text: text, told: true})
		}
	}
	return outputs, nil
}

// notesOn are the notes of a page, if there is one.
func notesOn(page *report.Page) []report.Note {
	if page == nil {
		return nil
	}
	return page.Notes
}

// keepBeside saves a page under a name that is not taken.
func keepBeside(path string, text []byte) (string, error) {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s.edited-%d.md", stem, n)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("the edited page cannot be kept beside it as %s: %w", name, plainFileError(err))
		}
		err = keepMode(f, path)
		_, failed := f.Write(text)
		return name, errors.Join(err, failed, f.Sync(), f.Close())
	}
}

// sayDry says in counts what a run without -n would do.
func (p *program) sayDry(d drafted, outputs []output) {
	for _, o := range outputs {
		if filepath.Ext(o.path) == ".svg" {
			continue // charts go with their page
		}
		verb := "would write"
		if o.same {
			verb = "would leave as it is"
		}
		fmt.Fprintf(p.stdout, "%s %s: %s kept, %d moved under “Notes kept from earlier”\n", verb, o.path, plural(d.merged.Kept, "note"), len(d.merged.Homeless))
	}
	switch m := d.merged; {
	case m.Edited:
		fmt.Fprintln(p.stdout, "would keep a copy: text outside of the slots was edited")
	case m.Joined+len(m.Clashes) > 0:
		fmt.Fprintf(p.stdout, "would keep %s outside of the slots, and %d more as notes\n", plural(m.Joined, "edit"), len(m.Clashes))
	}
}

// sayMoved tells everybody about notes whose lines are gone.
func (p *program) sayMoved(d drafted) {
	if n := len(d.merged.Clashes); n > 0 {
		fmt.Fprintf(p.stderr, "warning: %s outside of the slots stood where the page is new; %s under “Notes kept from earlier”: %s\n", plural(n, "edit"), theyStand(n), strings.Join(d.merged.Clashes, ", "))
	}
	if gone := without(d.merged.Homeless, d.merged.Clashes); len(gone) > 0 {
		lines := "the line of 1 note is gone"
		if len(gone) > 1 {
			lines = fmt.Sprintf("the lines of %d notes are gone", len(gone))
		}
		fmt.Fprintf(p.stderr, "warning: %s; %s under “Notes kept from earlier”: %s\n", lines, theyStand(len(gone)), strings.Join(gone, ", "))
	}
}

func theyStand(n int) string {
	if n == 1 {
		return "it stands"
	}
	return "they stand"
}

// without leaves out what was told already, and words that have been kept
// before: they are no news.
func without(ids, told []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return slices.Contains(told, id) || strings.HasPrefix(id, report.EditNote)
	})
}

// summaryOrder puts what needs a look first; on the page itself lines never
// move.
func summaryOrder(a, b aggregate.Finding) int {
	rank := []int{aggregate.Unknown: 2, aggregate.NoTarget: 4, aggregate.Green: 3, aggregate.Amber: 1, aggregate.Red: 0}
	return rank[a.Status.Status] - rank[b.Status.Status]
}

func sortedLines(lines []aggregate.Finding) []aggregate.Finding {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, summaryOrder)
	return lines
}
