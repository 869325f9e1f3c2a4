package history

import (
	"context"
	"fmt"
	"testing"
	"time"

	"preread/sources"
)

// Rules are a store without a database: what is remembered stays in memory.
type Rules struct{ memories map[string]*memory }

// NewRules returns rules with nothing remembered.
func NewRules() *Rules { return &Rules{map[string]*memory{}} }

func (r *Rules) memory(q sources.Question) *memory {
	name := q.Team + " " + q.Line
	if r.memories[name] == nil {
		r.memories[name] = newMemory(q)
	}
	return r.memories[name]
}

// Plan is that of a store.
func (r *Rules) Plan(_ context.Context, w sources.Window, questions []sources.Question) (weeks []int, err error) {
	for _, q := range questions {
		weeks = append(weeks, r.memory(q).plan(w))
	}
	return weeks, nil
}

// Remember is that of a store.
func (r *Rules) Remember(_ context.Context, fresh sources.Facts) (Remembered, error) {
	out := Remembered{Facts: fresh}
	out.Facts.Answers = make([]sources.Answer, len(fresh.Answers))
	for i, a := range fresh.Answers {
		out.add(i, r.memory(a.Question).merge(fresh.Window, a))
	}
	return out, nil
}

// Reconcile is that of a store.
func (r *Rules) Reconcile(_ context.Context, w sources.Window, q sources.Question, refs []string) ([]Vanished, *Refused, error) {
	if byWeek(q.Query.Noun) || q.Query.Noun == sources.Delivery {
		return nil, nil, nil
	}
	vanished, refused := r.memory(q).reconcile(w, refs)
	return vanished, refused, nil
}

// Forget is that of a store.
func (r *Rules) Forget(_ context.Context, team, line string, at time.Time) (n int, err error) {
	if m := r.memories[team+" "+line]; m != nil {
		for ref, t := range m.things {
			if t.gone.IsZero() && t.Sprint == nil {
				m.bury(ref, at)
				n++
			}
		}
		m.again = true
	}
	return n, nil
}

// Limit lets a store's file grow no further.
func Limit(s *Store) error {
	s.db.SetMaxOpenConns(1)
	var pages int
	if err := s.db.QueryRow("pragma page_count").Scan(&pages); err != nil {
		return err
	}
	_, err := s.db.Exec(fmt.Sprintf("pragma max_page_count = %d", pages))
	return err
}

// Hold keeps other writers out until it is released.
func Hold(ctx context.Context, s *Store) (release func()) {
	ready, done, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		_ = s.write(ctx, func(*session) error {
			close(ready)
			<-done
			return nil
		})
	}()
	<-ready
	return func() { close(done); <-over }
}

// Unprepared opens a place without looking at its tables, which Open would
// wait for where another writes.
func Unprepared(t testing.TB, place string) *Store {
	s, err := connect(place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Pragma returns a setting of a file.
func Pragma(t testing.TB, s *Store, name string) (value string) {
	if err := s.db.QueryRow("pragma " + name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Empty deletes everything that is remembered.
func Empty(s *Store) error {
	for _, table := range []string{"page", "page_text", "said", "thing", "observation", "question"} {
		if _, err := s.db.Exec("delete from " + table); err != nil {
			return err
		}
	}
	return nil
}

// Hurry makes a file not wait for its disk.
func Hurry(s *Store) error {
	if s.engine.lock != nil {
		return nil
	}
	s.db.SetMaxOpenConns(1)
	_, err := s.db.Exec("pragma synchronous = off")
	return err
}
