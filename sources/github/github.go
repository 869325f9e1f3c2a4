// Package github collects facts from GitHub and GitHub Enterprise Server: the
// scope of goals kept as milestones or labels, bugs opened and closed,
// incidents with reaction and follow-ups, and what was shipped.
//
// It speaks REST version 2022-11-28 through go-github and leaves retries,
// waiting and the guarding of the token to package web. Rules of the API are
// those of GitHub's REST documentation (docs.github.com/rest): lists are
// followed by their Link header and never counted up; issue lists are walked
// by the time of their last update, so that nothing is lost while people work;
// a 404 is "not there, or not shown to this token" and never an empty list.
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

const doc = `GitHub: goals, bugs, incidents, merged pull requests and releases

Reads issues, pull requests, milestones and releases of github.com or of an
Enterprise Server. Queries are GitHub's own search words:

  repo:acme/payments          at least one; several are read together
  label:incident              several: all of them must be there
  milestone:"Fast index"      one
  author:login                author:app/name for a GitHub App
  is:issue  is:pr             goals, bugs and incidents are issues unless is:pr
  base:release/2              shipped only: instead of the default branch

Other words are refused by name: they cannot be answered from the lists.

A goal's item is in scope from its creation until it is closed as not planned
or as a duplicate; GitHub's lists do not tell when it joined a milestone or got
a label, so such goals are approximate. An incident begins when it has the
labels of the query, is acknowledged by the first assignment (or ack_label)
and resolved when closed. Follow-ups are its sub-issues; else issues with
followup_label that name it; else the check boxes in its text. Follow-ups
closed as not planned are left out.

Shipped are pull requests merged into the default branch, and releases that are
not drafts. Releases carry no label, milestone or author of a pull request, so
a query with one of these words leaves them out.

The token needs to read metadata, contents, issues and pull requests.`

// Kind is the collector for GitHub.
var Kind = sources.Kind{
	Name:   "github",
	Doc:    doc,
	Sample: sample,
	Nouns:  []sources.Noun{sources.Goals, sources.Quality, sources.Incidents, sources.Shipped},
	Open:   open,
}

// settings is the collector's table. Values check themselves while they are
// read, so that a complaint has its place in the file.
type settings struct {
	URL              address           `toml:"url"`
	Web              pages             `toml:"web"`
	Token            sources.SecretRef `toml:"token"`
	Bots             []word            `toml:"bots"`
	FollowUpLabel    word              `toml:"followup_label"`
	SeverityPrefixes []word            `toml:"severity_prefixes"`
	AckLabel         word              `toml:"ack_label"`
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
	kept     memo
}

func open(decode sources.Decode, setup sources.Setup) (sources.Source, error) {
	table := settings{
		URL:              address{dotcom},
		FollowUpLabel:    "follow-up",
		SeverityPrefixes: []word{"sev", "severity", "priority"},
	}
	if err := decode(&table); err != nil {
		return sources.Source{}, err
	}
	switch {
	case table.Token.IsZero():
		return sources.Source{}, fmt.Errorf(`%s has no token; name where it is kept, such as token = "env:GITHUB_TOKEN"`, setup.Name)
	case table.MaxRequests < 0:
		return sources.Source{}, fmt.Errorf("max_requests of %s is less than nothing", setup.Name)
	case table.Timeout < 0:
		return sources.Source{}, fmt.Errorf("timeout of %s is less than nothing", setup.Name)
	}
	token, err := setup.Secret(table.Token)
	if err != nil {
		return sources.Source{}, err
	}
	if token.IsZero() {
		return sources.Source{}, fmt.Errorf("the token of %s is empty", setup.Name)
	}
	h := newHub(table, setup, token)
	return sources.Source{
		Name:      setup.Name,
		Items:     h.items,
		Incidents: h.incidents,
		Evidence:  h.evidence,
		Requests:  h.web.Requests,
	}, nil
}

func newHub(table settings, setup sources.Setup, token sources.Secret) *hub {
	h := &hub{
		name:     setup.Name,
		site:     table.Web.URL,
		bots:     words(table.Bots),
		followUp: string(table.FollowUpLabel),
		severity: words(table.SeverityPrefixes),
		ack:      string(table.AckLabel),
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
	h.web = web.New(web.Options{
		Source:    setup.Name,
		Base:      table.URL.URL,
		Agent:     setup.Agent,
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Reveal()) },
		Pass:      func(status int) bool { return status == http.StatusGone },
		Inspect:   h.inspect,
		Transport: setup.Transport,
		Parallel:  1,
		Budget:    table.MaxRequests,
		Timeout:   table.Timeout,
		Pace:      setup.Pace,
		LimitPace: limitPace,
	})
	h.api = gh.NewClient(h.web.HTTP())
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
	slices.SortFunc(items, func(a, b sources.Item) int {
		return chronological(a.Created, b.Created, a.Ref, b.Ref)
	})
	return items, nil
}
