package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"

	"preread/report"
)

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

// htmlToo are the flags of draft with which a page has its HTML file.
const htmlToo = " --format markdown,html"

// browse shows a file in the browser of whoever is at the machine. ofWeek are
// the flags that mean its week.
func (p *program) browse(file, ofWeek string) error {
	if _, err := os.Stat(file); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return withHint(fmt.Errorf("there is no %s yet", file), "preread draft%s makes it; preread open --print%s shows the page here", ofWeek+htmlToo, ofWeek)
		}
		return fmt.Errorf("%s: %w", file, plainFileError(err))
	}
	if err := p.launch(file); err != nil {
		return withHint(err, "open %s yourself, or run preread open --print", file)
	}
	return nil
}

// launch gives a file or an address to whatever opens such things here.
func (p *program) launch(target string) error {
	for _, name := range []string{"xdg-open", "open", "wslview"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if err := exec.CommandContext(p.ctx, path, target).Run(); err != nil {
			return fmt.Errorf("%s did not open the page", name)
		}
		return nil
	}
	return errors.New("nothing on this machine opens a page in a browser")
}
