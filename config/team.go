package config

import (
	"cmp"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// A shape is how one noun is written in a team's settings and what its line
// looks like unless the settings say otherwise.
type shape struct {
	key    string // the table's name, which is also the line's id
	noun   sources.Noun
	title  string
	unit   string
	better aggregate.Better
}

// shapes are the nouns that a team has once, in the order of the page.
var shapes = []shape{
	{"delivery", sources.Delivery, "Sprint delivery", "ratio", aggregate.Higher},
	{"quality", sources.Quality, "Bugs opened", "bugs", aggregate.Lower},
	{"incidents", sources.Incidents, "Incidents", "incidents", aggregate.Lower},
	{"alarms", sources.Alarms, "Alarms", "episodes", aggregate.Lower},
	{"shipped", sources.Shipped, "Pull requests merged", "pull requests", aggregate.Higher},
}

// teamTable is a [[team]] table, without the tables inside it.
type teamTable struct {
	ID       string        `toml:"id"`
	Name     string        `toml:"name"`
	Holidays []sources.Day `toml:"holidays"`
}

// lineTable is what any line's table may hold. Which keys a noun really takes
// is checked by lineKeys.
type lineTable struct {
	ID       string            `toml:"id"`
	Title    string            `toml:"title"`
	Why      string            `toml:"why"`
	Assumed  []string          `toml:"assumptions"`
	Driver   string            `toml:"driver"`
	Cadence  aggregate.Cadence `toml:"cadence"`
	Start    sources.Day       `toml:"start"`
	Due      sources.Day       `toml:"due"`
	From     string            `toml:"from"`
	Query    string            `toml:"query"`
	Matchers string            `toml:"matchers"`
	Board    int64             `toml:"board"`
	Boards   []int64           `toml:"boards"`
	Unit     string            `toml:"unit"`
	Better   direction         `toml:"better"`
	Green    aggregate.Limit   `toml:"green"`
	Red      aggregate.Limit   `toml:"red"`

	Of        string   `toml:"of"`
	Was       *float64 `toml:"was"`
	Aim       *float64 `toml:"aim"`
	MinChange float64  `toml:"min_change"`
	FollowUps int      `toml:"followups_within"`
}

// personal are the keys of the tables in which people overrule a line.
var personal = []string{"own", "waiver", "accepted"}

// direction is the word for which way a metric should go.
type direction struct{ aggregate.Better }

// UnmarshalText reads "higher" or "lower".
func (d *direction) UnmarshalText(text []byte) error {
	switch string(text) {
	case "higher":
		d.Better = aggregate.Higher
	case "lower":
		d.Better = aggregate.Lower
	default:
		return sources.Unansweredf(`%q is neither "higher" nor "lower"`, sources.OneLine(string(text), 40))
	}
	return nil
}

// lineKeys are the keys that the table of a noun takes, those it must have
// first, up to the empty one.
var lineKeys = map[sources.Noun][]string{
	sources.Goals:     {"id", "from", "query", "", "title", "why", "assumptions", "driver", "cadence", "start", "due", "was", "aim", "unit", "milestones", "green", "red", "own", "waiver"},
	sources.Delivery:  {"from", "", "board", "boards", "query", "title", "green", "red", "own", "waiver", "accepted"},
	sources.Quality:   {"from", "query", "", "title", "green", "red", "own", "waiver", "accepted"},
	sources.Incidents: {"from", "query", "", "title", "followups_within", "green", "red", "own", "waiver", "accepted"},
	sources.Alarms:    {"from", "", "matchers", "title", "green", "red", "own", "waiver", "accepted"},
	sources.Shipped:   {"from", "query", "", "title", "green", "red", "own", "waiver", "accepted"},
	sources.Metrics:   {"id", "from", "query", "", "title", "unit", "better", "min_change", "green", "red", "own", "waiver", "accepted"},
	sources.Durations: {"id", "of", "", "title", "green", "red", "own", "waiver", "accepted"},
}

func (l *loader) teams(top table) {
	tables := l.list(top, "team")
	if _, found := top.values["team"]; !found {
		l.complain("", "no [[team]]: a page needs at least one")
	}
	for _, t := range tables {
		l.team(t)
	}
}

func (l *loader) team(t table) {
	var head teamTable
	nested := []string{"goal", "metric", "duration"}
	for _, s := range shapes {
		nested = append(nested, s.key)
	}
	_ = l.decode(t, &head, nested...)
	l.id(t, head.ID, "team")
	if head.Name == "" {
		head.Name = head.ID
	}
	if slices.ContainsFunc(l.config.Teams, func(o aggregate.Team) bool { return o.ID == head.ID }) {
		l.complain(join(t.path, "id"), "id: a second team has the id %q", head.ID)
	}
	holidays := slices.Concat(l.config.Report.Holidays, head.Holidays)
	slices.SortFunc(holidays, sources.Day.Compare)
	team := &aggregate.Team{ID: head.ID, Name: head.Name, Holidays: slices.Compact(holidays)}
	before := len(l.problems)
	l.ids = map[string]bool{}
	for _, g := range l.list(t, "goal") {
		l.line(team, g, shape{noun: sources.Goals, unit: "items", better: aggregate.Higher})
	}
	for _, s := range shapes[:2] {
		l.single(team, t, s)
	}
	for _, m := range l.list(t, "metric") {
		l.line(team, m, shape{noun: sources.Metrics})
	}
	timed := len(team.Lines)
	for _, s := range shapes[2:] {
		l.single(team, t, s)
	}
	l.durations(team, t, timed)
	if len(team.Lines) == 0 && len(l.problems) == before {
		l.complain(t.path, "team %q has no lines; add a goal, delivery, quality, metric, incidents, alarms or shipped table", head.ID)
	}
	l.config.Teams = append(l.config.Teams, *team)
}

func (l *loader) single(team *aggregate.Team, t table, s shape) {
	if sub, found := l.sub(t, s.key); found {
		l.line(team, sub, s)
	}
}

// line checks one line's table and adds the line and its question.
func (l *loader) line(team *aggregate.Team, t table, s shape) {
	var in lineTable
	before := len(l.problems)
	keys := lineKeys[s.noun]
	for _, key := range l.sorted(t) {
		if valid := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == "" }); !slices.Contains(valid, key) {
			l.complain(join(t.path, key), "unknown key %q in %s%s", sources.OneLine(key, 60), l.label(t.path), nearest(key, valid))
			delete(t.values, key)
		}
	}
	_ = l.decode(t, &in, append([]string{"milestones"}, personal...)...)
	for _, key := range keys[:slices.Index(keys, "")] {
		if value, found := t.values[key]; !found || value == "" {
			if key != "id" {
				l.complain(t.path, "%s has no %s", l.label(t.path), key)
			}
		}
	}
	if s.key == "" {
		if l.id(t, in.ID, string(s.noun)) && slices.ContainsFunc(shapes, func(o shape) bool { return o.key == in.ID }) {
			l.complain(join(t.path, "id"), "id: %q is the name of another line; choose one of its own", in.ID)
		}
	} else {
		in.ID = s.key
	}
	if l.ids[in.ID] && in.ID != "" {
		l.complain(join(t.path, "id"), "id: a second line of this team has the id %q", in.ID)
	}
	l.ids[in.ID] = true
	asked := s.noun
	if s.noun == sources.Goals && (in.Was != nil || in.Aim != nil) {
		asked = sources.Metrics // a reading measures the goal
	}
	l.from(t, in.From, asked)
	line := aggregate.Line{
		ID: in.ID, Noun: s.noun, Title: cmp.Or(in.Title, s.title, in.ID), Unit: cmp.Or(in.Unit, s.unit),
		Better: s.better, Target: aggregate.Target{Green: in.Green, Red: in.Red},
		Plan: aggregate.GoalPlan{Why: in.Why, Assumed: in.Assumed, Driver: in.Driver, Cadence: in.Cadence, Start: in.Start, Due: in.Due},
		Of:   in.Of, MinChange: in.MinChange, FollowUpDays: in.FollowUps,
	}
	query := sources.Query{Noun: asked, Text: cmp.Or(in.Query, in.Matchers), Board: in.Board, Boards: in.Boards}
	if s.noun == sources.Delivery {
		l.boards(t, in)
	}
	l.query(t, in.From, query)
	if !finite(in.MinChange) || in.MinChange < 0 {
		l.complain(join(t.path, "min_change"), "min_change: it is the least change that matters, a number that is not below 0")
	}
	if _, found := t.values["followups_within"]; found && in.FollowUps < 1 {
		l.complain(join(t.path, "followups_within"), "followups_within: it is a number of working days, at least 1")
	}
	l.plan(t, &line, in)
	l.personal(t, &line)
	l.target(t, &line, in.Better.Better)
	if !in.Start.IsZero() && !in.Due.IsZero() && in.Due.Compare(in.Start) < 0 {
		l.complain(join(t.path, "due"), "due: %s is before the start, %s", in.Due, in.Start)
	}
	if len(l.problems) > before {
		return
	}
	team.Lines = append(team.Lines, line)
	if s.noun == sources.Durations {
		return // it times what another line asks for
	}
	l.config.questions = append(l.config.questions, sources.Question{
		Team: team.ID, Line: in.ID, Source: in.From, Query: query,
	})
}

