package report

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// The measures of a chart, in its own units. What is written beside the weeks
// may make the margins wider, never narrower, so that the same week stands in
// the same place in every chart.
const (
	chartWidth  = 420.0
	chartHeight = 96.0
	chartLeft   = 58.0
	chartRight  = 112.0
	letterWidth = 6.0  // of its letters, about
	letterRoom  = 12.0 // that a line of them takes
	labelLimit  = 24   // letters of a label
)

// A chart is one line of a page over its weeks: one message, read in a second.
// What was not seen is a gap that says so.
type chart struct {
	points []chartPoint
	scope  []float64 // of a goal: the items in its scope; nil for other lines
	marks  []chartMark
	usual  change.Range // in the values of the line
	whole  bool         // the scale begins at zero

	left, right float64 // of the first and the last week
	top, floor  float64 // of the highest and the lowest value
	low, high   float64 // the values there
	gap         string  // the word for a week that was not seen
	text        strings.Builder
}

// A chartPoint is one week of a chart.
type chartPoint struct {
	aggregate.Point
	label string
}

// A chartMark is a level that is meant to be reached or not to be passed.
type chartMark struct {
	at    float64
	label string
	class string
}

// chartOf draws a line of the page as SVG, under an id of its own. Colours are
// left to the style of the page.
func chartOf(id string, f aggregate.Finding, window sources.Window) string {
	c := newChart(f)
	c.left, c.right, c.top, c.floor, c.gap = chartLeft, chartWidth-chartRight, 9, 75, "unknown"
	c.usual = usualRange(f)
	if f.Goal != nil {
		for _, w := range f.Goal.Weeks {
			c.scope = append(c.scope, float64(w.Total))
		}
	}
	c.scale(chartMarks(f))
	c.margins(f)
	c.begin("chart", id, chartWidth, chartHeight, f, window)
	c.background()
	c.weeks()
	c.series()
	c.labels(f)
	c.printf("</svg>")
	return c.text.String()
}

// sparkOf draws a line's weeks in one word, for a table.
func sparkOf(id string, f aggregate.Finding, window sources.Window) string {
	const width, height = 92, 18
	c := newChart(f)
	c.left, c.right, c.top, c.floor, c.gap = 5, width-5, 4, height-4, "?"
	c.scale(nil)
	c.begin("spark", id, width, height, f, window)
	c.series()
	c.printf("</svg>")
	return c.text.String()
}

func newChart(f aggregate.Finding) *chart {
	c := &chart{whole: wholeScale(f)}
	for _, p := range f.Weeks {
		c.points = append(c.points, chartPoint{p, chartLabel(f, p)})
	}
	return c
}

func (c *chart) begin(class, id string, width, height float64, f aggregate.Finding, window sources.Window) {
	c.printf(`<svg class="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="%s"><title id="%s">%s</title>`,
		class, coordinate(width), coordinate(height), id, id, template.HTMLEscapeString(chartWords(f, window)))
}

// margins makes room for what is written beside the weeks.
func (c *chart) margins(f aggregate.Finding) {
	room := func(label string) float64 { return float64(len([]rune(label)))*letterWidth + 16 }
	c.left = max(chartLeft, room(c.points[0].label))
	right := room(c.lastLabel(f))
	for _, m := range c.marks {
		right = max(right, room(m.label))
	}
	c.right = min(c.right, chartWidth-right)
}

// lastLabel is the value of the last week.
func (c *chart) lastLabel(f aggregate.Finding) string {
	label := c.points[len(c.points)-1].label
	if f.Goal != nil {
		label += " done"
	}
	return label
}

// chartWords says what a chart shows to whoever does not see it.
func chartWords(f aggregate.Finding, window sources.Window) string {
	words := []string{fmt.Sprintf("%s, %s to %s", sources.OneLine(f.Title, titleLimit), window.First(), window.Last)}
	for i, p := range f.Weeks {
		value := cell(f.Line, p)
		switch p.State {
		case aggregate.NotKnown:
			value = "unknown"
		case aggregate.NothingToMeasure:
			value = "nothing to measure"
		default:
			if f.Goal != nil {
				value += fmt.Sprintf(" of %d done", f.Goal.Weeks[i].Total)
			}
		}
		words = append(words, p.Week.Short()+" "+value)
	}
	text := words[0] + ": " + strings.Join(words[1:], ", ")
	if l := limits(f.Line); l != "" && f.Noun != sources.Goals {
		text += "; " + l
	}
	return text
}

// chartLabel is a value as it stands beside its point. A unit too long for
// that stands in the table only.
func chartLabel(f aggregate.Finding, p aggregate.Point) string {
	label := cell(f.Line, p)
	if len([]rune(label)) > 12 && f.Noun == sources.Metrics {
		bare := f.Line
		bare.Unit = ""
		label = cell(bare, p)
	}
	return sources.OneLine(label, labelLimit)
}

