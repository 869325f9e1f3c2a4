package jira

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"preread/sources"
)

// flags returns the fields in which a flag is put on an issue: that of the
// settings, or the checkboxes that Jira calls Flagged.
func (s *source) flags(st *site) ([]field, error) {
	if s.settings.FlagField != "" {
		f, err := st.field(s.settings.FlagField)
		return []field{f}, err
	}
	return slices.DeleteFunc(st.ofType(checkboxType), func(f field) bool {
		return !strings.EqualFold(f.Name, "Flagged") && !strings.EqualFold(f.Plain, "Flagged")
	}), nil
}

// blockers tell when the issues that block others were open, by key. One that
// is not among them could not be read.
type blockers map[string][]sources.Span

// ever is a stretch without a beginning and without an end.
func ever() []sources.Span { return []sources.Span{{}} }

// A hold is a link to an issue that blocks, as it is now or as a changelog
// tells of it.
type hold struct {
	key string
	now *linked // nil: the link is no more
}

// holds lists the links by which an issue is, or was, blocked.
func (r reader) holds(row issue, log []change) []hold {
	var found []hold
	add := func(h hold) {
		if h.key != "" && !slices.ContainsFunc(found, func(o hold) bool { return strings.EqualFold(o.key, h.key) }) {
			found = append(found, h)
		}
	}
	for _, l := range row.Links {
		if l.Inward != nil && r.source.settings.blocks(l.Type) {
			add(hold{l.Inward.Key, l.Inward})
		}
	}
	for _, c := range changesOf(log, linkField) {
		for _, v := range []value{c.from, c.to} {
			if r.blocking(row, v) {
				add(hold{key: linkedKey(v)})
			}
		}
	}
	return found
}

// linkField is where changelogs tell of links, in words: "This issue is blocked
// by POUR-7".
var linkField = fieldRef{"issuelinks", "Link"}

// linkedKey returns the key of the issue that a changelog's link leads to.
func linkedKey(v value) string {
	if issueKey.MatchString(v.id) {
		return v.id
	}
	words := strings.Fields(strings.TrimSuffix(v.text, "."))
	if len(words) == 0 || !issueKey.MatchString(words[len(words)-1]) {
		return ""
	}
	return words[len(words)-1]
}

// blocking reports whether a changelog's link is one by which the issue is
// blocked. The words are those of the link's type; those of types that the
// issue has still are known, and else Jira's own are looked for.
func (r reader) blocking(row issue, v value) bool {
	text := strings.ToLower(v.text)
	if r.source.settings.BlockerLinks == nil && strings.Contains(text, blockedBy) {
		return true
	}
	return slices.ContainsFunc(row.Links, func(l link) bool {
		return l.Type.Inward != "" && r.source.settings.blocks(l.Type) && strings.Contains(text, strings.ToLower(string(l.Type.Inward)))
	})
}

// blockers reads when the issues that block the given ones were open. Those of
// the haul are known, and so is what was not touched in a project of which the
// haul has all that was; only the others are searched for, all at once.
func (r reader) blockers(ctx context.Context, rows []issue, known haul) (blockers, error) {
	open := blockers{}
	byKey := map[string]issue{}
	for _, row := range known.rows {
		byKey[row.Key] = row
	}
	var linked, gone []string
	for _, row := range rows {
		for _, h := range r.holds(row, known.logs[row.ID]) {
			b, has := byKey[h.key]
			switch {
			case has:
				open[h.key] = r.open(b, known.logs[b.ID])
			case h.now != nil && slices.Contains(known.projects, projectOf(h.key)):
				open[h.key] = r.still(h.now)
			case h.now != nil:
				linked = append(linked, h.key)
			default:
				gone = append(gone, h.key)
			}
		}
	}
	return open, r.search(ctx, open, linked, gone)
}

