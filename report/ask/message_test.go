package ask

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var behind = Frame{Person{"Dana", "VP Engineering"}, "Ana", "Checkout"}

func TestDraft(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		from       Frame
		serves     string
		want       Message
	}{
		{"a decision", sample, behind, "One-click checkout in all regions", Message{"Ravi", "A decision by 27 November 2026: Do we drop the old card vault?", `Hello Ravi,

I would like a decision from you for Ana’s team, Checkout: Do we drop the old card vault?

Ana recommends yes: it frees two weeks. It serves our goal: One-click checkout in all regions.

Asked before, on 20 November 2026: Ravi, "next week".

Please answer by 27 November 2026. Without an answer, in the words of Ana: we keep both until January.

Thank you,
Dana
`}},
		{"a resource", "- Resource: Could you lend us testers? The team is [small](https://x.example/a_b).\n  - To: Émile, QA\n  - Amount: two testers\n  - Until: March\n  - If granted: we ship in May\n  - If not: we ship in July.\n",
			Frame{Team: "Checkout"}, "", Message{"Émile", "Your help: Could you lend us testers?", `Hello Émile,

I ask you for something that the team Checkout needs: Could you lend us testers? It is about two testers. It is needed until March.

If granted: we ship in May. If not: we ship in July. The team is small (https://x.example/a_b).

Thank you,
`}},
		{"what the manager does is not what the boss does", "- Resource: Could you lend us testers?\n  - To: Mia\n  - Until: 2026-11-27\n  - If silent: I write to her myself\n", Frame{Boss: Person{Name: "Dana"}}, "", Message{"Mia", "Your help: Could you lend us testers?", `Hello Mia,

I ask you for something that one of my teams needs: Could you lend us testers? It is needed until 27 November 2026.

Without an answer, in the words of the team: I write to her myself.

Thank you,
Dana
`}},
		{"what the manager does, in their own words", "- Decide: Do we?\n  - To: Dana\n  - If silent: I write to her myself\n  - Until: 2026-11-27 at noon\n", Frame{Boss: Person{Name: "Dana"}, Manager: "Ana"}, "", Message{"Dana", "A decision: Do we?", `Hello Dana,

I would like a decision from you for my team: Do we? It is needed until 27 November 2026 at noon.

Without an answer: I write to her myself.

Thank you,
Ana
`}},
		{"to be known", "- Inform: The vault closes\n  - Need by: 2026-11-27\n  - To: Ravi\n", Frame{Boss: Person{Name: "Dana"}, Manager: "Ana"}, "", Message{"Ravi", "For your information: The vault closes", `Hello Ravi,

This is for you to know, from Ana’s team: The vault closes.

Thank you,
Dana
`}},
		{"an introduction", "- Connect: Nordbank has it. Could you introduce us? It is urgent!\n  - To: head of payments, Nordbank\n  - Options: by mail / by phone\n  - Asked: 2026-11-20\n  - Asked: Mia\n", Frame{}, "", Message{"head of payments", "An introduction: Could you introduce us?", `Hello head of payments,

I would like to bring you together with one of my teams, who asked me: Could you introduce us? The choice: by mail; by phone.

Nordbank has it. It is urgent!

Asked before, on 20 November 2026. Asked before: Mia.

Thank you,
`}},
		{"overdue", "- Unblock: Could you move our queue?\n  - Need by: 2026-11-22\n  - To: Ravi\n  - I recommend: Friday\n  - If silent: we wait\n", behind, "", Message{"Ravi", "A way forward: Could you move our queue?", `Hello Ravi,

Only you can move something for Ana’s team, Checkout: Could you move our queue?

Ana recommends: Friday.

It was needed by 22 November 2026, so please answer as soon as you can. Without an answer, in the words of Ana: we wait.

Thank you,
Dana
`}},
		{"needed today", "- Confirm: Is it so?\n  - Need by: 2026-11-23\n  - To: Ravi\n", behind, "", Message{"Ravi", "A confirmation by 23 November 2026: Is it so?", `Hello Ravi,

Please confirm something for Ana’s team, Checkout: Is it so?

Please answer by 23 November 2026.

Thank you,
Dana
`}},
		{"to the boss", sample[:strings.Index(sample, "  - Need by")] + "  - To: dana, VP\n", behind, "", Message{"dana", "A decision: Do we drop the old card vault?", `Hello dana,

I would like a decision from you for my team, Checkout: Do we drop the old card vault?

I recommend yes: it frees two weeks.

Thank you,
Ana
`}},
		{"an introduction, by the boss", "- Connect: Could you introduce us?\n  - To: VP Engineering\n  - I recommend: by mail\n", Frame{Boss: Person{"Dana", "VP Engineering"}}, "", Message{"VP Engineering", "An introduction: Could you introduce us?", `Hello VP Engineering,

I ask you for an introduction for my team: Could you introduce us?

I recommend: by mail.

Thank you,
`}},
	} {
		got, err := Draft(Parse(tt.text)[0], tt.from, tt.serves, day("2026-11-23"))
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", tt.name, err, diff)
		}
	}
}

