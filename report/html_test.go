package report

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"preread/aggregate"
	"preread/sources"
)

// seen renders the page of a report with notes in its slots.
func seen(t testing.TB, r aggregate.Report, notes map[string]string) string {
	t.Helper()
	page := parse(t, Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text)
	for i, n := range page.Notes {
		if text, written := notes[n.ID]; written {
			page.Notes[i].Text = text
		}
	}
	doc, err := HTML(frameFor(), r, *page)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// few is a small report: a figure with an unknown week, sprints that not every
// week closes, a count, and a source that does not answer.
func few(t testing.TB) aggregate.Report {
	t.Helper()
	window := sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: 6, Now: made}
	limit := func(s string) (l aggregate.Limit) {
		if err := l.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
		return l
	}
	var readings []sources.Reading
	for i, w := range window.Weeks() {
		if i != 3 {
			readings = append(readings, sources.Reading{Evidence: sources.Evidence{Source: "prom", Ref: w.String(), URL: "https://prom.example/graph?g0.expr=histogram_quantile&g0.moment=" + w.String()}, Week: w, Value: 0.2 + 0.03*float64(i), Graded: sources.Whole()})
		}
	}
	from, _ := window.Bounds(sources.Week{Year: 2026, N: 45})
	lines := []aggregate.Line{
		{ID: "p95", Noun: sources.Metrics, Title: "Checkout p95", Unit: "s", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<= 0.3"), Red: limit("> 0.5")}},
		{ID: "incidents", Noun: sources.Incidents, Title: "Incidents", Unit: "incidents", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<= 1")}},
		{ID: "lead", Noun: sources.Metrics, Title: "Review time", Unit: "h", Better: aggregate.Lower},
	}
	answers := []sources.Answer{
		{Readings: readings},
		{Incidents: []sources.Incident{{Evidence: sources.Evidence{Ref: "INC-1", URL: "https://jira.example/INC-1"}, Title: "Out of tea", Opened: from, Resolved: from.AddDate(0, 0, 1), Graded: sources.Whole()}}},
		{Gap: "prom could not be reached: nobody answers there"},
	}
	facts := sources.Facts{Window: window}
	for i, l := range lines {
		answers[i].Question = sources.Question{Team: "pay", Line: l.ID, Query: sources.Query{Noun: l.Noun}}
	}
	facts.Answers = answers
	return aggregate.Judge([]aggregate.Team{{ID: "pay", Name: "Payments", Lines: lines}}, facts)
}

func TestHTMLPage(t *testing.T) {
	doc := seen(t, few(t), map[string]string{
		"summary":       "\nAll calm.\n\n- [x] tea ordered\n- [ ] Ana: review, Thu\n\n| a | b |\n| :-- | --: |\n| 1 | 2 |\n",
		"pay/incidents": "\n### What we learned\n\nOrder **earlier**, see <https://wiki.example/tea>.\n",
	})
	golden(t, "html/page.html", []byte(doc))
	wellMade(t, doc)
}

// The elements and attributes that a page may have. None of them fetches, runs
// or sends anything.
var (
	mayBe   = strings.Fields("html head meta title style body a main header section article div figure h1 h2 h3 h4 h5 h6 p br hr strong em del code pre blockquote ul ol li table thead tbody tr th td span input details summary svg path rect circle text")
	mayHave = strings.Fields("lang charset http-equiv content name class id href role aria-labelledby aria-label aria-hidden scope data-label type disabled checked start viewbox d x y cx cy r width height text-anchor")
	void    = strings.Fields("meta br hr input")
)

// wellMade wants a page to be nested well, to hold nothing but what it may, and
// to name every id once. It returns the words that a reader sees.
func wellMade(t testing.TB, doc string) string {
	t.Helper()
	if !strings.HasPrefix(doc, "<!DOCTYPE html>\n") || !utf8.ValidString(doc) || strings.ContainsAny(doc, "\x00\x07\x1b") {
		t.Error("the page is not clean text")
	}
	if at := strings.Index(doc, `http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-`); at < 0 || at > strings.Index(doc, "<title>") {
		t.Error("the page has no policy before everything else")
	}
	if len(doc) > 500_000 {
		t.Errorf("the page has %d bytes", len(doc))
	}
	var open []string
	ids := map[string]bool{}
	var words strings.Builder
	level := 0
	for z := html.NewTokenizer(strings.NewReader(doc)); ; {
		kind := z.Next()
		token := z.Token()
		switch kind {
		case html.ErrorToken:
			if z.Err() != io.EOF || len(open) > 0 {
				t.Errorf("the page ends inside of %v: %v", open, z.Err())
			}
			return words.String()
		case html.TextToken:
			if len(open) == 0 || open[len(open)-1] != "style" {
				words.WriteString(token.Data)
			}
		case html.CommentToken:
			t.Errorf("a comment: %q", token.Data)
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> ends %v", token.Data, open)
			}
			open = open[:len(open)-1]
		case html.StartTagToken, html.SelfClosingTagToken:
			if !slices.Contains(mayBe, token.Data) {
				t.Errorf("an element %s", token)
			}
			for _, a := range token.Attr {
				switch {
				case !slices.Contains(mayHave, a.Key):
					t.Errorf("an attribute %s of %s", a.Key, token)
				case a.Key == "id" && ids[a.Val]:
					t.Errorf("a second %s", a.Val)
				case a.Key == "id":
					ids[a.Val] = true
				case a.Key == "href":
					u, err := url.Parse(a.Val)
					if err != nil || !slices.Contains([]string{"http", "https", "mailto", ""}, u.Scheme) {
						t.Errorf("a link to %q", a.Val)
					}
				}
			}
			if len(token.Data) == 2 && token.Data[0] == 'h' && token.Data != "hr" {
				now := int(token.Data[1] - '0')
				if now > level+1 {
					t.Errorf("<h%d> follows <h%d>", now, level)
				}
				level = now
			}
			if kind == html.StartTagToken && !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		}
	}
}

// Whatever people and sources write, the page is a page: it holds every line,
// and nothing that acts.
func TestHostileHTML(t *testing.T) {
	r := world(t)
	notes := map[string]string{}
	all := append(slices.Clone(hostile), "<img src=x onerror=alert(1)>", "[a](javascript:alert(1)) [b](java&#115;cript:alert(1)) [c](data:text/html,x) <javascript:alert(1)>",
		"<svg/onload=alert(1)>\n<style>*{}</style>", "[x]: javascript:alert(1)\n[x]", `[a](https://x.example "\" onmouseover=alert(1) ")`, "![a](https://x.example/p.png \"t\")", "<details open ontoggle=alert(1)>")
	for i, n := range parse(t, Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text).Notes {
		notes[n.ID] = "\n" + strings.ReplaceAll(all[i%len(all)], "<!-- ", "<! --") + "\n\n" + all[(i*7+len(hostile))%len(all)][:min(40, len(all[(i*7+len(hostile))%len(all)]))] + "\n"
	}
	doc := seen(t, r, notes)
	words := wellMade(t, doc)
	for _, f := range r.Teams[0].Lines {
		if !strings.Contains(doc, `id="pay/`+f.ID+`"`) || !strings.Contains(doc, `id="chart:pay/`+f.ID+`"`) {
			t.Errorf("%s has no part or no chart", f.ID)
		}
	}
	for _, want := range []string{"How these numbers were made", "<script>alert(1)</script>", "a | b ](https://evil.example) | c", "prom could not be reached"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if again := seen(t, world(t), notes); again != doc {
		t.Error("the same page is not the same bytes")
	}
	t.Logf("%d bytes", len(doc))
}

// Nothing that somebody typed vanishes because it looks like HTML; only a whole
// comment is hidden, and it reaches no further than it was typed.
func TestNotesAreShownAsTyped(t *testing.T) {
	for _, tt := range []struct{ note, want string }{
		{"<div>words</div>", "<div>words</div>"},
		{"one <b>two</b> three", "one <b>two</b> three"},
		{"<pre>\nnot closed", "<pre>\nnot closed"},
		{"<script>\nwords\n</script>", "<script>\nwords\n</script>"},
		{"<!-- not closed\nwords", "<!-- not closed\nwords"},
		{"before <!-- hidden --> after", "before  after"},
		{"<!-- hidden -->\n\nafter", "after"},
		{"<!-- hidden --> after", "after"},
		{"<details><summary>More</summary>\n\nwords", "More\nwords"},
		{"<details>\n<summary>More</summary>\n\nwords\n\n</details>\n\nafter", "More\nwords\n\nafter"},
		{"</details>\n\nafter", "</details>\nafter"},
		{"<![CDATA[ words ]]>", "<![CDATA[ words ]]>"},
		{"a<br>b", "ab"},
		{"![a picture](https://x.example/p.png)", "a picture"},
		{"![](https://x.example/p.png)", "picture"},
		{"[![logo](a.png)](https://x.example)", "logo"},
		{"x &lt; y & z", "x < y & z"},
		{"~~~\n<!-- code -->\n~~~", "<!-- code -->"},
		{"- [ ] open\n- [x] done", "open\n done"},
	} {
		doc := seen(t, few(t), map[string]string{"summary": "\n" + tt.note + "\n\n"})
		wellMade(t, doc)
		_, rest, _ := strings.Cut(doc, `<div class="note">`)
		note, _, _ := strings.Cut(rest, "</div>\n")
		if diff := cmp.Diff(tt.want, strings.TrimSpace(shown(note))); diff != "" {
			t.Errorf("%q (-want +shown):\n%s", tt.note, diff)
		}
		if !strings.Contains(shown(doc), "What I want from you") {
			t.Errorf("%q hides what follows", tt.note)
		}
	}
}

// shown is what a reader sees of some HTML.
func shown(doc string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(doc)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(z.Token().Data)
		}
	}
}

