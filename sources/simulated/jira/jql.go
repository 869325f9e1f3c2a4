package jira

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A refusal is an error that Jira answers a question with.
type refusal string

func (r refusal) Error() string { return string(r) }

// A condition is a piece of JQL. Under NOT Jira turns operators round rather
// than answers, so that what is empty matches neither way.
type condition interface {
	holds(r *row, not bool) bool
}

type (
	all  []condition
	some []condition
	none struct{ condition }
)

func (a all) holds(r *row, not bool) bool {
	if not {
		return some(a).any(r, not)
	}
	return a.every(r, not)
}

func (s some) holds(r *row, not bool) bool {
	if not {
		return all(s).every(r, not)
	}
	return s.any(r, not)
}

func (n none) holds(r *row, not bool) bool { return n.condition.holds(r, !not) }

func (a all) every(r *row, not bool) bool {
	return !slices.ContainsFunc(a, func(c condition) bool { return !c.holds(r, not) })
}

func (s some) any(r *row, not bool) bool {
	return slices.ContainsFunc(s, func(c condition) bool { return c.holds(r, not) })
}

// A parser reads the JQL that collectors and plain settings use.
type parser struct {
	v     *view
	words []word
	depth int // of filters within filters
}

type word struct {
	text   string
	quoted bool
}

func (w word) is(keyword string) bool { return !w.quoted && strings.EqualFold(w.text, keyword) }

// query parses JQL into a condition and an order. An empty condition is nil.
func (v *view) query(jql string, depth int) (condition, []word, error) {
	words, err := lex(jql)
	if err != nil {
		return nil, nil, err
	}
	p := &parser{v, words, depth}
	var c condition
	if len(words) > 0 && !p.peek().is("order") {
		if c, err = p.either(); err != nil {
			return nil, nil, err
		}
	}
	if len(p.words) == 0 {
		return c, nil, nil
	}
	if !p.take("order") || !p.take("by") {
		return nil, nil, refusal(fmt.Sprintf("Error in the JQL Query: Expecting either 'OR' or 'AND' but got '%s'.", p.peek().text))
	}
	return c, p.words, nil
}

func lex(jql string) ([]word, error) {
	var words []word
	for i := 0; i < len(jql); {
		c := jql[i]
		switch {
		case unicode.IsSpace(rune(c)):
			i++
		case c == '"' || c == '\'':
			var b strings.Builder
			j := i + 1
			for ; j < len(jql) && jql[j] != c; j++ {
				if jql[j] == '\\' && j+1 < len(jql) {
					j++
				}
				b.WriteByte(jql[j])
			}
			if j == len(jql) {
				return nil, refusal("Error in the JQL Query: The quoted string has not been completed.")
			}
			words = append(words, word{b.String(), true})
			i = j + 1
		case strings.ContainsRune("(),", rune(c)):
			words = append(words, word{string(c), false})
			i++
		case strings.ContainsRune("=!<>", rune(c)):
			j := i + 1
			if j < len(jql) && jql[j] == '=' {
				j++
			}
			words = append(words, word{jql[i:j], false})
			i = j
		default:
			j := i
			for j < len(jql) && !unicode.IsSpace(rune(jql[j])) && !strings.ContainsRune("\"'(),=!<>", rune(jql[j])) {
				j++
			}
			words = append(words, word{jql[i:j], false})
			i = j
		}
	}
	return words, nil
}

func (p *parser) peek() word {
	if len(p.words) == 0 {
		return word{}
	}
	return p.words[0]
}

func (p *parser) next() word {
	w := p.peek()
	if len(p.words) > 0 {
		p.words = p.words[1:]
	}
	return w
}

func (p *parser) take(keyword string) bool {
	if p.peek().is(keyword) {
		p.next()
		return true
	}
	return false
}

func (p *parser) either() (condition, error) {
	var parts some
	for {
		c, err := p.both()
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
		if !p.take("or") {
			return parts, nil
		}
	}
}

func (p *parser) both() (condition, error) {
	var parts all
	for {
		c, err := p.one()
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
		if !p.take("and") {
			return parts, nil
		}
	}
}