// Who reads the page is not written to in their own name.
func TestAnAskToTheBoss(t *testing.T) {
	for _, tt := range []struct {
		boss, to Person
		want     bool
	}{
		{Person{"Dana", "VP"}, Person{Name: "Dana"}, true},
		{Person{"Dana Smith", "VP"}, Person{Name: "DANA"}, true},
		{Person{"Dana", ""}, Person{Name: "Dana Smith"}, true},
		{Person{"Dana", "VP Engineering"}, Person{"Dana", "VP"}, true},
		{Person{"Dana", "VP"}, Person{Name: "you"}, true},
		{Person{"Dana", "VP"}, Person{Name: "VP"}, true},
		{Person{"Dana Smith", "VP"}, Person{Name: "Dana Jones"}, false},
		{Person{"Dana", "VP"}, Person{"Dana", "Warehouse"}, false},
		{Person{"Dana", ""}, Person{Name: "Dan"}, false},
		{Person{}, Person{Name: "Dana"}, false},
		{Person{"Dana", "VP"}, Person{What: "VP"}, false},
	} {
		if got := (Frame{Boss: tt.boss}).toBoss(tt.to); got != tt.want {
			t.Errorf("%s to %s: %t", tt.boss, tt.to, got)
		}
	}
}

func TestDraftRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"- Decide: Do we?", "nobody is named; write “To: ” and a name below the ask"},
		{"- Decide: Do we?\n  - To: , Platform", "nobody is named; write “To: ” and a name below the ask"},
		{"- Decide:\n  - To: Ravi", "nothing is asked; write the question behind “Decide:”"},
		{"- Decide: Do we" + strings.Repeat(" really", 120) + "?\n  - To: Ravi", "with its question alone the message has 138 words, and may have 120; ask it in one short sentence"},
	} {
		if m, err := Draft(Parse(tt.text)[0], behind, "", day("2026-11-23")); err == nil || err.Error() != tt.want || m != (Message{}) {
			t.Errorf("%q: %v, %+v", tt.text, err, m)
		}
	}
}

// fullAsk is an ask with something in all its fields, as short or long as it
// may be.
func fullAsk() *rapid.Generator[Ask] {
	line := rapid.OneOf(rapid.Map(phrases(), phrase.means), rapid.StringN(0, 40, -1), rapid.Just(""))
	return rapid.Custom(func(t *rapid.T) Ask {
		a := Ask{Kind: rapid.SampledFrom(append(kinds, "other")).Draw(t, "kind"), Question: line.Draw(t, "question") + "?", To: Person{line.Draw(t, "name"), line.Draw(t, "what")}}
		for _, at := range []*string{&a.Recommend, &a.IfSilent, &a.Serves, &a.Amount, &a.Until, &a.IfGranted, &a.IfNot} {
			*at = line.Draw(t, "field")
		}
		a.Options = rapid.SliceOfN(line, 0, 4).Draw(t, "options")
		for _, text := range rapid.SliceOfN(line, 0, 5).Draw(t, "asked") {
			a.Asked = append(a.Asked, Talk{day("2026-11-20"), text})
		}
		if rapid.Bool().Draw(t, "due") {
			a.NeedBy = day("2026-11-27")
		}
		return a
	})
}

