package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"preread/sources"
)

var made = time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)

// document lays out a page with the given slots and a line of text each.
func document(ids ...string) Document {
	d := Document{Week: sources.Week{Year: 2026, N: 46}, Made: made}
	for _, id := range ids {
		d.parts = append(d.parts, part{text: "## About " + id + "\n\n", id: id, prompt: promptGoal})
	}
	d.parts = append(d.parts, part{text: "the end\n"})
	return d
}

func parse(t interface{ Fatal(...any) }, text []byte) *Page {
	p, err := ParsePage("page.md", text)
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

// write puts text into a slot, as a person does in an editor.
func write(page []byte, id, text string) []byte {
	open := "<!-- preread:note id=" + id + " -->"
	s := string(page)
	at := strings.Index(s, open) + len(open)
	at += strings.Index(s[at:], "\n") + 1
	end := at + strings.Index(s[at:], "<!-- /preread:note -->")
	return []byte(s[:at] + text + s[end:])
}

func note(t interface{ Fatal(...any) }, page []byte, id string) string {
	for _, n := range parse(t, page).Notes {
		if n.ID == id {
			return n.Text
		}
	}
	t.Fatal("the page has no note " + id)
	return ""
}

func TestAFirstPage(t *testing.T) {
	m := document("a/x", "summary").Merge(nil, "")
	want := "<!-- preread:doc v=1 week=2026-W46 made=2026-11-16T06:00:00Z sum=SUM -->\n" +
		"## About a/x\n\n<!-- preread:note id=a/x -->\n\n" + promptGoal + "\n\n<!-- /preread:note -->\n" +
		"## About summary\n\n<!-- preread:note id=summary -->\n\n" + promptGoal + "\n\n<!-- /preread:note -->\nthe end\n"
	page := parse(t, m.Text)
	if diff := cmp.Diff(want, strings.Replace(string(m.Text), page.Mark.Sum, "SUM", 1)); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	if page.Mark.Week.N != 46 || page.Mark.Sum != sum(page.Tool) || m.Edited || m.Same || m.Kept != 0 {
		t.Errorf("%+v, %+v", page.Mark, m)
	}
}

func TestMadeAgainItIsTheSame(t *testing.T) {
	d := document("a/x", "summary")
	first := d.Merge(nil, "").Text
	d.Made = made.Add(24 * time.Hour)
	m := d.Merge(parse(t, first), "")
	if !m.Same || m.Edited {
		t.Errorf("nothing changed, and it says %+v", m)
	}
	edited := write(first, "a/x", "a person's words\n")
	m = d.Merge(parse(t, edited), "")
	if !m.Same || m.Kept != 1 {
		t.Errorf("only a note was written, and it says same %v, kept %d", m.Same, m.Kept)
	}
	d.parts[0].prompt = promptRed
	if d.Merge(parse(t, first), "").Same {
		t.Error("a slot has another prompt now, and it says that nothing changed")
	}
	if !d.Merge(parse(t, edited), "").Same {
		t.Error("the prompt of a written slot does not matter, and it says that it does")
	}
	d.parts[2].text = "another end\n"
	if d.Merge(parse(t, edited), "").Same {
		t.Error("the text changed, and it says that it did not")
	}
}

// Whatever people type, wherever the line goes, whatever the editor does to
// line ends: every byte is there in the next page and in the one after that.
func TestNoByteOfANoteIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := []string{"a/x", "a/y", "summary", "asks", "b/long-one"}
		page := document(ids...).Merge(nil, "").Text
		crlf := rapid.Bool().Draw(t, "crlf")
		if crlf {
			page = toCRLF(page)
		}
		if rapid.Bool().Draw(t, "bom") {
			page = append([]byte(bom), page...)
		}
		written := map[string]string{}
		for _, id := range ids {
			if rapid.Bool().Draw(t, "write "+id) {
				written[id] = noteText(crlf).Draw(t, "text of "+id)
				page = write(page, id, written[id])
			}
		}
		for round := range 2 {
			var kept []string
			for _, id := range ids {
				if rapid.Bool().Draw(t, fmt.Sprintf("keep %s in round %d", id, round)) {
					kept = append(kept, id)
				}
			}
			m := document(rapid.Permutation(kept).Draw(t, "order")...).Merge(parse(t, page), "")
			page = m.Text
			if m.Edited {
				t.Fatalf("round %d: nobody edited the text, and it says so:\n%s", round, page)
			}
			for id, want := range written {
				if strings.TrimSpace(want) == "" || isPrompt(strings.TrimSpace(want)) {
					continue
				}
				if got := note(t, page, id); got != want {
					t.Fatalf("round %d: note %s was %q and is %q", round, id, want, got)
				}
			}
		}
		if crlf != parse(t, page).CRLF && len(parse(t, page).Notes) > 0 {
			t.Fatal("the line ends changed")
		}
	})
}

