package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

var update = flag.Bool("update", false, "write what is seen as what is wanted")

// golden compares text with a file of testdata, or writes it there.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got); -update rewrites it:\n%s", file, diff)
	}
}

// hostile are titles that try to be more than a title.
var hostile = []string{
	"<script>alert(1)</script>", "--> <!-- /preread:note -->", "<!-- preread:note id=summary -->", "a | b ](https://evil.example) | c",
	"![x](https://evil.example/p.png)", "@everyone #1 closes acme/x#7", "red\x1b[31malert\x07", "right\u202eto left", "line\nend\r\n# heading",
	"::error::owned %0A", "]]></failure>", strings.Repeat("long ", 1000), "nul\x00", "bad\xff\xfe", "**bold** _it_ ~~no~~ `code` $x$", "\\", "&lt;b&gt;",
}

// world is a week in which everything happened once, with hostile titles.
func world(t testing.TB) aggregate.Report {
	t.Helper()
	zone, err := sources.LoadZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	window := sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: 6, Zone: zone, Now: made}
	at := func(week, day int) time.Time {
		from, _ := window.Bounds(sources.Week{Year: 2026, N: week})
		return from.Add(time.Duration(day*24+12) * time.Hour)
	}
	title := func(i int) string { return hostile[i%len(hostile)] }
	seen := func(ref string) sources.Evidence {
		return sources.Evidence{Source: "jira", Ref: ref, URL: "https://jira.example/browse/" + ref}
	}
	five, three := 5.0, 3.0
	var scope, bugs, merged []sources.Item
	for i := range len(hostile) {
		item := sources.Item{Evidence: seen("PAY-" + string(rune('a'+i))), Kind: sources.Issue, Title: title(i), Created: at(40, 0), Scope: []sources.Span{{From: at(40, 0)}}, Graded: sources.Whole()}
		if i == 3 {
			item.Blocked = []sources.Span{{From: at(45, 1)}}
		}
		if i%2 == 0 {
			item.Done = []sources.Span{{From: at(41+i%6, 1)}}
		}
		scope = append(scope, item)
		item.Created = at(41+i%6, 0)
		bugs = append(bugs, item)
		item.Kind, item.Done = sources.PullRequest, []sources.Span{{From: at(41+i%6, 3)}}
		merged = append(merged, item)
	}
	merged = append(merged, sources.Item{Evidence: sources.Evidence{Source: "github", Ref: "v1", URL: "javascript:alert(1)"}, Kind: sources.Release, Title: title(0), Done: []sources.Span{{From: at(46, 1)}}, Graded: sources.Whole()})
	slower := 0.61 // what a page said, and no facts say any more
	limit := func(s string) (l aggregate.Limit) {
		if err := l.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
		return l
	}
	var falling []sources.Reading
	for i, week := range window.Weeks() {
		falling = append(falling, sources.Reading{Evidence: seen("up"), Week: week, Value: 0.85 - 0.06*float64(i), Graded: sources.Whole()})
	}
	lines := []struct {
		line   aggregate.Line
		answer sources.Answer
	}{
		{aggregate.Line{ID: "goal", Noun: sources.Goals, Title: title(0), Unit: "items", Better: aggregate.Higher, Plan: aggregate.GoalPlan{Why: title(1), Assumed: []string{title(5), "two"}, Driver: title(2), Due: sources.Day{Year: 2026, Month: 12, Day: 18}}}, sources.Answer{Items: scope, Evidence: seen("q"), PlanGap: title(8), Plan: &sources.Plan{
			Milestones: []sources.Milestone{{Evidence: seen("v1"), Title: title(9), Due: sources.Day{Year: 2026, Month: 11, Day: 3}}, {Evidence: seen("v2"), Title: title(2), Due: sources.Day{Year: 2026, Month: 12, Day: 3}}},
			Updates:    []sources.Update{{Evidence: seen("u"), At: at(44, 2), State: title(3), Text: title(1)}},
		}}},
		{aggregate.Line{ID: "delivery", Noun: sources.Delivery, Title: "Sprint delivery", Unit: "ratio", Better: aggregate.Higher, Target: aggregate.Target{Green: limit(">= 85%"), Red: limit("< 70%")}}, sources.Answer{Sprints: []sources.Sprint{{
			Evidence: seen("sprint 7"), ID: 7, Name: title(3), Board: "B", State: sources.Closed, Start: at(44, 1), End: at(46, 1), Completed: at(46, 1), Graded: sources.Graded{Grade: sources.Approximate, Reason: "only the planned start is known"},
			Issues: []sources.SprintIssue{
				{Evidence: seen("PAY-1"), Title: title(4), Outcome: sources.Completed, Committed: true, Initial: &three, Final: &five},
				{Evidence: seen("PAY-2"), Title: title(5), Outcome: sources.NotCompleted, Committed: true},
				{Evidence: seen("PAY-3"), Title: title(6), Outcome: sources.Completed, Added: true, CarriedIn: true, Initial: &three, Final: &three},
			},
		}}}},
		{aggregate.Line{ID: "quality", Noun: sources.Quality, Title: "Bugs opened", Unit: "bugs", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<= 5"), Red: limit("> 9")}}, sources.Answer{Items: bugs}},
		{aggregate.Line{ID: "p95", Noun: sources.Metrics, Title: title(7), Unit: "s|x", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<= 0.3"), Red: limit("> 0.5")},
			Said: []aggregate.Said{{Week: sources.Week{Year: 2026, N: 45}, Status: aggregate.Red, Value: &slower}}}, sources.Answer{Readings: []sources.Reading{
			{Week: sources.Week{Year: 2026, N: 42}, Value: 0.41, Graded: sources.Whole()}, {Week: sources.Week{Year: 2026, N: 43}, Value: 0.44, Graded: sources.Whole()},
			{Week: sources.Week{Year: 2026, N: 44}, Value: 0.39, Graded: sources.Whole()}, {Week: sources.Week{Year: 2026, N: 45}, Value: 0.38, Graded: sources.Whole()}, {Week: sources.Week{Year: 2026, N: 46}, Value: 0.4123, Graded: sources.Whole()},
		}}},
		{aggregate.Line{ID: "incidents", Noun: sources.Incidents, Title: "Incidents", Unit: "incidents", Better: aggregate.Lower, Target: aggregate.Target{Red: limit("> 0")}}, sources.Answer{Incidents: []sources.Incident{
			{Evidence: seen("INC-1"), Title: title(1), Severity: title(2), Opened: at(46, 1), Acknowledged: at(46, 1).Add(9 * time.Minute), Resolved: at(46, 2), FollowUps: []sources.FollowUp{{Evidence: seen("PAY-9"), Title: title(3)}, {Evidence: seen("PAY-8"), Done: true}}, Review: &sources.Evidence{Ref: title(4), URL: "https://jira.example/x"}, Graded: sources.Whole()},
			{Evidence: seen("INC-0"), Title: "old", Opened: at(42, 1), Resolved: at(42, 2), Graded: sources.Whole()},
			{Evidence: seen("INC-2"), Title: "open", Opened: at(45, 1), Major: true, Graded: sources.Whole()},
		}}},
		{aggregate.Line{ID: "alarms", Noun: sources.Alarms, Title: "Alarms", Unit: "episodes", Better: aggregate.Lower}, sources.Answer{Alarms: []sources.AlarmWeek{
			{Week: sources.Week{Year: 2026, N: 45}, Coverage: 0.5, Graded: sources.Graded{Grade: sources.Partial, Reason: "prom holds 50% of this week"}, Alarms: []sources.AlarmCount{{Name: title(8), Severity: title(9), Episodes: 2, Minutes: 7}}},
			{Week: sources.Week{Year: 2026, N: 46}, Coverage: 1, Graded: sources.Whole(), Alarms: []sources.AlarmCount{{Name: title(8), Severity: title(9), Episodes: 3, Minutes: 75}}},
		}}},
		{aggregate.Line{ID: "resolve", Noun: sources.Durations, Of: "incidents", Title: title(0), Unit: "h", Better: aggregate.Lower, Target: aggregate.Target{Green: limit("<= 2h"), Red: limit("> 1d")},
			Own:    []aggregate.Own{{Status: aggregate.Red, Until: sources.Day{Year: 2026, Month: 11, Day: 20}, Reason: title(1), Where: "page"}},
			Waiver: aggregate.Waiver{Until: sources.Day{Year: 2026, Month: 11, Day: 30}, Reason: title(2)}, Accepted: aggregate.Accepted{From: sources.Day{Year: 2026, Month: 10, Day: 1}, Reason: title(3)}}, sources.Answer{}},
		{aggregate.Line{ID: "faster", Noun: sources.Goals, Title: title(4), Unit: "s", Better: aggregate.Lower, Plan: aggregate.GoalPlan{Due: sources.Day{Year: 2026, Month: 12, Day: 18}, Aim: aggregate.Aim{Was: 0.9, Want: 0.3},
			Milestones: []aggregate.Milestone{{Title: title(5), Due: sources.Day{Year: 2026, Month: 11, Day: 1}}, {Title: title(6), Due: sources.Day{Year: 2026, Month: 12, Day: 1}}}}, Said: []aggregate.Said{
			{Week: sources.Week{Year: 2026, N: 40}, Due: sources.Day{Year: 2026, Month: 10, Day: 1}}, {Week: sources.Week{Year: 2026, N: 45}, Due: sources.Day{Year: 2026, Month: 11, Day: 1}, Status: aggregate.Red},
		}}, sources.Answer{Readings: falling}},
		{aggregate.Line{ID: "shipped", Noun: sources.Shipped, Title: "Pull requests merged", Unit: "pull requests", Better: aggregate.Higher}, sources.Answer{Items: merged}},
		{aggregate.Line{ID: "gone", Noun: sources.Metrics, Title: "Review time", Better: aggregate.Lower}, sources.Answer{Gap: "prom could not be reached: nobody answers there", Hint: "check"}},
	}
	team := aggregate.Team{ID: "pay", Name: "Payments <b>"}
	facts := sources.Facts{Window: window, Requests: map[string]int{"jira": 12, "github": 1}}
	for _, l := range lines {
		team.Lines = append(team.Lines, l.line)
		if l.line.Of != "" {
			continue
		}
		l.answer.Question = sources.Question{Team: "pay", Line: l.line.ID, Source: "src", Query: sources.Query{Noun: l.line.Noun}}
		facts.Answers = append(facts.Answers, l.answer)
	}
	return aggregate.Judge([]aggregate.Team{team}, facts)
}

func frameFor() Frame {
	return Frame{Title: "Payments group", Reader: "Dana | VP", Session: time.Tuesday, Clock: "10:00"}
}

func TestThePage(t *testing.T) {
	m := Markdown(frameFor(), world(t), Letter{}).Merge(nil, "")
	golden(t, "page.md", m.Text)
	page := parse(t, m.Text)
	var ids []string
	for _, n := range page.Notes {
		ids = append(ids, n.ID)
	}
	want := []string{"context", "summary", "wanted", "pay/goal", "pay/faster", "pay/delivery", "pay/quality", "pay/p95", "pay/resolve", "pay/gone", "pay/incidents", "pay/alarms", "pay/shipped", "next", "later", "asks", "parked", "people", "top-of-mind"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("slots (-want +got):\n%s", diff)
	}
}

// Hostile titles change no structure: the page has the same lines of headings,
// tables, slots and lists as one with harmless titles.
func TestHostileTitlesChangeNoStructure(t *testing.T) {
	shapeOf := func(text string) []string {
		var shape []string
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			switch {
			case strings.HasPrefix(line, "|"):
				shape = append(shape, "table of "+strings.Repeat("|", strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")))
			case strings.HasPrefix(line, "<!--"):
				shape = append(shape, strings.Fields(line)[1])
			case strings.HasPrefix(line, "#"):
				shape = append(shape, strings.Fields(line)[0])
			default:
				shape = append(shape, "text")
			}
		}
		return shape
	}
	got := string(Markdown(frameFor(), world(t), Letter{}).Merge(nil, "").Text)
	saved := hostile
	hostile = make([]string, len(saved))
	for i := range hostile {
		hostile[i] = "harmless"
	}
	want := string(Markdown(frameFor(), world(t), Letter{}).Merge(nil, "").Text)
	hostile = saved
	if diff := cmp.Diff(shapeOf(want), shapeOf(got)); diff != "" {
		t.Errorf("structure (-harmless +hostile):\n%s", diff)
	}
	if strings.Contains(strings.ReplaceAll(got, `\<`, ""), "<script") || strings.ContainsAny(got, "\x00\x07\x1b\u202e\r") || strings.Contains(got, "](javascript:") || !utf8.ValidString(got) {
		t.Error("the page holds raw hostile text")
	}
}

func TestJSONFollowsItsSchema(t *testing.T) {
	schema := compiled(t)
	r := world(t)
	notes := []Note{{ID: "pay/p95", Text: "words\n"}, {ID: "pay/goal", Text: "\n" + promptGoal + "\n\n"}, {ID: "summary", Text: "x"}}
	doc, err := JSON(r, notes)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "page.json", doc)
	for name, doc := range map[string][]byte{"a whole page": doc, "an empty one": must(JSON(aggregate.Report{Window: r.Window}, nil))} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The schema must be able to refuse.
	for _, edit := range [][2]string{{`"known": false`, `"known": "no"`}, {`"status": "red"`, `"status": "pink"`}, {`"version": 1`, `"version": 2`}, {`"gaps"`, `"gasp"`}} {
		broken := strings.Replace(string(doc), edit[0], edit[1], 1)
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if err != nil || broken == string(doc) {
			t.Fatalf("%v: %v", edit, err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("the schema accepts %s", edit[1])
		}
	}
}

func must(doc []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return doc
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", v); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestCheckFormats(t *testing.T) {
	r := world(t)
	for _, format := range checkFormats {
		var out bytes.Buffer
		if err := WriteCheck(&out, format, r, nil, Bar{On: OnRed}); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if strings.ContainsAny(text, "\x00\x07\x1b\r") || !utf8.ValidString(text) {
			t.Errorf("%s holds raw hostile text", format)
		}
		switch format {
		case AsJSON:
			if !json.Valid(out.Bytes()) {
				t.Error("the JSON is none")
			}
		case JUnit:
			golden(t, "check.xml", out.Bytes())
			var suites struct {
				Failures int `xml:"failures,attr"`
				Errors   int `xml:"errors,attr"`
				Skipped  int `xml:"skipped,attr"`
				Suites   []struct {
					Cases []struct {
						Name string `xml:"name,attr"`
					} `xml:"testcase"`
				} `xml:"testsuite"`
			}
			if err := xml.Unmarshal(out.Bytes(), &suites); err != nil {
				t.Fatal(err)
			}
			if len(suites.Suites) != 1 || len(suites.Suites[0].Cases) != 10 || suites.Failures != 3 || suites.Errors != 1 || suites.Skipped != 3 {
				t.Errorf("suites %+v", suites)
			}
		case GitHub:
			golden(t, "check.github", out.Bytes())
			for line := range strings.Lines(text) {
				if !strings.HasPrefix(line, "::error title=") && !strings.HasPrefix(line, "::warning title=") && !strings.HasPrefix(line, "::notice title=") {
					t.Errorf("%q is no command", line)
				}
			}
		case Text:
			golden(t, "check.text", out.Bytes())
		}
	}
}

func TestCheckOutcome(t *testing.T) {
	page := func(all ...aggregate.Status) aggregate.Report {
		var team aggregate.TeamReport
		for _, s := range all {
			team.Lines = append(team.Lines, aggregate.Finding{Status: aggregate.Verdict{Status: s}})
		}
		return aggregate.Report{Teams: []aggregate.TeamReport{team}}
	}
	for _, tt := range []struct {
		statuses []aggregate.Status
		failOn   FailOn
		want     Outcome
	}{
		{[]aggregate.Status{aggregate.Green, aggregate.NoTarget}, OnRed, Fine},
		{[]aggregate.Status{aggregate.Green, aggregate.Amber}, OnRed, Fine},
		{[]aggregate.Status{aggregate.Green, aggregate.Amber}, OnAmber, Failing},
		{[]aggregate.Status{aggregate.Red}, OnAmber, Failing},
		{[]aggregate.Status{aggregate.Unknown, aggregate.Green}, OnRed, CannotSay},
		{[]aggregate.Status{aggregate.Unknown, aggregate.Red}, OnRed, Failing},
		{[]aggregate.Status{aggregate.Red, aggregate.Unknown}, OnRed, Failing},
		{nil, OnRed, Fine},
		{[]aggregate.Status{aggregate.Amber}, OnSignal, Fine},
	} {
		if got := Check(page(tt.statuses...), Bar{On: tt.failOn}); got != tt.want {
			t.Errorf("%v failing on %s: %d, want %d", tt.statuses, tt.failOn, got, tt.want)
		}
	}
	worse := page(aggregate.Green)
	worse.Teams[0].Lines[0].Signal = change.Verdict{State: change.Signal, Worsening: true}
	if Check(worse, Bar{On: OnRed}) != Fine || Check(worse, Bar{On: OnSignal}) != Failing {
		t.Error("a green line that got worse fails only where that is asked for")
	}
	worse.Teams[0].Lines[0].Signal.Worsening = false
	if Check(worse, Bar{On: OnSignal}) != Fine {
		t.Error("a line that got better fails")
	}
}

func TestExplain(t *testing.T) {
	r := world(t)
	var out bytes.Buffer
	for _, f := range r.Teams[0].Lines {
		if err := Explain(&out, r.Window, r.Teams[0], f); err != nil {
			t.Fatal(err)
		}
		out.WriteString("----\n")
	}
	golden(t, "explain.text", out.Bytes())
}

func TestFigures(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.4123: "0.412", 0.3: "0.3", 12.345: "12.3", 1234.5: "1234", 1e-7: "0.0000001", -3.14159: "-3.14", 99.99: "100", 20: "20"} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "under a minute", 90 * time.Second: "2 min", 61 * time.Minute: "1 h 01 min", 47 * time.Hour: "47 h", 73 * time.Hour: "3 days"} {
		if got := took(d); got != want {
			t.Errorf("took(%s) = %q, want %q", d, got, want)
		}
	}
	for w, want := range map[sources.Week]string{{Year: 2026, N: 46}: "9–15 November 2026", {Year: 2026, N: 14}: "30 March – 5 April 2026", {Year: 2026, N: 53}: "28 December 2026 – 3 January 2027"} {
		if got := days(w); got != want {
			t.Errorf("days(%s) = %q, want %q", w, got, want)
		}
	}
}

