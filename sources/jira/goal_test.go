package jira

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
)

func spanOf(from, to time.Time) []sources.Span { return []sources.Span{{From: from, To: to}} }

// One issue's way through a goal, told by hand. The window is the six weeks
// from the 5th of October, a day before day(0).
func TestGoalRules(t *testing.T) {
	var never time.Time
	give := func(name string) func(*simulated.State) {
		return func(st *simulated.State) { st.Status, st.Resolution = finished, name }
	}
	finish := func(st *simulated.State) { st.Status, st.Resolution = finished, "Done" }
	reopen := func(st *simulated.State) { st.Status, st.Resolution = progress, "" }
	type want struct{ Scope, Done []sources.Span }
	tests := []struct {
		name    string
		created time.Time
		outside bool // created outside the goal
		steps   func(enter, leave func(*simulated.State)) []step
		want    *want // nil: not told
	}{
		{name: "in it from the beginning", created: day(2), want: &want{Scope: spanOf(day(2), never)}},
		{
			name: "done", created: day(2), want: &want{Scope: spanOf(day(2), never), Done: spanOf(day(4), never)},
			steps: func(_, _ func(*simulated.State)) []step { return []step{{day(4), finish}} },
		},
		{
			name: "done twice", created: day(2),
			want: &want{Scope: spanOf(day(2), never), Done: []sources.Span{{From: day(4), To: day(5)}, {From: day(6)}}},
			steps: func(_, _ func(*simulated.State)) []step {
				return []step{{day(4), finish}, {day(5), reopen}, {day(6), finish}}
			},
		},
		{
			name: "pulled in", created: day(1), outside: true, want: &want{Scope: spanOf(day(3), never)},
			steps: func(enter, _ func(*simulated.State)) []step { return []step{{day(3), enter}} },
		},
		{
			name: "left", created: day(1), want: &want{Scope: spanOf(day(1), day(9))},
			steps: func(_, leave func(*simulated.State)) []step { return []step{{day(9), leave}} },
		},
		{
			name: "came, went and came back", created: day(1), outside: true,
			want: &want{Scope: []sources.Span{{From: day(2), To: day(3)}, {From: day(5)}}},
			steps: func(enter, leave func(*simulated.State)) []step {
				return []step{{day(2), enter}, {day(3), leave}, {day(5), enter}}
			},
		},
		{
			name: "left before the window", created: day(-30),
			steps: func(_, leave func(*simulated.State)) []step {
				return []step{{day(-9), leave}, {day(3), func(st *simulated.State) { st.Summary = "touched" }}}
			},
		},
		{
			name: "not to be done after all", created: day(1), want: &want{Scope: spanOf(day(1), day(7))},
			steps: func(_, _ func(*simulated.State)) []step { return []step{{day(7), give("Won't Do")}} },
		},
		{
			name: "declined, and then taken up again", created: day(1),
			want: &want{Scope: []sources.Span{{From: day(1), To: day(7)}, {From: day(9)}}, Done: spanOf(day(12), never)},
			steps: func(_, _ func(*simulated.State)) []step {
				return []step{{day(7), give("Declined")}, {day(9), reopen}, {day(12), finish}}
			},
		},
		{
			name: "given up before the window", created: day(-30),
			steps: func(_, _ func(*simulated.State)) []step { return []step{{day(-9), give("Duplicate")}} },
		},
		{
			name: "done before the window", created: day(-30), want: &want{Scope: spanOf(day(-30), never), Done: spanOf(day(-9), never)},
			steps: func(_, _ func(*simulated.State)) []step {
				return []step{{day(-9), finish}, {day(-8), func(st *simulated.State) { st.Summary = "touched" }}}
			},
		},
		{name: "created after the report", created: monday.Add(time.Minute)},
		{
			name: "done after the report", created: day(1), want: &want{Scope: spanOf(day(1), never)},
			steps: func(_, _ func(*simulated.State)) []step { return []step{{monday.Add(time.Minute), finish}} },
		},
		{
			name: "pulled in after the report", created: day(1), outside: true,
			steps: func(enter, _ func(*simulated.State)) []step { return []step{{monday.Add(time.Minute), enter}} },
		},
		{
			name: "left after the report", created: day(1), want: &want{Scope: spanOf(day(1), never)},
			steps: func(_, leave func(*simulated.State)) []step { return []step{{monday.Add(time.Minute), leave}} },
		},
	}
	for _, p := range products {
		for _, query := range []string{"parent = KIT-1", `fixVersion = "1.0"`} {
			for _, tt := range tests {
				t.Run(p.name+"/"+query+"/"+tt.name, func(t *testing.T) {
					site := simulated.Sized(simulated.Size{Goal: 1}, monday)
					site.Now = monday.Add(time.Hour)
					epic := site.Issues[0]
					enter := func(st *simulated.State) { st.Parent, st.Versions = epic, []string{"1.0"} }
					leave := func(st *simulated.State) { st.Parent, st.Versions = nil, nil }
					first := simulated.State{Summary: tt.name}
					if !tt.outside {
						enter(&first)
					}
					i := site.NewIssue("KIT", "Story", tt.created, first)
					if tt.steps != nil {
						for _, s := range tt.steps(enter, leave) {
							site.Edit(i, s.at, s.set)
						}
					}
					source, _ := p.serve(t, site, "")
					items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: query})
					if err != nil {
						t.Fatal(err)
					}
					var got *want
					for _, it := range items {
						if it.Ref == i.Key {
							got = &want{it.Scope, it.Done}
						}
					}
					if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

func TestOtherQueriesAreApproximate(t *testing.T) {
	for _, p := range products {
		site := kettle(t, 2)
		source, _ := p.serve(t, site, "")
		w := window(t, 6)
		items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = POUR-100 AND issuetype != Epic"})
		if err != nil || len(items) == 0 {
			t.Fatalf("%s: %d items, %v", p.name, len(items), err)
		}
		for _, it := range items {
			want := sources.Graded{Grade: sources.Approximate, Reason: "the past of this query cannot be rebuilt, so each issue counts from its creation"}
			if diff := cmp.Diff(want, it.Graded); diff != "" || !it.Scope[0].From.Equal(it.Created) {
				t.Errorf("%s: %s begins %v, created %v\n%s", p.name, it.Ref, it.Scope[0].From, it.Created, diff)
			}
		}
	}
}

// A status that was deleted since is found by its name if that is in use; else
// what it meant is not known, and said so if it matters to the window.
func TestDeletedStatuses(t *testing.T) {
	unclear := sources.Graded{Grade: sources.Approximate, Reason: `the status "In the kiln" is no more, so it is not known whether it meant done`}
	tests := []struct {
		name  string
		steps []step
		named bool // another status bears the name
		want  sources.Graded
	}{
		{"in the window", []step{{day(2), inStatus(simulated.InTheKiln)}, {day(4), inStatus(progress)}}, false, unclear},
		{"left in the window", []step{{day(-20), inStatus(simulated.InTheKiln)}, {day(4), inStatus(progress)}}, false, unclear},
		{"before the window", []step{{day(-20), inStatus(simulated.InTheKiln)}, {day(-15), inStatus(progress)}, {day(4), inStatus(finished)}}, false, sources.Whole()},
		{"known by its name", []step{{day(2), inStatus(simulated.InTheKiln)}, {day(4), inStatus(progress)}}, true, sources.Whole()},
	}
	for _, p := range products {
		for _, tt := range tests {
			site := simulated.Sized(simulated.Size{}, monday)
			i := site.NewIssue("KIT", "Bug", day(-30), simulated.State{})
			for _, s := range tt.steps {
				site.Edit(i, s.at, s.set)
			}
			source, gate := p.serve(t, site, "")
			old, other := `"id":"10005","name":"In the kiln"`, `"id":"1","name":"Gone"`
			if tt.named {
				other = `"id":"1","name":"In the kiln"`
			}
			gate.Add(fault.Fault{Path: "/status", Edit: func(b []byte) []byte {
				return bytes.Replace(b, []byte(old), []byte(other), 1)
			}})
			items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Quality, Text: "issuetype = Bug"})
			if err != nil || len(items) != 1 {
				t.Fatalf("%d items, %v", len(items), err)
			}
			if diff := cmp.Diff(tt.want, items[0].Graded); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", p.name, tt.name, diff)
			}
		}
	}
}

// A bug closed without being fixed is closed; one that was closed before the
// window is not told.
func TestQualityRules(t *testing.T) {
	for _, p := range products {
		site := simulated.Sized(simulated.Size{}, monday)
		bug := func(created time.Time, steps ...step) string {
			i := site.NewIssue("KIT", "Bug", created, simulated.State{Summary: "Leaks"})
			for _, s := range steps {
				site.Edit(i, s.at, s.set)
			}
			return i.Key
		}
		decline := func(st *simulated.State) { st.Status, st.Resolution = finished, "Won't Fix" }
		reopen := func(st *simulated.State) { st.Status, st.Resolution = progress, "" }
		rename := func(st *simulated.State) { st.Summary = "Leaks still" }
		want := map[string][]sources.Span{
			bug(day(-90)):                        nil,
			bug(day(-90), step{day(3), decline}): spanOf(day(3), time.Time{}),
			bug(day(-90), step{day(-20), decline}, step{day(5), reopen}):  spanOf(day(-20), day(5)),
			bug(day(-90), step{day(-20), decline}, step{day(-9), reopen}): nil,
			bug(day(4)): nil,
		}
		bug(day(-90), step{day(-20), decline})
		bug(day(-90), step{day(-20), decline}, step{day(4), rename})
		source, _ := p.serve(t, site, "")
		items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Quality, Text: "issuetype = Bug"})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]sources.Span{}
		for _, it := range items {
			got[it.Ref] = it.Done
			if it.Graded != sources.Whole() {
				t.Errorf("%s: %+v", it.Ref, it.Graded)
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: when closed (-want +got):\n%s", p.name, diff)
		}
	}
}

