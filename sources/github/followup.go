package github

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"preread/sources"
)

// addFollowUps fills in the follow-ups of incidents: their sub-issues; of
// those without, issues with the follow-up label that name them; of those
// without, the check boxes in their text. found and incidents run in step.
func (h *hub) addFollowUps(ctx context.Context, q Query, all []found, incidents []sources.Incident) error {
	var rest []int
	told, err := h.manySubIssues(ctx, q, all)
	if err != nil {
		return err
	}
	for i, f := range all {
		if !f.hasSubIssues() {
			rest = append(rest, i)
			continue
		}
		sub, known := told[f.GetNodeID()]
		if !known {
			if sub, err = h.subIssues(ctx, f); err != nil {
				return err
			}
		}
		sub.addTo(&incidents[i], f.Sub.Total)
	}
	if len(rest) == 0 {
		return nil
	}
	oldest := all[rest[0]].GetCreatedAt().Time
	for _, i := range rest {
		if created := all[i].GetCreatedAt().Time; created.Before(oldest) {
			oldest = created
		}
	}
	named, err := h.labelled(ctx, q, oldest)
	if err != nil {
		return err
	}
	for _, i := range rest {
		f := all[i]
		incidents[i].FollowUps = named[strings.ToLower(f.moved().ref())]
		if len(incidents[i].FollowUps) == 0 {
			incidents[i].FollowUps = boxes(incidents[i].Evidence, f.GetBody())
		}
	}
	return nil
}

func (f found) hasSubIssues() bool { return f.Sub != nil && f.Sub.Total > 0 }

// Shown are the sub-issues of an issue that a token may see.
type shown struct {
	followUps []sources.FollowUp // those that were not given up
	n         int                // with those
}

// addTo takes sub-issues as an incident's follow-ups. GitHub counts those too
// that it does not show.
func (s shown) addTo(in *sources.Incident, total int) {
	in.FollowUps = append(in.FollowUps, s.followUps...)
	if hidden := total - s.n; hidden > 0 {
		in.Graded = in.Worse(sources.Graded{Grade: sources.Partial, Reason: fmt.Sprintf("sub-issues that are not shown to this token: %d", hidden)})
	}
}

// subIssues reads the sub-issues of one issue.
func (h *hub) subIssues(ctx context.Context, f found) (shown, error) {
	children, err := h.children(ctx, f.repo, f.GetNumber())
	s := shown{n: len(children)}
	for _, c := range children {
		if !givenUp(c.issue) {
			s.followUps = append(s.followUps, h.followUpOf(c))
		}
	}
	return s, err
}

const subIssueQuery = `query($ids:[ID!]!){
rateLimit{cost remaining}
found:nodes(ids:$ids){... on Issue{id
subIssues(first:50){pageInfo{hasNextPage} nodes{number title url state stateReason(enableDuplicate:true) repository{nameWithOwner}}}}}}`

// manySubIssues reads the sub-issues of many issues at once, by their node ids.
// As with timelines, not all need to come of it.
func (h *hub) manySubIssues(ctx context.Context, q Query, all []found) (map[string]shown, error) {
	var ids []string
	for _, f := range all {
		if f.hasSubIssues() && f.GetNodeID() != "" {
			ids = append(ids, f.GetNodeID())
		}
	}
	type family struct {
		ID    string `json:"id"`
		Items *connection[struct {
			Number     int    `json:"number"`
			Title      string `json:"title"`
			URL        string `json:"url"`
			State      string `json:"state"`
			Reason     string `json:"stateReason"`
			Repository struct {
				Name string `json:"nameWithOwner"`
			} `json:"repository"`
		}] `json:"subIssues"`
	}
	told := map[string]shown{}
	err := manyNodes(ctx, h, q, subIssueQuery, ids, func(f *family) error {
		if f.ID == "" || f.Items == nil || f.Items.Nodes == nil || f.Items.PageInfo.HasNextPage {
			return nil
		}
		s := shown{n: len(f.Items.Nodes)}
		for _, c := range f.Items.Nodes {
			if c == nil {
				s.n--
				continue
			}
			if c.Number <= 0 || !isRepo(c.Repository.Name) || c.State != "OPEN" && c.State != "CLOSED" {
				return h.unreadable(incidentsOf(q.Repos))
			}
			if c.Reason != "NOT_PLANNED" && c.Reason != "DUPLICATE" {
				s.followUps = append(s.followUps, sources.FollowUp{
					Evidence: sources.Evidence{Source: h.name, Ref: fmt.Sprintf("%s#%d", c.Repository.Name, c.Number), URL: page(c.URL)},
					Title:    title(c.Title), Done: c.State == "CLOSED",
				})
			}
		}
		told[f.ID] = s
		return nil
	})
	return told, err
}

