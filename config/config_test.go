package config_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/aggregate"
	"preread/config"
	"preread/sources"
)

var update = flag.Bool("update", false, "write what is seen as what is wanted")

// kinds are three collectors that read a table and answer nothing.
func kinds() []sources.Kind {
	kind := func(name string, nouns ...sources.Noun) sources.Kind {
		return sources.Kind{Name: name, Doc: "d", Sample: "s", Nouns: nouns, Boards: name == "jira", Open: func(decode sources.Decode, setup sources.Setup) (sources.Source, error) {
			var in struct {
				URL     string            `toml:"url"`
				Token   sources.SecretRef `toml:"token"`
				Max     int               `toml:"max_requests"`
				Headers map[string]string `toml:"headers"`
			}
			if err := decode(&in); err != nil {
				return sources.Source{}, err
			}
			if in.URL == "" {
				return sources.Source{}, errors.New("url is missing")
			}
			if strings.HasPrefix(in.URL, "http:") {
				return sources.Source{}, sources.Unansweredf("url: a token must not travel over plain http").WithHint("use https")
			}
			_, err := setup.Secret(in.Token)
			return sources.Source{Name: setup.Name, Check: func(q sources.Query) error {
				if strings.Contains(q.Text, "lable:") {
					return sources.Unansweredf("lable: cannot\nbe answered").WithHint("there is label:")
				}
				return nil
			}}, err
		}}
	}
	return []sources.Kind{
		kind("jira", sources.Goals, sources.Quality, sources.Delivery, sources.Incidents),
		kind("github", sources.Goals, sources.Quality, sources.Incidents, sources.Shipped),
		kind("prometheus", sources.Alarms, sources.Metrics),
	}
}

