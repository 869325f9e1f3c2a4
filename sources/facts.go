package sources

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Evidence says where a fact was seen, so that it can be opened.
type Evidence struct {
	Source string `json:"source"`        // the source's name in the settings
	Ref    string `json:"ref"`           // what people call it: PAY-12, acme/payments#7, a query
	URL    string `json:"url,omitempty"` // the page that shows it; "" where there is none
}

// A Grade says how far a figure can be trusted. The zero Grade is Ungraded,
// which is never taken for exact.
type Grade uint8

// The grades, from nothing known to everything seen.
const (
	Ungraded    Grade = iota // nothing is known
	Partial                  // something was not seen; the figure may be too low
	Approximate              // all was seen, but the rule is not exact here
	Exact                    // all was seen
)

var gradeNames = []string{"unknown", "partial", "approximate", "exact"}

// String returns the grade's name.
func (g Grade) String() string { return gradeNames[g%Grade(len(gradeNames))] }

// MarshalText returns the grade's name.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads a grade's name.
func (g *Grade) UnmarshalText(text []byte) error {
	i := slices.Index(gradeNames, string(text))
	if i < 0 {
		return fmt.Errorf("%q is no grade", OneLine(string(text), 40))
	}
	*g = Grade(i)
	return nil
}

// Graded is a grade with its reason. Reason is one plain line, "" if exact.
type Graded struct {
	Grade  Grade  `json:"grade"`
	Reason string `json:"reason,omitempty"`
}

// Whole is the grade of a fact that was seen completely.
func Whole() Graded { return Graded{Grade: Exact} }

// Worse returns the lower of two grades, with its reason.
func (g Graded) Worse(o Graded) Graded {
	if o.Grade < g.Grade {
		return o
	}
	return g
}

// A Span is a half-open stretch of time [From, To). A zero To means that it
// has not ended.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
}

// Holds reports whether t lies in the span.
func (s Span) Holds(t time.Time) bool {
	return !t.Before(s.From) && (s.To.IsZero() || t.Before(s.To))
}

// Within reports whether t lies in one of the spans.
func Within(spans []Span, t time.Time) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return s.Holds(t) })
}

// Reaching returns the spans that had not ended at an instant, nil if there are
// none.
func Reaching(start time.Time, spans []Span) (left []Span) {
	for _, s := range spans {
		if s.To.IsZero() || s.To.After(start) {
			left = append(left, s)
		}
	}
	return left
}

// Ordered reports spans that follow each other: none ends before it begins, and
// none begins before the one ahead of it has ended.
func Ordered(spans []Span) bool {
	for i, s := range spans {
		if !s.To.IsZero() && s.To.Before(s.From) || i > 0 && (spans[i-1].To.IsZero() || s.From.Before(spans[i-1].To)) {
			return false
		}
	}
	return true
}

// An ItemKind tells tracker issues, pull requests and releases apart.
type ItemKind string

// The kinds of items. A release is done when it is published, a deployment when
// its last state was told.
const (
	Issue       ItemKind = "issue"
	PullRequest ItemKind = "pull request"
	Release     ItemKind = "release"
	Deployment  ItemKind = "deployment"
)

// An Item is a piece of work: an issue, a pull request, a release.
// Scope and Done are in order and do not overlap.
type Item struct {
	Evidence
	Kind       ItemKind  `json:"kind"`
	Type       string    `json:"type,omitempty"` // the tracker's own word: Bug, Story
	Title      string    `json:"title"`
	Created    time.Time `json:"created"`
	Scope      []Span    `json:"scope,omitempty"`  // when it belonged to what was asked for
	Done       []Span    `json:"done,omitempty"`   // when it counted as done: closed, merged, published
	Points     *float64  `json:"points,omitempty"` // its estimate today; nil: not estimated
	Bot        bool      `json:"bot,omitempty"`    // made by a machine
	Prerelease bool      `json:"prerelease,omitempty"`
	Failed     bool      `json:"failed,omitempty"`  // of a deployment: it did not succeed
	Blocked    []Span    `json:"blocked,omitempty"` // when it was flagged, or waited for another that was not done; in order
	Graded
}

// A Plan is how a tracker itself plans a goal.
type Plan struct {
	Milestones []Milestone `json:"milestones,omitempty"`
	Updates    []Update    `json:"updates,omitempty"` // oldest first
}

// A Milestone is a step that the tracker gives a date: a fix version, a
// milestone. A zero Due means that it has none today.
type Milestone struct {
	Evidence
	Title string `json:"title"`
	Due   Day    `json:"due,omitzero"`
	Done  bool   `json:"done,omitempty"` // released, closed
}

