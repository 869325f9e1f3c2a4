package github

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
	"preread/sources/sourcetest"
)

// now is a Monday morning on which the clocks changed three weeks ago.
var now = time.Date(2026, 11, 16, 8, 30, 0, 0, time.UTC)

func window(t testing.TB) sources.Window {
	t.Helper()
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: 6, Zone: zone, Now: now}
}

func kettle(t testing.TB) (*sim.Org, company.Company) {
	t.Helper()
	c, err := company.New(1848, now)
	if err != nil {
		t.Fatal(err)
	}
	return sim.Generate(c), c
}

// serve puts a gate before an organisation and opens a source of it.
func serve(t testing.TB, org *sim.Org, settings string) (sources.Source, *fault.Gate) {
	t.Helper()
	gate := fault.NewGate(org)
	server := httptest.NewServer(gate)
	t.Cleanup(server.Close)
	return openAt(t, server.URL, settings), gate
}

func serveHandler(t testing.TB, system http.Handler) sources.Source {
	t.Helper()
	server := httptest.NewServer(system)
	t.Cleanup(server.Close)
	return openAt(t, server.URL, "")
}

func openAt(t testing.TB, url, settings string) sources.Source {
	t.Helper()
	source, err := Kind.Open(func(into any) error {
		_, err := toml.Decode("url = "+strconv.Quote(url)+"\ntoken = 'env:T'\n"+settings, into)
		return err
	}, sources.Setup{
		Name: "github", Agent: "preread-test", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(sim.Token), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// asks are the questions of the made-up company, one for each noun.
var asks = map[sources.Noun]sim.Ask{
	sources.Goals:     {Repos: []string{"kettle/search"}, Milestone: "Fast index"},
	sources.Quality:   {Repos: []string{"kettle/checkout", "kettle/search"}, Labels: []string{sim.BugLabel}},
	sources.Incidents: {Repos: []string{"kettle/checkout"}, Labels: []string{sim.IncidentLabel}},
	sources.Shipped:   {Repos: []string{"kettle/checkout"}},
	sources.Delivery:  {Repos: []string{"kettle/checkout"}, Milestone: "Checkout sprint *"},
}

func TestCollector(t *testing.T) { sourcetest.Run(t, Kind, world) }

// world is the company's GitHub with a question for each noun.
func world(t *testing.T) sourcetest.World {
	org, _ := kettle(t)
	w := sourcetest.World{System: org, Token: sim.Token, Settings: "url = \"URL\"\ntoken = \"env:T\"", Window: window(t), Cases: cases(t)}
	for _, n := range Kind.Nouns {
		w.Queries = append(w.Queries, sources.Query{Noun: n, Text: asks[n].Text()})
	}
	w.Queries = append(w.Queries, sources.Query{Noun: sources.Goals, Text: parentOf(t, org, "kettle/checkout").Text()},
		sources.Query{Noun: sources.Goals, Text: "project:kettle/1"},
		sources.Query{Noun: sources.Delivery, Text: "project:kettle/1"},
		sources.Query{Noun: sources.Shipped, Text: "repo:kettle/search environment:production"})
	return w
}

// seen is what a question gave, of any noun.
type seen struct {
	Items     []sources.Item
	Incidents []sources.Incident
	Sprints   []sources.Sprint
}

func collect(t testing.TB, s sources.Source, w sources.Window, noun sources.Noun, text string) (seen, error) {
	t.Helper()
	q := sources.Query{Noun: noun, Text: text}
	if noun == sources.Incidents {
		in, err := s.Incidents(t.Context(), w, q)
		return seen{Incidents: in}, err
	}
	if noun == sources.Delivery {
		sprints, err := s.Sprints(t.Context(), w, q)
		return seen{Sprints: sprints}, err
	}
	items, err := s.Items(t.Context(), w, q)
	return seen{Items: items}, err
}

func truth(org *sim.Org, w sources.Window, noun sources.Noun, a sim.Ask) seen {
	a.Source = "github"
	switch noun {
	case sources.Goals:
		return seen{Items: org.Goal(a)}
	case sources.Quality:
		return seen{Items: org.Bugs(a, w)}
	case sources.Shipped:
		return seen{Items: org.Shipped(a, w)}
	case sources.Delivery:
		return seen{Sprints: org.Sprints(a, w)}
	}
	return seen{Incidents: org.Incidents(a, w)}
}

// wholly compares everything but the words of a reason.
var wholly = gocmp.Options{
	gocmp.Transformer("reasonless", func(g sources.Graded) sources.Grade { return g.Grade }),
	gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

// same fails the test unless a source says of a question what is true.
func same(t *testing.T, s sources.Source, org *sim.Org, w sources.Window, noun sources.Noun, a sim.Ask) seen {
	t.Helper()
	got, err := collect(t, s, w, noun, a.Text())
	if err != nil {
		t.Fatalf("%s %q: %v", noun, a.Text(), err)
	}
	if diff := gocmp.Diff(truth(org, w, noun, a), got, wholly); diff != "" {
		t.Errorf("%s %q (-true +collected):\n%s", noun, a.Text(), diff)
	}
	return got
}

func TestCollectedIsTrue(t *testing.T) {
	org, c := kettle(t)
	org.Moved = map[string]string{"kettle/till": "kettle/checkout"}
	s, _ := serve(t, org, "")
	both := []string{c.Teams[0].Repo, c.Teams[1].Repo}
	more := map[string]struct {
		noun sources.Noun
		ask  sim.Ask
	}{
		"goal by label":            {sources.Goals, sim.Ask{Repos: both, Labels: []string{"chore"}}},
		"goal of everything":       {sources.Goals, sim.Ask{Repos: both}},
		"goal of pull requests":    {sources.Goals, sim.Ask{Repos: both, Pulls: true, Labels: []string{"dependencies"}}},
		"milestone in one of two":  {sources.Goals, sim.Ask{Repos: both, Milestone: "Fast index"}},
		"everything as quality":    {sources.Quality, sim.Ask{Repos: both}},
		"quality of pulls":         {sources.Quality, sim.Ask{Repos: both, Pulls: true}},
		"bugs by one author":       {sources.Quality, sim.Ask{Repos: both, Labels: []string{"bug"}, Author: "earl-grey"}},
		"bugs as incidents":        {sources.Incidents, sim.Ask{Repos: both[1:], Labels: []string{"bug"}}},
		"two labels":               {sources.Incidents, sim.Ask{Repos: both, Labels: []string{"incident", "sev1"}}},
		"shipped by both":          {sources.Shipped, sim.Ask{Repos: both}},
		"shipped to a branch":      {sources.Shipped, sim.Ask{Repos: both, Bases: []string{"release/1.x"}}},
		"shipped to two branches":  {sources.Shipped, sim.Ask{Repos: both, Bases: []string{"main", "release/1.x"}}},
		"shipped by a bot":         {sources.Shipped, sim.Ask{Repos: both, Author: "dependabot[bot]"}},
		"shipped with a label":     {sources.Shipped, sim.Ask{Repos: both, Labels: []string{"dependencies"}}},
		"shipped of a milestone":   {sources.Shipped, sim.Ask{Repos: both, Milestone: "Fast index"}},
		"sprints of both":          {sources.Delivery, sim.Ask{Repos: both, Milestone: "*sprint*"}},
		"sprints of one of two":    {sources.Delivery, sim.Ask{Repos: both, Milestone: "SEARCH * *"}},
		"bugs in sprints":          {sources.Delivery, sim.Ask{Repos: both, Milestone: "*sprint*", Labels: []string{"bug"}}},
		"one sprint":               {sources.Delivery, sim.Ask{Repos: both, Milestone: "Checkout sprint 19"}},
		"project":                  {sources.Goals, sim.Ask{Project: "kettle/1"}},
		"pull requests of project": {sources.Goals, sim.Ask{Project: "kettle/1", Pulls: true}},
		"iterations":               {sources.Delivery, sim.Ask{Project: "kettle/1"}},
		"iterations of a field":    {sources.Delivery, sim.Ask{Project: "kettle/1", Field: "Sprint", Iteration: "pour *"}},
		"one iteration":            {sources.Delivery, sim.Ask{Project: "kettle/1", Iteration: "Pour 19"}},
		"iterations of pulls":      {sources.Delivery, sim.Ask{Project: "kettle/1", Pulls: true}},
		"deployed":                 {sources.Shipped, sim.Ask{Repos: both, Deployed: []string{"production"}}},
		"deployed to two places":   {sources.Shipped, sim.Ask{Repos: both, Deployed: []string{"production", "staging"}}},
		"deployed from a branch":   {sources.Shipped, sim.Ask{Repos: both, Bases: []string{"release/1.x"}, Deployed: []string{"staging"}}},
		"incidents, none labelled": {sources.Incidents, sim.Ask{Repos: both[1:], Labels: []string{"incident"}}},
	}
	for noun, a := range asks {
		t.Run("company's "+string(noun), func(t *testing.T) { same(t, s, org, window(t), noun, a) })
	}
	for name, m := range more {
		t.Run(name, func(t *testing.T) { same(t, s, org, window(t), m.noun, m.ask) })
	}
	t.Run("renamed repository", func(t *testing.T) {
		got, err := collect(t, s, window(t), sources.Shipped, "repo:kettle/till")
		if err != nil {
			t.Fatal(err)
		}
		if want := truth(org, window(t), sources.Shipped, asks[sources.Shipped]); len(got.Items) != len(want.Items) {
			t.Errorf("%d items, want %d", len(got.Items), len(want.Items))
		}
	})
}

func TestCompanyIsInteresting(t *testing.T) {
	org, _ := kettle(t)
	w := window(t)
	count := map[string]int{}
	for _, i := range truth(org, w, sources.Shipped, asks[sources.Shipped]).Items {
		count[string(i.Kind)]++
		if i.Bot {
			count["bot"]++
		}
		if i.Prerelease {
			count["prerelease"]++
		}
	}
	for _, i := range truth(org, w, sources.Goals, asks[sources.Goals]).Items {
		count["goal"]++
		count["done"] += len(i.Done)
		if !i.Scope[0].To.IsZero() {
			count["dropped"]++
		}
	}
	for _, in := range truth(org, w, sources.Incidents, asks[sources.Incidents]).Incidents {
		count["incident"]++
		count["follow-up"] += len(in.FollowUps)
	}
	for what, least := range map[string]int{"pull request": 24, "release": 6, "bot": 6, "prerelease": 1, "goal": 9, "done": 3, "dropped": 1, "incident": 2, "follow-up": 1} {
		if count[what] < least {
			t.Errorf("%d of %s in six weeks, want at least %d", count[what], what, least)
		}
	}
}

func TestAnySize(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 51, 99, 100, 101, 1001} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			org := sim.Sized(n, now)
			s, _ := serve(t, org, "")
			sized := []string{"kettle/sized"}
			for noun, a := range map[sources.Noun]sim.Ask{
				sources.Goals:     {Repos: sized, Milestone: "All of it"},
				sources.Quality:   {Repos: sized, Labels: []string{"bug"}},
				sources.Incidents: {Repos: sized, Labels: []string{"incident"}},
				sources.Shipped:   {Repos: sized},
			} {
				got := same(t, s, org, window(t), noun, a)
				want := n
				if noun == sources.Shipped {
					want = 2 * n
				}
				if len(got.Items)+len(got.Incidents) != want {
					t.Errorf("%s: %d entries, want %d", noun, len(got.Items)+len(got.Incidents), want)
				}
			}
		})
	}
}

