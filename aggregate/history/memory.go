package history

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"preread/sources"
)

// A memory is what is remembered of one question. Its methods are the rules of
// this package; they touch nothing but it, and mark what has to be saved.
type memory struct {
	question   sources.Question
	captured   time.Time // the latest answer
	reconciled time.Time // the latest list of everything present
	again      bool      // a past is missing: the whole window has to be asked about
	present    []string  // that list
	outside    []string  // of it, what a full answer did not tell about
	weeks      map[sources.Week]weekFact
	things     map[string]thing
	version    string // of the source, as the answer of this run tells it

	changed       bool
	changedWeeks  map[sources.Week]bool
	changedThings map[string]bool
}

func newMemory(q sources.Question) *memory {
	return &memory{
		question: q, weeks: map[sources.Week]weekFact{}, things: map[string]thing{},
		changedWeeks: map[sources.Week]bool{}, changedThings: map[string]bool{},
	}
}

func (m *memory) setWeek(week sources.Week, f weekFact) {
	m.weeks[week] = f
	m.changedWeeks[week] = true
}

func (m *memory) setThing(t thing) {
	m.things[t.ref()] = t
	m.changedThings[t.ref()] = true
}

func (m *memory) capture(w sources.Window) {
	m.changed = true
	if m.captured.Before(w.Now) {
		m.captured = w.Now
	}
}

// outcome is what became of an answer.
type outcome struct {
	answer    sources.Answer
	gap, hint string // why there was no answer in this run; "" if there was
	vanished  []Vanished
	refused   *Refused
}

// plan returns how many of the window's last weeks have to be asked about.
func (m *memory) plan(w sources.Window) int {
	if !byWeek(m.question.Query.Noun) && (m.again || w.Now.Before(m.captured)) {
		return w.Count
	}
	weeks := w.Weeks()
	first := slices.IndexFunc(weeks, func(week sources.Week) bool {
		fact, ok := m.weeks[week]
		return !ok || !fact.row.final
	})
	if first < 0 {
		first = len(weeks) - 1
	}
	if !slices.ContainsFunc(weeks, func(week sources.Week) bool { return m.weeks[week].row.known }) {
		first = 0
	}
	for _, t := range m.things {
		if !t.gone.IsZero() || t.Incident == nil || t.Incident.Resolved.IsZero() {
			continue
		}
		open := slices.ContainsFunc(t.Incident.FollowUps, func(f sources.FollowUp) bool { return !f.Done })
		bare := len(t.Incident.FollowUps) == 0 && w.Page().Holds(t.Incident.Resolved)
		if at := slices.Index(weeks, w.WeekOf(t.Incident.Resolved)); (open || bare) && at >= 0 {
			first = min(first, at)
		}
	}
	return len(weeks) - first
}

// merge takes an answer and returns the one for the whole window.
func (m *memory) merge(window sources.Window, a sources.Answer) outcome {
	asked := window
	if a.Weeks > 0 && a.Weeks < window.Count {
		asked.Count = a.Weeks
	}
	asked.Shown = 0
	m.version = a.Version
	if reason := unbelievable(a); reason != "" && a.Gap == "" {
		a = sources.Answer{Question: a.Question, Weeks: a.Weeks, Gap: reason}
	}
	var out outcome
	if byWeek(a.Question.Query.Noun) {
		out = m.mergeWeeks(window, asked, a)
	} else {
		out = m.mergeThings(window, asked, a)
	}
	out.gap, out.hint = a.Gap, a.Hint
	if out.gap == "" && out.answer.Gap != "" {
		out.gap = out.answer.Gap
	}
	return out
}

// view returns the items, incidents and sprints that a full answer for a
// window holds, by what is remembered; running are the sprints that run.
func (m *memory) view(w sources.Window, running []sources.Sprint) sources.Answer {
	noun := m.question.Query.Noun
	a := sources.Answer{Question: m.question}
	for _, ref := range slices.SortedFunc(maps.Keys(m.things), compareRefs) {
		t := m.things[ref]
		switch {
		case !t.gone.IsZero() || !t.listed(noun, w):
		case t.Item != nil:
			a.Items = append(a.Items, t.within(noun, w))
		case t.Incident != nil:
			incident := *t.Incident
			incident.Graded = incident.Worse(t.age())
			a.Incidents = append(a.Incidents, incident)
		case t.Sprint != nil && !slices.ContainsFunc(running, func(s sources.Sprint) bool { return s.ID == t.Sprint.ID }): // else it was opened again
			a.Sprints = append(a.Sprints, *t.Sprint)
		}
	}
	a.Sprints = append(a.Sprints, running...)
	sorted(&a)
	return a
}

