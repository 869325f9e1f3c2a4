package report

import (
	"regexp"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// The prompts ask for what only a person can write. A slot that holds one of
// them and nothing else counts as empty, so a prompt that was ever released
// stays in allPrompts.
const (
	promptContext = "✍ **What is this about, in one line?**"
	promptSummary = "✍ **What happened, why, what it means: three lines.**"
	promptWanted  = "✍ **Anything beside the asks below?**"
	promptRed     = "✍ **Why red? What next? Who, by when?**"
	promptAmber   = "✍ **What keeps it from green? What next?**"
	promptUnknown = "✍ **What do you know that the tools do not?**"
	promptGoal    = "✍ **What moved, what comes next?**"
	promptReact   = "✍ **How did we react? What comes of it?**"
	promptNext    = "✍ **Next week, as promises to check.**"
	promptLater   = "✍ **Later, so nobody is surprised.**"
	promptAsks    = "✍ **What do you ask, of whom, by when, and what if nobody answers?**"
	promptParked  = "✍ **What is parked: since when, why, who agreed, until when?**"
	promptPeople  = "✍ **Praise, growth, support needed. Private matters belong elsewhere.**"
	promptMind    = "✍ **What makes you anxious, stressed, excited?**"
)

var allPrompts = []string{
	promptContext, promptSummary, promptWanted, promptRed, promptAmber, promptUnknown, promptGoal, promptReact,
	promptNext, promptLater, promptAsks, promptParked, promptPeople, promptMind,
}

// Prompts returns every prompt that a slot may hold while nobody has written in
// it, those of earlier pages among them.
func Prompts() []string { return slices.Clone(allPrompts) }

func isPrompt(text string) bool { return slices.Contains(allPrompts, text) }

// anyPrompt finds a prompt wherever an editor has broken its line.
var anyPrompt = func() *regexp.Regexp {
	var all []string
	for _, p := range allPrompts {
		all = append(all, strings.Join(strings.Fields(regexp.QuoteMeta(p)), `\s+`))
	}
	return regexp.MustCompile(strings.Join(all, "|"))
}()

// unprompted is a text without prompts, with as many lines.
func unprompted(text string) string {
	return anyPrompt.ReplaceAllStringFunc(text, func(p string) string { return strings.Repeat("\n", strings.Count(p, "\n")) })
}

// forReader is a note without what is meant for its writer: prompts that were
// left standing, and marks of what to discuss, which become a sign.
func forReader(text string) string {
	lines := slices.Collect(strings.Lines(text))
	for i, line := range Unfenced(text) {
		words := strings.TrimSpace(line)
		if isPrompt(words) || words == DiscussMark {
			lines[i] = "\n"
		} else if _, marked := cutDiscuss(line); marked {
			lines[i] = strings.TrimSuffix(strings.TrimRight(line, " \t\r\n"), DiscussMark) + "⚑\n"
		}
	}
	return strings.Join(lines, "")
}

// promptFor chooses the prompt of a line by what there is to explain. A green
// line that is no goal asks for nothing.
func promptFor(f aggregate.Finding, incidentLastWeek bool) string {
	switch {
	case f.Status.Status == aggregate.Red:
		return promptRed
	case f.Status.Status == aggregate.Amber:
		return promptAmber
	case f.Status.Status == aggregate.Unknown:
		return promptUnknown
	case f.Noun == sources.Goals:
		return promptGoal
	case f.Noun == sources.Incidents && incidentLastWeek:
		return promptReact
	}
	return ""
}
