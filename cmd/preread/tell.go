package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"preread/aggregate"
	"preread/report"
	"preread/report/ask"
	"preread/sources"
)

// told are the formats of draft that tell the page in another form.
var told = []string{string(report.Whole), string(report.NoResponse), string(report.Highlit), string(report.Agenda), string(report.Quarter)}

// profile is how a reader of the settings wants to read, by id; "" is the page's
// own reader.
func (j job) profile(id string) (report.Profile, error) {
	if id == "" {
		return report.Profile{Known: j.config.Report.Known}, nil
	}
	var ids []string
	for _, r := range j.config.Readers {
		if r.ID == id {
			return r, nil
		}
		ids = append(ids, r.ID)
	}
	err := fmt.Errorf("--reader: the settings have no reader %q", sources.OneLine(id, 40))
	if len(ids) == 0 {
		return report.Profile{}, withHint(err, "preread reader new asks what one wants")
	}
	return report.Profile{}, withHint(err, "there is %s", strings.Join(ids, ", "))
}

// choose names the form and the format that a reader wants, where no others are
// named.
func (d *drafting) choose(j job) error {
	profile, err := j.profile(d.reader)
	form, format := usual(profile)
	d.formats = []string{form, format}
	return err
}

// usual are the form and the format in which a reader has the page.
func usual(p report.Profile) (form, format string) {
	return cmp.Or(string(p.Form), string(report.Whole)), cmp.Or(string(p.Format), string(report.AsMarkdown))
}

// tell writes the page in a form, for the reader of the drafting.
func (w writing) tell(judged aggregate.Report, merged report.Merged, letter report.Letter, form report.Form) ([]byte, error) {
	page, err := report.ParsePage(w.path, merged.Text)
	if err != nil {
		return nil, err
	}
	profile, err := w.profile(w.reader)
	if err != nil {
		return nil, err
	}
	if form != "" {
		profile.Form = form
	}
	if week := judged.Window.Last; !profile.Cadence.Due(week) {
		fmt.Fprintf(w.stderr, "note: %s reads it %s, and %s is not such a week\n", sources.OneLine(profile.Name, 60), profile.Cadence, week)
	}
	text, err := report.Tell(frame(w.config), judged, letter, page, profile)
	var long *report.LengthError
	if err != nil {
		form, _ := usual(profile)
		err = fmt.Errorf("%s: %w", form, err)
	}
	if errors.As(err, &long) {
		return nil, withHint(err, "write less, or give %s another form, level or number of words in the settings", long.Reader)
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

// showForm prints a form of the page for whoever looks: Markdown is for files and
// other programs.
func (w writing) showForm(text []byte) error {
	form, err := report.ParsePage("", text)
	if err != nil { // somebody wrote of marks in their words
		_, err := w.stdout.Write(text)
		return err
	}
	return report.WriteTerminal(w.stdout, form, columnsOf(w.stdout), w.inkOn(true))
}

func (p *program) agendaVerb() *cobra.Command {
	var d drafting
	cmd := &cobra.Command{
		Use:   "agenda",
		Short: "Print what to talk about, in thirty minutes",
		Long: `agenda prints what is marked with !discuss, what is asked for, what turned red
and what is parked until now, in this order, with what fits into half an hour.
What nobody could see is named below it, with the reason.
Into a file or another program it goes as Markdown.`,
		Example: `  preread agenda
  preread agenda --facts facts.json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			d.formats, d.out = []string{string(report.Agenda)}, "-"
			return p.with(func(j *job) error {
				_, err := j.draft(d)
				return err
			})
		},
	}
	p.requestFlags(cmd, &d.request)
	return cmd
}

func (p *program) outcomesVerb() *cobra.Command {
	var week string
	cmd := &cobra.Command{
		Use:   "outcomes [N ANSWER]",
		Short: "Take down what came of an ask",
		Long: `outcomes lists what is asked for on the page and not answered. With a number and
words it writes the answer below that ask on the page, which closes it, and says
what was asked. The number of an ask is its place among the asks on the page. It
is the same there, in asks and in agenda, and stays when others are answered.

A page that was sent takes answers too, until the next one is there: that one asks
again what is open, so it has to know.`,
		Example: `  preread outcomes
  preread outcomes 2 "yes, without Brazil"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.with(func(j *job) error { return j.outcomes(week, args) })
		},
	}
	cmd.Flags().StringVar(&week, "week", "last", "the `week` of the page, such as 2026-W46")
	return cmd
}

func (j *job) outcomes(week string, args []string) error {
	if len(args) == 0 {
		return j.listOutcomes(week)
	}
	_, last, err := j.place(week)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return withHint(fmt.Errorf("outcomes: %q is not the number of an ask", sources.OneLine(args[0], 40)), "preread outcomes%s lists them", j.weekFlag(j.config, last))
	}
	answer := strings.Join(args[1:], " ")
	if answer = sources.OneLine(answer, len(answer)); strings.TrimSpace(answer) == "" {
		return withHint(errors.New("outcomes: what was the answer?"), `write preread outcomes%s %d "yes"`, j.weekFlag(j.config, last), n)
	}
	return j.takeDown(week, n, ask.Talk{Day: j.today(), Text: strings.TrimSpace(answer)})
}

