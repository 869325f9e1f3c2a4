package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// A user writes on an open page in a browser.
type user struct {
	*stage
	ctx context.Context

	mu       sync.Mutex
	requests []string // that the browser made
	troubles []string // that it complained of
}

// sits opens the page of a folder in a browser.
func (d folder) sits(t *testing.T) *user {
	t.Helper()
	u := &user{ctx: aTabWith(t, map[string]string{"host-resolver-rules": "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"})}
	err := chromedp.Listen(u.ctx, func(ev any) {
		u.mu.Lock()
		defer u.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			u.requests = append(u.requests, ev.Request.URL)
		case *runtime.EventExceptionThrown:
			u.troubles = append(u.troubles, ev.ExceptionDetails.Text)
		case *cdplog.EventEntryAdded:
			u.troubles = append(u.troubles, ev.Entry.Text+" "+ev.Entry.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(u.ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(u.ctx, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	u.stage = d.onStage(t, "--no-browser")
	do(t, u.ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(u.address))
	return u
}

// until waits until a script says yes, also while a page is loaded.
func (u *user) until(script string) {
	u.t.Helper()
	for {
		yes, err := chromedp.Run(u.ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && Boolean(`+script+`)`))
		switch {
		case err == nil && yes:
			return
		case u.ctx.Err() != nil:
			u.t.Fatalf("it never came about that %s", script)
		}
	}
}

// leads does something that loads a page anew, and waits for it.
func (u *user) leads(steps ...chromedp.Action[chromedp.Void]) {
	u.t.Helper()
	do(u.t, u.ctx, chromedp.Evaluate[chromedp.Void](`void (window.before = true)`))
	do(u.t, u.ctx, steps...)
	u.until(`!window.before`)
}

// in is something at a slot, for a selector.
func in(slot, what string) string {
	return `[id="slot:` + slot + `"] ` + what
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

func keys(selector, words string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS(selector), words)
}

// says waits until a slot says something of its saving.
func (u *user) says(slot, words string) {
	u.t.Helper()
	u.until(fmt.Sprintf("document.querySelector(%q).textContent.includes(%q)", in(slot, ".write output"), words))
}

// opens opens the words of a slot, and waits until they can be typed.
func (u *user) opens(slot string) {
	u.t.Helper()
	do(u.t, u.ctx, click(in(slot, ".edit > summary")))
	u.until(fmt.Sprintf("document.activeElement === document.querySelector(%q)", in(slot, "textarea")))
}

// alone wants the browser to have asked nobody but the page's own address, and
// to have had nothing to complain of but a clash.
func (u *user) alone() {
	u.t.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.requests) < 3 {
		u.t.Errorf("only %d requests were seen", len(u.requests))
	}
	for _, address := range u.requests {
		if !strings.HasPrefix(address, u.address) && !strings.HasPrefix(address, "data:") { // the browser draws its own fields with such
			u.t.Errorf("the browser asked for %s", address)
		}
	}
	for _, trouble := range u.troubles {
		if !strings.Contains(trouble, "409 (Conflict)") && !strings.HasSuffix(trouble, "500 (Internal Server Error) "+u.address+"state") && !strings.Contains(trouble, "422 (Unprocessable Entity)") {
			u.t.Errorf("the browser says %s", trouble)
		}
	}
}

// A writing week is what a user did with a page, and what its file holds then.
type writingWeek struct {
	*user
	folder
	want map[string]string // notes, by slot
}

// wanted wants the file to hold what was written, byte for byte.
func (w *writingWeek) wanted() {
	w.t.Helper()
	got := map[string]string{}
	for id := range w.want {
		got[id] = w.note(w.t, id)
	}
	if diff := cmp.Diff(w.want, got); diff != "" {
		w.t.Errorf("(-wanted +in the file):\n%s", diff)
	}
}

// Whatever is done in the browser, by hand in the file and by draft in between,
// all of it is there in the end.
func TestWritingInABrowser(t *testing.T) {
	d := newDraft(t)
	w := &writingWeek{d.sits(t), d, map[string]string{}}
	w.types()
	w.meetsAnother()
	w.isRefused()
	w.fillsForms()
	w.draftsAgain()
	w.isToldOfOthers()
	// From a figure to where it comes from.
	w.leads(click(`.glance a[href$="/explain/checkout/p95"]`))
	w.until(`document.querySelector(".derivation").textContent.includes("p = ")`)
	w.alone()
	if code := w.end(); code != exitFine {
		t.Errorf("it exits with %d: %s", code, w.said.String())
	}
	d.tidy(t)
}

// types writes words, which are saved as they are typed and shown as a reader
// will see them, and takes the last ones back.
func (w *writingWeek) types() {
	w.opens("summary")
	do(w.t, w.ctx, keys(in("summary", "textarea"), "The vault **slipped**.\n\n- [ ] Ana: fallback 🫖"))
	w.says("summary", "Saved")
	w.until(`document.querySelector('` + in("summary", ".words strong") + `').textContent === "slipped"`)
	w.until(`document.querySelector('` + in("summary", ".prompt") + `').hidden`)
	do(w.t, w.ctx, keys(in("summary", "textarea"), "\nmore"))
	w.until(`document.querySelector('` + in("summary", ".words") + `').textContent.includes("more")`)
	w.want["summary"] = "\nThe vault **slipped**.\n\n- [ ] Ana: fallback 🫖\nmore\n\n"
	w.wanted()
	do(w.t, w.ctx, click(in("summary", ".undo button")))
	w.says("summary", "Taken back")
	w.want["summary"] = "\nThe vault **slipped**.\n\n- [ ] Ana: fallback 🫖\n\n"
	w.wanted()
}

// meetsAnother writes where somebody edits the file by hand, another slot and
// this one.
func (w *writingWeek) meetsAnother() {
	text := writeSlot(w.t, []byte(w.read(w.t)), "parked", "by hand\n")
	write(w.t, w.page, string(writeSlot(w.t, text, "summary", "their summary\n")))
	do(w.t, w.ctx, keys(in("summary", "textarea"), "\nmine too"))
	w.says("summary", "Nothing is lost")
	w.until(`document.querySelector('` + in("summary", ".clash") + `').textContent.includes("their summary")`)
	w.want["parked"], w.want["summary"] = "by hand\n", "their summary\n"
	w.wanted()
	do(w.t, w.ctx, click(in("summary", ".clash button")))
	w.says("summary", "Saved")
	w.want["summary"] = "their summary\n\nThe vault **slipped**.\n\n- [ ] Ana: fallback 🫖\nmine too\n"
	w.wanted()
}

// isRefused writes what cannot be saved, and then what can.
func (w *writingWeek) isRefused() {
	w.opens("next")
	do(w.t, w.ctx, keys(in("next", "textarea"), "```\n<!-- /preread:note -->"))
	w.says("next", "its code fence ``` is not closed")
	do(w.t, w.ctx, keys(in("next", "textarea"), "\n```"))
	w.says("next", "Saved")
	w.want["next"] = "\n```\n<!-- /preread:note -->\n```\n\n"
	w.wanted()
}

// fillsForms marks, colours and asks. A form that leads to a new page waits for
// words that are not saved yet.
func (w *writingWeek) fillsForms() {
	w.opens("later")
	do(w.t, w.ctx, keys(in("later", "textarea"), "later words"))
	w.leads(click(in("checkout/p95", `form[action$="discuss"] button`)))
	w.want["later"], w.want["checkout/p95"] = "\nlater words\n\n", "\n!discuss\n\n"
	w.wanted()
	w.until(`document.querySelector('` + in("checkout/p95", `[aria-pressed="true"]`) + `')`)

	const colour = `form[action$="colour"] `
	w.unfolds("checkout/p95", colour)
	do(w.t, w.ctx, chromedp.SetValue(chromedp.CSS(in("checkout/p95", colour+"select")), "green"),
		chromedp.SetValue(chromedp.CSS(in("checkout/p95", colour+"[name=until]")), "2026-12-05"),
		keys(in("checkout/p95", colour+"[name=reason]"), "it was a drill"))
	w.leads(click(in("checkout/p95", colour+"button")))
	w.want["checkout/p95"] = "\nColour: green until 2026-12-05 because it was a drill\n\n!discuss\n\n"
	w.wanted()
	w.until(`document.body.textContent.includes("we say green until 5 December 2026 (page): it was a drill")`)

	const ask = `form[action$="ask"] `
	w.unfolds("asks", ask)
	do(w.t, w.ctx, keys(in("asks", ask+"[name=question]"), "Do we drop the vault?"), keys(in("asks", ask+"[name=recommend]"), "yes"))
	w.leads(click(in("asks", ask+"button")))
	w.want["asks"] = "\n- **Decide:** Do we drop the vault?\n  - I recommend: yes\n\n"
	w.wanted()

	const there = `form[action$="ask"]:has([name=number]) `
	w.unfolds("asks", there)
	do(w.t, w.ctx, keys(in("asks", there+"[name=silent]"), "it stays"))
	w.leads(click(in("asks", there+"button")))
	w.want["asks"] = "\n- **Decide:** Do we drop the vault?\n  - I recommend: yes\n  - If silent: it stays\n\n"
	w.wanted()

	const answer = `form[action$="outcome"] `
	w.unfolds("asks", answer)
	do(w.t, w.ctx, keys(in("asks", answer+"[name=answer]"), "yes, in May"))
	w.leads(click(in("asks", answer+"button")))
	w.want["asks"] = "\n- **Decide:** Do we drop the vault?\n  - I recommend: yes\n  - If silent: it stays\n  - Answer: 2026-11-16 yes, in May\n\n"
	w.wanted()
}

// unfolds opens what a form of a slot is folded into.
func (w *writingWeek) unfolds(slot, form string) {
	do(w.t, w.ctx, chromedp.Evaluate[chromedp.Void](`void (document.querySelector('`+in(slot, form)+`').parentElement.open = true)`))
}

// draftsAgain lets draft run while the page is open, loads it again and goes on.
func (w *writingWeek) draftsAgain() {
	w.change(w.t, 7)
	if code, talk := w.draft(w.t, nil); code != exitFine {
		w.t.Fatal(talk)
	}
	w.wanted()
	w.leads(chromedp.Reload())
	w.until(`document.body.textContent.includes("Title 7")`)
	for id := range w.want {
		n, err := parsePage(w.t, []byte(w.read(w.t))).Note(id)
		if err != nil {
			w.t.Fatal(err)
		}
		if got := evaluate[string](w.t, w.ctx, `document.querySelector('`+in(id, "textarea")+`').value`); got != n.Words() {
			w.t.Errorf("%s shows %q, want %q", id, got, n.Words())
		}
	}
	w.opens("summary")
	do(w.t, w.ctx, keys(in("summary", "textarea"), "!"))
	w.says("summary", "Saved")
	w.want["summary"] = strings.TrimSuffix(w.want["summary"], "\n") + "!\n"
	w.wanted()
}

// isToldOfOthers looks on while others write in the file: that is told by
// itself, and loaded when asked for, but never over words that are not saved.
func (w *writingWeek) isToldOfOthers() {
	told := func(words string) {
		w.until(fmt.Sprintf(`document.querySelector(".changed").textContent.includes(%q)`, words))
	}
	shown := func() string { return evaluate[string](w.t, w.ctx, `document.querySelector(".changed").textContent`) }
	w.looks(2)
	if got := shown(); got != "" {
		w.t.Errorf("it is told of its own words: %s", got)
	}
	before := w.read(w.t)
	write(w.t, w.page, string(writeSlot(w.t, []byte(before), "people", "by another hand\n")))
	told("changed on disk")
	write(w.t, w.page, before)
	w.until(`!document.querySelector(".changed").hasChildNodes()`)

	// What is half written stays, whatever is clicked.
	write(w.t, w.page, string(writeSlot(w.t, []byte(before), "people", "by another hand\n")))
	told("changed on disk")
	w.want["people"] = "by another hand\n"
	w.opens("later")
	do(w.t, w.ctx, keys(in("later", "textarea"), "\n~~~\nhalf"))
	w.says("later", "is not closed")
	do(w.t, w.ctx, click(".changed button"))
	told("not saved yet")
	do(w.t, w.ctx, keys(in("later", "textarea"), "\n~~~"))
	w.says("later", "Saved")
	w.want["later"] = "\nlater words\n~~~\nhalf\n~~~\n\n"
	const ask = `form[action$="ask"] [name=question]`
	w.unfolds("asks", `form[action$="ask"]`)
	do(w.t, w.ctx, keys(in("asks", ask), "Half a question"), chromedp.Evaluate[chromedp.Void](`void (document.querySelector(".changed").firstChild.textContent = "")`), click(".changed button"))
	told("not saved yet")
	do(w.t, w.ctx, chromedp.Evaluate[chromedp.Void](`void (document.querySelector('`+in("asks", ask)+`').value = "")`))
	w.leads(click(".changed button"))
	w.until(`document.querySelector('` + in("people", ".words") + `').textContent.includes("by another hand")`)
	w.looks(1)
	if got := shown(); got != "" {
		w.t.Errorf("what was loaded is told as new: %s", got)
	}
	w.wanted()

	// A page that cannot be read has changed, too; and one that is mended has not.
	loaded := w.read(w.t)
	write(w.t, w.page, loaded+"<!-- /preread:note -->\n")
	told("changed on disk")
	write(w.t, w.page, loaded)
	w.until(`!document.querySelector(".changed").hasChildNodes()`)
}

// looks waits until the page has looked at what is on disk some times more, and
// heard the answers.
func (w *writingWeek) looks(times int) {
	w.t.Helper()
	const seen = `performance.getEntriesByType("resource").filter(e => e.name.endsWith("/state") && e.responseEnd > 0).length`
	before := evaluate[int](w.t, w.ctx, seen)
	w.until(fmt.Sprintf("%s > %d", seen, before+times))
}

// Without a script the same can be done, one press of a button at a time.
func TestWritingWithoutAScript(t *testing.T) {
	d := newDraft(t)
	u := d.sits(t)
	if _, err := chromedp.Call(u.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	u.leads(chromedp.Reload())
	if evaluate[bool](t, u.ctx, `document.documentElement.classList.contains("scripted")`) {
		t.Fatal("the script runs")
	}
	do(t, u.ctx, click(in("summary", ".edit > summary")), keys(in("summary", "textarea"), "All **calm**."))
	u.leads(click(in("summary", ".plainly")))
	u.until(`document.querySelector(".note strong").textContent === "calm"`)
	u.leads(click(".write button"))
	u.until(`document.querySelector('` + in("summary", ".words strong") + `').textContent === "calm"`)
	if got := d.note(t, "summary"); got != "\nAll **calm**.\n\n" {
		t.Errorf("saved: %q", got)
	}
	do(t, u.ctx, click(in("summary", ".edit > summary")), keys(in("summary", "textarea"), "Mine. "))
	write(t, d.page, string(writeSlot(t, []byte(d.read(t)), "summary", "theirs\n")))
	u.leads(click(in("summary", ".write button")))
	u.until(`document.querySelector(".pair").textContent.includes("theirs") && document.querySelector("textarea").value === "Mine. All **calm**."`)
	u.leads(click(".write button"))
	if got := d.note(t, "summary"); got != "theirs\n\nMine. All **calm**.\n" {
		t.Errorf("both: %q", got)
	}
	u.leads(click(in("summary", ".undo button")))
	if got := d.note(t, "summary"); got != "theirs\n" {
		t.Errorf("taken back: %q", got)
	}
	u.leads(click(in("summary", `form[action$="discuss"] button`)))
	if got := d.note(t, "summary"); got != "theirs\n\n!discuss\n" {
		t.Errorf("marked: %q", got)
	}
	u.alone()
}

// Every view can be used by everybody, and fits on a phone.
func TestViewsInABrowser(t *testing.T) {
	d := newDraft(t)
	text := []byte(d.read(t))
	for i, id := range slots(parsePage(t, text)) {
		if i%2 == 0 {
			text = writeSlot(t, text, id, "\n# What happened\n\n**Why:** https://kettle.example/a/very/long/address/that/does/not/end?soon=0\n\nColour: green, surely\n\n- [x] done\n\n| a | b |\n| :-: | --: |\n| 1 | 2 |\n\n")
		}
	}
	write(t, d.page, string(text))
	last := strings.Replace(d.page, "W46", "W45", 1)
	write(t, last, strings.ReplaceAll(string(text), "2026-W46", "2026-W45"))
	u := d.sits(t)
	open := `document.querySelectorAll(".tools details").forEach(d => d.open = true)`
	sent := func(action string, fields string) string {
		return `(() => { const f = document.createElement("form"); f.method = "post"; f.action = location.pathname + "` + action + `"; for (const [k, v] of Object.entries({token: "` + u.token() + `", ` + fields + `})) { const i = document.createElement("input"); i.name = k; i.value = v; f.append(i) } document.body.append(f); f.submit() })()`
	}
	titled := func(words string) string { return fmt.Sprintf("document.title.startsWith(%q)", words) }
	views := []struct{ name, path, script, at string }{
		{"page", "", "", ""},
		{"page, all forms open", "", open, ""},
		{"changes", "changes", "", ""},
		{"explanation", "explain/checkout/p95", "", ""},
		{"no explanation", "explain/checkout/nothing", "", ""},
		{"review", "review", "", ""},
		{"highlights", "reader/form:hpm", "", ""},
		{"session", "reader/form:agenda", "", ""},
		{"a form that is too long", "reader/form:nrr", "", ""},
		{"changed on disk", "", `(document.querySelector(".changed").dataset.page = "another", document.dispatchEvent(new Event("visibilitychange")))`, `document.querySelector(".changed button")`},
		{"changed on disk, words not saved", "", `(document.querySelector(".changed").dataset.page = "another", document.querySelector("form.fields [name=question]").value = "Do we?", new MutationObserver(() => document.querySelector(".changed button").click()).observe(document.querySelector(".changed"), {childList: true}), document.dispatchEvent(new Event("visibilitychange")))`, `document.querySelector(".changed").textContent.includes("not saved yet")`},
		{"preview", "", sent("preview", `slot: "summary", words: "**calm**"`), titled("Preview")},
		{"clash", "", sent("save", `slot: "context", words: "mine", was: "other"`), titled("Not saved")},
		{"gone", "", sent("save", `slot: "gone", words: "mine", was: "other"`), titled("Not saved")},
		{"refused words", "", sent("save", "slot: \"context\", words: \"```\", was: \"other\""), titled("Not saved")},
		{"refused colour", "", sent("colour", `slot: "checkout/p95", colour: "green"`), titled("Not saved")},
		{"refused ask", "", sent("ask", `kind: "Decide"`), titled("Not saved")},
	}
	show := func(t *testing.T, path, script, at string) {
		do(t, u.ctx, chromedp.Navigate(u.address+path))
		if script != "" {
			do(t, u.ctx, chromedp.Evaluate[chromedp.Void](`void `+script))
		}
		if at != "" {
			u.until(at)
		}
	}
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			for _, width := range []int64{390, 800, 1280} {
				do(t, u.ctx, chromedp.EmulateViewport(width, 900))
				show(t, v.path, v.script, v.at)
				if found := evaluate[[]string](t, u.ctx, faults); len(found) > 0 {
					t.Errorf("%d px: %d faults:\n%s", width, len(found), strings.Join(found[:min(len(found), 12)], "\n"))
				}
			}
		})
	}
	t.Run("accessible", func(t *testing.T) {
		axe := readAxe(t)
		for _, v := range views {
			for _, colours := range []string{"light", "dark"} {
				for _, width := range []int64{390, 1280} {
					scheme(t, u.ctx, colours)
					do(t, u.ctx, chromedp.EmulateViewport(width, 900))
					show(t, v.path, v.script, v.at)
					accessibleNow(t, u.ctx, axe, fmt.Sprintf("%s, %s, %d px", v.name, colours, width))
				}
			}
		}
	})
	if err := os.Remove(last); err != nil {
		t.Error(err)
	}
}
