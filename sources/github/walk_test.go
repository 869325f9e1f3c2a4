package github

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"preread/sources"
	sim "preread/sources/simulated/github"
)

// Old open ones fill more than a page, and one of them is touched between the
// two walks.
func TestOldOpenIssues(t *testing.T) {
	repo := &sim.Repo{Owner: "kettle", Name: "attic", Labels: []string{"bug"}}
	for k := range 150 {
		at := now.AddDate(-1, 0, k)
		repo.Issues = append(repo.Issues, &sim.Issue{Title: "Dusty", Created: at, Events: []sim.Event{{At: at, What: sim.Labeled, Word: "bug"}}})
	}
	at := hour(t, 5)
	repo.Issues = append(repo.Issues, &sim.Issue{Title: "Fresh", Created: at, Events: []sim.Event{{At: at, What: sim.Labeled, Word: "bug"}}})
	org := sim.New(now, repo)
	org.Between = func(answers int) {
		if answers == 3 {
			org.Touch("kettle/attic", 7, now)
		}
	}
	s, _ := serve(t, org, "")
	got := same(t, s, org, window(t), sources.Quality, sim.Ask{Repos: []string{"kettle/attic"}, Labels: []string{"bug"}})
	if len(got.Items) != 151 {
		t.Errorf("%d items, want 151", len(got.Items))
	}
}

// Releases come by the date of their commit, so one published now from an old
// commit stands behind old ones.
func TestReleasesOfOldCommits(t *testing.T) {
	repo := &sim.Repo{Owner: "kettle", Name: "cellar"}
	add := func(tag string, commit, published time.Time) {
		repo.Releases = append(repo.Releases, sim.Release{Tag: tag, Commit: commit, Published: published})
	}
	for k := range 98 {
		add("v2."+strconv.Itoa(k), hour(t, k), hour(t, k+1))
	}
	add("v1.9", hour(t, -2000), hour(t, -1999))
	add("v1.8.1", hour(t, -3000), hour(t, 500))
	add("v1.8.2-rc.1", hour(t, -3001), time.Time{})
	add("v3", hour(t, 40*24), hour(t, 42*24+1)) // in the running week
	org := sim.New(now, repo)
	s, _ := serve(t, org, "")
	got := same(t, s, org, window(t), sources.Shipped, sim.Ask{Repos: []string{"kettle/cellar"}})
	if len(got.Items) != 99 {
		t.Errorf("%d releases, want 99", len(got.Items))
	}
}

// The oldest incident without sub-issues says how far back follow-ups are
// read, in whichever repository it is.
func TestFollowUpsOfOldIncidents(t *testing.T) {
	issue := func(at time.Time, label string, names ...*sim.Issue) *sim.Issue {
		return &sim.Issue{Title: label, Created: at, Names: names, Events: []sim.Event{{At: at, What: sim.Labeled, Word: label}}}
	}
	young, old := issue(hour(t, 20), "incident"), issue(hour(t, 2), "incident")
	org := sim.New(now,
		&sim.Repo{Owner: "kettle", Name: "new", Issues: []*sim.Issue{young}},
		&sim.Repo{Owner: "kettle", Name: "old", Issues: []*sim.Issue{old, issue(hour(t, 3), "follow-up", old)}})
	s, _ := serve(t, org, "")
	got := same(t, s, org, window(t), sources.Incidents, sim.Ask{Repos: []string{"kettle/new", "kettle/old"}, Labels: []string{"incident"}})
	if n := len(got.Incidents[0].FollowUps); n != 1 {
		t.Errorf("%d follow-ups, want 1", n)
	}
}

// GitHub counts requests for everybody who uses the token, so they are few.
func TestRequestsAreFew(t *testing.T) {
	org, _ := kettle(t)
	sized := sim.Sized(1001, now)
	for _, q := range []struct {
		org  *sim.Org
		noun sources.Noun
		ask  sim.Ask
		more int // than the page sizes allow at best
	}{
		{org, sources.Goals, asks[sources.Goals], 0},
		{org, sources.Quality, asks[sources.Quality], 0},
		{org, sources.Incidents, asks[sources.Incidents], 0},
		{org, sources.Shipped, asks[sources.Shipped], 0},
		{sized, sources.Goals, sim.Ask{Repos: []string{"kettle/sized"}, Milestone: "All of it"}, 0},
		{sized, sources.Quality, sim.Ask{Repos: []string{"kettle/sized"}, Labels: []string{"bug"}}, 2},
		{sized, sources.Shipped, sim.Ask{Repos: []string{"kettle/sized"}}, 2},
	} {
		s, gate := serve(t, q.org, "")
		if _, err := collect(t, s, window(t), q.noun, q.ask.Text()); err != nil {
			t.Fatal(err)
		}
		if got, most := len(gate.Log()), q.org.Fewest(q.noun, q.ask, window(t))+q.more; got > most {
			t.Errorf("%s %s: %d requests, want at most %d", q.noun, q.ask.Text(), got, most)
		}
		for _, r := range gate.Log() {
			if strings.Contains(r.URL, "/issues?") && strings.Contains(r.URL, "page=2") {
				t.Errorf("an issue list was walked by pages: %s", r.URL)
			}
		}
	}
}

// GitHub asks for one request after the other.
func TestOneRequestAtATime(t *testing.T) {
	org, _ := kettle(t)
	var now, most atomic.Int32
	busy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		org.ServeHTTP(w, r)
		now.Add(-1)
	})
	s := serveHandler(t, busy)
	var wait sync.WaitGroup
	for noun, a := range asks {
		wait.Go(func() {
			if _, err := collect(t, s, window(t), noun, a.Text()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at a time, want 1", most.Load())
	}
}
