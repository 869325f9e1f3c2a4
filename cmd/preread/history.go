package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"preread/aggregate/history"
	"preread/sources"
)

func (p *program) historyVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "See, carry and trim what is remembered from week to week",
		Long: `Sources forget; the history does not. It is a file in the state folder, or where
history in the settings puts it: a file, a postgres:// database for many hosts, or
"none" for nothing. The state folder is STATE_DIRECTORY, XDG_STATE_HOME/preread or
~/.local/state/preread, and the file there is named after the settings file. It
holds the facts of each week and line, pages as they were found and written, and
what they said.

A week is final two weeks after its end; a final week is never changed. --full
asks about all weeks again. What a source does not show any more is marked as
gone; if that is more than half of a line, it is refused and said, and
preread history forget TEAM/LINE is the way out where it is true.`,
		Example: `  preread history list
  preread history export > history.jsonl     to carry it in Git, or to another place
  preread history import < history.jsonl
  preread history prune --before 2025-W01 --dry-run`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.historyList(), p.historyExport(), p.historyImport(), p.historyPrune(), p.historyForget(), p.historyPages())
	return cmd
}

// remembered opens the history for a verb that is about nothing else, and so
// fails without one.
func (p *program) remembered(use func(*history.Store) error) error {
	c, err := p.settings()
	if err != nil {
		return err
	}
	if c.Report.History.None {
		return withHint(errors.New(`the settings say history = "none"`), "name a file or a database there")
	}
	place, err := p.historyPlace(c)
	if err != nil {
		return err
	}
	store, err := history.Open(p.ctx, place)
	if err != nil {
		return err
	}
	return errors.Join(use(store), store.Close())
}

func (p *program) historyList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List what is remembered of each line",
		Example: `  preread history list`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.remembered(func(s *history.Store) error {
				all, err := s.Summary(cmd.Context())
				if err != nil {
					return err
				}
				if len(all) == 0 {
					fmt.Fprintln(p.stdout, "nothing is remembered yet; preread draft or collect begins it")
				}
				for _, h := range all {
					fmt.Fprintln(p.stdout, historyLine(h))
				}
				return nil
			})
		},
	}
}

func historyLine(h history.Summary) string {
	text := fmt.Sprintf("%s/%s  %s  %s to %s  %s, %d known, %d final", h.Team, h.Line, h.Source, h.First, h.Last, plural(h.Weeks, "week"), h.Known, h.Final)
	if h.First.IsZero() {
		text = fmt.Sprintf("%s/%s  %s  no week yet", h.Team, h.Line, h.Source)
	}
	if h.Missing > 0 {
		text += fmt.Sprintf(", %d missing between", h.Missing)
	}
	if h.Things > 0 || h.Gone > 0 {
		text += fmt.Sprintf("; %s, %d gone", plural(h.Things, "thing"), h.Gone)
	}
	return sources.OneLine(text+"; asked "+h.Captured.UTC().Format("2006-01-02 15:04")+" UTC", 300)
}

func (p *program) historyExport() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write everything as JSON Lines",
		Example: `  preread history export > history.jsonl
  preread history export -o history.jsonl`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.remembered(func(s *history.Store) error {
				var doc bytes.Buffer
				if err := s.Export(cmd.Context(), &doc); err != nil {
					return err
				}
				return p.save(out, doc.Bytes())
			})
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "-", "write to this `file`, - for the standard output")
	return cmd
}

func (p *program) historyImport() *cobra.Command {
	return &cobra.Command{
		Use:   "import [FILE]",
		Short: "Add an export to what is remembered; what is final stays as it is",
		Example: `  preread history import history.jsonl
  preread history import < history.jsonl`,
		Args: atMostOne("one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var in io.Reader = cmd.InOrStdin()
			if len(args) == 1 && args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], plainFileError(err))
				}
				defer file.Close()
				in = file
			}
			return p.remembered(func(s *history.Store) error { return s.Import(cmd.Context(), in) })
		},
	}
}

