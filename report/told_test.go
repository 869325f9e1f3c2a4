package report

import (
	"strings"
	"testing"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/aggregate/forecast"
	"preread/sources"
)

// The head of a page says which weeks it tells of, and why these.
func TestWhichWeeksAreTold(t *testing.T) {
	for name, tt := range map[string]struct {
		letter Letter
		want   string
	}{
		"every week":          {Letter{}, "10:00\n"},
		"since the last page": {Letter{Since: week(45)}, " · tells of W45 to W46, the weeks since the last page was sent\n"},
		"as far as is shown":  {Letter{Since: week(41)}, " · tells of W41 to W46, the weeks since the last page was sent, as far as it shows them\n"},
		"to catch up":         {Letter{Since: week(44), CatchUp: true}, " · tells of W44 to W46, to catch up\n"},
	} {
		text := string(Markdown(frameFor(), world(t), tt.letter).Merge(nil, "").Text)
		_, head, _ := strings.Cut(text, "\nFor ")
		if head, _, _ = strings.Cut(head, "\n\n"); !strings.HasSuffix(head+"\n", tt.want) {
			t.Errorf("%s: %q, want it to end in %q", name, head, tt.want)
		}
	}
}

// Who catches up hears what changed since before the weeks that they missed, not
// since the last page.
func TestChangesToCatchUp(t *testing.T) {
	verdict := func(s aggregate.Status) aggregate.Verdict {
		return aggregate.Verdict{Status: s, Rule: aggregate.ByTarget}
	}
	past := []aggregate.Verdict{verdict(aggregate.Green), verdict(aggregate.Red), verdict(aggregate.Red), verdict(aggregate.Red), verdict(aggregate.Amber), verdict(aggregate.Green), verdict(aggregate.Green)}
	f := aggregate.Finding{Line: aggregate.Line{Title: "Till"}, Past: past, Status: past[6], Before: past[5], Told: &aggregate.Said{Week: week(45), Status: aggregate.Green}}
	for _, tt := range []struct {
		since int
		catch bool
		said  []aggregate.Said
		want  string
	}{
		{46, false, nil, "**Changed since the page of W45:** no line that is known has another colour."},
		{44, true, nil, "**Changed since W43:**\n\n- Till: green, was red"},
		{41, true, nil, "**Changed since W40:** no line that is known has another colour."},
		{44, true, []aggregate.Said{{Week: week(43), Status: aggregate.Amber}}, "**Changed since W43:**\n\n- Till: green, was amber"},
		{44, true, []aggregate.Said{{Week: week(42), Status: aggregate.Amber}}, "**Changed since W43:**\n\n- Till: green, was red"},
	} {
		f.Said = tt.said
		p := &page{Report: world(t), letter: Letter{Since: week(tt.since), CatchUp: tt.catch}}
		p.Teams = []aggregate.TeamReport{{Lines: []aggregate.Finding{f}}}
		p.changes()
		if got := strings.TrimSpace(p.text.String()); got != tt.want {
			t.Errorf("since %d, %v: %q, want %q", tt.since, tt.said, got, tt.want)
		}
	}
}

// What holidays took out of the comparing is said.
func TestShortWeeksAreNamed(t *testing.T) {
	p := &page{}
	p.Teams = []aggregate.TeamReport{{Name: "Till"}, {Name: "Checkout", Short: []sources.Week{week(45), week(46)}}, {Name: "Search", Short: []sources.Week{week(46)}}}
	p.shortWeeks()
	const what = " too few working days to compare work by; bugs and merged work of then are shown, and are no part of a level or of a test for change.\n"
	if got, want := p.text.String(), "- Checkout: W45 and W46 have"+what+"- Search: W46 has"+what; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is added is told less what is removed, and so it is not called added.
func TestAForecastTellsScopeOnBalance(t *testing.T) {
	for added, want := range map[float64]string{
		0: "scope stayed as large as it was", 0.04: "scope stayed as large as it was", 0.4: "scope grew by 0.4 a week on balance", -1.25: "scope shrank by 1.2 a week on balance",
	} {
		f := aggregate.Finding{Goal: &aggregate.Goal{Outlook: forecast.Outlook{State: forecast.Forecast, P50: 2, P85: 3, Weeks: 5, MostOne: 3, Added: added}}}
		want := "half of the simulated futures are done by 27 November 2026, 85 % by 4 December 2026. From 5 weeks (0 to 3 items a week; " + want + "); it assumes that the next weeks are like them"
		if got := ForecastReason(f, week(46)); got != want {
			t.Errorf("%v:\n%s\nwant\n%s", added, got, want)
		}
	}
}

// Enough in all is not enough on both sides.
func TestTooFewItemsAreCountedOnBothSides(t *testing.T) {
	for want, items := range map[string][]int{
		"too few to tell faster from slower: in the last three weeks 2 items were finished and 21 before them; 8 and 15 are needed": {3, 3, 3, 3, 3, 3, 3, 0, 1, 1},
		"too few to tell faster from slower: in the last three weeks 9 items were finished and 1 before them; 8 and 15 are needed":  {1, 0, 0, 3, 3, 3},
		"too few to tell faster from slower: in the last three weeks 1 item was finished and 0 before them; 8 and 15 are needed":    {1},
		"too few weeks are known to tell faster from slower":                                                                        {20, 3, 3, 3},
	} {
		m := change.Metric{ID: "x", Type: change.Duration}
		for _, n := range items {
			m.Weeks = append(m.Weeks, change.Week{Known: true, Items: make([]float64, n)})
		}
		if got := unknownSignal(change.Judge([]change.Metric{m}).Verdicts[0]); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}

// The name of a place is that of a heading on the page, so that it is found.
func TestPlacesAreNamedByTheirHeadings(t *testing.T) {
	r := world(t)
	made := parse(t, Markdown(frameFor(), r, Letter{}).Merge(nil, "").Text)
	p := &page{Report: r}
	for _, place := range made.Places() {
		if name := unescape(p.placeName(place.ID)); name != place.Title && place.ID != "context" { // which stands under the title
			t.Errorf("%s is named %q and stands under %q", place.ID, name, place.Title)
		}
	}
}
