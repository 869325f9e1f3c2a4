package prometheus

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	"preread/sources/simulated/company"
)

var monday = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)

// pot is a server with one alert: its condition held for eight minutes, of
// which it fired six.
func pot() *Server {
	from := monday.Add(-24*time.Hour + 30*time.Second)
	return &Server{
		Token: "t", Start: monday.AddDate(0, 0, -14), Now: monday, Interval: time.Minute,
		Alerts: []Alert{{
			Name: "KettleTooHot", Severity: "page", Labels: map[string]string{"team": "checkout"}, For: 2 * time.Minute,
			Episodes: []Episode{{from, from.Add(8 * time.Minute)}},
		}},
		Metrics: []Metric{{Query: "sum(pots)", Series: []Series{{Points: []Point{{monday.Add(-time.Hour), 3}, {monday.Add(-time.Minute), math.Inf(1)}}}}}},
	}
}

// get asks the server and returns status and body.
func get(t *testing.T, s *Server, path string, form url.Values, edit func(*http.Request)) (int, string) {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+s.Token)
	if edit != nil {
		edit(req)
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, req)
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Code, strings.TrimSpace(string(body))
}

func at(t time.Time) string { return fmt.Sprint(t.Unix()) }

func TestAnswers(t *testing.T) {
	const labels = `"alertname":"KettleTooHot","severity":"page","team":"checkout"`
	const firing = `"__name__":"ALERTS","alertname":"KettleTooHot","alertstate":"firing","severity":"page","team":"checkout"`
	matrix := func(result string) string {
		return `{"data":{"result":[` + result + `],"resultType":"matrix"},"status":"success"}`
	}
	for _, c := range []struct {
		name, path string
		form       url.Values
		want       string
	}{
		{"raw firing samples", "/api/v1/query", url.Values{"query": {`ALERTS{alertstate="firing"}[1380s]`}, "time": {at(monday.Add(-23*time.Hour - 53*time.Minute))}},
			matrix(`{"metric":{` + firing + `},"values":[[1794700987.123,"1"],[1794701047.123,"1"],[1794701107.123,"1"],[1794701167.123,"1"]]}`)},
		{"both series by name", "/api/v1/query", url.Values{"query": {`{__name__=~"ALERTS|ALERTS_FOR_STATE",alertstate=~"firing|",alertname=~"KettleTooHot",team="checkout"}[60s]`}, "time": {at(monday.Add(-23*time.Hour - 56*time.Minute))}},
			matrix(`{"metric":{` + firing + `},"values":[[1794700987.123,"1"]]},` +
				`{"metric":{"__name__":"ALERTS_FOR_STATE",` + labels + `},"values":[[1794700987.123,"1794700867"]]}`)},
		{"no samples", "/api/v1/query", url.Values{"query": {`ALERTS{alertname!="KettleTooHot",team!~"x.*"}[60s]`}, "time": {at(monday)}}, matrix("")},
		{"counts by day", "/api/v1/query_range", url.Values{"query": {`sum by (alertname,severity) (count_over_time(ALERTS{alertstate="firing"}[86400s]))`}, "start": {at(monday.AddDate(0, 0, -1))}, "end": {at(monday)}, "step": {"86400"}},
			matrix(`{"metric":{"alertname":"KettleTooHot","severity":"page"},"values":[[1794787200,"6"]]}`)},
		{"one activation", "/api/v1/query_range", url.Values{"query": {`(last_over_time(ALERTS_FOR_STATE{}[86400s]) * (changes(ALERTS_FOR_STATE{}[86400s]) == bool 0)) and ignoring(alertstate) count_over_time(ALERTS{alertstate="firing"}[86400s])`}, "start": {at(monday)}, "end": {at(monday)}, "step": {"86400"}},
			matrix(`{"metric":{` + labels + `},"values":[[1794787200,"1794700867"]]}`)},
		{"heartbeat", "/api/v1/query_range", url.Values{"query": {`count_over_time(up{job="prometheus"}[86400000ms])`}, "start": {at(monday)}, "end": {at(monday)}, "step": {"1"}},
			matrix(`{"metric":{"instance":"localhost:9090","job":"prometheus"},"values":[[1794787200,"1440"]]}`)},
		{"a metric", "/api/v1/query", url.Values{"query": {"sum(pots)"}, "time": {at(monday.Add(-2 * time.Minute))}},
			`{"data":{"result":[{"metric":{},"value":[1794787080,"3"]}],"resultType":"vector"},"status":"success"}`},
		{"an infinite metric", "/api/v1/query", url.Values{"query": {"sum(pots)"}, "time": {at(monday)}},
			`{"data":{"result":[{"metric":{},"value":[1794787200,"+Inf"]}],"resultType":"vector"},"status":"success"}`},
		{"a metric before it began", "/api/v1/query", url.Values{"query": {"sum(pots)"}, "time": {at(monday.Add(-2 * time.Hour))}},
			`{"data":{"result":[],"resultType":"vector"},"status":"success"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := get(t, pot(), c.path, c.form, nil)
			if diff := cmp.Diff(c.want, body); status != http.StatusOK || diff != "" {
				t.Errorf("%d (-want +got):\n%s", status, diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	query := func(text string) url.Values { return url.Values{"query": {text}, "time": {at(monday)}} }
	steps := func(n int) url.Values {
		return url.Values{"query": {`count_over_time(up[60s])`}, "start": {at(monday)}, "end": {at(monday.Add(time.Duration(n) * time.Second))}, "step": {"1"}}
	}
	for _, c := range []struct {
		name, path string
		form       url.Values
		edit       func(*http.Request)
		status     int
		kind       string
	}{
		{"no token", "/api/v1/query", query("sum(pots)"), func(r *http.Request) { r.Header.Del("Authorization") }, 401, ""},
		{"another token", "/api/v1/query", query("sum(pots)"), func(r *http.Request) { r.SetBasicAuth("t", "t") }, 401, ""},
		{"another method", "/api/v1/query", query("sum(pots)"), func(r *http.Request) { r.Method = http.MethodDelete }, 405, ""},
		{"another path", "/api/v1/series", nil, nil, 404, ""},
		{"another parameter", "/api/v1/query", url.Values{"query": {"sum(pots)"}, "time": {"1"}, "tine": {"1"}}, nil, 400, "bad_data"},
		{"no time", "/api/v1/query", url.Values{"query": {"sum(pots)"}}, nil, 400, "bad_data"},
		{"another expression", "/api/v1/query", query("sum(kettles)"), nil, 400, "bad_data"},
		{"a function without a range", "/api/v1/query_range", url.Values{"query": {"count_over_time(up)"}, "start": {"1"}, "end": {"1"}, "step": {"1"}}, nil, 400, "bad_data"},
		{"a range in a range query", "/api/v1/query_range", url.Values{"query": {"up[60s]"}, "start": {"1"}, "end": {"1"}, "step": {"1"}}, nil, 400, "bad_data"},
		{"no step", "/api/v1/query_range", url.Values{"query": {"count_over_time(up[60s])"}, "start": {"1"}, "end": {"1"}, "step": {"0"}}, nil, 400, "bad_data"},
		{"an end before the start", "/api/v1/query_range", url.Values{"query": {"count_over_time(up[60s])"}, "start": {"2"}, "end": {"1"}, "step": {"1"}}, nil, 400, "bad_data"},
		{"11,001 steps", "/api/v1/query_range", steps(11001), nil, 400, "bad_data"},
		{"too many samples", "/api/v1/query", query("up[86400s]"), nil, 422, "execution"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := pot()
			s.MaxSamples = 1000
			status, body := get(t, s, c.path, c.form, c.edit)
			var answer struct{ ErrorType string }
			_ = json.Unmarshal([]byte(body), &answer)
			if status != c.status || answer.ErrorType != c.kind {
				t.Errorf("answer is %d %s, want %d with the error type %q", status, body, c.status, c.kind)
			}
		})
	}
}

// Nothing is held from before the retention, and nothing happens after now.
func TestRetention(t *testing.T) {
	s := pot()
	s.Retention = 3 * time.Hour
	form := url.Values{"query": {`count_over_time(up[86400s])`}, "start": {at(monday)}, "end": {at(monday.AddDate(0, 0, 1))}, "step": {"86400"}}
	_, body := get(t, s, "/api/v1/query_range", form, nil)
	if want := `"values":[[1794787200,"180"]]}`; !strings.Contains(body, want) {
		t.Errorf("answer is %s, want %s in it", body, want)
	}
}

func TestTruth(t *testing.T) {
	zone, err := sources.LoadZone("UTC")
	if err != nil {
		t.Fatal(err)
	}
	w := sources.Window{Last: sources.WeekOf(monday, zone).Add(-1), Count: 1, Zone: zone, Now: monday}
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	sunday := monday.AddDate(0, 0, -1)
	for _, c := range []struct {
		name     string
		wait     time.Duration
		from, to time.Time
		outage   sources.Span
		want     []sources.AlarmCount
	}{
		{"fires at once", 0, sunday, sunday.Add(minutes(5)), sources.Span{}, []sources.AlarmCount{{Name: "Pot", Episodes: 1, Minutes: 5, Hours: sources.Hours{Sleep: 1}}}},
		{"waits first", minutes(2), sunday, sunday.Add(minutes(5)), sources.Span{}, []sources.AlarmCount{{Name: "Pot", Episodes: 1, Minutes: 3, Hours: sources.Hours{Sleep: 1}}}},
		{"only waits", minutes(5), sunday, sunday.Add(minutes(5)), sources.Span{}, nil},
		{"began in the week before", 0, monday.AddDate(0, 0, -7).Add(-minutes(5)), monday.AddDate(0, 0, -7).Add(minutes(5)), sources.Span{},
			[]sources.AlarmCount{{Name: "Pot", Minutes: 5}}},
		{"the server was away", minutes(2), sunday, sunday.Add(minutes(60)), sources.Span{From: sunday.Add(minutes(10)), To: sunday.Add(minutes(20))},
			[]sources.AlarmCount{{Name: "Pot", Episodes: 1, Minutes: 8 + 38, Hours: sources.Hours{Sleep: 1}}}},
		{"the server was away and remembered", minutes(15), sunday, sunday.Add(minutes(60)), sources.Span{From: sunday.Add(minutes(20)), To: sunday.Add(minutes(30))},
			[]sources.AlarmCount{{Name: "Pot", Episodes: 1, Minutes: 5 + 30, Hours: sources.Hours{Sleep: 1}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Server{Start: monday.AddDate(0, 0, -14), Now: monday, Interval: time.Minute,
				Alerts: []Alert{{Name: "Pot", For: c.wait, Episodes: []Episode{{c.from, c.to}}}}}
			if c.outage.From != (time.Time{}) {
				s.Outages = []sources.Span{c.outage}
			}
			got := s.Alarms(w, nil)[0].Alarms
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("truth (-want +got):\n%s", diff)
			}
		})
	}
}

// A company's server is the same each time, and says what a page can be made
// of: each team has alerts that page and such that do not, and some episodes
// in every stretch of six weeks.
func TestGenerate(t *testing.T) {
	for seed := range uint64(5) {
		c, err := company.New(seed, monday.Add(6*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		s := Generate(c)
		if diff := cmp.Diff(s, Generate(c)); diff != "" {
			t.Fatalf("a second server differs:\n%s", diff)
		}
		w := sources.Window{Last: sources.WeekOf(c.Now, c.Zone).Add(-1), Count: 6, Zone: c.Zone, Now: c.Now}
		for _, team := range c.Teams {
			severities := map[string]int{}
			for _, week := range s.Alarms(w, func(labels map[string]string) bool { return labels["team"] == team.ID }) {
				if week.Coverage < 0.99 {
					t.Errorf("%s: %f of %s is held", team.ID, week.Coverage, week.Week)
				}
				for _, a := range week.Alarms {
					severities[a.Severity] += a.Episodes
				}
			}
			if severities["page"] < 5 || severities["ticket"] < 5 {
				t.Errorf("seed %d: %s has %v episodes in six weeks", seed, team.ID, severities)
			}
		}
		for i, m := range s.Metrics {
			first, ok1 := s.Reading(w, w.First(), m.Query)
			last, ok2 := s.Reading(w, w.Last, m.Query)
			if changed := math.Abs(last-first) > 0.3*first; !ok1 || !ok2 || changed != (i == 0) {
				t.Errorf("seed %d: %s went from %f to %f", seed, m.Query, first, last)
			}
		}
		for _, a := range s.Alerts {
			for i := 1; i < len(a.Episodes); i++ {
				if !a.Episodes[i].From.After(a.Episodes[i-1].To) {
					t.Errorf("%s: episodes %d and %d touch", a.Name, i-1, i)
				}
			}
		}
	}
}

func TestFewestReadings(t *testing.T) {
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ last, count, want int }{{46, 1, 1}, {46, 3, 1}, {46, 6, 2}, {43, 3, 2}, {44, 3, 2}, {46, 12, 2}} {
		w := sources.Window{Last: sources.Week{Year: 2026, N: c.last}, Count: c.count, Zone: zone}
		if got := FewestReadings(w); got != c.want {
			t.Errorf("%d weeks up to W%d: %d requests, want %d", c.count, c.last, got, c.want)
		}
	}
}

// Whatever is asked, the answer is one of the API's and nothing breaks.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", "up", "up[1s]", `up{a="b"}[1s]`, `{a=~"("}[1s]`, "sum by (a) (count_over_time(up[1s]))", "(last_over_time(", "up[99999999999999999999s]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		form := url.Values{"query": {text}, "time": {at(monday)}}
		if status, body := get(t, pot(), "/api/v1/query", form, nil); status != 200 && status != 400 || !json.Valid([]byte(body)) {
			t.Errorf("%q is answered with %d %s", text, status, body)
		}
		parse(text)
	})
}
