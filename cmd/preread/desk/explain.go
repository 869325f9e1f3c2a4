package desk

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// A derivedLine is one line of a derivation.
type derivedLine struct {
	Labelled bool   // it has a column for a label, which may be empty
	Label    string // what it is about
	Indented bool
	Words    string
	Address  string // where the words lead to; "": nowhere
}

var (
	address = regexp.MustCompile(`\bhttps?://\S+$`)
	label   = regexp.MustCompile(`^([a-z][a-z ]{7} | {9}|[0-9]{4}-W[0-9]{2}  )(\S.*)$`)
	columns = regexp.MustCompile(` {2,}`)
)

// derivation takes an explanation apart into its title and its lines.
func derivation(text string) (title string, lines []derivedLine) {
	title, rest, _ := strings.Cut(text, "\n")
	for line := range strings.Lines(strings.Trim(rest, "\n")) {
		line = strings.TrimRight(line, "\n")
		d := derivedLine{Words: line}
		if at := address.FindStringIndex(line); at != nil {
			if u, err := url.Parse(line[at[0]:]); err == nil && u.Host != "" {
				d.Words, d.Address = strings.TrimRight(line[:at[0]], " "), line[at[0]:]
			}
		}
		if m := label.FindStringSubmatch(d.Words); m != nil && d.Address == "" {
			d.Labelled, d.Label, d.Words = true, strings.TrimSpace(m[1]), columns.ReplaceAllString(m[2], " · ")
		}
		d.Indented = strings.HasPrefix(line, " ")
		d.Words = cmp.Or(strings.TrimLeft(d.Words, " "), d.Address)
		lines = append(lines, d)
	}
	return title, lines
}

func (d *Desk) explain(w http.ResponseWriter, r *http.Request) {
	text, _, ok := d.read(w)
	if !ok {
		return
	}
	id := r.PathValue("team") + "/" + r.PathValue("line")
	said, err := d.page.Explain(text, id)
	if err != nil {
		d.wrong(w, http.StatusNotFound, "This cannot be explained here", err.Error()+".")
		return
	}
	title, lines := derivation(said)
	d.show(w, http.StatusOK, view{Title: title}, "explain", map[string]any{
		"Title": title, "Lines": lines, "Back": d.door.base() + "#" + id,
	}, text)
}
