package ask

import (
	"regexp"
	"strings"
	"unicode"
)

// How alike two questions must be to be one: where one only has more words than
// the other, and where each has some that the other lacks. The examples in
// likeness_test.go are what they were chosen by.
const (
	alikeEnough   = 0.6
	exchangedMost = 0.85

	longest = 200 // words of a question that are compared
)

var (
	wordMark   = regexp.MustCompile(`[\pL\pN]+(?:[-'’./][\pL\pN]+)*`)
	numberMark = regexp.MustCompile(`^[\d./-]+$`)
)

// fillers say nothing of what is asked: the small words of a question, and the
// days that get moved.
var fillers = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`
		a an the this that these those it its there here
		i me my we us our ours you your they them their he she his her one
		do does did is are was were be been being am can could may might must shall should will would have has had let need ok okay please
		and or but if so then than as also still already now again yet just only not
		what which who whom whose when where why how
		of to in on at by for from with within without into until till before after about over per up out
		today tomorrow week weeks month months quarter year next last end
		january february march april june july august september october november december
		monday tuesday wednesday thursday friday saturday sunday`) {
		m[w] = true
	}
	return m
}()

// wording is a text without what formatting and typing leave to chance: its
// words, in small letters.
func wording(text string) string {
	words := wordMark.FindAllString(strings.ToLower(text), -1)
	if len(words) == 0 {
		return text
	}
	return strings.Join(words, " ")
}

// likeness tells how alike two questions are by their words: which share of
// them they have in common, as Dice's coefficient. It is 0 if they are too
// little alike to be one, or if each of them names somebody or something, with
// a capital, that the other does not name.
func likeness(a, b map[string]bool) float64 {
	var only [2]bool // whether one has words that the other lacks
	var named [2]bool
	common := 0
	for i, pair := range [][2]map[string]bool{{a, b}, {b, a}} {
		for w, name := range pair[0] {
			if has(pair[1], w) {
				common++
				continue
			}
			only[i], named[i] = true, named[i] || name
		}
	}
	alike := float64(common) / float64(len(a)+len(b))
	switch {
	case common < 4, named[0] && named[1], alike < alikeEnough: // one word in common is no resemblance
		return 0
	case only[0] && only[1] && alike < exchangedMost:
		return 0
	}
	return alike
}

// has reports whether one of the words is w, or w with a slip of the pen.
func has(words map[string]bool, w string) bool {
	if _, found := words[w]; found {
		return true
	}
	for o := range words {
		if slip(o, w) {
			return true
		}
	}
	return false
}

// slip reports whether two longer words differ in one letter, or in two that
// stand side by side.
func slip(a, b string) bool {
	if min(len(a), len(b)) < 4 || max(len(a), len(b)) < 5 || strings.ContainsFunc(a+b, unicode.IsDigit) {
		return false
	}
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return max(len(a), len(b)) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// content returns the words of a text that say something, not the small ones,
// numbers and dates; without their endings, and whether they are names: with
// capitals, but not at the start of a sentence.
func content(text string) map[string]bool {
	words := map[string]bool{}
	first, end := true, 0
	for _, at := range wordMark.FindAllStringIndex(text, longest) {
		w := text[at[0]:at[1]]
		first = first || strings.ContainsAny(text[end:at[0]], ".?!")
		low := strings.ToLower(w)
		if !fillers[low] && !numberMark.MatchString(low) {
			s := stem(low)
			words[s] = words[s] || !first && strings.IndexFunc(w, unicode.IsUpper) >= 0
		}
		first, end = false, at[1]
	}
	return words
}

// stem takes the usual endings from a word.
func stem(w string) string {
	for _, ending := range []string{"'s", "’s", "ing", "ed", "es", "s", "e"} {
		if s, cut := strings.CutSuffix(w, ending); cut && len(s) >= 3 {
			w = s
			break
		}
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] {
		w = w[:n-1]
	}
	return w
}
