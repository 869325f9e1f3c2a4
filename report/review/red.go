package review

import (
	"regexp"
	"slices"
	"strings"

	"preread/report"
)

var (
	because  = regexp.MustCompile(`(?i)\b(?:because|due to|cause[ds]?|reasons?|owing to|thanks to|as a result|c[ao]mes? from|led to|that is why|after (?:the|an?|our)|depends on)\b|\bwhy:|, so |, (?:which|that) [a-z]+s\b|\bsince (?:the|an?|our|it|we|they|he|she|all|nobody)\b`)
	happened = regexp.MustCompile(`(?i)\b(?:slipped|ran out|broken?|broke|fail(?:s|ed)|crash(?:es|ed)|filled|full|expired|leak(?:s|ed)|left|quit|changed|moved|doubled|tripled|closed|stopped|ended|lock(?:s|ed)|block(?:s|ed)|(?:was|were|went) (?:down|late|away|bankrupt)|ill|sick|on (?:leave|holiday|vacation)|grew|came in|overload(?:s|ed)?|under-?estimated|scope creep|capacity|seasonal|wait(?:s|ing) (?:for|on)|out of|flaky|a (?:bug|blocker|regression)|outage|set off|triggered|forgot|forgotten|missed|times? out|timed out|deleted|removed|lost|too (?:few|many|small|big|little|much)|no (?:cache|capacity|time|index|access|tests?)|bug in|memory leak|is (?:cold|missing)|was missing)\b`)
	restated = regexp.MustCompile(`(?i)^(?:it|this|that|still|again|not|below|above|under|over|close|near|same|worse|better|no change|the (?:line|figure|number|value))\b|\b(?:red|target|limit|goal)\b|\bwhere (?:we|it)\b`)

	owned = regexp.MustCompile(`\bI(?:'ll|'m)?\b|@\w|(?i:\b(?:owner|who|lead|responsible|assignee)(?::| is) ?\S)|\b[Ww]e(?:'ll| will| shall| are going to| (?:` + base + `)\b| are (?:` + running + `)\b)|` +
		person + ` (?:will|owns|leads|is (?:` + running + `)|(?:` + third + `)|(?:` + past + `))\b|` + name + ` and ` + name + ` [a-z]+\b|\(` + name + `[,)]|` +
		name + `,? (?:by |on |until )?(?i:` + dateText + `)|\bby ` + name)
	future = regexp.MustCompile(`\bwill\b`)
)

// red reports, for the slot of a red line, what its words leave out: the cause,
// who does something, what, and by when; or that there are no words. For an
// amber line only a next step, or the decision to leave it. What a person gave
// a colour of their own is judged by that colour.
//
//   - A cause is "because" and its like, or a plain statement of what happened:
//     "the vendor slipped". That the figure is bad is no cause.
//   - An owner is a name or a team with a verb of work, "I", "we will", "@name",
//     "Ana: …" or "Owner: …". A name of whom nothing is said to do is none.
//   - A step is a verb of work that somebody does or will do.
//   - A date is one in the same sentence as a step, or after "by" or "When:".
func (v *review) red(s slot) {
	colour := s.line.Colour
	if colour != "red" && colour != "amber" {
		return
	}
	if len(s.groups) == 0 {
		if colour == "red" {
			v.find(s, s.mark, RedWithoutWords, s.line.Title)
		}
		return
	}
	p := partsOf(s)
	line := s.groups[0][0].Line
	for _, part := range []struct {
		said   bool
		colour string
		rule   Rule
	}{
		{p.cause, "red", RedWithoutCause},
		{p.owner, "red", RedWithoutOwner},
		{p.next, "red", RedWithoutNext},
		{p.date, "red", RedWithoutDate},
		{p.next, "amber", AmberWithoutNext},
	} {
		if colour == part.colour && !part.said {
			v.find(s, line, part.rule, s.line.Title)
		}
	}
}

// tellsWhy reports whether a sentence says why: with a word such as "because",
// or by telling what happened instead of what is done or how bad the figure is.
func tellsWhy(text string) bool {
	if because.MatchString(text) {
		return true
	}
	for clause := range strings.SplitSeq(text, "; ") {
		tells := len(word.FindAllString(clause, wordsTold)) == wordsTold && !answers(clause) && !future.MatchString(clause)
		if !restated.MatchString(clause) && (tells || happened.MatchString(clause) || isProblem(clause)) {
			return true
		}
	}
	return false
}

// wordsTold is how many words a sentence has that tells what happened.
const wordsTold = 4

// parts are what the words about a red line say.
type parts struct{ cause, owner, next, date bool }

func partsOf(s slot) (p parts) {
	for _, g := range s.groups {
		p.next = p.next || slices.ContainsFunc(g, func(b report.Block) bool { return b.Box != "" })
	}
	s.each(func(_ report.Block, x sentence) {
		acts := answers(x.text)
		p.cause = p.cause || tellsWhy(x.text)
		p.owner = p.owner || acting(x.text) || accepted.MatchString(x.text) || owned.MatchString(named(x.text)) || alsoActs.MatchString(named(x.text)) || assigned.MatchString(named(x.text))
		p.next = p.next || acts
		p.date = p.date || (acts || future.MatchString(x.text)) && hasDate(x.text) || promised.MatchString(x.text)
	})
	return p
}
