package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A refusal is an answer with an error status.
type refusal struct {
	status  int
	message string
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

var notFound = refusal{http.StatusNotFound, "Not Found"}

// A request is one question with its place in the organisation.
type request struct {
	repo   *Repo
	query  url.Values
	prefix string // scheme, host and path of the API as the caller sees it
	path   string // of the list below the repository
}

// ServeHTTP answers one request.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.answers++
	answers := o.answers
	body, link, no := o.answer(w.Header(), r)
	o.mu.Unlock()
	o.head(w.Header(), link, answers)
	status := http.StatusOK
	if _, made := body.(*made); made {
		status = http.StatusCreated
	}
	if no != nil {
		status = no.status
		if status != http.StatusMovedPermanently {
			w.Header().Del("Location")
		}
		body = object{"message": no.message, "documentation_url": Site + "/docs/rest", "status": strconv.Itoa(status)}
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
	if o.Between != nil {
		o.Between(answers)
	}
}

func (o *Org) head(h http.Header, link string, answers int) {
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-GitHub-Api-Version-Selected", "2022-11-28")
	h.Set("X-RateLimit-Limit", "5000")
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(1, 5000-answers)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(o.Now.Add(time.Hour).Unix(), 10))
	h.Set("X-RateLimit-Resource", "core")
	h.Set("X-Accepted-GitHub-Permissions", "metadata=read")
	if link != "" {
		h.Set("Link", link)
	}
	if o.SSO != "" {
		h.Set("X-GitHub-SSO", o.SSO)
	}
}

func (o *Org) answer(h http.Header, r *http.Request) (body any, link string, no *refusal) {
	if number, ok := installation(r); ok {
		return o.token(r, number)
	}
	if r.Header.Get("Authorization") != "Bearer "+o.Token {
		return nil, "", refuse(http.StatusUnauthorized, "Bad credentials")
	}
	if r.URL.Path == "/graphql" || r.URL.Path == "/api/graphql" {
		return o.graphql(r)
	}
	if r.Method != http.MethodGet {
		return nil, "", &notFound
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	q := request{query: r.URL.Query(), prefix: scheme + "://" + r.Host}
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, "/api/v3"); ok {
		path, q.prefix = rest, q.prefix+"/api/v3"
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	parts, no = o.locate(h, &q, parts)
	if no != nil {
		return nil, "", no
	}
	q.path = strings.Join(parts, "/")
	return o.route(q, parts)
}

// locate finds the repository that a path begins with, by name or by number,
// and returns the rest of the path.
func (o *Org) locate(h http.Header, q *request, parts []string) ([]string, *refusal) {
	switch {
	case len(parts) >= 3 && parts[0] == "repos":
		name := parts[1] + "/" + parts[2]
		if to, ok := o.Moved[name]; ok {
			if r := o.Repo(to); r != nil {
				h.Set("Location", q.prefix+"/"+strings.Join(append([]string{"repositories", strconv.FormatInt(r.ID, 10)}, parts[3:]...), "/")+"?"+q.query.Encode())
				return nil, refuse(http.StatusMovedPermanently, "Moved Permanently")
			}
		}
		q.repo = o.Repo(name)
		parts = parts[3:]
	case len(parts) >= 2 && parts[0] == "repositories":
		i := slices.IndexFunc(o.repos, func(r *Repo) bool { return strconv.FormatInt(r.ID, 10) == parts[1] })
		if i >= 0 {
			q.repo = o.repos[i]
		}
		parts = parts[2:]
	}
	if q.repo == nil || q.repo.Hidden {
		return nil, &notFound
	}
	return parts, nil
}

// paging are the parameters of every list.
var paging = []string{"per_page", "page"}

func (o *Org) route(q request, parts []string) (body any, link string, no *refusal) {
	var known []string
	var answer func(request) (any, string, *refusal)
	var issue *Issue
	if len(parts) >= 2 && parts[0] == "issues" && parts[1] != "events" {
		number, _ := strconv.Atoi(parts[1])
		if issue = q.repo.find(number); issue == nil {
			return nil, "", &notFound
		}
		parts = slices.Replace(slices.Clone(parts), 1, 2, "*")
	}
	switch strings.Join(parts, "/") {
	case "":
		answer = func(q request) (any, string, *refusal) { return repository(q.repo), "", nil }
	case "issues":
		known = append([]string{"milestone", "state", "assignee", "creator", "labels", "sort", "direction", "since", "after"}, paging...)
		answer = o.issues
	case "issues/events":
		known = paging
		answer = o.events
	case "issues/*":
		answer = func(q request) (any, string, *refusal) { return issueObject(issue), "", nil }
	case "issues/*/timeline":
		known = paging
		answer = func(q request) (any, string, *refusal) {
			return pageOf(q, timeline(issue), func(o object) object { return o })
		}
	case "issues/*/sub_issues":
		known = paging
		answer = func(q request) (any, string, *refusal) { return pageOf(q, issue.shown(), issueObject) }
	case "pulls":
		known = append([]string{"state", "head", "base", "sort", "direction"}, paging...)
		answer = o.pulls
	case "milestones":
		known = append([]string{"state", "sort", "direction"}, paging...)
		answer = o.milestones
	case "labels":
		known = paging
		answer = func(q request) (any, string, *refusal) {
			return pageOf(q, q.repo.Labels, func(l string) object { return label(q.repo, l) })
		}
	case "releases":
		known = paging
		answer = o.releases
	default:
		return nil, "", &notFound
	}
	if q.repo.Disabled && (len(parts) > 0 && (parts[0] == "issues" || parts[0] == "milestones")) {
		return nil, "", refuse(http.StatusGone, "Issues has been disabled in this repository.")
	}
	for name, values := range q.query {
		if !slices.Contains(known, name) || len(values) != 1 {
			return nil, "", refuse(http.StatusBadRequest, "Unknown or repeated parameter: %s", name)
		}
	}
	return answer(q)
}

// choice reads a parameter that has a few values, the first being the default.
func (q request) choice(name string, values ...string) (string, *refusal) {
	got := q.query.Get(name)
	switch {
	case !q.query.Has(name):
		return values[0], nil
	case slices.Contains(values, got):
		return got, nil
	}
	return "", refuse(http.StatusUnprocessableEntity, "Validation Failed: %s cannot be %q", name, got)
}

// size reads page and per_page. A longer page than GitHub gives is cut without
// a word.
func (q request) size() (page, per int, no *refusal) {
	page, per = 1, 30
	for name, value := range map[string]*int{"page": &page, "per_page": &per} {
		if !q.query.Has(name) {
			continue
		}
		n, err := strconv.Atoi(q.query.Get(name))
		if err != nil || n < 1 {
			return 0, 0, refuse(http.StatusUnprocessableEntity, "Validation Failed: %s is no count", name)
		}
		*value = n
	}
	return page, min(per, maxPage), nil
}

// maxPage is the longest page that GitHub gives.
const maxPage = 100
