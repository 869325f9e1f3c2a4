package jira

import (
	"bytes"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/company"
)

func kettle(t *testing.T, seed uint64) (company.Company, *Site) {
	t.Helper()
	c, err := company.New(seed, now)
	if err != nil {
		t.Fatal(err)
	}
	return c, Generate(c)
}

func window(c company.Company, weeks int) sources.Window {
	return sources.Window{Last: sources.WeekOf(c.Now, c.Zone).Add(-1), Count: weeks, Zone: c.Zone, Now: c.Now}
}

func TestGenerateIsDeterministic(t *testing.T) {
	var bodies [2]bytes.Buffer
	for i := range bodies {
		_, site := kettle(t, 5)
		r := httptest.NewRequest("POST", "/rest/api/2/search", bytes.NewBufferString(`{"jql":"","maxResults":1000,"fields":["summary","status","customfield_10104"],"expand":["changelog"]}`))
		r.Header.Set("Authorization", "Bearer tok")
		w := httptest.NewRecorder()
		site.DataCenter("tok").ServeHTTP(w, r)
		bodies[i] = *w.Body
	}
	if bodies[0].Len() < 10000 || !bytes.Equal(bodies[0].Bytes(), bodies[1].Bytes()) {
		t.Errorf("one seed gave two sites of %d and %d bytes", bodies[0].Len(), bodies[1].Len())
	}
}

func TestNothingHappensLaterThanNow(t *testing.T) {
	c, site := kettle(t, 1)
	seen := map[string]bool{}
	for n, i := range site.Issues {
		if seen[i.Key] || i.ID != 10000+int64(n) {
			t.Errorf("%s: number %d, seen before: %v", i.Key, i.ID, seen[i.Key])
		}
		seen[i.Key] = true
		last := i.Created
		for _, m := range i.Moments() {
			if m.At.Before(last) || m.At.After(c.Now) {
				t.Errorf("%s: something happens at %v, after %v, now %v", i.Key, m.At, last, c.Now)
			}
			last = m.At
		}
		for _, l := range i.Links {
			if !slices.Contains(site.Issues, l.To) {
				t.Errorf("%s is linked to an issue that is not there", i.Key)
			}
		}
	}
}

// The figures that a demonstration shows must look like a team's.
func TestGeneratedTeamsAreBelievable(t *testing.T) {
	for seed := range uint64(8) {
		c, site := kettle(t, seed)
		happened := map[string]int{}
		for _, team := range c.Teams {
			var done, committed float64
			sprints := site.TrueSprints(window(c, company.Weeks), team.Board)
			if len(sprints) != len(team.Sprints) {
				t.Errorf("seed %d: %s has %d sprints, want %d", seed, team.Name, len(sprints), len(team.Sprints))
			}
			for _, s := range sprints {
				if s.State == sources.Active {
					continue
				}
				if n := len(s.Issues); n < 6 || n > 20 {
					t.Errorf("seed %d: %s has %d issues", seed, s.Name, n)
				}
				for _, i := range s.Issues {
					happened[string(i.Outcome)]++
					for what, is := range map[string]bool{"added": i.Added, "carried": i.CarriedIn, "unestimated": i.Final == nil,
						"re-estimated": i.Initial != nil && i.Final != nil && *i.Initial != *i.Final, "not committed": !i.Committed && !i.Added} {
						if is {
							happened[what]++
						}
					}
					if i.Committed {
						committed++
						if i.Outcome == sources.Completed {
							done++
						}
					}
				}
			}
			if rate := done / committed; rate < 0.7 || rate > 0.92 {
				t.Errorf("seed %d: %s completes %.0f %% of what it commits to", seed, team.Name, 100*rate)
			}
			for _, g := range team.Goals {
				if g.Epic == "" {
					continue
				}
				w := window(c, 12)
				items := site.TrueGoal(w, InEpic(g.Epic))
				if n := len(items); n < g.Size || n > g.Size+int(g.Growth*40) {
					t.Errorf("seed %d: goal %s has %d items, agreed were %d", seed, g.ID, n, g.Size)
				}
				left := 0
				for _, it := range items {
					if !it.Scope[len(it.Scope)-1].To.IsZero() {
						left++
					}
				}
				if left < 2 {
					t.Errorf("seed %d: nothing left the goal %s", seed, g.ID)
				}
			}
		}
		for _, what := range []string{"completed", "not completed", "removed", "completed outside", "added", "carried", "unestimated", "re-estimated", "not committed"} {
			if happened[what] == 0 {
				t.Errorf("seed %d: nothing is ever %s", seed, what)
			}
		}
	}
}