func TestNothingIsLostWhilePeopleWork(t *testing.T) {
	for noun, a := range map[sources.Noun]sim.Ask{
		sources.Goals:   {Repos: []string{"kettle/sized"}, Labels: []string{"bug"}},
		sources.Quality: {Repos: []string{"kettle/sized"}, Labels: []string{"bug"}},
		sources.Shipped: {Repos: []string{"kettle/sized"}},
	} {
		t.Run(string(noun), func(t *testing.T) {
			org := sim.Sized(1001, now)
			all := org.Repo("kettle/sized").Issues
			org.Between = func(answers int) {
				for k := range 3 {
					i := all[(answers*389+k*997)%len(all)]
					org.Touch("kettle/sized", i.Number, now.Add(time.Duration(answers)*time.Second))
				}
			}
			s, _ := serve(t, org, "")
			same(t, s, org, window(t), noun, a)
		})
	}
}

func TestOneSecondHoldsMoreThanAPage(t *testing.T) {
	at := now.AddDate(0, 0, -20)
	repo := &sim.Repo{Owner: "kettle", Name: "bulk", Labels: []string{"bug"}}
	for range 250 {
		repo.Issues = append(repo.Issues, &sim.Issue{Title: "Moved in bulk", Created: at, Events: []sim.Event{{At: at, What: sim.Labeled, Word: "bug"}}})
	}
	org := sim.New(now, repo)
	org.PageLimit = 1
	s, gate := serve(t, org, "")
	same(t, s, org, window(t), sources.Goals, sim.Ask{Repos: []string{"kettle/bulk"}, Labels: []string{"bug"}})
	if n := len(gate.Log()); n > 4 {
		t.Errorf("%d requests for 250 issues of one second", n)
	}
}

