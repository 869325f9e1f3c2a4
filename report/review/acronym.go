package review

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	acronym  = regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,5}s?\b`)
	shouting = regexp.MustCompile(`\b[A-Z]{2,}(?:\s+[A-Z]{2,}){2,}\b`)
)

// everybody knows these: what a manager in any company reads without
// stumbling, units and zones, and words that are only written loudly.
var everybody = set(`AM AND API APP AI ALL ANY ASAP ASCII AWS B2B B2C BCC CC CD CEO CET CEST CFO CHF CI COO CPU CSV CTO CSS CV DM DNS EMEA EOD EOM EOW EOY EST ETA EU EUR EXCEL FAQ FYI
	GB GBP GDPR GMT HR HTML HTTP HTTPS ID IDS II III IP IT IV JSON JPG KB LLC LTD MB MS MUST NASA NB NO NOT OF OK ON ONE OR OS PC PDF PM PNG PR PRS QA QR RAM SIM SDK SMS SQL SSL
	TB THE TLS TV UI UK UN URL URLS US USA USB USD UTC UX VAT VP VPN WC WIFI XML YES ZIP
	RED AMBER GREEN TBA TBD TODO DONE NEW NEVER ONLY BEFORE AFTER MAY ISO UTF RFC`)

// readAcronyms reports an acronym, two to six capitals or digits, that is not
// explained where it is first mentioned on the page: "service level objective
// (SLO)" or "SLO (service level objective)", also set off by a comma, a dash or
// a colon. It is reported once a page. What everybody or the reader knows,
// tickets, code, addresses and shouted words are left alone.
func (v *review) readAcronyms(s slot) {
	for _, g := range s.groups {
		for _, b := range g {
			text := mask(mask(b.Text, ticket), shouting)
			for _, m := range acronym.FindAllStringIndex(text, -1) {
				short := strings.TrimSuffix(text[m[0]:m[1]], "s")
				if v.acronyms[short] || everybody[short] || v.known[short] || !isAcronym(text, short, m) {
					continue
				}
				v.acronyms[short] = true
				if !expandsBefore(before(b.Text, m[0]), short) && !expandsAfter(after(b.Text, m[1]), short) {
					v.find(s, b.LineAt(m[0]), Acronym, short)
				}
			}
		}
	}
}

// mask blanks out what a pattern finds. Offsets stay.
func mask(text string, r *regexp.Regexp) string {
	return r.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat(" ", len(s)) })
}

// isAcronym leaves out what is part of a longer name (@ANA, A_B, FILE.md), and
// what has one letter only: W47, Q1.
func isAcronym(text, short string, m []int) bool {
	letters := strings.IndexFunc(short[1:], unicode.IsLetter) >= 0
	return letters && !nameBefore.MatchString(before(text, m[0])) && !nameAfter.MatchString(after(text, m[1]))
}

var (
	nameBefore = regexp.MustCompile(`[@.]$`)
	nameAfter  = regexp.MustCompile(`^\.\pL`)
	setOff     = regexp.MustCompile(`(?:\(|, (?:or )?|[–—-] |: )["']?$`)
	setOn      = regexp.MustCompile(`^["']?(?: \(|, (?:or |i\.e\. )?|:? |:? ?[–—=-] | (?:means|stands for|is short for) )(?:the |our |an? )?([^.;)(–—]+)`)
	article    = regexp.MustCompile(`^["']?(?: \(|, | [–—=-] )(?:the|our|an?|how|what)\b[^.;)(–—]*\p{Ll}{3}`)
)

// expandsBefore reports whether the words before an acronym that is set off
// spell it.
func expandsBefore(text, short string) bool {
	at := setOff.FindStringIndex(text)
	if at == nil {
		return false
	}
	words := word.FindAllString(strings.ReplaceAll(text[:at[0]], "-", " "), -1)
	words = words[max(0, len(words)-len(short)-3):]
	for i := range words {
		if spells(words[i:], short) {
			return true
		}
	}
	return false
}

// expandsAfter reports whether the words behind an acronym spell it, or say
// what it is.
func expandsAfter(text, short string) bool {
	if article.MatchString(text) {
		return true
	}
	m := setOn.FindStringSubmatch(text)
	return m != nil && spells(word.FindAllString(strings.ReplaceAll(m[1], "-", " "), -1), short)
}

// spells reports whether the letters of an acronym stand in words in their
// order, the first one first, most of them at the beginning of a word.
func spells(words []string, short string) bool {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, short)
	initials, i := 0, 0
	for w, text := range slices.All(words) {
		for k, r := range strings.ToLower(text) {
			if i < len(letters) && rune(letters[i]) == r && (i > 0 || w == 0 && k == 0) {
				i++
				if k == 0 {
					initials++
				}
			}
		}
	}
	return i == len(letters) && len(words) > 1 && initials*2 >= len(letters) && initials > 1
}
