package jira

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"testing"

	"preread/sources"
	"preread/sources/simulated/fault"
	"preread/sources/sourcetest"
)

func TestFaultMatrix(t *testing.T) {
	for _, p := range products {
		t.Run(p.name, func(t *testing.T) { sourcetest.FaultMatrix(t, Kind, p.world) })
	}
}

// cases are what goes wrong with a Jira only.
func (p product) cases(t *testing.T) []sourcetest.Case {
	visitors := busy(t)
	visitors.Anonymous = true
	visitor := http.Header{"X-Seraph-Loginreason": {"AUTHENTICATED_FAILED"}}
	mute := http.Header{"X-Seraph-Loginreason": {"OK"}, "X-Ausername": {"preread"}}
	longWay := busy(t)
	longWay.NoBulk, longWay.HistoryLimit = true, 3
	return []sourcetest.Case{
		{Name: "expired token, taken for a visitor", System: p.handler(visitors, token), Token: "expired-canary", Want: sourcetest.Unknown},
		{Name: "expired token, taken for a visitor without a word", System: p.handler(visitors, token), Token: "expired-canary",
			Faults: []fault.Fault{{Header: mute}}, Want: sourcetest.Unknown},
		{Name: "token that lapses on the way", InTurn: true, Faults: []fault.Fault{{Header: visitor, Empty: true}}, Want: sourcetest.Unknown},
		{Name: "captcha", Faults: []fault.Fault{{Header: http.Header{"X-Seraph-Loginreason": {"AUTHENTICATION_DENIED"}}}}, Want: sourcetest.Unknown},
		{Name: "nothing in any list", Faults: []fault.Fault{{Empty: true}}, Want: sourcetest.Unknown},
		{Name: "nothing in a list beside the search", InTurn: true, Faults: []fault.Fault{{Path: "changelog|bulkfetch|configuration|features|/field|/status", Empty: true}}},
		{Name: "pages of 3", Faults: []fault.Fault{{Ask: pageOf(3)}}, Want: sourcetest.True},
		{Name: "pages that begin anew", Faults: []fault.Fault{{Ask: firstPage}}},
		{Name: "changelogs the long way", System: p.handler(longWay, token), Want: sourcetest.True},
		{Name: "changelogs the long way, in pages of 3", System: p.handler(longWay, token), Faults: []fault.Fault{{Ask: pageOf(3)}}, Want: sourcetest.True},
		{Name: "a project that is hidden by now", Want: sourcetest.Unknown, Queries: []sources.Query{
			{Noun: sources.Goals, Text: "project in (POUR, SECRET)"},
			{Noun: sources.Quality, Text: "project in (POUR, SECRET) AND issuetype = Bug"},
			{Noun: sources.Incidents, Text: "project in (LEAF, SECRET) AND issuetype = Incident"},
			{Noun: sources.Delivery, Board: 4711},
			{Noun: sources.Delivery, Board: 42, Boards: []int64{4711}},
		}},
	}
}

// pageOf has Jira give short pages, whatever it is asked for.
func pageOf(n int) func(*http.Request) {
	return askFor("maxResults", n)
}

// firstPage has Jira give the first page again and again.
func firstPage(r *http.Request) {
	askFor("startAt", 0)(r)
	pageOf(2)(r)
}

// askFor replaces a number in a request, in its address or its body, if it is
// there.
func askFor(name string, n int) func(*http.Request) {
	return func(r *http.Request) {
		if q := r.URL.Query(); q.Has(name) {
			q.Set(name, strconv.Itoa(n))
			r.URL.RawQuery = q.Encode()
		}
		body, _ := io.ReadAll(r.Body)
		var asked map[string]json.RawMessage
		if json.Unmarshal(body, &asked) == nil && asked[name] != nil {
			asked[name] = json.RawMessage(strconv.Itoa(n))
			body, _ = json.Marshal(asked)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
}
