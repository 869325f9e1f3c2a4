package jira

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
)

func TestUnknownTokens(t *testing.T) {
	tests := []struct {
		name      string
		anonymous bool
		header    http.Header // as if headers told nothing
		want      string
	}{
		{"refused", false, nil, "jira refused the token (401)"},
		{"taken for a visitor", true, nil, "jira does not know this token: it answered as an anonymous visitor"},
		{"taken for a visitor without a word", true, http.Header{"X-Seraph-Loginreason": {"OK"}, "X-Ausername": {"preread"}}, "jira refused the token (401)"},
	}
	for _, p := range products {
		for _, tt := range tests {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				site := kettle(t, 1)
				site.Anonymous = tt.anonymous
				gate := fault.NewGate(p.handler(site, "another-token"))
				gate.Add(fault.Fault{Header: tt.header})
				server := httptest.NewServer(gate)
				defer server.Close()
				facts := gather(t.Context(), window(t, 6), p.open(t, server.URL, "", token), questions)
				for _, a := range facts.Answers {
					if a.Gap != tt.want || a.Hint == "" {
						t.Errorf("%+v: gap %q, hint %q; want %q", a.Question.Query, a.Gap, a.Hint, tt.want)
					}
				}
				if n := facts.Requests["jira"]; n > 4 {
					t.Errorf("%d requests with a token that is not known", n)
				}
			})
		}
	}
}

func TestTokenLapsesOnTheWay(t *testing.T) {
	for _, p := range products {
		source, gate := p.serve(t, kettle(t, 1), "")
		gate.Add(fault.Fault{Path: "POST /rest/api/./search", Header: http.Header{"X-Seraph-Loginreason": {"AUTHENTICATED_FAILED"}}, Empty: true})
		for _, a := range gather(t.Context(), window(t, 6), source, questions).Answers {
			if want := "jira does not know this token: it answered as an anonymous visitor"; a.Gap != want {
				t.Errorf("%s: %+v: gap %q", p.name, a.Question.Query, a.Gap)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name  string
		query sources.Query
		fault fault.Fault
		want  string
	}{
		{"kanban", sources.Query{Noun: sources.Delivery, Board: 77}, fault.Fault{}, "board 77 has no sprints"},
		{"kanban without configuration", sources.Query{Noun: sources.Delivery, Board: 77}, fault.Fault{Path: "configuration", Status: 403, Body: "{}"}, "board 77 has no sprints"},
		{"no such board", sources.Query{Noun: sources.Delivery, Board: 4711}, fault.Fault{}, "jira has no board 4711, or does not show it to this token (404)"},
		{"no board named", sources.Query{Noun: sources.Delivery}, fault.Fault{}, "the delivery line names no board"},
		{"unknown project", sources.Query{Noun: sources.Quality, Text: "project = NOPE"}, fault.Fault{}, "jira does not accept the query (400)"},
		{"unknown type", sources.Query{Noun: sources.Incidents, Text: "issuetype = Disaster"}, fault.Fault{}, "jira does not accept the query (400)"},
		{"unknown epic", sources.Query{Noun: sources.Goals, Text: "parent = POUR-99999"}, fault.Fault{}, "jira does not accept the query (400)"},
		{"no query", sources.Query{Noun: sources.Goals}, fault.Fault{}, "the query is empty and would ask for every issue"},
		{"another noun", sources.Query{Noun: sources.Shipped, Text: "project = POUR"}, fault.Fault{}, "jira cannot tell about shipped"},
		{"no list in the answer", sources.Query{Noun: sources.Goals, Text: "parent = POUR-100"}, fault.Fault{Path: "/search", Body: "{}"}, "jira gave an answer that this program cannot read"},
		{"no sprints in the answer", sources.Query{Noun: sources.Delivery, Board: 42}, fault.Fault{Path: "/sprint", Body: "{}"}, "jira gave an answer that this program cannot read"},
		{"issues without dates", sources.Query{Noun: sources.Goals, Text: "parent = POUR-100"},
			fault.Fault{Path: "/search", Body: `{"isLast":true,"total":1,"issues":[{"id":"1","key":"A-1","fields":{}}]}`}, "jira gave an answer that this program cannot read"},
		{"nobody at home", sources.Query{Noun: sources.Goals, Text: "parent = POUR-100"}, fault.Fault{Path: "myself", Body: "{}"},
			"jira does not know this token: it answered as an anonymous visitor"},
		{"captcha", sources.Query{Noun: sources.Goals, Text: "parent = POUR-100"}, fault.Fault{Header: http.Header{"X-Seraph-Loginreason": {"AUTHENTICATION_DENIED"}}},
			"jira wants a person to sign in before it takes this token again"},
		{"no fields", sources.Query{Noun: sources.Goals, Text: "parent = POUR-100"}, fault.Fault{Path: "field", Empty: true}, "jira gave an answer that this program cannot read"},
	}
	for _, p := range products {
		for _, tt := range tests {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				site := kettle(t, 1)
				site.Boards = append(site.Boards, &simulated.Board{ID: 77, Name: "Warehouse", Kanban: true, Project: "POUR"})
				source, gate := p.serve(t, site, "")
				if tt.fault.Path != "" || tt.fault.Header != nil {
					gate.Add(tt.fault)
				}
				a := gather(t.Context(), window(t, 6), source, []sources.Query{tt.query}).Answers[0]
				if a.Gap != tt.want {
					t.Errorf("gap %q, want %q", a.Gap, tt.want)
				}
			})
		}
	}
}

func TestNoSprintInTheWindow(t *testing.T) {
	for _, p := range products {
		site := scene(t)
		site.Sprints = site.Sprints[3:]
		source, _ := p.serve(t, site, "")
		sprints, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Board: 1})
		if err != nil || len(sprints) != 0 {
			t.Errorf("%s: %d sprints, %v", p.name, len(sprints), err)
		}
	}
}

func TestPagesInACircle(t *testing.T) {
	site := simulated.Sized(simulated.Size{Goal: 250}, monday)
	source, gate := products[0].serve(t, site, "")
	var stuck []byte
	gate.Add(fault.Fault{Path: "search/jql", Edit: func(body []byte) []byte {
		if stuck == nil {
			stuck = body
		}
		return stuck
	}})
	_, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = KIT-1"})
	if reason, _ := sources.Reason(err); reason != "jira leads in a circle: its list of pages does not end" {
		t.Errorf("got %v", err)
	}
	source, gate = products[1].serve(t, site, "")
	gate.Add(fault.Fault{Path: "search", Edit: func(body []byte) []byte {
		return []byte(strings.Replace(string(body), `"total":251`, `"total":252`, 1))
	}})
	_, err = source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = KIT-1"})
	if reason, _ := sources.Reason(err); reason != "jira stopped in the middle of a list: 251 of 252 issues came" {
		t.Errorf("got %v", err)
	}
}

// Of several sites it is clear which one is meant.
func TestErrorsNameTheirSource(t *testing.T) {
	s := &source{name: "tracker"}
	_, unknown := (&site{name: s.name}).field("Size")
	for _, err := range []error{s.unreadable(), s.circle(), unknown} {
		if reason, _ := sources.Reason(err); !strings.HasPrefix(reason, "tracker ") {
			t.Errorf("%q", reason)
		}
	}
}
