package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/report"
	"preread/sources"
)

const token = "TOKEN"

var here = Door{Address: "127.0.0.1:4242", Token: token, Key: "KEY"}

// text is a page as it is on disk.
const text = `<!-- preread:doc v=1 week=2026-W46 made=2026-11-16T06:00:00Z sum=0 -->

# Kettle \& Sons: 2026-W46

<!-- preread:note id=context -->

✍ **What is this about, in one line?**

<!-- /preread:note -->

## At a glance

**Changed since the last page:** nothing.

<!-- preread:note id=summary -->
close words
<!-- /preread:note -->

### Checkout p95

<!-- preread:note id=checkout/p95 -->

✍ **Why red? What next? Who, by when?**

<!-- /preread:note -->

## Asks

<!-- preread:note id=asks -->

✍ **What do you ask, of whom, by when, and what if nobody answers?**

<!-- /preread:note -->

the end
`

// A fixture is a desk with a page in memory.
type fixture struct {
	t    testing.TB
	desk *Desk
	page Page

	mu   sync.Mutex
	text []byte
}

func newFixture(t testing.TB, text string) *fixture {
	f := &fixture{t: t, text: []byte(text)}
	f.page = Page{
		Name: "2026-W46.md",
		Read: func() ([]byte, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			return bytes.Clone(f.text), nil
		},
		Change: func(edit func([]byte) ([]byte, error)) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			next, err := edit(bytes.Clone(f.text))
			if err == nil {
				f.text = next
			}
			return err
		},
		Render: func(text []byte, w report.Writing) (string, string, error) {
			page, err := report.ParsePage("", text)
			if err != nil {
				return "", "", err
			}
			var b strings.Builder
			for _, n := range page.Notes {
				b.WriteString("<h1>" + n.ID + "</h1><div class=\"words\">" + noteHTML(n.Words(), 1) + "</div>" + w.Forms[n.ID])
			}
			return b.String(), "", nil
		},
		Today: func() sources.Day { return sources.Day{Year: 2026, Month: time.November, Day: 16} },
	}
	f.open()
	return f
}

// open makes the desk anew, after the page's functions were changed.
func (f *fixture) open() { f.desk = New(f.page, here) }

func (f *fixture) now() string {
	text, _ := f.page.Read()
	return string(text)
}

// note returns the text of a slot.
func (f *fixture) note(id string) string {
	f.t.Helper()
	page, err := report.ParsePage("", []byte(f.now()))
	if err != nil {
		f.t.Fatal(err)
	}
	n, err := page.Note(id)
	if err != nil {
		f.t.Fatal(err)
	}
	return n.Text
}

// put puts text into a slot, as another program does.
func (f *fixture) put(id, text string) {
	f.t.Helper()
	if err := f.page.Change(func(page []byte) ([]byte, error) { return report.PutNote(page, id, text) }); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) was(id string) string { return sumOf((report.Note{Text: f.note(id)}).Words()) }

func (f *fixture) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.desk.ServeHTTP(w, r)
	return w
}

func (f *fixture) get(path string) *httptest.ResponseRecorder {
	return f.serve(httptest.NewRequest(http.MethodGet, here.Inside()+path, nil))
}

// form is a form as a browser sends it from the page.
func form(action string, pairs ...string) *http.Request {
	fields := url.Values{"token": {token}}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, here.Inside()+action, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "null") // the page's policy tells nobody where it is
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// post sends a form and wants a code.
func (f *fixture) post(code int, action string, pairs ...string) *httptest.ResponseRecorder {
	f.t.Helper()
	w := f.serve(form(action, pairs...))
	if w.Code != code {
		f.t.Fatalf("%s %v: code %d, want %d: %s", action, pairs, w.Code, code, w.Body)
	}
	return w
}

// script sends a form as the script does.
func (f *fixture) script(code int, action string, pairs ...string) (answer reply) {
	f.t.Helper()
	r := form(action, pairs...)
	r.Header.Set("Accept", "application/json")
	w := f.serve(r)
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != code {
		f.t.Fatalf("%s %v: code %d, want %d: %v: %s", action, pairs, w.Code, code, err, w.Body)
	}
	return answer
}

