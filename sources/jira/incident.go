package jira

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
)

// incidents returns the incidents that were opened in the window, were
// resolved in it, or are still open.
func (s *source) incidents(ctx context.Context, w sources.Window, q sources.Query) ([]sources.Incident, error) {
	parsed, err := parse(q.Text)
	if err != nil {
		return nil, err
	}
	st, err := s.at(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := s.incidentFields(st)
	if err != nil {
		return nil, err
	}
	rows, err := s.search(ctx, st, s.current(st, w, parsed), asked.ids()...)
	if err != nil {
		return nil, err
	}
	logs, err := s.changes(ctx, st, rows)
	if err != nil {
		return nil, err
	}
	reviews, err := s.reviews(ctx, st, rows)
	if err != nil {
		return nil, err
	}
	var found []sources.Incident
	for _, row := range rows {
		in := s.incident(st, row, logs[row.ID], asked, w.Now)
		s.review(st, &in, row, asked, reviews)
		over := !in.Resolved.IsZero() && in.Resolved.Before(w.Start())
		if !in.Opened.After(w.Now) && !(over && in.Opened.Before(w.Start())) {
			found = append(found, in)
		}
	}
	slices.SortFunc(found, func(a, b sources.Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), compareKeys(a.Ref, b.Ref))
	})
	return found, nil
}

// incidentFields are the fields that say more of an incident than other issues
// have to say.
type incidentFields struct {
	severity field
	major    []field // any of them marks it
	review   *field  // leads to its review; nil: only a link does
}

func (f incidentFields) ids() []string {
	ids := []string{"issuelinks", f.severity.ID}
	for _, m := range f.major {
		ids = append(ids, m.ID)
	}
	if f.review != nil {
		ids = append(ids, f.review.ID)
	}
	return ids
}

// majorType is the field of Jira Service Management that marks major incidents.
const majorType = "com.atlassian.jira.modules.servicemanagement.major-incident-entity:major-incident-entity-field-cftype"

func (s *source) incidentFields(st *site) (f incidentFields, err error) {
	f = incidentFields{severity: field{ID: "priority", Name: "priority"}, major: st.ofType(majorType)}
	if s.settings.SeverityField != "" {
		if f.severity, err = st.field(s.settings.SeverityField); err != nil {
			return f, err
		}
	}
	if s.settings.MajorField != "" {
		major, err := st.field(s.settings.MajorField)
		if err != nil {
			return f, err
		}
		f.major = []field{major}
	}
	if s.settings.ReviewField != "" {
		review, err := st.field(s.settings.ReviewField)
		if err != nil {
			return f, err
		}
		f.review = &review
	}
	return f, nil
}

func (s *source) incident(st *site, row issue, log []change, asked incidentFields, now time.Time) sources.Incident {
	severity := asked.severity
	moves := changesOf(log, statusField)
	in := sources.Incident{
		Evidence: s.evidence(st, row.Key), Title: row.title(), Opened: row.Created.Time,
		Severity: sources.OneLine(valueAt(words(row.fields[severity.ID]), changesOf(log, severity.ref()), now).text, 60),
		Graded:   st.known(row, moves, time.Time{}),
	}
	for _, f := range asked.major {
		in.Major = in.Major || affirmed(valueAt(words(row.fields[f.ID]), changesOf(log, f.ref()), now))
	}
	spansDone := spans(row.Status.value(), moves, row.Created.Time, now, st.doneFor(row))
	if n := len(spansDone); n > 0 && spansDone[n-1].To.IsZero() {
		in.Resolved = spansDone[n-1].From
	}
	if !in.Resolved.IsZero() && len(moves) == 0 && row.resolvedLater() {
		in.Resolved = row.settled()
		in.Graded = in.Worse(sources.Graded{Grade: sources.Approximate, Reason: "jira tells no history of its status, so it counts as resolved by its resolution date"})
	}
	// Somebody took it up when it first left the statuses that wait.
	of := st.categoryFor(row)
	waiting := spans(row.Status.value(), moves, row.Created.Time, now, func(v value) bool { return of(v) == toDo })
	switch {
	case len(waiting) == 0 || !waiting[0].From.Equal(row.Created.Time):
		in.Acknowledged = row.Created.Time
		in.Graded = in.Worse(sources.Graded{Grade: sources.Approximate,
			Reason: "it was created in a status past To Do, so it counts as acknowledged from the start"})
	default:
		in.Acknowledged = waiting[0].To
	}
	return in
}

