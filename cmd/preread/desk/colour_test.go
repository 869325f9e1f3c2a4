package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"preread/report"
)

const green = "Colour: green until 2026-12-05 because it was a drill"

// The form writes a colour as the page reads it, into the words that are there.
func TestColour(t *testing.T) {
	for name, tt := range map[string]struct {
		note, want, without string
		unheard             int // lines that only begin as a colour does
	}{
		"a prompt":  {"\n✍ **Why red? What next? Who, by when?**\n\n", "\n" + green + "\n\n", "\n", 0},
		"words":     {"\nwords\n\n", "\nwords\n\n" + green + "\n\n", "\nwords\n\n", 0},
		"another":   {"words\r\n  color: RED until 2026-11-20, tea\r\nmore\n", "words\r\n  " + green + "\r\nmore\n", "words\r\nmore\n", 0},
		"several":   {"Colour: red until 2026-11-20 a\nColour: amber until 2026-11-21 b\n", "Colour: red until 2026-11-20 a\n" + green + "\n", "\n", 0},
		"not heard": {"Colour: green, surely\n", "Colour: green, surely\n\n" + green + "\n", "Colour: green, surely\n", 1},
		"a sentence": {"\nColour: the new brand colour goes live on Monday.\n\nAll good.\n\n", "\nColour: the new brand colour goes live on Monday.\n\nAll good.\n\n" + green + "\n\n",
			"\nColour: the new brand colour goes live on Monday.\n\nAll good.\n\n", 1},
		"a sentence and a colour": {"Colour: brand new\n\nColour: red until 2026-11-20 tea\n\nColours: all\n", "Colour: brand new\n\n" + green + "\n\nColours: all\n",
			"Colour: brand new\n\nColours: all\n", 1},
		"in a code":   {"```\nColour: red until 2026-11-20 tea\n```\n", "```\nColour: red until 2026-11-20 tea\n```\n\n" + green + "\n", "```\nColour: red until 2026-11-20 tea\n```\n", 0},
		"to discuss":  {"words\n\n!discuss\n", "words\n\n" + green + "\n\n!discuss\n", "words\n\n!discuss\n", 0},
		"only marked": {"\n!discuss\n\n", "\n" + green + "\n\n!discuss\n\n", "\n!discuss\n\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, text)
			f.put("checkout/p95", tt.note)
			f.post(http.StatusSeeOther, "colour", "slot", "checkout/p95", "was", f.was("checkout/p95"), "colour", "green", "until", "2026-12-05", "reason", " it was  a\tdrill ")
			if diff := cmp.Diff(tt.want, f.note("checkout/p95")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			page, err := report.ParsePage("", []byte(f.now()))
			if err != nil {
				t.Fatal(err)
			}
			all, complaints := report.Opinions("", page)
			if len(all) == 0 || len(complaints) != tt.unheard || ownOf(all) != (opinion{"green", "2026-12-05", "it was a drill"}) {
				t.Errorf("heard: %+v, %v", all, complaints)
			}
			if body := f.get("").Body.String(); !strings.Contains(body, "Own colour: green until 2026-12-05") || !strings.Contains(body, `value="it was a drill"`) {
				t.Error("the form does not show it")
			}
			f.post(http.StatusSeeOther, "colour", "slot", "checkout/p95", "was", f.was("checkout/p95"), "do", "remove", "colour", "green")
			if diff := cmp.Diff(tt.without, f.note("checkout/p95")); diff != "" {
				t.Errorf("taken away (-want +got):\n%s", diff)
			}
		})
	}
}

func ownOf(all []report.Opinion) opinion {
	own := all[len(all)-1].Own
	return opinion{own.Status.String(), own.Until.String(), own.Reason}
}

func TestRefusedColours(t *testing.T) {
	for said, o := range map[string]opinion{
		"a colour is red, amber or green":                           {"blue", "2026-12-05", "tea"},
		"a colour of your own needs a last day, such as 2026-11-30": {"red", "soon", "tea"},
		"2026-11-15 is over, and the colour would lapse at once":    {"red", "2026-11-15", "tea"},
		"a colour of your own needs a reason":                       {"red", "2026-11-16", " \t"},
		"the reason has more than 200 characters":                   {"red", "2026-11-16", strings.Repeat("é", 201)},
	} {
		f := newFixture(t, text)
		w := f.post(http.StatusUnprocessableEntity, "colour", "slot", "checkout/p95", "was", f.was("checkout/p95"), "colour", o.Colour, "until", o.Until, "reason", o.Reason)
		if !strings.Contains(w.Body.String(), "Not saved: "+said+".") || !strings.Contains(w.Body.String(), `value="`+o.Reason+`"`) {
			t.Errorf("%s: %s", said, w.Body)
		}
		if f.now() != text {
			t.Errorf("%s: the page has changed", said)
		}
	}
	f := newFixture(t, text)
	f.put("checkout/p95", "words\n\nColour: green, surely\n")
	if body := f.get("").Body.String(); !strings.Contains(body, "Not heard: a colour of one&#39;s own needs a last day and a reason; write it as “Colour: ") {
		t.Errorf("a colour that is not heard: %s", body)
	}
	was := f.was("checkout/p95")
	f.put("checkout/p95", "Colour: amber until 2026-11-21 because of them\n")
	w := f.post(http.StatusConflict, "colour", "slot", "checkout/p95", "was", was, "colour", "green", "until", "2026-12-05", "reason", "mine")
	if f.note("checkout/p95") != "Colour: amber until 2026-11-21 because of them\n" || !strings.Contains(w.Body.String(), `value="mine"`) {
		t.Errorf("somebody else's colour: %s", w.Body)
	}
	// What was told is the new beginning.
	f.post(http.StatusSeeOther, "colour", "slot", "checkout/p95", "was", f.was("checkout/p95"), "colour", "green", "until", "2026-12-05", "reason", "mine")
}
