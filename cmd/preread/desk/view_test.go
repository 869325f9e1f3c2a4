package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"preread/report"
)

// harmful are words that want to be more than words.
const harmful = `"><script>alert(1)</script><img src=x onerror=alert(1)> </textarea></title><style>*{}</style> javascript:alert(1) {{.}}`

// tame wants a view to run and fetch nothing but what the desk has, and every
// form to be one of this run.
func tame(t *testing.T, view string) {
	t.Helper()
	var scripts []string
	forms, tokens := 0, 0
	for z := html.NewTokenizer(strings.NewReader(view)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		if slices.Contains([]string{"img", "iframe", "object", "embed", "base", "style", "svg"}, token.Data) {
			t.Errorf("an element %s", token)
		}
		if token.Data == "form" {
			forms++
		}
		for _, a := range token.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on") || a.Key == "style":
				t.Errorf("an attribute %s of %s", a.Key, token)
			case token.Data == "script" && a.Key == "src":
				scripts = append(scripts, a.Val)
			case slices.Contains([]string{"src", "href", "action", "formaction"}, a.Key) && !strings.HasPrefix(a.Val, "/TOKEN/") && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://jira.example/"):
				t.Errorf("%s leads to %q", token.Data, a.Val)
			case a.Key == "name" && a.Val == "token":
				tokens++
			}
		}
	}
	if diff := cmp.Diff([]string{"/TOKEN/script.js"}, scripts); diff != "" {
		t.Errorf("scripts (-want +got):\n%s", diff)
	}
	if forms != tokens {
		t.Errorf("%d forms, and %d of them hold a token", forms, tokens)
	}
}

// harm is a page and its functions with harmful words wherever words may be.
func harm(t *testing.T) *fixture {
	page := strings.ReplaceAll(text, "### Checkout p95", "### "+report.Escape(harmful))
	page = strings.ReplaceAll(page, `Kettle \& Sons`, report.Escape(harmful))
	f := newFixture(t, page)
	f.put("summary", harmful+"\n")
	f.put("checkout/p95", "Colour: red until 2026-12-05 because "+harmful+"\n\nColour: "+harmful+"\n")
	f.page.Explain = func(_ []byte, id string) (string, error) {
		return "checkout/p95: " + harmful + "\n\nstatus   red: " + harmful + "\n\nseen at:\n  " + harmful + " https://jira.example/x\"><script>alert(1)</script>\n  x javascript:alert(1)\n", nil
	}
	f.page.Before = func() (string, []byte, error) { return harmful, []byte(text), nil }
	f.page.Findings = func([]byte) ([]Finding, error) {
		return []Finding{{harmful, harmful, harmful}}, nil
	}
	f.page.Answer = func(page []byte, _, _ string) ([]byte, error) { return page, nil }
	f.page.Ready = func([]byte) (string, bool, error) { return harmful, true, nil }
	f.page.MarkReady = func([]byte, bool) error { return nil }
	f.page.Readers = []Reader{{"dana", harmful}}
	f.page.ForReader = func([]byte, string) (string, error) { return "", errors.New(harmful) }
	f.open()
	return f
}

// A title, a word and a name are never more than that, in no view.
func TestHarmlessViews(t *testing.T) {
	f := harm(t)
	for _, path := range []string{"", "changes", "review", "explain/checkout/p95", "reader/dana", "reader/eve"} {
		w := f.get(path)
		t.Run(path, func(t *testing.T) { tame(t, w.Body.String()) })
		if path != "reader/eve" && !strings.Contains(w.Body.String(), "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Errorf("%s shows nothing harmful", path)
		}
	}
	for action, pairs := range map[string][]string{
		"preview": {"slot", "summary", "words", harmful},
		"save":    {"slot", "summary", "words", harmful + " more", "was", harmful},
		"both":    {"slot", harmful, "words", harmful},
		"colour":  {"slot", harmful, "colour", "red", "reason", harmful},
		"ask":     {"kind", harmful, "question", harmful, "serves", harmful},
		"ready":   {"sum", harmful},
	} {
		w := f.serve(form(action, pairs...))
		t.Run(action, func(t *testing.T) { tame(t, w.Body.String()) })
		if w.Code < 200 || w.Code == http.StatusSeeOther {
			t.Errorf("%s: code %d", action, w.Code)
		}
	}
}

