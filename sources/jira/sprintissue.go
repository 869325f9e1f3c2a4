package jira

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"preread/sources"
)

// A sprintReport tells one run of one board, by the rules of Jira's sprint
// report: what was changed at the very start counts as before it, and what
// was changed at the very end as inside.
type sprintReport struct {
	source *source
	site   *site
	board  *board
	est    estimate
	run    run
	listed []sprintRow // the sprints known beside it
}

// carryOver is how long after the close of a sprint Jira may still be moving
// its open issues on. Observed are 3 to 13 seconds.
const carryOver = 60 * time.Second

// A thread is what an issue's passages through all sprints have in common.
type thread struct {
	issue
	log     []change
	moves   []change // of status
	sprints []change // of the Sprint field
	present value    // the Sprint field now
}

// threads reads the Sprint field of issues. Sub-tasks follow their parent and
// count for nothing of their own.
func (st *site) threads(issues []issue, logs map[string][]change) []thread {
	var threads []thread
	for _, row := range issues {
		if row.Type.Subtask {
			continue
		}
		t := thread{issue: row, log: logs[row.ID], moves: changesOf(logs[row.ID], statusField)}
		for _, f := range st.ofType(sprintType) {
			if changes := changesOf(t.log, f.ref()); len(changes) > 0 {
				t.sprints = changes
			}
			if ids := sprintIDs(row.fields[f.ID]); len(ids) > 0 {
				t.present = joinIDs(ids)
			}
		}
		threads = append(threads, t)
	}
	return threads
}

// A passage is one issue's way through the sprint.
type passage struct {
	thread
	adds    []time.Time // when it came in while the sprint ran
	started bool        // was in the sprint at its start
	stayed  bool        // was in the sprint at its end
}

// sprint returns the sprint with the issues that were ever in it.
func (r sprintReport) sprint(threads []thread) sources.Sprint {
	out := sources.Sprint{
		Evidence: sources.Evidence{Source: r.source.name, Ref: r.name(), URL: r.link()},
		ID:       r.run.ID, Name: r.name(), Board: r.board.Name, State: r.run.state,
		Start: r.run.start, End: r.run.End.Time,
		Graded: r.board.graded.Worse(r.run.graded).Worse(r.est.graded),
	}
	if r.run.state == sources.Closed {
		out.Completed = r.run.end
	}
	var doubts doubts
	for _, t := range threads {
		p, ok := r.passage(t)
		if !ok {
			continue
		}
		told := r.tell(p)
		out.Issues = append(out.Issues, told)
		r.doubt(&doubts, p, told)
	}
	slices.SortFunc(out.Issues, func(a, b sources.SprintIssue) int { return compareKeys(a.Ref, b.Ref) })
	out.Graded = doubts.grade(out.Graded)
	return out
}

func (r sprintReport) name() string {
	if name := sources.OneLine(r.run.Name, 100); name != "" {
		return name
	}
	return "sprint " + strconv.FormatInt(r.run.ID, 10)
}

func (r sprintReport) link() string {
	query := url.Values{"rapidView": {strconv.FormatInt(r.board.id, 10)}, "view": {"reporting"},
		"chart": {"sprintRetrospective"}, "sprint": {strconv.FormatInt(r.run.ID, 10)}}
	return r.site.web + "/secure/RapidBoard.jspa?" + query.Encode()
}

// passage returns an issue's way through the sprint, if it has one.
func (r sprintReport) passage(t thread) (passage, bool) {
	p := passage{thread: t}
	created := t.Created.Time
	inAtStart := holdsID(valueAt(p.present, p.sprints, r.run.start), r.run.ID)
	switch {
	case !inAtStart:
	case !created.After(r.run.start):
		p.started = true
	case !created.After(r.run.end): // created in the sprint; no change tells of it
		p.adds = append(p.adds, created)
	}
	for _, c := range p.sprints {
		if r.inside(c.at) && r.joins(c) {
			p.adds = append(p.adds, c.at)
		}
	}
	p.stayed = !created.After(r.run.end) && holdsID(valueAt(p.present, p.sprints, r.run.end), r.run.ID)
	return p, p.started || len(p.adds) > 0
}

func (r sprintReport) inside(t time.Time) bool { return t.After(r.run.start) && !t.After(r.run.end) }

func (r sprintReport) joins(c change) bool {
	return holdsID(c.to, r.run.ID) && !holdsID(c.from, r.run.ID)
}

