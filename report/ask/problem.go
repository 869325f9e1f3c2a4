package ask

import (
	"fmt"
	"regexp"

	"preread/sources"
)

// A Rule is what keeps an ask from being answered.
type Rule string

// The rules.
const (
	NoQuestion  Rule = "question"  // neither yes or no, nor a choice of at most three with a recommendation
	NoNeedBy    Rule = "need-by"   // it does not say until when
	Overdue     Rule = "overdue"   // its day has gone by
	NoDefault   Rule = "default"   // it does not say what happens without an answer
	Nobody      Rule = "nobody"    // it goes to nobody
	Complaint   Rule = "complaint" // it is a complaint without a request
	NoContact   Rule = "contact"   // a Connect that does not say with whom
	NoView      Rule = "view"      // an Insight without the view that one leans to
	NoAmount    Rule = "amount"    // a Resource without how much, or what moves with it and slips without
	Nested      Rule = "nested"    // an ask inside of another one is not heard
	Unheard     Rule = "unheard"   // it looks like an ask, or like a field of one, and is none
	TooManyOpen Rule = "crowd"     // more than three asks are open and not ranked
)

// A Problem is a rule that an ask breaks. Text says what is wrong, Instead what
// to write; both are one clause without a full stop.
type Problem struct {
	Rule    Rule
	Text    string
	Instead string
}

// mostOpen is how many asks a reader can be expected to answer in a week.
const mostOpen = 3

// Problems returns what keeps an ask from being answered; none for one that
// waits for no answer.
func Problems(a Ask, today sources.Day) []Problem {
	if !a.Open() {
		return nil
	}
	var all []Problem
	add := func(broken bool, rule Rule, text, instead string) {
		if broken {
			all = append(all, Problem{rule, text, instead})
		}
	}
	if p, broken := questionProblem(a); broken {
		all = append(all, p)
	}
	soon := today.Add(7)
	add(a.NeedBy.IsZero(), NoNeedBy, needByText(a), fmt.Sprintf("write the day as “Need by: %s”", soon))
	add(!a.NeedBy.IsZero() && a.NeedBy.Compare(today) < 0, Overdue, "it was needed by "+date(a.NeedBy, today),
		fmt.Sprintf("write a new day, such as “Need by: %s”, or what happened without an answer", soon))
	add(a.IfSilent == "", NoDefault, "it does not say what happens if nobody answers", "write “If silent: ” and what you will do then")
	nobody := a.To == (Person{})
	add(nobody && a.Kind == Connect, NoContact, "it does not say whom you want to meet", "write “To: ” and a name, or the role that you look for")
	add(nobody && a.Kind != Connect, Nobody, "it goes to nobody", "write “To: ” and the name of who can answer")
	add(a.Kind == Insight && !a.leans(), NoView, "it does not say which way you lean", "write “I recommend: ” and your best view so far, with your doubt")
	add(a.Kind == Resource && (a.Amount == "" || a.IfGranted == "" || a.IfNot == ""), NoAmount,
		"it does not say how much, what moves with it and what slips without", "write “Amount: ”, “If granted: ” and “If not: ”")
	for _, s := range a.More {
		l := labelOf(s.Text)
		kind, exact, misspelt := l.meant()
		add(l.colon && (exact || misspelt), Nested, fmt.Sprintf("“%s” stands inside of another ask and is not heard", sources.OneLine(s.Text, 60)), "move “"+capital(string(kind))+"” out to the left, as an item of its own")
		name := fieldMeant(l)
		add(name != "", Unheard, fmt.Sprintf("“%s” is not heard", sources.OneLine(s.Text, 60)), "“"+name+": ”")
	}
	return all
}

const noDate = "“%s” is no date that can be read"

// needByText tells a day that is missing from one that cannot be read.
func needByText(a Ask) string {
	for _, s := range a.More {
		if f, value := fieldOf(s.Text); f != nil && f.name == needBy && value != "" {
			return fmt.Sprintf(noDate, sources.OneLine(value, 40))
		}
	}
	return "it does not say until when"
}

// Crowd returns the problem of asks that are too many, if they are: more than
// three that are open, not ranked, and not handled by the manager.
func Crowd(asks []Ask) []Problem {
	open := 0
	for _, a := range asks {
		if a.Open() && a.Rank == 0 && a.Mine == "" {
			open++
		}
	}
	if open <= mostOpen {
		return nil
	}
	return []Problem{{TooManyOpen, fmt.Sprintf("%d asks are open and not ranked; a reader answers %d at most", open, mostOpen),
		"number them, the most important one first, or write “Mine: ” and how you will handle it"}}
}

var (
	complains = regexp.MustCompile(`(?i)\b(?:never|nobody|no one|ignor\w+|slow\w*|late|too (?:many|much|long|few|little)|fed up|annoy\w*|frustrat\w*|unacceptable|broken|fault|fail\w*|wait\w*|stuck|blocked|refus\w*|impossible|unclear|a mess|problems?|can(?:['’]t|not)|(?:do|does|did|wo|is|are)(?:n['’]t| not))\b`)
	requests  = regexp.MustCompile(`(?i)\b(?:please|(?:could|can|would|will) you|(?:I|we) (?:need|ask|want|request|would like)|(?:I|we)['’]d like|help (?:us|me)|let (?:us|me))\b`)
)

// leaning finds a view that is said in the question's own words, by who asks: not
// in a question about it.
var leaning = regexp.MustCompile(`(?i)(?:^|[.,;:?!…–—(]\s*|\b(?:and|but|so|yet|though)\s+)(?:I|we)(?: would|['’]d)?(?: still| now)? (?:` +
	`lean|tend to|rather|prefer|favou?r|think|believe|suggest|propose|start|begin|choose|take|keep|drop|wait)\b` +
	`|\b(?:my|our)(?: best)? (?:view|guess|bet|preference|inclination)\b[^.?!]{0,40}\bis\b`)

// leans reports whether an ask says which way the manager leans.
func (a Ask) leans() bool { return a.Recommend != "" || Leans(a.Question) }

// Leans reports whether a question has its asker's own view in it, as a
// recommendation or in other words.
func Leans(question string) bool {
	return recommended.MatchString(question) || leaning.MatchString(question)
}

// questionProblem returns what keeps the question from being answered in a
// word.
func questionProblem(a Ask) (p Problem, broken bool) {
	form := formOf(a)
	weighed := form == anything && a.Kind == Insight && a.leans() // a view asks for another one
	request := form == yesOrNo || form == choice || weighed || requests.MatchString(a.Question)
	recommend := "write “I recommend: ” and your choice, so that yes is an answer"
	switch {
	case a.Question == "" && form == noQuestion:
		return Problem{NoQuestion, "nothing is asked", "write a question that can be answered with yes or no"}, true
	case !request && complains.MatchString(a.Question):
		return Problem{Complaint, "it is a complaint without a request",
			"write what somebody is to do, as a question: “Could … do … by …?”"}, true
	case form == noQuestion:
		return Problem{NoQuestion, "it is no question", "write it as a question that can be answered with yes or no"}, true
	case form == anything && !weighed:
		return Problem{NoQuestion, "its question is open", "ask for yes or no, or add “Options: ” with at most three and “I recommend: ” with yours"}, true
	case form == choice && len(a.Options) > 3:
		return Problem{NoQuestion, fmt.Sprintf("it offers %d options", len(a.Options)), "offer three at most, and say which one you recommend"}, true
	case form == choice && a.Recommend == "" && a.Kind != Insight: // of an Insight, that is a rule of its own
		return Problem{NoQuestion, "it offers a choice and recommends none", recommend}, true
	}
	return Problem{}, false
}