// A page is due the working day before its session, but never before its week is
// over.
func TestThePageIsDueTheWorkingDayBefore(t *testing.T) {
	day := func(month, day int) sources.Day { return sources.Day{Year: 2026, Month: time.Month(month), Day: day} }
	for _, tt := range []struct {
		session  time.Weekday
		holidays []sources.Day
		want     string
	}{
		{time.Tuesday, nil, "send by 16 November 2026, session 17 November 2026, 10:00"},
		{time.Friday, nil, "send by 19 November 2026, session 20 November 2026, 10:00"},
		{time.Sunday, nil, "send by 20 November 2026, session 22 November 2026, 10:00"},
		{time.Monday, nil, "send before the session, 16 November 2026, 10:00"},
		{time.Thursday, []sources.Day{day(11, 18)}, "send by 17 November 2026, session 19 November 2026, 10:00"},
		{time.Thursday, []sources.Day{day(11, 17), day(11, 18), day(11, 20)}, "send by 16 November 2026, session 19 November 2026, 10:00"},
		{time.Tuesday, []sources.Day{day(11, 16)}, "send before the session, 17 November 2026, 10:00"},
		{time.Tuesday, []sources.Day{day(11, 17)}, "send by 16 November 2026, session 17 November 2026 (a holiday), 10:00"},
	} {
		f := Frame{Session: tt.session, Clock: "10:00", Holidays: tt.holidays}
		if got := f.dueWords(sources.Week{Year: 2026, N: 46}); got != tt.want {
			t.Errorf("for a session on %s with holidays %v: %q, want %q", tt.session, tt.holidays, got, tt.want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, h := range hostile {
		f.Add(h, "https://x.example/"+h)
	}
	f.Fuzz(func(t *testing.T, title, address string) {
		text := link(Escape(title), address)
		if strings.ContainsAny(text, "\n\r\x00\x1b") || !utf8.ValidString(text) {
			t.Fatalf("%q is not one safe line", text)
		}
		page := "<!-- preread:note id=a -->\n" + "x " + text + "\n<!-- /preread:note -->\n"
		if p, err := ParsePage("", []byte(page)); err != nil || len(p.Notes) != 1 {
			t.Fatalf("%q breaks a slot: %v", text, err)
		}
		bare := strings.NewReplacer(`\\`, "", `\|`, "", `\<`, "", `\[`, "", `\!`, "", `\]`, "").Replace(text)
		if strings.ContainsAny(strings.TrimPrefix(bare, "["), "|<[!") {
			t.Fatalf("%q of %q holds markup", text, title)
		}
	})
}

// A level that has stood for eight weeks is proposed as the new normal, with
// the line that accepts it.
func TestASettledLevelIsProposed(t *testing.T) {
	window := sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: 40, Shown: 6, Now: made}
	var readings []sources.Reading
	for i, week := range window.Weeks() {
		v := 1 + 0.01*float64(i%3)
		if i >= 32 {
			v += 5
		}
		readings = append(readings, sources.Reading{Week: week, Value: v, Graded: sources.Whole()})
	}
	line := aggregate.Line{ID: "m", Noun: sources.Metrics, Better: aggregate.Lower}
	facts := sources.Facts{Window: window, Answers: []sources.Answer{{Question: sources.Question{Team: "t", Line: "m"}, Readings: readings}}}
	f := aggregate.Judge([]aggregate.Team{{ID: "t", Lines: []aggregate.Line{line}}}, facts).Teams[0].Lines[0]
	if want := `it has been on this side for 8 weeks. If that is the new normal, say so: accepted = { from = 2026-09-21, reason = "…" }`; !strings.HasSuffix(SignalReason(f), want) {
		t.Errorf("%s\ndoes not end with\n%s", SignalReason(f), want)
	}
}