func TestDraftIsShortAndWhole(t *testing.T) {
	name := rapid.OneOf(rapid.Just("Ana"), rapid.StringN(0, 90, -1))
	refused, shortened := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		a := fullAsk().Draw(t, "ask")
		if rapid.Bool().Draw(t, "wordy") { // more than fits, so something has to be left out
			a.Recommend = strings.TrimSpace(strings.Repeat("because ", 110))
		}
		from := Frame{Person{Name: name.Draw(t, "boss")}, name.Draw(t, "manager"), name.Draw(t, "team")}
		serves := name.Draw(t, "serves")
		m, err := Draft(a, from, serves, day("2026-11-23"))
		if err != nil {
			refused++
			if m != (Message{}) || strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("%+v with %v", m, err)
			}
			return
		}
		if n := len(strings.Fields(m.Body)); n > 120 {
			t.Fatalf("%d words:\n%s", n, m.Body)
		}
		if strings.ContainsAny(m.Subject+m.To, "\r\n") || utf8.RuneCountInString(m.Subject) > longSubject+1 {
			t.Fatalf("subject %q, to %q", m.Subject, m.To)
		}
		question, _ := a.asked()
		if !strings.Contains(m.Body, spoken(question)) {
			t.Fatalf("the question %q is not in:\n%s", question, m.Body)
		}
		whole := []string{a.IfSilent, a.Recommend, a.IfGranted, a.IfNot, serves}
		for _, t := range a.Asked {
			whole = append(whole, t.Text)
		}
		left := m.Body
		for _, text := range whole {
			if !strings.Contains(m.Body, spoken(text)) {
				shortened++
			} else {
				left = strings.Replace(left, spoken(text), "", 1)
			}
		}
	})
	if refused == 0 || shortened == 0 {
		t.Errorf("%d were refused, %d parts were left out: not all was tried", refused, shortened)
	}
}

