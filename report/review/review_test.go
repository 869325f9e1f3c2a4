package review

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/report"
)

// A labelled is a sentence in its place on a page, and what is wrong with it.
type labelled struct {
	number    int // its line in the file
	place     map[string]string
	text      string
	must, not []Rule
}

// sets are the sets of sentences: those looked at while the rules were written,
// those not, and those written when the rules were done.
var sets = []string{"open", "hold", "late"}

// sentences reads testdata/sentences.txt, or one set of it.
func sentences(t *testing.T, set string) (all []labelled) {
	text, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || set != "" && columns[0] != set {
			continue
		}
		if len(columns) != 4 || !slices.Contains(sets, columns[0]) {
			t.Fatalf("sentences.txt:%d: not four columns of a known set", number)
		}
		l := labelled{number: number, place: map[string]string{"colour": "green", "goals": "yes", "why": "yes"}, text: strings.ReplaceAll(columns[3], `\n`, "\n")}
		for field := range strings.FieldsSeq(columns[2]) {
			key, value, _ := strings.Cut(field, "=")
			l.place[key] = value
		}
		for label := range strings.SplitSeq(columns[1], ",") {
			switch r := Rule(label[1:]); {
			case label == "-":
			case advice[r].text == "":
				t.Fatalf("sentences.txt:%d: no rule is called %q", number, r)
			case label[0] == '+':
				l.must = append(l.must, r)
			default:
				l.not = append(l.not, r)
			}
		}
		all = append(all, l)
	}
	return all
}

// page lays out a page in which one slot holds the sentence.
func (l labelled) page() []byte {
	var b strings.Builder
	slot := func(id, words string) {
		if id == l.place["slot"] {
			words = l.text
		}
		fmt.Fprintf(&b, "<!-- preread:note id=%s -->\n\n%s\n\n<!-- /preread:note -->\n\n", id, words)
	}
	badge := map[string]string{"red": "▼ **RED**: above", "amber": "◆ **AMBER**: near", "green": "● **GREEN**: below", "none": "◌ NO TARGET: 3"}
	b.WriteString("<!-- preread:doc v=1 week=2026-W47 made=2026-11-23T05:00:00Z sum=0 -->\n\n# The shop: 2026-W47\n\n")
	slot("context", "The shop sells teapots.")
	b.WriteString("## At a glance\n\n")
	slot("summary", "A quiet week.")
	slot("wanted", "")
	b.WriteString("## Goals\n\n")
	for i, goal := range []string{"one-click", "returns"} {
		if l.place["goals"] == "no" {
			break
		}
		fmt.Fprintf(&b, "### Goal %s\n\n● **GREEN**: done by 15 January 2027.\n\n", goal)
		if why := l.place["why"]; why == "yes" || why == "some" && i == 0 {
			b.WriteString("*Why:* fewer calls\n\n")
		}
		slot("checkout/"+goal, "")
	}
	fmt.Fprintf(&b, "## Six weeks in figures\n\n### Checkout p95\n\n%s its limit.\n\n", badge[l.place["colour"]])
	slot("checkout/p95", "")
	b.WriteString("### Incidents\n\n● **GREEN**: 1 a week.\n\n")
	for _, id := range []string{"checkout/incidents", "next", "later", "asks", "parked", "people", "top-of-mind"} {
		slot(id, "")
	}
	return []byte(b.String())
}

func (l labelled) review(t *testing.T) []Finding {
	var r Reader
	if known := l.place["known"]; known != "" {
		r.Known = strings.Split(known, ",")
	}
	found, err := Review("page.md", l.page(), r)
	if err != nil {
		t.Fatalf("sentences.txt:%d: %v", l.number, err)
	}
	return found
}

// A score counts for one rule how often it was right.
type score struct{ hit, wrong, missed, quiet int }

func (s score) precision() float64 { return share(s.hit, s.wrong) }
func (s score) recall() float64    { return share(s.hit, s.missed) }

func share(good, bad int) float64 {
	if good+bad == 0 {
		return 1
	}
	return float64(good) / float64(good+bad)
}

type scores map[Rule]*score

func (s scores) of(r Rule) *score {
	if s[r] == nil {
		s[r] = &score{}
	}
	return s[r]
}

func (s scores) String() string {
	var b strings.Builder
	line := func(r Rule, c score) {
		fmt.Fprintf(&b, "%-26s %4d %5d %6d %9d %9.2f %6.2f\n", r, c.hit, c.wrong, c.missed, c.quiet, c.precision(), c.recall())
	}
	fmt.Fprintf(&b, "%-26s %4s %5s %6s %9s %9s %6s\n", "rule", "true", "false", "missed", "near miss", "precision", "recall")
	var sum score
	for _, r := range slices.Sorted(maps.Keys(s)) {
		c := *s[r]
		line(r, c)
		sum = score{sum.hit + c.hit, sum.wrong + c.wrong, sum.missed + c.missed, sum.quiet + c.quiet}
	}
	line("all", sum)
	return b.String()
}

