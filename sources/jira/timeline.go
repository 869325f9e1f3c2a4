package jira

import (
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// A fieldRef names a field in changelogs: by id, or by name where the
// changelog gives no id. Names are not translated there.
type fieldRef struct{ id, name string }

func (f field) ref() fieldRef { return fieldRef{f.ID, f.Name} }

var (
	statusField     = fieldRef{"status", "status"}
	resolutionField = fieldRef{"resolution", "resolution"}
	versionField    = fieldRef{"fixVersions", "Fix Version"}
)

// changesOf returns the changes of the given fields, in order.
func changesOf(log []change, fields ...fieldRef) []change {
	var found []change
	for _, c := range log {
		if slices.ContainsFunc(fields, func(f fieldRef) bool { return f.names(c) }) {
			found = append(found, c)
		}
	}
	return found
}

func (f fieldRef) names(c change) bool {
	if c.fieldID != "" {
		return c.fieldID == f.id
	}
	return strings.EqualFold(c.field, f.name) || f.id != "" && c.field == f.id
}

// valueAt returns what a field held at t: what the earliest later change
// changed it from, or, if there is none, what it holds now. A change at t
// counts as made.
func valueAt(now value, changes []change, t time.Time) value {
	for _, c := range changes {
		if c.at.After(t) {
			return c.from
		}
	}
	return now
}

// spans returns when something held true of a field, from the issue's
// creation until the given end of our knowledge.
func spans(now value, changes []change, created, end time.Time, holds func(value) bool) []sources.Span {
	initial := now
	if len(changes) > 0 {
		initial = changes[0].from
	}
	t := track{}
	t.turn(created, holds(initial))
	for _, c := range changes {
		if !c.at.After(end) {
			t.turn(c.at, holds(c.to))
		}
	}
	return t.spans
}

// membership is spans for a field that holds several values, or that is kept
// in several fields at once: a change that neither adds nor takes away what
// is looked for changes nothing.
func membership(now bool, changes []change, created, end time.Time, is func(value) bool) []sources.Span {
	changes = slices.DeleteFunc(slices.Clone(changes), func(c change) bool { return is(c.from) == is(c.to) })
	member := now
	if len(changes) > 0 {
		member = is(changes[0].from)
	}
	t := track{}
	t.turn(created, member)
	for _, c := range changes {
		if !c.at.After(end) {
			t.turn(c.at, is(c.to))
		}
	}
	return t.spans
}

// A track collects spans from what becomes true and false in order of time.
type track struct{ spans []sources.Span }

func (t *track) turn(at time.Time, on bool) {
	open := len(t.spans) > 0 && t.spans[len(t.spans)-1].To.IsZero()
	switch {
	case on && !open:
		if n := len(t.spans); n > 0 && t.spans[n-1].To.Equal(at) {
			t.spans[n-1].To = time.Time{} // off and on again within one instant
			return
		}
		t.spans = append(t.spans, sources.Span{From: at})
	case !on && open:
		last := &t.spans[len(t.spans)-1]
		if last.From.Equal(at) {
			t.spans = t.spans[:len(t.spans)-1]
			return
		}
		last.To = at
	}
}

// without returns the parts of spans that lie in none of the others. Both are
// in order and do not overlap.
func without(spans, others []sources.Span) []sources.Span {
	left := spans
	for _, o := range others {
		var next []sources.Span
		for _, s := range left {
			if before := (sources.Span{From: s.From, To: earlier(s.To, o.From)}); before.From.Before(before.To) {
				next = append(next, before)
			}
			if o.To.IsZero() {
				continue
			}
			if after := (sources.Span{From: later(s.From, o.To), To: s.To}); after.To.IsZero() || after.From.Before(after.To) {
				next = append(next, after)
			}
		}
		left = next
	}
	return left
}

// earlier returns the earlier of an end, which may be open, and an instant.
func earlier(end, t time.Time) time.Time {
	if end.IsZero() || t.Before(end) {
		return t
	}
	return end
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
