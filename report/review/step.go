package review

import (
	"regexp"
	"slices"
	"strings"

	"preread/report"
)

// Verbs of work. What one can see done is finishing, the rest is vague.
const (
	finishing = `add adopt agree allow announce appoint approve archive arrange ask assign automate back begin block book borrow build buy call cancel cap change charge choose clean clear close collect compare complete configure confirm connect consolidate convert copy count create cut decide define delete deliver demo deploy deprecate describe design disable document draft drop enable escalate estimate export extend file fill finalise finalize find finish fix freeze gather generate get go group hand hire hold host implement import increase inform install integrate introduce interview invite join kick land launch lead let limit list lock make measure meet merge migrate move mute name negotiate offer onboard open order pair patch pause pay phone pick plan post present print propose provision prune publish put raise reach rebuild record reduce refactor register rehearse reject release remind remove rename renew rent repair replace report rerun reset resolve restart restore retire return revert review revise revisit rewrite roll run sack schedule sell send set share ship shorten show shut sign simplify skip speak split stage start stop submit sunset suspend swap switch take talk tell tune test thaw tighten triage train transfer turn undo unblock unify update upgrade use validate verify visit warm wire wrap write`
	vague     = `analyse analyze check consider continue discuss explore focus follow handle help improve investigate look monitor optimise optimize prepare progress push stabilise stabilize study support think watch work`
)

var (
	base        = forms(finishing+" "+vague, "")
	third       = forms(finishing+" "+vague, "s")
	running     = forms(finishing+" "+vague, "ing")
	past        = forms(finishing, "ed")
	finish      = forms(finishing, "")
	person      = `(?:\b(?:I|we|they|he|she)\b|@[\w-]+|\b(?:team|group|squad|vendor|supplier|carrier|bank|colleagues?)\b|` + name + `)`
	willDo      = regexp.MustCompile(person + `(?:'ll| will| shall|(?:'re|'m| is| are| am) going to)(?: (?:also|then|now|not|both))* ([a-z]+)`)
	doesIt      = regexp.MustCompile(person + ` (?:(?:also|then|now|both|each) )*(?:` + third + `)\b`)
	doIt        = regexp.MustCompile(`(?:^|[:;,–] |\b(?:I|we|they|and|then|will|shall|must|let us|let's|please|going to|plan to|want to|agreed to|decided to) |` + name + ` and ` + name + ` )(?:(?:also|then|now|both) )*(?:` + base + `)\b`)
	isDoing     = regexp.MustCompile(`^(?i:` + running + `) (?:the|an?|two|three|more|our|it|up|out|on)\b|(?:'m|'re|\b(?:is|are|am|being)) (?:(?:now|also|already|currently) )*(?:` + running + `)\b`)
	arrives     = regexp.MustCompile(`(?i)^will [a-z]|\b(?:expect|expected|eta)\b|\b(?:will be|to be|is being|are being) [a-z]+|\b(?:goes|go|going) (?:live|out)\b|\b(?:follows|lands?|comes? (?:in|on|by)|starts? (?:on|in|next))\b|\bin review\b|\b(?:is|are) (?:planned|scheduled|due)\b`)
	marked      = regexp.MustCompile(`(?i)\b(?:next|next steps?|plan|proposal|actions?|what|to ?do|ask|decide|decision|date|fix|mitigation|workaround): ?\S|\b(?:I|we) (?:recommend|propose|suggest|decided|agreed|chose)\b|\binstead\b|\bmy proposal\b|\b(?:I|we) do (?:the|this|that|it|an?)\b`)
	hasDone     = regexp.MustCompile(`\b(?:I|[Ww]e)(?:'ve| have) (?:(?:already|now|just) )?(?:` + past + `|sent|set|put|taken|begun|written|built)\b`)
	assigned    = regexp.MustCompile(`(?:^|[-–;•] )` + name + `(?:(?: and |, | )` + name + `)?: |` + name + `(?: to [a-z]|(?: is|'s) on (?:it|this|that)\b)|\b(?:I'm|I am|[Ww]e're|[Ww]e are) on it\b|(?:^|[^\p{L}])` + name + ` and ` + name + ` [a-z]+ |\b(?:` + name + `|I|we) (?:asked|ordered|requested|booked|escalated|hired)\b`)
	accepted    = regexp.MustCompile(`(?i)\b(?:all right|fine|ok|okay|acceptable|good enough|comfortable|happy) (?:for now|until|with)|\bleaves? (?:it|them|that|this|the)\b|\bno(?:thing)? (?:action|to do)\b|\bwe accept\b|\bcan wait\b|\blive with\b|\bwe keep\b|\bwe'd rather\b|\bwithin (?:tolerance|limits)\b|\bsorts? itself out\b|\bno worries\b|\btake the hit\b|\bslack\b|\bends (?:on|in|next)|\bturns? green\b`)
	requested   = regexp.MustCompile(`(?i)\bplease\b|\b(?:can|could|would|will|may|shall|do|are) (?:you|we|I)\b[^.]*\?|\b(?:I|we) (?:ask|beg|want|need) you\b|\byour (?:help|decision|word)\b|\bneed you\b|\bwe need \w|\bask:`)
	firstPerson = regexp.MustCompile(`\b(?:I|[Ww]e)\b`)
	alsoActs    = regexp.MustCompile(name + ` (?:[a-z]+ ){1,5}and [a-z]{2,}s\b`)
	steps       = []*regexp.Regexp{doesIt, doIt, isDoing, hasDone, arrives, marked, assigned, promised, alsoActs}
	imperative  = regexp.MustCompile(`^(?i:` + base + `) [\w']`)
	actor       = regexp.MustCompile(`(` + name + `) ([a-z]{2,}s) (?:the|an?|it|them|him|her|us|our|their|his|this|that|these|on|in|at|up|out|off|to|with|from|back|over|for|by|all|more|two|three|four|[a-z]+ing|` + name + `)\b`)
	idle        = set("is was has does this its as us vs owns knows seems likes needs wants says thinks hopes stays remains waits keeps lies sits takes gets costs")
	inVain      = regexp.MustCompile(`\basked [^.;]*\b(?:times|twice|again)\b`)
	closeTo     = regexp.MustCompile(`^(?i:close) to\b`)
	nounFirst   = regexp.MustCompile(`^\w+ (?:\w+ ){0,3}(?:am|is|are|was|were|do|does|did|can|cannot|can't|could|will|would|shall|should|may|might|must|has|have|had|got|gets|took|takes|says|needs)\b`)
	noStep      = set("be stay remain see try hope have need wait like know get")
)

