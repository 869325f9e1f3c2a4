package ask

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What looks like an ask and is none is told, with its line and what to write.
func TestMissed(t *testing.T) {
	const any = ", or instead of Decide one of Insight, Resource, Connect, Unblock, Confirm, Inform"
	const below = "\n  - Need by: 2026-11-27\n  - To: Ravi"
	for _, tt := range []struct{ name, text, want string }{
		{"two letters exchanged", "- **Decied** (need by Friday) the vault", "1 “Decied” is no kind of ask, so this one is not heard: “- **Decide:** (need by Friday) the vault”"},
		{"a letter too few", "Asks:\n\n- Resorce: two testers", "3 “Resorce” is no kind of ask, so this one is not heard: “- **Resource:** two testers”"},
		{"a letter too many", "1. [ ] Unnblock: the queue", "1 “Unnblock” is no kind of ask, so this one is not heard: “- **Unblock:** the queue”"},
		{"letters in another order", "- Insihgt: x\n- Desicion: y", "1 “Insihgt” is no kind of ask, so this one is not heard: “- **Insight:** x”\n2 “Desicion” is no kind of ask, so this one is not heard: “- **Decide:** y”"},
		{"another word", "- **Decision:** May we?" + below, "1 “Decision” is no kind of ask, so this one is not heard: “- **Decide:** May we?”"},
		{"another word, wanted", "**Decision needed:** Brazil in or out", "1 “Decision needed” is no kind of ask, so this one is not heard: “- **Decide:** Brazil in or out”"},
		{"help", "- Help: Platform does not answer", "1 “Help” is no kind of ask, so this one is not heard: “- **Unblock:** Platform does not answer”"},
		{"approve", "* __Approve__: two hires", "1 “Approve” is no kind of ask, so this one is not heard: “- **Decide:** two hires”"},
		{"approve, bold alone, with fields", "- **Approval** two hires" + below, "1 “Approval” is no kind of ask, so this one is not heard: “- **Decide:** two hires”"},
		{"no colon", "- **Decide** May we?", "1 “Decide May we?” is not heard as an ask: behind its kind there is no colon: “- **Decide:** May we?”"},
		{"no colon and not bold", "- Confirm the goal is still all regions", "1 “Confirm the goal is still all regions” is not heard as an ask: behind its kind there is no colon: “- **Confirm:** the goal is still all regions”"},
		{"more than the kind", "- Please decide: Brazil", "1 “Please decide: Brazil” is not heard as an ask: its kind is more than one word: “- **Decide:** Brazil”"},
		{"no list", "**Decide:** Brazil in or out", "1 “Decide: Brazil in or out” is not heard as an ask: it is no item of a list: “- **Decide:** Brazil in or out”"},
		{"a heading", "text\n### Decide: Brazil", "2 “Decide: Brazil” is not heard as an ask: it is no item of a list: “- **Decide:** Brazil”"},
		{"a word that is none, and a question", "- **Vault:** may we drop it?", "1 “Vault” is no kind of ask, so this one is not heard: “- **Decide:** may we drop it?”" + any},
		{"a word that is none, and fields", "- Vault: drop it" + below, "1 “Vault” is no kind of ask, so this one is not heard: “- **Decide:** drop it”" + any},
		{"no kind", "- May we drop it? ⚑", "1 “May we drop it? ⚑” is not heard as an ask: it begins with no kind: “- **Decide:** May we drop it? ⚑”" + any},
		{"no kind, no list", "It is old.\nMay we drop it?", "1 “It is old. May we drop it?” is not heard as an ask: it begins with no kind: “- **Decide:** It is old. May we drop it?”" + any},
		{"what stands below is told once", "- Vault: drop it?\n\n  - Need by: 2026-11-27\n  - Is it so old?\n- Is this told too?", "5 “Is this told too?” is not heard as an ask: it begins with no kind: “- **Decide:** Is this told too?”" + any},
		{"a field of no ask", "- Decide: Do we?\n- Owner: Ana\n- Need by: 2026-11-27", "3 “Need by: 2026-11-27” stands below no ask and is not heard: it below its ask, indented by two blanks"},
		{"a day that cannot be read", "- Decide: Do we?\n  - To: Ravi\n  - Need by: 27.11.2026\n- Decide: a?\n  - Needed by: 2026-02-30", "3 “27.11.2026” is no date that can be read: “Need by: 2026-11-27” or “Need by: 27 November 2026”\n5 “2026-02-30” is no date that can be read: “Need by: 2026-11-27” or “Need by: 27 November 2026”"},

		// What is heard, or asks nobody.
		{"days", "- Decide: Do we?\n  - Need by: 28 November 2026\n- Decide: Do we?\n  - Need by: Friday\n  - Need by: 2026-11-27\n- [x] Decide: Do we?\n  - Need by: soon\n- Inform: tea\n  - Need by: soon\n- Decide: Do we?\n  - Need by:\n", ""},
		{"a proper ask", sample, ""},
		{"in an ask", "- Decide: Do we?\n  - Why do you ask?\n  - **Decision:** no\n  more?\n\n  Is it so?", ""},
		{"bold words", "- **Thanks** to Ben\n- **Note:** the vault is old\n- **Background:** see [plan](https://x.example)\n- **Why now:** the contract ends\n- **Risk:** high", ""},
		{"bold words in a paragraph", "**The vault is old.** We drop it.\n\n**Context:** it is old.\n\n**Help** is on its way.", ""},
		{"words like kinds", "- Context: a\n- Content: b\n- Source: c\n- Correct: d\n- Perform: e\n- Inside: f\n- Reason: g", ""},
		{"what is over", "- **Decided:** we drop it\n- Confirmed: all regions\n- Approved: two hires\n- Informed: Ravi", ""},
		{"a heading for asks", "**Decisions:**\n\n- **Decide:** Do we?\n\nHelp needed:\n\n- Unblock: Could Ola?", ""},
		{"a long sentence", "- What is asked here was said before we met: help", ""},
		{"answered", "- Do we drop it?\n  - Need by: 2026-11-27\n  - Answer: no\n- Decision: Brazil\n- Answer: 2026-11-20 yes", ""},
		{"ticked or struck", "- [x] Decision: yes\n- [X] May we drop it?\n- ~~Decision: yes~~\n- ~~May we drop it?~~", ""},
		{"quote, code, comment", "> Decision: yes\n> May we drop it?\n\n```\n- Decision: yes\n```\n\n<!--\n- Decision: yes\n-->\n", ""},
		{"nothing more", "- Nothing more.\n- Questions?\n- any?\n", ""},
		{"nothing", "", ""},
		{"ordinary words for fields", "- To: Ravi\n- Until: June\n- Options:\n", ""},
	} {
		var got []string
		for _, m := range Missed(tt.text) {
			if m.Rule != Unheard {
				t.Errorf("%s: rule %s", tt.name, m.Rule)
			}
			got = append(got, fmt.Sprintf("%d %s: %s", m.Line, m.Text, m.Instead))
		}
		want := tt.want
		if tt.name == "what stands below is told once" {
			want = "1 “Vault” is no kind of ask, so this one is not heard: “- **Decide:** drop it?”" + any + "\n" + want
		}
		if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s:\n%s\n%s", tt.name, tt.text, diff)
		}
	}
}

