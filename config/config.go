// Package config reads preread.toml: the reader, the sources, the teams and
// the lines of their pages. It checks everything that can be checked without
// a network and complains about all of it at once, each mistake at its
// file:line:col and with the nearest valid thing.
//
// A source's own keys are not known here: its collector decodes its table
// through [sources.Decode] and complaints still carry their place. Secrets are
// named in the file, never written there; who resolves them is the caller's
// affair.
package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"

	"preread/aggregate"
	"preread/report"
	"preread/sources"
)

// A Config is a settings file that has been checked.
type Config struct {
	File    string
	Report  Report
	Readers []report.Profile // beside the page's own
	Teams   []aggregate.Team

	tables    []sourceTable
	questions []sources.Question
}

// A Report is the [report] table.
type Report struct {
	Title    string       `toml:"title"`    // default: the teams' names
	Reader   string       `toml:"reader"`   // whom the page is for
	Zone     sources.Zone `toml:"timezone"` // default: UTC
	Weeks    int          `toml:"weeks"`    // shown on the page; default: 6
	Baseline int          `toml:"baseline"` // weeks before them, to compare with; default: 26
	Out      Path         `toml:"out"`      // default: prereads/{{.Week}}.md
	Session  Session      `toml:"session"`  // the working session; zero: not said

	Holidays []sources.Day `toml:"holidays"` // on which no team works
	History  History       `toml:"history"`  // default: a file in the state folder
	Private  string        `toml:"private"`  // where private notes are kept; default: private.age
	Known    []string      `toml:"knows"`    // abbreviations that the reader knows
	Charts   bool          `toml:"charts"`   // charts beside the Markdown page; default: none
}

// MostWeeks are the most that a page shows.
const MostWeeks = 26

// A Session is the weekly hour in which manager and reader meet.
type Session struct {
	Weekday time.Weekday
	Clock   string // "10:00"; "" for no session
}

// UnmarshalText reads "Tuesday 10:00".
func (s *Session) UnmarshalText(text []byte) error {
	day, clock, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(day, d.String()) {
			if _, err := time.Parse("15:04", clock); err != nil {
				return fmt.Errorf(`%q has no time of day such as "%s 10:00"`, sources.OneLine(string(text), 40), d)
			}
			*s = Session{d, clock}
			return nil
		}
	}
	return fmt.Errorf(`%q is not a session such as "Tuesday 10:00"`, sources.OneLine(string(text), 40))
}

// A Path is where the page goes, with {{.Week}} in it.
type Path struct{ pattern *template.Template }

// UnmarshalText reads a path pattern.
func (p *Path) UnmarshalText(text []byte) error {
	t, err := template.New("out").Option("missingkey=error").Parse(string(text))
	if err == nil {
		_, err = Path{t}.For(sources.Week{Year: 2026, N: 1})
	}
	if err != nil || len(text) == 0 {
		return fmt.Errorf("%q is not a path; only {{.Week}} can be filled in", sources.OneLine(string(text), 60))
	}
	p.pattern = t
	return nil
}

// For returns the path of one week's page.
func (p Path) For(week sources.Week) (string, error) {
	var b strings.Builder
	err := p.pattern.Execute(&b, map[string]string{"Week": week.String()})
	return b.String(), err
}

// A sourceTable is a [[source.KIND]] table before it is opened.
type sourceTable struct {
	table
	kind  sources.Kind
	name  string
	check func(sources.Query) error // nil: nothing to check
}

// Problems are all mistakes of a settings file, in the order of the file.
type Problems []Problem

// A Problem is one mistake. It reads "file:line:col: what is wrong".
type Problem struct {
	File      string
	Line, Col int
	Text      string
}

// Error returns the problem in one line.
func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Text)
}

// Error returns one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// loader carries what is needed while a file is read.
type loader struct {
	file     string
	kinds    []sources.Kind
	places   map[string]place
	problems Problems
	config   *Config
	ids      map[string]bool // of the lines of the team that is read, those with mistakes too
}

func (l *loader) complain(path, format string, args ...any) {
	at, found := l.places[path]
	for !found && path != "" { // inside an inline table: the nearest thing around it
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
		at, found = l.places[path]
	}
	l.problems = append(l.problems, Problem{l.file, at.line, at.col, fmt.Sprintf(format, args...)})
}

// Load reads and checks the text of a settings file. The error is [Problems].
func Load(file, text string, kinds []sources.Kind) (*Config, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	var root map[string]any
	if _, err := toml.Decode(text, &root); err != nil {
		return nil, Problems{syntaxProblem(file, text, err)}
	}
	l := &loader{file: file, kinds: kinds, places: places(text), config: &Config{File: file}}
	top := table{"", root}
	for _, key := range l.sorted(top) {
		if known := []string{"report", "reader", "source", "team"}; !slices.Contains(known, key) {
			l.complain(key, "unknown key %q in the file%s", sources.OneLine(key, 60), nearest(key, known))
		}
	}
	l.report(top)
	l.readers(top)
	l.sources(top)
	l.teams(top)
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
		})
		return nil, l.problems
	}
	return l.config, nil
}

