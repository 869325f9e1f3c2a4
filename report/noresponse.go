package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// A note that needs no answer has so many sentences.
const (
	fewestSentences = 5
	mostSentences   = 10
)

// noResponse tells the week in five to ten sentences. It says that no answer is
// needed only if nothing is asked for. One that would be longer is refused: then
// somebody has to decide what is not said.
func (t *teller) noResponse() (string, error) {
	facts := t.sentences()
	mine := sentencesOf(t.words("summary"))
	end := t.ending()
	n := len(facts) + len(mine) + len(end)
	if n > mostSentences {
		return "", fmt.Errorf("the note has %d sentences, and at most %d are read: %d of facts, %d under “At a glance”, %d of asks; shorten what you wrote, or send the page", n, mostSentences, len(facts), len(mine), len(end))
	}
	if n < fewestSentences {
		facts = append(facts, t.fillers(fewestSentences-n)...)
	}
	var b strings.Builder
	b.WriteString(t.title(""))
	b.WriteString(strings.Join(facts, " ") + "\n\n")
	if len(mine) > 0 {
		b.WriteString(t.words("summary") + "\n\n")
	}
	b.WriteString(strings.Join(end, " ") + "\n")
	return b.String(), nil
}

// sentences are what the sources say, each one sentence.
func (t *teller) sentences() (all []string) {
	var counts, red, amber, goals []string
	for _, team := range t.Teams {
		counts = append(counts, Escape(team.Name)+": "+countWords(aggregate.Count(team.Lines)))
		for _, f := range team.Lines {
			switch f.Status.Status {
			case aggregate.Red:
				red = append(red, t.standing(team, f))
			case aggregate.Amber:
				amber = append(amber, t.standing(team, f))
			}
		}
		if of := t.goalsOf(team); of != "" {
			goals = append(goals, of)
		}
	}
	all = append(all, strings.Join(counts, "; ")+".")
	worst, most := slices.Concat(red, amber), worstTold[t.profile.Level%3]
	for i, w := range worst {
		if i == most {
			all = append(all, fmt.Sprintf("%s not green either.", count(len(worst)-most, "more line is", "more lines are")))
			break
		}
		all = append(all, w+".")
	}
	if unseen := t.unseenWords(); unseen != "" {
		all = append(all, unseen)
	}
	if len(goals) > 0 {
		all = append(all, "Goals: "+strings.Join(goals, "; ")+".")
	}
	return all
}

// goalsOf lists a team's goals, each with how far it is, and when it is due.
func (t *teller) goalsOf(team aggregate.TeamReport) string {
	var goals []string
	for _, f := range team.Lines {
		if f.Goal != nil {
			goals = append(goals, Escape(f.Title)+" "+goalFigure(f, f.Goal.Last())+t.against(f))
		}
	}
	return strings.Join(goals, ", ")
}

// fillers are sentences for a week of which little is to be said.
func (t *teller) fillers(n int) []string {
	opened, over, merged := 0, 0, 0
	hidden := map[sources.Noun]bool{}
	for _, team := range t.Teams {
		for _, f := range team.Lines {
			hidden[f.Noun] = hidden[f.Noun] || t.hidden(f)
			if f.Incidents != nil {
				for _, i := range f.Incidents.Incidents {
					if t.news(i.Opened) {
						opened++
					}
					if t.news(i.Resolved) {
						over++
					}
				}
			}
			if f.Shipped != nil {
				for _, item := range f.Shipped.Merged {
					if t.news(item.Done[0].From) {
						merged++
					}
				}
			}
		}
	}
	all := []string{
		fmt.Sprintf("%s opened, %d resolved.", count(opened, "incident was", "incidents were"), over),
		fmt.Sprintf("%s merged.", count(merged, "pull request was", "pull requests were")),
		fmt.Sprintf("This is about %s.", days(t.Window.Last)),
	}
	if hidden[sources.Incidents] {
		all[0] = "Nobody can say how many incidents were opened."
	}
	if hidden[sources.Shipped] {
		all[1] = "Nobody can say how many pull requests were merged."
	}
	return all[:min(n, len(all))]
}

// standing says how a line stands, and against what, in the words in which every
// form says it.
func (t *teller) standing(team aggregate.TeamReport, f aggregate.Finding) string {
	return fmt.Sprintf("%s %s: %s%s", badge(f.Status.Status), t.name(team, f), Escape(current(f)), t.against(f))
}

// against says what the figure of a line is held against: its target, or the day on
// which a goal is due with how likely that is met. A figure that seems to
// contradict the colour is explained.
func (t *teller) against(f aggregate.Finding) string {
	words := ""
	if !f.Target.IsZero() {
		words = strings.Trim(targetBrief(f), " ()")
	}
	if alone(f) {
		words += "; colours span " + levelSpan
	}
	if due := dueBrief(f); due != "" {
		words = strings.TrimPrefix(words+"; "+due, "; ")
	}
	if words == "" {
		return ""
	}
	return " (" + Escape(words) + ")"
}

// ending is what the reader has to do.
func (t *teller) ending() []string {
	open := t.open()
	if len(open) == 0 {
		return []string{"No reply needed."}
	}
	var all []string
	for _, e := range open {
		text, from := "I need an answer", t.from(e, t.other())
		switch due := e.Ask.NeedBy; {
		case due.IsZero():
			text += from
		case due.Compare(t.today()) < 0:
			text = fmt.Sprintf("I needed an answer by %s%s, which is overdue", day(due), from)
		default:
			text += " by " + day(due) + from
		}
		text += fmt.Sprintf(": %s", strings.TrimRight(Escape(e.Ask.Question), "."))
		if !strings.HasSuffix(text, "?") {
			text += "."
		}
		all = append(all, text)
	}
	return all
}

var sentenceEnd = regexp.MustCompile(`\n\s*(?:[-*+]|\d+[.)])\s|[.!?…]["”’)*_]*(?:\s|$)|\n\n`)

// sentencesOf takes a text apart. An item of a list is a sentence.
func sentencesOf(text string) (all []string) {
	for _, s := range sentenceEnd.Split("\n"+text, -1) {
		if s = strings.Trim(s, " \t\n-*+"); s != "" {
			all = append(all, s)
		}
	}
	return all
}
