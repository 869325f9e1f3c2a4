package main

import (
	"slices"
	"testing"

	"preread/config"
	"preread/sources"
	"preread/sources/simulated/company"
	"preread/sources/simulated/github"
	"preread/sources/simulated/jira"
	"preread/sources/simulated/prometheus"
)

// BenchmarkWeek collects one team's page from all three systems over a network
// of 50 ms, the six weeks alone and with the baseline before them: the time it
// takes, the requests it makes, and how many times as many that is as the APIs'
// page sizes ask for.
func BenchmarkWeek(b *testing.B) {
	b.Run("six", func(b *testing.B) { collectWeeks(b, 6) })
	b.Run("six and baseline", func(b *testing.B) { collectWeeks(b, 32) })
}

func collectWeeks(b *testing.B, weeks int) {
	kettle := serve(b)
	kettle.far()
	c := kettle.company
	settings, err := config.Load(settingsName, kettle.systems.Settings(), collectors)
	if err != nil {
		b.Fatal(err)
	}
	team := c.Teams[0]
	window := sources.Window{Last: sources.WeekOf(scriptNow, c.Zone).Add(-1), Count: weeks, Zone: c.Zone, Now: scriptNow}
	var requests int
	var last map[string]int
	for b.Loop() {
		asks, err := settings.Open(func(name string) sources.Setup {
			return sources.Setup{Name: name, Secret: func(r sources.SecretRef) (sources.Secret, error) {
				return sources.NewSecret(kettle.systems.Tokens()[r.Name]), nil
			}}
		})
		if err != nil {
			b.Fatal(err)
		}
		asks = slices.DeleteFunc(asks, func(a sources.Ask) bool { return a.Question.Team != team.ID })
		facts := sources.Gather(b.Context(), window, asks, nil)
		if gaps := facts.Gaps(); len(gaps) > 0 {
			b.Fatal(gaps)
		}
		requests, last = 0, facts.Requests
		for _, n := range facts.Requests {
			requests += n
		}
	}
	b.Logf("requests by source: %v", last)
	fewest := fewestRequests(c, window, settings.Questions(), team.ID)
	b.ReportMetric(float64(requests), "requests")
	b.ReportMetric(float64(fewest), "fewest")
	b.ReportMetric(float64(requests)/float64(fewest), "ratio")
}

// fewestRequests sums up what the systems themselves say can be had in how few
// requests.
func fewestRequests(c company.Company, window sources.Window, questions []sources.Question, team string) int {
	org := github.Generate(c)
	i := slices.IndexFunc(c.Teams, func(t company.Team) bool { return t.ID == team })
	repos := []string{c.Teams[i].Repo}
	var ofJira []sources.Query
	fewest := 0
	for _, q := range questions {
		switch {
		case q.Team != team:
		case q.Source == "jira":
			ofJira = append(ofJira, q.Query)
		case q.Query.Noun == sources.Alarms:
			fewest += prometheus.FewestAlarms()
		case q.Query.Noun == sources.Metrics:
			fewest += prometheus.FewestReadings(window)
		case q.Query.Noun == sources.Incidents:
			fewest += org.Fewest(q.Query.Noun, github.Ask{Repos: repos, Labels: []string{"incident"}}, window)
		default:
			fewest += org.Fewest(q.Query.Noun, github.Ask{Repos: repos}, window)
		}
	}
	return fewest + jira.Generate(c).Fewest(true, window, ofJira...)
}