func TestEveryRuleIsMeasured(t *testing.T) {
	must, not := map[Rule]int{}, map[Rule]int{}
	all := append(sentences(t, "open"), sentences(t, "hold")...)
	for _, l := range all {
		for _, r := range l.must {
			must[r]++
		}
		for _, r := range l.not {
			not[r]++
		}
	}
	for r := range advice {
		if must[r] < 12 || not[r] < 12 || len(all) < 240 {
			t.Errorf("%s: %d sentences and %d near misses, of %d; at least 12 of each are needed", r, must[r], not[r], len(all))
		}
	}
}

// Every rule is right at least nine times of ten when it speaks, and speaks at
// least eight times of ten when it should: on all sentences, and on each set of
// them.
func TestSentences(t *testing.T) {
	for _, set := range append(sets, "") {
		name := set
		if set == "" {
			name = "all"
		}
		t.Run(name, func(t *testing.T) {
			s := scores{}
			for _, l := range sentences(t, set) {
				var got []Rule
				for _, f := range l.review(t) {
					if !slices.Contains(got, f.Rule) {
						got = append(got, f.Rule)
					}
				}
				for _, r := range got {
					if slices.Contains(l.must, r) {
						s.of(r).hit++
					} else {
						s.of(r).wrong++
						t.Logf("sentences.txt:%d: false %s: %s", l.number, r, l.text)
					}
				}
				for _, r := range l.must {
					if !slices.Contains(got, r) {
						s.of(r).missed++
						t.Logf("sentences.txt:%d: missed %s: %s", l.number, r, l.text)
					}
				}
				for _, r := range l.not {
					if !slices.Contains(got, r) {
						s.of(r).quiet++
					}
				}
			}
			t.Logf("\n%s", s)
			for r := range advice {
				c := s.of(r)
				if c.precision() < 0.9 || c.recall() < 0.8 {
					t.Errorf("%s: precision %.2f, recall %.2f; at least 0.90 and 0.80 are promised", r, c.precision(), c.recall())
				}
			}
		})
	}
}

// found writes findings as the .want files have them: line and rule.
func found(findings []Finding) (lines []string) {
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%d %s", f.Line, f.Rule))
	}
	return lines
}

// A .want file lists by hand what a reader stumbles over in a draft. "missed"
// before a line: the program does not see it; "false": the program says so, and
// a reader would not.
func TestDrafts(t *testing.T) {
	files, err := filepath.Glob("testdata/drafts/*.md")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d drafts, %v", len(files), err)
	}
	s := scores{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			wanted, err := os.ReadFile(strings.TrimSuffix(file, ".md") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			findings, err := Review(file, text, Reader{})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(wanted)) {
				line = strings.TrimSpace(line)
				rule := Rule(line[strings.LastIndexByte(line, ' ')+1:])
				if said, is := strings.CutPrefix(line, "missed "); is {
					s.of(rule).missed++
					t.Log("missed: ", said)
					continue
				}
				line, wrong := strings.CutPrefix(line, "false ")
				if want = append(want, line); wrong {
					s.of(rule).wrong++
				} else {
					s.of(rule).hit++
				}
			}
			got := found(findings)
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
				for _, f := range findings {
					t.Log(f)
				}
			}
		})
	}
	t.Logf("\n%s", s)
}

// redPage puts words into the slot of a red line.
func redPage(words string) []byte {
	return []byte("## Six weeks in figures\n\n### Checkout \\& p95\n\n▼ **RED**: above its limit.\n\n<!-- preread:note id=a/p95 -->\n" + words + "\n<!-- /preread:note -->\n")
}