// wholeScale reports whether a chart begins at zero: counts and times do,
// since their length is read; shares and readings show their own range.
func wholeScale(f aggregate.Finding) bool {
	return f.Noun != sources.Delivery && f.Noun != sources.Metrics && f.Measured == nil
}

// usualRange is what an ordinary week may bring, in the values of the line.
func usualRange(f aggregate.Finding) change.Range {
	r := f.Signal.Next
	if f.Signal.Type == change.Proportion {
		if !(r.Of > 0) {
			return change.Range{}
		}
		r.Low, r.High = r.Low/r.Of, r.High/r.Of
	}
	if !bounded(r.Low) || !bounded(r.High) || r.Low > r.High {
		return change.Range{}
	}
	return r
}

// bounded reports whether a number can be drawn to a scale.
func bounded(v float64) bool { return math.Abs(v) < 1e100 }

// limitSigns are the short forms of the words of a limit.
var limitSigns = strings.NewReplacer("at most", "≤", "at least", "≥", "under", "<", "above", ">")

// chartMarks are the levels that a chart names: the green line and the red one,
// or where a measured goal leads to.
func chartMarks(f aggregate.Finding) (marks []chartMark) {
	if f.Measured != nil {
		return []chartMark{{f.Measured.Want, sources.OneLine("goal "+figure(f.Line, f.Measured.Want), labelLimit), "green"}}
	}
	if f.Noun == sources.Goals {
		return nil // its target is about a share of the scope
	}
	for _, side := range []struct {
		word  string
		limit aggregate.Limit
	}{{"green", f.Target.Green}, {"red", f.Target.Red}} {
		if !side.limit.IsZero() && bounded(side.limit.Value) {
			label := side.word + " " + limitSigns.Replace(limit(f.Line, side.limit))
			marks = append(marks, chartMark{side.limit.Value, sources.OneLine(label, labelLimit), side.word})
		}
	}
	return marks
}

// scale chooses the scale from what must be seen: all weeks, the usual range
// and the nearer mark. A second mark is shown if it is not so far off that the
// weeks would become a flat line.
func (c *chart) scale(marks []chartMark) {
	c.low, c.high = math.Inf(1), math.Inf(-1)
	see := func(v float64) {
		if bounded(v) {
			c.low, c.high = min(c.low, v), max(c.high, v)
		}
	}
	for _, p := range c.points {
		if p.State == aggregate.Known {
			see(p.Value)
		}
	}
	for _, v := range c.scope {
		see(v)
	}
	if c.usual.Known {
		see(c.usual.Low)
		see(c.usual.High)
	}
	for i, m := range marks {
		low, high := min(c.low, m.at), max(c.high, m.at)
		if c.whole {
			low = min(low, 0)
		}
		if i == 0 || high-low <= 1.6*(c.high-min(c.low, low)) {
			see(m.at)
			c.marks = append(c.marks, m)
		}
	}
	if c.whole || math.IsInf(c.low, 0) {
		see(0)
	}
	step := niceStep(c.high - c.low)
	c.low, c.high = math.Floor(c.low/step+1e-9)*step, math.Ceil(c.high/step-1e-9)*step
	if c.high <= c.low {
		c.high = c.low + step
	}
}

// niceStep is a round part of a range, so that a scale stays the same from week
// to week as long as the values stay about where they are.
func niceStep(span float64) float64 {
	if !(span > 0) || !bounded(span) {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(span/4)))
	for _, n := range []float64{1, 2, 5} {
		if n*ten*4 >= span {
			return n * ten
		}
	}
	return 10 * ten
}

func (c *chart) printf(format string, args ...any) { fmt.Fprintf(&c.text, format, args...) }

func (c *chart) x(i int) float64 {
	if len(c.points) < 2 {
		return (c.left + c.right) / 2
	}
	return c.left + float64(i)*(c.right-c.left)/float64(len(c.points)-1)
}

func (c *chart) y(v float64) float64 {
	return min(max(c.floor-(v-c.low)/(c.high-c.low)*(c.floor-c.top), c.top), c.floor)
}

// coordinate writes a place to a tenth, so that the same numbers give the same
// text everywhere.
func coordinate(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}

// background draws the usual range, the floor and the marks.
func (c *chart) background() {
	from, to := coordinate(c.left-8), coordinate(c.right+8)
	width := coordinate(c.right - c.left + 16)
	if c.usual.Known {
		top, bottom := c.y(c.usual.High), c.y(c.usual.Low)
		c.printf(`<rect class="usual" x="%s" y="%s" width="%s" height="%s"/>`, from, coordinate(top), width, coordinate(max(bottom-top, 1)))
	}
	class := "floor"
	if c.low != 0 {
		class = "cut"
	}
	c.printf(`<path class="%s" d="M%s %sH%s"/>`, class, from, coordinate(c.floor), to)
	for _, m := range c.marks {
		c.printf(`<path class="mark %s" d="M%s %sH%s"/>`, m.class, from, coordinate(c.y(m.at)), to)
	}
}

