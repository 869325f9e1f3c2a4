package sourcetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"preread/sources"
	"preread/sources/simulated/fault"
)

// A Case is one thing that goes wrong between a collector and its system.
// Every noun goes through it alone, with a source of its own.
type Case struct {
	Name    string
	Queries []sources.Query // asked instead of the world's; none: those of the world
	System  http.Handler    // answers instead of the world's; nil: that of the world
	Token   string          // sent instead of the world's; "": that of the world
	Faults  []fault.Fault
	InTurn  bool          // the faults spoil one request of the question, each of them in turn
	Once    bool          // one noun is enough: the case is dear, and the same for all
	Limit   time.Duration // ends the question after this; 0: never
	Want    Outcome
}

// An Outcome is what a page may say of a question after a fault.
type Outcome int

// The outcomes. An empty or lesser answer that passes as a whole one is none.
const (
	Honest  Outcome = iota // any of the others
	Unknown                // no answer, and one plain line why
	True                   // exactly the answer without the fault
	Lesser                 // an answer in which whatever is not true says so itself
)

var outcomeNames = []string{"an honest answer", "unknown", "the true answer", "a lesser answer"}

// String returns what the outcome is called in a table.
func (o Outcome) String() string { return outcomeNames[o] }

// A row is one line of the table that a matrix prints.
type row struct {
	noun sources.Noun
	said map[string]int // by what the page would say, how often
}

// FaultMatrix asks every noun of a collector alone, through everything that
// can go wrong, and prints what the page would say.
func FaultMatrix(t *testing.T, kind sources.Kind, world func(*testing.T) World) {
	t.Helper()
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var stolen atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stolen.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	}))
	defer elsewhere.Close()
	w := world(t)
	var table strings.Builder
	lines := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	cases, asked := 0, 0
	for _, c := range slices.Concat(general(elsewhere.URL), w.Cases) {
		t.Run(c.Name, func(t *testing.T) {
			for _, r := range w.run(t, kind, c) {
				said := slices.Sorted(mapKeys(r.said))
				for _, text := range said {
					asked += r.said[text]
					fmt.Fprintf(lines, "%s\t%s\t%s\t%d×\t%s\n", kind.Name, r.noun, c.Name, r.said[text], text)
				}
				cases++
			}
			if n := stolen.Swap(0); n > 0 {
				t.Errorf("another host was asked %d times", n)
			}
		})
	}
	_ = lines.Flush()
	t.Logf("%d cases, %d questions asked\n%s", cases, asked, table.String())
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// run puts every noun through one case.
func (w World) run(t *testing.T, kind sources.Kind, c Case) []row {
	s := &stage{World: w, kind: kind}
	var open atomic.Pointer[fault.Gate] // the truth and the case are at one address
	enter := func(system http.Handler) {
		s.gate = fault.NewGate(system)
		open.Store(s.gate)
	}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { open.Load().ServeHTTP(w, r) }))
	defer s.server.Close()
	if c.Queries != nil {
		s.Queries = c.Queries
	}
	if c.Once {
		s.Queries = s.Queries[:1]
	}
	var rows []row
	for _, q := range s.Queries {
		r := row{q.Noun, map[string]int{}}
		enter(w.System)
		truth := s.question(t, t.Context(), q, s.Token)
		if c.Queries == nil && hollow(truth) {
			t.Errorf("%s: the world's question has an empty answer: %s", q.Noun, truth.Gap)
		}
		if c.System != nil {
			enter(c.System)
		}
		turns := 1
		if c.InTurn {
			if c.System != nil {
				s.question(t, t.Context(), q, s.Token)
			}
			turns = len(s.gate.Log())
		}
		for turn := range turns {
			s.gate.Clear()
			for _, f := range c.Faults {
				if c.InTurn {
					f.After, f.Times = turn, 1
				}
				s.gate.Add(f)
			}
			r.said[s.spoilt(t, c, q, truth)]++
			s.gate.Clear()
		}
		rows = append(rows, r)
	}
	return rows
}

// mostRequests bounds what a question of a world costs, whatever its system
// does: one that misbehaves is not asked on and on.
const mostRequests = 300

