package history_test

import (
	"fmt"
	"slices"
	"time"

	"preread/sources"
)

// A world is a tracker, a host of code and a monitoring server, all in memory.
// It answers as the documentation of this package says that sources do, and is
// no better than that: it cuts what ended before the stretch that is asked
// about, tells creation for membership of what was not touched, and forgets.
type world struct {
	zone      sources.Zone
	issues    []*issue
	incidents []*incident
	merges    []*merge
	sprints   []*sprint
	episodes  map[sources.Week]int
	reading   map[sources.Week]float64
	held      int // weeks that the monitoring server holds
	refs      int
}

// A turn is a change of something that is true or false.
type turn struct {
	at time.Time
	on bool
}

type issue struct {
	ref     string
	created time.Time
	updated time.Time
	bug     bool // the quality query asks for it
	deleted bool
	points  float64
	member  []turn // of the goal
	done    []turn
	blocked []turn
}

type incident struct {
	fact    sources.Incident
	updated time.Time
	deleted bool
}

type merge struct {
	ref     string
	at      time.Time
	deleted bool
}

type sprint struct {
	id         int64
	start, end time.Time
	issues     []sources.SprintIssue
	done       map[string]time.Time
}

func on(turns []turn) bool { return len(turns) > 0 && turns[len(turns)-1].on }

func spansOf(turns []turn) []sources.Span {
	var spans []sources.Span
	for _, t := range turns {
		n := len(spans)
		switch {
		case t.on && (n == 0 || !spans[n-1].To.IsZero()):
			spans = append(spans, sources.Span{From: t.at})
		case !t.on && n > 0 && spans[n-1].To.IsZero():
			spans[n-1].To = t.at
		}
	}
	return spans
}

// left reports an issue that was taken out of the goal at some time.
func (i *issue) left() bool { return slices.ContainsFunc(i.member, func(t turn) bool { return !t.on }) }

func cut(start time.Time, spans []sources.Span) []sources.Span {
	var kept []sources.Span
	for _, s := range spans {
		if s.To.IsZero() || s.To.After(start) {
			kept = append(kept, s)
		}
	}
	return kept
}

func (w *world) ref(prefix string) string {
	w.refs++
	return fmt.Sprintf("%s-%d", prefix, w.refs)
}

func evidenceOf(source, ref string) sources.Evidence {
	return sources.Evidence{Source: source, Ref: ref, URL: "https://tracker.example/browse/" + ref}
}

// item tells an issue for a stretch that begins at start.
func (i *issue) item(start time.Time) sources.Item {
	points := i.points
	it := sources.Item{Evidence: evidenceOf("tracker", i.ref), Kind: sources.Issue, Type: "Bug", Title: "issue of " + i.created.Format(time.DateOnly),
		Created: i.created, Points: &points, Graded: sources.Whole()}
	switch touched := !i.updated.Before(start); {
	case touched:
		it.Done, it.Blocked = cut(start, spansOf(i.done)), cut(start, spansOf(i.blocked))
	default: // not since when, but when it was last touched
		if on(i.done) {
			it.Done = []sources.Span{{From: i.updated}}
		}
		if on(i.blocked) {
			it.Blocked = []sources.Span{{From: i.updated}}
		}
	}
	return it
}

func (w *world) goal(start time.Time) (items []sources.Item) {
	for _, i := range w.issues {
		touched := !i.updated.Before(start)
		if i.deleted || !touched && !on(i.member) {
			continue
		}
		it := i.item(start)
		it.Scope = []sources.Span{{From: i.created}} // untouched, and so not known from when on
		if touched {
			it.Scope = cut(start, spansOf(i.member))
		}
		if len(it.Scope) > 0 {
			items = append(items, it)
		}
	}
	return items
}

func (w *world) quality(start time.Time) (items []sources.Item) {
	for _, i := range w.issues {
		it := i.item(start)
		it.Scope = []sources.Span{{From: i.created}}
		closed := on(i.done) && it.Done[len(it.Done)-1].From.Before(start)
		if i.bug && !i.deleted && !closed {
			items = append(items, it)
		}
	}
	return items
}

func (w *world) incidentsFrom(start time.Time) (list []sources.Incident) {
	for _, i := range w.incidents {
		over := !i.fact.Resolved.IsZero() && i.fact.Resolved.Before(start) && i.fact.Opened.Before(start)
		if !i.deleted && !over {
			fact := i.fact
			fact.FollowUps = slices.Clone(fact.FollowUps)
			list = append(list, fact)
		}
	}
	return list
}

func (w *world) shipped(window sources.Window) (items []sources.Item) {
	for _, m := range w.merges {
		if !m.deleted && window.Holds(m.at) {
			items = append(items, sources.Item{Evidence: evidenceOf("host", m.ref), Kind: sources.PullRequest, Title: "change", Created: m.at.Add(-time.Hour),
				Done: []sources.Span{{From: m.at}}, Graded: sources.Whole()})
		}
	}
	return items
}

