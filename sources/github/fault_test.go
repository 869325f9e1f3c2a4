package github

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/fault"
	sim "preread/sources/simulated/github"
	"preread/sources/sourcetest"
)

func TestFaultMatrix(t *testing.T) { sourcetest.FaultMatrix(t, Kind, world) }

// cases are what goes wrong with a GitHub only.
func cases(t *testing.T) []sourcetest.Case {
	hidden, _ := kettle(t)
	hidden.Repo("kettle/search").Hidden = true
	hiding, _ := kettle(t)
	hiding.SSO = "partial-results; organizations=21955855"
	visitor := http.Header{"X-Ratelimit-Limit": {"60"}, "X-Ratelimit-Remaining": {"59"}}
	both := "repo:kettle/checkout repo:kettle/search "
	return []sourcetest.Case{
		{Name: "expired token, taken for a visitor", Faults: []fault.Fault{{Header: visitor, Empty: true}}, Want: sourcetest.Unknown},
		{Name: "token that lapses on the way", InTurn: true, Faults: []fault.Fault{{Header: visitor, Empty: true}}, Want: sourcetest.Unknown},
		{Name: "nothing in a list that another one counts", InTurn: true, Faults: []fault.Fault{{Path: "timeline|sub_issues|milestone|events", Empty: true}}},
		{Name: "results left out by single sign-on", System: hiding, Want: sourcetest.Unknown},
		{Name: "pages of 2", Faults: []fault.Fault{{Ask: pagesOfTwo}}, Want: sourcetest.True},
		{Name: "next page that is the same again", Faults: []fault.Fault{{Ask: firstTwo}}, Want: sourcetest.Unknown},
		{Name: "a repository that is hidden by now", System: hidden, Want: sourcetest.Unknown, Queries: []sources.Query{
			{Noun: sources.Goals, Text: both + `label:chore`},
			{Noun: sources.Quality, Text: both + "label:bug"},
			{Noun: sources.Incidents, Text: both + "label:incident"},
			{Noun: sources.Shipped, Text: both},
			{Noun: sources.Delivery, Text: both + `milestone:"*sprint*"`},
		}},
	}
}

func pagesOfTwo(r *http.Request) {
	q := r.URL.Query()
	if q.Has("per_page") {
		q.Set("per_page", "2")
	}
	r.URL.RawQuery = q.Encode()
	rewrite(r, func(variables map[string]any) { variables["first"] = 2 })
}

// firstTwo gives the first page whichever is asked for.
func firstTwo(r *http.Request) {
	q := r.URL.Query()
	q.Del("page")
	q.Del("after")
	q.Del("since")
	r.URL.RawQuery = q.Encode()
	rewrite(r, func(variables map[string]any) { delete(variables, "after") })
	pagesOfTwo(r)
}

// rewrite changes the variables of a GraphQL query, where a request is one.
func rewrite(r *http.Request, change func(variables map[string]any)) {
	var d document
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&d) != nil {
		return
	}
	change(d.Variables)
	body, _ := json.Marshal(d)
	r.Body = io.NopCloser(bytes.NewReader(body))
}

// A renamed repository is followed to its new name, with the token, and every
// figure is the same. What people call by the new name is found, too.
func TestRenamedRepository(t *testing.T) {
	org, _ := kettle(t)
	org.Moved = map[string]string{"kettle/till": "kettle/checkout", "kettle/finder": "kettle/search"}
	s, gate := serve(t, org, "")
	former := strings.NewReplacer("kettle/checkout", "kettle/till", "kettle/search", "kettle/finder")
	present := strings.NewReplacer("kettle/till", "kettle/checkout", "kettle/finder", "kettle/search")
	for noun, a := range asks {
		want, err := collect(t, s, window(t), noun, a.Text())
		if err != nil {
			t.Fatal(err)
		}
		gate.Clear()
		got, err := collect(t, s, window(t), noun, former.Replace(a.Text()))
		if err != nil {
			t.Fatalf("%s: %v", noun, err)
		}
		doc, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var again seen
		if err := json.Unmarshal([]byte(present.Replace(string(doc))), &again); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, again, wholly); diff != "" {
			t.Errorf("%s (-by its present name +by its former one):\n%s", noun, diff)
		}
		for _, r := range gate.Log() {
			if r.Header.Get("Authorization") != "Bearer "+sim.Token {
				t.Errorf("%s: %s was asked for without the token", noun, r.URL)
			}
		}
	}
}

// A follow-up that calls its incident by the repository's new name belongs to
// it, although the settings still have the former one.
func TestFollowUpNamesTheRenamedRepository(t *testing.T) {
	incident := &sim.Issue{Title: "Flood", Created: hour(t, 10), Events: []sim.Event{{At: hour(t, 10), What: sim.Labeled, Word: "incident"}}}
	label := []sim.Event{{At: hour(t, 11), What: sim.Labeled, Word: "follow-up"}}
	mop := &sim.Issue{Title: "Mop", Created: hour(t, 11), Events: label, Body: "After kettle/floor#1"}
	bucket := &sim.Issue{Title: "Bucket", Created: hour(t, 12), Events: label, Body: "After #1"}
	org := sim.New(now, &sim.Repo{Owner: "kettle", Name: "floor", Issues: []*sim.Issue{incident, mop, bucket}, Labels: []string{"incident", "follow-up"}})
	org.Moved = map[string]string{"kettle/ground": "kettle/floor"}
	s, _ := serve(t, org, "")
	got, err := collect(t, s, window(t), sources.Incidents, "repo:kettle/ground label:incident")
	if err != nil || len(got.Incidents) != 1 {
		t.Fatalf("%d incidents, %v", len(got.Incidents), err)
	}
	var titles []string
	for _, f := range got.Incidents[0].FollowUps {
		titles = append(titles, f.Title)
	}
	if diff := gocmp.Diff([]string{"Mop", "Bucket"}, titles); diff != "" {
		t.Errorf("follow-ups (-want +got):\n%s", diff)
	}
}

// Whatever a Link header holds, what is taken for the next page stands in it
// between angle brackets.
func FuzzNextLink(f *testing.F) {
	f.Add(`<https://a/x?page=2>; rel="next", <https://a/x?page=9>; rel="last"`)
	f.Add(`<<>>;rel=next`)
	f.Add("<\n>; rel=next <")
	f.Fuzz(func(t *testing.T, header string) {
		next := nextLink(header)
		if next != "" && (!strings.Contains(header, "<"+next+">") || !strings.Contains(header, "next")) {
			t.Errorf("%q is not in %q", next, header)
		}
	})
}