// noteText draws what a person might type: lines of words, Markdown, other
// comments, quotes of marks, and fenced code with marks in it.
func noteText(crlf bool) *rapid.Generator[string] {
	line := rapid.OneOf(
		rapid.StringMatching(`[ -~äöü✍💥\t]{0,30}`),
		rapid.SampledFrom([]string{"", "# heading", "---", "> quote", "- [ ] open", "<!-- a comment -->", "see <!-- /preread:note --> there", "`<!-- preread:note id=x -->`", "| a | b |", promptRed + " really", "\u202etrojan"}),
		rapid.SampledFrom([]string{"```\n<!-- /preread:note -->\n```", "~~~~ text\n```\n<!-- preread:note id=a/x -->\n~~~\n~~~~", "```inline``` code"}),
	)
	return rapid.Custom(func(t *rapid.T) string {
		text := ""
		for _, l := range rapid.SliceOfN(line, 0, 6).Draw(t, "lines") {
			if fenceMark.MatchString(l) && !strings.Contains(l, "\n") {
				l = "no fence" // an open fence would swallow the closing mark, which is an error of its own
			}
			text += l + "\n"
		}
		if crlf {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		return text
	}).Filter(func(s string) bool {
		_, err := ParsePage("", []byte("<!-- preread:note id=x -->\n"+s+"<!-- /preread:note -->\n"))
		return err == nil
	})
}

func TestAHomelessNoteMovesAndComesHome(t *testing.T) {
	page := write(document("a/x", "summary").Merge(nil, "").Text, "a/x", "kept words\n")
	m := document("summary").Merge(parse(t, page), "")
	if diff := cmp.Diff([]string{"a/x"}, m.Homeless); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(m.Text), "## Notes kept from earlier") || note(t, m.Text, "a/x") != "kept words\n" {
		t.Errorf("page:\n%s", m.Text)
	}
	again := document("summary").Merge(parse(t, m.Text), "")
	if !again.Same {
		t.Errorf("made again it is another page:\n%s", again.Text)
	}
	back := document("a/x", "summary").Merge(parse(t, again.Text), "")
	if len(back.Homeless) != 0 || note(t, back.Text, "a/x") != "kept words\n" || strings.Contains(string(back.Text), "Notes kept") {
		t.Errorf("the line is back, the page is:\n%s", back.Text)
	}
}

