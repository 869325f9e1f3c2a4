package history

import (
	"cmp"
	"context"
	"errors"
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
	all := summaries{}
	err = s.read(ctx, func(t *session) error {
		for _, part := range []struct {
			query string
			take  func(scan func(...any) error) error
		}{
			{`select team, line, digest, source, query, captured_at from question`, all.question},
			{`select team, line, digest, min(week), max(week), count(*), sum(known), sum(final) from observation group by team, line, digest`, all.weeks},
			{`select team, line, digest, count(*), sum(case when gone_at = '' then 0 else 1 end) from thing group by team, line, digest`, all.things},
		} {
			if err := t.each(ctx, part.query, part.take); err != nil {
				return err
			}
		}
		return nil
	})
	for _, e := range all {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b Summary) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Line, b.Line), b.Captured.Compare(a.Captured),
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Query.Text, b.Query.Text))
	})
	return list, err
}

// summaries are put together from the tables, one row at a time.
type summaries map[key]*Summary

func (all summaries) of(k key) *Summary {
	if all[k] == nil {
		all[k] = &Summary{Team: k.Team, Line: k.Line}
	}
	return all[k]
}

func (all summaries) question(scan func(...any) error) error {
	var k key
	var source, query, captured string
	err := scan(&k.Team, &k.Line, &k.Digest, &source, &query, &captured)
	if err != nil {
		return err
	}
	e := all.of(k)
	e.Source = source
	if e.Captured, err = parseStamp(captured); err != nil {
		return err
	}
	return decode(query, &e.Query)
}

func (all summaries) weeks(scan func(...any) error) error {
	var k key
	var first, last string
	var weeks, known, final int
	if err := scan(&k.Team, &k.Line, &k.Digest, &first, &last, &weeks, &known, &final); err != nil {
		return err
	}
	e := all.of(k)
	e.Weeks, e.Known, e.Final = weeks, known, final
	if err := errors.Join(e.First.UnmarshalText([]byte(first)), e.Last.UnmarshalText([]byte(last))); err != nil {
		return err
	}
	days := e.Last.Monday().Time(time.UTC).Sub(e.First.Monday().Time(time.UTC))
	e.Missing = int(days/(7*24*time.Hour)) + 1 - weeks
	return nil
}

func (all summaries) things(scan func(...any) error) error {
	var k key
	var told, gone int
	if err := scan(&k.Team, &k.Line, &k.Digest, &told, &gone); err != nil {
		return err
	}
	e := all.of(k)
	e.Things, e.Gone = told-gone, gone
	return nil
}

// A Pruned counts what was, or would be, deleted.
type Pruned struct {
	Weeks  int
	Things int
	Said   int
	Pages  int
}

// Prune deletes what is about the time before a week only: weeks, items,
// incidents and sprints that were over by then, what was said of lines, and the
// pages that the program wrote. Pages that were found hold people's words and stay,
// and so does what was remembered of whole pages; see [PageKey].
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
			{&n.Said, `from said where week < $1 and team not like '` + PageKey + `%'`},
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
