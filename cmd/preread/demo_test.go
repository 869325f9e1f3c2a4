package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// goldenPage is the demo's page of the week in which the scripts play.
const goldenPage = root + "/testdata/weeks/2026-W46.md"

// The whole way from the made-up company to the page, as one golden: whoever
// changes a rule sees what it does to a week.
func TestDemoPage(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	var out, talk bytes.Buffer
	code := run(t.Context(), []string{"demo", "-o", dir}, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow })
	if code != exitFine || talk.Len() > 0 {
		t.Fatalf("demo exited with %d and said %q", code, talk.String())
	}
	got, err := os.ReadFile(filepath.Join(dir, "prereads", "2026-W46.md"))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(goldenPage, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the page (-want +got); -update rewrites it:\n%s", diff)
	}
}

var (
	foldedText = regexp.MustCompile(`(?s)<details><summary>(.*?)</summary>.*?</details>`)
	unreadText = regexp.MustCompile(`(?m)<!--.*?-->|^✍.*$|^\[p\d+\]:.*$|\]\([^)]*\)|\]\[p\d+\]`)
	aWord      = regexp.MustCompile(`[\pL][\pL’'-]+`)
)

// mostWords is how much a boss reads in three minutes.
const mostWords = 600

// What is above the details of a page of two teams, prompts left out, is read in
// three minutes.
func TestTheDemoIsReadInThreeMinutes(t *testing.T) {
	page, err := os.ReadFile(goldenPage)
	if err != nil {
		t.Fatal(err)
	}
	text := unreadText.ReplaceAllString(foldedText.ReplaceAllString(string(page), "$1"), "")
	words := len(aWord.FindAllString(text, -1))
	t.Logf("%d words", words)
	if words > mostWords || words < mostWords/4 {
		t.Errorf("%d words above the details, want at most %d", words, mostWords)
	}
}

// strategicWords is how much somebody reads who does not run the teams.
const strategicWords = 450

func TestTheDemoIsShortForWhoDoesNotRunTheTeams(t *testing.T) {
	dir := t.TempDir()
	exec := func(args ...string) string {
		t.Helper()
		var out, talk bytes.Buffer
		if code := run(t.Context(), args, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow }); code != exitFine {
			t.Fatalf("%v exited with %d: %s", args, code, talk.String())
		}
		return out.String()
	}
	exec("demo", "-o", dir)
	settings := filepath.Join(dir, "preread.toml")
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(settings, append(text, "\n[[reader]]\nid = \"sam\"\nlevel = \"strategic\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	page := exec("draft", "-c", settings, "--facts", filepath.Join(dir, "facts.json"), "--reader", "sam", "-o", "-")
	if words := len(strings.Fields(page)); words >= strategicWords {
		t.Errorf("%d words, want fewer than %d:\n%s", words, strategicWords, page)
	}
}

// A demo in another week is another page in the same folder, and no port or
// folder of this machine is on any page.
func TestDemoMovesOn(t *testing.T) {
	dir := t.TempDir()
	for _, now := range []time.Time{scriptNow, scriptNow.AddDate(0, 0, 5), scriptNow.AddDate(0, 0, 7)} {
		var out, talk bytes.Buffer
		if code := run(t.Context(), []string{"demo", "-o", dir}, &out, &talk, func(string) string { return "" }, func() time.Time { return now }); code != exitFine {
			t.Fatalf("demo exited with %d: %s", code, talk.String())
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "prereads", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 2 {
		t.Errorf("three runs in two weeks made %v", pages)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("127.0.0.1")) || bytes.Contains(text, []byte(dir)) {
			t.Errorf("%s names a place of this machine", page)
		}
	}
}
