package jira

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"preread/sources"
)

// A query is somebody's JQL, without its order, safe to be put into
// parentheses.
type query struct {
	text  string
	words []word
}

// A word is a token of JQL with its place in the text.
type word struct {
	kind       wordKind
	text       string // without quotes
	start, end int
}

type wordKind int

const (
	plain     wordKind = iota // a field, value or keyword
	quotation                 // a value or field in quotes
	mark                      // an operator, parenthesis or comma
)

func (w word) is(keyword string) bool { return w.kind == plain && strings.EqualFold(w.text, keyword) }

// scan cuts JQL into words. Quotes are ' and ", with a backslash before
// either.
func scan(jql string) ([]word, error) {
	var words []word
	for i := 0; i < len(jql); {
		c, size := utf8.DecodeRuneInString(jql[i:])
		switch {
		case unicode.IsSpace(c):
			i += size
		case c == '"' || c == '\'':
			w, ok := scanQuoted(jql, i)
			if !ok {
				return nil, sources.Unansweredf("the query has a quote without its partner")
			}
			words = append(words, w)
			i = w.end
		case strings.ContainsRune("(),", c):
			words = append(words, word{mark, string(c), i, i + 1})
			i++
		case strings.ContainsRune("=!<>~&|", c):
			end := i + len(jql[i:]) - len(strings.TrimLeft(jql[i:], "=!<>~&|"))
			words = append(words, word{mark, jql[i:end], i, end})
			i = end
		default:
			end := i + strings.IndexFunc(jql[i:]+" ", func(r rune) bool {
				return unicode.IsSpace(r) || strings.ContainsRune("\"'(),=!<>~&|", r)
			})
			end = max(end, i+size)
			words = append(words, word{plain, jql[i:end], i, end})
			i = end
		}
	}
	return words, nil
}

func scanQuoted(jql string, start int) (word, bool) {
	var text strings.Builder
	for i := start + 1; i < len(jql); i++ {
		switch jql[i] {
		case jql[start]:
			return word{quotation, text.String(), start, i + 1}, true
		case '\\':
			if i++; i == len(jql) {
				return word{}, false
			}
		}
		text.WriteByte(jql[i])
	}
	return word{}, false
}

// parse reads somebody's JQL: its ORDER BY is dropped, since ours keeps pages
// apart, and what parentheses could not hold together is refused.
func parse(jql string) (query, error) {
	words, err := scan(jql)
	if err != nil {
		return query{}, err
	}
	for i := 0; i+1 < len(words); i++ {
		if words[i].is("order") && words[i+1].is("by") {
			jql, words = jql[:words[i].start], words[:i]
			break
		}
	}
	depth := 0
	for _, w := range words {
		switch {
		case w.kind == mark && w.text == "(":
			depth++
		case w.kind == mark && w.text == ")":
			depth--
		}
		if depth < 0 {
			break
		}
	}
	switch {
	case depth != 0:
		return query{}, sources.Unansweredf("the query has a parenthesis without its partner")
	case len(words) == 0:
		return query{}, sources.Unansweredf("the query is empty and would ask for every issue").
			WithHint(`write JQL that names a project or an epic, such as "parent = PAY-100"`)
	}
	return query{strings.TrimSpace(jql), words}, nil
}

// check refuses what [parse] does. Sprints are those of boards and have no JQL.
func check(q sources.Query) error {
	if q.Noun == sources.Delivery {
		return nil
	}
	_, err := parse(q.Text)
	return err
}

// order is the order of every search: it does not change while pages are
// read.
const order = " ORDER BY created ASC, key ASC"

// A goal is a query of a form whose past members can be told from changelogs.
type goal struct {
	version   bool   // fixVersion = value; else the parent or epic
	portfolio bool   // by the function of Advanced Roadmaps
	value     string // a version's name, an issue's key, or the id of either
}

// goal recognises the forms  parent = KEY,  "Epic Link" = KEY,
// "Parent Link" = KEY,  fixVersion = NAME  and
// issuekey in portfolioChildIssuesOf(KEY),  in parentheses or not.
func (q query) goal() (goal, bool) {
	words := q.words
	for len(words) > 2 && words[0].text == "(" && words[len(words)-1].text == ")" {
		words = words[1 : len(words)-1]
	}
	if key, ok := portfolio(words); ok {
		return goal{portfolio: true, value: key}, true
	}
	if len(words) != 3 || words[0].kind == mark || words[1].text != "=" || words[2].kind == mark {
		return goal{}, false
	}
	switch strings.ToLower(words[0].text) {
	case "parent", "epic link", "parent link":
		return goal{value: words[2].text}, words[2].text != ""
	case "fixversion":
		return goal{version: true, value: words[2].text}, words[2].text != ""
	}
	return goal{}, false
}

// portfolio reads  issuekey in portfolioChildIssuesOf(KEY).
func portfolio(words []word) (key string, ok bool) {
	fields := []string{"issuekey", "issue", "key", "id"}
	ok = len(words) == 6 && words[0].kind != mark && slices.Contains(fields, strings.ToLower(words[0].text)) && words[1].is("in") &&
		words[2].is("portfolioChildIssuesOf") && words[3].text == "(" && words[4].kind != mark && words[4].text != "" && words[5].text == ")"
	if !ok {
		return "", false
	}
	return words[4].text, true
}

var issueKey = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*)-[0-9]+$`)

// project returns the project of the goal's epic, "" if its key does not tell.
func (g goal) project() string {
	if m := issueKey.FindStringSubmatch(g.value); m != nil && !g.version {
		return strings.ToUpper(m[1])
	}
	return ""
}

// onServer returns the query for Data Center, where an epic's issues hang on
// the field Epic Link: each  parent = KEY  and  parent in (KEYS)  asks for
// either.
func (q query) onServer() string {
	var b strings.Builder
	from := 0
	for i := 0; i+2 < len(q.words); i++ {
		if w := q.words[i]; w.kind == mark || !strings.EqualFold(w.text, "parent") {
			continue
		}
		last, ok := q.operand(i + 1)
		if !ok {
			continue
		}
		start, rest, end := q.words[i].start, q.words[i].end, q.words[last].end
		fmt.Fprintf(&b, `%s(%s OR "Epic Link"%s)`, q.text[from:start], q.text[start:end], q.text[rest:end])
		from, i = end, last
	}
	return b.String() + q.text[from:]
}

// operand returns the last word of  = VALUE  or  in (VALUES)  at i.
func (q query) operand(i int) (last int, ok bool) {
	switch {
	case q.words[i].text == "=" && q.words[i+1].kind != mark:
		return i + 1, true
	case q.words[i].is("in") && q.words[i+1].text == "(":
		for j := i + 2; j < len(q.words); j++ {
			if q.words[j].kind == mark && q.words[j].text == ")" {
				return j, true
			}
		}
	}
	return 0, false
}

// on returns the query in the words of a site.
func (q query) on(st *site) string {
	if st.cloud {
		return q.text
	}
	return q.onServer()
}

// since writes an instant for a comparison in JQL, a day early: Jira reads it
// in the time zone of the token's user, whichever that is, and to the minute.
// What comes too much is left out by its exact time.
func since(t time.Time) string {
	return t.Add(-24 * time.Hour).UTC().Format(`"2006-01-02 15:04"`)
}

// quote writes a text as a value of JQL.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// quoted writes a list of values.
func quoted(list []string) string {
	quotes := make([]string, len(list))
	for i, s := range list {
		quotes[i] = quote(s)
	}
	return strings.Join(quotes, ", ")
}
