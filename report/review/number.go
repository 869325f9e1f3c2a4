package review

import (
	"regexp"
	"strconv"
	"strings"

	"preread/report"
)

// counted are numbers that claim nothing: dates, times, versions, names with a
// number, people, rates of a day.
var counted = []*regexp.Regexp{
	ticket,
	regexp.MustCompile(`\b\d{4}-\d\d(?:-\d\d)?\b|\b\d{1,2}(?:st|nd|rd|th|\.)? ` + months + `(?:,? \d{4})?`),
	regexp.MustCompile(months + ` \d{1,2}(?:,? \d{4})?\b|\b(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:\d{2,4})?`),
	regexp.MustCompile(`\b\d{1,2}[:.]\d\d ?(?:h|am|pm)\b|\b\d{1,2}:\d\d(?::\d\d)?\b|\b\d{1,2} ?(?:am|pm|o'clock)\b`),
	regexp.MustCompile(`\b(?:19|20)\d\d\b`),
	regexp.MustCompile(`\b\d+\.\d+\.\d+\S*|\b(?i:version|release) \d[\d.]*\b|§ ?\d+|\b(?i:no|nr)\.? ?\d+|(?i:number|hall|gate) \d+`),
	regexp.MustCompile(`\p{L}[\p{L}_.-]*\d[\w.]*|\b\d+-[\p{L}\d]+|\b\d+(?:st|nd|rd|th)\b|\b\d+/\d+\b`),
	regexp.MustCompile(`\b(?i:page|step|option|phase|line|level|part|point|room|chapter|section|sprint|team|week|group) \d+\b`),
	regexp.MustCompile(`\b[45]0\d errors?\b|\b\d+ (?:of us|people|persons|engineers|developers|testers|colleagues|men|women)\b`),
}

var (
	figure     = regexp.MustCompile(`([€$£] ?)?\b(\d+(?:[., ]\d{3}\b)*(?:[.,]\d+)?)(?: ?(?:([€$£]|EUR|USD|GBP)|(%|percent\b|per cent\b|(?:ms|s|sec|seconds?|min|minutes?|h|hours?|[kMGT]B|k|M|points?)\b)|((?:days?|weeks?|months?|years?|quarters?)\b)))?`)
	namedCount = regexp.MustCompile(`(\p{Lu}\p{L}*) $`)
	compared   = regexp.MustCompile(`(?i)\b(?:targets?|goal|limit|budget|threshold|agreed|allowed|expected|planned|forecast|against|versus|vs|compared|instead of|than|usual(?:ly)?|normal(?:ly)?|average|previous(?:ly)?|twice (?:as|the)|double[ds]?|tripled?|halved|fewer|less|more|fell|falls?|rose|rises?|grew|grown?|grows?|shr[aiu]nk|climbed|jumped|dropped|increased?|decreased?|improved|worse|better|highest|lowest|best|worst|record|baseline|budgeted|promised?|estimated?|(?:a|an all-time|new) (?:high|low)|week over week|year over year|unchanged|within|for the first time|half (?:of )?(?:what|that)|last one|(?:it|they) (?:was|were)|hoped|on track|in progress|on schedule|ahead of|at (?:most|least))\b|` +
		`\b(?:last|previous) (?:week|month|quarter|year|sprint)|\b(?:week|month|year)s? (?:before|ago)\b|\bas (?:before|planned|in)\b|\bsame as\b|\b(?:up|down) (?:by |from |to )?\d|\bfrom \S+(?: \S+)? to\b|[,;(] ?(?:was|were|not) |\d ?\w* (?:out )?of (?:the |our |all |about )*\d|(?:%|percent|per cent) (?:of|complete|done|finished)\b|(?:^| )[+−±]\d|[→≤≥<>]|\d ?x\b`)
	comparing = regexp.MustCompile(`^(?:Last|The (?:week|month|sprint) before|Before|A (?:week|month|year) (?:ago|before)|Usual|Normal|In W\d\d? it was|That is|This is|Target|The target|Our target|Goal|It was|Was|Up|Down)\b`)
	planned   = regexp.MustCompile(`(?i)\b(?:will|shall|need|want|plans?|aims?|going to|let us|propose|recommend|should|would|may|might)\b|\?$`)
)

// readNumbers reports a figure that is said as a fact and compared with
// nothing: no target, no earlier figure, no "of 15", no "than", in its own
// sentence or in one beside it that begins as a comparison. A figure is a
// number with a unit, a share, money, a fraction or a count from ten on; spans
// of whole days to years, dates, times, versions, numbered names and people are
// none. Tables, plans and questions are left alone, and what stands in next,
// later, wanted and asks. The program's table beside a slot is no comparison:
// the words have to say it themselves. One finding a sentence.
func (v *review) readNumbers(s slot) {
	if planSlots[s.id] {
		return
	}
	type said struct {
		report.Block
		sentence
	}
	var all []said
	s.each(func(b report.Block, x sentence) { all = append(all, said{b, x}) })
	compares := func(i int) bool { return i >= 0 && i < len(all) && comparing.MatchString(all[i].sentence.text) }
	for i, x := range all {
		if words, at := claims(x.sentence.text); words != "" && x.Kind != report.Row && !compares(i-1) && !compares(i+1) {
			v.find(s, x.LineAt(x.at+at), NoComparison, words)
		}
	}
}

var planSlots = set("next later wanted asks")

// claims returns the first figure of a sentence that is compared with nothing,
// and where it stands.
func claims(text string) (words string, at int) {
	if compared.MatchString(text) || planned.MatchString(text) {
		return "", 0
	}
	left := text
	for _, r := range counted {
		left = mask(left, r)
	}
	for _, m := range figure.FindAllStringSubmatchIndex(left, -1) {
		money, unit, span := m[2] >= 0 || m[6] >= 0, m[8] >= 0, m[10] >= 0
		digits := strings.NewReplacer(",", "", " ", "").Replace(left[m[4]:m[5]])
		value, whole := strconv.Atoi(digits)
		name := namedCount.FindStringSubmatch(before(left, m[0]))
		numbered := name != nil && !notNames[name[1]]
		if money || unit || !numbered && (whole != nil || value >= 10 && !span) {
			return strings.TrimSpace(text[m[0]:m[1]]), m[0]
		}
	}
	return "", 0
}
