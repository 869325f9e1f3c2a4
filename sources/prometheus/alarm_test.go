package prometheus_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/prometheus"
)

func TestAlarmsAreTrue(t *testing.T) {
	for seed := range uint64(6) {
		for _, team := range []string{"checkout", "search"} {
			t.Run(fmt.Sprint(team, seed), func(t *testing.T) {
				system := kettle(t, seed)
				got := serve(t, system, publicly).alarms(t, window(t, 6), `team="`+team+`"`)
				want := system.Alarms(window(t, 6), func(labels map[string]string) bool { return labels["team"] == team })
				if diff := cmp.Diff(want, got, onlyCounts); diff != "" {
					t.Errorf("alarms differ (-true +collected):\n%s", diff)
				}
				for _, w := range got {
					if w.Graded != sources.Whole() {
						t.Errorf("%s is %s: %s", w.Week, w.Grade, w.Reason)
					}
				}
			})
		}
	}
}

// crowd is a server with n alerts, each of which fired once in the week.
func crowd(n int) *simulated.Server {
	s := &simulated.Server{Token: token, Start: now.AddDate(0, 0, -30), Now: now, Interval: time.Minute}
	for i := range n {
		from := now.Add(-time.Duration(8+i%150) * time.Hour)
		s.Alerts = append(s.Alerts, simulated.Alert{
			Name: fmt.Sprintf("PotNumber%d", i%40), Severity: []string{"page", "ticket", ""}[i%3],
			Labels:   map[string]string{"team": "checkout", "pot": fmt.Sprint(i)},
			For:      time.Duration(i%3) * time.Minute,
			Episodes: []simulated.Episode{{From: from, To: from.Add(10 * time.Minute)}},
		})
	}
	return s
}

func TestAnyNumberOfAlerts(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 51, 99, 100, 101, 1001} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			system := crowd(n)
			got := serve(t, system, "").alarms(t, window(t, 1), "")
			if diff := cmp.Diff(system.Alarms(window(t, 1), nil), got, onlyCounts); diff != "" {
				t.Errorf("alarms differ (-true +collected):\n%s", diff)
			}
			episodes := 0
			for _, a := range got[0].Alarms {
				episodes += a.Episodes
			}
			if episodes != n {
				t.Errorf("%d episodes, want %d", episodes, n)
			}
		})
	}
}

// A week of which nothing is held is unknown, one with little is partial, and
// neither is a quiet week.
func TestRetention(t *testing.T) {
	system := kettle(t, 1)
	system.Retention = 16 * 24 * time.Hour
	got := serve(t, system, publicly).alarms(t, window(t, 6), "")
	if diff := cmp.Diff(system.Alarms(window(t, 6), nil), got, onlyCounts); diff != "" {
		t.Errorf("alarms differ (-true +collected):\n%s", diff)
	}
	nothing := sources.Graded{Reason: "prom holds nothing of this week"}
	want := []sources.Graded{nothing, nothing, nothing, {Grade: sources.Partial, Reason: "prom holds 24 % of this week"}, sources.Whole(), sources.Whole()}
	if diff := cmp.Diff(want, grades(got)); diff != "" {
		t.Errorf("grades (-want +got):\n%s", diff)
	}
}

// A server that was started on Sunday has not seen half as much every day, it
// has not seen the days before.
func TestShortHistory(t *testing.T) {
	system := crowd(20)
	system.Start = now.Add(-31 * time.Hour)
	got := serve(t, system, "").alarms(t, window(t, 2), "")
	if diff := cmp.Diff(system.Alarms(window(t, 2), nil), got, onlyCounts); diff != "" {
		t.Errorf("alarms differ (-true +collected):\n%s", diff)
	}
	want := []sources.Graded{{Reason: "prom holds nothing of this week"}, {Grade: sources.Partial, Reason: "prom holds 14 % of this week"}}
	if diff := cmp.Diff(want, grades(got)); diff != "" {
		t.Errorf("grades (-want +got):\n%s", diff)
	}
}

func grades(weeks []sources.AlarmWeek) []sources.Graded {
	list := make([]sources.Graded, len(weeks))
	for i, w := range weeks {
		list[i] = w.Graded
	}
	return list
}

