// Package github collects facts from GitHub and GitHub Enterprise Server: the
// scope of goals kept as milestones, labels, sub-issues or projects, sprints
// kept as milestones or as iterations of a project, bugs opened and closed,
// incidents with reaction and follow-ups, and what was shipped and deployed.
//
// It speaks REST version 2022-11-28 through go-github, and GraphQL where REST
// has no answer or one only at a request for each thing: projects, deployments
// and many timelines at once. Retries, waiting and the guarding of the
// credential are left to package web. Rules of the API are those of GitHub's
// documentation (docs.github.com/rest and /graphql): lists are followed by
// their Link header and never counted up; issue lists are walked by the time of
// their last update, so that nothing is lost while people work; a 404 is "not
// there, or not shown to this token" and never an empty list; an answer with
// errors in it is none.
//
// Questions are in GitHub's own search words, but they are answered from lists
// and not by the search, whose index lags and stops at 1,000 results; see
// [ParseQuery].
package github

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
	"preread/sources/internal/web"
)

//go:embed sample.toml
var sample string

const doc = `GitHub: goals, sprints, bugs, incidents, merged pull requests and releases

Reads issues, pull requests, milestones, releases, and where they are asked for
projects and deployments, of github.com or of an Enterprise Server. Queries are GitHub's own search words:

  repo:acme/payments          at least one; several are read together
  label:incident              several: all of them must be there
  milestone:"Fast index"      one; of sprints a pattern, such as "Sprint *"
  author:login                author:app/name for a GitHub App
  is:issue  is:pr             goals, bugs and incidents are issues unless is:pr
  base:release/2              shipped only: instead of the default branch
  environment:production      shipped only: with its deployments; several
  parent:acme/payments#12     a goal, alone: the sub-issues of an issue
  project:acme/3              a goal, alone: the items of a project;
                              sprints, alone: the iterations of a project
  iteration:"Sprint *"        sprints of a project only: those of a pattern
  field:"Sprint"              sprints of a project only: in which field they are,
                              needed where it has several

Other words are refused by name: they cannot be answered from the lists.

A goal's item is in scope from its creation until it is closed as not planned
or as a duplicate; GitHub's lists do not tell when it joined a milestone or got
a label, so such goals are approximate. An incident begins when it has the
labels of the query, is acknowledged by the first assignment (or ack_label)
and resolved when closed. Follow-ups are its sub-issues; else issues with
followup_label that name it; else the check boxes in its text. Follow-ups
closed as not planned are left out. That an old incident was deleted, moved away
or lost its label is noticed in every run, unless a repository has more than 300
with the query's labels.

Shipped are pull requests merged into the default branch, and releases that are
not drafts. Releases carry no label, milestone or author of a pull request, so
a query with one of these words leaves them out.

Sub-issues are the direct ones, as in GitHub's own progress bar, in scope for as
long as the parent's timeline says. Items of a project are in scope since they
were taken into it; one is done when it is closed or merged, else when its
Status is one of done_status. Closed as not planned is out of scope.

A goal's plan is its milestone, or the status updates of its project with the
target date that the last one names.

A deployment counts when it ended, as failed if its last word was failure or
error; deployments are counted apart from pull requests.

Sprints are milestones, or the iterations of a project.

Each milestone that fits the pattern, in its repository, is a sprint. It begins
on the day after the last one before it was due, or with its creation where
there is none or it was made later (then it is approximate), and is completed
when it is closed. Its first day is for planning: what is in it at the end of
that day was committed to. What is moved into another sprint on the due day or
later was not completed, and is carried in there. What is closed as not planned
left the sprint. There are no points. A milestone that was due before the weeks
of the page and is open still is left out.

Iterations have their days from the project, and end with the last of them. In
one are the issues and drafts that have it as their value today, or with is:pr
the pull requests. GitHub keeps no history of that value, only when it was last
set, so iterations are always approximate: what was set by the end of the first
day was committed to, all else was added; what was made while it ran surely was.
What was taken out or moved on is not seen, and nothing counts as carried in, so
the share done of an iteration that nobody read while it ran is not known. One
that was read while it ran is remembered with what was in it then, and one that
is over as it was first read after its end: read every week.

The token needs to read metadata, contents, issues and pull requests; for
environment: deployments, and for project: projects (read:project). Instead of
a token, app_id, installation_id and private_key sign in as a GitHub App; the
key is its .pem file, or that in base64 on one line.`

// Kind is the collector for GitHub.
var Kind = sources.Kind{
	Name:   "github",
	Doc:    doc,
	Sample: sample,
	Nouns:  []sources.Noun{sources.Goals, sources.Quality, sources.Incidents, sources.Shipped, sources.Delivery},
	Open:   open,
}

