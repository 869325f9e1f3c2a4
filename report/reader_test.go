package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/report/ask"
	"preread/sources"
)

// told tells a page with words in it in a form.
func told(t *testing.T, r aggregate.Report, words map[string]string, profile Profile) (string, error) {
	t.Helper()
	page := pageWith(t, Markdown(frameFor(), r, Letter{}), words)
	letter := Letter{Page: page, Asks: ask.Ledger(nil).Take(r.Window.Last, Asks(*page))}
	m := Markdown(frameFor(), r, letter).Merge(page, "")
	text, err := Tell(frameFor(), r, letter, *parse(t, m.Text), profile)
	return string(text), err
}

var somebody = map[string]string{
	"summary":     "The vault was slow. We found out why.",
	"pay/p95":     "The pool is too small.\n\n!discuss",
	"asks":        "- **Decide:** May we drop the vault?\n  - Need by: 2026-11-20",
	"people":      "Anya led it: private-one.",
	"top-of-mind": "I am tired: private-two.",
}

func TestFormsForReaders(t *testing.T) {
	for name, profile := range map[string]Profile{
		"whole.md":     {},
		"strategic.md": {ID: "sam", Name: "Sam | CTO", Level: Strategic, First: []string{"asks", "goals"}},
		"middle.md":    {ID: "kim", Name: "Kim", Level: Organisational},
		"hpm.md":       {Form: Highlit},
		"agenda.md":    {Form: Agenda},
		"quarter.md":   {Form: Quarter},
		"nrr.md":       {Form: NoResponse},
	} {
		text, err := told(t, world(t), somebody, profile)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, "forms/"+name, []byte(text))
		for _, mark := range []string{"<!--", "✍", "!discuss", lastTimeWords} {
			if strings.Contains(strings.ReplaceAll(text, `\<\!--`, ""), mark) && !strings.Contains(mark, "<!--") {
				t.Errorf("%s holds %q", name, mark)
			}
		}
		if profile.ID != "" && strings.Contains(text, "private-") {
			t.Errorf("%s holds what is for another reader", name)
		}
	}
}

func TestNoResponseNeeded(t *testing.T) {
	quiet := world(t)
	quiet.Teams[0].Lines = quiet.Teams[0].Lines[3:4] // bugs, green
	without := map[string]string{"summary": "All is well. Nothing broke."}
	text, err := told(t, quiet, without, Profile{Form: NoResponse})
	if err != nil || !strings.HasSuffix(text, "\nNo reply needed.\n") {
		t.Errorf("%v:\n%s", err, text)
	}
	if n := len(sentencesOf(strings.SplitN(text, "\n\n", 3)[2])); n < fewestSentences || n > mostSentences {
		t.Errorf("%d sentences:\n%s", n, text)
	}
	asking := map[string]string{"asks": somebody["asks"]}
	text, err = told(t, quiet, asking, Profile{Form: NoResponse})
	if err != nil || strings.Contains(text, "No reply needed") || !strings.Contains(text, "I need an answer by 20 November 2026: May we drop the vault?") {
		t.Errorf("%v:\n%s", err, text)
	}
	long := map[string]string{"summary": strings.Repeat("One more. ", 9)}
	if _, err := told(t, quiet, long, Profile{Form: NoResponse}); err == nil || !strings.Contains(err.Error(), "at most 10 are read") {
		t.Errorf("a long note: %v", err)
	}
	if _, err := told(t, quiet, nil, Profile{Words: 20, Name: "Sam"}); err == nil || !strings.Contains(err.Error(), "Sam reads at most 20") {
		t.Errorf("a page that is too long for its reader: %v", err)
	}
}

