package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
)

// incidents returns what was opened or resolved in the window, or is still
// open.
func (h *hub) incidents(ctx context.Context, window sources.Window, query sources.Query) ([]sources.Incident, error) {
	q, err := ParseQuery(query.Noun, query.Text)
	if err != nil {
		return nil, err
	}
	all, err := h.search(ctx, q, window.Start())
	if err != nil {
		return nil, err
	}
	var kept []found
	var incidents []sources.Incident
	for _, f := range all {
		// What was closed before the window cannot belong to it; whether the
		// rest does may depend on when the label came.
		if closed := f.closed(); !closed.IsZero() && closed.Before(window.Start()) {
			continue
		}
		in, err := h.incident(ctx, q, f)
		if err != nil {
			return nil, err
		}
		if window.Holds(in.Opened) || window.Holds(in.Resolved) || in.Resolved.IsZero() {
			kept, incidents = append(kept, f), append(incidents, in)
		}
	}
	if err := h.addFollowUps(ctx, q, kept, incidents); err != nil {
		return nil, err
	}
	slices.SortFunc(incidents, func(a, b sources.Incident) int {
		return chronological(a.Opened, b.Opened, a.Ref, b.Ref)
	})
	return incidents, nil
}

// incident returns an incident without its follow-ups.
func (h *hub) incident(ctx context.Context, q Query, f found) (sources.Incident, error) {
	in := sources.Incident{
		Evidence: sources.Evidence{Source: h.name, Ref: f.ref(), URL: page(f.GetHTMLURL())},
		Title:    title(f.GetTitle()),
		Severity: sources.OneLine(h.severityOf(f.Labels), 60),
		Opened:   f.GetCreatedAt().Time,
		Resolved: f.closed(),
		Graded:   sources.Whole(),
	}
	r, err := h.reaction(ctx, q, f)
	if err != nil {
		return sources.Incident{}, err
	}
	// A bug that became an incident is one from then on. A label put on after
	// the end is only tidiness.
	if r.labelled.After(in.Opened) && (in.Resolved.IsZero() || !r.labelled.After(in.Resolved)) {
		in.Opened = r.labelled
	}
	if r.untold {
		in.Graded = in.Worse(sources.Graded{Grade: sources.Approximate,
			Reason: "its timeline does not tell when it got its label, so it counts from its creation"})
	}
	in.Acknowledged = r.taken
	if !r.taken.IsZero() && r.taken.Before(in.Opened) {
		in.Acknowledged = in.Opened
	}
	return in, nil
}

// A reaction is what a timeline tells of an incident. Zero: it does not tell.
type reaction struct {
	labelled time.Time // when it first had had each label of the query
	taken    time.Time // when somebody took it
	untold   bool      // a label of the query is not in the timeline
}

// reaction reads an issue's timeline as far as it is needed.
func (h *hub) reaction(ctx context.Context, q Query, f found) (reaction, error) {
	path := fmt.Sprintf("repos/%s/issues/%d/timeline?per_page=%s", f.repo, f.GetNumber(), perPage)
	return remember(ctx, &h.kept, path+" for "+strings.Join(q.Labels, ","), func() (reaction, error) {
		var r reaction
		missing := map[string]bool{}
		for _, l := range q.Labels {
			missing[strings.ToLower(l)] = true
		}
		read := trail{}
		for path != "" && (len(missing) > 0 || r.taken.IsZero()) {
			events, next, err := get[gh.Timeline](ctx, h, f.repo, path, read)
			if err != nil {
				return reaction{}, err
			}
			for _, e := range events {
				h.react(&r, missing, e)
			}
			path = next
		}
		if len(missing) > 0 {
			r.labelled, r.untold = time.Time{}, true
		}
		return r, nil
	})
}

// react takes one event into a reaction.
func (h *hub) react(r *reaction, missing map[string]bool, e gh.Timeline) {
	label := ""
	if e.GetEvent() == "labeled" {
		label = strings.ToLower(e.GetLabel().GetName())
	}
	if missing[label] {
		delete(missing, label)
		r.labelled = e.GetCreatedAt().Time
	}
	takes := e.GetEvent() == "assigned" || h.ack != "" && strings.EqualFold(label, h.ack)
	if takes && r.taken.IsZero() {
		r.taken = e.GetCreatedAt().Time
	}
}

// severityOf returns the label that tells how bad it is, such as sev1,
// severity:2 or priority/high, "" if there is none. Of several, the first by
// the order of the settings' prefixes, then by name.
func (h *hub) severityOf(labels []*gh.Label) string {
	for _, prefix := range h.severity {
		var names []string
		for _, l := range labels {
			if grades(l.GetName(), prefix) {
				names = append(names, l.GetName())
			}
		}
		if len(names) > 0 {
			return slices.Min(names)
		}
	}
	return ""
}

// grades reports whether a label is a prefix with a grade: a number, or
// anything after a separator. "several" is not a grade of "sev".
func grades(label, prefix string) bool {
	if len(label) <= len(prefix) || !strings.EqualFold(label[:len(prefix)], prefix) {
		return false
	}
	rest := label[len(prefix):]
	if grade := strings.TrimLeft(rest, ":/=-_. "); grade != rest {
		return grade != ""
	}
	return strings.Trim(rest, "0123456789") == ""
}