// question asks one question of a source that nobody has asked before.
func (s *stage) question(t *testing.T, ctx context.Context, q sources.Query, token string) sources.Answer {
	t.Helper()
	source := open(t, s.kind, s.Settings, s.server.URL, token)
	ask := sources.Ask{Question: sources.Question{Team: "team", Line: string(q.Noun), Source: s.kind.Name, Query: q}, Source: source}
	return sources.Gather(ctx, s.Window, []sources.Ask{ask}, nil).Answers[0]
}

// spoilt asks a question through the faults of a case, checks the answer, and
// returns what the page would say.
func (s *stage) spoilt(t *testing.T, c Case, q sources.Query, truth sources.Answer) string {
	t.Helper()
	ctx, token := t.Context(), s.Token
	if c.Token != "" {
		token = c.Token
	}
	if c.Limit > 0 {
		limited, cancel := context.WithTimeout(ctx, c.Limit)
		defer cancel()
		ctx = limited
	}
	a := s.question(t, ctx, q, token)
	plain(t, a, token)
	if doc, err := json.Marshal(a); err != nil || strings.Contains(string(doc), canary) || strings.Contains(string(doc), token) {
		t.Errorf("%s: the answer gives away a secret or the body of a refusal, or cannot be saved: %v", q.Noun, err)
	}
	if n := len(s.gate.Log()); n > mostRequests {
		t.Errorf("%s: %d requests were sent", q.Noun, n)
	}
	got, said := s.outcome(truth, a)
	if got == Honest {
		t.Errorf("%s: %s", q.Noun, said)
	} else if c.Want != Honest && c.Want != got {
		t.Errorf("%s: got %s, want %s: %s", q.Noun, got, c.Want, said)
	}
	return said
}

// alike are numbers that differ by how exactly the edge of a hole is known.
var alike = cmpopts.EquateApprox(0, 0.0003)

// outcome names what an answer is beside the true one; Honest stands for an
// answer that is not.
func (s *stage) outcome(truth, a sources.Answer) (Outcome, string) {
	switch {
	case a.Gap != "" && a.Hint != "":
		return Unknown, "unknown: " + a.Gap + " | " + a.Hint
	case a.Gap != "":
		return Unknown, "unknown: " + a.Gap
	case cmp.Equal(truth, a, alike):
		return True, "the true answer"
	}
	want, got := parts(truth), parts(a)
	if len(want) != len(got) {
		return Honest, fmt.Sprintf("PASSES AS WHOLE: %d of %d", len(got), len(want))
	}
	reason := ""
	for i, p := range got {
		switch {
		case p.name != want[i].name:
			return Honest, "PASSES AS WHOLE: " + p.name + " where " + want[i].name + " should be"
		case cmp.Equal(p.whole, want[i].whole, alike):
		case p.graded.Grade >= sources.Exact || p.graded.Reason == "" || p.graded == want[i].graded:
			return Honest, "PASSES AS WHOLE: " + p.name + " is not true:\n" + cmp.Diff(want[i].whole, p.whole)
		case reason == "":
			reason = p.graded.Grade.String() + ": " + p.graded.Reason
		}
	}
	if reason == "" {
		return Honest, "PASSES AS WHOLE: differs outside of its facts"
	}
	return Lesser, reason
}

// A fact is one entry of an answer's list.
type fact struct {
	name   string
	graded sources.Graded
	whole  any
}

// parts lists the facts of an answer, of whatever noun.
func parts(a sources.Answer) []fact {
	var list []fact
	for _, f := range a.Items {
		list = append(list, fact{f.Ref, f.Graded, f})
	}
	for _, f := range a.Sprints {
		list = append(list, fact{f.Name, f.Graded, f})
	}
	for _, f := range a.Incidents {
		list = append(list, fact{f.Ref, f.Graded, f})
	}
	for _, f := range a.Alarms {
		list = append(list, fact{f.Week.String(), f.Graded, f})
	}
	for _, f := range a.Readings {
		list = append(list, fact{f.Week.String(), f.Graded, f})
	}
	return list
}

// hollow reports an answer in which nothing is told.
func hollow(a sources.Answer) bool {
	return !slices.ContainsFunc(parts(a), func(f fact) bool { return f.graded.Grade != sources.Ungraded && !reflect.ValueOf(f.whole).IsZero() })
}
