package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate/history"
	"preread/cmd/preread/desk"
	"preread/sources"
)

// handle returns the desk of a folder's page, without a network; atMoment is
// called at the moments of its changes.
func (d folder) handle(t *testing.T, facts string, atMoment func(string)) (*handled, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	p := &program{
		ctx: t.Context(), stdout: said, stderr: said, atMoment: atMoment, configFile: d.settings,
		getenv: d.getenv, now: func() time.Time { return scriptNow }, patience: time.Minute,
	}
	c, err := p.settings()
	if err != nil {
		t.Fatal(err)
	}
	m, done := p.remembering(c)
	t.Cleanup(done)
	o := (&job{program: p, config: c, memory: m}).opened(d.page, sources.Week{Year: 2026, N: 46}, facts)
	door := desk.Door{Address: "127.0.0.1:1", Token: "token"}
	return &handled{t, o, desk.New(o.page(), door), door}, said
}

// A handled page is one on a desk.
type handled struct {
	t *testing.T
	*opened
	desk *desk.Desk
	door desk.Door
}

func (h *handled) get(path string) (code int, body string) {
	w := httptest.NewRecorder()
	h.desk.ServeHTTP(w, httptest.NewRequest(http.MethodGet, h.door.Inside()+path, nil))
	return w.Code, w.Body.String()
}

// post sends a form that begins with what is in its slot now.
func (h *handled) post(action, slot string, pairs ...string) (code int, body string) {
	h.t.Helper()
	_, whole := h.get("")
	_, rest, _ := strings.Cut(whole, `name="slot" value="`+slot+`"><input type="hidden" name="was" value="`)
	was, _, found := strings.Cut(rest, `"`)
	if !found {
		h.t.Fatalf("no form for %s", slot)
	}
	return h.send(action, slot, was, pairs...)
}

