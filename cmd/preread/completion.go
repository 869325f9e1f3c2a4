package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"preread/config"
	"preread/report"
	"preread/sources"
)

// completionVerb takes the library's verb that prints the script of a shell, and
// lets it say what the other verbs say of a wrong call.
func (p *program) completionVerb(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	cmd.Args, cmd.RunE = cobra.ArbitraryArgs, noShell
	cmd.Example = "  source <(preread completion bash)"
	examples := map[string]string{
		"bash":       "  source <(preread completion bash)",
		"zsh":        "  source <(preread completion zsh)",
		"fish":       "  preread completion fish | source",
		"powershell": "  preread completion powershell | Out-String | Invoke-Expression",
	}
	for _, shell := range cmd.Commands() {
		shell.Args, shell.Example = noArguments, examples[shell.Name()]
	}
}

// noShell is what completion does without the name of a shell that it knows.
func noShell(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return withHint(fmt.Errorf("completion knows no shell %q", sources.OneLine(args[0], 40)), "there is bash, zsh, fish and powershell")
}

// offers is what a shell offers for a flag of all verbs, for a flag of one verb,
// and for the first word behind a verb; nil are files. What is not here gets
// nothing. The settings are looked at as far as they are right, and nothing else:
// no source is asked, and no history opened.
func (p *program) offers() map[string]func() []string {
	lines, weeks := p.ofSettings(lineIDs), p.ofSettings(p.weekNames)
	return map[string]func() []string{
		"--color":  oneOf("auto", "always", "never"),
		"--config": nil, "--facts": nil, "--mail": nil, "--out": nil,
		"--reader": p.ofSettings(readerIDs),
		"--team":   p.ofSettings(teamIDs),
		"--week":   weeks, "--before": weeks,

		"check --fail-on":       oneOf(string(report.OnRed), string(report.OnAmber), string(report.OnSignal), string(report.OnNothing)),
		"check --format":        oneOf(string(report.Text), string(report.AsJSON), string(report.GitHub), string(report.JUnit)),
		"check --require-notes": oneOf(string(report.OnRed), string(report.OnAmber)),
		"draft --format":        oneOf(formats...),

		"explain": lines, "history forget": lines,
		"notes list": lines, "notes restore": lines, "notes show": lines,
		"history import": nil,
		"sources":        kindNames,
	}
}

func oneOf(all ...string) func() []string { return func() []string { return all } }

// ofSettings offers what of returns of the settings that a run would use. Where
// there are none, or wrong ones, it is quiet: the run itself will say it.
func (p *program) ofSettings(of func(*config.Config) []string) func() []string {
	return func() []string {
		c, err := p.settings()
		if err != nil {
			return nil
		}
		return of(c)
	}
}

func withName(id, name string) string {
	return cobra.CompletionWithDesc(id, sources.OneLine(name, 60))
}

func teamIDs(c *config.Config) (ids []string) {
	for _, t := range c.Teams {
		ids = append(ids, withName(t.ID, t.Name))
	}
	return ids
}

func readerIDs(c *config.Config) (ids []string) {
	for _, r := range c.Readers {
		ids = append(ids, withName(r.ID, r.Name))
	}
	return ids
}

func lineIDs(c *config.Config) (ids []string) {
	for _, t := range c.Teams {
		for _, l := range t.Lines {
			ids = append(ids, withName(t.ID+"/"+l.ID, l.Title))
		}
	}
	return ids
}

func kindNames() (names []string) {
	for _, k := range collectors {
		names = append(names, k.Name)
	}
	return names
}

// weekNames are the weeks that a page of now shows, the last one first.
func (p *program) weekNames(c *config.Config) (names []string) {
	window, err := p.window(c, "last")
	if err != nil {
		return nil
	}
	for i := range c.Report.Weeks {
		names = append(names, window.Last.Add(-i).String())
	}
	return names
}

// answerShell prepares a run in which the shell asks what could come next.
func (p *program) answerShell(root *cobra.Command) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	offer(root, p.offers())
}

// offer lets a verb and those below it answer the shell. The library keeps what it
// is told of flags for ever, so that only a run which answers the shell tells it.
func offer(cmd *cobra.Command, offers map[string]func() []string) {
	verb := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
	if what, known := offers[verb]; known {
		cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return begunAs(begun, what)
		}
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		what, known := offers[verb+" --"+f.Name]
		if !known {
			what, known = offers["--"+f.Name]
		}
		if known { // the flag is there, and told about once
			_ = cmd.RegisterFlagCompletionFunc(f.Name, valueOf(f, what))
		}
	})
	for _, c := range cmd.Commands() {
		offer(c, offers)
	}
}

// valueOf offers values of a flag; in a list, after the commas.
func valueOf(f *pflag.Flag, what func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		list := ""
		if f.Value.Type() == "stringSlice" {
			list = begun[:strings.LastIndexByte(begun, ',')+1]
		}
		fit, how := begunAs(strings.TrimPrefix(begun, list), what)
		for i := range fit {
			fit[i] = list + fit[i]
		}
		return fit, how
	}
}

// begunAs are those of what is offered that begin as the word that is typed, in
// their order; of files the shell knows more.
func begunAs(word string, what func() []string) (fit []string, how cobra.ShellCompDirective) {
	if what == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	for _, text := range what() {
		if strings.HasPrefix(text, word) {
			fit = append(fit, text)
		}
	}
	return fit, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// helpWords are the verbs and topics that help can go on with.
func helpWords(help *cobra.Command, args []string, begun string) (fit []string, how cobra.ShellCompDirective) {
	found, rest, err := help.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return begunAs(begun, func() (all []string) {
		for _, c := range found.Commands() {
			if !c.Hidden {
				all = append(all, cobra.CompletionWithDesc(c.Name(), c.Short))
			}
		}
		return all
	})
}
