package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A chapter is a section of the second level as it is told: the heading with
// what stands right under it, then group after group.
type chapter struct {
	title  string
	groups []string
}

var (
	reference2 = regexp.MustCompile(`^\[(p\d+)\]: `)
	readerOf   = regexp.MustCompile(`(?m)^For .*? · `)
	quietLine  = regexp.MustCompile(`(?m)^(?:● \*\*GREEN\*\*|◌ NO TARGET):`)
)

// whole is the page without its slots: the program's words and people's, as far
// as the reader wants them, in the order that the reader wants.
func (t *teller) whole() string {
	chapters, references := t.chapters()
	head := chapters[0]
	rest := slices.DeleteFunc(chapters[1:], func(c chapter) bool { return !t.wanted(c.title) })
	slices.SortStableFunc(rest, func(a, b chapter) int { return t.place(a.title) - t.place(b.title) })
	text := t.addressed(strings.TrimSpace(t.readable(head.groups[0]))) + "\n\n"
	for _, c := range rest {
		if t.brief && strings.HasPrefix("## "+c.title+"\n", glanceHeading) {
			c.groups[0] = t.glance(c.groups[0])
		}
		for _, g := range t.kept(c) {
			text += strings.TrimSpace(g) + "\n\n"
		}
	}
	text = inside(t.asked(text))
	for _, r := range references {
		if strings.Contains(text, "["+reference2.FindStringSubmatch(r)[1]+"]") {
			text += r
		}
	}
	return strings.TrimRight(text, "\n") + "\n"
}

// asked is a text with the list of wants as another reader has to read it.
func (t *teller) asked(text string) string {
	if t.profile.ID == "" {
		return text
	}
	lines := slices.Collect(strings.Lines(text))
	for _, e := range t.open() {
		own := normal(t.wish(e, ""))
		if i := slices.IndexFunc(lines, func(line string) bool { return normal(line) == own }); i >= 0 {
			lines[i] = t.wish(e, t.other())
		}
	}
	return strings.Join(lines, "")
}

// addressed is the head of a page, with the name of who reads it.
func (t *teller) addressed(head string) string {
	if t.profile.Name == "" {
		return head
	}
	return readerOf.ReplaceAllLiteralString(head, "For "+Escape(t.profile.Name)+" · ")
}

// kept returns the groups of a chapter that the reader wants, without headings
// under which nothing is left. Who does not run the teams still wants to know when
// a goal is done.
func (t *teller) kept(c chapter) (kept []string) {
	all := t.profile.Level == Operational || t.brief && strings.HasPrefix(c.title, "Goals")
	for i, g := range c.groups {
		if i > 0 && !all && quiet(g) {
			continue
		}
		for len(kept) > 0 && bareHeading(kept[len(kept)-1]) && depth(kept[len(kept)-1]) >= depth(g) {
			kept = kept[:len(kept)-1]
		}
		kept = append(kept, g)
	}
	for len(kept) > 0 && bareHeading(kept[len(kept)-1]) {
		kept = kept[:len(kept)-1]
	}
	return kept
}

func bareHeading(group string) bool {
	return depth(group) > 0 && !strings.Contains(strings.TrimSpace(group), "\n")
}

// depth is the level of the heading that a group begins with, 0 for none.
func depth(group string) int { return len(group) - len(strings.TrimLeft(group, "#")) }

// strategic are the sections of those who do not run the teams.
var strategic = []string{"At a glance", "Goals", "Asks", "Parked", "Not known"}

func (t *teller) wanted(title string) bool {
	if title == "Notes kept from earlier" {
		return false
	}
	return t.profile.Level != Strategic || slices.ContainsFunc(strategic, func(s string) bool { return strings.HasPrefix(title, s) })
}

// place orders sections as the profile does; those that it does not name stay
// behind in their order.
func (t *teller) place(title string) int {
	i := slices.IndexFunc(t.profile.First, func(s string) bool {
		return strings.HasPrefix(strings.ToLower(title), strings.ToLower(s))
	})
	if i < 0 {
		return len(t.profile.First)
	}
	return i
}

// quiet reports a line of the page that is green, or has no target, and about
// which nobody wrote.
func quiet(group string) bool {
	head, rest, _ := strings.Cut(group, "\n\n")
	return strings.HasPrefix(head, "###") && quietLine.MatchString(rest) && strings.Count(strings.TrimSpace(rest), "\n\n") == 0
}

