package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"preread/aggregate"
	"preread/report"
	"preread/sources"
)

func (p *program) checkVerb() *cobra.Command {
	var r request
	var failOn, format string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say whether the page has red lines; for CI",
		Long: `check judges the page without writing it and says so by its exit code:
0 nothing is red, 1 something is red, 2 something needed is unknown,
3 called or configured wrongly. A red line wins over an unknown one.`,
		Example: `  preread check
  preread check --fail-on amber
  preread check --format junit > preread.xml`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			var verdict report.CheckFormat
			if err := verdict.UnmarshalText([]byte(format)); err != nil {
				return fmt.Errorf("--format: %w", err)
			}
			var worst aggregate.Status
			switch failOn {
			case "red":
				worst = aggregate.Red
			case "amber":
				worst = aggregate.Amber
			default:
				return withHint(fmt.Errorf("--fail-on: %q is no colour to fail on", sources.OneLine(failOn, 40)), "there is red and amber")
			}
			c, err := p.settings()
			if err != nil {
				return err
			}
			_, judged, err := p.seen(c, r)
			if err != nil {
				return err
			}
			p.code = int(report.Check(judged, worst))
			return report.WriteCheck(p.stdout, verdict, judged, worst)
		},
	}
	p.requestFlags(cmd, &r)
	cmd.Flags().StringVar(&failOn, "fail-on", "red", "the mildest `colour` to exit with 1 on: red or amber")
	cmd.Flags().StringVar(&format, "format", "text", "`format`: text, json, github or junit")
	return cmd
}
