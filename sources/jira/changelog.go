package jira

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
	"preread/sources/internal/web"
)

// A history is what one action changed in an issue.
type history struct {
	ID      text   `json:"id"`
	Created stamp  `json:"created"`
	Items   []item `json:"items"`
}

// An item is the change of one field.
type item struct {
	Field      string `json:"field"`
	FieldID    string `json:"fieldId"` // not on every field, and not on Data Center
	From       text   `json:"from"`
	FromString text   `json:"fromString"`
	To         text   `json:"to"`
	ToString   text   `json:"toString"`
}

// A page is a stretch of an issue's histories, with the number there are.
type page struct {
	Total     int       `json:"total"`
	Histories []history `json:"histories"`
	Values    []history `json:"values"`
	IsLast    bool      `json:"isLast"`
}

// A change is one item at its time.
type change struct {
	at       time.Time
	field    string
	fieldID  string
	from, to value
}

// A value is what a field held: an id and the words for it, either of which
// can be missing.
type value struct{ id, text string }

func (v value) number() *float64 {
	n, err := strconv.ParseFloat(cmp.Or(v.text, v.id), 64)
	if err != nil || n-n != 0 { // an infinity or no number
		return nil
	}
	return &n
}

// flatten puts histories into the order in which they happened.
func flatten(histories []history) []change {
	histories = slices.Clone(histories)
	slices.SortStableFunc(histories, func(a, b history) int {
		return cmp.Or(a.Created.Compare(b.Created.Time), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	histories = slices.CompactFunc(histories, func(a, b history) bool { return a.ID != "" && a.ID == b.ID })
	var changes []change
	for _, h := range histories {
		for _, i := range h.Items {
			changes = append(changes, change{
				at: h.Created.Time, field: i.Field, fieldID: i.FieldID,
				from: value{string(i.From), string(i.FromString)}, to: value{string(i.To), string(i.ToString)},
			})
		}
	}
	return changes
}

// changes returns the changelogs of issues, by id.
func (s *source) changes(ctx context.Context, st *site, issues []issue) (map[string][]change, error) {
	logs := map[string][]change{}
	var missing []string
	for _, i := range issues {
		if i.Log != nil && i.Log.Total <= len(i.Log.Histories) {
			logs[i.ID] = flatten(i.Log.Histories)
			continue
		}
		missing = append(missing, i.ID)
	}
	fetch := s.bulk
	if !st.cloud {
		fetch = s.byIssue
	}
	got, err := fetch(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		logs[id] = got[id]
	}
	if withheld(issues, logs) {
		return nil, sources.Unansweredf("%s shows no history of issues to this token", s.name).
			WithHint("see that the token's account may browse the projects of the query")
	}
	return logs, nil
}

// withheld reports changelogs that cannot be all: not one issue has any change,
// yet one was resolved some time after it was created.
func withheld(issues []issue, logs map[string][]change) bool {
	var resolved bool
	for _, i := range issues {
		if len(logs[i.ID]) > 0 {
			return false
		}
		resolved = resolved || i.resolvedLater()
	}
	return resolved
}

// resolvedLater reports an issue that was not created as resolved: it must have
// changed since.
func (i issue) resolvedLater() bool {
	return !i.ResolutionDate.IsZero() && i.ResolutionDate.Sub(i.Created.Time) > time.Minute
}

// Page sizes of the bulk read of changelogs.
const (
	bulkIssues    = 1000
	bulkHistories = 10000
)

// bulk reads changelogs of many issues at once, as Cloud offers it. A site
// that does not, or a token that may not, has them read another way.
func (s *source) bulk(ctx context.Context, ids []string) (map[string][]change, error) {
	got := map[string][]change{}
	for chunk := range slices.Chunk(ids, bulkIssues) {
		histories, err := s.bulkChunk(ctx, chunk)
		if status := web.Status(err); status == http.StatusForbidden || status == http.StatusNotFound {
			return s.bySearch(ctx, ids)
		}
		if err != nil {
			return nil, err
		}
		for id, h := range histories {
			got[id] = flatten(h)
		}
	}
	return got, nil
}

func (s *source) bulkChunk(ctx context.Context, ids []string) (map[string][]history, error) {
	ask := struct {
		Issues     []string `json:"issueIdsOrKeys"`
		MaxResults int      `json:"maxResults"`
		Token      string   `json:"nextPageToken,omitempty"`
	}{Issues: ids, MaxResults: bulkHistories}
	histories := map[string][]history{}
	tokens := repeats{}
	for {
		var answer struct {
			Logs *[]struct {
				ID        text      `json:"issueId"`
				Histories []history `json:"changeHistories"`
			} `json:"issueChangeLogs"`
			Token string `json:"nextPageToken"`
		}
		if err := s.post(ctx, "rest/api/3/changelog/bulkfetch", ask, &answer); err != nil {
			return nil, err
		}
		if answer.Logs == nil {
			return nil, s.unreadable()
		}
		for _, log := range *answer.Logs {
			histories[string(log.ID)] = append(histories[string(log.ID)], log.Histories...)
		}
		if answer.Token == "" {
			return histories, nil
		}
		if tokens.add(answer.Token) {
			return nil, s.circle()
		}
		ask.Token = answer.Token
	}
}

// bySearch reads changelogs beside a search, which holds only the newest, and
// the rest of the long ones one by one.
func (s *source) bySearch(ctx context.Context, ids []string) (map[string][]change, error) {
	got := map[string][]change{}
	for chunk := range slices.Chunk(ids, cloudPage) {
		rows, err := s.searchCloud(ctx, "id in ("+strings.Join(chunk, ", ")+")"+order, []string{"created", "updated"}, "changelog")
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.Log != nil && row.Log.Total <= len(row.Log.Histories) {
				got[row.ID] = flatten(row.Log.Histories)
				continue
			}
			if got[row.ID], err = s.paged(ctx, row.ID); err != nil {
				return nil, err
			}
		}
	}
	return got, nil
}

// paged reads the whole changelog of one issue of Cloud.
func (s *source) paged(ctx context.Context, id string) ([]change, error) {
	var all []history
	firsts := repeats{}
	for {
		var p page
		path := fmt.Sprintf("rest/api/3/issue/%s/changelog?startAt=%d&maxResults=100", url.PathEscape(id), len(all))
		if err := s.get(ctx, path, &p); err != nil {
			return nil, err
		}
		if p.Values == nil {
			return nil, s.unreadable()
		}
		if len(p.Values) > 0 && p.Values[0].ID != "" {
			if firsts.add(string(p.Values[0].ID)) {
				return nil, s.circle()
			}
		}
		all = append(all, p.Values...)
		if p.IsLast || len(p.Values) == 0 || p.Total > 0 && len(all) >= p.Total {
			return flatten(all), nil
		}
	}
}

// byIssue reads changelogs one by one, for the issues of a Data Center whose
// changelog did not come whole with the search.
func (s *source) byIssue(ctx context.Context, ids []string) (map[string][]change, error) {
	got := map[string][]change{}
	for _, id := range ids {
		var i struct {
			Log *page `json:"changelog"`
		}
		if err := s.get(ctx, "rest/api/2/issue/"+url.PathEscape(id)+"?fields=updated&expand=changelog", &i); err != nil {
			return nil, err
		}
		if i.Log == nil || i.Log.Total > len(i.Log.Histories) {
			return nil, s.unreadable()
		}
		got[id] = flatten(i.Log.Histories)
	}
	return got, nil
}
