package review

import (
	"regexp"
	"slices"
	"strings"

	"preread/report"
	"preread/report/ask"
)

const auxiliary = `(?:am|is|are|was|were|do|does|did|can|could|will|would|shall|should|may|might|must|has|have|had)`

var (
	askKind  = regexp.MustCompile(`(?i)^(decide|insight|resource|connect|unblock|confirm|inform|mine)\b ?:? ?`)
	askField = regexp.MustCompile(`(?i)^(need(?:ed)? by|options|i recommend|recommendation|answer|mine)\s*: ?(.*)$`)
	yesNo    = regexp.MustCompile(`(?i)(?:^|[,:;–—] (?:then |and |so |or )?)` + auxiliary + `(?:n't)? \S`)
	agreeing = regexp.MustCompile(`(?i)^(?:ok|okay|fine|good) (?:to|if|with)\b|(?:^|, )(?:ok|okay|agreed|right|yes or no|` + auxiliary + `n't (?:you|we|it|they|i))\?$`)
	yesOrNo  = regexp.MustCompile(`(?i)\b(?:yes ?/ ?no|yes or no|go ?/ ?no-?go)\b`)
	inMonth  = regexp.MustCompile(`\bin ` + months)
	choice   = regexp.MustCompile(`(?i)\bor\b`)
	parting  = regexp.MustCompile(`(?i),? or |, `)
	slashes  = regexp.MustCompile(`(?i) ?/ ?|,? or |, `)
)

// mostChoices is how many answers a question may offer.
const mostChoices = 3

// asks reports, in the slots asks and wanted, an ask that says no day by which
// it needs an answer ("Need by:", or a day in its own words), and one that is
// neither a question for yes or no nor a choice of at most three ("A or B?",
// "Options: A / B / C"). An ask is an item; a paragraph is one if it holds a
// question or the slot has no items. Closed asks, what is only to be known
// (Inform) and what one handles oneself (Mine) are left alone, and an Insight may
// ask anything if it says which way one leans. Whether what stands
// behind "Need by:" under Asks is a date is left to package ask.
func (v *review) asks(s slot) {
	if s.id != report.AsksSlot && s.id != "wanted" {
		return
	}
	listed := slices.ContainsFunc(s.groups, func(g group) bool { return g[0].Kind == report.Item })
	for _, g := range s.groups {
		b := g[0]
		if b.Kind == report.Heading || b.Kind == report.Paragraph && listed && !strings.Contains(b.Text, "?") {
			continue
		}
		kind := strings.ToLower(strings.TrimRight(askKind.FindString(b.Text), ": "))
		if f := fieldsOf(g); b.Box != "[x]" && f["answer"] == "" && f["mine"] == "" && kind != "inform" && kind != "mine" {
			question := askKind.ReplaceAllString(b.Text, "")
			if needBy := f["need by"] + f["needed by"]; !hasDate(needBy) && !(needBy != "" && s.id == report.AsksSlot) && !hasDate(mask(b.Text, inMonth)) {
				v.find(s, b.Line, AskWithoutDate, question)
			}
			leans := f["i recommend"]+f["recommendation"] != "" || ask.Leans(question)
			if !isClosed(question, f["options"]) && !(kind == "insight" && leans) {
				v.find(s, b.Line, OpenQuestion, question)
			}
		}
	}
}

// fieldsOf returns what stands below an ask, by the field's name.
func fieldsOf(g group) map[string]string {
	fields := map[string]string{}
	for _, b := range g[1:] {
		if m := askField.FindStringSubmatch(b.Text); m != nil {
			fields[strings.ToLower(m[1])] = m[2]
		}
	}
	return fields
}

// isClosed reports a question that can be answered with yes, no or one of a few.
func isClosed(question, options string) bool {
	if n := len(slashes.Split(options, -1)); options != "" {
		return n <= mostChoices
	}
	return slices.ContainsFunc(sentencesOf(question), func(x sentence) bool {
		if !strings.HasSuffix(x.text, "?") {
			return yesOrNo.MatchString(x.text)
		}
		_, offered, found := strings.Cut(x.text, ": ")
		if !found {
			offered = x.text
		}
		return yesNo.MatchString(x.text) || agreeing.MatchString(x.text) ||
			choice.MatchString(offered) && len(parting.Split(offered, -1)) <= mostChoices
	})
}
