package prometheus

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxPoints is how many steps a range query may have.
const maxPoints = 11000

// ServeHTTP answers /api/v1/query, /api/v1/query_range and /api/v1/rules, by
// GET or POST. The expressions that it computes are
//
//	SELECTOR[RANGE]
//	count_over_time(SELECTOR[RANGE])
//	sum by (LABELS) (count_over_time(SELECTOR[RANGE]))
//	(last_over_time(A[RANGE]) * (changes(A[RANGE]) == bool 0)) and ignoring(alertstate) count_over_time(B[RANGE])
//
// several of these with  or  between them, each in
//
//	label_replace(EXPRESSION, "NAME", "VALUE", "", "")
//
// and the queries of Metrics. Ranges include their left edge, as in version 2.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.admits(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	answers := map[string]struct {
		params []string
		answer func(url.Values) (any, *refusal)
	}{
		"/api/v1/query":       {[]string{"query", "time", "timeout"}, s.query},
		"/api/v1/query_range": {[]string{"query", "start", "end", "step", "timeout"}, s.queryRange},
		"/api/v1/rules":       {[]string{"type"}, s.rules},
	}
	route, known := answers[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	if err := r.ParseForm(); err != nil {
		s.reply(w, nil, badData("error parsing form values"))
		return
	}
	allowed := append(route.params, "partial_response", "dedup", "max_source_resolution") // Thanos
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		if !slices.Contains(allowed, name) {
			s.reply(w, nil, badData("unknown parameter %q", name))
			return
		}
	}
	if s.Away && r.URL.Path != "/api/v1/rules" && r.Form.Get("partial_response") == "false" {
		s.reply(w, nil, &refusal{http.StatusUnprocessableEntity, "execution", "expanding series: proxy Series(): rpc error: code = Unavailable desc = the cellar does not answer"})
		return
	}
	data, refused := route.answer(r.Form)
	s.reply(w, data, refused)
}

func (s *Server) admits(r *http.Request) bool {
	want := "Bearer " + s.Token
	if s.User != "" {
		other := http.Request{Header: http.Header{}}
		other.SetBasicAuth(s.User, s.Token)
		want = other.Header.Get("Authorization")
	}
	if s.Token != "" && subtle.ConstantTimeCompare([]byte(want), []byte(r.Header.Get("Authorization"))) == 0 {
		return false
	}
	return s.Tenant == "" || r.Header.Get("X-Scope-OrgID") == s.Tenant
}

// A refusal is an error answer.
type refusal struct {
	status     int
	kind, text string
}

func badData(format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, "bad_data", fmt.Sprintf(format, args...)}
}

func (s *Server) reply(w http.ResponseWriter, data any, refused *refusal) {
	w.Header().Set("Content-Type", "application/json")
	if refused != nil {
		w.WriteHeader(refused.status)
		_ = json.NewEncoder(w).Encode(map[string]string{"status": "error", "errorType": refused.kind, "error": refused.text})
		return
	}
	answer := map[string]any{"status": "success", "data": data}
	warnings := s.Warnings
	if s.Away {
		warnings = append(slices.Clone(warnings), "the cellar does not answer")
	}
	if len(warnings) > 0 {
		answer["warnings"] = warnings
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// A result is one series of an answer.
type result struct {
	Metric map[string]string `json:"metric"`
	Value  *sample           `json:"value,omitempty"`
	Values []sample          `json:"values,omitempty"`
}

// A sample is written as [seconds, "value"].
type sample struct {
	at    time.Time
	value float64
}

// MarshalJSON writes the sample as the API does.
func (s sample) MarshalJSON() ([]byte, error) {
	b := strconv.AppendFloat([]byte{'['}, float64(s.at.UnixMilli())/1000, 'f', -1, 64)
	b = append(b, ',', '"')
	if math.IsInf(s.value, 1) {
		b = append(b, "+Inf"...)
	} else {
		b = strconv.AppendFloat(b, s.value, 'f', -1, 64)
	}
	return append(b, '"', ']'), nil
}

// data is the body of a query's answer; series are in order of their labels.
func data(kind string, results []result) any {
	slices.SortFunc(results, func(a, b result) int { return cmp.Compare(key(a.Metric), key(b.Metric)) })
	return map[string]any{"resultType": kind, "result": append([]result{}, results...)}
}

// key writes labels in order.
func key(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&b, "%s=%q,", name, labels[name])
	}
	return b.String()
}