// chapters takes the page apart and puts people's words in their places. The
// first chapter is what comes before all others.
func (t *teller) chapters() (all []chapter, references []string) {
	all = []chapter{{groups: []string{""}}}
	folded, past, calm := false, false, false
	add := func(text string) {
		c := &all[len(all)-1]
		c.groups[len(c.groups)-1] += text
	}
	for line := range strings.Lines(flagged(unpictured(t.written.Tool))) {
		bare := strings.TrimSpace(line)
		details := detailsMark.FindStringSubmatch(bare)
		if m := openMark.FindStringSubmatch(bare); m != nil {
			words := t.words(m[1])
			if words != "" {
				add("\n" + words + "\n\n")
			} else if t.profile.ID != "" && slices.Contains(personal, m[1]) {
				c := &all[len(all)-1]
				c.groups[len(c.groups)-1] = wayBack.ReplaceAllString(c.groups[len(c.groups)-1], "")
			}
			continue
		}
		switch {
		case closeMark.MatchString(bare):
		case reference2.MatchString(line):
			references = append(references, line)
		case details != nil:
			folded = true
			if past = t.profile.Level != Operational || strings.HasPrefix(details[1], lastTimeWords); !past {
				add(line)
			}
		case folded && bare == "</details>":
			if folded = false; !past {
				add(line)
			}
			past = false
		case past || t.brief && calm && calmGoal(bare):
		case !folded && strings.HasPrefix(line, "## "):
			all = append(all, chapter{strings.TrimSpace(strings.TrimPrefix(line, "## ")), []string{line}})
		case !folded && strings.HasPrefix(line, "###"):
			c := &all[len(all)-1]
			c.groups, calm = append(c.groups, line), false
		default:
			calm = calm || quietLine.MatchString(bare)
			add(line)
		}
	}
	return all, references
}

var (
	discussList = regexp.MustCompile(`(?m)^<a id="` + toDiscuss + `"></a>\*\*To discuss:\*\*\n\n((?:\d+\. .*\n)+)\n?`)
	discussItem = regexp.MustCompile(`^\d+\. (?:\[.*?\]\(#(note-[\w-]+)\)|([^:\n]*))`)
	wayBack     = regexp.MustCompile(`(?m)^<a id="note-[\w-]+"></a>\[↑ to discuss\]\(#` + toDiscuss + `\)\n\n?`)
	inPage      = regexp.MustCompile(`\[((?:\\.|[^\]\\])*)\]\(#([\w-]+)\)`)
)

// readable takes out of the list of what to discuss what the reader does not see.
func (t *teller) readable(head string) string {
	if t.profile.ID == "" {
		return head
	}
	return discussList.ReplaceAllStringFunc(head, func(list string) string {
		var kept []string
		title, items, _ := strings.Cut(list, "\n\n")
		for item := range strings.Lines(strings.TrimRight(items, "\n")) {
			m := discussItem.FindStringSubmatch(item)
			if m == nil || !(Highlight{ID: slotAt(m[1]), Under: m[2]}).private() {
				_, words, _ := strings.Cut(strings.TrimRight(item, "\n"), ". ")
				kept = append(kept, fmt.Sprintf("%d. %s\n", len(kept)+1, words))
			}
		}
		if len(kept) == 0 {
			return ""
		}
		return title + "\n\n" + strings.Join(kept, "") + "\n"
	})
}

// slotAt is the id of the slot that a place in a page is of, if another reader
// does not see it.
func slotAt(name string) string {
	if i := slices.IndexFunc(personal, func(id string) bool { return anchorOf(id) == name }); i >= 0 {
		return personal[i]
	}
	if edit := anchorOf(EditNote); strings.HasPrefix(name, edit) {
		return EditNote + strings.TrimPrefix(name, edit)
	}
	return ""
}

// inside makes plain words of links to places that a text does not have.
func inside(text string) string {
	if !strings.Contains(text, anchor(toDiscuss)) {
		text = wayBack.ReplaceAllString(text, "")
	}
	return inPage.ReplaceAllStringFunc(text, func(l string) string {
		m := inPage.FindStringSubmatch(l)
		if strings.Contains(text, anchor(m[2])) {
			return l
		}
		return m[1]
	})
}
