package github

import (
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
	sim "preread/sources/simulated/github"
)

func TestParseQuery(t *testing.T) {
	pay := []Repo{{"acme", "payments"}}
	tests := []struct {
		noun sources.Noun
		text string
		want Query
	}{
		{sources.Goals, "repo:acme/payments", Query{Repos: pay}},
		{sources.Goals, "  repo:acme/payments\tis:issue\n", Query{Repos: pay}},
		{sources.Goals, "repo:acme/payments is:pr", Query{Repos: pay, Pulls: true}},
		{sources.Shipped, "repo:acme/payments", Query{Repos: pay, Pulls: true}},
		{sources.Shipped, "is:pr repo:acme/payments base:release/2 base:main", Query{Repos: pay, Pulls: true, Bases: []string{"release/2", "main"}}},
		{sources.Incidents, "repo:acme/payments repo:acme/search.v2 repo:ACME/Payments label:incident label:sev1", Query{Repos: []Repo{{"acme", "payments"}, {"acme", "search.v2"}}, Labels: []string{"incident", "sev1"}}},
		{sources.Goals, `repo:acme/payments milestone:"Fast index"`, Query{Repos: pay, Milestone: "Fast index"}},
		{sources.Goals, `REPO:acme/payments Label:"needs: \"love\", now"`, Query{Repos: pay, Labels: []string{`needs: "love", now`}}},
		{sources.Goals, `repo:acme/payments label:area:checkout`, Query{Repos: pay, Labels: []string{"area:checkout"}}},
		{sources.Quality, "repo:acme/payments author:app/dependabot", Query{Repos: pay, Author: "dependabot[bot]"}},
		{sources.Quality, "repo:acme/payments author:mona", Query{Repos: pay, Author: "mona"}},
		{sources.Delivery, `repo:acme/payments milestone:"Sprint *" label:till is:issue`, Query{Repos: pay, Milestone: "Sprint *", Labels: []string{"till"}}},
		{sources.Goals, "parent:acme/payments#12 is:issue", Query{Parent: Ref{pay[0], 12}}},
		{sources.Goals, "project:acme/3", Query{Project: Project{"acme", 3}}},
		{sources.Goals, "is:pr project:acme/3", Query{Project: Project{"acme", 3}, Pulls: true}},
		{sources.Delivery, "project:acme/3", Query{Project: Project{"acme", 3}}},
		{sources.Delivery, `field:"Team sprint" iteration:"Sprint *" is:pr project:acme/3`, Query{Project: Project{"acme", 3}, Pulls: true, Iteration: "Sprint *", Field: "Team sprint"}},
		{sources.Shipped, "repo:acme/payments environment:production environment:eu", Query{Repos: pay, Pulls: true, Environments: []string{"production", "eu"}}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := ParseQuery(test.noun, test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusedQueries(t *testing.T) {
	tests := []struct {
		noun       sources.Noun
		text, want string
	}{
		{sources.Goals, "", "the query names no repository, such as repo:acme/payments"},
		{sources.Goals, "label:x", "the query names no repository, such as repo:acme/payments"},
		{sources.Goals, "repo:acme", "repo:acme names no repository; it is written owner/name"},
		{sources.Goals, "repo:acme/..", "repo:acme/.. names no repository; it is written owner/name"},
		{sources.Goals, "repo:a/b/c", "repo:a/b/c names no repository; it is written owner/name"},
		{sources.Goals, "repo:a/b?x=y", "repo:a/b?x=y names no repository; it is written owner/name"},
		{sources.Goals, "repo:a/b teapot", "teapot looks for a text, which cannot be answered"},
		{sources.Goals, `repo:a/b "two words"`, `"two words" looks for a text, which cannot be answered`},
		{sources.Goals, "repo:a/b -label:wontfix", "-label:wontfix excludes something, which cannot be answered"},
		{sources.Goals, "repo:a/b -teapot", "-teapot excludes something, which cannot be answered"},
		{sources.Goals, "repo:a/b is:open", "is:open cannot be answered"},
		{sources.Goals, "repo:a/b assignee:mona", "assignee:mona cannot be answered"},
		{sources.Goals, "repo:a/b org:acme", "org:acme cannot be answered"},
		{sources.Goals, "repo:a/b label:", "label: says nothing after the colon"},
		{sources.Goals, `repo:a/b label:""`, `label:"" says nothing after the colon`},
		{sources.Goals, "repo:a/b label:x,y", "label:x,y asks for one label or another, which cannot be answered"},
		{sources.Goals, `repo:a/b milestone:"Fast index`, "a quote is opened but not closed in milestone:Fast index"},
		{sources.Goals, "repo:a/b milestone:1 milestone:2", "the query names two milestones, and nothing is in both"},
		{sources.Goals, "repo:a/b author:x author:y", "the query names two authors"},
		{sources.Goals, "repo:a/b author:@me", "author:@me depends on whose token is used; name the login"},
		{sources.Goals, "repo:a/b base:main", "base:main can be answered for shipped only"},
		{sources.Goals, "repo:a/b is:issue is:pr", "the query asks for is:issue and is:pr, and nothing is both"},
		{sources.Delivery, "repo:a/b", `the query names no milestones that are sprints, such as milestone:"Sprint *"`},
		{sources.Delivery, "repo:a/b milestone:* is:pr", "milestones are sprints of issues, so is:pr cannot be answered here"},
		{sources.Delivery, "iteration:*", "iterations are a project's, and the query names none, such as project:acme/3"},
		{sources.Delivery, "repo:a/b milestone:* field:Sprint", "iterations are a project's, and the query names none, such as project:acme/3"},
		{sources.Delivery, "project:a/1 repo:a/b", "project: asks for all items, so repo:a/b cannot be answered beside it"},
		{sources.Delivery, "project:a/1 milestone:*", "project: asks for all items, so milestone:* cannot be answered beside it"},
		{sources.Delivery, "project:a/1 label:x iteration:*", "project: asks for all items, so label:x cannot be answered beside it"},
		{sources.Delivery, "project:a/1 iteration:x iteration:y", "the query names two of iteration:, and one is all that it can be about"},
		{sources.Delivery, "project:a/1 field:x field:y", "the query names two of field:, and one is all that it can be about"},
		{sources.Delivery, "project:a/1 iteration:@current", `iteration:@current is another one each week; name them all by a pattern, such as iteration:"Sprint *"`},
		{sources.Goals, "project:a/1 iteration:x", "iteration:x can be answered for sprints only"},
		{sources.Goals, "project:a/1 field:x", "field:x can be answered for sprints only"},
		{sources.Delivery, "repo:a/b milestone:* author:x", "sprints are a team's, so author:x cannot be answered here"},
		{sources.Delivery, "repo:a/b milestone:* base:x", "base:x can be answered for shipped only"},
		{sources.Delivery, "parent:a/b#1 milestone:*", "parent:a/b#1 can be answered for goals only"},
		{sources.Goals, "parent:a/b", "parent:a/b names no issue; a goal can be the sub-issues of one, such as parent:acme/payments#12"},
		{sources.Goals, "parent:a/..#1", "parent:a/..#1 names no issue; a goal can be the sub-issues of one, such as parent:acme/payments#12"},
		{sources.Goals, "parent:a/b#0", "parent:a/b#0 names no issue; a goal can be the sub-issues of one, such as parent:acme/payments#12"},
		{sources.Goals, "parent:a/b#1 label:x", "parent: asks for all sub-issues, so label:x cannot be answered beside it"},
		{sources.Goals, "parent:a/b#1 repo:a/b", "parent: asks for all sub-issues, so repo:a/b cannot be answered beside it"},
		{sources.Goals, "parent:a/b#1 is:pr", "parent: asks for all sub-issues, so is:pr cannot be answered beside it"},
		{sources.Goals, "parent:a/b#1 project:a/1", "project: asks for all items, so parent:a/b#1 cannot be answered beside it"},
		{sources.Goals, "project:a", "project:a names no project; it is written by its owner and number, such as project:acme/3"},
		{sources.Goals, "project:a/b", "project:a/b names no project; it is written by its owner and number, such as project:acme/3"},
		{sources.Goals, "project:a/99999999999", "project:a/99999999999 names no project; it is written by its owner and number, such as project:acme/3"},
		{sources.Goals, "project:a/1 milestone:x", "project: asks for all items, so milestone:x cannot be answered beside it"},
		{sources.Quality, "project:a/1", "project:a/1 can be answered for goals and sprints only"},
		{sources.Goals, "project:a/1 project:a/2", "the query names two projects, and one is all that it can be about"},
		{sources.Goals, "parent:a/b#1 parent:a/b#2", "the query names two parents, and nothing has both"},
		{sources.Goals, "repo:a/b environment:x", "environment:x can be answered for shipped only"},
		{sources.Shipped, "repo:a/b environment:x author:y", "deployments have none, so author:y cannot be answered beside environment:"},
		{sources.Shipped, "repo:a/b is:issue", "issues are not shipped, so is:issue cannot be answered here"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			_, err := ParseQuery(test.noun, test.text)
			if err == nil {
				t.Fatal("was not refused")
			}
			reason, hint := sources.Reason(err)
			if reason != test.want {
				t.Errorf("reason %q, want %q", reason, test.want)
			}
			if hint != validWords {
				t.Errorf("hint %q does not name the valid words", hint)
			}
		})
	}
}

// Whatever is asked in GitHub's words is understood as it was meant.
func TestQueryRoundTrip(t *testing.T) {
	name := rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}[a-z]`)
	label := rapid.StringMatching(`[a-zA-Z0-9:/ä"][ a-zA-Z0-9:/,ä"\\]{0,10}[a-z]`)
	rapid.Check(t, func(t *rapid.T) {
		a := sim.Ask{
			Repos:     []string{name.Draw(t, "owner") + "/" + name.Draw(t, "repo")},
			Pulls:     rapid.Bool().Draw(t, "pulls"),
			Labels:    rapid.SliceOfN(label, 0, 3).Draw(t, "labels"),
			Milestone: rapid.OneOf(rapid.Just(""), label).Draw(t, "milestone"),
		}
		q, err := ParseQuery(sources.Goals, a.Text())
		if err != nil {
			t.Fatalf("%q: %v", a.Text(), err)
		}
		got := sim.Ask{Repos: []string{q.Repos[0].String()}, Pulls: q.Pulls, Labels: append([]string{}, q.Labels...), Milestone: q.Milestone}
		if diff := gocmp.Diff(a, got); diff != "" {
			t.Errorf("%q (-meant +understood):\n%s", a.Text(), diff)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{`repo:a/b label:"x y" is:pr`, `-x`, `"`, `\`, `milestone:"\`, "a:b:c", "parent:a/b#1", "project:a/1 is:pr", "repo:a/b environment:x", "milestone:* repo:a/b", "project:a/1 iteration:* field:x", "repo:\u2028/b", ":x", `x"y":z`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, noun := range Kind.Nouns {
			checkQuery(t, noun, text)
		}
	})
}

// checkQuery checks that a text is refused in one plain line, or asks for
// something and cannot lead elsewhere.
func checkQuery(t *testing.T, noun sources.Noun, text string) {
	t.Helper()
	q, err := ParseQuery(noun, text)
	if err != nil {
		reason, hint := sources.Reason(err)
		if strings.ContainsAny(reason+hint, "\n\r\x00") || !utf8.ValidString(reason) || len(reason) > 400 {
			t.Errorf("%q: reason %q is not one plain line", text, reason)
		}
		return
	}
	repos := q.Repos
	if q.Parent.Number > 0 {
		repos = append(repos, q.Parent.Repo)
	}
	if len(repos) == 0 && q.Project.Number <= 0 {
		t.Errorf("%q: a query about nothing", text)
	}
	for _, r := range repos {
		if strings.Contains(r.String(), "..") && strings.HasSuffix(r.String(), "/..") || strings.Count(r.String(), "/") != 1 || strings.ContainsAny(r.String(), "?#% ") {
			t.Errorf("%q: repository %q could lead elsewhere", text, r)
		}
	}
}
