// Package sources holds facts: what was seen in Jira, GitHub, Prometheus and
// wherever else a collector looks, and who could not be asked.
//
// A [Kind] describes a collector, as an analyzer is described in go/analysis:
// a value, not a registration. Its Open turns one settings table into a
// [Source], a struct of functions in which a nil function means "this source
// is never asked that". [Gather] puts every question of every team to its
// source and writes the answers down as [Facts]; a question without an answer
// stays in them with a reason, because unknown, zero and not asked are three
// different things.
//
// Facts can be saved and loaded, so a page can be made again without a
// network. Nothing here judges: whether a figure is good is for package
// aggregate, how it is said is for package report.
package sources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// A Noun says what a question is about. Every collector answers some of them.
type Noun string

// The nouns of a weekly page.
const (
	Goals     Noun = "goal"     // the items in a goal's scope
	Delivery  Noun = "delivery" // the sprints of a board
	Quality   Noun = "quality"  // bugs opened and closed
	Incidents Noun = "incident" // incidents with reaction and follow-ups
	Alarms    Noun = "alarm"    // alarm episodes by name and severity
	Shipped   Noun = "shipped"  // merged pull requests and releases
	Metrics   Noun = "metric"   // one number a week
	Durations Noun = "duration" // how long the items of another question took; it is never asked itself
)

// A Query is one question in the words of the source that gets it.
type Query struct {
	Noun  Noun   `json:"noun"`
	Text  string `json:"text,omitempty"`  // JQL, GitHub search words, PromQL or label matchers
	Board int64  `json:"board,omitempty"` // the Jira board of a delivery question; 0: none

	Boards []int64 `json:"boards,omitempty"` // more boards of the same team, beside Board
}

// Equal reports whether two queries ask the same.
func (q Query) Equal(o Query) bool {
	return q.Noun == o.Noun && q.Text == o.Text && q.Board == o.Board && slices.Equal(q.Boards, o.Boards)
}

// A Source is one configured system, ready to be asked. Each function answers
// one noun for every week of the window and must keep to its context.
//
//   - A nil function: this source is not asked that.
//   - No error and nothing: there were none.
//   - An error: exactly one unanswered question. Its text is one plain line
//     without secrets or response bodies; see [Unanswered].
type Source struct {
	Name      string
	Items     func(context.Context, Window, Query) ([]Item, error)
	Sprints   func(context.Context, Window, Query) ([]Sprint, error)
	Incidents func(context.Context, Window, Query) ([]Incident, error)
	Alarms    func(context.Context, Window, Query) ([]AlarmWeek, error)
	Readings  func(context.Context, Window, Query) ([]Reading, error)

	// Check refuses a query that could not be answered whatever the source holds,
	// so that a mistake in the settings is found where it stands. It makes no
	// call. Nil: nothing can be told without one.
	Check func(Query) error

	// Plan tells, with the Items of a goal, about the steps that the tracker
	// itself plans it by, and what people there say of it. Nil: the tracker has
	// no such thing. An error is a gap of its own: the items stand without.
	Plan func(context.Context, Window, Query) (Plan, error)

	// Evidence returns the page that shows the whole answer to a question, for
	// people to open. It makes no call. Nil, or zero Evidence: there is none.
	Evidence func(Window, Query) Evidence

	// Refs lists the references of everything that a question is about today,
	// however old, in few requests; so that what was deleted or moved away is
	// missed even where only some weeks are asked about. Nil: the source cannot
	// tell that without reading all of it.
	Refs func(context.Context, Window, Query) ([]string, error)

	// Health tells what the source's last answer said of itself beside the
	// facts. Nil: nothing.
	Health func() Health

	// Requests tells how many HTTP requests, retries included, the source has
	// sent so far. Nil: it sends none.
	Requests func() int
}

// Health is what an answer tells beside the facts. Zero fields were not told.
type Health struct {
	Clock     time.Time // the server's own, at its last answer
	Limit     int       // requests that it allows in its stretch of time
	Remaining int       // of these, left at its last answer
	Reset     time.Time // when they are renewed
	Version   string    // of its software, as it calls it
}

// Answers reports whether the source can be asked about a noun.
func (s Source) Answers(n Noun) bool {
	switch n {
	case Goals, Quality, Shipped:
		return s.Items != nil
	case Delivery:
		return s.Sprints != nil
	case Incidents:
		return s.Incidents != nil
	case Alarms:
		return s.Alarms != nil
	case Metrics:
		return s.Readings != nil
	}
	return false
}

// A Decode reads the collector's own settings table into the struct that into
// points to. Complaints carry the place in the file.
type Decode func(into any) error

// A Setup is what a collector gets from the program beside its own table.
type Setup struct {
	Name  string // the name that the settings give to this source
	Agent string // the User-Agent to send

	// Secret resolves a reference such as "env:JIRA_TOKEN".
	Secret func(SecretRef) (Secret, error)

	// Transport carries the requests; nil means the standard one.
	Transport http.RoundTripper

	// Pace is the first wait after an answer of "later" that names no time;
	// 0 leaves it to the collector.
	Pace time.Duration
}

// A Kind describes a collector. Each collector's package exports one, and the
// program lists them literally.
type Kind struct {
	Name   string // the word after "source." in the settings
	Doc    string // what it reads, first line a summary
	Sample string // a settings table that works as it stands
	Nouns  []Noun // what a source of this kind can be asked
	Boards bool   // sprints are those of boards; else they are named by a query

	// Open reads the table and returns the source. It makes no call.
	Open func(Decode, Setup) (Source, error)
}

var kindName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// Validate refuses a list of kinds in which one is undescribed, cannot be
// opened, answers nothing, or is listed twice.
func Validate(kinds []Kind) error {
	seen := map[string]bool{}
	for _, k := range kinds {
		switch {
		case !kindName.MatchString(k.Name):
			return fmt.Errorf("collector name %q is not a lower-case word", k.Name)
		case seen[k.Name]:
			return fmt.Errorf("collector %q is listed twice", k.Name)
		case k.Doc == "" || k.Sample == "":
			return fmt.Errorf("collector %q is undocumented", k.Name)
		case k.Open == nil || len(k.Nouns) == 0:
			return fmt.Errorf("collector %q answers nothing", k.Name)
		}
		seen[k.Name] = true
	}
	return nil
}

// Unanswered is the error of a question that got no answer, in the words of
// the page: Reason is one line that a manager understands, Hint the next step
// of whoever runs the program. Neither holds a secret or a response body.
type Unanswered struct {
	Reason string
	Hint   string // "" where there is none
}

// Error returns the reason.
func (u *Unanswered) Error() string { return u.Reason }

// Unansweredf makes an [Unanswered] with a formatted reason and no hint.
func Unansweredf(format string, args ...any) *Unanswered {
	return &Unanswered{Reason: fmt.Sprintf(format, args...)}
}

// WithHint returns u with its next step set.
func (u *Unanswered) WithHint(format string, args ...any) *Unanswered {
	return &Unanswered{Reason: u.Reason, Hint: fmt.Sprintf(format, args...)}
}

// Reason returns the reason and hint to show for an error of a source:
// those of the [Unanswered] inside it, else its text made safe for one line.
func Reason(err error) (reason, hint string) {
	var u *Unanswered
	if errors.As(err, &u) {
		return u.Reason, u.Hint
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer within the time allowed", ""
	case errors.Is(err, context.Canceled):
		return "interrupted before it answered", ""
	}
	return OneLine(err.Error(), 200), ""
}
