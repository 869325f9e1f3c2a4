package report

import (
	"archive/zip"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/sources"
)

func week(n int) sources.Week { return sources.Week{Year: 2026, N: 40}.Add(n - 40) }

func TestSince(t *testing.T) {
	for _, tt := range []struct {
		sent []int
		want int
	}{
		{nil, 46},
		{[]int{45}, 46},
		{[]int{44}, 45},
		{[]int{42, 44, 43}, 45},
		{[]int{40}, 41},
		{[]int{30}, 41},
		{[]int{46}, 46},
		{[]int{46, 44}, 45},
		{[]int{50}, 46},
	} {
		var sent []sources.Week
		for _, n := range tt.sent {
			sent = append(sent, week(n))
		}
		if got := Since(sent, week(46), 6); got != week(tt.want) {
			t.Errorf("sent %v: since %s, want %s", tt.sent, got, week(tt.want))
		}
	}
}

// Whenever pages are sent, each day is told on exactly one of them, in every
// zone: what two pages tell of lies side by side.
func TestPagesSentTellOfEveryDayOnce(t *testing.T) {
	zones := allZones(t)
	for _, name := range zones {
		zone, err := sources.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		w := sources.Window{Last: week(46), Count: 6, Zone: zone}
		for at := (sources.Week{Year: 2020, N: 1}); at.Year < 2031; at = at.Add(1) {
			_, end := w.Bounds(at)
			if next, _ := w.Bounds(at.Add(1)); !next.Equal(end) {
				t.Fatalf("%s: %s ends at %s, and the next begins at %s", name, at, end, next)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := sources.LoadZone(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 10*365*24*60).Draw(t, "start")) * time.Minute)
		var sent []sources.Week
		var told time.Time // up to when everything was told
		for range rapid.IntRange(2, 12).Draw(t, "pages") {
			last := sources.WeekOf(at, zone).Add(-1)
			at = at.Add(time.Duration(rapid.IntRange(0, 5*7*24*60).Draw(t, "minutes")) * time.Minute)
			if len(sent) > 0 && last.Compare(sent[len(sent)-1]) <= 0 {
				continue // that page was sent already
			}
			w := sources.Window{Last: last, Count: 6, Zone: zone, Now: at}
			since := Since(sent, last, w.Count)
			from, _ := w.Bounds(since)
			_, to := w.Bounds(last)
			if !told.IsZero() && !from.Equal(told) {
				t.Fatalf("%s: told up to %s, and then from %s", zone, told, from)
			}
			told = to
			sent = append(sent, last)
		}
	})
}

// allZones are the names of every time zone that Go knows.
func allZones(t *testing.T) (names []string) {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	zones, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(out)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer zones.Close()
	for _, f := range zones.File {
		if !strings.HasSuffix(f.Name, "/") && f.Name != "Factory" {
			names = append(names, f.Name)
		}
	}
	if len(names) < 400 {
		t.Fatalf("only %d zones are known", len(names))
	}
	return names
}

// pageWith returns a document's page with words in its slots.
func pageWith(t *testing.T, d Document, words map[string]string) *Page {
	t.Helper()
	text := d.Merge(nil, "").Text
	for id, w := range words {
		n, err := parse(t, text).Note(id)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if text, err = PutNote(text, id, parse(t, text).Fitted(n, w)); err != nil {
			t.Fatal(err)
		}
	}
	return parse(t, text)
}

