package prometheus_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	simulated "preread/sources/simulated/prometheus"
)

// burst is a server whose pods fail together: n of each service, within a few
// minutes, now and then, and some of them once more on the way.
func burst(seed uint64, n int) *simulated.Server {
	r := rand.New(rand.NewPCG(seed, 7))
	s := &simulated.Server{Token: token, Start: now.AddDate(0, 0, -30), Now: now, Interval: time.Minute}
	var bursts []time.Time
	for at := now.AddDate(0, 0, -26); at.Before(now.Add(-4 * time.Hour)); at = at.Add(time.Duration(1+r.IntN(30)) * time.Hour) {
		bursts = append(bursts, at)
	}
	for _, service := range []string{"basket", "payments"} {
		for pod := range n {
			a := simulated.Alert{Name: "PodGone", Severity: "page", For: time.Duration(r.IntN(3)) * time.Minute,
				Labels: map[string]string{"service": service, "pod": fmt.Sprint(pod)}}
			last := s.Start
			for _, at := range bursts {
				for range 1 + r.IntN(2) {
					from := at.Add(time.Duration(r.IntN(100)) * time.Minute)
					to := from.Add(time.Duration(4+r.IntN(20)) * time.Minute)
					if from.Before(last.Add(3*time.Minute)) || r.IntN(3) == 0 {
						continue
					}
					a.Episodes = append(a.Episodes, simulated.Episode{From: from, To: to})
					last = to
				}
			}
			s.Alerts = append(s.Alerts, a)
		}
	}
	return s
}

func TestGroupedAlarmsAreTrue(t *testing.T) {
	for seed := range uint64(4) {
		for _, c := range []struct {
			settings string
			by       []string
			gap      time.Duration
		}{
			{"group_by = []\n", nil, 30 * time.Minute},
			{"group_by = ['service']\n", []string{"service"}, 30 * time.Minute},
			{"group_by = ['service']\ngroup_gap = '5m'\n", []string{"service"}, 5 * time.Minute},
			{"group_by = ['service']\ngroup_gap = '20h'\n", []string{"service"}, 20 * time.Hour},
			{"group_by = ['service', 'pod']\ngroup_gap = '10m'\n", []string{"service", "pod"}, 10 * time.Minute},
		} {
			t.Run(fmt.Sprint(seed, c.settings), func(t *testing.T) {
				system := burst(seed, 6)
				w := window(t, 3)
				got := serve(t, system, c.settings).alarms(t, w, "")
				want := system.GroupedAlarms(w, nil, c.by, c.gap)
				if diff := cmp.Diff(want, got, onlyCounts); diff != "" {
					t.Errorf("alarms differ (-true +collected):\n%s", diff)
				}
			})
		}
	}
}

// The company's own alarms, grouped and not: minutes are the same, episodes no
// more, and without the setting nothing changes.
func TestGroupingOfTheCompany(t *testing.T) {
	system := kettle(t, 1)
	w := window(t, 6)
	got := serve(t, system, publicly+"group_by = ['service']\n").alarms(t, w, `team="checkout"`)
	match := func(labels map[string]string) bool { return labels["team"] == "checkout" }
	if diff := cmp.Diff(system.GroupedAlarms(w, match, []string{"service"}, 30*time.Minute), got, onlyCounts); diff != "" {
		t.Errorf("alarms differ (-true +collected):\n%s", diff)
	}
}

// Forty pods that go at once are one alarm, and forty without the setting.
func TestABurstIsOneAlarm(t *testing.T) {
	system := &simulated.Server{Token: token, Start: now.AddDate(0, 0, -30), Now: now, Interval: time.Minute}
	for pod := range 40 {
		from := now.Add(-30*time.Hour + time.Duration(pod)*20*time.Second)
		system.Alerts = append(system.Alerts, simulated.Alert{Name: "PodGone", Labels: map[string]string{"pod": fmt.Sprint(pod)},
			Episodes: []simulated.Episode{{From: from, To: from.Add(15 * time.Minute)}}})
	}
	for settings, want := range map[string]int{"": 40, "group_by = []\n": 1, "group_by = ['pod']\n": 40} {
		week := serve(t, system, settings).alarms(t, window(t, 1), "")[0]
		if len(week.Alarms) != 1 || week.Alarms[0].Episodes != want || week.Alarms[0].Minutes < 40*14 {
			t.Errorf("%q: %+v, want %d episodes", settings, week.Alarms, want)
		}
	}
}

