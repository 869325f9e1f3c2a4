package jira

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	simulated "preread/sources/simulated/jira"
)

// The scenario's board has three sprints. The second one was started before
// the first was completed.
var (
	firstStart  = time.Date(2026, 10, 6, 9, 0, 0, 0, time.UTC)
	secondStart = time.Date(2026, 10, 20, 8, 0, 0, 0, time.UTC)
	firstEnd    = time.Date(2026, 10, 20, 9, 0, 0, 0, time.UTC)
	secondEnd   = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	thirdStart  = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
)

func day(d int) time.Time { return firstStart.AddDate(0, 0, d) }

// scene is a site with the scenario's board and nothing on it.
func scene(t testing.TB) *simulated.Site {
	site := simulated.Sized(simulated.Size{}, monday)
	site.Zone = berlin(t)
	site.Sprints = []*simulated.Sprint{
		{ID: 1, Board: 1, Name: "One, two", Goal: "state=OPEN], id=9", Start: firstStart, End: firstEnd.Add(-time.Hour), Completed: firstEnd},
		{ID: 2, Board: 1, Name: "Two", Start: secondStart, End: secondEnd, Completed: secondEnd},
		{ID: 3, Board: 1, Name: "Three", Start: thirdStart, End: thirdStart.AddDate(0, 0, 14)},
		{ID: 4, Board: 1, Name: "Four"},
		{ID: 5, Board: 99, Name: "Somebody else's", Start: firstStart, End: firstEnd, Completed: firstEnd},
	}
	return site
}

func put(ids ...int64) func(*simulated.State) {
	return func(st *simulated.State) { st.Sprints = ids }
}

func inStatus(id string) func(*simulated.State) {
	return func(st *simulated.State) { st.Status = id }
}

func size(n float64) func(*simulated.State) {
	return func(st *simulated.State) { st.Points = &n }
}

func unsized(st *simulated.State) { st.Points = nil }

func n(f float64) *float64 { return &f }

// A step is something that happens to the one issue of a case.
type step struct {
	at  time.Time
	set func(*simulated.State)
}

const (
	progress = simulated.InProgress
	finished = simulated.Done
)

