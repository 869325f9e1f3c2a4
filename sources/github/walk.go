package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
)

// perPage is the longest page that GitHub gives; a larger one is cut to this
// without a word.
const perPage = "100"

// An issue is an issue or pull request as the issue lists show it, with the
// parts that go-github v60 does not know.
type issue struct {
	gh.Issue
	Sub *struct {
		Total int `json:"total"`
	} `json:"sub_issues_summary"`
	Type *struct {
		Name string `json:"name"`
	} `json:"type"`
}

// whole refuses an issue without the fields that everything here stands on.
func (i issue) whole() bool {
	switch {
	case i.GetNumber() <= 0, i.GetCreatedAt().IsZero(), i.GetUpdatedAt().IsZero():
		return false
	case i.GetState() == "closed":
		return !i.GetClosedAt().IsZero()
	}
	return i.GetState() == "open"
}

func (i issue) closed() time.Time { return i.GetClosedAt().Time }

// A walk is one pass over a repository's issues and pull requests, oldest
// update first.
type walk struct {
	repo   Repo
	filter url.Values // state, labels, milestone, creator
	since  time.Time  // only what was updated since; zero: all
	until  time.Time  // stop at what was updated then or later; zero: do not
}

func (w walk) path(since time.Time) string {
	v := maps.Clone(w.filter)
	v.Set("sort", "updated")
	v.Set("direction", "asc")
	v.Set("per_page", perPage)
	if !since.IsZero() {
		v.Set("since", since.UTC().Format(time.RFC3339))
	}
	return "repos/" + w.repo.String() + "/issues?" + v.Encode()
}

// walk returns what a walk finds, by number. Nothing is lost while people
// work: each page is asked for by the time of the last update seen, less the
// second that "since" may leave out, and what is touched meanwhile moves to
// the end, where it is seen again. Only a page that lies within such a second
// is continued by its link.
func (h *hub) walk(ctx context.Context, w walk) ([]issue, error) {
	return remember(ctx, &h.kept, w.path(w.since)+" until "+w.until.UTC().String(), func() ([]issue, error) {
		p, err := h.page(ctx, w, w.path(w.since), trail{})
		if err != nil {
			return nil, err
		}
		all, _, err := h.walkOn(ctx, w, p, 0)
		return all, err
	})
}

// An issuePage is one page of an issue list.
type issuePage struct {
	issues []issue
	next   string // where the list goes on; "": nowhere
}

// page reads a page of a walk.
func (h *hub) page(ctx context.Context, w walk, path string, read trail) (issuePage, error) {
	issues, next, err := get[issue](ctx, h, w.repo, path, read)
	if err == nil && slices.ContainsFunc(issues, func(i issue) bool { return !i.whole() }) {
		err = h.unreadable(w.repo)
	}
	return issuePage{issues, next}, err
}

// walkOn returns what a walk finds after its first page, with that page. It
// gives up when it has read that many pages more and there are others; 0: never.
// False: it gave up.
func (h *hub) walkOn(ctx context.Context, w walk, p issuePage, most int) (all []issue, whole bool, err error) {
	seen := map[int]issue{}
	since, read := w.since, trail{w.path(w.since): true}
	for n := 1; ; n++ {
		var last time.Time
		for _, i := range p.issues {
			last = i.GetUpdatedAt().Time
			if was, ok := seen[i.GetNumber()]; !ok || !last.Before(was.GetUpdatedAt().Time) {
				seen[i.GetNumber()] = i
			}
		}
		if p.next == "" || !w.until.IsZero() && !last.Before(w.until) {
			break
		}
		if most > 0 && n > most {
			return nil, false, nil
		}
		path := p.next
		if from := last.Add(-time.Second); from.After(since) {
			since, path = from, w.path(from)
		}
		if p, err = h.page(ctx, w, path, read); err != nil {
			return nil, false, err
		}
	}
	return slices.SortedFunc(maps.Values(seen), func(a, b issue) int {
		return cmp.Compare(a.GetNumber(), b.GetNumber())
	}), true, nil
}

