package github

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// address returns the link to another page of a list. GitHub names the
// repository by its number there.
func (q request) address(set map[string]string) string {
	v := url.Values{}
	for name, values := range q.query {
		v[name] = values
	}
	for name, value := range set {
		v.Set(name, value)
	}
	return fmt.Sprintf("<%s/repositories/%d/%s?%s>", q.prefix, q.repo.ID, q.path, v.Encode())
}

// pageOf cuts a page out of a list by number.
func pageOf[T any](q request, all []T, one func(T) object) (any, string, *refusal) {
	page, per, no := q.size()
	if no != nil {
		return nil, "", no
	}
	from := min((page-1)*per, len(all))
	to := min(from+per, len(all))
	var links []string
	link := func(page int, rel string) {
		links = append(links, q.address(map[string]string{"page": strconv.Itoa(page)})+`; rel="`+rel+`"`)
	}
	if page > 1 {
		link(page-1, "prev")
	}
	if to < len(all) {
		link(page+1, "next")
		link((len(all)+per-1)/per, "last")
	}
	if page > 1 {
		link(1, "first")
	}
	return render(all[from:to], one), strings.Join(links, ", "), nil
}

// A listed issue stands in a list at its place in the order.
type listed struct {
	*Issue
	state
	place time.Time
}

// issues answers the list of issues and pull requests.
func (o *Org) issues(q request) (any, string, *refusal) {
	want, no := q.choice("state", "open", "closed", "all")
	if no != nil {
		return nil, "", no
	}
	sort, no := q.choice("sort", "created", "updated")
	if no != nil {
		return nil, "", no
	}
	direction, no := q.choice("direction", "desc", "asc")
	if no != nil {
		return nil, "", no
	}
	keep, no := q.issueFilter()
	if no != nil {
		return nil, "", no
	}
	var all []listed
	for _, i := range q.repo.Issues {
		l := listed{i, i.state(), i.Created}
		if sort == "updated" {
			l.place = l.updated
		}
		if (want == "all" || want == "open" == l.open()) && keep(l) {
			all = append(all, l)
		}
	}
	sortBy(direction, all)
	return o.cursorPage(q, all)
}

// sortBy puts a list in order of place, "asc" or "desc", and of number within
// one instant.
func sortBy(direction string, all []listed) {
	slices.SortFunc(all, func(a, b listed) int {
		c := cmp.Or(a.place.Compare(b.place), cmp.Compare(a.Number, b.Number))
		if direction == "desc" {
			return -c
		}
		return c
	})
}

// issueFilter reads the parameters that narrow the issue list.
func (q request) issueFilter() (func(listed) bool, *refusal) {
	since, err := time.Parse(time.RFC3339, cmp.Or(q.query.Get("since"), "0001-01-01T00:00:00Z"))
	if err != nil {
		return nil, refuse(http.StatusUnprocessableEntity, "Validation Failed: since is no time")
	}
	milestone := q.query.Get("milestone")
	if number, err := strconv.Atoi(milestone); err == nil {
		if number < 1 || number > len(q.repo.Milestones) {
			return nil, refuse(http.StatusUnprocessableEntity, "Validation Failed: milestone does not exist")
		}
		milestone = q.repo.Milestones[number-1].Title
	} else if milestone != "" && milestone != "*" && milestone != "none" {
		return nil, refuse(http.StatusUnprocessableEntity, "Validation Failed: milestone is no number")
	}
	var labels []string
	if s := q.query.Get("labels"); s != "" {
		labels = strings.Split(s, ",")
	}
	return func(l listed) bool {
		for _, name := range labels {
			if !slices.ContainsFunc(l.labels, func(have string) bool { return strings.EqualFold(have, name) }) {
				return false
			}
		}
		fits := func(parameter, have string) bool {
			want := q.query.Get(parameter)
			return want == "" || want == "*" && have != "" || want == "none" && have == "" || strings.EqualFold(want, have)
		}
		inMilestone := milestone == "" || milestone == "*" && l.milestone != "" || milestone == "none" && l.milestone == "" || milestone == l.milestone
		return !l.updated.Before(since) && inMilestone && fits("creator", l.Author.Login) && fits("assignee", l.assignee)
	}, nil
}

