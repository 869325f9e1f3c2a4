package github

import (
	"context"
	"errors"
	"net/url"

	"preread/sources"
)

// errUnread is a list that was not read in this run.
var errUnread = errors.New("the list was not read")

// refs lists the incidents of a question, however old, out of the lists that the
// question itself was answered from: it costs no request. Where such a list is
// longer than a few pages, only part of it was read, and nobody can tell.
func (h *hub) refs(ctx context.Context, _ sources.Window, query sources.Query) ([]string, error) {
	if query.Noun != sources.Incidents {
		return nil, sources.Unansweredf("%s does not list everything of a %s question", h.name, query.Noun)
	}
	q, err := ParseQuery(query.Noun, query.Text)
	if err != nil {
		return nil, err
	}
	refs := []string{}
	for _, repo := range q.Repos {
		filter, _, ok, err := h.filter(ctx, q, repo)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		issues, err := h.alreadyRead(ctx, repo, filter)
		if err != nil {
			return nil, err
		}
		for _, i := range issues {
			if f := (found{i, repo}); q.wants(f) {
				refs = append(refs, f.ref())
			}
		}
	}
	return refs, nil
}

// alreadyRead returns the issues of a filter if they were all read before.
func (h *hub) alreadyRead(ctx context.Context, repo Repo, filter url.Values) ([]issue, error) {
	filter.Set("state", "all")
	key := onFewPages(walk{repo: repo, filter: filter}, incidentPages)
	issues, err := remember(ctx, &h.kept, key, func() ([]issue, error) { return nil, errUnread })
	if errors.Is(err, errUnread) || err == nil && issues == nil {
		return nil, sources.Unansweredf("%s did not list everything in %s", h.name, repo)
	}
	return issues, err
}
