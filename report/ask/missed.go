package ask

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"preread/sources"
)

// A Miss is something that looks like an ask and is not heard as one. Its
// problem says why, and what to write.
type Miss struct {
	Problem
	Line int // from 1
}

// Missed returns what [Parse] passes over although somebody may believe to have
// asked for it: a kind that is misspelt, called otherwise, or without its colon; a
// kind outside of lists; what has no kind but is a question, or has what only an
// ask has below it; and the day of an ask that is no date. Other items are left
// alone, however bold they are, and so is what is ticked, answered or struck.
// Nothing is guessed: Parse hears none of it.
func Missed(text string) []Miss {
	_, missed := read(text)
	return missed
}

// otherNames are what people call kinds of asks.
var otherNames = map[Kind]string{
	Decide:   "decision decisions choose choice vote approve approval agree agreement permission authorise authorize authorisation authorization sign-off signoff ask asks question request",
	Insight:  "insights advice advise opinion input feedback thoughts",
	Resource: "resources need needs budget money headcount hire hiring staff staffing",
	Connect:  "connection connections introduce introduction intro",
	Unblock:  "blocker blockers blocked help escalate escalation",
	Confirm:  "confirmation verify validate acknowledge",
	Inform:   "information info fyi",
}

var (
	asIf       = regexp.MustCompile(`^(?:(?:please|urgent|the|an?|for|my|our|your|needed|required|wanted|pending)\b[ -]*)+|[ -]*\b(?:(?:needed|required|wanted|pending|please|for|from|to|you)\b[ -]*)+$`)
	boldStart  = regexp.MustCompile(`^(?:\*\*|__)(\pL[\pL -]*?)\s*(?:\*\*|__)\s*((?s:.*))$`)
	neededBy   = regexp.MustCompile(`(?i)\(need(?:ed)? by\b|\bneed(?:ed)? by:? +\d`)
	imperative = regexp.MustCompile(`(?i)^(decide|connect|unblock|confirm|inform)\s+(\S.*)$`)
)

// labelMost is how many words may stand before a colon to be a label.
const labelMost = 4

// A label is the word that a block begins with in the place of a kind.
type label struct {
	words string // "": none
	colon bool
	said  string // what stands behind
}

// labelOf splits the text of a block: as Parse does, else behind bold words, else
// behind a verb that is a kind.
func labelOf(raw string) label {
	text := plain(raw)
	if m := lead.FindStringSubmatch(text); m != nil && len(strings.Fields(m[1])) <= labelMost {
		return label{m[1], true, m[2]}
	}
	if m := boldStart.FindStringSubmatch(raw); m != nil {
		return label{m[1], false, plain(m[2])}
	}
	if m := imperative.FindStringSubmatch(text); m != nil {
		return label{m[1], false, m[2]}
	}
	return label{said: text}
}

// meant returns the kind that a label may mean, "" for none; exact is true if it
// is spelt as one.
func (l label) meant() (kind Kind, exact, misspelt bool) {
	word := asIf.ReplaceAllString(strings.ToLower(l.words), "")
	for _, k := range kinds {
		if word == string(k) {
			return k, true, false
		}
	}
	for _, k := range kinds {
		if misspells(word, string(k)) {
			return k, false, true
		}
	}
	for _, k := range kinds {
		if slices.ContainsFunc(strings.Fields(otherNames[k]), func(n string) bool { return word == n || misspells(word, n) }) {
			return k, false, false
		}
	}
	return "", false, false
}

// misspells reports whether a word is another one with a slip of the pen, or with
// its letters in another order. What is over is no misspelling: "decided".
func misspells(word, right string) bool {
	if word == right || word == "" || word == right+"d" || word == right+"ed" {
		return false
	}
	return slip(word, right) || len(right) > 4 && word[0] == right[0] && sorted(word) == sorted(right)
}

func sorted(word string) string {
	letters := strings.Split(word, "")
	slices.Sort(letters)
	return strings.Join(letters, "")
}

