package desk

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"preread/report"
	"preread/sources"
)

// sentText is the page after it was sent, late in the evening.
var sentText = strings.Replace(text, " sum=0 ", " sum=0 sent=2026-11-16T23:30:00Z ", 1)

const sentRefusal = "Not saved: the page was sent on 2026-11-17 and stays as it is; preread draft --amend adds a dated line to it."

// sentOn is the day in a zone where it is tomorrow already.
func sentOn(p report.Page) sources.Day {
	return sources.DayOf(p.Mark.Sent.In(time.FixedZone("", 3600)))
}

// readied gives a fixture all that a page can have.
func (f *fixture) readied() {
	f.page.SentOn = sentOn
	f.page.Findings = func([]byte) ([]Finding, error) {
		return []Finding{{ID: "1", Slot: "summary", Text: "What is a p95?"}}, nil
	}
	f.page.Answer = func(page []byte, _, words string) ([]byte, error) { return report.PutNote(page, "summary", words+"\n") }
	f.page.Ready = func([]byte) (string, bool, error) { return "", false, nil }
	f.page.MarkReady = func([]byte, bool) error { f.t.Error("it is marked as ready"); return nil }
	f.open()
}

// A page that was sent is there to be read, and says so.
func TestSentPageIsRead(t *testing.T) {
	f := newFixture(t, sentText)
	f.readied()
	for _, path := range []string{"", "review", "changes"} {
		w := f.get(path)
		if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, "<form") || strings.Contains(body, "<textarea") {
			t.Errorf("%q: code %d, or there is a form: %s", path, w.Code, body)
		} else if !strings.Contains(body, "This page was sent on 2026-11-17 and stays as it is. preread draft --amend adds a dated line to it.") {
			t.Errorf("%q does not say that it was sent: %s", path, body)
		}
	}
	if body := f.get("").Body.String(); !strings.Contains(body, "close words") {
		t.Errorf("the words are not there: %s", body)
	}
	if body := f.get("review").Body.String(); !strings.Contains(body, "What is a p95?") {
		t.Errorf("the review is not there: %s", body)
	}
}

// Whoever had the page open when it was sent changes nothing on it any more, and
// still has what they typed.
func TestSentPageIsNotWritten(t *testing.T) {
	sum := func(id string) string {
		return newFixture(t, text).was(id)
	}
	for name, tt := range map[string]struct {
		action string
		fields []string
		typed  []string
	}{
		"save":    {"save", []string{"slot", "summary", "was", sum("summary"), "words", "mine & <yours>"}, []string{"mine &amp; &lt;yours&gt;</textarea>"}},
		"both":    {"both", []string{"slot", "summary", "was", sum("summary"), "words", "mine"}, []string{"mine</textarea>"}},
		"a clash": {"save", []string{"slot", "summary", "was", "other", "words", "mine"}, []string{"mine</textarea>"}},
		"keep":    {"keep", []string{"slot", "gone", "words", "mine"}, []string{"mine</textarea>"}},
		"gone":    {"save", []string{"slot", "gone", "words", "mine"}, []string{"mine</textarea>"}},
		"discuss": {"discuss", []string{"slot", "summary", "on", "1"}, nil},
		"colour": {"colour", []string{"slot", "checkout/p95", "was", sum("checkout/p95"), "colour", "green", "until", "2026-12-05", "reason", "a drill"},
			[]string{"<option selected>green", `value="2026-12-05"`, `value="a drill"`}},
		"no colour": {"colour", []string{"slot", "checkout/p95", "was", sum("checkout/p95"), "do", "remove", "colour", "green"}, nil},
		"ask":       {"ask", []string{"slot", "asks", "was", sum("asks"), "kind", "Decide", "question", "Do we drop it?", "silent", "we wait"}, []string{`value="Do we drop it?"`, `value="we wait"`}},
		"answer":    {"answer", []string{"finding", "1", "words", "my answer"}, []string{"my answer</textarea>"}},
		"ready":     {"ready", []string{"on", "1", "sum", sumOf(sentText)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, sentText)
			f.readied()
			body := f.post(http.StatusUnprocessableEntity, tt.action, tt.fields...).Body.String()
			if f.now() != sentText {
				t.Errorf("the page was changed: %s", f.now())
			}
			if !strings.Contains(body, "he page was sent on 2026-11-17 and stays as it is") {
				t.Errorf("it does not say why: %s", body)
			}
			for _, typed := range tt.typed {
				if !strings.Contains(body, typed) {
					t.Errorf("%q is lost: %s", typed, body)
				}
			}
			if strings.Contains(body, "<button") {
				t.Errorf("it offers more of the same: %s", body)
			}
		})
	}
	f := newFixture(t, text)
	f.page.SentOn = sentOn
	f.open()
	f.post(http.StatusSeeOther, "save", "slot", "summary", "was", f.was("summary"), "words", "mine")
	before := stateOf(mustParse(t, f.now()))
	f.text = []byte(strings.Replace(f.now(), " sum=0 ", " sum=0 sent=2026-11-16T23:30:00Z ", 1))
	if stateOf(mustParse(t, f.now())).Page == before.Page {
		t.Error("the script does not learn that it was sent")
	}
	// Words that are there already are saved.
	f.script(http.StatusOK, "save", "slot", "summary", "was", f.was("summary"), "words", "mine")
	answer := f.script(http.StatusUnprocessableEntity, "save", "slot", "summary", "was", f.was("summary"), "words", "more")
	if answer.Said != sentRefusal {
		t.Errorf("said to the script: %q", answer.Said)
	}
	f.script(http.StatusUnprocessableEntity, "undo", "slot", "summary", "was", f.was("summary"))
	if got := f.note("summary"); got != "mine\n" {
		t.Errorf("undone: %q", got)
	}
}

func mustParse(t *testing.T, text string) report.Page {
	t.Helper()
	page, err := report.ParsePage("", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return page
}
