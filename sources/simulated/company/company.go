// Package company is the made-up firm behind the simulated systems: Kettle &
// Sons, who sell teapots on the internet. It holds what the systems must agree
// on: teams, goals, the rhythm of sprints, and the incidents that show up in
// trackers and alarms alike. What each system makes of it, and the truth that
// tests compare with, is in that system's package.
//
// A company is a pure function of a seed and an instant.
package company

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"preread/sources"
)

// Weeks is how far back the company's history goes.
const Weeks = 40

// A Company is the firm at one instant.
type Company struct {
	Name  string
	Seed  uint64
	Zone  sources.Zone
	Now   time.Time // nothing in any system is later
	Teams []Team

	// Scale is how much there is of everything countable. It is for measuring.
	Scale Scale
}

// A Scale tells how many times as much there is as in the firm that the demo
// shows.
type Scale struct {
	Issues Factor // of the tracker
	Pulls  Factor // pull requests, and the bugs beside them
	Alarms Factor // instances of each alert
}

// A Factor is how many times as much there is of something; 0 is once.
type Factor float64

// Times returns so many of something, at least one.
func (f Factor) Times(n int) int { return max(1, int(math.Round(float64(n)*float64(cmp.Or(f, 1))))) }

// Often returns how often something happens that happened so often.
func (f Factor) Often(mean float64) float64 { return mean * float64(cmp.Or(f, 1)) }

// A Team is one team of the firm, with its places in the systems.
type Team struct {
	ID        string // "checkout"
	Name      string // "Checkout"
	Project   string // Jira project key
	Board     int64  // Jira board
	Repo      string // GitHub owner/name
	Services  []string
	Goals     []Goal
	Sprints   []Sprint
	Incidents []Incident
	InJira    bool // incidents are Jira issues; else GitHub issues
}

// A Goal is a quarter goal of a team.
type Goal struct {
	ID         string
	Title      string
	Why        string
	Start, Due sources.Day
	Epic       string // the Jira epic's key; "" if the goal is a GitHub milestone
	Milestone  string
	Size       int     // items when it was agreed
	Growth     float64 // items added a week
}

// A Sprint is one stretch of a team's rhythm. A zero Completed means that it
// still runs.
type Sprint struct {
	Number    int
	Name      string
	Start     time.Time
	End       time.Time
	Completed time.Time
}

// An Incident is something that went wrong in a service. A zero Resolved
// means that it still does.
type Incident struct {
	Number       int
	Title        string
	Service      string
	Severity     int // 1 is worst, 3 mildest
	Opened       time.Time
	Acknowledged time.Time
	Resolved     time.Time
	FollowUps    []FollowUp
}

// A FollowUp is work that an incident left behind. A zero Done means open.
type FollowUp struct {
	Title   string
	Created time.Time
	Done    time.Time
}

// New returns the company as it was at now. The zone is Europe/Berlin, so a
// history of forty weeks crosses a change of clocks.
func New(seed uint64, now time.Time) (Company, error) {
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		return Company{}, err
	}
	c := Company{Name: "Kettle & Sons", Seed: seed, Zone: zone, Now: now.UTC()}
	c.Teams = []Team{
		{
			ID: "checkout", Name: "Checkout", Project: "POUR", Board: 42, Repo: "kettle/checkout",
			Services: []string{"basket", "payments", "gift-wrap"},
			Goals: []Goal{
				{ID: "one-click", Title: "One-click checkout in all regions", Why: "fewer teapots abandoned at the till",
					Start: c.day(-12), Due: c.day(7), Epic: "POUR-100", Size: 14, Growth: 0.3},
				{ID: "returns", Title: "Returns without a phone call", Why: "support spends a third of its day on broken spouts",
					Start: c.day(-10), Due: c.day(9), Epic: "POUR-101", Size: 9, Growth: 0.6},
			},
		},
		{
			ID: "search", Name: "Search", Project: "LEAF", Board: 43, Repo: "kettle/search",
			Services: []string{"search-api", "indexer"},
			InJira:   true,
			Goals: []Goal{
				{ID: "typos", Title: "Find the taepot anyway", Why: "one search in nine is misspelt and finds nothing",
					Start: c.day(-10), Due: c.day(2), Epic: "LEAF-100", Size: 16, Growth: 0.2},
				{ID: "index", Title: "Index new stock within a minute", Why: "sellers refresh the page and then ring us up",
					Start: c.day(-6), Due: c.day(7), Milestone: "Fast index", Size: 10, Growth: 0.5},
			},
		},
	}
	for i := range c.Teams {
		c.past(i)
	}
	return c, nil
}

// past gives a team its sprints and incidents.
func (c Company) past(team int) {
	c.sprints(&c.Teams[team], team)
	c.incidents(&c.Teams[team])
}

