package ask

import (
	"regexp"
	"slices"
	"strings"
)

var (
	sentenceEnd = regexp.MustCompile(`[.?!…]+["'”’)]*(?:\s+|$)`)
	closedStart = regexp.MustCompile(`(?i)(?:^|[,;:–—]\s*)(?:(?:so|then|and|or|but|please)\s+)?(?:do|does|did|is|are|am|was|were|can|could|may|might|must|shall|should|will|would|have|has|had|don['’]t|doesn['’]t|isn['’]t|aren['’]t|can['’]t|couldn['’]t|shouldn['’]t|won['’]t|wouldn['’]t)\s`)
	openStart   = regexp.MustCompile(`(?i)(?:^|[,;:–—]\s*)(?:(?:so|then|and|but)\s+)?(?:(?:by|in|at|for|to|from|with|on|of|until|since|under|about)\s+)?(?:what|which|who|whom|whose|when|where|why|how)(?:['’]s)?\b`)
	eitherOr    = regexp.MustCompile(`(?i)\sor\s+(?:not\b|no\b|more\b|less\b|fewer\b|so\b|later\b|earlier\b|two\b|three\b|\d)?`)
)

// sentences splits a text behind its full stops and question marks.
func sentences(text string) []string {
	var all []string
	for text != "" {
		end := len(text)
		if at := sentenceEnd.FindStringIndex(text); at != nil {
			end = at[1]
		}
		all = append(all, strings.TrimSpace(text[:end]))
		text = text[end:]
	}
	return all
}

// asked returns the sentence of a question that ends in a question mark, and
// the others; without one, the first sentence.
func (a Ask) asked() (question, others string) {
	all := sentences(a.Question)
	if len(all) == 0 {
		return "", ""
	}
	at := max(0, slices.IndexFunc(all, isQuestion))
	return all[at], strings.TrimSpace(strings.Join(all[:at], " ") + " " + strings.Join(all[at+1:], " "))
}

func isQuestion(sentence string) bool {
	return strings.Contains(sentenceEnd.FindString(sentence), "?")
}

// A questionForm is how a question can be answered.
type questionForm uint8

const (
	noQuestion questionForm = iota
	yesOrNo
	choice
	anything
)

func formOf(a Ask) questionForm {
	question, _ := a.asked()
	either := eitherOr.FindString(question)
	switch {
	case len(a.Options) > 0:
		return choice
	case !isQuestion(question):
		return noQuestion
	case openStart.MatchString(question) && !closedStart.MatchString(question):
		return anything
	case either != "" && strings.TrimSpace(strings.ToLower(either)) == "or":
		return choice
	}
	return yesOrNo
}
