package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"preread/aggregate/history"
	"preread/report"
	"preread/sources"
)

// notesVerb finds words again that are not on their page any more.
func (p *program) notesVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notes",
		Short: "Find every note that was ever seen on a page, and bring it back",
		Long: `The program remembers each page as it found it, before it makes it anew. So
words that somebody deleted, or whose page is gone, can be read again and put
back. A note is named as in its mark on the page: id=checkout/p95.`,
		Example: `  preread notes list
  preread notes show checkout/p95 --week 2026-W46
  preread notes restore --week 2026-W46`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.notesList(), p.notesShow(), p.notesRestore())
	return cmd
}

func (p *program) notesList() *cobra.Command {
	var week string
	cmd := &cobra.Command{
		Use:   "list [ID]",
		Short: "List the notes by week, each with how it begins",
		Example: `  preread notes list
  preread notes list checkout/p95 --week 2026-W46`,
		Args: oneNote,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.with(func(j *job) error { return j.listNotes(week, noteID(args)) })
		},
	}
	cmd.Flags().StringVar(&week, "week", "", "only those of one `week`, such as 2026-W46")
	return cmd
}

func (p *program) notesShow() *cobra.Command {
	var week string
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Print a note in all versions that were seen, oldest first",
		Example: `  preread notes show checkout/p95
  preread notes show checkout/p95 --week 2026-W46`,
		Args: aNote,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.with(func(j *job) error { return j.showNote(week, args[0]) })
		},
	}
	cmd.Flags().StringVar(&week, "week", "last", "the `week` of the page, such as 2026-W46")
	return cmd
}

func (p *program) notesRestore() *cobra.Command {
	var week string
	var version int
	cmd := &cobra.Command{
		Use:   "restore [ID]",
		Short: "Put a note back on its page, or all that are missing there",
		Long: `restore puts the words of a note back into its slot, below what stands there
now. Without an id it does so for every slot that is empty and was not. Of several
versions it takes the newest, or the one with --version.`,
		Example: `  preread notes restore --week 2026-W46
  preread notes restore checkout/p95 --version 1`,
		Args: oneNote,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.with(func(j *job) error { return j.restoreNotes(week, noteID(args), version) })
		},
	}
	cmd.Flags().StringVar(&week, "week", "last", "the `week` of the page, such as 2026-W46")
	cmd.Flags().IntVar(&version, "version", 0, "the `number` of a version, as preread notes show counts them")
	return cmd
}

func oneNote(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return withHint(fmt.Errorf("notes %s takes one note", cmd.Name()), "its id is in its mark on the page, such as checkout/p95")
	}
	return nil
}

func aNote(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return withHint(fmt.Errorf("notes %s: which note?", cmd.Name()), "preread notes list shows their ids")
	}
	return oneNote(cmd, args)
}

