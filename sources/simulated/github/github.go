// Package github is the GitHub of the made-up company: an organisation of
// repositories whose issues and pull requests are the sum of their events. It
// answers REST requests as GitHub and an Enterprise Server do, after GitHub's
// published REST description, with real paging, page caps, cursors, redirects
// of renamed repositories, and the headers that say what was left out. Unlike
// GitHub it refuses parameters that it does not know.
//
// The same events tell the truth that a collector is compared with; see [Ask].
// Refusals, delays and broken answers are left to package fault.
package github

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Site is where the pages of the simulated GitHub are for people. Addresses in
// answers are below it, so that they do not depend on a port.
const Site = "https://github.kettle.example"

// Token is what the simulated GitHub wants unless its field says otherwise.
const Token = "ghs_simulated_teapot"

// Labels that mean something in this company.
const (
	BugLabel      = "bug"
	IncidentLabel = "incident"
	FollowUpLabel = "follow-up"
)

// An Org is the simulated GitHub, an http.Handler. It answers below "/" as
// api.github.com does and below "/api/v3/" as an Enterprise Server does. Its
// fields are set before it is first asked.
type Org struct {
	Token     string            // wanted as Bearer
	Now       time.Time         // no event is later
	SSO       string            // sent as X-GitHub-SSO with every answer; "": nothing
	PageLimit int               // highest page of an issue list without a cursor; 0: any
	Moved     map[string]string // old owner/name of renamed repositories to the new
	Projects  []*Project        // numbered from 1
	App       *App              // may make tokens; nil: there is none
	Points    int               // left of GraphQL's, one less with each query; 0: always 5,000

	// Between, if not nil, is called after each answer with the number of
	// answers so far, to let people work while a list is read.
	Between func(answers int)

	mu      sync.Mutex
	repos   []*Repo
	answers int
}

// New returns an organisation of the given repositories. It gives numbers to
// their issues and pull requests in the order of creation, unless they have
// one.
func New(now time.Time, repos ...*Repo) *Org {
	for n, r := range repos {
		r.number()
		if r.ID == 0 {
			r.ID = int64(7001 + n)
		}
	}
	return &Org{Token: Token, Now: now, repos: repos}
}

// Repo returns a repository by its owner/name, nil if there is none.
func (o *Org) Repo(name string) *Repo {
	i := slices.IndexFunc(o.repos, func(r *Repo) bool { return strings.EqualFold(r.String(), name) })
	if i < 0 {
		return nil
	}
	return o.repos[i]
}

// Touch updates an issue or pull request without changing it, as a comment
// that is deleted again does.
func (o *Org) Touch(repo string, number int, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r := o.Repo(repo); r != nil {
		if i := r.find(number); i != nil {
			i.touched = at
		}
	}
}

// A Repo is one repository.
type Repo struct {
	ID          int64
	Owner, Name string
	Branch      string // the default branch; "": main
	Disabled    bool   // does not use issues: 410
	Hidden      bool   // not shown to the token: 404
	Labels      []string
	Milestones  []Milestone // numbered from 1
	Releases    []Release
	Deployments []Deployment
	Issues      []*Issue // pull requests among them
}

// String returns "owner/name".
func (r *Repo) String() string { return r.Owner + "/" + r.Name }

func (r *Repo) branch() string { return cmp.Or(r.Branch, "main") }

func (r *Repo) find(number int) *Issue {
	i := slices.IndexFunc(r.Issues, func(i *Issue) bool { return i.Number == number })
	if i < 0 {
		return nil
	}
	return r.Issues[i]
}

// number orders the issues by creation and numbers those without a number.
func (r *Repo) number() {
	slices.SortStableFunc(r.Issues, func(a, b *Issue) int { return a.Created.Compare(b.Created) })
	last := 0
	for _, i := range r.Issues {
		i.repo = r
		if i.Number == 0 {
			i.Number = last + 1
		}
		last = max(last, i.Number)
	}
}

// A Milestone gathers issues of a repository.
type Milestone struct {
	Title   string
	Created time.Time
	Due     time.Time // zero: none
	Closed  time.Time // zero: open
}

// A Release is a published version, or one yet to be.
type Release struct {
	Tag, Name  string
	Commit     time.Time // what GitHub calls created_at
	Published  time.Time // zero: a draft
	Prerelease bool
	Author     User
}

// A User is an account.
type User struct {
	Login string
	Bot   bool
}
