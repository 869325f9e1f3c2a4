package jira

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
)

// library is a site of which every answer can be told by looking at it.
func library(t *testing.T) *Site {
	t.Helper()
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{Address: Address, Now: now, Zone: zone, Statuses: statuses(), Boards: []*Board{scrumBoard(1, "Board", "TEA")},
		Projects: []Project{{"1", "TEA", "Tea"}, {"2", "POT", "Pots"}}, Sprints: []*Sprint{{ID: 7, Board: 1, Name: "Seven"}, {ID: 8, Board: 1, Name: "Eight"}}}
	day := func(n int) State { return State{Summary: string(rune('a' + n))} }
	epic := s.NewIssue("TEA", "Epic", now.AddDate(0, 0, -9), day(0)) // TEA-1
	two := day(1)
	two.Parent, two.Sprints, two.Labels = epic, []int64{7, 8}, []string{"hot"}
	s.NewIssue("TEA", "Story", now.AddDate(0, 0, -8), two) // TEA-2
	three := day(2)
	three.Versions, three.Priority = []string{"1.0"}, "High"
	bug := s.NewIssue("TEA", "Bug", now.AddDate(0, 0, -7), three) // TEA-3
	s.Edit(bug, now.AddDate(0, 0, -2), move(Done))
	four := day(3)
	four.Parent = s.Issues[1]
	s.NewIssue("POT", "Sub-task", now.AddDate(0, 0, -6), four) // POT-4
	five := day(4)
	five.Sprints = []int64{8}
	s.Edit(s.NewIssue("POT", "Story", now.AddDate(0, 0, -5), five), now.AddDate(0, 0, -1), giveUp("Won't Do")) // POT-5
	return s
}