// miss says why a block that is no ask looks like one, if it does. below is what
// stands below it.
func miss(b block, below []block) (p Problem, looks bool) {
	raw := strings.Join(b.lines, "\n")
	if m := box.FindStringSubmatch(raw); m != nil {
		if raw = raw[len(m[0]):]; m[1] != " " {
			return p, false
		}
	}
	if raw == "" || strings.HasPrefix(raw, "~~") || slices.ContainsFunc(below, answers) {
		return p, false
	}
	text := plain(raw)
	if f, value := fieldOf(text); f != nil {
		return missing("“%s” stands below no ask and is not heard", text, "it below its ask, indented by two blanks"), value != "" && onlyOfAsks(text)
	}
	l := labelOf(raw)
	asks := question(l.said) || neededBy.MatchString(raw) || slices.ContainsFunc(below, func(s block) bool { return s.depth > b.depth && onlyOfAsks(s.text()) })
	return l.miss(text, b.item, asks)
}

// miss judges a text by its label; asks reports that it asks for something,
// whatever its label is.
func (l label) miss(text string, item, asks bool) (p Problem, looks bool) {
	kind, exact, misspelt := l.meant()
	const unknown = "“%s” is no kind of ask, so this one is not heard"
	switch {
	case exact && l.said != "" && (item || l.colon || asks):
		why := "behind its kind there is no colon"
		if !item {
			why = "it is no item of a list"
		} else if l.colon {
			why = "its kind is more than one word"
		}
		return missing("“%s” is not heard as an ask: "+why, text, example(kind, l.said)), true
	case kind != "" && (asks || l.said != "" && (l.colon || misspelt)):
		return missing(unknown, l.words, example(kind, l.said)), true
	case asks && l.colon:
		return missing(unknown, l.words, exampleOfAny(l.said)), true
	case asks:
		return missing("“%s” is not heard as an ask: it begins with no kind", text, exampleOfAny(text)), true
	}
	return p, false
}

// undated tells the day of an ask that waits for an answer, if it has only what
// cannot be read as one.
func undated(a Ask, below []block) (missed []Miss) {
	if !a.Open() || !a.NeedBy.IsZero() {
		return nil
	}
	for _, b := range below {
		if f, value := fieldOf(b.text()); f != nil && f.name == needBy && value != "" {
			missed = append(missed, Miss{missing(noDate, value, "“Need by: 2026-11-27” or “Need by: 27 November 2026”"), b.place.Line})
		}
	}
	return missed
}

func missing(text, words, instead string) Problem {
	return Problem{Unheard, fmt.Sprintf(text, sources.OneLine(words, 60)), instead}
}

func example(kind Kind, said string) string {
	return fmt.Sprintf("“- **%s:** %s”", capital(string(kind)), sources.OneLine(said, 60))
}

// exampleOfAny leaves the kind to whoever asks.
func exampleOfAny(said string) string {
	var others []string
	for _, k := range kinds[1:] {
		others = append(others, capital(string(k)))
	}
	return example(Decide, said) + ", or instead of Decide one of " + strings.Join(others, ", ")
}

// question reports a text of some words that ends with a question mark, whatever
// signs stand behind it.
func question(text string) bool {
	text = strings.TrimRightFunc(text, func(r rune) bool { return r != '?' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.HasSuffix(text, "?") && len(strings.Fields(text)) >= 3
}

// fieldMeant returns the field that a sub-item misspells, "" for none.
func fieldMeant(l label) string {
	for _, f := range fields {
		if l.colon && (misspells(strings.ToLower(l.words), strings.ToLower(f.name)) || misspells(strings.ToLower(l.words), strings.ToLower(f.also))) {
			return f.name
		}
	}
	return ""
}

// answers reports a sub-item that answers what it stands below.
func answers(b block) bool {
	f, value := fieldOf(b.text())
	return f != nil && f.name == answer && value != ""
}

// onlyOfAsks reports a sub-item that nothing but an ask has.
func onlyOfAsks(text string) bool {
	f, _ := fieldOf(text)
	return f != nil && !slices.Contains([]string{"To", "Amount", "Until", "Mine", answer}, f.name)
}