// cursorPage cuts a page out of an issue list. Its link carries a cursor, and
// past a limit a page cannot be had without one.
func (o *Org) cursorPage(q request, all []listed) (any, string, *refusal) {
	page, per, no := q.size()
	if no != nil {
		return nil, "", no
	}
	from := (page - 1) * per
	if after := q.query.Get("after"); after != "" {
		if from = position(all, after); from < 0 {
			return nil, "", refuse(http.StatusUnprocessableEntity, "Validation Failed: no such cursor")
		}
	} else if o.PageLimit > 0 && page > o.PageLimit {
		return nil, "", refuse(http.StatusUnprocessableEntity, "Pagination with the page parameter is not supported for large datasets, please use cursor based pagination (after/before)")
	}
	from = min(from, len(all))
	to := min(from+per, len(all))
	link := ""
	if to < len(all) {
		link = q.address(map[string]string{"after": cursor(all[to-1]), "page": strconv.Itoa(page + 1)}) + `; rel="next"`
	}
	return render(all[from:to], func(l listed) object { return issueObject(l.Issue) }), link, nil
}

func cursor(l listed) string {
	return base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "cursor:%d:%d", l.place.Unix(), l.Number))
}

// position returns the place in a list behind a cursor: behind the entry that
// it was made of or, if that has moved on, behind where it was. Negative: it is
// none.
func position(all []listed, s string) int {
	raw, _ := base64.URLEncoding.DecodeString(s)
	var unix int64
	var number int
	if n, _ := fmt.Sscanf(string(raw), "cursor:%d:%d", &unix, &number); n != 2 {
		return -1
	}
	ascending := len(all) < 2 || !all[0].place.After(all[len(all)-1].place)
	i := slices.IndexFunc(all, func(l listed) bool {
		c := cmp.Or(cmp.Compare(l.place.Unix(), unix), cmp.Compare(l.Number, number))
		return c > 0 == ascending && c != 0
	})
	if i < 0 {
		return len(all)
	}
	return i
}

// pulls answers the list of pull requests.
func (o *Org) pulls(q request) (any, string, *refusal) {
	want, no := q.choice("state", "open", "closed", "all")
	if no != nil {
		return nil, "", no
	}
	sort, no := q.choice("sort", "created", "updated")
	if no != nil {
		return nil, "", no
	}
	order := []string{"desc", "asc"}
	if sort != "created" {
		order = []string{"asc", "desc"}
	}
	direction, no := q.choice("direction", order...)
	if no != nil {
		return nil, "", no
	}
	var all []listed
	for _, i := range q.repo.Issues {
		l := listed{i, i.state(), i.Created}
		if sort == "updated" {
			l.place = l.updated
		}
		if i.Pull != nil && (want == "all" || want == "open" == l.open()) &&
			(q.query.Get("base") == "" || q.query.Get("base") == cmp.Or(i.Pull.Base, q.repo.branch())) {
			all = append(all, l)
		}
	}
	sortBy(direction, all)
	repo, _ := json.Marshal(repository(q.repo)) // it is on every page two hundred times
	return pageOf(q, all, func(l listed) object { return pullObject(l, repo) })
}

func (o *Org) milestones(q request) (any, string, *refusal) {
	want, no := q.choice("state", "open", "closed", "all")
	if no != nil {
		return nil, "", no
	}
	var numbers []int
	for n, m := range q.repo.Milestones {
		if want == "all" || want == word(m.Closed.IsZero()) {
			numbers = append(numbers, n+1)
		}
	}
	return pageOf(q, numbers, func(number int) object { return milestone(q.repo, number) })
}

// A happening is an event with the issue that it happened to.
type happening struct {
	*Issue
	event Event
	n     int // its place in the issue
}

// events answers the list of a repository's issue events, newest first.
// Comments are none of them.
func (o *Org) events(q request) (any, string, *refusal) {
	var all []happening
	for _, i := range q.repo.Issues {
		for n, e := range i.Events {
			if e.What != Commented {
				all = append(all, happening{i, e, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int {
		return cmp.Or(b.event.At.Compare(a.event.At), cmp.Compare(b.Number, a.Number), cmp.Compare(b.n, a.n))
	})
	return pageOf(q, all, func(h happening) object {
		e := eventObject(h.Issue, h.n, h.event)
		e["issue"] = issueObject(h.Issue)
		return e
	})
}

// releases answers the list of releases, newest commit first, drafts among
// them.
func (o *Org) releases(q request) (any, string, *refusal) {
	all := slices.Clone(q.repo.Releases)
	slices.SortStableFunc(all, func(a, b Release) int { return b.Commit.Compare(a.Commit) })
	ids := map[string]int{}
	for n, r := range q.repo.Releases {
		ids[r.Tag] = n + 1
	}
	return pageOf(q, all, func(r Release) object { return releaseObject(q.repo, r, ids[r.Tag]) })
}

func render[T any](list []T, one func(T) object) []object {
	objects := make([]object, len(list))
	for i, v := range list {
		objects[i] = one(v)
	}
	return objects
}