func TestJQL(t *testing.T) {
	tests := []struct {
		jql  string
		want []string // nil: refused
	}{
		{"project = TEA", []string{"TEA-1", "TEA-2", "TEA-3"}},
		{"project = pots", []string{"POT-4", "POT-5"}},
		{"project in (TEA, POT) AND issuetype = Story", []string{"TEA-2", "POT-5"}},
		{"project != TEA", []string{"POT-4", "POT-5"}},
		{"project = TEA AND NOT issuetype in (Epic, Bug)", []string{"TEA-2"}},
		{"issuetype = Bug OR issuetype = Epic AND project = POT", []string{"TEA-3"}},
		{"(issuetype = Bug OR issuetype = Epic) AND project = TEA", []string{"TEA-1", "TEA-3"}},
		{"NOT (issuetype = Bug OR issuetype = Epic)", []string{"TEA-2", "POT-4", "POT-5"}},
		{"NOT (project = TEA AND issuetype = Bug)", []string{"TEA-1", "TEA-2", "POT-4", "POT-5"}},
		{"parent = TEA-1", []string{"TEA-2"}},
		{"parent = TEA-2", []string{"POT-4"}},
		{"parent != TEA-1", []string{"POT-4"}}, // what has no parent matches neither way
		{"NOT parent = TEA-1", []string{"POT-4"}},
		{"parent is EMPTY", []string{"TEA-1", "TEA-3", "POT-5"}},
		{"parent is not EMPTY", []string{"TEA-2", "POT-4"}},
		{"fixVersion = '1.0'", []string{"TEA-3"}},
		{"Sprint = 7", []string{"TEA-2"}},
		{"sprint in (7, Eight)", []string{"TEA-2", "POT-5"}},
		{"Sprint not in (7)", []string{"POT-5"}},
		{"status = 'to do'", []string{"TEA-1", "TEA-2", "POT-4"}},
		{"statusCategory != Done", []string{"TEA-1", "TEA-2", "POT-4"}},
		{"statusCategory = Done", []string{"TEA-3", "POT-5"}},
		{`resolution = "Won't Do"`, []string{"POT-5"}},
		{`resolution != Done`, []string{"POT-5"}},
		{"labels = hot", []string{"TEA-2"}},
		{"priority in (High, Highest)", []string{"TEA-3"}},
		{"filter = 10001", []string{"TEA-2", "TEA-3"}},
		{"issuetype not in subTaskIssueTypes() AND project = POT", []string{"POT-5"}},
		{"key in (TEA-1, 10004)", []string{"TEA-1", "POT-4"}},
		{"created >= 2026-11-10", []string{"POT-4", "POT-5"}},
		// 06:30 in UTC is 07:30 for the user.
		{`created >= "2026-11-10 07:30"`, []string{"POT-4", "POT-5"}},
		{`created > "2026-11-10 07:30"`, []string{"POT-5"}},
		{`created < '2026/11/07 07:31' `, []string{"TEA-1"}},
		{`updated >= "2026-11-14 07:30"`, []string{"TEA-3", "POT-5"}},
		{`resolved <= "2026-11-14 07:30"`, []string{"TEA-3"}},
		{`NOT resolved <= "2026-11-14 07:30"`, []string{"POT-5"}},
		{"project = TEA ORDER BY created DESC", []string{"TEA-3", "TEA-2", "TEA-1"}},
		{"project = TEA order by key desc, created", []string{"TEA-3", "TEA-2", "TEA-1"}},
		{"project = NOPE", nil},
		{"colour = red", nil},
		{"project", nil},
		{"project =", nil},
		{"project = TEA AND", nil},
		{"(project = TEA", nil},
		{"project = TEA)", nil},
		{"project = 'TEA", nil},
		{"project ~ TEA", nil},
		{"project > TEA", nil},
		{"created = 2026-11-10", nil},
		{"created >= -7d", nil},
		{"parent = TEA-99", nil},
		{"fixVersion = 9", nil},
		{"Sprint in openSprints()", nil},
		{"filter = 1", nil},
		{"project in TEA", nil},
		{"project in (TEA POT)", nil},
		{"project = TEA ORDER BY mood", nil},
		{"assignee was me", nil},
		{`"Epic Link" = TEA-1`, nil},
	}
	v := library(t).view(true, nil)
	for _, tt := range tests {
		rows, err := v.run(tt.jql)
		if (err != nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", tt.jql, err, tt.want)
			continue
		}
		if !strings.Contains(strings.ToLower(tt.jql), "order by") { // then the newest come first
			slices.Reverse(rows)
		}
		if diff := cmp.Diff(tt.want, keys(rows), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.jql, diff)
		}
	}
}

// On Data Center epics hang on a field of their own.
func TestJQLOnServer(t *testing.T) {
	v := library(t).view(false, nil)
	for jql, want := range map[string][]string{
		`"Epic Link" = TEA-1`: {"TEA-2"},
		`parent = TEA-1`:      nil,
		`parent = TEA-2`:      {"POT-4"},
		`(parent = TEA-1 OR "Epic Link" = TEA-1) AND issuetype = Story`: {"TEA-2"},
	} {
		rows, err := v.run(jql)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, keys(rows), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", jql, diff)
		}
	}
}

func keys(rows []*row) (keys []string) {
	for _, r := range rows {
		keys = append(keys, r.issue.Key)
	}
	return keys
}

// Whatever is asked, it is answered or refused.
func FuzzJQL(f *testing.F) {
	f.Add(`(project = TEA OR parent in (TEA-1)) AND NOT created >= "2026-11-10" ORDER BY key ASC, created`)
	f.Add("filter = 10001 and labels is not empty")
	f.Add("project in (")
	s := &Site{Now: now, Statuses: statuses(), Boards: []*Board{scrumBoard(1, "Board", "TEA")}, Projects: []Project{{"1", "TEA", "Tea"}}}
	s.NewIssue("TEA", "Epic", now.AddDate(0, 0, -9), State{})
	v := s.view(true, nil)
	f.Fuzz(func(t *testing.T, jql string) {
		rows, err := v.run(jql)
		if len(rows) > 0 && err != nil {
			t.Errorf("%q: both an answer and %v", jql, err)
		}
	})
}
