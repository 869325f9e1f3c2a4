package report

import (
	"fmt"
	"slices"
	"strings"

	"preread/aggregate"
)

// A colour goes by the weeks together and changes only if that is sure, so a
// figure can stand beside a colour that it seems to contradict. Who reads the
// figure must not take that for a mistake, so the page says so.

// doubtWords says of a green line that its level misses the target, if not
// surely, or that the next report like this one makes it another colour; "" for
// neither.
func doubtWords(f aggregate.Finding) string {
	v := f.Status
	switch {
	case v.Wish != aggregate.Unknown && v.Wish != v.Status:
		return targetBrief(f) + wishWords(v)
	case missed(f):
		return strings.TrimSuffix(targetBrief(f), ")") + "; not surely missed)"
	}
	return ""
}

// missed reports a green line whose level misses the target, if not surely.
func missed(f aggregate.Finding) bool {
	v := f.Status
	return v.Level.Weeks > 0 && v.Rule == aggregate.ByTarget && v.Status == aggregate.Green && !f.Target.Met(v.Level.Value)
}

// missedWords says the same where the interval is told.
func missedWords(f aggregate.Finding) string {
	if !missed(f) {
		return ""
	}
	return "; the interval reaches into green, so green is not left"
}

// aloneSign stands behind a figure of the glance that by itself would have another
// colour than its line.
const aloneSign = `\*`

// signOf is what stands behind a line's figure that by itself would have another
// colour; "" for others.
func signOf(f aggregate.Finding) string {
	if alone(f) {
		return aloneSign
	}
	return ""
}

// levelSpan is what a level is pooled over, however many weeks a page shows.
const levelSpan = "up to six weeks"

// alone reports a line whose last figure by itself would have another colour: a
// green one that misses its target in that week, or another that meets it.
func alone(f aggregate.Finding) bool {
	last, coloured := lone(f)
	return coloured && f.Target.Met(last.Value) != (f.Status.Status == aggregate.Green)
}

// aloneWords explains the sign, if any figure has it.
func (p *page) aloneWords() {
	for _, t := range p.Teams {
		if slices.ContainsFunc(t.Lines, alone) {
			p.printf("%s Another colour by that week alone; colours span %s.\n\n", aloneSign, levelSpan)
			return
		}
	}
}

// lone returns the last week of a line that has a figure, and whether the line
// is coloured by more weeks than that.
func lone(f aggregate.Finding) (aggregate.Point, bool) {
	byLevel := f.Goal == nil && f.Measured == nil && f.Status.Level.Weeks > 1 &&
		(f.Status.Rule == aggregate.ByTarget || f.Status.Rule == aggregate.BySignal)
	for i := len(f.Weeks) - 1; byLevel && i >= 0; i-- {
		switch f.Weeks[i].State {
		case aggregate.Known:
			return f.Weeks[i], true
		case aggregate.NotKnown:
			return aggregate.Point{}, false
		}
	}
	return aggregate.Point{}, false
}

// wishWords says what the next report like this one changes; "" for nothing.
func wishWords(v aggregate.Verdict) string {
	if v.Wish == aggregate.Unknown || v.Wish == v.Status {
		return ""
	}
	return fmt.Sprintf("; one more report like this makes it %s", v.Wish)
}
