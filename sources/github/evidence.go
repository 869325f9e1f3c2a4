package github

import (
	"net/url"
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
	text, kind := strings.TrimSpace(query.Text), "issues"
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
