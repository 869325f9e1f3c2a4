package report

import (
	"strings"
	"testing"

	"preread/aggregate"
	"preread/sources"
)

// dark is a week in which no source answered.
func dark(t *testing.T) aggregate.Report {
	t.Helper()
	team := aggregate.Team{ID: "pay", Name: "Payments"}
	facts := sources.Facts{Window: world(t).Window}
	for _, l := range []struct {
		noun       sources.Noun
		title, gap string
	}{
		{sources.Goals, "One-click", "jira could not be reached: nobody answers there"},
		{sources.Quality, "Bugs", "jira could not be reached: nobody answers there"},
		{sources.Incidents, "Incidents", "github could not be reached: nobody answers there"},
		{sources.Shipped, "Merged", "github could not be reached: nobody answers there"},
		{sources.Metrics, "p95", "prom could not be reached: nobody answers there"},
	} {
		line := aggregate.Line{ID: strings.ToLower(l.title), Noun: l.noun, Title: l.title}
		team.Lines = append(team.Lines, line)
		facts.Answers = append(facts.Answers, sources.Answer{Question: sources.Question{Team: team.ID, Line: line.ID, Query: sources.Query{Noun: l.noun}}, Gap: l.gap})
	}
	return aggregate.Judge([]aggregate.Team{team}, facts)
}

const nobodyAnswered = "Unknown: One-click and Bugs (jira could not be reached: nobody answers there); Incidents and Merged (github could not be reached: nobody answers there); p95 (prom could not be reached: nobody answers there)."

// What no source told is never told as nothing, in no form.
func TestUnknownIsNeverNothing(t *testing.T) {
	for form, wanted := range map[Form][]string{
		Agenda:     {"Nothing was marked or asked for, and nothing that is known is red.\n\n" + nobodyAnswered + "\n"},
		NoResponse: {nobodyAnswered + " Nobody can say how many incidents were opened. Nobody can say how many pull requests were merged.\n\nNo reply needed.\n"},
		Highlit:    {"Nothing that is known moved, was released or was resolved. Not known, or only in part: One-click, Incidents, Merged.\n"},
		Whole:      {"Nothing that is known moved, was released or was resolved. Not known, or only in part: One-click, Incidents, Merged.\n"},
	} {
		text, err := told(t, dark(t), nil, Profile{Form: form})
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not hold\n%s\nbut\n%s", form, want, text)
			}
		}
		for _, not := range []string{"Is the session needed", "No goal moved", "0 incidents", "0 pull", "?."} {
			if strings.Contains(text, not) {
				t.Errorf("%s holds %q:\n%s", form, not, text)
			}
		}
	}
}

// In a list a line of one team among several is told from the next.
func TestNamesInAList(t *testing.T) {
	r := dark(t)
	other := r.Teams[0]
	other.ID, other.Name, other.Lines = "search", "Search", other.Lines[:1]
	r.Teams[0].Lines = r.Teams[0].Lines[:2]
	r.Teams = append(r.Teams, other)
	text, err := told(t, r, nil, Profile{Form: Agenda})
	want := "\nUnknown: Payments – One-click, Payments – Bugs and Search – One-click (jira could not be reached: nobody answers there).\n"
	if err != nil || !strings.Contains(text, want) {
		t.Errorf("%v: it does not hold\n%s\nbut\n%s", err, want, text)
	}
}

// A line that is unknown says why under "Not known, and why", whatever the rule.
func TestEveryUnknownLineSaysWhy(t *testing.T) {
	r := world(t)
	rules := []aggregate.Rule{aggregate.TooFew, aggregate.Broken, aggregate.PartOnly, aggregate.Nothing, aggregate.EmptyScope, aggregate.TooEarly}
	for _, rule := range rules {
		f := r.Teams[0].Lines[2] // the bugs: every week is known
		f.Title, f.Status = "Bugs", aggregate.Verdict{Rule: rule, Week: r.Window.Last, Reason: "the reason"}
		now := r
		now.Teams = []aggregate.TeamReport{{ID: "pay", Name: "Payments", Lines: []aggregate.Finding{f}}}
		text := string(Markdown(frameFor(), now, Letter{}).Merge(nil, "").Text)
		want := "## Not known, and why\n\n- Payments, Bugs: its colour: " + sentence(StatusReason(f)) + "\n"
		if !strings.Contains(text, want) {
			_, text, _ = strings.Cut(text, "## Not known, and why")
			t.Errorf("%s: the page does not hold\n%s\nbut\n%s", rule, want, text)
		}
	}
}
