package github

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/company"
)

var now = time.Date(2026, 11, 16, 8, 30, 0, 0, time.UTC)

func generate(t testing.TB) (*Org, company.Company) {
	t.Helper()
	c, err := company.New(1848, now)
	if err != nil {
		t.Fatal(err)
	}
	return Generate(c), c
}

func ask(o *Org, path, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4180"+path, nil)
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

func list(t *testing.T, w *httptest.ResponseRecorder) []map[string]any {
	t.Helper()
	var v []map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%d: %v", w.Code, err)
	}
	return v
}

const bearer = "Bearer " + Token

func TestStatus(t *testing.T) {
	org := Sized(150, now)
	org.Moved = map[string]string{"kettle/old": "kettle/sized"}
	org.PageLimit = 1
	tests := []struct {
		path, token string
		want        int
	}{
		{"/repos/kettle/sized", bearer, 200},
		{"/api/v3/repos/kettle/sized", bearer, 200},
		{"/repositories/7001", bearer, 200},
		{"/repos/kettle/sized/issues", "", 401},
		{"/repos/kettle/sized/issues", "Bearer wrong", 401},
		{"/repos/kettle/nothing/issues", bearer, 404},
		{"/repos/kettle/sized/teapots", bearer, 404},
		{"/repos/kettle/sized/issues/9999/timeline", bearer, 404},
		{"/repos/kettle/old/issues?state=all", bearer, 301},
		{"/user", bearer, 404},
		{"/repos/kettle/sized/issues?colour=red", bearer, 400},
		{"/repos/kettle/sized/pulls?since=2026-01-01T00:00:00Z", bearer, 400},
		{"/repos/kettle/sized/issues?state=merged", bearer, 422},
		{"/repos/kettle/sized/issues?per_page=none", bearer, 422},
		{"/repos/kettle/sized/issues?page=0", bearer, 422},
		{"/repos/kettle/sized/issues?since=yesterday", bearer, 422},
		{"/repos/kettle/sized/issues?milestone=2", bearer, 422},
		{"/repos/kettle/sized/issues?milestone=1", bearer, 200},
		{"/repos/kettle/sized/issues?page=2", bearer, 422},
		{"/repos/kettle/sized/issues?page=2&after=rubbish", bearer, 422},
		{"/repos/kettle/sized/pulls?page=9", bearer, 200},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			w := ask(org, test.path, test.token)
			if w.Code != test.want {
				t.Errorf("status %d, want %d: %s", w.Code, test.want, w.Body)
			}
			if !json.Valid(w.Body.Bytes()) || !strings.Contains(w.Header().Get("Content-Type"), "json") {
				t.Errorf("not JSON: %s", w.Body)
			}
		})
	}
	if got, want := ask(org, "/api/v3/repos/kettle/old/issues?state=all", bearer).Header().Get("Location"), "http://127.0.0.1:4180/api/v3/repositories/7001/issues?state=all"; got != want {
		t.Errorf("renamed to %q, want %q", got, want)
	}
}

var nextPage = regexp.MustCompile(`<http://127\.0\.0\.1:4180([^>]*)>; rel="next"`)

func TestPagesHoldEverythingOnce(t *testing.T) {
	org := Sized(103, now)
	for path, want := range map[string][]int{
		"/api/v3/repos/kettle/sized/issues?state=all&per_page=500":                        {100, 100, 100, 9},
		"/repos/kettle/sized/issues?state=all&sort=updated&direction=asc&per_page=100":    {100, 100, 100, 9},
		"/repos/kettle/sized/issues?state=closed&labels=BUG&per_page=50":                  {50, 2},
		"/repos/kettle/sized/issues?state=all&milestone=1&since=2026-10-20T00:00:00Z":     {30, 30, 8},
		"/repos/kettle/sized/pulls?state=closed&sort=updated&direction=desc&per_page=100": {100, 3},
		"/repos/kettle/sized/releases?per_page=99":                                        {99, 4},
		"/repos/kettle/sized/milestones?state=all":                                        {1},
		"/repos/kettle/sized/labels?per_page=3":                                           {3, 1},
		"/repos/kettle/sized/issues?state=all&creator=nobody&labels=bug":                  {0},
		"/repos/kettle/sized/issues?state=all&labels=bug,sev1":                            {0},
	} {
		t.Run(path, func(t *testing.T) {
			seen := map[any]bool{}
			var sizes []int
			for path != "" {
				w := ask(org, path, bearer)
				page := list(t, w)
				sizes = append(sizes, len(page))
				for _, o := range page {
					if seen[o["id"]] {
						t.Errorf("%v is on two pages", o["id"])
					}
					seen[o["id"]] = true
				}
				path = ""
				if m := nextPage.FindStringSubmatch(w.Header().Get("Link")); m != nil {
					path = m[1]
				}
			}
			if diff := cmp.Diff(want, sizes); diff != "" {
				t.Errorf("page sizes (-want +got):\n%s", diff)
			}
		})
	}
}

