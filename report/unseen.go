package report

import (
	"fmt"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// An unseen is a reason for which lines are unknown, with their names as they
// stand in Markdown.
type unseen struct {
	reason string
	names  []string
}

// namesTold is how many lines, or reasons, are named where there is room for one
// sentence.
const namesTold = 3

// unseen are the lines that are unknown, grouped by reason in the order of the
// page.
func (p *page) unseen() (all []unseen) {
	for _, t := range p.Teams {
		for _, f := range t.Lines {
			if f.Status.Status != aggregate.Unknown {
				continue
			}
			reason := unseenReason(f)
			i := slices.IndexFunc(all, func(u unseen) bool { return u.reason == reason })
			if i < 0 {
				i = len(all)
				all = append(all, unseen{reason: reason})
			}
			all[i].names = append(all[i].names, p.listed(t, f))
		}
	}
	return all
}

// unseenReason says in few words why a line is unknown; [StatusReason] has all of
// them.
func unseenReason(f aggregate.Finding) string {
	if f.Status.Rule == aggregate.TooFew {
		return count(f.Status.Level.Weeks, "week is", "weeks are") + " known, which leaves the colour open"
	}
	return StatusReason(f)
}

// unseenWords says in one sentence what is not known, and why: where a form has
// no room for each line, none of them may look like nothing. It is "" if all is
// known.
func (p *page) unseenWords() string {
	var parts []string
	all := p.unseen()
	for _, u := range all[:min(len(all), namesTold)] {
		parts = append(parts, fmt.Sprintf("%s (%s)", namesWords(u.names), sentence(u.reason)))
	}
	if len(all) > namesTold {
		more := 0
		for _, u := range all[namesTold:] {
			more += len(u.names)
		}
		parts = append(parts, count(more, "more line", "more lines")+" for other reasons")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Unknown: " + strings.Join(parts, "; ") + "."
}

// listed names a line among others that commas part.
func (p *page) listed(t aggregate.TeamReport, f aggregate.Finding) string {
	if len(p.Teams) > 1 {
		return Escape(t.Name) + " – " + Escape(f.Title)
	}
	return Escape(f.Title)
}

// namesWords lists names in words, and counts those for which there is no room.
func namesWords(names []string) string {
	if len(names) > namesTold+1 {
		names = append(slices.Clone(names[:namesTold]), fmt.Sprintf("%d more", len(names)-namesTold))
	}
	if len(names) == 1 {
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// hidden reports a line of which something in the weeks that the page tells of
// was not seen: what is counted there may be more.
func (p *page) hidden(f aggregate.Finding) bool {
	if f.Status.Rule == aggregate.Unanswered || len(f.Weeks) < p.told() {
		return true
	}
	return slices.ContainsFunc(f.Weeks[len(f.Weeks)-p.told():], func(w aggregate.Point) bool {
		return w.State == aggregate.NotKnown || w.Grade == sources.Partial
	})
}
