package report

import (
	"fmt"
	"regexp"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// A kept says what became of something that was promised.
type kept uint8

// What can become of a promise.
const (
	notShown kept = iota // no source shows it
	stillOpen
	keptDone
)

// A promise is an item under "Next" of the page before.
type promise struct {
	words string
	state kept
	by    string // what tells
}

var (
	listItem = regexp.MustCompile(`^(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[([ xX])\][ \t]+)?(\S.*)$`)
	workRef  = regexp.MustCompile(`\b[A-Z][A-Z0-9]+-\d+\b|\b[\w.-]+/[\w.-]+#\d+\b`)
)

// items returns the entries of the lists of a text, each in one line with what
// is set below it, and whether it is ticked.
func items(text string) (words []string, ticked []bool) {
	open := false
	for _, line := range Unfenced(text) {
		trimmed := strings.TrimSpace(line)
		top := trimmed != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t")
		m := listItem.FindStringSubmatch(trimmed)
		switch {
		case m != nil && top:
			words, ticked, open = append(words, m[2]), append(ticked, strings.EqualFold(m[1], "x")), true
		case top && m == nil:
			open = false
		case open && m != nil:
			words[len(words)-1] += "; " + m[2]
		case open && trimmed != "":
			words[len(words)-1] += " " + trimmed
		}
	}
	return words, ticked
}

// promises holds the items under "Next" of the page before against what the
// sources show today.
func (p *page) promises() (all []promise) {
	words, ticked := items(unmarked(p.letter.before("next")))
	work := p.work()
	for i, text := range words {
		made := promise{words: shortened(text, titleLimit)}
		var open, done, unseen []string
		for _, ref := range workRef.FindAllString(text, -1) {
			switch state, found := work[strings.ToLower(ref)]; {
			case !found:
				unseen = append(unseen, ref)
			case state:
				done = append(done, ref)
			default:
				open = append(open, ref)
			}
		}
		switch {
		case ticked[i]:
			made.state, made.by = keptDone, "ticked"
		case len(open) > 0:
			made.state, made.by = stillOpen, areWords(open, "open")
		case len(unseen) > 0:
			made.by = "no source shows " + namesWords(unseen)
		case len(done) > 0:
			made.state, made.by = keptDone, areWords(done, "done")
		}
		all = append(all, made)
	}
	return all
}

// work tells of everything that the sources named whether it was done at the
// page's end, by its name in lower case.
func (p *page) work() map[string]bool {
	end := p.Window.End().Add(-1)
	work := map[string]bool{}
	add := func(items []sources.Item) {
		for _, i := range items {
			work[strings.ToLower(i.Ref)] = sources.Within(i.Done, end)
		}
	}
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			switch {
			case f.Goal != nil:
				add(f.Goal.Items)
			case f.Quality != nil:
				add(f.Quality.Bugs)
			case f.Shipped != nil:
				add(f.Shipped.Merged)
			case f.Delivery != nil:
				addSprints(work, f.Delivery)
			case f.Incidents != nil:
				for _, in := range f.Incidents.Incidents {
					work[strings.ToLower(in.Ref)] = !in.Resolved.IsZero()
					for _, up := range in.FollowUps {
						work[strings.ToLower(up.Ref)] = up.Done
					}
				}
			}
		}
	}
	return work
}

// addSprints adds what was done in sprints, unless more is known of it.
func addSprints(work map[string]bool, d *aggregate.Delivery) {
	for _, s := range d.Sprints {
		for _, i := range s.Sprint.Issues {
			if ref := strings.ToLower(i.Ref); !work[ref] {
				work[ref] = i.Outcome == sources.Completed || i.Outcome == sources.CompletedOutside
			}
		}
	}
}

// promised says what became of what the page before promised.
func (p *page) promised() {
	all := p.promises()
	if len(all) == 0 {
		return
	}
	p.printf("**Promised in %s:**\n\n", p.letter.Before.Mark.Week.Short())
	for _, made := range all {
		p.printf("- %s\n", made.sentence())
	}
	p.printf("\n")
}

func (made promise) sentence() string {
	words := Escape(made.words)
	switch made.state {
	case keptDone:
		return fmt.Sprintf("done: %s (%s)", words, Escape(made.by))
	case stillOpen:
		return fmt.Sprintf("not done: %s (%s)", words, Escape(made.by))
	}
	if made.by != "" {
		words += " (" + Escape(made.by) + ")"
	}
	return "nothing shows whether it was done: " + words
}

// areWords says of some things what they are: "A-1 and A-2 are done".
func areWords(names []string, what string) string {
	if len(names) == 1 {
		return names[0] + " is " + what
	}
	return namesWords(names) + " are " + what
}
