package report

import (
	"cmp"
	"fmt"
	"strings"
)

// highlit tells highlights, people and me: what came of the week, then what only
// a person can say. Another reader may not have that, and is not told that nothing
// is written.
func (t *teller) highlit() string {
	var b strings.Builder
	b.WriteString(t.title(""))
	b.WriteString("## Highlights\n\n")
	for _, team := range t.Teams {
		if len(t.Teams) > 1 {
			fmt.Fprintf(&b, "### %s\n\n", Escape(team.Name))
		}
		t.outcomes(team)
		b.WriteString(t.flush())
	}
	for _, s := range []struct{ title, slot string }{{"People", "people"}, {"Me", "top-of-mind"}} {
		if t.profile.ID == "" {
			fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.title, cmp.Or(t.words(s.slot), "Nothing written."))
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
