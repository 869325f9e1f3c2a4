package github

import (
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	sim "preread/sources/simulated/github"
)

// What became of a deployment is its last word before a later one made it
// inactive.
func TestDeploymentOutcome(t *testing.T) {
	at := func(n int) time.Time { return hour(t, n) }
	states := func(words ...string) []sim.Status {
		var all []sim.Status
		for n, w := range words {
			all = append(all, sim.Status{State: w, At: at(n + 1)})
		}
		return all
	}
	tests := []struct {
		name   string
		states []sim.Status
		end    int // 0: not ended
		failed bool
	}{
		{"asked for", nil, 0, false},
		{"running", states("QUEUED", "IN_PROGRESS"), 0, false},
		{"waiting for leave", states("WAITING"), 0, false},
		{"good", states("IN_PROGRESS", "SUCCESS"), 2, false},
		{"good, replaced since", states("SUCCESS", "INACTIVE"), 1, false},
		{"replaced, its success forgotten", states("PENDING", "INACTIVE", "INACTIVE"), 2, false},
		{"bad", states("IN_PROGRESS", "FAILURE"), 2, true},
		{"bad, replaced since", states("ERROR", "INACTIVE"), 1, true},
		{"bad, then good", states("FAILURE", "SUCCESS"), 2, false},
		{"good, then bad, replaced since", states("SUCCESS", "ERROR", "INACTIVE"), 2, true},
		{"good, then bad", states("SUCCESS", "ERROR"), 2, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			repo := &sim.Repo{Owner: "kettle", Name: "shed", Deployments: []sim.Deployment{
				{Environment: "production", Ref: "main", Created: at(0), Author: sim.User{Login: "mona"}, Statuses: test.states},
				{Environment: "staging", Ref: "main", Created: at(0), Statuses: states("SUCCESS")},
			}}
			s, _ := serve(t, sim.New(now, repo), "web = 'https://git.example'")
			got, err := collect(t, s, window(t), sources.Shipped, "repo:kettle/shed environment:production")
			if err != nil {
				t.Fatal(err)
			}
			var want []sources.Item
			if test.end != 0 {
				want = []sources.Item{{
					Evidence: sources.Evidence{Source: "github", Ref: "kettle/shed deployment 1", URL: "https://git.example/kettle/shed/deployments/production"},
					Kind:     sources.Deployment, Type: "production", Title: "main to production", Created: at(0),
					Done: []sources.Span{{From: at(test.end)}}, Failed: test.failed, Graded: sources.Whole(),
				}}
			}
			if diff := gocmp.Diff(want, got.Items, wholly); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Without the word nothing is asked about deployments.
func TestDeploymentsOnlyWhenAsked(t *testing.T) {
	org, _ := kettle(t)
	s, gate := serve(t, org, "")
	if _, err := collect(t, s, window(t), sources.Shipped, "repo:kettle/checkout"); err != nil {
		t.Fatal(err)
	}
	for _, r := range gate.Log() {
		if r.Method != "GET" || strings.Contains(r.URL, "graphql") || strings.Contains(r.URL, "deploy") {
			t.Errorf("asked %s %s", r.Method, r.URL)
		}
	}
}

// However many came since, one that waited over the start of the window is
// found.
func TestDeploymentThatWaited(t *testing.T) {
	start := window(t).Start()
	repo := &sim.Repo{Owner: "kettle", Name: "shed"}
	for n := range 230 {
		at := start.Add(time.Duration(n) * time.Hour)
		repo.Deployments = append(repo.Deployments, sim.Deployment{Environment: "production", Ref: "main", Created: at, Statuses: []sim.Status{{State: "SUCCESS", At: at.Add(time.Minute)}}})
	}
	repo.Deployments = append(repo.Deployments, sim.Deployment{
		Environment: "production", Ref: "patient", Created: start.AddDate(0, 0, -3), Statuses: []sim.Status{{State: "WAITING", At: start.AddDate(0, 0, -3)}, {State: "SUCCESS", At: start.Add(time.Hour)}},
	})
	org := sim.New(now, repo)
	s, gate := serve(t, org, "")
	same(t, s, org, window(t), sources.Shipped, sim.Ask{Repos: []string{"kettle/shed"}, Deployed: []string{"production"}})
	if n := len(gate.Log()); n != 5 { // pull requests, releases, and three pages
		t.Errorf("%d requests, want 5", n)
	}
}

// An environment that is misspelt is not one without deployments.
func TestUnknownEnvironment(t *testing.T) {
	org, _ := kettle(t)
	s, _ := serve(t, org, "")
	for text, want := range map[string]string{
		"repo:kettle/checkout environment:prodcution":                                      `github has no deployment to "prodcution" in kettle/checkout`,
		"repo:kettle/checkout repo:kettle/search environment:production environment:stage": `github has no deployment to "stage" in kettle/checkout, kettle/search`,
		"repo:kettle/checkout environment:production":                                      "",
	} {
		got := ""
		if _, err := collect(t, s, window(t), sources.Shipped, text); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
