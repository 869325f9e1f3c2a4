// Package jira reads goals, bugs, sprints and incidents from Jira Cloud and
// from Jira Data Center, with one settings table for both.
//
// What an issue is now says little about a week that is past, so nearly
// everything here is rebuilt from changelogs: when an issue was done, when it
// belonged to a goal, what a sprint was committed to. The rules for sprints
// are those of Jira's own sprint report, in its Cloud form: done is the
// board's last column that has a status, what was done before the start is
// not committed, and neither is what stood in a status that is on no column.
//
// An issue that left a goal is looked for in the projects of the goal, of what
// stands above others in it, and of what is still in it; one that left from any
// other project is not found.
//
// Nothing later than the window's Now is told. What lies before the window is
// told only as far as it can be had without a further request: spans that
// ended before it are left out, and a span that began before it may begin at
// the creation or resolution instead.
//
// The paths and shapes are those of Atlassian's published descriptions of the
// platform REST API (version 3 on Cloud, 2 on Data Center) and of the agile
// REST API. The agile reads of issues are not used: on Cloud they are being
// removed. Retries, limits and credentials are left to package web, judgement
// to package aggregate.
package jira

import (
	_ "embed"
	"fmt"
	"net/http"
	"sync"

	gojira "github.com/andygrunwald/go-jira"

	"preread/sources"
	"preread/sources/internal/web"
)

//go:embed sample.toml
var sample string

const doc = `Jira: goals, bugs, sprints and incidents.

Reads Jira Cloud and Jira Data Center. With "user" the token is sent as that
account's password (Cloud), without it as a personal access token (Data
Center).

A goal is any JQL. Of the forms  parent = KEY,  "Epic Link" = KEY  and
fixVersion = "NAME"  the scope is rebuilt week by week, issues that left it
included; of any other JQL each issue counts from its creation, and is marked
as approximate. "parent = KEY" also finds the epic's issues on Data Center,
where they are linked by another field. An issue closed with a resolution of
"wont_do" leaves the scope and is not counted as done.

Where KEY is an initiative, or more than that, what counts is what hangs on its
epics, level by level, and not the epics: but an epic with nothing below it yet
counts as one item, being work too. The same is asked by
issuekey in portfolioChildIssuesOf("KEY").  Sub-tasks do not count. On Data
Center this needs Advanced Roadmaps.

With a goal come the dates that Jira gives it: the due date of its epic or
initiative, its fix version's, and the versions that its issues are planned for.

Quality is any JQL that finds bugs: in when created, out when done.

An issue of a goal, or a bug, was blocked while it was flagged, and while it was
linked as blocked by another that was not done. A blocker that the token may not
see makes that approximate.

Delivery needs a board with sprints, or several. Each sprint is told once, as in
Jira's own sprint report: committed, completed, added, removed, carried in.
Estimates are those of the board's estimation field; times are told in hours.
Boards of team-managed projects are read by the same rules.

An incident is acknowledged when it first leaves a status of the category
To Do, and resolved when it became done and stayed so. Its severity is its
priority, unless "severity_field" names a field. Its follow-ups are the issues
linked to it: by the link types in "followup_links", or else by all but
Duplicate and Cloners where the linked issue is not of the incident's own
type. It is a major one if the field of Jira Service Management, or
"major_field", says so. A linked post-incident review is its review, and what is
linked to that is a follow-up of the incident.`

// Kind describes the Jira collector.
var Kind = sources.Kind{
	Name:   "jira",
	Doc:    doc,
	Sample: sample,
	Nouns:  []sources.Noun{sources.Goals, sources.Quality, sources.Delivery, sources.Incidents},
	Boards: true,
	Open:   open,
}

// A source is one opened Jira. What several questions need, it fetches once.
type source struct {
	name     string
	settings settings
	jira     *gojira.Client

	site shared[*site] // who answers there, its fields and statuses

	mu      sync.Mutex
	version string                   // of the site's software, once it was asked
	hauls   map[string]*shared[haul] // by JQL
	trees   map[string]*shared[tree] // by JQL and window
}

func open(decode sources.Decode, setup sources.Setup) (sources.Source, error) {
	var set settings
	if err := decode(&set); err != nil {
		return sources.Source{}, err
	}
	if err := set.check(setup.Name); err != nil {
		return sources.Source{}, err
	}
	token, err := setup.Secret(set.Token)
	if err != nil {
		return sources.Source{}, err
	}
	if token.IsZero() {
		return sources.Source{}, fmt.Errorf("the token of %s is empty: %s holds nothing", setup.Name, set.Token)
	}
	client := web.New(web.Options{
		Source: setup.Name, Base: set.URL.URL, Agent: setup.Agent,
		Authorize: authorize(set.User, token),
		Inspect:   inspect(setup.Name),
		Transport: setup.Transport, Pace: setup.Pace,
		Budget: int(set.MaxRequests), Timeout: set.Timeout.Duration,
	})
	lib, err := gojira.NewClient(client.HTTP(), set.URL.String())
	if err != nil {
		return sources.Source{}, fmt.Errorf("the url of %s cannot be used", setup.Name)
	}
	s := &source{name: setup.Name, settings: set, jira: lib, hauls: map[string]*shared[haul]{}, trees: map[string]*shared[tree]{}}
	return sources.Source{
		Name:      setup.Name,
		Items:     s.items,
		Sprints:   s.sprints,
		Incidents: s.incidents,
		Check:     check,
		Plan:      s.plan,
		Evidence:  s.navigator,
		Refs:      s.refs,
		Health: func() sources.Health {
			health := client.Health()
			s.mu.Lock()
			defer s.mu.Unlock()
			health.Version = s.version
			return health
		},
		Requests: client.Requests,
	}, nil
}

// told notes what software the site says it runs.
func (s *source) told(version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version = version
}

// authorize sends an account's token as a password, a token alone as bearer.
func authorize(user string, token sources.Secret) func(*http.Request) {
	return func(req *http.Request) {
		if user != "" {
			req.SetBasicAuth(user, token.Reveal())
			return
		}
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
}
