package review

import (
	"strings"

	"preread/report"
)

const (
	sign      = "✍"
	copiedRun = 6 // so many words of a prompt in a row are copied
	signedRun = 3 // so many after the sign
)

// placeholders are words that promise words.
var placeholders = set("tbd tba todo n/a na ...")

// readable takes the program's prompts out of a slot and groups the rest; it is
// empty if nobody wrote. A prompt that stands there together with a person's
// words is reported, once a slot; so is a stretch of six words copied from one.
// The sign alone, or the first words of a prompt used as a heading, are no
// prompt.
func (v *review) readable(s slot, groups [][]report.Block) (left []group) {
	line, copied := 0, ""
	for _, g := range groups {
		var kept group
		for _, b := range g {
			for _, m := range copies(b.Text) {
				if copied == "" {
					line, copied = b.LineAt(m[0]), strings.TrimPrefix(b.Text[m[0]:m[1]], sign)
				}
				b.Text = b.Text[:m[0]] + strings.Repeat(" ", m[1]-m[0]) + b.Text[m[1]:]
			}
			low := strings.ToLower(strings.Trim(b.Text, " :"+sign))
			if b.Box != "" && low != "" || word.MatchString(low) && !placeholders[low] {
				kept = append(kept, b)
			}
		}
		if len(kept) > 0 {
			left = append(left, kept)
		}
	}
	if copied != "" && len(left) > 0 {
		v.find(s, line, PromptLeft, copied)
	}
	return left
}

var prompts = promptWords()

func promptWords() (all [][]string) {
	for _, p := range report.Prompts() {
		all = append(all, word.FindAllString(strings.ToLower(p), -1))
	}
	return all
}

// copies returns the stretches of a text that are copied from a prompt, with
// the sign before and the mark behind them.
func copies(text string) (found [][2]int) {
	at := word.FindAllStringIndex(text, -1)
	words := word.FindAllString(strings.ToLower(text), -1)
	if len(words) != len(at) {
		return nil // letters that have no small twin
	}
	for i := 0; i < len(words); {
		need, from := copiedRun, at[i][0]
		if head := strings.TrimRight(before(text, from), " "); strings.HasSuffix(head, sign) {
			need, from = signedRun, strings.LastIndex(text[:from], sign)
		}
		n := longestRun(words[i:])
		if n < need {
			i++
			continue
		}
		to := at[i+n-1][1]
		found = append(found, [2]int{from, to + len(text[to:]) - len(strings.TrimLeft(text[to:], ".?!:"))})
		i += n
	}
	return found
}

// longestRun counts how many of the first words stand in a row in a prompt.
func longestRun(words []string) (longest int) {
	for _, p := range prompts {
		for j := range p {
			n := 0
			for n < len(words) && j+n < len(p) && words[n] == p[j+n] {
				n++
			}
			longest = max(longest, n)
		}
	}
	return longest
}
