package jira

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// Source is the name under which the truth gives its evidence.
const Source = "jira"

func (s *Site) evidence(i *Issue) sources.Evidence {
	return sources.Evidence{Source: Source, Ref: i.Key, URL: s.Browse(i.Key)}
}

func (s *Site) isDone(status string) bool { return s.status(status).Category == "done" }

// InEpic is the scope of an epic, InVersion that of a version.
func InEpic(key string) func(State) bool {
	return func(st State) bool { return st.Parent != nil && st.Parent.Key == key }
}

// InVersion is the scope of a version.
func InVersion(name string) func(State) bool {
	return func(st State) bool { return slices.Contains(st.Versions, name) }
}

// TrueGoal returns the issues that were in a goal's scope within the window,
// with exact spans. Spans that ended before the window are left out.
func (s *Site) TrueGoal(w sources.Window, in func(State) bool) []sources.Item {
	wontDo := func(st State) bool { return st.Resolution != "" && st.Resolution != "Done" }
	var items []sources.Item
	for _, i := range s.Issues {
		item, ok := s.trueItem(w, i)
		item.Scope = s.when(w, i, func(st State) bool { return in(st) && !wontDo(st) })
		item.Done = s.when(w, i, func(st State) bool { return s.isDone(st.Status) && !wontDo(st) })
		if ok && len(item.Scope) > 0 {
			items = append(items, item)
		}
	}
	return byKey(items)
}

// TrueQuality returns the issues of a kind that were open in the window or
// closed in it.
func (s *Site) TrueQuality(w sources.Window, is func(*Issue) bool) []sources.Item {
	var items []sources.Item
	for _, i := range s.Issues {
		item, ok := s.trueItem(w, i)
		item.Scope = []sources.Span{{From: i.Created}}
		item.Done = s.when(w, i, func(st State) bool { return s.isDone(st.Status) })
		before, existed := i.At(w.Start().Add(-1))
		closed := existed && s.isDone(before.Status) && len(item.Done) == 1 && item.Done[0].To.IsZero() && item.Done[0].From.Before(w.Start())
		if ok && is(i) && !closed {
			items = append(items, item)
		}
	}
	return byKey(items)
}

func (s *Site) trueItem(w sources.Window, i *Issue) (sources.Item, bool) {
	now, ok := i.At(w.Now)
	return sources.Item{Evidence: s.evidence(i), Kind: sources.Issue, Type: i.Type, Title: now.Summary, Created: i.Created,
		Points: now.Points, Blocked: s.blocked(w, i), Graded: sources.Whole()}, ok
}

// blocked returns when an issue was open and flagged, or open and linked to an
// open one that blocks it: what was so between any two events.
func (s *Site) blocked(w sources.Window, i *Issue) []sources.Span {
	own := i.Moments()
	if !slices.ContainsFunc(own, func(m Moment) bool { return m.Flagged || len(m.Blockers) > 0 }) {
		return nil
	}
	var events []time.Time
	for _, m := range own {
		events = append(events, m.At)
		for _, b := range m.Blockers {
			for _, bm := range b.Moments() {
				events = append(events, bm.At)
			}
		}
	}
	slices.SortFunc(events, time.Time.Compare)
	var spans []sources.Span
	on := false
	for _, at := range events {
		st, ok := stateAt(own, at)
		if !ok || at.After(w.Now) {
			continue
		}
		is := !s.isDone(st.Status) && (st.Flagged || slices.ContainsFunc(st.Blockers, func(b *Issue) bool {
			bs, _ := b.At(at)
			return !s.isDone(bs.Status)
		}))
		switch {
		case is && !on:
			spans = append(spans, sources.Span{From: at})
		case !is && on:
			spans[len(spans)-1].To = at
		}
		on = is
	}
	return slices.DeleteFunc(spans, func(sp sources.Span) bool { return !sp.To.IsZero() && !sp.To.After(w.Start()) })
}

// when returns the spans in which something was so, of those that reach into
// the window.
func (s *Site) when(w sources.Window, i *Issue, so func(State) bool) []sources.Span {
	var spans []sources.Span
	var on bool
	for _, m := range i.Moments() {
		if m.At.After(w.Now) {
			break
		}
		switch is := so(m.State); {
		case is && !on:
			spans = append(spans, sources.Span{From: m.At})
		case !is && on:
			spans[len(spans)-1].To = m.At
		}
		on = so(m.State)
	}
	return slices.DeleteFunc(spans, func(sp sources.Span) bool {
		return !sp.To.IsZero() && (!sp.To.After(w.Start()) || !sp.From.Before(sp.To))
	})
}

func byKey(items []sources.Item) []sources.Item {
	slices.SortFunc(items, func(a, b sources.Item) int { return cmpKeys(a.Ref, b.Ref) })
	return items
}