// What is not there is not shown, and has no address.
func TestSeams(t *testing.T) {
	f := newFixture(t, text)
	whole := f.get("").Body.String()
	for _, word := range []string{"Review", "Mark as ready", "For Dana"} {
		if strings.Contains(whole, word) {
			t.Errorf("%q is shown", word)
		}
	}
	for _, path := range []string{"review", "reader/dana", "explain/checkout/p95"} {
		if code := f.get(path).Code; code != http.StatusNotFound {
			t.Errorf("%s: code %d", path, code)
		}
	}
	f.post(http.StatusNotFound, "ready", "on", "1")
	f.post(http.StatusNotFound, "answer", "finding", "1")

	marked := ""
	f.page.Findings = func([]byte) ([]Finding, error) {
		return []Finding{{ID: "1", Slot: "summary", Text: "What is a p95 <?>"}}, nil
	}
	f.page.Answer = func(page []byte, finding, words string) ([]byte, error) {
		if finding != "1" {
			return nil, &report.WordsError{Reason: "nobody asked that"}
		}
		return report.PutNote(page, "summary", words+"\n")
	}
	f.page.Readers = []Reader{{"dana", "For Dana"}}
	f.page.ForReader = func([]byte, string) (string, error) { return "<h1>What Dana sees</h1>", nil }
	f.page.Ready = func(page []byte) (string, bool, error) { return "Ready since today", marked == string(page), nil }
	f.page.MarkReady = func(page []byte, ready bool) error {
		if marked = ""; ready {
			marked = string(page)
		}
		return nil
	}
	f.open()
	whole = f.get("").Body.String()
	for _, word := range []string{"Review", "Mark as ready", "For Dana"} {
		if !strings.Contains(whole, word) {
			t.Errorf("%q is not shown", word)
		}
	}
	if body := f.get("reader/dana").Body.String(); !strings.Contains(body, "<h1>What Dana sees</h1>") {
		t.Errorf("the reader's page: %s", body)
	}
	if code := f.get("reader/eve").Code; code != http.StatusNotFound {
		t.Errorf("a reader that is not there: %d", code)
	}
	if body := f.get("review").Body.String(); !strings.Contains(body, "What is a p95 &lt;?&gt;") || !strings.Contains(body, `name="words" rows="3" required aria-label="Answer: What is a p95 &lt;?&gt;"></textarea>`) {
		t.Errorf("the review: %s", body)
	}
	f.post(http.StatusSeeOther, "answer", "finding", "1", "words", "the slow ones")
	if got := f.note("summary"); got != "the slow ones\n" {
		t.Errorf("answered: %q", got)
	}
	if w := f.post(http.StatusUnprocessableEntity, "answer", "finding", "2", "words", "x"); !strings.Contains(w.Body.String(), "nobody asked that") {
		t.Errorf("another finding: %s", w.Body)
	}
	f.post(http.StatusConflict, "ready", "on", "1", "sum", sumOf(whole))
	if marked != "" {
		t.Error("what nobody has seen is ready")
	}
	f.post(http.StatusSeeOther, "ready", "on", "1", "sum", sumOf(f.now()))
	if marked != f.now() || !strings.Contains(f.get("").Body.String(), "Not ready after all") {
		t.Error("the page is not ready")
	}
	f.post(http.StatusSeeOther, "ready", "on", "0", "sum", sumOf(f.now()))
	if marked != "" {
		t.Error("the page is still ready")
	}
}

// What is on disk is told part by part, as the forms of the page know it.
func TestState(t *testing.T) {
	f := newFixture(t, text)
	tell := func() (s state) {
		t.Helper()
		w := f.get("state")
		if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK {
			t.Fatalf("code %d: %v: %s", w.Code, err, w.Body)
		}
		return s
	}
	first := tell()
	if whole := f.get("").Body.String(); !strings.Contains(whole, `data-page="`+first.Page+`" data-state="/TOKEN/state"`) || strings.Contains(f.get("changes").Body.String(), "data-page") {
		t.Error("the page does not know what it shows, or another view does")
	}
	answer := f.script(http.StatusOK, "save", "slot", "summary", "words", "other words", "was", f.was("summary"))
	if s := tell(); s.Slots["summary"] != answer.Was || s.Page != first.Page || s.Slots["asks"] != first.Slots["asks"] || len(s.Slots) != 4 {
		t.Errorf("after words were saved: %+v, and first %+v", s, first)
	}
	f.text = []byte(strings.Replace(strings.Replace(text, "the end", "the very end", 1), "made=2026", "made=2027", 1))
	if s := tell(); s.Page == first.Page || s.Slots["summary"] != first.Slots["summary"] {
		t.Errorf("after the page was made anew: %+v, and first %+v", s, first)
	}
	f.text = []byte(strings.Replace(text, "made=2026", "made=2027", 1))
	if diff := cmp.Diff(first, tell()); diff != "" {
		t.Errorf("the same page, made later (-want +got):\n%s", diff)
	}
	f.text = []byte("<!-- preread:note id=x -->\n")
	if w := f.get("state"); w.Code != http.StatusInternalServerError {
		t.Errorf("a broken page: code %d", w.Code)
	}
}

// What cannot be read or shown is said, and breaks nothing.
func TestTroubles(t *testing.T) {
	f := newFixture(t, "<!-- preread:note id=x -->\n")
	if w := f.get(""); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "2026-W46.md:1: note &#34;x&#34; is never closed. Mend that in the file, then reload.") {
		t.Errorf("a broken page: %d %s", w.Code, w.Body)
	}
	f.post(http.StatusInternalServerError, "save", "slot", "x", "words", "a")
	f = newFixture(t, text)
	f.page.Change = func(func([]byte) ([]byte, error)) error { return errors.New("the disk is full") }
	f.page.Explain = func([]byte, string) (string, error) { return "", errors.New("no line is called that") }
	f.page.Before = func() (string, []byte, error) { return "", nil, errors.New("it may not be opened") }
	f.open()
	if w := f.post(http.StatusInternalServerError, "save", "slot", "summary", "words", "all my words", "was", f.was("summary")); !strings.Contains(w.Body.String(), "Not saved: the disk is full.") || !strings.Contains(w.Body.String(), "all my words</textarea>") {
		t.Errorf("a full disk: %s", w.Body)
	}
	if w := f.get("explain/a/b"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "no line is called that.") {
		t.Errorf("no such line: %s", w.Body)
	}
	if w := f.get("changes"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "The page of the week before cannot be read: it may not be opened.") {
		t.Errorf("no week before: %s", w.Body)
	}
	f.page.Render = func([]byte, report.Writing) (string, string, error) { return "", "", errors.New("no ink") }
	f.open()
	if w := f.get(""); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "no ink.") {
		t.Errorf("no ink: %s", w.Body)
	}
}
