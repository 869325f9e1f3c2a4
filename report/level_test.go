package report

import (
	"strings"
	"testing"

	"preread/aggregate"
	"preread/sources"
)

// toldAt tells a page in a form to somebody who wants to know so much.
func toldAt(t *testing.T, r aggregate.Report, form Form, level Level) string {
	t.Helper()
	text, err := told(t, r, map[string]string{"summary": "The vault was slow."}, Profile{ID: "sam", Form: form, Level: level})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Who wants to know less reads less, in every form, and is told what is left out.
func TestLevelsShorten(t *testing.T) {
	r := world(t)
	lines := r.Teams[0].Lines
	for i, title := range []string{"Goal", "Delivery", "Bugs", "p95", "Incidents", "Alarms", "Resolve", "Faster", "Merged", "Review"} {
		lines[i].Title = title
		lines[i].Said = []aggregate.Said{{Week: sources.Week{Year: 2026, N: 40}, Status: aggregate.Green}}
	}
	lines[3].Said = []aggregate.Said{{Week: sources.Week{Year: 2026, N: 40}, Status: aggregate.Red}}
	for _, tt := range []struct {
		form  Form
		level Level
		has   []string
		not   []string
	}{
		{Whole, Organisational, []string{"| Bugs |", "### Delivery"}, []string{"### Bugs"}},
		{Whole, Strategic, []string{"| Goal |", "| Faster |", "| p95 |", "| Review |", "### Faster\n", "\nNot listed: 1 green, 2 without a target.\n"}, []string{"| Bugs |", "| Alarms |", "| Merged |", "### Delivery"}},
		{NoResponse, Operational, []string{"**RED** Goal: ", "**RED** Delivery: ", "**RED** Incidents: ", "1 more line is not green either.", "Unknown: "}, nil},
		{NoResponse, Organisational, []string{"**RED** Goal: ", "**RED** Delivery: ", "2 more lines are not green either.", "Unknown: "}, []string{"AMBER"}},
		{NoResponse, Strategic, []string{"**RED** Goal: ", "3 more lines are not green either.", "Unknown: "}, []string{"Delivery"}},
		{Highlit, Operational, []string{"Incidents resolved: [INC-1]", "Released: v1"}, nil},
		{Highlit, Strategic, []string{"- Incidents resolved: 1\n", "- Released: 1\n"}, []string{"INC-1"}},
		{Agenda, Operational, []string{"**RED** Goal: ", "**RED** Delivery: "}, nil},
		{Agenda, Strategic, []string{"**RED** Goal: ", "(3 min) Turned red too: Delivery\n"}, []string{"**RED** Delivery"}},
		{Quarter, Operational, []string{"| Goal |", "| p95 |", "| Bugs |", "| Merged |"}, nil},
		{Quarter, Organisational, []string{"| Goal |", "| p95 |", "| Resolve |", "\nNot listed: 4 lines that were green or without a target in every week told.\n"}, []string{"| Bugs |", "| Merged |", "| Alarms |"}},
		{Quarter, Strategic, []string{"| Goal |", "| p95 |", "| Faster |"}, []string{"| Bugs |", "| Merged |"}},
	} {
		text := toldAt(t, r, tt.form, tt.level)
		for _, want := range tt.has {
			if !strings.Contains(text, want) {
				t.Errorf("%s, %s: %q is not in\n%s", tt.form, tt.level, want, text)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(text, not) {
				t.Errorf("%s, %s: %q is in\n%s", tt.form, tt.level, not, text)
			}
		}
		if n, most := len(strings.Fields(text)), len(strings.Fields(toldAt(t, r, tt.form, Operational))); tt.level != Operational && n >= most {
			t.Errorf("%s, %s has %d words, and %s %d", tt.form, tt.level, n, Operational, most)
		}
	}
}

// A row that somebody marked is on every glance, whoever reads it.
func TestAMarkedRowStays(t *testing.T) {
	r := world(t)
	page := marked(t, r, nil, "| ● **GREEN** | Bugs opened | 2 | ≤ 5 | █████▆ |  | ~ |", "| ● **GREEN** | Bugs opened | 2 | ≤ 5 | █████▆ |  | ~ | !discuss")
	text, err := Tell(frameFor(), r, Letter{Page: page}, *page, Profile{ID: "sam", Level: Strategic})
	if err != nil || !strings.Contains(string(text), "| Bugs opened | 2 | ≤ 5 | █████▆ |  | ~ | ⚑\n") {
		t.Errorf("%v:\n%s", err, text)
	}
}
