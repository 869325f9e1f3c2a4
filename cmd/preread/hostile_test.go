package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"preread/report"
	"preread/sources/simulated"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
	"preread/sources/simulated/prometheus"
)

// mark is in every hostile text, to see that it came as far as the page, with a
// bar and a tag behind it.
const mark = "Xq7"

// hostile are texts that people, or somebody who wants harm, may have written
// into a title, as they stand between the quotes of a JSON document.
var hostile = []string{
	`<script>alert(1)</script><img src=x onerror=alert(1)>`,
	`</td></tr></table></body></html>`,
	`<!-- preread:note id=summary -->`,
	`<!-- /preread:note -->`,
	`\n<!-- preread:note id=x -->\nnot mine\n<!-- /preread:note -->\n`,
	`\r\n<!-- /preread:note -->\r\n<!-- preread:doc v=1 week=2026-W46 made=2026-11-16T05:00:00Z sum=0 -->\r\n`,
	`\u2028<!-- /preread:note -->\u2029\u0085\u000b\u000c<!-- /preread:note -->`,
	`--> text --!> -- > <!--`,
	"# heading\\n## Goals\\n- item\\n> quote\\n---\\n```\\nfence",
	"``` ~~~ `code` *em* **strong** _em_ ~~del~~ $math$ \\\\",
	`[link](javascript:alert(1)) ![img](http://evil.example/x.png) [ref]: http://evil.example`,
	`https://evil.example/?a=b&c=d www.evil.example mail@evil.example`,
	`@everyone @acme/all @here #1 acme/payments#2 GH-3 deadbeefdeadbeefdeadbeefdeadbeefdeadbeef`,
	`a | b || c \\| d |`,
	`\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\ \u009b31m \u0090q\u009c`,
	`\u001b[2J\u001b[H\u001b[1A\u001b[2K\rall is green`,
	`\u202egnp.exe\u202c \u2066isolate\u2069 \u200fright\u200e \u061c`,
	`zero\u200bwidth\u200c\u200d\ufeff\u2060\u00ad\u180e`,
	`tags \udb40\udc41\udb40\udc42 \ufff9a\ufffab\ufffb`,
	`nul\u0000 bell\u0007 back\b\b\b del\u007f tab\t end`,
	"bad utf-8 \xff\xfe\xc3( \xed\xa0\x80 \xf4\x90\x80\x80 \\ud800 lone",
	strings.Repeat("verylongword", 400),
	strings.Repeat("Z\u0351\u0343\u0310", 300),
	`{{.Week}} %s %d %!(EXTRA) ${HOME} $(id) ` + "`id`",
	`::error file=x::injected%0A::set-output name=x::y`,
	`\"quoted\" 'single' ]]> &amp; &lt; <![CDATA[ x`,
	`=cmd|' /C calc'!A0 +1 -1`,
	`|UNKNOWN|\n\n| ● **GREEN** | all | 1 |`,
	``, ` `, `.`, `-`, `+`, `1.`, `\\`, `|`, `>`, `#`,
}

// words are what a system shows of what people wrote, by the name of its key.
var words = regexp.MustCompile(`"(summary|title|tag_name|goal)":"((?:[^"\\]|\\.)*)"`)

// named are further ones, where the name of a sprint or a release stands.
var named = regexp.MustCompile(`"(name)":"((?:[^"\\]|\\.)*)"`)

// written gives one of the hostile texts for a tame one, always the same for
// the same. Every hundredth is a megabyte long.
func written(tame string) string {
	n := 0
	for _, c := range tame {
		n = n*31 + int(c)
	}
	n = max(n, -n)
	text := hostile[n%len(hostile)]
	if n%100 == 7 {
		text = strings.Repeat("a megabyte of words ", 1<<20/20)
	}
	return mark + " | <i> " + text + " " + strconv.Itoa(n%1000)
}

// spoilt puts hostile words into an answer. The milestone's title is asked for
// by name, so it stays.
func spoilt(body []byte, pattern *regexp.Regexp, kept ...string) []byte {
	return pattern.ReplaceAllFunc(body, func(pair []byte) []byte {
		m := pattern.FindSubmatch(pair)
		for _, k := range kept {
			if string(m[2]) == k {
				return pair
			}
		}
		return []byte(`"` + string(m[1]) + `":"` + written(string(m[2])) + `"`)
	})
}

