package github

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	gh "github.com/google/go-github/v60/github"

	"preread/sources"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
)

// hour returns an instant of the window, counted in hours from its start.
func hour(t testing.TB, n int) time.Time { return window(t).Start().Add(time.Duration(n) * time.Hour) }

func TestIncidents(t *testing.T) {
	at := func(n int) time.Time { return hour(t, n) }
	on := func(n int, label string) sim.Event { return sim.Event{At: at(n), What: sim.Labeled, Word: label} }
	assigned := func(n int) sim.Event { return sim.Event{At: at(n), What: sim.Assigned, Word: "earl-grey"} }
	closed := func(n int, reason string) sim.Event { return sim.Event{At: at(n), What: sim.Closed, Word: reason} }
	chatty := func(first sim.Event, rest ...sim.Event) []sim.Event {
		events := []sim.Event{first}
		for range 230 {
			events = append(events, sim.Event{At: at(31), What: sim.Commented})
		}
		return append(events, rest...)
	}

	child := &sim.Issue{Title: "Mop", Created: at(50), Events: []sim.Event{closed(60, "")}}
	dropped := &sim.Issue{Title: "Sue the floor", Created: at(50), Events: []sim.Event{closed(60, sim.NotPlanned)}}
	elsewhere := &sim.Issue{Title: "Buy a tray", Created: at(51)}
	secret := &sim.Issue{Title: "Not for all eyes", Created: at(51)}
	plain := &sim.Issue{Title: "plain", Created: at(10), Events: []sim.Event{on(10, "incident"), on(10, "severity:2"), assigned(11), closed(12, "")}}
	issues := []*sim.Issue{
		plain,
		{Title: "long before, closed before", Created: at(-90), Events: []sim.Event{on(-90, "incident"), closed(-80, "")}},
		{Title: "long before, closed within", Created: at(-90), Events: []sim.Event{on(-90, "incident"), closed(1, "")}},
		{Title: "long before, still open", Created: at(-9000), Events: []sim.Event{on(-9000, "incident")}},
		{Title: "a bug that became one", Created: at(-90), Events: []sim.Event{assigned(-89), on(30, "incident"), closed(33, "")}},
		{Title: "labelled after the end", Created: at(20), Events: []sim.Event{closed(21, ""), on(25, "incident")}},
		{Title: "relabelled", Created: at(20), Events: []sim.Event{on(20, "incident"), {At: at(21), What: sim.Unlabeled, Word: "incident"}, on(22, "incident"), closed(23, "")}},
		{Title: "much talked about", Created: at(30), Events: chatty(on(30, "incident"), assigned(32), closed(33, ""))},
		{Title: "opened again", Created: at(40), Events: []sim.Event{on(40, "incident"), closed(41, ""), {At: at(42), What: sim.Reopened}}},
		{Title: "not one any more", Created: at(40), Events: []sim.Event{on(40, "incident"), {At: at(41), What: sim.Unlabeled, Word: "incident"}}},
		{Title: "with sub-issues", Created: at(49), Events: []sim.Event{on(49, "incident"), closed(50, "")}, Children: []*sim.Issue{child, dropped, elsewhere}, Boxes: []sim.Box{{Text: "not this"}}},
		{Title: "with a hidden sub-issue", Created: at(49), Events: []sim.Event{on(49, "incident"), closed(50, "")}, Children: []*sim.Issue{secret, elsewhere}},
		{Title: "with boxes", Created: at(52), Events: []sim.Event{on(52, "incident")}, Boxes: []sim.Box{{Text: "Dry", Checked: true}, {Text: "Fold"}}},
		{Title: "a pull request", Created: at(53), Pull: &sim.Pull{}, Events: []sim.Event{on(53, "incident")}},
		{Title: "Named", Created: at(54), Names: []*sim.Issue{plain}, Events: []sim.Event{on(54, "follow-up"), closed(58, "")}},
		{Title: "Names nothing", Created: at(54), Events: []sim.Event{on(54, "follow-up")}},
		{Title: "Given up", Created: at(54), Names: []*sim.Issue{plain}, Events: []sim.Event{on(54, "follow-up"), closed(55, sim.Duplicate)}},
		{Title: "in the running week, over", Created: at(42*24 + 3), Events: []sim.Event{on(42*24+3, "incident"), closed(42*24+4, "")}},
		{Title: "in the running week, open", Created: at(42*24 + 3), Events: []sim.Event{on(42*24+3, "incident")}},
		child, dropped,
		{Title: "long before, closed in the running week", Created: at(-90), Events: []sim.Event{on(-90, "incident"), closed(42*24+4, "")}},
	}
	other := &sim.Repo{Owner: "kettle", Name: "trays", Issues: []*sim.Issue{elsewhere, {Title: "From afar", Created: at(70), Names: []*sim.Issue{plain}, Events: []sim.Event{on(70, "follow-up")}}}}
	org := sim.New(now, &sim.Repo{Owner: "kettle", Name: "floor", Issues: issues, Labels: []string{"incident"}}, other,
		&sim.Repo{Owner: "kettle", Name: "vault", Hidden: true, Issues: []*sim.Issue{secret}})
	s, _ := serve(t, org, "")
	got := same(t, s, org, window(t), sources.Incidents, sim.Ask{Repos: []string{"kettle/floor", "kettle/trays"}, Labels: []string{"incident"}})

	// The truth of the simulator, some of it by hand.
	byTitle := map[string]sources.Incident{}
	for _, in := range got.Incidents {
		byTitle[in.Title] = in
	}
	if len(byTitle) != 13 {
		t.Errorf("%d incidents, want 13", len(byTitle))
	}
	became := byTitle["a bug that became one"]
	if !became.Opened.Equal(at(30)) || !became.Acknowledged.Equal(at(30)) {
		t.Errorf("a bug that became an incident: opened %v, acknowledged %v, want both %v", became.Opened, became.Acknowledged, at(30))
	}
	if in := byTitle["much talked about"]; !in.Acknowledged.Equal(at(32)) {
		t.Errorf("acknowledged %v, want %v, behind two pages of talk", in.Acknowledged, at(32))
	}
	var titles []string
	for _, f := range byTitle["plain"].FollowUps {
		titles = append(titles, f.Ref+" "+f.Title)
	}
	if diff := gocmp.Diff([]string{"kettle/floor#18 Named", "kettle/trays#2 From afar"}, titles); diff != "" {
		t.Errorf("follow-ups of a plain incident (-want +got):\n%s", diff)
	}
	if in := byTitle["with a hidden sub-issue"]; in.Graded != (sources.Graded{Grade: sources.Partial, Reason: "sub-issues that are not shown to this token: 1"}) {
		t.Errorf("hidden sub-issue: %+v", in.Graded)
	}
	titles = nil
	for _, f := range byTitle["with sub-issues"].FollowUps {
		titles = append(titles, f.Ref+" "+f.Title)
	}
	if diff := gocmp.Diff([]string{"kettle/floor#14 Mop", "kettle/trays#1 Buy a tray"}, titles); diff != "" {
		t.Errorf("sub-issues (-want +got):\n%s", diff)
	}
}

