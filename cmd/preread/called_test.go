package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// verbs are all verbs with the verbs below them; pages of help are none.
func verbs(t *testing.T) (all []*cobra.Command) {
	t.Helper()
	root := new(program).root()
	root.InitDefaultHelpCmd()
	var walk func(*cobra.Command)
	walk = func(parent *cobra.Command) {
		for _, cmd := range parent.Commands() {
			if cmd.Runnable() {
				all = append(all, cmd)
			}
			walk(cmd)
		}
	}
	walk(root)
	if len(all) < 35 {
		t.Fatalf("only %d verbs", len(all))
	}
	return all
}

// Whoever calls a verb wrongly is sent to its examples, so it has some, with
// flags that there are.
func TestEveryVerbHasExamples(t *testing.T) {
	flag := regexp.MustCompile(`\s--([a-z-]+)`)
	for _, cmd := range verbs(t) {
		shown := false
		for line := range strings.Lines(cmd.Example) {
			_, call, _ := strings.Cut(line, "preread ")
			found, _, err := cmd.Root().Find(strings.Fields(strings.TrimRight(call, ")\n")))
			if err != nil || found == cmd.Root() {
				t.Errorf("%s: %q calls no verb", cmd.CommandPath(), line)
				continue
			}
			shown = shown || strings.HasPrefix(found.CommandPath(), cmd.CommandPath())
			found.InheritedFlags()
			for _, m := range flag.FindAllStringSubmatch(line, -1) {
				if found.Flag(m[1]) == nil {
					t.Errorf("%s: %q: there is no --%s", cmd.CommandPath(), line, m[1])
				}
			}
		}
		if !shown {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
	}
}

// The library's own words are for programmers.
func TestWrongCallsArePlain(t *testing.T) {
	words := regexp.MustCompile(`arg\(s\)|unknown|invalid|shorthand|strconv|pflag|flag needs|syntax|parse error`)
	t.Chdir(t.TempDir())
	for _, cmd := range verbs(t) {
		path := strings.Fields(cmd.CommandPath())[1:]
		calls := [][]string{{"--nope"}, {"-Z"}, {"--config"}, {"-c"}, {"---"}, {"--=x"}, {"--timeout", "soon"}, {"--help=maybe"}, {"a", "b", "c"}}
		for _, more := range calls {
			var talk, result strings.Builder
			code := run(t.Context(), append(path[:len(path):len(path)], more...), &result, &talk, func(string) string { return "" }, func() time.Time { return scriptNow })
			said := talk.String()
			if code != exitWrong || !strings.HasPrefix(said, "error: ") || !strings.Contains(said, "\nhint: ") || words.MatchString(said) || result.Len() > 0 {
				t.Errorf("%s %v: exit %d\n%s%.200s", cmd.CommandPath(), more, code, said, result.String())
			}
		}
	}
}
