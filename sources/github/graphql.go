package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"preread/sources"
	"preread/sources/internal/web"
)

// A document is a GraphQL query with the values of its variables. Queries only
// read, so they are sent again like any other read; nothing here can change
// anything at GitHub.
type document struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
}

// reply is the envelope of every answer.
type reply[T any] struct {
	Data *struct {
		RateLimit *struct {
			Cost      int `json:"cost"`
			Remaining int `json:"remaining"`
		} `json:"rateLimit"`
		Found T `json:"found"`
	} `json:"data"`
	Errors []struct {
		Type string `json:"type"`
	} `json:"errors"`
}

// query asks one GraphQL question. What is asked for is named "found" in it.
// An answer with errors in it is none, although its status is 200 and some of
// it may be there.
func query[T any](ctx context.Context, h *hub, about fmt.Stringer, text string, variables map[string]any) (T, error) {
	var none T
	if err := h.points.left(h); err != nil {
		return none, err
	}
	body, _, err := h.fetch(ctx, about, http.MethodPost, h.graphql(), document{text, variables})
	if err != nil {
		return none, err
	}
	var r reply[T]
	if json.Unmarshal(body, &r) != nil {
		return none, h.unreadable(about)
	}
	if len(r.Errors) > 0 {
		return none, h.complaint(about, r.Errors[0].Type)
	}
	if r.Data == nil {
		return none, h.unreadable(about)
	}
	if limit := r.Data.RateLimit; limit != nil { // an Enterprise Server may have none
		h.points.spend(limit.Cost, limit.Remaining)
	}
	return r.Data.Found, nil
}

// graphql returns the path of the GraphQL API: beside the REST API on an
// Enterprise Server, below it elsewhere.
func (h *hub) graphql() string {
	path := h.web.Base.Path
	if before, ok := strings.CutSuffix(path, "/api/v3/"); ok {
		return before + "/api/graphql"
	}
	return path + "graphql"
}

// complaint turns the kind of a GraphQL error into one plain line.
func (h *hub) complaint(about fmt.Stringer, kind string) error {
	switch kind {
	case "NOT_FOUND":
		return &web.StatusError{Status: http.StatusNotFound, Unanswered: *sources.
			Unansweredf("%s does not know %s, or does not show it to this token (404)", h.name, about).
			WithHint("check the name; the token may lack the right to read it, which for projects is read:project")}
	case "FORBIDDEN", "INSUFFICIENT_SCOPES":
		return &web.StatusError{Status: http.StatusForbidden, Unanswered: *sources.
			Unansweredf("%s does not allow this token to read %s (403)", h.name, about).
			WithHint("the token may lack the right to read it, which for projects is read:project")}
	case "RATE_LIMITED":
		return h.spent()
	}
	return &graphqlError{*sources.Unansweredf("%s could not answer about %s", h.name, about).WithHint("run again later")}
}

// A graphqlError is a no of GraphQL alone: its points are spent, or the server
// is too old for the query.
type graphqlError struct{ sources.Unanswered }

// Unwrap returns the plain words.
func (e *graphqlError) Unwrap() error { return &e.Unanswered }

func (h *hub) spent() error {
	return &graphqlError{*sources.Unansweredf("%s has no GraphQL points left for this hour", h.name).WithHint("run again later, or ask for less")}
}

// A purse is what GraphQL questions may still cost: GitHub counts them apart
// from other requests, in points. The zero purse has not been told anything.
type purse struct {
	mu        sync.Mutex
	told      bool
	remaining int
	dearest   int // the most that one question cost
	paid      int
}

// spend takes note of what a question cost and what that left.
func (p *purse) spend(cost, remaining int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told, p.remaining = true, remaining
	p.dearest, p.paid = max(p.dearest, cost), p.paid+cost
}

// left refuses a question that could cost more than GitHub still gives, or
// more than the budget of the run.
func (p *purse) left(h *hub) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.told && p.remaining < p.dearest:
		return h.spent()
	case p.paid+p.dearest > h.web.Budget:
		return &graphqlError{*sources.Unansweredf("the budget of %d GraphQL points at %s is used up", h.web.Budget, h.name).
			WithHint("raise max_requests of %s in the settings, or ask for less", h.name)}
	}
	return nil
}

// A connection is one page of a list in GraphQL.
type connection[T any] struct {
	TotalCount int `json:"totalCount"`
	PageInfo   struct {
		HasNextPage bool   `json:"hasNextPage"`
		EndCursor   string `json:"endCursor"`
	} `json:"pageInfo"`
	Nodes []*T `json:"nodes"`
}

// firstPage is how many entries of a list are asked for at a time; GraphQL
// refuses more.
const firstPage = 100
