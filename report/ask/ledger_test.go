package ask

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
)

// Entries are counted as their asks stand on the page, whatever is answered
// meanwhile; what has left it follows.
func TestListed(t *testing.T) {
	const old, next, closed, last = "- Decide: Is it old?\n", "- Decide: Shall we paint the shed?\n", "- Confirm: All regions?\n", "- Inform: Tea is out\n"
	numbers := func(l Ledger, asks int) string {
		var all []string
		for _, e := range l.Listed(asks) {
			all = append(all, fmt.Sprintf("%d %s", e.Number, e.Ask.Question))
		}
		return strings.Join(all, "\n")
	}
	for _, tt := range []struct {
		name  string
		pages []string
		asks  int
		want  string
	}{
		{"nothing", nil, 0, ""},
		{"in the order of the page", []string{old, last + "- Decide:\n" + next + old}, 4, "1 Tea is out\n3 Shall we paint the shed?\n4 Is it old?"},
		{"answered", []string{old, last + "- Decide:\n" + next + "  - Answer: no\n" + old}, 4, "1 Tea is out\n3 Shall we paint the shed?\n4 Is it old?"},
		{"left the page", []string{closed + old, last + "- Decide:\n"}, 2, "1 Tea is out\n3 All regions?\n4 Is it old?"},
		{"came back", []string{closed + old, last, last + old}, 2, "1 Tea is out\n2 Is it old?\n3 All regions?"},
	} {
		if diff := cmp.Diff(tt.want, numbers(pages(tt.pages...), tt.asks)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func week(n int) sources.Week { return sources.Week{Year: 2026, N: n} }

// pages folds pages from week 41 on.
func pages(texts ...string) Ledger {
	var l Ledger
	for i, text := range texts {
		l = l.Take(week(41+i), Parse(text))
	}
	return l
}

// told says in short what a ledger holds.
func told(l Ledger) string {
	var lines []string
	for _, e := range l {
		line := e.Ask.Question + " " + e.First.Short() + "-" + e.Last.Short()
		if !e.Closed.IsZero() {
			line += " closed " + e.Closed.Short()
		}
		if !e.Gone.IsZero() {
			line += " gone " + e.Gone.Short()
		}
		if e.Dropped() {
			line += " dropped"
		}
		if e.Answer != (Talk{}) {
			line += ": " + e.Answer.String()
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestLedger(t *testing.T) {
	const vault = "- Decide: Do we drop the old card vault?\n"
	for _, tt := range []struct {
		name  string
		pages []string
		want  string
	}{
		{"stays", []string{vault, vault, vault}, "Do we drop the old card vault? W41-W43"},
		{"is answered", []string{vault, vault + "  - Answer: 2026-10-15 yes\n", ""}, "Do we drop the old card vault? W41-W42 closed W42 gone W43: 2026-10-15 yes"},
		{"is ticked, later answered", []string{vault, "- [x] " + vault[2:], vault + "  - Answer: yes\n", "- [x] " + vault[2:]}, "Do we drop the old card vault? W41-W44 closed W42: yes"},
		{"is ticked by mistake", []string{vault, "- [x] " + vault[2:], vault}, "Do we drop the old card vault? W41-W43"},
		{"leaves without an answer", []string{vault, "", ""}, "Do we drop the old card vault? W41-W41 gone W42 dropped"},
		{"leaves and comes back", []string{vault, "", vault}, "Do we drop the old card vault? W41-W43"},
		{"is reworded", []string{vault, "* __DECIDE__: do we drop the *old* card vault in May ?\n"}, "do we drop the old card vault in May ? W41-W42"},
		{"is asked again after its answer", []string{vault + "  - Answer: no\n", "", vault}, "Do we drop the old card vault? W41-W41 closed W41 gone W42: no\nDo we drop the old card vault? W43-W43"},
		{"is of another kind", []string{vault, "- Confirm: Do we drop the old card vault?\n"}, "Do we drop the old card vault? W41-W41 gone W42 dropped\nDo we drop the old card vault? W42-W42"},
		{"two in one", []string{vault, vault + "- Decide: Do we drop the old card vault in May?\n"}, "Do we drop the old card vault in May? W42-W42\nDo we drop the old card vault? W41-W42"},
		{"two in one, both reworded", []string{"- Decide: Do we drop the old card vault?\n", "- Decide: Do we drop the old card vault in Oslo?\n- Decide: Do we drop the old card vault of Oslo and Bergen?\n"},
			"Do we drop the old card vault in Oslo? W41-W42\nDo we drop the old card vault of Oslo and Bergen? W42-W42"},
		{"the same twice", []string{vault + vault, vault}, "Do we drop the old card vault? W41-W41 gone W42 dropped\nDo we drop the old card vault? W41-W42"},
		{"one of two that are as like", []string{"- Decide: Do we drop the card vault of Oslo?\n- Decide: Do we drop the card vault of Bergen?\n", "- Decide: Do we drop the card vault of Oslo?\n", "- Decide: Do we drop the card vault?\n"},
			"Do we drop the card vault of Bergen? W41-W41 gone W42 dropped\nDo we drop the card vault? W41-W43"},
		{"the other one", []string{"- Decide: Do we drop the card vault of Oslo?\n- Decide: Do we drop the card vault of Bergen?\n", "- Decide: Do we drop the card vault of Bergen?\n", "- Decide: Do we drop the card vault?\n"},
			"Do we drop the card vault of Oslo? W41-W41 gone W42 dropped\nDo we drop the card vault? W41-W43"},
		{"nothing asked", []string{"- Decide:\n", vault}, "Do we drop the old card vault? W42-W42"},
		{"to be known only", []string{"- Inform: The vault is closed\n", ""}, "The vault is closed W41-W41 gone W42"},
	} {
		if diff := cmp.Diff(tt.want, told(pages(tt.pages...))); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// Nothing but their places tells twins apart: a page that is taken again leaves
// each of them its number.
func TestTwinsKeepTheirNumbers(t *testing.T) {
	before := Ledger{}.Take(week(40), Parse("- Confirm: Do we drop the card vault?\n- Confirm: Do we drop the old card vault?\n"))
	for _, rest := range []string{"the card vault", "the old card vault"} {
		twins := Parse(strings.Repeat("- Confirm: Do we drop "+rest+"?\n", 2))
		once := before.Take(week(41), twins)
		if diff := cmp.Diff(once, once.Take(week(41), twins)); diff != "" {
			t.Errorf("%s, taken again:\n%s", rest, diff)
		}
	}
}

// questions are few, so that pages share them, in several wordings.
var questions = []string{
	"Do we drop the old card vault?", "Do we drop the card vault?", "Shall we drop the old card vaults in May?", "Do we drop the old vault of Oslo?",
	"Can we hire two testers?", "May we hire two more testers?", "Can we hire two testers for Bergen?", "Is it so?", "is it so", "???", "",
}

func someAsk() *rapid.Generator[Ask] {
	return rapid.Custom(func(t *rapid.T) Ask {
		a := Ask{
			Kind:     rapid.SampledFrom([]Kind{Decide, Decide, Confirm, Inform}).Draw(t, "kind"),
			Question: rapid.SampledFrom(questions).Draw(t, "question"),
			Rank:     rapid.IntRange(0, 2).Draw(t, "rank"),
			Closed:   rapid.IntRange(0, 3).Draw(t, "closed") == 0,
			At:       Place{Line: rapid.IntRange(1, 9).Draw(t, "line")},
		}
		if rapid.Bool().Draw(t, "due") {
			a.NeedBy = day("2026-11-27").Add(rapid.IntRange(0, 2).Draw(t, "days"))
		}
		if a.Closed && rapid.Bool().Draw(t, "answered") {
			a.Answer.Text = rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "answer")
		}
		return a
	})
}

func somePages() *rapid.Generator[[][]Ask] {
	page := rapid.Map(rapid.SliceOfN(someAsk(), 0, 5), func(asks []Ask) []Ask {
		for i := range asks {
			asks[i].At.Number = i + 1
		}
		return asks
	})
	return rapid.SliceOfN(page, 1, 6)
}

func TestLedgerHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Ledger
		at := week(40)
		for _, asks := range somePages().Draw(t, "pages") {
			before, _ := json.Marshal(l)
			at = at.Add(rapid.IntRange(0, 3).Draw(t, "weeks"))
			next := l.Take(at, asks)
			if after, _ := json.Marshal(l); string(after) != string(before) {
				t.Fatal("a ledger was changed")
			}
			if diff := cmp.Diff(next, next.Take(at, asks)); diff != "" {
				t.Fatalf("the same week twice:\n%s", diff)
			}
			if diff := cmp.Diff(next, l.Take(at, rapid.Permutation(asks).Draw(t, "order"))); diff != "" {
				t.Fatalf("in another order:\n%s", diff)
			}
			if diff := cmp.Diff(next, next.Take(at.Add(-1), nil)); diff != "" && len(next) > 0 {
				t.Fatalf("an earlier week:\n%s", diff)
			}
			checkEntries(t, l, next, at, asks)
			l = next
		}
		text, err := json.Marshal(l)
		var again Ledger
		if err == nil {
			err = json.Unmarshal(text, &again)
		}
		if diff := cmp.Diff(l, again); diff != "" || err != nil {
			t.Fatalf("as JSON: %v\n%s", err, diff)
		}
	})
}

// checkEntries checks that every ask of the page has an entry of its own, that
// none was lost, and that nothing is open that is not on the page or dropped.
func checkEntries(t *rapid.T, before, l Ledger, at sources.Week, asks []Ask) {
	ids := map[string]bool{}
	var on []Ask
	for _, e := range l {
		if ids[e.ID] {
			t.Fatalf("two entries are called %s", e.ID)
		}
		ids[e.ID] = true
		if e.Last == at && e.Gone.IsZero() {
			a := e.Ask
			a.At.Number = e.Number
			on = append(on, a)
		} else if e.Open() && !e.Dropped() {
			t.Fatalf("%+v is neither on the page nor dropped", e)
		}
		if e.Gone.IsZero() && e.Ask.Closed != !e.Closed.IsZero() || e.First.Compare(e.Last) > 0 {
			t.Fatalf("%+v", e)
		}
	}
	for _, e := range before {
		if !ids[e.ID] {
			t.Fatalf("%s is lost", e.ID)
		}
	}
	if diff := cmp.Diff(ordered(asks), ordered(on)); diff != "" {
		t.Fatalf("the page has other asks than the ledger:\n%s", diff)
	}
}

func TestEntryAsDocument(t *testing.T) {
	e := pages("1. **Decide:** Do we?\n   - Options: a / b\n   - Need by: 2026-11-27\n   - To: Ravi, Platform\n   - Owner: Ana\n   - Asked: 2026-11-20 Ravi\n   - Answer: 2026-11-24 yes\n", "")[0]
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"decide-00ad2b91","first_week":"2026-W41","last_week":"2026-W41","gone_week":"2026-W42","closed_week":"2026-W41",` +
		`"answer":{"day":"2026-11-24","text":"yes"},"ask":{"kind":"decide","question":"Do we?","options":["a","b"],"need_by":"2026-11-27",` +
		`"to":{"name":"Ravi","what":"Platform"},"asked":[{"day":"2026-11-20","text":"Ravi"}],"rank":1,"closed":true,` +
		`"answer":{"day":"2026-11-24","text":"yes"},"more":[{"text":"Owner: Ana"}]}}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}

func TestAge(t *testing.T) {
	asked := Entry{First: week(46), Ask: Ask{Asked: []Talk{{day("2026-11-20"), "Mia"}, {day("2026-11-03"), "Ravi"}, {Text: "somebody"}}}}
	for _, tt := range []struct {
		entry Entry
		today string
		days  int
	}{
		{Entry{First: week(46)}, "2026-11-15", 0},
		{Entry{First: week(46)}, "2026-11-16", 1},
		{Entry{First: week(46)}, "2026-12-07", 22},
		{Entry{First: week(52)}, "2027-01-03", 7}, // 2026 has 53 weeks
		{asked, "2026-11-30", 27},
		{asked, "2026-11-01", 0},
	} {
		if days := tt.entry.Days(day(tt.today)); days != tt.days {
			t.Errorf("%+v is %d days old on %s, want %d", tt.entry, days, tt.today, tt.days)
		}
	}
}

func TestStanding(t *testing.T) {
	today := day("2026-12-07")
	on := func(asked, due string) Entry {
		a := Ask{Kind: Decide, Asked: []Talk{{day(asked), "Ravi"}}}
		if due != "" {
			a.NeedBy = day(due)
		}
		return Entry{First: week(49), Last: week(49), Ask: a}
	}
	gone := on("2026-12-01", "2026-11-27")
	gone.Gone = week(50)
	answered := on("2026-12-01", "2026-11-27")
	answered.Closed, answered.Answer = week(49), Talk{day("2026-12-04"), "yes, without Brazil"}
	ticked := on("2026-12-01", "")
	ticked.Closed = week(49)
	noDay := answered
	noDay.Answer.Day = sources.Day{}
	for _, tt := range []struct {
		entry Entry
		want  string
	}{
		{on("2026-11-16", "2026-11-27"), "asked 3 weeks ago, due since 27 November"},
		{on("2026-11-24", "2026-12-07"), "asked a week ago, needed today"},
		{on("2026-12-05", "2027-01-08"), "asked 2 days ago, needed by 8 January 2027"},
		{on("2026-12-06", ""), "asked yesterday"},
		{Entry{First: week(50), Ask: Ask{Kind: Decide}}, "new"},
		{Entry{First: week(49), Ask: Ask{Kind: Decide}}, "new"},
		{Entry{First: week(48), Ask: Ask{Kind: Decide}}, "asked a week ago"},
		{gone, "asked 6 days ago, due since 27 November, dropped from the page in 2026-W50"},
		{answered, "asked 6 days ago, answered on 4 December: yes, without Brazil"},
		{noDay, "asked 6 days ago, answered in 2026-W49: yes, without Brazil"},
		{ticked, "asked 6 days ago, closed in 2026-W49"},
	} {
		if got := Standing(tt.entry, today); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestCarried(t *testing.T) {
	const (
		late   = "- Decide: Late one?\n  - Need by: 2026-12-04\n"
		soon   = "- Decide: Soon one?\n  - Need by: 2026-11-27\n"
		old    = "- Decide: Some old one?\n"
		latest = "- Decide: New thing?\n"
		ranks  = "1. Decide: First?\n2. Decide: Second?\n   - Need by: 2026-11-01\n"
	)
	l := pages(old, old+late+latest+"- Inform: Something\n- Decide: Leaves?\n- Decide: Ends?\n", latest+old+soon+late+ranks+"- Decide: Ends?\n  - Answer: yes\n- [x] Decide: Done?\n")
	if got := Write(l.Carried(week(43))); got != strings.ReplaceAll(ranks+soon+late+old+latest, "Decide:", "**Decide:**") {
		t.Errorf("carried from the last week:\n%s", got)
	}
	if got := Write(l.Carried(week(42))); got != strings.ReplaceAll(late+old+"- Decide: Ends?\n"+latest+"- Decide: Leaves?\n", "Decide:", "**Decide:**") {
		t.Errorf("carried from the week before:\n%s", got)
	}
	if got := l.Carried(week(40)); len(got) > 0 {
		t.Errorf("carried from before there was any: %v", got)
	}
}
