package report

import (
	"fmt"
	"regexp"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// A Sidecar is a chart in a file of its own, for a page that is looked at as
// Markdown.
type Sidecar struct {
	Name string // of the file, in the folder of the charts
	SVG  []byte
}

// Sidecars returns the charts of a page's lines. They bring their own colours,
// in the light and in the dark, since a picture cannot take those of its page.
func Sidecars(r aggregate.Report) (all []Sidecar) {
	for _, t := range r.Teams {
		for _, f := range t.Lines {
			if f.Status.Rule == aggregate.Unanswered {
				continue
			}
			svg := chartOf("chart", f, r.Window)
			svg = strings.Replace(svg, "<svg ", `<svg xmlns="http://www.w3.org/2000/svg" `, 1)
			svg = strings.Replace(svg, "</title>", "</title><style>"+sidecarStyle()+"</style>", 1)
			all = append(all, Sidecar{sidecarName(t, f), []byte(svg + "\n")})
		}
	}
	return all
}

func sidecarName(t aggregate.TeamReport, f aggregate.Finding) string {
	return t.ID + "-" + f.ID + ".svg"
}

// ChartFolder is where the charts of a page are, beside it.
func ChartFolder(week sources.Week) string { return week.String() + ".charts" }

var (
	themeRule = regexp.MustCompile(`(?m)^ *:root \{[^}]*\}`)
	svgRule   = regexp.MustCompile(`(?m)^svg .*$`)
)

// sidecarStyle are the rules of the page's style that are about charts.
func sidecarStyle() string {
	themes := themeRule.FindAllString(HTMLStyle, -1)
	rules := strings.Join(svgRule.FindAllString(HTMLStyle, -1), "\n")
	rules = strings.ReplaceAll(rules, "svg ", "")
	return strings.TrimSpace(themes[0]) + "\ntext { font-family: sans-serif; }\n" + rules +
		"\n@media (prefers-color-scheme: dark) { " + strings.TrimSpace(themes[1]) + " }\n"
}

// picture shows a line's chart on the page, where the settings want that.
func (p *page) picture(t aggregate.TeamReport, f aggregate.Finding) {
	if !p.frame.Charts || f.Status.Rule == aggregate.Unanswered {
		return
	}
	p.printf("![%s](%s/%s)\n\n", Escape(chartWords(f, p.Window)), ChartFolder(p.Window.Last), sidecarName(t, f))
}

// pictured is a paragraph that is such a picture and nothing else: what shows
// the chart itself leaves it out.
var pictured = regexp.MustCompile(`^!\[.*\]\(\d{4}-W\d{2}\.charts/[a-z0-9.-]+\.svg\)$`)

// unpictured is the program's text without its pictures.
func unpictured(text string) string {
	if !strings.Contains(text, ".charts/") {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !pictured.MatchString(strings.TrimSpace(line)) {
			fmt.Fprint(&b, line)
		}
	}
	return b.String()
}
