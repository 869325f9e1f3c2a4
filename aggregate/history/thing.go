package history

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
)

// A thing is what is remembered of one item, incident or sprint. Exactly one
// of the three is set.
type thing struct {
	Item     *sources.Item     `json:"item,omitempty"`
	Incident *sources.Incident `json:"incident,omitempty"`
	Sprint   *sources.Sprint   `json:"sprint,omitempty"`

	// Started is a sprint as it was when it was first seen running.
	Started *sources.Sprint `json:"started,omitempty"`

	// Steps grade an item's past, for the nouns that have spans. The first one
	// is where it begins to be known.
	Steps []step `json:"steps,omitempty"`

	// Stale is a thing that was away and is back, or that nobody looked at for
	// long. What is remembered of it is from before.
	Stale bool `json:"stale,omitempty"`

	// Seen is when the source last told about it.
	Seen time.Time `json:"seen"`

	captured time.Time    // when this row was last changed
	gone     time.Time    // a tombstone: when it was found to be gone; zero: it is there
	missing  sources.Week // the last week asked about when it was first missed, in doubt
}

// ref returns what names the thing in its question.
func (t thing) ref() string {
	switch {
	case t.Item != nil && t.Item.Kind == sources.Deployment:
		return column("deployment " + t.Item.Ref) // it may be named as what it deploys is
	case t.Item != nil:
		return column(t.Item.Ref)
	case t.Incident != nil:
		return column(t.Incident.Ref)
	case t.Sprint != nil:
		return strconv.FormatInt(t.Sprint.ID, 10)
	}
	return ""
}

// evidence returns where the thing can be opened, and its title.
func (t thing) evidence() (sources.Evidence, string) {
	switch {
	case t.Item != nil:
		return t.Item.Evidence, t.Item.Title
	case t.Incident != nil:
		return t.Incident.Evidence, t.Incident.Title
	case t.Sprint != nil:
		return t.Sprint.Evidence, t.Sprint.Name
	}
	return sources.Evidence{}, ""
}

func (t thing) grade() sources.Grade {
	switch {
	case t.Item != nil:
		return t.Item.Grade
	case t.Incident != nil:
		return t.Incident.Grade
	case t.Sprint != nil:
		return t.Sprint.Grade
	}
	return sources.Ungraded
}

// closed reports a sprint that was closed.
func (t thing) closed() bool { return t.Sprint != nil && t.Sprint.State == sources.Closed }

// final reports a closed sprint of which all was seen. It does not change any
// more.
func (t thing) final() bool { return t.closed() && t.Sprint.Grade >= sources.Approximate }

// spanned reports the nouns of which a source tells spans of time.
func spanned(noun sources.Noun) bool { return noun == sources.Goals || noun == sources.Quality }

// fits reports whether the thing is one that a question about a noun has.
func (t thing) fits(noun sources.Noun) bool {
	one := flag(t.Item != nil)+flag(t.Incident != nil)+flag(t.Sprint != nil) == 1
	switch noun {
	case sources.Goals, sources.Quality, sources.Shipped:
		return one && t.Item != nil
	case sources.Incidents:
		return one && t.Incident != nil
	case sources.Delivery:
		return one && t.Sprint != nil
	}
	return false
}

// listed reports whether a full answer for a window lists the thing.
func (t thing) listed(noun sources.Noun, w sources.Window) bool {
	switch noun {
	case sources.Shipped:
		n := len(t.Item.Done)
		return n > 0 && w.Holds(t.Item.Done[n-1].From)
	case sources.Delivery:
		return t.Sprint.State == sources.Closed && w.Holds(t.Sprint.Completed)
	}
	return t.listedFrom(noun, w.Start())
}

// listedFrom is listed for the nouns of which only the window's start decides.
func (t thing) listedFrom(noun sources.Noun, start time.Time) bool {
	switch noun {
	case sources.Goals:
		return len(sources.Reaching(start, t.Item.Scope)) > 0
	case sources.Quality:
		return !slices.ContainsFunc(t.Item.Done, func(s sources.Span) bool { return s.To.IsZero() && s.From.Before(start) })
	case sources.Incidents:
		over := !t.Incident.Resolved.IsZero() && t.Incident.Resolved.Before(start)
		return !over || !t.Incident.Opened.Before(start)
	}
	return false
}

// expected reports whether an answer about the asked weeks had to list the
// thing as it was when it was last seen. It is in doubt where what can have
// happened since, and is not known, would be a reason to leave it out: sources
// differ on incidents that were opened before the weeks and resolved after, and
// a deployment moves on with its state.
func (t thing) expected(noun sources.Noun, asked sources.Window) (expected, doubtful bool) {
	switch noun {
	case sources.Goals, sources.Quality, sources.Shipped:
		return t.listed(noun, asked), t.Item.Kind == sources.Deployment
	case sources.Incidents:
		opened := asked.Holds(t.Incident.Opened)
		return opened || asked.Holds(t.Incident.Resolved) || t.Incident.Resolved.IsZero(), !opened
	}
	return false, false
}

// current reports a thing that a list of everything present must hold. What
// left a goal is told about for a while, but is not in it any more; deployments
// are not listed.
func (t thing) current(noun sources.Noun) bool {
	if noun != sources.Goals {
		return t.Incident != nil || t.Item != nil && t.Item.Kind != sources.Deployment
	}
	n := len(t.Item.Scope)
	return n > 0 && t.Item.Scope[n-1].To.IsZero()
}

// age is the grade that is due to what was away.
func (t thing) age() sources.Graded {
	if t.Stale {
		return sources.Graded{Grade: sources.Approximate, Reason: "it was away for a time, and has not been read again yet"}
	}
	return sources.Whole()
}