// takeDown writes the answer to an ask below it, and says what was asked.
func (j *job) takeDown(week string, n int, answer ask.Talk) error {
	path, last, err := j.place(week)
	if err != nil {
		return err
	}
	var asks []ask.Ask // of the page with the answer
	err = j.change(week, func(page report.Page, text []byte) ([]byte, error) {
		if err := j.answerable(path, page, last, n); err != nil {
			return nil, err
		}
		note, err := page.Note(report.AsksSlot)
		if err != nil {
			return nil, err
		}
		words, err := page.AskEdited(note, n, ask.Said{Part: ask.AnswerPart, Text: answer.String()})
		if err != nil {
			return nil, fmt.Errorf("outcomes: %w", err)
		}
		asks = report.Asks(report.Page{Notes: []report.Note{{ID: report.AsksSlot, Text: words}}})
		return report.PutNote(text, report.AsksSlot, words)
	})
	if err != nil {
		return err
	}
	a := asks[n-1]
	_, err = fmt.Fprintf(j.stdout, "%3d  %s: %s Answer: %s\n", n, a.Kind, a.Question, a.Answer)
	return err
}

// answerable says why an ask cannot be answered on the page of a week.
func (j *job) answerable(path string, page report.Page, week sources.Week, n int) error {
	asks := report.Asks(page)
	listed := "preread outcomes" + j.weekFlag(j.config, week) + " lists them"
	ledger := j.letter(path, week, &page).Asks
	switch {
	case n < 1 || n > len(asks) && !slices.ContainsFunc(ledger.Listed(len(asks)), func(e ask.Entry) bool { return e.Number == n }):
		return withHint(fmt.Errorf("outcomes: there is no ask %d", n), "%s", listed)
	case n > len(asks):
		return withHint(fmt.Errorf("outcomes: ask %d is not on the page of %s any more", n, week), "%s", listed)
	}
	switch a := asks[n-1]; {
	case a.Kind == ask.Inform:
		return withHint(fmt.Errorf("outcomes: ask %d is there to be known, and waits for no answer", n), "%s", listed)
	case a.Answer != (ask.Talk{}):
		return withHint(fmt.Errorf("outcomes: ask %d is answered already: %s", n, sources.OneLine(a.Answer.String(), 200)), "another answer is written on the page, under Asks")
	}
	if later, number := j.askedLater(ledger, week, n); number > 0 {
		return withHint(fmt.Errorf("outcomes: ask %d is on the page of %s too, which would ask it again", n, later), "preread outcomes %d ANSWER --week %s takes it down there", number, later)
	}
	return nil
}

// askedLater returns the last page after the one of a week on which one of its
// asks is open, and its number there; 0 if there is none.
func (j *job) askedLater(ledger ask.Ledger, week sources.Week, n int) (later sources.Week, number int) {
	i := slices.IndexFunc(ledger, func(e ask.Entry) bool { return e.Number == n })
	_, last, err := j.place("last")
	if i < 0 || err != nil {
		return later, 0
	}
	id := ledger[i].ID
	for w := week.Add(1); w.Compare(last) <= 0; w = w.Add(1) {
		path, err := pagePath(j.config, "", w)
		if err != nil {
			continue
		}
		old, err := readPage(path)
		if err != nil || old.page == nil || old.page.Mark.Week != w {
			continue
		}
		ledger = ledger.Take(w, report.Asks(*old.page))
		for _, e := range ledger {
			if e.ID == id && e.Number > 0 && e.Open() {
				later, number = w, e.Number
			}
		}
	}
	return later, number
}

func (j *job) listOutcomes(week string) error {
	path, last, old, err := j.standing(week)
	if err != nil {
		return err
	}
	j.sayMissed(path, old.page)
	j.sayAnswered(path, j.letter(path, last, old.page))
	for _, a := range report.Asks(*old.page) {
		if a.Open() {
			fmt.Fprintf(j.stdout, "%3d  %s: %s\n", a.At.Number, a.Kind, sources.OneLine(a.Question, 300))
		}
	}
	return nil
}