// standing is what stands in a slot.
func standing(t *testing.T, p *Page, id string) string {
	t.Helper()
	n, err := p.Note(id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return strings.TrimSpace(n.Text)
}

func TestWhatIsCarriedOver(t *testing.T) {
	r := world(t)
	r.Window.Last = r.Window.Last.Add(-1)
	old := Markdown(frameFor(), r, Letter{})
	before := pageWith(t, old, map[string]string{
		"context": "Payments takes the money.",
		"pay/p95": "It is slow.\n\n- [ ] Ana: spike, Thu !discuss\n  with Ben\n- [x] Ben: done\n\n```\n- [ ] code\n```\n</details> <!-- /preread:note --> end",
		"parked":  "- Gift cards: since 2026-10-05, until 2026-11-13, agreed with Dana\n- Norway: since 2026-10-05\n- [x] Taken up again: since 2026-01-01",
		"next":    "- PAY-8 will be done\n- Finish PAY-9, and PAY-8\n1. Talk to legal\n- Ship PAY-8 with EXT-9\n- [x] Write it down",
		"people":  "Ana led it.",

		"top-of-mind": "- [ ] Call Ben\n\n" + promptMind,
	})
	letter := Letter{Before: before}
	now := world(t)
	text := string(Markdown(frameFor(), now, letter).Merge(nil, "").Text)
	fresh := parse(t, []byte(text))
	for id, want := range map[string]string{
		"context": "Payments takes the money.",
		"pay/p95": "- [ ] Ana: spike, Thu\n  with Ben\n\n" + promptAmber,
		"parked":  "- Gift cards: since 2026-10-05, until 2026-11-13, agreed with Dana\n- Norway: since 2026-10-05\n- [x] Taken up again: since 2026-01-01",
		"people":  promptPeople,
		"next":    promptNext,
	} {
		if got := standing(t, fresh, id); got != want {
			t.Errorf("%s holds %q, want %q", id, got, want)
		}
	}
	for _, want := range []string{
		"<details><summary>Last time, W45</summary>\n\n> It is slow.\n>\n> - [ ] Ana: spike, Thu !discuss\n>   with Ben\n> - [x] Ben: done\n>\n> ```\n> - [ ] code\n> ```\n> &lt;/details> &lt;!-- /preread:note --> end\n\n</details>\n",
		"> Ana led it.\n",
		"**Promised in W45:**\n\n- done: PAY-8 will be done (PAY-8 is done)\n- not done: Finish PAY-9, and PAY-8 (PAY-9 is open)\n- nothing shows whether it was done: Talk to legal\n- nothing shows whether it was done: Ship PAY-8 with EXT-9 (no source shows EXT-9)\n- done: Write it down (ticked)\n",
		"- Parked until 13 November 2026, which has come: Gift cards: since 2026-10-05, until 2026-11-13, agreed with Dana\n- Parked, and nobody is named who agreed: Norway: since 2026-10-05\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold\n%s\nbut\n%s", want, text)
		}
	}
	if strings.Contains(text, "> Payments takes") || strings.Contains(text, "> - [ ] Call Ben") {
		t.Error("what is carried over whole is quoted too")
	}
	// Made again it is the same, and what was carried over is still the program's.
	again := Markdown(frameFor(), now, Letter{Before: before, Page: fresh}).Merge(fresh, "")
	if !again.Same || string(again.Text) != text || again.Kept != 0 {
		t.Errorf("made again it is another page (same %v, %d kept)", again.Same, again.Kept)
	}
	// What somebody takes away stays away.
	emptied, err := PutNote([]byte(text), "parked", "\n")
	if err != nil {
		t.Fatal(err)
	}
	m0 := Markdown(frameFor(), now, Letter{Before: before, Page: parse(t, emptied)}).Merge(parse(t, emptied), "")
	if got := standing(t, parse(t, m0.Text), "parked"); got != "" || strings.Contains(string(m0.Text), "nobody is named who agreed") {
		t.Errorf("what was taken away is back: %q", got)
	}
	// One byte more, and it is a person's.
	edited := strings.Replace(text, "with Ben\n\n"+promptAmber, "with Ben, if he can\n\n"+promptAmber, 1)
	m := Markdown(frameFor(), now, Letter{}).Merge(parse(t, []byte(edited)), "")
	if m.Kept != 4 || !strings.Contains(string(m.Text), "with Ben, if he can") {
		t.Errorf("%d kept:\n%s", m.Kept, m.Text)
	}
	// A reader of the page sees nothing of the last time, and no prompt.
	html, err := HTML(frameFor(), now, *fresh)
	if err != nil {
		t.Fatal(err)
	}
	for _, not := range []string{"Last time", "Ana led it", "What keeps it from green?"} {
		if strings.Contains(string(html), not) {
			t.Errorf("the reader sees %q", not)
		}
	}
	if !strings.Contains(string(html), "Ana: spike, Thu") {
		t.Error("the reader does not see an open task")
	}
}

