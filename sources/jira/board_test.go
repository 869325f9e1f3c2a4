package jira

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
)

// One question answers for all boards of a team, as one question for each
// does.
func TestSeveralBoards(t *testing.T) {
	for _, p := range products {
		for seed := range uint64(2) {
			site := kettle(t, seed)
			w := window(t, 6)
			source, _ := p.serve(t, site, "")
			want := merged([][]sources.Sprint{site.TrueSprints(w, 42), site.TrueSprints(w, 43)})
			for _, q := range []sources.Query{{Board: 42, Boards: []int64{43}}, {Boards: []int64{43, 42, 43}}, {Board: 42, Boards: []int64{42, 43, 0}}} {
				got, err := source.Sprints(t.Context(), w, q)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got, exact, cmpopts.IgnoreFields(sources.Sprint{}, "Graded")); diff != "" {
					t.Errorf("%s, %+v: sprints (-true +collected):\n%s", p.name, q, diff)
				}
			}
		}
	}
}

// A board that lists the sprints of another does not tell them; where nobody
// says which board they come from, they are told once.
func TestSharedSprintsAreToldOnce(t *testing.T) {
	for _, p := range products {
		for _, origin := range []bool{true, false} {
			site := scene(t)
			second := *site.Boards[0]
			second.ID, second.Name = 2, "Second board"
			site.Boards = append(site.Boards, &second)
			site.Sprints = append(site.Sprints, &simulated.Sprint{ID: 8, Board: 2, Name: "Eight", Start: firstStart.Add(time.Hour), End: firstEnd, Completed: firstEnd})
			site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}})
			site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{8}})
			source, gate := p.serve(t, site, "")
			want := []string{"1 Kit board", "8 Second board", "2 Kit board", "3 Kit board"}
			if !origin {
				gate.Add(fault.Fault{Path: "/sprint", Edit: replacing(`"originBoardId"`, `"nobodyKnows"`)})
				want[1] = "8 Kit board"
			}
			sprints, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Board: 1, Boards: []int64{2}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range sprints {
				got = append(got, fmt.Sprint(s.ID, " ", s.Board))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, origin told %v (-want +got):\n%s", p.name, origin, diff)
			}
		}
	}
}

// One board that cannot be told about leaves the whole question unanswered: the
// sum over the others would pass for the team's.
func TestSeveralBoardsAreAllOrNothing(t *testing.T) {
	for _, p := range products {
		site := scene(t)
		site.Boards = append(site.Boards, &simulated.Board{ID: 2, Name: "Kanban", Kanban: true, Project: "KIT"})
		source, _ := p.serve(t, site, "")
		for want, q := range map[string]sources.Query{
			"board 2 has no sprints": {Board: 1, Boards: []int64{2}},
			"jira has no board 9, or does not show it to this token (404)": {Board: 9, Boards: []int64{1}},
			"the delivery line names no board":                             {Board: 1, Boards: []int64{-2}},
		} {
			got, err := source.Sprints(t.Context(), window(t, 6), q)
			if reason, _ := reasonOf(err); reason != want || got != nil {
				t.Errorf("%s: %d sprints, %v; want %q", p.name, len(got), err, want)
			}
		}
	}
}

// A team-managed project has one board, whose filter nobody may read and which
// keeps points in a field of its own. Nothing of that makes it less exact.
func TestTeamManagedBoards(t *testing.T) {
	p := products[0] // Data Center has none
	tests := []struct {
		name  string
		build func(*simulated.Site)
		want  sources.Graded
		hint  string // of a refusal
	}{
		{name: "plain", want: sources.Whole()},
		{name: "estimation not told", build: func(s *simulated.Site) { s.Boards[0].Untold = true }, want: sources.Whole()},
		{name: "a status of the category Done before the last column", build: func(s *simulated.Site) {
			s.Boards[0].Columns = []simulated.Column{{Name: "To Do", Statuses: []string{simulated.ToDo, progress}}, {Name: "Shelved", Statuses: []string{finished}}, {Name: "Done", Statuses: []string{simulated.Erledigt}}}
		}, want: sources.Graded{Grade: sources.Approximate, Reason: `in this team-managed project, the status "Done" is done by its category or by the board's last column, but not by both`}},
		{name: "sprints turned off", build: func(s *simulated.Site) { s.Boards[0].NoSprints, s.Sprints = true, nil },
			hint: "turn sprints on among the features of its project, take the line out, or name another board"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site := scene(t)
			site.Boards[0].TeamManaged = true
			i := site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}, Points: n(3)})
			site.Edit(i, day(2), size(5))
			site.Edit(i, day(3), inStatus(finished))
			gone := site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}, Points: n(2)})
			site.Edit(gone, day(3), put())
			if tt.build != nil {
				tt.build(site)
			}
			source, gate := p.serve(t, site, "")
			w := window(t, 6)
			sprints, err := source.Sprints(t.Context(), w, sources.Query{Board: 1})
			if _, hint := reasonOf(err); hint != tt.hint {
				t.Fatalf("%v; want the hint %q", err, tt.hint)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(site.TrueSprints(w, 1), sprints, exact, cmpopts.IgnoreFields(sources.Sprint{}, "Graded")); diff != "" {
				t.Errorf("sprints (-true +collected):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, sprints[0].Graded); diff != "" {
				t.Errorf("grade (-want +got):\n%s", diff)
			}
			for _, r := range gate.Log() {
				if strings.Contains(r.Body, "filter =") {
					t.Errorf("asked for a filter that nobody may read: %s", r.Body)
				}
			}
		})
	}
}

// A team-managed project with sprints that has not begun one has none.
func TestTeamManagedBoardWithoutSprintsYet(t *testing.T) {
	site := scene(t)
	site.Boards[0].TeamManaged, site.Sprints = true, nil
	source, gate := products[0].serve(t, site, "")
	if got, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Board: 1}); len(got) != 0 || err != nil {
		t.Errorf("%d sprints, %v", len(got), err)
	}
	gate.Add(fault.Fault{Path: "/features", Status: 403, Body: "{}"})
	source = products[0].again(t, gate)
	_, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Board: 1})
	if reason, _ := reasonOf(err); reason != "board 1 lists no sprints, and this token may not read whether its project has any" {
		t.Error(err)
	}
}

// A board that lists sprints of another board only was made anew: that none of
// its own was closed says nothing about the team.
func TestSprintsOfAFormerBoard(t *testing.T) {
	site := scene(t)
	site.Sprints = slices.DeleteFunc(site.Sprints, func(s *simulated.Sprint) bool { return s.Board == 1 && s.ID > 2 })
	for _, s := range site.Sprints {
		s.Board = 99
	}
	i := site.NewIssue("KIT", "Story", day(-3), simulated.State{Sprints: []int64{1}})
	site.Edit(i, day(3), inStatus(finished))
	source, _ := products[0].serve(t, site, "")
	sprints, err := source.Sprints(t.Context(), window(t, 6), sources.Query{Noun: sources.Delivery, Board: 1})
	reason, hint := sources.Reason(err)
	if len(sprints) > 0 || reason != "all sprints that board 1 lists belong to another board" || hint != "write board = 99 if those are the team's sprints" {
		t.Errorf("%d sprints, %q, %q", len(sprints), reason, hint)
	}
}