// What stays is whole, and the more important part stays.
func TestDraftLeavesOutWholeParts(t *testing.T) {
	long := func(word string, n int) string { return strings.TrimSpace(strings.Repeat(word+" ", n)) }
	a := Ask{Kind: Decide, Question: "Do we? " + long("background", 30), To: Person{Name: "Ravi"}, IfSilent: long("silent", 20), Recommend: long("recommended", 20), NeedBy: day("2026-11-27"),
		Asked: []Talk{{day("2026-11-01"), long("first", 20)}, {day("2026-11-08"), long("second", 20)}}}
	m, err := Draft(a, behind, "One click", day("2026-11-23"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for word := range strings.FieldsSeq(m.Body) {
		count[strings.Trim(word, ".")]++
	}
	got := []int{count["silent"], count["recommended"], count["second"], count["first"], count["background"]}
	if want := []int{20, 20, 20, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("of silent, recommended, second, first, background there are %v, want %v:\n%s", got, want, m.Body)
	}
}

func TestEML(t *testing.T) {
	m := Message{"Zoë", "A decision: Zieht Zoë „um“?", "Hello Zoë,\n\nDo we = yes?\n.\n" + strings.Repeat("long ", 30) + "way\n"}
	got := m.EML(time.Date(2026, 11, 20, 9, 30, 0, 0, time.FixedZone("", 3600)), Address{"Dana, VP \"Eng\"", "dana@acme.example"}, Address{Mail: "zoe@acme.example"})
	want := strings.ReplaceAll(`X-Unsent: 1
Date: Fri, 20 Nov 2026 09:30:00 +0100
From: "Dana, VP \"Eng\""
 <dana@acme.example>
To: =?utf-8?q?Zo=C3=AB?=
 <zoe@acme.example>
Subject: =?utf-8?q?A_decision:_Zieht_Zo=C3=AB_=E2=80=9Eum=E2=80=9C=3F?=
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hello Zo=C3=AB,

Do we =3D yes?
.
long long long long long long long long long long long long long long long =
long long long long long long long long long long long long long long long =
way
`, "\n", "\r\n")
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	bare := string(m.EML(time.Time{}, Address{"Dana", "nobody"}, Address{"Ravi", strings.Repeat("r", 250) + "@acme.example"}))
	if strings.Contains(bare, "Date:") || strings.Contains(bare, "From:") || strings.Contains(bare, "To:") {
		t.Errorf("what is not known is in the header:\n%s", bare)
	}
}

// checkEML reads a mail back.
func checkEML(t interface {
	Helper()
	Fatalf(string, ...any)
}, m Message, from, to Address) {
	t.Helper()
	text := m.EML(time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), from, to)
	head, _, _ := strings.Cut(string(text), "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if len(line) > 990 || strings.ContainsAny(line, "\r\n\x00") || strings.IndexFunc(line, func(r rune) bool { return r > 126 || r < 32 }) >= 0 {
			t.Fatalf("line %q in %q", line, text)
		}
	}
	if strings.Count(string(text), "\n") != strings.Count(string(text), "\r\n") || strings.Count(string(text), "\r") != strings.Count(string(text), "\n") {
		t.Fatalf("a line does not end with CR LF: %q", text)
	}
	read, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	for name := range read.Header {
		if !slices.Contains([]string{"X-Unsent", "Date", "From", "To", "Subject", "Mime-Version", "Content-Type", "Content-Transfer-Encoding"}, name) || len(read.Header[name]) != 1 {
			t.Fatalf("header %s is in %q", name, text)
		}
	}
	for name, a := range map[string]Address{"From": from, "To": to} {
		if read.Header.Get(name) == "" {
			continue
		}
		if got, err := mail.ParseAddress(read.Header.Get(name)); err != nil || got.Address != a.Mail {
			t.Fatalf("%s is %v, %v in %q", name, got, err, text)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if want := shortened(strings.ReplaceAll(clean(m.Subject), "=?", "= ?"), longSubject); err != nil || subject != want {
		t.Fatalf("subject %q became %q, %v", m.Subject, subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
	if want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(m.Body, "�")); err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != want {
		t.Fatalf("body %q became %q, %v", m.Body, body, err)
	}
}

func FuzzEML(f *testing.F) {
	f.Add("Ravi\r\nBcc: x@x.example", "a@x.example\r\nBcc: y@x.example", "Hi\r\n\r\nthere", "Hello\r.\n")
	f.Add("Zoë (\"Z\")", "zoe@acme.example", "„Ja“", "=\n")
	f.Add("=?utf-8?q?x=0D=0ABcc:_y?=", "a..b@x.example", "=?utf-8?q?=0D=0A?=", "")
	f.Fuzz(func(t *testing.T, name, address, subject, body string) {
		checkEML(t, Message{name, subject, body}, Address{name, address}, Address{"", address})
	})
}

func TestEMLOfAnything(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.SampledFrom([]string{"\r\n", "\n", "\r", "Bcc: x@x.example", "é", "字", "\"", "\\", "<", ">", ",", "=?utf-8?q?", "?=", " ", "a", "👩‍👩‍👧", "(", "\x00"})), func(s []string) string { return strings.Join(s, "") }))
	mails := rapid.OneOf(rapid.StringMatching(`[a-z.+]{1,8}@[a-z.-]{1,12}`), text)
	rapid.Check(t, func(t *rapid.T) {
		checkEML(t, Message{text.Draw(t, "to"), text.Draw(t, "subject"), text.Draw(t, "body")}, Address{text.Draw(t, "from"), mails.Draw(t, "mail")}, Address{text.Draw(t, "name"), mails.Draw(t, "mail")})
	})
}
