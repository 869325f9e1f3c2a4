package jira

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A view is the site as one product shows it. It is computed once, from the
// site as it was then.
type view struct {
	*Site
	cloud    bool
	tokens   []string
	rows     []*row // in order of creation
	byName   map[string]*row
	children map[*Issue][]history
	linkedTo map[*Issue][]Link   // links seen from their other end
	blocked  map[*Issue][]*Issue // what an issue blocks
}

// Cloud returns the site as a Jira Cloud, which takes the tokens as passwords
// of any account.
func (s *Site) Cloud(tokens ...string) http.Handler {
	v := s.view(true, tokens)
	mux := http.NewServeMux()
	for _, version := range []string{"2", "3"} {
		v.platform(mux, version)
		at := "/rest/api/" + version + "/"
		mux.Handle("POST "+at+"search/jql", v.only(v.searchJQL))
		mux.Handle("GET "+at+"search/jql", v.only(v.searchJQL, "jql", "nextPageToken", "maxResults", "fields", "expand"))
		mux.Handle("POST "+at+"search/approximate-count", v.only(v.count))
		mux.Handle("POST "+at+"changelog/bulkfetch", v.only(v.bulk))
		mux.Handle("GET "+at+"issue/{issue}/changelog", v.only(v.changelog, "startAt", "maxResults"))
		for _, method := range []string{"GET ", "POST "} {
			mux.HandleFunc(method+at+"search", gone)
		}
	}
	v.agile(mux)
	const agile = "GET /rest/agile/1.0/"
	for _, path := range []string{"sprint/{sprint}/issue", "board/{board}/issue", "board/{board}/sprint/{sprint}/issue", "board/{board}/backlog", "epic/{epic}/issue"} {
		mux.HandleFunc(agile+path, gone)
	}
	return v.guard(mux)
}

// DataCenter returns the site as a Jira Data Center, which takes the tokens
// as personal access tokens.
func (s *Site) DataCenter(tokens ...string) http.Handler {
	v := s.view(false, tokens)
	mux := http.NewServeMux()
	v.platform(mux, "2")
	mux.Handle("POST /rest/api/2/search", v.only(v.search))
	mux.Handle("GET /rest/api/2/issue/{issue}", v.only(v.issue, "fields", "expand"))
	v.agile(mux)
	return v.guard(mux)
}

func (s *Site) view(cloud bool, tokens []string) *view {
	v := &view{Site: s, cloud: cloud, tokens: tokens, byName: map[string]*row{}}
	v.offspring()
	v.linkedTo = map[*Issue][]Link{}
	v.blocked = map[*Issue][]*Issue{}
	for _, i := range s.Issues {
		for _, b := range i.Last().Blockers {
			v.blocked[b] = append(v.blocked[b], i)
		}
		for _, l := range i.Links {
			v.linkedTo[l.To] = append(v.linkedTo[l.To], Link{l.Type, i})
		}
	}
	for _, i := range s.Issues {
		moments := i.Moments()
		r := &row{issue: i, moments: moments, now: moments[len(moments)-1].State, log: v.histories(i), resolved: resolved(moments)}
		r.updated = updated(i, r.log)
		v.rows = append(v.rows, r)
		v.byName[i.Key], v.byName[strconv.FormatInt(i.ID, 10)] = r, r
	}
	slices.SortStableFunc(v.rows, func(a, b *row) int { return a.issue.Created.Compare(b.issue.Created) })
	return v
}

func (v *view) find(keyOrID string) *row { return v.byName[strings.ToUpper(keyOrID)] }

// platform serves what both products have alike.
func (v *view) platform(mux *http.ServeMux, version string) {
	at := "GET /rest/api/" + version + "/"
	mux.Handle(at+"serverInfo", v.only(v.serverInfo))
	mux.Handle(at+"myself", v.only(v.myself))
	mux.Handle(at+"field", v.only(v.fieldList))
	mux.Handle(at+"status", v.only(v.statusList))
}

// guard checks who asks, and says so in the headers.
func (v *view) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		switch {
		case v.knows(r):
			head.Set("X-Seraph-LoginReason", "OK")
			if !v.cloud {
				head.Set("X-AUSERNAME", "preread")
			}
			next.ServeHTTP(w, r)
		case v.Anonymous:
			head.Set("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
			if !v.cloud {
				head.Set("X-AUSERNAME", "anonymous")
			}
			v.visitor(w, r, next)
		default:
			head.Set("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
			head.Set("WWW-Authenticate", `Basic realm="Jira"`)
			refuse(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		}
	})
}

func (v *view) knows(r *http.Request) bool {
	user, token, basic := r.BasicAuth()
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && !v.cloud {
		return slices.Contains(v.tokens, bearer)
	}
	return basic && user != "" && slices.Contains(v.tokens, token)
}

// visitor answers somebody who is not known: general things as they are,
// lists empty.
func (v *view) visitor(w http.ResponseWriter, r *http.Request, next http.Handler) {
	path := r.URL.Path
	switch {
	case strings.HasSuffix(path, "/myself"):
		refuse(w, http.StatusUnauthorized, "Client must be authenticated to access this resource.")
	case strings.HasSuffix(path, "/search/jql"):
		answer(w, map[string]any{"issues": []any{}, "isLast": true})
	case strings.HasSuffix(path, "/search"):
		answer(w, map[string]any{"issues": []any{}, "startAt": 0, "maxResults": 50, "total": 0})
	case strings.HasSuffix(path, "/bulkfetch"):
		answer(w, map[string]any{"issueChangeLogs": []any{}})
	case strings.HasSuffix(path, "/sprint"), strings.HasSuffix(path, "/board"):
		answer(w, map[string]any{"values": []any{}, "startAt": 0, "maxResults": 50, "total": 0, "isLast": true})
	case strings.HasPrefix(path, "/rest/agile/"), strings.Contains(path, "/issue/"):
		refuse(w, http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
	default:
		next.ServeHTTP(w, r)
	}
}

// only refuses query parameters that a path does not have.
func (v *view) only(next http.HandlerFunc, allowed ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name := range r.URL.Query() {
			if !slices.Contains(allowed, name) {
				refuse(w, http.StatusBadRequest, "The query parameter '"+name+"' is not known.")
				return
			}
		}
		next(w, r)
	})
}

func gone(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusGone, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.")
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errorMessages": []string{message}, "errors": map[string]string{}})
}

// body reads a JSON body strictly.
func body(w http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return true
		}
		err = errors.New("more than one document")
	}
	refuse(w, http.StatusBadRequest, "Invalid request payload: "+err.Error())
	return false
}

// page reads startAt and maxResults, and caps the latter.
func page(w http.ResponseWriter, r *http.Request, most int) (start, size int, ok bool) {
	start, size = 0, most
	for name, into := range map[string]*int{"startAt": &start, "maxResults": &size} {
		if text := r.URL.Query().Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				refuse(w, http.StatusBadRequest, name+" is not a number.")
				return 0, 0, false
			}
			*into = n
		}
	}
	return start, min(max(size, 1), most), true
}

// cut returns one page of a list.
func cut[T any](list []T, start, size int) []T {
	start = min(start, len(list))
	return list[start:min(start+size, len(list))]
}

// written is an instant as the platform API writes it, in the user's zone.
func (v *view) written(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(v.Zone.Location()).Format("2006-01-02T15:04:05.000-0700")
}

func (v *view) self(path string) string { return v.Address + "/rest/" + path }
