package main

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"preread/sources"
)

func (p *program) sourcesVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "sources [KIND]",
		Short: "List the kinds of sources, or show one with its settings",
		Example: `  preread sources
  preread sources jira`,
		Args: atMostOne("the name of one kind"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				var b strings.Builder
				for _, k := range collectors {
					summary, _, _ := strings.Cut(k.Doc, "\n")
					fmt.Fprintf(&b, "%-12s %s\n%-12s answers: %s\n", k.Name, summary, "", nounList(k.Nouns))
				}
				return p.save("-", []byte(b.String()))
			}
			i := slices.IndexFunc(collectors, func(k sources.Kind) bool { return k.Name == args[0] })
			if i < 0 {
				return withHint(fmt.Errorf("no kind of source is called %q", sources.OneLine(args[0], 40)), "preread sources lists them")
			}
			return p.save("-", fmt.Appendf(nil, "%s\n\n%s", strings.TrimSpace(collectors[i].Doc), collectors[i].Sample))
		},
	}
}

func nounList(nouns []sources.Noun) string {
	words := make([]string, len(nouns))
	for i, n := range nouns {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}

func (p *program) versionVerb() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which version this is",
		Example: "  preread version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, "preread", version())
			return err
		},
	}
}

// version returns the module version that was built, "devel" from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// helpTopics are pages of help that are no verbs.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{
			Use:   "exit-codes",
			Short: "What the exit codes mean",
			Long: `0  fine
1  check: a line is red, unless --fail-on none says otherwise
   check too, where it is asked for: amber with --fail-on amber,
   a change for the worse with --fail-on signal, a red or amber
   line without words on the page with --require-notes red or amber
   diff: draft would make another page
   review: there is something to stumble over
2  something needed is unknown: check without a red line, draft --strict
   doctor: something is wrong
3  called or configured wrongly, or failed; a page that was being made is the old
   or the new one, whole
130  interrupted; so it is then`,
		},
		{
			Use:   "page",
			Short: "How the page keeps what people write in it",
			Long: `Between <!-- preread:note id=… --> and <!-- /preread:note --> the text is yours:
it is kept byte for byte whenever the page is made again. Everything else is
made anew. A line such as

  Colour: amber until 2026-12-05 because the migration ends that day

in the slot of a line gives it a colour of your own, beside the computed one and
until that day. What you edit outside of the slots is joined to the new page; where
both changed, your words move to its end. Without a history it cannot be joined, and
the page as you left it is kept beside the new one. A note whose line is gone moves
to the end of the page too. A page whose marks are broken is never overwritten.

!discuss at the end of a line, or alone on a line, marks it, in a slot or outside of
them: it comes first on the page and on the agenda. A page that was sent, which preread publish says, stays as it is.`,
		},
		{
			Use:   "settings",
			Short: "Where the settings are looked for, and how secrets are named",
			Long: `The settings file is --config, else PREREAD_CONFIG, else preread.toml here or
above up to the top of the repository, else preread/preread.toml in the user's
configuration folder. Tokens are named, never written:

  token = "env:JIRA_TOKEN"        a variable
  token = "file:secrets/jira"     a file, from the folder of the settings
  token = "cmd:pass show jira"    what a command prints
  token = "credential:jira"       a credential that systemd hands to the unit
  token = "gh"                    the sign-in of the gh command`,
		},
	}
}

// helpVerb shows the help of a verb or a topic, and refuses what is neither.
func helpVerb(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB or TOPIC]",
		Short: "Show the help of a verb or a topic",
		Example: `  preread help exit-codes
  preread help history prune`,
		ValidArgsFunction: helpWords,
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err == nil && len(rest) == 0 {
				found.InitDefaultHelpFlag()
				return found.Help()
			}
			err = fmt.Errorf("there is no verb or topic %q", sources.OneLine(strings.Join(args, " "), 40))
			if near := root.SuggestionsFor(args[0]); len(near) > 0 {
				return withHint(err, "did you mean %s?", strings.Join(near, " or "))
			}
			return withHint(err, "preread --help lists them")
		},
	}
}