// A found issue is one that a query asks for, with where it was found.
type found struct {
	issue
	repo Repo
}

func (f found) ref() string { return f.repo.String() + "#" + strconv.Itoa(f.GetNumber()) }

// search returns what a query asks for in all its repositories: with a zero
// start everything, else at least what is open or was updated since, and
// everything where a list is not longer than so many pages.
func (h *hub) search(ctx context.Context, q Query, start time.Time, pages int) ([]found, error) {
	var all []found
	var enabled, missing []Repo
	for _, repo := range q.Repos {
		filter, counted, ok, err := h.filter(ctx, q, repo)
		if err != nil {
			return nil, err
		}
		if !ok {
			missing = append(missing, repo)
			continue
		}
		issues, err := h.collect(ctx, repo, filter, start, pages)
		if errors.Is(err, errDisabled) {
			continue // the repository does not use issues, so it has none
		}
		if err != nil {
			return nil, err
		}
		if len(issues) == 0 && start.IsZero() && counted > 0 {
			return nil, h.shortOf(counted, q.Milestone, repo)
		}
		enabled = append(enabled, repo)
		for _, i := range issues {
			if f := (found{i, repo}); q.wants(f) {
				all = append(all, f)
			}
		}
	}
	if len(missing) == len(q.Repos) {
		return nil, refuse("%s has no milestone %q in %s", h.name, q.Milestone, names(q.Repos))
	}
	if len(all) == 0 && len(q.Labels) > 0 && len(enabled) > 0 {
		return nil, h.labelsExist(ctx, q, enabled)
	}
	return all, nil
}

// shortOf refuses an empty list of issues where the milestone counts some.
func (h *hub) shortOf(counted int, milestone string, repo Repo) error {
	return sources.Unansweredf("%s counts %d issues in the milestone %q of %s and shows none", h.name, counted, sources.OneLine(milestone, 60), repo).
		WithHint("the token may lack the right to read issues; run again later")
}

// collect reads a repository's part of a search. What a filter narrows to
// often fits on one page, or on few, so that is tried first. Else the open ones
// that were last updated before the start are walked, and then all that were
// updated since: in this order, what is touched between the two is in the second.
func (h *hub) collect(ctx context.Context, repo Repo, filter url.Values, start time.Time, pages int) ([]issue, error) {
	filter.Set("state", "all")
	if start.IsZero() {
		return h.walk(ctx, walk{repo: repo, filter: filter})
	}
	if len(filter) > 1 {
		if issues, err := h.fewPages(ctx, repo, filter, pages); err != nil || issues != nil {
			return issues, err
		}
	}
	open := maps.Clone(filter)
	open.Set("state", "open")
	old, err := h.walk(ctx, walk{repo: repo, filter: open, until: start})
	if err != nil {
		return nil, err
	}
	touched, err := h.walk(ctx, walk{repo: repo, filter: filter, since: start})
	if err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	for _, i := range touched {
		seen[i.GetNumber()] = true
	}
	old = slices.DeleteFunc(slices.Clone(old), func(i issue) bool { return seen[i.GetNumber()] })
	return append(old, touched...), nil
}

// onFewPages is what the answer of fewPages is remembered by.
func onFewPages(w walk, pages int) string {
	return w.path(time.Time{}) + " on pages: " + strconv.Itoa(pages)
}

// fewPages returns the issues of a filter if so many pages hold them all, else
// nil.
func (h *hub) fewPages(ctx context.Context, repo Repo, filter url.Values, pages int) ([]issue, error) {
	w := walk{repo: repo, filter: filter}
	return remember(ctx, &h.kept, onFewPages(w, pages), func() ([]issue, error) {
		first, err := remember(ctx, &h.kept, onFewPages(w, 0), func() (issuePage, error) {
			return h.page(ctx, w, w.path(time.Time{}), trail{})
		})
		if err != nil || first.next != "" && pages == 1 {
			return nil, err
		}
		all, whole, err := h.walkOn(ctx, w, first, pages-1)
		if err != nil || !whole {
			return nil, err
		}
		return append([]issue{}, all...), nil
	})
}

