package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/config"
	"preread/report"
	"preread/report/private"
	"preread/sources"
)

// judgedDemo is the demo's week, judged, with its page.
func judgedDemo(t *testing.T) (report.Frame, aggregate.Report, []byte) {
	t.Helper()
	settings, saved := demoFacts(t)
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(settings, string(text), collectors)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(saved)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	facts, err := sources.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	judged := aggregate.Judge(c.Teams, facts)
	return frame(c), judged, report.Markdown(frame(c), judged, report.Letter{}).Merge(nil, "").Text
}

// Whatever somebody keeps for themselves, and whatever of it they release: what
// they do not release is in no form of the page and not in the sealed file, and
// what they do is with nobody but the page's own reader. -rapid.checks says how
// many cases are tried.
func TestNothingPrivateGetsOut(t *testing.T) {
	fewUnderRace(t, 20)
	frame, judged, page := judgedDemo(t)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	v := vault{filepath.Join(t.TempDir(), "private.age"), key}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		n := rapid.IntRange(1, 5).Draw(t, "items")
		canary := func(i int) string { return fmt.Sprintf("canary-%d-of-%d", i, n) }
		for i := 1; i <= n; i++ {
			if rapid.Bool().Draw(t, "heading") {
				text.WriteString("# " + rapid.SampledFrom([]string{"People", "Concerns", "1:1", "Career log", "<b>", "canary-of-mine"}).Draw(t, "section") + "\n")
			}
			text.WriteString(rapid.SampledFrom([]string{"- %s", "* words, %s\n  and more", "1. **%s** <script>", "- [x](%s) `code`", "- %s (see PAY-1)\n\n  below"}).Draw(t, "form"))
			text.WriteString("\n")
		}
		notes := text.String()
		for i := 1; i <= n; i++ {
			notes = strings.Replace(notes, "%s", canary(i), 1)
		}
		out := map[int]bool{}
		now := page
		for i := 1; i <= n; i++ {
			if !rapid.Bool().Draw(t, "release") {
				continue
			}
			marked, item, err := private.Release(notes, i, judged.Window.Last)
			if err != nil {
				t.Fatal(err)
			}
			p, err := report.ParsePage("", now)
			if err != nil {
				t.Fatal(err)
			}
			note, err := p.Note(peopleSlot)
			if err != nil {
				t.Fatal(err)
			}
			if now, err = report.PutNote(now, peopleSlot, p.Appended(note, "- "+item.Words, true)); err != nil {
				t.Fatal(err)
			}
			notes, out[i] = marked, true
		}
		if err := v.write(notes); err != nil {
			t.Fatal(err)
		}
		sealed, err := os.ReadFile(v.path)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := v.read(); err != nil || back != notes {
			t.Fatalf("the notes came back as %q: %v", back, err)
		}
		mine, others := forms(t, frame, judged, now)
		for i := 1; i <= n; i++ {
			for name, text := range mine {
				if name == "sealed" || !out[i] {
					if bytes.Contains(text, []byte(canary(i))) {
						t.Fatalf("item %d is in %s", i, name)
					}
				}
			}
			if out[i] && !bytes.Contains(mine["page"], []byte(canary(i))) {
				t.Fatalf("item %d was released and is not on the page", i)
			}
			for name, text := range others {
				if bytes.Contains(text, []byte(canary(i))) {
					t.Fatalf("item %d is in %s, for another reader", i, name)
				}
			}
			if bytes.Contains(sealed, []byte(canary(i))) {
				t.Fatalf("item %d can be read in the sealed file", i)
			}
		}
	})
}

// forms are all forms of a page, for its own reader and for another one.
func forms(t *rapid.T, frame report.Frame, judged aggregate.Report, text []byte) (mine, others map[string][]byte) {
	page, err := report.ParsePage("", text)
	if err != nil {
		t.Fatal(err)
	}
	letter := report.Letter{Page: &page}
	merged := report.Markdown(frame, judged, letter).Merge(&page, "")
	if page, err = report.ParsePage("", merged.Text); err != nil {
		t.Fatal(err)
	}
	mine, others = map[string][]byte{"page": merged.Text, "made": []byte(merged.Made)}, map[string][]byte{}
	if mine["html"], err = report.HTML(frame, judged, page); err != nil {
		t.Fatal(err)
	}
	if mine["json"], err = report.JSON(judged, page.Notes); err != nil {
		t.Fatal(err)
	}
	var check bytes.Buffer
	if err := report.WriteCheck(&check, report.GitHub, judged, nil, report.Bar{}); err != nil {
		t.Fatal(err)
	}
	mine["check"] = check.Bytes()
	for _, form := range []report.Form{report.Whole, report.NoResponse, report.Highlit, report.Agenda, report.Quarter} {
		for _, profile := range []report.Profile{{Form: form}, {ID: "sam", Form: form}, {ID: "kim", Form: form, Level: report.Strategic}} {
			told, err := report.Tell(frame, judged, letter, page, profile)
			if err != nil {
				t.Fatal(err)
			}
			if profile.ID == "" {
				mine[string(form)] = told
			} else {
				others[string(form)+" of "+profile.ID] = told
			}
		}
	}
	return mine, others
}

// fewUnderRace has a property tried less often under the race detector, unless it
// was said how often: .ci/run tries it a thousand times without.
func fewUnderRace(t *testing.T, n int) {
	checks := flag.Lookup("rapid.checks")
	if !underRace || checks.Value.String() != checks.DefValue {
		return
	}
	t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
	if err := checks.Value.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}
