package contract

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"preread/sources"
	"preread/sources/github"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
)

// githubCorrections are where GitHub and its description differ.
func githubCorrections(doc *openapi3.T) {
	// The list of sub-issues was left out of our cut. It answers issues, as the
	// list of issues does, and is paged as the timeline is.
	timeline := doc.Paths.Value("/repos/{owner}/{repo}/issues/{issue_number}/timeline").Get
	issues := doc.Paths.Value("/repos/{owner}/{repo}/issues").Get
	doc.Paths.Set(subIssues, &openapi3.PathItem{Get: &openapi3.Operation{
		OperationID: "issues/list-sub-issues", Parameters: timeline.Parameters,
		Responses: openapi3.NewResponses(openapi3.WithStatus(http.StatusOK, issues.Responses.Status(http.StatusOK))),
	}})
}

const subIssues = "/repos/{owner}/{repo}/issues/{issue_number}/sub_issues"

// githubAddress takes an address back to the description's: an Enterprise
// Server has it below /api/v3, and the links of GitHub name a repository by
// its number and carry a cursor, neither of which is described.
func githubAddress(names map[int64]string) func(*url.URL) bool {
	return func(u *url.URL) bool {
		if u.Path == "/graphql" || u.Path == "/api/graphql" {
			return false // of GraphQL no description is kept here
		}
		u.Path = strings.TrimPrefix(u.Path, "/api/v3")
		if rest, ok := strings.CutPrefix(u.Path, "/repositories/"); ok {
			number, list, _ := strings.Cut(rest, "/")
			id, _ := strconv.ParseInt(number, 10, 64)
			u.Path = "/repos/" + names[id] + "/" + list
			query := u.Query()
			query.Del("after")
			u.RawQuery = query.Encode()
		}
		return true
	}
}

func newGitHub(t *testing.T) (*checker, company.Company) {
	t.Helper()
	c := kettle(t)
	org := sim.Generate(c)
	names := map[int64]string{}
	for _, team := range c.Teams {
		names[org.Repo(team.Repo).ID] = team.Repo
	}
	return &checker{
		system:    org,
		routers:   []routers.Router{load(t, "github-rest.json", githubCorrections)},
		translate: githubAddress(names),
	}, c
}

func githubQueries() []sources.Query {
	query := func(noun sources.Noun, a sim.Ask) sources.Query { return sources.Query{Noun: noun, Text: a.Text()} }
	both := []string{"kettle/checkout", "kettle/search"}
	return []sources.Query{
		query(sources.Goals, sim.Ask{Repos: both, Milestone: "Fast index"}),
		query(sources.Goals, sim.Ask{Repos: both}),
		query(sources.Goals, sim.Ask{Repos: both, Pulls: true, Author: "dependabot[bot]"}),
		query(sources.Quality, sim.Ask{Repos: both, Labels: []string{sim.BugLabel}}),
		query(sources.Quality, sim.Ask{Repos: both}),
		query(sources.Incidents, sim.Ask{Repos: both, Labels: []string{sim.IncidentLabel}}),
		query(sources.Incidents, sim.Ask{Repos: []string{"kettle/search"}, Labels: []string{sim.IncidentLabel}}),
		query(sources.Incidents, sim.Ask{Repos: both, Labels: []string{sim.BugLabel}}),
		query(sources.Shipped, sim.Ask{Repos: both}),
		query(sources.Delivery, sim.Ask{Repos: both, Milestone: "*sprint*"}),
	}
}

const githubTable = "url = 'URL'\ntoken = 'env:T'\n"

func TestGitHub(t *testing.T) {
	c, firm := newGitHub(t)
	queries := githubQueries()
	for _, i := range c.system.(*sim.Org).Repo("kettle/search").Issues {
		if len(i.Family) > 0 {
			queries = append(queries, sources.Query{Noun: sources.Goals, Text: "parent:kettle/search#" + strconv.Itoa(i.Number)})
		}
	}
	gather(t, c, github.Kind, githubTable, sim.Token, firm, 30, queries)
	c.report(t,
		"/repos/{owner}/{repo}/issues", "/repos/{owner}/{repo}/pulls", "/repos/{owner}/{repo}/releases",
		"/repos/{owner}/{repo}/milestones", "/repos/{owner}/{repo}/labels",
		"/repos/{owner}/{repo}/issues/{issue_number}/timeline", "/repos/{owner}/{repo}/issues/events",
		"/repos/{owner}/{repo}/issues/{issue_number}", subIssues)
}

// The checker sees what is wrong; otherwise its silence would mean nothing.
func TestGitHubCheckerSees(t *testing.T) {
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	}
	tests := []struct {
		name, path string
		fault      fault.Fault
		want       string
	}{
		{"nothing wrong", "/api/v3/repos/kettle/search/issues?state=all", fault.Fault{}, ""},
		{"missing required field", "/repos/kettle/search/issues", fault.Fault{Edit: replace(`"updated_at"`, `"changed_at"`)}, "updated_at"},
		{"wrong type", "/repos/kettle/search/pulls", fault.Fault{Edit: replace(`"number":`, `"number":"seven","was":`)}, "number"},
		{"no list", "/repos/kettle/search/releases", fault.Fault{WrongType: true}, "array"},
		{"unknown word", "/repos/kettle/search/issues?state=all", fault.Fault{Edit: replace(`"state_reason":null`, `"state_reason":"bored"`)}, "state_reason"},
		{"unknown parameter", "/repos/kettle/search/pulls?since=2026-11-01T00:00:00Z", fault.Fault{}, "since"},
		{"parameter out of its values", "/repos/kettle/search/issues?state=merged", fault.Fault{}, "state"},
		{"unknown path", "/repos/kettle/search/teapots", fault.Fault{}, "teapots"},
		{"undescribed status", "/repos/kettle/search/labels", fault.Fault{Status: 418, Body: `{}`}, "status"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _ := newGitHub(t)
			gate := fault.NewGate(c.system)
			gate.Add(test.fault)
			c.system = gate
			c.sees(t, test.path, "Bearer "+sim.Token, test.want)
		})
	}
}
