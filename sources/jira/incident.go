package jira

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
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
	severity := field{ID: "priority", Name: "priority"}
	if s.settings.SeverityField != "" {
		if severity, err = st.field(s.settings.SeverityField); err != nil {
			return nil, err
		}
	}
	rows, err := s.search(ctx, st, s.current(st, w, parsed), "issuelinks", severity.ID)
	if err != nil {
		return nil, err
	}
	logs, err := s.changes(ctx, st, rows)
	if err != nil {
		return nil, err
	}
	var found []sources.Incident
	for _, row := range rows {
		in := s.incident(st, row, logs[row.ID], severity, w.Now)
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

func (s *source) incident(st *site, row issue, log []change, severity field, now time.Time) sources.Incident {
	moves := changesOf(log, statusField)
	in := sources.Incident{
		Evidence: s.evidence(st, row.Key), Title: row.title(), Opened: row.Created.Time,
		Severity:  sources.OneLine(valueAt(words(row.fields[severity.ID]), changesOf(log, severity.ref()), now).text, 60),
		FollowUps: s.followUps(st, row),
		Graded:    st.known(row, moves, time.Time{}),
	}
	spansDone := spans(row.Status.value(), moves, row.Created.Time, now, st.doneFor(row))
	if n := len(spansDone); n > 0 && spansDone[n-1].To.IsZero() {
		in.Resolved = spansDone[n-1].From
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

// words reads a field that holds an option, a user's choice of words, or a
// number.
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
	if json.Unmarshal(raw, &plain) == nil {
		return value{text: string(plain)}
	}
	return value{}
}

// followUps returns the work that hangs on an incident.
func (s *source) followUps(st *site, row issue) []sources.FollowUp {
	var found []sources.FollowUp
	seen := map[string]bool{}
	for _, l := range row.Links {
		other := cmp.Or(l.Outward, l.Inward)
		if other == nil || other.Key == "" || seen[other.Key] || !s.settings.follows(string(l.Type.Name)) {
			continue
		}
		if s.settings.FollowupLinks == nil && strings.EqualFold(other.Fields.Type.Name, row.Type.Name) {
			continue // another incident
		}
		seen[other.Key] = true
		isDone := other.Fields.Status.Category.Key == done
		if other.Fields.Status.Category.Key == "" {
			isDone = st.done(other.Fields.Status.value())
		}
		found = append(found, sources.FollowUp{
			Evidence: s.evidence(st, other.Key), Title: sources.OneLine(string(other.Fields.Summary), 250), Done: isDone,
		})
	}
	slices.SortFunc(found, func(a, b sources.FollowUp) int { return compareKeys(a.Ref, b.Ref) })
	return found
}
