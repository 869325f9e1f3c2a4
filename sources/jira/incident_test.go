package jira

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"preread/sources"
	"preread/sources/simulated/fault"
	simulated "preread/sources/simulated/jira"
)

// editing changes what the answers to a path say.
func editing(path string, edit func(answer map[string]any)) fault.Fault {
	return fault.Fault{Path: path, Edit: func(body []byte) []byte {
		var answer map[string]any
		if json.Unmarshal(body, &answer) != nil {
			return body
		}
		edit(answer)
		body, _ = json.Marshal(answer)
		return body
	}}
}

// An incident whose changes are not told, while those of others are, was
// resolved at its resolution date: not when it was opened, and not never.
func TestIncidentWithoutAHistory(t *testing.T) {
	site, w := scene(t), window(t, 6)
	incident := func(opened, resolved time.Duration) *simulated.Issue {
		i := site.NewIssue("KIT", "Incident", w.Start().Add(opened), simulated.State{})
		site.Edit(i, w.Start().Add(resolved), func(s *simulated.State) { s.Status, s.Resolution = finished, "Done" })
		return i
	}
	before, inside, told := incident(-48*time.Hour, 72*time.Hour), incident(100*time.Hour, 105*time.Hour), incident(200*time.Hour, 201*time.Hour)
	source, gate := products[0].serve(t, site, "")
	gate.Add(editing("changelog/bulkfetch", func(answer map[string]any) {
		answer["issueChangeLogs"] = slices.DeleteFunc(answer["issueChangeLogs"].([]any), func(log any) bool {
			return fmt.Sprint(log.(map[string]any)["issueId"]) != fmt.Sprint(told.ID)
		})
	}))
	found, err := source.Incidents(t.Context(), w, sources.Query{Noun: sources.Incidents, Text: "issuetype = Incident"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, in := range found {
		got[in.Ref] = fmt.Sprint(in.Resolved.Sub(in.Opened), " ", in.Grade)
	}
	want := map[string]string{before.Key: "120h0m0s approximate", inside.Key: "5h0m0s approximate", told.Key: "1h0m0s exact"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("incidents are %v, want %v", got, want)
	}
}

// An issue that was imported as resolved before it was created is done since it
// was created, and takes no other item with it.
func TestImportedIssue(t *testing.T) {
	site, w := scene(t), window(t, 6)
	epic := site.NewIssue("KIT", "Epic", day(-200), simulated.State{})
	imported := site.NewIssue("KIT", "Story", day(-100), simulated.State{Parent: epic})
	site.Edit(imported, day(-99), inStatus(finished))
	source, gate := products[0].serve(t, site, "")
	gate.Add(editing("search/jql", func(answer map[string]any) {
		for _, i := range answer["issues"].([]any) {
			i.(map[string]any)["fields"].(map[string]any)["resolutiondate"] = "2025-01-02T03:04:05.000+0000"
		}
	}))
	items, err := source.Items(t.Context(), w, sources.Query{Noun: sources.Goals, Text: "parent = " + epic.Key})
	if err != nil || len(items) != 1 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	if got, want := items[0].Done, []sources.Span{{From: items[0].Created}}; !slices.Equal(got, want) {
		t.Errorf("done %v, want %v", got, want)
	}
}
