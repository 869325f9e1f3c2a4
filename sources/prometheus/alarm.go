package prometheus

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"preread/sources"
)

// alarms counts the episodes of every week. It surveys the days, the heartbeat
// with the alerts, and then reads in detail what the survey left open in those of
// which something is held. The day before the window shows what came over from
// there.
func (s *server) alarms(ctx context.Context, window sources.Window, query sources.Query) ([]sources.AlarmWeek, error) {
	matchers, err := parseMatchers(query.Text)
	if err != nil {
		return nil, err
	}
	days := daysOf(window)
	var columns []column
	var rules intervals
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error {
		return sources.Guard(s.name, func() (err error) { columns, err = s.survey(inner, matchers, days); return err })
	})
	group.Go(func() error {
		return sources.Guard(s.name, func() (err error) { rules, err = s.loaded(inner); return err })
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	p, err := s.pulse(ctx, columns)
	if err != nil {
		return nil, err
	}
	silent := p.silent(span{days[0].from, days[len(days)-1].to})
	chunks := slices.DeleteFunc(s.chunks(columns), func(c chunk) bool { return p.coverage(c.span, silent) <= 0 })
	t := tally{window: window, pulse: p, silent: silent, chunks: chunks, start: days[0].from, grouping: s.grouping}
	t.marked = mark(chunks, p, rules.longest())
	s.grouping.mark(chunks, t.marked)
	rules.unknown(chunks, t.marked)
	closeUp, err := s.details(ctx, matchers, plan(chunks, t.marked))
	if err != nil {
		return nil, err
	}
	t.closeUp, t.rules = closeUp, rules.learn(closeUp.points)
	return s.weeks(t, matchers), nil
}

// daysOf returns the days of a window, as long as they are in its zone, and
// the 24 hours before them.
func daysOf(window sources.Window) []span {
	loc := window.Zone.Location()
	days := []span{spanOf(window.Start().Add(-24*time.Hour), window.Start())}
	for day := window.First().Monday(); day.Compare(window.Last.Sunday()) <= 0; day = day.Add(1) {
		days = append(days, spanOf(day.Time(loc), day.Add(1).Time(loc)))
	}
	return days
}

// weeks puts the counts together.
func (s *server) weeks(t tally, matchers []matcher) []sources.AlarmWeek {
	var list []sources.AlarmWeek
	episodes := map[sources.Week]map[line]frequency{}
	if len(t.pulse.beats) > 0 {
		episodes = t.episodes()
	}
	for _, week := range t.window.Weeks() {
		from, to := t.window.Bounds(week)
		sp := spanOf(from, to)
		w := sources.AlarmWeek{
			Evidence: sources.Evidence{Source: s.name, Ref: shown(matchers), URL: s.graph(shown(matchers), from, to)},
			Week:     week,
			Coverage: t.pulse.coverage(sp, t.silent),
		}
		w.Graded = s.grade(t, sp, w.Coverage)
		if w.Grade != sources.Ungraded {
			w.Alarms = t.counts(sp, episodes[week])
		} else {
			w.Coverage = 0
		}
		list = append(list, w)
	}
	return list
}

func (s *server) grade(t tally, week span, coverage float64) sources.Graded {
	grade := sources.Whole()
	partly := func(format string, args ...any) {
		grade = grade.Worse(sources.Graded{Grade: sources.Partial, Reason: fmt.Sprintf(format, args...)})
	}
	switch {
	case len(t.pulse.beats) == 0:
		return s.noHeartbeat()
	case coverage <= 0:
		return sources.Graded{Reason: s.name + " holds nothing of this week"}
	case coverage < 0.01:
		partly("%s holds less than 1 %% of this week", s.name)
	case coverage < wholeFrom:
		partly("%s holds %d %% of this week", s.name, int(coverage*100))
	}
	for _, c := range t.chunks {
		if c.overlaps(week) && t.inactive(c) {
			partly("%s keeps no activation times for some alarms, so their episodes are not counted", s.name)
		}
		if c.overlaps(week) && c.warned {
			partly("%s", s.doubts())
		}
		if c.overlaps(week) && c.torn {
			partly("%s", s.contradicts())
		}
	}
	if slices.ContainsFunc(t.empty, week.overlaps) {
		partly("%s", s.contradicts())
	}
	if t.pulse.warned || slices.ContainsFunc(t.warned, week.overlaps) {
		partly("%s", s.doubts())
	}
	return grade
}

func (s *server) contradicts() string { return s.name + " gave answers about alarms that do not agree" }

// wholeFrom is the coverage from which a week counts as seen.
const wholeFrom = 0.95

// noHeartbeat is the grade of weeks that nothing tells about.
func (s *server) noHeartbeat() sources.Graded {
	return sources.Graded{Reason: s.name + " holds no heartbeat, so a lost week would look quiet; set heartbeat to a series that is always there"}
}
