// Package web is the one way in which collectors talk HTTP. It adds what
// client libraries leave to the caller:
//
//   - The credential goes to the configured host over the configured scheme
//     and nowhere else. A redirect to another host is refused, not followed.
//   - An answer that says "later" is asked again, after the wait that it asks
//     for; a wait longer than the patience of the run ends the question.
//   - A source has a budget of requests, a limit of requests at the same time,
//     and a limit on the size of one answer.
//   - What goes wrong comes back as one plain line, a [sources.Unanswered],
//     never with a response body, a URL's query or a secret.
//
// Everything sent here is a read: a POST is retried like a GET, and other
// methods are refused. What an answer means is left to the collector.
package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"preread/sources"
)

// Options describe one source to [New]. Only Source and Base are needed.
type Options struct {
	Source string   // the name that people know it by
	Base   *url.URL // where it is; the credential is bound to its scheme and host
	Agent  string   // User-Agent

	// Authorize puts the credential on a request to Base's host.
	Authorize func(*http.Request)

	// Pass lets the collector read an error answer with this status itself.
	Pass func(status int) bool

	// Inspect sees the head of every final answer first. Its error, if any,
	// becomes the request's.
	Inspect func(*http.Response) error

	Transport http.RoundTripper // default: a standard one of its own
	Parallel  int               // requests at the same time; default 4
	Budget    int               // requests in all, retries included; default 5,000
	MaxBody   int64             // bytes of one answer; default 64 MiB
	Timeout   time.Duration     // for one try, its body included; default 30 s
	Patience  time.Duration     // longest wait before a retry; default 90 s
	Pace      time.Duration     // first wait where the answer names none, then doubled; default 2 s
	LimitPace time.Duration     // the same after a rate limit; default Pace
}

// A Client sends the requests of one source.
type Client struct {
	Options
	http     *http.Client
	slots    chan struct{}
	requests atomic.Int64
	lanes    lanes

	mu      sync.Mutex
	refused error // the first 401, after which nothing more is sent
	health  sources.Health
}

// tries is how often one request is sent at most.
const tries = 4

// New returns a client for one source.
func New(o Options) *Client {
	setDefault(&o.Parallel, 4)
	setDefault(&o.Budget, 5000)
	setDefault(&o.MaxBody, 64<<20)
	setDefault(&o.Timeout, 30*time.Second)
	setDefault(&o.Patience, 90*time.Second)
	setDefault(&o.Pace, 2*time.Second)
	setDefault(&o.LimitPace, o.Pace)
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxConnsPerHost = o.Parallel
		t.MaxIdleConnsPerHost = o.Parallel
		t.MaxResponseHeaderBytes = 1 << 20
		o.Transport = t
	}
	c := &Client{Options: o, slots: make(chan struct{}, o.Parallel)}
	retry := retryablehttp.NewClient()
	retry.Logger = nil
	retry.RetryMax = tries - 1
	retry.CheckRetry = c.retriable
	retry.Backoff = func(_, _ time.Duration, attempt int, resp *http.Response) time.Duration {
		c.heed(resp)
		return c.wait(attempt, resp)
	}
	retry.PrepareRetry = func(req *http.Request) error { return c.lanes.of(req).pass(req.Context()) }
	retry.ErrorHandler = closed
	retry.HTTPClient = &http.Client{
		Transport:     send{c},
		Timeout:       o.Timeout,
		CheckRedirect: c.redirect,
	}
	c.http = &http.Client{
		Transport: final{c, &retryablehttp.RoundTripper{Client: retry}},
		// A redirect was followed or refused below; here it is an answer.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// closed is what comes of a request that is not tried again: its last answer,
// or an error. An answer beside an error, as when a run ends the moment one
// comes, is read by nobody, so it is closed here.
func closed(resp *http.Response, err error, _ int) (*http.Response, error) {
	if err != nil && resp != nil {
		_ = resp.Body.Close()
		resp = nil
	}
	return resp, err
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// HTTP returns the client to hand to a library.
func (c *Client) HTTP() *http.Client { return c.http }

// Requests returns how many requests were sent so far, retries included.
func (c *Client) Requests() int { return int(c.requests.Load()) }

// Health returns what the last answer told of the server's clock and of the
// requests that it still allows.
func (c *Client) Health() sources.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

// look reads the headers of an answer that are about the server itself.
func (c *Client) look(header http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if clock, err := http.ParseTime(header.Get("Date")); err == nil {
		c.health.Clock = clock
	}
	if version := header.Get("X-GitHub-Enterprise-Version"); version != "" {
		c.health.Version = sources.OneLine("GitHub Enterprise Server "+version, 60)
	}
	limit, err := strconv.Atoi(header.Get("X-RateLimit-Limit"))
	remaining, err2 := strconv.Atoi(header.Get("X-RateLimit-Remaining"))
	if err != nil || err2 != nil || limit <= 0 || remaining < 0 {
		return
	}
	c.health.Limit, c.health.Remaining, c.health.Reset = limit, remaining, time.Time{}
	if at, ok := reset(header.Get("X-RateLimit-Reset")); ok {
		c.health.Reset = at.UTC()
	}
}

// A StatusError is an answer whose status says that there is none.
type StatusError struct {
	Status int
	sources.Unanswered
}

// Unwrap returns the plain words.
func (e *StatusError) Unwrap() error { return &e.Unanswered }

// Status returns the HTTP status inside an error, 0 if there is none.
func Status(err error) int {
	var s *StatusError
	if errors.As(err, &s) {
		return s.Status
	}
	return 0
}

// final is the outermost transport: slots, the 401 latch, and turning what
// came into an answer or a plain error.
type final struct {
	c    *Client
	next http.RoundTripper
}

func (f final) RoundTrip(req *http.Request) (*http.Response, error) {
	c := f.c
	if req.Method != http.MethodGet && req.Method != http.MethodPost && req.Method != http.MethodHead {
		return nil, sources.Unansweredf("a %s request to %s is not a read and was not sent", req.Method, c.Source)
	}
	select {
	case c.slots <- struct{}{}:
	case <-req.Context().Done():
		return nil, c.plain(req.Context(), req.Context().Err())
	}
	free := sync.OnceFunc(func() { <-c.slots })
	lane := c.lanes.of(req)
	err := lane.pass(req.Context())
	if err = cmp.Or(err, c.latched()); err != nil {
		free()
		return nil, c.plain(req.Context(), err)
	}
	resp, err := f.next.RoundTrip(req)
	if err == nil {
		c.look(resp.Header)
		err = c.judge(resp)
		if err != nil {
			_ = resp.Body.Close()
		}
		if limited(resp) && !c.bearable(resp) {
			lane.close(err)
		}
	}
	if err != nil {
		free()
		return nil, c.plain(req.Context(), err)
	}
	// The slot is held until the body is read: that is when the source works.
	resp.Body = &cappedBody{ReadCloser: resp.Body, c: c, ctx: req.Context(), left: c.MaxBody, free: free}
	return resp, nil
}

func (c *Client) latched() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused
}

func (c *Client) latch(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		c.refused = err
	}
}