// sorted puts an answer in an order that does not depend on where its parts
// came from.
func sorted(a *sources.Answer) {
	slices.SortStableFunc(a.Items, func(x, y sources.Item) int { return compareRefs(x.Ref, y.Ref) })
	slices.SortStableFunc(a.Incidents, func(x, y sources.Incident) int {
		return cmp.Or(x.Opened.Compare(y.Opened), compareRefs(x.Ref, y.Ref))
	})
	slices.SortStableFunc(a.Sprints, func(x, y sources.Sprint) int {
		return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.ID, y.ID))
	})
}

// unbelievable returns why an answer cannot be true or cannot be kept, "" if it
// can: it would stay in the history for long.
func unbelievable(a sources.Answer) string {
	told := map[string]bool{}
	twice := func(t thing) bool {
		was := told[t.ref()]
		told[t.ref()] = true
		return was
	}
	for _, i := range a.Items {
		switch {
		case twice(thing{Item: &i}):
			return fmt.Sprintf("%s told about %s twice", a.Question.Source, sources.OneLine(i.Ref, 60))
		case !sources.Ordered(i.Scope) || !sources.Ordered(i.Done) || !sources.Ordered(i.Blocked):
			return fmt.Sprintf("%s told about %s in no possible order of time", a.Question.Source, sources.OneLine(i.Ref, 60))
		}
	}
	for _, i := range a.Incidents {
		if twice(thing{Incident: &i}) {
			return fmt.Sprintf("%s told about %s twice", a.Question.Source, sources.OneLine(i.Ref, 60))
		}
	}
	for _, s := range a.Sprints {
		if twice(thing{Sprint: &s}) {
			return fmt.Sprintf("%s told about sprint %d twice", a.Question.Source, s.ID)
		}
	}
	if _, err := encode(a); err != nil {
		return fmt.Sprintf("%s gave a value that is no number", a.Question.Source)
	}
	return ""
}

// thingsOf returns what an answer tells of, by reference.
func thingsOf(a sources.Answer) map[string]thing {
	told := map[string]thing{}
	put := func(t thing) { told[t.ref()] = t }
	for i := range a.Items {
		put(thing{Item: &a.Items[i]})
	}
	for i := range a.Incidents {
		put(thing{Incident: &a.Incidents[i]})
	}
	for i := range a.Sprints {
		put(thing{Sprint: &a.Sprints[i]})
	}
	return told
}

// mergeThings takes an answer about items, incidents or sprints.
func (m *memory) mergeThings(window, asked sources.Window, a sources.Answer) outcome {
	out := outcome{answer: a}
	whole := asked.Count == window.Count
	switch {
	case a.Gap != "":
		return m.kept(window, out)
	case asked.Now.Before(m.captured) && whole:
		out.answer.Weeks = 0
		sorted(&out.answer)
		return out
	case asked.Now.Before(m.captured):
		return m.answer(out, window, running(m.things))
	}
	covered := m.covers(window, asked)
	told := thingsOf(a)
	absent, held, unsure := m.absent(told, asked)
	if tooMany(len(absent), held) {
		return m.refuse(window, asked, a, told, len(absent), held)
	}
	if asked.Start().After(m.captured) {
		m.age()
		absent = nil
	}
	for _, ref := range absent {
		m.miss(ref, asked, &out)
	}
	if whole {
		m.drop(told, asked)
	}
	pastMissing := unsure
	for _, ref := range slices.Sorted(maps.Keys(told)) {
		merged, missing := m.things[ref].take(a.Question.Query.Noun, told[ref], asked)
		pastMissing = pastMissing || missing
		m.setThing(merged)
	}
	for week, fact := range weeksOf(sources.Answer{}, asked) {
		fact.row.known = true
		if old, ok := m.weeks[week]; ok {
			fact = old.better(fact)
		}
		m.setWeek(week, fact)
	}
	m.capture(asked)
	m.look(asked, whole, pastMissing)
	if !covered {
		out.answer = sources.Answer{Question: a.Question, Gap: fmt.Sprintf("only the weeks from %s were asked about, and what came before them is not remembered", asked.First())}
		return out
	}
	return m.answer(out, window, running(told))
}

