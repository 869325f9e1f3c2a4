package github

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
)

// parentOf returns the issue of a repository that has sub-issues and a history
// of them.
func parentOf(t testing.TB, org *sim.Org, repo string) sim.Ask {
	t.Helper()
	for _, i := range org.Repo(repo).Issues {
		if len(i.Family) > 0 {
			return sim.Ask{Parent: Ref{Repo{strings.Split(repo, "/")[0], strings.Split(repo, "/")[1]}, i.Number}.String()}
		}
	}
	t.Fatalf("nothing in %s has sub-issues", repo)
	return sim.Ask{}
}

func TestFamilyIsTrue(t *testing.T) {
	org, _ := kettle(t)
	s, _ := serve(t, org, "")
	for _, repo := range []string{"kettle/checkout", "kettle/search"} {
		got := same(t, s, org, window(t), sources.Goals, parentOf(t, org, repo))
		ended, later := 0, 0
		for _, i := range got.Items {
			if !i.Scope[len(i.Scope)-1].To.IsZero() {
				ended++
			}
			if i.Scope[0].From.After(i.Created) {
				later++
			}
		}
		if len(got.Items) < 5 || ended == 0 || later == 0 {
			t.Errorf("%s: %d sub-issues, %d of them taken out and %d put in later; want some of each", repo, len(got.Items), ended, later)
		}
	}
}

