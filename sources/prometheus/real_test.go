package prometheus_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"preread/sources"
	"preread/sources/sourcetest"
)

// realWindow is six weeks with a change of clocks on the 26th of October, far
// enough back that a server of today takes their samples.
func realWindow(t *testing.T) sources.Window {
	return sources.Window{
		Last: sources.Week{Year: 2025, N: 46}, Count: 6, Zone: berlin(t),
		Now: time.Date(2025, 11, 17, 6, 0, 0, 0, time.UTC),
	}
}

// installed finds the Prometheus of this machine, or skips the test.
func installed(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("prometheus")
	if err != nil {
		if os.Getenv("PREREAD_TEST_ALL") != "" {
			t.Fatal("prometheus is not installed")
		}
		t.Skip("prometheus is not installed")
	}
	return path
}

const serverConfig = `
storage: {tsdb: {out_of_order_time_window: 3h}}
rule_files: [rules.yml]
`

// serverRules loads the rules of the history, all but that of Former, with
// conditions that never hold: the server must not write alerts of its own.
func serverRules() string {
	var b strings.Builder
	b.WriteString("groups:\n- name: history\n  interval: 1m\n  rules:\n")
	for _, name := range []string{"AlwaysOn", "Flapping", "Long0", "Long1", "Long5", "Long12", "Long15", "Long30", "Pending", "Kept", "OverTheEdge"} {
		fmt.Fprintf(&b, "  - {alert: %s, expr: vector(0) > 1}\n", name)
	}
	return b.String()
}

