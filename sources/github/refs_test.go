package github

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	sim "preread/sources/simulated/github"
)

// incidentOf is an incident that was over at once.
func incidentOf(t testing.TB, title string, n int) *sim.Issue {
	return &sim.Issue{Title: title, Created: hour(t, n), Events: []sim.Event{did(hour(t, n), sim.Labeled, "incident"), did(hour(t, n+1), sim.Closed, "")}}
}

// What all incidents are called comes out of the lists that were read anyway,
// where these hold them all.
func TestRefs(t *testing.T) {
	many := func(n int) []*sim.Issue {
		var all []*sim.Issue
		for range n {
			all = append(all, incidentOf(t, "Flood", -9000+20*len(all)))
		}
		return all
	}
	quiet := &sim.Issue{Title: "no more", Created: hour(t, 3), Events: []sim.Event{did(hour(t, 3), sim.Labeled, "incident"), did(hour(t, 4), sim.Unlabeled, "incident")}}
	pull := &sim.Issue{Title: "pull", Created: hour(t, 5), Pull: &sim.Pull{}, Events: []sim.Event{did(hour(t, 5), sim.Labeled, "incident")}}
	org := sim.New(now,
		&sim.Repo{Owner: "kettle", Name: "floor", Labels: []string{"incident"}, Issues: []*sim.Issue{incidentOf(t, "old", -9000), incidentOf(t, "new", 1), quiet, pull}},
		&sim.Repo{Owner: "kettle", Name: "trays", Labels: []string{"incident"}, Issues: []*sim.Issue{incidentOf(t, "tray", -100)}},
		&sim.Repo{Owner: "kettle", Name: "cellar", Labels: []string{"incident"}, Issues: many(290)},
		&sim.Repo{Owner: "kettle", Name: "river", Labels: []string{"incident"}, Issues: many(301)},
		&sim.Repo{Owner: "kettle", Name: "mute", Disabled: true},
	)
	tests := []struct {
		name, text string
		noun       sources.Noun
		want       []string
		n          int // of them, if they are not listed here
		reason     string
	}{
		{name: "two repositories", noun: sources.Incidents, text: "repo:kettle/floor repo:kettle/trays label:INCIDENT", want: []string{"kettle/floor#1", "kettle/floor#2", "kettle/trays#1"}},
		{name: "none", noun: sources.Incidents, text: "repo:kettle/floor label:incident author:nobody", want: []string{}},
		{name: "a few pages", noun: sources.Incidents, text: "repo:kettle/cellar label:incident", n: 290},
		{name: "more than a few pages", noun: sources.Incidents, text: "repo:kettle/river label:incident", reason: "github did not list everything in kettle/river"},
		{name: "whatever there is", noun: sources.Incidents, text: "repo:kettle/floor", reason: "github did not list everything in kettle/floor"},
		{name: "no issues in one", noun: sources.Incidents, text: "repo:kettle/floor repo:kettle/mute label:incident", reason: "github did not list everything in kettle/mute"},
		{name: "another noun", noun: sources.Quality, text: "repo:kettle/floor label:incident", reason: "github does not list everything of a quality question"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, gate := serve(t, org, "")
			if _, err := collect(t, s, window(t), test.noun, test.text); err != nil {
				t.Fatal(err)
			}
			before := len(gate.Log())
			got, err := s.Refs(t.Context(), window(t), sources.Query{Noun: test.noun, Text: test.text})
			reason := ""
			if err != nil {
				reason, _ = sources.Reason(err)
			}
			if reason != test.reason {
				t.Errorf("reason %q, want %q", reason, test.reason)
			}
			if test.n == 0 {
				if diff := gocmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			} else if len(got) != test.n {
				t.Errorf("%d references, want %d", len(got), test.n)
			}
			if after := len(gate.Log()); after != before {
				t.Errorf("%d requests of its own", after-before)
			}
		})
	}
}

// A list of incidents is read whole where that takes no more requests than to
// read a part of it does: a page, what is open, and what was updated. The bugs
// of the same label share its first page. Of more than 300 two pages are read in
// vain, and here the labels are, as nothing is found.
func TestIncidentListRequests(t *testing.T) {
	for n, want := range map[int]int{1: 1, 100: 1, 101: 2, 250: 3, 301: 6} {
		repo := &sim.Repo{Owner: "kettle", Name: "river", Labels: []string{"incident"}}
		for k := range n {
			repo.Issues = append(repo.Issues, incidentOf(t, "Flood", -9000+20*k))
		}
		s, gate := serve(t, sim.New(now, repo), "")
		const text = "repo:kettle/river label:incident"
		if _, err := collect(t, s, window(t), sources.Incidents, text); err != nil {
			t.Fatal(err)
		}
		if got := len(gate.Log()); got != want {
			t.Errorf("%d incidents: %d requests, want %d", n, got, want)
		}
		if _, err := collect(t, s, window(t), sources.Quality, text); err != nil {
			t.Fatal(err)
		}
		first := 0
		for _, r := range gate.Log() {
			if strings.Contains(r.URL, "state=all") && !strings.Contains(r.URL, "since=") {
				first++
			}
		}
		if first != 1 {
			t.Errorf("%d incidents: the first page was read %d times", n, first)
		}
	}
}
