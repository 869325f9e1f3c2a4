package sources_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"preread/sources"
)

func ask(line string, s sources.Source, n sources.Noun) sources.Ask {
	return sources.Ask{Question: sources.Question{Team: "t", Line: line, Source: s.Name, Query: sources.Query{Noun: n, Text: line}}, Source: s}
}

func TestGatherKeepsOrderAndGaps(t *testing.T) {
	defer goleak.VerifyNone(t)
	first := make(chan struct{})
	s := sources.Source{
		Name: "s",
		Items: func(_ context.Context, _ sources.Window, q sources.Query) ([]sources.Item, error) {
			switch q.Text {
			case "slow": // answers only after the quick one has
				<-first
				return []sources.Item{{Title: "slow"}}, nil
			case "quick":
				close(first)
				return []sources.Item{{Title: "quick"}}, nil
			case "broken":
				return []sources.Item{{Title: "half"}}, fmt.Errorf("at the door: %w", sources.Unansweredf("s is closed").WithHint("come back"))
			case "mute":
				return nil, errors.New(" \n")
			case "odd":
				return nil, errors.New("two\nlines")
			case "panics":
				var m map[string]int
				m["x"]++
			}
			return nil, nil
		},
		Evidence: func(_ sources.Window, q sources.Query) sources.Evidence { return sources.Evidence{Ref: q.Text} },
		Requests: func() int { return 3 },
	}
	var calls int
	got := sources.Gather(t.Context(), sources.Window{Count: 1}, []sources.Ask{
		ask("slow", s, sources.Goals), ask("quick", s, sources.Quality), ask("broken", s, sources.Goals), ask("odd", s, sources.Goals),
		ask("mute", s, sources.Goals), ask("panics", s, sources.Goals), ask("none", s, sources.Shipped), ask("never", s, sources.Alarms),
	}, func(sources.Progress) { calls++ })
	answer := func(line string, n sources.Noun, a sources.Answer) sources.Answer {
		a.Question = sources.Question{Team: "t", Line: line, Source: "s", Query: sources.Query{Noun: n, Text: line}}
		if a.Gap == "" {
			a.Evidence.Ref = line
		}
		return a
	}
	want := sources.Facts{Version: sources.FactsVersion, Window: sources.Window{Count: 1}, Requests: map[string]int{"s": 3}, Answers: []sources.Answer{
		answer("slow", sources.Goals, sources.Answer{Items: []sources.Item{{Title: "slow"}}}),
		answer("quick", sources.Quality, sources.Answer{Items: []sources.Item{{Title: "quick"}}}),
		answer("broken", sources.Goals, sources.Answer{Gap: "s is closed", Hint: "come back"}),
		answer("odd", sources.Goals, sources.Answer{Gap: "two lines"}),
		answer("mute", sources.Goals, sources.Answer{Gap: "s gave no answer and no reason"}),
		answer("panics", sources.Goals, sources.Answer{Gap: "s gave an answer that this program could not read"}),
		answer("none", sources.Shipped, sources.Answer{}),
		answer("never", sources.Alarms, sources.Answer{Gap: "s cannot tell about alarm"}),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if calls != 8 {
		t.Errorf("progress was told %d times of 8 questions", calls)
	}
	var gaps []string
	for _, g := range got.Gaps() {
		gaps = append(gaps, g.Question)
	}
	if diff := cmp.Diff([]string{"broken", "odd", "mute", "panics", "never"}, gaps); diff != "" {
		t.Error(diff)
	}
}

func TestValidate(t *testing.T) {
	good := sources.Kind{Name: "ok", Doc: "d", Sample: "s", Nouns: []sources.Noun{sources.Goals}, Open: func(sources.Decode, sources.Setup) (sources.Source, error) { return sources.Source{}, nil }}
	for name, edit := range map[string]func(*sources.Kind){
		"no name":    func(k *sources.Kind) { k.Name = "" },
		"odd name":   func(k *sources.Kind) { k.Name = "Two Words" },
		"no doc":     func(k *sources.Kind) { k.Doc = "" },
		"no sample":  func(k *sources.Kind) { k.Sample = "" },
		"no open":    func(k *sources.Kind) { k.Open = nil },
		"no nouns":   func(k *sources.Kind) { k.Nouns = nil },
		"same again": func(*sources.Kind) {},
	} {
		k := good
		k.Name = "other"
		edit(&k)
		kinds := []sources.Kind{good, k}
		if name == "same again" {
			kinds = []sources.Kind{good, good}
		}
		if sources.Validate(kinds) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := sources.Validate([]sources.Kind{good}); err != nil {
		t.Error(err)
	}
}

func TestGatherAsksAboutAsManyWeeksAsAreWanted(t *testing.T) {
	var seen []string
	s := sources.Source{
		Name: "s",
		Readings: func(_ context.Context, w sources.Window, q sources.Query) ([]sources.Reading, error) {
			seen = append(seen, fmt.Sprintf("%s %s %d %d", q.Text, w.First(), w.Count, w.Shown))
			if q.Text == "two" {
				return nil, errors.New("closed")
			}
			return nil, nil
		},
		Evidence: func(w sources.Window, _ sources.Query) sources.Evidence {
			return sources.Evidence{Ref: w.First().String()}
		},
	}
	window := sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: 10, Shown: 6}
	var weeks []int
	for _, a := range []sources.Ask{
		{Question: sources.Question{Query: sources.Query{Noun: sources.Metrics, Text: "all"}}, Source: s},
		{Question: sources.Question{Query: sources.Query{Noun: sources.Metrics, Text: "two"}}, Source: s, Weeks: 2},
		{Question: sources.Question{Query: sources.Query{Noun: sources.Metrics, Text: "more"}}, Source: s, Weeks: 99},
	} {
		answer := sources.Gather(t.Context(), window, []sources.Ask{a}, nil).Answers[0]
		weeks = append(weeks, answer.Weeks)
		if want := "2026-W37"; answer.Gap == "" && answer.Evidence.Ref != want {
			t.Errorf("%s: evidence is of %s, want %s, that of the whole window", a.Question.Query.Text, answer.Evidence.Ref, want)
		}
	}
	if diff := cmp.Diff([]string{"all 2026-W37 10 6", "two 2026-W45 2 2", "more 2026-W37 10 6"}, seen); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{0, 2, 0}, weeks); diff != "" {
		t.Error(diff)
	}
}