// tell classifies a passage.
func (r sprintReport) tell(p passage) sources.SprintIssue {
	out := sources.SprintIssue{
		Evidence: r.source.evidence(r.site, p.Key), ID: p.thread.ID, Title: p.title(),
		Added: !p.started, CarriedIn: r.carriedIn(p),
		Final: p.pointsAt(r.est, p.log, r.run.end),
	}
	came := r.run.start
	if out.Added {
		came = p.adds[0]
	}
	out.Initial = p.pointsAt(r.est, p.log, came)
	before := r.doneBefore(p)
	out.Committed = p.started && !before && r.board.shows(p.statusAt(r.run.start))
	switch {
	case before && !r.worked(p):
		out.Outcome = sources.CompletedOutside
	case !p.stayed:
		out.Outcome = sources.Removed
	case r.board.done(p.issue, p.statusAt(r.run.end)):
		out.Outcome = sources.Completed
	default:
		out.Outcome = sources.NotCompleted
	}
	return out
}

func (p passage) statusAt(t time.Time) value { return valueAt(p.status(), p.moves, t) }

// status is the present one: as the search showed it or, since its index can be
// late, as a change made it that the search does not know of yet.
func (t thread) status() value {
	if n := len(t.moves); n > 0 && t.moves[n-1].at.After(t.Updated.Time) {
		return t.moves[n-1].to
	}
	return t.Status.value()
}

// doneBefore reports whether the issue was done when the sprint started.
func (r sprintReport) doneBefore(p passage) bool {
	return !p.Created.After(r.run.start) && r.board.done(p.issue, p.statusAt(r.run.start))
}

// worked reports whether the issue entered or left done during the sprint.
func (r sprintReport) worked(p passage) bool {
	return slices.ContainsFunc(p.moves, func(c change) bool {
		return r.inside(c.at) && (r.board.done(p.issue, c.from) || r.board.done(p.issue, c.to))
	})
}

// carriedIn reports whether the issue came in because another sprint was
// closed with it open.
func (r sprintReport) carriedIn(p passage) bool {
	var came *change
	for i, c := range p.sprints {
		switch {
		case !r.joins(c) || c.at.After(r.run.end):
		case p.started && !c.at.After(r.run.start):
			came = &p.sprints[i] // the last one before the start
		case !p.started && came == nil && c.at.Equal(p.adds[0]):
			came = &p.sprints[i]
		}
	}
	return came != nil && slices.ContainsFunc(r.listed, func(row sprintRow) bool {
		return row.ID != r.run.ID && holdsID(came.from, row.ID) && follows(came.at, row.Complete.Time)
	})
}

// follows reports whether t lies in the carry-over of a sprint's close.
func follows(t, closed time.Time) bool {
	return !closed.IsZero() && !t.Before(closed) && !t.After(closed.Add(carryOver))
}

// doubts are the signs that the rules do not fit a sprint.
type doubts struct {
	unmapped int    // open at the start, in a status on no column
	disagree string // Jira carried on what counts as done here, in this status
	early    int    // added on the first day
	added    int
	planned  bool   // only the planned start is known
	column   string // of a team-managed board: a status that is done by its category and not by its column, or the reverse
}

func (r sprintReport) doubt(d *doubts, p passage, told sources.SprintIssue) {
	d.planned = r.run.Activated.IsZero()
	if p.started && !told.Committed && !r.doneBefore(p) {
		d.unmapped++
	}
	if told.Added && !told.CarriedIn {
		d.added++
		if p.adds[0].Before(r.run.start.Add(24 * time.Hour)) {
			d.early++
		}
	}
	if last := p.statusAt(r.run.end); r.board.teamManaged() && p.stayed && r.board.done(p.issue, last) != r.site.doneFor(p.issue)(last) {
		d.column = last.text
	}
	if told.Outcome != sources.Completed || r.run.state != sources.Closed {
		return
	}
	for _, c := range p.sprints {
		if follows(c.at, r.run.end) && c.at.After(r.run.end) && holdsID(c.from, r.run.ID) && holdsID(c.to, r.run.ID) && len(splitIDs(c.to)) > len(splitIDs(c.from)) {
			d.disagree = p.statusAt(r.run.end).text
		}
	}
}

// fewAdds is how many issues at least must be added on the first day before
// the start looks moved.
const fewAdds = 3

func (d doubts) grade(g sources.Graded) sources.Graded {
	approximate := func(format string, args ...any) {
		g = g.Worse(sources.Graded{Grade: sources.Approximate, Reason: fmt.Sprintf(format, args...)})
	}
	if d.disagree != "" {
		approximate("jira carried issues on that were %q, which is done on the board of today; its columns may have changed since", sources.OneLine(d.disagree, 60))
	}
	if d.column != "" {
		approximate("in this team-managed project, the status %q is done by its category or by the board's last column, but not by both", sources.OneLine(d.column, 60))
	}
	if d.unmapped > 0 {
		approximate("%d open at the start stood in a status that is on no column of the board, and count as not committed", d.unmapped)
	}
	if d.planned && d.early >= fewAdds && d.early*5 > d.added {
		approximate("%d issues came in within a day of the planned start, so it may have been started later than planned", d.early)
	}
	return g
}
