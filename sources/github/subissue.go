package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
	"preread/sources/internal/web"
)

// Reasons why an item of a parent is not exact.
const (
	adopted = "its parent's timeline does not tell when it became a sub-issue, so it counts from its creation"
	unseen  = "it was a sub-issue and is not shown to this token any more, so nobody can tell what became of it"
	lost    = "it is no sub-issue any more, and its parent's timeline does not tell since when"
)

// A family event is one of a parent's timeline.
type familyEvent struct {
	Event     string       `json:"event"`
	CreatedAt gh.Timestamp `json:"created_at"`
	Sub       *struct {
		Number     int    `json:"number"`
		Title      string `json:"title"`
		Repository struct {
			FullName string `json:"full_name"`
		} `json:"repository"`
	} `json:"sub_issue"`
}

// child returns which sub-issue an event is about, in lower case.
func (e familyEvent) child() (ref Ref, ok bool) {
	if e.Sub == nil || e.CreatedAt.IsZero() || e.Event != "sub_issue_added" && e.Event != "sub_issue_removed" {
		return Ref{}, false
	}
	owner, name, _ := strings.Cut(strings.ToLower(e.Sub.Repository.FullName), "/")
	return Ref{Repo{owner, name}, e.Sub.Number}, isRepo(owner+"/"+name) && e.Sub.Number > 0
}

// parent returns an issue of which the sub-issues are a goal.
func (h *hub) parent(ctx context.Context, ref Ref) (issue, error) {
	p, err := one[issue](ctx, h, ref.Repo, fmt.Sprintf("repos/%s/issues/%d", ref.Repo, ref.Number))
	if err == nil && !p.whole() {
		err = h.unreadable(ref)
	}
	return p, err
}

// family returns the direct sub-issues of an issue, past ones among them. The
// deeper ones are not counted: they are parts of these, as GitHub's own
// progress bar has it.
func (h *hub) family(ctx context.Context, ref Ref) ([]sources.Item, error) {
	p, err := h.parent(ctx, ref)
	if err != nil {
		return nil, err
	}
	children, err := h.children(ctx, ref.Repo, ref.Number)
	if err != nil {
		return nil, err
	}
	events, err := readAll[familyEvent](ctx, h, ref.Repo, fmt.Sprintf("issues/%d/timeline?per_page=%s", ref.Number, perPage))
	if err != nil {
		return nil, err
	}
	if len(events) == 0 && len(children) > 0 {
		return nil, sources.Unansweredf("%s shows the sub-issues of %s and nothing of their history", h.name, ref).
			WithHint("run again later")
	}
	hidden := 0
	if p.Sub != nil {
		hidden = max(0, p.Sub.Total-len(children))
	}
	if hidden > 0 && len(children) == 0 {
		return nil, sources.Unansweredf("%s shows none of the %d sub-issues of %s to this token", h.name, hidden, ref).
			WithHint("the token may lack the right to read the repositories that they are in")
	}
	spans, refs, titles := memberships(events)
	var items []sources.Item
	for _, f := range children {
		items = append(items, h.member(f, spans[f.key()], true))
		delete(spans, f.key())
	}
	for _, gone := range refs {
		if past := spans[gone]; len(past) > 0 {
			item, err := h.formerMember(ctx, gone, past, titles[gone])
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
	}
	if hidden > 0 {
		for i := range items {
			items[i].Graded = items[i].Worse(sources.Graded{Grade: sources.Partial, Reason: fmt.Sprintf("sub-issues that are not shown to this token: %d", hidden)})
		}
	}
	return items, nil
}

// children reads the sub-issues of an issue, each with its repository.
func (h *hub) children(ctx context.Context, repo Repo, number int) ([]found, error) {
	list, err := readAll[issue](ctx, h, repo, fmt.Sprintf("issues/%d/sub_issues?per_page=%s", number, perPage))
	if err != nil {
		return nil, err
	}
	var all []found
	for _, c := range list {
		if !c.whole() {
			return nil, h.unreadable(repo)
		}
		all = append(all, found{c, home(c, repo)})
	}
	return all, nil
}

// key names an issue in any case.
func (f found) key() Ref {
	return Ref{Repo{strings.ToLower(f.repo.Owner), strings.ToLower(f.repo.Name)}, f.GetNumber()}
}

// memberships returns when each issue was a sub-issue, as far as events tell,
// and all issues that they are about in order, with their titles.
func memberships(events []familyEvent) (spans map[Ref][]sources.Span, refs []Ref, titles map[Ref]string) {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b familyEvent) int { return a.CreatedAt.Compare(b.CreatedAt.Time) })
	spans, titles = map[Ref][]sources.Span{}, map[Ref]string{}
	for _, e := range events {
		ref, ok := e.child()
		if !ok {
			continue
		}
		titles[ref] = e.Sub.Title
		all, known := spans[ref]
		if !known {
			refs = append(refs, ref)
		}
		within := len(all) > 0 && all[len(all)-1].To.IsZero()
		switch at := e.CreatedAt.Time; {
		case e.Event == "sub_issue_added" && !within:
			all = append(all, sources.Span{From: at})
		case e.Event == "sub_issue_removed" && within && at.After(all[len(all)-1].From):
			all[len(all)-1].To = at
		case e.Event == "sub_issue_removed" && within:
			all = all[:len(all)-1] // came and went in one second
		case e.Event == "sub_issue_removed":
			all = append(all, sources.Span{To: at}) // nothing tells when it came
		}
		spans[ref] = all
	}
	return spans, refs, titles
}