// Two pods that fail once each: whether that is one alarm is told by when one was
// over and the other began, on one day or around midnight.
func TestTwoOfAGroup(t *testing.T) {
	midnight := time.Date(2026, 11, 12, 23, 0, 0, 0, time.UTC) // in Berlin
	at := func(minutes int) time.Time { return midnight.Add(time.Duration(minutes) * time.Minute) }
	for name, c := range map[string]struct{ first, second, want int }{
		"hours apart on one day": {-600, -200, 2},
		"a pause too long":       {-600, -558, 2},
		"close on one day":       {-600, -565, 1},
		"around midnight":        {-20, 15, 1},
		"on two days":            {-60, 60, 2},
		"at once":                {60, 60, 1},
	} {
		system := &simulated.Server{Token: token, Start: now.AddDate(0, 0, -30), Now: now, Interval: time.Minute}
		for pod, minutes := range []int{c.first, c.second} {
			system.Alerts = append(system.Alerts, simulated.Alert{Name: "PodGone", Labels: map[string]string{"pod": fmt.Sprint(pod)},
				Episodes: []simulated.Episode{{From: at(minutes), To: at(minutes + 10)}}})
		}
		week := serve(t, system, "group_by = []\n").alarms(t, window(t, 1), "")[0]
		if len(week.Alarms) != 1 || week.Alarms[0].Episodes != c.want {
			t.Errorf("%s: %+v, want %d episodes", name, week.Alarms, c.want)
		}
	}
}

func TestGroupSettings(t *testing.T) {
	const there = "https://prometheus.acme.example"
	for settings, want := range map[string]string{
		"group_by = ['a-b']":                   `"a-b" is no label's name`,
		"group_gap = '30m'":                    "goes with group_by",
		"group_by = []\ngroup_gap = '2d'":      "of up to a day",
		"group_by = []\ngroup_gap = '-5m'":     "of up to a day",
		"group_by = ['a']\ngroup_gap = 'soon'": "of up to a day",
	} {
		if _, err := openAt(there, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", settings, err, want)
		}
	}
}

// What is left of a budget is asked for by the names that the tools record.
func TestBudgets(t *testing.T) {
	const sloth = `slo:period_error_budget_remaining:ratio{sloth_service="checkout",sloth_slo="requests-availability"}`
	for _, c := range []struct{ query, settings, expr, gap, hint string }{
		{query: "sloth:checkout/requests-availability", expr: sloth},
		{query: " sloth:checkout/requests-availability ", settings: "replica_labels = ['replica']\n", expr: "min without (replica) (" + sloth + ")"},
		{query: "pyrra:checkout-errors", expr: `1 - (1 - pyrra_availability{slo="checkout-errors"}) / on (slo) (1 - pyrra_objective{slo="checkout-errors"})`},
		{query: "slo:period_error_budget_remaining:ratio", expr: "slo:period_error_budget_remaining:ratio"},
		{query: "sloth:checkout", gap: `"sloth:checkout" names no error budget`, hint: "write sloth:SERVICE/SLO, such as sloth:checkout/requests-availability"},
		{query: "sloth:a/b/c", gap: `"sloth:a/b/c" names no error budget`, hint: "write sloth:SERVICE/SLO, such as sloth:checkout/requests-availability"},
		{query: `sloth:a/b"}`, gap: `"sloth:a/b\")" names no error budget`, hint: "write sloth:SERVICE/SLO, such as sloth:checkout/requests-availability"},
		{query: "Sloth:", gap: `"Sloth:" names no error budget`, hint: "write sloth:SERVICE/SLO, such as sloth:checkout/requests-availability"},
		{query: "pyrra:team/checkout", gap: `"pyrra:team/checkout" names no error budget`, hint: "write pyrra:SLO, such as pyrra:checkout-errors"},
	} {
		system := &simulated.Server{Token: token, Start: now.AddDate(0, 0, -60), Now: now, Interval: time.Minute}
		system.Metrics = []simulated.Metric{{Query: c.expr, Series: []simulated.Series{{Points: []simulated.Point{{From: system.Start, Value: 0.25}}}}}}
		source := serve(t, system, c.settings).source
		q := sources.Query{Noun: sources.Metrics, Text: c.query}
		readings, err := source.Readings(t.Context(), window(t, 2), q)
		if c.gap != "" {
			if reason, hint := sources.Reason(err); reason != c.gap || hint != c.hint {
				t.Errorf("%s: %q (%s), want %q (%s)", c.query, reason, hint, c.gap, c.hint)
			}
			if source.Evidence(window(t, 2), q) != (sources.Evidence{}) {
				t.Errorf("%s has evidence", c.query)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		for _, r := range readings {
			if r.Value != 0.25 || r.Grade != sources.Exact {
				t.Errorf("%s: %+v", c.query, r)
			}
		}
	}
}
