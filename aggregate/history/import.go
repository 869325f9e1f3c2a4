package history

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"preread/sources"
)

// longestLine bounds a line of an import.
const longestLine = 64 << 20

// Import adds an export to what is remembered, all of it or nothing, under the
// rules of a run: final weeks and closed sprints stay as they are, and of the
// rest the later view stays. A line that is not known is refused by its number.
func (s *Store) Import(ctx context.Context, r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	return s.write(ctx, func(t *session) error {
		in := reading{session: t, nouns: map[key]sources.Noun{}, texts: map[string]bool{}}
		n := 0
		for lines.Scan() {
			n++
			if err := in.take(ctx, n, lines.Text()); err != nil {
				var bad *badLine
				if errors.As(err, &bad) {
					return sources.Unansweredf("line %d of the export is not understood: %s", n, bad.reason).WithHint("nothing was imported")
				}
				return err
			}
		}
		switch err := lines.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return sources.Unansweredf("line %d of the export is too long", n+1).WithHint("nothing was imported")
		case err != nil:
			return sources.Unansweredf("the export cannot be read after line %d", n).WithHint("nothing was imported")
		case n == 0:
			return sources.Unansweredf("the export is empty").WithHint("even the export of an empty history has a first line")
		}
		return nil
	})
}

// badLine is what is wrong with a line. Other errors are the database's.
type badLine struct{ reason string }

func (b *badLine) Error() string { return b.reason }

func bad(format string, args ...any) error { return &badLine{fmt.Sprintf(format, args...)} }

// A reading is an import in progress, with what came before the present line.
type reading struct {
	*session
	nouns map[key]sources.Noun
	texts map[string]bool
}

// kindOf is the part that all lines have in common.
type kindOf struct {
	Kind string `json:"kind"`
}

func (in *reading) take(ctx context.Context, n int, text string) error {
	var k kindOf
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return bad("it is not a JSON object")
	}
	if n == 1 {
		return in.takeHeader(text)
	}
	switch k.Kind {
	case kindQuestion:
		return in.takeQuestion(ctx, text)
	case kindObservation:
		return in.takeObservation(ctx, text)
	case kindThing:
		return in.takeThing(ctx, text)
	case kindSaid:
		return in.takeSaid(ctx, text)
	case kindText:
		return in.takeText(ctx, text)
	case kindPage:
		return in.takePage(ctx, text)
	}
	return bad("its kind %q is not known", sources.OneLine(k.Kind, 40))
}

// decodeLine is decode for a line: what is wrong with it is the line's fault.
func decodeLine(text string, into any) error {
	if err := decode(text, into); err != nil {
		return bad("%s", err)
	}
	return nil
}

func (in *reading) takeHeader(text string) error {
	var h header
	if err := decode(text, &h); err != nil || h.Kind != kindHeader {
		return bad("it does not begin the export of a history")
	}
	if h.Version != exportVersion {
		return bad("it is of version %d; this program reads version %d", h.Version, exportVersion)
	}
	return nil
}

// instants refuses what is no stored instant; the first one has to be there.
func instants(stamps ...string) error {
	for i, s := range stamps {
		if _, err := parseStamp(s); err != nil {
			return bad("%s", err)
		}
		if i == 0 && s == "" {
			return bad("it does not say when it was captured")
		}
	}
	return nil
}

// weeks refuses what is no week; the empty one is none.
func weeks(names ...string) error {
	for _, name := range names {
		if err := new(sources.Week).UnmarshalText([]byte(name)); err != nil {
			return bad("%s", err)
		}
	}
	return nil
}

func (k *key) clean() {
	k.Team, k.Line, k.Digest = column(k.Team), column(k.Line), column(k.Digest)
}

