// Package simulated starts Jira, GitHub and Prometheus on loopback, over one
// made-up company. The demo, the tests and the benchmarks run the real
// collectors against them.
//
// The company is in package company; each system, with the truth that tests
// compare with, is in a package of its own; package fault stands before each
// of them and makes it misbehave on request.
package simulated

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
	"preread/sources/simulated/github"
	"preread/sources/simulated/jira"
	"preread/sources/simulated/prometheus"
)

// The tokens that the systems want. They open nothing else.
const (
	JiraToken       = "demo-jira-token"
	GitHubToken     = "demo-github-token"
	PrometheusToken = "demo-prometheus-token"
)

// A System is one simulated system that listens.
type System struct {
	URL   string      // where the API is
	Token string      // what it wants to see
	Gate  *fault.Gate // what stands before it
	stop  func()
}

// Close stops the system; its port is free afterwards.
func (s System) Close() { s.stop() }

// Systems are all systems of one company.
type Systems struct {
	Company    company.Company
	Jira       System
	GitHub     System
	Prometheus System
	DataCenter bool // Jira is a Data Center, not a Cloud

	Org *github.Org // the one that GitHub shows, for people to work in
}

// Start starts the systems of a company, Jira as Cloud or as Data Center, each
// on a free port of loopback. The caller closes them.
func Start(c company.Company, dataCenter bool) *Systems {
	site := jira.Generate(c)
	view := site.Cloud
	if dataCenter {
		view = site.DataCenter
	}
	p := prometheus.Generate(c)
	p.Token = PrometheusToken
	p.Retention = 0 // all that there is: a firm that keeps its history can compare
	org := github.Generate(c)
	org.Token = GitHubToken
	return &Systems{
		Company:    c,
		Jira:       serve(view(JiraToken), JiraToken),
		GitHub:     serve(org, GitHubToken),
		Prometheus: serve(p, PrometheusToken),
		DataCenter: dataCenter,
		Org:        org,
	}
}

func serve(system http.Handler, token string) System {
	gate := fault.NewGate(system)
	server := httptest.NewServer(gate)
	return System{URL: server.URL, Token: token, Gate: gate, stop: server.Close}
}

// Close stops all systems.
func (s *Systems) Close() {
	s.Jira.Close()
	s.GitHub.Close()
	s.Prometheus.Close()
}

// Settings returns a settings file for the company's teams. Tokens are
// taken from the files jira.token, github.token and prometheus.token beside
// it; see Tokens.
func (s *Systems) Settings() string {
	var b strings.Builder
	user := `user  = "preread@kettle.example"` + "\n"
	if s.DataCenter {
		user = "" // a personal access token needs none
	}
	fmt.Fprintf(&b, `# The settings of the demo. The company is made up, and so are its systems: they
# listen on this machine while the demo runs. Real settings look the same, but
# for the addresses and for tokens such as "env:JIRA_TOKEN".

[report]
title    = "%s, the shop"
reader   = "Dana, VP Engineering"
timezone = "%s"
weeks    = 6
out      = "prereads/{{.Week}}.md"
session  = "Tuesday 10:00"
history  = "history.db"                       # what is remembered from week to week

[[source.jira]]
name  = "jira"
url   = "%s"
%stoken = "file:jira.token"

[[source.github]]
name  = "github"
url   = "%s"
web   = "https://github.kettle.example"       # where people open it
token = "file:github.token"

[[source.prometheus]]
name  = "prom"
url   = "%s"
web   = "https://prometheus.kettle.example"   # where people open it
token = "file:prometheus.token"
`, s.Company.Name, s.Company.Zone, s.Jira.URL, user, s.GitHub.URL, s.Prometheus.URL)
	for _, t := range s.Company.Teams {
		s.team(&b, t)
	}
	return b.String()
}

// Tokens returns the token files that belong to the settings, by name.
func (s *Systems) Tokens() map[string]string {
	return map[string]string{
		"jira.token":       s.Jira.Token,
		"github.token":     s.GitHub.Token,
		"prometheus.token": s.Prometheus.Token,
	}
}

func (s *Systems) team(b *strings.Builder, t company.Team) {
	fmt.Fprintf(b, "\n[[team]]\nid   = %q\nname = %q\n", t.ID, t.Name)
	for _, g := range t.Goals {
		from, query := "jira", "parent = "+g.Epic
		if g.Epic == "" {
			from, query = "github", fmt.Sprintf(`repo:%s milestone:"%s"`, t.Repo, g.Milestone)
		}
		fmt.Fprintf(b, `
  [[team.goal]]
  id    = %q
  title = %q
  why   = %q
  start = %s
  due   = %s
  from  = %q
  query = '%s'
`, g.ID, g.Title, g.Why, g.Start, g.Due, from, query)
	}
	fmt.Fprintf(b, `
  [team.delivery]                # done of what was committed to
  from  = "jira"
  board = %d
  green = ">= 80%%"
  red   = "< 60%%"

  [team.quality]                 # bugs in and out
  from  = "jira"
  query = "project = %s AND issuetype = Bug"
  green = "<= 6"
  red   = "> 12"
`, t.Board, t.Project)
	for _, m := range metrics[t.ID] {
		fmt.Fprintf(b, `
  [[team.metric]]
  id     = %q
  title  = %q
  from   = "prom"
  query  = '%s'
  unit   = %q
  better = %q
  green  = %q
  red    = %q
`, m.id, m.title, m.query, m.unit, m.better, m.green, m.red)
	}
	from, query := "github", "repo:"+t.Repo+" label:incident"
	if t.InJira {
		from, query = "jira", "project = "+t.Project+" AND issuetype = Incident"
	}
	fmt.Fprintf(b, `
  [team.incidents]
  from  = %q
  query = "%s"
  green = "<= 1"
  red   = "> 3"

  [[team.duration]]
  id    = "time-to-resolve"
  of    = "incidents"
  green = "<= 8h"
  red   = "> 24h"

  [team.alarms]
  from     = "prom"
  matchers = 'team="%s"'
  green    = "<= 20"
  red      = "> 40"

  [team.shipped]                 # merged pull requests and releases
  from  = "github"
  query = "repo:%s"
`, from, query, t.ID, t.Repo)
}

// metrics are the one-number-a-week lines of the teams.
var metrics = map[string][]struct{ id, title, query, unit, better, green, red string }{
	"checkout": {
		{"p95", "Checkout p95", prometheus.CheckoutP95, "s", "lower", "<= 0.3", "> 0.5"},
		{"availability", "Checkout availability", prometheus.CheckoutAvailability, "", "higher", ">= 99.8%", "< 99.5%"},
	},
	"search": {
		{"lag", "Index lag", prometheus.SearchIndexLag, "s", "lower", "<= 60", "> 120"},
		{"availability", "Search availability", prometheus.SearchAvailability, "", "higher", ">= 99.8%", "< 99.5%"},
	},
	"warehouse": {
		{"packing", "Time to pack", prometheus.WarehousePacking, "s", "lower", "<= 120", "> 180"},
	},
}