func cmpKeys(a, b string) int {
	project := func(k string) string { p, _, _ := strings.Cut(k, "-"); return p }
	return cmp.Or(strings.Compare(project(a), project(b)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// TrueIncidents returns the incidents of a kind that were opened or closed in
// the window, or are open.
func (s *Site) TrueIncidents(w sources.Window, is func(*Issue) bool) []sources.Incident {
	var found []sources.Incident
	for _, i := range s.Issues {
		now, ok := i.At(w.Now)
		if !ok || !is(i) {
			continue
		}
		in := sources.Incident{Evidence: s.evidence(i), Title: now.Summary, Severity: now.Priority, Opened: i.Created, Graded: sources.Whole()}
		for _, m := range i.Moments() {
			if m.At.After(w.Now) {
				break
			}
			if in.Acknowledged.IsZero() && s.status(m.Status).Category != "new" {
				in.Acknowledged = m.At
			}
			switch {
			case !s.isDone(m.Status):
				in.Resolved = time.Time{}
			case in.Resolved.IsZero():
				in.Resolved = m.At
			}
		}
		for _, l := range i.Links {
			if l.Type == "Relates" && l.To.Type != i.Type {
				last := l.To.Last()
				in.FollowUps = append(in.FollowUps, sources.FollowUp{Evidence: s.evidence(l.To), Title: last.Summary, Done: s.isDone(last.Status)})
			}
		}
		slices.SortFunc(in.FollowUps, func(a, b sources.FollowUp) int { return cmpKeys(a.Ref, b.Ref) })
		if in.Resolved.IsZero() || !in.Resolved.Before(w.Start()) || !in.Opened.Before(w.Start()) {
			found = append(found, in)
		}
	}
	slices.SortFunc(found, func(a, b sources.Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmpKeys(a.Ref, b.Ref))
	})
	return found
}

// TrueSprints returns the sprints of a board that were completed in the
// window or still run, played forward from what happened to each issue. All
// are graded exact.
func (s *Site) TrueSprints(w sources.Window, board int64) []sources.Sprint {
	var found []sources.Sprint
	b := s.board(board)
	moments := make([][]Moment, len(s.Issues))
	for n, i := range s.Issues {
		moments[n] = i.Moments()
	}
	for _, sp := range s.Sprints {
		closed := !sp.Completed.IsZero() && !sp.Completed.After(w.Now)
		if sp.Board != board || sp.Start.IsZero() || sp.Start.After(w.Now) || closed && !w.Holds(sp.Completed) {
			continue
		}
		link := fmt.Sprintf("%s/secure/RapidBoard.jspa?%s", s.Address, url.Values{"rapidView": {fmt.Sprint(board)},
			"view": {"reporting"}, "chart": {"sprintRetrospective"}, "sprint": {fmt.Sprint(sp.ID)}}.Encode())
		out := sources.Sprint{Evidence: sources.Evidence{Source: Source, Ref: sp.Name, URL: link}, ID: sp.ID, Name: sp.Name, Board: b.Name,
			State: sources.Active, Start: sp.Start, End: sp.End, Graded: sources.Whole()}
		end := w.Now
		if closed {
			out.State, out.Completed, end = sources.Closed, sp.Completed, sp.Completed
		}
		for n, i := range s.Issues {
			if told, ok := s.play(b, sp, end, i, moments[n]); ok {
				out.Issues = append(out.Issues, told)
			}
		}
		slices.SortFunc(out.Issues, func(x, y sources.SprintIssue) int { return cmpKeys(x.Ref, y.Ref) })
		found = append(found, out)
	}
	slices.SortFunc(found, func(x, y sources.Sprint) int { return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.ID, y.ID)) })
	return found
}

// play follows one issue through a sprint, event by event.
func (s *Site) play(b *Board, sp *Sprint, end time.Time, i *Issue, moments []Moment) (sources.SprintIssue, bool) {
	out := sources.SprintIssue{Evidence: s.evidence(i), ID: fmt.Sprint(i.ID), Title: moments[len(moments)-1].Summary}
	var (
		was, started       State
		member, atStart    bool // in the sprint now; at the start
		ever, begun        bool // in it while it ran; the start is past
		doneFirst, changed bool // done at the start; done or undone since
	)
	begin := func() { // what stands when the sprint starts is the commitment
		begun, started, atStart, ever = true, was, member, member
		doneFirst = b.showsDone(was.Status)
		if member {
			out.Initial = was.Points
		}
	}
	for n, m := range moments {
		if m.At.After(end) {
			break
		}
		if !begun && m.At.After(sp.Start) {
			begin()
		}
		in := slices.Contains(m.Sprints, sp.ID)
		if in && !member {
			if !begun || !atStart {
				if !ever || !begun {
					out.CarriedIn = n > 0 && s.carriedBy(was, sp, m.At)
				}
				if begun && !ever {
					out.Initial = m.Points
				}
			}
			ever = ever || begun
		}
		if begun && n > 0 && m.Status != was.Status && (b.showsDone(m.Status) || b.showsDone(was.Status)) {
			changed = true
		}
		was, member = m.State, in
	}
	if !begun {
		begin()
	}
	if !ever || i.subtask() {
		return out, false
	}
	out.Added = !atStart
	out.Final = was.Points
	out.Committed = atStart && !doneFirst && b.shows(started.Status)
	switch {
	case doneFirst && !changed:
		out.Outcome = sources.CompletedOutside
	case !member:
		out.Outcome = sources.Removed
	case b.showsDone(was.Status):
		out.Outcome = sources.Completed
	default:
		out.Outcome = sources.NotCompleted
	}
	return out, true
}

// carriedBy reports whether the close of another sprint brought the issue
// into this one.
func (s *Site) carriedBy(was State, sp *Sprint, at time.Time) bool {
	return slices.ContainsFunc(s.Sprints, func(other *Sprint) bool {
		since := at.Sub(other.Completed)
		return other != sp && !other.Completed.IsZero() && since >= 0 && since <= time.Minute && slices.Contains(was.Sprints, other.ID)
	})
}

// showsDone reports whether a status is on the last column that has any.
func (b *Board) showsDone(status string) bool {
	for n := len(b.Columns) - 1; n >= 0; n-- {
		if len(b.Columns[n].Statuses) > 0 {
			return slices.Contains(b.Columns[n].Statuses, status)
		}
	}
	return false
}

func (b *Board) shows(status string) bool {
	return slices.ContainsFunc(b.Columns, func(c Column) bool { return slices.Contains(c.Statuses, status) })
}
