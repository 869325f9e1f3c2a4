package contract

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"preread/sources"
	"preread/sources/jira"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/jira"
)

// jiraCorrections are where Jira Cloud and its platform description differ.
func jiraCorrections(doc *openapi3.T) {
	// A change from or to nothing is null.
	change := doc.Components.Schemas["ChangeDetails"].Value.Properties
	for _, side := range []string{"from", "fromString", "to", "toString"} {
		change[side].Value.Nullable = true
	}
	// The token after the last page is null, as its own description says.
	for _, page := range []string{"BulkChangelogResponseBean", "SearchAndReconcileResults"} {
		doc.Components.Schemas[page].Value.Properties["nextPageToken"].Value.Nullable = true
	}
	// A field without a value is null.
	doc.Components.Schemas["IssueBean"].Value.Properties["fields"].Value.AdditionalProperties.Schema.Value.Nullable = true
	// Times have an offset without a colon.
	for schema, fields := range map[string][]string{"Changelog": {"created"}, "ServerInformation": {"serverTime", "buildDate"}} {
		for _, name := range fields {
			field := doc.Components.Schemas[schema].Value.Properties[name].Value
			field.Format, field.Pattern = "", `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$`
		}
	}

	// The bulk read gives the time of a change in milliseconds, the others as
	// a text, with one schema for both.
	changelog := doc.Components.Schemas["Changelog"].Value
	bulk := *changelog
	bulk.Properties = openapi3.Schemas{}
	for name, schema := range changelog.Properties {
		bulk.Properties[name] = schema
	}
	bulk.Properties["created"] = openapi3.NewSchemaRef("", openapi3.NewInt64Schema())
	doc.Components.Schemas["IssueChangeLog"].Value.Properties["changeHistories"].Value.Items = openapi3.NewSchemaRef("", &bulk)
}

// jiraAddress matches version 2, which go-jira speaks, with version 3: the
// paths are the same, and texts are wiki markup instead of documents.
func jiraAddress(u *url.URL) bool {
	if rest, ok := strings.CutPrefix(u.Path, "/rest/api/2/"); ok {
		u.Path = "/rest/api/3/" + rest
	}
	return true
}

func newJira(t *testing.T) (*checker, company.Company) {
	t.Helper()
	c := kettle(t)
	site := sim.Generate(c)
	furnish(c, site)
	return &checker{
		system:    site.Cloud(jiraToken),
		routers:   []routers.Router{load(t, "jira-platform-v3.json", jiraCorrections), load(t, "jira-software.json")},
		translate: jiraAddress,
	}, c
}

// furnish adds what the company does without: an initiative above the epics, an
// issue that is flagged and waits for one elsewhere, dates, a major incident with
// a review, and two boards of team-managed projects, one of which has no sprints.
func furnish(c company.Company, site *sim.Site) {
	ago := func(days int) time.Time { return c.Now.AddDate(0, 0, -days) }
	site.Projects = append(site.Projects, sim.Project{ID: "7", Key: "TOP", Name: "Plans"}, sim.Project{ID: "8", Key: "POT", Name: "Pots"})
	site.Versions = map[string]sim.Version{"3.1": {Release: "2026-12-01"}}
	var epics []*sim.Issue
	var open, incident *sim.Issue
	for _, i := range site.Issues {
		last := i.Last()
		switch {
		case i.Type == "Epic":
			epics = append(epics, i)
		case i.Type == "Incident":
			incident = i
		case last.Parent != nil && last.Parent.Type == "Epic" && last.Resolution == "":
			open = i
		}
	}
	head := site.NewIssue("TOP", "Initiative", ago(80), sim.State{Summary: "Everything at once", Due: "2026-12-18"})
	head.Key = "TOP-1000"
	for _, epic := range epics {
		site.Edit(epic, ago(30), func(st *sim.State) { st.Parent = head })
	}
	blocker := site.NewIssue("POT", "Task", ago(60), sim.State{Summary: "Order clay"})
	site.Edit(open, ago(9), func(st *sim.State) {
		st.Flagged, st.Blockers, st.Versions = true, []*sim.Issue{blocker}, []string{"3.1"}
	})
	review := site.NewIssue("POT", "Post-incident review", ago(20), sim.State{Summary: "What spilt"})
	incident.Links = append(incident.Links, sim.Link{Type: "Relates", To: review})
	site.Edit(incident, incident.Created.Add(time.Minute), func(st *sim.State) { st.Major = true })
	site.Boards = append(site.Boards,
		&sim.Board{ID: 91, Name: "Pots", Project: "POT", TeamManaged: true, Filter: 91, Columns: site.Boards[0].Columns},
		&sim.Board{ID: 92, Name: "Plans", Project: "TOP", TeamManaged: true, NoSprints: true, Filter: 92, Columns: site.Boards[0].Columns})
}

const (
	jiraToken = "contract-token"
	jiraTable = "url = 'URL'\nuser = 'preread@kettle.example'\ntoken = 'env:T'\n"
)

func TestJiraCloud(t *testing.T) {
	c, firm := newJira(t)
	queries := []sources.Query{
		{Noun: sources.Goals, Text: "parent = POUR-100"},
		{Noun: sources.Goals, Text: "parent = LEAF-100"},
		{Noun: sources.Goals, Text: "parent = TOP-1000"},
		{Noun: sources.Quality, Text: "project = POUR AND issuetype = Bug"},
		{Noun: sources.Delivery, Board: 42, Boards: []int64{43, 91}},
		{Noun: sources.Incidents, Text: "project = LEAF AND issuetype = Incident"},
	}
	gather(t, c, jira.Kind, jiraTable, jiraToken, firm, 30, queries)
	c.report(t, "/rest/api/3/search/jql", "/rest/api/3/changelog/bulkfetch", "/rest/agile/1.0/board/{boardId}/sprint", "/rest/agile/1.0/board/{boardId}/features")
}

func TestJiraCheckerSees(t *testing.T) {
	tests := []struct {
		name, path, want string
		edit             func([]byte) []byte
	}{
		{name: "nothing wrong", path: "/rest/api/2/serverInfo"},
		{"wrong type", "/rest/api/2/serverInfo", "buildNumber", func([]byte) []byte { return []byte(`{"buildNumber":"many"}`) }},
		{"no list", "/rest/api/2/field", "array", func([]byte) []byte { return []byte(`{}`) }},
		{"field that is not described", "/rest/api/2/serverInfo", "spout", func(b []byte) []byte { return bytes.Replace(b, []byte("{"), []byte(`{"spout":1,`), 1) }},
		{"unknown parameter", "/rest/api/2/serverInfo?spout=left", "spout", nil},
		{"unknown path", "/rest/api/2/teapot", "teapot", nil},
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("preread@kettle.example:"+jiraToken))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _ := newJira(t)
			gate := fault.NewGate(c.system)
			gate.Add(fault.Fault{Edit: test.edit})
			c.system = gate
			c.sees(t, test.path, basic, test.want)
		})
	}
}
