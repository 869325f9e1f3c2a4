package github

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
)

// shipped returns the pull requests merged, the releases published and, where
// an environment is named, the deployments ended within the window.
func (h *hub) shipped(ctx context.Context, window sources.Window, q Query) ([]sources.Item, error) {
	var items []sources.Item
	for _, repo := range q.Repos {
		merged, err := h.merged(ctx, window, q, repo)
		if err != nil {
			return nil, err
		}
		items = append(items, merged...)
		if len(q.Labels) > 0 || q.Milestone != "" || q.Author != "" {
			continue // words about pull requests; a release has none of these
		}
		published, err := h.published(ctx, window, repo)
		if err != nil {
			return nil, err
		}
		items = append(items, published...)
	}
	for _, environment := range q.Environments {
		deployed, err := h.deployments(ctx, window, q.Repos, environment)
		if err != nil {
			return nil, err
		}
		items = append(items, deployed...)
	}
	return items, nil
}

func (h *hub) merged(ctx context.Context, window sources.Window, q Query, repo Repo) ([]sources.Item, error) {
	pulls, err := newest(ctx, h, repo, pullList, window.Start())
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, p := range pulls {
		if !window.Holds(p.GetMergedAt().Time) {
			continue
		}
		if len(q.Bases) == 0 && p.GetBase().GetRepo().GetDefaultBranch() == "" {
			return nil, h.unreadable(repo)
		}
		if q.wantsPull(p) {
			items = append(items, sources.Item{
				Evidence: sources.Evidence{Source: h.name, Ref: fmt.Sprintf("%s#%d", repo, p.GetNumber()), URL: page(p.GetHTMLURL())},
				Kind:     sources.PullRequest,
				Title:    title(p.GetTitle()),
				Created:  p.GetCreatedAt().Time,
				Done:     []sources.Span{{From: p.GetMergedAt().Time}},
				Bot:      h.bot(p.User),
				Graded:   sources.Whole(),
			})
		}
	}
	return items, nil
}

func (q Query) wantsPull(p gh.PullRequest) bool {
	base := p.GetBase().GetRef() == p.GetBase().GetRepo().GetDefaultBranch()
	if len(q.Bases) > 0 {
		base = slices.Contains(q.Bases, p.GetBase().GetRef())
	}
	return base && hasLabels(p.Labels, q.Labels) &&
		(q.Milestone == "" || strings.EqualFold(p.Milestone.GetTitle(), q.Milestone)) &&
		(q.Author == "" || strings.EqualFold(p.User.GetLogin(), q.Author))
}

func (h *hub) published(ctx context.Context, window sources.Window, repo Repo) ([]sources.Item, error) {
	releases, err := newest(ctx, h, repo, releaseList, window.Start())
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	for _, r := range releases {
		published := r.GetPublishedAt().Time
		if r.GetDraft() || !window.Holds(published) {
			continue
		}
		items = append(items, sources.Item{
			Evidence:   sources.Evidence{Source: h.name, Ref: repo.String() + "@" + title(r.GetTagName()), URL: page(r.GetHTMLURL())},
			Kind:       sources.Release,
			Title:      title(cmp.Or(r.GetName(), r.GetTagName())),
			Created:    published, // GitHub's created_at is the date of the commit
			Done:       []sources.Span{{From: published}},
			Prerelease: r.GetPrerelease(),
			Graded:     sources.Whole(),
		})
	}
	return items, nil
}

// A feed is a list that comes newest first and cannot be asked for a time.
type feed[T any] struct {
	path string
	// mark returns what names an entry and when it last moved in the list;
	// a zero time is an entry that cannot be read.
	mark func(T) (key int64, moved time.Time)
	// reach returns, of the times on a page, the one after which nothing
	// newer follows on later pages.
	reach func(moved []time.Time) time.Time
	// keep returns what is needed of an entry; nil: all of it.
	keep func(T) T
}

// pullList comes in the order of updates, so the last entry of a page is newer
// than everything on later pages. Nothing is merged after its last update.
var pullList = feed[gh.PullRequest]{
	path: "pulls?direction=desc&per_page=" + perPage + "&sort=updated&state=closed",
	mark: func(p gh.PullRequest) (int64, time.Time) {
		if p.GetCreatedAt().IsZero() || p.GetState() != "closed" {
			return 0, time.Time{}
		}
		return int64(p.GetNumber()), p.GetUpdatedAt().Time
	},
	reach: func(moved []time.Time) time.Time { return slices.MinFunc(moved, time.Time.Compare) },
	keep:  slimPull,
}

