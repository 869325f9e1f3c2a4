package github

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"preread/sources"
)

func TestBoxes(t *testing.T) {
	where := sources.Evidence{Source: "github", Ref: "a/b#1", URL: "https://github.example/a/b/issues/1"}
	type want map[string]bool
	tests := []struct {
		name, text string
		want       want
	}{
		{"none", "Just words.\n- a list\n[x] not a list", want{}},
		{"kinds of lists", "- [ ] dash\n* [x] star\n+ [X] plus\n1. [ ] one\n2) [x] two", want{"dash": false, "star": true, "plus": true, "one": false, "two": true}},
		{"nested, with line ends of Windows", "- [ ] outer\r\n    - [x] inner\r\n", want{"outer": false, "inner": true}},
		{"in a code fence", "```\n- [ ] no\n```\n- [ ] yes", want{"yes": false}},
		{"fence in a longer fence", "````md\n```\n- [ ] no\n```\n- [ ] no\n````\n- [ ] yes", want{"yes": false}},
		{"tildes do not close backticks", "```\n~~~\n- [ ] no\n```\n- [x] yes", want{"yes": true}},
		{"a fence with a word does not close", "```\n``` go\n- [ ] no\n```\n- [x] yes", want{"yes": true}},
		{"fence never closed", "```\n- [ ] no", want{}},
		{"template in a comment", "<!--\n- [ ] no\n-->\n- [ ] yes", want{"yes": false}},
		{"empty boxes", "- [ ]\n- [ ] \n- [y] no", want{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := want{}
			for _, f := range boxes(where, test.text) {
				got[f.Title] = f.Done
				if f.Evidence != where {
					t.Errorf("evidence %+v, want the incident's", f.Evidence)
				}
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"nothing", nil},
		{"Comes from #7, see also (#8).", []string{"a/b#7", "a/b#8"}},
		{"#7 #7 and #07", []string{"a/b#7"}},
		{"Fixes Acme/Pay.v2#12", []string{"acme/pay.v2#12"}},
		{"https://github.example/acme/pay/issues/9#issuecomment-44", []string{"acme/pay#9"}},
		{"[that](https://github.example/acme/pay/pull/9)", []string{"acme/pay#9"}},
		{"page.html#7 and word#8 and ##9 and /#10", nil},
		{"#7a #99999999999999999999", nil},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			if diff := gocmp.Diff(test.want, references(Repo{"A", "b"}, test.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzIssueText(f *testing.F) {
	f.Add("- [ ] #1\n```\nhttps://x/a/b/issues/1")
	f.Add("<!-- - [x] \xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, b := range boxes(sources.Evidence{}, text) {
			if b.Title == "" && !strings.ContainsFunc(text, func(r rune) bool { return r > 127 || r < 32 }) {
				t.Errorf("a follow-up without a title in %q", text)
			}
			if strings.ContainsAny(b.Title, "\n\r") {
				t.Errorf("title %q is more than one line", b.Title)
			}
		}
		for _, r := range references(Repo{"a", "b"}, text) {
			if strings.Count(r, "#") != 1 || strings.Count(r, "/") != 1 {
				t.Errorf("%q is no reference", r)
			}
		}
	})
}
