package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
	"preread/sources/internal/web"
)

// errDisabled is the answer of a repository that does not use issues.
var errDisabled = errors.New("issues are disabled in this repository")

// get reads one page of a list and returns the address of the next, "" after
// the last. The path is below the API's base, or the address of a next page;
// read are the pages of the list so far.
func get[T any](ctx context.Context, h *hub, repo Repo, path string, read trail) (page []T, next string, err error) {
	if err := read.add(h, path); err != nil {
		return nil, "", err
	}
	body, head, err := h.fetch(ctx, repo, http.MethodGet, path, nil)
	if err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(body, &page); err != nil || page == nil {
		return nil, "", h.unreadable(repo)
	}
	return page, nextLink(head.Get("Link")), nil
}

// one reads something that is no list.
func one[T any](ctx context.Context, h *hub, repo Repo, path string) (T, error) {
	return remember(ctx, &h.kept, path, func() (T, error) {
		var v T
		body, _, err := h.fetch(ctx, repo, http.MethodGet, path, nil)
		if err == nil && json.Unmarshal(body, &v) != nil {
			err = h.unreadable(repo)
		}
		return v, err
	})
}

// fetch sends one request. about is what people know it is about. The body is
// decoded by the caller and not by go-github, which takes an empty one for an
// empty list.
func (h *hub) fetch(ctx context.Context, about fmt.Stringer, method, path string, ask any) (body []byte, head http.Header, err error) {
	req, err := h.api.NewRequest(method, path, ask)
	if err != nil {
		return nil, nil, h.unreadable(about)
	}
	if req.URL.Host != h.web.Base.Host || req.URL.Scheme != h.web.Base.Scheme {
		return nil, nil, sources.Unansweredf("%s continues a list on another host, %s, which was not asked", h.name, sources.OneLine(req.URL.Host, 80)).
			WithHint("check the url of %s in the settings; the token goes to no other host", h.name)
	}
	var all bytes.Buffer
	resp, err := h.api.Do(ctx, req, &all)
	if err != nil {
		return nil, nil, h.refusal(about, err)
	}
	return all.Bytes(), resp.Header, nil
}

func (h *hub) unreadable(about fmt.Stringer) error {
	return sources.Unansweredf("%s gave an answer about %s that this program could not read", h.name, about)
}

// refusal turns what go-github says into one plain line. Errors of package
// web, inside it, already are one.
func (h *hub) refusal(about fmt.Stringer, err error) error {
	if web.Status(err) == http.StatusNotFound {
		_, hint := sources.Reason(err)
		return &web.StatusError{Status: http.StatusNotFound, Unanswered: *sources.
			Unansweredf("%s does not know %s, or does not show it to this token (404)", h.name, about).WithHint("%s", hint)}
	}
	var unanswered *sources.Unanswered
	if errors.As(err, &unanswered) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var answer *gh.ErrorResponse
	if errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode == http.StatusGone {
		if strings.Contains(strings.ToLower(answer.Message), "disabled") {
			return errDisabled
		}
		return &web.StatusError{Status: http.StatusGone, Unanswered: *sources.Unansweredf("%s no longer offers that about %s (410)", h.name, about)}
	}
	return h.unreadable(about)
}