// Words that somebody wrote outside of the slots are part of the page.
func TestEditsOutsideOfSlotsAreShown(t *testing.T) {
	r := few(t)
	first := Markdown(frameFor(), r, Letter{}).Merge(nil, "")
	edited := strings.Replace(string(first.Text), "## Operations\n", "## Operations\n\nWritten by hand, with [a link][own].\n\n[own]: https://wiki.example/own\n", 1)
	second := Markdown(frameFor(), r, Letter{}).Merge(parse(t, []byte(edited)), first.Made)
	doc, err := HTML(frameFor(), r, *parse(t, second.Text))
	if err != nil {
		t.Fatal(err)
	}
	wellMade(t, string(doc))
	if !bytes.Contains(doc, []byte(`Written by hand, with <a href="https://wiki.example/own">a link</a>.`)) {
		t.Error("words written outside of the slots are not on the page")
	}
}

// A heading in a note never breaks the order of headings, and the program's own
// are the Markdown's.
func TestHeadingsAreTheMarkdowns(t *testing.T) {
	r := world(t)
	md := Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text
	var want []string
	for line := range strings.Lines(parse(t, md).Tool) {
		if m := regexp.MustCompile(`^(#+) `).FindStringSubmatch(line); m != nil {
			want = append(want, fmt.Sprintf("<h%d>", len(m[1])))
		}
	}
	doc := seen(t, r, nil)
	if diff := cmp.Diff(want, regexp.MustCompile(`<h[1-6]>`).FindAllString(doc, -1)); diff != "" {
		t.Errorf("headings (-markdown +html):\n%s", diff)
	}
}

