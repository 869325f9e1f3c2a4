package review

import (
	"regexp"
	"strings"
)

var (
	ticket    = regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,9}-\d{1,6}\b|\b[\w.-]+/[\w.-]+#\d+\b|\B#\d+\b`)
	standards = regexp.MustCompile(`^(?:UTF|SHA|ISO|IEC|RFC|COVID|CVE|GPT|AES|MD|IPV|PEP|DIN|EN|TLS|HTTP|ES|UTC|GMT|Q[1-4]|H[12]|FY|W\d\d?|F|G|EU|OWASP)-`)
	rank      = regexp.MustCompile(`^ [a-z]`)

	glossed    = regexp.MustCompile(`^ ?\(([^()]*)\)|^ ?(?::|[–—=]|-) ([^.;]*)|^, (?:(?:the|our|an?|which|where|that)\b)([^.;]*)`)
	connected  = regexp.MustCompile(`^ (?:about|so that|which|that|where|on how)\b([^.;]*)`)
	clauseTail = regexp.MustCompile(`^[^.,;]*`)
	listBefore = regexp.MustCompile(`(?:(?:` + ticket.String() + `)(?:\s*(?:,|and|or|&|\+)\s*)+)*$`)
	recorded   = regexp.MustCompile(`(?:tracked|filed|known|logged|reported|followed)(?: up)? (?:as|in|under)$|[,;(–] ?(?:see|cf\.?)$`)
	verbLike   = regexp.MustCompile(`(?:s|ed)$`)
	titled     = regexp.MustCompile(`^\p{Lu}\p{Ll}+$`) // begins a title
)

// weak are words that do not say what a thing is: small words, how far it is,
// when, what sort of entry it is.
var weak = set(`a about after again ago all also an and any are as ask at back bad because been before being between blocked both but by can closed could day days did do does done
	down due during each end every few finish finished first fix fixed fixes follow for from further get gets goes gone good had has have he her here his hold how in into is it item items its issue
	issues just last late later left like live look made make me merge merged month moment more most moved moves my need needs new next no not now number of off on once one only open or
	other our out over owner part part-way pending pull per plan planned please production pr progress ready reopened request requests resolved review reviewed same see she shipped since slip slipped so soon some start
	started state status still stories story sub-task task tasks team than that the their them then there these they this those ticket tickets till time to today tomorrow too took under until
	up urgent us very wait waiting waits was way we week weeks went were what when where which while who why will with work worked working works would yesterday yet you your bug bugs epic epics
	details one two three four five six several some various couple mostly everything nothing something deployed delivered started stuck done released rest`)

// readTickets reports a ticket's id (PAY-123, owner/repo#12, #12) that stands
// without words saying what it is, once a page. It is explained by words in
// parentheses, after a colon, a dash or a comma; by words before it that it
// stands in parentheses or directly behind; by a link's words; where it begins
// a sentence, by the rest of it; and by the program's own text in the same
// section. A name, a state and a time explain nothing. "#1 wish" is a rank.
func (v *review) readTickets(s slot) {
	for _, g := range s.groups {
		for _, b := range g {
			for _, x := range sentencesOf(b.Text) {
				for _, m := range ticket.FindAllStringIndex(x.text, -1) {
					id := x.text[m[0]:m[1]]
					if v.tickets[id] || standards.MatchString(id) || len(id) == 2 && rank.MatchString(after(x.text, m[1])) {
						continue
					}
					v.tickets[id] = true
					if !strings.Contains(s.before, id) && !explains(before(x.text, m[0]), after(x.text, m[1])) {
						v.find(s, b.LineAt(x.at+m[0]), BareTicket, id)
					}
				}
			}
		}
	}
}

// explains reports whether the words before and after a ticket say what it is.
func explains(head, tail string) bool {
	if m := glossed.FindStringSubmatch(tail); m != nil && (content(m[1]+m[2]+m[3]) > 1 || content("x "+m[1]+m[2]+m[3]) > 0) {
		return true
	}
	if m := connected.FindStringSubmatch(tail); m != nil && content(m[1]) > 1 {
		return true
	}
	head = strings.TrimRight(head[:listBefore.FindStringIndex(head)[0]], " ")
	if head == "" {
		return explainsStart(clauseTail.FindString(tail))
	}
	if clause, inside := strings.CutSuffix(head, "("); inside {
		return content(clause) > 0
	}
	if clause, tracked := cutTail(head, recorded); tracked {
		return content(clause) > 0
	}
	clause := strings.TrimRight(head, ",:–—- ")
	last, strong := lastContent(clause)
	if clause != head {
		return strong
	}
	return strong && !verbLike.MatchString(last)
}

// cutTail takes what a pattern finds off a text.
func cutTail(text string, r *regexp.Regexp) (string, bool) {
	rest := r.ReplaceAllString(text, "")
	return rest, rest != text
}

// lastContent returns the last word before a ticket, passing over what sort of
// entry it is, and whether it says something.
func lastContent(clause string) (string, bool) {
	words := word.FindAllString(clause, -1)
	for len(words) > 0 && entries[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return "", false
	}
	last := words[len(words)-1]
	return last, content("x "+last) > 0
}

var entries = set("bug bugs epic epics issue issues item items pr request requests story stories sub-task task tasks ticket tickets")

// explainsStart judges a ticket that begins a sentence by the rest of it: a
// title, as in the page's own lists ("PAY-12 Split the pool"), or a verb with
// enough behind it.
func explainsStart(rest string) bool {
	first := strings.TrimLeft(rest, " ")
	if first == rest {
		return false
	}
	first, _, _ = strings.Cut(first, " ")
	if titled.MatchString(first) {
		return content("x "+rest) > 0
	}
	if weak[first] || verbLike.MatchString(first) {
		return content("x "+rest) > 2
	}
	return content("x "+rest) > 1
}
