package review

import (
	"regexp"
	"slices"
	"strings"

	"preread/report"
)

var (
	finishesIt = regexp.MustCompile(`(?:^|: |, | – |\b(?:we|I|they|and|to|will|then) |` + name + ` and ` + name + ` )(?:` + finish + `) \S|\bwill (?:have )?\w+ \S`)
	endless    = regexp.MustCompile(`(?i)\bmake (?:\w+ )?progress\b|\bget (?:better|ready|going|started)\b`)
	vaguely    = regexp.MustCompile(`^(?:` + forms(vague, "s") + `)$`)
	outcome    = regexp.MustCompile(`(?i)\b(?:live|done|merged|shipped|closed|signed|deleted|released|published|deployed|fixed|paid|in (?:the )?(?:production|beta|review|test|staging)|switched (?:off|on)|zero|one|two|three|four|five|(?:is|are|be|gets?) \w+ed)\b|\b\d+ ?%|\b\d[\d.,]* [a-z]|\b(?:to|under|below|above|over|of|at) \d`)
)

// next reports an item of the slot next that nobody could check a week later:
// one without a verb that comes to an end with its object ("ship the cache"),
// without a state that is reached ("Norway live"), a figure or a date.
// "Continue", "work on", "look into" and "improve" come to no end. Items that
// are ticked off and lines that lead to a list are left alone.
func (v *review) next(s slot) {
	if s.id != "next" {
		return
	}
	for _, g := range s.groups {
		b := g[0]
		if b.Kind == report.Heading || b.Box == "[x]" || strings.HasSuffix(b.Text, ":") {
			continue
		}
		text := b.Text
		for _, below := range g[1:] {
			text += " – " + below.Text
		}
		if !hasDate(text) && !outcome.MatchString(text) && !finishes(startSmall(mask(text, endless))) {
			v.find(s, b.Line, NextWithoutCheck, b.Text)
		}
	}
}

// finishes reports a verb that comes to an end, with its object: one of the
// table, or any that is said of somebody and is not vague.
func finishes(text string) bool {
	return finishesIt.MatchString(text) || slices.ContainsFunc(actor.FindAllStringSubmatch(text, -1), func(m []string) bool {
		return !idle[m[2]] && !vaguely.MatchString(m[2])
	})
}

// startSmall writes the first word small if it is a verb of work, and those that
// are no names.
func startSmall(text string) string {
	text = named(text)
	if imperative.MatchString(text) {
		return strings.ToLower(text[:1]) + text[1:]
	}
	return text
}