// kept adds to a gap what is remembered of weeks that are final: an outage of
// today takes nothing from them.
func (m *memory) kept(window sources.Window, out outcome) outcome {
	out.answer.Weeks = 0
	for _, week := range window.Weeks() {
		if row := m.weeks[week].row; row.known && row.final {
			out.answer.Kept = append(out.answer.Kept, week)
		}
	}
	if len(out.answer.Kept) > 0 {
		seen := m.view(window, nil)
		out.answer.Items, out.answer.Incidents, out.answer.Sprints = seen.Items, seen.Incidents, seen.Sprints
	}
	return out
}

// answer completes an outcome by the answer for the whole window.
func (m *memory) answer(out outcome, window sources.Window, running []sources.Sprint) outcome {
	whole := m.view(window, running)
	whole.Question, whole.Evidence = out.answer.Question, out.answer.Evidence
	whole.Plan, whole.PlanGap = out.answer.Plan, out.answer.PlanGap
	out.answer = whole
	return out
}

// running returns the sprints that run.
func running(things map[string]thing) []sources.Sprint {
	var list []sources.Sprint
	for _, t := range things {
		if t.Sprint != nil && t.Sprint.State == sources.Active {
			list = append(list, *t.Sprint)
		}
	}
	return list
}

// covers reports whether every week of the window that was not asked about is
// remembered.
func (m *memory) covers(window, asked sources.Window) bool {
	for _, week := range window.Weeks() {
		if _, ok := m.weeks[week]; !ok && week.Compare(asked.First()) < 0 {
			return false
		}
	}
	return true
}

// confirms reports whether a list of everything present, taken for this very
// answer, holds a reference.
func (m *memory) confirms(w sources.Window, ref string) bool {
	if m.reconciled.Before(w.Now) {
		return false
	}
	_, found := slices.BinarySearch(m.present, ref)
	return found
}

// absent returns, in order, what an answer had to hold and does not, and how
// much it had to hold. What a list of everything present holds is not gone: then
// the answer is unsure.
func (m *memory) absent(told map[string]thing, asked sources.Window) (absent []string, held int, unsure bool) {
	for ref, t := range m.things {
		if expected, _ := t.expected(m.question.Query.Noun, asked); !expected || !t.gone.IsZero() || t.Stale {
			continue
		}
		held++
		switch _, ok := told[ref]; {
		case ok:
		case m.confirms(asked, ref):
			unsure = true
		default:
			absent = append(absent, ref)
		}
	}
	slices.SortFunc(absent, compareRefs)
	return absent, held, unsure
}

// age makes stale what the last answer told, after a pause in which nobody
// looked: what became of it lies before what is asked about now.
func (m *memory) age() {
	for ref, t := range m.things {
		if t.gone.IsZero() && t.Sprint == nil {
			t.Stale = true
			m.things[ref] = t
			m.changedThings[ref] = true
		}
	}
}

// drop leaves out what is stale and no part of a whole answer: it was over
// before the window, or is gone.
func (m *memory) drop(told map[string]thing, asked sources.Window) {
	for _, ref := range slices.Sorted(maps.Keys(m.things)) {
		if _, ok := told[ref]; !ok && m.things[ref].Stale && m.things[ref].gone.IsZero() {
			m.bury(ref, asked.Now)
		}
	}
}

// tooMany reports a loss that is more likely a token's than a team's.
func tooMany(gone, held int) bool { return gone >= 5 && 2*gone > held }

// miss makes a tombstone of what an answer had to hold and does not. In doubt
// that waits until it is missed about a later week too.
func (m *memory) miss(ref string, asked sources.Window, out *outcome) {
	t := m.things[ref]
	if _, doubtful := t.expected(m.question.Query.Noun, asked); doubtful && (t.missing.IsZero() || asked.Last.Compare(t.missing) <= 0) {
		if t.missing.IsZero() {
			t.missing, t.captured = asked.Last, asked.Now
			m.setThing(t)
		}
		return
	}
	out.vanished = append(out.vanished, m.bury(ref, asked.Now))
}

