package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An ask is written as a list item behind those that are there, in their way.
func TestAsk(t *testing.T) {
	const (
		item = "- **Decide:** Do we drop the old card vault?\n  - Options: yes / no\n  - I recommend: yes, it frees two weeks\n  - Need by: 2026-11-27\n  - If silent: we keep both until January\n  - To: Ravi, Platform\n  - Serves: checkout/p95\n"
		last = "\n\n<!--"
	)
	ordered := strings.ReplaceAll(strings.Replace(item, "- ", "3. ", 1), "\n  - ", "\n   - ")
	for name, tt := range map[string]struct{ note, want string }{
		"first":     {"\n✍ **What do you ask, of whom, by when, and what if nobody answers?**\n\n", "\n" + item + "\n"},
		"a list":    {"- **Inform:** tea\n  - To: all\n", "- **Inform:** tea\n  - To: all\n" + item},
		"stars":     {"words\n\n* **Inform:** tea\n    * To: all\n\n", "words\n\n* **Inform:** tea\n    * To: all\n" + strings.Replace(item, "- ", "* ", 1) + "\n"},
		"ranked":    {"1. **Inform:** tea\n2. **Inform:** cups\n   - To: all\n", "1. **Inform:** tea\n2. **Inform:** cups\n   - To: all\n" + ordered},
		"wrapped":   {"- **Inform:** tea\nand cups\n", "- **Inform:** tea\nand cups\n" + item},
		"words":     {"- **Inform:** tea\n\nThat is all.\n", "- **Inform:** tea\n\nThat is all.\n\n" + item},
		"CRLF":      {"- **Inform:** tea\r\n", "- **Inform:** tea\r\n" + strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\r\n") + "\r\n"},
		"code":      {"- **Inform:** tea\n\n```\n1. x\n```\n", "- **Inform:** tea\n\n```\n1. x\n```\n" + item},
		"a heading": {"- **Inform:** tea\n\n# More\n", "- **Inform:** tea\n\n# More\n\n" + item},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, text)
			f.put("asks", tt.note)
			f.post(http.StatusSeeOther, "ask", "kind", "Decide", "question", " Do we drop\nthe old card vault? ", "options", "yes / no", "recommend", "yes, it frees two weeks", "need", "2026-11-27", "silent", "we keep both until January", "reader", "Ravi, Platform", "serves", "checkout/p95")
			if diff := cmp.Diff(tt.want, f.note("asks")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	f := newFixture(t, text)
	f.post(http.StatusSeeOther, "ask", "kind", "Inform", "question", "<!-- /preread:note -->")
	if got := f.note("asks"); got != "\n- **Inform:** <!-- /preread:note -->\n\n" {
		t.Errorf("an ask that is a mark: %q", got)
	}
	if body := f.get("").Body.String(); strings.Count(body, "Add the ask") != 1 || !strings.Contains(body, `<option value="checkout/p95">`) {
		t.Error("the form is not there once, or does not know the lines")
	}
}

// What looks like an ask and is none is said where it was written.
func TestMissedAsks(t *testing.T) {
	f := newFixture(t, text)
	f.put("asks", "- **Decied:** <b>tea</b> or coffee\n")
	if body := f.get("").Body.String(); !strings.Contains(body, "Not heard: “Decied” is no kind of ask") || strings.Count(body, "Not heard: ") != 1 {
		t.Errorf("the page does not say so: %s", body)
	}
}

func TestRefusedAsks(t *testing.T) {
	for said, pairs := range map[string][]string{
		"it is no kind of ask":                      {"kind", "Demand", "question", "Tea?"},
		"an ask needs a question":                   {"kind", "Decide", "question", " ", "options", "kept <words>"},
		"“Need by” is a day such as 2026-11-27":     {"kind", "Decide", "question", "Tea?", "need", "soon"},
		"“If silent” has more than 1000 characters": {"kind", "Decide", "question", "Tea?", "silent", strings.Repeat("é", 1001)},
	} {
		f := newFixture(t, text)
		w := f.post(http.StatusUnprocessableEntity, "ask", pairs...)
		if !strings.Contains(w.Body.String(), "Not saved: "+said+".") || f.now() != text {
			t.Errorf("%s: %s", said, w.Body)
		}
		if strings.Contains(said, "question") && !strings.Contains(w.Body.String(), `value="kept &lt;words&gt;"`) {
			t.Errorf("the other words are lost: %s", w.Body)
		}
	}
}
