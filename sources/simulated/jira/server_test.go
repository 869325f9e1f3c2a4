package jira

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 16, 6, 30, 0, 0, time.UTC)

// A client asks a handler and reads JSON.
type client struct {
	http.Handler
	bearer bool
}

func (c client) ask(t *testing.T, token, request, body string) (int, http.Header, map[string]any) {
	t.Helper()
	method, url, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	switch {
	case c.bearer:
		r.Header.Set("Authorization", "Bearer "+token)
	case token != "":
		r.SetBasicAuth("preread@kettle.example", token)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	var out any
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s: %v", request, err)
		}
	}
	object, ok := out.(map[string]any)
	if !ok {
		object = map[string]any{"list": out}
	}
	return w.Code, w.Header(), object
}

func TestStatuses(t *testing.T) {
	site := Sized(Size{Goal: 3, Sprints: 2}, now)
	site.Boards = append(site.Boards, &Board{ID: 2, Name: "Kanban", Kanban: true, Project: "KIT"})
	site.Boards = append(site.Boards, &Board{ID: 3, Name: "Team's own", TeamManaged: true, NoSprints: true, Project: "KIT", Filter: 3, JQL: "project = KIT"})
	cloud, server := client{site.Cloud("tok"), false}, client{site.DataCenter("tok"), true}
	roadmaps := *site
	roadmaps.Roadmaps = true
	planned := client{roadmaps.DataCenter("tok"), true}
	tests := []struct {
		client        client
		token, ask, b string
		want          int
	}{
		{cloud, "tok", "GET /rest/api/3/myself", "", 200},
		{cloud, "wrong", "GET /rest/api/3/myself", "", 401},
		{cloud, "", "GET /rest/api/2/serverInfo", "", 401},
		{client{cloud.Handler, true}, "tok", "GET /rest/api/2/myself", "", 401},
		{server, "tok", "GET /rest/api/2/myself", "", 200},
		{client{server.Handler, false}, "tok", "GET /rest/api/2/myself", "", 200},
		{server, "wrong", "GET /rest/api/2/myself", "", 401},
		{cloud, "tok", "GET /rest/api/3/nothing", "", 404},
		{cloud, "tok", "GET /rest/api/3/myself?expand=groups", "", 400},
		{cloud, "tok", "GET /rest/api/3/search?jql=project=KIT", "", 410},
		{cloud, "tok", "POST /rest/api/2/search", "{}", 410},
		{cloud, "tok", "GET /rest/agile/1.0/sprint/1/issue", "", 410},
		{cloud, "tok", "GET /rest/agile/1.0/board/1/issue", "", 410},
		{server, "tok", "POST /rest/api/2/search/jql", "{}", 404},
		{server, "tok", "GET /rest/api/3/myself", "", 404},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"project = KIT"}`, 200},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"project = KIT","startAt":0}`, 400},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"project = KIT"}{}`, 400},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"project = KIT","nextPageToken":"bm9uc2Vuc2U"}`, 400},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"ORDER BY key"}`, 400},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"project = KIT ORDER BY ` + strings.Repeat("key,", 7) + `key"}`, 400},
		{cloud, "tok", "GET /rest/api/3/search/jql?jql=project%20%3D%20KIT&fields=key,summary&maxResults=1", "", 200},
		{server, "tok", "POST /rest/api/2/search", `{"jql":"project = KIT","startAt":-1}`, 400},
		{server, "tok", "POST /rest/api/2/search", `{"jql":"project = NOPE"}`, 400},
		{server, "tok", "POST /rest/api/2/search", `{"jql":""}`, 200},
		{cloud, "tok", "POST /rest/api/3/changelog/bulkfetch", `{"issueIdsOrKeys":[]}`, 400},
		{cloud, "tok", "POST /rest/api/3/changelog/bulkfetch", `{"issueIdsOrKeys":["KIT-1"],"maxResults":10001}`, 400},
		{cloud, "tok", "GET /rest/api/3/issue/KIT-99/changelog", "", 404},
		{cloud, "tok", "GET /rest/api/3/issue/KIT-1/changelog?startAt=x", "", 400},
		{server, "tok", "GET /rest/api/2/issue/KIT-99", "", 404},
		{cloud, "tok", "GET /rest/agile/1.0/board/9/configuration", "", 404},
		{cloud, "tok", "GET /rest/agile/1.0/board/2/sprint", "", 400},
		{cloud, "tok", "GET /rest/agile/1.0/board/1/sprint?state=closed", "", 200},
		{cloud, "tok", "GET /rest/agile/1.0/board/3/sprint?state=closed", "", 200}, // and none in it
		{cloud, "tok", "GET /rest/agile/1.0/board/3/features", "", 200},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"filter = 3"}`, 400},
		{cloud, "tok", "POST /rest/api/3/search/jql", `{"jql":"\"Parent Link\" = KIT-1"}`, 400},
		{server, "tok", "POST /rest/api/2/search", `{"jql":"\"Parent Link\" = KIT-1"}`, 400},
		{planned, "tok", "POST /rest/api/2/search", `{"jql":"\"Parent Link\" = KIT-1"}`, 200},
	}
	for _, tt := range tests {
		got, _, body := tt.client.ask(t, tt.token, tt.ask, tt.b)
		if got != tt.want {
			t.Errorf("%s %s: %d %v, want %d", tt.ask, tt.b, got, body, tt.want)
		}
		if _, shaped := body["errorMessages"]; got >= 400 && got != 404 && !shaped {
			t.Errorf("%s: error without errorMessages: %v", tt.ask, body)
		}
	}
}

func TestVisitorsSeeNothing(t *testing.T) {
	site := Sized(Size{Goal: 3, Sprints: 2}, now)
	site.Anonymous = true
	for name, c := range map[string]client{"cloud": {site.Cloud("tok"), false}, "server": {site.DataCenter("tok"), true}} {
		search := map[string]string{"cloud": "POST /rest/api/3/search/jql", "server": "POST /rest/api/2/search"}[name]
		code, head, body := c.ask(t, "expired", search, `{"jql":"project = KIT"}`)
		if issues, _ := body["issues"].([]any); code != 200 || len(issues) != 0 || head.Get("X-Seraph-LoginReason") != "AUTHENTICATED_FAILED" {
			t.Errorf("%s: %d %v %v", name, code, head, body)
		}
		if code, _, _ := c.ask(t, "expired", "GET /rest/api/2/myself", ""); code != 401 {
			t.Errorf("%s: myself answers a visitor with %d", name, code)
		}
		if code, _, _ := c.ask(t, "expired", "GET /rest/api/2/serverInfo", ""); code != 200 {
			t.Errorf("%s: serverInfo answers a visitor with %d", name, code)
		}
		if _, head, _ := c.ask(t, "tok", "GET /rest/api/2/myself", ""); head.Get("X-Seraph-LoginReason") != "OK" || name == "server" && head.Get("X-AUSERNAME") != "preread" {
			t.Errorf("%s: a known user is told %v", name, head)
		}
	}
}

// Pages come in the real sizes, whatever is asked, and add up.
func TestSearchPages(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 51, 99, 100, 101, 1001} {
		site := Sized(Size{Bugs: n}, now)
		c := client{site.Cloud("tok"), false}
		var keys []string
		var pages []int
		for token := ""; ; {
			_, _, body := c.ask(t, "tok", "POST /rest/api/3/search/jql", fmt.Sprintf(`{"jql":"issuetype = Bug ORDER BY created ASC","fields":["summary"],"maxResults":5000,"nextPageToken":%q}`, token))
			issues := body["issues"].([]any)
			for _, i := range issues {
				keys = append(keys, i.(map[string]any)["key"].(string))
			}
			pages = append(pages, len(issues))
			var more bool
			if token, more = body["nextPageToken"].(string); !more {
				if body["isLast"] != true {
					t.Errorf("%d: the last page is not marked", n)
				}
				break
			}
		}
		if len(keys) != n || len(slices.Compact(keys)) != n || slices.Max(pages) > 100 {
			t.Errorf("%d bugs came as %v, %d different", n, pages, len(keys))
		}
		code, _, body := client{site.DataCenter("tok"), true}.ask(t, "tok", "POST /rest/api/2/search", `{"jql":"issuetype = Bug","maxResults":5000,"fields":["summary"]}`)
		if got := len(body["issues"].([]any)); code != 200 || got != min(n, 1000) || body["total"] != float64(n) {
			t.Errorf("%d bugs: Data Center gives %d of %v", n, got, body["total"])
		}
	}
}

// The bulk read splits an issue's histories over pages, and gives each once.
func TestBulkPages(t *testing.T) {
	site := Sized(Size{Goal: 3, Histories: 25}, now)
	c := client{site.Cloud("tok"), false}
	var ids []string
	var pages []int
	for token := ""; ; {
		_, _, body := c.ask(t, "tok", "POST /rest/api/3/changelog/bulkfetch", fmt.Sprintf(`{"issueIdsOrKeys":["KIT-2","KIT-3","KIT-4"],"maxResults":10,"nextPageToken":%q}`, token))
		got := 0
		for _, log := range body["issueChangeLogs"].([]any) {
			for _, h := range log.(map[string]any)["changeHistories"].([]any) {
				ids = append(ids, h.(map[string]any)["id"].(string))
				if _, number := h.(map[string]any)["created"].(float64); !number {
					t.Fatalf("created is no number: %v", h)
				}
				got++
			}
		}
		pages = append(pages, got)
		var more bool
		if token, more = body["nextPageToken"].(string); !more {
			break
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 26 {
		t.Errorf("%d different histories, want 26", len(ids))
	}
	if diff := cmp.Diff([]int{10, 10, 6}, pages); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func TestChangelogShapes(t *testing.T) {
	site := Sized(Size{Goal: 1}, now)
	epic, i := site.Issues[0], site.Issues[1]
	at := now.AddDate(0, 0, -3)
	site.Edit(i, at, func(st *State) { st.Parent, st.Versions = nil, nil })
	head, waits := site.NewIssue("KIT", "Initiative", now.AddDate(0, 0, -9), State{}), site.NewIssue("KIT", "Bug", now.AddDate(0, 0, -9), State{})
	site.Edit(epic, at, func(st *State) { st.Parent = head })
	site.Edit(waits, at, func(st *State) { st.Flagged, st.Blockers = true, []*Issue{i} })
	items := func(c client, request, body string, path ...string) (got []string) {
		_, _, v := c.ask(t, "tok", request, body)
		var walk any = v
		for _, p := range path {
			if list, ok := walk.([]any); ok {
				walk = list[0]
			}
			walk = walk.(map[string]any)[p]
		}
		for _, h := range walk.([]any) {
			for _, it := range h.(map[string]any)["items"].([]any) {
				m := it.(map[string]any)
				got = append(got, fmt.Sprintf("%v %v %v>%v", m["field"], m["fieldId"], m["fromString"], m["toString"]))
			}
		}
		return got
	}
	cloud, server := client{site.Cloud("tok"), false}, client{site.DataCenter("tok"), true}
	tests := []struct {
		name      string
		got, want []string
	}{
		{"cloud", items(cloud, "GET /rest/api/3/issue/"+i.Key+"/changelog", "", "values"),
			[]string{"Fix Version fixVersions 1.0><nil>", "IssueParentAssociation <nil> KIT-1><nil>", "Link <nil> <nil>>This issue blocks KIT-4", "Epic Link customfield_10014 KIT-1><nil>"}},
		{"the epic", items(cloud, "GET /rest/api/3/issue/"+epic.Key+"/changelog", "", "values"), []string{"IssueParentAssociation <nil> <nil>>KIT-3", "Epic Child <nil> KIT-2><nil>", "Parent Link customfield_10018 <nil>>KIT-3"}},
		{"what waits", items(cloud, "GET /rest/api/3/issue/"+waits.Key+"/changelog", "", "values"),
			[]string{"Flagged customfield_10021 >Impediment", "Link <nil> <nil>>This issue is blocked by KIT-2"}},
		{"data center", items(server, "POST /rest/api/2/search", `{"jql":"key = KIT-2","expand":["changelog"]}`, "issues", "changelog", "histories"),
			[]string{"Fix Version <nil> 1.0><nil>", "Epic Link <nil> KIT-1><nil>", "Link <nil> <nil>>This issue blocks KIT-4"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