func TestOpenQuestionsAreSaid(t *testing.T) {
	doc := seen(t, few(t), nil)
	if n := strings.Count(doc, "Nothing written."); n != 7 {
		t.Errorf("%d empty places are said to be empty, want 7", n)
	}
	if strings.Contains(doc, "✍") {
		t.Error("a reader is asked what only the writer can answer")
	}
	if !strings.Contains(doc, "UNKNOWN") || !strings.Contains(doc, `<text class="unknown"`) {
		t.Error("the unknown is not said")
	}
}

// Any words in any slot leave a well made page with all its own parts.
func TestAnyNotes(t *testing.T) {
	r := few(t)
	bits := []string{"word", " ", "\n", "\n\n", "<", ">", "<b>", "</div>", "<!--", "-->", "`", "```", "~~~", "* ", "- [ ] ", "| a | b |\n| - | - |\n", "# ", "> ", "[x](y)", "![", "](", "<details>", "<details><summary>s</summary>", "</details>", "<pre>", "&amp;", "\\", "\t", "1. ", "https://x.example", "---\n", "<?", "<![CDATA[", "\r\n", "~", "**"}
	rapid.Check(t, func(rt *rapid.T) {
		notes := map[string]string{}
		for _, id := range []string{"summary", "pay/p95", "asks"} {
			notes[id] = strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 1, 25).Draw(rt, id), "")
		}
		doc := seen(t, r, notes)
		words := wellMade(t, doc)
		for _, part := range []string{"What I want from you", "Operations", "Review time", "Top of mind", "How these numbers were made"} {
			if !strings.Contains(words, part) {
				rt.Errorf("%q is not on the page", part)
			}
		}
	})
}

func FuzzHTMLNote(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	r := few(f)
	f.Fuzz(func(t *testing.T, note string) {
		wellMade(t, seen(t, r, map[string]string{"summary": strings.ToValidUTF8(strings.NewReplacer("\x00", "", "\x07", "", "\x1b", "", "\u202e", "").Replace(note), "")}))
	})
}

// The second wall stands by itself: if HTML ever came through the first, it
// would stop there.
func TestCleaning(t *testing.T) {
	policy := cleaning()
	for dirty, want := range map[string]string{
		`<script>alert(1)</script>a`:                               `a`,
		`<p onclick="x()" style="color:red" id="page">a</p>`:       `<p>a</p>`,
		`<a href="javascript:alert(1)">a</a>`:                      `a`,
		`<a href="&#106;avascript:alert(1)">a</a>`:                 `a`,
		`<a href="https://x.example" target="_top" ping="/">a</a>`: `<a href="https://x.example">a</a>`,
		`<img src=x onerror=alert(1)><iframe src=x></iframe>a`:     `a`,
		`<svg><script>x</script></svg><form action=x>a</form>`:     `a`,
		`<input type="checkbox" disabled="" checked="">`:           `<input type="checkbox" disabled="" checked="">`,
		`<input type="text" value="x">`:                            ``,
		`<td class="right" data-label="a &quot;b">1</td>`:          `<td class="right" data-label="a &#34;b">1</td>`,
		`<style>*{}</style><link rel=x href=y><base href=z>a`:      `a`,
		`<span class="status red">a</span>`:                        `<span class="status red">a</span>`,
	} {
		if got := policy.Sanitize(dirty); got != want {
			t.Errorf("%s becomes %s, want %s", dirty, got, want)
		}
	}
}
