package jira

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
)

func TestParse(t *testing.T) {
	tests := []struct{ in, text, refusal string }{
		{in: "parent = PAY-100", text: "parent = PAY-100"},
		{in: " project = PAY ORDER BY Rank ASC ", text: "project = PAY"},
		{in: "project = PAY\norder\tby created", text: "project = PAY"},
		{in: `summary ~ "please order by phone"`, text: `summary ~ "please order by phone"`},
		{in: `summary ~ 'it\'s (order by' ORDER BY key`, text: `summary ~ 'it\'s (order by'`},
		{in: "project in (A, B) AND (x = 1 OR y = 2)", text: "project in (A, B) AND (x = 1 OR y = 2)"},
		{in: "project = A) OR (project = B", refusal: "the query has a parenthesis without its partner"},
		{in: "project = (A", refusal: "the query has a parenthesis without its partner"},
		{in: `project = "A`, refusal: "the query has a quote without its partner"},
		{in: `project = "A\`, refusal: "the query has a quote without its partner"},
		{in: "ORDER BY created", refusal: "the query is empty and would ask for every issue"},
		{in: "", refusal: "the query is empty and would ask for every issue"},
	}
	for _, tt := range tests {
		q, err := parse(tt.in)
		refusal := ""
		if err != nil {
			refusal = err.Error()
		}
		if q.text != tt.text || refusal != tt.refusal {
			t.Errorf("parse(%q) = %q, %q; want %q, %q", tt.in, q.text, refusal, tt.text, tt.refusal)
		}
	}
}

func TestGoalForms(t *testing.T) {
	tests := []struct {
		in      string
		want    goal
		rebuilt bool
		project string
	}{
		{"parent = PAY-100", goal{value: "PAY-100"}, true, "PAY"},
		{"(( Parent=pay-100 )) ORDER BY Rank", goal{value: "pay-100"}, true, "PAY"},
		{`"Epic Link" = 'PAY-100'`, goal{value: "PAY-100"}, true, "PAY"},
		{"parent = 10100", goal{value: "10100"}, true, ""},
		{`fixVersion = "2.7 (late)"`, goal{version: true, value: "2.7 (late)"}, true, ""},
		{"fixVersion = A-1", goal{version: true, value: "A-1"}, true, ""},
		{"parent != PAY-100", goal{}, false, ""},
		{"parent in (PAY-100)", goal{}, false, ""},
		{"parent = PAY-100 AND type = Bug", goal{}, false, ""},
		{"project = PAY", goal{}, false, ""},
		{"(parent = a) OR (b)", goal{}, false, ""},
	}
	for _, tt := range tests {
		q, err := parse(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		g, rebuilt := q.goal()
		if g != tt.want || rebuilt != tt.rebuilt || g.project() != tt.project {
			t.Errorf("%q: %+v, %v, project %q; want %+v, %v, %q", tt.in, g, rebuilt, g.project(), tt.want, tt.rebuilt, tt.project)
		}
	}
}

func TestOnServer(t *testing.T) {
	tests := []struct{ in, want string }{
		{"parent = PAY-100", `(parent = PAY-100 OR "Epic Link" = PAY-100)`},
		{"type = Bug AND parent=PAY-1 AND x = y", `type = Bug AND (parent=PAY-1 OR "Epic Link"=PAY-1) AND x = y`},
		{"parent in (A-1, 'A-2') OR parent = B-1", `(parent in (A-1, 'A-2') OR "Epic Link" in (A-1, 'A-2')) OR (parent = B-1 OR "Epic Link" = B-1)`},
		{"parent != A-1", "parent != A-1"},
		{"parent not in (A-1)", "parent not in (A-1)"},
		{"parent is EMPTY", "parent is EMPTY"},
		{`summary ~ "parent = A-1"`, `summary ~ "parent = A-1"`},
		{"key = parent", "key = parent"},
	}
	for _, tt := range tests {
		q, err := parse(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.onServer(); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func TestSinceIsADayEarlyAnywhere(t *testing.T) {
	at := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	if got := since(at); got != `"2026-10-04 00:00"` {
		t.Errorf("since = %s", got)
	}
	for _, name := range []string{"Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu"} {
		zone, err := sources.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		read, err := time.ParseInLocation(`"2006-01-02 15:04"`, since(at), zone.Location())
		if err != nil || read.After(at) {
			t.Errorf("read in %s, it is %v, after %v", name, read, at)
		}
	}
}

func TestQuoted(t *testing.T) {
	if got, want := quoted([]string{"PAY", `a "b" \c`}), `"PAY", "a \"b\" \\c"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Whatever somebody writes, what is sent cannot break out of its parentheses,
// and is read again as the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"parent = PAY-100", `a ~ "x \" order by" ORDER BY y`, "a) or (b", "a in (1,\xa02)", `'`, "parent in (", "parent =", "parent"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, jql string) {
		q, err := parse(jql)
		if err != nil {
			return
		}
		again, err := parse(q.text)
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", jql, q.text, err)
		}
		if again.text != q.text {
			t.Errorf("%q became %q, then %q", jql, q.text, again.text)
		}
		q.goal()
		if _, err := parse("(" + q.onServer() + ") AND x = 1"); err != nil {
			t.Errorf("%q: %q does not hold together", jql, q.onServer())
		}
		if strings.Count(q.text, `"Epic Link"`) > strings.Count(q.onServer(), `"Epic Link"`) {
			t.Errorf("%q lost something: %q", jql, q.onServer())
		}
	})
}

func TestCompareKeys(t *testing.T) {
	want := []string{"A-2", "A-10", "B-1", "B-1000"}
	for i := range want {
		for j := range want {
			if got := compareKeys(want[i], want[j]); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("compareKeys(%s, %s) = %d", want[i], want[j], got)
			}
		}
	}
	if diff := cmp.Diff(0, compareKeys("A-2", "A-2")); diff != "" {
		t.Error(diff)
	}
}
