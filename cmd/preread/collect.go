package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
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

// save writes a result to a file in one step, or to the standard output.
func (p *program) save(path string, text []byte) error {
	if path == "-" {
		_, err := p.stdout.Write(text)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("folder %s cannot be made: %w", filepath.Dir(path), plainFileError(err))
	}
	if err := maybe.WriteFile(path, text, 0o644); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, plainFileError(err))
	}
	return nil
}