// Timelines come many at a time. Where GraphQL says no, or not all, they are
// read one by one, and every answer is the same.
func TestTimelinesWithoutGraphQL(t *testing.T) {
	restless := &sim.Issue{Title: "restless", Created: hour(t, 10)}
	for n := range 120 {
		what := map[bool]string{true: sim.Labeled, false: sim.Unlabeled}[n%2 == 0]
		restless.Events = append(restless.Events, did(hour(t, 10), what, "draft"))
	}
	for n := range 101 {
		restless.Events = append(restless.Events, did(hour(t, 11), sim.Labeled, fmt.Sprint("step ", n)))
	}
	restless.Events = append(restless.Events, did(hour(t, 12), sim.Labeled, "incident"), did(hour(t, 13), sim.Assigned, "earl-grey"))
	plain := func() *sim.Issue {
		return &sim.Issue{Title: "plain", Created: hour(t, 20), Events: []sim.Event{did(hour(t, 20), sim.Labeled, "incident"), did(hour(t, 22), sim.Assigned, "chai-anya")}}
	}
	ask := sim.Ask{Repos: []string{"kettle/floor"}, Labels: []string{"incident"}}
	tests := []struct {
		name    string
		issues  []*sim.Issue
		pulls   bool
		points  int
		fault   fault.Fault
		graphql bool // whether it is asked
		single  int  // timelines that are read one by one
	}{
		{name: "one incident", issues: []*sim.Issue{plain()}, single: 1},
		{name: "pull requests", pulls: true, issues: []*sim.Issue{plain(), plain()}, single: 2},
		{name: "several", issues: []*sim.Issue{plain(), plain(), plain()}, graphql: true},
		{name: "one with a long timeline", issues: []*sim.Issue{plain(), restless}, graphql: true, single: 3},
		{name: "forbidden", issues: []*sim.Issue{plain(), plain()}, fault: fault.Fault{Path: "graphql", Status: 403, Body: "{}"}, graphql: true, single: 2},
		{name: "not there", issues: []*sim.Issue{plain(), plain()}, fault: fault.Fault{Path: "graphql", Status: 404, Body: "{}"}, graphql: true, single: 2},
		{name: "too old a server", issues: []*sim.Issue{plain(), plain()}, fault: fault.Fault{Path: "graphql", Body: `{"errors":[{"message":"no such field"}]}`}, graphql: true, single: 2},
		{name: "points spent", issues: []*sim.Issue{plain(), plain()}, points: 1, graphql: true, single: 2},
		{name: "hidden from it", issues: []*sim.Issue{plain(), plain()}, fault: fault.Fault{Path: "graphql", Body: `{"data":{"found":[null,null]}}`}, graphql: true, single: 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ask := ask
			if ask.Pulls = test.pulls; ask.Pulls {
				for _, i := range test.issues {
					i.Pull = &sim.Pull{}
				}
			}
			org := sim.New(now, &sim.Repo{Owner: "kettle", Name: "floor", Labels: []string{"incident"}, Issues: test.issues})
			org.Points = test.points
			s, gate := serve(t, org, "")
			gate.Add(test.fault)
			same(t, s, org, window(t), sources.Incidents, ask)
			graphql, single := false, 0
			for _, r := range gate.Log() {
				graphql = graphql || strings.Contains(r.URL, "graphql")
				if strings.Contains(r.URL, "/timeline") {
					single++
				}
			}
			if graphql != test.graphql || single != test.single {
				t.Errorf("GraphQL asked: %t, %d timelines one by one; want %t, %d", graphql, single, test.graphql, test.single)
			}
		})
	}
}

