package review

import (
	"regexp"
	"slices"
	"strings"
)

// A sentence is a stretch of a block.
type sentence struct {
	text string
	at   int // its offset in the block
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?]+["')\]]*\s+`)
	shortened   = regexp.MustCompile(`\b(?:e\.g|i\.e|vs|approx|ca|Dr|Mrs?|Ms|Inc|Ltd)\.\s+$`)
	dotInDate   = regexp.MustCompile(`^(?:\d{1,2}\. +` + months + `|[A-Z][a-z]{2,3}\. +\d)`)
)

// sentences cuts a block where a sentence ends; an abbreviation and the dot
// after a day ("27. November") end none.
func (b block) sentences() (all []sentence) {
	from := 0
	add := func(to int) {
		if strings.TrimSpace(b.text[from:to]) != "" {
			skip := len(b.text[from:to]) - len(strings.TrimLeft(b.text[from:to], " "))
			all = append(all, sentence{strings.TrimSpace(b.text[from:to]), from + skip})
		}
		from = to
	}
	for _, m := range sentenceEnd.FindAllStringIndex(b.text, -1) {
		last := max(from, strings.LastIndex(b.text[:m[0]], " ")+1)
		if !shortened.MatchString(b.text[last:m[1]]) && !dotInDate.MatchString(after(b.text, last)) {
			add(m[1])
		}
	}
	add(len(b.text))
	return all
}

// near is how far around a word one looks for what explains it, in bytes.
const near = 240

func before(text string, at int) string { return text[max(0, at-near):at] }

func after(text string, at int) string { return text[at:min(len(text), at+near)] }

// set makes a table of words that stand in one string.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

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

// Verbs of work. What one can see done is finishing, the rest is vague.
const (
	finishing = `add adopt agree allow announce appoint approve archive arrange ask assign automate back begin block book borrow build buy call cancel cap change charge choose clean clear close collect compare complete configure confirm connect consolidate convert copy create cut decide define delete deliver demo deploy deprecate describe design disable document draft drop enable escalate estimate export extend file fill finalise finalize find finish fix freeze gather generate get go group hand hire hold host implement import increase inform install integrate introduce interview invite join kick land launch lead let limit list lock make measure meet merge migrate move mute name negotiate offer onboard open order pair patch pause pay phone pick plan post present print propose provision prune publish put raise reach rebuild record reduce refactor register rehearse reject release remind remove rename renew rent repair replace report rerun reset resolve restart restore retire return revert review revise revisit rewrite roll run sack schedule sell send set share ship shorten show shut sign simplify skip speak split stage start stop submit sunset suspend swap switch take talk tell tune test thaw tighten triage train transfer turn undo unblock unify update upgrade use validate verify visit warm wire wrap write`
	vague     = `analyse analyze check consider continue discuss explore focus follow handle help improve investigate look monitor optimise optimize prepare progress push stabilise stabilize study support think watch work`
)

