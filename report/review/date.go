package review

import (
	"regexp"
	"slices"
)

const (
	months   = `(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?`
	weekdays = `(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b`
	dateText = `(?:\b\d{4}-\d\d-\d\d\b|\b\d{1,2}(?:st|nd|rd|th|\.)?(?: of)? ` + months + `(?: \d{4})?|\b` + months + ` \d{1,2}\b|\b\d{1,2}\.\d{1,2}\.|` +
		`\b` + weekdays + `|\b(?:CW|W|week )\d\d?\b|\bQ[1-4]\b|\b(?:today|tonight|tomorrow|noon|EO[DWMY]|COB|Christmas|Easter|New Year)\b|\b(?:by|on|until|before) \d{1,2}/\d{1,2}\b|` +
		`\b(?:next|this|end of(?: the| this| next)?) (?:day|week|month|quarter|sprint|year|` + months + `|W\d\d?)|` +
		`\b(?:in|within) (?:an?|one|two|three|four|five|six|\d+) (?:hour|day|week|month)s?\b|\b(?:[Bb]y|until|till|before|in|mid-?|end of|early|late) ?` + months + `)`
)

var (
	date     = regexp.MustCompile(dateText)
	promised = regexp.MustCompile(`(?i)\b(?:by|before|not later than|due|deadline|when|date|need by)(?::| on| the end of)* (?:the )?` + dateText)
	ahead    = regexp.MustCompile(`\b(?:expected|needed|planned|promised|scheduled)(?: on| in)? $`)
	pastTime = regexp.MustCompile(`(?i)(?:\b(?:since|last|of|until now|[a-z]+ed(?: it)?(?: on| in)?) )$`)
)

// hasDate reports a day that is not said of the past: no "since Friday", no
// "as agreed on 12 November".
func hasDate(text string) bool {
	return slices.ContainsFunc(date.FindAllStringIndex(text, -1), func(m []int) bool {
		return !pastTime.MatchString(before(text, m[0])) || ahead.MatchString(before(text, m[0]))
	})
}