// An Update is what somebody said of a goal in the tracker.
type Update struct {
	Evidence
	At    time.Time `json:"at"`
	State string    `json:"state,omitempty"` // the tracker's own word: on track, at risk, off track; "": none
	Text  string    `json:"text,omitempty"`  // its first line
}

// A SprintState tells a running sprint from a closed one.
type SprintState string

// The states of a sprint that a report sees.
const (
	Active SprintState = "active"
	Closed SprintState = "closed"
)

// A Sprint is one sprint of one board, with everything that was ever in it
// while it ran. Figures of an active sprint are as of the window's Now.
type Sprint struct {
	Evidence
	ID        int64         `json:"id"`
	Name      string        `json:"name"`
	Board     string        `json:"board"`
	State     SprintState   `json:"state"`
	Start     time.Time     `json:"start"`              // when it was started
	End       time.Time     `json:"end,omitzero"`       // when it was planned to end
	Completed time.Time     `json:"completed,omitzero"` // when it was closed; zero: still active
	Issues    []SprintIssue `json:"issues"`
	Graded
}

// An Outcome says how an issue left a sprint.
type Outcome string

// The outcomes, after Jira's own sprint report.
const (
	Completed        Outcome = "completed"         // done when the sprint closed
	NotCompleted     Outcome = "not completed"     // still open when it closed
	Removed          Outcome = "removed"           // taken out while it ran
	CompletedOutside Outcome = "completed outside" // done before it started, and left so
)

// A SprintIssue is an issue's part in one sprint.
type SprintIssue struct {
	Evidence
	ID        string   `json:"id,omitempty"` // what it is called for good, whatever project it moves to; "": nothing but its reference
	Title     string   `json:"title"`
	Outcome   Outcome  `json:"outcome"`
	Committed bool     `json:"committed,omitempty"`  // in the sprint, open and on the board when it started
	Added     bool     `json:"added,omitempty"`      // came in while the sprint ran
	CarriedIn bool     `json:"carried_in,omitempty"` // came in by the close of another sprint
	Initial   *float64 `json:"initial,omitempty"`    // estimate at the start, or when it came in; nil: none
	Final     *float64 `json:"final,omitempty"`      // estimate when the sprint closed; nil: none
}

// An Incident is an operational issue. A zero time means "not yet".
type Incident struct {
	Evidence
	Title        string     `json:"title"`
	Severity     string     `json:"severity,omitempty"` // the tracker's own word; "": none given
	Opened       time.Time  `json:"opened"`
	Acknowledged time.Time  `json:"acknowledged,omitzero"`
	Resolved     time.Time  `json:"resolved,omitzero"`
	FollowUps    []FollowUp `json:"followups,omitempty"`
	Major        bool       `json:"major,omitempty"`  // the tracker marks it as a major incident
	Review       *Evidence  `json:"review,omitempty"` // its post-incident review; nil: none is linked
	Graded
}

