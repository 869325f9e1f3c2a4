package jira

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestStamp(t *testing.T) {
	at := time.Date(2024, 1, 2, 3, 4, 5, 6e6, time.UTC)
	tests := []struct {
		in   string
		want time.Time
		bad  bool
	}{
		{in: `"2024-01-02T03:04:05.006+0000"`, want: at},
		{in: `"2024-01-02T04:04:05.006+01:00"`, want: at},
		{in: `"2024-01-02T03:04:05.006Z"`, want: at},
		{in: `"2024-01-01T17:04:05.006-1000"`, want: at},
		{in: `"2024-01-02T03:04:05Z"`, want: at.Truncate(time.Second)},
		{in: `"2024-01-02T03:04Z"`, want: at.Truncate(time.Minute)},
		{in: `1704164645006`, want: at},
		{in: `1492070429`, want: time.Date(2017, 4, 13, 8, 0, 29, 0, time.UTC)},
		{in: `null`},
		{in: `""`},
		{in: `"None"`, bad: true},
		{in: `"2024-01-02"`, bad: true},
		{in: `[]`, bad: true},
		{in: `true`, bad: true},
		{in: `1e300`, bad: true},
		{in: `9007199254740993000`, bad: true},
		{in: `-9007199254740993`, bad: true},
		{in: `"0001-01-01T00:00:00Z"`, bad: true},
	}
	for _, tt := range tests {
		var got stamp
		err := json.Unmarshal([]byte(tt.in), &got)
		if (err != nil) != tt.bad || !got.Equal(tt.want) || got.Location() != time.UTC {
			t.Errorf("%s = %v, %v; want %v, bad %v", tt.in, got, err, tt.want, tt.bad)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]text{`"a"`: "a", `12`: "12", `null`: "", `""`: "", `1.50`: "1.50"} {
		var got text
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", in, got, err, want)
		}
	}
	var got text
	if json.Unmarshal([]byte(`{}`), &got) == nil || json.Unmarshal([]byte(`"wrong"x`), &got) == nil {
		t.Error("an object was taken for a text")
	}
}

func TestSprintIDs(t *testing.T) {
	tests := []struct {
		name, in string
		want     []int64
	}{
		{"cloud", `[{"id":38,"name":"A"},{"id":40,"name":"B, id=7"}]`, []int64{38, 40}},
		{"data center", `["com.atlassian.greenhopper.service.sprint.Sprint@176425[id=10,rapidViewId=2,state=CLOSED,name=Greenshot 1.2.9 BF2,goal=Fix, bugs,startDate=2017-01-12T20:54:55.833+01:00,endDate=<null>,sequence=9]"]`, []int64{10}},
		{"id comes last", `["x@1[rapidViewId=186,state=ACTIVE,name=Sprint 112,goal=<null>,id=99]"]`, []int64{99}},
		{"hard names", `["x@1[id=5,name=a]b=c, d[e],goal=line\nid: 6,state=OPEN]"]`, []int64{5}},
		{"one of them is no sprint", `["nonsense", 7, null, {"id":"3"}]`, []int64{3}},
		{"none", `null`, nil},
		{"text field of the same name", `"Sprint 5"`, nil},
		{"absent", ``, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, sprintIDs(json.RawMessage(tt.in)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestSplitIDs(t *testing.T) {
	for in, want := range map[string][]int64{"38, 40": {38, 40}, "38,40": {38, 40}, "7": {7}, "": nil, " , x, 9": {9}} {
		if diff := cmp.Diff(want, splitIDs(value{id: in}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
	if got := joinIDs([]int64{1, 22}).id; got != "1, 22" {
		t.Errorf("joinIDs = %q", got)
	}
}

// A sprint's own words cannot make it another sprint, as long as its id is
// named before them.
func FuzzSprintAttributes(f *testing.F) {
	f.Add("Sprint 1", "win")
	f.Add("a,b=c]", "x,sequence=3")
	f.Add("[[,id=4", ",id=,")
	f.Fuzz(func(t *testing.T, name, goal string) {
		s := "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=10,rapidViewId=2,state=CLOSED,name=" + name + ",startDate=<null>,goal=" + goal + "]"
		got := sprintAttributes(s)
		if got["id"] != "10" || got["state"] != "CLOSED" {
			t.Errorf("%q: %v", s, got)
		}
		if !sprintAttribute.MatchString(name) && !strings.Contains(name, ",") && !strings.Contains(name, "=") && name != "<null>" && got["name"] != name {
			t.Errorf("name %q became %q", name, got["name"])
		}
		sprintAttributes(name) // must not panic
	})
}

// Whatever an answer holds, it is read or refused.
func FuzzIssue(f *testing.F) {
	f.Add(`{"id":"1","key":"A-1","fields":{"created":"2024-01-02T03:04:05.006+0000","updated":1704164645006,"resolution":null,"fixVersions":[{"id":1}],"issuelinks":[{"type":{},"inwardIssue":{"key":"B-1"}}]},"changelog":{"total":1,"histories":[{"id":"5","created":1,"items":[{"field":"status","to":null}]}]}}`)
	f.Fuzz(func(t *testing.T, doc string) {
		var i issue
		if json.Unmarshal([]byte(doc), &i) != nil {
			return
		}
		if i.Key == "" || i.Created.IsZero() {
			t.Errorf("%q was taken for an issue", doc)
		}
		if i.Log != nil {
			flatten(i.Log.Histories)
		}
	})
}

func TestFlatten(t *testing.T) {
	at := func(s int) stamp { return stamp{time.Unix(int64(1e9+s), 0).UTC()} }
	histories := []history{
		{ID: "100", Created: at(2), Items: []item{{Field: "c"}}},
		{ID: "99", Created: at(2), Items: []item{{Field: "a"}, {Field: "b"}}},
		{ID: "7", Created: at(9), Items: []item{{Field: "d"}}},
		{ID: "99", Created: at(2), Items: []item{{Field: "a"}, {Field: "b"}}},
	}
	var got []string
	for _, c := range flatten(histories) {
		got = append(got, c.field)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, got); diff != "" {
		t.Errorf("order of changes (-want +got):\n%s", diff)
	}
}

// Whatever a changelog says of a link, it leads to an issue or nowhere.
func FuzzLinkedKey(f *testing.F) {
	f.Add("POT-7", "This issue is blocked by POT-7")
	f.Add("", "This issue is blocked by POT-7.")
	f.Add("10044", "is blocked by")
	r := reader{source: &source{}}
	row := issue{Links: []link{{Type: linkType{Name: "Blocks", Inward: "wartet auf"}}}}
	f.Fuzz(func(t *testing.T, id, text string) {
		v := value{id, text}
		if key := linkedKey(v); key != "" && !issueKey.MatchString(key) {
			t.Errorf("%q, %q lead to %q", id, text, key)
		}
		if r.blocking(row, v) != (strings.Contains(strings.ToLower(text), "is blocked by") || strings.Contains(strings.ToLower(text), "wartet auf")) {
			t.Errorf("%q is taken for the wrong kind of link", text)
		}
	})
}
