package github

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
)

// rink is a repository with three sprints of a week, due on Sundays: Curl 1
// ends with the second week of the window, Curl 3 runs.
func rink(t testing.TB, issues ...*sim.Issue) *sim.Repo {
	first := window(t).Start().AddDate(0, 0, 7)
	r := &sim.Repo{Owner: "kettle", Name: "rink", Labels: []string{"ice"}, Issues: issues}
	for n := range 3 {
		m := sim.Milestone{Title: fmt.Sprintf("Curl %d", n+1), Created: first.AddDate(0, 0, 7*n-3), Due: first.AddDate(0, 0, 7*n+7).Add(-15 * time.Hour)}
		if n < 2 {
			m.Closed = first.AddDate(0, 0, 7*n+7).Add(10 * time.Hour)
		}
		r.Milestones = append(r.Milestones, m)
	}
	return r
}

// day returns an hour of a day, counted from the start of Curl 2.
func day(t testing.TB, n, hour int) time.Time {
	return window(t).Start().AddDate(0, 0, 14+n).Add(time.Duration(hour) * time.Hour)
}

func did(at time.Time, what, word string) sim.Event {
	return sim.Event{At: at, What: what, Word: word}
}

// What became of an issue in the second of three sprints.
func TestSprintIssues(t *testing.T) {
	at := func(n, hour int) time.Time { return day(t, n, hour) }
	into := func(n, hour int, name string) sim.Event { return did(at(n, hour), sim.Milestoned, name) }
	out := func(n, hour int, name string) sim.Event { return did(at(n, hour), sim.Demilestoned, name) }
	closed := func(n, hour int, reason string) sim.Event { return did(at(n, hour), sim.Closed, reason) }
	again := func(n, hour int) sim.Event { return did(at(n, hour), sim.Reopened, "") }
	committed := func(o sources.Outcome) *sources.SprintIssue {
		return &sources.SprintIssue{Outcome: o, Committed: true}
	}
	added := func(o sources.Outcome) *sources.SprintIssue { return &sources.SprintIssue{Outcome: o, Added: true} }
	tests := []struct {
		name   string
		events []sim.Event
		want   *sources.SprintIssue
	}{
		{"never in it", []sim.Event{into(1, 9, "Curl 1")}, nil},
		{"planned before, done", []sim.Event{into(-2, 9, "Curl 2"), closed(3, 9, "")}, committed(sources.Completed)},
		{"planned on the first day", []sim.Event{into(0, 23, "Curl 2"), closed(3, 9, "")}, committed(sources.Completed)},
		{"done on the first day", []sim.Event{into(-2, 23, "Curl 2"), closed(0, 9, "")}, committed(sources.Completed)},
		{"came on the second day", []sim.Event{into(1, 0, "Curl 2"), into(1, 1, "Curl 2"), closed(3, 9, "")}, added(sources.Completed)},
		{"unplanned on the first day", []sim.Event{into(-2, 9, "Curl 2"), out(0, 12, "Curl 2")}, nil},
		{"taken out", []sim.Event{into(-2, 9, "Curl 2"), out(4, 12, "Curl 2")}, committed(sources.Removed)},
		{"came and went", []sim.Event{into(2, 9, "Curl 2"), out(4, 12, "Curl 2")}, added(sources.Removed)},
		{"taken out and put back", []sim.Event{into(-2, 9, "Curl 2"), out(2, 12, "Curl 2"), into(3, 9, "Curl 2")}, committed(sources.NotCompleted)},
		{"moved on before its time", []sim.Event{into(-2, 9, "Curl 2"), out(4, 12, "Curl 2"), into(4, 12, "Curl 3")}, committed(sources.Removed)},
		{"moved on on the due day", []sim.Event{into(-2, 9, "Curl 2"), out(6, 12, "Curl 2"), into(6, 12, "Curl 3")}, committed(sources.NotCompleted)},
		{"moved on after the close", []sim.Event{into(-2, 9, "Curl 2"), out(7, 11, "Curl 2"), into(7, 11, "Curl 3")}, committed(sources.NotCompleted)},
		{"carried in on the due day", []sim.Event{into(-9, 9, "Curl 1"), out(-1, 9, "Curl 1"), into(-1, 9, "Curl 2")},
			&sources.SprintIssue{Outcome: sources.NotCompleted, Committed: true, CarriedIn: true}},
		{"carried in late", []sim.Event{into(-9, 9, "Curl 1"), out(1, 9, "Curl 1"), into(1, 9, "Curl 2"), closed(2, 9, "")},
			&sources.SprintIssue{Outcome: sources.Completed, Added: true, CarriedIn: true}},
		{"moved in before its time", []sim.Event{into(-9, 9, "Curl 1"), out(-4, 9, "Curl 1"), into(-4, 9, "Curl 2")}, committed(sources.NotCompleted)},
		{"given up", []sim.Event{into(-2, 9, "Curl 2"), closed(3, 9, sim.NotPlanned)}, committed(sources.Removed)},
		{"given up before", []sim.Event{into(-2, 9, "Curl 2"), closed(-1, 9, sim.Duplicate)}, nil},
		{"done before", []sim.Event{into(-2, 9, "Curl 2"), closed(-1, 9, "")}, &sources.SprintIssue{Outcome: sources.CompletedOutside}},
		{"done before, opened and done again", []sim.Event{into(-2, 9, "Curl 2"), closed(-1, 9, ""), again(2, 9), closed(3, 9, "")}, &sources.SprintIssue{Outcome: sources.Completed}},
		{"done long before, opened and done again", []sim.Event{closed(-11, 9, ""), into(-2, 9, "Curl 2"), again(2, 9), closed(3, 9, "")}, &sources.SprintIssue{Outcome: sources.Completed}},
		{"planned and done long before, opened and done again", []sim.Event{closed(-11, 9, ""), into(-11, 10, "Curl 2"), again(2, 9), closed(3, 9, "")}, &sources.SprintIssue{Outcome: sources.Completed}},
		{"given up long before, opened again", []sim.Event{closed(-11, 9, sim.NotPlanned), into(-2, 9, "Curl 2"), again(2, 9)}, added(sources.NotCompleted)},
		{"done and opened again", []sim.Event{into(-2, 9, "Curl 2"), closed(2, 9, ""), again(3, 9)}, committed(sources.NotCompleted)},
		{"done after the close", []sim.Event{into(-2, 9, "Curl 2"), closed(8, 9, "")}, committed(sources.NotCompleted)},
		{"noted when it was done", []sim.Event{closed(3, 9, ""), into(3, 10, "Curl 2")}, added(sources.Completed)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := &sim.Issue{Title: test.name, Created: at(-12, 9), Events: test.events}
			org := sim.New(now, rink(t, i))
			s, _ := serve(t, org, "")
			got := same(t, s, org, window(t), sources.Delivery, sim.Ask{Repos: []string{"kettle/rink"}, Milestone: "Curl *"})
			if len(got.Sprints) != 3 {
				t.Fatalf("%d sprints, want 3", len(got.Sprints))
			}
			var want []sources.SprintIssue
			if test.want != nil {
				w := *test.want
				w.Evidence = sources.Evidence{Source: "github", Ref: "kettle/rink#1", URL: sim.Site + "/kettle/rink/issues/1"}
				w.Title = test.name
				want = append(want, w)
			}
			if diff := gocmp.Diff(want, got.Sprints[1].Issues); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// When a milestone begins and whether it is one of the page's sprints.
func TestSprintTimes(t *testing.T) {
	w := window(t)
	type sprint struct {
		Name, Start, End, Completed string
		State                       sources.SprintState
		Graded                      sources.Graded
	}
	d := func(n int) time.Time { return w.Start().AddDate(0, 0, n) }
	due := func(n int) time.Time { return d(n).Add(9 * time.Hour) }
	approximate := func(reason string) sources.Graded {
		return sources.Graded{Grade: sources.Approximate, Reason: reason}
	}
	tests := []struct {
		name   string
		stones []sim.Milestone
		want   []sprint
	}{
		{"first of its kind", []sim.Milestone{{Title: "S 1", Created: due(2), Due: due(9), Closed: due(10)}},
			[]sprint{{"S 1", "2026-10-07 09:00", "2026-10-14 23:59", "2026-10-15 09:00", sources.Closed, approximate(noBefore)}}},
		{"over the change of clocks", []sim.Milestone{{Title: "S 1", Created: due(-30), Due: due(13), Closed: due(-1)}, {Title: "S 2", Created: due(0), Due: due(27), Closed: due(28)}},
			[]sprint{{"S 2", "2026-10-19 00:00", "2026-11-01 23:59", "2026-11-02 09:00", sources.Closed, sources.Whole()}}},
		{"made on its first day", []sim.Milestone{{Title: "S 1", Created: due(-30), Due: due(-1), Closed: due(-1)}, {Title: "S 2", Created: due(0), Due: due(6), Closed: due(7)}},
			[]sprint{{"S 2", "2026-10-05 00:00", "2026-10-11 23:59", "2026-10-12 09:00", sources.Closed, sources.Whole()}}},
		{"made later", []sim.Milestone{{Title: "S 1", Created: due(-30), Due: due(-1), Closed: due(-1)}, {Title: "S 2", Created: due(3), Due: due(6), Closed: due(7)}},
			[]sprint{{"S 2", "2026-10-08 09:00", "2026-10-11 23:59", "2026-10-12 09:00", sources.Closed, approximate(madeLater)}}},
		{"closed before it began", []sim.Milestone{{Title: "S 1", Created: due(-30), Due: due(20), Closed: due(-1)}, {Title: "S 2", Created: due(3), Due: due(27), Closed: due(7)}},
			[]sprint{{"S 2", "2026-10-08 09:00", "2026-11-01 23:59", "2026-10-12 09:00", sources.Closed, approximate(closedOff)}}},
		{"without a due day", []sim.Milestone{{Title: "S 1", Created: due(0), Closed: due(7)}},
			[]sprint{{"S 1", "2026-10-05 09:00", "", "2026-10-12 09:00", sources.Closed, approximate(noBefore)}}},
		{"late and open", []sim.Milestone{{Title: "S 1", Created: due(0), Due: due(7)}},
			[]sprint{{"S 1", "2026-10-05 09:00", "2026-10-12 23:59", "", sources.Active, approximate(noBefore)}}},
		{"forgotten", []sim.Milestone{{Title: "S 1", Created: due(-30), Due: due(-7)}}, nil},
		{"not begun", []sim.Milestone{{Title: "S 1", Created: due(0), Due: due(43), Closed: due(-1)}, {Title: "S 2", Created: due(0), Due: due(50)}}, nil},
		{"another kind", []sim.Milestone{{Title: "S 1", Created: due(-30), Due: due(-1), Closed: due(-1)}, {Title: "Spring", Created: due(0), Due: due(7), Closed: due(7)}}, nil},
		{"as long as a year", []sim.Milestone{{Title: "S 1", Created: due(-300), Due: due(7), Closed: due(7)}},
			[]sprint{{"S 1", "2025-12-09 09:00", "2026-10-12 23:59", "2026-10-12 09:00", sources.Closed, approximate(noBefore)}}},
	}
	long := append([]sim.Milestone{{Title: "S 0", Created: due(-400), Due: due(-301), Closed: due(-300)}}, tests[len(tests)-1].stones...)
	tests = append(tests, tests[len(tests)-1])
	last := &tests[len(tests)-1]
	last.name, last.stones = "as long as a year, after another", long
	last.want = []sprint{{"S 1", "2025-12-09 00:00", "2026-10-12 23:59", "2026-10-12 09:00", sources.Closed,
		approximate("it began long before these weeks; what was in it on 2026-08-10 counts as committed to")}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			org := sim.New(now, &sim.Repo{Owner: "kettle", Name: "rink", Milestones: test.stones})
			s, _ := serve(t, org, "")
			all, err := collect(t, s, w, sources.Delivery, `repo:kettle/rink milestone:"s *"`)
			if err != nil {
				t.Fatal(err)
			}
			local := func(at time.Time) string {
				if at.IsZero() {
					return ""
				}
				return at.In(w.Zone.Location()).Format("2006-01-02 15:04")
			}
			var got []sprint
			for _, s := range all.Sprints {
				got = append(got, sprint{s.Name, local(s.Start), local(s.End), local(s.Completed), s.State, s.Graded})
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// openIn opens a source of an organisation without a network, for tests that
// open very many.
func openIn(t testing.TB, org *sim.Org) sources.Source {
	t.Helper()
	s, err := Kind.Open(func(into any) error {
		_, err := toml.Decode("url = 'https://git.example'\ntoken = 'env:T'\n", into)
		return err
	}, sources.Setup{
		Name: "github", Agent: "preread-test", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(sim.Token), nil },
		Transport: trip(func(r *http.Request) (*http.Response, error) {
			answer := httptest.NewRecorder()
			org.ServeHTTP(answer, r)
			return answer.Result(), nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Whatever people do with issues, what is told of sprints is true.
func TestSprintsOfAnyHistory(t *testing.T) {
	const most = 25 // sprints last three weeks together
	rapid.Check(t, func(rt *rapid.T) {
		var issues []*sim.Issue
		for n := range rapid.IntRange(1, 4).Draw(rt, "issues") {
			i := &sim.Issue{Title: fmt.Sprint("stone ", n), Created: day(t, rapid.IntRange(-12, 12).Draw(rt, "day"), rapid.IntRange(0, 23).Draw(rt, "hour"))}
			at, in, open := i.Created, "", true
			for range rapid.IntRange(0, 8).Draw(rt, "events") {
				at = at.Add(time.Duration(rapid.IntRange(1, 24*5).Draw(rt, "later")) * time.Hour)
				if at.After(day(t, most, 0)) {
					break
				}
				next := rapid.SampledFrom([]string{"", "Curl 1", "Curl 2", "Curl 3", "Other"}).Draw(rt, "milestone")
				switch what := rapid.SampledFrom([]string{sim.Milestoned, sim.Closed, sim.Commented}).Draw(rt, "what"); {
				case what == sim.Milestoned && in != next:
					if in != "" {
						i.Events = append(i.Events, did(at, sim.Demilestoned, in))
					}
					if in = next; in != "" {
						i.Events = append(i.Events, did(at, sim.Milestoned, in))
					}
				case what == sim.Closed && open:
					i.Events, open = append(i.Events, did(at, sim.Closed, rapid.SampledFrom([]string{"", "", sim.NotPlanned}).Draw(rt, "reason"))), false
				case what == sim.Closed:
					i.Events, open = append(i.Events, did(at, sim.Reopened, "")), true
				}
			}
			issues = append(issues, i)
		}
		repo := rink(t, issues...)
		repo.Milestones = append(repo.Milestones, sim.Milestone{Title: "Other", Created: day(t, -12, 0)})
		org := sim.New(now, repo)
		s := openIn(t, org)
		a := sim.Ask{Repos: []string{"kettle/rink"}, Milestone: "Curl *"}
		got, err := collect(t, s, window(t), sources.Delivery, a.Text())
		if err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(truth(org, window(t), sources.Delivery, a), got, wholly); diff != "" {
			rt.Errorf("(-true +collected):\n%s", diff)
		}
	})
}

// An event that somebody deleted, or that this token does not see, makes the
// sprint approximate or partial, never exact.
func TestSprintsWithoutEvents(t *testing.T) {
	i := &sim.Issue{Title: "Sweep", Created: day(t, 0, 9), Events: []sim.Event{did(day(t, 0, 9), sim.Milestoned, "Curl 2"), did(day(t, 4, 9), sim.Closed, "")}}
	ask := sim.Ask{Repos: []string{"kettle/rink"}, Milestone: "Curl 2"}
	drop := func(event string) func([]byte) []byte {
		return func(b []byte) []byte {
			return []byte(strings.ReplaceAll(string(b), `"event":"`+event+`"`, `"event":"locked"`))
		}
	}
	const deleted = "the events of 1 of its issues do not tell all; some may have been deleted, or be too old"
	tests := []struct {
		name  string
		fault fault.Fault
		want  sources.Graded
	}{
		{"all there", fault.Fault{}, sources.Whole()},
		{"no closed event", fault.Fault{Path: "events", Edit: drop("closed")}, sources.Graded{Grade: sources.Approximate, Reason: deleted}},
		{"no milestoned event", fault.Fault{Path: "events", Edit: drop("milestoned")}, sources.Graded{Grade: sources.Approximate, Reason: deleted}},
		{"no events", fault.Fault{Path: "events", Empty: true}, sources.Graded{Grade: sources.Approximate, Reason: deleted}},
		{"events not allowed", fault.Fault{Path: "events", Status: http.StatusForbidden, Body: "{}"}, sources.Graded{Grade: sources.Partial,
			Reason: "the events of its issues are not shown to this token, so nobody can tell what came in later or was taken out"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			repo := rink(t, i)
			org := sim.New(now, repo)
			s, gate := serve(t, org, "")
			gate.Add(test.fault)
			got, err := collect(t, s, window(t), sources.Delivery, `repo:kettle/rink milestone:"Curl *"`)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(test.want, got.Sprints[1].Graded); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if is := got.Sprints[1].Issues; len(is) != 1 || is[0].Outcome != sources.Completed {
				t.Errorf("issues %+v of %s, want one completed", is, ask.Milestone)
			}
		})
	}
}

// A list that shows nothing of what its milestone counts is no empty sprint.
func TestSprintShowsNoIssues(t *testing.T) {
	i := &sim.Issue{Title: "Sweep", Created: day(t, -12, 9), Events: []sim.Event{did(day(t, -12, 9), sim.Milestoned, "Curl 2")}}
	s, gate := serve(t, sim.New(now, rink(t, i)), "")
	gate.Add(fault.Fault{Path: `/issues\?.*milestone=2`, Empty: true})
	_, err := collect(t, s, window(t), sources.Delivery, `repo:kettle/rink milestone:"Curl *"`)
	if want := `github counts 1 issues in the milestone "Curl 2" of kettle/rink and shows none`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A milestone that was renamed while it ran is the same one: events keep the
// former title.
func TestRenamedSprint(t *testing.T) {
	stays := &sim.Issue{Title: "stays", Created: day(t, -12, 9), Events: []sim.Event{did(day(t, 0, 9), sim.Milestoned, "Curl 2")}}
	leaves := &sim.Issue{Title: "leaves", Created: day(t, -12, 9), Events: []sim.Event{did(day(t, 0, 9), sim.Milestoned, "Curl 2"), did(day(t, 3, 9), sim.Demilestoned, "Curl 2")}}
	s, gate := serve(t, sim.New(now, rink(t, stays, leaves)), "")
	gate.Add(fault.Fault{Path: "events", Edit: func(b []byte) []byte {
		return []byte(strings.ReplaceAll(string(b), `"milestone":{"title":"Curl 2"}`, `"milestone":{"title":"Curl two"}`))
	}})
	got, err := collect(t, s, window(t), sources.Delivery, `repo:kettle/rink milestone:"Curl *"`)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]sources.Outcome{}
	for _, i := range got.Sprints[1].Issues {
		outcomes[i.Title] = i.Outcome
	}
	if diff := gocmp.Diff(map[string]sources.Outcome{"stays": sources.NotCompleted, "leaves": sources.Removed}, outcomes); diff != "" || got.Sprints[1].Grade != sources.Exact {
		t.Errorf("%v; (-want +got):\n%s", got.Sprints[1].Graded, diff)
	}
}

func TestLike(t *testing.T) {
	tests := []struct {
		pattern, title string
		want           bool
	}{
		{"Sprint *", "Sprint 12", true},
		{"sprint *", "SPRINT 12", true},
		{"Sprint *", "Sprint", false},
		{"Sprint 1", "Sprint 12", false},
		{"*", "anything", true},
		{"*", "", true},
		{"*-*", "2026-11", true},
		{"a*a", "a", false},
		{"a*a", "aa", true},
		{"a**b*c", "a-b-b-c", true},
		{"a*b*c", "a-c-b", false},
		{"*end", "the end of it", false},
	}
	for _, test := range tests {
		if got := like(test.pattern, test.title); got != test.want {
			t.Errorf("like(%q, %q) = %v", test.pattern, test.title, got)
		}
	}
}