func TestAnEditOutsideOfSlotsIsNoticed(t *testing.T) {
	d := document("a/x", "summary")
	page := string(d.Merge(nil, "").Text)
	for name, text := range map[string]string{
		"a sentence added":   strings.Replace(page, "the end", "my own words\n\nthe end", 1),
		"a heading edited":   strings.Replace(page, "## About a/x", "## All about a/x", 1),
		"a slot cut out":     strings.Replace(page, "<!-- preread:note id=a/x -->\n\n"+promptGoal+"\n\n<!-- /preread:note -->\n", "", 1),
		"front matter added": "---\ntitle: x\n---\n" + page,
	} {
		if m := d.Merge(parse(t, []byte(text)), ""); !m.Edited || m.Same {
			t.Errorf("%s: edited %v, same %v", name, m.Edited, m.Same)
		}
	}
	for name, text := range map[string]string{
		"CRLF":                  string(toCRLF([]byte(page))),
		"BOM":                   bom + page,
		"blank lines and blank": strings.Replace(page, "the end", "\n\nthe end  ", 1),
	} {
		if m := d.Merge(parse(t, []byte(text)), ""); m.Edited || !m.Same {
			t.Errorf("%s: edited %v, same %v", name, m.Edited, m.Same)
		}
	}
}

func TestBrokenMarks(t *testing.T) {
	open := func(id string) string { return "<!-- preread:note id=" + id + " -->\n" }
	const end = "<!-- /preread:note -->\n"
	for _, tt := range []struct{ name, text, want string }{
		{"nested", "x\n" + open("a") + open("b") + end + end, `p.md:3: note "b" begins inside note "a", which began in line 2`},
		{"doubled", open("a") + end + open("a") + end, `p.md:3: a second note is called "a"; the first is in line 1`},
		{"unclosed", "x\n" + open("a") + "words\n", `p.md:2: note "a" is never closed`},
		{"unclosed by a fence", open("a") + "```\nwords\n" + end, "p.md:1: note \"a\" is never closed; its code fence ``` is not closed either"},
		{"unopened", "x\n\n" + end, `p.md:3: a note ends here that never began`},
		{"no id", "<!-- preread:note id= -->\n", `p.md:1: this mark cannot be read: <!-- preread:note id= -->`},
		{"garbled", "<!--preread:note id=a-->\n", `p.md:1: this mark cannot be read: <!--preread:note id=a-->`},
		{"text behind", open("a") + "x\n<!-- /preread:note --> y\n" + end, `p.md:3: this mark cannot be read: <!-- /preread:note --> y`},
		{"odd week", "<!-- preread:doc v=1 week=2026-W99 made=x sum=y -->\n", `p.md:1: "2026-W99" is not an ISO week such as 2026-W46`},
		{"newer version", "<!-- preread:doc v=2 week=2026-W46 -->\n", `p.md:1: this mark cannot be read: <!-- preread:doc v=2 week=2026-W46 -->`},
	} {
		_, err := ParsePage("p.md", []byte(tt.text))
		var broken *PageError
		if !errors.As(err, &broken) || err.Error() != tt.want {
			t.Errorf("%s: %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

func FuzzParsePage(f *testing.F) {
	f.Add(string(document("a/x", "summary").Merge(nil, "").Text))
	f.Add("\ufeff<!-- preread:note id=a -->\r\n```\r\n<!-- /preread:note -->\r\n```\r\n<!-- /preread:note -->")
	f.Fuzz(func(t *testing.T, text string) {
		page, err := ParsePage("p.md", []byte(text))
		if err != nil {
			return
		}
		m := document("a/x").Merge(&page, "")
		again, err := ParsePage("p.md", m.Text)
		if err != nil {
			t.Fatalf("a page that could be read became one that cannot: %v\n%s", err, m.Text)
		}
		for _, n := range page.Notes {
			if n.untouched() {
				continue
			}
			found := false
			for _, o := range again.Notes {
				found = found || o.ID == n.ID && o.Text == n.Text
			}
			if !found {
				t.Fatalf("note %q with %q is lost:\n%s", n.ID, n.Text, m.Text)
			}
		}
	})
}

func TestPromptsAreListedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range allPrompts {
		if seen[p] || strings.TrimSpace(p) != p || !strings.HasPrefix(p, "✍ ") || strings.Contains(p, "\n") {
			t.Errorf("prompt %q is doubled or not one line", p)
		}
		seen[p] = true
	}
}
