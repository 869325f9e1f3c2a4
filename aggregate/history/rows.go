package history

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"preread/sources"
)

// stampForm writes instants in UTC and of one width, so that they sort as text.
const stampForm = "2006-01-02T15:04:05.000000000Z"

// stamp returns an instant as it is stored; the zero one is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampForm)
}

func parseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(stampForm, s)
	if err != nil || stamp(t) != s {
		return time.Time{}, fmt.Errorf("%q is not an instant such as 2026-11-16T08:00:00.000000000Z", sources.OneLine(s, 40))
	}
	return t, nil
}

// encode returns a value as JSON of one line.
func encode(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("it cannot be kept: %s", sources.OneLine(err.Error(), 120))
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// decode reads one JSON value, of which every field has to be known.
func decode(text string, into any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errors.New(sources.OneLine(err.Error(), 120))
	}
	if dec.More() {
		return errors.New("something follows the value")
	}
	return nil
}

// A session is the work on the database inside one transaction.
type session struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
}

func (t *session) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := t.prepared[query]; s != nil {
		return s, nil
	}
	s, err := t.tx.PrepareContext(ctx, query)
	if err == nil {
		t.prepared[query] = s
	}
	return s, err
}

// exec runs a statement and returns how many rows it changed.
func (t *session) exec(ctx context.Context, query string, args ...any) (int, error) {
	s, err := t.prepare(ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// each calls take for every row of a query. Inside, no other query may run.
func (t *session) each(ctx context.Context, query string, take func(scan func(...any) error) error, args ...any) error {
	s, err := t.prepare(ctx, query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// A key names a question in every table.
type key struct {
	Team   string `json:"team"`
	Line   string `json:"line"`
	Digest string `json:"digest"`
}

// The rows, as they are stored and exported. An import goes through the same
// statements as a run, so the same rules hold.
type (
	questionRow struct {
		key
		Source     string          `json:"source"`
		Noun       string          `json:"noun"`
		Query      json.RawMessage `json:"query"`
		Captured   string          `json:"captured_at,omitempty"`
		Reconciled string          `json:"reconciled_at,omitempty"`
		Again      bool            `json:"again,omitempty"`
		Present    []string        `json:"present,omitempty"`
		Outside    []string        `json:"outside,omitempty"`
	}
	observationRow struct {
		key
		Week     string          `json:"week"`
		Doc      json.RawMessage `json:"doc"`
		Grade    string          `json:"grade"`
		Known    bool            `json:"known"`
		Final    bool            `json:"final"`
		Captured string          `json:"captured_at"`
		Version  string          `json:"source_version,omitempty"`
	}
	thingRow struct {
		key
		Ref      string          `json:"ref"`
		Doc      json.RawMessage `json:"doc"`
		Grade    string          `json:"grade"`
		Final    bool            `json:"final"`
		Captured string          `json:"captured_at"`
		Gone     string          `json:"gone_at,omitempty"`
		Missing  string          `json:"missing,omitempty"`
		Version  string          `json:"source_version,omitempty"`
	}
)

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const upsertQuestion = `
insert into question (team, line, digest, source, noun, query, captured_at, reconciled_at, again, present, outside)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (team, line, digest) do update set
  captured_at = excluded.captured_at, reconciled_at = excluded.reconciled_at,
  again = excluded.again, present = excluded.present, outside = excluded.outside
where excluded.captured_at >= question.captured_at`

func (t *session) putQuestion(ctx context.Context, r questionRow) error {
	present, err := encode(r.Present)
	if err != nil {
		return err
	}
	outside, err := encode(r.Outside)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, upsertQuestion, r.Team, r.Line, r.Digest, r.Source, r.Noun, string(r.Query), r.Captured, r.Reconciled, flag(r.Again), present, outside)
	return err
}

// upsertObservation refuses a second value to a week that is final and known,
// whoever asks.
const upsertObservation = `
insert into observation (team, line, digest, week, doc, grade, known, final, captured_at, source_version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (team, line, digest, week) do update set
  doc = excluded.doc, grade = excluded.grade, known = excluded.known, final = excluded.final,
  captured_at = excluded.captured_at, source_version = excluded.source_version
where (observation.final = 0 and excluded.known >= observation.known and excluded.captured_at >= observation.captured_at)
   or (observation.known = 0 and excluded.known = 1)`

func (t *session) putObservation(ctx context.Context, r observationRow) error {
	_, err := t.exec(ctx, upsertObservation, r.Team, r.Line, r.Digest, r.Week, string(r.Doc), r.Grade, flag(r.Known), flag(r.Final), r.Captured, r.Version)
	return err
}

// upsertThing refuses to change a closed sprint, and anything by an older view
// of it.
const upsertThing = `
insert into thing (team, line, digest, ref, doc, grade, final, captured_at, gone_at, missing, source_version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (team, line, digest, ref) do update set
  doc = excluded.doc, grade = excluded.grade, final = excluded.final, captured_at = excluded.captured_at,
  gone_at = excluded.gone_at, missing = excluded.missing, source_version = excluded.source_version
where thing.final = 0 and excluded.captured_at >= thing.captured_at`

func (t *session) putThing(ctx context.Context, r thingRow) error {
	_, err := t.exec(ctx, upsertThing, r.Team, r.Line, r.Digest, r.Ref, string(r.Doc), r.Grade, flag(r.Final), r.Captured, r.Gone, r.Missing, r.Version)
	return err
}

// load returns what is remembered of a question, the weeks from the window's
// first on.
func (t *session) load(ctx context.Context, q sources.Question, w sources.Window) (*memory, error) {
	m := newMemory(q)
	k, err := keyOf(q, w)
	if err != nil {
		return nil, err
	}
	known := false
	err = t.each(ctx, `select captured_at, reconciled_at, again, present, outside from question
		where team = $1 and line = $2 and digest = $3`, func(scan func(...any) error) error {
		known = true
		return m.scan(scan)
	}, k.Team, k.Line, k.Digest)
	if err != nil || !known {
		return m, err
	}
	err = t.each(ctx, `select week, doc, known, final, captured_at from observation
		where team = $1 and line = $2 and digest = $3 and week >= $4`, m.scanWeek, k.Team, k.Line, k.Digest, w.First().String())
	if err != nil {
		return nil, err
	}
	return m, t.each(ctx, `select doc, captured_at, gone_at, missing from thing
		where team = $1 and line = $2 and digest = $3`, m.scanThing, k.Team, k.Line, k.Digest)
}

func keyOf(q sources.Question, w sources.Window) (key, error) {
	d, err := digest(q, w.Zone)
	return key{column(q.Team), column(q.Line), d}, err
}

func (m *memory) scan(scan func(...any) error) (err error) {
	var captured, reconciled, present, outside string
	var again int64
	if err := scan(&captured, &reconciled, &again, &present, &outside); err != nil {
		return err
	}
	m.again = again != 0
	if m.captured, err = parseStamp(captured); err != nil {
		return err
	}
	if m.reconciled, err = parseStamp(reconciled); err != nil {
		return err
	}
	if err := decode(present, &m.present); err != nil {
		return err
	}
	return decode(outside, &m.outside)
}

func (m *memory) scanWeek(scan func(...any) error) error {
	var week, doc, captured string
	var known, final int64
	if err := scan(&week, &doc, &known, &final, &captured); err != nil {
		return err
	}
	at, err := sources.ParseWeek(week)
	if err != nil {
		return err
	}
	var fact weekFact
	if err := decode(doc, &fact); err != nil {
		return err
	}
	if !fact.fits(m.question.Query.Noun, at) {
		return m.unfit()
	}
	fact.row = weekRow{known != 0, final != 0, captured}
	m.weeks[at] = fact
	return nil
}

func (m *memory) scanThing(scan func(...any) error) (err error) {
	var doc, captured, gone, missing string
	if err := scan(&doc, &captured, &gone, &missing); err != nil {
		return err
	}
	var t thing
	if err := decode(doc, &t); err != nil {
		return err
	}
	if !t.fits(m.question.Query.Noun) {
		return m.unfit()
	}
	if t.captured, err = parseStamp(captured); err != nil {
		return err
	}
	if t.gone, err = parseStamp(gone); err != nil {
		return err
	}
	if err := t.missing.UnmarshalText([]byte(missing)); err != nil {
		return err
	}
	m.things[t.ref()] = t
	return nil
}

// unfit is the error of a row that another program, or a hand, put in.
func (m *memory) unfit() error {
	return sources.Unansweredf("the history of %s of team %s holds something else", m.question.Line, m.question.Team)
}

// save writes what the rules have changed.
func (t *session) save(ctx context.Context, m *memory, w sources.Window) error {
	if !m.changed {
		return nil
	}
	k, err := keyOf(m.question, w)
	if err != nil {
		return err
	}
	query, err := encode(m.question.Query)
	if err != nil {
		return err
	}
	err = t.putQuestion(ctx, questionRow{key: k, Source: column(m.question.Source), Noun: column(string(m.question.Query.Noun)), Query: json.RawMessage(query),
		Captured: stamp(m.captured), Reconciled: stamp(m.reconciled), Again: m.again, Present: m.present, Outside: m.outside})
	if err != nil {
		return err
	}
	for _, week := range slices.SortedFunc(maps.Keys(m.changedWeeks), sources.Week.Compare) {
		f := m.weeks[week]
		doc, err := encode(f)
		if err != nil {
			return err
		}
		err = t.putObservation(ctx, observationRow{key: k, Week: week.String(), Doc: json.RawMessage(doc), Grade: f.gradeOf(f.row.known).String(),
			Known: f.row.known, Final: f.row.final, Captured: f.row.captured, Version: column(m.version)})
		if err != nil {
			return err
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(m.changedThings)) {
		if err := t.saveThing(ctx, k, m.things[ref], m.version); err != nil {
			return err
		}
	}
	return nil
}

func (t *session) saveThing(ctx context.Context, k key, th thing, version string) error {
	doc, err := encode(th)
	if err != nil {
		return err
	}
	missing := ""
	if !th.missing.IsZero() {
		missing = th.missing.String()
	}
	return t.putThing(ctx, thingRow{key: k, Ref: th.ref(), Doc: json.RawMessage(doc), Grade: th.grade().String(), Final: th.final(),
		Captured: stamp(th.captured), Gone: stamp(th.gone), Missing: missing, Version: column(version)})
}

// forget makes tombstones of a line's items and incidents, whatever its
// queries were.
func (t *session) forget(ctx context.Context, team, line string, at time.Time) (int, error) {
	n, err := t.exec(ctx, `update thing set gone_at = $3, captured_at = $3, missing = ''
		where team = $1 and line = $2 and gone_at = '' and captured_at <= $3 and exists (
		  select 1 from question q where q.team = thing.team and q.line = thing.line and q.digest = thing.digest and q.noun <> $4)`,
		column(team), column(line), stamp(at), string(sources.Delivery))
	if err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `update question set again = 1 where team = $1 and line = $2`, column(team), column(line))
	return n, err
}
