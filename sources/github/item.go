package github

import (
	"context"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
)

// Reasons why an item is not exact.
const (
	joined   = "in scope from its creation; GitHub's lists do not tell when an item joined a milestone or got a label"
	reopened = "was closed before and opened again; GitHub's lists do not tell when"
)

// goal returns everything in a goal's scope, since it began.
func (h *hub) goal(ctx context.Context, q Query) ([]sources.Item, error) {
	switch {
	case q.Parent.Number != 0:
		return h.family(ctx, q.Parent)
	case q.Project.Number != 0:
		return h.projectItems(ctx, q)
	}
	all, err := h.search(ctx, q, time.Time{}, 0)
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, f := range all {
		item := h.item(f)
		if len(q.Labels) > 0 || q.Milestone != "" {
			item.Graded = item.Worse(sources.Graded{Grade: sources.Approximate, Reason: joined})
		}
		if ended := abandoned(f); !ended.IsZero() {
			item.Scope, item.Done = []sources.Span{{From: item.Created, To: ended}}, nil
		}
		items = append(items, item)
	}
	return items, nil
}

// quality returns what was open at some time since the window began. Closed
// is closed here, whatever the reason.
func (h *hub) quality(ctx context.Context, window sources.Window, q Query) ([]sources.Item, error) {
	all, err := h.search(ctx, q, window.Start(), 1)
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, f := range all {
		if closed := f.closed(); closed.IsZero() || !closed.Before(window.Start()) {
			items = append(items, h.item(f))
		}
	}
	return items, nil
}

// item returns an issue or pull request as it is in all nouns.
func (h *hub) item(f found) sources.Item {
	item := sources.Item{
		Evidence: sources.Evidence{Source: h.name, Ref: f.ref(), URL: page(f.GetHTMLURL())},
		Kind:     sources.Issue,
		Title:    title(f.GetTitle()),
		Created:  f.GetCreatedAt().Time,
		Scope:    []sources.Span{{From: f.GetCreatedAt().Time}},
		Bot:      h.bot(f.User),
		Graded:   sources.Whole(),
	}
	if f.Type != nil {
		item.Type = sources.OneLine(f.Type.Name, 60)
	}
	if f.IsPullRequest() {
		item.Kind = sources.PullRequest
	}
	if closed := f.closed(); !closed.IsZero() {
		item.Done = []sources.Span{{From: closed}}
	} else if f.GetStateReason() == "reopened" {
		item.Graded = sources.Graded{Grade: sources.Approximate, Reason: reopened}
	}
	return item
}

// abandoned returns when something was closed without being done: an issue as
// not planned or as a duplicate, a pull request without a merge. Zero: it was
// not.
func abandoned(f found) time.Time {
	switch {
	case f.IsPullRequest() && f.PullRequestLinks.GetMergedAt().IsZero():
		return f.closed()
	case !f.IsPullRequest() && givenUp(f.issue):
		return f.closed()
	}
	return time.Time{}
}

func givenUp(i issue) bool {
	return i.GetStateReason() == "not_planned" || i.GetStateReason() == "duplicate"
}

// title makes people's words for a piece of work one line of bearable length.
func title(words string) string { return sources.OneLine(words, 250) }

// bot reports whether an account is a machine: by its type, by the suffix that
// Apps have, or because the settings say so.
func (h *hub) bot(u *gh.User) bool {
	return u.GetType() == "Bot" || strings.HasSuffix(u.GetLogin(), "[bot]") ||
		slices.ContainsFunc(h.bots, func(name string) bool { return strings.EqualFold(name, u.GetLogin()) })
}

// page returns the address of a web page, "" for anything that a browser
// should not be sent to.
func page(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}
