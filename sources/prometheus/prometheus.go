// Package prometheus collects facts from Prometheus and what speaks its HTTP
// API: alarm episodes by name and severity, and one number a week from any
// PromQL expression.
//
// It speaks through client_golang and leaves retries, waiting and the guarding
// of the credential to package web. What an alarm is, is read from the two
// series that Prometheus writes for every alert (rules/alerting.go of its
// source): ALERTS{alertstate="firing"} is there at each evaluation that fires,
// and the value of ALERTS_FOR_STATE is the second at which the alert became
// active. An episode is one such activation that fired; it is not a gap
// between samples, which a skipped evaluation makes as well, nor a number of
// samples. Restarts of the server give a running alert a new activation;
// [fold] takes the two for one.
//
// Nothing seen is not the same as nothing there: Prometheus keeps 15 days
// unless told otherwise and says nothing about what it has dropped. So the
// heartbeat, a series that is there whenever the server runs, tells how much of
// each week is held, and a week that is not held is unknown.
package prometheus

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"preread/sources"
	"preread/sources/internal/web"
)

//go:embed sample.toml
var sample string

const doc = `Prometheus: alarm episodes by name and severity, and one number a week

Reads Prometheus, Thanos, Mimir and whatever else answers Prometheus's HTTP
API. The query of alarms is a list of label matchers, empty for all alerts:

  team="checkout"
  team="checkout",severity=~"page|ticket"

The query of a metric is PromQL that gives one number. It is evaluated one
millisecond before the end of each week. What is left of an error budget has a
short form, for the rules that Sloth and Pyrra make:

  sloth:checkout/requests-availability
  pyrra:checkout-errors

An episode is one activation of one alert instance that fired. It belongs to
the week of its first firing sample; one that began earlier is listed with
minutes and no episode. Minutes are firing time inside the week, summed over
instances. An alert that fires on over a restart of the server is one episode.

How much of a week the server holds is told by the heartbeat, by default
up{job="prometheus"}; name another series if that one is not always there. A
week of which nothing is held is unknown, one with less than 95 % is partial.
The same goes for what the ranges of a metric's query look back over, but that
it is near enough from 90 %.

With group_by, alarms are counted as a person would: alerts of one name and
severity that share the labels in it are one episode for as long as some of them
fires, with pauses of up to group_gap. Forty pods that fail together are one
alarm. Minutes are the same as without.

Two servers that evaluate the same rules are read as one if replica_labels
names the labels that tell them apart. Alerts whose labels carry a value that
changes are new alerts to Prometheus each time, and so they are here.

Of what Thanos reads, a part can be away. Unless partial_response says otherwise
it is told to answer with an error then and not with what is left.

No credential is needed where the server wants none; else token is sent as
Bearer, or with user as Basic. basic_auth, authorization, bearer_token_file and
tls_config are written as in Prometheus's own settings, but for the secrets
themselves, which are named by the files that hold them.`

// Kind is the collector for Prometheus.
var Kind = sources.Kind{
	Name:   "prometheus",
	Doc:    doc,
	Sample: sample,
	Nouns:  []sources.Noun{sources.Alarms, sources.Metrics},
	Open:   open,
}

// A server is one Prometheus, ready to be asked.
type server struct {
	name      string
	web       *web.Client
	api       v1.API
	pages     *url.URL      // where people open graphs
	timeout   time.Duration // what the server may spend on one query
	heartbeat selector
	replica   []model.LabelName
	grouping  grouping

	rules  memo[struct{}, intervals]
	pulses memo[span, pulse]
	times  memo[span, take] // of the heartbeat
	large  chan struct{}    // holds a place for each of the few large answers that are read at a time
}

func open(decode sources.Decode, setup sources.Setup) (sources.Source, error) {
	table := defaults()
	if err := decode(&table); err != nil {
		return sources.Source{}, err
	}
	if err := table.check(setup.Name); err != nil {
		return sources.Source{}, err
	}
	var token sources.Secret
	if ref := table.credential().ref; !ref.IsZero() {
		var err error
		if token, err = setup.Secret(ref); err != nil {
			return sources.Source{}, err
		}
		if token.IsZero() {
			return sources.Source{}, fmt.Errorf("the token of %s is empty", setup.Name)
		}
	}
	s, err := newServer(table, setup, token)
	if err != nil {
		return sources.Source{}, err
	}
	return sources.Source{
		Name:     setup.Name,
		Alarms:   s.alarms,
		Readings: s.readings,
		Check:    check,
		Evidence: s.evidence,
		Health:   s.web.Health,
		Requests: s.web.Requests,
	}, nil
}

// slack is what a query's answer may take on its way, beside the time that the
// server may spend on it: the server must be the first to give up, because its
// refusal can be acted on.
const slack = 15 * time.Second

func newServer(table settings, setup sources.Setup, token sources.Secret) (*server, error) {
	s := &server{
		large:     make(chan struct{}, 2),
		name:      setup.Name,
		pages:     table.pages(),
		timeout:   table.Timeout,
		heartbeat: selector(table.Heartbeat),
		replica:   labelNames(table.ReplicaLabels),
		grouping:  table.grouping(),
	}
	transport, err := table.TLS.transport(setup)
	if err != nil {
		return nil, err
	}
	s.web = web.New(web.Options{
		Source:    setup.Name,
		Base:      table.URL.URL,
		Agent:     setup.Agent,
		Authorize: table.authorize(token),
		// The API says in these what was wrong with a query.
		Pass: func(status int) bool {
			return status == http.StatusBadRequest || status == http.StatusUnprocessableEntity || status == http.StatusServiceUnavailable
		},
		Transport: transport,
		Budget:    table.MaxRequests,
		Timeout:   table.Timeout + slack,
		Pace:      setup.Pace,
	})
	client, err := api.NewClient(api.Config{Address: table.address(), Client: s.web.HTTP()})
	if err != nil {
		return nil, fmt.Errorf("the url of %s cannot be used", setup.Name)
	}
	s.api = v1.NewAPI(client)
	return s, nil
}

// evidence returns the graph of a whole answer.
func (s *server) evidence(window sources.Window, query sources.Query) sources.Evidence {
	if query.Noun == sources.Alarms {
		matchers, err := parseMatchers(query.Text)
		if err != nil {
			return sources.Evidence{}
		}
		expr := shown(matchers)
		return sources.Evidence{Source: s.name, Ref: expr, URL: s.graph(expr, window.Start(), window.End())}
	}
	expr, err := s.expression(query.Text)
	if err != nil {
		return sources.Evidence{}
	}
	return sources.Evidence{Source: s.name, Ref: query.Text, URL: s.graph(expr, window.Start(), window.End())}
}

// graph returns the address of the server's own page that draws an expression
// over a stretch of time.
func (s *server) graph(expr string, from, to time.Time) string {
	return s.page(url.Values{
		"g0.expr":        {expr},
		"g0.tab":         {"0"},
		"g0.range_input": {model.Duration(to.Sub(from)).String()},
		"g0.end_input":   {to.UTC().Format(time.DateTime)},
	})
}

// table returns the address of the page that shows an expression's value at
// one instant.
func (s *server) table(expr string, at time.Time) string {
	return s.page(url.Values{
		"g0.expr":         {expr},
		"g0.tab":          {"1"},
		"g0.moment_input": {at.UTC().Format(time.DateTime)},
	})
}

func (s *server) page(values url.Values) string {
	page := s.pages.JoinPath("graph")
	page.RawQuery = values.Encode()
	return page.String()
}