func (p *program) asksVerb() *cobra.Command {
	var week, mail string
	cmd := &cobra.Command{
		Use:   "asks [N]",
		Short: "List what was asked for and never answered, or draft the message that helps",
		Long: `asks lists everything that was asked for on the pages so far: since when, until
when, and what came of it. With a number it prints the message that your boss
could send for that ask, in their own voice, or if it goes to your boss, the one
that you could send; with --mail a file that mail programs open as a draft. The
numbers are the places among the asks on the page; what left the page follows.

Under Asks on the page each item of a list that begins with a kind is an ask:

  - **Decide:** May we drop the old vault? I recommend yes.
    - Need by: 2026-11-27
    - If silent: we keep both until January
    - To: Ravi, Platform
    - Serves: checkout/one-click
    - Asked: 2026-11-20 Ravi, "next week"

The kinds are Decide, Insight, Resource, Connect, Unblock, Confirm and Inform. A
choice has Options: a / b / c and I recommend: one of them. A resource has Amount,
Until, If granted and If not. Mine: says that you handle it yourself; a numbered
list ranks. A day is 2026-11-27 or 27 November 2026. An Answer: with its day, or a
ticked box, closes it; until then it is on every page. More than three open ones are
too many for a week. What only looks like an ask, such as one whose kind is misspelt
or whose day is no date, is named in a warning.`,
		Example: `  preread asks
  preread asks 2
  preread asks 2 --mail ask.eml`,
		Args: atMostOne("the number of one ask"),
		RunE: func(_ *cobra.Command, args []string) error {
			if mail != "" && len(args) == 0 {
				return withHint(errors.New("asks --mail: the message for which ask?"), "preread asks lists them; preread asks 1 --mail %s writes the first", sources.OneLine(mail, 80))
			}
			return p.with(func(j *job) error { return j.listAsks(week, args, mail) })
		},
	}
	cmd.Flags().StringVar(&week, "week", "last", "the `week` of the page, such as 2026-W46")
	cmd.Flags().StringVar(&mail, "mail", "", "write the message to this `file`, as a draft for mail programs")
	return cmd
}

func (j *job) listAsks(week string, args []string, mail string) error {
	path, last, err := j.place(week)
	if err != nil {
		return err
	}
	old, err := readPage(path)
	if err != nil {
		return err
	}
	j.sayMissed(path, old.page)
	letter := j.letter(path, last, old.page)
	j.sayAnswered(path, letter)
	ledger := letter.Asks.Listed(asksOn(old.page))
	if len(args) == 0 {
		for _, e := range ledger {
			fmt.Fprintf(j.stdout, "%3d  %s: %s (%s)\n", e.Number, e.Ask.Kind, sources.OneLine(e.Ask.Question, 200), ask.Standing(e, j.today()))
		}
		return nil
	}
	n, err := strconv.Atoi(args[0])
	i := slices.IndexFunc(ledger, func(e ask.Entry) bool { return e.Number == n })
	if err != nil || i < 0 {
		return withHint(fmt.Errorf("asks: there is no ask %s", sources.OneLine(args[0], 20)), "preread asks%s lists them", j.weekFlag(j.config, last))
	}
	return j.message(ledger[i].Ask, mail)
}

// asksOn counts the asks on a page, if there is one.
func asksOn(page *report.Page) int {
	if page == nil {
		return 0
	}
	return len(report.Asks(*page))
}

// message prints, or writes as a mail, what the boss could send for an ask.
func (j *job) message(a ask.Ask, mail string) error {
	serves, team := "", ""
	for _, t := range j.config.Teams {
		for _, l := range t.Lines {
			if t.ID+"/"+l.ID == a.Serves {
				serves, team = l.Title, t.Name
			}
		}
	}
	name, role, _ := strings.Cut(j.config.Report.Reader, ",")
	boss := ask.Person{Name: name, What: strings.TrimSpace(role)}
	m, err := ask.Draft(a, ask.Frame{Boss: boss, Team: team}, serves, j.today())
	if err != nil {
		return fmt.Errorf("asks: %w", err)
	}
	if mail != "" {
		return j.save(mail, m.EML(j.now().UTC().Truncate(time.Second), ask.Address{}, ask.Address{Name: m.To}))
	}
	_, err = fmt.Fprintf(j.stdout, "To: %s\nSubject: %s\n\n%s\n", m.To, m.Subject, strings.TrimRight(m.Body, "\n"))
	return err
}

