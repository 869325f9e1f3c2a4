package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate"
)

// marked makes a page with words, makes it again, and returns it.
func marked(t *testing.T, r aggregate.Report, words map[string]string, edits ...string) *Page {
	t.Helper()
	first := Markdown(frameFor(), r, Letter{}).Merge(nil, "")
	page := pageWith(t, Markdown(frameFor(), r, Letter{}), words)
	if len(edits) > 0 {
		text := strings.NewReplacer(edits...).Replace(string(assembled(page)))
		page = parse(t, []byte(text))
	}
	return parse(t, Markdown(frameFor(), r, Letter{Page: page}).Merge(page, first.Made).Text)
}

// assembled is the text of a page as it stands.
func assembled(p *Page) []byte {
	l := layout{tool: p.Tool, slots: map[string]content{}}
	for _, n := range p.Notes {
		l.slots[n.ID] = content{text: n.Text}
	}
	return append([]byte(p.Mark.String()+"\n"), l.assemble(p.Tool, *p)...)
}

// What is marked outside of the slots is to be discussed too, and stays so when
// the page is made again.
func TestMarksOutsideOfSlots(t *testing.T) {
	r := world(t)
	page := marked(t, r, map[string]string{"next": "- Move the vault !discuss"},
		"### Sprint delivery\n", "### Sprint delivery !discuss\n",
		"**Look closer:** no line that could be tested shows more than its usual noise; 5 could not be tested.", "**Look closer:** no line that could be tested shows more than its usual noise; 5 could not be tested. !discuss",
		"## Parked\n", "## Parked\n\n!discuss\n",
		"*Why:* ", "*Why:* (mine) ")
	var got []string
	for _, h := range Highlights(*page) {
		got = append(got, fmt.Sprintf("%s/%s %q", h.ID, h.Under, h.Text))
		if line := strings.Split(string(assembled(page)), "\n")[h.Line-1]; !strings.HasSuffix(line, DiscussMark) {
			t.Errorf("line %d is %q", h.Line, line)
		}
	}
	want := []string{`/At a glance "Look closer: no line that could be tested shows more than its usual noise; 5 could not be tested."`, `/Sprint delivery ""`, `next/ "Move the vault"`, `/Parked ""`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("highlights (-want +got):\n%s\n%s", diff, page.Tool)
	}
	list := "**To discuss:**\n\n1. At a glance: Look closer: no line that could be tested shows more than its usual noise; 5 could not be tested.\n2. Sprint delivery\n3. [Next](#note-next): Move the vault\n4. Parked\n"
	if !strings.Contains(page.Tool, list) {
		t.Errorf("the page does not hold\n%s\nbut\n%s", list, page.Tool)
	}
	html, err := HTML(frameFor(), r, *page)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Tell(frameFor(), r, Letter{Page: page}, *page, Profile{})
	if err != nil {
		t.Fatal(err)
	}
	var terminal strings.Builder
	if err := WriteTerminal(&terminal, *page, 80, func(_ Ink, s string) string { return s }); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"HTML": string(html), "the whole page": string(whole), "the terminal": terminal.String()} {
		if strings.Contains(text, DiscussMark) || !strings.Contains(text, "Sprint delivery ⚑") {
			t.Errorf("%s shows a mark as it is typed:\n%s", name, text)
		}
	}
	agenda, err := Tell(frameFor(), r, Letter{Page: page}, *page, Profile{Form: Agenda})
	if err != nil || !strings.Contains(string(agenda), "1. (5 min) At a glance: Look closer: no line that could be tested shows more than its usual noise; 5 could not be tested.\n2. (5 min) Sprint delivery\n") {
		t.Errorf("%v\n%s", err, agenda)
	}
	for _, p := range page.Places() {
		if strings.Contains(p.Title, DiscussMark) {
			t.Errorf("a place is called %q", p.Title)
		}
	}
}

// What somebody marked comes first on the agenda, and is told once.
func TestMarkedComesFirst(t *testing.T) {
	words := map[string]string{
		"asks": "- **Confirm:** Are we fine?\n- **Decide:** May we drop the vault? !discuss\n  - Need by: 2026-11-20\n",
		"next": "- Move the vault !discuss",
	}
	text, err := told(t, world(t), words, Profile{Form: Agenda})
	want := "1. (5 min) Next: Move the vault\n2. (5 min) **Ask 2, decide:** May we drop the vault? *New, needed by 20 November*\n3. (5 min) **Ask 1, confirm:** Are we fine? *New*\n4. (5 min) ▼"
	if err != nil || !strings.Contains(text, want) {
		t.Errorf("%v: it does not hold\n%s\nbut\n%s", err, want, text)
	}
	whole, err := told(t, world(t), words, Profile{})
	if err != nil || strings.Contains(whole, DiscussMark) || strings.Contains(whole, `\!discuss`) {
		t.Errorf("%v:\n%s", err, whole)
	}
}

