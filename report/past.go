package report

import (
	"fmt"
	"html/template"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// pastWeeks is from how many weeks on they are drawn behind those of the page:
// half a year; a whole one once the history holds it.
const pastWeeks = 26

// pastOf draws all weeks that are known of a line, those before the page among
// them; "" where they are too few to show anything.
func pastOf(id string, f aggregate.Finding, window sources.Window) string {
	if len(f.Earlier)+len(f.Weeks) < pastWeeks || f.Goal != nil {
		return ""
	}
	const height = 58
	whole := f
	whole.Weeks = append(append([]aggregate.Point{}, f.Earlier...), f.Weeks...)
	window.Count = len(whole.Weeks)
	c := newChart(whole)
	c.left, c.right, c.top, c.floor, c.gap = chartLeft, chartWidth-chartRight, 6, 40, ""
	c.scale(chartMarks(f))
	c.margins(f)
	c.begin("past", id, chartWidth, height, whole, window)
	c.background()
	c.series()
	c.write(c.left, height-5, "start", "week", window.First().String())
	c.write(c.right, height-5, "end", "week", window.Last.String())
	c.printf("</svg>")
	return c.text.String()
}

// withPast puts the longer chart into what is folded away under a line.
func withPast(html, id string, f aggregate.Finding, window sources.Window) string {
	const fold = "<details><summary>" + foldedWords + "</summary>\n"
	past := pastOf(id, f, window)
	if past == "" || !strings.HasPrefix(html, fold) {
		return html
	}
	words := fmt.Sprintf("The last %d weeks:", len(f.Earlier)+len(f.Weeks))
	return fold + "<p>" + template.HTMLEscapeString(words) + "</p>\n<figure>" + past + "</figure>\n" + strings.TrimPrefix(html, fold)
}