// affirmed reports a field that says yes: with a word, or by being filled.
func affirmed(v value) bool {
	said := strings.ToLower(strings.TrimSpace(cmp.Or(v.text, v.id)))
	return !slices.Contains([]string{"", "no", "false", "none", "0", "[]"}, said)
}

// reviewKeys lists the post-incident reviews that an incident is linked to.
func (s *source) reviewKeys(row issue) []string {
	var keys []string
	for _, l := range row.Links {
		if other := cmp.Or(l.Outward, l.Inward); other != nil && other.Key != "" && s.settings.reviews(other.Fields.Type.Name) {
			keys = append(keys, other.Key)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys)
}

// reviews reads the reviews of incidents, by key: what is to follow an incident
// mostly hangs on its review.
func (s *source) reviews(ctx context.Context, st *site, rows []issue) (map[string]issue, error) {
	var keys []string
	for _, row := range rows {
		keys = append(keys, s.reviewKeys(row)...)
	}
	slices.SortFunc(keys, compareKeys)
	if keys = slices.Compact(keys); len(keys) == 0 {
		return nil, nil
	}
	found, err := s.find(ctx, st, "key in ("+quoted(keys)+")", []string{"issuelinks"})
	if err != nil && !refused(err) {
		return nil, err
	}
	reviews := map[string]issue{}
	for _, review := range found {
		reviews[review.Key] = review
	}
	return reviews, nil
}

// review adds to an incident its review, and the work that it and its review
// called for.
func (s *source) review(st *site, in *sources.Incident, row issue, asked incidentFields, reviews map[string]issue) {
	in.FollowUps = s.followUps(st, row, row)
	for _, key := range s.reviewKeys(row) {
		if in.Review == nil {
			review := s.evidence(st, key)
			in.Review = &review
		}
		review, known := reviews[key]
		if !known {
			in.Graded = in.Worse(sources.Graded{Grade: sources.Approximate,
				Reason: "its review " + sources.OneLine(key, 40) + " cannot be read, so work that hangs on that is missing"})
			continue
		}
		in.FollowUps = append(in.FollowUps, s.followUps(st, row, review)...)
	}
	if in.Review == nil && asked.review != nil {
		in.Review = s.pointedAt(words(row.fields[asked.review.ID]).text)
	}
	slices.SortFunc(in.FollowUps, func(a, b sources.FollowUp) int { return compareKeys(a.Ref, b.Ref) })
	in.FollowUps = slices.CompactFunc(in.FollowUps, func(a, b sources.FollowUp) bool { return a.Ref == b.Ref })
}

// pointedAt is the review that a field names: by an address, or in words.
func (s *source) pointedAt(text string) *sources.Evidence {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	review := sources.Evidence{Source: s.name, Ref: sources.OneLine(text, 120)}
	var at address
	if at.UnmarshalText([]byte(text)) == nil {
		review.URL = at.String()
	}
	return &review
}

// words reads a field that holds an option, a user's choice of words, a number,
// or yes and no.
func words(raw json.RawMessage) value {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		raw = list[0]
	}
	var option struct {
		ID    text `json:"id"`
		Name  text `json:"name"`
		Value text `json:"value"`
	}
	if bytes.HasPrefix(raw, []byte("{")) && json.Unmarshal(raw, &option) == nil {
		return value{string(option.ID), string(cmp.Or(option.Name, option.Value))}
	}
	var plain text
	var yes bool
	switch {
	case json.Unmarshal(raw, &plain) == nil:
		return value{text: string(plain)}
	case json.Unmarshal(raw, &yes) == nil:
		return value{text: strconv.FormatBool(yes)}
	}
	return value{}
}

// followUps returns the work that hangs on an incident, by the links of the
// incident itself or of its review.
func (s *source) followUps(st *site, row, linked issue) []sources.FollowUp {
	var found []sources.FollowUp
	seen := map[string]bool{row.Key: true}
	for _, l := range linked.Links {
		other := cmp.Or(l.Outward, l.Inward)
		if other == nil || other.Key == "" || seen[other.Key] || !s.settings.follows(string(l.Type.Name)) {
			continue
		}
		if s.settings.FollowupLinks == nil && strings.EqualFold(other.Fields.Type.Name, row.Type.Name) {
			continue // another incident
		}
		if s.settings.reviews(other.Fields.Type.Name) {
			continue // told apart
		}
		seen[other.Key] = true
		found = append(found, sources.FollowUp{
			Evidence: s.evidence(st, other.Key), Title: sources.OneLine(string(other.Fields.Summary), 250), Done: st.doneAt(other.Fields.Status),
		})
	}
	return found
}
