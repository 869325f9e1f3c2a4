package review

import (
	"regexp"
	"strings"

	"preread/report"
)

// Words of trouble: what went wrong, what is wrong with a thing, and what there
// is none of.
const (
	mishaps = `blocked|stuck|jams|jammed|lingers?|bursting|complains?|delayed|slipped|stalled|overload(?:ed)?|struggl(?:es?|ing)|crash(?:es|ed|ing)|leak(?:s|ing)|hangs|degrad(?:es|ed|ing)|corrupt(?:s|ed)|regressed|swamped|exhausted|burn(?:t|ed) out|resigned|slows|fails?|failed|breaks|broke|suffers?|hurts|piles? up|piling up|falls? short|` +
		`(?:we|is|are|was|were|have|has) (?:lost|losing|leaving)|los(?:es?|ing)|gets? lost|held (?:up|back)|missed (?:the|our|its|a)|(?:times|timed|runs?|running|ran) out|(?:days?|weeks?|months?|far|well|falls?|fell|falling|running) behind|behind (?:the |our )?(?:plan|schedule|target)|` +
		`keeps? (?:dropping|losing|failing|breaking|crashing|slipping|restarting|growing|hanging|coming back|timing out)|(?:takes?|took|waits?|waited) (?:forever|ages|(?:too|very|so|far too|much too) long)|through the roof|off by|people (?:leave|quit)|never (?:arrived|came|worked|started)|(?:depends? on|with|only) one person|drops? (?:events|messages|requests|orders|calls)`
	states = `unstable|flaky|overdue|unreliable|unusable|unacceptable|unsustainable|understaffed|at risk|in danger|bottleneck|out of (?:space|memory|budget|time|stock|money|disk|date|control|hours)|unable to|not able to|slower|(?:hard|difficult|impossible) to|too (?:few|many|slow|late|expensive|complex|risky|fragile)|(?:returns?|shows?|sends?|gives?) wrong|` +
		`(?:is|are|was|were|be|been|keeps?|kept|gets?|got|came in|runs?|went|remains?|still|again|looks?) (?:(?:now|still|too|so|very|again|often|always|already|currently|quite|really|badly|a|an|[a-z]+ly) )?(?:late|slow|broken|missing|failing|down|outdated|stale|wrong|brittle|fragile|painful|poor|bad|mess|worse|noisy|confusing|incomplete|inconsistent|unclear|concerns?|short-staffed|unhappy|full)`
	lacks = `short of|lacks?|not (?:\w+ )?enough|cannot|can't|can not|could not|couldn't|no (?:[\w-]+ )?(?:capacity|time|budget|access|way|testers?|coverage|owner|successor|backup|replacement|monitoring|answers?|environment|runbook|headroom)|(?:nobody|no one)(?: (?:on|in|from) (?:the|our) \w+)?(?: \w+)? (?:knows|owns|understands|trusts|maintains|has (?:time|access))|` +
		`(?:has|have)(?: not|n't) (?:yet )?(?:delivered|sent|arrived|answered|signed|started|replied)|(?:is|are|has|have)(?: not|n't) (?:working|running|fit|reachable|ready)`
)