// bury makes a tombstone.
func (m *memory) bury(ref string, at time.Time) Vanished {
	t := m.things[ref]
	t.gone, t.captured, t.missing = at, at, sources.Week{}
	m.setThing(t)
	evidence, title := t.evidence()
	return Vanished{Team: m.question.Team, Line: m.question.Line, Evidence: evidence, Title: title}
}

// refuse keeps what is remembered against an answer that lost too much of it.
// Nothing of that answer is saved; what it told is shown.
func (m *memory) refuse(window, asked sources.Window, a sources.Answer, told map[string]thing, gone, held int) outcome {
	graded := sources.Graded{Grade: sources.Partial, Reason: fmt.Sprintf(
		"%s shows no more %d of %d that it showed before, so what is remembered is kept", a.Question.Source, gone, held)}
	noun := a.Question.Query.Noun
	kept := m.things
	m.things = maps.Clone(kept)
	for ref, t := range told {
		m.things[ref], _ = kept[ref].take(noun, t, asked)
	}
	out := m.answer(outcome{answer: a}, window, running(told))
	m.things = kept
	m.changedThings = map[string]bool{}
	for i := range out.answer.Items {
		out.answer.Items[i].Graded = out.answer.Items[i].Worse(graded)
	}
	for i := range out.answer.Incidents {
		out.answer.Incidents[i].Graded = out.answer.Incidents[i].Worse(graded)
	}
	out.refused = &Refused{Team: m.question.Team, Line: m.question.Line, Gone: gone, Held: held, Reason: graded.Reason}
	return out
}

// look decides whether the whole window has to be asked about next time: an
// item came in whose past lies before the weeks that were asked about, or the
// list of everything present holds one that nothing is known of.
func (m *memory) look(asked sources.Window, whole, pastMissing bool) {
	m.again = !whole && (m.again || pastMissing)
	strange := slices.DeleteFunc(slices.Clone(m.present), func(ref string) bool {
		t, known := m.things[ref]
		_, outside := slices.BinarySearch(m.outside, ref)
		return known && t.gone.IsZero() || outside && !whole
	})
	switch {
	case whole: // by an earlier list too: sources need not give one with a full answer
		m.outside = strange
		return
	case m.reconciled.Before(asked.Now):
		return
	}
	m.again = m.again || len(strange) > 0
}

// reconcile takes the list of everything that is present now.
func (m *memory) reconcile(w sources.Window, refs []string) (vanished []Vanished, refused *Refused) {
	noun := m.question.Query.Noun
	present := make([]string, len(refs))
	for i, ref := range refs {
		present[i] = column(ref)
	}
	slices.Sort(present)
	present = slices.Compact(present)
	var gone []string
	held := 0
	for ref, t := range m.things {
		if t.gone.IsZero() && t.current(noun) {
			held++
			if _, found := slices.BinarySearch(present, ref); !found {
				gone = append(gone, ref)
			}
		}
	}
	if tooMany(len(gone), held) {
		return nil, &Refused{Team: m.question.Team, Line: m.question.Line, Gone: len(gone), Held: held,
			Reason: fmt.Sprintf("%s lists no more %d of %d that it showed before, so what is remembered is kept", m.question.Source, len(gone), held)}
	}
	slices.SortFunc(gone, compareRefs)
	for _, ref := range gone {
		vanished = append(vanished, m.bury(ref, w.Now))
	}
	for _, ref := range present {
		_, outside := slices.BinarySearch(m.outside, ref)
		if t, known := m.things[ref]; known && !t.gone.IsZero() && !outside {
			t.gone, t.captured, t.Stale = time.Time{}, w.Now, true
			m.setThing(t)
			m.again = true
		}
	}
	// What left the list and comes back may be another thing by then.
	m.outside = slices.DeleteFunc(slices.Clone(m.outside), func(ref string) bool {
		_, still := slices.BinarySearch(present, ref)
		return !still
	})
	m.present, m.reconciled, m.changed = present, w.Now, true
	return vanished, nil
}