// judge returns the error that an answer stands for, if it is none that the
// collector can read.
func (c *Client) judge(resp *http.Response) error {
	if c.Inspect != nil {
		if err := c.Inspect(resp); err != nil {
			return err
		}
	}
	if resp.ContentLength > c.MaxBody {
		return c.tooLong()
	}
	if resp.StatusCode/100 == 2 {
		return c.wantJSON(resp)
	}
	if c.Pass != nil && c.Pass(resp.StatusCode) && c.wantJSON(resp) == nil {
		return nil
	}
	err := &StatusError{Status: resp.StatusCode, Unanswered: *c.statusWords(resp)}
	if resp.StatusCode == http.StatusUnauthorized {
		c.latch(err) // more tries with a bad token can lock the account
	}
	return err
}

func (c *Client) wantJSON(resp *http.Response) error {
	if resp.StatusCode == http.StatusNoContent || strings.Contains(resp.Header.Get("Content-Type"), "json") {
		return nil
	}
	return sources.Unansweredf("%s answered with a web page instead of data", c.Source).
		WithHint("a sign-in page or a proxy stands before %s; check its url in the settings", c.Base.Host)
}

func (c *Client) statusWords(resp *http.Response) *sources.Unanswered {
	status := resp.StatusCode
	switch {
	case limited(resp):
		return sources.Unansweredf("%s asked to wait (%d), for longer than this run may", c.Source, status).
			WithHint("its request limit is used up; run again later")
	case status == http.StatusUnauthorized:
		return sources.Unansweredf("%s refused the token (401)", c.Source).
			WithHint("it may be expired or mistyped; make a new one and run again")
	case status == http.StatusForbidden:
		return sources.Unansweredf("%s does not allow this token to read that (403)", c.Source).
			WithHint("give the token's account the right to read it")
	case status == http.StatusNotFound:
		return sources.Unansweredf("%s does not know that, or does not show it to this token (404)", c.Source)
	case status == http.StatusGone:
		return sources.Unansweredf("%s no longer offers that (410)", c.Source)
	case status/100 == 3:
		return sources.Unansweredf("%s answered with a redirect that leads nowhere (%d)", c.Source, status).
			WithHint("a sign-in page or a proxy may stand before %s; check its url in the settings", c.Base.Host)
	case status >= 500:
		return sources.Unansweredf("%s is out of order (%d)", c.Source, status).WithHint("run again later")
	}
	return sources.Unansweredf("%s refused the request (%d)", c.Source, status)
}