// A mark is no part of a promise.
func TestAPromiseWithoutItsMark(t *testing.T) {
	r := world(t)
	r.Window.Last = r.Window.Last.Add(-1)
	before := pageWith(t, Markdown(frameFor(), r, Letter{}), map[string]string{"next": "- Tell Dana about the vault !discuss\n"})
	text := string(Markdown(frameFor(), world(t), Letter{Before: before}).Merge(nil, "").Text)
	if want := "- nothing shows whether it was done: Tell Dana about the vault\n"; !strings.Contains(text, want) {
		t.Errorf("the page does not hold %q:\n%s", want, text)
	}
}

// What is too long is cut between two words.
func TestShortened(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"short", "short"},
		{"exactly ten", "exactly …"},
		{"ten of ten", "ten of ten"},
		{"by 4 December", "by 4 …"},
		{"one, two and three", "one, two …"},
		{"Donaudampfschifffahrt", "Donaudampf…"},
		{"it ends …", "it ends …"},
		{"We do. It is late", "We do. It …"},
		{"We left. It is", "We left. …"},
		{"a\nb\tc d e f g", "a b c d e …"},
	} {
		if got := shortened(tt.text, 10); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
	long := "We will have moved all of the old cards from the vault to the new one, and tested it with the bank and Ana, by 4 December 2026 !discuss"
	page := pageWith(t, Markdown(frameFor(), world(t), Letter{}), map[string]string{"next": long})
	if got, want := Highlights(*page)[0].Text, "We will have moved all of the old cards from the vault to the new one, and tested it with the bank and Ana, by 4 …"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A form links to nothing that is not in it, and does not name what another
// reader does not see.
func TestAFormLinksIntoItself(t *testing.T) {
	r := world(t)
	page := marked(t, r, map[string]string{
		"people":      "Anya is tired: private-one. !discuss",
		"next":        "- Move the vault !discuss",
		"pay/goal":    "The vault is slow.\n\n!discuss",
		"top-of-mind": "!discuss",
	}, "## Top of mind\n", "## Top of mind\n\nprivate-two !discuss\n")
	for name, tt := range map[string]struct {
		profile Profile
		want    string
	}{
		"strategic": {Profile{ID: "sam", Level: Strategic}, "**To discuss:**\n\n1. [\\<script\\>alert(1)\\</script\\>](#note-pay-goal): The vault is slow.\n2. Next: Move the vault\n\n"},
		"middle":    {Profile{ID: "kim", Level: Organisational}, "**To discuss:**\n\n1. [\\<script\\>alert(1)\\</script\\>](#note-pay-goal): The vault is slow.\n2. [Next](#note-next): Move the vault\n\n"},
		"own":       {Profile{}, "3. [People](#note-people): Anya is tired: private-one.\n"},
	} {
		text, err := Tell(frameFor(), r, Letter{Page: page}, *page, tt.profile)
		if err != nil || !strings.Contains(string(text), tt.want) {
			t.Errorf("%s: %v: it does not hold\n%s\nbut\n%s", name, err, tt.want, text)
		}
		if tt.profile.ID != "" && (strings.Contains(string(text), "private-") || strings.Contains(string(text), "note-people")) {
			t.Errorf("%s holds what is for another reader:\n%s", name, text)
		}
		agenda, err := Tell(frameFor(), r, Letter{Page: page}, *page, Profile{ID: tt.profile.ID, Form: Agenda})
		if err != nil || tt.profile.ID != "" && strings.Contains(string(agenda), "private-") {
			t.Errorf("%s: %v\n%s", name, err, agenda)
		}
	}
	only := marked(t, r, map[string]string{"people": "private-one !discuss"})
	text, err := Tell(frameFor(), r, Letter{Page: only}, *only, Profile{ID: "kim"})
	if err != nil || strings.Contains(string(text), "to-discuss") || strings.Contains(string(text), "To discuss") {
		t.Errorf("%v: a list of nothing stands there, or a way back to it:\n%s", err, text)
	}
}
