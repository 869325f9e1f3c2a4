package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// aTab starts a browser with one tab, or skips the test where there is none. It
// finds no host of any name.
func aTab(t *testing.T) context.Context {
	t.Helper()
	return aTabWith(t, nil)
}

// aTabWith is aTab with other flags for some of the browser's.
func aTabWith(t *testing.T, others map[string]string) context.Context {
	t.Helper()
	path, err := browser()
	if err != nil {
		if os.Getenv("PREREAD_TEST_ALL") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path)}
	for _, f := range quiet(t.TempDir()) {
		name, value, found := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		var v any = true
		if found {
			v = cmp.Or(others[name], value)
		}
		options = append(options, chromedp.Flag(name, v))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(options...))
	t.Cleanup(cancel)
	return ctx
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// scheme makes the reader's system light or dark.
func scheme(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
	if err != nil {
		t.Fatal(err)
	}
}

// seenPages are pages to look at, by what is in them: tame words, with notes,
// words that want harm, and sources that do not answer.
func seenPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	draft := func(name string, b *cage) {
		if code, said := b.run("draft", "--format", "markdown,html"); code != exitFine {
			t.Fatalf("draft exited with %d: %s", code, said)
		}
		pages[name] = filepath.Join(b.dir, "prereads", "2026-W46.html")
	}
	b := newCage(t)
	text := b.draft()
	for _, id := range slots(parsePage(t, text)) {
		text = writeSlot(t, text, id, "\n# What happened\n\n**Why:** "+hostile[len(id)%10]+"\n\n- [x] done\n- [ ] open, see https://kettle.example/a/very/long/address/that/does/not/end?soon=0\n\n| a | b |\n| :-: | --: |\n| 1 | 2 |\n\n<b>as typed</b> ![a picture](https://evil.example/p.png)\n\n")
	}
	write(t, filepath.Join(b.dir, "prereads", "2026-W46.md"), string(text))
	draft("notes", b)
	draft("tame", newCage(t))
	draft("hostile", hostileCompany(t))
	b = newCage(t)
	b.systems.Prometheus.Close()
	b.systems.Jira.Close()
	draft("unknown", b)
	return pages
}

// faults lists what a reader would not see whole: words outside of the window,
// labels of charts outside of them or on each other.
const faults = `(() => {
	const found = [], width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > width) found.push("the page scrolls sideways: " + document.documentElement.scrollWidth + " of " + width);
	for (const e of document.querySelectorAll("main *")) {
		const r = e.getBoundingClientRect();
		if (e.closest("thead, .hidden") || r.width === 0 || e.closest("svg") || !e.checkVisibility()) continue;
		if (r.right > width + 1 || r.left < -1) found.push(e.tagName + " is cut: " + e.textContent.slice(0, 60));
		if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible") found.push(e.tagName + " hides words: " + e.textContent.slice(0, 60));
	}
	for (const svg of document.querySelectorAll("svg")) {
		const frame = svg.getBoundingClientRect(), boxes = [...svg.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()]);
		boxes.forEach(([text, b], i) => {
			if (b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1 || b.bottom > frame.bottom + 1) found.push("a chart cuts " + text + " of " + svg.textContent.slice(0, 60));
			for (const [other, o] of boxes.slice(0, i))
				if (b.left < o.right - 1 && o.left < b.right - 1 && b.top < o.bottom - 4 && o.top < b.bottom - 4) found.push(text + " stands on " + other + " in " + svg.textContent.slice(0, 60));
		});
	}
	return found;
})()`

// The page is looked at in a browser, as its readers do.
func TestPageInABrowser(t *testing.T) {
	ctx := aTab(t)
	pages := seenPages(t)
	t.Run("whole and alone", func(t *testing.T) { wholeAndAlone(t, ctx, pages) })
	t.Run("policy", func(t *testing.T) { policyHolds(t, ctx, pages["tame"]) })
	t.Run("accessible", func(t *testing.T) { accessible(t, ctx, pages) })
}

