package github

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An Issue is an issue or pull request: what it was made as, and what happened
// to it since.
type Issue struct {
	Number  int // 0: the next free one
	Title   string
	Body    string
	Author  User
	Created time.Time
	Pull    *Pull   // nil: an issue
	Type    string  // the issue type, such as Bug; "": none
	Events  []Event // in the order of time

	Children []*Issue // its sub-issues, those whose Family has not ended among them
	Family   []Member // what its timeline tells of sub-issues, in the order of time
	Names    []*Issue // issues that its text names
	Boxes    []Box    // check boxes in its text

	repo    *Repo
	touched time.Time
}

// A Member is a stretch of time for which an issue was a sub-issue. A zero To
// means that it still is.
type Member struct {
	*Issue
	From, To time.Time
}

// A Pull is what makes an issue a pull request.
type Pull struct {
	Base  string // "": the default branch
	Draft bool
}

// A Box is a check box.
type Box struct {
	Text    string
	Checked bool
}

// An Event is something that happened to an issue. Word is the label, the
// milestone, the login or the reason of closing.
type Event struct {
	At   time.Time
	What string // a constant below
	Word string
}

// What happens to issues. Merged also closes.
const (
	Labeled      = "labeled"
	Unlabeled    = "unlabeled"
	Milestoned   = "milestoned"
	Demilestoned = "demilestoned"
	Assigned     = "assigned"
	Commented    = "commented"
	Closed       = "closed"
	Reopened     = "reopened"
	Merged       = "merged"
)

// Reasons of closing that do not mean "done".
const (
	NotPlanned = "not_planned"
	Duplicate  = "duplicate"
)

// A state is what GitHub shows of an issue after its events.
type state struct {
	labels    []string
	milestone string
	assignee  string
	closed    time.Time
	merged    time.Time
	reason    string
	updated   time.Time
	comments  int
}

func (s state) open() bool { return s.closed.IsZero() }

// state replays the events.
func (i *Issue) state() state {
	s := state{updated: i.Created}
	for _, e := range i.Events {
		s.updated = later(s.updated, e.At)
		switch e.What {
		case Labeled:
			if !slices.Contains(s.labels, e.Word) {
				s.labels = append(s.labels, e.Word)
			}
		case Unlabeled:
			s.labels = slices.DeleteFunc(s.labels, func(l string) bool { return l == e.Word })
		case Milestoned:
			s.milestone = e.Word
		case Demilestoned:
			s.milestone = ""
		case Assigned:
			s.assignee = e.Word
		case Commented:
			s.comments++
		case Closed:
			s.closed, s.reason = e.At, e.Word
			if s.reason == "" && i.Pull == nil {
				s.reason = "completed"
			}
		case Reopened:
			s.closed, s.reason = time.Time{}, "reopened"
		case Merged:
			s.closed, s.merged = e.At, e.At
		}
	}
	s.updated = later(s.updated, i.touched)
	return s
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// shown are the sub-issues in repositories that the token may see.
func (i *Issue) shown() []*Issue {
	return slices.DeleteFunc(slices.Clone(i.Children), func(c *Issue) bool { return c.repo.Hidden })
}

// text is the body as GitHub shows it.
func (i *Issue) text() string {
	var b strings.Builder
	b.WriteString(i.Body)
	for _, named := range i.Names {
		if named.repo == i.repo {
			fmt.Fprintf(&b, "\n\nComes from #%d.", named.Number)
			continue
		}
		fmt.Fprintf(&b, "\n\nComes from %s/%s/issues/%d.", Site, named.repo, named.Number)
	}
	if len(i.Boxes) > 0 {
		b.WriteString("\n\n## Afterwards\n\n```\n- [ ] not this one, it is an example\n```\n\n")
	}
	for _, box := range i.Boxes {
		mark := " "
		if box.Checked {
			mark = "x"
		}
		fmt.Fprintf(&b, "- [%s] %s\n", mark, box.Text)
	}
	return strings.TrimSpace(b.String())
}
