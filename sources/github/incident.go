package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"preread/sources"
	"preread/sources/internal/web"
)

// incidentPages is how long a list of incidents is read whole, whatever the
// weeks, so that it also tells which old ones are there still; see refs. To read
// one page, what is open and what was updated takes three requests, too.
const incidentPages = 3

// incidents returns what was opened or resolved in the window, or is still
// open.
func (h *hub) incidents(ctx context.Context, window sources.Window, query sources.Query) ([]sources.Incident, error) {
	q, err := ParseQuery(query.Noun, query.Text)
	if err != nil {
		return nil, err
	}
	all, err := h.search(ctx, q, window.Start(), incidentPages)
	if err != nil {
		return nil, err
	}
	// What was closed before the window cannot belong to it; whether the rest
	// does may depend on when the label came.
	all = slices.DeleteFunc(all, func(f found) bool { return !f.closed().IsZero() && f.closed().Before(window.Start()) })
	reactions, err := h.reactions(ctx, q, all)
	if err != nil {
		return nil, err
	}
	var kept []found
	var incidents []sources.Incident
	for i, f := range all {
		in := h.incident(f, reactions[i])
		// One that was resolved after the window was open at the window's end.
		if in.Resolved.IsZero() || !in.Resolved.Before(window.Start()) && in.Opened.Before(window.End()) {
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
func (h *hub) incident(f found, r reaction) sources.Incident {
	in := sources.Incident{
		Evidence: sources.Evidence{Source: h.name, Ref: f.ref(), URL: page(f.GetHTMLURL())},
		Title:    title(f.GetTitle()),
		Severity: sources.OneLine(h.severityOf(f.Labels), 60),
		Opened:   f.GetCreatedAt().Time,
		Resolved: f.closed(),
		Graded:   sources.Whole(),
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
	return in
}

// A reaction is what a timeline tells of an incident. Zero: it does not tell.
type reaction struct {
	labelled time.Time // when it first had had each label of the query
	taken    time.Time // when somebody took it
	untold   bool      // a label of the query is not in the timeline
}

// A clue is an event of a timeline that a reaction is told by: a label that was
// put on, or an assignment, of which label is "".
type clue struct {
	at    time.Time
	label string
}

// A reader takes one clue after the other into a reaction.
type reader struct {
	reaction
	ack     string          // label that acknowledges
	missing map[string]bool // labels of the query that were not put on so far
}

func (h *hub) reader(q Query) *reader {
	r := &reader{ack: h.ack, missing: map[string]bool{}}
	for _, l := range q.Labels {
		r.missing[strings.ToLower(l)] = true
	}
	return r
}

func (r *reader) take(c clue) {
	label := strings.ToLower(c.label)
	if label != "" && r.missing[label] {
		delete(r.missing, label)
		r.labelled = c.at
	}
	takes := label == "" || r.ack != "" && strings.EqualFold(label, r.ack)
	if takes && r.taken.IsZero() {
		r.taken = c.at
	}
}

// wants reports whether more clues could change anything.
func (r *reader) wants() bool { return len(r.missing) > 0 || r.taken.IsZero() }

func (r *reader) told() reaction {
	if len(r.missing) > 0 {
		r.labelled, r.untold = time.Time{}, true
	}
	return r.reaction
}

// reactions returns what the timelines of issues tell, in step with them. Many
// are read with one query, and one by one only what that does not answer.
func (h *hub) reactions(ctx context.Context, q Query, all []found) ([]reaction, error) {
	told, err := h.manyReactions(ctx, q, all)
	if err != nil {
		return nil, err
	}
	reactions := make([]reaction, len(all))
	for i, f := range all {
		r, ok := told[f.GetNodeID()]
		if !ok {
			if r, err = h.reaction(ctx, q, f); err != nil {
				return nil, err
			}
		}
		reactions[i] = r
	}
	return reactions, nil
}

// reaction reads an issue's timeline as far as it is needed.
func (h *hub) reaction(ctx context.Context, q Query, f found) (reaction, error) {
	path := fmt.Sprintf("repos/%s/issues/%d/timeline?per_page=%s", f.repo, f.GetNumber(), perPage)
	return remember(ctx, &h.kept, path+" for "+strings.Join(q.Labels, ","), func() (reaction, error) {
		r, read := h.reader(q), trail{}
		for path != "" && r.wants() {
			events, next, err := get[gh.Timeline](ctx, h, f.repo, path, read)
			if err != nil {
				return reaction{}, err
			}
			for _, e := range events {
				switch label := e.GetLabel().GetName(); {
				case e.GetEvent() == "labeled" && label != "", e.GetEvent() == "assigned":
					r.take(clue{e.GetCreatedAt().Time, label})
				}
			}
			path = next
		}
		return r.told(), nil
	})
}

const clueQuery = `query($ids:[ID!]!){
rateLimit{cost remaining}
found:nodes(ids:$ids){... on Issue{id
timelineItems(first:100,itemTypes:[LABELED_EVENT,ASSIGNED_EVENT]){pageInfo{hasNextPage} nodes{__typename
... on LabeledEvent{createdAt label{name}}
... on AssignedEvent{createdAt}}}}}}`

// manyReactions reads the timelines of many issues at once, by their node ids.
// Not all need to come of it: an issue with a long timeline is left out, and so
// is everything where this is not allowed.
func (h *hub) manyReactions(ctx context.Context, q Query, all []found) (map[string]reaction, error) {
	var ids []string
	for _, f := range all {
		if !f.IsPullRequest() && f.GetNodeID() != "" {
			ids = append(ids, f.GetNodeID())
		}
	}
	type timeline struct {
		ID    string `json:"id"`
		Items *connection[struct {
			Kind      string    `json:"__typename"`
			CreatedAt time.Time `json:"createdAt"`
			Label     struct {
				Name string `json:"name"`
			} `json:"label"`
		}] `json:"timelineItems"`
	}
	told := map[string]reaction{}
	err := manyNodes(ctx, h, q, clueQuery, ids, func(t *timeline) error {
		if t.ID == "" || t.Items == nil || t.Items.Nodes == nil || t.Items.PageInfo.HasNextPage {
			return nil
		}
		r := h.reader(q)
		for _, e := range t.Items.Nodes {
			if e == nil || e.CreatedAt.IsZero() {
				return h.unreadable(incidentsOf(q.Repos))
			}
			if e.Kind == "AssignedEvent" || e.Kind == "LabeledEvent" && e.Label.Name != "" {
				r.take(clue{e.CreatedAt, e.Label.Name})
			}
		}
		told[t.ID] = r.told()
		return nil
	})
	return told, err
}

// manyNodes asks one GraphQL question about many incidents and calls take with
// each that is shown. A single one is left to be read otherwise, and so are all
// where such a question is not allowed.
func manyNodes[T any](ctx context.Context, h *hub, q Query, text string, ids []string, take func(*T) error) error {
	if len(ids) < 2 {
		return nil
	}
	for some := range slices.Chunk(ids, firstPage) {
		list, err := remember(ctx, &h.kept, text+strings.Join(some, " "), func() ([]*T, error) {
			return query[[]*T](ctx, h, incidentsOf(q.Repos), text, map[string]any{"ids": some})
		})
		if refusedOnly(err) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, node := range list {
			if node == nil {
				continue
			}
			if err := take(node); err != nil {
				return err
			}
		}
	}
	return nil
}

// refusedOnly reports an answer that says no to a question but need not say no
// to one that is put otherwise.
func refusedOnly(err error) bool {
	var complaint *graphqlError
	status := web.Status(err)
	return errors.As(err, &complaint) || status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusGone
}

// incidentsOf names what the incidents of repositories are about.
type incidentsOf []Repo

// String returns the names of the repositories.
func (r incidentsOf) String() string { return names(r) }

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
