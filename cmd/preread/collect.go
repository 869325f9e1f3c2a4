package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"preread/sources"
)

func (p *program) collectVerb() *cobra.Command {
	var r request
	var out string
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Only collect the facts and save them",
		Long: `collect asks all sources and saves what they said, gaps and all. The other
verbs take it with --facts, on this machine or another, without a network.`,
		Example: `  preread collect -o facts.json
  preread draft --facts facts.json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return p.with(func(j *job) error {
				if err := p.spare(out); err != nil {
					return err
				}
				facts, _, err := j.seen(r)
				if err != nil {
					return err
				}
				p.warn(j.gaps)
				return p.saveFacts(facts, out)
			})
		},
	}
	cmd.Flags().StringVar(&r.week, "week", "last", "the `week` to report on, such as 2026-W46")
	cmd.Flags().StringVar(&r.team, "team", "", "only this team, by its `id`")
	cmd.Flags().BoolVar(&r.full, "full", false, fullUsage)
	cmd.Flags().StringVarP(&out, "out", "o", "-", "write to this `file`, - for the standard output")
	return cmd
}

func (p *program) saveFacts(facts sources.Facts, path string) error {
	var doc bytes.Buffer
	if err := facts.Save(&doc); err != nil {
		return err
	}
	return p.save(path, doc.Bytes())
}