// hostileCompany is a cage in which every system speaks hostile words.
func hostileCompany(t *testing.T) *cage {
	t.Helper()
	b := newCage(t)
	c, err := company.New(demoSeed, scriptNow)
	if err != nil {
		t.Fatal(err)
	}
	p := prometheus.Generate(c)
	p.Token, p.Retention = simulated.PrometheusToken, 0
	for i := range p.Alerts {
		for _, field := range []*string{&p.Alerts[i].Name, &p.Alerts[i].Severity} {
			if text := written(*field); len(text) < 10_000 {
				_ = json.Unmarshal([]byte(`"`+strings.ToValidUTF8(text, "")+`"`), field)
			}
		}
	}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	tame := b.systems.Prometheus.URL
	b.settings(func(s string) string { return strings.ReplaceAll(s, tame, server.URL) })
	var kept []string
	for _, team := range c.Teams {
		for _, g := range team.Goals {
			kept = append(kept, g.Milestone)
		}
	}
	b.systems.Jira.Gate.Add(fault.Fault{Edit: func(body []byte) []byte { return spoilt(body, words) }})
	b.systems.Jira.Gate.Add(fault.Fault{Path: "/agile/", Edit: func(body []byte) []byte { return spoilt(body, named) }})
	b.systems.GitHub.Gate.Add(fault.Fault{Edit: func(body []byte) []byte { return spoilt(body, words, kept...) }})
	b.systems.GitHub.Gate.Add(fault.Fault{Path: "/releases", Edit: func(body []byte) []byte { return spoilt(body, named) }})
	return b
}

// page reads the page of a cage.
func (b *cage) page() []byte {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, "prereads", "2026-W46.md"))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// draft makes the page and returns it.
func (b *cage) draft() []byte {
	b.t.Helper()
	if code, said := b.run("draft"); code != exitFine || strings.Contains(said, "unknown:") {
		b.t.Fatalf("draft exited with %d: %s", code, said)
	}
	return b.page()
}

func parsePage(t *testing.T, text []byte) report.Page {
	t.Helper()
	page, err := report.ParsePage("page.md", text)
	if err != nil {
		t.Fatalf("the page cannot be read again: %v", err)
	}
	return page
}

func slots(page report.Page) []string {
	var ids []string
	for _, n := range page.Notes {
		ids = append(ids, n.ID)
	}
	return ids
}

// tame wants a text without anything that a terminal obeys or an eye does not
// see as it is.
func tame(t *testing.T, where string, text []byte) {
	t.Helper()
	if !utf8.Valid(text) {
		t.Errorf("%s is not valid UTF-8", where)
	}
	for line := range strings.Lines(string(text)) {
		for _, r := range strings.TrimSuffix(line, "\n") {
			// U+2060 is what keeps @ and # from being a mention.
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) && r != '\u2060' || r == '\u2028' || r == '\u2029' {
				t.Errorf("%s holds %U: %.300q", where, r, line)
				break
			}
		}
	}
}

// Whatever people write into titles, a page is a page: the same slots as with
// tame words, each mark alone on its line, and notes that stay.
func TestHostileWords(t *testing.T) {
	plain := newCage(t).draft()
	b := hostileCompany(t)
	text := b.draft()
	if n := bytes.Count(text, []byte(mark)); n < 20 {
		t.Fatalf("only %d of the hostile texts came as far as the page", n)
	}
	tame(t, "the page", text)
	page := parsePage(t, text)
	if diff := cmp.Diff(slots(parsePage(t, plain)), slots(page)); diff != "" {
		t.Errorf("slots (-with tame words +with hostile words):\n%s", diff)
	}
	if len(text) > 3*len(plain) {
		t.Errorf("the page has %d bytes, with tame words %d", len(text), len(plain))
	}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.Contains(line, "<!--") && !regexp.MustCompile(`^<!-- (/?preread:note( id=\S+)?|preread:doc .*) -->$`).MatchString(line) && !strings.Contains(line, `\<`) {
			t.Errorf("line %d holds a comment: %.200q", i+1, line)
		}
		if len(line) > 20_000 {
			t.Errorf("line %d has %d bytes", i+1, len(line))
		}
	}

	if want, got := unescaped(string(plain), '<'), unescaped(string(text), '<'); got != want {
		t.Errorf("%d angle brackets open a tag or comment, with tame words %d", got, want)
	}
	columns := 0 // of the table that runs
	for i, line := range strings.Split(string(text), "\n") {
		n := 0
		if strings.HasPrefix(line, "|") {
			n = unescaped(line, '|')
		}
		if columns > 0 && n > 0 && n != columns {
			t.Errorf("line %d has %d bars in a table of %d: %.300q", i+1, n, columns, line)
		}
		columns = n
	}

	// People write, and the words change: notes stay byte for byte.
	said := map[string]string{}
	out := text
	for i, id := range slots(page) {
		said[id] = fmt.Sprintf("\n%s\r\n\ttrailing  \n%s\n\n", strings.Trim(strings.ToValidUTF8(strings.ReplaceAll(hostile[i%len(hostile)], "<!--", "<! --"), "\x80"), "\r\n"), id)
		out = writeSlot(t, out, id, said[id])
	}
	write(t, filepath.Join(b.dir, "prereads", "2026-W46.md"), string(out))
	b.systems.Jira.Gate.Clear()
	b.systems.GitHub.Gate.Clear()
	for _, again := range [][]byte{b.draft(), b.draft()} {
		got := map[string]string{}
		for _, n := range parsePage(t, again).Notes {
			got[n.ID] = n.Text
		}
		if diff := cmp.Diff(said, got); diff != "" {
			t.Errorf("notes (-written +kept):\n%s", diff)
		}
	}
}