// wholeAndAlone wants pages that are opened from disk to be whole at once,
// however wide the window is, and to ask nobody for anything.
func wholeAndAlone(t *testing.T, ctx context.Context, pages map[string]string) {
	var requests, dialogs []string
	err := chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			requests = append(requests, ev.Request.URL)
		case *page.EventJavascriptDialogOpening:
			dialogs = append(dialogs, ev.Message)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	for name, file := range pages {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int64{390, 800, 1280} {
				requests = nil
				do(t, ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+file))
				if len(requests) != 1 || requests[0] != "file://"+file {
					t.Errorf("%d px: the page asks for %v", width, requests)
				}
				if found := evaluate[[]string](t, ctx, faults); len(found) > 0 {
					t.Errorf("%d px: %d faults:\n%s", width, len(found), strings.Join(found[:min(len(found), 12)], "\n"))
				}
			}
			if n := evaluate[int](t, ctx, `document.querySelectorAll("script, iframe, img, object, embed, link, form, base").length`); n > 0 {
				t.Errorf("%d elements that could do or fetch something", n)
			}
			if color := evaluate[string](t, ctx, `getComputedStyle(document.querySelector(".status")).fontWeight`); color != "700" {
				t.Error("the page has lost its style")
			}
		})
	}
	if len(dialogs) > 0 {
		t.Errorf("the page spoke: %v", dialogs)
	}
}

// policyHolds wants the policy of a page to stop even a script that came into
// it.
func policyHolds(t *testing.T, ctx context.Context, page string) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "page.html")
	harm := `<script>document.title = "owned"</script><img src="` + server.URL + `" onerror="document.title = 'owned'"><style>h1 { color: rgb(1, 2, 3) }</style>`
	write(t, file, strings.Replace(string(text), "<main", harm+"<main", 1))
	do(t, ctx, chromedp.Navigate("file://"+file))
	if got := evaluate[string](t, ctx, `document.title + getComputedStyle(document.querySelector("h1")).color`); strings.Contains(got, "owned") || strings.Contains(got, "rgb(1, 2, 3)") || asked {
		t.Errorf("a script, a picture or a style came through: %q", got)
	}
}

// accessible wants axe to find nothing to complain of, in the light and in the
// dark.
func accessible(t *testing.T, ctx context.Context, pages map[string]string) {
	axe := readAxe(t)
	for name, file := range pages {
		for _, colours := range []string{"light", "dark"} {
			for _, width := range []int64{390, 1280} {
				scheme(t, ctx, colours)
				do(t, ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+file))
				accessibleNow(t, ctx, axe, fmt.Sprintf("%s, %s, %d px", name, colours, width))
			}
		}
	}
}

// readAxe reads the script that checks whether everybody can read a page. It is
// a file that PREREAD_TEST_AXE names.
func readAxe(t *testing.T) (script string) {
	t.Helper()
	axe, err := os.ReadFile(part(t, "PREREAD_TEST_AXE", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(axe)
}

// accessibleNow lets axe look at what the tab shows.
func accessibleNow(t *testing.T, ctx context.Context, axe, name string) {
	t.Helper()
	do(t, ctx, chromedp.Evaluate[chromedp.Void](axe))
	found := evaluate[string](t, ctx, `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => JSON.stringify({
		passes: r.passes.length,
		violations: r.violations.map(v => v.id + " (" + v.nodes.length + "): " + v.help + " " + v.nodes[0].html.slice(0, 200)),
	}))`)
	var result struct {
		Passes     int
		Violations []string
	}
	if err := json.Unmarshal([]byte(found), &result); err != nil {
		t.Fatal(err)
	}
	if len(result.Violations) > 0 || result.Passes < 10 {
		t.Errorf("%s: %d rules hold, violated are:\n%s", name, result.Passes, strings.Join(result.Violations, "\n"))
	}
	t.Logf("%s: %d rules hold", name, result.Passes)
}

var pdfPage = regexp.MustCompile(`/Type /Page[^s]`)

// The PDF of the demo's two teams is two pages of paper.
func TestPDF(t *testing.T) {
	if _, err := browser(); err != nil {
		if os.Getenv("PREREAD_TEST_ALL") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	b := newCage(t)
	b.env["PATH"] = os.Getenv("PATH")
	for team, limit := range map[string]int{"": 2, "checkout": 2} {
		out := filepath.Join(b.dir, "page"+team+".pdf")
		if code, said := b.run("draft", "--team", team, "--format", "pdf", "-o", out); code != exitFine || said != "" {
			t.Fatalf("draft exited with %d: %s", code, said)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		n := len(pdfPage.FindAll(text, -1))
		if n == 0 || n > limit {
			t.Errorf("team %q: %d pages, at most %d are meant", team, n, limit)
		}
		if !strings.Contains(string(text), "/StructTreeRoot") {
			t.Errorf("team %q: the PDF is not tagged", team)
		}
		t.Log(fmt.Sprintf("team %q: %d pages, %d bytes", team, n, len(text)))
	}
}
