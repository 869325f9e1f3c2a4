package prometheus

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A condition is one matcher of a selector.
type condition struct {
	label, op, value string
	pattern          *regexp.Regexp // of =~ and !~
}

func (c condition) holds(labels map[string]string) bool {
	value := labels[c.label]
	switch c.op {
	case "=":
		return value == c.value
	case "!=":
		return value != c.value
	case "=~":
		return c.pattern.MatchString(value)
	default:
		return !c.pattern.MatchString(value)
	}
}

// A ranged is a selector with a range: ALERTS{alertstate="firing"}[1d].
type ranged struct {
	conditions []condition
	window     time.Duration
}

func (r ranged) matches(labels map[string]string) bool {
	return !slices.ContainsFunc(r.conditions, func(c condition) bool { return !c.holds(labels) })
}

func (r ranged) same(o ranged) bool { return fmt.Sprint(r) == fmt.Sprint(o) }

// A scanner reads an expression from its start. Once something does not fit,
// nothing does.
type scanner struct {
	rest   string
	failed bool
}

// word skips a fixed text and reports whether it was there.
func (s *scanner) word(text string) bool {
	after, found := strings.CutPrefix(s.rest, text)
	if found && !s.failed {
		s.rest = after
		return true
	}
	return false
}

func (s *scanner) must(text string) { s.failed = !s.word(text) || s.failed }

func (s *scanner) match(pattern *regexp.Regexp) string {
	found := pattern.FindString(s.rest)
	if s.failed || found == "" {
		s.failed = true
		return ""
	}
	s.rest = s.rest[len(found):]
	return found
}

var (
	namePattern   = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*`)
	opPattern     = regexp.MustCompile(`^(=~|!~|!=|=)`)
	stringPattern = regexp.MustCompile(`^"(\\.|[^"\\])*"`)
	digitPattern  = regexp.MustCompile(`^[0-9]+`)
)

// ranged reads a selector and its range.
func (s *scanner) ranged() ranged {
	var r ranged
	if !strings.HasPrefix(s.rest, "{") {
		r.conditions = append(r.conditions, condition{label: "__name__", op: "=", value: s.match(namePattern)})
	}
	if s.word("{") {
		for !s.failed && !s.word("}") {
			r.conditions = append(r.conditions, s.condition())
			if !s.word(",") && !strings.HasPrefix(s.rest, "}") {
				s.failed = true
			}
		}
	}
	s.must("[")
	n, _ := strconv.ParseInt(s.match(digitPattern), 10, 64)
	switch {
	case s.word("ms]"):
		r.window = time.Duration(n) * time.Millisecond
	case s.word("s]"):
		r.window = time.Duration(n) * time.Second
	default:
		s.failed = true
	}
	return r
}

func (s *scanner) condition() condition {
	c := condition{label: s.match(namePattern), op: s.match(opPattern)}
	value, err := strconv.Unquote(s.match(stringPattern))
	c.value = value
	if err == nil && strings.HasSuffix(c.op, "~") {
		c.pattern, err = regexp.Compile("^(?:" + value + ")$")
	}
	s.failed = s.failed || err != nil
	return c
}

// list reads names up to a closing parenthesis.
func (s *scanner) list() []string {
	var names []string
	for !s.failed && !s.word(")") {
		names = append(names, s.match(namePattern))
		s.word(",")
	}
	return names
}

// An expression is what the server can compute of alerts: for a range of raw
// samples only selected is set.
type expression struct {
	selected ranged
	counted  bool     // count_over_time(selected)
	summed   []string // sum by (summed) (count_over_time(selected))
	fired    *ranged  // (last_over_time(selected) * (changes(selected) == bool 0)) and ignoring(alertstate) count_over_time(fired)
	labelled []labelled
}

// A labelled is one of several expressions that are asked for together, with
// or between them: label_replace(expression, "name", "value", "", "").
type labelled struct {
	expression
	name, value string
}

// parse recognises an expression, or reports that it is none of those.
func parse(text string) (expression, bool) {
	s := &scanner{rest: text}
	var e expression
	if !s.word("label_replace(") {
		e = s.plain()
		return e, !s.failed && s.rest == ""
	}
	for {
		part := labelled{expression: s.plain()}
		s.failed = s.failed || part.raw()
		s.must(", ")
		part.name = s.text()
		s.must(", ")
		part.value = s.text()
		s.must(`, "", "")`)
		e.labelled = append(e.labelled, part)
		if !s.word(" or label_replace(") {
			return e, !s.failed && s.rest == ""
		}
	}
}

// text reads a quoted text.
func (s *scanner) text() string {
	value, err := strconv.Unquote(s.match(stringPattern))
	s.failed = s.failed || err != nil
	return value
}

// plain reads one expression.
func (s *scanner) plain() (e expression) {
	switch {
	case s.word("count_over_time("):
		e.counted, e.selected = true, s.ranged()
		s.must(")")
	case s.word("sum by ("):
		e.summed = s.list()
		s.must(" (count_over_time(")
		e.selected = s.ranged()
		s.must("))")
	case s.word("(last_over_time("):
		e.selected = s.ranged()
		s.must(") * (changes(")
		again := s.ranged()
		s.must(") == bool 0)) and ignoring(alertstate) count_over_time(")
		fired := s.ranged()
		e.fired = &fired
		s.must(")")
		s.failed = s.failed || !again.same(e.selected)
	default:
		e.selected = s.ranged()
	}
	return e
}

// raw reports that the expression selects samples as they are stored.
func (e expression) raw() bool {
	return !e.counted && e.summed == nil && e.fired == nil && e.labelled == nil
}
