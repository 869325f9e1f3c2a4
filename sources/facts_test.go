package sources_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/sources"
)

func sampleFacts(t testing.TB) sources.Facts {
	at := time.Date(2026, 11, 10, 9, 30, 0, 0, time.UTC)
	three := 3.0
	seen := sources.Evidence{Source: "jira", Ref: "PAY-1", URL: "https://jira.example/browse/PAY-1"}
	return sources.Facts{
		Version:  sources.FactsVersion,
		Window:   sources.Window{Last: sources.Week{Year: 2026, N: 46}, Count: 6, Zone: zone(t, "Europe/Berlin"), Now: at},
		Requests: map[string]int{"jira": 7},
		Answers: []sources.Answer{
			{
				Question: sources.Question{Team: "a", Line: "g", Source: "jira", Query: sources.Query{Noun: sources.Goals, Text: "parent = PAY-100"}},
				Items: []sources.Item{{
					Evidence: seen, Kind: sources.Issue, Title: "<b>\u202eodd</b>", Created: at, Points: &three,
					Scope: []sources.Span{{From: at}}, Done: []sources.Span{{From: at, To: at.Add(time.Hour)}}, Graded: sources.Whole(),
				}},
			},
			{
				Question: sources.Question{Team: "a", Line: "delivery", Source: "jira", Query: sources.Query{Noun: sources.Delivery, Board: 42}},
				Sprints: []sources.Sprint{{
					Evidence: seen, ID: 1, Name: "one", State: sources.Closed, Start: at, Completed: at.Add(time.Hour),
					Issues: []sources.SprintIssue{{Evidence: seen, Outcome: sources.Removed, Initial: &three}},
					Graded: sources.Graded{Grade: sources.Approximate, Reason: "planned start"},
				}},
			},
			{Question: sources.Question{Team: "a", Line: "alarms", Source: "prom"}, Gap: "prom is out of order (503)", Hint: "run again later"},
		},
	}
}

func TestSavedFactsLoadUnchanged(t *testing.T) {
	want := sampleFacts(t)
	var first, second bytes.Buffer
	if err := want.Save(&first); err != nil {
		t.Fatal(err)
	}
	saved := first.String()
	got, err := sources.Load(&first)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("loaded facts differ (-saved +loaded):\n%s", diff)
	}
	if err := got.Save(&second); err != nil || second.String() != saved {
		t.Errorf("saved again, the bytes differ (%v)", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	var doc bytes.Buffer
	if err := sampleFacts(t).Save(&doc); err != nil {
		t.Fatal(err)
	}
	whole := doc.String()
	for name, text := range map[string]string{
		"nothing":         "",
		"another version": strings.Replace(whole, `"version": 1`, `"version": 99`, 1),
		"unknown field":   strings.Replace(whole, `"version": 1`, `"version": 1, "colour": "green"`, 1),
		"cut":             whole[:len(whole)/2],
		"two documents":   whole + whole,
		"no window":       `{"version":1,"answers":[],"requests":{}}`,
		"wrong zone":      strings.Replace(whole, "Europe/Berlin", "Europe/Nowhere", 1),
		"no grade":        strings.Replace(whole, `"exact"`, `"splendid"`, 1),
	} {
		if _, err := sources.Load(strings.NewReader(text)); err == nil {
			t.Errorf("%s: loaded", name)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q is not one line", name, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	var doc bytes.Buffer
	if err := sampleFacts(f).Save(&doc); err != nil {
		f.Fatal(err)
	}
	f.Add(doc.String())
	f.Add(`{"version":1,"window":{"last":"2026-W46","weeks":6,"timezone":"UTC","now":"2026-11-16T06:00:00Z"},"answers":null,"requests":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		facts, err := sources.Load(strings.NewReader(text))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := facts.Save(&again); err != nil {
			t.Fatalf("what was loaded cannot be saved: %v", err)
		}
		if _, err := sources.Load(&again); err != nil {
			t.Fatalf("what was saved cannot be loaded: %v", err)
		}
	})
}

func TestASecretNeverPrints(t *testing.T) {
	s := sources.NewSecret("hunter2")
	in := struct{ Token sources.Secret }{s}
	doc, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", s, "in", in)
	for _, text := range []string{
		string(doc), log.String(), fmt.Sprint(s), fmt.Sprintf("%s %q %v %+v %#v %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%+v %#v", in, &in), fmt.Errorf("%w: %v", errTest, s).Error(),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("%q shows the secret", text)
		}
	}
	if s.Reveal() != "hunter2" {
		t.Error("Reveal does not")
	}
}

var errTest = fmt.Errorf("test")

func TestSecretRefRefusesLiterals(t *testing.T) {
	for in, want := range map[string]string{
		"env:JIRA_TOKEN":        "env:JIRA_TOKEN",
		"file:/run/secrets/x":   "file:/run/secrets/x",
		"cmd:pass show jira":    "cmd:pass show jira",
		"gh":                    "gh",
		"env:":                  "",
		"ghp_0123456789abcdef":  "",
		"https:secret":          "",
		"ATATT3xFfGF0:whatever": "",
	} {
		var r sources.SecretRef
		err := r.UnmarshalText([]byte(in))
		if got := r.String(); got != want || (err == nil) != (want != "") {
			t.Errorf("%q reads as %q, %v", in, got, err)
		}
		if err != nil && want == "" && in != "env:" && strings.Contains(err.Error(), in) {
			t.Errorf("the refusal repeats %q", in)
		}
	}
}

func TestOneLine(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"plain", 10, "plain"},
		{"  two\n\tlines\r\n ", 20, "two lines"},
		{"red\x1b[31m", 20, "red [31m"},
		{"a\u202eb\u200bc", 20, "a b c"},
		{"bad\xff", 20, "bad�"},
		{"12345678", 5, "12345…"},
		{"äöü", 3, "äöü"},
		{"", 3, ""},
	} {
		if got := sources.OneLine(tt.in, tt.limit); got != tt.want {
			t.Errorf("OneLine(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

func TestSpansInARow(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }
	span := func(from, to int) sources.Span { return sources.Span{From: at(from), To: at(to)} }
	open := sources.Span{From: at(9)}
	for _, tt := range []struct {
		spans   []sources.Span
		ordered bool
		left    []sources.Span // of those that reach the 4th
	}{
		{nil, true, nil},
		{[]sources.Span{span(1, 2), span(2, 4), span(5, 6), open}, true, []sources.Span{span(5, 6), open}},
		{[]sources.Span{span(1, 4)}, true, nil},
		{[]sources.Span{span(5, 3)}, false, nil},
		{[]sources.Span{span(1, 6), span(5, 7)}, false, []sources.Span{span(1, 6), span(5, 7)}},
		{[]sources.Span{open, span(10, 11)}, false, []sources.Span{open, span(10, 11)}},
	} {
		if got := sources.Ordered(tt.spans); got != tt.ordered {
			t.Errorf("%v is ordered: %t", tt.spans, got)
		}
		if diff := cmp.Diff(tt.left, sources.Reaching(at(4), tt.spans)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.spans, diff)
		}
	}
}
