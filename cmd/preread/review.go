package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"preread/report"
	"preread/report/ask"
	"preread/report/review"
)

func (p *program) reviewVerb() *cobra.Command {
	var week, reader string
	var discuss int
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Read the page as your boss would, and say what they would stumble over",
		Long: `review reads what you wrote: abbreviations that nobody explains, bare tickets,
figures compared with nothing, red lines without cause, owner, next step or date,
problems without a proposal, asks that cannot be answered. Each finding has its
place and what to write instead. It exits with 1 if there is any.

Abbreviations that your reader knows are in knows of [report].`,
		Example: `  preread review
  preread review --discuss 2      mark the second finding for the agenda`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(func(j *job) error {
				if cmd.Flags().Changed("discuss") {
					return j.discuss(week, reader, discuss)
				}
				return j.review(week, reader)
			})
		},
	}
	cmd.Flags().StringVar(&week, "week", "last", "the `week` of the page, such as 2026-W46")
	cmd.Flags().StringVar(&reader, "reader", "", "read it as the reader of this `id` in the settings, who knows other abbreviations")
	cmd.Flags().IntVar(&discuss, "discuss", 0, "mark the line of finding `N` with "+report.DiscussMark)
	return cmd
}

func (j *job) review(week, reader string) error {
	profile, err := j.profile(reader)
	if err != nil {
		return err
	}
	path, _, old, err := j.standing(week)
	if err != nil {
		return err
	}
	findings, err := j.findings(path, old, profile.Known)
	for _, f := range findings {
		fmt.Fprintln(j.stdout, f)
	}
	if len(findings) > 0 {
		j.code = exitRed
	}
	return err
}

// findings are all that somebody would stumble over who knows some
// abbreviations, in the order of the page.
func (j *job) findings(path string, old oldPage, known []string) ([]review.Finding, error) {
	findings, err := review.Review(path, old.text, review.Reader{Known: known})
	if err != nil {
		return nil, err
	}
	note, err := old.page.Note(report.AsksSlot)
	if err != nil {
		return findings, nil // the page has no such place
	}
	asks := report.Asks(*old.page)
	first := note.WordsLine()
	add := func(line int, p ask.Problem) {
		findings = append(findings, review.Finding{File: path, Line: line, Slot: report.AsksSlot, Rule: review.Rule("ask-" + string(p.Rule)), Text: p.Text, Instead: strings.TrimPrefix(p.Instead, "write ")})
	}
	for _, a := range asks {
		for _, p := range ask.Problems(a, j.today()) {
			if p.Rule != ask.NoQuestion && p.Rule != ask.NoNeedBy { // said already
				add(first+a.At.Line-1, p)
			}
		}
	}
	for _, m := range report.MissedAsks(*old.page) {
		add(m.Line, m.Problem)
	}
	for _, p := range ask.Crowd(asks) {
		add(first, p)
	}
	slices.SortStableFunc(findings, func(a, b review.Finding) int { return cmp.Compare(a.Line, b.Line) })
	return findings, nil
}

// discuss marks the line of a finding, so that it is on the agenda.
func (j *job) discuss(week, reader string, n int) error {
	profile, err := j.profile(reader)
	if err != nil {
		return err
	}
	return j.rewrite(week, func(page report.Page, text []byte) ([]byte, error) {
		ofWeek := j.weekFlag(j.config, page.Mark.Week)
		findings, err := j.findings("", oldPage{&page, text}, profile.Known)
		if err != nil {
			return nil, err
		}
		if n < 1 || n > len(findings) {
			return nil, withHint(fmt.Errorf("review: there is no finding %d", n), "preread review%s lists them, the first is 1", ofWeek)
		}
		marked, err := markedAt(page, text, findings[n-1])
		if marked == nil && err == nil {
			err = withHint(fmt.Errorf("review: finding %d is marked already", n), "preread agenda%s shows what is", ofWeek)
		}
		return marked, err
	})
}

// markedAt is the text of a page with the line of a finding marked; where nobody
// wrote there, with the mark alone in the slot. It is nil if it is marked already.
func markedAt(page report.Page, text []byte, f review.Finding) ([]byte, error) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	line := lines[f.Line-1]
	bare := bytes.TrimRight(line, " \t\r\n")
	here := func(h report.Highlight) bool { return h.Line == f.Line }
	note, err := page.Note(f.Slot)
	alone := err == nil && (len(bare) == 0 || f.Line == note.Line || note.Words() == "")
	if alone {
		here = func(h report.Highlight) bool { return h.ID == f.Slot }
	}
	switch {
	case slices.ContainsFunc(report.Highlights(page), here):
		return nil, nil
	case alone:
		return report.PutNote(text, f.Slot, page.Appended(note, report.DiscussMark, false))
	}
	lines[f.Line-1] = slices.Concat(bare, []byte(" "+report.DiscussMark), line[len(bare):])
	return bytes.Join(lines, nil), nil
}