func (p *parser) one() (condition, error) {
	switch {
	case p.take("not"):
		c, err := p.one()
		return none{c}, err
	case p.take("("):
		c, err := p.either()
		if err == nil && !p.take(")") {
			err = refusal("Error in the JQL Query: Expecting ')' before the end of the query.")
		}
		return c, err
	}
	return p.clause()
}

// clause reads  field operator value.
func (p *parser) clause() (condition, error) {
	name := p.next()
	if name.text == "" || !name.quoted && strings.ContainsAny(name.text, "(),=!<>") {
		return nil, refusal("Error in the JQL Query: Expecting a field name.")
	}
	f, ok := p.v.jqlField(name.text)
	if !ok {
		return nil, refusal(fmt.Sprintf("Field '%s' does not exist or you do not have permission to view it.", name.text))
	}
	op := strings.ToLower(p.next().text)
	if op == "not" && p.take("in") {
		op = "not in"
	}
	if op == "is" {
		not := p.take("not")
		if !p.take("empty") && !p.take("null") {
			return nil, refusal("Error in the JQL Query: Expecting EMPTY.")
		}
		return empty{f, not}, nil
	}
	if !slices.Contains([]string{"=", "!=", "in", "not in", ">=", "<=", ">", "<"}, op) {
		return nil, refusal(fmt.Sprintf("Error in the JQL Query: Expecting operator but got '%s'.", op))
	}
	values, err := p.values(f, strings.HasSuffix(op, "in"))
	if err != nil {
		return nil, err
	}
	if f.filter {
		return p.filter(values, op)
	}
	if f.when != nil {
		return p.dated(f, op, values)
	}
	if strings.ContainsAny(op, "<>") {
		return nil, refusal(fmt.Sprintf("The operator '%s' is not supported by the '%s' field.", op, name.text))
	}
	for i, value := range values {
		known := f.known(value)
		if known == "" {
			return nil, refusal(fmt.Sprintf("The value '%s' does not exist for the field '%s'.", value, name.text))
		}
		values[i] = known
	}
	return equal{f, values, op == "!=" || op == "not in"}, nil
}

func (p *parser) values(f jqlField, list bool) ([]string, error) {
	if list && p.take("subTaskIssueTypes") && f.name == "issuetype" && p.take("(") && p.take(")") {
		return []string{"Sub-task"}, nil
	}
	if !list {
		w := p.next()
		if w.text == "" && !w.quoted || !w.quoted && strings.ContainsAny(w.text, "(),=!<>") {
			return nil, refusal("Error in the JQL Query: Expecting a value.")
		}
		return []string{w.text}, nil
	}
	if !p.take("(") {
		return nil, refusal("Error in the JQL Query: Expecting '('.")
	}
	var values []string
	for {
		one, err := p.values(f, false)
		if err != nil {
			return nil, err
		}
		values = append(values, one...)
		if p.take(")") {
			return values, nil
		}
		if !p.take(",") {
			return nil, refusal("Error in the JQL Query: Expecting ',' or ')'.")
		}
	}
}

func (p *parser) filter(ids []string, op string) (condition, error) {
	var parts some
	for _, id := range ids {
		n, _ := strconv.ParseInt(id, 10, 64)
		at := slices.IndexFunc(p.v.Boards, func(b *Board) bool { return b.Filter == n && n != 0 && !b.Private && !b.TeamManaged })
		if at < 0 || p.depth > 3 {
			return nil, refusal(fmt.Sprintf("A value with ID '%s' does not exist for the field 'filter'.", id))
		}
		c, _, err := p.v.query(p.v.Boards[at].JQL, p.depth+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
	}
	if op == "!=" || op == "not in" {
		return none{parts}, nil
	}
	return parts, nil
}

func (p *parser) dated(f jqlField, op string, values []string) (condition, error) {
	for _, layout := range []string{"2006-01-02 15:04", "2006/01/02 15:04", "2006-01-02", "2006/01/02"} {
		if at, err := time.ParseInLocation(layout, values[0], p.v.Zone.Location()); err == nil && strings.ContainsAny(op, "<>") {
			return dated{f, op, at}, nil
		}
	}
	return nil, refusal(fmt.Sprintf("Date value '%s' for field '%s' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd'.", values[0], f.name))
}
