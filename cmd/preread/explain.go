package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"preread/report"
)

func (p *program) explainVerb() *cobra.Command {
	var r request
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "Show where one line's number and colour come from",
		Example: `  preread explain checkout/delivery
  preread explain p95 --facts facts.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return withHint(fmt.Errorf("explain takes the id of one line, and got %d", len(args)), "an id looks like checkout/delivery; preread check lists them")
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return p.with(func(j *job) error {
				judged, _, err := j.judged(r)
				if err != nil {
					return err
				}
				team, finding, err := line(judged, args[0])
				if err != nil {
					return err
				}
				return report.Explain(p.stdout, judged.Window, team, finding)
			})
		},
	}
	p.requestFlags(cmd, &r)
	return cmd
}
