package desk

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/report"
)

// Words are in the file byte for byte, with the file's own line ends, and what
// is around them is as it was.
func TestSave(t *testing.T) {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for name, tt := range map[string]struct{ page, slot, words, want string }{
		"a first word":       {text, "context", "A till that sells tea.", "\nA till that sells tea.\n\n"},
		"as a browser sends": {text, "context", "one\r\ntwo\r\n\r\n  three \r\n\r\n", "\none\ntwo\n\n  three \n\n"},
		"close":              {text, "summary", "other words", "other words\n"},
		"nothing":            {text, "summary", "", "\n"},
		"CRLF":               {crlf(text), "context", "one\r\ntwo", "\r\none\r\ntwo\r\n\r\n"},
		"CRLF, close":        {crlf(text), "summary", "one\ntwo", "one\r\ntwo\r\n"},
		"a mark":             {"\ufeff" + text, "asks", "é ✍ \u202e <b>&amp;</b> {{.}} \\ \t|", "\né ✍ \u202e <b>&amp;</b> {{.}} \\ \t|\n\n"},
		"a fenced mark":      {text, "asks", "```\n<!-- /preread:note -->\n```", "\n```\n<!-- /preread:note -->\n```\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, tt.page)
			before := f.note(tt.slot)
			w := f.post(http.StatusSeeOther, "save", "slot", tt.slot, "words", tt.words, "was", f.was(tt.slot))
			if at := w.Header().Get("Location"); at != "/TOKEN/#slot:"+tt.slot {
				t.Errorf("it leads to %s", at)
			}
			if diff := cmp.Diff(tt.want, f.note(tt.slot)); diff != "" {
				t.Errorf("(-want +saved):\n%s", diff)
			}
			mark := "id=" + tt.slot + " -->"
			head, tail, _ := strings.Cut(tt.page, mark)
			if got := f.now(); !strings.HasPrefix(got, head+mark) || !strings.HasSuffix(got, strings.SplitN(tail, before, 2)[1]) {
				t.Error("more than the slot has changed")
			}
			answer := f.script(http.StatusOK, "save", "slot", tt.slot, "words", tt.words, "was", "whatever it was", "level", "2")
			want := reply{Was: f.was(tt.slot), Words: (report.Note{Text: tt.want}).Words(), HTML: noteHTML(tt.words, 2), Undo: 1}
			if diff := cmp.Diff(want, answer); diff != "" {
				t.Errorf("saved again (-want +got):\n%s", diff)
			}
		})
	}
}

// What would be more than words is refused in a sentence, and the words are not
// lost.
func TestRefusedWords(t *testing.T) {
	for words, said := range map[string]string{
		"a\n<!-- /preread:note -->": "Not saved: a line of it would be read as a mark of the page: <!-- /preread:note -->.",
		"```\nopen":                 "Not saved: its code fence ``` is not closed.",
		"\xff":                      "Not saved: it is no text.",
		"a\x00b":                    "Not saved: it is no text.",
	} {
		f := newFixture(t, text)
		for _, action := range []string{"save", "both", "keep"} {
			answer := f.script(http.StatusUnprocessableEntity, action, "slot", "summary", "words", words, "was", f.was("summary"))
			if answer.Said != said || answer.Words != "close words" || answer.Was != f.was("summary") {
				t.Errorf("%s %q: %+v", action, words, answer)
			}
			if f.now() != text {
				t.Fatalf("%s %q: the page has changed", action, words)
			}
		}
		if w := f.post(http.StatusUnprocessableEntity, "save", "slot", "summary", "words", words, "was", f.was("summary")); !strings.Contains(w.Body.String(), "Not saved: ") || !strings.Contains(w.Body.String(), "<textarea") {
			t.Errorf("%q: %s", words, w.Body)
		}
	}
}