func (in *reading) takeQuestion(ctx context.Context, text string) error {
	var l struct {
		kindOf
		questionRow
	}
	if err := decodeLine(text, &l); err != nil {
		return err
	}
	var q sources.Query
	if err := decodeLine(string(l.Query), &q); err != nil {
		return err
	}
	if string(q.Noun) != l.Noun {
		return bad("its query is not about its noun")
	}
	if err := instants(l.Captured, l.Reconciled); err != nil {
		return err
	}
	l.clean()
	query, err := encode(q)
	if err != nil {
		return err
	}
	l.Query, l.Source, l.Noun = json.RawMessage(query), column(l.Source), column(l.Noun)
	for _, list := range []*[]string{&l.Present, &l.Outside} {
		for i, ref := range *list {
			(*list)[i] = column(ref)
		}
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	in.nouns[l.key] = q.Noun
	return in.putQuestion(ctx, l.questionRow)
}

// noun returns what a row's question is about, which has to stand before it.
func (in *reading) noun(k key) (sources.Noun, error) {
	noun, known := in.nouns[k]
	if !known {
		return "", bad("the question that it belongs to does not stand before it")
	}
	return noun, nil
}

func (in *reading) takeObservation(ctx context.Context, text string) error {
	var l struct {
		kindOf
		observationRow
	}
	if err := decodeLine(text, &l); err != nil {
		return err
	}
	l.clean()
	noun, err := in.noun(l.key)
	if err != nil {
		return err
	}
	week, err := sources.ParseWeek(l.Week)
	if err != nil {
		return bad("%s", err)
	}
	var fact weekFact
	if err := decodeLine(string(l.Doc), &fact); err != nil {
		return err
	}
	if !fact.fits(noun, week) || byWeek(noun) && l.Known != fact.known() {
		return bad("what it holds is not a week of its question")
	}
	if err := instants(l.Captured); err != nil {
		return err
	}
	doc, err := encode(fact)
	if err != nil {
		return bad("%s", err)
	}
	l.Doc, l.Version, l.Grade = json.RawMessage(doc), column(l.Version), fact.gradeOf(l.Known).String()
	return in.putObservation(ctx, l.observationRow)
}

func (in *reading) takeThing(ctx context.Context, text string) error {
	var l struct {
		kindOf
		thingRow
	}
	if err := decodeLine(text, &l); err != nil {
		return err
	}
	l.clean()
	noun, err := in.noun(l.key)
	if err != nil {
		return err
	}
	var th thing
	if err := decodeLine(string(l.Doc), &th); err != nil {
		return err
	}
	if !th.fits(noun) || th.ref() != l.Ref {
		return bad("what it holds is not a part of its question")
	}
	if err := instants(l.Captured, l.Gone); err != nil {
		return err
	}
	if err := weeks(l.Missing); err != nil {
		return err
	}
	doc, err := encode(th)
	if err != nil {
		return bad("%s", err)
	}
	l.Doc, l.Version, l.Final, l.Grade = json.RawMessage(doc), column(l.Version), th.final(), th.grade().String()
	return in.putThing(ctx, l.thingRow)
}

func (in *reading) takeSaid(ctx context.Context, text string) error {
	var l struct {
		kindOf
		saidRow
	}
	if err := decodeLine(text, &l); err != nil {
		return err
	}
	if err := instants(l.At); err != nil {
		return err
	}
	if err := weeks(l.Week); err != nil {
		return err
	}
	doc, err := compact(l.Doc)
	if err != nil {
		return bad("%s", err)
	}
	l.Team, l.Line, l.Doc = column(l.Team), column(l.Line), doc
	return in.putSaid(ctx, l.saidRow)
}

func (in *reading) takeText(ctx context.Context, text string) error {
	var l struct {
		kindOf
		textLine
	}
	if err := decodeLine(text, &l); err != nil {
		return err
	}
	body := l.Base64
	if l.Text != nil {
		body = []byte(*l.Text)
	}
	if l.Text != nil && l.Base64 != nil || hashOf(body) != l.Hash {
		return bad("its text is not the one that its hash names")
	}
	in.texts[l.Hash] = true
	return in.putText(ctx, textRow{l.Hash, body})
}

func (in *reading) takePage(ctx context.Context, text string) error {
	var l struct {
		kindOf
		pageRow
	}
	if err := decodeLine(text, &l); err != nil {
		return err
	}
	if !in.texts[l.Hash] {
		return bad("the text that it belongs to does not stand before it")
	}
	if err := instants(l.At); err != nil {
		return err
	}
	if err := weeks(l.Week); err != nil {
		return err
	}
	l.Path = column(l.Path)
	return in.putPage(ctx, l.pageRow)
}
