package report

import (
	"slices"

	"preread/aggregate"
	"preread/sources"
)

// The prompts ask for what only a person can write. A slot that holds one of
// them and nothing else counts as empty, so a prompt that was ever released
// stays in allPrompts.
const (
	promptContext = "✍ **One line: what this is about, for somebody who was thinking of something else.**"
	promptSummary = "✍ **Three lines for the reader: what happened, why, what it means for them.**"
	promptWanted  = "✍ **What I want from you: at most three things, each a question that can be answered with yes or no.**"
	promptRed     = "✍ **Why is it red, what will we do, by when?**"
	promptAmber   = "✍ **What keeps it from green, and is that all right for now?**"
	promptUnknown = "✍ **What do you know about it that the tools do not?**"
	promptGoal    = "✍ **What moved this week, and what is the next milestone?**"
	promptReact   = "✍ **How did we react, and what comes out of it?**"
	promptNext    = "✍ **Next week, as promises that can be checked.**"
	promptLater   = "✍ **Later, so that nobody is surprised.**"
	promptAsks    = "✍ **Decisions, insight, people, introductions: who, what, by when, and what happens if nobody answers.**"
	promptParked  = "✍ **What we do not do: since when, why, who agreed, when we look again.**"
	promptPeople  = "✍ **People: praise, growth, support needed. Whoever gets this page reads it; private matters belong elsewhere.**"
	promptMind    = "✍ **What makes you anxious, stressed or excited?**"
)

var allPrompts = []string{
	promptContext, promptSummary, promptWanted, promptRed, promptAmber, promptUnknown, promptGoal, promptReact,
	promptNext, promptLater, promptAsks, promptParked, promptPeople, promptMind,
}

// Prompts returns every prompt that a slot may hold while nobody has written in
// it, those of earlier pages among them.
func Prompts() []string { return slices.Clone(allPrompts) }

func isPrompt(text string) bool { return slices.Contains(allPrompts, text) }

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
