package github

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// An object is a JSON object in the shape of GitHub's published description.
type object map[string]any

// api is where the addresses in answers lead.
const api = Site + "/api/v3"

// at writes a time as GitHub does: UTC to the second, null for none.
func at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// id gives everything a number of its own that does not change.
func id(parts ...any) int64 {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, parts...)
	return int64(h.Sum32())
}

func node(kind string, id int64) string { return kind + "_" + strconv.FormatInt(id, 36) }

func user(u User) object {
	kind, n := "User", id("user", u.Login)
	if u.Bot {
		kind = "Bot"
	}
	base := api + "/users/" + u.Login
	return object{
		"login": u.Login, "id": n, "node_id": node("U", n), "type": kind, "site_admin": false,
		"avatar_url": Site + "/avatars/" + u.Login, "gravatar_id": "", "url": base,
		"html_url":      Site + "/" + strings.TrimSuffix(u.Login, "[bot]"),
		"followers_url": base + "/followers", "following_url": base + "/following{/other_user}",
		"gists_url": base + "/gists{/gist_id}", "starred_url": base + "/starred{/owner}{/repo}",
		"subscriptions_url": base + "/subscriptions", "organizations_url": base + "/orgs",
		"repos_url": base + "/repos", "events_url": base + "/events{/privacy}",
		"received_events_url": base + "/received_events",
	}
}

func label(r *Repo, name string) object {
	n := id("label", r.ID, name)
	return object{
		"id": n, "node_id": node("LA", n), "url": api + "/repos/" + r.String() + "/labels/" + name,
		"name": name, "description": "Everything about " + name, "color": fmt.Sprintf("%06x", n&0xffffff), "default": name == BugLabel,
	}
}

func labels(r *Repo, names []string) []object {
	return render(names, func(name string) object { return label(r, name) })
}

// milestone renders the nth milestone, counted as GitHub does: pull requests
// are issues.
func milestone(r *Repo, number int) object {
	m := r.Milestones[number-1]
	var open, closed int
	for _, i := range r.Issues {
		switch s := i.state(); {
		case s.milestone != m.Title:
		case s.open():
			open++
		default:
			closed++
		}
	}
	o := milestoneHead(r, number)
	o["open_issues"], o["closed_issues"] = open, closed
	return o
}

func milestoneHead(r *Repo, number int) object {
	m, n := r.Milestones[number-1], id("milestone", r.ID, number)
	base := api + "/repos/" + r.String() + "/milestones/" + strconv.Itoa(number)
	return object{
		"url": base, "html_url": Site + "/" + r.String() + "/milestone/" + strconv.Itoa(number), "labels_url": base + "/labels",
		"id": n, "node_id": node("MI", n), "number": number, "state": word(m.Closed.IsZero()), "title": m.Title, "description": nil,
		"creator": user(User{Login: "lady-mint"}), "open_issues": 0, "closed_issues": 0,
		"created_at": at(m.Created), "updated_at": at(later(m.Created, m.Closed)), "closed_at": at(m.Closed), "due_on": at(m.Due),
	}
}

// inMilestone renders a milestone inside an issue.
func inMilestone(r *Repo, title string) any {
	for n, m := range r.Milestones {
		if m.Title == title {
			return milestoneHead(r, n+1)
		}
	}
	return nil
}

func login(name string) any {
	if name == "" {
		return nil
	}
	return user(User{Login: name})
}