// slimPull drops nine tenths of a pull request: half a year of them is in
// memory at once.
func slimPull(p gh.PullRequest) gh.PullRequest {
	slim := gh.PullRequest{
		Number: p.Number, Title: p.Title, HTMLURL: p.HTMLURL,
		CreatedAt: p.CreatedAt, MergedAt: p.MergedAt,
		Base: &gh.PullRequestBranch{Ref: p.GetBase().Ref, Repo: &gh.Repository{DefaultBranch: p.GetBase().GetRepo().DefaultBranch}},
	}
	if p.User != nil {
		slim.User = &gh.User{Login: p.User.Login, Type: p.User.Type}
	}
	if p.Milestone != nil {
		slim.Milestone = &gh.Milestone{Title: p.Milestone.Title}
	}
	for _, l := range p.Labels {
		slim.Labels = append(slim.Labels, &gh.Label{Name: l.Name})
	}
	return slim
}

// releaseList comes in no documented order, newest first in practice by one
// date or the other. So a whole page has to be old before it counts as the end.
var releaseList = feed[gh.RepositoryRelease]{
	path: "releases?per_page=" + perPage,
	mark: func(r gh.RepositoryRelease) (int64, time.Time) {
		if !r.GetDraft() && r.GetPublishedAt().IsZero() {
			return 0, time.Time{}
		}
		moved := r.GetCreatedAt().Time
		if published := r.GetPublishedAt().Time; published.After(moved) {
			moved = published
		}
		return r.GetID(), moved
	},
	reach: func(moved []time.Time) time.Time { return slices.MaxFunc(moved, time.Time.Compare) },
}

// margin is how much further back a feed is read than is needed, for an order
// that is not quite the order of the times.
const margin = 24 * time.Hour

// newest reads a feed back to start. What moves to its front while it is read
// pushes other entries onto later pages, which does no harm, but is itself
// missed; so after several pages the front is read again, down to a page with
// an entry that has not moved since.
func newest[T any](ctx context.Context, h *hub, repo Repo, f feed[T], start time.Time) ([]T, error) {
	first := fmt.Sprintf("repos/%s/%s", repo, f.path)
	return remember(ctx, &h.kept, first+" since "+start.UTC().String(), func() ([]T, error) {
		p := pass[T]{feed: f, seen: map[int64]entry[T]{}}
		pages, read := 0, trail{}
		for path := first; path != ""; pages++ {
			page, next, err := get[T](ctx, h, repo, path, read)
			if err != nil {
				return nil, err
			}
			moved, _, ok := p.take(page)
			// A page that was linked to holds something.
			if !ok || len(page) == 0 && (next != "" || pages > 0) {
				return nil, h.unreadable(repo)
			}
			path = next
			if len(moved) > 0 && f.reach(moved).Before(start.Add(-margin)) {
				path = ""
			}
		}
		read = trail{}
		for path := first; path != "" && pages > 1; {
			page, next, err := get[T](ctx, h, repo, path, read)
			if err != nil {
				return nil, err
			}
			_, still, ok := p.take(page)
			if !ok {
				return nil, h.unreadable(repo)
			}
			path = next
			if still {
				path = ""
			}
		}
		return p.all(), nil
	})
}

// A pass gathers the entries of a feed.
type pass[T any] struct {
	feed[T]
	seen map[int64]entry[T]
}

type entry[T any] struct {
	moved time.Time
	value T
}

// take adds a page. It returns when its entries moved, and whether one of them
// was seen before just as it is. Not ok: an entry cannot be read.
func (p pass[T]) take(page []T) (moved []time.Time, still, ok bool) {
	for _, v := range page {
		key, at := p.mark(v)
		if key <= 0 || at.IsZero() {
			return nil, false, false
		}
		was, known := p.seen[key]
		still = still || known && was.moved.Equal(at)
		if !known || !at.Before(was.moved) {
			if p.keep != nil {
				v = p.keep(v)
			}
			p.seen[key] = entry[T]{at, v}
		}
		moved = append(moved, at)
	}
	return moved, still, true
}

func (p pass[T]) all() []T {
	var all []T
	for _, key := range slices.Sorted(maps.Keys(p.seen)) {
		all = append(all, p.seen[key].value)
	}
	return all
}