// Nobody is told that all is well while a line is red still, or while an incident
// has no follow-up.
func TestAnAgendaOfOldReds(t *testing.T) {
	red := func(r *aggregate.Report, i int) {
		f := &r.Teams[0].Lines[i]
		f.Title, f.Status.Status, f.Before.Status = map[int]string{2: "Bugs", 3: "p95"}[i], aggregate.Red, aggregate.Red
	}
	incidents := func(r *aggregate.Report, bare ...aggregate.Unscheduled) {
		in := *r.Teams[0].Lines[4].Incidents
		in.Unscheduled = bare
		r.Teams[0].Lines[4].Incidents = &in
	}
	unscheduled := func(r *aggregate.Report) { incidents(r, aggregate.Unscheduled{}) }
	for name, tt := range map[string]struct {
		change func(r *aggregate.Report)
		level  Level
		want   string
	}{
		"all is well":     {func(*aggregate.Report) {}, Operational, "Nothing was marked or asked for, and nothing is red. Is the session needed this week?\n"},
		"one red line":    {func(r *aggregate.Report) { red(r, 3) }, Operational, "1. (3 min) 1 line is red still: p95\n"},
		"two, strategic":  {func(r *aggregate.Report) { red(r, 2); red(r, 3) }, Strategic, "1. (3 min) 2 lines are red still: Bugs and p95\n"},
		"nothing planned": {unscheduled, Operational, "1. (3 min) No follow-up is scheduled after 1 incident: Incidents\n"},
		"both":            {func(r *aggregate.Report) { red(r, 3); unscheduled(r) }, Operational, "1. (3 min) 1 line is red still: p95\n2. (3 min) No follow-up is scheduled after 1 incident: Incidents\n"},
	} {
		r := world(t)
		r.Teams[0].Lines = slices.Clone(r.Teams[0].Lines)
		for i := range r.Teams[0].Lines {
			r.Teams[0].Lines[i].Status.Status = aggregate.Green
		}
		incidents(&r)
		tt.change(&r)
		text, err := told(t, r, nil, Profile{ID: "sam", Level: tt.level, Form: Agenda})
		if err != nil || !strings.HasSuffix(text, "\n\n"+tt.want) {
			t.Errorf("%s: %v, it does not end in\n%s\nbut is\n%s", name, err, tt.want, text)
		}
	}
}

// The worst comes first, and what is equally bad in the order of the page.
func TestRedComesFirstInANote(t *testing.T) {
	r := world(t)
	lines := slices.Clone(r.Teams[0].Lines[1:5])
	for i, status := range []aggregate.Status{aggregate.Amber, aggregate.Red, aggregate.Amber, aggregate.Red} {
		lines[i].Title, lines[i].Status.Status = fmt.Sprint("line ", i), status
	}
	r.Teams[0].Lines = lines
	for level, want := range map[Level]string{
		Strategic:   ". ▼ **RED** line 1: 2 (green at most 5; colours span up to six weeks). 3 more lines are not green either. ",
		Operational: ". ▼ **RED** line 1: 2 (green at most 5; colours span up to six weeks). ▼ **RED** line 3: 1 (red above 0). ◆ **AMBER** line 0: ",
	} {
		text, err := told(t, r, nil, Profile{ID: "sam", Level: level, Form: NoResponse})
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %v, %q is not in\n%s", level, err, want, text)
		}
	}
}

// A figure stands beside what it is held against, in the glance and elsewhere.
func TestFiguresHaveTheirTargets(t *testing.T) {
	r := world(t)
	lines := r.Teams[0].Lines
	goal := func(i int, change func(f *aggregate.Finding)) aggregate.Finding {
		f := lines[i]
		change(&f)
		return f
	}
	for name, tt := range map[string]struct {
		f             aggregate.Finding
		cell, against string
	}{
		"a forecast":           {lines[0], "≤ 2026-12-18", " (35 % likely by 18 December 2026)"},
		"too early":            {goal(0, func(f *aggregate.Finding) { f.Status.Rule = aggregate.TooEarly }), "≤ 2026-12-18", " (due 18 December 2026)"},
		"no day":               {goal(0, func(f *aggregate.Finding) { f.Plan.Due = sources.Day{} }), "", ""},
		"a target and a day":   {goal(0, func(f *aggregate.Finding) { f.Target.Green, f.Status.Rule = limitOf(t, ">= 80%"), aggregate.ByTarget }), "≥ 80 %", " (green at least 80 %; due 18 December 2026)"},
		"a reading":            {lines[7], "0.3 s by 2026-12-18", " (0.3 s by 18 December 2026)"},
		"a reading, no day":    {goal(7, func(f *aggregate.Finding) { f.Plan.Due = sources.Day{} }), "", ""},
		"a metric":             {lines[3], "≤ 0.3", " (green at most 0.3)"},
		"red alone":            {lines[4], `red \> 0`, " (red above 0)"},
		"no target":            {lines[8], "", ""},
		"at odds with its own": {goal(2, func(f *aggregate.Finding) { f.Status.Status = aggregate.Amber }), "≤ 5", " (green at most 5; colours span up to six weeks)"},
	} {
		p := &teller{}
		p.Report = r
		if cell, against := targetCell(tt.f), p.against(tt.f); cell != tt.cell || against != tt.against {
			t.Errorf("%s: %q, %q, want %q, %q", name, cell, against, tt.cell, tt.against)
		}
	}
}