func TestSprintRules(t *testing.T) {
	planned := step{day(-1), put(1)}
	carried := step{firstEnd.Add(5 * time.Second), put(1, 2)}
	tests := []struct {
		name    string
		created time.Time
		first   simulated.State
		steps   []step
		want    map[int64]sources.SprintIssue // by sprint; without evidence and title
	}{
		{
			name: "planned and done", created: day(-3), first: simulated.State{Points: n(3)},
			steps: []step{planned, {day(2), inStatus(progress)}, {day(5), inStatus(finished)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed, Committed: true, Initial: n(3), Final: n(3)}},
		},
		{
			name: "done in the other language", created: day(-3),
			steps: []step{planned, {day(5), inStatus(simulated.Erledigt)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed, Committed: true}},
		},
		{
			name: "put in at the very start", created: day(-3),
			steps: []step{{firstStart, put(1)}, {firstEnd, inStatus(finished)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed, Committed: true}},
		},
		{
			name: "done a moment too late", created: day(-3),
			steps: []step{planned, {firstEnd.Add(time.Second), inStatus(finished)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.NotCompleted, Committed: true}},
		},
		{
			name: "carried over into a sprint that runs already", created: day(-3), first: simulated.State{Points: n(5)},
			steps: []step{planned, carried, {day(20), inStatus(finished)}},
			want: map[int64]sources.SprintIssue{
				1: {Outcome: sources.NotCompleted, Committed: true, Initial: n(5), Final: n(5)},
				2: {Outcome: sources.Completed, Added: true, CarriedIn: true, Initial: n(5), Final: n(5)},
			},
		},
		{
			name: "carried over twice", created: day(-3),
			steps: []step{planned, carried, {secondEnd.Add(13 * time.Second), put(1, 2, 3)}},
			want: map[int64]sources.SprintIssue{
				1: {Outcome: sources.NotCompleted, Committed: true},
				2: {Outcome: sources.NotCompleted, Added: true, CarriedIn: true},
				3: {Outcome: sources.NotCompleted, Committed: true, CarriedIn: true},
			},
		},
		{
			name: "moved on by hand before the close", created: day(-3),
			steps: []step{planned, {firstEnd.Add(-5 * time.Minute), put(2)}, {day(20), inStatus(finished)}},
			want: map[int64]sources.SprintIssue{
				1: {Outcome: sources.Removed, Committed: true},
				2: {Outcome: sources.Completed, Added: true},
			},
		},
		{
			name: "taken out and gone", created: day(-3), first: simulated.State{Points: n(8)},
			steps: []step{planned, {day(3), put()}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Removed, Committed: true, Initial: n(8), Final: n(8)}},
		},
		{
			name: "done and then taken out", created: day(-3),
			steps: []step{planned, {day(2), inStatus(finished)}, {day(3), put()}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Removed, Committed: true}},
		},
		{
			name: "taken out and put back", created: day(-3), first: simulated.State{Points: n(2)},
			steps: []step{planned, {day(2), put()}, {day(3), size(3)}, {day(4), put(1)}, {day(6), inStatus(finished)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed, Committed: true, Initial: n(2), Final: n(3)}},
		},
		{
			name: "added while it ran", created: day(-3), first: simulated.State{Points: n(2)},
			steps: []step{{day(2), size(5)}, {day(3), put(1)}, {day(4), size(8)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.NotCompleted, Added: true, Initial: n(5), Final: n(8)}},
		},
		{
			name: "born in the sprint", created: day(4), first: simulated.State{Points: n(1), Sprints: []int64{1}},
			steps: []step{{day(6), inStatus(finished)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed, Added: true, Initial: n(1), Final: n(1)}},
		},
		{
			name: "born in the sprint and taken out", created: day(4), first: simulated.State{Sprints: []int64{1}},
			steps: []step{{day(6), put()}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Removed, Added: true}},
		},
		{
			name: "done before it started", created: day(-9),
			steps: []step{{day(-4), inStatus(finished)}, planned},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.CompletedOutside}},
		},
		{
			name: "done before it started, reopened in it", created: day(-9),
			steps: []step{{day(-4), inStatus(finished)}, planned, {day(2), inStatus(progress)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.NotCompleted}},
		},
		{
			name: "done before it started, and done in another way", created: day(-9),
			steps: []step{{day(-4), inStatus(finished)}, planned, {day(2), inStatus(simulated.Erledigt)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed}},
		},
		{
			name: "reopened after the close", created: day(-3),
			steps: []step{planned, {day(5), inStatus(finished)}, {day(16), inStatus(progress)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed, Committed: true}},
		},
		{
			name: "estimated anew, after the close once more", created: day(-3), first: simulated.State{Points: n(3)},
			steps: []step{planned, {day(5), size(13)}, {day(6), inStatus(finished)}, {day(17), size(1)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed, Committed: true, Initial: n(3), Final: n(13)}},
		},
		{
			name: "its estimate taken away", created: day(-3), first: simulated.State{Points: n(3)},
			steps: []step{planned, {day(5), unsized}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.NotCompleted, Committed: true, Initial: n(3)}},
		},
		{
			name: "on no column at the start", created: day(-3),
			steps: []step{planned, {day(-1).Add(time.Hour), inStatus(simulated.InTheKiln)}, {day(5), inStatus(finished)}},
			want:  map[int64]sources.SprintIssue{1: {Outcome: sources.Completed}},
		},
		{name: "taken out before the start", created: day(-5), steps: []step{planned, {day(-1).Add(time.Hour), put()}}},
		{name: "put in after the close", created: day(-5), steps: []step{{day(15), put(1, 4)}}},
		{name: "in somebody else's sprint", created: day(-5), steps: []step{{day(-2), put(5)}}},
	}
	for _, p := range products {
		for _, tt := range tests {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				site := scene(t)
				tt.first.Summary = tt.name
				i := site.NewIssue("KIT", "Story", tt.created, tt.first)
				for _, s := range tt.steps {
					site.Edit(i, s.at, s.set)
				}
				source, _ := p.serve(t, site, "")
				sprints, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Noun: sources.Delivery, Board: 1})
				if err != nil {
					t.Fatal(err)
				}
				got := map[int64]sources.SprintIssue{}
				for _, s := range sprints {
					for _, told := range s.Issues {
						told.Evidence, told.ID, told.Title = sources.Evidence{}, "", ""
						got[s.ID] = told
					}
				}
				if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				truth := site.TrueSprints(window(t, 6), 1)
				if diff := cmp.Diff(truth, sprints, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(sources.Sprint{}, "Graded")); diff != "" {
					t.Errorf("the simulator's truth (-true +got):\n%s", diff)
				}
			})
		}
	}
}

func TestSubtasksAreNoSprintIssues(t *testing.T) {
	for _, p := range products {
		site := scene(t)
		parent := site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}})
		site.NewIssue("KIT", "Sub-task", day(2), simulated.State{Parent: parent, Sprints: []int64{1}})
		source, _ := p.serve(t, site, "")
		sprints, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Board: 1})
		if err != nil || len(sprints) != 3 || len(sprints[0].Issues) != 1 {
			t.Errorf("%s: %v, %+v", p.name, err, sprints)
		}
	}
}

