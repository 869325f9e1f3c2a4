package jira

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Page caps of the real system.
const (
	cloudCap     = 100  // issues a page with any field beside id and key
	bareCap      = 5000 // issues a page without
	serverCap    = 1000 // issues a page on Data Center
	expandCap    = 40   // histories beside a search on Cloud
	changelogCap = 100  // histories a page of one issue
	bulkCap      = 10000
	bulkIssues   = 1000
	sprintCap    = 50
	orderCap     = 7
)

// run finds the rows for some JQL, in its order.
func (v *view) run(jql string) ([]*row, error) {
	c, order, err := v.query(jql, 0)
	if err != nil {
		return nil, err
	}
	if c == nil && v.cloud {
		return nil, refusal("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
	}
	found := slices.DeleteFunc(slices.Clone(v.rows), func(r *row) bool { return c != nil && !c.holds(r, false) })
	if err := v.sort(found, order); err != nil {
		return nil, err
	}
	return found, nil
}

// sort orders rows by  field [ASC|DESC], …
func (v *view) sort(rows []*row, order []word) error {
	fields := strings.Split(strings.ToLower(joined(order)), ",")
	if len(order) == 0 {
		fields = []string{"created desc"}
	}
	if len(fields) > orderCap {
		return refusal("JQL can be ordered by at most 7 fields.")
	}
	slices.Reverse(fields)
	for _, f := range fields {
		name, direction, _ := strings.Cut(strings.TrimSpace(f), " ")
		compare := map[string]func(a, b *row) int{
			"created": func(a, b *row) int { return a.issue.Created.Compare(b.issue.Created) },
			"updated": func(a, b *row) int { return a.updated.Compare(b.updated) },
			"key":     func(a, b *row) int { return strings.Compare(a.issue.Key, b.issue.Key) },
		}[name]
		if compare == nil || direction != "" && direction != "asc" && direction != "desc" {
			return refusal(fmt.Sprintf("Not able to sort using field '%s'.", name))
		}
		slices.SortStableFunc(rows, func(a, b *row) int {
			if direction == "desc" {
				return compare(b, a)
			}
			return compare(a, b)
		})
	}
	return nil
}

func joined(words []word) string {
	var b strings.Builder
	for _, w := range words {
		if w.text != "," {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

type searchRequest struct {
	JQL        string   `json:"jql"`
	Fields     []string `json:"fields"`
	MaxResults *int     `json:"maxResults"`
	Expand     string   `json:"expand"`
	Token      string   `json:"nextPageToken"`
}

// searchJQL is Cloud's search, by GET or POST.
func (v *view) searchJQL(w http.ResponseWriter, r *http.Request) {
	var ask searchRequest
	if r.Method == http.MethodPost {
		if !body(w, r, &ask) {
			return
		}
	} else {
		q := r.URL.Query()
		ask = searchRequest{JQL: q.Get("jql"), Expand: q.Get("expand"), Token: q.Get("nextPageToken")}
		for _, f := range q["fields"] {
			ask.Fields = append(ask.Fields, strings.Split(f, ",")...)
		}
		if n, err := strconv.Atoi(q.Get("maxResults")); err == nil {
			ask.MaxResults = &n
		}
	}
	found, err := v.run(ask.JQL)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	start, err := ask.start()
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if len(ask.Fields) == 0 {
		ask.Fields = []string{"id"}
	}
	rows := cut(found, start, ask.size())
	issues := []any{}
	for _, r := range rows {
		issues = append(issues, v.issueShape(r, ask.Fields, ask.Expand, expandCap))
	}
	out := map[string]any{"issues": issues, "isLast": start+len(rows) >= len(found)}
	if start+len(rows) < len(found) {
		out["nextPageToken"] = ask.token(start + len(rows))
	}
	answer(w, out)
}

func (ask searchRequest) size() int {
	size, most := 50, bareCap
	if slices.ContainsFunc(ask.Fields, func(f string) bool { return f != "id" && f != "key" }) {
		most = cloudCap
	}
	if ask.MaxResults != nil {
		size = *ask.MaxResults
	}
	return min(max(size, 1), most)
}

// token makes a page token that is good for this question only.
func (ask searchRequest) token(start int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d|%d", start, hash(ask.JQL)))
}

func (ask searchRequest) start() (start int, err error) {
	if ask.Token == "" {
		return 0, nil
	}
	text, _ := base64.RawURLEncoding.DecodeString(ask.Token)
	var sum uint64
	if n, err := fmt.Sscanf(string(text), "%d|%d", &start, &sum); err != nil || n != 2 || sum != hash(ask.JQL) || start < 0 {
		return 0, refusal("The provided next page token is invalid or expired.")
	}
	return start, nil
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

func (v *view) count(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		JQL string `json:"jql"`
	}
	if !body(w, r, &ask) {
		return
	}
	found, err := v.run(ask.JQL)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	answer(w, map[string]any{"count": len(found)})
}

// search is Data Center's search.
func (v *view) search(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		JQL        string   `json:"jql"`
		StartAt    int      `json:"startAt"`
		MaxResults *int     `json:"maxResults"`
		Fields     []string `json:"fields"`
		Expand     []string `json:"expand"`
	}
	if !body(w, r, &ask) {
		return
	}
	found, err := v.run(ask.JQL)
	if err == nil && ask.StartAt < 0 {
		err = refusal("startAt must not be negative.")
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	size := 50
	if ask.MaxResults != nil {
		size = min(max(*ask.MaxResults, 1), serverCap)
	}
	issues := []any{}
	for _, r := range cut(found, ask.StartAt, size) {
		issues = append(issues, v.issueShape(r, ask.Fields, strings.Join(ask.Expand, ","), v.HistoryLimit))
	}
	answer(w, map[string]any{"startAt": ask.StartAt, "maxResults": size, "total": len(found), "issues": issues})
}

// issue is Data Center's read of one issue.
func (v *view) issue(w http.ResponseWriter, r *http.Request) {
	found := v.find(r.PathValue("issue"))
	if found == nil {
		refuse(w, http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
		return
	}
	q := r.URL.Query()
	answer(w, v.issueShape(found, strings.Split(q.Get("fields"), ","), q.Get("expand"), 0))
}

// changelog is Cloud's read of one issue's histories.
func (v *view) changelog(w http.ResponseWriter, r *http.Request) {
	found := v.find(r.PathValue("issue"))
	if found == nil {
		refuse(w, http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
		return
	}
	start, size, ok := page(w, r, changelogCap)
	if !ok {
		return
	}
	log := cut(found.log, start, size)
	answer(w, map[string]any{"startAt": start, "maxResults": size, "total": len(found.log),
		"isLast": start+len(log) >= len(found.log), "values": v.historyShapes(log, false)})
}

// bulk is Cloud's read of many issues' histories.
func (v *view) bulk(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Issues     []string `json:"issueIdsOrKeys"`
		FieldIDs   []string `json:"fieldIds"`
		MaxResults *int     `json:"maxResults"`
		Token      string   `json:"nextPageToken"`
	}
	if v.NoBulk {
		refuse(w, http.StatusForbidden, "You do not have permission to use this.")
		return
	}
	if !body(w, r, &ask) {
		return
	}
	size := 1000
	if ask.MaxResults != nil {
		size = *ask.MaxResults
	}
	if len(ask.Issues) < 1 || len(ask.Issues) > bulkIssues || len(ask.FieldIDs) > 10 || size < 1 || size > bulkCap {
		refuse(w, http.StatusBadRequest, "Between 1 and 1000 issues, at most 10 fields and at most 10000 results can be asked for.")
		return
	}
	key, _ := json.Marshal(ask.Issues)
	from := searchRequest{JQL: string(key), Token: ask.Token}
	start, err := from.start()
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	logs := []any{}
	passed, given := 0, 0
	for _, id := range ask.Issues {
		found := v.find(id)
		if found == nil {
			continue
		}
		log := found.only(ask.FieldIDs)
		skip := min(max(start-passed, 0), len(log))
		part := cut(log, skip, size-given)
		passed += len(log)
		given += len(part)
		if len(part) > 0 {
			logs = append(logs, map[string]any{"issueId": strconv.FormatInt(found.issue.ID, 10), "changeHistories": v.historyShapes(part, true)})
		}
	}
	out := map[string]any{"issueChangeLogs": logs}
	if start+given < passed {
		out["nextPageToken"] = from.token(start + given)
	}
	answer(w, out)
}

// only returns the histories that touch one of the fields, all if none is
// named. What has no field id is dropped then.
func (r *row) only(fieldIDs []string) []history {
	if len(fieldIDs) == 0 {
		return r.log
	}
	return slices.DeleteFunc(slices.Clone(r.log), func(h history) bool {
		return !slices.ContainsFunc(h.items, func(c change) bool { return slices.Contains(fieldIDs, c.fieldID) })
	})
}