// A form says which weeks it tells of as the page does, but for the quarter, which
// says its own.
func TestFormsSayWhichWeeksTheyTellOf(t *testing.T) {
	letter := Letter{Since: week(44), CatchUp: true}
	r := world(t)
	page := *parse(t, Markdown(frameFor(), r, letter).Merge(nil, "").Text)
	for form, want := range map[Form]string{
		Highlit:    "\n\nFor Dana \\| VP · tells of W44 to W46, to catch up\n\n",
		NoResponse: "\n\nFor Dana \\| VP · tells of W44 to W46, to catch up\n\n",
		Agenda:     "\n\nFor Dana \\| VP · tells of W44 to W46, to catch up\n\n",
		Quarter:    "\n\nFor Dana \\| VP\n\n",
	} {
		text, err := Tell(frameFor(), r, letter, page, Profile{Form: form})
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, %q is not in\n%s", form, err, want, text)
		}
	}
	nobody := frameFor()
	nobody.Reader = ""
	if text, err := Tell(nobody, r, letter, page, Profile{Form: Highlit}); err != nil || !strings.Contains(string(text), "W46\n\nTells of W44 to W46, to catch up\n\n") {
		t.Errorf("%v:\n%s", err, text)
	}
}

// An ask whose day is past is told as such, and one that somebody else is to answer
// names them, whoever reads.
func TestWhoIsAsked(t *testing.T) {
	sam := Profile{ID: "sam", Name: "Sam, CTO"}
	for _, tt := range []struct {
		fields    string
		profile   Profile
		nrr, page string
	}{
		{"", Profile{}, "I need an answer: May we?\n", "May we? *New*\n"},
		{"Need by: 2026-11-20", Profile{}, "I need an answer by 20 November 2026: May we?\n", "May we? *New, needed by 20 November*\n"},
		{"Need by: 2026-11-15", Profile{}, "I need an answer by 15 November 2026: May we?\n", "May we? *New, needed today*\n"},
		{"Need by: 2026-11-13", Profile{}, "I needed an answer by 13 November 2026, which is overdue: May we?\n", "May we? *New, due since 13 November*\n"},
		{"To: Dana", Profile{}, "I need an answer: May we?\n", "May we? *New*\n"},
		{"To: you", Profile{}, "I need an answer: May we?\n", "May we? *New*\n"},
		{"To: Ola, sales", Profile{}, "I need an answer (from Ola, sales): May we?\n", "May we? (from Ola, sales) *New*\n"},
		{"To: Ola, sales", sam, "I need an answer (from Ola, sales): May we?\n", "May we? (from Ola, sales) *New*\n"},
		{"To: Dana", sam, "I need an answer (from Dana): May we?\n", "May we? (from Dana) *New*\n"},
		{"To: you", sam, "I need an answer (from Dana \\| VP): May we?\n", "May we? (from Dana \\| VP) *New*\n"},
		{"To: Sam", sam, "I need an answer: May we?\n", "May we? *New*\n"},
		{"To: Sam", Profile{}, "I need an answer (from Sam): May we?\n", "May we? (from Sam) *New*\n"},
		{"", sam, "I need an answer: May we?\n", "May we? *New*\n"},
		{"Need by: 2026-11-13\n  - To: Ola", sam, "I needed an answer by 13 November 2026 (from Ola), which is overdue: May we?\n", "May we? (from Ola) *New, due since 13 November*\n"},
	} {
		words := map[string]string{"asks": "- **Decide:** May we?" + strings.TrimRight("\n  - "+tt.fields, "\n -")}
		for form, want := range map[Form]string{NoResponse: tt.nrr, Whole: "- **Ask 1, decide:** " + tt.page, Agenda: "**Ask 1, decide:** " + tt.page} {
			profile := tt.profile
			profile.Form = form
			if text, err := told(t, world(t), words, profile); err != nil || !strings.Contains(text, want) {
				t.Errorf("%q for %q as %s: %v, %q is not in\n%s", tt.fields, profile.Name, form, err, want, text)
			}
		}
	}
}