func TestListsAreReadOnce(t *testing.T) {
	org, _ := kettle(t)
	s, gate := serve(t, org, "")
	var questions []sources.Ask
	for _, team := range []string{"a", "b"} {
		for noun, a := range asks {
			questions = append(questions, sources.Ask{Source: s, Question: sources.Question{
				Team: team, Line: string(noun), Source: "github", Query: sources.Query{Noun: noun, Text: a.Text()},
			}})
		}
	}
	facts := sources.Gather(t.Context(), window(t), questions, nil)
	if gaps := facts.Gaps(); len(gaps) > 0 {
		t.Fatal(gaps)
	}
	asked := map[string]int{}
	for _, r := range gate.Log() {
		asked[r.URL]++
	}
	for url, n := range asked {
		// The front of a long feed is read a second time on purpose.
		if n > 1 && !(n == 2 && (strings.Contains(url, "/pulls?") || strings.Contains(url, "/issues/events?")) && asked[url+"&page=2"] == 0) {
			t.Errorf("asked %d times: %s", n, url)
		}
	}
	if got := facts.Requests["github"]; got != len(gate.Log()) {
		t.Errorf("%d requests told, %d sent", got, len(gate.Log()))
	}
}

func TestWaitingQuestionKeepsToItsContext(t *testing.T) {
	var m memo
	reading, release := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		_, err := remember(context.Background(), &m, "list", func() (int, error) { close(reading); <-release; return 1, nil })
		done <- err
	}()
	<-reading
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := remember(ctx, &m, "list", func() (int, error) { return 2, nil }); err != context.Canceled {
		t.Errorf("error %v, want cancelled", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if v, err := remember(t.Context(), &m, "list", func() (int, error) { return 2, nil }); v != 1 || err != nil {
		t.Errorf("remembered %d, %v; want 1", v, err)
	}
}

func TestRecall(t *testing.T) {
	var m memo
	recalled := func(want int, known bool) {
		t.Helper()
		if v, ok := recall[int](&m, "list"); v != want || ok != known {
			t.Errorf("recalled %d, %t; want %d, %t", v, ok, want, known)
		}
	}
	recalled(0, false)
	_, _ = remember(t.Context(), &m, "list", func() (int, error) {
		recalled(0, false) // while it is read
		return 1, context.Canceled
	})
	recalled(0, false) // an error is not kept
	_, _ = remember(t.Context(), &m, "list", func() (int, error) { return 2, nil })
	recalled(2, true)
}

// BenchmarkRequests tells how many requests a question takes and how many the
// API's page sizes allow at best, with the time of 50 ms each.
func BenchmarkRequests(b *testing.B) {
	org, _ := kettle(b)
	sized := sim.Sized(1001, now)
	type question struct {
		name string
		org  *sim.Org
		noun sources.Noun
		ask  sim.Ask
	}
	questions := []question{
		{"sized/goal", sized, sources.Goals, sim.Ask{Repos: []string{"kettle/sized"}, Milestone: "All of it"}},
		{"sized/quality", sized, sources.Quality, sim.Ask{Repos: []string{"kettle/sized"}, Labels: []string{"bug"}}},
		{"sized/incident", sized, sources.Incidents, sim.Ask{Repos: []string{"kettle/sized"}, Labels: []string{"incident"}}},
		{"sized/shipped", sized, sources.Shipped, sim.Ask{Repos: []string{"kettle/sized"}}},
	}
	for noun, a := range asks {
		questions = append(questions, question{"company/" + string(noun), org, noun, a})
	}
	slices.SortFunc(questions, func(a, b question) int { return cmp.Compare(a.name, b.name) })
	for _, q := range questions {
		b.Run(q.name, func(b *testing.B) {
			var requests int
			for b.Loop() {
				s, gate := serve(b, q.org, "")
				gate.SetLatency(50 * time.Millisecond)
				if _, err := collect(b, s, window(b), q.noun, q.ask.Text()); err != nil {
					b.Fatal(err)
				}
				requests = s.Requests()
			}
			fewest := q.org.Fewest(q.noun, q.ask, window(b))
			b.ReportMetric(float64(requests), "requests")
			b.ReportMetric(float64(fewest), "fewest")
			b.ReportMetric(float64(requests)/float64(fewest), "ratio")
		})
	}
}