// inspect sees every answer before go-github does. GitHub says in headers why
// it does not show something, even in answers that look whole.
func (h *hub) inspect(resp *http.Response) error {
	// Waiting is decided in package web; go-github would refuse to send, by
	// this machine's clock, what the next answer may allow.
	resp.Header.Del("X-RateLimit-Reset")

	sso := resp.Header.Get("X-GitHub-SSO")
	switch {
	case resp.StatusCode != http.StatusUnauthorized && resp.Header.Get("X-RateLimit-Limit") == visitorLimit:
		return sources.Unansweredf("%s does not know this token: it answered as an anonymous visitor", h.name).
			WithHint("the token may be expired, or a proxy takes it off the requests; make a new one and run again")
	case strings.HasPrefix(sso, "partial-results"):
		return sources.Unansweredf("%s left out what single sign-on hides from this token", h.name).
			WithHint("authorise the token for SAML single sign-on of the organisation, in the token's settings")
	case strings.HasPrefix(sso, "required") && (resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound):
		return sources.Unansweredf("%s wants single sign-on for this token (%d)", h.name, resp.StatusCode).
			WithHint("authorise the token for SAML single sign-on of the organisation, in the token's settings")
	case resp.StatusCode == http.StatusForbidden && !web.Limited(resp):
		return &web.StatusError{Status: resp.StatusCode, Unanswered: *sources.
			Unansweredf("%s does not allow this token to read that (403)", h.name).
			WithHint("%s", permission(resp))}
	case resp.StatusCode == http.StatusNotFound:
		return &web.StatusError{Status: resp.StatusCode, Unanswered: *sources.
			Unansweredf("%s does not know that, or does not show it to this token (404)", h.name).
			WithHint("check the name; %s", permission(resp))}
	}
	return nil
}

// visitorLimit is how many requests an hour GitHub allows to somebody without a
// token. Nobody who is known to it has as few, so this tells an answer for a
// visitor, who sees less, from one for the token's account.
const visitorLimit = "60"

// permission names the right that a refused request needs, where GitHub does.
func permission(resp *http.Response) string {
	if needs := sources.OneLine(resp.Header.Get("X-Accepted-GitHub-Permissions"), 80); needs != "" {
		return "the token may lack the permission " + needs
	}
	return "the token may lack the right to read it"
}

// A trail is the pages of a list that were read. A list that leads back to one
// of them has no end.
type trail map[string]bool

func (t trail) add(h *hub, path string) error {
	if t[path] {
		return sources.Unansweredf("%s leads in a circle: its list of pages does not end", h.name).
			WithHint("something between here and %s may answer in its place; run again later", h.name)
	}
	t[path] = true
	return nil
}

// nextLink returns the address that a Link header calls next. Addresses may
// hold commas and semicolons, so only what follows a ">" is cut at them.
func nextLink(header string) string {
	for {
		_, rest, found := strings.Cut(header, "<")
		if !found {
			return ""
		}
		address, rest, found := strings.Cut(rest, ">")
		if !found {
			return ""
		}
		params, _, _ := strings.Cut(rest, "<")
		for p := range strings.FieldsFuncSeq(params, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			if p == `rel="next"` || p == "rel=next" {
				return address
			}
		}
		header = rest
	}
}

// A memo keeps what was read, so that two questions about one list read it
// once. While one question reads, the others for the same list wait for it.
// Errors are not kept: the next question may have more time. The zero memo is
// ready for use.
type memo struct {
	mu    sync.Mutex
	cells map[string]*cell
}

type cell struct {
	turn  chan struct{} // holds one token, taken by who reads
	done  bool
	value any
}

// remember returns the value kept under a key, or makes it.
func remember[T any](ctx context.Context, m *memo, key string, read func() (T, error)) (T, error) {
	m.mu.Lock()
	c := m.cells[key]
	if c == nil {
		c = &cell{turn: make(chan struct{}, 1)}
		if m.cells == nil {
			m.cells = map[string]*cell{}
		}
		m.cells[key] = c
	}
	m.mu.Unlock()
	var none T
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	defer func() { <-c.turn }()
	if c.done {
		return c.value.(T), nil
	}
	value, err := read()
	if err != nil {
		return none, err
	}
	c.value, c.done = value, true
	return value, nil
}

// recall returns the value kept under a key, if there is one by now. It does not
// wait for it.
func recall[T any](m *memo, key string) (T, bool) {
	var none T
	m.mu.Lock()
	c := m.cells[key]
	m.mu.Unlock()
	if c == nil {
		return none, false
	}
	select {
	case c.turn <- struct{}{}:
	default:
		return none, false
	}
	defer func() { <-c.turn }()
	if !c.done {
		return none, false
	}
	return c.value.(T), true
}