// If the slot was changed on disk, nothing is overwritten: both texts are shown,
// and can both be kept.
func TestClash(t *testing.T) {
	f := newFixture(t, text)
	began := f.was("summary")
	f.put("summary", "theirs, **by hand**\n")
	w := f.post(http.StatusConflict, "save", "slot", "summary", "words", "mine </textarea>", "was", began)
	for _, want := range []string{"<strong>by hand</strong>", "mine &lt;/textarea&gt;</textarea>", `action="/TOKEN/both"`, `name="was" value="` + f.was("summary") + `"`, "Save both"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
	answer := f.script(http.StatusConflict, "save", "slot", "summary", "words", "mine", "was", began)
	if answer.Was != f.was("summary") || !strings.Contains(answer.Theirs, "<strong>by hand</strong>") || !strings.Contains(answer.HTML, "mine") {
		t.Errorf("%+v", answer)
	}
	if got := f.note("summary"); got != "theirs, **by hand**\n" {
		t.Fatalf("overwritten: %q", got)
	}
	f.post(http.StatusConflict, "both", "slot", "summary", "words", "mine", "was", began)
	f.post(http.StatusSeeOther, "both", "slot", "summary", "words", "mine", "was", answer.Was)
	if got := f.note("summary"); got != "theirs, **by hand**\n\nmine\n" {
		t.Errorf("both: %q", got)
	}
	// The same words by another hand are no clash, nor is what only looks
	// different.
	f.post(http.StatusSeeOther, "save", "slot", "summary", "words", "theirs, **by hand**\r\n\r\nmine", "was", began)
	f.put("context", "\r\nA till.\r\n\r\n\r\n")
	was := f.was("context")
	f.put("context", "A till.\n")
	f.post(http.StatusSeeOther, "save", "slot", "context", "words", "A till that sells tea.", "was", was)
}

// Words for a place that is gone meanwhile are shown, and kept if wanted.
func TestGone(t *testing.T) {
	f := newFixture(t, text)
	was := f.was("summary")
	before := f.now()
	w := f.post(http.StatusConflict, "save", "slot", "checkout/gone", "words", "my words", "was", was)
	if !strings.Contains(w.Body.String(), "This place is not on the page any more.") || !strings.Contains(w.Body.String(), `action="/TOKEN/keep"`) || !strings.Contains(w.Body.String(), "my words</textarea>") {
		t.Errorf("%s", w.Body)
	}
	if answer := f.script(http.StatusConflict, "save", "slot", "checkout/gone", "words", "my words", "was", was); !answer.Gone {
		t.Errorf("%+v", answer)
	}
	f.post(http.StatusConflict, "keep", "slot", "no id", "words", "my words")
	if f.now() != before {
		t.Fatal("the page has changed")
	}
	f.post(http.StatusSeeOther, "keep", "slot", "checkout/gone", "words", "my words")
	if got := f.note("checkout/gone"); got != "\nmy words\n\n" || !strings.HasPrefix(f.now(), before) {
		t.Errorf("kept: %q in %s", got, f.now())
	}
}

// Every change can be taken back, step by step, as long as nobody else has
// changed the slot since.
func TestUndo(t *testing.T) {
	f := newFixture(t, text)
	first := f.now()
	for i := range 3 {
		f.post(http.StatusSeeOther, "save", "slot", "context", "words", fmt.Sprintf("words %d", i), "was", f.was("context"))
	}
	f.post(http.StatusSeeOther, "discuss", "slot", "context", "on", "1")
	f.put("summary", "somebody writes elsewhere\n")
	f.put("summary", "close words\n")
	for left := 3; left >= 0; left-- {
		answer := f.script(http.StatusOK, "undo", "slot", "context")
		want := ""
		if left > 0 {
			want = fmt.Sprintf("words %d", left-1)
		}
		if answer.Undo != left || answer.Words != want || answer.Was != f.was("context") {
			t.Errorf("%d left: %+v", left, answer)
		}
	}
	if diff := cmp.Diff(first, f.now()); diff != "" {
		t.Errorf("(-before +after all is taken back):\n%s", diff)
	}
	f.script(http.StatusUnprocessableEntity, "undo", "slot", "context")

	f.post(http.StatusSeeOther, "save", "slot", "context", "words", "mine", "was", f.was("context"))
	f.put("context", "theirs\n")
	if w := f.post(http.StatusConflict, "undo", "slot", "context"); !strings.Contains(w.Body.String(), "theirs") {
		t.Errorf("%s", w.Body)
	}
	if f.note("context") != "theirs\n" {
		t.Error("somebody else's words were taken back")
	}
	for i := range pastLimit + 10 {
		f.post(http.StatusSeeOther, "save", "slot", "context", "words", fmt.Sprint(i), "was", f.was("context"))
	}
	if _, n := f.desk.last("context"); n != pastLimit {
		t.Errorf("%d changes are remembered, want %d", n, pastLimit)
	}
}

func TestDiscuss(t *testing.T) {
	for name, tt := range map[string]struct{ note, marked, unmarked string }{
		"words":     {"close words\n", "close words\n\n!discuss\n", "close words\n"},
		"paragraph": {"\nwords\n\n", "\nwords\n\n!discuss\n\n", "\nwords\n\n"},
		"CRLF":      {"\r\nwords\r\n\r\n", "\r\nwords\r\n\r\n!discuss\r\n\r\n", "\r\nwords\r\n\r\n"},
		"mixed":     {"a\r\nb\nc\n", "a\r\nb\nc\n\r\n!discuss\n", "a\r\nb\nc\n"},
		"in a code": {"```\n!discuss\n```\n", "```\n!discuss\n```\n\n!discuss\n", "```\n!discuss\n```\n"},
		"a prompt":  {"\n✍ **Later, so nobody is surprised.**\n\n", "\n!discuss\n\n", "\n"},
		"twice":     {"a\n!discuss\nb\n\n  !discuss \nc\n", "a\n!discuss\nb\n\n  !discuss \nc\n", "a\nb\n\nc\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, text)
			f.put("summary", tt.note)
			for _, step := range []struct{ on, want string }{{"1", tt.marked}, {"1", tt.marked}, {"0", tt.unmarked}, {"0", tt.unmarked}} {
				f.post(http.StatusSeeOther, "discuss", "slot", "summary", "on", step.on)
				if diff := cmp.Diff(step.want, f.note("summary")); diff != "" {
					t.Errorf("on %s (-want +got):\n%s", step.on, diff)
				}
				pressed := strings.Count(f.get("").Body.String(), `aria-pressed="true"`)
				if pressed != strings.Count(step.on, "1") {
					t.Errorf("on %s: %d slots are marked", step.on, pressed)
				}
			}
		})
	}
}

