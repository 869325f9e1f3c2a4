package ask

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// A field is a kind of sub-item. read takes over what was said: behind the
// colon, and in sub-items below. It returns what is left of it, to be read as a
// sub-item of its own, and is false if the field is already said or cannot be
// read. write returns what is to be said, one text for each time. clear takes back
// what was said.
type field struct {
	name  string // as Write says it
	also  string // another name
	read  func(a *Ask, value string, below []string) (rest string, ok bool)
	write func(a *Ask) []string
	clear func(a *Ask)
}

const (
	options   = "Options"
	recommend = "I recommend"
	needBy    = "Need by"
	answer    = "Answer"
)

// fields are in the order in which Write says them.
var fields = []field{
	{options, "Option", (*Ask).readOptions, func(*Ask) []string { return nil }, func(a *Ask) { a.Options = nil }}, // optionSubs writes them
	one(recommend, "Recommendation", func(a *Ask) *string { return &a.Recommend }, parseText, same),
	one(needBy, "Needed by", func(a *Ask) *sources.Day { return &a.NeedBy }, parseDay, sources.Day.String),
	one("If silent", "", func(a *Ask) *string { return &a.IfSilent }, parseText, same),
	one("To", "", func(a *Ask) *Person { return &a.To }, parsePerson, Person.String),
	one("Serves", "", func(a *Ask) *string { return &a.Serves }, parseText, same),
	one("Amount", "", func(a *Ask) *string { return &a.Amount }, parseText, same),
	one("Until", "", func(a *Ask) *string { return &a.Until }, parseText, same),
	one("If granted", "", func(a *Ask) *string { return &a.IfGranted }, parseText, same),
	one("If not", "", func(a *Ask) *string { return &a.IfNot }, parseText, same),
	{"Asked", "", (*Ask).readAsked, (*Ask).writeAsked, func(a *Ask) { a.Asked = nil }},
	one("Pre-check", "Precheck", func(a *Ask) *Talk { return &a.PreCheck }, parseTalk, Talk.String),
	one("Mine", "", func(a *Ask) *string { return &a.Mine }, parseText, same),
	one(answer, "", func(a *Ask) *Talk { return &a.Answer }, parseTalk, Talk.String),
}

// one is a field that is said once. parse returns the zero value for what
// cannot be read.
func one[T comparable](name, also string, at func(*Ask) *T, parse func(string) (T, string), write func(T) string) field {
	var zero T
	return field{name, also, func(a *Ask, value string, below []string) (string, bool) {
		v, rest := parse(strings.Join(parts(value, below), "; "))
		if *at(a) != zero || v == zero {
			return "", false
		}
		*at(a) = v
		return rest, true
	}, func(a *Ask) []string {
		if *at(a) == zero {
			return nil
		}
		return []string{write(*at(a))}
	}, func(a *Ask) { *at(a) = zero }}
}

// parts returns what was said behind a field's colon and below it.
func parts(value string, below []string) []string {
	if value == "" {
		return below
	}
	return append([]string{value}, below...)
}

var (
	// lead is the word before the first colon of a text, its bold signs gone
	// even where Markdown would not have taken them for such.
	lead = regexp.MustCompile(`^[*_]*(\pL[\pL -]*?)[*_]*\s*[:：][*_]*\s*(.*)$`)

	dayStart   = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[\s,:;.]+|$)(.*)$`)
	monthStart = regexp.MustCompile(`^(\d{1,2}) (\pL{3,9})\.? (\d{4})(?:[\s,:;.]+|$)(.*)$`)
	optionGap  = regexp.MustCompile(`\s+/\s+`)
)

// kindOf splits the text of a list item that is an ask; "": it is none.
func kindOf(text string) (kind Kind, question string) {
	m := lead.FindStringSubmatch(text)
	if m == nil {
		return "", ""
	}
	i := slices.IndexFunc(kinds, func(k Kind) bool { return strings.EqualFold(string(k), m[1]) })
	if i < 0 {
		return "", ""
	}
	return kinds[i], m[2]
}

// fieldOf splits the text of a sub-item that is a field; nil: it is none.
func fieldOf(text string) (f *field, value string) {
	m := lead.FindStringSubmatch(text)
	if m == nil {
		return nil, ""
	}
	i := slices.IndexFunc(fields, func(f field) bool {
		return strings.EqualFold(f.name, m[1]) || strings.EqualFold(f.also, m[1])
	})
	if i < 0 {
		return nil, ""
	}
	return &fields[i], m[2]
}

func same(text string) string { return text }

func parseText(text string) (string, string) { return text, "" }

// parseTalk reads what may begin with a day.
func parseTalk(text string) (Talk, string) {
	if day, rest := parseDay(text); !day.IsZero() {
		return Talk{day, rest}, ""
	}
	return Talk{Text: text}, ""
}

// parseDay returns the day that a text begins with and what follows: 2026-11-28, or
// 28 November 2026 with the month whole or short. Days that may mean another one
// elsewhere, or in another year, are none.
func parseDay(text string) (sources.Day, string) {
	if m := dayStart.FindStringSubmatch(text); m != nil {
		if day, err := sources.ParseDay(m[1]); err == nil {
			return day, m[2]
		}
	}
	if m := monthStart.FindStringSubmatch(text); m != nil {
		if day, err := sources.ParseDay(fmt.Sprintf("%s-%02d-%s", m[3], monthOf(m[2]), ("0" + m[1])[len(m[1])-1:])); err == nil {
			return day, m[4]
		}
	}
	return sources.Day{}, ""
}

// monthOf returns the month that a word names, whole or by its first letters; 0
// for none.
func monthOf(word string) time.Month {
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		if strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) || strings.EqualFold(word, "Sept") && m == time.September {
			return m
		}
	}
	return 0
}

func parsePerson(text string) (Person, string) {
	name, what, _ := strings.Cut(text, ",")
	return Person{strings.TrimSpace(name), strings.TrimSpace(what)}, ""
}

func (a *Ask) readOptions(value string, below []string) (string, bool) {
	if len(a.Options) > 0 {
		return "", false
	}
	if value != "" {
		a.Options = optionGap.Split(value, -1)
	}
	a.Options = append(a.Options, below...)
	return "", true
}

func (a *Ask) readAsked(value string, below []string) (string, bool) {
	for _, p := range parts(value, below) {
		t, _ := parseTalk(p)
		a.Asked = append(a.Asked, t)
	}
	return "", true
}

func (a *Ask) writeAsked() []string {
	var texts []string
	for _, t := range a.Asked {
		texts = append(texts, t.String())
	}
	return texts
}