// What was said after a page was sent is for everybody who reads it, in every form
// once.
func TestAmendmentsReachEveryReader(t *testing.T) {
	r := world(t)
	page := Amend(Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text, sources.Day{Year: 2026, Month: 11, Day: 17}, "p95 was 0.31 s")
	page = Amend(page, sources.Day{Year: 2026, Month: 11, Day: 17}, "p95 was 0.31 s, in all regions")
	for _, form := range forms {
		for _, level := range []Level{Operational, Organisational, Strategic} {
			text, err := Tell(frameFor(), r, Letter{}, *parse(t, page), Profile{ID: "sam", Form: form, Level: level})
			for _, want := range []string{"\n*Amended on 17 November 2026:* p95 was 0.31 s\n", "\n*Amended on 17 November 2026:* p95 was 0.31 s, in all regions\n"} {
				if n := strings.Count(string(text), want); err != nil || n != 1 {
					t.Errorf("%s, %s: %v, %d times %q in\n%s", form, level, err, n, want, text)
				}
			}
		}
	}
}

// Of what is written for one reader another is not told that nothing is.
func TestPeopleAreForOneReader(t *testing.T) {
	for _, words := range []map[string]string{nil, somebody} {
		text, err := told(t, world(t), words, Profile{ID: "sam", Form: Highlit})
		if err != nil || strings.Contains(text, "## People") || strings.Contains(text, "## Me") || strings.Contains(text, "Nothing written") {
			t.Errorf("%v:\n%s", err, text)
		}
	}
	if text, err := told(t, world(t), nil, Profile{Form: Highlit}); err != nil || !strings.Contains(text, "## People\n\nNothing written.\n") {
		t.Errorf("%v:\n%s", err, text)
	}
}

// What is recommended has one colon, in the page as in the message.
func TestWhatIsRecommended(t *testing.T) {
	for recommend, want := range map[string]string{
		"I recommend yes: it frees two weeks.": "- **Ask 1, decide:** May we drop it? I recommend yes: it frees two weeks. *New*\n",
		"I recommend yes.":                     "- **Ask 1, decide:** May we drop it? I recommend: yes. *New*\n",
	} {
		text, err := told(t, world(t), map[string]string{"asks": "- **Decide:** May we drop it? " + recommend}, Profile{})
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%q: %v, %q is not in\n%s", recommend, err, want, text)
		}
	}
}

// A reason keeps its own grammar.
func TestOpinions(t *testing.T) {
	for line, want := range map[string]string{
		"Colour: amber until 2026-12-20 because the migration ends": "the migration ends",
		"Colour: amber until 2026-12-20 because of the migration":   "because of the migration",
		"Colour: amber until 2026-12-20, Because of it":             "Because of it",
		"Colour: amber until 2026-12-20: of no use":                 "of no use",
		"Colour: amber until 2026-12-20 because offices move":       "offices move",
		"Colour: amber until 2026-12-20 because":                    "because",
	} {
		opinions, complaints := Opinions("x", Page{Notes: []Note{{ID: "a/b", Text: line + "\n"}}})
		if len(opinions) != 1 || opinions[0].Own.Reason != want {
			t.Errorf("%q: %+v, %q, want the reason %q", line, opinions, complaints, want)
		}
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "One.": 1, "One. Two!": 2, "p95 is 0.4 s. Fine?": 2, "- a\n- b\n- c": 3, "One\n\nTwo": 2, "no end": 1, "“So.” And so.": 2, "1. a\n2. b": 2,
	} {
		if got := len(sentencesOf(text)); got != want {
			t.Errorf("%q has %d sentences (%q), want %d", text, got, sentencesOf(text), want)
		}
	}
}

