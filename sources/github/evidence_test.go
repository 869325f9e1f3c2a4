package github

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
)

// Every question has a page that people can look through, where one shows it.
func TestEvidence(t *testing.T) {
	s, _ := serve(t, nil, "web = 'https://git.example'")
	tests := []struct {
		noun      sources.Noun
		text, url string
	}{
		{sources.Goals, `repo:a/b milestone:"Fast index"`, "https://git.example/search?q=repo%3Aa%2Fb+milestone%3A%22Fast+index%22+is%3Aissue&type=issues"},
		{sources.Delivery, `repo:a/b milestone:"Sprint *"`, "https://git.example/a/b/milestones"},
		{sources.Delivery, `repo:a/b repo:a/c milestone:"Sprint *"`, ""},
		{sources.Goals, "parent:a/b#12", "https://git.example/a/b/issues/12"},
		{sources.Goals, "project:a/3", ""}, // not before it was read
		{sources.Shipped, `repo:a/b environment:production base:"x \"y\\"`, "https://git.example/search?q=repo%3Aa%2Fb+base%3A%22x+%5C%22y%5C%5C%22+is%3Apr+merged%3A2026-10-05T00%3A00%3A00%2B02%3A00..2026-11-15T23%3A59%3A59%2B01%3A00&type=pullrequests"},
		{sources.Shipped, "repo:a/b environment:production", "https://git.example/search?q=repo%3Aa%2Fb+is%3Apr+merged%3A2026-10-05T00%3A00%3A00%2B02%3A00..2026-11-15T23%3A59%3A59%2B01%3A00&type=pullrequests"},
	}
	for _, test := range tests {
		e := s.Evidence(window(t), sources.Query{Noun: test.noun, Text: test.text})
		if diff := gocmp.Diff(test.url, e.URL); diff != "" || e.Ref == "" {
			t.Errorf("%s (-want +got): %q\n%s", test.text, e.Ref, diff)
		}
	}
}
