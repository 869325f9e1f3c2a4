package main

import (
	"bytes"
	"fmt"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"
)

func (p *program) diffVerb() *cobra.Command {
	var d drafting
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Show what draft would change on the page, and change nothing",
		Long: `diff makes the page as draft would, around what is written in it now, and shows
the difference. It exits with 0 if there is none and with 1 if there is one.`,
		Example: `  preread diff
  preread diff --facts facts.json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			d.formats = []string{"markdown"}
			return p.with(func(j *job) error { return j.diff(d) })
		},
	}
	p.requestFlags(cmd, &d.request)
	cmd.Flags().StringVarP(&d.out, "out", "o", "", "compare with this `file` (default: out of the settings)")
	return cmd
}

func (j *job) diff(d drafting) error {
	w, err := j.writing(d)
	if err != nil {
		return err
	}
	old, err := readPage(w.path)
	if err != nil {
		return err
	}
	done, _, err := w.compose(old)
	if err != nil || done.merged.Same {
		return err
	}
	p := j.program
	p.code = exitRed
	_, err = fmt.Fprint(p.stdout, udiff.Unified(w.path, w.path+" as draft would make it", text(old.text), text(done.merged.Text)))
	return err
}

// text is a page without carriage returns, which would only confuse a terminal.
func text(page []byte) string { return string(bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))) }