func (h *hub) followUpOf(f found) sources.FollowUp {
	return sources.FollowUp{
		Evidence: sources.Evidence{Source: h.name, Ref: f.ref(), URL: page(f.GetHTMLURL())},
		Title:    title(f.GetTitle()),
		Done:     f.GetState() == "closed",
	}
}

// moved returns what was found under the name that its repository has by now.
// The settings may still hold a former one, but people write the present one.
func (f found) moved() found { return found{f.issue, home(f.issue, f.repo)} }

// home returns the repository of a sub-issue, which need not be its parent's.
func home(i issue, parent Repo) Repo {
	_, path, _ := strings.Cut(i.GetRepositoryURL(), "/repos/")
	if owner, name, ok := strings.Cut(path, "/"); ok && repoName.MatchString(path) {
		return Repo{owner, name}
	}
	return parent
}

// labelled returns the issues with the follow-up label by what they name, in
// lower case. A follow-up is not older than its incident, so older ones are
// not read.
func (h *hub) labelled(ctx context.Context, q Query, since time.Time) (map[string][]sources.FollowUp, error) {
	named := map[string][]sources.FollowUp{}
	filter := url.Values{"state": {"all"}, "labels": {h.followUp}}
	for _, repo := range q.Repos {
		issues, err := h.walk(ctx, walk{repo: repo, filter: filter, since: since})
		if errors.Is(err, errDisabled) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, i := range issues {
			f := found{i, repo}
			now := f.moved()
			if i.IsPullRequest() || givenUp(i) || !hasLabels(i.Labels, []string{h.followUp}) {
				continue
			}
			for _, ref := range references(now.repo, i.GetTitle()+"\n"+i.GetBody()) {
				if ref != strings.ToLower(now.ref()) {
					named[ref] = append(named[ref], h.followUpOf(f))
				}
			}
		}
	}
	return named, nil
}

var reference = regexp.MustCompile(`https?://[^\s/]+/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d{1,10})\b|(?:^|[^\w/.#-])([\w.-]+/[\w.-]+)?#(\d{1,10})\b`)

// references returns the issues that a text names, as owner/name#1 in lower
// case, each once, in order: "#1" is in the text's own repository.
func references(repo Repo, text string) []string {
	var refs []string
	seen := map[string]bool{}
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		where, number := m[1], m[2]
		if number == "" {
			where, number = m[3], m[4]
		}
		if where == "" {
			where = repo.String()
		}
		ref := strings.ToLower(where) + "#" + strings.TrimLeft(number, "0")
		if !seen[ref] {
			seen[ref] = true
			refs = append(refs, ref)
		}
	}
	return refs
}

var (
	box     = regexp.MustCompile(`^\s*(?:[-*+]|\d{1,9}[.)])\s+\[([ xX])\]\s+(\S.*)$`)
	fence   = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})(.*)$")
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// boxes returns the check boxes of a Markdown text as follow-ups, those in
// code fences and comments apart.
func boxes(incident sources.Evidence, text string) []sources.FollowUp {
	var followUps []sources.FollowUp
	closing := ""
	for line := range strings.Lines(comment.ReplaceAllString(text, "")) {
		line = strings.TrimRight(line, "\r\n")
		if m := fence.FindStringSubmatch(line); m != nil {
			switch {
			case closing == "":
				closing = m[1]
			case strings.HasPrefix(m[1], closing) && strings.TrimSpace(m[2]) == "":
				closing = ""
			}
			continue
		}
		if m := box.FindStringSubmatch(line); m != nil && closing == "" {
			followUps = append(followUps, sources.FollowUp{
				Evidence: incident,
				Title:    sources.OneLine(strings.TrimSpace(m[2]), 200),
				Done:     m[1] != " ",
			})
		}
	}
	return followUps
}
