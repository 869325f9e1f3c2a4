package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"preread/aggregate/history"
	"preread/report"
	"preread/sources"
)

func (p *program) publishVerb() *cobra.Command {
	var week string
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Say that the page was sent, so that it is not made again",
		Long: `publish marks the page as sent. From then on it stays as it is, in the browser
too, but for a line that is added with draft --amend and the answers that outcomes
takes down, and the next page tells of the weeks since. Sending is yours: as a
file, as HTML, or by a link to it.`,
		Example: `  preread publish
  preread publish --week 2026-W46
  preread draft --amend "p95 was 0.31 s, not 0.4 s"`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return p.with(func(j *job) error { return j.publish(week) })
		},
	}
	cmd.Flags().StringVar(&week, "week", "last", "the `week` of the page, such as 2026-W46")
	return cmd
}

// alreadySent is the error of a page that was sent before, and so stays as it
// is.
type alreadySent struct {
	week sources.Week
	day  sources.Day
}

// Error says when it was sent.
func (e *alreadySent) Error() string {
	return fmt.Sprintf("the page of %s was sent on %s already", e.week, e.day)
}

func (j *job) publish(week string) error {
	err := j.rewrite(week, func(_ report.Page, text []byte) ([]byte, error) {
		return report.MarkSent(text, j.now())
	})
	if err != nil {
		return err
	}
	path, last, old, err := j.standing(week)
	if err == nil {
		j.memory.savePage(history.Page{Path: path, Week: last, Text: old.text, Found: true, Sent: true})
	}
	return err
}

// amend adds a dated line to a page that was sent, or if dry only says which.
func (j *job) amend(week, words string, dry bool) error {
	if strings.TrimSpace(words) == "" {
		return errors.New("--amend: say what is to be added")
	}
	amended := func(page report.Page, text []byte) ([]byte, error) {
		if page.Mark.Sent.IsZero() {
			return nil, withHint(errors.New("--amend: the page was not sent yet"), "write in it, or say preread publish%s once it is sent", j.weekFlag(j.config, page.Mark.Week))
		}
		return report.Amend(text, j.today(), words), nil
	}
	if !dry {
		return j.change(week, amended)
	}
	_, _, old, err := j.standing(week)
	if err != nil {
		return err
	}
	text, err := amended(*old.page, old.text)
	if err == nil {
		fmt.Fprintf(j.stdout, "would add to the page of %s: %s\n", old.page.Mark.Week, bytes.TrimSpace(text[len(bytes.TrimRight(old.text, "\r\n")):]))
	}
	return err
}

// today is the date in the page's zone.
func (j job) today() sources.Day { return j.day(j.now()) }

func (j job) day(at time.Time) sources.Day {
	return sources.DayOf(at.In(j.config.Report.Zone.Location()))
}

// rewrite is [job.change] for everything that a page which was sent does not
// take any more: all but an amendment and the answers to what it asks.
func (j *job) rewrite(week string, edit func(page report.Page, text []byte) ([]byte, error)) error {
	return j.change(week, func(page report.Page, text []byte) ([]byte, error) {
		if sent, week := page.Mark.Sent, page.Mark.Week; !sent.IsZero() {
			return nil, withHint(&alreadySent{week, j.day(sent)}, `preread draft --week %s --amend "…" adds a dated line to it`, week)
		}
		return edit(page, text)
	})
}

// change rewrites the page of a week, whole or not at all, and keeps it as it
// was in the history first.
func (j *job) change(week string, edit func(page report.Page, text []byte) ([]byte, error)) error {
	path, last, err := j.place(week)
	if err != nil {
		return err
	}
	unlock, err := j.lock(path)
	if err != nil {
		return err
	}
	defer unlock()
	if err := j.recover(path); err != nil {
		return err
	}
	_, _, old, err := j.standing(week)
	if err != nil {
		return err
	}
	var text []byte
	edited := func(found oldPage) ([]byte, error) {
		j.memory.found(path, last, found.text)
		text, err = edit(*found.page, found.text)
		return text, err
	}
	_, err = edited(old)
	if err != nil {
		return err
	}
	err = j.replace(path, old.text, text, func(found []byte) ([]byte, error) {
		now, err := takePage(path, found)
		if err != nil {
			return nil, err
		}
		return edited(now)
	})
	if err != nil {
		return err
	}
	j.saveAsks(path, last, text)
	if j.watched() {
		fmt.Fprintln(j.stderr, path)
	}
	return nil
}