// start runs a Prometheus on a folder and returns its address once it is
// ready. It ends with the test, or when stop is called.
func start(t *testing.T, dir string, flags ...string) (url string, stop func()) {
	t.Helper()
	for name, text := range map[string]string{"prometheus.yml": serverConfig, "rules.yml": serverRules()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flags = append([]string{"--storage.tsdb.retention.time=100y", "--web.enable-remote-write-receiver"}, flags...)
	return sourcetest.Prometheus(t, installed(t), dir, flags...)
}

// ask opens a source on the server and collects the alarms of a world.
func ask(t *testing.T, url, settings, world string, w sources.Window) (weeks []sources.AlarmWeek, requests int, took time.Duration) {
	t.Helper()
	began := time.Now()
	source, err := openAt(url, settings)
	if err != nil {
		t.Fatal(err)
	}
	weeks = stage{source: source}.alarms(t, w, `world="`+world+`"`)
	return weeks, source.Requests(), time.Since(began)
}

func TestRealServer(t *testing.T) {
	installed(t)
	w := realWindow(t)
	st := store{}
	worlds := map[string]past{
		"solo":      solo(st, w),
		"pair":      pair(st, w),
		"forgetful": forgetful(st, w),
		"young":     young(st, w),
	}
	settings := map[string]string{
		"pair":      "heartbeat = 'up{job=\"pair\"}'\nreplica_labels = ['replica']",
		"forgetful": "heartbeat = 'up{job=\"forgetful\"}'",
		"young":     "heartbeat = 'up{job=\"young\"}'",
	}
	storeReadings(st, w)
	storeSips(st, w, worlds["forgetful"].machines[0].runs)
	dir := t.TempDir()
	url, stop := start(t, dir)
	began := time.Now()
	if err := st.write(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Logf("wrote %d samples in %v", st.size(), time.Since(began).Round(time.Millisecond))
	for _, world := range []string{"solo", "pair", "forgetful", "young"} {
		t.Run(world, func(t *testing.T) {
			weeks, requests, took := ask(t, url, settings[world], world, w)
			episodes := worlds[world].compare(t, w, weeks)
			t.Logf("%d episodes in %d cells: %d requests, %v", episodes, len(worlds[world].truth), requests, took.Round(time.Millisecond))
			if world == "solo" && episodes < 1000 {
				t.Errorf("a truth of %d episodes is too small to show anything", episodes)
			}
		})
	}
	t.Run("no heartbeat", func(t *testing.T) {
		weeks, _, _ := ask(t, url, "heartbeat = 'teapot'", "solo", w)
		for _, week := range weeks {
			if week.Grade != sources.Ungraded || len(week.Alarms) > 0 || week.Coverage != 0 {
				t.Errorf("%s is %s with %d alarms, want nothing known", week.Week, week.Grade, len(week.Alarms))
			}
		}
	})
	t.Run("readings", func(t *testing.T) { testRealReadings(t, url, w) })
	t.Run("readings of a server that forgets", func(t *testing.T) { testForgottenReadings(t, url, settings["forgetful"], w) })
	stop()
	t.Run("small server", func(t *testing.T) {
		url, _ := start(t, dir, "--query.max-samples=3000")
		weeks, requests, took := ask(t, url, "", "solo", w)
		worlds["solo"].compare(t, w, weeks)
		t.Logf("%d requests, %v", requests, took.Round(time.Millisecond))
	})
	t.Run("tiny server", func(t *testing.T) {
		url, _ := start(t, t.TempDir(), "--query.max-samples=1")
		source, err := openAt(url, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = source.Readings(t.Context(), w, sources.Query{Noun: sources.Metrics, Text: "vector(1) + vector(1)"})
		if want := `prom could not compute "vector(1) + vector(1)"`; err == nil || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
	})
}

// storeReadings writes a metric for the last minutes of every week but the
// third, and one with two series.
func storeReadings(st store, w sources.Window) {
	for i, week := range w.Weeks() {
		_, end := w.Bounds(week)
		for ago := int64(10); ago > 0 && i != 2; ago-- {
			at := end.UnixMilli() - ago*minute
			st.series(map[string]string{"__name__": "pour_seconds"}).add(at, float64(i)+0.25)
			st.series(map[string]string{"__name__": "pots", "colour": "blue"}).add(at, 1)
			st.series(map[string]string{"__name__": "pots", "colour": "red"}).add(at, 2)
		}
	}
}

func testRealReadings(t *testing.T, url string, w sources.Window) {
	exact := func(v float64) sources.Reading { return sources.Reading{Value: v, Graded: sources.Whole()} }
	unknown := func(reason string) sources.Reading { return sources.Reading{Graded: sources.Graded{Reason: reason}} }
	const noData = "no data at the week's end"
	every := func(r sources.Reading) []sources.Reading { return []sources.Reading{r, r, r, r, r, r} }
	for _, c := range []struct {
		name, query string
		want        []sources.Reading
		gap         string
	}{
		{"a metric with a hole", "pour_seconds", []sources.Reading{exact(0.25), exact(1.25), unknown(noData), exact(3.25), exact(4.25), exact(5.25)}, ""},
		{"never heard of", "teapots", every(unknown(noData)), ""},
		{"nothing by nothing", "vector(0) / vector(0)", every(unknown("no traffic in the week: the value is not a number")), ""},
		{"something by nothing", "vector(1) / vector(0)", every(unknown("the value is infinite: something was divided by nothing")), ""},
		{"a scalar", "6 * 7", every(exact(42)), ""},
		{"two series", "pots", nil, `"pots" gives 2 numbers, one is wanted`},
		{"a range", "pots[1h]", nil, `"pots[1h]" gives a stretch of samples, not a number`},
		{"a text", `"pot"`, nil, `prom gave an answer that is not one of a Prometheus`},
		{"not PromQL", "sum(pots", nil, `"sum(pots" is not valid PromQL to prom`},
		{"no match", "pots + on(colour) group_left pots * on() pots", nil, `prom could not compute "pots + on(colour) group_left pots * on() pots"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, err := openAt(url, "")
			if err != nil {
				t.Fatal(err)
			}
			got, err := source.Readings(t.Context(), w, sources.Query{Noun: sources.Metrics, Text: c.query})
			if c.gap != "" {
				if err == nil || err.Error() != c.gap {
					t.Fatalf("error is %v, want %s", err, c.gap)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, week := range w.Weeks() {
				c.want[i].Week = week
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(sources.Reading{}, "Evidence")); diff != "" {
				t.Errorf("readings (-want +got):\n%s", diff)
			}
		})
	}
}

// storeSips writes a counter that grows by 5 an hour for as long as a server holds
// anything.
func storeSips(st store, w sources.Window, held between) {
	sips := st.series(map[string]string{"__name__": "sips_total"})
	for at := w.Start().Add(-time.Hour).UnixMilli(); at < held.to; at += minute {
		if held.holds(at) {
			sips.add(at, float64((at-w.Start().UnixMilli())/(12*minute)))
		}
	}
}

// A sum over a week of which only a part is held is no sum over the week, and
// what an expression puts in place of nothing is not what was measured.
func testForgottenReadings(t *testing.T, url, settings string, w sources.Window) {
	nothing := sources.Graded{Reason: "prom holds nothing of what this looks back over"}
	none := sources.Graded{Reason: "no data at the week's end"}
	partly := sources.Graded{Grade: sources.Partial, Reason: "prom holds 53 % of what this looks back over"}
	whole := sources.Whole()
	for _, c := range []struct {
		query string
		want  []sources.Graded
	}{
		{"sum(increase(sips_total[1w]))", []sources.Graded{none, none, partly, whole, whole, whole}},
		{"sum(increase(sips_total[1w])) or vector(0)", []sources.Graded{nothing, nothing, partly, whole, whole, whole}},
		{"sum(increase(sips_total[1w] offset 1w))", []sources.Graded{none, none, none, {Grade: sources.Partial, Reason: "prom holds 76 % of what this looks back over"}, whole, whole}},
		{"sum(rate(sips_total[5m])) or vector(0)", []sources.Graded{nothing, nothing, whole, whole, whole, whole}},
	} {
		source, err := openAt(url, settings)
		if err != nil {
			t.Fatal(err)
		}
		got, err := source.Readings(t.Context(), w, sources.Query{Noun: sources.Metrics, Text: c.query})
		if err != nil {
			t.Fatal(err)
		}
		var grades []sources.Graded
		for i, r := range got {
			grades = append(grades, r.Graded)
			if strings.HasPrefix(c.query, "sum(increase(sips_total[1w]))") && r.Grade == sources.Exact && math.Abs(r.Value-840) > 5 {
				t.Errorf("%s in week %d is %.1f, exactly; it was 840", c.query, i, r.Value)
			}
		}
		if diff := cmp.Diff(c.want, grades); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
}