func TestNoHeartbeat(t *testing.T) {
	system := kettle(t, 1)
	system.Deaf = true
	s := serve(t, system, publicly)
	for _, w := range s.alarms(t, window(t, 6), "") {
		w.Evidence = sources.Evidence{}
		want := sources.AlarmWeek{Week: w.Week, Graded: sources.Graded{
			Reason: "prom holds no heartbeat, so a lost week would look quiet; set heartbeat to a series that is always there",
		}}
		if diff := cmp.Diff(want, w); diff != "" {
			t.Errorf("week (-want +got):\n%s", diff)
		}
	}
	for _, r := range s.gate.Log() {
		if strings.Contains(r.URL, "/api/v1/query?") {
			t.Errorf("looked closely, by %s, although nothing can be told", r.Body)
		}
	}
}

func TestWarnings(t *testing.T) {
	system := kettle(t, 1)
	system.Warnings = []string{"a store is down at 10.0.0.7"}
	s := serve(t, system, publicly)
	want := sources.Graded{Grade: sources.Partial, Reason: "prom warned that its answer may not be whole"}
	for _, w := range s.alarms(t, window(t, 2), "") {
		if w.Graded != want {
			t.Errorf("%s is %v, want %v", w.Week, w.Graded, want)
		}
	}
	// A doubt about the alerts alone counts as much.
	for _, path := range []string{"query_range", `query\?`} {
		s := serve(t, kettle(t, 1), publicly)
		s.gate.Add(fault.Fault{Path: path, Edit: func(body []byte) []byte {
			if !strings.Contains(string(body), `"alertname"`) {
				return body
			}
			return []byte(strings.Replace(string(body), "{", `{"warnings":["a store is down"],`, 1))
		}})
		for _, w := range s.alarms(t, window(t, 2), "") {
			if w.Graded != want {
				t.Errorf("with a warning from %s, %s is %v, want %v", path, w.Week, w.Graded, want)
			}
		}
	}
	readings, err := s.source.Readings(t.Context(), window(t, 2), sources.Query{Text: simulated.SearchIndexLag})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range readings {
		if r.Graded != want {
			t.Errorf("%s is %v, want %v", r.Week, r.Graded, want)
		}
	}
}

// A server that finds a query too much is asked for less at a time, and what
// comes together is the same.
func TestTooMuchAtOnce(t *testing.T) {
	const timeout = `{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}`
	const tooLong = `{"status":"error","errorType":"bad_data","error":"the total query time range exceeds the limit (query length: 1032h0m0s, limit: 744h0m0s)"}`
	const tooMany = `{"status":"error","errorType":"execution","error":"query processing would load too many samples"}`
	plain := serve(t, kettle(t, 2), publicly).alarms(t, window(t, 6), "")
	for _, c := range []struct {
		name   string
		limit  int
		faults []fault.Fault
	}{
		{"few samples", 1500, nil},
		{"time-outs", 0, []fault.Fault{
			{Path: "POST /api/v1/query_range", Times: 4, Status: 503, Body: timeout},
			{Path: `POST /api/v1/query\?`, Times: 3, Status: 503, Body: timeout},
		}},
		{"length", 0, []fault.Fault{{Path: "POST /api/v1/query_range", Times: 3, Status: 400, Body: tooLong}}},
		{"limits", 0, []fault.Fault{{Path: "POST", Times: 4, Status: 422, Body: tooMany}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			system := kettle(t, 2)
			system.MaxSamples = c.limit
			s := serve(t, system, publicly)
			for _, f := range c.faults {
				s.gate.Add(f)
			}
			if diff := cmp.Diff(plain, s.alarms(t, window(t, 6), "")); diff != "" {
				t.Errorf("in pieces it differs (-whole +pieces):\n%s", diff)
			}
		})
	}
	for name, c := range map[string]struct {
		fault fault.Fault
		want  string
	}{
		"always":                  {fault.Fault{Path: "POST", Status: 422, Body: tooMany}, "prom finds the query too much to compute, even in small pieces"},
		"no samples":              {fault.Fault{Path: `query\?`, Status: 422, Body: tooMany}, "prom finds the query too much to compute, even in small pieces"},
		"out of order in JSON":    {fault.Fault{Path: "POST", Status: 503, Body: `{"message":"upstream"}`}, "prom is out of order (503)"},
		"not understood":          {fault.Fault{Path: "POST", Status: 400, Body: `{"status":"error","errorType":"bad_data","error":"x"}`}, "prom does not accept the query"},
		"another kind of answer":  {fault.Fault{Path: "POST", Body: `{"status":"success","data":{"resultType":"vector","result":[]}}`}, "prom gave an answer that is not one of a Prometheus"},
		"another kind of success": {fault.Fault{Path: "POST", Body: `{"total":0}`}, "prom gave an answer that is not one of a Prometheus"},
		"moved steps": {fault.Fault{Path: "query_range", Body: `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1794000000,"1"]]}]}}`},
			"prom answered for other instants than it was asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, kettle(t, 2), publicly)
			s.gate.Add(c.fault)
			_, err := s.source.Alarms(t.Context(), window(t, 2), sources.Query{Noun: sources.Alarms})
			if err == nil || err.Error() != c.want {
				t.Errorf("error is %v, want %s", err, c.want)
			}
			if n := len(s.gate.Log()); n > 200 {
				t.Errorf("gave up after %d requests", n)
			}
		})
	}
}

