package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"preread/sources"
)

// retriable says whether to send a request again: after a broken connection,
// a gateway's 502, 503 or 504, and a rate limit whose wait is bearable.
func (c *Client) retriable(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		var ours *sources.Unanswered
		return !errors.As(err, &ours) && broken(err), nil
	}
	switch {
	case limited(resp):
		return c.bearable(resp), nil
	case resp.StatusCode == 502 || resp.StatusCode == 503 || resp.StatusCode == 504:
		if c.Pass != nil && c.Pass(resp.StatusCode) && strings.Contains(resp.Header.Get("Content-Type"), "json") {
			return false, nil // the collector knows better what this one means
		}
		return c.bearable(resp), nil
	}
	return false, nil
}

// broken reports an error of the connection rather than of the request. A
// time-out is none: what was too slow once would double the wait.
func broken(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &op) && !op.Timeout() && strings.Contains(err.Error(), "reset")
}

// limited reports a rate limit of any of the systems: 429, or GitHub's 403
// with nothing left or a word of when to come back.
func limited(resp *http.Response) bool {
	if resp.StatusCode == http.StatusTooManyRequests {
		return true
	}
	// Jira Data Center writes a Retry-After of 0 on every answer while there is
	// something left.
	after := resp.Header.Get("Retry-After")
	return resp.StatusCode == http.StatusForbidden &&
		(resp.Header.Get("X-RateLimit-Remaining") == "0" || after != "" && after != "0" || resp.Header.Get(limitMark) != "")
}

// Limited reports whether an answer is a rate limit, for a collector's Inspect.
func Limited(resp *http.Response) bool { return limited(resp) }

// limitMark is set by markLimit on answers that are a limit by their text only.
const limitMark = "Preread-Rate-Limit"

// markLimit looks at the start of a 403's body: GitHub's secondary limit can
// come without any header that says so. The body can still be read whole.
func markLimit(resp *http.Response) {
	resp.Header.Del(limitMark)
	start, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err == nil && bytes.Contains(start, []byte("rate limit")) {
		resp.Header.Set(limitMark, "by text")
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), resp.Body), resp.Body}
}

func (c *Client) bearable(resp *http.Response) bool {
	asked, named := instructed(resp)
	return !named || asked <= c.Patience
}

// wait returns how long to wait before try number attempt+2.
func (c *Client) wait(attempt int, resp *http.Response) time.Duration {
	pace := c.Pace
	if resp != nil {
		if asked, named := instructed(resp); named {
			// Everybody who was refused gets the same instant to come back at.
			return asked + time.Duration(rand.Int64N(int64(asked)/4+1))
		}
		if limited(resp) {
			pace = c.LimitPace
		}
	}
	return min(pace<<attempt, c.Patience)
}

// heed has everybody wait as long as an answer asks one request to.
func (c *Client) heed(resp *http.Response) {
	if resp == nil || resp.Request == nil {
		return
	}
	if asked, named := instructed(resp); named && asked > 0 {
		c.lanes.of(resp.Request).hold(asked)
	}
}

// instructed returns the wait that an answer asks for, by Retry-After in
// seconds or as a date, or by the reset instant of an exhausted limit: epoch
// seconds at GitHub, ISO 8601 with or without seconds at Jira. Instants are
// compared with the server's own Date, so no clock of ours matters.
func instructed(resp *http.Response) (wait time.Duration, named bool) {
	now, err := http.ParseTime(resp.Header.Get("Date"))
	hasDate := err == nil
	if after := resp.Header.Get("Retry-After"); after != "" {
		if s, err := strconv.ParseInt(after, 10, 32); err == nil && s >= 0 {
			wait, named = time.Duration(s)*time.Second, true
		} else if at, err := http.ParseTime(after); err == nil && hasDate {
			wait, named = max(0, at.Sub(now)), true
		}
	}
	if resp.Header.Get("X-RateLimit-Remaining") == "0" || resp.Header.Get("RateLimit-Reason") != "" {
		if at, ok := reset(resp.Header.Get("X-RateLimit-Reset")); ok && hasDate && at.After(now) {
			wait, named = max(wait, at.Sub(now)), true
		}
	}
	return wait, named
}

func reset(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