// No two forms of a page say different things of one line, whoever reads them;
// and none shows another reader what was written for the page's own.
func TestFormsAgree(t *testing.T) {
	r := world(t)
	for i, title := range []string{"Goal", "Faster", "Delivery", "Bugs", "p95", "Resolve", "Review", "Incidents", "Alarms", "Merged"} {
		r.Teams[0].Lines[i].Title = title
	}
	other := r.Teams[0]
	other.ID, other.Name = "other", "Other"
	r.Teams[0].Name = "Payments"
	statuses := []aggregate.Status{aggregate.Red, aggregate.Amber, aggregate.Green, aggregate.Unknown, aggregate.NoTarget}
	most := 0
	rapid.Check(t, func(rt *rapid.T) {
		now := r
		now.Teams = []aggregate.TeamReport{r.Teams[0]}
		if rapid.Bool().Draw(rt, "two teams") {
			now.Teams = append(now.Teams, other)
		}
		for i := range now.Teams {
			lines := append([]aggregate.Finding{}, now.Teams[i].Lines...)
			for k := range lines {
				lines[k].Status.Status = rapid.SampledFrom(statuses).Draw(rt, "status")
				lines[k].Weeks = append([]aggregate.Point{}, lines[k].Weeks...)
				lines[k].Weeks[len(lines[k].Weeks)-1].Value = float64(rapid.IntRange(0, 9).Draw(rt, "figure"))
			}
			now.Teams[i].Lines = lines
		}
		secret := fmt.Sprintf("canary-%d", rapid.IntRange(0, 1<<30).Draw(rt, "secret"))
		page := pageWith(t, Markdown(frameFor(), now, Letter{}), map[string]string{"people": secret, "top-of-mind": secret, "summary": "Short."})
		letter := Letter{Page: page}
		texts := map[string]string{"the page": string(Markdown(frameFor(), now, letter).Merge(page, "").Text)}
		for _, profile := range []Profile{{ID: "a", Level: Organisational}, {ID: "b", Level: Strategic}, {ID: "c"}, {ID: "d", Form: NoResponse}, {ID: "e", Form: Agenda}, {ID: "f", Form: Quarter}, {ID: "g", Form: Highlit}} {
			text, err := Tell(frameFor(), now, letter, *parse(t, []byte(texts["the page"])), profile)
			if err != nil {
				rt.Fatal(err)
			}
			if strings.Contains(string(text), secret) {
				rt.Fatalf("%s is told what is for another reader:\n%s", profile.ID, text)
			}
			texts[profile.ID] = string(text)
			most = max(most, len(Claims(string(text))))
		}
		if n := len(Claims(texts["the page"])); n != len(now.Teams)*len(now.Teams[0].Lines) {
			rt.Fatalf("%d claims are found on the page:\n%s", n, texts["the page"])
		}
		if wrong := Disagreements(texts); len(wrong) > 0 {
			rt.Fatalf("%s", strings.Join(wrong, "\n"))
		}
	})
	if most < 20 {
		t.Errorf("at most %d claims were found in a form", most)
	}
	// The checker must be able to find something.
	texts := map[string]string{"a": "● **GREEN** Bugs: 3.", "b": "| ▼ **RED** | Bugs | [3][p1] | ≤ 1 | ▁ |  |  |"}
	if diff := cmp.Diff([]string{"Bugs is GREEN, 3 in a, and RED, 3 in b"}, Disagreements(texts)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestQuarterTellsWhatWasTold(t *testing.T) {
	r := world(t)
	for i := range r.Teams[0].Lines {
		f := &r.Teams[0].Lines[i]
		f.Said = []aggregate.Said{{Week: sources.Week{Year: 2026, N: 35}, Status: aggregate.Green}, {Week: sources.Week{Year: 2026, N: 45}, Status: aggregate.Red}, {Week: sources.Week{Year: 2026, N: 30}, Status: aggregate.Red}}
	}
	text, err := told(t, r, nil, Profile{Form: Quarter})
	if err != nil {
		t.Fatal(err)
	}
	if want := "| Bugs opened | ·●·········▼● | ● **GREEN**: 2 | 1 |"; !strings.Contains(text, want) || strings.Contains(text, aloneSign) {
		t.Errorf("%s is not in\n%s", want, text)
	}
	// A figure on another side than its colour is explained, as on the page, unless
	// it is not listed.
	f := &r.Teams[0].Lines[2]
	f.Said, f.Weeks = nil, slices.Clone(f.Weeks)
	f.Weeks[len(f.Weeks)-1].Value = 9
	for level, wanted := range map[Level]bool{Operational: true, Organisational: false} {
		text, err := told(t, r, nil, Profile{Form: Quarter, Level: level})
		row := strings.Contains(text, `| ● **GREEN**: 9\* | 0 |`)
		words := strings.Contains(text, "\n\n\\* Another colour by that week alone; colours span ") && strings.HasSuffix(text, "six weeks.\n")
		if err != nil || row != wanted || words != wanted {
			t.Errorf("%s: %v, row %t, explained %t:\n%s", level, err, row, words, text)
		}
	}
}