// Where no list of rules can be had, or an alert's rule is gone, its samples
// tell the interval of evaluation.
func TestIntervalWithoutRules(t *testing.T) {
	for name, spoil := range map[string]func(*simulated.Server, *fault.Gate){
		"rule is gone": func(s *simulated.Server, _ *fault.Gate) {
			for i := range s.Alerts {
				s.Alerts[i].Former = true
			}
		},
		"no list of rules": func(_ *simulated.Server, g *fault.Gate) {
			g.Add(fault.Fault{Path: "/rules", Status: http.StatusNotFound, Body: "not here"})
		},
		"another form of rules": func(_ *simulated.Server, g *fault.Gate) {
			g.Add(fault.Fault{Path: "/rules", Status: http.StatusOK, Body: `{"status":"success","data":{"groups":[{"name":1}]}}`})
		},
		"list of rules": func(*simulated.Server, *fault.Gate) {},
	} {
		t.Run(name, func(t *testing.T) {
			system := kettle(t, 3)
			system.Interval, system.Scrape = 30*time.Second, 15*time.Second
			s := serve(t, system, publicly)
			spoil(system, s.gate)
			want := system.Alarms(window(t, 3), nil)
			if diff := cmp.Diff(want, s.alarms(t, window(t, 3), ""), onlyCounts); diff != "" {
				t.Errorf("alarms differ (-true +collected):\n%s", diff)
			}
		})
	}
}