// search adds blockers that are found nowhere else. One that a changelog tells
// of may be gone or hidden, and then Jira refuses to look for any.
func (r reader) search(ctx context.Context, open blockers, linked, gone []string) error {
	for _, keys := range [][]string{slices.Concat(linked, gone), linked} {
		slices.Sort(keys)
		if keys = slices.Compact(keys); len(keys) == 0 {
			return nil
		}
		jql := "key in (" + quoted(keys) + ")"
		found, err := r.source.once(jql+since(r.window.Start())).get(ctx, func(ctx context.Context) (haul, error) {
			rows, err := r.source.find(ctx, r.site, jql, nil)
			if err != nil {
				return haul{}, err
			}
			logs, err := r.source.changes(ctx, r.site, touched(rows, r.window))
			return haul{rows: rows, logs: logs}, err
		})
		if refused(err) {
			continue
		}
		for _, row := range found.rows {
			open[row.Key] = r.open(row, found.logs[row.ID])
		}
		return err
	}
	return nil
}

// open returns when an issue was not done.
func (r reader) open(row issue, log []change) []sources.Span {
	done, _ := r.done(row, changesOf(log, statusField))
	return without(ever(), done)
}

// still is open for an issue that was all the window as it is now.
func (r reader) still(l *linked) []sources.Span {
	if r.site.doneAt(l.Fields.Status) {
		return nil
	}
	return ever()
}

// doneAt reports whether a status, as an issue shows it, is of the category
// Done.
func (st *site) doneAt(s status) bool {
	if s.Category.Key != "" {
		return s.Category.Key == done
	}
	return st.done(s.value())
}

// projectOf returns the project of a key.
func projectOf(key string) string {
	project, _, _ := strings.Cut(key, "-")
	return project
}

// blocked returns when an issue was flagged, or linked to another that blocks it
// and was not done, as far as it reaches into the window. An issue that is done
// waits for nothing.
func (r reader) blocked(row issue, log []change, done []sources.Span, blockers blockers) ([]sources.Span, sources.Graded) {
	graded := sources.Whole()
	var all []sources.Span
	for _, f := range r.flags {
		all = append(all, r.flagged(row, changesOf(log, f.ref()), words(row.fields[f.ID]))...)
	}
	links := changesOf(log, linkField)
	for _, h := range r.holds(row, log) {
		is := func(v value) bool { return strings.EqualFold(linkedKey(v), h.key) && r.blocking(row, v) }
		linked := membership(h.now != nil, links, row.Created.Time, r.window.Now, is)
		open, known := blockers[h.key]
		if !known && len(sources.Reaching(r.window.Start(), linked)) > 0 {
			graded = graded.Worse(sources.Graded{Grade: sources.Approximate,
				Reason: fmt.Sprintf("%s, which blocked it, cannot be read, so how long it was blocked is not known", sources.OneLine(h.key, 40))})
		}
		all = append(all, both(linked, open)...)
	}
	return sources.Reaching(r.window.Start(), without(joined(all), done)), graded
}

// flagged returns when any box of a flag was ticked. Nobody tells when that was
// done to an issue that was not touched since; it was before its last change.
func (r reader) flagged(row issue, changes []change, now value) []sources.Span {
	since := row.Created.Time
	if !row.touched(r.window.Start()) {
		since = row.Updated.Time
	}
	return spans(now, changes, since, r.window.Now, func(v value) bool { return v.text != "" || v.id != "" && v.id != "[]" })
}

// joined puts spans into order and makes one of those that touch.
func joined(all []sources.Span) []sources.Span {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b sources.Span) int { return a.From.Compare(b.From) })
	var out []sources.Span
	for _, s := range all {
		n := len(out)
		if n == 0 || !out[n-1].To.IsZero() && s.From.After(out[n-1].To) {
			out = append(out, s)
			continue
		}
		if last := &out[n-1]; !last.To.IsZero() && (s.To.IsZero() || s.To.After(last.To)) {
			last.To = s.To
		}
	}
	return out
}

// both returns what two lists of spans have in common. Each is in order and
// does not overlap.
func both(a, b []sources.Span) []sources.Span {
	var out []sources.Span
	for _, x := range a {
		for _, y := range b {
			s := sources.Span{From: later(x.From, y.From), To: x.To}
			if !y.To.IsZero() {
				s.To = earlier(x.To, y.To)
			}
			if s.To.IsZero() || s.From.Before(s.To) {
				out = append(out, s)
			}
		}
	}
	return out
}
