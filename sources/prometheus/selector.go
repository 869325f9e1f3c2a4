package prometheus

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"preread/sources"
)

// A selector names series, as in PromQL: up{job="prometheus"}.
type selector string

// UnmarshalText reads a selector and refuses any other expression, because a
// range is put behind it.
func (s *selector) UnmarshalText(text []byte) error {
	written := strings.TrimSpace(string(text))
	name := metricPattern.FindString(written)
	rest := strings.TrimSpace(written[len(name):])
	if rest == "" && name != "" {
		*s = selector(name)
		return nil
	}
	inner, braced := strings.CutPrefix(rest, "{")
	inner, closed := strings.CutSuffix(inner, "}")
	if !braced || !closed {
		return fmt.Errorf("%q is not a series such as up{job=\"prometheus\"}", sources.OneLine(written, 60))
	}
	matchers, err := scanMatchers(inner)
	if err != nil {
		return err
	}
	if name == "" && len(matchers) == 0 {
		return fmt.Errorf("%q names no series", sources.OneLine(written, 60))
	}
	*s = selector(name + "{" + join(matchers) + "}")
	return nil
}

// A matcher is one condition on a label.
type matcher struct {
	label, op, value string
}

// String returns the matcher as PromQL.
func (m matcher) String() string { return m.label + m.op + strconv.Quote(m.value) }

// join writes matchers as they stand between braces.
func join(matchers []matcher) string {
	texts := make([]string, len(matchers))
	for i, m := range matchers {
		texts[i] = m.String()
	}
	return strings.Join(texts, ",")
}

var (
	labelPattern  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	metricPattern = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*`)
	leadingLabel  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*`)
)

// parseMatchers reads the query of an alarms question. Nothing means all
// alerts. The labels that this program sets itself are refused.
func parseMatchers(text string) ([]matcher, error) {
	inner := strings.TrimSpace(text)
	if open, found := strings.CutPrefix(inner, "{"); found {
		closed, found := strings.CutSuffix(open, "}")
		if !found {
			return nil, notMatchers(text)
		}
		inner = closed
	}
	matchers, err := scanMatchers(inner)
	if err != nil {
		return nil, err
	}
	for _, m := range matchers {
		if m.label == "alertstate" || m.label == "__name__" {
			return nil, sources.Unansweredf("alarms are those that fired; %s cannot be asked for", m.label).
				WithHint("take %s out of the matchers", m.label)
		}
	}
	return matchers, nil
}

// check refuses matchers that cannot be read. An expression is the server's to
// read.
func check(q sources.Query) error {
	if q.Noun != sources.Alarms {
		return nil
	}
	_, err := parseMatchers(q.Text)
	return err
}

func notMatchers(text string) error {
	return sources.Unansweredf("%s is no list of label matchers", quoted(text)).
		WithHint(`write them as in PromQL: team="checkout",severity="page"`)
}

// quoted shows a stranger's text in a line of talk, where braces and angle
// brackets would look like an answer's body.
func quoted(text string) string {
	plain := strings.NewReplacer("{", "(", "}", ")", "<", "(", ">", ")").Replace(text)
	return strconv.Quote(sources.OneLine(plain, 60))
}

// scanMatchers reads label="value", … with an optional comma at the end.
func scanMatchers(text string) ([]matcher, error) {
	var matchers []matcher
	rest := strings.TrimSpace(text)
	for rest != "" {
		m, after, ok := scanMatcher(rest)
		if !ok {
			return nil, notMatchers(text)
		}
		if m.op == "=~" || m.op == "!~" {
			// Prometheus puts ^(?: and )$ around it, so it must be whole by itself.
			if _, err := regexp.Compile(m.value); err != nil {
				return nil, sources.Unansweredf("the matcher of %s is not a regular expression", m.label)
			}
		}
		matchers = append(matchers, m)
		rest = strings.TrimSpace(after)
		if rest == "" {
			break
		}
		next, comma := strings.CutPrefix(rest, ",")
		if !comma {
			return nil, notMatchers(text)
		}
		rest = strings.TrimSpace(next)
	}
	return matchers, nil
}

func scanMatcher(text string) (m matcher, rest string, ok bool) {
	m.label = leadingLabel.FindString(text)
	if m.label == "" {
		return m, "", false
	}
	rest = strings.TrimSpace(text[len(m.label):])
	for _, op := range []string{"=~", "!~", "!=", "="} {
		if after, found := strings.CutPrefix(rest, op); found {
			m.op, rest = op, strings.TrimSpace(after)
			break
		}
	}
	if m.op == "" {
		return m, "", false
	}
	m.value, rest, ok = scanString(rest)
	return m, rest, ok
}

// scanString reads a string in one of PromQL's three kinds of quotes.
func scanString(text string) (value, rest string, ok bool) {
	if text == "" {
		return "", "", false
	}
	quote := text[0]
	switch quote {
	case '`':
		value, rest, ok = strings.Cut(text[1:], "`")
		return value, rest, ok && utf8.ValidString(value)
	case '"', '\'':
	default:
		return "", "", false
	}
	var b strings.Builder
	for rest = text[1:]; rest != ""; {
		if rest[0] == quote {
			return b.String(), rest[1:], utf8.ValidString(b.String())
		}
		r, multibyte, tail, err := strconv.UnquoteChar(rest, quote)
		if err != nil {
			return "", "", false
		}
		if multibyte || r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		rest = tail
	}
	return "", "", false
}