// Incidents are those of the company, no more and no fewer.
func TestGeneratedIncidents(t *testing.T) {
	c, site := kettle(t, 1)
	team := c.Teams[1]
	got := site.TrueIncidents(window(c, company.Weeks), func(i *Issue) bool { return i.Project == team.Project && i.Type == "Incident" })
	var want []sources.Incident
	for _, in := range team.Incidents {
		want = append(want, sources.Incident{Title: in.Title, Opened: in.Opened, Acknowledged: in.Acknowledged, Resolved: in.Resolved})
	}
	slices.SortFunc(want, func(a, b sources.Incident) int { return a.Opened.Compare(b.Opened) })
	followUps := 0
	for i := range got {
		followUps += len(got[i].FollowUps)
		got[i] = sources.Incident{Title: got[i].Title, Opened: got[i].Opened, Acknowledged: got[i].Acknowledged, Resolved: got[i].Resolved}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-company +jira):\n%s", diff)
	}
	if followUps == 0 {
		t.Error("no incident left any work behind")
	}
}

// What a sprint leaves open is carried on by the close, seconds after it, and
// stays in the list of the closed one.
func TestCarryOverIsWrittenAfterTheClose(t *testing.T) {
	_, site := kettle(t, 1)
	carried := 0
	for _, sp := range site.Sprints {
		for _, i := range site.Issues {
			moments := i.Moments()
			for n := 1; n < len(moments) && !sp.Completed.IsZero(); n++ {
				after := moments[n].At.Sub(sp.Completed)
				if after < 0 || after > time.Minute || len(moments[n].Sprints) <= len(moments[n-1].Sprints) || !slices.Contains(moments[n-1].Sprints, sp.ID) {
					continue
				}
				carried++
				if after < 3*time.Second || after > 13*time.Second || !slices.Contains(moments[n].Sprints, sp.ID) || !slices.Contains(moments[n].Sprints, sp.ID+1) {
					t.Errorf("%s: carried from %s %v after its close into %v", i.Key, sp.Name, after, moments[n].Sprints)
				}
			}
		}
	}
	if carried < 20 {
		t.Errorf("only %d were carried over", carried)
	}
}

func TestFewest(t *testing.T) {
	zone := sources.Zone{}
	w := sources.Window{Last: sources.WeekOf(now, zone).Add(-1), Count: 6, Zone: zone, Now: now}
	site := Sized(Size{Goal: 101, Bugs: 100, Sprints: 60, SprintIssues: 5}, now)
	tests := []struct {
		name  string
		cloud bool
		ask   []sources.Query
		want  int
	}{
		{"nothing", true, nil, 4},
		{"two pages of a goal, one of what changed, changelogs", true, []sources.Query{{Noun: sources.Goals, Text: "parent = KIT-1"}}, 4 + 2 + 1 + 1},
		{"the same on Data Center", false, []sources.Query{{Noun: sources.Goals, Text: "parent = KIT-1"}}, 4 + 1 + 1},
		{"bugs", true, []sources.Query{{Noun: sources.Quality, Text: "issuetype = Bug"}}, 4 + 1 + 1},
		{"both goals share what changed", false, []sources.Query{{Noun: sources.Goals, Text: "parent = KIT-1"}, {Noun: sources.Goals, Text: "fixVersion = 1.0"}}, 4 + 1 + 1 + 1},
	}
	for _, tt := range tests {
		if got := site.Fewest(tt.cloud, w, tt.ask...); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