func TestIncidentRules(t *testing.T) {
	finish := func(st *simulated.State) { st.Status, st.Resolution = finished, "Done" }
	reopen := func(st *simulated.State) { st.Status, st.Resolution = progress, "" }
	silent := func(st *simulated.State) { st.Status = finished } // a workflow that sets no resolution
	tests := []struct {
		name    string
		created time.Time
		first   simulated.State
		steps   []step
		want    *sources.Incident
	}{
		{name: "open", created: day(1), want: &sources.Incident{Opened: day(1), Severity: "Medium", Graded: sources.Whole()}},
		{name: "open for long", created: day(-90), want: &sources.Incident{Opened: day(-90), Severity: "Medium", Graded: sources.Whole()}},
		{name: "over for long", created: day(-90), steps: []step{{day(-80), finish}}},
		{name: "over for long without a resolution", created: day(-90), steps: []step{{day(-80), silent}}},
		{
			name: "closed in the window without a resolution", created: day(-90), steps: []step{{day(1), inStatus(progress)}, {day(2), silent}},
			want: &sources.Incident{Opened: day(-90), Acknowledged: day(1), Resolved: day(2), Severity: "Medium", Graded: sources.Whole()},
		},
		{
			name: "reopened", created: day(1), steps: []step{{day(2), inStatus(progress)}, {day(3), finish}, {day(4), reopen}, {day(6), finish}, {day(7), inStatus(simulated.Erledigt)}},
			want: &sources.Incident{Opened: day(1), Acknowledged: day(2), Resolved: day(6), Severity: "Medium", Graded: sources.Whole()},
		},
		{
			name: "reopened for good", created: day(1), steps: []step{{day(2), finish}, {day(4), reopen}},
			want: &sources.Incident{Opened: day(1), Acknowledged: day(2), Severity: "Medium", Graded: sources.Whole()},
		},
		{
			name: "born in progress", created: day(1), first: simulated.State{Status: progress, Priority: "Highest"},
			want: &sources.Incident{Opened: day(1), Acknowledged: day(1), Severity: "Highest",
				Graded: sources.Graded{Grade: sources.Approximate, Reason: "it was created in a status past To Do, so it counts as acknowledged from the start"}},
		},
		{
			name: "made worse after the report", created: day(1), first: simulated.State{Priority: "Low"},
			steps: []step{{monday.Add(time.Minute), func(st *simulated.State) { st.Priority = "Highest" }}, {monday.Add(time.Minute), finish}},
			want:  &sources.Incident{Opened: day(1), Severity: "Low", Graded: sources.Whole()},
		},
		{name: "opened after the report", created: monday.Add(time.Minute)},
	}
	for _, p := range products {
		for _, tt := range tests {
			t.Run(p.name+"/"+tt.name, func(t *testing.T) {
				site := simulated.Sized(simulated.Size{}, monday)
				site.Now = monday.Add(time.Hour)
				i := site.NewIssue("KIT", "Incident", tt.created, tt.first)
				for _, s := range tt.steps {
					site.Edit(i, s.at, s.set)
				}
				source, _ := p.serve(t, site, "")
				found, err := source.Incidents(t.Context(), window(t, 6), sources.Query{Noun: sources.Incidents, Text: "issuetype = Incident"})
				if err != nil {
					t.Fatal(err)
				}
				var got *sources.Incident
				for _, in := range found {
					in.Evidence, in.Title = sources.Evidence{}, ""
					got = &in
				}
				if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestFollowUps(t *testing.T) {
	for _, p := range products {
		for more, want := range map[string][]string{
			"":                                    {"KIT-3 done", "KIT-4 open"},
			"followup_links = ['duplicate']\n":    {"KIT-5 open"},
			"followup_links = []\n":               nil,
			"followup_links = ['Relates', 'x']\n": {"KIT-3 done", "KIT-4 open", "KIT-7 open"},
		} {
			site := simulated.Sized(simulated.Size{}, monday)
			add := func(kind string) *simulated.Issue { return site.NewIssue("KIT", kind, day(1), simulated.State{}) }
			incident, closed, inward, copied, unseen, other := add("Incident"), add("Task"), add("Story"), add("Task"), add("Task"), add("Incident")
			site.Edit(closed, day(3), inStatus(finished))
			incident.Links = []simulated.Link{{Type: "Relates", To: closed}, {Type: "Duplicate", To: copied}, {Type: "Relates", To: other}, {Type: "Relates", To: closed}}
			inward.Links = []simulated.Link{{Type: "Relates", To: incident}}
			_ = unseen
			source, _ := p.serve(t, site, more)
			found, err := source.Incidents(t.Context(), window(t, 6), sources.Query{Text: "key = " + incident.Key})
			if err != nil || len(found) != 1 {
				t.Fatalf("%d incidents, %v", len(found), err)
			}
			var got []string
			for _, f := range found[0].FollowUps {
				got = append(got, f.Ref+map[bool]string{true: " done", false: " open"}[f.Done])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %q (-want +got):\n%s", p.name, more, diff)
			}
		}
	}
}

func TestMajorIncidents(t *testing.T) {
	major := func(st *simulated.State) { st.Major = true }
	p := products[0] // Data Center has no such field
	site := simulated.Sized(simulated.Size{}, monday)
	site.Now = monday.Add(time.Hour)
	small, large, after := site.NewIssue("KIT", "Incident", day(1), simulated.State{}), site.NewIssue("KIT", "Incident", day(1), simulated.State{Major: true}), site.NewIssue("KIT", "Incident", day(1), simulated.State{})
	site.Edit(after, day(2), major)
	for more, want := range map[string]map[string]bool{
		"":                            {small.Key: false, large.Key: true, after.Key: true},
		"major_field = 'Severity'\n":  {small.Key: false, large.Key: false, after.Key: false},
		"major_field = 'priority'\n":  {small.Key: true, large.Key: true, after.Key: true},
		"review_field = 'Severity'\n": {small.Key: false, large.Key: true, after.Key: true},
	} {
		source, _ := p.serve(t, site, more)
		found, err := source.Incidents(t.Context(), window(t, 6), sources.Query{Text: "issuetype = Incident"})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, in := range found {
			got[in.Ref] = in.Major
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", more, diff)
		}
	}
	for text, want := range map[string]bool{`"MAJOR_INCIDENT"`: true, `"Yes"`: true, `true`: true, `{"id":"1","value":"Yes"}`: true, `[{"value":"Major"}]`: true,
		`null`: false, `""`: false, `"No"`: false, `false`: false, `{"id":"1","value":"No"}`: false, `[]`: false, `0`: false} {
		if got := affirmed(words(json.RawMessage(text))); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestReviews(t *testing.T) {
	for _, p := range products {
		set := func() (*simulated.Site, [6]*simulated.Issue) {
			site := simulated.Sized(simulated.Size{}, monday)
			add := func(kind string) *simulated.Issue {
				return site.NewIssue("KIT", kind, day(1), simulated.State{Severity: "https://wiki.kettle.example/review"})
			}
			all := [6]*simulated.Issue{add("Incident"), add("Incident"), add("Post-incident review"), add("Task"), add("Task"), add("Post-incident review")}
			all[0].Links = []simulated.Link{{Type: "Relates", To: all[5]}, {Type: "Relates", To: all[2]}, {Type: "Relates", To: all[3]}}
			all[2].Links = []simulated.Link{{Type: "Relates", To: all[3]}, {Type: "Relates", To: all[4]}}
			return site, all
		}
		type told struct {
			Review    string
			FollowUps []string
			Grade     sources.Grade
		}
		tests := []struct {
			name, more string
			fault      fault.Fault
			want       [2]told // of the first incident, and of the second, which has no review
			searches   int
		}{
			{name: "linked", want: [2]told{{"KIT-4 " + simulated.Address + "/browse/KIT-4", []string{"KIT-5", "KIT-6"}, sources.Exact}, {Grade: sources.Exact}}, searches: 2},
			{name: "by a field", more: "review_types = []\nreview_field = 'Severity'\n", want: [2]told{
				{"https://wiki.kettle.example/review https://wiki.kettle.example/review", []string{"KIT-4", "KIT-5", "KIT-7"}, sources.Exact},
				{"https://wiki.kettle.example/review https://wiki.kettle.example/review", nil, sources.Exact}}, searches: 1},
			{name: "of a type of one's own", more: "review_types = ['task']\n", want: [2]told{
				{"KIT-5 " + simulated.Address + "/browse/KIT-5", []string{"KIT-4", "KIT-7"}, sources.Exact}, {Grade: sources.Exact}}, searches: 2},
			{name: "by links that are named", more: "followup_links = ['Relates']\n", want: [2]told{
				{"KIT-4 " + simulated.Address + "/browse/KIT-4", []string{"KIT-5", "KIT-6"}, sources.Exact}, {Grade: sources.Exact}}, searches: 2},
			{name: "out of sight", fault: fault.Fault{Path: "search", After: 1, Times: 1, Status: 400, Body: "{}"}, want: [2]told{
				{"KIT-4 " + simulated.Address + "/browse/KIT-4", []string{"KIT-5"}, sources.Approximate}, {Grade: sources.Exact}}, searches: 2},
		}
		for _, tt := range tests {
			site, _ := set()
			source, gate := p.serve(t, site, tt.more)
			if tt.fault.Path != "" {
				gate.Add(tt.fault)
			}
			found, err := source.Incidents(t.Context(), window(t, 6), sources.Query{Text: "issuetype = Incident"})
			if err != nil || len(found) != 2 {
				t.Fatalf("%s, %s: %d incidents, %v", p.name, tt.name, len(found), err)
			}
			var got [2]told
			for i, in := range found {
				got[i].Grade = in.Grade
				if in.Review != nil {
					got[i].Review = in.Review.Ref + " " + in.Review.URL
				}
				for _, f := range in.FollowUps {
					got[i].FollowUps = append(got[i].FollowUps, f.Ref)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", p.name, tt.name, diff)
			}
			searches := 0
			for _, r := range gate.Log() {
				if strings.Contains(r.URL, "search") {
					searches++
				}
			}
			if searches != tt.searches {
				t.Errorf("%s, %s: %d searches, want %d", p.name, tt.name, searches, tt.searches)
			}
		}
	}
}

func TestSeverityField(t *testing.T) {
	for _, p := range products {
		site := simulated.Sized(simulated.Size{Incidents: 1}, monday)
		source, _ := p.serve(t, site, "severity_field = 'Severity'\n")
		found, err := source.Incidents(t.Context(), window(t, 6), sources.Query{Text: "issuetype = Incident"})
		if err != nil || len(found) != 1 || found[0].Severity != "SEV2" {
			t.Errorf("%s: %+v, %v", p.name, found, err)
		}
		source, _ = p.serve(t, site, "severity_field = 'Sevrity'\n")
		_, err = source.Incidents(t.Context(), window(t, 6), sources.Query{Text: "issuetype = Incident"})
		if reason, _ := sources.Reason(err); reason != `jira has no field "Sevrity", or does not show it to this token` {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

func TestWontDoSetting(t *testing.T) {
	for _, p := range products {
		site := simulated.Sized(simulated.Size{Goal: 1}, monday)
		site.Edit(site.Issues[1], day(5), func(st *simulated.State) { st.Status, st.Resolution = finished, "Declined" })
		source, _ := p.serve(t, site, "wont_do = ['Duplicate']\n")
		items, err := source.Items(t.Context(), window(t, 6), sources.Query{Noun: sources.Goals, Text: "parent = KIT-1"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(spanOf(day(5), time.Time{}), items[0].Done); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.name, diff)
		}
	}
}