// settings is the collector's table. Values check themselves while they are
// read, so that a complaint has its place in the file.
type settings struct {
	URL              address           `toml:"url"`
	Web              pages             `toml:"web"`
	Token            sources.SecretRef `toml:"token"`
	AppID            int64             `toml:"app_id"`
	InstallationID   int64             `toml:"installation_id"`
	PrivateKey       sources.SecretRef `toml:"private_key"`
	Bots             []word            `toml:"bots"`
	FollowUpLabel    word              `toml:"followup_label"`
	SeverityPrefixes []word            `toml:"severity_prefixes"`
	AckLabel         word              `toml:"ack_label"`
	DoneStatus       []word            `toml:"done_status"`
	MaxRequests      int               `toml:"max_requests"`
	Timeout          time.Duration     `toml:"timeout"`
}

// A hub is one GitHub, ready to be asked.
type hub struct {
	name     string
	web      *web.Client
	api      *gh.Client
	site     *url.URL // where its pages are; nil: nowhere that others can open
	bots     []string
	followUp string   // label of follow-ups
	severity []string // prefixes of severity labels
	ack      string   // label that acknowledges; "": none
	done     []string // status of a project's items that are done
	kept     memo
	points   purse
}

func open(decode sources.Decode, setup sources.Setup) (sources.Source, error) {
	table := settings{
		URL:              address{dotcom},
		FollowUpLabel:    "follow-up",
		SeverityPrefixes: []word{"sev", "severity", "priority"},
		DoneStatus:       []word{"Done"},
	}
	if err := decode(&table); err != nil {
		return sources.Source{}, err
	}
	if err := table.check(setup.Name); err != nil {
		return sources.Source{}, err
	}
	what, ref := "token", table.Token
	if ref.IsZero() {
		what, ref = "private_key", table.PrivateKey
	}
	secret, err := setup.Secret(ref)
	if err != nil {
		return sources.Source{}, err
	}
	if secret.IsZero() {
		return sources.Source{}, fmt.Errorf("the %s of %s is empty", what, setup.Name)
	}
	h := newHub(table, setup, secret)
	return sources.Source{
		Name:      setup.Name,
		Items:     h.items,
		Sprints:   h.sprints,
		Incidents: h.incidents,
		Check:     check,
		Plan:      h.plan,
		Evidence:  h.evidence,
		Refs:      h.refs,
		Health:    h.web.Health,
		Requests:  h.web.Requests,
	}, nil
}

func newHub(table settings, setup sources.Setup, secret sources.Secret) *hub {
	h := &hub{
		name:     setup.Name,
		site:     table.Web.URL,
		bots:     words(table.Bots),
		followUp: string(table.FollowUpLabel),
		severity: words(table.SeverityPrefixes),
		ack:      string(table.AckLabel),
		done:     words(table.DoneStatus),
	}
	if h.site == nil {
		h.site = site(table.URL.URL)
	}
	// GitHub asks for requests one after the other, and for at least a minute
	// of quiet after a refusal that names no time.
	limitPace := time.Minute
	if setup.Pace != 0 {
		limitPace = setup.Pace
	}
	authorize := credential
	if table.AppID == 0 {
		authorize = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret.Reveal()) }
	}
	h.web = web.New(web.Options{
		Source:    setup.Name,
		Base:      table.URL.URL,
		Agent:     setup.Agent,
		Authorize: authorize,
		Pass:      func(status int) bool { return status == http.StatusGone },
		Inspect:   h.inspect,
		Transport: setup.Transport,
		Parallel:  1,
		Budget:    table.MaxRequests,
		Timeout:   table.Timeout,
		Pace:      setup.Pace,
		LimitPace: limitPace,
	})
	client := h.web.HTTP()
	if table.AppID != 0 {
		client = &http.Client{CheckRedirect: client.CheckRedirect, Transport: &app{
			name: setup.Name, id: table.AppID, installation: table.InstallationID, key: secret, client: h.web, turn: make(chan struct{}, 1),
		}}
	}
	h.api = gh.NewClient(client)
	h.api.BaseURL = table.URL.URL
	return h
}

func (h *hub) items(ctx context.Context, window sources.Window, query sources.Query) ([]sources.Item, error) {
	q, err := ParseQuery(query.Noun, query.Text)
	if err != nil {
		return nil, err
	}
	var items []sources.Item
	switch query.Noun {
	case sources.Goals:
		items, err = h.goal(ctx, q)
	case sources.Quality:
		items, err = h.quality(ctx, window, q)
	case sources.Shipped:
		items, err = h.shipped(ctx, window, q)
	default:
		err = sources.Unansweredf("%s cannot tell about %s", h.name, query.Noun)
	}
	if err != nil {
		return nil, err
	}
	begin := func(i sources.Item) time.Time { return i.Created }
	if q.Parent.Number != 0 { // of what is hidden by now, nobody knows the creation
		begin = joinedAt
	}
	slices.SortFunc(items, func(a, b sources.Item) int {
		return chronological(begin(a), begin(b), a.Ref, b.Ref)
	})
	return items, nil
}

func joinedAt(i sources.Item) time.Time {
	if len(i.Scope) > 0 {
		return i.Scope[0].From
	}
	return i.Created
}