// Sub-issues, too, come many at a time; where they do not, every answer is the
// same.
func TestSubIssuesWithoutGraphQL(t *testing.T) {
	incident := func(title string, children int) []*sim.Issue {
		in := &sim.Issue{Title: title, Created: hour(t, 20), Events: []sim.Event{did(hour(t, 20), sim.Labeled, "incident")}}
		all := []*sim.Issue{in}
		for n := range children {
			c := &sim.Issue{Title: fmt.Sprint("step ", n), Created: hour(t, 21)}
			in.Children, all = append(in.Children, c), append(all, c)
		}
		return all
	}
	tests := []struct {
		name     string
		children []int // of each incident
		fault    fault.Fault
		single   int // incidents whose sub-issues are read by themselves
	}{
		{name: "one incident", children: []int{3}, single: 1},
		{name: "one with and one without", children: []int{3, 0}, single: 1},
		{name: "several", children: []int{3, 1, 50}},
		{name: "one with many", children: []int{3, 51}, single: 1},
		{name: "forbidden", children: []int{3, 2}, fault: fault.Fault{Path: "graphql", Status: 403, Body: "{}"}, single: 2},
		{name: "too old a server", children: []int{3, 2}, fault: fault.Fault{Path: "graphql", Body: `{"errors":[{"message":"no such field"}]}`}, single: 2},
		{name: "hidden from it", children: []int{3, 2}, fault: fault.Fault{Path: "graphql", Body: `{"data":{"found":[null,null]}}`}, single: 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			repo := &sim.Repo{Owner: "kettle", Name: "floor", Labels: []string{"incident"}}
			for n, children := range test.children {
				repo.Issues = append(repo.Issues, incident(fmt.Sprint("Spill ", n), children)...)
			}
			org := sim.New(now, repo)
			s, gate := serve(t, org, "")
			gate.Add(test.fault)
			same(t, s, org, window(t), sources.Incidents, sim.Ask{Repos: []string{"kettle/floor"}, Labels: []string{"incident"}})
			single := 0
			for _, r := range gate.Log() {
				if strings.Contains(r.URL, "/sub_issues") && !strings.Contains(r.URL, "page=2") {
					single++
				}
			}
			if single != test.single {
				t.Errorf("the sub-issues of %d incidents were read one by one, want %d", single, test.single)
			}
		})
	}
}