func (s *Server) query(form url.Values) (any, *refusal) {
	at, err := instant(form.Get("time"))
	if err != nil {
		return nil, badData("invalid parameter %q: cannot parse %q to a valid timestamp", "time", form.Get("time"))
	}
	text := form.Get("query")
	if m, found := s.metric(text); found {
		return data("vector", s.metricAt(m, at)), nil
	}
	e, ok := parse(text)
	if !ok || !e.raw() {
		return nil, badData("invalid parameter %q: not an expression that is known here", "query")
	}
	results, refused := s.samples(e.selected, at)
	return data("matrix", results), refused
}

func (s *Server) queryRange(form url.Values) (any, *refusal) {
	start, err1 := instant(form.Get("start"))
	end, err2 := instant(form.Get("end"))
	seconds, err3 := strconv.ParseFloat(form.Get("step"), 64)
	step := time.Duration(seconds * float64(time.Second))
	switch {
	case err1 != nil || err2 != nil || err3 != nil:
		return nil, badData("invalid parameter: cannot parse to a valid timestamp or duration")
	case end.Before(start):
		return nil, badData("invalid parameter %q: end timestamp must not be before start time", "end")
	case step <= 0:
		return nil, badData("invalid parameter %q: zero or negative query resolution step widths are not accepted. Try a positive integer", "step")
	case end.Sub(start)/step > maxPoints:
		return nil, badData("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")
	}
	if m, found := s.metric(form.Get("query")); found {
		return data("matrix", s.metricOver(m, start, end, step)), nil
	}
	e, ok := parse(form.Get("query"))
	if !ok || e.raw() {
		return nil, badData("invalid parameter %q: not an expression that is known here", "query")
	}
	results, refused := s.compute(e, start, end, step)
	return data("matrix", results), refused
}

// instant reads seconds since the epoch.
func instant(text string) (time.Time, error) {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(seconds) > 1e11 {
		return time.Time{}, fmt.Errorf("no instant: %q", text)
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))), nil
}

// rules lists the loaded alerting rules, one group for each alert name.
func (s *Server) rules(url.Values) (any, *refusal) {
	type rule struct {
		Name        string            `json:"name"`
		Query       string            `json:"query"`
		Duration    float64           `json:"duration"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		Alerts      []any             `json:"alerts"`
		Health      string            `json:"health"`
		State       string            `json:"state"`
		Type        string            `json:"type"`
	}
	type group struct {
		Name     string  `json:"name"`
		File     string  `json:"file"`
		Interval float64 `json:"interval"`
		Rules    []rule  `json:"rules"`
	}
	groups := []group{}
	listed := map[string]bool{}
	for _, a := range s.Alerts {
		if a.Former || listed[a.Name+"\x00"+a.Severity] {
			continue
		}
		listed[a.Name+"\x00"+a.Severity] = true
		labels := map[string]string{}
		if a.Severity != "" {
			labels["severity"] = a.Severity
		}
		groups = append(groups, group{a.Name, "rules.yml", s.Interval.Seconds(), []rule{{
			Name: a.Name, Query: "vector(1)", Duration: a.For.Seconds(), Labels: labels,
			Annotations: map[string]string{}, Alerts: []any{}, Health: "ok", State: "inactive", Type: "alerting",
		}}})
	}
	return map[string]any{"groups": groups}, nil
}