// unescaped counts a sign where Markdown takes it for itself.
func unescaped(text string, sign byte) (n int) {
	for i := range len(text) {
		slashes := 0
		for slashes < i && text[i-1-slashes] == '\\' {
			slashes++
		}
		if text[i] == sign && slashes%2 == 0 {
			n++
		}
	}
	return n
}

// writeSlot puts text between the marks of a slot.
func writeSlot(t *testing.T, page []byte, id, text string) []byte {
	t.Helper()
	before, rest, found := bytes.Cut(page, []byte(slotMark(id)+"\n"))
	_, after, closed := bytes.Cut(rest, []byte(slotEnd))
	if !found || !closed {
		t.Fatalf("no slot %s", id)
	}
	return []byte(string(before) + slotMark(id) + "\n" + text + slotEnd + string(after))
}

// Nothing that people write gets at the terminal, at a CI's commands or at the
// structure of a document.
func TestHostileWordsInOutput(t *testing.T) {
	b := hostileCompany(t)
	facts := filepath.Join(b.dir, "facts.json")
	if code, said := b.run("collect", "-o", facts); code != exitFine || strings.Contains(said, "unknown:") {
		t.Fatalf("collect exited with %d: %s", code, said)
	}
	text, err := os.ReadFile(facts)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte(mark)); n < 100 {
		t.Fatalf("only %d of the hostile texts came as far as the facts", n)
	}
	tame(t, "the facts", bytes.ReplaceAll(text, []byte("\t"), nil))
	for _, args := range [][]string{
		{"draft", "-o", "-"}, {"draft", "-o", "-", "--format", "json"}, {"draft", "-n"},
		{"check"}, {"check", "--format", "json"}, {"check", "--format", "github"}, {"check", "--format", "junit"}, {"check", "--fail-on", "amber", "--format", "github"},
		{"explain", "checkout/one-click"}, {"explain", "checkout/delivery"}, {"explain", "checkout/quality"}, {"explain", "checkout/alarms"},
		{"explain", "checkout/incidents"}, {"explain", "checkout/shipped"}, {"explain", "search/incidents"}, {"explain", "search/index"},
	} {
		where := strings.Join(args, " ")
		code, said := b.run(append(args, "--facts", facts)...)
		if code == exitWrong {
			t.Errorf("%s exited with %d: %.300s", where, code, said)
			continue
		}
		tame(t, where, []byte(said))
		switch {
		case strings.HasSuffix(where, "json"):
			if !json.Valid([]byte(said)) {
				t.Errorf("%s is not JSON", where)
			}
		case strings.HasSuffix(where, "junit"):
			for dec := xml.NewDecoder(strings.NewReader(said)); ; {
				if _, err := dec.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Errorf("%s is not XML: %v", where, err)
					break
				}
			}
		case strings.HasSuffix(where, "github"):
			for line := range strings.Lines(said) {
				if !regexp.MustCompile(`^(::(error|warning|notice) title=[^:,]*::|and \d+ more )`).MatchString(line) {
					t.Errorf("%s: %.200q is no annotation of the program's", where, line)
				}
			}
		}
	}
}
