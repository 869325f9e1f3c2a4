package ask

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"preread/sources"
)

// clean puts a text on one line; nothing of it is cut.
func clean(s string) string { return sources.OneLine(s, len(s)) }

var (
	address  = regexp.MustCompile(`^(?:https?://[^\s<>*\\` + "`" + `]*[^\s<>*\\` + "`" + `_.,:;!?'")]|\]\([^\s()<>\\` + "`" + `]*\))`)
	pointed  = regexp.MustCompile(`^<(https?://[^\s<>]*)>`)
	entity   = regexp.MustCompile(`^&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});`)
	comments = [2]string{"<!--", "-->"}
)

// verbatim returns how many bytes at i are code or an address, in which no sign
// means anything; 0 for none.
func verbatim(s string, i int) int {
	switch s[i] {
	case '`':
		return code(s, i)
	case 'h', ']':
		return len(address.FindString(s[i:]))
	}
	return 0
}

// code returns the length of the code that opens at i, up to a run of as many
// backticks; 0 if none closes it.
func code(s string, i int) int {
	n := ticks(s, i)
	if i > 0 && s[i-1] == '`' {
		return 0
	}
	for j := i + n; ; {
		k := strings.IndexByte(s[j:], '`')
		if k < 0 {
			return 0
		}
		j += k
		m := ticks(s, j)
		j += m
		if m == n {
			return j - i
		}
	}
}

func ticks(s string, i int) int { return len(s[i:]) - len(strings.TrimLeft(s[i:], "`")) }

// plain reads the Markdown inside of a paragraph: escapes, entities and
// emphasis are resolved, comments are gone, code and addresses stay as they
// are. What formatters change makes no difference to it.
func plain(s string) string {
	p := paragraph{in: s, lastEnd: strings.LastIndex(s, comments[1])}
	for i := 0; i < len(s); {
		i += p.take(i)
	}
	return clean(strings.ReplaceAll(string(p.out), "\x00", ""))
}

// A paragraph is read from in to out. Signs of emphasis stand in out until they
// are found to be a pair; then they become NUL.
type paragraph struct {
	in      string
	out     []byte
	open    [2][]signs // by sign: * and _
	lastEnd int        // of the comments
}

// farthest is how many runs that are open are tried.
const farthest = 16

// signs is a run of one sign of emphasis that may open some.
type signs struct {
	at, n int // where it stands in out, and how many of it are left
	was   int // how many it was
	both  bool
}

// take reads what stands at i and returns its length.
func (p *paragraph) take(i int) int {
	rest := p.in[i:]
	if n := verbatim(p.in, i); n > 0 {
		return p.put(rest[:n], n)
	}
	switch c := rest[0]; {
	case c == 0 || strings.HasPrefix(rest, "\\\n"):
		return p.put(" ", 1)
	case c == '\\' && len(rest) > 1 && rest[1] < utf8.RuneSelf && mark(rune(rest[1])):
		return p.put(rest[1:2], 2)
	case c == '&':
		if m := entity.FindString(rest); m != "" {
			return p.put(html.UnescapeString(m), len(m))
		}
	case c == '<' && strings.HasPrefix(rest, comments[0]) && i < p.lastEnd:
		return strings.Index(rest, comments[1]) + len(comments[1])
	case c == '<':
		if m := pointed.FindStringSubmatch(rest); m != nil {
			return p.put(m[1], len(m[0]))
		}
	case c == '*' || c == '_':
		n := len(rest) - len(strings.TrimLeft(rest, string(c)))
		p.emphasis(i, n)
		return n
	}
	return p.put(rest[:1], 1)
}

func (p *paragraph) put(text string, n int) int {
	p.out = append(p.out, text...)
	return n
}

// emphasis takes a run of n signs at i: it closes what is open as far as it
// can, and what is left of it may open, by CommonMark's rules.
func (p *paragraph) emphasis(i, n int) {
	sign := p.in[i]
	which := strings.IndexByte("*_", sign)
	opens, closes := flanks(sign, p.in[:i], p.in[i+n:])
	run := signs{len(p.out), n, n, opens && closes}
	p.put(p.in[i:i+n], n)
	for closes && run.n > 0 {
		with := run.opener(p.open[which])
		if with < 0 {
			break
		}
		top := &p.open[which][with]
		use := min(top.n, run.n)
		top.n -= use
		clear(p.out[top.at+top.n : top.at+top.n+use])
		clear(p.out[run.at : run.at+use])
		run.at, run.n = run.at+use, run.n-use
		other := p.open[1-which]
		for len(other) > 0 && other[len(other)-1].at > top.at {
			other = other[:len(other)-1]
		}
		p.open[1-which] = other
		if top.n > 0 {
			with++
		}
		p.open[which] = p.open[which][:with]
	}
	if opens && run.n > 0 {
		p.open[which] = append(p.open[which], run)
	}
}

// opener returns which of the runs that are open this one closes; -1: none.
// Runs that may both open and close do not go with all.
func (s signs) opener(open []signs) int {
	for i := len(open) - 1; i >= max(0, len(open)-farthest); i-- {
		o := open[i]
		if !(o.both || s.both) || (o.was+s.was)%3 != 0 || o.was%3 == 0 && s.was%3 == 0 {
			return i
		}
	}
	return -1
}

// flanks reports whether a run of signs between two texts can open emphasis,
// and close it.
func flanks(sign byte, before, after string) (opens, closes bool) {
	b, _ := utf8.DecodeLastRuneInString(before)
	a, _ := utf8.DecodeRuneInString(after)
	bSpace, aSpace := before == "" || unicode.IsSpace(b), after == "" || unicode.IsSpace(a)
	left := !aSpace && (!mark(a) || bSpace || mark(b))
	right := !bSpace && (!mark(b) || aSpace || mark(a))
	if sign == '*' {
		return left, right
	}
	return left && (!right || mark(b)), right && (!left || mark(a))
}

func mark(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }

// escape writes a text of one line as Markdown that plain reads back as it was.
func escape(text string) string {
	var b strings.Builder
	text = clean(text)
	for i := 0; i < len(text); {
		n := verbatim(text, i)
		if n == 0 {
			n = 1
			m := entity.FindString(text[i:])
			if strings.IndexByte("\\`*<", text[i]) >= 0 || text[i] == '_' && !inWord(text, i) || m != "" && html.UnescapeString(m) != m {
				b.WriteByte('\\')
			}
		}
		b.WriteString(text[i : i+n])
		i += n
	}
	return b.String()
}

// inWord reports whether the byte at i has a letter or digit on either side.
func inWord(s string, i int) bool {
	b, _ := utf8.DecodeLastRuneInString(s[:i])
	a, _ := utf8.DecodeRuneInString(s[i+1:])
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return word(b) && word(a)
}