// query lets a line's source look whether it could ever answer what it is asked.
func (l *loader) query(t table, from string, q sources.Query) {
	i := slices.IndexFunc(l.config.tables, func(s sourceTable) bool { return s.name == from })
	if i < 0 || q.Text == "" || l.config.tables[i].check == nil || !slices.Contains(l.config.tables[i].kind.Nouns, q.Noun) {
		return
	}
	if err := l.config.tables[i].check(q); err != nil {
		key := "query"
		if _, found := t.values[key]; !found {
			key = "matchers"
		}
		l.complain(join(t.path, key), "%s: %s", key, withNext(err))
	}
}

// boards checks that a delivery line names its sprints in one way: by one
// board, by several, or by a query where the source has no boards.
func (l *loader) boards(t table, in lineTable) {
	var named []string
	for _, key := range []string{"board", "boards", "query"} {
		if _, found := t.values[key]; found {
			named = append(named, key)
		}
	}
	switch {
	case len(named) == 0:
		l.complain(t.path, "%s has no board", l.label(t.path))
	case len(named) > 1:
		l.complain(join(t.path, named[1]), "%s: the sprints are named by %s already", named[1], named[0])
	case named[0] == "boards" && len(in.Boards) == 0:
		l.complain(join(t.path, "boards"), "boards: it is empty")
	}
	i := slices.IndexFunc(l.config.tables, func(s sourceTable) bool { return s.name == in.From })
	if i < 0 || len(named) == 0 {
		return
	}
	switch kind := l.config.tables[i].kind; {
	case kind.Boards && named[0] == "query":
		l.complain(join(t.path, "query"), "query: the sprints of a %s source are those of a board; write board = 42", kind.Name)
	case !kind.Boards && named[0] != "query":
		l.complain(join(t.path, named[0]), "%s: a %s source has no boards; name its sprints by query", named[0], kind.Name)
	}
}

