package fault_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"preread/sources/simulated/fault"
)

func system(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.FormValue("q") == "2" {
		_, _ = w.Write([]byte(`{"q":2}`))
		return
	}
	_, _ = w.Write([]byte(`{"total":2,"issues":[{"id":1},{"id":2}],"name":"x"}`))
}

func TestFaults(t *testing.T) {
	const whole = `{"total":2,"issues":[{"id":1},{"id":2}],"name":"x"}`
	for _, tt := range []struct {
		name   string
		fault  fault.Fault
		status int
		body   string
		broken bool
	}{
		{"none", fault.Fault{Path: "^GET /other"}, 200, whole, false},
		{"status", fault.Fault{Status: 503}, 503, "", false},
		{"body", fault.Fault{Body: "<html>"}, 200, "<html>", false},
		{"empty", fault.Fault{Empty: true}, 200, `{"issues":[],"name":"x","total":0}`, false},
		{"wrong type", fault.Fault{WrongType: true}, 200, `{"issues":"a list was here","name":"x","total":2}`, false},
		{"edit", fault.Fault{Edit: func([]byte) []byte { return []byte("!") }}, 200, "!", false},
		{"cut", fault.Fault{Cut: true}, 200, "", true},
		{"delay", fault.Fault{Delay: time.Millisecond}, 200, whole, false},
		{"drip", fault.Fault{Drip: time.Microsecond}, 200, whole, false},
		{"flood", fault.Fault{Flood: 100_000}, 200, strings.Repeat(" ", 100_000) + whole, false},
		{"flood announced", fault.Fault{Flood: 3, Header: http.Header{"Content-Length": {"54"}}}, 200, "   " + whole, false},
		{"ask", fault.Fault{Ask: func(r *http.Request) { r.URL.RawQuery = "q=2" }}, 200, `{"q":2}`, false},
		{"only later", fault.Fault{After: 1, Status: 500}, 200, whole, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gate := fault.NewGate(http.HandlerFunc(system))
			server := httptest.NewServer(gate)
			defer server.Close()
			gate.Add(tt.fault)
			resp, err := http.Get(server.URL + "/search?q=1")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if (err != nil) != tt.broken {
				t.Fatalf("reading the body: %v", err)
			}
			if resp.StatusCode != tt.status || !tt.broken && string(body) != tt.body {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, body, tt.status, tt.body)
			}
			if log := gate.Log(); len(log) != 1 && !tt.broken || len(log) > 0 && log[0].URL != "/search?q=1" {
				t.Errorf("log %+v", log)
			}
		})
	}
}

func TestAFaultEnds(t *testing.T) {
	gate := fault.NewGate(http.HandlerFunc(system))
	gate.Add(fault.Fault{After: 1, Times: 2, Status: 429, Header: http.Header{"retry-after": {"7"}}})
	var got []int
	for range 5 {
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		got = append(got, w.Code)
		if w.Code == 429 && w.Header().Get("Retry-After") != "7" {
			t.Error("the header of the fault is missing")
		}
	}
	for i, want := range []int{200, 429, 429, 200, 200} {
		if got[i] != want {
			t.Fatalf("statuses %v", got)
		}
	}
	gate.Add(fault.Fault{Status: 500})
	gate.Clear()
	w := httptest.NewRecorder()
	gate.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 200 || len(gate.Log()) != 1 {
		t.Errorf("after Clear: %d, %d logged", w.Code, len(gate.Log()))
	}
}
