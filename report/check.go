package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"preread/aggregate"
	"preread/aggregate/change"
	"preread/sources"
)

// A CheckFormat is a way to write the verdict of a check.
type CheckFormat string

// The formats of a check.
const (
	Text   CheckFormat = "text"
	AsJSON CheckFormat = "json"
	GitHub CheckFormat = "github" // workflow commands, shown as annotations
	JUnit  CheckFormat = "junit"
)

// checkFormats are the formats that WriteCheck knows.
var checkFormats = []CheckFormat{Text, AsJSON, GitHub, JUnit}

// UnmarshalText reads a format's name.
func (c *CheckFormat) UnmarshalText(text []byte) error {
	for _, f := range checkFormats {
		if string(f) == string(text) {
			*c = f
			return nil
		}
	}
	return fmt.Errorf("%q is not a format of check; there is text, json, github and junit", sources.OneLine(string(text), 40))
}

// An Outcome is what a check says of a whole page.
type Outcome uint8

// The outcomes, as exit codes.
const (
	Fine      Outcome = 0 // nothing fails and everything needed is known
	Failing   Outcome = 1 // a line is red, or amber where that is asked for
	CannotSay Outcome = 2 // nothing is known to fail, but something is unknown
)

// A FailOn says which lines make a check fail.
type FailOn string

// What a check can fail on. OnNothing leaves it to what must be explained. The
// others fail on red; OnAmber on amber too, OnSignal also on a line that really
// got worse, whatever its colour.
const (
	OnNothing FailOn = "none"
	OnRed     FailOn = "red"
	OnAmber   FailOn = "amber"
	OnSignal  FailOn = "signal"
)

// UnmarshalText reads what to fail on.
func (f *FailOn) UnmarshalText(text []byte) error {
	switch FailOn(text) {
	case OnNothing, OnRed, OnAmber, OnSignal:
		*f = FailOn(text)
		return nil
	}
	return fmt.Errorf("%q is nothing to fail on", sources.OneLine(string(text), 40))
}

// A Bar is what a line must not do if a check is to pass. The zero Bar is that
// it must not be red.
type Bar struct {
	On      FailOn
	OnlyNew bool // it may, if it did so in the report before already

	// Explain asks for words on the page under each line that is red, or with
	// OnAmber also amber; Written tells of a slot whether there are any, as
	// [Letter.Written] does.
	Explain FailOn
	Written func(id string) bool
}

// Check judges a page. A line that is known to fail wins over one that is
// unknown; one that is waived does neither.
func Check(r aggregate.Report, bar Bar) Outcome {
	outcome := Fine
	for _, t := range r.Teams {
		for _, f := range t.Lines {
			switch {
			case bar.fails(t, f):
				return Failing
			case f.Status.Status == aggregate.Unknown && !f.Waived:
				outcome = CannotSay
			}
		}
	}
	return outcome
}

func (b Bar) fails(t aggregate.TeamReport, f aggregate.Finding) bool {
	switch {
	case f.Waived:
		return false
	case b.unexplained(t, f):
		return true
	case b.coloured(f.Status.Status):
		return !b.OnlyNew || !b.coloured(before(f))
	case b.On == OnSignal && f.Signal.State == change.Signal && f.Signal.Worsening:
		return !b.OnlyNew || newSignal(f)
	}
	return false
}

// newSignal reports a signal that the report before did not give.
func newSignal(f aggregate.Finding) bool {
	weeks := slices.Concat(f.Earlier, f.Weeks)
	n, since := len(weeks), f.Signal.Since
	if f.Told == nil || since < 0 || since >= n {
		return since == n-1
	}
	return weeks[since].Week.Compare(f.Told.Week) > 0
}

// coloured reports a colour that fails.
func (b Bar) coloured(s aggregate.Status) bool {
	return s == aggregate.Red && b.On != OnNothing || s == aggregate.Amber && b.On == OnAmber
}

// unexplained reports a line under which words are wanted and none stand.
func (b Bar) unexplained(t aggregate.TeamReport, f aggregate.Finding) bool {
	wanted := b.Explain != "" && f.Status.Status == aggregate.Red || b.Explain == OnAmber && f.Status.Status == aggregate.Amber
	return wanted && b.Written != nil && !b.Written(t.ID+"/"+f.ID)
}

// failure says why a line makes a check fail.
func (b Bar) failure(t aggregate.TeamReport, f aggregate.Finding) string {
	if b.unexplained(t, f) {
		return fmt.Sprintf("it is %s, and nothing is written about it: %s", f.Status.Status, StatusReason(f))
	}
	if f.Status.Status < aggregate.Amber {
		return SignalReason(f)
	}
	return StatusReason(f)
}