func (h *handled) send(action, slot, was string, pairs ...string) (code int, body string) {
	fields := url.Values{"token": {h.door.Token}, "slot": {slot}, "was": {was}}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, h.door.Inside()+action, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.desk.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// fine wants a form to be accepted.
func (h *handled) fine(action, slot string, pairs ...string) {
	h.t.Helper()
	if code, body := h.post(action, slot, pairs...); code != http.StatusSeeOther {
		h.t.Fatalf("%s %s: code %d: %s", action, slot, code, body)
	}
}

// note returns the words of a slot as they are in the file.
func (d folder) note(t *testing.T, id string) string {
	t.Helper()
	n, err := parsePage(t, []byte(d.read(t))).Note(id)
	if err != nil {
		t.Fatal(err)
	}
	return n.Text
}

// What is written on the desk is what draft would have kept and made: the page
// is the same whoever writes it.
func TestTheDeskWritesAsDraftDoes(t *testing.T) {
	d := newDraft(t)
	h, said := d.handle(t, "", nil)
	empty := d.read(t)
	const words = "The vault slipped.\r\n\r\n- [ ] Ana: fallback, Thu"
	h.fine("save", "summary", "words", words)
	if diff := cmp.Diff(strings.Replace(empty, "\n"+prompt(t, empty, "summary")+"\n", "\n"+strings.ReplaceAll(words, "\r", "")+"\n", 1), d.read(t)); diff != "" {
		t.Errorf("more than the words has changed (-want +got):\n%s", diff)
	}
	// A colour of one's own stands at the top at once.
	h.fine("colour", "checkout/p95", "colour", "green", "until", "2026-12-05", "reason", "it was a drill")
	if page := d.read(t); !strings.Contains(page, "**Where we see it otherwise:**\n\n- Checkout, Checkout p95: amber by its rule; we say green until 5 December 2026 (page): it was a drill\n") {
		t.Error("the colour is not heard")
	}
	h.fine("ask", "asks", "kind", "Decide", "question", "Do we drop the vault?")
	h.fine("discuss", "checkout/p95", "on", "1")
	h.fine("save", "summary", "words", "")
	if got := prompt(t, d.read(t), "summary"); !strings.HasPrefix(got, "✍ ") {
		t.Errorf("a slot that is empty again holds %q", got)
	}
	h.fine("undo", "summary")
	written := d.read(t)
	if code, talk := d.draft(t, nil); code != exitFine || talk != "" {
		t.Errorf("exit %d: %s", code, talk)
	}
	if diff := cmp.Diff(written, d.read(t)); diff != "" {
		t.Errorf("draft makes another page of it (-desk +draft):\n%s", diff)
	}
	for id, want := range map[string]string{
		"summary":      "\n" + strings.ReplaceAll(words, "\r", "") + "\n\n",
		"checkout/p95": "\nColour: green until 2026-12-05 because it was a drill\n\n!discuss\n\n",
		"asks":         "\n- **Decide:** Do we drop the vault?\n\n",
	} {
		if got := d.note(t, id); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	if said.Len() > 0 {
		t.Errorf("it says %s", said)
	}
	d.tidy(t)
}

func prompt(t *testing.T, page, id string) string {
	t.Helper()
	n, err := parsePage(t, []byte(page)).Note(id)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(n.Text)
}

// Before words are replaced they are remembered, and then as often as somebody
// else has written.
func TestTheDeskRemembers(t *testing.T) {
	d := newDraft(t)
	h, _ := d.handle(t, "", nil)
	count := func() int {
		pages, err := h.memory.store.Pages(t.Context(), d.page)
		if err != nil {
			t.Fatal(err)
		}
		return len(slices.DeleteFunc(pages, func(p history.Page) bool { return !p.Found }))
	}
	before := count()
	for range 3 {
		h.fine("save", "summary", "words", "words "+d.note(t, "summary"))
	}
	if n := count() - before; n != 1 {
		t.Errorf("three saves: %d pages are remembered, want 1", n)
	}
	write(t, d.page, strings.Replace(d.read(t), "words", "by hand, words", 1))
	h.fine("save", "asks", "words", "words")
	if n := count() - before; n != 2 {
		t.Errorf("after somebody else: %d pages are remembered, want 2", n)
	}
	h.opened.now = func() time.Time { return scriptNow.Add(rememberEvery) }
	h.fine("save", "asks", "words", "others")
	if n := count() - before; n != 3 {
		t.Errorf("after a while: %d pages are remembered, want 3", n)
	}
}

// Figures are explained without a network, by the facts that the page was made
// of; where they are not at hand that is said, and everything else works.
func TestTheDeskExplains(t *testing.T) {
	d := newDraft(t)
	explained := say(t, exitFine, "explain", "-c", d.settings, "--facts", d.facts, "checkout/p95")
	rule := strings.SplitN(explained, "\n", 5)[3]
	want := func(facts string, charts bool, missing string) {
		t.Helper()
		h, _ := d.handle(t, facts, nil)
		code, body := h.get("explain/checkout/p95")
		if fine := code == http.StatusOK && strings.Contains(body, strings.TrimSpace(strings.TrimPrefix(rule, "rule"))) && strings.Contains(body, `rel="noreferrer noopener"`); fine != charts {
			t.Errorf("explained: %v, code %d: %.3000s", fine, code, body)
		}
		code, whole := h.get("")
		if n := strings.Count(whole, `class="chart"`); code != http.StatusOK || n > 0 != charts || strings.Contains(whole, "/explain/") != charts {
			t.Errorf("%d charts, code %d", n, code)
		}
		if said := strings.Contains(whole, "There are no charts"); said == charts || !strings.Contains(whole, missing) || !charts && !strings.Contains(body, missing) {
			t.Errorf("it is said: %v", said)
		}
		before := d.note(t, "asks")
		h.fine("save", "asks", "words", before+"more")
		if got := d.note(t, "asks"); strings.TrimSpace(got) != strings.TrimSpace(before+"more") {
			t.Errorf("saved: %q", got)
		}
	}
	want("", true, "")
	want(d.facts, true, "")
	h, _ := d.handle(t, "", nil)
	if code, body := h.get("explain/checkout/nothing"); code != http.StatusNotFound || !strings.Contains(body, "no line is called") {
		t.Errorf("a line that is not there: code %d: %s", code, body)
	}
	page := d.read(t)
	write(t, d.page, regexp.MustCompile(`made=\S+`).ReplaceAllString(page, "made=2026-11-17T05:00:00Z"))
	want("", false, "this page was made anew elsewhere, and the facts on this machine are older")
	write(t, d.page, page)
	if err := os.RemoveAll(filepath.Join(d.state, "preread", "facts")); err != nil {
		t.Fatal(err)
	}
	want("", false, "the facts behind this page are not on this machine")
	want(filepath.Join(d.dir, "no-such.json"), false, "the facts behind this page are not on this machine")
	want("", false, "preread draft makes it here; preread open --facts takes")
	h, _ = d.handle(t, "", nil)
	h.opened.now = func() time.Time { return scriptNow.AddDate(0, 0, 7) }
	if _, body := h.get("explain/checkout/p95"); !strings.Contains(body, "preread draft --week 2026-W46 makes it here; preread open --week 2026-W46 --facts takes") {
		t.Errorf("a week later: %s", body)
	}
}

// A page is ready as it was seen: whatever changes it takes that away.
func TestTheDeskMarksAsReady(t *testing.T) {
	d := newDraft(t)
	h, _ := d.handle(t, "", nil)
	minutes := 0
	h.opened.now = func() time.Time { minutes++; return scriptNow.Add(time.Duration(minutes) * time.Minute) }
	mark := func(on string) {
		t.Helper()
		_, whole := h.get("")
		_, rest, _ := strings.Cut(whole, `name="sum" value="`)
		sum, _, _ := strings.Cut(rest, `"`)
		if code, body := h.send("ready", "", "", "on", on, "sum", sum); code != http.StatusSeeOther {
			t.Fatalf("code %d: %s", code, body)
		}
	}
	says := func(words ...string) {
		t.Helper()
		_, whole := h.get("")
		for _, w := range words {
			if !strings.Contains(whole, w) {
				t.Errorf("it does not say %q", w)
			}
		}
		for _, w := range []string{"Ready since 16 November", "Changed since it was ready on 16 November", "Mark as ready", "Not ready after all"} {
			if !slices.Contains(words, w) && strings.Contains(whole, w) {
				t.Errorf("it says %q", w)
			}
		}
	}
	says("Mark as ready")
	mark("1")
	says("Ready since 16 November", "Not ready after all")
	if code, talk := d.draft(t, nil); code != exitFine {
		t.Fatal(talk)
	}
	says("Ready since 16 November", "Not ready after all")
	h.fine("save", "asks", "words", "one more thing")
	says("Changed since it was ready on 16 November", "Mark as ready")
	mark("1")
	mark("0")
	says("Mark as ready")
	if pages := say(t, exitFine, "history", "pages", "--week", "2026-W46", "-c", d.settings); strings.Contains(pages, readySuffix) {
		t.Errorf("the marks are listed as pages:\n%s", pages)
	}
}

// A page that is sent while it is open stays as it was sent, and is still
// there to be read.
func TestTheDeskLeavesASentPage(t *testing.T) {
	d := newDraft(t)
	h, _ := d.handle(t, "", nil)
	h.fine("save", "summary", "words", "said before")
	say(t, exitFine, "publish", "-c", d.settings, "--week", "2026-W46")
	sent := d.read(t)
	code, body := h.send("save", "summary", "", "words", "said after")
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "the page was sent on 2026-11-16 and stays as it is") || !strings.Contains(body, "said after</textarea>") {
		t.Errorf("code %d: %s", code, body)
	}
	if diff := cmp.Diff(sent, d.read(t)); diff != "" {
		t.Errorf("the page has changed (-sent +now):\n%s", diff)
	}
	if code, whole := h.get(""); code != http.StatusOK || !strings.Contains(whole, "said before") || !strings.Contains(whole, `class="chart"`) || strings.Contains(whole, "<form") {
		t.Errorf("code %d: it is not there, or asks for more: %s", code, whole)
	}
	d.tidy(t)
}

// While the page is open another run may make it anew: what it shows is new
// then.
func TestTheDeskSeesANewDraft(t *testing.T) {
	d := newDraft(t)
	h, _ := d.handle(t, "", nil)
	h.fine("save", "asks", "words", "written before")
	text, err := os.ReadFile(d.facts)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := sources.Load(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p95, _ := facts.Find("checkout", "p95")
	p95.Readings[len(p95.Readings)-1].Value = 0.3125
	var changed bytes.Buffer
	if err := facts.Save(&changed); err != nil {
		t.Fatal(err)
	}
	write(t, d.facts, changed.String())
	if code, talk := d.draft(t, nil); code != exitFine {
		t.Fatal(talk)
	}
	_, whole := h.get("")
	if !strings.Contains(whole, "written before") || !strings.Contains(whole, `>0.312 s</text>`) || !strings.Contains(whole, `/explain/checkout/p95">0.312 s</a>`) {
		t.Error("the page is the old one, or so is its chart")
	}
}

// Draft may run at any moment: what is saved on the desk meanwhile is on the
// page in the end, and so is what draft made.
func TestDraftWhileTheDeskSaves(t *testing.T) {
	d := newDraft(t)
	h, _ := d.handle(t, "", nil)
	for n, at := range []string{"locked", "found", "write", "written", "place", "placed", "remembered"} {
		t.Run(at, func(t *testing.T) {
			d.change(t, n)
			words := fmt.Sprintf("words %d", n)
			saved := make(chan int, 1)
			code, talk := d.draft(t, func(moment string) {
				if moment == at {
					_, whole := h.get("")
					_, rest, _ := strings.Cut(whole, `name="slot" value="asks"><input type="hidden" name="was" value="`)
					was, _, _ := strings.Cut(rest, `"`)
					go func() {
						code, _ := h.send("save", "asks", was, "words", words)
						saved <- code
					}()
				}
			})
			if code != exitFine {
				t.Fatalf("exit %d: %s", code, talk)
			}
			if code := <-saved; code != http.StatusSeeOther {
				t.Errorf("the desk's code is %d", code)
			}
			if text := d.read(t); d.note(t, "asks") != "\n"+words+"\n\n" || !strings.Contains(text, fmt.Sprintf("Title %d", n)) {
				t.Error("the words are lost, or what draft made is")
			}
			d.tidy(t)
		})
	}
}

// Whatever moment of a save somebody saves the file at by hand, both are there:
// in another slot at once, and in the same one after a word of warning.
func TestByHandWhileTheDeskSaves(t *testing.T) {
	d := newDraft(t)
	n := 0
	for _, slot := range []string{"parked", "asks"} {
		for _, moments := range [][]string{{"locked"}, {"found"}, {"write"}, {"written"}, {"place"}, {"place", "placed"}, {"place", "placed back"}} {
			n++
			t.Run(slot+" at "+strings.Join(moments, " and "), func(t *testing.T) {
				hand, mine := fmt.Sprintf("by hand %d", n), fmt.Sprintf("on the desk %d", n)
				pending, base := moments, []byte(d.read(t))
				h, said := d.handle(t, "", func(moment string) {
					if len(pending) > 0 && moment == pending[0] {
						// What they save is what they had in their editor, and more.
						hand += " " + moment
						write(t, d.page, string(writeSlot(t, base, slot, hand+"\n")))
						pending = pending[1:]
					}
				})
				code, body := h.post("save", "asks", "words", mine)
				switch {
				case len(pending) > 0:
					t.Fatalf("there was no moment %q", pending[0])
				case code == http.StatusConflict && slot == "asks":
					if !strings.Contains(body, hand) || !strings.Contains(body, mine+"</textarea>") {
						t.Errorf("not both are shown: %s", body)
					}
					_, rest, _ := strings.Cut(body, `name="was" value="`)
					was, _, _ := strings.Cut(rest, `"`)
					if code, body := h.send("both", "asks", was, "words", mine); code != http.StatusSeeOther {
						t.Errorf("both: code %d: %s", code, body)
					}
				case code != http.StatusSeeOther:
					t.Fatalf("code %d: %s", code, body)
				}
				if text := d.read(t); !strings.Contains(text, hand) || !strings.Contains(text, mine) {
					t.Errorf("words are lost; it says %s", said)
				}
				d.tidy(t)
			})
		}
	}
}

// BenchmarkOpen asks for the page of 40 lines, each with a chart and a form:
// the median of how long the answer takes.
func BenchmarkOpen(b *testing.B) {
	c := serve(b)
	settings := c.systems.Settings()
	for i := range 20 {
		settings += fmt.Sprintf("\n  [[team.metric]]\n  id = \"more-%d\"\n  title = \"One more figure, number %d\"\n  from = \"prom\"\n  query = 'histogram_quantile(0.95, sum by (le) (rate(checkout_seconds_bucket[1w])))'\n  unit = \"s\"\n  better = \"lower\"\n  green = \"<= 0.3\"\n  red = \"> 0.5\"\n", i, i)
	}
	write(b, c.settings(), settings)
	p := &program{ctx: b.Context(), stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, now: func() time.Time { return scriptNow }, configFile: c.settings(), getenv: func(name string) string {
		if name == "XDG_STATE_HOME" {
			return filepath.Join(c.dir, "state")
		}
		return ""
	}}
	err := p.with(func(j *job) error {
		done, err := j.draft(drafting{request: request{week: "last"}, formats: []string{"markdown"}, silent: true})
		if err != nil {
			return err
		}
		door := desk.Door{Address: "127.0.0.1:1", Token: "token"}
		d := desk.New(j.opened(done.path, done.report.Window.Last, "").page(), door)
		var took []time.Duration
		for b.Loop() {
			r := httptest.NewRequest(http.MethodGet, door.Inside(), nil)
			w := httptest.NewRecorder()
			began := time.Now()
			d.ServeHTTP(w, r)
			took = append(took, time.Since(began))
			if n := strings.Count(w.Body.String(), `class="chart"`); w.Code != http.StatusOK || n != 40 {
				b.Fatalf("code %d, %d charts", w.Code, n)
			}
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// The review of the page that is open finds what preread review does, an answer
// stands behind the words that it is about, and each form is that of draft.
func TestReviewAndFormsOnTheDesk(t *testing.T) {
	d := newDraft(t)
	h, _ := d.handle(t, "", nil)
	h.fine("save", "summary", "words", "LCP got worse because of the vault.")
	code, body := h.get("review")
	m := regexp.MustCompile(`name="finding" value="(\d+ acronym summary)"`).FindStringSubmatch(body)
	if code != http.StatusOK || m == nil || !strings.Contains(body, "LCP") {
		t.Fatalf("the review: %d: %s", code, body)
	}
	if code, body := h.send("answer", "", "", "finding", m[1], "words", "LCP is how soon most of a page is seen."); code != http.StatusSeeOther {
		t.Fatalf("the answer: %d: %s", code, body)
	}
	if got, want := d.note(t, "summary"), "\nLCP got worse because of the vault.\n\nLCP is how soon most of a page is seen.\n\n"; got != want {
		t.Errorf("the summary is %q, want %q", got, want)
	}
	h.fine("ask", "asks", "kind", "Decide", "question", "Do we drop the vault?")
	for form, want := range map[string]string{"hpm": "<h2>Highlights</h2>", "agenda": "Do we drop the vault?", "nrr": "I need an answer: Do we drop the vault?"} {
		if code, body := h.get("reader/form:" + form); code != http.StatusOK || !strings.Contains(body, want) || strings.Contains(body, "preread:note") {
			t.Errorf("%s: %d: %s", form, code, body)
		}
	}
	if code, _ := h.get("reader/nobody"); code != http.StatusNotFound {
		t.Errorf("a reader that is not there: %d", code)
	}
}
