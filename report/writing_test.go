package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate"
)

// Words put into a slot are there byte for byte, and nothing else of the page
// is another; what would be more than words is refused.
func TestPutNote(t *testing.T) {
	ids := []string{"a/x", "summary", "b/long-one"}
	rapid.Check(t, func(t *rapid.T) {
		page := document(ids...).Merge(nil, "").Text
		crlf := rapid.Bool().Draw(t, "crlf")
		if crlf {
			page = toCRLF(page)
		}
		if rapid.Bool().Draw(t, "bom") {
			page = append([]byte(bom), page...)
		}
		for _, id := range ids {
			page = write(page, id, noteText(crlf).Draw(t, "text of "+id))
		}
		id := rapid.SampledFrom(ids).Draw(t, "id")
		bits := rapid.SampledFrom([]string{"word", " ", "\n", "\r\n", "```", "~~~~", "`", "<!-- preread:note id=a/x -->", "<!-- /preread:note -->", "<!--preread:x", "<!-- a comment -->", "  ", "\ufeff"})
		text := strings.Join(rapid.SliceOfN(bits, 0, 12).Draw(t, "bits"), "")
		before := parse(t, page)
		got, err := PutNote(page, id, text)
		after, broken := ParsePage("", got)
		if err != nil {
			var words *WordsError
			if !errors.As(err, &words) {
				t.Fatal(err)
			}
			if fine, err := ParsePage("", write(page, id, text)); err == nil && cmp.Equal(fine.Tool, before.Tool) && note(t, write(page, id, text), id) == text {
				t.Fatalf("%q is refused: %v", text, words)
			}
			return
		}
		if broken != nil {
			t.Fatalf("%q breaks the page: %v", text, broken)
		}
		for i := range before.Notes {
			want := before.Notes[i]
			if want.ID == id {
				want.Text = text
			}
			if want.Text != after.Notes[i].Text || want.ID != after.Notes[i].ID {
				t.Fatalf("note %s is %q, want %q", want.ID, after.Notes[i].Text, want.Text)
			}
		}
		if before.Tool != after.Tool || before.Mark != after.Mark || before.BOM != after.BOM || len(got)-len(page) != len(text)-len(note(t, page, id)) {
			t.Fatal("more than the note has changed")
		}
	})
}

func TestRefusedWords(t *testing.T) {
	page := document("a/x").Merge(nil, "").Text
	for text, want := range map[string]string{
		"<!-- /preread:note -->\n":                 "a line of it would be read as a mark of the page: <!-- /preread:note -->",
		"a\n  <!-- preread:doc v=1 -->\r\n":        "a line of it would be read as a mark of the page: <!-- preread:doc v=1 -->",
		"```\n<!-- /preread:note -->\n":            "its code fence ``` is not closed",
		"```\n<!-- /preread:note -->\n```\n":       "",
		"see <!-- /preread:note --> there\n":       "",
		"words":                                    "its last line does not end",
		"":                                         "",
		"~~~~\n~~~\n<!-- preread:note id=b -->\n":  "its code fence ~~~~ is not closed",
		"> <!-- preread:note id=b -->\n":           "",
		"\t<!-- preread:note id=b --> and words\n": "a line of it would be read as a mark of the page: <!-- preread:note id=b --> and words",
	} {
		_, err := PutNote(page, "a/x", text)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if _, err := PutNote(page, "a/y", "\n"); err != ErrNoSlot {
		t.Errorf("a slot that is not there: %v", err)
	}
	var broken *PageError
	if _, err := PutNote([]byte(slotOf("a/x")), "a/x", "\n"); !errors.As(err, &broken) {
		t.Errorf("a broken page: %v", err)
	}
}

func slotOf(id string) string { return "<!-- preread:note id=" + id + " -->\n" }

// Words take the place of words: the lines around them and their ends are those
// that were there.
func TestFitted(t *testing.T) {
	for _, tt := range []struct {
		note, words, want string
		crlf              bool
	}{
		{"\n" + promptGoal + "\n\n", "Hello\r\nyou\r", "\nHello\nyou\n\n", false},
		{"\r\n" + promptGoal + "\r\n\r\n", "Hello\nyou", "\r\nHello\r\nyou\r\n\r\n", true},
		{"\n", "Hello", "\r\nHello\r\n\r\n", true},
		{"close\n", "Hello\n\n", "Hello\n", false},
		{"\n\n\n  far \r\n\r\n", "\n  Hello  ", "\n\n\n  Hello  \r\n\r\n", false},
		{"words\n", "", "\n", false},
		{"words\r\n", " \n\n", "\r\n", true},
		{"", "Hello", "\nHello\n\n", false},
	} {
		n := Note{ID: "x", Text: tt.note}
		got := Page{CRLF: tt.crlf}.Fitted(n, tt.words)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt, diff)
		}
		if want, words := strings.Trim(lineFeeds.Replace(tt.words), "\n"), (Note{Text: got}).Words(); words != want && strings.TrimSpace(want) != "" {
			t.Errorf("%+v: its words are %q", tt, words)
		}
	}
}

