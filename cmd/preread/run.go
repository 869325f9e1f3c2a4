package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"preread/config"
	"preread/report"
	"preread/sources"
)

// The exit codes of all verbs. Scripts depend on them.
const (
	exitFine    = 0
	exitRed     = 1 // check: the page says no
	exitUnknown = 2 // something needed is not known
	exitWrong   = 3 // called or configured wrongly, or failed
	exitStopped = 130
)

// A program is one run: its verbs read these and nothing else of the outside.
type program struct {
	ctx            context.Context
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	code           int           // the exit code of a verb that did not fail
	patience       time.Duration // how long to wait for another run

	// atMoment, if not nil, is called at each moment at which a kill must do no
	// harm. Tests kill there.
	atMoment func(name string)

	// flags that every verb has
	configFile string
	timeout    time.Duration
	color      string
}

// run is the program: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, getenv func(string) string, now func() time.Time) int {
	p := &program{ctx: ctx, stdout: stdout, stderr: stderr, getenv: getenv, now: now, patience: lockPatience}
	return p.run(args)
}

func (p *program) run(args []string) int {
	root := p.root()
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		p.answerShell(root)
	}
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(p.ctx)
	switch {
	case p.ctx.Err() != nil:
		fmt.Fprintln(p.stderr, "interrupted")
		return exitStopped
	case err != nil:
		p.complain(err)
		return exitWrong
	}
	return p.code
}

func (p *program) moment(name string) {
	if p.atMoment != nil {
		p.atMoment(name)
	}
}

// A hinted error has a next step.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

func withHint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// spoken is [sources.Reason], with the next step of a hinted error too.
func spoken(err error) (reason, next string) {
	reason, next = sources.Reason(err)
	var h hinted
	if errors.As(err, &h) {
		next = h.hint
	}
	return reason, next
}

// complain prints an error as one plain line and its next step as another.
// Problems of the settings begin with their place, as compilers do.
func (p *program) complain(err error) {
	var problems config.Problems
	var page *report.PageError
	switch {
	case errors.As(err, &problems):
		fmt.Fprintln(p.stderr, problems.Error())
		return
	case errors.As(err, &page):
		fmt.Fprintln(p.stderr, page.Error())
		fmt.Fprintln(p.stderr, "hint: nothing was written; mend the mark, then run again")
		return
	}
	fmt.Fprintln(p.stderr, "error: "+sources.OneLine(err.Error(), 400))
	p.hint(err)
}

// hint prints the next step after an error, if there is one.
func (p *program) hint(err error) {
	if _, next := spoken(err); next != "" {
		fmt.Fprintln(p.stderr, "hint: "+sources.OneLine(next, 400))
	}
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "preread",
		Short: "Draft the page you send to your boss before the weekly session",
		Long: `preread reads Jira, GitHub and Prometheus over six weeks, says how each goal
and metric stands, and drafts the page that you send to your own boss before
your weekly session. You write in its slots; what you wrote is kept.

  preread demo          see it work, without any token
  preread draft         make this week's page, or make it again
  preread check         the verdict for CI`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
	}
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		err := fmt.Errorf("preread has no verb %q", sources.OneLine(args[0], 40))
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return withHint(err, "did you mean %s?", strings.Join(near, " or "))
		}
		return withHint(err, "preread --help lists the verbs")
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return p.checkFlags() }
	root.SetHelpCommand(helpVerb(root))
	root.SuggestionsMinimumDistance = 2
	root.PersistentFlags().StringVarP(&p.configFile, "config", "c", "", "settings `file` (default: PREREAD_CONFIG, else preread.toml here or above)")
	root.PersistentFlags().DurationVar(&p.timeout, "timeout", 10*time.Minute, "give up on sources after this long")
	root.PersistentFlags().StringVar(&p.color, "color", "auto", "colour on the terminal: auto, always or never")
	root.AddCommand(p.demoVerb(), p.draftVerb(), p.openVerb(), p.diffVerb(), p.reviewVerb(), p.publishVerb(), p.agendaVerb(), p.outcomesVerb(), p.asksVerb(), p.readerVerb(), p.privateVerb(), p.checkVerb(), p.collectVerb(), p.explainVerb(), p.doctorVerb(), p.notesVerb(), p.historyVerb(), p.sourcesVerb(), p.versionVerb())
	root.AddCommand(helpTopics()...)
	p.completionVerb(root)
	return root
}

// checkFlags checks the flags that every verb has.
func (p *program) checkFlags() error {
	if !slices.Contains([]string{"auto", "always", "never"}, p.color) {
		return withHint(fmt.Errorf("--color: %q is not a way to colour", sources.OneLine(p.color, 40)), "there is auto, always, never")
	}
	if p.timeout <= 0 {
		return withHint(fmt.Errorf("--timeout: %s is no time to wait", p.timeout), "name one such as 30s or 10m")
	}
	return nil
}
