package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"preread/report"
)

// terminalWidth is how many columns a page takes in a terminal.
const terminalWidth = 80

func (p *program) openVerb() *cobra.Command {
	var week string
	var here bool
	cmd := &cobra.Command{
		Use:   "open",
		Short: "Show the page, in the browser or here",
		Long: `open shows the page as it stands on disk, with what you wrote in it. In the
browser it shows the html of the page, which draft --format markdown,html makes;
with --print it shows the page itself, in 80 columns.`,
		Example: `  preread open                      in the browser
  preread open --print              here
  preread open --print | less -R    page by page`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return p.open(week, here) },
	}
	cmd.Flags().StringVar(&week, "week", "last", "the `week` of the page, such as 2026-W46")
	cmd.Flags().BoolVar(&here, "print", false, "print the page in 80 columns")
	return cmd
}

func (p *program) open(week string, here bool) error {
	c, err := p.settings()
	if err != nil {
		return err
	}
	window, err := p.window(c, week)
	if err != nil {
		return err
	}
	path, err := pagePath(c, "", window.Last)
	if err != nil {
		return err
	}
	old, err := readPage(path)
	switch {
	case err != nil:
		return err
	case old.page == nil:
		return withHint(fmt.Errorf("there is no page of %s yet: %s", window.Last, path), "preread draft makes it")
	case here:
		return report.WriteTerminal(p.stdout, *old.page, terminalWidth, p.inkOn(isTerminal(p.stdout)))
	}
	return p.browse(strings.TrimSuffix(path, filepath.Ext(path)) + ".html")
}

// inkOn returns how words stand out on the standard output: not at all unless a
// person looks at it, or --color says otherwise.
func (p *program) inkOn(terminal bool) func(report.Ink, string) string {
	codes := map[report.Ink]string{report.StrongInk: "1", report.RedInk: "1;" + red, report.AmberInk: "1;" + yellow, report.GreenInk: "1;" + green}
	wanted := p.color == "always" || p.color != "never" && terminal && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
	return func(ink report.Ink, word string) string {
		code, colored := codes[ink]
		if !wanted || !colored {
			return word
		}
		return "\x1b[" + code + "m" + word + "\x1b[0m"
	}
}

// browse shows a file in the browser of whoever is at the machine.
func (p *program) browse(file string) error {
	if _, err := os.Stat(file); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return withHint(fmt.Errorf("there is no %s yet", file), "preread draft --format markdown,html makes it; preread open --print shows the page here")
		}
		return fmt.Errorf("%s: %w", file, plainFileError(err))
	}
	for _, name := range []string{"xdg-open", "open", "wslview"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if err := exec.CommandContext(p.ctx, path, file).Run(); err != nil {
			return withHint(fmt.Errorf("%s did not open %s", name, file), "open it yourself, or run preread open --print")
		}
		return nil
	}
	return withHint(errors.New("nothing on this machine opens a page in a browser"), "open %s yourself, or run preread open --print", file)
}