// Whatever is typed into whatever form, the page stays a page, and nothing of
// it changes but the slot; what is saved is what was typed.
func TestAnyWords(t *testing.T) {
	bits := rapid.SampledFrom([]string{"word", " ", "\n", "\r\n", "\r", "\t", "```", "~~~", "<!-- /preread:note -->", "<!-- preread:note id=asks -->", "<!-- a -->", "!discuss", "Colour: green until 2026-12-05 because tea", "Colour: ?", "- ", "1. ", "**Decide:** x", "</textarea><script>", "\u2028", "✍"})
	words := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(bits, 0, 10).Draw(t, "bits"), "")
	})
	rapid.Check(t, func(rt *rapid.T) {
		page := text
		if rapid.Bool().Draw(rt, "crlf") {
			page = strings.ReplaceAll(text, "\n", "\r\n")
		}
		f := newFixture(t, page)
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			before, err := report.ParsePage("", []byte(f.now()))
			if err != nil {
				rt.Fatal(err)
			}
			slot, typed := rapid.SampledFrom([]string{"context", "summary", "checkout/p95", "asks"}).Draw(rt, "slot"), words.Draw(rt, "words")
			action := rapid.SampledFrom([]string{"save", "both", "undo", "discuss", "colour", "ask"}).Draw(rt, "action")
			if action == "ask" {
				slot = "asks"
			}
			r := form(action, "slot", slot, "words", typed, "was", f.was(slot), "on", fmt.Sprint(len(typed)%2), "colour", "green", "until", "2026-12-05", "reason", typed, "kind", "Decide", "question", typed, "options", typed)
			w := f.serve(r)
			after, err := report.ParsePage("", []byte(f.now()))
			if err != nil {
				rt.Fatalf("%s %q broke the page: %v", action, typed, err)
			}
			if after.Tool != before.Tool {
				rt.Fatalf("%s %q changed the program's text", action, typed)
			}
			for i, n := range after.Notes {
				if n.ID != slot && n.Text != before.Notes[i].Text {
					rt.Fatalf("%s %q in %s changed %s", action, typed, slot, n.ID)
				}
			}
			if w.Code != http.StatusSeeOther {
				if f.was(slot) != sumOf(func() string { n, _ := before.Note(slot); return n.Words() }()) {
					rt.Fatalf("%s %q: code %d, and it was changed", action, typed, w.Code)
				}
				continue
			}
			n, _ := after.Note(slot)
			if want := (report.Note{Text: typed}).Words(); action == "save" && n.Words() != want && strings.TrimSpace(want) != "" {
				rt.Fatalf("saved %q, typed %q", n.Words(), want)
			}
		}
	})
}

// Of many who write at once each is saved or told that others were; nobody's
// words vanish.
func TestManyWriters(t *testing.T) {
	f := newFixture(t, text)
	f.put("summary", "\n")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			mine := fmt.Sprintf("writer %d", i)
			was := sumOf("")
			for action := "save"; ; action = "both" {
				r := form(action, "slot", "summary", "words", mine, "was", was)
				w := f.serve(r)
				if w.Code == http.StatusSeeOther {
					return
				}
				if w.Code != http.StatusConflict {
					t.Errorf("code %d: %s", w.Code, w.Body)
					return
				}
				_, rest, _ := strings.Cut(w.Body.String(), `name="was" value="`)
				was, _, _ = strings.Cut(rest, `"`)
			}
		})
	}
	all.Wait()
	for i := range 20 {
		if n := strings.Count(f.note("summary"), fmt.Sprintf("writer %d\n", i)); n != 1 {
			t.Errorf("the words of writer %d are there %d times", i, n)
		}
	}
}