func (w *world) delivery(window sources.Window) (list []sources.Sprint) {
	for _, s := range w.sprints {
		if s.start.After(window.Now) {
			continue
		}
		told := sources.Sprint{Evidence: evidenceOf("tracker", fmt.Sprintf("Sprint %d", s.id)), ID: s.id, Name: fmt.Sprintf("Sprint %d", s.id), Board: "Board",
			State: sources.Active, Start: s.start, End: s.end, Graded: sources.Whole()}
		until := window.Now
		if !s.end.After(window.Now) {
			told.State, told.Completed, until = sources.Closed, s.end, s.end
			if !window.Holds(s.end) {
				continue
			}
		}
		for _, i := range s.issues {
			i.Outcome = sources.NotCompleted
			if at, ok := s.done[i.Ref]; ok && !at.After(until) {
				i.Outcome = sources.Completed
			}
			told.Issues = append(told.Issues, i)
		}
		list = append(list, told)
	}
	return list
}

// coverage is how much of a week the monitoring server holds.
func (w *world) coverage(window sources.Window, week sources.Week) float64 {
	from, to := window.Bounds(week)
	oldest := window.Now.Add(-time.Duration(w.held) * 7 * 24 * time.Hour)
	switch {
	case !oldest.After(from):
		return 1
	case oldest.Before(to):
		return float64(to.Sub(oldest)) / float64(to.Sub(from))
	}
	return 0
}

func (w *world) alarms(window sources.Window) (list []sources.AlarmWeek) {
	for _, week := range window.Weeks() {
		a := sources.AlarmWeek{Evidence: evidenceOf("monitor", week.String()), Week: week, Coverage: w.coverage(window, week)}
		switch {
		case a.Coverage == 0:
			a.Graded = sources.Graded{Reason: "the monitor holds nothing of this week"}
		case a.Coverage < 1:
			a.Graded = sources.Graded{Grade: sources.Partial, Reason: "the monitor holds a part of this week"}
			a.Alarms = []sources.AlarmCount{{Name: "A", Episodes: w.episodes[week] / 2}}
		default:
			a.Graded = sources.Whole()
			a.Alarms = []sources.AlarmCount{{Name: "A", Episodes: w.episodes[week]}}
		}
		list = append(list, a)
	}
	return list
}

func (w *world) readings(window sources.Window) (list []sources.Reading) {
	for _, week := range window.Weeks() {
		r := sources.Reading{Evidence: evidenceOf("monitor", week.String()), Week: week, Graded: sources.Graded{Reason: "no data at the week's end"}}
		if w.coverage(window, week) > 0 {
			r.Value, r.Graded = w.reading[week], sources.Whole()
		}
		list = append(list, r)
	}
	return list
}

// answer asks the world about the last weeks of a window.
func (w *world) answer(whole sources.Window, q sources.Question, weeks int) sources.Answer {
	asked := whole
	asked.Count = weeks
	a := sources.Answer{Question: q}
	if weeks < whole.Count {
		a.Weeks = weeks
	}
	switch q.Query.Noun {
	case sources.Goals:
		a.Items = w.goal(asked.Start())
	case sources.Quality:
		a.Items = w.quality(asked.Start())
	case sources.Shipped:
		a.Items = w.shipped(asked)
	case sources.Incidents:
		a.Incidents = w.incidentsFrom(asked.Start())
	case sources.Delivery:
		a.Sprints = w.delivery(asked)
	case sources.Alarms:
		a.Alarms = w.alarms(asked)
	case sources.Metrics:
		a.Readings = w.readings(asked)
	}
	return a
}

// present lists everything that a question's source shows, however old.
func (w *world) present(q sources.Question) (refs []string) {
	switch q.Query.Noun {
	case sources.Goals, sources.Quality:
		for _, i := range w.issues {
			if !i.deleted && (q.Query.Noun == sources.Goals && on(i.member) || q.Query.Noun == sources.Quality && i.bug) {
				refs = append(refs, i.ref)
			}
		}
	case sources.Incidents:
		for _, i := range w.incidents {
			if !i.deleted {
				refs = append(refs, i.fact.Ref)
			}
		}
	case sources.Shipped:
		for _, m := range w.merges {
			if !m.deleted {
				refs = append(refs, m.ref)
			}
		}
	}
	return refs
}

// questions are one of each noun.
func questions() []sources.Question {
	var list []sources.Question
	for _, n := range []sources.Noun{sources.Goals, sources.Delivery, sources.Quality, sources.Incidents, sources.Alarms, sources.Shipped, sources.Metrics} {
		list = append(list, sources.Question{Team: "checkout", Line: string(n), Source: sourceOf(n), Query: sources.Query{Noun: n, Text: "of " + string(n)}})
	}
	return list
}

func sourceOf(n sources.Noun) string {
	switch n {
	case sources.Shipped:
		return "host"
	case sources.Alarms, sources.Metrics:
		return "monitor"
	}
	return "tracker"
}
