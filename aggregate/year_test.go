package aggregate_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate"
	"preread/sources"
)

// A year of weekly reports, after half a year to compare with and six weeks of
// page: what one Judge walks through for its past.
const yearWeeks, earlierWeeks = 52, 32

// workspace makes up teams of twelve lines and what was seen of them.
func workspace(teams int) ([]aggregate.Team, sources.Facts) {
	r := rand.New(rand.NewPCG(7, 1960))
	window := sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: earlierWeeks + yearWeeks, Shown: yearWeeks, Now: time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)}
	limit := func(op string, v float64) aggregate.Limit { return aggregate.Limit{Op: op, Value: v} }
	lower := aggregate.Target{Green: limit("<=", 20), Red: limit(">", 40)}
	facts := sources.Facts{Version: sources.FactsVersion, Window: window}
	var all []aggregate.Team
	for i := range teams {
		team := aggregate.Team{ID: fmt.Sprintf("team-%d", i)}
		add := func(line aggregate.Line, answer sources.Answer) {
			team.Lines = append(team.Lines, line)
			if line.Of == "" {
				answer.Question = sources.Question{Team: team.ID, Line: line.ID, Source: "s", Query: sources.Query{Noun: line.Noun}}
				facts.Answers = append(facts.Answers, answer)
			}
		}
		ref := 0
		at := func(week sources.Week) time.Time {
			from, _ := window.Bounds(week)
			return from.Add(time.Duration(r.IntN(7*24*60)) * time.Minute)
		}
		seen := func() sources.Evidence {
			ref++
			return sources.Evidence{Source: "s", Ref: fmt.Sprintf("%s-%d", team.ID, ref)}
		}
		var sprints []sources.Sprint
		var bugs, merged []sources.Item
		var incidents []sources.Incident
		var alarms []sources.AlarmWeek
		readings := make([][]sources.Reading, 5)
		for n, week := range window.Weeks() {
			if n%2 == i%2 {
				s := sources.Sprint{ID: int64(n), State: sources.Closed, Start: at(week.Add(-2)), Completed: at(week), Graded: sources.Whole()}
				for range 10 {
					outcome := sources.Completed
					if r.IntN(5) == 0 {
						outcome = sources.NotCompleted
					}
					s.Issues = append(s.Issues, sources.SprintIssue{Evidence: seen(), Committed: true, Outcome: outcome})
				}
				sprints = append(sprints, s)
			}
			for range r.IntN(5) {
				opened := at(week)
				bugs = append(bugs, sources.Item{Evidence: seen(), Kind: sources.Issue, Created: opened, Done: []sources.Span{{From: opened.Add(100 * time.Hour)}}, Graded: sources.Whole()})
			}
			for range r.IntN(8) {
				opened := at(week)
				merged = append(merged, sources.Item{Evidence: seen(), Kind: sources.PullRequest, Created: opened, Done: []sources.Span{{From: opened.Add(20 * time.Hour)}}, Graded: sources.Whole()})
			}
			for range r.IntN(3) {
				opened := at(week)
				incidents = append(incidents, sources.Incident{Evidence: seen(), Opened: opened, Resolved: opened.Add(time.Duration(1+r.IntN(20)) * time.Hour), Graded: sources.Whole()})
			}
			alarms = append(alarms, sources.AlarmWeek{Week: week, Coverage: 1, Graded: sources.Whole(), Alarms: []sources.AlarmCount{{Name: "A", Episodes: 10 + r.IntN(15)}}})
			for m := range readings {
				readings[m] = append(readings[m], sources.Reading{Week: week, Value: 20 + 3*r.NormFloat64(), Graded: sources.Whole()})
			}
		}
		add(aggregate.Line{ID: "delivery", Noun: sources.Delivery, Unit: "ratio", Better: aggregate.Higher, Target: aggregate.Target{Green: limit(">=", 0.85), Red: limit("<", 0.7)}}, sources.Answer{Sprints: sprints})
		add(aggregate.Line{ID: "quality", Noun: sources.Quality, Better: aggregate.Lower, Target: lower}, sources.Answer{Items: bugs})
		add(aggregate.Line{ID: "incidents", Noun: sources.Incidents, Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<=", 1), Red: limit(">", 3)}}, sources.Answer{Incidents: incidents})
		add(aggregate.Line{ID: "resolve", Noun: sources.Durations, Of: "incidents", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<=", 8), Red: limit(">", 24)}}, sources.Answer{})
		add(aggregate.Line{ID: "alarms", Noun: sources.Alarms, Better: aggregate.Lower, Target: lower}, sources.Answer{Alarms: alarms})
		add(aggregate.Line{ID: "shipped", Noun: sources.Shipped, Better: aggregate.Higher}, sources.Answer{Items: merged})
		add(aggregate.Line{ID: "merge", Noun: sources.Durations, Of: "shipped", Better: aggregate.Lower}, sources.Answer{})
		for m := range readings {
			add(aggregate.Line{ID: fmt.Sprintf("metric-%d", m), Noun: sources.Metrics, Better: aggregate.Lower, Target: lower}, sources.Answer{Readings: readings[m]})
		}
		all = append(all, team)
	}
	return all, facts
}

// BenchmarkYear judges a year of weekly reports, each as it would have been in
// its week, from facts that are in memory. It reports the time and allocations
// of one metric in one of those weeks.
func BenchmarkYear(b *testing.B) {
	for _, teams := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("%d_teams", teams), func(b *testing.B) {
			all, facts := workspace(teams)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				if r := aggregate.Judge(all, facts); len(r.Teams) != teams {
					b.Fatal("teams are missing")
				}
			}
			metricWeeks := float64(b.N) * float64(teams) * 12 * (yearWeeks + earlierWeeks)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/metricWeeks, "ns/metric-week")
		})
	}
}

// The same facts give the same judgements to the last bit, and saving the facts
// in between makes no difference.
func TestTheSameFactsGiveTheSameJudgements(t *testing.T) {
	teams, facts := workspace(3)
	first, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	var again sources.Facts
	if err := json.Unmarshal(first, &again); err != nil {
		t.Fatal(err)
	}
	statuses := func(f sources.Facts) (out []string) {
		for _, team := range aggregate.Judge(teams, f).Teams {
			for _, l := range team.Lines {
				out = append(out, fmt.Sprintf("%s/%s %+v %+v %+v", team.ID, l.ID, l.Past, l.Signal, l.Weeks))
			}
		}
		return out
	}
	if diff := cmp.Diff(statuses(facts), statuses(facts)); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
	if diff := cmp.Diff(statuses(facts), statuses(again)); diff != "" {
		t.Errorf("saved facts (-memory +saved):\n%s", diff)
	}
}