var (
	trouble  = regexp.MustCompile(`(?i)\b(?:` + mishaps + `|` + states + `|` + lacks + `)\b|: (?:broken|late|missing|failing|down|slow)\b|\bmissing$`)
	unable   = regexp.MustCompile(`(?i)\b(?:do|does)(?: not|n't) ([a-z]+)`)
	harmless = set("affect apply block change cost count do expect even go have hurt include know let like make matter mean mind miss need plan recommend require see take think touch use want wait worry yet")
	idiom    = regexp.MustCompile(`(?i)\b(?:late (?:` + months + `|in |at night|shift|night|spring|summer|autumn|winter)|(?:cannot|can't|could not|couldn't) (?:wait|thank|complain|praise|be (?:happier|better|prouder)|have done (?:it|this|that) without)|down (?:to|by|from|\d)|no time at all)`)
	settled  = regexp.MustCompile(`(?i)\b(?:fixed|repaired|resolved|solved|unblocked|removed|replaced|gone|(?:is|are) over|no longer|not any ?more|(?:is|are|went|goes) live|recovered|in place|works (?:again|now)|caught up|back (?:up|again)|came back|on purpose|by design|as (?:planned|intended|expected)|(?:which|that) is (?:fine|ok|okay|all right)|(?:stable|normal|fine|well) (?:again|now)|then (?:worked|passed))\b`)
	negated  = regexp.MustCompile(`(?i)\b(?:no|not|never|nothing|nobody|none|without|hardly)\b[^.;,:]{0,30}$`)

	others    = `(?:(?:[Tt]he |[Oo]ur )?(?:[\w-]+ )?(?:team|group|vendor|supplier|carrier|bank|provider|department|agency|board|council|landlord|headquarters|site|client|contractor|partner|designers?|developers?|consultants?|lawyers?|auditors?|managers?|colleagues?|people)|\b(?:HR|IT|QA|PMO|SRE|UX|Ops)|` + name + `|\b(?i:they|he|she|nobody|no one|no-one))`
	unanswers = `(?:answers?|responds?|repl(?:y|ies)|tells?|helps?|delivers?|listens?|asks?|reads?|shares?|informs?|reviews?|cares?|picks?|comes?|shows?|gives?|sends?)`
	complains = regexp.MustCompile(others + `(?: (?:from|at|in|of) (?:the )?\w+)? (?:never ` + unanswers + `\b|(?:is|are|was|were) (?:always|again|once again|once more) (?:too )?late\b|always (?:\w+ )?(?:too )?late\b|always (?:comes?|wants?|changes?|forgets?)\b|(?:keeps?|kept) (?:changing|moving|forgetting|delaying|breaking|ignoring|cancelling|postponing)\b|` +
		`(?:again|once again|still) (?:did|do|does|has|have|was|were|is|are)(?: not|n't)\b|(?:still )?(?:has|have)(?: still)?(?: not|n't)(?: yet)? (?:answered|replied|responded|delivered|sent|come|called)\b|(?:does|do|did)(?: not|n't) (?:care|listen|help|bother|answer|deliver|keep|respond|reply|return|read|show|talk|tell|ask|share|react|call|come)\b|sits? on\b|blocks? everything\b|[a-z]+s? [^.;]*(?:whenever (?:it|they|he|she) (?:likes?|wants?)|tells? (?:nobody|no one)|without (?:reading|talking|asking|telling|checking|warning)\b)|` +
		`ignor(?:es?|ed)\b|refus(?:es?|ed)\b|changes? (?:its|their|his|her) minds?\b|tells? us [^.;]*at the last (?:minute|moment))`)
	nobodyDoes = regexp.MustCompile(`(?:[Nn]obody|[Nn]o one|[Nn]o-one)(?: (?:from|at|in|of) (?:the )?\w+)? ` + unanswers + `\b`)
	general    = regexp.MustCompile(`(?i)\bignored (?:us|our|me|my)\b|\bhad to chase\b|\bwithout (?:telling|asking) us\b|\blets? us down\b|\bpromised\b[^.;]*\b(?:and|but) (?:did not|didn't|never)\b|\bdropped [^.;]* on us\b|\bthe night before\b|\b(?:at the |a )?last[- ](?:minute|moment|second)\b`)
	everyTime  = regexp.MustCompile(`(?i)\b(?:once again|yet again|once more|as usual|as always)\b[^.;]*\b(?:late|not|never|without|missed|forgot)\b`)
	ourselves  = regexp.MustCompile(`(?i)\b(?:we|I|our|us)\b`)
)

// quiet are slots in which a problem may stand alone: what is parked has its
// reason, and what is on one's mind needs no proposal; what is next is one.
var quiet = set("parked top-of-mind asks wanted next")

// problems reports a paragraph, or an item with all below it, that complains
// about others without asking for anything, or that tells of a problem (blocked,
// cannot, slow, late, missing …) without a step, a decision, a proposal or a
// request in it. A paragraph that begins with "Proposal:" or "Next:" answers the
// one before it. A problem that is denied, only figurative, or solved by what
// follows in the paragraph is none. Red and amber lines have rules of their own
// for problems, and next, parked, top of mind and asks are left alone;
// complaints are read everywhere. One finding a paragraph, at its first such
// sentence.
func (v *review) problems(s slot) {
	calm := quiet[s.id] || s.line.Colour == "red" || s.line.Colour == "amber"
	for i, g := range s.groups {
		if g[0].Kind == report.Heading || g.answers() || i+1 < len(s.groups) && marked.MatchString(firstWords(s.groups[i+1])) {
			continue
		}
		v.problem(s, g, calm)
	}
}

func (v *review) problem(s slot, g group, calm bool) {
	for _, b := range g {
		for _, x := range sentencesOf(b.Text) {
			switch {
			case complaint(x.text):
				v.find(s, b.LineAt(x.at), Complaint, x.text)
				return
			case !calm && isProblem(x.text) && !settled.MatchString(b.Text[x.at:]):
				v.find(s, b.LineAt(x.at), Problem, x.text)
				return
			}
		}
	}
}

func firstWords(g group) string {
	words := strings.Fields(g[0].Text)
	return strings.Join(words[:min(4, len(words))], " ")
}

func isProblem(text string) bool {
	text = mask(text, idiom)
	if m := unable.FindStringSubmatch(text); m != nil && !harmless[m[1]] {
		return true
	}
	for _, m := range trouble.FindAllStringIndex(text, -1) {
		if !negated.MatchString(before(text, m[0])) {
			return true
		}
	}
	return false
}

func complaint(text string) bool {
	low := named(text)
	return complains.MatchString(low) || nobodyDoes.MatchString(text) || general.MatchString(text) ||
		everyTime.MatchString(text) && !ourselves.MatchString(text)
}
