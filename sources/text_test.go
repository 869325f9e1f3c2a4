package sources_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"preread/sources"
)

func TestOneLineOfStrangers(t *testing.T) {
	for _, tt := range []struct {
		text  string
		limit int
		want  string
	}{
		{"plain", 10, "plain"},
		{"plain", 5, "plain"},
		{"plain words", 5, "plain …"},
		{"  around \t it  ", 20, "around it"},
		{"two\r\nlines\u2028three\u0085four", 30, "two lines three four"},
		{"\u202egnp.exe\u202c", 20, "gnp.exe"},
		{"a\u200bb\u00adc\u180ed\U000e0041e\ufff9f\u206ag", 20, "a b c d e f g"},
		{"\x1b[31mred\x1b[0m", 20, "[31mred [0m"},
		{"bad \xff\xfe utf-8", 20, "bad �� utf-8"},
		{"\x00", 5, ""},
		{"größer", 3, "grö…"},
	} {
		if got := sources.OneLine(tt.text, tt.limit); got != tt.want {
			t.Errorf("OneLine(%q, %d) is %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
}

// Whatever strangers write, it becomes one line that a terminal only shows, of
// the length that was asked for; and a line that already is one stays.
func FuzzOneLine(f *testing.F) {
	f.Add("a\x1b]8;;http://x\x1b\\b\u202e\xff", 7)
	f.Add(strings.Repeat("\u2060 ", 50), 20)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 1 + max(limit, -limit, 0)%1000
		line := sources.OneLine(text, limit)
		if !utf8.ValidString(line) || utf8.RuneCountInString(line) > limit+2 || strings.TrimSpace(line) != line {
			t.Fatalf("%q is not one line of %d", line, limit)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.IsSpace(r) && r != ' ' {
				t.Fatalf("%q holds %U", line, r)
			}
		}
		if again := sources.OneLine(line, limit+2); again != line {
			t.Fatalf("%q becomes %q", line, again)
		}
	})
}
