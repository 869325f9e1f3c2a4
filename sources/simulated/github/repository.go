package github

// repository renders a repository, as it also stands on both sides of every
// pull request.
func repository(r *Repo) object {
	base, page := api+"/repos/"+r.String(), Site+"/"+r.String()
	open := 0
	for _, i := range r.Issues {
		if i.state().open() {
			open++
		}
	}
	o := object{
		"id": r.ID, "node_id": node("R", r.ID), "name": r.Name, "full_name": r.String(), "owner": user(User{Login: r.Owner}),
		"private": true, "visibility": "private", "html_url": page, "url": base, "description": nil, "fork": false,
		"default_branch": r.branch(), "license": nil, "language": "Go", "homepage": nil, "mirror_url": nil,
		"has_issues": !r.Disabled, "has_projects": false, "has_wiki": false, "has_pages": false, "has_downloads": false,
		"archived": false, "disabled": false, "is_template": false, "topics": []string{},
		"forks": 0, "forks_count": 0, "watchers": 0, "watchers_count": 0, "stargazers_count": 0,
		"size": 418, "open_issues": open, "open_issues_count": open,
		"created_at": "2019-05-21T08:00:00Z", "updated_at": "2019-05-21T08:00:00Z", "pushed_at": nil,
		"clone_url": page + ".git", "git_url": "git://github.kettle.example/" + r.String() + ".git",
		"ssh_url": "git@github.kettle.example:" + r.String() + ".git", "svn_url": page,
	}
	for name, path := range map[string]string{
		"archive": "/{archive_format}{/ref}", "assignees": "/assignees{/user}", "blobs": "/git/blobs{/sha}",
		"branches": "/branches{/branch}", "collaborators": "/collaborators{/collaborator}", "comments": "/comments{/number}",
		"commits": "/commits{/sha}", "compare": "/compare/{base}...{head}", "contents": "/contents/{+path}",
		"contributors": "/contributors", "deployments": "/deployments", "downloads": "/downloads", "events": "/events",
		"forks": "/forks", "git_commits": "/git/commits{/sha}", "git_refs": "/git/refs{/sha}", "git_tags": "/git/tags{/sha}",
		"hooks": "/hooks", "issue_comment": "/issues/comments{/number}", "issue_events": "/issues/events{/number}",
		"issues": "/issues{/number}", "keys": "/keys{/key_id}", "labels": "/labels{/name}", "languages": "/languages",
		"merges": "/merges", "milestones": "/milestones{/number}", "notifications": "/notifications{?since,all,participating}",
		"pulls": "/pulls{/number}", "releases": "/releases{/id}", "stargazers": "/stargazers", "statuses": "/statuses/{sha}",
		"subscribers": "/subscribers", "subscription": "/subscription", "tags": "/tags", "teams": "/teams", "trees": "/git/trees{/sha}",
	} {
		o[name+"_url"] = base + path
	}
	return o
}
