package history_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate/history"
	"preread/sources"
)

// A remembering is what a script runs against: a store, or its rules alone.
type remembering interface {
	Plan(context.Context, sources.Window, []sources.Question) ([]int, error)
	Remember(context.Context, sources.Facts) (history.Remembered, error)
	Reconcile(context.Context, sources.Window, sources.Question, []string) ([]history.Vanished, *history.Refused, error)
	Forget(ctx context.Context, team, line string, at time.Time) (int, error)
}

// A script is what happens in a world while a history watches it.
type script struct {
	t      *rapid.T
	world  *world
	now    time.Time
	window sources.Window
	store  remembering
	seen   map[sources.Noun]map[sources.Week]bool // weeks that were answered while the monitor held them
	asked  int                                    // weeks, in all
	of     int                                    // weeks that full reads had asked about
}

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"}

func newScript(t *rapid.T, store remembering) *script {
	zone, err := sources.LoadZone(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	first := sources.Week{Year: 2026, N: rapid.IntRange(1, 50).Draw(t, "first")}
	s := &script{t: t, store: store, seen: map[sources.Noun]map[sources.Week]bool{sources.Alarms: {}, sources.Metrics: {}}}
	s.world = &world{zone: zone, episodes: map[sources.Week]int{}, reading: map[sources.Week]float64{}, held: rapid.SampledFrom([]int{2, 3, 5, 100}).Draw(t, "held")}
	s.window = sources.Window{Last: first, Count: rapid.IntRange(4, 8).Draw(t, "weeks"), Zone: zone}
	s.now = first.Monday().Time(zone.Location()).Add(time.Hour)
	return s
}

// run lets weeks pass, and looks now and then.
func (s *script) run() {
	for range rapid.IntRange(4, 12).Draw(s.t, "length") {
		s.week()
		if rapid.IntRange(0, 9).Draw(s.t, "skipped") == 0 {
			continue
		}
		s.look(true)
		if rapid.IntRange(0, 9).Draw(s.t, "twice") == 0 {
			s.edit(s.now.Add(time.Hour))
			s.now = s.now.Add(2 * time.Hour)
			s.look(true)
		}
	}
	s.settle()
}

// week lets one week pass, with what people do in it, up to the Monday after.
func (s *script) week() {
	week := s.window.WeekOf(s.now)
	s.world.episodes[week] = rapid.IntRange(0, 9).Draw(s.t, "episodes")
	s.world.reading[week] = float64(rapid.IntRange(0, 99).Draw(s.t, "reading"))
	_, next := s.window.Bounds(week)
	s.planSprint(week)
	edits := rapid.IntRange(0, 5).Draw(s.t, "edits")
	pause := next.Sub(s.now) / time.Duration(edits+1)
	for range edits {
		s.now = s.now.Add(pause).Truncate(time.Second)
		s.edit(s.now)
	}
	s.window.Last = week
	s.now = next.Add(8 * time.Hour)
	s.window.Now = s.now
}

// planSprint begins a sprint of one or two weeks.
func (s *script) planSprint(week sources.Week) {
	n := len(s.world.sprints)
	if n > 0 && s.world.sprints[n-1].end.After(s.now) {
		return
	}
	end := week.Add(rapid.IntRange(0, 1).Draw(s.t, "fortnight")).Monday().Add(5).Time(s.world.zone.Location()).Add(time.Duration(rapid.IntRange(0, 60).Draw(s.t, "late")) * time.Hour)
	sp := &sprint{id: int64(n + 1), start: s.now, end: end, done: map[string]time.Time{}}
	for range rapid.IntRange(0, 3).Draw(s.t, "committed") {
		i := sources.SprintIssue{Evidence: evidenceOf("tracker", s.world.ref("S")), Title: "story", Committed: true}
		sp.issues = append(sp.issues, i)
		if rapid.Bool().Draw(s.t, "finished") {
			sp.done[i.Ref] = s.now.Add(time.Duration(rapid.IntRange(1, 240).Draw(s.t, "hours")) * time.Hour)
		}
	}
	s.world.sprints = append(s.world.sprints, sp)
}

// edit does one thing to the world.
func (s *script) edit(at time.Time) {
	w := s.world
	switch what := rapid.IntRange(0, 19).Draw(s.t, "edit"); {
	case what < 4:
		s.create(at)
	case what < 13 && len(w.issues) > 0:
		s.change(w.issues[rapid.IntRange(0, len(w.issues)-1).Draw(s.t, "issue")], at)
	case what < 15:
		w.incidents = append(w.incidents, &incident{updated: at, fact: sources.Incident{Evidence: evidenceOf("tracker", w.ref("INC")), Title: "outage", Opened: at, Graded: sources.Whole()}})
	case what < 18 && len(w.incidents) > 0:
		s.respond(w.incidents[rapid.IntRange(0, len(w.incidents)-1).Draw(s.t, "incident")], at)
	case what == 18 && len(w.merges) > 0:
		w.merges[rapid.IntRange(0, len(w.merges)-1).Draw(s.t, "merge")].deleted = true
	default:
		w.merges = append(w.merges, &merge{ref: w.ref("acme/app#"), at: at})
	}
}

func (s *script) create(at time.Time) {
	i := &issue{ref: s.world.ref("PAY"), created: at, updated: at, bug: rapid.Bool().Draw(s.t, "bug")}
	if rapid.Bool().Draw(s.t, "member") {
		i.member = []turn{{at, true}}
	}
	s.world.issues = append(s.world.issues, i)
}

// change edits an issue. Who has left the goal is in no list of what is
// present, so nothing could tell of its deletion; that is left out.
func (s *script) change(i *issue, at time.Time) {
	if i.deleted {
		return
	}
	switch rapid.IntRange(0, 8).Draw(s.t, "change") {
	case 0, 1:
		i.done = append(i.done, turn{at, !on(i.done)})
	case 2:
		i.member = append(i.member, turn{at, !on(i.member)})
	case 3:
		i.bug = !i.bug
	case 4:
		i.points++
	case 5:
		if rapid.Bool().Draw(s.t, "blocked") { // or else a comment
			i.blocked = append(i.blocked, turn{at, !on(i.blocked)})
		}
	case 6:
		i.done = append(i.done, turn{at, true})
	case 7:
		if i.left() {
			return
		}
		i.deleted = true
	case 8:
		if i.left() {
			return
		}
		i.ref = s.world.ref("OPS")
	}
	i.updated = at
}

// respond works on an incident. Follow-ups are agreed on while it is open; that
// one is done does not touch the incident.
func (s *script) respond(i *incident, at time.Time) {
	open := i.fact.Resolved.IsZero()
	switch what := rapid.IntRange(0, 6).Draw(s.t, "respond"); {
	case what < 2 && open:
		i.fact.Resolved, i.updated = at, at
	case what == 2 && !open:
		i.fact.Resolved, i.updated = time.Time{}, at
	case (what == 3 || what > 4) && open:
		i.fact.FollowUps = append(i.fact.FollowUps, sources.FollowUp{Evidence: evidenceOf("tracker", s.world.ref("TODO")), Title: "alert earlier"})
		i.updated = at
	case what == 3 || what > 4 || what == 4 && len(i.fact.FollowUps) > 0:
		for f := range i.fact.FollowUps {
			i.fact.FollowUps[f].Done = true
		}
	case what == 4:
		i.deleted = true
	}
}

// look is one run of the program. Where outages are allowed, a question may
// get no answer.
func (s *script) look(outages bool) history.Remembered {
	ctx := context.Background()
	all := questions()
	s.window.Now = s.now
	weeks, err := s.store.Plan(ctx, s.window, all)
	if err != nil {
		s.t.Fatal(err)
	}
	facts := sources.Facts{Version: sources.FactsVersion, Window: s.window}
	for i, q := range all {
		if outages && rapid.IntRange(0, 11).Draw(s.t, "outage") == 0 {
			a := sources.Answer{Question: q, Gap: "nobody answers there"}
			if weeks[i] < s.window.Count {
				a.Weeks = weeks[i]
			}
			facts.Answers = append(facts.Answers, a)
			continue
		}
		s.asked, s.of = s.asked+weeks[i], s.of+s.window.Count
		facts.Answers = append(facts.Answers, s.world.answer(s.window, q, weeks[i]))
		s.note(q, weeks[i])
		vanished, refused, err := s.store.Reconcile(ctx, s.window, q, s.world.present(q))
		if err != nil {
			s.t.Fatal(err)
		}
		s.isGone(vanished)
		if refused != nil {
			s.accept(refused)
		}
	}
	r, err := s.store.Remember(ctx, facts)
	if err != nil {
		s.t.Fatal(err)
	}
	s.isGone(r.Vanished)
	for _, refused := range r.Refused {
		s.accept(&refused)
	}
	return r
}

// note writes down which weeks the monitor could tell about whole.
func (s *script) note(q sources.Question, asked int) {
	weeks := s.seen[q.Query.Noun]
	if weeks == nil {
		return
	}
	for _, week := range s.window.Weeks()[s.window.Count-asked:] {
		if c := s.world.coverage(s.window, week); c == 1 || c > 0 && q.Query.Noun == sources.Metrics {
			weeks[week] = true
		}
	}
}

// accept says that a great loss was no mistake.
func (s *script) accept(r *history.Refused) {
	if r.Gone < 5 || 2*r.Gone <= r.Held {
		s.t.Fatalf("refused without need: %+v", *r)
	}
	if _, err := s.store.Forget(context.Background(), r.Team, r.Line, s.now); err != nil {
		s.t.Fatal(err)
	}
}

// isGone checks that nothing is reported as vanished that a full read shows.
func (s *script) isGone(vanished []history.Vanished) {
	for _, v := range vanished {
		at := slices.IndexFunc(questions(), func(q sources.Question) bool { return q.Line == v.Line })
		full := s.world.answer(s.window, questions()[at], s.window.Count)
		for _, i := range full.Items {
			if i.Ref == v.Ref && !(v.Line == string(sources.Goals) && !i.Scope[len(i.Scope)-1].To.IsZero()) {
				s.t.Fatalf("%s of %s is said to be gone, and is there", v.Ref, v.Line)
			}
		}
		for _, i := range full.Incidents {
			if i.Ref == v.Ref {
				s.t.Fatalf("%s of %s is said to be gone, and is there", v.Ref, v.Line)
			}
		}
	}
}

// settle looks until nothing more is to be asked, and compares what is
// remembered with what one full read gives.
func (s *script) settle() {
	var got history.Remembered
	for range 4 {
		got = s.look(false)
		s.now = s.now.Add(time.Minute)
		if !s.wantsMore() {
			break
		}
	}
	s.window.Now = got.Facts.Window.Now
	full := sources.Facts{Version: sources.FactsVersion, Window: s.window}
	held := s.world.held
	s.world.held = 1000 // the full read is one of a monitor that forgets nothing
	for _, q := range questions() {
		full.Answers = append(full.Answers, s.world.answer(s.window, q, s.window.Count))
	}
	s.world.held = held
	want, err := history.NewRules().Remember(context.Background(), full)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, q := range questions() {
		a, b := s.comparable(q, want.Facts.Answers[i]), s.comparable(q, got.Facts.Answers[i])
		if diff := cmp.Diff(a, b); diff != "" {
			s.t.Fatalf("%s: one full read (-), history (+):\n%s", q.Line, diff)
		}
	}
}

// wantsMore reports a question about items that has to be asked whole again.
func (s *script) wantsMore() bool {
	weeks, err := s.store.Plan(context.Background(), s.window, questions())
	if err != nil {
		s.t.Fatal(err)
	}
	for i, q := range questions() {
		if s.seen[q.Query.Noun] == nil && weeks[i] == s.window.Count {
			return true
		}
	}
	return false
}

// comparable leaves out what a history need not know: weeks that were never
// seen whole, and what became of an item after it was over or out of scope. Of
// what began before the window a full read does not tell when.
func (s *script) comparable(q sources.Question, a sources.Answer) sources.Answer {
	seen := s.seen[q.Query.Noun]
	a.Alarms = slices.DeleteFunc(slices.Clone(a.Alarms), func(w sources.AlarmWeek) bool { return !seen[w.Week] })
	a.Readings = slices.DeleteFunc(slices.Clone(a.Readings), func(r sources.Reading) bool { return !seen[r.Week] })
	a.Items = slices.Clone(a.Items)
	inside := []sources.Span{{From: s.window.Start()}}
	for i, item := range a.Items {
		item.Scope, item.Done, item.Blocked = clip(item.Scope, inside), clip(item.Done, inside), clip(item.Blocked, inside)
		if q.Query.Noun == sources.Goals {
			item.Done, item.Blocked = clip(item.Done, item.Scope), clip(item.Blocked, item.Scope)
		}
		n, d := len(item.Scope), len(item.Done)
		if n > 0 && !item.Scope[n-1].To.IsZero() || d > 0 && item.Done[d-1].To.IsZero() {
			item.Points = nil
		}
		item.Blocked = clip(item.Blocked, outside(item.Done))
		a.Items[i] = item
	}
	return a
}

// outside returns the stretches of time that lie in none of some spans.
func outside(spans []sources.Span) []sources.Span {
	gaps := []sources.Span{{}}
	for _, s := range spans {
		gaps[len(gaps)-1].To = s.From
		if s.To.IsZero() {
			return gaps
		}
		gaps = append(gaps, sources.Span{From: s.To})
	}
	return gaps
}

// clip returns the parts of spans that lie in others.
func clip(spans, in []sources.Span) (parts []sources.Span) {
	for _, s := range spans {
		for _, o := range in {
			part := s
			if part.From.Before(o.From) {
				part.From = o.From
			}
			if part.To.IsZero() || !o.To.IsZero() && o.To.Before(part.To) {
				part.To = o.To
			}
			if part.To.IsZero() || part.From.Before(part.To) {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// check runs so many random scripts, each against a new store.
func check(t *testing.T, n int, store func() remembering) {
	t.Helper()
	was := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("rapid.checks", was) }()
	scripts, asked, of := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		s := newScript(rt, store())
		s.run()
		scripts, asked, of = scripts+1, asked+s.asked, of+s.of
	})
	t.Logf("%d scripts; asked about %d %% of the weeks that full reads had asked about", scripts, 100*asked/max(1, of))
}

// TestScripts compares what is remembered after many small looks at a changing
// world with what one full read of it gives.
func TestScripts(t *testing.T) {
	n := 10000
	if testing.Short() {
		n = 1000
	}
	check(t, n, func() remembering { return history.NewRules() })
}

// TestScriptsOnDatabases does the same through both databases.
func TestScriptsOnDatabases(t *testing.T) {
	engines(t, func(t *testing.T, place func() string) {
		n := 200
		if strings.HasSuffix(t.Name(), "postgres") {
			n = 60
		}
		if testing.Short() {
			n /= 10
		}
		s := open(t, place())
		if err := history.Hurry(s); err != nil {
			t.Fatal(err)
		}
		team := 0
		check(t, n, func() remembering {
			team++
			return teamOf{s, fmt.Sprintf("team-%d", team)}
		})
	})
}

// teamOf gives each script a team of its own in one store.
type teamOf struct {
	store *history.Store
	team  string
}

func (o teamOf) own(q sources.Question) sources.Question {
	q.Team = o.team
	return q
}

func (o teamOf) Plan(ctx context.Context, w sources.Window, qs []sources.Question) ([]int, error) {
	qs = slices.Clone(qs)
	for i := range qs {
		qs[i] = o.own(qs[i])
	}
	return o.store.Plan(ctx, w, qs)
}

func (o teamOf) Remember(ctx context.Context, f sources.Facts) (history.Remembered, error) {
	f.Answers = slices.Clone(f.Answers)
	for i := range f.Answers {
		f.Answers[i].Question = o.own(f.Answers[i].Question)
	}
	r, err := o.store.Remember(ctx, f)
	for i := range r.Facts.Answers {
		r.Facts.Answers[i].Question.Team = "checkout"
	}
	return r, err
}

func (o teamOf) Reconcile(ctx context.Context, w sources.Window, q sources.Question, refs []string) ([]history.Vanished, *history.Refused, error) {
	return o.store.Reconcile(ctx, w, o.own(q), refs)
}

func (o teamOf) Forget(ctx context.Context, team, line string, at time.Time) (int, error) {
	return o.store.Forget(ctx, o.team, line, at)
}
