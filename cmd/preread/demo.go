package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"preread/config"
	"preread/sources"
	"preread/sources/simulated"
	"preread/sources/simulated/company"
)

// demoSeed makes the company what it is.
const demoSeed = 418

func (p *program) demoVerb() *cobra.Command {
	var dir string
	var d demonstration
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See the whole job on a made-up company, without a token",
		Long: `demo starts a made-up company's Jira, GitHub and Prometheus on this machine,
collects from them as from real ones, and writes settings, facts and the page
into a folder of its own. Run it again: what you wrote into the page stays.`,
		Example: `  preread demo
  preread demo -o /tmp/kettle
  preread demo --annotated        with an example in every part
  preread demo --serve            keep the systems up, to try the other verbs on`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return p.demo(dir, d) },
	}
	cmd.Flags().StringVarP(&dir, "out", "o", "preread-demo", "write into this `folder`")
	cmd.Flags().BoolVar(&d.annotated, "annotated", false, "write an example into every part in which nobody has written")
	cmd.Flags().BoolVar(&d.serve, "serve", false, "keep the systems running until interrupted")
	cmd.Flags().BoolVar(&d.dataCenter, "data-center", false, "let Jira be a Data Center instead of a Cloud")
	return cmd
}

// A demonstration is what the flags of demo ask for.
type demonstration struct{ annotated, serve, dataCenter bool }

// demo runs the whole job. The company lives up to the Monday of the running
// week, so that the demo is the same for a week and then moves on.
func (p *program) demo(dir string, d demonstration) error {
	now := p.now()
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		return err
	}
	monday := sources.WeekOf(now, zone).Monday().Time(zone.Location()).Add(6 * time.Hour)
	c, err := company.New(demoSeed, monday)
	if err != nil {
		return err
	}
	systems := simulated.Start(c, d.dataCenter)
	defer systems.Close()
	p.now = func() time.Time { return monday }

	file := filepath.Join(dir, settingsName)
	text, err := p.furnish(dir, systems)
	if err != nil {
		return err
	}
	settings, err := config.Load(file, text, collectors)
	if err != nil {
		return err
	}
	if err := p.withConfig(settings, func(j *job) error { return j.demo(dir, d.annotated) }); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, `
  Write between the marks of the page and run the demo again: it stays. In the
  folder %s, try:

    preread explain checkout/p95 --facts facts.json
    preread check --fail-on amber --facts facts.json
`, dir)
	if d.serve {
		fmt.Fprint(p.stdout, "\n  Its systems keep running, for preread draft there; end them with Ctrl-C.\n")
		<-p.ctx.Done()
		p.ctx = context.WithoutCancel(p.ctx) // this is the way it is meant to end
	}
	return nil
}

// furnish writes settings and tokens for the systems into the demo's folder, and
// returns the settings. They come first: by them a folder is known as the
// demo's.
func (p *program) furnish(dir string, systems *simulated.Systems) (settings string, err error) {
	if err := p.demoFolder(dir); err != nil {
		return "", err
	}
	settings = marked(systems.Settings())
	if err := p.put(filepath.Join(dir, settingsName), []byte(settings)); err != nil {
		return "", err
	}
	for name, text := range systems.Tokens() {
		if err := p.save(filepath.Join(dir, name), []byte(text)); err != nil {
			return "", err
		}
		if err := os.Chmod(filepath.Join(dir, name), 0o600); err != nil {
			return "", fmt.Errorf("%s: %w", name, plainFileError(err))
		}
	}
	return settings, nil
}

// demoMark begins the last line of the demo's settings, before their sum.
const demoMark = "\n# preread demo writes this file anew, as long as nobody changes it: "

// marked are settings with a last line by which [demoFolder] knows them.
func marked(settings string) string {
	return fmt.Sprintf("%s%s%x\n", settings, demoMark, sha256.Sum256([]byte(settings)))
}

// demoFolder wants a folder in which nobody else has settings. What somebody
// changed in those of an earlier demo is kept beside them, since the demo's
// systems are somewhere else each time.
func (p *program) demoFolder(dir string) error {
	file := filepath.Join(dir, settingsName)
	found, err := os.ReadFile(file)
	settings, _, own := strings.Cut(string(found), demoMark)
	switch {
	case errors.Is(err, syscall.ENOTDIR):
		return withHint(fmt.Errorf("%s is no folder", dir), elsewhereDemo)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return withHint(fmt.Errorf("%s: %w", file, plainFileError(err)), elsewhereDemo)
	case !own:
		return withHint(fmt.Errorf("%s holds settings and was not overwritten", file), elsewhereDemo)
	case marked(settings) == string(found):
		return nil
	}
	kept := file + ".changed"
	if err := p.put(kept, found); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "warning: %s was changed since the demo wrote it; it is made anew, and what it held is kept in %s\n", file, kept)
	return nil
}

const elsewhereDemo = "name another folder: preread demo -o DIR"

// demo collects, saves the facts and makes the page of them.
func (j *job) demo(dir string, annotated bool) error {
	facts, err := j.collect(request{})
	if err != nil {
		return err
	}
	saved := filepath.Join(dir, "facts.json")
	if err := j.saveFacts(facts, saved); err != nil {
		return err
	}
	week, draft := facts.Window.Last, drafting{request: request{facts: saved}, formats: []string{"markdown"}, silent: true}
	if annotated {
		if err := j.annotate(week); err != nil {
			return err
		}
	}
	done, err := j.draft(draft)
	if err == nil && annotated {
		if err = j.write(week, annotatedWords(week)); err == nil {
			done, err = j.draft(draft)
		}
	}
	if err != nil {
		return err
	}
	j.summary(j.stdout, done)
	return nil
}