// Grown returns the company with a third team, at a scale. The other two live
// through what they lived through before, only more of it.
func (c Company) Grown(scale Scale) Company {
	c.Scale = scale
	c.Teams = append(slices.Clone(c.Teams), Team{
		ID: "warehouse", Name: "Warehouse", Project: "SHELF", Board: 44, Repo: "kettle/warehouse",
		Services: []string{"stock", "packing"},
		InJira:   true,
		Goals: []Goal{
			{ID: "straw", Title: "Every pot packed in straw", Why: "one pot in forty arrives as a puzzle",
				Start: c.day(-11), Due: c.day(6), Epic: "SHELF-100", Size: 12, Growth: 0.4},
		},
	})
	c.past(len(c.Teams) - 1)
	return c
}

// Rand returns the generator for one purpose. Two purposes do not disturb each
// other, so one system can change without changing the others.
func (c Company) Rand(purpose string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(c.Seed, h.Sum64()))
}

// Start returns the first instant of the company's history, a Monday.
func (c Company) Start() time.Time {
	return c.week().Add(-Weeks).Monday().Time(c.Zone.Location())
}

// At returns an instant by week before now (negative) or after, weekday
// (0 is Monday) and clock time in the company's zone.
func (c Company) At(week, weekday, hour, minute int) time.Time {
	d := c.week().Add(week).Monday().Add(weekday)
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, c.Zone.Location())
}

func (c Company) week() sources.Week { return sources.WeekOf(c.Now, c.Zone) }

// day returns the Friday of a week, counted from the present one.
func (c Company) day(week int) sources.Day { return c.week().Add(week).Monday().Add(4) }

// sprints fills a team's two-week rhythm. Closing late is normal: a sprint is
// completed up to five hours after its planned end, and the next one starts
// soon after that.
func (c Company) sprints(t *Team, index int) {
	r := c.Rand("sprints of " + t.ID)
	number := 1
	start := c.At(-Weeks+index, 1, 10, 0)
	for week := -Weeks + index; ; week += 2 {
		end := c.At(week+2, 1, 10, 0)
		completed := end.Add(time.Duration(r.IntN(300)) * time.Minute)
		s := Sprint{Number: number, Name: t.Name + " sprint " + strconv.Itoa(number), Start: start, End: end, Completed: completed}
		if start.After(c.Now) {
			return
		}
		if completed.After(c.Now) {
			s.Completed = time.Time{}
		}
		t.Sprints = append(t.Sprints, s)
		if s.Completed.IsZero() {
			return
		}
		start = completed.Add(time.Duration(20+r.IntN(90)) * time.Minute)
		number++
	}
}

var mishaps = []string{
	"Payment page offered to pay the customer",
	"Basket forgot what was in it",
	"Every teapot shown as a kettle",
	"Gift wrap added to gift wrap",
	"Search finds spouts, not pots",
	"Index thinks it is still August",
	"Checkout asks for the CVV of the teapot",
	"Prices rounded to the nearest cup",
	"Confirmation mails sent to the warehouse printer",
	"Autocomplete suggests only Darjeeling",
	"Discount code TEAPOT gives 418 percent",
	"Stock counter went below zero and kept going",
}

var remedies = []string{
	"Alert on negative prices",
	"Write the runbook we all thought existed",
	"Give the queue a dead-letter queue",
	"Test the fallback that fell back on us",
	"Limit retries to a number a person could count",
	"Page somebody who is awake",
}

// incidents fills a team's mishaps: about one in two weeks, some with
// follow-ups, some without, the last one still open in one team.
func (c Company) incidents(t *Team) {
	r := c.Rand("incidents of " + t.ID)
	number := 1
	for week := -Weeks; week < 0; week++ {
		for range Poisson(r, 0.55) {
			opened := c.At(week, r.IntN(7), r.IntN(24), r.IntN(60))
			in := Incident{
				Number: number, Title: mishaps[r.IntN(len(mishaps))], Service: t.Services[r.IntN(len(t.Services))],
				Severity: 1 + r.IntN(3), Opened: opened,
				Acknowledged: opened.Add(time.Duration(2+r.IntN(40)) * time.Minute),
			}
			in.Resolved = in.Acknowledged.Add(time.Duration(15+r.IntN(600)) * time.Minute)
			for range r.IntN(4) {
				f := FollowUp{Title: remedies[r.IntN(len(remedies))], Created: in.Resolved.Add(time.Duration(1+r.IntN(48)) * time.Hour)}
				if r.IntN(5) < 3 {
					f.Done = f.Created.Add(time.Duration(24+r.IntN(400)) * time.Hour)
				}
				in.FollowUps = append(in.FollowUps, f)
			}
			t.Incidents = append(t.Incidents, c.upTo(in))
			number++
		}
	}
}

// upTo drops what lies after now.
func (c Company) upTo(in Incident) Incident {
	forget := func(t *time.Time) {
		if t.After(c.Now) {
			*t = time.Time{}
		}
	}
	forget(&in.Acknowledged)
	forget(&in.Resolved)
	var kept []FollowUp
	for _, f := range in.FollowUps {
		if f.Created.After(c.Now) {
			continue
		}
		forget(&f.Done)
		kept = append(kept, f)
	}
	in.FollowUps = kept
	return in
}
