package history

import (
	"cmp"
	"context"
	"slices"
	"time"

	"preread/sources"
)

// A Summary is what is remembered of one question, as far as its weeks go.
type Summary struct {
	Team, Line  string
	Source      string
	Query       sources.Query
	First, Last sources.Week // zero: no week is remembered
	Weeks       int          // that are remembered
	Known       int          // of these, those that the source told about
	Final       int          // of these, those that do not change any more
	Missing     int          // between the first and the last
	Things      int          // items, incidents and sprints that are there
	Gone        int          // tombstones
	Captured    time.Time    // when the source last answered
}

// Summary lists what is remembered, by team and line. Where the query of a line
// was changed, it has several entries, the latest first.
func (s *Store) Summary(ctx context.Context) (list []Summary, err error) {
	places := map[key]int{}
	err = s.read(ctx, func(t *session) error {
		err := t.each(ctx, `select team, line, digest, source, query, captured_at from question`, func(scan func(...any) error) error {
			var k key
			var e Summary
			var query, captured string
			err := scan(&k.Team, &k.Line, &k.Digest, &e.Source, &query, &captured)
			if err != nil {
				return err
			}
			e.Team, e.Line = k.Team, k.Line
			if err := decode(query, &e.Query); err != nil {
				return err
			}
			if e.Captured, err = parseStamp(captured); err != nil {
				return err
			}
			places[k] = len(list)
			list = append(list, e)
			return nil
		})
		if err != nil {
			return err
		}
		err = t.each(ctx, `select team, line, digest, min(week), max(week), count(*), sum(known), sum(final) from observation group by team, line, digest`, func(scan func(...any) error) error {
			var k key
			var first, last string
			var e Summary
			if err := scan(&k.Team, &k.Line, &k.Digest, &first, &last, &e.Weeks, &e.Known, &e.Final); err != nil {
				return err
			}
			into := &list[places[k]]
			into.Weeks, into.Known, into.Final = e.Weeks, e.Known, e.Final
			if err := into.First.UnmarshalText([]byte(first)); err != nil {
				return err
			}
			if err := into.Last.UnmarshalText([]byte(last)); err != nil {
				return err
			}
			days := into.Last.Monday().Time(time.UTC).Sub(into.First.Monday().Time(time.UTC))
			into.Missing = int(days/(7*24*time.Hour)) + 1 - into.Weeks
			return nil
		})
		if err != nil {
			return err
		}
		return t.each(ctx, `select team, line, digest, count(*), sum(case when gone_at = '' then 0 else 1 end) from thing group by team, line, digest`, func(scan func(...any) error) error {
			var k key
			var all, gone int
			err := scan(&k.Team, &k.Line, &k.Digest, &all, &gone)
			list[places[k]].Things, list[places[k]].Gone = all-gone, gone
			return err
		})
	})
	slices.SortFunc(list, func(a, b Summary) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Line, b.Line), b.Captured.Compare(a.Captured),
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Query.Text, b.Query.Text))
	})
	return list, err
}

// A Pruned counts what was, or would be, deleted.
type Pruned struct {
	Weeks  int
	Things int
	Said   int
	Pages  int
}

// Prune deletes what is about the time before a week only: weeks, items,
// incidents and sprints that were over by then, what was said, and the pages
// that the program wrote. Pages that were found hold people's words and stay.
// On a dry run it only counts.
func (s *Store) Prune(ctx context.Context, before sources.Week, dryRun bool) (n Pruned, err error) {
	err = s.write(ctx, func(t *session) error {
		old, err := t.over(ctx, before)
		if err != nil {
			return err
		}
		n = Pruned{Things: len(old)}
		week := weekText(before)
		for _, part := range []struct {
			n     *int
			which string
		}{
			{&n.Weeks, `from observation where week < $1`},
			{&n.Said, `from said where week < $1`},
			{&n.Pages, `from page where week < $1 and week <> '' and found = 0`},
		} {
			err := t.each(ctx, `select count(*) `+part.which, func(scan func(...any) error) error { return scan(part.n) }, week)
			if err == nil && !dryRun {
				_, err = t.exec(ctx, `delete `+part.which, week)
			}
			if err != nil {
				return err
			}
		}
		if dryRun {
			return nil
		}
		for _, o := range old {
			if _, err := t.exec(ctx, `delete from thing where team = $1 and line = $2 and digest = $3 and ref = $4`, o.Team, o.Line, o.Digest, o.ref); err != nil {
				return err
			}
		}
		_, err = t.exec(ctx, `delete from page_text where not exists (select 1 from page where page.hash = page_text.hash)`)
		return err
	})
	return n, err
}

// An oldThing names a row that is about the past only.
type oldThing struct {
	key
	ref string
}

// over lists what was over before a week. Where the week begins depends on a
// zone, none of which is a day away from UTC.
func (t *session) over(ctx context.Context, before sources.Week) (old []oldThing, err error) {
	start := before.Monday().Add(-1).Time(time.UTC)
	err = t.each(ctx, `select thing.team, thing.line, thing.digest, thing.ref, thing.doc, thing.gone_at, question.noun from thing
		join question on question.team = thing.team and question.line = thing.line and question.digest = thing.digest`, func(scan func(...any) error) error {
		var o oldThing
		var doc, gone, noun string
		if err := scan(&o.Team, &o.Line, &o.Digest, &o.ref, &doc, &gone, &noun); err != nil {
			return err
		}
		var th thing
		if err := decode(doc, &th); err != nil {
			return err
		}
		if gone != "" && gone < stamp(start) || th.fits(sources.Noun(noun)) && th.endedBefore(sources.Noun(noun), start) {
			old = append(old, o)
		}
		return nil
	})
	return old, err
}

// endedBefore reports a thing that no window from an instant on lists.
func (t thing) endedBefore(noun sources.Noun, start time.Time) bool {
	switch noun {
	case sources.Shipped:
		n := len(t.Item.Done)
		return n == 0 || t.Item.Done[n-1].From.Before(start)
	case sources.Delivery:
		return t.Sprint.State == sources.Closed && t.Sprint.Completed.Before(start)
	}
	return !t.listedFrom(noun, start)
}
