package main

import (
	"fmt"

	"github.com/spf13/cobra"

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
