package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"preread/report"
	"preread/sources"
)

func (p *program) checkVerb() *cobra.Command {
	var r request
	var failOn, format, explain string
	var bar report.Bar
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say whether the page has red lines; for CI",
		Long: `check judges the page without writing it and says so by its exit code:
0 nothing is red, 1 something is red, 2 something needed is unknown,
3 called or configured wrongly. A red line wins over an unknown one; a line
with a waiver in the settings is passed over until the waiver lapses.`,
		Example: `  preread check
  preread check --fail-on amber
  preread check --fail-on signal     also what got worse, whatever its colour
  preread check --only-new           not what was so in the report before
  preread check --fail-on none --require-notes red    red is fine if it is explained
  preread check --format junit > preread.xml`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			var verdict report.CheckFormat
			if err := verdict.UnmarshalText([]byte(format)); err != nil {
				return fmt.Errorf("--format: %w", err)
			}
			if err := bar.On.UnmarshalText([]byte(failOn)); err != nil {
				return withHint(fmt.Errorf("--fail-on: %w", err), "there is red, amber, signal and none")
			}
			switch bar.Explain = report.FailOn(explain); bar.Explain {
			case "", report.OnRed, report.OnAmber:
			default:
				return withHint(fmt.Errorf("--require-notes: %q is not what words can be wanted for", sources.OneLine(explain, 40)), "there is red and amber")
			}
			return p.with(func(j *job) error {
				judged, page, err := j.judged(r)
				if err != nil {
					return err
				}
				path, err := pagePath(j.config, "", judged.Window.Last)
				if err != nil {
					return err
				}
				bar.Written = j.letter(path, judged.Window.Last, page).Written
				p.code = int(report.Check(judged, bar))
				return report.WriteCheck(p.stdout, verdict, judged, notesOn(page), bar)
			})
		},
	}
	p.requestFlags(cmd, &r)
	cmd.Flags().StringVar(&failOn, "fail-on", "red", "exit with 1 on red, on `amber` too, or also on a signal for the worse; none fails on no colour")
	cmd.Flags().BoolVar(&bar.OnlyNew, "only-new", false, "pass over what failed in the report before already")
	cmd.Flags().StringVar(&explain, "require-notes", "", "exit with 1 if nothing is written under a `red` line, or under amber ones too")
	cmd.Flags().StringVar(&format, "format", "text", "`format`: text, json, github or junit")
	return cmd
}
