package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"preread/report"
	"preread/report/ask"
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

// A Resource that is asked for in the form has all that its review wants.
func TestAskForAResource(t *testing.T) {
	f := newFixture(t, text)
	f.post(http.StatusSeeOther, "ask", "kind", "Resource", "question", "May we have two testers?", "need", "2026-11-27", "silent", "we test by hand", "reader", "Dana",
		"amount", "two testers", "until", "March", "granted", "we ship in May", "not", "we ship in July", "mine", "I ask Mia too")
	want := "\n- **Resource:** May we have two testers?\n  - Need by: 2026-11-27\n  - If silent: we test by hand\n  - To: Dana\n  - Amount: two testers\n  - Until: March\n  - If granted: we ship in May\n  - If not: we ship in July\n  - Mine: I ask Mia too\n\n"
	if diff := cmp.Diff(want, f.note("asks")); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if problems := ask.Problems(ask.Parse(want)[0], f.page.Today()); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}

// standing is what somebody wrote under Asks, in their own way.
const standing = "\nSome words.\n\n1. __Decide__: Do we *drop* the\n   vault? I recommend yes.\n   * Needed by: 2026-11-27\n   * Owner: Ana <!-- or Mia -->\n2. **Inform:** tea\n10. [ ] **Confirm:** a / b?\n    * Options: c / d\n\nClosing words.\n\n"

// seen are the fields of the form that was shown for an ask.
func (f *fixture) seen(number int) []string {
	f.t.Helper()
	page, err := report.ParsePage("", []byte(f.now()))
	if err != nil {
		f.t.Fatal(err)
	}
	n, _ := page.Note("asks")
	for _, a := range askings(n) {
		if a.Number == number {
			pairs := []string{"number", strconv.Itoa(number), "seen", a.Seen, "kind", a.Kind, "question", a.Question}
			for _, field := range a.Fields {
				pairs = append(pairs, field.Key, field.Value)
			}
			return pairs
		}
	}
	f.t.Fatalf("there is no ask %d", number)
	return nil
}

// otherwise returns the pairs of a form with one of them changed.
func otherwise(pairs []string, key, value string) []string {
	pairs = slices.Clone(pairs)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == key {
			pairs[i+1] = value
			return pairs
		}
	}
	return append(pairs, key, value)
}

// An ask that is there is changed, and answered, where it stands; every other byte
// is the person's.
func TestEditedAsks(t *testing.T) {
	for name, tt := range map[string]struct {
		path       string
		number     int
		key, value string
		old, new   string
	}{
		"as it is":           {"ask", 1, "kind", "Decide", "", ""},
		"a day":              {"ask", 1, "need", "2026-12-04", "2026-11-27", "2026-12-04"},
		"the question":       {"ask", 1, "question", "May we?", "Do we *drop* the\n   vault?", "May we?"},
		"advice":             {"ask", 1, "recommend", "no", "I recommend yes.", "I recommend no"},
		"a new field":        {"ask", 1, "reader", "Dana", "Mia -->\n", "Mia -->\n   * To: Dana\n"},
		"a kind":             {"ask", 3, "kind", "Decide", "**Confirm:**", "**Decide:**"},
		"options":            {"ask", 3, "options", "", "\n    * Options: c / d", ""},
		"of one to be known": {"ask", 2, "silent", "we drink it", "tea\n", "tea\n   - If silent: we drink it\n"},
		"an answer":          {"outcome", 3, "answer", " yes,\nfine ", "c / d\n", "c / d\n    * Answer: 2026-11-16 yes, fine\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, text)
			f.put("asks", standing)
			f.post(http.StatusSeeOther, tt.path, otherwise(f.seen(tt.number), tt.key, tt.value)...)
			want := strings.Replace(standing, tt.old, tt.new, 1)
			if diff := cmp.Diff(want, f.note("asks")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want != standing {
				f.post(http.StatusSeeOther, "undo", "slot", "asks")
			}
			if f.note("asks") != standing {
				t.Errorf("undone: %q", f.note("asks"))
			}
		})
	}
}

// A form is shown for each ask that is open, with what it says and its number.
func TestAskForms(t *testing.T) {
	f := newFixture(t, text)
	f.put("asks", standing+"- [x] **Decide:** closed?\n")
	body := f.get("").Body.String()
	for words, count := range map[string]int{
		"Save the ask": 3, "Note the answer": 2, "Add the ask": 1, `<datalist id="lines">`: 1,
		"<summary>Ask 10": 0, "<summary>Ask 3<": 1, "<summary>Ask 4": 0, `value="Do we drop the vault?"`: 2, `value="2026-11-27"`: 1, `value="c / d"`: 1,
	} {
		if got := strings.Count(body, words); got != count {
			t.Errorf("%q is there %d times, want %d", words, got, count)
		}
	}
}

// An ask that was moved is still that ask; one that was changed or answered
// meanwhile is not overwritten, and neither is what the form cannot change alone.
func TestAnAskThatChangedMeanwhile(t *testing.T) {
	f := newFixture(t, text)
	f.put("asks", standing)
	form := f.seen(3)
	moved := "- **Inform:** cups\n\n" + standing[1:]
	f.put("asks", moved)
	f.post(http.StatusSeeOther, "outcome", otherwise(form, "answer", "yes")...)
	answered := strings.Replace(moved, "c / d\n", "c / d\n    * Answer: 2026-11-16 yes\n", 1)
	if diff := cmp.Diff(answered, f.note("asks")); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	for said, post := range map[string]struct {
		path  string
		pairs []string
	}{
		"this ask was changed meanwhile, or answered": {"outcome", otherwise(form, "answer", "kept words")},
		"this ask was changed meanwhile":              {"ask", otherwise(form, "silent", "kept words")},
		"there is no answer":                          {"outcome", otherwise(f.seen(2), "answer", " ")},
		"the ask is written in a way that":            {"ask", otherwise(otherwise(f.seen(2), "question", "b? I recommend c"), "silent", "kept words")},
		"an ask needs a question":                     {"ask", otherwise(f.seen(2), "question", "")},
		"it is no kind of ask":                        {"ask", otherwise(f.seen(2), "kind", "Demand")},
		"“Need by” is a day such as 2026-11-27":       {"ask", otherwise(f.seen(2), "need", "soon")},
		"“Answer” has more than 1000 characters":      {"outcome", otherwise(f.seen(2), "answer", strings.Repeat("é", 1001))},
	} {
		w := f.post(http.StatusUnprocessableEntity, post.path, post.pairs...)
		if !strings.Contains(w.Body.String(), "Not saved: "+said) || f.note("asks") != answered {
			t.Errorf("%s: %s", said, w.Body)
		}
		if slices.Contains(post.pairs, "kept words") && !strings.Contains(w.Body.String(), `value="kept words"`) {
			t.Errorf("%s: the words are lost: %s", said, w.Body)
		}
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