func TestAcknowledgedByLabel(t *testing.T) {
	at := hour(t, 10)
	repo := &sim.Repo{Owner: "kettle", Name: "floor", Issues: []*sim.Issue{{Title: "Spill", Created: at, Events: []sim.Event{
		{At: at, What: sim.Labeled, Word: "incident"}, {At: at.Add(5 * time.Minute), What: sim.Labeled, Word: "On It"}, {At: at.Add(time.Hour), What: sim.Assigned, Word: "earl-grey"},
	}}}}
	for settings, want := range map[string]time.Time{"": at.Add(time.Hour), "ack_label = 'on it'": at.Add(5 * time.Minute)} {
		s, _ := serve(t, sim.New(now, repo), settings)
		got, err := collect(t, s, window(t), sources.Incidents, "repo:kettle/floor label:incident")
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Incidents) != 1 || !got.Incidents[0].Acknowledged.Equal(want) {
			t.Errorf("with %q: %+v, want acknowledged %v", settings, got.Incidents, want)
		}
	}
}

func TestSeverity(t *testing.T) {
	h := &hub{severity: []string{"sev", "severity", "priority"}}
	tests := []struct {
		want   string
		labels []string
	}{
		{"", nil},
		{"", []string{"several", "severity", "sever 1", "bug"}},
		{"sev1", []string{"bug", "sev1"}},
		{"SEV-2", []string{"SEV-2"}},
		{"sev/1", []string{"sev/1"}},
		{"severity:2", []string{"severity:2"}},
		{"priority: high", []string{"priority: high"}},
		{"sev3", []string{"priority/1", "sev3", "severity:0"}},
		{"sev1", []string{"sev2", "sev1"}},
		{"", []string{"sev:", "sev1a"}},
	}
	for _, test := range tests {
		var labels []*gh.Label
		for _, name := range test.labels {
			labels = append(labels, &gh.Label{Name: &name})
		}
		if got := h.severityOf(labels); got != test.want {
			t.Errorf("%v: severity %q, want %q", test.labels, got, test.want)
		}
	}
}

func TestBots(t *testing.T) {
	at := hour(t, 10)
	merged := func(u sim.User) *sim.Issue {
		return &sim.Issue{Title: u.Login, Author: u, Created: at, Pull: &sim.Pull{}, Events: []sim.Event{{At: at.Add(time.Hour), What: sim.Merged}}}
	}
	repo := &sim.Repo{Owner: "kettle", Name: "floor", Issues: []*sim.Issue{
		merged(sim.User{Login: "mona"}), merged(sim.User{Login: "dependabot[bot]", Bot: true}),
		merged(sim.User{Login: "plain-app", Bot: true}), merged(sim.User{Login: "Kettle-Release"}),
	}}
	s, _ := serve(t, sim.New(now, repo), "bots = ['kettle-release']")
	got, err := collect(t, s, window(t), sources.Shipped, "repo:kettle/floor")
	if err != nil {
		t.Fatal(err)
	}
	bots := map[string]bool{}
	for _, i := range got.Items {
		bots[i.Title] = i.Bot
	}
	if diff := gocmp.Diff(map[string]bool{"mona": false, "dependabot[bot]": true, "plain-app": true, "Kettle-Release": true}, bots); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
