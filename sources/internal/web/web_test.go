package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"preread/sources"
	"preread/sources/internal/web"
)

// A step is what the far side does with one request.
type step struct {
	status int
	header map[string]string
	body   string
	err    error
}

// script answers requests in order, the last step for ever, and notes when
// each came.
type script struct {
	steps []step

	mu   sync.Mutex
	came []time.Time
	auth []string
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := min(len(s.came), len(s.steps)-1)
	s.came = append(s.came, time.Now())
	s.auth = append(s.auth, req.URL.Host+" "+req.Header.Get("Authorization"))
	now := s.steps[i]
	if now.err != nil {
		return nil, now.err
	}
	resp := &http.Response{
		StatusCode: now.status, Header: http.Header{"Content-Type": {"application/json"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}},
		Body: io.NopCloser(strings.NewReader(now.body)), Request: req, ProtoMajor: 1, ProtoMinor: 1,
	}
	for k, v := range now.header {
		resp.Header.Set(k, v)
	}
	return resp, nil
}

func client(t *testing.T, far http.RoundTripper, edit func(*web.Options)) *web.Client {
	t.Helper()
	base, err := url.Parse("https://api.example")
	if err != nil {
		t.Fatal(err)
	}
	o := web.Options{Source: "far", Base: base, Agent: "test", Transport: far, Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer s3cret") }}
	if edit != nil {
		edit(&o)
	}
	return web.New(o)
}

func get(ctx context.Context, c *web.Client, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := c.HTTP().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	r, hint := sources.Reason(err)
	if hint != "" {
		r += " | " + hint
	}
	return r
}

// What is waited for is measured on the bubble's own clock: no time passes.
func TestRetry(t *testing.T) {
	ok := step{status: 200, body: `{}`}
	for _, tt := range []struct {
		name  string
		steps []step
		want  string // reason, "" for an answer
		tries int
		least time.Duration
		most  time.Duration
	}{
		{"answers at once", []step{ok}, "", 1, 0, 0},
		{"429 with seconds", []step{{status: 429, header: map[string]string{"Retry-After": "7"}}, ok}, "", 2, 7 * time.Second, 9 * time.Second},
		{"429 with a date", []step{{status: 429, header: map[string]string{"Retry-After": "Sat, 01 Jan 2000 00:00:20 GMT"}}, ok}, "", 2, 20 * time.Second, 25 * time.Second},
		{"429 without a word", []step{{status: 429}, {status: 429}, ok}, "", 3, 6 * time.Second, 6 * time.Second},
		{"403 with nothing left, reset in epoch seconds", []step{{status: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "946684830"}}, ok}, "", 2, 30 * time.Second, 38 * time.Second},
		{"403 that is a limit by its text", []step{{status: 403, body: `{"message":"You have exceeded a secondary rate limit"}`}, ok}, "", 2, 2 * time.Second, 2 * time.Second},
		{"429 with a reset without seconds", []step{{status: 429, header: map[string]string{"RateLimit-Reason": "jira-burst-based", "X-RateLimit-Reset": "2000-01-01T00:01Z"}}, ok}, "", 2, 60 * time.Second, 75 * time.Second},
		{"429 for an hour", []step{{status: 429, header: map[string]string{"Retry-After": "3600"}}}, "far asked to wait (429), for longer than this run may | its request limit is used up; run again later", 1, 0, 0},
		{"429 for ever", []step{{status: 429}}, "far asked to wait (429), for longer than this run may | its request limit is used up; run again later", 4, 14 * time.Second, 14 * time.Second},
		{"503 twice", []step{{status: 503}, {status: 503}, ok}, "", 3, 6 * time.Second, 6 * time.Second},
		{"503 for ever", []step{{status: 503, body: "secret text"}}, "far is out of order (503) | run again later", 4, 14 * time.Second, 14 * time.Second},
		{"500 is not tried again", []step{{status: 500}, ok}, "far is out of order (500) | run again later", 1, 0, 0},
		{"broken connection", []step{{err: io.ErrUnexpectedEOF}, ok}, "", 2, 2 * time.Second, 2 * time.Second},
		{"403 beside a limit with something left", []step{{status: 403, header: map[string]string{"Retry-After": "0", "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "97"}}}, "far does not allow this token to read that (403) | give the token's account the right to read it", 1, 0, 0},
		{"404", []step{{status: 404}}, "far does not know that, or does not show it to this token (404)", 1, 0, 0},
		{"403", []step{{status: 403}}, "far does not allow this token to read that (403) | give the token's account the right to read it", 1, 0, 0},
		{"web page", []step{{status: 200, header: map[string]string{"Content-Type": "text/html"}, body: "<html>"}}, "far answered with a web page instead of data | a sign-in page or a proxy stands before api.example; check its url in the settings", 1, 0, 0},
		{"redirect to nowhere", []step{{status: 302}}, "far answered with a redirect that leads nowhere (302) | a sign-in page or a proxy may stand before api.example; check its url in the settings", 1, 0, 0},
		{"redirect to another host", []step{{status: 302, header: map[string]string{"Location": "https://evil.example/"}}, ok}, "far sent the request on to another host, evil.example, which was not followed | check the url of far in the settings; the token goes to no other host", 1, 0, 0},
		{"redirect to plain http", []step{{status: 302, header: map[string]string{"Location": "http://api.example/"}}, ok}, "far sent the request on from https to http, which was not followed | check the url of far in the settings; the token goes the way that is named there", 1, 0, 0},
		{"redirect within the host", []step{{status: 301, header: map[string]string{"Location": "/repositories/7"}}, ok}, "", 2, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now() // the bubble's clock starts at 2000-01-01T00:00:00Z
				far := &script{steps: tt.steps}
				c := client(t, far, nil)
				_, err := get(t.Context(), c, "https://api.example/x")
				if got := reason(err); got != tt.want {
					t.Errorf("said %q\nwant %q", got, tt.want)
				}
				if len(far.came) != tt.tries || c.Requests() != tt.tries {
					t.Errorf("%d requests came, %d counted, want %d", len(far.came), c.Requests(), tt.tries)
				}
				if waited := time.Since(began); waited < tt.least || waited > tt.most {
					t.Errorf("waited %s, want %s to %s", waited, tt.least, tt.most)
				}
				if err != nil && strings.Contains(err.Error(), "secret") {
					t.Errorf("%q repeats a body", err)
				}
			})
		})
	}
}

// When to come back is told to one request and holds for all: those that begin
// meanwhile, and those that wait for a reason of their own.
func TestWhatOneIsToldHoldsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := &script{steps: []step{{status: 502}, {status: 429, header: map[string]string{"Retry-After": "30"}}, {status: 200, body: `{}`}}}
		c := client(t, far, nil)
		began := time.Now()
		var asking sync.WaitGroup
		for i := range 3 { // one second apart: broken, told to wait, not sent yet
			asking.Go(func() {
				if _, err := get(t.Context(), c, "https://api.example/x"); err != nil {
					t.Error(err)
				}
			})
			if i < 2 {
				time.Sleep(time.Second)
			}
		}
		asking.Wait()
		for i, came := range far.came {
			if at := came.Sub(began); i > 1 && at < 31*time.Second {
				t.Errorf("request %d was sent after %s", i+1, at)
			}
		}
		if len(far.came) != 5 {
			t.Errorf("%d requests were sent, want 5", len(far.came))
		}
	})
}

