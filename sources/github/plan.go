package github

import (
	"context"
	"errors"
	"slices"
	"strings"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
)

// plan returns how GitHub itself plans a goal: by the milestone that it is, or
// that its parent is in, or by what is said of its project. All of it is on
// pages that the goal's items are read from, so it costs no request.
func (h *hub) plan(ctx context.Context, w sources.Window, query sources.Query) (sources.Plan, error) {
	q, err := ParseQuery(query.Noun, query.Text)
	if err != nil {
		return sources.Plan{}, err
	}
	switch {
	case query.Noun != sources.Goals:
		return sources.Plan{}, nil
	case q.Project.Number != 0:
		return h.projectPlan(ctx, q.Project)
	case q.Parent.Number != 0:
		p, err := h.parent(ctx, q.Parent)
		if err != nil || p.Milestone == nil {
			return sources.Plan{}, err
		}
		return sources.Plan{Milestones: []sources.Milestone{h.step(*p.Milestone)}}, nil
	case q.Milestone == "":
		return sources.Plan{}, nil
	}
	var plan sources.Plan
	for _, repo := range q.Repos {
		m, err := h.milestone(ctx, repo, q.Milestone)
		if errors.Is(err, errDisabled) || err == nil && m.GetNumber() == 0 {
			continue
		}
		if err != nil {
			return sources.Plan{}, err
		}
		plan.Milestones = append(plan.Milestones, h.step(m))
	}
	slices.SortStableFunc(plan.Milestones, func(a, b sources.Milestone) int { return a.Due.Compare(b.Due) })
	return plan, nil
}

// step returns a milestone as a step of a plan.
func (h *hub) step(m gh.Milestone) sources.Milestone {
	ref := title(m.GetTitle())
	return sources.Milestone{
		Evidence: sources.Evidence{Source: h.name, Ref: strings.TrimSpace(ref), URL: page(m.GetHTMLURL())},
		Title:    ref, Due: due(m), Done: m.GetState() == "closed",
	}
}
