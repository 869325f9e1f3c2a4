package prometheus_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	"preread/sources/prometheus"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/prometheus"
	"preread/sources/sourcetest"
)

// now is a Monday morning; the six weeks before it hold a change of clocks.
var now = time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)

const token = "kettle-token"

func berlin(t testing.TB) sources.Zone {
	t.Helper()
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func window(t testing.TB, weeks int) sources.Window {
	zone := berlin(t)
	return sources.Window{Last: sources.WeekOf(now, zone).Add(-1), Count: weeks, Zone: zone, Now: now}
}

func kettle(t testing.TB, seed uint64) *simulated.Server {
	t.Helper()
	c, err := company.New(seed, now)
	if err != nil {
		t.Fatal(err)
	}
	s := simulated.Generate(c)
	s.Token = token
	return s
}

// A stage serves a system and has a source opened on it.
type stage struct {
	gate   *fault.Gate
	source sources.Source
}

func serve(t testing.TB, system http.Handler, settings string) stage {
	t.Helper()
	gate := fault.NewGate(system)
	server := httptest.NewServer(gate)
	t.Cleanup(server.Close)
	source, err := openAt(server.URL, "token = 'env:T'\n"+settings)
	if err != nil {
		t.Fatal(err)
	}
	return stage{gate, source}
}

func openAt(url, settings string) (sources.Source, error) {
	settings = "url = '" + url + "'\n" + settings
	return prometheus.Kind.Open(func(into any) error {
		meta, err := toml.Decode(settings, into)
		if err == nil && len(meta.Undecoded()) > 0 {
			err = fmt.Errorf("unknown keys %v", meta.Undecoded())
		}
		return err
	}, sources.Setup{Name: "prom", Agent: "preread-test", Pace: time.Millisecond,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret(token), nil }})
}

const publicly = "web = 'https://prometheus.kettle.example'\n"

func (s stage) alarms(t testing.TB, w sources.Window, text string) []sources.AlarmWeek {
	t.Helper()
	weeks, err := s.source.Alarms(t.Context(), w, sources.Query{Noun: sources.Alarms, Text: text})
	if err != nil {
		reason, hint := sources.Reason(err)
		t.Fatalf("alarms: %s (%s)", reason, hint)
	}
	return weeks
}

// onlyCounts leaves evidence and grades out, and how exactly a hole's edges
// are known.
var onlyCounts = cmp.Options{
	cmpopts.IgnoreFields(sources.AlarmWeek{}, "Evidence", "Graded"),
	cmpopts.EquateApprox(0, 0.0003),
}

func TestSource(t *testing.T) { sourcetest.Run(t, prometheus.Kind, world) }

// budgeted is the company's Prometheus with the rules of Sloth.
func budgeted(t testing.TB) *simulated.Server {
	s := kettle(t, 1)
	s.Metrics = append(s.Metrics, simulated.Metric{
		Query:  `slo:period_error_budget_remaining:ratio{sloth_service="checkout",sloth_slo="requests-availability"}`,
		Series: []simulated.Series{{Points: []simulated.Point{{From: s.Start, Value: 0.4}, {From: now.AddDate(0, 0, -12), Value: -0.1}}}},
	})
	return s
}

// world is the company's Prometheus with a question for each noun.
func world(t *testing.T) sourcetest.World {
	return sourcetest.World{
		System:   budgeted(t),
		Token:    token,
		Settings: "url = 'URL'\ntoken = 'env:T'\n" + publicly,
		Window:   window(t, 6),
		Queries: []sources.Query{
			{Noun: sources.Alarms, Text: `team="checkout"`},
			{Noun: sources.Metrics, Text: simulated.CheckoutP95},
			{Noun: sources.Metrics, Text: "sloth:checkout/requests-availability"},
		},
		Cases: cases(t),
	}
}