// A FollowUp is work that an incident called for.
type FollowUp struct {
	Evidence
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

// An AlarmWeek is what was alarming in one week. Coverage tells how much of
// the week the source holds: 0 is nothing, and then the week is unknown; 1 is
// all of it. Alarms that did not go off are not listed.
type AlarmWeek struct {
	Evidence
	Week     Week         `json:"week"`
	Coverage float64      `json:"coverage"`
	Alarms   []AlarmCount `json:"alarms,omitempty"`
	Graded
}

// An AlarmCount is one alarm in one week.
type AlarmCount struct {
	Name     string  `json:"name"`
	Severity string  `json:"severity,omitempty"`
	Episodes int     `json:"episodes"` // activations whose first firing sample lies in the week
	Minutes  float64 `json:"minutes"`  // firing time inside the week, summed over instances
	Hours    Hours   `json:"hours,omitzero"`
}

// Hours counts episodes by the hours in which they became active, in the
// window's zone: from Monday to Friday between 9 and 18, between 23 and 7 when
// people sleep, and all others. The zero Hours say nothing: a source need not
// tell.
type Hours struct {
	Business int `json:"business,omitempty"`
	Off      int `json:"off,omitempty"`
	Sleep    int `json:"sleep,omitempty"`
}

// Count counts one more, at an instant.
func (h *Hours) Count(t time.Time, zone Zone) {
	t = t.In(zone.Location())
	switch hour, day := t.Hour(), t.Weekday(); {
	case hour < 7 || hour >= 23:
		h.Sleep++
	case hour >= 9 && hour < 18 && day != time.Saturday && day != time.Sunday:
		h.Business++
	default:
		h.Off++
	}
}

// Add adds other counts.
func (h *Hours) Add(o Hours) {
	h.Business, h.Off, h.Sleep = h.Business+o.Business, h.Off+o.Off, h.Sleep+o.Sleep
}

// A Reading is one number at a week's end. An Ungraded reading is unknown,
// and its Value means nothing.
type Reading struct {
	Evidence
	Week  Week    `json:"week"`
	Value float64 `json:"value"`
	Graded
}

// A Question is one line of a team's page, put to one source.
type Question struct {
	Team   string `json:"team"`   // the team's id
	Line   string `json:"line"`   // the line's id, unique in the team
	Source string `json:"source"` // the source's name
	Query  Query  `json:"query"`
}

// An Answer is what became of a question. Gap is "" if it was answered; then
// an empty list is a true "none". Only the list of the question's noun is
// filled. With a Gap that list holds for the weeks of Kept alone.
type Answer struct {
	Question  Question    `json:"question"`
	Weeks     int         `json:"weeks,omitempty"`   // how many of the window's last weeks were asked about; 0: all
	Gap       string      `json:"gap,omitempty"`     // why there is no answer, for the page
	Hint      string      `json:"hint,omitempty"`    // what to do about it, for whoever runs the program
	Version   string      `json:"version,omitempty"` // of the source's software; "": it does not tell
	Evidence  Evidence    `json:"evidence,omitzero"` // the page that shows the whole answer, where there is one
	Items     []Item      `json:"items,omitempty"`
	Sprints   []Sprint    `json:"sprints,omitempty"`
	Incidents []Incident  `json:"incidents,omitempty"`
	Alarms    []AlarmWeek `json:"alarms,omitempty"`
	Readings  []Reading   `json:"readings,omitempty"`
	Plan      *Plan       `json:"plan,omitempty"`     // of a goal; nil: the tracker tells of none
	Refs      []string    `json:"-"`                  // of everything that the question is about today; nil: not asked
	PlanGap   string      `json:"plan_gap,omitempty"` // why the tracker's plan is not known, though it has one
	Kept      []Week      `json:"kept,omitempty"`     // weeks that are remembered as they were seen for good; nil without a Gap
}

// A Gap is an unanswered question.
type Gap struct {
	Team     string `json:"team"`
	Source   string `json:"source"`
	Question string `json:"question"` // the line's id
	Reason   string `json:"reason"`
	Hint     string `json:"-"`
}

// Facts are everything that one run saw, in the order of the questions.
type Facts struct {
	Version  int            `json:"version"` // of this format; see FactsVersion
	Window   Window         `json:"window"`
	Answers  []Answer       `json:"answers"`
	Requests map[string]int `json:"requests"` // HTTP requests by source, retries included
}

// FactsVersion is the version of the saved form that this program writes.
const FactsVersion = 1

// Gaps lists the unanswered questions in order.
func (f Facts) Gaps() []Gap {
	var gaps []Gap
	for _, a := range f.Answers {
		if a.Gap != "" {
			gaps = append(gaps, Gap{a.Question.Team, a.Question.Source, a.Question.Line, a.Gap, a.Hint})
		}
	}
	return gaps
}

// Find returns the answer to a team's line, and whether the facts hold one.
func (f Facts) Find(team, line string) (Answer, bool) {
	i := slices.IndexFunc(f.Answers, func(a Answer) bool {
		return a.Question.Team == team && a.Question.Line == line
	})
	if i < 0 {
		return Answer{}, false
	}
	return f.Answers[i], true
}

// Save writes the facts as indented JSON that [Load] reads again unchanged.
func (f Facts) Save(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(f)
}

// Load reads saved facts. It refuses another version, unknown fields, and
// anything after the document.
func Load(r io.Reader) (Facts, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var f Facts
	if err := dec.Decode(&f); err != nil {
		return Facts{}, fmt.Errorf("not saved facts: %s", OneLine(err.Error(), 120))
	}
	if _, err := dec.Token(); err != io.EOF {
		return Facts{}, fmt.Errorf("not saved facts: something follows the document")
	}
	if f.Version != FactsVersion {
		return Facts{}, fmt.Errorf("saved facts of version %d; this program reads version %d", f.Version, FactsVersion)
	}
	if f.Window.Count < 1 || f.Window.Count > 520 || f.Window.Shown < 0 || f.Window.Last.IsZero() {
		return Facts{}, fmt.Errorf("not saved facts: no window of weeks")
	}
	return f, nil
}