func (p *program) readerVerb() *cobra.Command {
	cmd := &cobra.Command{Use: "reader", Short: "Who else reads the page, and how", Args: noArguments, Example: "  preread reader",
		RunE: func(*cobra.Command, []string) error {
			return p.with(func(j *job) error {
				for _, r := range j.config.Readers {
					form, format := usual(r)
					fmt.Fprintf(j.stdout, "%-12s %s: %s, %s", r.ID, sources.OneLine(r.Name, 60), r.Level, form)
					if format != string(report.AsMarkdown) {
						fmt.Fprintf(j.stdout, ", %s", format)
					}
					fmt.Fprintln(j.stdout)
				}
				return nil
			})
		}}
	cmd.AddCommand(&cobra.Command{
		Use:   "new",
		Short: "Ask seven questions and print the settings of a reader",
		Example: `  preread reader new                     asks
  preread reader new <answers >>preread.toml`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return p.newReader(os.Stdin) },
	})
	return cmd
}

// questions are what to know of somebody who is to read a page, each with what
// an answer must be.
var questions = []struct {
	key, words, usual string
	check             func(answer string) error
}{
	{"name", "Who is it? (Sam, CTO)", "", func(a string) error {
		if a == "" {
			return errors.New("a reader needs a name")
		}
		return nil
	}},
	{"level", "How much detail: operational, organisational or strategic?", "organisational",
		func(a string) error { return new(report.Level).UnmarshalText([]byte(a)) }},
	{"form", "As a page, nrr (ten sentences), hpm (highlights, people, me), agenda or quarter? (page html, page pdf: not as Markdown)", "page",
		func(a string) error { _, _, err := formAndFormat(a); return err }},
	{"first", "What comes first? (goals, asks; empty: as on the page)", "", anyAnswer},
	{"words", "How many words at most? (empty: any)", "", func(a string) error {
		if n, err := strconv.Atoi(cmp.Or(a, "0")); err != nil || n < 0 {
			return fmt.Errorf("%q is no number of words", a)
		}
		return nil
	}},
	{"cadence", "How often: weekly, fortnightly or monthly?", "weekly",
		func(a string) error { return new(aggregate.Cadence).UnmarshalText([]byte(a)) }},
	{"knows", "Which abbreviations do they know? (SLO, p95)", "", anyAnswer},
}

func anyAnswer(string) error { return nil }

// formAndFormat reads the form of a page, and behind it the format that it is
// written in; "": Markdown.
func formAndFormat(answer string) (form report.Form, format report.Format, err error) {
	first, rest, _ := strings.Cut(answer, " ")
	if err = form.UnmarshalText([]byte(strings.TrimRight(first, ","))); err == nil && rest != "" {
		err = format.UnmarshalText([]byte(strings.TrimSpace(rest)))
	}
	return form, format, err
}

// newReader asks its questions and prints a table for the settings, in which
// nothing stands that the settings would refuse. An answer is looked at before
// the next question.
func (p *program) newReader(in io.Reader) error {
	answers := map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(in, 1<<16))
	for _, q := range questions {
		usual := ""
		if q.usual != "" {
			usual = " [" + q.usual + "]"
		}
		fmt.Fprintf(p.stderr, "%s%s ", q.words, usual)
		lines.Scan()
		answer := cmp.Or(sources.OneLine(strings.TrimSpace(lines.Text()), 200), q.usual)
		if err := q.check(answer); err != nil {
			fmt.Fprintln(p.stderr)
			return withHint(fmt.Errorf("reader new: %w", err), "run it again")
		}
		answers[q.key] = answer
	}
	fmt.Fprintln(p.stderr)
	form, format, _ := formAndFormat(answers["form"]) // which was looked at
	fmt.Fprintf(p.stdout, "\n[[reader]]\nid      = %q\nname    = %q\nlevel   = %q\nform    = %q\ncadence = %q\n", slug(answers["name"]), answers["name"], answers["level"], form, answers["cadence"])
	if format != "" {
		fmt.Fprintf(p.stdout, "format  = %q\n", format)
	}
	for _, list := range []string{"first", "knows"} {
		if items := quotedItems(answers[list]); len(items) > 0 {
			fmt.Fprintf(p.stdout, "%-7s = [%s]\n", list, strings.Join(items, ", "))
		}
	}
	if words, err := strconv.Atoi(answers["words"]); err == nil && words > 0 {
		fmt.Fprintf(p.stdout, "words   = %d\n", words)
	}
	return nil
}

// quotedItems writes words that commas part as texts of a list.
func quotedItems(words string) (items []string) {
	for word := range strings.SplitSeq(words, ",") {
		if word = strings.TrimSpace(word); word != "" {
			items = append(items, strconv.Quote(word))
		}
	}
	return items
}

// slug makes an id of a name.
func slug(name string) string {
	first, _, _ := strings.Cut(name, ",")
	var b strings.Builder
	for _, r := range strings.ToLower(first) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return cmp.Or(strings.Trim(b.String(), "-"), "reader")
}