// WriteCheck writes the verdict in a format, as JSON with the notes of the page.
func WriteCheck(w io.Writer, format CheckFormat, r aggregate.Report, notes []Note, bar Bar) error {
	switch format {
	case AsJSON:
		doc, err := JSON(r, notes)
		if err == nil {
			_, err = w.Write(doc)
		}
		return err
	case GitHub:
		return writeAnnotations(w, r, bar)
	case JUnit:
		return writeJUnit(w, r, bar)
	}
	return writeText(w, r, bar)
}

// writeText prints one line for each line of the page: worst first would move
// lines around, so the order is the page's.
func writeText(w io.Writer, r aggregate.Report, bar Bar) error {
	var b strings.Builder
	for _, t := range r.Teams {
		for _, f := range t.Lines {
			fmt.Fprintf(&b, "%-7s %s/%s: %s\n", f.Status.Status, t.ID, f.ID, sources.OneLine(StatusReason(f), 300))
			if bar.unexplained(t, f) && !f.Waived {
				fmt.Fprintf(&b, "%-7s %s/%s: nothing is written about it on the page\n", "", t.ID, f.ID)
			}
			if f.Waived {
				fmt.Fprintf(&b, "%-7s %s/%s: waived until %s: %s\n", "", t.ID, f.ID, f.Waiver.Until, sources.OneLine(f.Waiver.Reason, 200))
			}
			if f.Signal.State == change.Signal {
				fmt.Fprintf(&b, "%-7s %s/%s: %s\n", "", t.ID, f.ID, sources.OneLine(SignalReason(f), 300))
			}
		}
		fmt.Fprintf(&b, "%-7s %s: %s\n", t.Status, t.ID, countWords(aggregate.Count(t.Lines)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// annotationLimit is how many annotations of a kind GitHub shows for a step.
const annotationLimit = 10

// writeAnnotations prints workflow commands: what fails as errors, what is
// unknown as warnings, amber as notices, each kind at most as often as GitHub
// shows it.
func writeAnnotations(w io.Writer, r aggregate.Report, bar Bar) error {
	var b strings.Builder
	shown := map[string]int{}
	for _, t := range r.Teams {
		for _, f := range t.Lines {
			kind, reason := "", StatusReason(f)
			switch {
			case bar.fails(t, f):
				kind, reason = "error", bar.failure(t, f)
			case f.Waived:
				kind, reason = "notice", "waived until "+f.Waiver.Until.String()+": "+f.Waiver.Reason
			case f.Status.Status == aggregate.Unknown:
				kind = "warning"
			case f.Status.Status == aggregate.Amber:
				kind = "notice"
			default:
				continue
			}
			if shown[kind]++; shown[kind] <= annotationLimit {
				fmt.Fprintf(&b, "::%s title=%s::%s\n", kind,
					commandProperty(fmt.Sprintf("%s: %s: %s", t.Name, f.Title, f.Status.Status)),
					commandData(reason))
			}
		}
	}
	for _, kind := range sortedKeys(shown) {
		if more := shown[kind] - annotationLimit; more > 0 {
			fmt.Fprintf(&b, "and %d more of kind %s\n", more, kind)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// commandData escapes the message of a workflow command.
func commandData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(sources.OneLine(s, 500))
}

// commandProperty escapes a property of a workflow command.
func commandProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(sources.OneLine(s, 200))
}

// writeJUnit prints a suite for each team and a case for each line: red is a
// failure, unknown an error, a line without a target is skipped.
func writeJUnit(w io.Writer, r aggregate.Report, bar Bar) error {
	var suites junit.Testsuites
	suites.Name = "preread " + r.Window.Last.String()
	for _, t := range r.Teams {
		suite := junit.Testsuite{Name: sources.OneLine(t.Name, 200)}
		for _, f := range t.Lines {
			c := junit.Testcase{Name: sources.OneLine(f.Title, 200), Classname: t.ID + "." + f.ID, Time: "0"}
			result := &junit.Result{Message: sources.OneLine(StatusReason(f), 500), Type: string(f.Status.Rule)}
			switch {
			case bar.fails(t, f):
				result.Message = sources.OneLine(bar.failure(t, f), 500)
				c.Failure = result
			case f.Waived:
				result.Message = sources.OneLine("waived until "+f.Waiver.Until.String()+": "+f.Waiver.Reason, 500)
				c.Skipped = result
			case f.Status.Status == aggregate.Unknown:
				c.Error = result
			case f.Status.Status == aggregate.NoTarget:
				c.Skipped = result
			}
			suite.AddTestcase(c)
		}
		suites.AddSuite(suite)
	}
	doc, err := xml.MarshalIndent(suites, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, doc)
	return err
}