func noteID(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// A seenNote is what people wrote in one slot of a week's page, in all versions
// that were seen, oldest first.
type seenNote struct {
	week     sources.Week
	id       string
	versions []noteVersion
}

type noteVersion struct {
	words string
	at    time.Time // when it was seen first
}

func (n seenNote) last() noteVersion { return n.versions[len(n.versions)-1] }

// seenNotes returns the notes of the settings' pages, in the order of the weeks,
// and of the slots as they were first seen.
func (j *job) seenNotes() (all []seenNote, err error) {
	if j.memory.store == nil {
		return nil, withHint(errors.New("nothing is remembered, so no notes are"), "preread help history says what is, and where")
	}
	at := map[string]int{}
	err = j.memory.store.EachPage(j.ctx, func(p history.Page) error {
		path, err := pagePath(j.config, "", p.Week)
		if err != nil || absolute(path) != p.Path {
			return nil // of other settings, or not a page
		}
		page, err := report.ParsePage(p.Path, p.Text)
		if err != nil {
			fmt.Fprintf(j.stderr, "warning: a page of %s cannot be read: preread history pages --week %s shows it as it was\n", p.Week, p.Week)
			return nil
		}
		for _, note := range page.Notes {
			words := note.Words()
			if words == "" {
				continue
			}
			key := p.Week.String() + " " + note.ID
			i, known := at[key]
			if !known {
				i = len(all)
				at[key] = i
				all = append(all, seenNote{week: p.Week, id: note.ID})
			}
			if n := &all[i]; !slices.ContainsFunc(n.versions, func(v noteVersion) bool { return v.words == words }) {
				n.versions = append(n.versions, noteVersion{words, p.At})
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b seenNote) int { return a.week.Compare(b.week) })
	return all, err
}

// notesOf returns those of one week or one id; zero values are all.
func notesOf(all []seenNote, week sources.Week, id string) []seenNote {
	return slices.DeleteFunc(slices.Clone(all), func(n seenNote) bool {
		return !week.IsZero() && n.week != week || id != "" && n.id != id
	})
}

func (j *job) listNotes(week, id string) error {
	var only sources.Week
	if week != "" {
		var err error
		if _, only, err = j.place(week); err != nil {
			return err
		}
	}
	all, err := j.seenNotes()
	if err != nil {
		return err
	}
	for _, n := range notesOf(all, only, id) {
		fmt.Fprintf(j.stdout, "%s  %-24s  %-10s  %s\n", n.week, sources.OneLine(n.id, 60), plural(len(n.versions), "version"), sources.OneLine(n.last().words, 60))
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// isOrAre goes with [plural].
func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// noteOf returns one note; one that was never seen is an error.
func (j *job) noteOf(week sources.Week, id string) (seenNote, error) {
	all, err := j.seenNotes()
	if err != nil {
		return seenNote{}, err
	}
	found := notesOf(all, week, id)
	if len(found) == 0 {
		return seenNote{}, withHint(fmt.Errorf("no note %s was seen on the page of %s", sources.OneLine(id, 60), week), "preread notes list shows those that were")
	}
	return found[0], nil
}

func (j *job) showNote(week, id string) error {
	_, last, err := j.place(week)
	if err != nil {
		return err
	}
	n, err := j.noteOf(last, id)
	if err != nil {
		return err
	}
	for i, v := range n.versions {
		if len(n.versions) > 1 {
			fmt.Fprintf(j.stdout, "-- version %d, seen %s UTC\n", i+1, v.at.UTC().Format("2006-01-02 15:04"))
		}
		fmt.Fprintln(j.stdout, v.words)
	}
	return nil
}

// restoreNotes puts words back on the page. Nothing that stands there is touched.
func (j *job) restoreNotes(week, id string, version int) error {
	_, last, err := j.place(week)
	if err != nil {
		return err
	}
	var back []seenNote
	if id == "" {
		all, err := j.seenNotes()
		if err != nil {
			return err
		}
		back = notesOf(all, last, "")
	} else {
		n, err := j.noteOf(last, id)
		if err != nil {
			return err
		}
		if version < 0 || version > len(n.versions) {
			return withHint(fmt.Errorf("--version: the note has %s", plural(len(n.versions), "version")), "preread notes show %s counts them", sources.OneLine(id, 60))
		}
		if version > 0 {
			n.versions = n.versions[:version]
		}
		back = []seenNote{n}
	}
	return j.putBack(week, back, id == "")
}

// putBack puts notes into their slots, or only into those that are empty.
func (j *job) putBack(week string, back []seenNote, onlyEmpty bool) error {
	restored, there := 0, 0
	err := j.rewrite(week, func(page report.Page, text []byte) (_ []byte, err error) {
		restored, there = 0, 0
		for _, n := range back {
			note, err := page.Note(n.id)
			if err != nil && onlyEmpty {
				continue // its line is gone; the words are shown by their id
			}
			if err != nil {
				return nil, err
			}
			words := n.last().words
			if strings.Contains(note.Words(), words) || onlyEmpty && note.Words() != "" {
				there++
				continue
			}
			if text, err = report.PutNote(text, n.id, page.Appended(note, words, false)); err != nil {
				return nil, err
			}
			restored++
		}
		return text, nil
	})
	if err == nil {
		fmt.Fprintf(j.stdout, "%s put back, %d there already\n", plural(restored, "note"), there)
	}
	return err
}

// sayGone says that a page which is made now was there before, with words on it.
func (m memory) sayGone(path string) {
	if m.store == nil {
		return
	}
	last, known, err := m.store.LastPage(m.ctx, absolute(path), true)
	if err != nil {
		m.forgotten(err)
	}
	page, err := report.ParsePage(path, last.Text)
	if !known || err != nil {
		return
	}
	written := 0
	for _, n := range page.Notes {
		if n.Words() != "" {
			written++
		}
	}
	if written > 0 {
		fmt.Fprintf(m.stderr, "warning: the page of %s was there before, with words in %s, and is gone; it is made without them\nhint: preread notes restore --week %s puts them back\n",
			last.Week, plural(written, "slot"), last.Week)
	}
}
