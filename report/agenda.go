package report

import (
	"fmt"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/report/ask"
)

// sessionMinutes is how long a working session is.
const sessionMinutes = 30

// A topic is something to talk about, with the minutes that it takes.
type topic struct {
	minutes int
	words   string
}

// agenda orders what to talk about by need, and says what fits into half an
// hour: what was marked, asks, what turned red, what is red still, incidents
// without a follow-up, and parked work whose day has come.
func (t *teller) agenda() string {
	var b strings.Builder
	b.WriteString(t.title("agenda"))
	topics := t.topics()
	left, late := sessionMinutes, false
	for i, topic := range topics {
		if left -= topic.minutes; left < 0 && !late {
			late = true
			b.WriteString("\nIf there is time:\n\n")
		}
		fmt.Fprintf(&b, "%d. (%d min) %s\n", i+1, topic.minutes, topic.words)
	}
	unseen := t.unseenWords()
	switch {
	case len(topics) > 0:
	case unseen == "":
		b.WriteString("Nothing was marked or asked for, and nothing is red. Is the session needed this week?\n")
	default:
		b.WriteString("Nothing was marked or asked for, and nothing that is known is red.\n")
	}
	if unseen != "" {
		b.WriteString("\n" + unseen + "\n")
	}
	return b.String()
}

func (t *teller) topics() (all []topic) {
	open := t.open()
	told := map[string]bool{} // questions that are marked
	asking := func(e ask.Entry) topic {
		told[e.Ask.Question] = true
		return topic{5, fmt.Sprintf("**%s:** %s%s *%s*", label(e), Escape(e.Ask.Question), t.from(e, t.other()), t.age(e))}
	}
	for _, h := range Highlights(t.written) {
		if t.profile.ID != "" && h.private() {
			continue
		}
		i := slices.IndexFunc(open, func(e ask.Entry) bool { return e.Ask.Question == t.askAt(h) })
		switch {
		case i < 0:
			all = append(all, topic{5, t.highlight(h, func(name string) string { return name })})
		case !told[open[i].Ask.Question]:
			all = append(all, asking(open[i]))
		}
	}
	for _, e := range open {
		if !told[e.Ask.Question] {
			all = append(all, asking(e))
		}
	}
	all = slices.Concat(all, t.redTopics(), t.stillTopics())
	for _, words := range slices.Concat(t.parked(), t.dropped()) {
		all = append(all, topic{3, words})
	}
	return all
}

// stillTopics are what was the matter before and is still. Whoever talks about it
// each week needs the least time, but a session is not called off over it.
func (t *teller) stillTopics() (all []topic) {
	var red, bare []string
	incidents := 0
	for _, team := range t.Teams {
		for _, f := range team.Lines {
			if f.Status.Status == aggregate.Red && f.Before.Status == aggregate.Red {
				red = append(red, t.listed(team, f))
			}
			if f.Incidents != nil && len(f.Incidents.Unscheduled) > 0 {
				bare = append(bare, t.listed(team, f))
				incidents += len(f.Incidents.Unscheduled)
			}
		}
	}
	if len(red) > 0 {
		all = append(all, topic{3, fmt.Sprintf("%s red still: %s", count(len(red), "line is", "lines are"), namesWords(red))})
	}
	if len(bare) > 0 {
		all = append(all, topic{3, fmt.Sprintf("No follow-up is scheduled after %s: %s", count(incidents, "incident", "incidents"), namesWords(bare))})
	}
	return all
}

// askAt is the question of the ask that a mark stands in, "" for none.
func (t *teller) askAt(h Highlight) string {
	n, err := t.written.Note(AsksSlot)
	if err != nil || h.ID != AsksSlot {
		return ""
	}
	words, line := n.Words(), h.Line-n.WordsLine()+1
	for _, a := range Asks(t.written) {
		if last := a.At.Line + strings.Count(strings.TrimRight(words[a.At.Start:a.At.End], "\n"), "\n"); a.At.Line <= line && line <= last {
			return a.Question
		}
	}
	return ""
}
