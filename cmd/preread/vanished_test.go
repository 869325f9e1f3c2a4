package main

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources/simulated/fault"
	"preread/sources/simulated/github"
)

// A floor is a GitHub where incidents happen, with somebody who looks at it
// every Monday.
type floor struct {
	org  *github.Org
	gate *fault.Gate
	dir  string
	now  time.Time
}

// floodAt is an incident of a Tuesday some weeks ago that was over in an hour.
func floodAt(weeks int) *github.Issue {
	at := scriptNow.AddDate(0, 0, 1-7*weeks)
	return &github.Issue{Title: fmt.Sprintf("flood %d weeks ago", weeks), Created: at, Events: []github.Event{
		{At: at, What: github.Labeled, Word: github.IncidentLabel}, {At: at.Add(time.Hour), What: github.Closed},
	}}
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	repo := &github.Repo{Owner: "kettle", Name: "floor", Labels: []string{github.IncidentLabel}}
	for _, weeks := range []int{60, 6, 5, 4, 2, 1} {
		repo.Issues = append(repo.Issues, floodAt(weeks))
	}
	f := &floor{org: github.New(scriptNow, repo, &github.Repo{Owner: "kettle", Name: "attic"}), dir: t.TempDir(), now: scriptNow}
	f.gate = fault.NewGate(f.org)
	server := httptest.NewServer(f.gate)
	t.Cleanup(server.Close)
	write(t, filepath.Join(f.dir, "token"), github.Token+"\n")
	write(t, filepath.Join(f.dir, settingsName), fmt.Sprintf(`[report]
timezone = "Europe/Berlin"
baseline = 4
history  = "history.db"
[[source.github]]
name  = "github"
url   = %q
token = "file:token"
[[team]]
id = "floor"
  [team.incidents]
  from  = "github"
  query = "repo:kettle/floor label:incident"
`, server.URL))
	return f
}

// look collects as somebody in CI sees it, a week after the last time, and
// returns the incidents, the talk about what is gone, and the requests.
func (f *floor) look(t *testing.T) (titles, gone, requests []string) {
	t.Helper()
	facts, talk := collectedAt(t, filepath.Join(f.dir, settingsName), f.now)
	f.now = f.now.AddDate(0, 0, 7)
	for _, in := range facts.Answers[0].Incidents {
		titles = append(titles, in.Title)
	}
	for line := range strings.Lines(talk) {
		if strings.HasPrefix(line, "  gone from ") {
			gone = append(gone, strings.TrimSpace(line))
		}
	}
	for _, r := range f.gate.Log() {
		requests = append(requests, r.Method+" "+strings.TrimPrefix(r.URL, "/api/v3"))
	}
	f.gate.Clear()
	return titles, gone, requests
}

// What became of an incident that was over weeks ago is noticed by a run that
// asks about the open weeks alone, and takes no request more.
func TestOldIncidentVanishes(t *testing.T) {
	const fifth = "flood 5 weeks ago"
	tests := []struct {
		name    string
		happens func(*github.Org, string, int)
		gone    []string
	}{
		{"deleted", (*github.Org).Delete, []string{"gone from floor/incidents: kettle/floor#3"}},
		{"transferred", func(o *github.Org, repo string, n int) { o.Transfer(repo, n, "kettle/attic") }, []string{"gone from floor/incidents: kettle/floor#3"}},
		{"relabelled", func(o *github.Org, repo string, n int) { o.Happens(repo, n, github.Unlabeled, github.IncidentLabel) }, []string{"gone from floor/incidents: kettle/floor#3"}},
		{"untouched", func(*github.Org, string, int) {}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFloor(t)
			first, _, _ := f.look(t)
			if !slices.Contains(first, fifth) {
				t.Fatalf("at first there are %q", first)
			}
			// The list of all holds one from before the page's weeks, which is asked
			// for once; from then on only the open weeks are.
			f.look(t)
			f.look(t)
			_, gone, before := f.look(t)
			if gone != nil {
				t.Errorf("before anything happens: %q", gone)
			}
			test.happens(f.org, "kettle/floor", 3)
			after, gone, requests := f.look(t)
			if diff := cmp.Diff(test.gone, gone); diff != "" {
				t.Errorf("talk (-want +got):\n%s", diff)
			}
			if slices.Contains(after, fifth) != (test.gone == nil) {
				t.Errorf("after it was %s there are %q", test.name, after)
			}
			if len(requests) > len(before) {
				t.Errorf("requests before and after it was %s:\n%q\n%q", test.name, before, requests)
			}
			_, gone, _ = f.look(t)
			if gone != nil {
				t.Errorf("a week later: %q", gone)
			}
		})
	}
}