func TestAppended(t *testing.T) {
	for _, tt := range []struct {
		note, words string
		close       bool
		want        string
	}{
		{"\n" + promptGoal + "\n\n", "more", false, "\nmore\n\n"},
		{"\n\none\r\ntwo \n", "more\nand more\n", false, "\n\none\r\ntwo \n\r\nmore\r\nand more\n"},
		{"- one\n\n", "- two", true, "- one\n- two\n\n"},
	} {
		got := Page{}.Appended(Note{Text: tt.note}, tt.words, tt.close)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt, diff)
		}
	}
}

func TestUnfenced(t *testing.T) {
	text := "a\n```\nb\n```\nc\r\n~~~ x\n```\n~~~~ \n``` in ``` line\nd"
	want := []string{"0 a\n", "4 c\r\n", "8 ``` in ``` line\n", "9 d"}
	var got []string
	for n, line := range Unfenced(text) {
		got = append(got, fmt.Sprint(n)+" "+line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Words for a slot that is gone have a place at the end, and the page made
// again gives them the same one.
func TestKeepNote(t *testing.T) {
	for _, crlf := range []bool{false, true} {
		d := document("a/x", "summary")
		page := d.Merge(nil, "").Text
		if crlf {
			page = toCRLF(page)
		}
		made := d.Merge(nil, "").Made
		for _, id := range []string{"b/gone", "b/too"} {
			var err error
			if page, err = KeepNote(page, id, "words of "+id); err != nil {
				t.Fatal(err)
			}
		}
		m := d.Merge(parse(t, page), made)
		if diff := cmp.Diff([]string{"b/gone", "b/too"}, m.Homeless); diff != "" || m.Edited || len(m.Clashes) > 0 {
			t.Errorf("%+v %s", m, diff)
		}
		for _, id := range m.Homeless {
			if got := note(t, m.Text, id); strings.TrimSpace(got) != "words of "+id || strings.Contains(got, "\r\n") != crlf {
				t.Errorf("%s is %q", id, got)
			}
		}
		again, err := KeepNote(m.Text, "b/too", "others")
		if err != nil {
			t.Fatal(err)
		}
		n, err := parse(t, again).Note("b/too")
		if err != nil || n.Words() != "words of b/too\n\nothers" {
			t.Errorf("a place that is there already holds %q: %v", n.Words(), err)
		}
	}
	if _, err := KeepNote(document("a/x").Merge(nil, "").Text, "no id", "words"); err != ErrNoSlot {
		t.Errorf("an id that is none: %v", err)
	}
}

func TestPlaces(t *testing.T) {
	page := parse(t, Markdown(frameFor(), world(t), Letter{}).Merge(nil, "").Text)
	got := map[string]Place{}
	for i, p := range page.Places() {
		got[p.ID] = p
		if p.ID != page.Notes[i].ID {
			t.Errorf("place %d is %s, and note %s", i, p.ID, page.Notes[i].ID)
		}
	}
	for _, want := range []Place{
		{"context", "Payments group: 2026-W46", 1}, {"summary", "At a glance", 2}, {"wanted", "What I want from you", 3}, {"asks", "Asks", 2},
		{"pay/goal", "<script>alert(1)</script>", 3}, {"pay/p95", "closes", 3}, {"pay/quality", "Bugs opened", 3},
	} {
		if want.Title == "closes" { // the title is one that wants harm
			want.Title = got[want.ID].Title
			if strings.ContainsAny(want.Title, "\\\u2060") {
				t.Errorf("%q is not plain", want.Title)
			}
		}
		if got[want.ID] != want {
			t.Errorf("%s is %+v, want %+v", want.ID, got[want.ID], want)
		}
	}
}

// A page that is being written shows what its readers see, a form at each slot,
// and leads from each figure to where it comes from.
func TestHTMLBody(t *testing.T) {
	r := few(t)
	page := parse(t, Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text)
	forms := map[string]string{}
	for i, n := range page.Notes {
		forms[n.ID] = "<form id=\"" + n.ID + "-form\"></form>"
		if n.ID == "summary" {
			page.Notes[i].Text = "\n# All **calm** <script>x</script>\n"
		}
	}
	got, err := HTMLBody(r, *page, Writing{forms, "/explain/"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "html/writing.html", []byte(got))
	for _, n := range page.Notes {
		if strings.Count(got, `<div class="slot" id="slot:`+n.ID+`">`) != 1 || strings.Count(got, forms[n.ID]) != 1 {
			t.Errorf("%s has no place of its own", n.ID)
		}
	}
	for _, f := range r.Teams[0].Lines {
		if n := strings.Count(got, `<figure><a href="/explain/pay/`+f.ID+`"><svg`) + strings.Count(got, `<a href="/explain/pay/`+f.ID+`">Where this comes from</a></p>`); n != 2 {
			t.Errorf("%s: its chart or its verdict is not explained", f.ID)
		}
	}
	if n := strings.Count(got, `<a href="/explain/pay/`); n < 10 {
		t.Errorf("%d figures are explained", n)
	}
	plain, err := HTMLBody(aggregate.Report{Window: r.Window}, *page, Writing{forms, "/explain/"})
	if err != nil || strings.Contains(plain, "/explain/") || strings.Contains(plain, "<svg") || !strings.Contains(plain, `id="slot:pay/p95"`) {
		t.Errorf("without facts: %v", err)
	}
}

func TestHTMLNote(t *testing.T) {
	got, err := HTMLNote("# All **calm**\n\n<script>x</script>", 3)
	if want := "<div class=\"note\">\n<h4>All <strong>calm</strong></h4>\n<p>&lt;script&gt;x&lt;/script&gt;</p>\n</div>\n"; err != nil || got != want {
		t.Errorf("%q: %v", got, err)
	}
}

func TestChanges(t *testing.T) {
	page := parse(t, Markdown(frameFor(), world(t), Letter{}).Merge(nil, "").Text)
	got := page.Changes()
	for _, want := range []string{"**Changed since ", "**Look closer:**", "**Where we see it otherwise:**"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\n|") || strings.Contains(got, "\n<!--") || strings.Contains(got, "What I want") {
		t.Errorf("more than the changes:\n%s", got)
	}
	if got := parse(t, document("a/x").Merge(nil, "").Text).Changes(); got != "" {
		t.Errorf("a page without a glance: %q", got)
	}
}

// Whatever a page and some words are, putting them together gives a page with
// these words in it and nothing else changed, or an error.
func FuzzPutNote(f *testing.F) {
	f.Add(string(document("a/x", "summary").Merge(nil, "").Text), "words\n")
	f.Add("\ufeff"+slotOf("a/x")+"~~~\r\n<!-- /preread:note -->\r\n~~~\r\n<!-- /preread:note -->", "```\n<!-- /preread:note -->\n```\n")
	f.Add(slotOf("a/x")+"<!-- /preread:note -->\n", "<!-- preread:doc v=1 -->\n")
	f.Fuzz(func(t *testing.T, page, words string) {
		before, err := ParsePage("", []byte(page))
		for _, n := range before.Notes {
			for _, text := range []string{words, before.Fitted(n, words), before.Appended(n, words, false)} {
				got, err := PutNote([]byte(page), n.ID, text)
				if err != nil {
					continue
				}
				after, err := ParsePage("", got)
				if err != nil {
					t.Fatalf("%q breaks the page: %v", text, err)
				}
				if now, _ := after.Note(n.ID); now.Text != text || after.Tool != before.Tool || len(after.Notes) != len(before.Notes) {
					t.Fatalf("%q is %q, or the page has changed", text, now.Text)
				}
			}
		}
		kept, keepErr := KeepNote([]byte(page), "new/note", words)
		if err != nil || keepErr != nil {
			return
		}
		after, err := ParsePage("", kept)
		if err != nil {
			t.Fatalf("%q breaks the page when it is kept: %v", words, err)
		}
		if n, err := after.Note("new/note"); err != nil || strings.TrimSpace(words) != "" && !strings.Contains(n.Text, strings.Trim(lineFeeds.Replace(words), "\n")) && !after.CRLF {
			t.Fatalf("%q is kept as %q: %v", words, n.Text, err)
		}
	})
}