// name is a capitalised word, once [named] has taken those away that are none.
const name = `(?:\b[A-Z]|[À-ÖØ-ÞČĆĐĘŁŃŘŚŠŻŽ])\p{Ll}+(?:[A-Z]\p{Ll}+)?`

var (
	hissing   = regexp.MustCompile(`(?:s|x|sh|ch|o)$`)
	consonant = regexp.MustCompile(`[^aeou]y$`)
)

// forms makes an alternation of verbs with an ending: "", "s", "ing" or "ed".
// Where English may double a letter, both spellings are in it.
func forms(verbs, ending string) string {
	var all []string
	for v := range strings.FieldsSeq(verbs) {
		stem, double := strings.TrimSuffix(v, "e"), v+v[len(v)-1:]
		switch {
		case ending == "s" && hissing.MatchString(v):
			all = append(all, v+"es")
		case ending != "" && ending != "ing" && consonant.MatchString(v):
			all = append(all, v[:len(v)-1]+"ie"+ending[len(ending)-1:])
		case ending == "ing" || ending == "ed":
			all = append(all, stem+ending, double+ending)
		default:
			all = append(all, v+ending)
		}
	}
	return strings.Join(all, "|")
}

// notNames are words that begin sentences or are always written with a capital,
// and stand for nobody who could do anything.
var notNames = set(`A After Again All Also Although An And Another Any As At Because Before Both But By Cause Checkout Customers Date Deploys Due During Each Everything Everybody
	Few Fix For From Half He Her His How However I If In Instead It Its Latency Later Less Logs Many More Most My Neither Next No Nobody Not Nothing Now Of On Once One Only Or
	Orders Other Our Owner Payments Plan Proposal Reason Refunds Returns Root Sellers She Since So Some Sometimes Still Such Tests That The Their Them Then There These They This Those Three Thus
	To Today Tomorrow Too Traffic Two Until We Week Were What When Where Which While Who Why Will With Without Yesterday You Your
	Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun
	January February March April May June July August September October November December Christmas Easter`)

// common are endings of words that are no names, though a sentence begins with
// them.
var common = regexp.MustCompile(`(?:ing|ion|ions|ity|ment|ments|ness|cy|ance|ers|ors|ages|ware)$`)

var capitalised = regexp.MustCompile(`\b\p{Lu}[\p{Ll}']*`)

// named writes words that are no names with a small letter, so that a capital
// means a name. Offsets stay.
func named(text string) string {
	return capitalised.ReplaceAllStringFunc(text, func(w string) string {
		if known, _, _ := strings.Cut(w, "'"); notNames[known] && known != "I" {
			return strings.ToLower(w)
		}
		return w
	})
}

// step reports whether a sentence says what somebody does or will do. Words of
// trouble are no step: "runs out of disk".
func step(text string) bool {
	text = mask(mask(named(text), closeTo), inVain)
	if imperative.MatchString(text) && !nounFirst.MatchString(text) {
		return true
	}
	text = mask(text, trouble)
	if m := willDo.FindStringSubmatch(text); m != nil && !noStep[m[1]] {
		return true
	}
	return acting(text) || slices.ContainsFunc(steps, func(r *regexp.Regexp) bool { return r.MatchString(text) })
}

// acting reports whether somebody is named with a verb of what they do.
func acting(text string) bool {
	return slices.ContainsFunc(actor.FindAllStringSubmatch(named(text), -1), func(m []string) bool { return !idle[m[2]] && !common.MatchString(m[1]) })
}

// answers reports whether a group says what to do about what it tells: a step,
// a decision, a request, or an open box.
func (g group) answers() bool {
	return slices.ContainsFunc(g, func(b report.Block) bool {
		return b.Box != "" || slices.ContainsFunc(sentencesOf(b.Text), func(x sentence) bool {
			return answers(x.text) && (!complaint(x.text) || requested.MatchString(x.text) || firstPerson.MatchString(x.text) || hasDate(x.text))
		})
	})
}

func answers(text string) bool {
	return step(text) || accepted.MatchString(text) || requested.MatchString(text)
}