func TestAFinding(t *testing.T) {
	got, err := Review("page.md", redPage("\nThe `SLO` of our\nvault, SLI, broke. Ana adds\na cache by Friday."), Reader{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Finding{{
		File: "page.md", Line: 10, Slot: "a/p95", Rule: Acronym, Words: "SLI",
		Text: "“SLI” is not explained", Instead: "what it stands for, once: “… (SLI)”",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if s := got[0].String(); s != "page.md:10: acronym: “SLI” is not explained; write: what it stands for, once: “… (SLI)”" {
		t.Error(s)
	}
}

// A mark of what to discuss is nothing that anybody says: with marks a page has
// the findings that it has without them.
func TestMarksAreNotRead(t *testing.T) {
	marked := `<!-- preread:note id=summary -->
All well. !discuss

!discuss
<!-- /preread:note -->
<!-- preread:note id=next -->
- Ana ships the cache by Thursday !discuss
- Look into lids !discuss
- !discuss
<!-- /preread:note -->
`
	with, err := Review("page.md", []byte(marked), Reader{})
	if err != nil {
		t.Fatal(err)
	}
	without, err := Review("page.md", []byte(strings.ReplaceAll(marked, "!discuss", "")), Reader{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(found(without), found(with)); diff != "" || len(with) != 1 {
		t.Errorf("(-without +with):\n%s\n%v", diff, with)
	}
}

func TestAReaderWhoKnowsTheLines(t *testing.T) {
	words := "\nThe SLO broke.\n"
	for _, test := range []struct {
		name   string
		reader Reader
		want   []string
	}{
		{"as the page shows them", Reader{}, []string{"9 acronym", "9 red-without-owner", "9 red-without-next", "9 red-without-date"}},
		{"an acronym known", Reader{Known: []string{"slo"}}, []string{"9 red-without-owner", "9 red-without-next", "9 red-without-date"}},
		{"another colour", Reader{Known: []string{"SLO"}, Lines: []Line{{ID: "a/p95", Title: "p95", Colour: "amber"}}}, []string{"9 amber-without-next"}},
		{"no lines", Reader{Known: []string{"SLO"}, Lines: []Line{}}, []string{"9 problem-without-proposal"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Review("page.md", redPage(words), test.reader)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, found(got)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPageThatCannotBeRead(t *testing.T) {
	_, err := Review("page.md", []byte("<!-- preread:note id=a -->\nwords\n"), Reader{})
	var bad *report.PageError
	if !errors.As(err, &bad) || bad.File != "page.md" || bad.Line != 1 {
		t.Errorf("%v", err)
	}
}

// What the program wrote is never found fault with: only slots that are empty
// and should not be.
func TestOutsideOfSlotsNothingIsFound(t *testing.T) {
	all := sentences(t, "")
	rapid.Check(t, func(t *rapid.T) {
		bad := func(label string) string { return rapid.SampledFrom(all).Draw(t, label).text + "\n\n" }
		page := "# SLO 42 %\n\n" + bad("first") + "<!-- preread:note id=context -->\nThe shop.\n<!-- /preread:note -->\n\n" + bad("second") +
			"<!-- preread:note id=asks -->\n<!-- /preread:note -->\n" + bad("last")
		got, err := Review("page.md", []byte(page), Reader{})
		if err != nil || len(got) > 0 {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func TestLineEndsAndAByteOrderMarkMakeNoDifference(t *testing.T) {
	files, _ := filepath.Glob("testdata/drafts/*.md")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sameFindings(t, text)
	}
}

// sameFindings checks that a page means the same whatever editor saved it.
func sameFindings(t *testing.T, text []byte) {
	t.Helper()
	want, err := Review("page.md", text, Reader{})
	if err != nil {
		return
	}
	crlf := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	for name, other := range map[string][]byte{"CR LF": crlf, "byte order mark": append([]byte("\ufeff"), text...), "both": append([]byte("\ufeff"), crlf...)} {
		got, err := Review("page.md", other, Reader{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever stands on a page, a finding stands in its slot, in order, in words.
func FuzzReview(f *testing.F) {
	for _, words := range []string{"```\nSLO\n```", "| a |\n| - |\n| SLO", "- - [ ] x\n\t- &#10;PAY-1", "[a](b\nc) `x\ny` ~~a\nb~~ <br\n> SLO", "✍ ✍ **Why is it red, what\nwill we do", "K9\u2060 #1 #12 a/b#3", "\xff\xfe 42 %", "<!-- a --> <!-- b",
		"The vendor slipped, PAY-12. Nobody answers us. p95 is 0.4 s. Ana adds a cache by Friday.", "- **Decide:** Do we?\n  - Need by: Fri\n\n1. [x] A or B?"} {
		f.Add(redPage(words))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Review("page.md", text, Reader{})
		if err != nil {
			return
		}
		page, err := report.ParsePage("page.md", text)
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		for _, x := range got {
			i := slices.IndexFunc(page.Notes, func(n report.Note) bool { return n.ID == x.Slot })
			if i < 0 || x.Line < page.Notes[i].Line || x.Line > page.Notes[i].Line+strings.Count(page.Notes[i].Text, "\n") || x.Line < last {
				t.Fatalf("%v is not in its slot, or not in order", x)
			}
			last = x.Line
			if x.Words == "" || !strings.Contains(x.Words, "%s") && strings.Contains(x.String(), "%s") || strings.ContainsAny(x.String(), "\n\r") {
				t.Fatalf("%q", x)
			}
		}
		if !bytes.Contains(text, []byte("\r")) && !bytes.HasPrefix(text, []byte("\ufeff")) {
			sameFindings(t, text)
		}
	})
}