var (
	base        = forms(finishing+" "+vague, "")
	third       = forms(finishing+" "+vague, "s")
	running     = forms(finishing+" "+vague, "ing")
	past        = forms(finishing, "ed")
	finish      = forms(finishing, "")
	finishes    = forms(finishing, "s")
	person      = `(?:\b(?:I|we|they|he|she)\b|@[\w-]+|\b(?:team|group|squad|vendor|supplier|carrier|bank|colleagues?)\b|` + name + `)`
	willDo      = regexp.MustCompile(person + `(?:'ll| will| shall|(?:'re|'m| is| are| am) going to)(?: (?:also|then|now|not|both))* ([a-z]+)`)
	doesIt      = regexp.MustCompile(person + ` (?:(?:also|then|now|both|each) )*(?:` + third + `)\b`)
	doIt        = regexp.MustCompile(`(?:^|[:;,–] |\b(?:I|we|they|and|then|will|shall|must|let us|let's|please|going to|plan to|want to|agreed to|decided to) |` + name + ` and ` + name + ` )(?:(?:also|then|now|both) )*(?:` + base + `)\b`)
	isDoing     = regexp.MustCompile(`(?:'m|'re|\b(?:is|are|am|being)) (?:(?:now|also|already|currently) )*(?:` + running + `)\b`)
	arrives     = regexp.MustCompile(`(?i)^will [a-z]|\b(?:expect|expected|eta)\b|\b(?:will be|to be|is being|are being) [a-z]+|\b(?:goes|go|going) (?:live|out)\b|\b(?:follows|lands?|comes? (?:in|on|by)|starts? (?:on|in|next))\b|\bin review\b|\b(?:is|are) (?:planned|scheduled|due)\b`)
	marked      = regexp.MustCompile(`(?i)\b(?:next|next steps?|plan|proposal|actions?|what|to ?do|ask|decide|decision|date|fix|mitigation|workaround): ?\S|\b(?:I|we) (?:recommend|propose|suggest|decided|agreed|chose)\b|\binstead\b|\bmy proposal\b|\b(?:I|we) do (?:the|this|that|it|an?)\b`)
	hasDone     = regexp.MustCompile(`\b(?:I|[Ww]e)(?:'ve| have) (?:(?:already|now|just) )?(?:` + past + `|sent|set|put|taken|begun|written|built)\b`)
	assigned    = regexp.MustCompile(`(?:^|[-–;•] )` + name + `(?:(?: and |, | )` + name + `)?: |` + name + `(?: to [a-z]|(?: is|'s) on (?:it|this|that)\b)|\S ` + name + ` [a-z]{4,}s (?:the|a|an|it|them|our|their)\b`)
	accepted    = regexp.MustCompile(`(?i)\b(?:all right|fine|ok|okay|acceptable|good enough) (?:for now|until)|\bleaves? (?:it|them|that|this|the)\b|\bno(?:thing)? (?:action|to do)\b|\bwe accept\b|\bcan wait\b|\blive with\b|\bwe keep\b|\bwe'd rather\b|\bwithin (?:tolerance|limits)\b|\bends (?:on|in|next)|\bturns? green\b`)
	requested   = regexp.MustCompile(`(?i)\bplease\b|\b(?:can|could|would|will|may|shall|do|are) (?:you|we|I)\b[^.]*\?|\b(?:I|we) (?:ask|beg|want|need) you\b|\byour (?:help|decision|word)\b|\bneed you\b|\bwe need \w|\bask:`)
	firstPerson = regexp.MustCompile(`\b(?:I|[Ww]e)\b`)
	steps       = []*regexp.Regexp{doesIt, doIt, isDoing, hasDone, arrives, marked, assigned, promised}
	imperative  = regexp.MustCompile(`^(?i:` + base + `) ([\w']+)`)
	helping     = set("am is are was were do does did can cannot can't could will would shall should may might must has have had got gets took takes says needs")
	noStep      = set("be stay remain see try hope have need wait like know get")
)

// name is a capitalised word, once [named] has taken those away that are none.
const name = `(?:\b[A-Z]|[À-ÖØ-ÞČĆĐĘŁŃŘŚŠŻŽ])\p{Ll}+`

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

var capitalised = regexp.MustCompile(`\b\p{Lu}[\p{Ll}']*`)

// named writes words that are no names with a small letter, so that a capital
// means a name. Offsets stay.
func named(text string) string {
	return capitalised.ReplaceAllStringFunc(text, func(w string) string {
		if notNames[w] && w != "I" {
			return strings.ToLower(w)
		}
		return w
	})
}

// step reports whether a sentence says what somebody does or will do.
func step(text string) bool {
	text = named(text)
	if m := willDo.FindStringSubmatch(text); m != nil && !noStep[m[1]] {
		return true
	}
	if m := imperative.FindStringSubmatch(text); m != nil && !helping[m[1]] {
		return true
	}
	return slices.ContainsFunc(steps, func(r *regexp.Regexp) bool { return r.MatchString(text) })
}

// answers reports whether a group says what to do about what it tells: a step,
// a decision, a request, or an open box.
func (g group) answers() bool {
	return slices.ContainsFunc(g, func(b block) bool {
		return b.box != "" || slices.ContainsFunc(b.sentences(), func(x sentence) bool {
			return answers(x.text) && (!complaint(x.text) || requested.MatchString(x.text) || firstPerson.MatchString(x.text))
		})
	})
}

func answers(text string) bool {
	return step(text) || accepted.MatchString(text) || requested.MatchString(text)
}

var (
	word    = regexp.MustCompile(`[\p{L}\p{N}` + blank + `][\p{L}\p{N}'-]*`)
	letters = regexp.MustCompile(`^\p{Ll}{3}`)
)

// content counts the words of a text that say what a thing is: no names, no
// small words, and nothing about how far it is.
func content(text string) int {
	n := 0
	for i, w := range word.FindAllString(text, -1) {
		low := strings.ToLower(w)
		if i > 0 {
			low = w
		}
		if letters.MatchString(low) && !weak[low] {
			n++
		}
	}
	return n
}