// from checks that a line asks a source that exists and can tell about it.
func (l *loader) from(t table, name string, noun sources.Noun) {
	if name == "" {
		return // said already
	}
	names := make([]string, len(l.config.tables))
	for i, s := range l.config.tables {
		names[i] = s.name
		if s.name != name {
			continue
		}
		if !slices.Contains(s.kind.Nouns, noun) {
			l.complain(join(t.path, "from"), "from: %q is a %s source, which cannot tell about %s%s", name, s.kind.Name, nounWord(noun), l.whoCan(noun))
		}
		return
	}
	l.complain(join(t.path, "from"), "from: no source is named %q%s", sources.OneLine(name, 60), nearest(name, names))
}

func (l *loader) whoCan(noun sources.Noun) string {
	var can []string
	for _, k := range l.kinds {
		if slices.Contains(k.Nouns, noun) {
			can = append(can, k.Name)
		}
	}
	if len(can) == 0 {
		return ""
	}
	return "; " + strings.Join(can, " and ") + " can"
}

func nounWord(n sources.Noun) string {
	for _, s := range shapes {
		if s.noun == n {
			return s.key
		}
	}
	return string(n) + "s"
}

// target settles the direction of a line and checks its two limits against it
// and against its unit.
func (l *loader) target(t table, line *aggregate.Line, better aggregate.Better) {
	if line.Noun == sources.Metrics {
		line.Better = better
		if better == aggregate.Neither {
			line.Better = line.Target.Better()
		}
	}
	if err := line.Target.Check(line.Better); err != nil {
		key := "green"
		if _, found := t.values["red"]; found {
			key = "red"
		}
		l.complain(join(t.path, key), "%s", err)
	}
	for _, side := range []struct {
		key   string
		limit aggregate.Limit
	}{{"green", line.Target.Green}, {"red", line.Target.Red}} {
		share := line.Noun == sources.Goals || line.Noun == sources.Delivery
		switch {
		case side.limit.IsZero():
		case !line.Plan.Aim.IsZero():
			l.complain(join(t.path, side.key), "%s: a goal with an aim is judged by it; leave this out", side.key)
		case share && !side.limit.Percent && side.limit.Value > 1:
			l.complain(join(t.path, side.key), "%s: this line is a share; did you mean %q?", side.key, side.limit.String()+"%")
		case side.limit.Time != "" && line.Noun != sources.Durations:
			l.complain(join(t.path, side.key), "%s: this line is not a time; leave out %q", side.key, side.limit.Time)
		case side.limit.Time == "" && line.Noun == sources.Durations:
			l.complain(join(t.path, side.key), "%s: this line is a time; write it as 30min, 8h or 2d", side.key)
		case !share && side.limit.Percent && line.Noun != sources.Metrics:
			l.complain(join(t.path, side.key), "%s: this line is a count, not a share; leave out the %% sign", side.key)
		}
	}
}