// within returns an item as a full answer for a window tells it.
func (t thing) within(noun sources.Noun, w sources.Window) sources.Item {
	item := *t.Item
	if !spanned(noun) {
		item.Graded = item.Worse(t.age())
		return item
	}
	since := item.Created
	if n := len(item.Scope); n > 0 {
		since = item.Scope[0].From
	}
	item.Graded = gradeFrom(t.Steps, w.Start(), since).Worse(t.age())
	item.Scope = sources.Reaching(w.Start(), item.Scope)
	item.Done = sources.Reaching(w.Start(), item.Done)
	item.Blocked = sources.Reaching(w.Start(), item.Blocked)
	return item
}

// take returns what is known of a thing after a source told it anew about the
// weeks that were asked about, and whether its past before them is missing.
// The zero thing was not known.
func (t thing) take(noun sources.Noun, told thing, asked sources.Window) (merged thing, pastMissing bool) {
	told.Seen, told.captured = asked.Now, asked.Now
	switch {
	case noun == sources.Delivery:
		return t.takeSprint(told), false
	case !spanned(noun):
		return told, false
	}
	start := asked.Start()
	told.Steps = []step{{start, told.Item.Graded}}
	away := !t.gone.IsZero() && t.Seen.Before(start)
	if t.Item == nil || t.Stale || len(t.Steps) == 0 || away {
		return told, slices.ContainsFunc(told.Item.Scope, func(s sources.Span) bool { return s.From.Before(start) })
	}
	// Its past is that which was told while it was the present: up to the weeks
	// that can still change, or that are told anew. Of what came before it was
	// known, an answer counts that goes back further.
	past := *t.Item
	steps := t.Steps
	if since := steps[0].From; start.Before(since) {
		past.Scope = splice(told.Item.Scope, past.Scope, since)
		past.Done = splice(told.Item.Done, past.Done, since)
		past.Blocked = splice(told.Item.Blocked, past.Blocked, since)
		steps = spliceSteps(told.Steps, steps, since)
	}
	settled := settledBy(asked, t.Seen)
	for _, least := range []time.Time{start, t.Steps[0].From} {
		if settled.Before(least) {
			settled = least
		}
	}
	item := *told.Item
	item.Scope = splice(past.Scope, item.Scope, settled)
	item.Done = splice(past.Done, item.Done, settled)
	item.Blocked = splice(past.Blocked, item.Blocked, settled)
	told.Item, told.Steps = &item, spliceSteps(steps, told.Steps, settled)
	return told, false
}

// settledBy returns the start of the first week that was not final at an
// instant.
func settledBy(w sources.Window, at time.Time) time.Time {
	from, _ := w.Bounds(w.WeekOf(at).Add(1 - finalAfter))
	return from
}

// takeSprint keeps a sprint as it was first seen running, and as it was first
// seen closed; of what was seen in part then, the better view stays.
func (t thing) takeSprint(told thing) thing {
	if t.closed() && (t.final() || told.grade() <= t.grade()) {
		return t
	}
	told.Started = t.Started
	if told.Sprint.State == sources.Active {
		if told.Started == nil {
			told.Started = told.Sprint
		}
		return told
	}
	closed := withLost(watched(*told.Sprint, t.Started), t.Started)
	told.Sprint = &closed
	return told
}

// watched grades a closed sprint whose source alone cannot tell what was in it, by
// what was seen while it ran.
func watched(closed sources.Sprint, started *sources.Sprint) sources.Sprint {
	if started != nil && closed.Grade == sources.Ungraded && started.Grade > sources.Ungraded {
		closed.Graded = started.Graded
	}
	return closed
}

// withLost adds to a closed sprint what was in it when it was first seen
// running, and what the source does not tell of in it any more: deleted, or
// moved away, be it into the next sprint where the source keeps no history.
func withLost(closed sources.Sprint, started *sources.Sprint) sources.Sprint {
	if started == nil {
		return closed
	}
	known := map[string]bool{}
	for _, i := range closed.Issues {
		known[i.Ref] = true
		if i.ID != "" {
			known[i.ID] = true // by that it is found again after a move, which gives it another key
		}
	}
	closed.Issues = slices.Clone(closed.Issues)
	var lost []string
	for _, i := range started.Issues {
		if !known[i.Ref] && !known[i.ID] {
			i.Outcome = sources.Removed
			closed.Issues = append(closed.Issues, i)
			lost = append(lost, sources.OneLine(i.Ref, 40))
		}
	}
	if len(lost) == 0 {
		return closed
	}
	slices.SortStableFunc(closed.Issues, func(a, b sources.SprintIssue) int { return compareRefs(a.Ref, b.Ref) })
	slices.SortFunc(lost, compareRefs)
	names := strings.Join(lost[:min(3, len(lost))], ", ")
	if more := len(lost) - 3; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	reason := names + " was in the sprint while it ran and is not in it any more, so it counts as removed"
	if closed.Grade == sources.Approximate { // a source that keeps no history of a sprint says so already
		reason = closed.Reason + "; " + reason
	}
	if closed.Grade >= sources.Approximate {
		closed.Graded = sources.Graded{Grade: sources.Approximate, Reason: reason}
	}
	return closed
}

// compareRefs orders references by what they begin with, then by the number
// that they end with.
func compareRefs(a, b string) int {
	headA, tailA := numbered(a)
	headB, tailB := numbered(b)
	return cmp.Or(strings.Compare(headA, headB), cmp.Compare(len(tailA), len(tailB)), strings.Compare(tailA, tailB), strings.Compare(a, b))
}

func numbered(ref string) (head, number string) {
	head = strings.TrimRight(ref, "0123456789")
	return head, strings.TrimLeft(ref[len(head):], "0")
}

// column makes a stranger's text fit for a column of text in every database:
// valid UTF-8 without the character 0.
func column(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
