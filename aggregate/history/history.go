// Package history remembers what was seen and what was said, since sources
// forget: Prometheus after 15 days, an alert manager at once, a tracker who
// committed to what. It makes a second run cheap as well: weeks that are final
// are not asked about again.
//
// Three calls make a run. [Store.Plan] says how many of the window's last weeks
// have to be asked about, the caller asks, and [Store.Remember] keeps the
// answers and returns facts for the whole window, as one full read would have
// given them. Between the two, [Store.Reconcile] may be told what is present at
// all, so that the deletion of old things is noticed.
//
// # What sources are relied on for
//
// A week is final two whole weeks after its end. Plan asks from the first week
// of the window that was not yet captured as final, so the stretch that is
// asked about always begins before the last answer: what is listed in no
// answer has not changed. Of an answer about a stretch it is relied on that
//
//   - goal: everything is listed that was in the goal's scope at some time since
//     the stretch began, with the spans of scope, completion and blocking that
//     reach into it. What a span says of the time before the stretch is not relied on.
//   - quality: everything is listed but what was closed before the stretch and
//     is closed still, with the spans of completion that reach into it.
//   - shipped: everything is listed that was merged or published in the stretch.
//   - incident: everything is listed that was opened in the stretch, was
//     resolved in it, or is not resolved; with its whole story. An incident that
//     is resolved and has open follow-ups is listed for a stretch that holds its
//     resolution, so Plan reaches back to it.
//   - delivery: everything is listed that was closed in the stretch, or runs.
//   - alarm and metric: each week is told by itself, the same in any stretch.
//
// What was over before the stretch is not looked at again: a later edit of its
// title is not seen. A goal's plan in the tracker is told as it is now, and is
// not remembered. An answer that tells of one thing twice, or of spans in no
// possible order, counts as none.
//
// # What is kept
//
// Alarms and readings are kept by week. The newer fact of a week replaces the
// older one unless it is known less well; an unknown week replaces nothing. A
// final week is refused a second value by the statement that would write it,
// but for one that was never known, which is learnt once.
//
// Items and incidents are kept one by one. The past of an item before the weeks
// that can still change is that which was told when it was the present. What an
// answer had to hold and does not becomes a tombstone. If that were more than
// half of what it had to hold, and at least five, the answer is refused: what is
// remembered is kept, graded partial, until [Store.Forget] says that it is gone
// indeed. An item that comes in with a past that lies before the stretch is
// graded approximate until the whole window has been read, which the next Plan
// asks for.
//
// A sprint is kept as it was first seen running, and as it was first seen
// closed; after that it does not change. Issues that were in it when it was
// first seen, and that the source does not tell of in it when it is closed, count
// as removed: so a source that knows only the present has a past, too.
//
// A question is known by its team, line, source and query, and by the zone in
// which weeks are cut: where one of them changes, it begins anew, and what is
// remembered of the old one stays.
//
// The rules are functions over what is remembered of one question (memory.go,
// thing.go, week.go); the rest is the same SQL for SQLite and PostgreSQL. When
// it is, is for the caller to say; nothing here reads a clock.
package history

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"preread/sources"
)

// A Remembered is what became of the facts of one run.
type Remembered struct {
	Facts    sources.Facts // for the whole window
	Gaps     []sources.Gap // every question without an answer in this run, also where its earlier weeks are remembered
	Vanished []Vanished
	Refused  []Refused
}

// A Vanished is an item or incident that its source does not show any more.
type Vanished struct {
	Team, Line string
	sources.Evidence
	Title string
}

// A Refused is an answer that was not believed, since it would have taken too
// much away at once.
type Refused struct {
	Team, Line string
	Gone, Held int // of so many that had to be there, so many were not
	Reason     string
}

// Plan returns for each question how many of the window's last weeks have to be
// asked about so that Remember can tell of the whole window: at least one, and
// all of them where too little is remembered of this very question.
func (s *Store) Plan(ctx context.Context, window sources.Window, questions []sources.Question) ([]int, error) {
	weeks := make([]int, len(questions))
	err := s.read(ctx, func(t *session) error {
		for i, q := range questions {
			m, err := t.load(ctx, q, window)
			if err != nil {
				return err
			}
			weeks[i] = m.plan(window)
		}
		return nil
	})
	return weeks, err
}

// Remember keeps the answers of a run, all of them or none, and returns facts
// for the whole window. Where the history fails, it returns beside the error
// what can be said without one; see [Alone].
func (s *Store) Remember(ctx context.Context, fresh sources.Facts) (Remembered, error) {
	var r Remembered
	err := s.write(ctx, func(t *session) error {
		r = Remembered{Facts: fresh}
		r.Facts.Answers = make([]sources.Answer, len(fresh.Answers))
		for i, a := range fresh.Answers {
			m, err := t.load(ctx, a.Question, fresh.Window)
			if err != nil {
				return err
			}
			r.add(i, m.merge(fresh.Window, a))
			if err := t.save(ctx, m, fresh.Window); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Alone(fresh), err
	}
	return r, nil
}

// Alone returns what can be said of facts without a history: a question that
// was not asked about the whole window is unknown where it was not.
func Alone(fresh sources.Facts) Remembered {
	r := Remembered{Facts: fresh}
	r.Facts.Answers = make([]sources.Answer, len(fresh.Answers))
	for i, a := range fresh.Answers {
		r.add(i, newMemory(a.Question).merge(fresh.Window, a))
	}
	return r
}

func (r *Remembered) add(i int, out outcome) {
	r.Facts.Answers[i] = out.answer
	if q := out.answer.Question; out.gap != "" {
		r.Gaps = append(r.Gaps, sources.Gap{Team: q.Team, Source: q.Source, Question: q.Line, Reason: out.gap, Hint: out.hint})
	}
	r.Vanished = append(r.Vanished, out.vanished...)
	if out.refused != nil {
		r.Refused = append(r.Refused, *out.refused)
	}
}

// Reconcile takes the references of everything that a question's source shows
// now, however old. What is remembered and not among them becomes a tombstone,
// but for what had left its goal before; what is back is remembered again. A
// list that lacks more than half of what is remembered, and at least five, is
// refused as in Remember. It counts for the Remember of the same window.
func (s *Store) Reconcile(ctx context.Context, window sources.Window, q sources.Question, refs []string) (vanished []Vanished, refused *Refused, err error) {
	if byWeek(q.Query.Noun) || q.Query.Noun == sources.Delivery {
		return nil, nil, nil
	}
	err = s.write(ctx, func(t *session) error {
		m, err := t.load(ctx, q, window)
		if err != nil {
			return err
		}
		vanished, refused = m.reconcile(window, refs)
		return t.save(ctx, m, window)
	})
	return vanished, refused, err
}

// Forget makes tombstones of all items and incidents of a line, and returns how
// many. The next Plan asks about the whole window, and what the source then
// shows is remembered again: the way out after a refusal that was no mistake.
func (s *Store) Forget(ctx context.Context, team, line string, at time.Time) (n int, err error) {
	err = s.write(ctx, func(t *session) error {
		n, err = t.forget(ctx, team, line, at)
		return err
	})
	return n, err
}

// digest names a question beside its team and line.
func digest(q sources.Question, zone sources.Zone) (string, error) {
	query, err := encode(q.Query)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(q.Source + "\x00" + query + "\x00" + zone.String()))
	return hex.EncodeToString(sum[:16]), nil
}