func TestLoadWhole(t *testing.T) {
	text, err := os.ReadFile("testdata/whole.toml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("preread.toml", string(text), kinds())
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(op string, v float64, percent bool) aggregate.Limit {
		return aggregate.Limit{Op: op, Value: v, Percent: percent}
	}
	wantReport := config.Report{Title: "Payments group", Reader: "Dana, VP Engineering", Zone: berlin, Weeks: 6, Baseline: 26, Session: config.Session{Weekday: time.Tuesday, Clock: "10:00"}}
	if diff := cmp.Diff(wantReport, c.Report, cmpopts.IgnoreFields(config.Report{}, "Out")); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if out, err := c.Report.Out.For(sources.Week{Year: 2026, N: 46}); err != nil || out != "prereads/2026-W46.md" {
		t.Errorf("out is %q, %v", out, err)
	}
	wantTeams := []aggregate.Team{{ID: "checkout", Name: "Checkout", Lines: []aggregate.Line{
		{ID: "one-click", Noun: sources.Goals, Title: "One-click checkout in all regions", Unit: "items", Better: aggregate.Higher,
			Plan: aggregate.GoalPlan{Why: "fewer abandoned baskets", Start: sources.Day{Year: 2026, Month: 10, Day: 1}, Due: sources.Day{Year: 2026, Month: 12, Day: 18}}},
		{ID: "delivery", Noun: sources.Delivery, Title: "Sprint delivery", Unit: "ratio", Better: aggregate.Higher, Target: aggregate.Target{Green: limit(">=", 0.85, true), Red: limit("<", 0.7, true)}},
		{ID: "quality", Noun: sources.Quality, Title: "Bugs opened", Unit: "bugs", Better: aggregate.Lower},
		{ID: "p95", Noun: sources.Metrics, Title: "Checkout p95", Unit: "s", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<=", 0.3, false), Red: limit(">", 0.5, false)}},
		{ID: "incidents", Noun: sources.Incidents, Title: "Incidents", Unit: "incidents", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<=", 1, false), Red: limit(">", 3, false)}},
		{ID: "alarms", Noun: sources.Alarms, Title: "Alarms", Unit: "episodes", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<=", 20, false), Red: limit(">", 40, false)}},
		{ID: "shipped", Noun: sources.Shipped, Title: "Pull requests merged", Unit: "pull requests", Better: aggregate.Higher},
	}}}
	if diff := cmp.Diff(wantTeams, c.Teams); diff != "" {
		t.Errorf("teams (-want +got):\n%s", diff)
	}
	wantQuestions := []sources.Question{
		{Team: "checkout", Line: "one-click", Source: "jira", Query: sources.Query{Noun: sources.Goals, Text: "parent = PAY-100"}},
		{Team: "checkout", Line: "delivery", Source: "jira", Query: sources.Query{Noun: sources.Delivery, Board: 42}},
		{Team: "checkout", Line: "quality", Source: "jira", Query: sources.Query{Noun: sources.Quality, Text: "project = PAY AND issuetype = Bug"}},
		{Team: "checkout", Line: "p95", Source: "prom", Query: sources.Query{Noun: sources.Metrics, Text: "histogram_quantile(0.95, sum by (le) (rate(checkout_seconds_bucket[1w])))"}},
		{Team: "checkout", Line: "incidents", Source: "github", Query: sources.Query{Noun: sources.Incidents, Text: "repo:acme/payments label:incident"}},
		{Team: "checkout", Line: "alarms", Source: "prom", Query: sources.Query{Noun: sources.Alarms, Text: `team="checkout"`}},
		{Team: "checkout", Line: "shipped", Source: "github", Query: sources.Query{Noun: sources.Shipped, Text: "repo:acme/payments"}},
	}
	if diff := cmp.Diff(wantQuestions, c.Questions()); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
	asks, err := c.Open(func(name string) sources.Setup {
		return sources.Setup{Name: name, Secret: func(r sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(r.Name), nil }}
	})
	if err != nil || len(asks) != 7 || asks[5].Source.Name != "prom" {
		t.Errorf("opened %d asks, %v", len(asks), err)
	}
	_, err = c.Open(func(name string) sources.Setup {
		return sources.Setup{Name: name, Secret: func(r sources.SecretRef) (sources.Secret, error) {
			if r.IsZero() {
				return sources.Secret{}, nil
			}
			return sources.Secret{}, sources.Unansweredf("the variable %s is not set", r.Name).WithHint("set it")
		}}
	})
	want := "preread.toml: source jira: the variable JIRA_TOKEN is not set\nhint: set it\npreread.toml: source github: the variable GITHUB_TOKEN is not set\nhint: set it"
	if err == nil || err.Error() != want {
		t.Errorf("without tokens: %v", err)
	}
}

// What people say against a rule, short weeks, and lines that need no question
// of their own.
func TestJudgedLines(t *testing.T) {
	text, err := os.ReadFile("testdata/judged.toml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("preread.toml", string(text), kinds())
	if err != nil {
		t.Fatal(err)
	}
	day := func(m time.Month, d int) sources.Day { return sources.Day{Year: 2026, Month: m, Day: d} }
	want := []aggregate.Team{{ID: "checkout", Name: "checkout", Holidays: []sources.Day{day(10, 3), day(12, 25), day(12, 26)}, Lines: []aggregate.Line{
		{ID: "fast", Noun: sources.Goals, Title: "fast", Unit: "s", Better: aggregate.Lower, Plan: aggregate.GoalPlan{
			Assumed: []string{"no new region"}, Driver: "retention", Cadence: aggregate.Monthly,
			Due: day(12, 18), Aim: aggregate.Aim{Was: 0.42, Want: 0.3},
			Milestones: []aggregate.Milestone{{Title: "one region", Due: day(11, 6), Done: true}, {Title: "all regions", Due: day(12, 4)}},
		}},
		{ID: "delivery", Noun: sources.Delivery, Title: "Sprint delivery", Unit: "ratio", Better: aggregate.Higher},
		{ID: "p95", Noun: sources.Metrics, Title: "p95", Better: aggregate.Lower, MinChange: 0.05},
		{ID: "resolve", Noun: sources.Durations, Title: "Time to resolve", Unit: "h", Better: aggregate.Lower, Of: "incidents",
			Target: aggregate.Target{Green: aggregate.Limit{Op: "<=", Value: 8, Time: "h"}, Red: aggregate.Limit{Op: ">", Value: 48, Time: "d"}},
			Own:    []aggregate.Own{{Status: aggregate.Green, Until: day(12, 5), Reason: "two of them were drills", Where: "settings"}}},
		{ID: "incidents", Noun: sources.Incidents, Title: "Incidents", Unit: "incidents", Better: aggregate.Lower, FollowUpDays: 3,
			Waiver:   aggregate.Waiver{Until: day(12, 31), Reason: "new on-call"},
			Accepted: aggregate.Accepted{From: day(9, 28), Reason: "new alert rules"}},
	}}}
	if diff := cmp.Diff(want, c.Teams); diff != "" {
		t.Errorf("teams (-want +got):\n%s", diff)
	}
	var asked []string
	for _, q := range c.Questions() {
		text := q.Line + " " + string(q.Query.Noun)
		if q.Query.Boards != nil {
			text += " " + fmt.Sprint(q.Query.Boards)
		}
		asked = append(asked, text)
	}
	if diff := cmp.Diff([]string{"fast metric", "delivery delivery [42 43]", "p95 metric", "incidents incident"}, asked); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
}

func TestHistory(t *testing.T) {
	for text, want := range map[string]config.History{
		"none":                       {None: true},
		"history.db":                 {Place: "history.db"},
		"../state/./history.db":      {Place: "../state/history.db"},
		"postgres://me@db/preread":   {Place: "postgres://me@db/preread"},
		"env:PREREAD_HISTORY":        {Secret: sources.SecretRef{Scheme: "env", Name: "PREREAD_HISTORY"}},
		"postgres://me:hunter2@db/x": {},
		"postgres://db/x?password=a": {},
		"postgres://me@db:port/x":    {},
		"mysql://me@db/x":            {},
		"":                           {},
	} {
		var got config.History
		err := got.UnmarshalText([]byte(text))
		if got != want || (err != nil) != (want == config.History{}) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v repeats the password", err)
		}
	}
}

// Each file of testdata/wrong is a settings file with mistakes; the lines
// behind "# want:" at its end are all that may be said about it.
func TestMistakes(t *testing.T) {
	files, err := os.ReadDir("testdata/wrong")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 8 {
		t.Fatalf("only %d files of mistakes", len(files))
	}
	for _, file := range files {
		t.Run(file.Name(), func(t *testing.T) {
			text, err := os.ReadFile("testdata/wrong/" + file.Name())
			if err != nil {
				t.Fatal(err)
			}
			doc, wanted, _ := strings.Cut(string(text), "# want:\n")
			var want []string
			for line := range strings.Lines(wanted) {
				want = append(want, strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "# "))
			}
			_, err = config.Load("f.toml", doc, kinds())
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if *update {
				text := doc + "# want:\n"
				for _, line := range got {
					text += "# " + line + "\n"
				}
				if err := os.WriteFile("testdata/wrong/"+file.Name(), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
			if strings.Contains(strings.Join(got, "\n"), "hunter2") {
				t.Error("a literal secret is repeated")
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	whole, err := os.ReadFile("testdata/whole.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(whole))
	f.Add("[[team]]\n[team.goal]\n")
	f.Add("a = \"\"\"\n[x]\n\"\"\"\n[[b.c]]\nd = [1,\n2] # e\n\"q.r\" = {s = 't'}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Load("f.toml", text, kinds())
		if err == nil && len(c.Questions()) == 0 {
			t.Error("settings without a question were accepted")
		}
		var problems config.Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Errorf("%v is not a list of problems", err)
		}
		for _, p := range problems {
			if strings.Contains(p.Text, "\n") || p.Text == "" {
				t.Errorf("%q is not one line", p.Text)
			}
		}
	})
}