func (p *program) historyPrune() *cobra.Command {
	var before string
	var dry bool
	cmd := &cobra.Command{
		Use:   "prune --before WEEK",
		Short: "Delete what is only about the time before a week; what people wrote stays",
		Example: `  preread history prune --before 2025-W01 --dry-run
  preread history prune --before 2025-W01`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			week, err := sources.ParseWeek(before)
			if err != nil {
				return withHint(fmt.Errorf("--before: %w", err), "name the first week to keep")
			}
			return p.remembered(func(s *history.Store) error {
				n, err := s.Prune(cmd.Context(), week, dry)
				if err != nil {
					return err
				}
				verb := "deleted"
				if dry {
					verb = "would delete"
				}
				fmt.Fprintf(p.stdout, "%s %s, %s, %s said, %s\n", verb, plural(n.Weeks, "week"), plural(n.Things, "thing"), plural(n.Said, "thing"), plural(n.Pages, "page"))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&before, "before", "", "the first `week` to keep, such as 2026-W01")
	cmd.Flags().BoolVarP(&dry, "dry-run", "n", false, "only count")
	return cmd
}

func (p *program) historyForget() *cobra.Command {
	return &cobra.Command{
		Use:     "forget TEAM/LINE",
		Short:   "Believe a source that shows far less of a line than before; the line is read anew",
		Example: `  preread history forget checkout/quality`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				if _, _, ok := cutID(args[0]); ok {
					return nil
				}
			}
			return withHint(errors.New("forget takes one line"), "an id looks like checkout/quality; preread history list shows them")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			team, line, _ := cutID(args[0])
			return p.remembered(func(s *history.Store) error {
				all, err := s.Summary(cmd.Context())
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(all, func(h history.Summary) bool { return h.Team == team && h.Line == line }) {
					return withHint(fmt.Errorf("the history knows no line %s", sources.OneLine(args[0], 80)), "preread history list shows those that it knows")
				}
				n, err := s.Forget(cmd.Context(), team, line, p.now().UTC())
				if err != nil {
					return err
				}
				if n == 0 {
					fmt.Fprintf(p.stdout, "nothing of %s had to be forgotten: what is known of its weeks stays\n", sources.OneLine(args[0], 80))
					return nil
				}
				fmt.Fprintf(p.stdout, "%s of %s %s not remembered any more\n", plural(n, "thing"), sources.OneLine(args[0], 80), isOrAre(n))
				return nil
			})
		},
	}
}

// historyPages lists or prints the pages that were found and written: the way
// back to words that somebody deleted.
func (p *program) historyPages() *cobra.Command {
	var week string
	var show int
	cmd := &cobra.Command{
		Use:   "pages --week WEEK",
		Short: "List the pages of a week as they were found and written, or print one",
		Example: `  preread history pages --week 2026-W46
  preread history pages --week 2026-W46 --show 2`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := sources.ParseWeek(week)
			if err != nil {
				return withHint(fmt.Errorf("--week: %w", err), "name the week of the page")
			}
			return p.remembered(func(s *history.Store) error {
				pages, err := s.PagesOf(cmd.Context(), w)
				if err != nil {
					return err
				}
				pages = slices.DeleteFunc(pages, func(p history.Page) bool {
					return strings.HasSuffix(p.Path, madeSuffix) || strings.HasSuffix(p.Path, readySuffix)
				})
				if show > len(pages) || show < 0 {
					return withHint(fmt.Errorf("--show: there %s %s of %s", isOrAre(len(pages)), plural(len(pages), "page"), w), "without --show they are listed")
				}
				if show > 0 {
					_, err := p.stdout.Write(pages[show-1].Text)
					return err
				}
				for i, page := range pages {
					how := "written"
					if page.Found {
						how = "found"
					}
					fmt.Fprintf(p.stdout, "%3d  %s UTC  %-7s  %6d bytes  %s\n", i+1, page.At.UTC().Format("2006-01-02 15:04:05"), how, len(page.Text), sources.OneLine(page.Path, 200))
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&week, "week", "", "the `week` of the page, such as 2026-W46")
	cmd.Flags().IntVar(&show, "show", 0, "print the page with this `number`")
	return cmd
}
