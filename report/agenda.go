package report

import (
	"fmt"
	"slices"
	"strings"

	"preread/aggregate"
)

// sessionMinutes is how long a working session is.
const sessionMinutes = 30

// A topic is something to talk about, with the minutes that it takes.
type topic struct {
	minutes int
	words   string
}

// agenda orders what to talk about by need, and says what fits into half an
// hour: what was marked, asks, what turned red, and parked work whose day has
// come.
func (t *teller) agenda() string {
	var b strings.Builder
	b.WriteString(t.title("agenda"))
	left, late := sessionMinutes, false
	for i, topic := range t.topics() {
		if left -= topic.minutes; left < 0 && !late {
			late = true
			b.WriteString("\nIf there is time:\n\n")
		}
		fmt.Fprintf(&b, "%d. (%d min) %s\n", i+1, topic.minutes, topic.words)
	}
	if len(t.topics()) == 0 {
		b.WriteString("Nothing was marked, asked for, or turned red. Is the session needed this week?\n")
	}
	return b.String()
}

func (t *teller) topics() (all []topic) {
	for _, e := range t.open() {
		words := fmt.Sprintf("**%s:** %s *%s*", label(e), Escape(e.Ask.Question), t.age(e))
		all = append(all, topic{5, words})
	}
	for _, h := range Highlights(t.written) {
		if t.profile.ID != "" && slices.Contains(personal, h.ID) {
			continue
		}
		words := t.placeName(h.ID)
		if h.Text != "" {
			words += ": " + Escape(h.Text)
		}
		all = append(all, topic{5, words})
	}
	for _, team := range t.Teams {
		for _, f := range team.Lines {
			if f.Status.Status == aggregate.Red && f.Before.Status != aggregate.Red {
				all = append(all, topic{5, t.standing(team, f)})
			}
		}
	}
	for _, words := range slices.Concat(t.parked(), t.dropped()) {
		all = append(all, topic{3, words})
	}
	return all
}