func TestFamily(t *testing.T) {
	at := func(n int) time.Time { return hour(t, n) }
	closed := func(n int, reason string) []sim.Event { return []sim.Event{did(at(n), sim.Closed, reason)} }
	child := func(name string, events ...sim.Event) *sim.Issue {
		return &sim.Issue{Title: name, Created: at(1), Events: events}
	}
	done, dropped, back := child("done", closed(50, "")...), child("dropped", closed(50, sim.NotPlanned)...), child("there and back")
	gone, untold, vanished := child("taken out"), child("no event"), child("deleted by now")
	before := child("dropped before it joined", closed(5, sim.Duplicate)...)
	twice, slipped := child("told twice"), child("slipped out", did(at(20), sim.Commented, ""))
	span := func(from, to int) sim.Member { return sim.Member{From: at(from), To: at(to)} }
	is := func(i *sim.Issue, m sim.Member) sim.Member { m.Issue = i; return m }
	since := func(i *sim.Issue, from int) sim.Member { return sim.Member{Issue: i, From: at(from)} }
	parent := &sim.Issue{
		Title: "Tidy", Created: at(0), Children: []*sim.Issue{done, dropped, back, untold, before, twice},
		Family: []sim.Member{since(done, 3), since(dropped, 3), is(back, span(4, 6)), is(gone, span(4, 8)), is(vanished, span(4, 9)), since(back, 9), since(before, 10), since(twice, 11), since(twice, 12), since(slipped, 13)},
	}
	org := sim.New(now, &sim.Repo{Owner: "kettle", Name: "shed", Issues: []*sim.Issue{parent, done, dropped, back, gone, untold, vanished, before, twice, slipped}})
	s, gate := serve(t, org, "")
	gate.Add(fault.Fault{Path: "/issues/7$", Status: http.StatusGone, Body: `{"message":"This issue was deleted"}`})
	got, err := collect(t, s, window(t), sources.Goals, "parent:kettle/shed#1")
	if err != nil {
		t.Fatal(err)
	}
	type member struct {
		Scope, Done []sources.Span
		Graded      sources.Graded
	}
	spans := func(hours ...int) []sources.Span {
		var all []sources.Span
		for i := 0; i < len(hours); i += 2 {
			s := sources.Span{From: at(hours[i])}
			if hours[i+1] != 0 {
				s.To = at(hours[i+1])
			}
			all = append(all, s)
		}
		return all
	}
	want := map[string]member{
		"done":                     {spans(3, 0), spans(50, 0), sources.Whole()},
		"dropped":                  {spans(3, 50), nil, sources.Whole()},
		"there and back":           {spans(4, 6, 9, 0), nil, sources.Whole()},
		"taken out":                {spans(4, 8), nil, sources.Whole()},
		"no event":                 {spans(1, 0), nil, sources.Graded{Grade: sources.Approximate, Reason: adopted}},
		"deleted by now":           {spans(4, 9), nil, sources.Graded{Grade: sources.Partial, Reason: unseen}},
		"dropped before it joined": {nil, nil, sources.Whole()},
		"told twice":               {spans(11, 0), nil, sources.Whole()},
		"slipped out":              {spans(13, 20), nil, sources.Graded{Grade: sources.Partial, Reason: lost}},
	}
	have := map[string]member{}
	for _, i := range got.Items {
		have[i.Title] = member{i.Scope, i.Done, i.Graded}
	}
	if diff := gocmp.Diff(want, have, gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is hidden is told of: by every item, or by no answer.
func TestHiddenFamily(t *testing.T) {
	seen, secret := &sim.Issue{Title: "seen", Created: hour(t, 1)}, &sim.Issue{Title: "secret", Created: hour(t, 1)}
	vault := &sim.Repo{Owner: "kettle", Name: "vault", Hidden: true, Issues: []*sim.Issue{secret}}
	both := &sim.Issue{Title: "both", Created: hour(t, 0), Children: []*sim.Issue{seen, secret}, Family: []sim.Member{{Issue: seen, From: hour(t, 2)}, {Issue: secret, From: hour(t, 2)}}}
	only := &sim.Issue{Title: "only", Created: hour(t, 0), Children: []*sim.Issue{secret}}
	s, _ := serve(t, sim.New(now, &sim.Repo{Owner: "kettle", Name: "shed", Issues: []*sim.Issue{both, only, seen}}, vault), "")
	got, err := collect(t, s, window(t), sources.Goals, "parent:kettle/shed#1")
	want := sources.Graded{Grade: sources.Partial, Reason: "sub-issues that are not shown to this token: 1"}
	if err != nil || len(got.Items) != 1 || got.Items[0].Graded != want {
		t.Errorf("%+v, %v; want one item, partial", got.Items, err)
	}
	if _, err := collect(t, s, window(t), sources.Goals, "parent:kettle/shed#2"); err == nil || err.Error() != "github shows none of the 1 sub-issues of kettle/shed#2 to this token" {
		t.Errorf("error %v", err)
	}
}

// A sub-issue that was added and taken out within one second, and deleted since,
// was never in scope and takes nothing with it.
func TestCameAndWentAndDeleted(t *testing.T) {
	child, slip := &sim.Issue{Title: "child", Created: hour(t, 1)}, &sim.Issue{Title: "slip", Created: hour(t, 1)}
	parent := &sim.Issue{Title: "parent", Created: hour(t, 0), Children: []*sim.Issue{child},
		Family: []sim.Member{{Issue: child, From: hour(t, 2)}, {Issue: slip, From: hour(t, 3), To: hour(t, 3)}}}
	s, gate := serve(t, sim.New(now, &sim.Repo{Owner: "kettle", Name: "shed", Issues: []*sim.Issue{parent, child, slip}}), "")
	gate.Add(fault.Fault{Path: "/issues/3$", Status: http.StatusGone, Body: `{"message":"This issue was deleted"}`})
	items, err := s.Items(t.Context(), window(t), sources.Query{Noun: sources.Goals, Text: "parent:kettle/shed#1"})
	if err != nil || len(items) != 1 || items[0].Ref != "kettle/shed#2" {
		t.Errorf("items %+v, %v", items, err)
	}
}

// An issue can be the parent of a goal and in a sprint that it was reopened in:
// both read its timeline, and each sees what it looks for.
func TestParentInASprint(t *testing.T) {
	child := &sim.Issue{Title: "child", Created: day(t, -20, 9)}
	parent := &sim.Issue{Title: "parent", Created: day(t, -90, 9), Children: []*sim.Issue{child}, Family: []sim.Member{{Issue: child, From: day(t, -19, 9)}},
		Events: []sim.Event{did(day(t, -80, 9), sim.Closed, ""), did(day(t, -2, 9), sim.Milestoned, "Curl 2"), did(day(t, 2, 9), sim.Reopened, ""), did(day(t, 3, 9), sim.Closed, "")}}
	s, _ := serve(t, sim.New(now, rink(t, parent, child)), "")
	sprints, err := s.Sprints(t.Context(), window(t), sources.Query{Noun: sources.Delivery, Text: `repo:kettle/rink milestone:"Curl *"`})
	if err != nil || !slices.ContainsFunc(sprints, func(s sources.Sprint) bool { return len(s.Issues) > 0 }) {
		t.Errorf("sprints %+v, %v", sprints, err)
	}
	items, err := s.Items(t.Context(), window(t), sources.Query{Noun: sources.Goals, Text: "parent:kettle/rink#1"})
	if err != nil || len(items) != 1 {
		t.Errorf("items %+v, %v", items, err)
	}
}