// What is written instead is heard.
func TestWhatToWriteInsteadIsHeard(t *testing.T) {
	for _, text := range []string{"- **Decied** the vault", "- Help: *us*", "May we drop it?", "**Decide** Do we drop it?"} {
		missed := Missed(text)
		if len(missed) != 1 {
			t.Fatalf("%s: %d are missed", text, len(missed))
		}
		instead, _, _ := strings.Cut(strings.TrimPrefix(missed[0].Instead, "“"), "”")
		if asks := Parse(instead); len(asks) != 1 || asks[0].Question == "" || len(Missed(instead)) > 0 {
			t.Errorf("%s: %q is heard as %+v", text, instead, asks)
		}
	}
}

// Any text can be read, and each kind with two letters exchanged is missed, or
// heard if they are the same.
func TestAKindIsHeardOrMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text")
		for _, m := range Missed(text) {
			if m.Line < 1 || m.Line > 1+strings.Count(text, "\n") || m.Text == "" || m.Instead == "" {
				t.Fatalf("%+v of %q", m, text)
			}
		}
		word := []rune(rapid.SampledFrom(kinds).Draw(t, "kind"))
		at := rapid.IntRange(0, len(word)-2).Draw(t, "at")
		word[at], word[at+1] = word[at+1], word[at]
		line := "- **" + capital(string(word)) + ":** the vault"
		if heard, missed := Parse(line), Missed(line); len(heard)+len(missed) != 1 {
			t.Fatalf("%q: %d heard, %d missed", line, len(heard), len(missed))
		}
	})
}