// After a wait that no run can take nothing more is sent; GraphQL counts by
// itself.
func TestNothingIsSentIntoALongWait(t *testing.T) {
	far := &script{steps: []step{{status: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "Retry-After": "3600"}}, {status: 200, body: `{}`}}}
	c := client(t, far, nil)
	for i, tt := range []struct{ path, want string }{
		{"/x", "far asked to wait (403), for longer than this run may | its request limit is used up; run again later"},
		{"/y", "far asked to wait (403), for longer than this run may | its request limit is used up; run again later"},
		{"/api/graphql", ""},
	} {
		if _, err := get(t.Context(), c, "https://api.example"+tt.path); reason(err) != tt.want {
			t.Errorf("%s said %q", tt.path, reason(err))
		}
		if want := []int{1, 1, 2}[i]; c.Requests() != want {
			t.Errorf("%d requests after %s, want %d", c.Requests(), tt.path, want)
		}
	}
}

func TestACancelledWaitEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		far := &script{steps: []step{{status: 429, header: map[string]string{"Retry-After": "60"}}}}
		_, err := get(ctx, client(t, far, nil), "https://api.example/x")
		if got := reason(err); got != "far did not answer within the time allowed" {
			t.Errorf("said %q", got)
		}
		if waited := time.Since(began); waited != 3*time.Second {
			t.Errorf("waited %s", waited)
		}
	})
}

