package history_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"preread/sources"
)

// companyOf returns a run's facts of many teams with twelve lines each, about
// the last of so many weeks.
func companyOf(teams, week, weeks int) sources.Facts {
	w := windowAt(week)
	w.Count = 32
	f := sources.Facts{Version: sources.FactsVersion, Window: w}
	for team := range teams {
		for line := range 12 {
			q := sources.Question{Team: fmt.Sprint("team", team), Line: fmt.Sprint("line", line), Source: "prom", Query: sources.Query{Noun: sources.Metrics, Text: "q"}}
			a := sources.Answer{Question: q}
			if weeks < w.Count {
				a.Weeks = weeks
			}
			switch {
			case line < 6:
				for _, week := range w.Weeks()[w.Count-weeks:] {
					a.Readings = append(a.Readings, sources.Reading{Evidence: evidenceOf("prom", "q"), Week: week, Value: float64(line), Graded: sources.Whole()})
				}
			default:
				a.Question.Query.Noun = sources.Quality
				for n := range 10 {
					a.Items = append(a.Items, bug(fmt.Sprint("PAY-", n), w.Now.AddDate(0, 0, -7)))
				}
			}
			f.Answers = append(f.Answers, a)
		}
	}
	return f
}

// BenchmarkRemember remembers the weekly run of a company, after the first.
func BenchmarkRemember(b *testing.B) {
	const teams = 100
	for _, part := range []struct {
		name  string
		weeks int
	}{{"first", 32}, {"weekly", 3}} {
		b.Run(part.name, func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "history.db"))
			if part.weeks < 32 {
				if _, err := s.Remember(context.Background(), companyOf(teams, 20, 32)); err != nil {
					b.Fatal(err)
				}
			}
			rows, run := 0, 0
			for b.Loop() {
				run++
				f := companyOf(teams, 20+min(run, 30), part.weeks)
				if _, err := s.Remember(context.Background(), f); err != nil {
					b.Fatal(err)
				}
				rows += len(f.Answers) * part.weeks
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "weeks/s")
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(run*teams), "ms/team")
		})
	}
}

// BenchmarkPlan plans the weekly run of a company.
func BenchmarkPlan(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "history.db"))
	f := companyOf(100, 20, 32)
	if _, err := s.Remember(context.Background(), f); err != nil {
		b.Fatal(err)
	}
	var questions []sources.Question
	for _, a := range f.Answers {
		questions = append(questions, a.Question)
	}
	n := 0
	for b.Loop() {
		n++
		if _, err := s.Plan(context.Background(), f.Window, questions); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*len(questions))/b.Elapsed().Seconds(), "questions/s")
}