// filter returns the parameters by which GitHub narrows a list to a query, how
// many issues and pull requests GitHub counts where a milestone is all that the
// list is narrowed to, and whether the repository has the query's milestone.
func (h *hub) filter(ctx context.Context, q Query, repo Repo) (v url.Values, counted int, ok bool, err error) {
	v = url.Values{}
	var labels []string
	for _, l := range q.Labels {
		if !strings.Contains(l, ",") { // the list would take it for two
			labels = append(labels, l)
		}
	}
	if len(labels) > 0 {
		v.Set("labels", strings.Join(labels, ","))
	}
	if q.Author != "" {
		v.Set("creator", q.Author)
	}
	narrowed := len(v) > 0
	if q.Milestone != "" {
		m, err := h.milestone(ctx, repo, q.Milestone)
		if err != nil || m.GetNumber() == 0 {
			return nil, 0, false, err
		}
		v.Set("milestone", strconv.Itoa(m.GetNumber()))
		if !narrowed {
			counted = m.GetOpenIssues() + m.GetClosedIssues()
		}
	}
	return v, counted, true, nil
}

// wants reports whether a query asks for an issue. The server was asked to
// filter by most of it; this does not rely on it.
func (q Query) wants(f found) bool {
	return f.IsPullRequest() == q.Pulls &&
		hasLabels(f.Labels, q.Labels) &&
		(q.Milestone == "" || strings.EqualFold(f.Milestone.GetTitle(), q.Milestone)) &&
		(q.Author == "" || strings.EqualFold(f.User.GetLogin(), q.Author))
}

func hasLabels(have []*gh.Label, want []string) bool {
	for _, name := range want {
		if !slices.ContainsFunc(have, func(l *gh.Label) bool { return strings.EqualFold(l.GetName(), name) }) {
			return false
		}
	}
	return true
}

// milestone returns a milestone by its title, a zero one if there is none so
// named. The title counts in any case, as in GitHub's search, an exact one
// first.
func (h *hub) milestone(ctx context.Context, repo Repo, title string) (gh.Milestone, error) {
	var found gh.Milestone
	all, err := h.milestones(ctx, repo)
	if errors.Is(err, errDisabled) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	for _, m := range all {
		switch {
		case m.GetTitle() == title:
			return m, nil
		case found.GetNumber() == 0 && strings.EqualFold(m.GetTitle(), title):
			found = m
		}
	}
	return found, nil
}

// labelsExist refuses a query for a label that no repository has. GitHub
// answers it with an empty list, and a slip of the pen must not read as "no
// incidents".
func (h *hub) labelsExist(ctx context.Context, q Query, repos []Repo) error {
	known := map[string]bool{}
	for _, repo := range repos {
		labels, err := readAll[gh.Label](ctx, h, repo, "labels?per_page="+perPage)
		if err != nil {
			return err
		}
		for _, l := range labels {
			known[strings.ToLower(l.GetName())] = true
		}
	}
	for _, name := range q.Labels {
		if !known[strings.ToLower(name)] {
			return refuse("%s has no label %q in %s", h.name, name, names(repos))
		}
	}
	return nil
}

// readAll reads a whole list of a repository, page by page.
func readAll[T any](ctx context.Context, h *hub, repo Repo, rest string) ([]T, error) {
	path := fmt.Sprintf("repos/%s/%s", repo, rest)
	return remember(ctx, &h.kept, fmt.Sprintf("%s as %T", path, *new(T)), func() ([]T, error) {
		all, read := []T{}, trail{}
		for path != "" {
			page, next, err := get[T](ctx, h, repo, path, read)
			if err != nil {
				return nil, err
			}
			all = append(all, page...)
			path = next
		}
		return all, nil
	})
}

func names(repos []Repo) string {
	list := make([]string, len(repos))
	for i, r := range repos {
		list[i] = r.String()
	}
	return strings.Join(list, ", ")
}
