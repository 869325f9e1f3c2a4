package prometheus

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"preread/sources"
	"preread/sources/simulated/company"
)

// The queries of the metrics that [Generate] gives the teams.
const (
	CheckoutP95          = `histogram_quantile(0.95, sum by (le) (rate(checkout_seconds_bucket[1w])))`
	CheckoutAvailability = `sum(rate(checkout_requests_total{code!~"5.."}[1w])) / sum(rate(checkout_requests_total[1w]))`
	SearchIndexLag       = `avg_over_time(search_index_lag_seconds[1w])`
	SearchAvailability   = `sum(rate(search_requests_total{code!~"5.."}[1w])) / sum(rate(search_requests_total[1w]))`
	WarehousePacking     = `avg_over_time(warehouse_packing_seconds[1w])`
)

// Slowdown is when checkout became slow for good: four weeks back, so that the
// ends of the last four weeks show it.
func Slowdown(c company.Company) time.Time { return c.At(-4, 1, 14, 30) }

// A habit is how an alert of a team behaves.
type habit struct {
	name, severity, service string
	wait                    time.Duration // the rule's for
	weekly                  float64       // how often a week it goes off
	lasts                   time.Duration // median
	flaps                   int           // comes back up to so many times
}

var habits = map[string][]habit{
	"checkout": {
		{"BasketOverflowing", "page", "basket", 5 * time.Minute, 1.6, 25 * time.Minute, 0},
		{"KettleTooHot", "page", "payments", 0, 1.1, 12 * time.Minute, 2},
		{"PaymentsShyOfCards", "page", "payments", 2 * time.Minute, 0.8, 18 * time.Minute, 0},
		{"GiftWrapRanOut", "ticket", "gift-wrap", 30 * time.Minute, 0.7, 5 * time.Hour, 0},
		{"SpoutDripping", "ticket", "basket", time.Minute, 1.5, 6 * time.Minute, 9},
	},
	"search": {
		{"IndexerAsleep", "page", "indexer", 10 * time.Minute, 1.2, 40 * time.Minute, 0},
		{"SearchFindsNothing", "page", "search-api", 2 * time.Minute, 0.9, 15 * time.Minute, 1},
		{"SynonymsDrifting", "ticket", "indexer", 30 * time.Minute, 0.5, 9 * time.Hour, 0},
		{"TeaLeavesUnreadable", "ticket", "search-api", 0, 1.3, 4 * time.Minute, 7},
	},
	"warehouse": {
		{"ShelfEmpty", "page", "stock", 15 * time.Minute, 0.9, 2 * time.Hour, 0},
		{"BeltStuck", "page", "packing", time.Minute, 1.4, 9 * time.Minute, 3},
		{"StrawLow", "ticket", "packing", 30 * time.Minute, 0.6, 7 * time.Hour, 0},
		{"ScaleDrunk", "ticket", "packing", 0, 1.2, 5 * time.Minute, 8},
	},
}

// Generate returns the company's Prometheus. Alerts go off by themselves and
// with the company's incidents; a few of them flap; and now and then the
// server itself is away.
func Generate(c company.Company) *Server {
	s := &Server{
		Public:    "https://prometheus.kettle.example",
		Start:     c.Start(),
		Now:       c.Now,
		Retention: 9 * 7 * 24 * time.Hour,
		Interval:  time.Minute,
	}
	for _, away := range []struct {
		week, day, hour, minute int
		length                  time.Duration
	}{
		{-31, 1, 2, 10, 35 * time.Minute},
		{-17, 5, 23, 40, 11 * time.Hour}, // the disk was full of teapots
		{-4, 2, 3, 20, 50 * time.Minute},
		{-2, 4, 13, 5, 8 * time.Minute},
	} {
		from := c.At(away.week, away.day, away.hour, away.minute)
		s.Outages = append(s.Outages, sources.Span{From: from, To: from.Add(away.length)})
	}
	for _, team := range c.Teams {
		for _, h := range habits[team.ID] {
			for instance := range c.Scale.Alarms.Times(1) {
				s.Alerts = append(s.Alerts, s.alert(c, team, h, instance))
			}
		}
	}
	s.Metrics = []Metric{
		{CheckoutP95, daily(c, CheckoutP95, func(t time.Time) float64 {
			if t.Before(Slowdown(c)) {
				return 0.24
			}
			return 0.41
		}, 0.012)},
		{CheckoutAvailability, daily(c, CheckoutAvailability, func(time.Time) float64 { return 0.9986 }, 0.0004)},
		{SearchIndexLag, daily(c, SearchIndexLag, func(time.Time) float64 { return 42 }, 3.5)},
		{SearchAvailability, daily(c, SearchAvailability, func(time.Time) float64 { return 0.9993 }, 0.0002)},
		{WarehousePacking, daily(c, WarehousePacking, func(time.Time) float64 { return 95 }, 6)},
	}
	return s
}