// What the program carried over is nobody's words, until somebody changes a byte.
func TestWritten(t *testing.T) {
	r := world(t)
	r.Window.Last = r.Window.Last.Add(-1)
	before := pageWith(t, Markdown(frameFor(), r, Letter{}), map[string]string{"pay/p95": "It is slow.\n\n- [ ] Ana: spike !discuss\n  with Ben\n- [x] Ben: done", "context": "Payments.", "next": "- [x] done"})
	const tasks = "- [ ] Ana: spike\n  with Ben"
	fresh := Markdown(frameFor(), world(t), Letter{Before: before}).Merge(nil, "").Text
	for _, tt := range []struct {
		name, id, text string // "": as the program put it
		before         *Page
		want           bool
	}{
		{"tasks and the prompt as carried over", "pay/p95", "", before, false},
		{"the prompt of another colour", "pay/p95", "\n" + tasks + "\n\n" + promptRed + "\n\n", before, false},
		{"CR LF", "pay/p95", "\r\n- [ ] Ana: spike\r\n  with Ben\r\n\r\n" + promptRed + "\r\n", before, false},
		{"the prompt taken away", "pay/p95", "\n" + tasks + "\n", before, false},
		{"ticked", "pay/p95", "\n- [x] Ana: spike\n  with Ben\n\n" + promptRed + "\n", before, true},
		{"a byte more", "pay/p95", "\n" + tasks + ".\n\n" + promptRed + "\n", before, true},
		{"words beside", "pay/p95", "\n" + tasks + "\n\nThe pool is small.\n", before, true},
		{"a task of somebody's own", "next", "\n- [ ] Ana: spike\n\n" + promptNext + "\n", before, true},
		{"a prompt", "summary", "", before, false},
		{"nothing", "pay/p95", "\n", before, false},
		{"words carried over whole", "context", "", before, false},
		{"no such slot", "pay/none", "", before, false},
		{"no page before: tasks over the prompt", "pay/p95", "", nil, false},
		{"no page before: tasks alone", "pay/p95", "\n" + tasks + "\n", nil, true},
		{"no page before: words over the prompt", "pay/p95", "\nSlow.\n\n" + promptRed + "\n", nil, true},
		{"no page before: words among tasks", "pay/p95", "\n" + tasks + "\n\nSlow.\n\n" + promptRed + "\n", nil, true},
		{"no page before: words that were carried over", "context", "", nil, true},
		{"a mark", "pay/p95", "\n!discuss\n", nil, false},
		{"a mark under a prompt", "pay/p95", "\n" + promptRed + "\n\n!discuss\n", nil, false},
		{"a mark behind a prompt", "pay/p95", "\n" + promptRed + " !discuss\n", nil, false},
		{"a mark and words", "pay/p95", "\nSlow. !discuss\n", nil, true},
		{"a colour without a reason", "pay/p95", "\nColour: green until 2026-12-05\n", nil, false},
		{"a colour with because and no reason", "pay/p95", "\ncolor: GREEN until 2026-12-05 because\n", nil, false},
		{"a colour with its reason", "pay/p95", "\nColour: green until 2026-12-05 because it was a drill\n", nil, true},
		{"signs of a list", "pay/p95", "\n-\n* [ ] \n- [x]\n2.\n---\n…\n", nil, false},
		{"a comment", "pay/p95", "\n<!-- todo -->\n<!-- and\nmore -->\n", nil, false},
		{"a comment beside words", "pay/p95", "\n<!-- todo --> slow\n", nil, true},
		{"words in another script", "pay/p95", "\n遅い\n", nil, true},
		{"a figure", "pay/p95", "\n- 42\n", nil, true},
		{"code", "pay/p95", "\n```\nslow\n```\n", nil, true},
	} {
		text := fresh
		if tt.text != "" {
			text = write(text, tt.id, tt.text)
		}
		if got := (Letter{Before: tt.before, Page: parse(t, text)}).Written(tt.id); got != tt.want {
			t.Errorf("%s: written %v, want %v", tt.name, got, tt.want)
		}
	}
	if (Letter{Before: before}).Written("pay/p95") {
		t.Error("something is written on no page")
	}
}