func logins(name string) []object {
	if name == "" {
		return []object{}
	}
	return []object{user(User{Login: name})}
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// node is what GraphQL calls an issue by.
func (i *Issue) node() string { return node("I", id("issue", i.repo.ID, i.Number)) }

func issueObject(i *Issue) object {
	s, n := i.state(), id("issue", i.repo.ID, i.Number)
	number := strconv.Itoa(i.Number)
	base := api + "/repos/" + i.repo.String() + "/issues/" + number
	kind := "issues"
	if i.Pull != nil {
		kind = "pull"
	}
	o := object{
		"id": n, "node_id": i.node(), "url": base, "repository_url": api + "/repos/" + i.repo.String(),
		"labels_url": base + "/labels{/name}", "comments_url": base + "/comments", "events_url": base + "/events",
		"timeline_url": base + "/timeline", "html_url": Site + "/" + i.repo.String() + "/" + kind + "/" + number,
		"number": i.Number, "title": i.Title, "body": null(i.text()), "user": user(i.Author), "labels": labels(i.repo, s.labels),
		"state": word(s.open()), "state_reason": null(s.reason), "locked": false, "active_lock_reason": nil,
		"assignee": login(s.assignee), "assignees": logins(s.assignee), "milestone": inMilestone(i.repo, s.milestone),
		"comments": s.comments, "created_at": at(i.Created), "updated_at": at(s.updated), "closed_at": at(s.closed),
		"author_association": "MEMBER", "performed_via_github_app": nil, "type": issueType(i.Type),
		"sub_issues_summary": subIssues(i.Children),
	}
	if i.Pull != nil {
		page := Site + "/" + i.repo.String() + "/pull/" + number
		o["draft"] = i.Pull.Draft
		o["pull_request"] = object{
			"url": api + "/repos/" + i.repo.String() + "/pulls/" + number, "html_url": page,
			"diff_url": page + ".diff", "patch_url": page + ".patch", "merged_at": at(s.merged),
		}
	}
	return o
}

func word(open bool) string {
	if open {
		return "open"
	}
	return "closed"
}

func issueType(name string) any {
	if name == "" {
		return nil
	}
	n := id("type", name)
	return object{"id": n, "node_id": node("IT", n), "name": name, "description": nil, "color": "red"}
}

func subIssues(children []*Issue) object {
	done := 0
	for _, c := range children {
		if !c.state().open() {
			done++
		}
	}
	return object{"total": len(children), "completed": done, "percent_completed": done * 100 / max(1, len(children))}
}

// timeline renders an issue's events, with those of its sub-issues behind.
func timeline(i *Issue) []object {
	all := make([]object, len(i.Events))
	for n, e := range i.Events {
		all[n] = eventObject(i, n, e)
	}
	add := func(at time.Time, what string, child *Issue) {
		o := eventObject(i, len(all), Event{At: at, What: what})
		o["sub_issue"] = nil
		if !child.repo.Hidden {
			o["sub_issue"] = object{
				"number": child.Number, "title": child.Title, "state": word(child.state().open()),
				"repository": repository(child.repo), "issue_type": issueType(child.Type),
			}
		}
		all = append(all, o)
	}
	for _, m := range i.Family {
		if !m.From.IsZero() {
			add(m.From, "sub_issue_added", m.Issue)
		}
		if !m.To.IsZero() {
			add(m.To, "sub_issue_removed", m.Issue)
		}
	}
	return all
}

// eventObject renders the nth event of an issue.
func eventObject(i *Issue, n int, e Event) object {
	base := api + "/repos/" + i.repo.String() + "/issues/" + strconv.Itoa(i.Number)
	id := i.repo.ID*1e8 + int64(i.Number)*1e4 + int64(n)
	o := object{
		"id": id, "node_id": node("EV", id), "url": base + "/events/" + strconv.FormatInt(id, 10),
		"actor": user(User{Login: "lady-mint"}), "event": e.What, "created_at": at(e.At),
		"commit_id": nil, "commit_url": nil, "performed_via_github_app": nil,
	}
	switch e.What {
	case Labeled, Unlabeled:
		o["label"] = object{"name": e.Word, "color": "d73a4a"}
	case Milestoned, Demilestoned:
		o["milestone"] = object{"title": e.Word}
	case Assigned:
		o["actor"], o["assignee"] = user(User{Login: e.Word}), user(User{Login: e.Word})
	case Closed:
		o["state_reason"] = null(e.Word)
	case Commented:
		page := fmt.Sprintf("%s/%s/issues/%d#issuecomment-%d", Site, i.repo, i.Number, id)
		o["url"], o["html_url"], o["issue_url"] = base+"/comments/"+strconv.FormatInt(id, 10), page, base
		o["user"], o["author_association"] = user(User{Login: "earl-grey"}), "MEMBER"
		o["updated_at"], o["body"] = at(e.At), "Have you tried descaling it?"
	}
	return o
}

func pullObject(l listed, repo json.RawMessage) object {
	i, n := l.Issue, id("pull", l.repo.ID, l.Number)
	number := strconv.Itoa(i.Number)
	base := api + "/repos/" + i.repo.String()
	pull, issue := base+"/pulls/"+number, base+"/issues/"+number
	page := Site + "/" + i.repo.String() + "/pull/" + number
	sha := fmt.Sprintf("%040x", n)
	branch := func(ref string) object {
		return object{"label": i.repo.Owner + ":" + ref, "ref": ref, "sha": sha, "user": user(User{Login: i.repo.Owner}), "repo": repo}
	}
	links := object{}
	for name, href := range map[string]string{
		"self": pull, "html": page, "issue": issue, "comments": issue + "/comments", "review_comments": pull + "/comments",
		"review_comment": base + "/pulls/comments{/number}", "commits": pull + "/commits", "statuses": base + "/statuses/" + sha,
	} {
		links[name] = object{"href": href}
	}
	return object{
		"url": pull, "id": n, "node_id": node("PR", n), "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"issue_url": issue, "commits_url": pull + "/commits", "review_comments_url": pull + "/comments",
		"review_comment_url": base + "/pulls/comments{/number}", "comments_url": issue + "/comments", "statuses_url": base + "/statuses/" + sha,
		"number": i.Number, "state": word(l.open()), "locked": false, "title": i.Title, "user": user(i.Author), "body": null(i.text()),
		"labels": labels(i.repo, l.labels), "milestone": inMilestone(i.repo, l.milestone), "active_lock_reason": nil,
		"created_at": at(i.Created), "updated_at": at(l.updated), "closed_at": at(l.closed), "merged_at": at(l.merged),
		"merge_commit_sha": sha, "assignee": login(l.assignee), "assignees": logins(l.assignee),
		"requested_reviewers": []object{}, "requested_teams": []object{}, "draft": i.Pull.Draft,
		"head": branch("teapot-" + number), "base": branch(cmp.Or(i.Pull.Base, i.repo.branch())),
		"_links": links, "author_association": "MEMBER", "auto_merge": nil,
	}
}

func releaseObject(r *Repo, rel Release, number int) object {
	n := id("release", r.ID, rel.Tag)
	base := fmt.Sprintf("%s/repos/%s/releases/%d", api, r, n)
	return object{
		"url": base, "assets_url": base + "/assets", "upload_url": base + "/assets{?name,label}",
		"html_url": Site + "/" + r.String() + "/releases/tag/" + rel.Tag, "id": n, "node_id": node("RE", n),
		"tag_name": rel.Tag, "target_commitish": r.branch(), "name": null(rel.Name), "body": fmt.Sprintf("Brew number %d.", number),
		"draft": rel.Published.IsZero(), "prerelease": rel.Prerelease, "created_at": at(rel.Commit), "published_at": at(rel.Published),
		"author": user(rel.Author), "assets": []object{},
		"tarball_url": base + "/tarball", "zipball_url": base + "/zipball",
	}
}
