package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// A deployment is a request to deploy something; its states say what became of
// it.
type deployment struct {
	ID          int64     `json:"databaseId"`
	CreatedAt   time.Time `json:"createdAt"`
	Environment string    `json:"environment"`
	Commit      string    `json:"commitOid"`
	Creator     *author   `json:"creator"`
	Latest      *deployed `json:"latestStatus"`
	Statuses    *struct {
		Nodes []*deployed `json:"nodes"`
	} `json:"statuses"`
	Ref *struct {
		Name string `json:"name"`
	} `json:"ref"`
}

// A deployed is one state of a deployment.
type deployed struct {
	State     string    `json:"state"`
	CreatedAt time.Time `json:"createdAt"`
}

const deploymentQuery = `query($owner:String!,$name:String!,$environments:[String!]!,$first:Int!,$after:String){
rateLimit{cost remaining}
found:repository(owner:$owner,name:$name){
deployments(environments:$environments,first:$first,after:$after,orderBy:{field:CREATED_AT,direction:DESC}){
totalCount pageInfo{hasNextPage endCursor} nodes{
databaseId createdAt environment commitOid ref{name} creator{__typename login}
latestStatus{state createdAt} statuses(first:30){nodes{state createdAt}}}}}}`

// longWait is how long a deployment may wait for somebody's leave and still be
// counted: older ones are not looked for.
const longWait = 7 * 24 * time.Hour

// deployments returns what was deployed to an environment of some repositories
// in the window, with or without success. One that has not ended is none yet.
// An environment that nothing was ever deployed to is a slip of the pen, and
// must not read as "no deployments".
func (h *hub) deployments(ctx context.Context, w sources.Window, repos []Repo, environment string) ([]sources.Item, error) {
	var items []sources.Item
	ever := 0
	for _, repo := range repos {
		history, err := h.deploymentsSince(ctx, repo, environment, w.Start().Add(-longWait))
		if err != nil {
			return nil, err
		}
		ever += history.ever
		for _, d := range history.list {
			if at, failed, ended := d.outcome(); ended && w.Holds(at) {
				items = append(items, h.deployed(repo, d, at, failed))
			}
		}
	}
	if ever == 0 {
		return nil, refuse("%s has no deployment to %q in %s", h.name, sources.OneLine(environment, 60), names(repos))
	}
	return items, nil
}

// deployed returns a deployment that has ended.
func (h *hub) deployed(repo Repo, d deployment, at time.Time, failed bool) sources.Item {
	what := d.Commit[:min(7, len(d.Commit))]
	if d.Ref != nil && d.Ref.Name != "" {
		what = d.Ref.Name
	}
	return sources.Item{
		Evidence: h.evidenceAt(fmt.Sprintf("%s deployment %d", repo, d.ID), repo.String(), "deployments", d.Environment),
		Kind:     sources.Deployment, Type: sources.OneLine(d.Environment, 60), Title: title(what + " to " + d.Environment),
		Created: d.CreatedAt, Done: []sources.Span{{From: at}}, Failed: failed, Bot: h.machine(d.Creator), Graded: sources.Whole(),
	}
}

// outcome returns when a deployment ended and whether it failed. What comes
// after an end is not its own: a later deployment makes it inactive.
func (d deployment) outcome() (at time.Time, failed, ended bool) {
	all := d.Statuses.Nodes
	if d.Latest != nil {
		all = append(slices.Clone(all), d.Latest)
	}
	var idle time.Time
	for _, s := range all {
		switch {
		case s == nil:
		case s.State == "INACTIVE":
			if idle.IsZero() || s.CreatedAt.Before(idle) {
				idle = s.CreatedAt
			}
		case (s.State == "SUCCESS" || s.State == "FAILURE" || s.State == "ERROR") && s.CreatedAt.After(at):
			at, failed, ended = s.CreatedAt, s.State != "SUCCESS", true
		}
	}
	if !ended && !idle.IsZero() { // only what had succeeded becomes inactive
		return idle, false, true
	}
	return at, failed, ended
}

// A history is the deployments to one environment.
type history struct {
	list []deployment // those since a time
	ever int          // how many there are in all
}

// deploymentsSince reads the deployments that were asked for since a time,
// newest first. One that comes meanwhile is missed, but cannot have ended.
func (h *hub) deploymentsSince(ctx context.Context, repo Repo, environment string, since time.Time) (history, error) {
	type repository struct {
		Deployments connection[deployment] `json:"deployments"`
	}
	key := strings.ToLower("deployments of "+repo.String()) + " to " + environment + " since " + since.UTC().String()
	return remember(ctx, &h.kept, key, func() (history, error) {
		var all history
		after, read := "", trail{}
		for more := true; more; {
			variables := map[string]any{"owner": repo.Owner, "name": repo.Name, "environments": []string{environment}, "first": firstPage}
			if after != "" {
				variables["after"] = after
			}
			if err := read.add(h, after); err != nil {
				return history{}, err
			}
			r, err := query[*repository](ctx, h, repo, deploymentQuery, variables)
			if err != nil {
				return history{}, err
			}
			if r == nil {
				return history{}, h.complaint(repo, "NOT_FOUND")
			}
			list := r.Deployments
			all.ever = max(all.ever, list.TotalCount)
			after, more = list.PageInfo.EndCursor, list.PageInfo.HasNextPage
			if list.Nodes == nil || more && after == "" || len(list.Nodes) == 0 && (more || list.TotalCount > 0) {
				return history{}, h.unreadable(repo)
			}
			for _, d := range list.Nodes {
				if !d.whole() {
					return history{}, h.unreadable(repo)
				}
				more = more && !d.CreatedAt.Before(since)
				all.list = append(all.list, *d)
			}
		}
		return all, nil
	})
}

// whole refuses a deployment without what its outcome stands on.
func (d *deployment) whole() bool {
	return d != nil && d.ID > 0 && !d.CreatedAt.IsZero() && d.Environment != "" && d.Statuses != nil && d.Statuses.Nodes != nil
}
