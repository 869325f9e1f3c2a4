package main

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/github"
)

// A kitchen is a GitHub whose project has iterations, with somebody who looks at
// it every Monday. The first iteration has the two weeks before and after
// scriptNow's Monday, the second one the two after it.
type kitchen struct {
	org      *github.Org
	settings string
	now      time.Time
}

func newKitchen(t *testing.T) *kitchen {
	t.Helper()
	begin := sources.DayOf(scriptNow).Add(-7)
	repo, made := &github.Repo{Owner: "kettle", Name: "kitchen"}, scriptNow.AddDate(0, 0, -20)
	project := &github.Project{Owner: "kettle", Title: "Tea", Fields: []github.Field{{Name: "Sprint", Iterations: []github.Iteration{
		{ID: "5eed0001", Title: "Pour 1", Start: begin, Days: 14}, {ID: "5eed0002", Title: "Pour 2", Start: begin.Add(14), Days: 14},
	}}}}
	for n := range 3 {
		i := &github.Issue{Title: fmt.Sprint("cup ", n+1), Created: made}
		repo.Issues = append(repo.Issues, i)
		project.Entries = append(project.Entries, github.Entry{Issue: i, Added: made, Moves: []github.Move{{At: made, Field: "Sprint", To: "5eed0001"}}})
	}
	k := &kitchen{org: github.New(scriptNow, repo), settings: filepath.Join(t.TempDir(), settingsName), now: scriptNow}
	k.org.Projects = []*github.Project{project}
	server := httptest.NewServer(k.org)
	t.Cleanup(server.Close)
	write(t, filepath.Join(filepath.Dir(k.settings), "token"), github.Token+"\n")
	write(t, k.settings, fmt.Sprintf(`[report]
timezone = "Europe/Berlin"
baseline = 0
history  = "history.db"
[[source.github]]
name  = "github"
url   = %q
token = "file:token"
[[team]]
id = "kitchen"
  [team.delivery]
  from  = "github"
  query = "project:kettle/1"
`, server.URL))
	return k
}

// look collects, and returns the sprints in words: of each issue its outcome,
// with a plus for what was added.
func (k *kitchen) look(t *testing.T) (sprints, reasons []string) {
	t.Helper()
	k.org.Now = k.now
	facts, _ := collectedAt(t, k.settings, k.now)
	k.now = k.now.AddDate(0, 0, 7)
	for _, s := range facts.Answers[0].Sprints {
		words := []string{s.Name + " " + string(s.State) + ":"}
		for _, i := range s.Issues {
			words = append(words, i.Title+map[bool]string{true: "+ ", false: " "}[i.Added]+string(i.Outcome)+",")
		}
		sprints, reasons = append(sprints, strings.TrimSuffix(strings.Join(words, " "), ",")), append(reasons, s.Grade.String()+": "+s.Reason)
	}
	return sprints, reasons
}

func (k *kitchen) move(n int, at time.Time, to string) {
	e := &k.org.Projects[0].Entries[n-1]
	e.Moves = append(e.Moves, github.Move{At: at, Field: "Sprint", To: to})
}

// GitHub tells of an iteration's present alone, but somebody who looks every
// week remembers: what was moved on before anybody saw the end counts as
// removed, and what is moved after that changes nothing.
func TestIterationsAreRemembered(t *testing.T) {
	k := newKitchen(t)
	want := func(when string, sprints ...string) (reasons []string) {
		t.Helper()
		got, reasons := k.look(t)
		if diff := cmp.Diff(sprints, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		return reasons
	}
	want("while it runs", "Pour 1 active: cup 1 not completed, cup 2 not completed, cup 3 not completed")
	k.org.Now = scriptNow.AddDate(0, 0, 3)
	k.org.Happens("kettle/kitchen", 1, github.Closed, "")
	k.move(2, scriptNow.AddDate(0, 0, 6), "5eed0002")
	const closed = "Pour 1 closed: cup 1 completed, cup 2 removed, cup 3 not completed"
	reasons := want("on the Monday after", closed, "Pour 2 active: cup 2 not completed")
	const lost = "kettle/kitchen#2 was in the sprint while it ran and is not in it any more, so it counts as removed"
	if len(reasons) != 2 || !strings.HasPrefix(reasons[0], "approximate: GitHub does not tell what was in an iteration before: ") || !strings.HasSuffix(reasons[0], "; "+lost) {
		t.Errorf("reasons %q", reasons)
	}
	k.move(3, scriptNow.AddDate(0, 0, 8), "5eed0002")
	k.org.Projects[0].Fields[0].Iterations[0].Title = "Pour one"
	want("after the leftovers were moved", closed, "Pour 2 active: cup 2 not completed, cup 3+ not completed")
	k.org.Projects[0].Fields[0].Iterations = k.org.Projects[0].Fields[0].Iterations[1:]
	want("after it was deleted", closed, "Pour 2 closed: cup 2 not completed, cup 3+ not completed")
}