// What is missed is told with the line that it has in the file.
func TestMissedAsks(t *testing.T) {
	text := Markdown(frameFor(), world(t), Letter{}).Merge(nil, "").Text
	if missed := MissedAsks(*parse(t, text)); len(missed) > 0 {
		t.Errorf("the program misses its own words: %v", missed)
	}
	words := "\n\n- Decide: Do we?\n\n" + promptAsks + "\n\n" + strings.ReplaceAll(promptAsks, "whom, by", "whom,\n  by") + "\n- **Decision:** Brazil !discuss\n\n"
	for name, page := range map[string][]byte{"LF": write(text, AsksSlot, words), "CRLF": toCRLF(write(text, AsksSlot, words)), "BOM": []byte(bom + string(write(text, AsksSlot, words)))} {
		missed := MissedAsks(*parse(t, page))
		if len(missed) != 1 || missed[0].Instead != "“- **Decide:** Brazil”" {
			t.Fatalf("%s: %+v", name, missed)
		}
		if line := strings.Split(string(page), "\n")[missed[0].Line-1]; !strings.HasPrefix(line, "- **Decision:**") {
			t.Errorf("%s: line %d is %q", name, missed[0].Line, line)
		}
	}
}

func TestHighlights(t *testing.T) {
	r := world(t)
	d := Markdown(frameFor(), r, Letter{})
	page := pageWith(t, d, map[string]string{
		"pay/p95": "The vault is slow.\n\n!discuss",
		"next":    "- Move the vault !discuss\n- Sleep\n\n```\nno !discuss\n```\nnot!discuss",
		"people":  "!discuss",
	})
	var got []string
	for _, h := range Highlights(*page) {
		got = append(got, fmt.Sprintf("%s %q", h.ID, h.Text))
	}
	if diff := cmp.Diff([]string{`pay/p95 "The vault is slow."`, `next "Move the vault"`, `people ""`}, got); diff != "" {
		t.Errorf("highlights (-want +got):\n%s", diff)
	}
	m := Markdown(frameFor(), r, Letter{Page: page}).Merge(page, "")
	text := string(m.Text)
	for _, want := range []string{
		"<a id=\"to-discuss\"></a>**To discuss:**\n\n1. [right to left](#note-pay-p95): The vault is slow.\n2. [Next](#note-next): Move the vault\n3. [People](#note-people)\n",
		"<a id=\"note-pay-p95\"></a>[↑ to discuss](#to-discuss)\n\n<!-- preread:note id=pay/p95 -->",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold\n%s\nbut\n%s", want, text)
		}
	}
	if m := Markdown(frameFor(), r, Letter{Page: parse(t, m.Text)}).Merge(parse(t, m.Text), m.Made); !m.Same {
		t.Error("made again it is another page")
	}
	for _, h := range Highlights(*parse(t, m.Text)) {
		if line := strings.Split(text, "\n")[h.Line-1]; !strings.HasSuffix(line, DiscussMark) {
			t.Errorf("line %d is %q", h.Line, line)
		}
	}
	html, err := HTML(frameFor(), r, *parse(t, m.Text))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<a id="to-discuss">`, `<a href="#note-pay-p95">`, `<a id="note-pay-p95">`, "Move the vault ⚑"} {
		if !strings.Contains(string(html), want) {
			t.Errorf("the HTML does not hold %s", want)
		}
	}
	if strings.Contains(string(html), "<p>!discuss") || strings.Contains(string(html), "&lt;a id") {
		t.Error("the HTML shows marks")
	}
}

func TestASentPage(t *testing.T) {
	at := time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)
	for name, change := range map[string]func(string) string{
		"plain":   func(s string) string { return s },
		"CRLF":    func(s string) string { return string(toCRLF([]byte(s))) },
		"BOM":     func(s string) string { return bom + s },
		"no end":  func(s string) string { return strings.TrimRight(s, "\n") },
		"written": func(s string) string { return string(write([]byte(s), "a/1", "\nwords\n\n")) },
	} {
		page := change(string(figures(1, 2, 3).Merge(nil, "").Text))
		sent, err := MarkSent([]byte(page), at)
		if err != nil {
			t.Fatal(err)
		}
		if p := parse(t, sent); !p.Mark.Sent.Equal(at) || p.Edited() != parse(t, []byte(page)).Edited() {
			t.Errorf("%s: %+v", name, p.Mark)
		}
		if back := strings.Replace(string(sent), " sent=2026-11-16T09:30:00Z", "", 1); back != page {
			t.Errorf("%s: another byte was changed:\n%q\n%q", name, page, back)
		}
		amended := string(Amend(sent, sources.Day{Year: 2026, Month: 11, Day: 17}, "p95 was 0.31 s\n<b>"))
		if rest, found := strings.CutPrefix(amended, string(sent)); !found || strings.TrimSpace(rest) != `*Amended on 17 November 2026:* p95 was 0.31 s \<b\>` {
			t.Errorf("%s: amended with %q", name, rest)
		}
		if p := parse(t, []byte(amended)); p.CRLF != parse(t, []byte(page)).CRLF {
			t.Errorf("%s: the line ends changed", name)
		}
	}
}

func TestAQuietWeek(t *testing.T) {
	r := world(t)
	const words = "**A quiet week:**"
	if text := string(Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text); strings.Contains(text, words) {
		t.Error("a week with red lines is quiet")
	}
	lines := r.Teams[0].Lines
	r.Teams[0].Lines = nil
	for _, f := range lines {
		if f.ID == "quality" || f.ID == "shipped" {
			r.Teams[0].Lines = append(r.Teams[0].Lines, f)
		}
	}
	if text := string(Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text); !strings.Contains(text, words) {
		t.Errorf("a quiet week is not said to be:\n%s", text)
	}
}

// A goal of which nobody wants to hear every week is one line until its week
// comes, or something is the matter.
func TestAGoalOutOfTurn(t *testing.T) {
	const why = "because of tea"
	goal := func(c aggregate.Cadence, now, before aggregate.Status, blocked bool) bool {
		f := aggregate.Finding{
			Line:   aggregate.Line{ID: "g", Noun: sources.Goals, Title: "Tea", Plan: aggregate.GoalPlan{Why: why, Cadence: c}},
			Status: aggregate.Verdict{Status: now, Rule: aggregate.AllDone}, Before: aggregate.Verdict{Status: before},
			Goal: &aggregate.Goal{Weeks: make([]aggregate.GoalWeek, 6)}, Weeks: make([]aggregate.Point, 6),
		}
		if blocked {
			f.Goal.Blocked = []aggregate.Blocked{{Days: 3}}
		}
		r := aggregate.Report{Window: world(t).Window, Teams: []aggregate.TeamReport{{ID: "t", Lines: []aggregate.Finding{f}}}}
		text := string(Markdown(Frame{}, r, Letter{}).Merge(nil, "").Text)
		if !strings.Contains(text, why) {
			t.Error("the reason of the goal is nowhere")
		}
		before1, _, _ := strings.Cut(text, "<details>")
		return strings.Contains(before1, why)
	}
	const green, amber = aggregate.Green, aggregate.Amber
	for _, tt := range []struct {
		name    string
		cadence aggregate.Cadence
		now     aggregate.Status
		before  aggregate.Status
		blocked bool
		want    bool
	}{
		{"weekly", aggregate.Weekly, green, green, false, true},
		{"fortnightly, in week 46", aggregate.Fortnightly, green, green, false, true},
		{"monthly, in week 46", aggregate.Monthly, green, green, false, false},
		{"it changed", aggregate.Monthly, green, amber, false, true},
		{"it is amber", aggregate.Monthly, amber, amber, false, true},
		{"it is blocked", aggregate.Monthly, green, green, true, true},
	} {
		if got := goal(tt.cadence, tt.now, tt.before, tt.blocked); got != tt.want {
			t.Errorf("%s: told at length: %v, want %v", tt.name, got, tt.want)
		}
	}
}
