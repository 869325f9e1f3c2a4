package github

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/internal/web"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
)

// plan asks for the plan of a goal after its items, as Gather does.
func plan(t testing.TB, s sources.Source, text string) (sources.Plan, error) {
	t.Helper()
	if _, err := collect(t, s, window(t), sources.Goals, text); err != nil {
		t.Fatal(err)
	}
	before := s.Requests()
	p, err := s.Plan(t.Context(), window(t), sources.Query{Noun: sources.Goals, Text: text})
	if after := s.Requests(); after != before {
		t.Errorf("the plan of %s took %d requests of its own", text, after-before)
	}
	return p, err
}

func TestPlanOfProject(t *testing.T) {
	org, _ := kettle(t)
	s, _ := serve(t, org, "")
	got, err := plan(t, s, "project:kettle/1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(org.Plan(sim.Ask{Source: "github", Project: "kettle/1"}), got, wholly); diff != "" {
		t.Errorf("(-true +collected):\n%s", diff)
	}
	if len(got.Updates) != 5 || got.Updates[0].State != "on track" || got.Updates[4].Text != "Week 1 from now" {
		t.Errorf("updates %+v", got.Updates)
	}
	e := s.Evidence(window(t), sources.Query{Noun: sources.Goals, Text: "project:kettle/1"})
	if want := sim.Site + "/orgs/kettle/projects/1"; e.URL != want {
		t.Errorf("evidence at %q, want %q", e.URL, want)
	}
}