// Firing samples without an activation cannot be counted, and are not passed
// over.
func TestNoActivations(t *testing.T) {
	s := serve(t, kettle(t, 1), publicly)
	s.gate.Add(fault.Fault{Path: "query", Edit: func(body []byte) []byte {
		var answer struct {
			Status string `json:"status"`
			Data   struct {
				Type   string `json:"resultType"`
				Result []struct {
					Metric map[string]string `json:"metric"`
					Values [][2]any          `json:"values"`
				} `json:"result"`
			} `json:"data"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Error(err)
		}
		kept := answer.Data.Result[:0]
		for _, r := range answer.Data.Result {
			if r.Metric["service"] == "" { // it is not by instance
				kept = append(kept, r)
			}
		}
		answer.Data.Result = kept
		body, _ = json.Marshal(answer)
		return body
	}})
	want := sources.Graded{Grade: sources.Partial, Reason: "prom keeps no activation times for some alarms, so their episodes are not counted"}
	for _, w := range s.alarms(t, window(t, 2), `team="checkout"`) {
		if w.Graded != want {
			t.Errorf("%s is %v, want %v", w.Week, w.Graded, want)
		}
		if len(w.Alarms) == 0 {
			t.Errorf("%s lists no alarm, although some fired", w.Week)
		}
	}
}

// Replicas whose heartbeat does not tell them apart are still not added up,
// and what only one of them saw is not lost.
func TestReplicasWithoutHeartbeats(t *testing.T) {
	system := crowd(60)
	want := system.Alarms(window(t, 1), nil)
	for i, a := range system.Alerts[:40] {
		system.Alerts[i].Labels["replica"] = "a"
		a.Labels = map[string]string{"team": "checkout", "pot": fmt.Sprint(i), "replica": "b"}
		system.Alerts = append(system.Alerts, a)
	}
	for i := range system.Alerts[40:60] {
		system.Alerts[40+i].Labels["replica"] = "b"
	}
	got := serve(t, system, "replica_labels = ['replica']").alarms(t, window(t, 1), "")
	if diff := cmp.Diff(want, got, onlyCounts); diff != "" {
		t.Errorf("alarms differ (-true +collected):\n%s", diff)
	}
}

// The heartbeat and the rules are asked for once, however many teams ask.
func TestTeamsShareTheHeartbeat(t *testing.T) {
	s := serve(t, kettle(t, 1), publicly)
	var asks []sources.Ask
	for _, team := range []string{"checkout", "search", "checkout", "search"} {
		asks = append(asks, sources.Ask{Source: s.source, Question: sources.Question{
			Team: team, Line: "alarms", Source: "prom", Query: sources.Query{Noun: sources.Alarms, Text: `team="` + team + `"`},
		}})
	}
	if gaps := sources.Gather(t.Context(), window(t, 6), asks, nil).Gaps(); len(gaps) > 0 {
		t.Fatal(gaps)
	}
	seen := map[string]int{}
	for _, r := range s.gate.Log() {
		if !strings.Contains(r.Body, "ALERTS") {
			seen[r.Method+r.URL+r.Body]++
		}
	}
	for request, n := range seen {
		if n > 1 {
			t.Errorf("%s was sent %d times", request, n)
		}
	}
}

func TestEvidence(t *testing.T) {
	s := serve(t, kettle(t, 1), publicly)
	weeks := s.alarms(t, window(t, 1), `team="search"`)
	const expr = `count by (alertname,severity) (ALERTS{alertstate="firing",team="search"})`
	want := sources.Evidence{Source: "prom", Ref: expr,
		URL: "https://prometheus.kettle.example/graph?g0.end_input=2026-11-15+23%3A00%3A00&g0.expr=count+by+%28alertname%2Cseverity%29+%28ALERTS%7Balertstate%3D%22firing%22%2Cteam%3D%22search%22%7D%29&g0.range_input=1w&g0.tab=0"}
	if diff := cmp.Diff(want, weeks[0].Evidence); diff != "" {
		t.Errorf("evidence of a week (-want +got):\n%s", diff)
	}
	whole := s.source.Evidence(window(t, 1), sources.Query{Noun: sources.Alarms, Text: `team="search"`})
	if diff := cmp.Diff(want, whole); diff != "" {
		t.Errorf("evidence of the answer (-want +got):\n%s", diff)
	}
}

// A server that runs for half of each day has as many samples a day as one that
// takes half as many. Only a closer look tells that half of the time is missing.
func TestHalfDays(t *testing.T) {
	for _, first := range []int{0, 7, 12, 20} { // hours of the day at which it goes away
		system := crowd(20)
		system.Scrape = 30 * time.Second
		for day := system.Start.Truncate(24 * time.Hour); day.Before(now); day = day.AddDate(0, 0, 1) {
			from := day.Add(time.Duration(first) * time.Hour)
			system.Outages = append(system.Outages, sources.Span{From: from, To: from.Add(12 * time.Hour)})
		}
		got := serve(t, system, "").alarms(t, window(t, 2), "")
		if diff := cmp.Diff(system.Alarms(window(t, 2), nil), got, onlyCounts); diff != "" {
			t.Errorf("away from %d on, alarms differ (-true +collected):\n%s", first, diff)
		}
		for _, w := range got {
			if want := (sources.Graded{Grade: sources.Partial, Reason: "prom holds 50 % of this week"}); w.Graded != want && w.Coverage > 0.51 {
				t.Errorf("away from %d on, %s is %v with %v", first, w.Week, w.Graded, w.Coverage)
			}
		}
	}
}

// Of a server that never went away, one survey for each length of day, the rules
// and one closer look tell everything, and a second team costs no rules.
func TestRequestsOfAlarms(t *testing.T) {
	system := kettle(t, 1)
	system.Outages = nil
	s := serve(t, system, publicly)
	for _, c := range []struct {
		team string
		want int
	}{{"checkout", 3}, {"search", 5}} {
		match := func(labels map[string]string) bool { return labels["team"] == c.team }
		got := s.alarms(t, window(t, 3), `team="`+c.team+`"`)
		if diff := cmp.Diff(system.Alarms(window(t, 3), match), got, onlyCounts); diff != "" {
			t.Errorf("alarms differ (-true +collected):\n%s", diff)
		}
		if n := s.source.Requests(); n != c.want {
			t.Errorf("%d requests after %s, want %d", n, c.team, c.want)
		}
	}
}