func TestSprintGrades(t *testing.T) {
	add := func(site *simulated.Site, count int, at time.Time) {
		for range count {
			i := site.NewIssue("KIT", "Story", day(-3), simulated.State{})
			site.Edit(i, at, put(1))
		}
	}
	tests := []struct {
		name     string
		products []product
		build    func(*simulated.Site)
		want     sources.Graded
	}{
		{"plain", products, func(s *simulated.Site) { add(s, 5, day(-1)) }, sources.Whole()},
		{"a few added on the first day", products, func(s *simulated.Site) { add(s, 2, firstStart.Add(time.Hour)) }, sources.Whole()},
		{"many added on the first day", products[:1], func(s *simulated.Site) { add(s, 3, firstStart.Add(time.Hour)) },
			sources.Graded{Grade: sources.Approximate, Reason: "3 issues came in within a day of the planned start, so it may have been started later than planned"}},
		{"many added on the first day of a known start", products[1:], func(s *simulated.Site) { add(s, 3, firstStart.Add(time.Hour)) }, sources.Whole()},
		{"a status on no column", products, func(s *simulated.Site) {
			i := s.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}, Status: simulated.InTheKiln})
			s.Edit(i, day(3), inStatus(progress))
		}, sources.Graded{Grade: sources.Approximate, Reason: "1 open at the start stood in a status that is on no column of the board, and count as not committed"}},
		{"columns out of sight", products, func(s *simulated.Site) { add(s, 1, day(-1)); s.Boards[0].Unshared = true },
			sources.Graded{Grade: sources.Approximate, Reason: "the board's columns may not be read with this token, so done is judged by status category"}},
		{"filter out of sight", products, func(s *simulated.Site) { add(s, 1, day(-1)); s.Boards[0].Private = true },
			sources.Graded{Grade: sources.Approximate, Reason: "the board's filter may not be read with this token, so issues of other projects that were taken out may be missing"}},
		{"columns changed since", products, func(s *simulated.Site) {
			i := s.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}})
			s.Edit(i, day(3), inStatus(finished))
			s.Edit(i, firstEnd.Add(4*time.Second), put(1, 2))
		}, sources.Graded{Grade: sources.Approximate, Reason: `jira carried issues on that were "Done", which is done on the board of today; its columns may have changed since`}},
	}
	for _, tt := range tests {
		for _, p := range tt.products {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				site := scene(t)
				tt.build(site)
				source, _ := p.serve(t, site, "")
				sprints, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Board: 1})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, sprints[0].Graded); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// Without the configuration the board's project is not known; what was taken
// out must be found all the same.
func TestRemovedIssuesAreFoundWithoutConfiguration(t *testing.T) {
	for _, p := range products {
		site := scene(t)
		site.Boards[0].Unshared = true
		site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}})
		gone := site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}})
		site.Edit(gone, day(3), put())
		source, _ := p.serve(t, site, "")
		sprints, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Board: 1})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(sprints[0].Issues); n != 2 {
			t.Errorf("%s: %d issues, want 2", p.name, n)
		}
	}
}

func TestTrackedTimesAreHours(t *testing.T) {
	i := issue{fields: map[string]json.RawMessage{inSeconds: json.RawMessage("28800")}}
	got := i.pointsAt(estimate{fields: []field{{ID: inSeconds}}}, nil, monday)
	if diff := cmp.Diff(n(8), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The index of the search can be late: then the changes of an issue know more
// than the row that was found.
func TestTheSearchIsLate(t *testing.T) {
	site, w := scene(t), window(t, 6)
	closed := monday.Add(-3 * time.Hour)
	site.Sprints[0].Completed = closed
	w.Last, w.Now = w.Last.Add(1), closed.Add(30*time.Second)
	i := site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}})
	site.Edit(i, day(2), inStatus(progress))
	site.Edit(i, closed.Add(-time.Minute), inStatus(finished))
	source, gate := products[0].serve(t, site, "")
	gate.Add(editing("search/jql", func(answer map[string]any) {
		for _, row := range answer["issues"].([]any) {
			fields := row.(map[string]any)["fields"].(map[string]any)
			fields["status"] = map[string]any{"id": progress, "name": "In Progress", "statusCategory": map[string]any{"key": "indeterminate"}}
			fields["resolution"], fields["resolutiondate"], fields["updated"] = nil, nil, day(2).Format("2006-01-02T15:04:05.000-0700")
		}
	}))
	sprints, err := source.Sprints(t.Context(), w, sources.Query{Noun: sources.Delivery, Board: 1})
	if err != nil || len(sprints) == 0 || len(sprints[0].Issues) != 1 {
		t.Fatalf("%+v, %v", sprints, err)
	}
	if got := sprints[0].Issues[0].Outcome; got != sources.Completed {
		t.Errorf("an issue that was done a minute before the close is told as %s", got)
	}
}

// Data Center names a change of the original estimate by the field's id and not
// by its name, and gives no id beside it.
func TestOriginalEstimateOfDataCenter(t *testing.T) {
	i := issue{fields: map[string]json.RawMessage{inSeconds: json.RawMessage("36000")}}
	var log []history
	if err := json.Unmarshal([]byte(`[{"id":"1","created":"2026-10-07T10:00:00.000+0200","items":[{"field":"timeoriginalestimate","fieldtype":"jira","from":"3600","to":"36000"}]}]`), &log); err != nil {
		t.Fatal(err)
	}
	est := estimate{fields: []field{{ID: inSeconds, Name: "Original Estimate"}}}
	if diff := cmp.Diff(n(1), i.pointsAt(est, flatten(log), day(0))); diff != "" {
		t.Errorf("hours before the change (-want +got):\n%s", diff)
	}
}
