package history_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"preread/aggregate/history"
	"preread/sources"
)

// FuzzImport imports a stranger's text. It is refused, or it is remembered so
// that its export can be imported and is the same; and nothing that was
// imported makes a run panic.
func FuzzImport(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "export.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	for l := range strings.Lines(string(text)) {
		f.Add(`{"kind":"preread history","version":1}` + "\n" + l)
	}
	f.Add(`{"kind":"preread history","version":1}` + "\n" + `{"kind":"said","team":"\u0000","line":"\ud800","week":"","at":"2026-05-17T23:00:00.000000000Z","doc":{"a":"` + "\xff" + `"}}`)
	ctx := context.Background()
	one, other := open(f, filepath.Join(f.TempDir(), "one.db")), open(f, filepath.Join(f.TempDir(), "other.db"))
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []*history.Store{one, other} {
			if err := history.Empty(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := one.Import(ctx, strings.NewReader(text)); err != nil {
			if reason, _ := sources.Reason(err); !strings.Contains(reason, "the export ") || strings.Contains(reason, "\n") {
				t.Fatalf("no plain error: %v", err)
			}
			return
		}
		first := export(t, one)
		if err := other.Import(ctx, strings.NewReader(first)); err != nil {
			t.Fatalf("its export is refused: %v", err)
		}
		if second := export(t, other); second != first {
			t.Fatalf("its export is another after an import:\n%s\n%s", first, second)
		}
		w := sources.Window{Last: sources.Week{Year: 2026, N: 21}, Count: 6, Now: time.Date(2026, 5, 25, 8, 0, 0, 0, time.UTC)}
		summary, err := one.Summary(ctx)
		if err != nil {
			t.Fatal(err)
		}
		facts := sources.Facts{Window: w}
		for _, line := range summary {
			q := sources.Question{Team: line.Team, Line: line.Line, Source: line.Source, Query: line.Query}
			if _, err := one.Plan(ctx, w, []sources.Question{q}); err != nil {
				t.Fatal(err)
			}
			facts.Answers = append(facts.Answers, sources.Answer{Question: q, Weeks: 2})
		}
		if _, err := one.Remember(ctx, facts); err != nil {
			t.Fatal(err)
		}
		if _, err := one.Prune(ctx, w.Last, false); err != nil {
			t.Fatal(err)
		}
	})
}
