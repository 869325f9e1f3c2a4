package jira

import (
	"context"
	"errors"
	"io"
	"net/http"

	"preread/sources"
)

// do sends one request and decodes its answer. A path is relative to the
// site: an address that Jira itself names is never followed.
func (s *source) do(ctx context.Context, method, path string, body, into any) error {
	req, err := s.jira.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return sources.Unansweredf("the url of %s cannot be used", s.name)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := s.jira.Do(req, into)
	if resp != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	return s.plain(err)
}

func (s *source) get(ctx context.Context, path string, into any) error {
	return s.do(ctx, http.MethodGet, path, nil, into)
}

func (s *source) post(ctx context.Context, path string, body, into any) error {
	return s.do(ctx, http.MethodPost, path, body, into)
}

// plain keeps the words of package web; what is left are answers that do not
// decode.
func (s *source) plain(err error) error {
	var unanswered *sources.Unanswered
	switch {
	case err == nil, errors.As(err, &unanswered), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return sources.Unansweredf("%s broke off in the middle of an answer", s.name).WithHint("run again later")
	}
	return s.unreadable()
}

// unreadable is the error of an answer whose shape is not the published one.
func (s *source) unreadable() *sources.Unanswered {
	return sources.Unansweredf("%s gave an answer that this program cannot read", s.name).
		WithHint("see that the url leads to jira itself, and that its version is still in support")
}

// inspect refuses answers to somebody else. Jira answers a request whose
// token it does not know as it answers a visitor: with 200, and with less or
// nothing in it. Only its headers tell.
func inspect(name string) func(*http.Response) error {
	return func(resp *http.Response) error {
		if resp.StatusCode == http.StatusUnauthorized {
			return nil // says it plainly
		}
		switch reason := resp.Header.Get("X-Seraph-LoginReason"); {
		case reason == "AUTHENTICATION_DENIED":
			return sources.Unansweredf("%s wants a person to sign in before it takes this token again", name).
				WithHint("sign in to jira with a browser as the token's account and solve the captcha")
		case reason == "AUTHENTICATED_FAILED", resp.Header.Get("X-Ausername") == "anonymous":
			return anonymous(name)
		}
		return nil
	}
}

func anonymous(name string) *sources.Unanswered {
	return sources.Unansweredf("%s does not know this token: it answered as an anonymous visitor", name).
		WithHint("the token may be expired or mistyped, or belong to another user; make a new one and run again")
}
