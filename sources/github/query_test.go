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
	for _, s := range []string{`repo:a/b label:"x y" is:pr`, `-x`, `"`, `\`, `milestone:"\`, "a:b:c", "repo:\u2028/b", ":x", `x"y":z`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(sources.Shipped, text)
		if err != nil {
			reason, hint := sources.Reason(err)
			if strings.ContainsAny(reason+hint, "\n\r\x00") || !utf8.ValidString(reason) || len(reason) > 400 {
				t.Errorf("%q: reason %q is not one plain line", text, reason)
			}
			return
		}
		if len(q.Repos) == 0 {
			t.Errorf("%q: a query without a repository", text)
		}
		for _, r := range q.Repos {
			if strings.Contains(r.String(), "..") && strings.HasSuffix(r.String(), "/..") || strings.Count(r.String(), "/") != 1 || strings.ContainsAny(r.String(), "?#% ") {
				t.Errorf("%q: repository %q could lead elsewhere", text, r)
			}
		}
	})
}