func TestABadTokenIsTriedOnce(t *testing.T) {
	far := &script{steps: []step{{status: 401}, {status: 200, body: "{}"}}}
	c := client(t, far, nil)
	want := "far refused the token (401) | it may be expired or mistyped; make a new one and run again"
	for range 3 {
		_, err := get(t.Context(), c, "https://api.example/x")
		if got := reason(err); got != want || web.Status(err) != 401 {
			t.Errorf("said %q with status %d", got, web.Status(err))
		}
	}
	if len(far.came) != 1 {
		t.Errorf("a refused token was sent %d times", len(far.came))
	}
}

func TestTheCredentialStaysAtItsHost(t *testing.T) {
	far := &script{steps: []step{{status: 200, body: "{}"}}}
	c := client(t, far, nil)
	for _, address := range []string{"https://api.example/x", "https://API.example/x", "http://api.example/x", "https://api.example:8443/x", "https://evil.example/x"} {
		if _, err := get(t.Context(), c, address); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"api.example Bearer s3cret", "API.example Bearer s3cret", "api.example ", "api.example:8443 ", "evil.example "}
	if diff := cmp.Diff(want, far.auth); diff != "" {
		t.Errorf("hosts and credentials (-want +got):\n%s", diff)
	}
}

func TestBudgetAndSize(t *testing.T) {
	far := &script{steps: []step{{status: 200, body: strings.Repeat("x", 3<<20)}}}
	c := client(t, far, func(o *web.Options) { o.Budget, o.MaxBody = 2, 1<<20 })
	_, err := get(t.Context(), c, "https://api.example/x")
	if got := reason(err); got != "far sent an answer of more than 1 MiB, which was not read | ask for less at a time: a narrower query, or fewer weeks" {
		t.Errorf("said %q", got)
	}
	_, _ = get(t.Context(), c, "https://api.example/x")
	_, err = get(t.Context(), c, "https://api.example/x")
	if got := reason(err); got != "the budget of 2 requests to far is used up | raise max_requests of far in the settings, or ask for less" {
		t.Errorf("said %q", got)
	}
	if len(far.came) != 2 {
		t.Errorf("%d requests were sent", len(far.came))
	}
}

// An answer without end is read up to the limit and not held; one that says how
// long it is, is not read at all.
func TestALongAnswerIsNotHeld(t *testing.T) {
	var announced bool
	chunk := bytes.Repeat([]byte(" "), 64<<10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if announced {
			w.Header().Set("Content-Length", strconv.Itoa(1<<30))
		}
		for range 1 << 30 / len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := web.New(web.Options{Source: "far", Base: base, MaxBody: 32 << 20})
	defer c.HTTP().CloseIdleConnections()
	const want = "far sent an answer of more than 32 MiB, which was not read | ask for less at a time: a narrower query, or fewer weeks"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	resp, err := c.HTTP().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	runtime.ReadMemStats(&after)
	if got := reason(err); got != want || n != 32<<20 {
		t.Errorf("read %d bytes, said %q", n, got)
	}
	if held := after.TotalAlloc - before.TotalAlloc; held > 4<<20 {
		t.Errorf("%d bytes were taken to read %d", held, n)
	}
	announced = true
	resp, err = c.HTTP().Get(server.URL)
	if err == nil {
		resp.Body.Close()
	}
	if got := reason(err); got != want {
		t.Errorf("announced: said %q", got)
	}
}

// What comes at the moment a run is broken off is closed, though nobody reads it.
func TestAnAnswerToNobodyIsClosed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var closed bool
	c := client(t, carrier(func(req *http.Request) (*http.Response, error) {
		cancel()
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: req,
			Body: body{strings.NewReader("{}"), func() { closed = true }}}, nil
	}), nil)
	if _, err := get(ctx, c, "https://api.example/x"); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if !closed {
		t.Error("the body was left open")
	}
}

// A body that was read to its end is closed, whoever forgets to.
func TestAReadAnswerIsClosed(t *testing.T) {
	var closed bool
	c := client(t, carrier(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: req,
			Body: body{strings.NewReader("{}"), func() { closed = true }}}, nil
	}), nil)
	resp, err := c.HTTP().Get("https://api.example/x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil || !closed {
		t.Errorf("closed %t, %v", closed, err)
	}
}

type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

type body struct {
	io.Reader
	closed func()
}

func (b body) Close() error {
	b.closed()
	return nil
}

