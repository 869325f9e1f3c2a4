package github

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
	"preread/sources/internal/web"
)

// evidence returns GitHub's own search page for a question, for people to look
// through. It need not show exactly what was counted: the search knows no
// default branch and no releases, and its index lags.
func (h *hub) evidence(window sources.Window, query sources.Query) sources.Evidence {
	q, err := ParseQuery(query.Noun, query.Text)
	if err != nil {
		return sources.Evidence{}
	}
	if query.Noun == sources.Delivery && q.Project.Number == 0 {
		return h.calendarPage(q, query.Text)
	}
	if q.Parent.Number != 0 {
		return h.evidenceAt(query.Text, q.Parent.Repo.String(), "issues", strconv.Itoa(q.Parent.Number))
	}
	if q.Project.Number != 0 { // only its answer tells whether its owner is an organisation or a person
		b, known := recall[board](&h.kept, q.Project.key())
		if f, ok := recall[fielded](&h.kept, q.Project.fieldsOf()); !known && ok {
			b = f.board
		}
		return sources.Evidence{Source: h.name, Ref: strings.TrimSpace(query.Text), URL: page(b.URL)}
	}
	text, kind := searchable(query.Text), "issues"
	add := func(word string) {
		if !strings.Contains(text, word) {
			text += " " + word
		}
	}
	if q.Pulls {
		add("is:pr")
		kind = "pullrequests"
	} else {
		add("is:issue")
	}
	if query.Noun == sources.Shipped {
		// Ranges hold both their ends.
		from, to := window.Start(), window.End().Add(-time.Second)
		text += " merged:" + from.Format(time.RFC3339) + ".." + to.Format(time.RFC3339)
	}
	e := sources.Evidence{Source: h.name, Ref: text}
	if h.site != nil {
		e.URL = h.site.JoinPath("search").String() + "?" + url.Values{"q": {text}, "type": {kind}}.Encode()
	}
	return e
}

// searchable returns a query without the words that the search does not know.
func searchable(text string) string {
	terms, err := split(text)
	if err != nil || !slices.ContainsFunc(terms, func(t term) bool { return t.key == "environment" }) {
		return strings.TrimSpace(text)
	}
	var kept []string
	for _, t := range terms {
		value := t.value
		if t.quoted {
			value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
		}
		if t.key != "environment" {
			kept = append(kept, t.key+":"+value)
		}
	}
	return strings.Join(kept, " ")
}

// calendarPage returns the list of milestones, of which each repository has its
// own.
func (h *hub) calendarPage(q Query, text string) sources.Evidence {
	if len(q.Repos) != 1 {
		return sources.Evidence{Source: h.name, Ref: strings.TrimSpace(text)}
	}
	return h.evidenceAt(text, q.Repos[0].String(), "milestones")
}

// evidenceAt returns a page of the site as that of a query.
func (h *hub) evidenceAt(text string, path ...string) sources.Evidence {
	e := sources.Evidence{Source: h.name, Ref: strings.TrimSpace(text)}
	if h.site != nil {
		e.URL = h.site.JoinPath(path...).String()
	}
	return e
}

// site returns where the pages of an API are for people, nil where that is
// only this machine.
func site(api *url.URL) *url.URL {
	host, path := api.Host, strings.TrimSuffix(api.Path, "/")
	switch {
	case web.Loopback(api.Hostname()):
		return nil
	case strings.HasPrefix(host, "api."):
		host = strings.TrimPrefix(host, "api.")
	default:
		path = strings.TrimSuffix(path, "/api/v3")
	}
	return &url.URL{Scheme: api.Scheme, Host: host, Path: path}
}