// plain turns any error into the words of the page. Errors that already are
// keep theirs.
func (c *Client) plain(ctx context.Context, err error) error {
	var unanswered *sources.Unanswered
	if errors.As(err, &unanswered) {
		var status *StatusError
		if errors.As(err, &status) {
			return status
		}
		return unanswered
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case ctx.Err() != nil:
		return sources.Unansweredf("%s did not answer within the time allowed", c.Source)
	}
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	hint := fmt.Sprintf("check that %s can be reached from here", c.Base.Host)
	proxy := fmt.Sprintf("a proxy may stand before %s; check its url in the settings", c.Base.Host)
	switch {
	case errors.As(err, &dns):
		return sources.Unansweredf("%s is at a host that does not exist", c.Source).WithHint("check the url of %s in the settings", c.Source)
	case errors.As(err, &timeout) && timeout.Timeout():
		return sources.Unansweredf("%s did not answer within %s", c.Source, c.Timeout).WithHint("%s", hint)
	case strings.Contains(err.Error(), "response headers exceeded"):
		return sources.Unansweredf("%s sent an answer with a header of more than 1 MiB, which was not read", c.Source).WithHint("%s", proxy)
	case strings.Contains(err.Error(), "connection refused"):
		return sources.Unansweredf("%s could not be reached: nobody answers there", c.Source).WithHint("%s", hint)
	case strings.Contains(err.Error(), "certificate"):
		return sources.Unansweredf("%s showed a certificate that is not trusted here", c.Source).WithHint("add the issuer's certificate to this machine")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "connection reset"):
		return sources.Unansweredf("%s broke off in the middle of an answer", c.Source).WithHint("run again later")
	}
	return sources.Unansweredf("%s could not be reached", c.Source).WithHint("%s", hint)
}

// send is the innermost transport: it counts, spends the budget, and puts the
// credential on requests to its own host only.
type send struct{ c *Client }

func (s send) RoundTrip(req *http.Request) (*http.Response, error) {
	c := s.c
	if n := c.requests.Add(1); n > int64(c.Budget) {
		c.requests.Add(-1)
		return nil, sources.Unansweredf("the budget of %d requests to %s is used up", c.Budget, c.Source).
			WithHint("raise max_requests of %s in the settings, or ask for less", c.Source)
	}
	req = req.Clone(req.Context())
	req.Header.Del("Authorization")
	if c.Agent != "" {
		req.Header.Set("User-Agent", c.Agent)
	}
	if c.Authorize != nil && c.ours(req.URL) {
		c.Authorize(req)
	}
	resp, err := c.Transport.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusForbidden {
		markLimit(resp)
	}
	return resp, err
}

func (c *Client) ours(u *url.URL) bool {
	return strings.EqualFold(u.Scheme, c.Base.Scheme) && strings.EqualFold(u.Host, c.Base.Host)
}

// redirect follows a move within the host, such as a renamed repository's.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	switch {
	case !c.ours(req.URL) && strings.EqualFold(req.URL.Host, c.Base.Host):
		return sources.Unansweredf("%s sent the request on from %s to %s, which was not followed", c.Source, c.Base.Scheme, sources.OneLine(req.URL.Scheme, 20)).
			WithHint("check the url of %s in the settings; the token goes the way that is named there", c.Source)
	case !c.ours(req.URL):
		return sources.Unansweredf("%s sent the request on to another host, %s, which was not followed", c.Source, sources.OneLine(req.URL.Host, 80)).
			WithHint("check the url of %s in the settings; the token goes to no other host", c.Source)
	case req.Method != via[0].Method, len(via) >= 5:
		return http.ErrUseLastResponse
	}
	return nil
}

func (c *Client) tooLong() error {
	return sources.Unansweredf("%s sent an answer of more than %d MiB, which was not read", c.Source, c.MaxBody>>20).
		WithHint("ask for less at a time: a narrower query, or fewer weeks")
}

// cappedBody gives the slot back when the body is done and refuses to read
// past the limit.
type cappedBody struct {
	io.ReadCloser
	c    *Client
	ctx  context.Context // of the request, to tell a time-out from a cut
	left int64
	free func()
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, b.c.tooLong()
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if err == io.EOF {
		_ = b.Close() // a library that has read all may forget to
		return n, err
	}
	if err != nil {
		err = b.c.plain(b.ctx, err)
	}
	return n, err
}

func (b *cappedBody) Close() error {
	defer b.free()
	return b.ReadCloser.Close()
}

// Loopback reports a host name or address of this machine, the only one that a
// credential may travel to over plain http.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