// unrepeated leaves out what the library found instead of a value: it may be a
// token that somebody forgot to put in quotes.
func unrepeated(message string) string {
	message = strings.TrimSuffix(message, ".")
	if before, _, found := strings.Cut(message, " but found "); found {
		return before + " but found something else; texts stand in quotes"
	}
	return message
}

// syntaxProblem keeps the library's words and counts the place itself: an
// unexpected line end belongs to the line that it ends.
func syntaxProblem(file, text string, err error) Problem {
	if parse, ok := err.(toml.ParseError); ok {
		before := text[:min(max(0, parse.Position.Start), len(text))]
		line, col := 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n')
		return Problem{file, line, col, sources.OneLine(unrepeated(parse.Message), 160)}
	}
	return Problem{File: file, Text: sources.OneLine(unrepeated(err.Error()), 160)}
}

func (l *loader) report(top table) {
	r := &l.config.Report
	r.Weeks, r.Baseline = 6, 26
	_ = r.Out.UnmarshalText([]byte("prereads/{{.Week}}.md"))
	t, found := l.sub(top, "report")
	if !found {
		return
	}
	_ = l.decode(t, r) // what it could not read keeps its default
	if r.Weeks < 1 || r.Weeks > MostWeeks {
		l.complain(join(t.path, "weeks"), "weeks: %d is not between 1 and %d", r.Weeks, MostWeeks)
	}
	if r.Baseline < 0 || r.Baseline > 52 {
		l.complain(join(t.path, "baseline"), "baseline: %d is not between 0 and 52 weeks", r.Baseline)
	}
}

func (l *loader) sources(top table) {
	all, found := l.sub(top, "source")
	if !found {
		if _, wrong := top.values["source"]; !wrong {
			l.complain("", "no [[source.…]]: name at least one of %s", strings.Join(l.kindNames(), ", "))
		}
		return
	}
	for _, word := range l.sorted(all) {
		i := slices.IndexFunc(l.kinds, func(k sources.Kind) bool { return k.Name == word })
		if i < 0 {
			path := join(all.path, word)
			if _, listed := l.places[path+".0"]; listed {
				path += ".0"
			}
			l.complain(path, "unknown source %q%s", sources.OneLine(word, 60), nearest(word, l.kindNames()))
			continue
		}
		for _, t := range l.list(all, word) {
			l.source(t, l.kinds[i])
		}
	}
}

func (l *loader) kindNames() []string {
	names := make([]string, len(l.kinds))
	for i, k := range l.kinds {
		names[i] = k.Name
	}
	return names
}

// source notes one table and lets its collector check it. A stand-in goes for
// the secret: whether the real one is there matters only to a run that uses
// the network.
func (l *loader) source(t table, kind sources.Kind) {
	s := sourceTable{table: t, kind: kind, name: kind.Name}
	if given, found := t.values["name"]; found {
		name, ok := given.(string)
		if !ok || name == "" {
			l.complain(join(t.path, "name"), "name: a text in quotes is wanted here")
			return
		}
		s.name = name
	}
	if slices.ContainsFunc(l.config.tables, func(o sourceTable) bool { return o.name == s.name }) {
		l.complain(t.path, "a second source is named %q; give it a name of its own", sources.OneLine(s.name, 60))
	}
	source, err := kind.Open(func(into any) error { return l.decode(t, into, "name") }, sources.Setup{
		Name:   s.name,
		Secret: func(sources.SecretRef) (sources.Secret, error) { return sources.NewSecret("-"), nil },
	})
	s.check = source.Check
	l.config.tables = append(l.config.tables, s)
	if err != nil && err != errTable {
		path := t.path
		for _, word := range strings.FieldsFunc(err.Error(), func(r rune) bool { return r != '_' && !unicode.IsLetter(r) }) {
			if _, given := t.values[word]; given && word != "name" {
				path = join(t.path, word) // the collector names the key that it means
				break
			}
		}
		l.complain(path, "%s", withNext(err))
	}
}

// withNext says what a collector refuses, with the next step if it names one.
func withNext(err error) string {
	reason, hint := sources.Reason(err)
	if hint != "" {
		reason += "; " + hint
	}
	return sources.OneLine(reason, 500)
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (l *loader) id(t table, id, what string) bool {
	if idPattern.MatchString(id) {
		return true
	}
	if _, given := t.values["id"]; !given {
		l.complain(t.path, "this %s has no id; give it a short one, such as id = %q", what, "checkout")
		return false
	}
	l.complain(join(t.path, "id"), "id: %q is not made of lower-case letters, digits and single hyphens", sources.OneLine(id, 60))
	return false
}
