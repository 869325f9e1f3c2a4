package report

import (
	"regexp"
	"slices"
	"strings"
)

// A joined is the program's text with what people changed in it.
type joined struct {
	text   string
	places int    // stretches in which people's text stands
	lost   []lost // what had to make way, because the program's own changed there too
}

// A lost is lines of people that had to make way.
type lost struct {
	lines []string
	under string // the heading that they stood under, in plain words; "" for none
}

// longestJoin bounds the work of comparing two texts, in pairs of lines.
const longestJoin = 16e6

// join merges three ways: base is what the program wrote last, theirs what is
// there now, ours what the program writes today. Where only one side changed,
// that side stands; where both did, ours stands and their lines are lost, to
// be kept elsewhere. White space, the padding of tables and the signs for
// emphasis and lists are no change: formatters rewrite those, not people. ok is
// false for texts too long to compare.
func join(base, theirs, ours string) (j joined, ok bool) {
	b, t, o := linesOf(base), linesOf(theirs), linesOf(ours)
	if len(b.norm)*max(len(t.norm), len(o.norm)) > longestJoin {
		return j, false
	}
	ofTheirs, ofOurs := common(b.norm, t.norm), common(b.norm, o.norm)
	var out []string
	bi, ti, oi := 0, 0, 0 // the first line of the stretch after the last anchor
	under := ""           // the heading of theirs that stands before it
	for next := 0; next <= len(b.norm); next++ {
		end := next == len(b.norm)
		if !end && (ofTheirs[next] < 0 || ofOurs[next] < 0) {
			continue
		}
		tEnd, oEnd := len(t.norm), len(o.norm)
		if !end {
			tEnd, oEnd = ofTheirs[next], ofOurs[next]
		}
		theirs := t.part(ti, tEnd)
		out = j.stretch(out, b.norm[bi:next], theirs, o.part(oi, oEnd), under)
		under = headingAfter(under, theirs.raw)
		if !end {
			under = headingAfter(under, t.raw[t.at[tEnd]:t.at[tEnd]+1])
			out = append(out, o.raw[o.at[oEnd]])
		}
		bi, ti, oi = next+1, tEnd+1, oEnd+1
	}
	j.text = strings.Join(out, "")
	return j, true
}

// headingAfter returns the heading that stands last in some lines, in plain words,
// and without any the one before them.
func headingAfter(under string, lines []string) string {
	for _, line := range lines {
		if title, level := headingOf(strings.TrimSpace(line)); level > 0 {
			under = unescape(title)
		}
	}
	return under
}

// stretch decides what stands between two lines that all three texts share, below a
// heading of theirs.
func (j *joined) stretch(out, base []string, theirs, ours side, under string) []string {
	switch {
	case slices.Equal(theirs.norm, base) || slices.Equal(theirs.norm, ours.norm):
		return append(out, ours.raw...)
	case slices.Equal(ours.norm, base):
		j.places++
		return append(out, theirs.raw...)
	}
	var words []string
	for i, line := range theirs.norm {
		if !slices.Contains(base, line) && !slices.Contains(ours.norm, line) {
			if words == nil {
				under = headingAfter(under, theirs.raw[:theirs.at[i]])
			}
			words = append(words, theirs.raw[theirs.at[i]])
		}
	}
	if len(words) > 0 {
		j.lost = append(j.lost, lost{words, under})
	}
	return append(out, ours.raw...)
}

// A side is a stretch of lines: as they are, and made equal for comparing,
// without empty ones.
type side struct {
	raw  []string
	norm []string
	at   []int // of each of norm, its place in raw
}

func linesOf(text string) (s side) {
	for line := range strings.Lines(text) {
		if norm := normal(line); norm != "" {
			s.norm = append(s.norm, norm)
			s.at = append(s.at, len(s.raw))
		}
		s.raw = append(s.raw, line)
	}
	return s
}

// part returns the stretch [from, to) of comparable lines, with the empty ones
// around them, up to but without the lines on either side.
func (s side) part(from, to int) (p side) {
	first, last := 0, len(s.raw)
	if from > 0 {
		first = s.at[from-1] + 1
	}
	if to < len(s.norm) {
		last = s.at[to]
	}
	p.raw, p.norm = s.raw[first:last], s.norm[from:to]
	for _, at := range s.at[from:to] {
		p.at = append(p.at, at-first)
	}
	return p
}

var (
	blanks  = regexp.MustCompile(`[ \t\r\n]+`)
	dashes  = regexp.MustCompile(`-{2,}`)
	bullet  = regexp.MustCompile(`^[*+-] `)
	pipeGap = regexp.MustCompile(` ?\| ?`)

	softSigns = strings.NewReplacer("_", "*", `\`, "")
)

// normal makes equal what formatters change: white space, the padding of
// tables, the signs for emphasis, bullets, and backslashes.
func normal(line string) string {
	line = strings.TrimSpace(blanks.ReplaceAllString(line, " "))
	if anyMark.MatchString(line) {
		return line
	}
	line = bullet.ReplaceAllString(line, "- ")
	line = softSigns.Replace(line)
	if strings.HasPrefix(line, "|") {
		line = dashes.ReplaceAllString(pipeGap.ReplaceAllString(line, "|"), "-")
	}
	return line
}

// common finds a longest sequence of lines that two texts share. For each line
// of a it returns the line of b that goes with it, -1 for none.
func common(a, b []string) []int {
	with := make([]int, len(a))
	length := make([][]int32, len(a)+1)
	for i := range length {
		length[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	j := 0
	for i := range a {
		with[i] = -1
		for j < len(b) && a[i] != b[j] && length[i][j+1] >= length[i+1][j] {
			j++
		}
		if j < len(b) && a[i] == b[j] {
			with[i] = j
			j++
		}
	}
	return with
}