// member returns an issue as an item of its parent, in scope for the given
// time. now is whether it is a sub-issue today.
func (h *hub) member(f found, scope []sources.Span, now bool) sources.Item {
	item := h.item(f)
	open := len(scope) > 0 && scope[len(scope)-1].To.IsZero()
	var doubt sources.Graded
	for i, s := range scope {
		if s.From.IsZero() {
			scope[i].From, doubt = item.Created, sources.Graded{Grade: sources.Approximate, Reason: adopted}
		}
	}
	switch {
	case now && !open: // a missing event
		scope, doubt = append(scope, sources.Span{From: item.Created}), sources.Graded{Grade: sources.Approximate, Reason: adopted}
		if n := len(scope); n > 1 {
			scope[n-1].From = scope[n-2].To
		}
	case !now && open:
		scope[len(scope)-1].To, doubt = later(scope[len(scope)-1].From.Add(time.Second), f.GetUpdatedAt().Time), sources.Graded{Grade: sources.Partial, Reason: lost}
	}
	if doubt.Reason != "" {
		item.Graded = item.Worse(doubt)
	}
	item.Scope = scope
	if ended := abandoned(f); !ended.IsZero() {
		item.Scope, item.Done = until(scope, ended), nil
	}
	return item
}

// until cuts spans off at a time.
func until(spans []sources.Span, end time.Time) []sources.Span {
	var cut []sources.Span
	for _, s := range spans {
		if s.From.Before(end) {
			if s.To.IsZero() || s.To.After(end) {
				s.To = end
			}
			cut = append(cut, s)
		}
	}
	return cut
}

// formerMember reads an issue that was a sub-issue once. If it was deleted or
// is hidden by now, the parent's timeline still says that it was there.
func (h *hub) formerMember(ctx context.Context, ref Ref, scope []sources.Span, name string) (sources.Item, error) {
	i, err := one[issue](ctx, h, ref.Repo, fmt.Sprintf("repos/%s/issues/%d", ref.Repo, ref.Number))
	if status := web.Status(err); status == http.StatusNotFound || status == http.StatusGone {
		first := scope[0].From
		if first.IsZero() {
			first = scope[0].To
		}
		return sources.Item{
			Evidence: sources.Evidence{Source: h.name, Ref: ref.String()}, Kind: sources.Issue, Title: title(name),
			Created: first, Scope: scope, Graded: sources.Graded{Grade: sources.Partial, Reason: unseen},
		}, nil
	}
	if err == nil && !i.whole() {
		err = h.unreadable(ref)
	}
	if err != nil {
		return sources.Item{}, err
	}
	return h.member(found{i, home(i, ref.Repo)}, scope, false), nil
}