func TestWritesAreNotSent(t *testing.T) {
	far := &script{steps: []step{{status: 200, body: "{}"}}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, "https://api.example/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := client(t, far, nil).HTTP().Do(req); err == nil {
		resp.Body.Close()
		t.Error("a DELETE was sent")
	}
	if len(far.came) != 0 {
		t.Error("a DELETE reached the network")
	}
}

// At most Parallel requests are out, and one whose body is not read yet counts.
func TestParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := &script{steps: []step{{status: 200, body: "{}"}}}
		c := client(t, far, func(o *web.Options) { o.Parallel = 1 })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example/1", nil)
		if err != nil {
			t.Fatal(err)
		}
		first, err := c.HTTP().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			_, err := get(t.Context(), c, "https://api.example/2")
			done <- err
		}()
		synctest.Wait()
		if len(far.came) != 1 {
			t.Errorf("%d requests are out", len(far.came))
		}
		first.Body.Close()
		if err := <-done; err != nil || len(far.came) != 2 {
			t.Errorf("after the first was read: %v, %d requests", err, len(far.came))
		}
	})
}

// The real transport, against sockets that misbehave.
func TestPlainWordsForTheNetwork(t *testing.T) {
	defer goleak.VerifyNone(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		case "/slow":
			<-r.Context().Done()
		case "/error":
			w.WriteHeader(422)
			_, _ = w.Write([]byte(`{"errorType":"execution"}`))
		}
	}))
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := web.New(web.Options{Source: "far", Base: base, Timeout: 50 * time.Millisecond, Pace: time.Millisecond, Pass: func(status int) bool { return status == 422 }})
	defer c.HTTP().CloseIdleConnections()
	_, err = get(t.Context(), c, server.URL+"/cut")
	if got := reason(err); got != "far broke off in the middle of an answer | run again later" {
		t.Errorf("cut: %q", got)
	}
	_, err = get(t.Context(), c, server.URL+"/slow")
	if got := reason(err); !strings.HasPrefix(got, "far did not answer within 50ms") {
		t.Errorf("slow: %q", got)
	}
	if body, err := get(t.Context(), c, server.URL+"/error"); err != nil || body != `{"errorType":"execution"}` {
		t.Errorf("a passed status: %q, %v", body, err)
	}
	server.Close()
	_, err = get(t.Context(), c, server.URL+"/x")
	if got := reason(err); !strings.HasPrefix(got, "far could not be reached: nobody answers there | check that 127.0.0.1") {
		t.Errorf("dead: %q", got)
	}
	var u *sources.Unanswered
	if !errors.As(err, &u) {
		t.Errorf("%T is no Unanswered", err)
	}
}

// What answers tell beside the facts: the server's clock, and what it still
// allows, in GitHub's and in Jira's way of telling.
func TestHealth(t *testing.T) {
	at := time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		header http.Header
		want   sources.Health
	}{
		{http.Header{"X-Ratelimit-Limit": {"5000"}, "X-Ratelimit-Remaining": {"12"}, "X-Ratelimit-Reset": {"1794812400"}}, sources.Health{Clock: at, Limit: 5000, Remaining: 12, Reset: time.Unix(1794812400, 0).UTC()}},
		{http.Header{"X-Ratelimit-Limit": {"350"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"2026-11-16T07:00Z"}}, sources.Health{Clock: at, Limit: 350, Reset: at.Add(time.Hour)}},
		{http.Header{"X-Ratelimit-Limit": {"350"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"soon"}}, sources.Health{Clock: at, Limit: 350}},
		{http.Header{"X-Ratelimit-Limit": {"350"}, "X-Ratelimit-Remaining": {"3"}, "X-Ratelimit-Reset": {"2026-11-16T07:00:00Z"}}, sources.Health{Clock: at, Limit: 350, Remaining: 3, Reset: at.Add(time.Hour)}},
		{http.Header{"X-Ratelimit-Limit": {"many"}, "X-Ratelimit-Remaining": {"3"}}, sources.Health{Clock: at}},
		{nil, sources.Health{Clock: at}},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, values := range tt.header {
				w.Header()[name] = values
			}
			w.Header().Set("Date", at.Format(http.TimeFormat))
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("{}"))
		}))
		base, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		client := web.New(web.Options{Source: "s", Base: base})
		if resp, err := client.HTTP().Get(server.URL); err != nil {
			t.Error(err)
		} else {
			_ = resp.Body.Close()
		}
		if got := client.Health(); got != tt.want {
			t.Errorf("%v: %+v, want %+v", tt.header, got, tt.want)
		}
		client.HTTP().CloseIdleConnections()
		server.Close()
	}
}