func TestPreview(t *testing.T) {
	f := newFixture(t, text)
	w := f.post(http.StatusOK, "preview", "slot", "summary", "words", "**bold** words", "was", "WAS")
	for _, want := range []string{"<strong>bold</strong> words", "**bold** words</textarea>", `name="was" value="WAS"`, `action="/TOKEN/save"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
	if f.now() != text {
		t.Error("the page has changed")
	}
}

// A slot that a browser could not give back as it is has no form.
func TestUnshownWords(t *testing.T) {
	for note, shown := range map[string]bool{"a\r\nb\n": true, "a\rb\n": false, "a\x00\n": false, "\xff\n": false} {
		f := newFixture(t, text)
		f.put("summary", note)
		body := f.get("").Body.String()
		if got := strings.Contains(body, "Words for At a glance"); got != shown || strings.Contains(body, "edit the file itself") == shown {
			t.Errorf("%q: a form: %v", note, got)
		}
	}
}

func TestChanges(t *testing.T) {
	f := newFixture(t, text)
	f.put("context", "this week\n")
	body := f.get("changes").Body.String()
	if !strings.Contains(body, "<strong>Changed since the last page:</strong> nothing.") || !strings.Contains(body, "There is no page of the week before") {
		t.Errorf("%s", body)
	}
	before := strings.Replace(text, "id=asks", "id=checkout/gone", 1)
	f.page.Before = func() (string, []byte, error) {
		page, err := report.PutNote([]byte(before), "checkout/gone", "last week\n")
		return "2026-W45", page, err
	}
	f.open()
	now, _ := report.ParsePage("", []byte(f.now()))
	_, page, err := f.page.Before()
	if err != nil {
		t.Fatal(err)
	}
	then, _ := report.ParsePage("", page)
	want := []changed{
		{"Kettle & Sons: 2026-W46", "context", "<div class=\"note\">\n<p>this week</p>\n</div>\n", ""},
		{"Asks", "checkout/gone", "", "<div class=\"note\">\n<p>last week</p>\n</div>\n"},
	}
	if diff := cmp.Diff(want, changedSlots(now, then)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if body := f.get("changes").Body.String(); !strings.Contains(body, "2026-W45") || !strings.Contains(body, "last week") {
		t.Errorf("%s", body)
	}
}

func TestDerivation(t *testing.T) {
	title, lines := derivation("checkout/p95: Checkout p95\n\nstatus   red: 0.4 s\n         last 1 week: 0.4\nforecast half\n\nbefore that, 2026-W40: 1 2\n\n2026-W41  5          exact  5 of 15 done\n\nseen at:\n  parent = POUR-100\n  POUR-1 done: Tea https://jira.example/POUR-1\n  https://jira.example/x\n  bad https://\n")
	if title != "checkout/p95: Checkout p95" {
		t.Errorf("the title is %q", title)
	}
	want := []derivedLine{
		{Labelled: true, Label: "status", Words: "red: 0.4 s"},
		{Labelled: true, Indented: true, Words: "last 1 week: 0.4"},
		{Labelled: true, Label: "forecast", Words: "half"},
		{},
		{Words: "before that, 2026-W40: 1 2"},
		{},
		{Labelled: true, Label: "2026-W41", Words: "5 · exact · 5 of 15 done"},
		{},
		{Words: "seen at:"},
		{Indented: true, Words: "parent = POUR-100"},
		{Indented: true, Words: "POUR-1 done: Tea", Address: "https://jira.example/POUR-1"},
		{Indented: true, Words: "https://jira.example/x", Address: "https://jira.example/x"},
		{Indented: true, Words: "bad https://"},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f := newFixture(t, text)
	f.page.Explain = func(page []byte, id string) (string, error) {
		return id + ": of this page " + string(page[:4]) + "\n\n  POUR-1 https://jira.example/POUR-1\n", nil
	}
	f.open()
	if body := f.get("explain/checkout/p95").Body.String(); !strings.Contains(body, `<a href="https://jira.example/POUR-1" rel="noreferrer noopener">POUR-1</a>`) || !strings.Contains(body, `href="/TOKEN/#checkout/p95"`) {
		t.Errorf("%s", body)
	}
}

// The links between the views say which one is shown.
func TestBar(t *testing.T) {
	f := newFixture(t, text)
	for path, want := range map[string]string{"": `<a href="/TOKEN/" aria-current="page">2026-W46.md</a>`, "changes": `<a href="/TOKEN/changes" aria-current="page">What changed</a>`} {
		if body := f.get(path).Body.String(); strings.Count(body, "aria-current") != 1 || !strings.Contains(body, want) {
			t.Errorf("%q: %s", path, body)
		}
	}
	for path, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "script.js": "text/javascript; charset=utf-8"} {
		if w := f.get(path); w.Header().Get("Content-Type") != kind || w.Body.Len() < 1000 {
			t.Errorf("%s is %s of %d bytes", path, w.Header().Get("Content-Type"), w.Body.Len())
		}
	}
}
