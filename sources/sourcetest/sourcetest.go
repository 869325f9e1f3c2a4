// Package sourcetest holds the tests that every collector passes: [Run] and
// [FaultMatrix]. A collector brings a simulated system, one question for each
// noun, and what can go wrong with such a system in particular; the harness
// brings what can go wrong with any, and checks the promise of package
// sources: an answer is whole, or says of itself what it lacks, or it is an
// error of one plain line, and never an empty list that only means "not seen".
// [Prometheus] starts the real thing, where it is installed.
package sourcetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/fault"
)

// A World is a simulated system for one collector.
type World struct {
	System   http.Handler // what answers; Run puts a fault.Gate before it
	Token    string       // the token that the system wants
	Settings string       // TOML of the source's table; URL in it stands for the system's address
	Window   sources.Window
	Queries  []sources.Query // one for each noun, each with an answer that is not empty
	Cases    []Case          // what can go wrong with this system in particular
}

// canary is in every secret that the harness hands out, so that a leak shows.
const canary = "canary"

// A stage is one world, served.
type stage struct {
	World
	kind   sources.Kind
	gate   *fault.Gate
	server *httptest.Server
}

// Open opens a fresh source of the world's settings at the given address.
func open(t *testing.T, kind sources.Kind, settings, url, token string) sources.Source {
	t.Helper()
	source, err := kind.Open(func(into any) error {
		meta, err := toml.Decode(strings.ReplaceAll(settings, "URL", url), into)
		if err == nil && len(meta.Undecoded()) > 0 {
			t.Fatalf("settings %v are not known to %s", meta.Undecoded(), kind.Name)
		}
		return err
	}, sources.Setup{
		Name: kind.Name, Agent: "preread-test", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(token), nil },
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return source
}

func (s *stage) ask(t *testing.T, ctx context.Context, token string) sources.Facts {
	t.Helper()
	source := open(t, s.kind, s.Settings, s.server.URL, token)
	asks := make([]sources.Ask, len(s.Queries))
	for i, q := range s.Queries {
		asks[i] = sources.Ask{Question: sources.Question{Team: "team", Line: string(q.Noun), Source: s.kind.Name, Query: q}, Source: source}
	}
	return sources.Gather(ctx, s.Window, asks, nil)
}

// Run tests a collector against a world. world is called once for each case,
// so that no case sees what another did.
func Run(t *testing.T, kind sources.Kind, world func(*testing.T) World) {
	t.Helper()
	if err := sources.Validate([]sources.Kind{kind}); err != nil {
		t.Fatal(err)
	}
	set := func(t *testing.T) *stage {
		w := world(t)
		gate := fault.NewGate(w.System)
		server := httptest.NewServer(gate)
		t.Cleanup(server.Close)
		return &stage{World: w, kind: kind, gate: gate, server: server}
	}
	t.Run("sample opens without a call", func(t *testing.T) {
		var called bool
		dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
		defer dead.Close()
		var sample map[string]map[string][]map[string]any
		if _, err := toml.Decode(kind.Sample, &sample); err != nil {
			t.Fatalf("sample is not TOML: %v", err)
		}
		table := sample["source"][kind.Name]
		if len(table) == 0 {
			t.Fatalf("sample has no [[source.%s]]", kind.Name)
		}
		delete(table[0], "name")
		var text strings.Builder
		if err := toml.NewEncoder(&text).Encode(table[0]); err != nil {
			t.Fatal(err)
		}
		source := open(t, kind, text.String(), dead.URL, canary)
		for _, n := range kind.Nouns {
			if !source.Answers(n) {
				t.Errorf("kind says it answers %s, its source does not", n)
			}
		}
		if called {
			t.Error("Open made a call")
		}
	})
	t.Run("what is asked passes the check, without a call", func(t *testing.T) {
		s := set(t)
		s.server.Close()
		source := open(t, s.kind, s.Settings, s.server.URL, s.Token)
		for _, q := range s.Queries {
			if source.Check == nil {
				break
			}
			if err := source.Check(q); err != nil {
				t.Errorf("%s: %v", q.Noun, err)
			}
		}
	})
	t.Run("every noun has an answer, the same each time", func(t *testing.T) {
		s := set(t)
		first := s.ask(t, t.Context(), s.Token)
		if gaps := first.Gaps(); len(gaps) > 0 {
			t.Fatalf("gaps: %+v", gaps)
		}
		for _, a := range first.Answers {
			if len(a.Items)+len(a.Sprints)+len(a.Incidents)+len(a.Alarms)+len(a.Readings) == 0 {
				t.Errorf("%s: the world's question has an empty answer", a.Question.Line)
			}
		}
		if diff := cmp.Diff(first, s.ask(t, t.Context(), s.Token)); diff != "" {
			t.Errorf("second run differs (-first +second):\n%s", diff)
		}
	})
	t.Run("dead server", func(t *testing.T) {
		s := set(t)
		s.server.Close()
		s.allUnanswered(t, s.ask(t, t.Context(), s.Token))
	})
	t.Run("cancelled", func(t *testing.T) {
		s := set(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.allUnanswered(t, s.ask(t, ctx, s.Token))
	})
}

// allUnanswered checks that no question was answered, and that what is said of
// it is one plain line that gives nothing away.
func (s *stage) allUnanswered(t *testing.T, facts sources.Facts) {
	t.Helper()
	for _, a := range facts.Answers {
		if a.Gap == "" {
			t.Errorf("%s: answered, with %d items, %d sprints, %d incidents, %d alarms, %d readings; want a reason why not",
				a.Question.Line, len(a.Items), len(a.Sprints), len(a.Incidents), len(a.Alarms), len(a.Readings))
			continue
		}
		plain(t, a, s.Token)
	}
}

// plain checks that what is said of a question is one plain line that gives
// nothing away.
func plain(t *testing.T, a sources.Answer, token string) {
	t.Helper()
	for _, text := range []string{a.Gap, a.Hint} {
		if strings.Contains(text, canary) || strings.Contains(text, token) {
			t.Errorf("%s: %q gives away a secret or a body", a.Question.Line, text)
		}
		if strings.ContainsAny(text, "\n\t{}<>") || len(text) > 250 || strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q is not one plain line", a.Question.Line, text)
		}
	}
}
