package ask

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func rules(problems []Problem) string {
	var names []string
	for _, p := range problems {
		names = append(names, string(p.Rule))
	}
	return strings.Join(names, " ")
}

func TestProblems(t *testing.T) {
	const rest = "\n  - Need by: 2026-11-27\n  - If silent: we wait\n  - To: Ravi\n"
	for _, tt := range []struct{ text, want string }{
		// What can be answered with yes or no, or by choosing.
		{"Decide: Do we drop the old card vault?" + rest, ""},
		{"Decide: The vault costs us. If it goes, can we stop? It is old." + rest, ""},
		{"Decide: When Brazil slips, do we go on?" + rest, ""},
		{"Decide: Two more testers until March?" + rest, ""},
		{"Decide: Do we go on or not?" + rest, ""},
		{"Decide: May we hire one or two testers?" + rest, ""},
		{"Decide: Do we ship v1.2 in March?" + rest, ""},
		{"Decide: Norway or Spain? I recommend Norway." + rest, ""},
		{"Decide: The order" + rest + "  - Options: a / b / c\n  - I recommend: a\n", ""},
		{"Decide: Which order?" + rest + "  - Options: a / b\n  - I recommend: a\n", ""},
		{"Unblock: Could Platform move our queue by Friday? It is stuck again." + rest, ""},
		{"Insight: How would you tell them? I recommend in person." + rest, ""},

		{"Insight: I lean to one region at a time; what do I not see?" + rest, ""},
		{"Insight: I lean towards Norway. How would you tell them?" + rest, ""},
		{"Insight: We would rather wait. Is it wise?" + rest, ""},
		{"Insight: My view so far is that it can wait: what is wrong with it?" + rest, ""},
		{"Insight: Is it wise? I’d start in Norway." + rest, ""},
		{"Insight: I think we should wait. Is it wise?" + rest, ""},

		// What cannot.
		{"Insight: Which way do you lean?" + rest, "question view"},
		{"Insight: We run lean. Is it wise?" + rest, "view"},
		{"Insight: What would you rather do?" + rest, "question view"},
		{"Decide: I lean to Norway; what do I not see?" + rest, "question"},
		{"Decide:" + rest, "question"},
		{"Decide: The old card vault" + rest, "question"},
		{"Decide: Which order of countries would you choose? I recommend Norway." + rest, "question"},
		{"Decide: The vault is old: what do we do with it?" + rest, "question"},
		{"Decide: By when is it done?" + rest, "question"},
		{"Decide: Do we start with Norway or Spain?" + rest, "question"},
		{"Decide: Which order?" + rest + "  - Options: a / b\n", "question"},
		{"Decide: Which order?" + rest + "  - Options: a / b / c / d\n  - I recommend: a\n", "question"},
		{"Unblock: We need it by Friday" + rest, "question"},

		{"Unblock: Platform never answers our tickets." + rest, "complaint"},
		{"Unblock: Why is Platform always late?" + rest, "complaint"},
		{"Unblock: Our tickets don’t get answered" + rest, "complaint"},
		{"Unblock: Platform never answers. Please help us." + rest, "question"},

		{"Decide: Do we?\n  - If silent: we wait\n  - To: Ravi", "need-by"},
		{"Decide: Do we?\n  - If silent: we wait\n  - To: Ravi\n  - Need by: 2026-11-19", "overdue"},
		{"Decide: Do we?\n  - If silent: we wait\n  - To: Ravi\n  - Need by: 2026-11-20", ""},
		{"Decide: Do we?\n  - Need by: 2026-11-27\n  - To: Ravi", "default"},
		{"Decide: Do we?\n  - Need by: 2026-11-27\n  - If silent: we wait", "nobody"},
		{"Connect: Could you introduce us?\n  - Need by: 2026-11-27\n  - If silent: we wait", "contact"},
		{"Connect: Could you introduce us?\n  - Need by: 2026-11-27\n  - If silent: we wait\n  - To: , head of payments", ""},
		{"Insight: Is it wise?" + rest, "view"},
		{"Insight: Which order?" + rest + "  - Options: a / b", "view"},
		{"Insight: How would you tell them?" + rest, "question view"},
		{"Resource: May we have testers?" + rest + "  - Amount: two\n  - If granted: May", "amount"},
		{"Resource: May we have testers?" + rest + "  - Amount: two\n  - If granted: May\n  - If not: July", ""},
		{"Decide: Do we?" + rest + "  - Confirm: Is it so?", "nested"},
		{"Decide: Do we?" + rest + "  - Cofnirm: Is it so?", "nested"},
		{"Decide: Do we?" + rest + "  - Confirmed: it is so\n  - Decision: none yet\n  - confirm it with Ravi", ""},
		{"Decide: Do we?" + rest + "  - I recomend: yes", "unheard"},
		{"Decide: Do we?\n  - Needby: 2026-11-27\n  - If silent: we wait\n  - To: Ravi", "need-by unheard"},
		{"Decide: Do we?" + rest + "  - Owner: Ana\n  - Toe: blue\n  - Money: much", ""},
		{"Insight: Why?", "question need-by default nobody view"},

		// What waits for no answer.
		{"[x] Decide: The vault", ""},
		{"Decide: The vault\n  - Answer: yes", ""},
		{"Inform: The vault is closed", ""},
	} {
		asks := Parse("- " + tt.text)
		if len(asks) != 1 {
			t.Fatalf("%q holds %d asks", tt.text, len(asks))
		}
		if got := rules(Problems(asks[0], day("2026-11-20"))); got != tt.want {
			t.Errorf("%q breaks %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestProblemsSayWhatToWrite(t *testing.T) {
	today := day("2026-11-20")
	got := Problems(Parse("- Insight: Why?\n  - Need by: next Friday\n  - Decide: Do we?")[0], today)
	want := []Problem{
		{NoQuestion, "its question is open", "ask for yes or no, or add “Options: ” with at most three and “I recommend: ” with yours"},
		{NoNeedBy, "“next Friday” is no date that can be read", "write the day as “Need by: 2026-11-27”"},
		{NoDefault, "it does not say what happens if nobody answers", "write “If silent: ” and what you will do then"},
		{Nobody, "it goes to nobody", "write “To: ” and the name of who can answer"},
		{NoView, "it does not say which way you lean", "write “I recommend: ” and your best view so far, with your doubt"},
		{Nested, "“Decide: Do we?” stands inside of another ask and is not heard", "move “Decide” out to the left, as an item of its own"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	overdue := Problems(Parse("- Decide: Do we?\n  - Need by: 2025-11-27\n  - To: Ravi\n  - If silent: no")[0], today)
	if want := []Problem{{Overdue, "it was needed by 27 November 2025", "write a new day, such as “Need by: 2026-11-27”, or what happened without an answer"}}; !cmp.Equal(want, overdue) {
		t.Error(cmp.Diff(want, overdue))
	}
}

// What the problems say to write takes them away.
func TestProblemsCanBeSolved(t *testing.T) {
	today := day("2026-11-20")
	rapid.Check(t, func(t *rapid.T) {
		a := fullAsk().Draw(t, "ask")
		for range 2 { // a question that is asked otherwise may say no view any more
			for _, p := range Problems(a, today) {
				if p.Text == "" || p.Instead == "" || strings.ContainsAny(p.Text+p.Instead, "\r\n") || strings.HasSuffix(p.Text+p.Instead, ".") {
					t.Fatalf("%+v", p)
				}
				switch p.Rule {
				case NoQuestion, Complaint:
					a.Question, a.Options = "Do we?", nil
				case NoNeedBy, Overdue:
					a.NeedBy = today.Add(7)
				case NoDefault:
					a.IfSilent = "we wait"
				case Nobody, NoContact:
					a.To.Name = "Ravi"
				case NoView:
					a.Recommend = "yes"
				case NoAmount:
					a.Amount, a.IfGranted, a.IfNot = "two", "May", "July"
				default:
					t.Fatalf("%+v", p)
				}
			}
		}
		if left := Problems(a, today); len(left) > 0 {
			t.Fatalf("left: %+v", left)
		}
	})
}

func TestCrowd(t *testing.T) {
	ask := func(n int, text string) string { return strings.Repeat(text+"\n", n) }
	for _, tt := range []struct {
		name, text string
		want       []Problem
	}{
		{"none", "", nil},
		{"three", ask(3, "- Decide: Do we?"), nil},
		{"four", ask(4, "- Decide: Do we?"), []Problem{{TooManyOpen, "4 asks are open and not ranked; a reader answers 3 at most", "number them, the most important one first, or write “Mine: ” and how you will handle it"}}},
		{"three and ranked ones", ask(3, "- Decide: Do we?") + ask(3, "1. Decide: Do we?"), nil},
		{"three and one that is handled", ask(3, "- Decide: Do we?") + "- Decide: Do we?\n  - Mine: I ask Mia\n", nil},
		{"three and what waits for nothing", ask(3, "- Decide: Do we?") + "- Inform: It is so\n- [x] Decide: Did we?\n", nil},
	} {
		if diff := cmp.Diff(tt.want, Crowd(Parse(tt.text))); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}
