package sources

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine makes a stranger's text safe to stand in a line of talk: control
// characters, line ends and direction marks become single spaces, bad UTF-8 a
// replacement mark, and anything past limit runes is cut with an ellipsis.
func OneLine(s string, limit int) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range s {
		if unicode.IsControl(r) || unicode.IsSpace(r) || directional(r) || r == '\u2028' || r == '\u2029' {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
			count++
		}
		space = false
		if count >= limit {
			b.WriteRune('…')
			break
		}
		if r == utf8.RuneError {
			r = '�'
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// directional reports marks that change the reading order of what follows, or
// that cannot be seen at all.
func directional(r rune) bool {
	switch {
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2061' && r <= '\u206f', r == '\ufeff', r == '\u061c',
		r == '\u00ad', r == '\u180e', r >= '\ufff9' && r <= '\ufffb', r >= '\U000e0000' && r <= '\U000e007f':
		return true
	}
	return false
}
