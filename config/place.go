package config

import "strings"

// A place is a spot in the settings file, both counted from 1, columns in
// bytes. The zero place is unknown.
type place struct{ line, col int }

// places finds where each key and table of a TOML document stands. Keys are
// paths with the index of a table of an array spelled out, as in
// "team.0.goal.1.due". The text must be valid TOML, which the library has
// checked; on other text the result is merely incomplete.
func places(text string) map[string]place {
	s := &scanner{text: text, at: map[string]place{}, count: map[string]int{}}
	table := ""
	for s.skipBlank(); s.pos < len(s.text); s.skipBlank() {
		if s.text[s.pos] == '[' {
			table = s.header()
			continue
		}
		start := s.pos
		path := table
		for _, part := range split(s.key('=')) {
			path = join(path, part)
			s.mark(path, start)
		}
		s.pos++ // the equals sign
		s.value()
	}
	return s.at
}

type scanner struct {
	text  string
	pos   int
	at    map[string]place
	count map[string]int // tables seen of each array of tables
}

func (s *scanner) mark(path string, pos int) {
	if _, seen := s.at[path]; seen {
		return
	}
	before := s.text[:pos]
	s.at[path] = place{1 + strings.Count(before, "\n"), pos - strings.LastIndexByte(before, '\n')}
}

// skipBlank moves past white space and comments.
func (s *scanner) skipBlank() {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '#':
			s.skipLine()
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) skipLine() {
	if end := strings.IndexByte(s.text[s.pos:], '\n'); end >= 0 {
		s.pos += end
		return
	}
	s.pos = len(s.text)
}

// header reads "[a.b]" or "[[a.b]]" and returns the table's path.
func (s *scanner) header() string {
	start := s.pos
	array := strings.HasPrefix(s.text[s.pos:], "[[")
	s.pos++
	if array {
		s.pos++
	}
	path := ""
	parts := split(s.key(']'))
	for i, part := range parts {
		path = join(path, part)
		s.mark(path, start) // a table that only the name of another one implies stands there too
		if array && i == len(parts)-1 {
			s.count[path]++
		}
		if n := s.count[path]; n > 0 {
			path += "." + digits(n-1)
		}
	}
	s.mark(path, start)
	s.skipLine()
	return path
}

// key reads up to a delimiter outside quotes and returns the key with quotes
// and spaces taken off; dots stay. It leaves the delimiter unread.
func (s *scanner) key(end byte) string {
	var b strings.Builder
	for s.pos < len(s.text) && s.text[s.pos] != end && s.text[s.pos] != '\n' {
		switch c := s.text[s.pos]; c {
		case '"', '\'':
			from := s.pos
			s.str()
			b.WriteString(strings.ReplaceAll(strings.Trim(s.text[from:s.pos], string(c)), ".", "\x00"))
			continue
		case ' ', '\t', '\r':
		default:
			b.WriteByte(c)
		}
		s.pos++
	}
	return b.String()
}

// value moves past one value, over several lines if need be.
func (s *scanner) value() {
	depth := 0
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case '"', '\'':
			s.str()
			continue
		case '#':
			s.skipLine()
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '\n':
			if depth <= 0 {
				return
			}
		}
		s.pos++
	}
}

// str moves past a string of any of TOML's four kinds.
func (s *scanner) str() {
	quote := s.text[s.pos : s.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.text[s.pos:], triple) {
		quote = triple
	}
	s.pos += len(quote)
	for s.pos < len(s.text) && !strings.HasPrefix(s.text[s.pos:], quote) {
		if quote[0] == '"' && s.text[s.pos] == '\\' {
			s.pos++
		}
		s.pos++
	}
	s.pos = min(s.pos+len(quote), len(s.text))
	// Up to two more quotes may stand before the end of a long string.
	for len(quote) == 3 && s.pos < len(s.text) && s.text[s.pos] == quote[0] {
		s.pos++
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func split(key string) []string { return strings.Split(key, ".") }
