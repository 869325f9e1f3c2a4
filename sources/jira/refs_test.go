package jira

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
	simulated "preread/sources/simulated/jira"
)

// The keys of everything that a question finds come in one request, or in as
// many as 5,000 a page ask for.
func TestRefs(t *testing.T) {
	w := window(t, 6)
	site := simulated.Sized(simulated.Size{Bugs: 1001, Incidents: 3}, monday)
	for _, p := range products {
		source, gate := p.serve(t, site, "")
		before := len(gate.Log())
		refs, err := source.Refs(t.Context(), w, sources.Query{Noun: sources.Quality, Text: "project = KIT AND issuetype = Bug"})
		if err != nil || len(refs) < 1001 {
			t.Fatalf("%s: %d keys, %v", p.name, len(refs), err)
		}
		searches := 0
		for _, r := range gate.Log()[before:] {
			if r.Method == "POST" {
				searches++
			}
		}
		if most := map[bool]int{true: 1, false: 2}[p.name == products[0].name]; searches > most {
			t.Errorf("%s: %d searches", p.name, searches)
		}
		items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Quality, Text: "project = KIT AND issuetype = Bug"})
		if err != nil {
			t.Fatal(err)
		}
		var missing []string
		for _, i := range items {
			if !slices.Contains(refs, i.Ref) {
				missing = append(missing, i.Ref)
			}
		}
		if diff := cmp.Diff([]string(nil), missing); diff != "" {
			t.Errorf("%s: items without a key among all:\n%s", p.name, diff)
		}
		if _, err := source.Refs(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = KIT-1"}); err == nil {
			t.Errorf("%s: lists the keys of a goal", p.name)
		}
	}
}