// A cursor does not lose its place when what it was made of moves away.
func TestCursorKeepsItsPlace(t *testing.T) {
	org := Sized(60, now)
	first := ask(org, "/repos/kettle/sized/issues?state=all&sort=updated&direction=asc&labels=bug", bearer)
	page := list(t, first)
	last := int(page[len(page)-1]["number"].(float64))
	org.Touch("kettle/sized", last, now)
	second := list(t, ask(org, nextPage.FindStringSubmatch(first.Header().Get("Link"))[1], bearer))
	if len(second) != 30 {
		t.Fatalf("%d on the second page, want 30", len(second))
	}
	third := list(t, ask(org, "/repos/kettle/sized/issues?state=all&sort=updated&direction=desc&labels=bug&per_page=1", bearer))
	if int(third[0]["number"].(float64)) != last {
		t.Errorf("newest is %v, want %d, which was touched", third[0]["number"], last)
	}
}

func TestAnswersHoldNoPort(t *testing.T) {
	org, c := generate(t)
	for _, team := range c.Teams {
		for _, path := range []string{"/issues?state=all&per_page=100", "/pulls?state=all&per_page=100", "/releases", "/milestones", "/labels", ""} {
			w := ask(org, "/repos/"+team.Repo+path, bearer)
			if w.Code != 200 || strings.Contains(w.Body.String(), "127.0.0.1") {
				t.Errorf("%s%s: status %d, or an address of this machine in the answer", team.Repo, path, w.Code)
			}
		}
	}
}

func TestGenerateIsTheSameEachTime(t *testing.T) {
	a, c := generate(t)
	b, _ := generate(t)
	for _, team := range c.Teams {
		path := "/repos/" + team.Repo + "/issues?state=all&per_page=100&sort=updated"
		if diff := cmp.Diff(ask(a, path, bearer).Body.String(), ask(b, path, bearer).Body.String()); diff != "" {
			t.Errorf("%s differs:\n%s", team.Repo, diff)
		}
		for _, i := range a.Repo(team.Repo).Issues {
			last := i.Created
			for _, e := range i.Events {
				if e.At.Before(last) || e.At.After(now) {
					t.Errorf("%s#%d: %s at %v, after %v", team.Repo, i.Number, e.What, e.At, last)
				}
				last = e.At
			}
		}
	}
}

// The company's own incidents are the truth behind this system's.
func TestIncidentsAreTheCompanys(t *testing.T) {
	org, c := generate(t)
	w := sources.Window{Last: sources.WeekOf(now, c.Zone).Add(-1), Count: company.Weeks, Zone: c.Zone, Now: now}
	for _, team := range c.Teams {
		got := org.Incidents(Ask{Repos: []string{team.Repo}, Labels: []string{IncidentLabel}}, w)
		want := len(team.Incidents)
		if team.InJira {
			want = 0
		}
		if len(got) != want {
			t.Errorf("%s: %d incidents, want %d", team.ID, len(got), want)
		}
		for _, in := range got {
			followed := 0
			for _, of := range team.Incidents {
				if of.Opened.Equal(in.Opened) && strings.HasPrefix(in.Title, of.Title) {
					followed++
					if !of.Acknowledged.Equal(in.Acknowledged) || !of.Resolved.Equal(in.Resolved) || len(of.FollowUps) != len(in.FollowUps) {
						t.Errorf("%s: %+v is not the company's %+v", in.Ref, in, of)
					}
				}
			}
			if followed != 1 {
				t.Errorf("%s is %d of the company's incidents", in.Ref, followed)
			}
		}
	}
}