func TestPlanOfMilestone(t *testing.T) {
	day := func(d sources.Day) time.Time { return d.Time(time.UTC).Add(8 * time.Hour) }
	late, soon := sources.Day{Year: 2026, Month: 12, Day: 24}, sources.Day{Year: 2026, Month: 12, Day: 1}
	child := &sim.Issue{Title: "c", Created: hour(t, 2)}
	parent := &sim.Issue{Title: "p", Created: hour(t, 1), Events: []sim.Event{did(hour(t, 1), sim.Milestoned, "Ship")}, Children: []*sim.Issue{child}, Family: []sim.Member{{Issue: child, From: hour(t, 2)}}}
	org := sim.New(now,
		&sim.Repo{Owner: "kettle", Name: "a", Issues: []*sim.Issue{parent, child}, Milestones: []sim.Milestone{{Title: "Ship", Created: hour(t, 0), Due: day(late)}}},
		&sim.Repo{Owner: "kettle", Name: "b", Milestones: []sim.Milestone{{Title: "Other", Created: hour(t, 0)}, {Title: "SHIP", Created: hour(t, 0), Due: day(soon), Closed: hour(t, 9)}}},
		&sim.Repo{Owner: "kettle", Name: "c", Milestones: []sim.Milestone{{Title: "Ship", Created: hour(t, 0)}}},
	)
	step := func(repo string, number int, name string, due sources.Day, done bool) sources.Milestone {
		return sources.Milestone{Evidence: sources.Evidence{Source: "github", Ref: name, URL: fmt.Sprintf("%s/kettle/%s/milestone/%d", sim.Site, repo, number)}, Title: name, Due: due, Done: done}
	}
	for text, want := range map[string]sources.Plan{
		"repo:kettle/a milestone:ship":                             {Milestones: []sources.Milestone{step("a", 1, "Ship", late, false)}},
		"repo:kettle/a repo:kettle/b repo:kettle/c milestone:Ship": {Milestones: []sources.Milestone{step("c", 1, "Ship", sources.Day{}, false), step("b", 2, "SHIP", soon, true), step("a", 1, "Ship", late, false)}},
		"repo:kettle/a":     {},
		"parent:kettle/a#1": {Milestones: []sources.Milestone{step("a", 1, "Ship", late, false)}},
	} {
		s, _ := serve(t, org, "")
		got, err := plan(t, s, text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestProjectItems(t *testing.T) {
	at := func(n int) time.Time { return hour(t, n) }
	issue := func(name string, events ...sim.Event) *sim.Issue {
		return &sim.Issue{Title: name, Created: at(0), Events: events}
	}
	open, closed, dropped := issue("open"), issue("closed", did(at(9), sim.Closed, "")), issue("dropped", did(at(9), sim.Closed, sim.NotPlanned))
	column, finished, shelved := issue("in the last column"), issue("in a column of ours"), issue("shelved")
	secret := issue("secret")
	shed := &sim.Repo{Owner: "kettle", Name: "shed", Issues: []*sim.Issue{open, closed, dropped, column, finished, shelved}}
	vault := &sim.Repo{Owner: "kettle", Name: "vault", Issues: []*sim.Issue{secret}}
	project := &sim.Project{Owner: "kettle", Title: "P", Entries: []sim.Entry{
		{Issue: open, Added: at(3), Status: "Todo", Since: at(3)}, {Issue: closed, Added: at(3)}, {Issue: dropped, Added: at(3)},
		{Issue: column, Added: at(3), Status: "done", Since: at(5)}, {Issue: finished, Added: at(3), Status: "Poured", Since: at(6)},
		{Issue: shelved, Added: at(3), Archived: at(7)}, {Issue: secret, Added: at(3)},
	}}
	org := sim.New(now, shed, vault)
	org.Projects = []*sim.Project{project}
	type item struct {
		Scope, Done []sources.Span
		Grade       sources.Grade
		Reason      string
	}
	span := func(from, to int) []sources.Span {
		s := sources.Span{From: at(from)}
		if to != 0 {
			s.To = at(to)
		}
		return []sources.Span{s}
	}
	look := func(settings string) map[string]item {
		s, _ := serve(t, org, settings)
		got, err := collect(t, s, window(t), sources.Goals, "project:KETTLE/1")
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]item{}
		for _, i := range got.Items {
			have[i.Title] = item{i.Scope, i.Done, i.Grade, i.Reason}
		}
		return have
	}
	want := map[string]item{
		"open":                {span(3, 0), nil, sources.Approximate, takenOut},
		"closed":              {span(3, 0), span(9, 0), sources.Approximate, takenOut},
		"dropped":             {span(3, 9), nil, sources.Approximate, takenOut},
		"in the last column":  {span(3, 0), span(5, 0), sources.Approximate, columns},
		"in a column of ours": {span(3, 0), nil, sources.Approximate, takenOut},
		"shelved":             {span(3, 7), nil, sources.Approximate, takenOut},
		"secret":              {span(3, 0), nil, sources.Approximate, takenOut},
	}
	same := gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	if diff := gocmp.Diff(want, look(""), same); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want["in the last column"], want["in a column of ours"] = item{span(3, 0), nil, sources.Approximate, takenOut}, item{span(3, 0), span(6, 0), sources.Approximate, columns}
	if diff := gocmp.Diff(want, look("done_status = ['poured']"), same); diff != "" {
		t.Errorf("with another word for done (-want +got):\n%s", diff)
	}
	vault.Hidden = true
	for title, i := range look("") {
		if i.Grade != sources.Partial || i.Reason != "items that are not shown to this token: 1" || title == "secret" {
			t.Errorf("%s beside a hidden item: %+v", title, i)
		}
	}
	project.Entries = project.Entries[6:]
	s, _ := serve(t, org, "")
	if _, err := collect(t, s, window(t), sources.Goals, "project:kettle/1"); err == nil || err.Error() != "github shows none of the 1 items of kettle/1 to this token" {
		t.Errorf("all hidden: %v", err)
	}
}

func TestFirstLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "",
		"\r\n  \n":                               "",
		"All well.":                              "All well.",
		"## Late\r\n\r\nby a week":               "Late",
		"<!-- template\nfill in -->\n\n#1 waits": "#1 waits",
		"#\nnext":                                "#",
		strings.Repeat("x", 300):                 strings.Repeat("x", 250) + "…",
	} {
		if got := firstLine(text); got != want {
			t.Errorf("first line of %.40q is %.40q, want %.40q", text, got, want)
		}
	}
}

