// Package fault stands before a simulated system and makes it misbehave on
// request: refuse, dawdle, break off, lie. It also keeps the log of what was
// asked, so that tests can compare requests as they compare answers.
package fault

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// A Fault spoils answers. The zero Fault spoils nothing; fields combine.
type Fault struct {
	Path  string // regular expression on "METHOD /path?query"; "": every request
	After int    // answers to leave alone first
	Times int    // answers to spoil after that; 0: all

	Status    int                 // answer with this status
	Header    http.Header         // set these headers
	Body      string              // answer with this body instead
	Delay     time.Duration       // answer this much later
	Cut       bool                // break the connection in the middle of the body
	Empty     bool                // the right shape, with every list empty and every count 0
	WrongType bool                // the right shape, with every list turned into a text
	Drip      time.Duration       // send the body a byte at a time, this far apart
	Flood     int64               // blanks to send before the body, of a length that is not announced
	Ask       func(*http.Request) // change the question before the system sees it
	Edit      func(body []byte) []byte
}

// A Request is one line of a gate's log.
type Request struct {
	Method string
	URL    string // path and query
	Body   string
	Header http.Header
	Status int
}

// A Gate is an http.Handler that passes requests to a system, unless a fault
// was added that matches them. Its methods may be called at any time.
type Gate struct {
	next http.Handler

	mu      sync.Mutex
	faults  []*armed
	log     []Request
	latency time.Duration
}

type armed struct {
	Fault
	path *regexp.Regexp
	seen int
}

// NewGate returns a gate before a system.
func NewGate(system http.Handler) *Gate { return &Gate{next: system} }

// Add arms a fault. It panics if Path is no regular expression.
func (g *Gate) Add(f Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, &armed{Fault: f, path: regexp.MustCompile(f.Path)})
}

// Clear takes all faults away and empties the log.
func (g *Gate) Clear() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults, g.log = nil, nil
}

// SetLatency delays every answer, as a network does.
func (g *Gate) SetLatency(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.latency = d
}

// Log returns the requests so far.
func (g *Gate) Log() []Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Request(nil), g.log...)
}

// pick returns the faults that spoil this request, and the latency.
func (g *Gate) pick(line string) (faults []Fault, latency time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.faults {
		if !f.path.MatchString(line) {
			continue
		}
		f.seen++
		if f.seen > f.After && (f.Times == 0 || f.seen <= f.After+f.Times) {
			faults = append(faults, f.Fault)
		}
	}
	return faults, g.latency
}

// ServeHTTP answers as the system would, but for the faults.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	_, _ = body.ReadFrom(http.MaxBytesReader(w, r.Body, 1<<20))
	r.Body = readCloser{bytes.NewReader(body.Bytes())}
	faults, latency := g.pick(r.Method + " " + r.URL.RequestURI())
	for _, f := range faults {
		latency += f.Delay
	}
	if latency > 0 {
		timer := time.NewTimer(latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	answer := httptest.NewRecorder()
	if !replaced(faults) {
		asked := r.Clone(r.Context())
		for _, f := range faults {
			if f.Ask != nil {
				f.Ask(asked)
			}
		}
		g.next.ServeHTTP(answer, asked)
	}
	out := spoil(answer, faults)
	g.mu.Lock()
	g.log = append(g.log, Request{r.Method, r.URL.RequestURI(), body.String(), r.Header.Clone(), answer.Code})
	g.mu.Unlock()
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	send(w, r, answer.Code, out, faults)
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// send puts an answer on the wire, in the way that the faults want it to go.
func send(w http.ResponseWriter, r *http.Request, status int, body []byte, faults []Fault) {
	var flood int64
	var drip time.Duration
	var cut bool
	for _, f := range faults {
		flood, drip, cut = flood+f.Flood, drip+f.Drip, cut || f.Cut
	}
	if flood == 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if !blanks(w, flood) {
		return
	}
	switch {
	case cut:
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case drip > 0:
		trickle(w, r, body, drip)
	default:
		_, _ = w.Write(body)
	}
}

// blanks writes n blanks without holding them, as long as somebody reads.
func blanks(w http.ResponseWriter, n int64) bool {
	chunk := bytes.Repeat([]byte(" "), 64<<10)
	for n > 0 {
		wrote, err := w.Write(chunk[:min(n, int64(len(chunk)))])
		if err != nil {
			return false
		}
		n -= int64(wrote)
	}
	return true
}

// trickle writes a body a byte at a time, as long as somebody waits for it.
func trickle(w http.ResponseWriter, r *http.Request, body []byte, apart time.Duration) {
	tick := time.NewTicker(apart)
	defer tick.Stop()
	for i := range body {
		if _, err := w.Write(body[i : i+1]); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// replaced reports that the true answer is not needed: a refused request must
// not change anything in the system either.
func replaced(faults []Fault) bool {
	for _, f := range faults {
		if f.Status != 0 && f.Status != http.StatusOK || f.Body != "" {
			return true
		}
	}
	return false
}

// spoil changes an answer as the faults want, and returns its body.
func spoil(answer *httptest.ResponseRecorder, faults []Fault) []byte {
	out := answer.Body.Bytes()
	for _, f := range faults {
		if f.Status != 0 {
			answer.Code = f.Status
		}
		if f.Body != "" {
			out = []byte(f.Body)
			answer.Header().Set("Content-Type", http.DetectContentType(out))
			if json.Valid(out) {
				answer.Header().Set("Content-Type", "application/json")
			}
		}
		for name, values := range f.Header {
			answer.Header()[http.CanonicalHeaderKey(name)] = values
		}
		if f.Empty {
			out = rewrite(out, func([]any) any { return []any{} }, true)
		}
		if f.WrongType {
			out = rewrite(out, func([]any) any { return "a list was here" }, false)
		}
		if f.Edit != nil {
			out = f.Edit(out)
		}
	}
	return out
}

// rewrite replaces every list of a JSON document, and with zero also every
// number that counts things.
func rewrite(doc []byte, list func([]any) any, zero bool) []byte {
	var v any
	if json.Unmarshal(doc, &v) != nil {
		return doc
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case []any:
			return list(v)
		case map[string]any:
			for key, inner := range v {
				if _, number := inner.(float64); number && zero && (key == "total" || key == "total_count" || key == "count") {
					v[key] = 0
					continue
				}
				v[key] = walk(inner)
			}
		}
		return v
	}
	out, err := json.Marshal(walk(v))
	if err != nil {
		return doc
	}
	return out
}