// weeks names the weeks under the floor, as many as have room, the last one in
// any case.
func (c *chart) weeks() {
	every := 1
	if len(c.points) > 1 {
		every = int(math.Ceil(5 * letterWidth / (c.x(1) - c.x(0))))
	}
	for i, p := range c.points {
		if (len(c.points)-1-i)%every == 0 {
			c.write(c.x(i), chartHeight-6, "middle", "week", p.Week.Short())
		}
	}
}

func (c *chart) write(x, y float64, anchor, class, text string) {
	c.printf(`<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, coordinate(x), coordinate(y), anchor, template.HTMLEscapeString(text))
}

// series draws the scope of a goal, then the weeks: known ones as points on a
// line, which weeks with nothing to measure thin out and unknown ones break.
func (c *chart) series() {
	if c.scope != nil {
		c.printf(`<path class="scope" d="`)
		for i, v := range c.scope {
			c.printf("%s%s %s", move(i == 0), coordinate(c.x(i)), coordinate(c.y(v)))
		}
		c.printf(`"/>`)
	}
	last, between := -1, false
	for i, p := range c.points {
		switch {
		case p.State == aggregate.NotKnown:
			last = -1
		case p.State == aggregate.NothingToMeasure:
			between = true
		default:
			if last >= 0 {
				class := "line"
				if between {
					class = "line thin"
				}
				c.printf(`<path class="%s" d="M%s %sL%s %s"/>`, class, coordinate(c.x(last)), coordinate(c.y(c.points[last].Value)), coordinate(c.x(i)), coordinate(c.y(p.Value)))
			}
			last, between = i, false
		}
	}
	for i, p := range c.points {
		switch p.State {
		case aggregate.Known:
			class := "point"
			if p.Grade != sources.Exact {
				class = "point about"
			}
			c.printf(`<circle class="%s" cx="%s" cy="%s" r="3"/>`, class, coordinate(c.x(i)), coordinate(c.y(p.Value)))
		case aggregate.NothingToMeasure:
			c.write(c.x(i), c.floor-3, "middle", "none", "–")
		}
	}
	c.gaps()
}

func move(first bool) string {
	if first {
		return "M"
	}
	return "L"
}

// gaps says once that it is unknown what happened, in each run of weeks that were not seen.
func (c *chart) gaps() {
	for i := 0; i < len(c.points); i++ {
		n := i
		for n < len(c.points) && c.points[n].State == aggregate.NotKnown {
			n++
		}
		if n > i {
			c.write((c.x(i)+c.x(n-1))/2, (c.top+c.floor)/2+4, "middle", "unknown", c.gap)
			i = n
		}
	}
}

// labels writes the first and the last value and the names of the levels. Those
// on the right make room for each other.
func (c *chart) labels(f aggregate.Finding) {
	first := slices.IndexFunc(c.points, func(p chartPoint) bool { return p.State == aggregate.Known })
	last := -1
	for i, p := range c.points {
		if p.State == aggregate.Known {
			last = i
		}
	}
	var right []chartMark
	for _, m := range c.marks {
		right = append(right, chartMark{c.y(m.at), m.label, "level " + m.class})
	}
	if n := len(c.scope); n > 0 {
		right = append(right, chartMark{c.y(c.scope[n-1]), number(c.scope[n-1]) + " in scope", "level"})
	}
	switch {
	case last < 0:
	case last == len(c.points)-1:
		right = append(right, chartMark{c.y(c.points[last].Value), c.lastLabel(f), "now"})
	default:
		c.beside(last, "now")
	}
	switch {
	case first < 0 || first == last:
	case first == 0:
		c.write(c.left-10, c.y(c.points[0].Value)+4, "end", "then", c.points[0].label)
	default:
		c.beside(first, "then")
	}
	spread(right, c.floor)
	for _, m := range right {
		c.write(c.right+12, m.at+4, "start", m.class, m.label)
	}
}

// beside writes a value over its point, or under it where the line goes up.
func (c *chart) beside(i int, class string) {
	over, under := c.y(c.points[i].Value)-7, c.y(c.points[i].Value)+15
	y := over
	if next := i + 1; next < len(c.points) && c.points[next].State == aggregate.Known && c.points[next].Value > c.points[i].Value && under < c.floor || over < c.top {
		y = under
	}
	c.write(c.x(i), y, "middle", class, c.points[i].label)
}

// spread moves labels apart that would stand on each other, each as little as
// can be, and keeps them inside of the chart.
func spread(labels []chartMark, floor float64) {
	slices.SortStableFunc(labels, func(a, b chartMark) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(labels); i++ {
		labels[i].at = max(labels[i].at, labels[i-1].at+letterRoom)
	}
	for i := len(labels) - 1; i >= 0; i-- {
		labels[i].at = min(labels[i].at, floor)
		floor = labels[i].at - letterRoom
	}
}
