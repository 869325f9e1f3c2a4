package review

import (
	"regexp"
	"strings"
)

var (
	trouble = regexp.MustCompile(`(?i)\b(?:blocked|stuck|unstable|flaky|overdue|delayed|slipped|overload(?:ed)?|struggl(?:es?|ing)|crash(?:es|ed)|leak(?:s|ing)|hangs|unable to|not able to|at risk|in danger|short of|lacks?|bottleneck|resigned|(?:is|are) leaving|slower|slows|fails?|failed|breaks|broke|(?:we|is|are|was|were|have|has) lost|regressed|swamped|held (?:up|back)|(?:is|remains|are|remain) (?:a |an )?(?:concerns?|unclear)|` +
		`cannot|can't|can not|could not|couldn't|(?:times|timed|runs?|running|ran) out|out of (?:space|memory|budget|time|stock|money)|not (?:\w+ )?enough|too (?:few|many)|(?:takes?|took) (?:too|very|so) long|no (?:capacity|time|budget|access|way|testers?)|` +
		`(?:has|have)(?: not|n't) (?:yet )?(?:delivered|sent|arrived|answered|signed|started|replied)|missed (?:the|our|its|a)|exhausted|burn(?:t|ed) out|unacceptable|(?:days?|weeks?|months?|far|well|falls?|fell|falling|running) behind|behind (?:the |our )?(?:plan|schedule|target)|(?:do|does|did|is|are|has|have)(?: not|n't) (?:support|work|working|print|start|load|run|arrive|respond|scale|fit|match|connect|build|compile|open|save|send|reach|hold)|` +
		`(?:is|are|was|were|be|still|too|so|very|again|remains?|keeps?|kept|got|came in|runs?|went) (?:(?:now|still|too|so|very|again|often|always|already|currently|quite|really|badly) )?(?:late|slow|broken|missing|failing|down))\b|: (?:broken|late|missing|failing|down|slow)\b|^(?:broken|late|missing|slow)\b[^ ]|\bmissing$`)
	idiom   = regexp.MustCompile(`(?i)\b(?:late (?:` + months + `|in |at night|shift|night|spring|summer|autumn|winter)|(?:cannot|can't|could not|couldn't) (?:wait|thank|complain|praise|be (?:happier|better|prouder)|have done (?:it|this|that) without)|down (?:to|by|from|\d)|no time at all)`)
	settled = regexp.MustCompile(`(?i)\b(?:fixed|repaired|resolved|solved|unblocked|removed|replaced|gone|over|no longer|not any ?more|is live|are live|recovered|in place|works again|caught up|back (?:up|again)|came back)\b`)
	negated = regexp.MustCompile(`(?i)\b(?:no|not|never|nothing|nobody|none|without|hardly)\b[^.;,:]{0,30}$`)

	others    = `(?:(?:[Tt]he |[Oo]ur )?(?:[\w-]+ )?(?:team|group|vendor|supplier|carrier|bank|provider|department|agency|board|partner|designers?|developers?|consultants?|lawyers?|auditors?|managers?|colleagues?|people)|` + name + `|\b(?i:they|he|she|nobody|no one|no-one))`
	unanswers = `(?:answers?|responds?|repl(?:y|ies)|tells?|helps?|delivers?|listens?|asks?|reads?|shares?|informs?|reviews?|cares?|picks?|comes?|shows?|gives?|sends?)`
	complains = regexp.MustCompile(others + `(?: (?:from|at|in|of) (?:the )?\w+)? (?:never ` + unanswers + `\b|(?:is|are|was|were) (?:always|again|once again|once more) (?:too )?late\b|always (?:\w+ )?(?:too )?late\b|(?:keeps?|kept) (?:changing|moving|forgetting|delaying|breaking|ignoring|cancelling|postponing)\b|` +
		`(?:again|once again|still) (?:did|do|does|has|have|was|were|is|are)(?: not|n't)\b|(?:still )?(?:has|have)(?: still)?(?: not|n't)(?: yet)? (?:answered|replied|responded|delivered|sent|come|called)\b|(?:does|do|did)(?: not|n't) (?:care|listen|help|bother|answer|deliver|respond|reply)\b|` +
		`ignor(?:es?|ed)\b|refus(?:es?|ed)\b|changes? (?:its|their|his|her) minds?\b|tells? us [^.;]*at the last (?:minute|moment))`)
	nobodyDoes = regexp.MustCompile(`(?:[Nn]obody|[Nn]o one|[Nn]o-one)(?: (?:from|at|in|of) (?:the )?\w+)? ` + unanswers + `\b`)
	general    = regexp.MustCompile(`(?i)\bignored (?:us|our|me|my)\b|\bhad to chase\b|\bwithout (?:telling|asking) us\b|\blets? us down\b|\bpromised\b[^.;]*\b(?:and|but) (?:did not|didn't|never)\b|\bonce again\b[^.;]*\b(?:late|not|without)\b`)
)

// quiet are slots in which a problem may stand alone: what is parked has its
// reason, and what is on one's mind needs no proposal; what is next is one.
var quiet = set("parked top-of-mind asks wanted next")

// problems reports a paragraph, or an item with all below it, that complains
// about others without asking for anything, or that tells of a problem (blocked,
// cannot, slow, late, missing …) without a step, a decision, a proposal or a
// request in it. A paragraph that begins with "Proposal:" or "Next:" answers the
// one before it. A problem that is solved, denied or only figurative is none.
// Red and amber lines have rules of their own for problems, and next, parked,
// top of mind and asks are left alone; complaints are read everywhere. One finding a
// paragraph, at its first such sentence.
func (v *review) problems(s slot) {
	calm := quiet[s.id] || s.line.Colour == "red" || s.line.Colour == "amber"
	for i, g := range s.groups {
		if g[0].kind == heading || g.answers() || i+1 < len(s.groups) && marked.MatchString(firstWords(s.groups[i+1])) {
			continue
		}
		v.problem(s, g, calm)
	}
}

func (v *review) problem(s slot, g group, calm bool) {
	for _, b := range g {
		for _, x := range b.sentences() {
			switch {
			case complaint(x.text):
				v.find(s, b.lineAt(x.at), Complaint, x.text)
				return
			case !calm && isProblem(x.text):
				v.find(s, b.lineAt(x.at), Problem, x.text)
				return
			}
		}
	}
}

func firstWords(g group) string {
	return strings.Join(strings.Fields(g[0].text)[:min(4, len(strings.Fields(g[0].text)))], " ")
}

func isProblem(text string) bool {
	text = mask(text, idiom)
	if settled.MatchString(text) {
		return false
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
	return complains.MatchString(low) || nobodyDoes.MatchString(text) || general.MatchString(text)
}
