package review

import (
	"regexp"
	"strings"

	"preread/report"
)

// A sentence is a stretch of a block.
type sentence struct {
	text string
	at   int // its offset in the block
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?]+["')\]]*\s+`)
	shortened   = regexp.MustCompile(`\b(?:e\.g|i\.e|vs|approx|ca|Dr|Mrs?|Ms|Inc|Ltd)\.\s+$`)
	dotInDate   = regexp.MustCompile(`^(?:\d{1,2}\. +` + months + `|[A-Z][a-z]{2,3}\. +\d|[Nn][or]\. +\d)`)
)

// sentencesOf cuts the text of a block where a sentence ends; an abbreviation and the dot
// after a day ("27. November") end none.
func sentencesOf(text string) (all []sentence) {
	from := 0
	add := func(to int) {
		if strings.TrimSpace(text[from:to]) != "" {
			skip := len(text[from:to]) - len(strings.TrimLeft(text[from:to], " "))
			all = append(all, sentence{strings.TrimSpace(text[from:to]), from + skip})
		}
		from = to
	}
	for _, m := range sentenceEnd.FindAllStringIndex(text, -1) {
		last := max(from, strings.LastIndex(text[:m[0]], " ")+1)
		if !shortened.MatchString(text[last:m[1]]) && !dotInDate.MatchString(after(text, last)) {
			add(m[1])
		}
	}
	add(len(text))
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

var (
	word    = regexp.MustCompile(`[\p{L}\p{N}` + report.Blank + `][\p{L}\p{N}'-]*`)
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
