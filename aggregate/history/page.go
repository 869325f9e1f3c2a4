package history

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"preread/sources"
)

// A Page is a page as it stood in a file at some time. A found one was there
// before it was rewritten, with everything that people had typed into it; it is
// never deleted and never changed. A page that was not found is one that the
// program wrote.
type Page struct {
	Path  string // how the caller names the file
	Week  sources.Week
	Text  []byte
	Found bool
	At    time.Time // when it was found or written
	Sent  bool      // whether it went out to its reader
}

type (
	textRow struct {
		Hash string
		Body []byte
	}
	pageRow struct {
		Path  string `json:"path"`
		Found bool   `json:"found,omitempty"`
		At    string `json:"at"`
		Hash  string `json:"hash"`
		Week  string `json:"week,omitempty"`
		Sent  bool   `json:"sent,omitempty"`
	}
)

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (t *session) putText(ctx context.Context, r textRow) error {
	if r.Body == nil {
		r.Body = []byte{}
	}
	_, err := t.exec(ctx, `insert into page_text (hash, body) values ($1, $2) on conflict (hash) do nothing`, r.Hash, r.Body)
	return err
}

// putPage adds a page. What was sent once stays sent.
func (t *session) putPage(ctx context.Context, r pageRow) error {
	_, err := t.exec(ctx, `insert into page (path, found, saved_at, hash, week, sent) values ($1, $2, $3, $4, $5, $6)
		on conflict (path, found, saved_at, hash) do update set sent = excluded.sent where page.sent = 0`,
		r.Path, flag(r.Found), r.At, r.Hash, r.Week, flag(r.Sent))
	return err
}

// SavePage remembers a page. The same text is stored once, however often it is
// saved. To note that a page was sent, save it again as sent.
func (s *Store) SavePage(ctx context.Context, p Page) error {
	return s.write(ctx, func(t *session) error {
		hash := hashOf(p.Text)
		if err := t.putText(ctx, textRow{hash, p.Text}); err != nil {
			return err
		}
		return t.putPage(ctx, pageRow{column(p.Path), p.Found, stamp(p.At), hash, weekText(p.Week), p.Sent})
	})
}

// weekText returns a week as it is stored; no week is "".
func weekText(w sources.Week) string {
	if w.IsZero() {
		return ""
	}
	return w.String()
}

// LastPage returns the page that was last found at a path, or last written
// there, and whether there is one.
func (s *Store) LastPage(ctx context.Context, path string, found bool) (Page, bool, error) {
	pages, err := s.pages(ctx, `where p.path = $1 and p.found = $2 order by p.saved_at desc, p.hash limit 1`, column(path), flag(found))
	if err != nil || len(pages) == 0 {
		return Page{}, false, err
	}
	return pages[0], true, nil
}

// Pages returns every page that was found or written at a path, oldest first.
func (s *Store) Pages(ctx context.Context, path string) ([]Page, error) {
	return s.pages(ctx, `where p.path = $1 order by p.saved_at, p.found, p.hash`, column(path))
}

// PagesOf returns every page of a week, oldest first.
func (s *Store) PagesOf(ctx context.Context, week sources.Week) ([]Page, error) {
	return s.pages(ctx, `where p.week = $1 order by p.saved_at, p.found, p.hash`, weekText(week))
}

// EachPage visits every page of every week, oldest first. An error of the
// visitor ends the visit and comes back as it is.
func (s *Store) EachPage(ctx context.Context, visit func(Page) error) error {
	return s.eachPage(ctx, visit, `order by p.saved_at, p.found, p.hash`)
}

func (s *Store) pages(ctx context.Context, which string, args ...any) (pages []Page, err error) {
	err = s.eachPage(ctx, func(p Page) error {
		pages = append(pages, p)
		return nil
	}, which, args...)
	return pages, err
}

func (s *Store) eachPage(ctx context.Context, visit func(Page) error, which string, args ...any) error {
	var enough error // the visitor's own, which is no fault of the database
	err := s.read(ctx, func(t *session) error {
		return t.each(ctx, `select p.path, p.week, x.body, p.found, p.saved_at, p.sent
			from page p join page_text x on x.hash = p.hash `+which, func(scan func(...any) error) error {
			var p Page
			var week, at string
			var found, sent int64
			err := scan(&p.Path, &week, &p.Text, &found, &at, &sent)
			if err != nil {
				return err
			}
			p.Found, p.Sent = found != 0, sent != 0
			p.Text = append([]byte{}, p.Text...) // an empty text is not nil, whatever the database
			if err := p.Week.UnmarshalText([]byte(week)); err != nil {
				return err
			}
			if p.At, err = parseStamp(at); err != nil {
				return err
			}
			enough = visit(p)
			return enough
		}, args...)
	})
	return cmp.Or(enough, err)
}

// PageKey begins the Team of what is remembered of whole pages: people wrote it,
// so that [Store.Prune] leaves it alone.
const PageKey = "page:"

// A Said is what a page said about one line in one week: a document that only
// its writer understands.
type Said struct {
	Team, Line string
	Week       sources.Week
	At         time.Time
	Document   json.RawMessage
}

type saidRow struct {
	Team string          `json:"team"`
	Line string          `json:"line"`
	Week string          `json:"week"`
	At   string          `json:"at"`
	Doc  json.RawMessage `json:"doc"`
}

func (t *session) putSaid(ctx context.Context, r saidRow) error {
	_, err := t.exec(ctx, `insert into said (team, line, week, said_at, doc) values ($1, $2, $3, $4, $5)
		on conflict (team, line, week) do update set said_at = excluded.said_at, doc = excluded.doc
		where excluded.said_at >= said.said_at`, r.Team, r.Line, r.Week, r.At, string(r.Doc))
	return err
}

// SaveSaid remembers what was said, all of it or nothing. Of each line and week
// the latest stays.
func (s *Store) SaveSaid(ctx context.Context, said []Said) error {
	return s.write(ctx, func(t *session) error {
		for _, d := range said {
			doc, err := compact(d.Document)
			if err != nil {
				return sources.Unansweredf("what was said of %s cannot be kept: it is not JSON", sources.OneLine(d.Line, 40))
			}
			if err := t.putSaid(ctx, saidRow{column(d.Team), column(d.Line), weekText(d.Week), stamp(d.At), doc}); err != nil {
				return err
			}
		}
		return nil
	})
}

// AllSaid returns everything that was said about a team, by line and week.
func (s *Store) AllSaid(ctx context.Context, team string) ([]Said, error) {
	return s.said(ctx, `where team = $1`, column(team))
}

func (s *Store) said(ctx context.Context, which string, args ...any) (all []Said, err error) {
	err = s.read(ctx, func(t *session) error {
		return t.each(ctx, `select team, line, week, said_at, doc from said `+which, func(scan func(...any) error) error {
			var d Said
			var week, at, doc string
			err := scan(&d.Team, &d.Line, &week, &at, &doc)
			if err != nil {
				return err
			}
			if err := d.Week.UnmarshalText([]byte(week)); err != nil {
				return err
			}
			if d.At, err = parseStamp(at); err != nil {
				return err
			}
			d.Document = json.RawMessage(doc)
			all = append(all, d)
			return nil
		}, args...)
	})
	slices.SortFunc(all, func(a, b Said) int { return cmp.Or(cmp.Compare(a.Line, b.Line), a.Week.Compare(b.Week)) })
	return all, err
}
