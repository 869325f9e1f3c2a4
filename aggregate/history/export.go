package history

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The lines of an export. The first is the header; those of a team stand
// together, teams by name; the pages come last.
const (
	kindHeader      = "preread history"
	kindQuestion    = "question"
	kindObservation = "week"
	kindThing       = "thing"
	kindSaid        = "said"
	kindText        = "text"
	kindPage        = "page"
)

// exportVersion is the version of the export's form.
const exportVersion = 1

type (
	header struct {
		Kind    string `json:"kind"`
		Version int    `json:"version"`
	}
	// textLine holds a page's text as it is, where it is text.
	textLine struct {
		Hash   string  `json:"hash"`
		Text   *string `json:"text,omitempty"`
		Base64 []byte  `json:"base64,omitempty"`
	}
)

// line writes a row with its kind in front.
func line(kind string, row any) ([]byte, error) {
	text, err := encode(row)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "{%q:%q,%s\n", "kind", kind, strings.TrimPrefix(text, "{")), nil
}

// compact returns a document on one line, as every database can hold it.
func compact(doc json.RawMessage) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(strings.ToValidUTF8(string(doc), "\uFFFD"))); err != nil {
		return nil, errors.New("it is not JSON")
	}
	// Encoding is the last word on how a document is written, so that it is
	// read back and written the same.
	text, err := encode(json.RawMessage(b.Bytes()))
	return json.RawMessage(text), err
}

// Export writes everything that is remembered as JSON Lines. The same history
// gives the same bytes, whichever database holds it.
func (s *Store) Export(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriter(w)
	err := s.read(ctx, func(t *session) error {
		first, err := encode(header{kindHeader, exportVersion})
		if err != nil {
			return err
		}
		if _, err := out.WriteString(first + "\n"); err != nil {
			return err
		}
		teams, err := t.teams(ctx)
		if err != nil {
			return err
		}
		for _, team := range teams {
			for _, part := range []func(context.Context, string) ([][]byte, error){t.questionLines, t.observationLines, t.thingLines, t.saidLines} {
				if err := writePart(ctx, out, part, team); err != nil {
					return err
				}
			}
		}
		if err := t.writeTexts(ctx, out); err != nil {
			return err
		}
		return writePart(ctx, out, t.pageLines, "")
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// writePart writes a part's lines in an order that no database has a say in.
func writePart(ctx context.Context, out *bufio.Writer, part func(context.Context, string) ([][]byte, error), team string) error {
	lines, err := part(ctx, team)
	if err != nil {
		return err
	}
	slices.SortFunc(lines, bytes.Compare)
	for _, l := range lines {
		if _, err := out.Write(l); err != nil {
			return err
		}
	}
	return nil
}

func (t *session) teams(ctx context.Context) (teams []string, err error) {
	err = t.each(ctx, `select team from question union select team from said`, func(scan func(...any) error) error {
		var team string
		err := scan(&team)
		teams = append(teams, team)
		return err
	})
	slices.Sort(teams)
	return teams, err
}

func (t *session) questionLines(ctx context.Context, team string) (lines [][]byte, err error) {
	err = t.each(ctx, `select team, line, digest, source, noun, query, captured_at, reconciled_at, again, present, outside from question where team = $1`, func(scan func(...any) error) error {
		var r questionRow
		var query, present, outside string
		var again int64
		if err := scan(&r.Team, &r.Line, &r.Digest, &r.Source, &r.Noun, &query, &r.Captured, &r.Reconciled, &again, &present, &outside); err != nil {
			return err
		}
		r.Query, r.Again = json.RawMessage(query), again != 0
		if err := decode(present, &r.Present); err != nil {
			return err
		}
		if err := decode(outside, &r.Outside); err != nil {
			return err
		}
		l, err := line(kindQuestion, r)
		lines = append(lines, l)
		return err
	}, team)
	return lines, err
}

func (t *session) observationLines(ctx context.Context, team string) (lines [][]byte, err error) {
	err = t.each(ctx, `select team, line, digest, week, doc, grade, known, final, captured_at, source_version from observation where team = $1`, func(scan func(...any) error) error {
		var r observationRow
		var doc string
		var known, final int64
		if err := scan(&r.Team, &r.Line, &r.Digest, &r.Week, &doc, &r.Grade, &known, &final, &r.Captured, &r.Version); err != nil {
			return err
		}
		r.Doc, r.Known, r.Final = json.RawMessage(doc), known != 0, final != 0
		l, err := line(kindObservation, r)
		lines = append(lines, l)
		return err
	}, team)
	return lines, err
}

func (t *session) thingLines(ctx context.Context, team string) (lines [][]byte, err error) {
	err = t.each(ctx, `select team, line, digest, ref, doc, grade, final, captured_at, gone_at, missing, source_version from thing where team = $1`, func(scan func(...any) error) error {
		var r thingRow
		var doc string
		var final int64
		if err := scan(&r.Team, &r.Line, &r.Digest, &r.Ref, &doc, &r.Grade, &final, &r.Captured, &r.Gone, &r.Missing, &r.Version); err != nil {
			return err
		}
		r.Doc, r.Final = json.RawMessage(doc), final != 0
		l, err := line(kindThing, r)
		lines = append(lines, l)
		return err
	}, team)
	return lines, err
}

func (t *session) saidLines(ctx context.Context, team string) (lines [][]byte, err error) {
	err = t.each(ctx, `select team, line, week, said_at, doc from said where team = $1`, func(scan func(...any) error) error {
		var r saidRow
		var doc string
		if err := scan(&r.Team, &r.Line, &r.Week, &r.At, &doc); err != nil {
			return err
		}
		r.Doc = json.RawMessage(doc)
		l, err := line(kindSaid, r)
		lines = append(lines, l)
		return err
	}, team)
	return lines, err
}

// writeTexts writes the texts of pages one by one, for they may be large. A
// hash sorts alike everywhere.
func (t *session) writeTexts(ctx context.Context, out *bufio.Writer) error {
	return t.each(ctx, `select hash, body from page_text order by hash`, func(scan func(...any) error) error {
		var l textLine
		var body []byte
		if err := scan(&l.Hash, &body); err != nil {
			return err
		}
		if text := string(body); utf8.ValidString(text) {
			l.Text = &text
		} else {
			l.Base64 = body
		}
		bytes, err := line(kindText, l)
		if err != nil {
			return err
		}
		_, err = out.Write(bytes)
		return err
	})
}

func (t *session) pageLines(ctx context.Context, _ string) (lines [][]byte, err error) {
	err = t.each(ctx, `select path, found, saved_at, hash, week, sent from page`, func(scan func(...any) error) error {
		var r pageRow
		var found, sent int64
		if err := scan(&r.Path, &found, &r.At, &r.Hash, &r.Week, &sent); err != nil {
			return err
		}
		r.Found, r.Sent = found != 0, sent != 0
		l, err := line(kindPage, r)
		lines = append(lines, l)
		return err
	})
	return lines, err
}