// GraphQL says what is wrong in an answer of status 200.
func TestGraphQLRefusals(t *testing.T) {
	says := func(body string) fault.Fault { return fault.Fault{Path: "graphql", Body: body} }
	readProject := "the token may lack the right to read it, which for projects is read:project"
	tests := []struct {
		name, text   string
		fault        fault.Fault
		points       int
		reason, hint string
	}{
		{name: "no such project", text: "project:kettle/7",
			reason: "github does not know kettle/7, or does not show it to this token (404)", hint: "check the name; " + readProject},
		{name: "nothing found and no error", text: "project:kettle/1", fault: says(`{"data":{"found":null}}`),
			reason: "github does not know kettle/1, or does not show it to this token (404)", hint: "check the name; " + readProject},
		{name: "scope missing", text: "project:kettle/1", fault: says(`{"errors":[{"type":"INSUFFICIENT_SCOPES","message":"canary"}]}`),
			reason: "github does not allow this token to read kettle/1 (403)", hint: readProject},
		{name: "some of it and an error", text: "project:kettle/1", fault: fault.Fault{Path: "graphql", Edit: func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `{"data"`, `{"errors":[{"message":"canary"}],"data"`, 1))
		}}, reason: "github could not answer about kettle/1", hint: "run again later"},
		{name: "no data", text: "project:kettle/1", fault: says(`{}`), reason: "github gave an answer about kettle/1 that this program could not read"},
		{name: "no points at all", text: "project:kettle/1", points: 1,
			reason: "github has no GraphQL points left for this hour", hint: "run again later, or ask for less"},
		{name: "an item without a time", text: "project:kettle/1", fault: fault.Fault{Path: "graphql", Edit: func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"createdAt"`, `"made"`, 1))
		}}, reason: "github gave an answer about kettle/1 that this program could not read"},
		{name: "deployments of nowhere", text: "repo:kettle/checkout environment:production", fault: fault.Fault{Path: "graphql", Body: `{"data":{"found":{"deployments":null}}}`},
			reason: "github gave an answer about kettle/checkout that this program could not read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			org, _ := kettle(t)
			org.Points = test.points
			s, gate := serve(t, org, "")
			gate.Add(test.fault)
			noun := sources.Goals
			if strings.HasPrefix(test.text, "repo:") {
				noun = sources.Shipped
			}
			_, err := collect(t, s, window(t), noun, test.text)
			if err == nil {
				t.Fatal("was answered")
			}
			if reason, hint := sources.Reason(err); reason != test.reason || hint != test.hint {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", reason, hint, test.reason, test.hint)
			}
		})
	}
}

// A question is not sent that GitHub has no points for, or the run no budget.
func TestPoints(t *testing.T) {
	h := &hub{name: "github", web: &web.Client{Options: web.Options{Budget: 10}}}
	steps := []struct {
		cost, remaining int
		want            string
	}{
		{3, 900, ""},
		{3, 3, ""},
		{1, 2, "github has no GraphQL points left for this hour"},
		{1, 900, "the budget of 10 GraphQL points at github is used up"},
	}
	if err := h.points.left(h); err != nil {
		t.Errorf("before anything is told: %v", err)
	}
	for i, step := range steps {
		h.points.spend(step.cost, step.remaining)
		got := ""
		if err := h.points.left(h); err != nil {
			got = err.Error()
		}
		if got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
}

func TestGraphQLPath(t *testing.T) {
	for text, want := range map[string]string{
		"https://github.com":                "https://api.github.com/graphql",
		"https://acme.ghe.com":              "https://api.acme.ghe.com/graphql",
		"https://ghe.acme.example":          "https://ghe.acme.example/api/graphql",
		"https://proxy.acme.example/github": "https://proxy.acme.example/github/api/graphql",
	} {
		var a address
		if err := a.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		h := &hub{web: &web.Client{Options: web.Options{Base: a.URL}}}
		if got := a.URL.ResolveReference(&url.URL{Path: h.graphql()}).String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// What a project tells of its items fits together: a draft that was done on the
// board and made an issue after that, and drafts of one title.
func TestOddItemsOfAProject(t *testing.T) {
	issue := &sim.Issue{Title: "converted", Created: hour(t, 50)}
	org := sim.New(now, &sim.Repo{Owner: "kettle", Name: "shed", Issues: []*sim.Issue{issue}})
	org.Projects = []*sim.Project{{Owner: "kettle", Title: "P", Entries: []sim.Entry{
		{Issue: issue, Added: hour(t, 1), Status: "Done", Since: hour(t, 40)},
		{Draft: "Follow up", Made: hour(t, 1), Added: hour(t, 1)}, {Draft: "Follow up", Made: hour(t, 2), Added: hour(t, 2)},
	}}}
	s, _ := serve(t, org, "")
	items, err := s.Items(t.Context(), window(t), sources.Query{Noun: sources.Goals, Text: "project:kettle/1"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range items {
		done := "open"
		if len(i.Done) > 0 {
			done = "done after " + i.Done[0].From.Sub(i.Created).String()
		}
		got = append(got, i.Ref+" "+done)
	}
	slices.Sort(got)
	want := []string{"kettle/1 Follow up (2) open", "kettle/1 Follow up open", "kettle/shed#1 done after 0s"}
	if !slices.Equal(got, want) {
		t.Errorf("items are %q, want %q", got, want)
	}
}
