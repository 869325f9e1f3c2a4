package ask

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Write writes asks as Markdown that [Parse] reads back as they are, but for
// their places and for ranks, which are counted anew.
func Write(asks []Ask) string {
	var b strings.Builder
	ranked := 0
	for _, a := range asks {
		mark := "- "
		if a.Rank > 0 {
			ranked++
			mark = fmt.Sprintf("%d. ", ranked)
		}
		box := ""
		if a.Closed {
			box = "[x] "
		}
		b.WriteString(strings.TrimSpace(mark+box+"**"+capital(string(a.Kind))+":** "+escape(a.Question)) + "\n")
		for _, s := range a.subs() {
			b.WriteString(strings.Repeat(" ", len(mark)+2*s.Depth) + "- " + escapeStart(escape(s.Text)) + "\n")
		}
	}
	return b.String()
}

// subs returns what stands below an ask: its fields, then the rest.
func (a Ask) subs() []Sub {
	var subs []Sub
	for _, f := range fields {
		if f.name == options {
			subs = append(subs, a.optionSubs()...)
			continue
		}
		for _, text := range f.write(&a) {
			subs = append(subs, Sub{0, f.name + ": " + text})
		}
	}
	return append(subs, a.More...)
}

// optionSubs says the options on one line where they can be told apart there.
func (a Ask) optionSubs() []Sub {
	line := strings.Join(a.Options, " / ")
	switch apart := optionGap.Split(line, -1); {
	case len(a.Options) == 0:
		return nil
	case slices.Equal(apart, a.Options):
		return []Sub{{0, options + ": " + line}}
	}
	subs := []Sub{{0, options + ":"}}
	for _, o := range a.Options {
		subs = append(subs, Sub{1, o})
	}
	return subs
}

// blockStart is what would begin something else than text, if it stood first.
var blockStart = regexp.MustCompile(`^(?:[-+#>=~]|\d{1,9}([.)]))`)

func escapeStart(text string) string {
	m := blockStart.FindStringSubmatchIndex(text)
	switch {
	case m == nil:
		return text
	case m[2] > 0:
		return text[:m[2]] + `\` + text[m[2]:]
	}
	return `\` + text
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