// daily makes a series with a new value each day, around a level.
func daily(c company.Company, purpose string, level func(time.Time) float64, spread float64) []Series {
	r := c.Rand("metric " + purpose)
	var points []Point
	for i := range company.Weeks * 7 {
		at := c.At(-company.Weeks, i, 0, 5)
		if at.After(c.Now) {
			break
		}
		points = append(points, Point{at, level(at.Add(24*time.Hour)) + spread*r.NormFloat64()})
	}
	return []Series{{Points: points}}
}

// alert makes what happened to one instance of an alert in all the weeks. The
// first instance has no name; there are others at a larger scale only.
func (s *Server) alert(c company.Company, team company.Team, h habit, instance int) Alert {
	purpose, labels := "alert "+h.name, map[string]string{"team": team.ID, "service": h.service}
	if instance > 0 {
		purpose += " " + strconv.Itoa(instance)
		labels["instance"] = "pot-" + strconv.Itoa(instance)
	}
	r := c.Rand(purpose)
	var all []Episode
	for week := -company.Weeks; week <= 0; week++ {
		for range company.Poisson(r, h.weekly) {
			from := c.At(week, r.IntN(7), r.IntN(24), r.IntN(60)).Add(time.Duration(r.IntN(60)) * time.Second)
			for range 1 + r.IntN(h.flaps+1) {
				e := Episode{from, from.Add(h.duration(r))}
				all = append(all, e)
				from = e.To.Add(time.Duration(2+r.IntN(9)) * time.Minute)
			}
		}
	}
	for _, in := range team.Incidents {
		if in.Service == h.service && h.severity == "page" && in.Severity < 3 {
			to := in.Resolved
			if to.IsZero() {
				to = c.Now
			}
			all = append(all, Episode{in.Opened.Add(-h.wait - 4*time.Minute), to})
		}
	}
	return Alert{
		Name: h.name, Severity: h.severity, For: h.wait,
		Labels:   labels,
		Episodes: s.clear(all, h.wait),
	}
}

// duration draws how long a condition holds: mostly about the median, now and
// then much longer, and sometimes too short to fire.
func (h habit) duration(r *rand.Rand) time.Duration {
	d := time.Duration(float64(h.lasts) * math.Exp(0.6*r.NormFloat64()))
	if r.IntN(6) > 0 {
		d += h.wait
	}
	return max(d, time.Minute).Truncate(time.Second)
}

// clear sorts episodes and drops those that touch an earlier one, are not over
// yet known, or begin or end while the server is away or just back: what is
// true of those could not be told from the server.
func (s *Server) clear(all []Episode, wait time.Duration) []Episode {
	slices.SortFunc(all, func(a, b Episode) int { return a.From.Compare(b.From) })
	var kept []Episode
	for _, e := range all {
		blurred := func(t time.Time) bool {
			return slices.ContainsFunc(s.Outages, func(o sources.Span) bool {
				return t.After(o.From.Add(-wait-4*time.Minute)) && t.Before(o.To.Add(wait+4*time.Minute))
			})
		}
		touches := len(kept) > 0 && e.From.Before(kept[len(kept)-1].To.Add(2*s.Interval))
		if !touches && !blurred(e.From) && !blurred(e.To) && e.From.Before(s.Now) {
			kept = append(kept, e)
		}
	}
	return kept
}
