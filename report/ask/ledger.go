package ask

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"preread/sources"
)

// An Entry is what is remembered of one ask.
type Entry struct {
	ID     string       `json:"id"`         // of its kind and its question as first written, such as decide-00ad2b91
	First  sources.Week `json:"first_week"` // the first week whose page had it
	Last   sources.Week `json:"last_week"`  // the last one so far
	Gone   sources.Week `json:"gone_week"`  // the week from which on pages lack it; zero: it is still there
	Closed sources.Week `json:"closed_week"`
	Answer Talk         `json:"answer"`
	Ask    Ask          `json:"ask"` // as last written

	// Number is that of the ask on the page last taken: it is the nth item there
	// that is an ask, whatever was answered meanwhile. 0: it is not there.
	Number int `json:"number,omitempty"`
}

// Open reports whether an entry waits for an answer, on a page or not.
func (e Entry) Open() bool { return e.Closed.IsZero() && e.Ask.Open() }

// Dropped reports whether an entry left the pages, in week Gone, without an
// answer.
func (e Entry) Dropped() bool { return e.Open() && !e.Gone.IsZero() }

// Days returns the age of an entry in days: since somebody was first asked, as
// far as that is written, else since the end of its first week.
func (e Entry) Days(today sources.Day) int {
	since := e.First.Sunday()
	for _, t := range e.Ask.Asked {
		if !t.Day.IsZero() && t.Day.Compare(since) < 0 {
			since = t.Day
		}
	}
	return max(0, since.Until(today))
}

// A Ledger remembers asks, oldest first. The zero Ledger is empty. Methods do
// not change it.
type Ledger []Entry

// Take folds the page of a week into the ledger. An ask is the one that was
// there before if it has its kind and asks in the same words, or in nearly the
// same. What was answered and left the pages stays answered: the same question
// later is a new entry. The order of the asks does not matter, and a page that
// is taken again changes nothing; what was taken out of it in between counts as
// dropped. A week before the last one taken is not taken, nor are asks without
// a question.
func (l Ledger) Take(week sources.Week, asks []Ask) Ledger {
	if week.Compare(l.last()) < 0 {
		return l
	}
	asks = ordered(asks)
	next := slices.Clone(l)
	taken := make([]bool, len(asks))
	for i, j := range l.pairs(asks) {
		if j >= 0 {
			taken[j] = true
			next[i].see(week, asks[j])
			continue
		}
		if next[i].Number = 0; next[i].Gone.IsZero() {
			next[i].Gone = week
		}
	}
	for j, a := range asks {
		if !taken[j] {
			e := Entry{ID: next.id(a), First: week}
			e.see(week, a)
			next = append(next, e)
		}
	}
	slices.SortFunc(next, func(a, b Entry) int { return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.ID, b.ID)) })
	return next
}

// see notes that a page has the ask.
func (e *Entry) see(week sources.Week, a Ask) {
	e.Number, a.At = a.At.Number, Place{}
	e.Last, e.Gone, e.Ask = week, sources.Week{}, a
	if !a.Closed || a.Answer != (Talk{}) {
		e.Answer = a.Answer
	}
	if !a.Closed {
		e.Closed = sources.Week{}
	} else if e.Closed.IsZero() {
		e.Closed = week
	}
}

// last returns the last week that is known to be taken.
func (l Ledger) last() (week sources.Week) {
	for _, e := range l {
		for _, w := range []sources.Week{e.Last, e.Gone} {
			if w.Compare(week) > 0 {
				week = w
			}
		}
	}
	return week
}

// Answered returns what stands open among the asks of a later page although it
// was closed on the last page taken: somebody may have written the answer there
// once the later page was begun. The entries have the numbers of the later page.
func (l Ledger) Answered(asks []Ask) (closed []Entry) {
	asks = ordered(asks)
	for i, j := range l.pairs(asks) {
		if j >= 0 && !l[i].Open() && asks[j].Open() {
			e := l[i]
			e.Number = asks[j].At.Number
			closed = append(closed, e)
		}
	}
	slices.SortFunc(closed, func(a, b Entry) int { return cmp.Compare(a.Number, b.Number) })
	return closed
}

// Listed returns the entries as people count them: those of the page last taken,
// with at least so many asks, by their numbers there; behind them what left the
// pages, the oldest first, with the numbers that follow.
func (l Ledger) Listed(asks int) []Entry {
	listed := slices.Clone(l)
	for _, e := range listed {
		asks = max(asks, e.Number)
	}
	slices.SortStableFunc(listed, func(a, b Entry) int {
		return cmp.Compare(cmp.Or(a.Number, math.MaxInt), cmp.Or(b.Number, math.MaxInt))
	})
	for i := range listed {
		if listed[i].Number == 0 {
			asks++
			listed[i].Number = asks
		}
	}
	return listed
}

// ordered returns the asks in an order that is made of what they say; of their
// places, the numbers are kept.
func ordered(asks []Ask) []Ask {
	var kept []Ask
	for _, a := range asks {
		if a.At = (Place{Number: a.At.Number}); a.Question != "" {
			kept = append(kept, a)
		}
	}
	slices.SortStableFunc(kept, func(a, b Ask) int {
		return cmp.Or(cmp.Compare(whole(a), whole(b)), cmp.Compare(a.At.Number, b.At.Number))
	})
	return kept
}

// id names a new entry. Entries that would have one name are numbered.
func (l Ledger) id(a Ask) string {
	sum := sha256.Sum256([]byte(string(a.Kind) + "\n" + wording(a.Question)))
	name := string(a.Kind) + "-" + hex.EncodeToString(sum[:4])
	id := name
	for n := 2; slices.ContainsFunc(l, func(e Entry) bool { return e.ID == id }); n++ {
		id = fmt.Sprintf("%s-%d", name, n)
	}
	return id
}

// pairs returns for each entry which of the asks is it, -1 for none. The
// likest are paired first, and none twice; of twins, which nothing tells apart
// but their places, those that kept them.
func (l Ledger) pairs(asks []Ask) []int {
	type pair struct {
		entry, ask int
		alike      float64
		stays      int // 1: it has the number that it had
	}
	var all []pair
	looks := make([]look, len(asks))
	for j, a := range asks {
		looks[j] = lookOf(a)
	}
	for i, e := range l {
		if !e.Closed.IsZero() && !e.Gone.IsZero() {
			continue
		}
		was := lookOf(e.Ask)
		for j, is := range looks {
			if alike := was.alike(is); alike > 0 {
				p := pair{entry: i, ask: j, alike: alike}
				if e.Number == asks[j].At.Number {
					p.stays = 1
				}
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.alike, a.alike), l[b.entry].Last.Compare(l[a.entry].Last),
			cmp.Compare(b.stays, a.stays), cmp.Compare(a.entry, b.entry), cmp.Compare(a.ask, b.ask))
	})
	with := slices.Repeat([]int{-1}, len(l))
	taken := make([]bool, len(asks))
	for _, p := range all {
		if with[p.entry] < 0 && !taken[p.ask] {
			with[p.entry], taken[p.ask] = p.ask, true
		}
	}
	return with
}

// A look is what an ask is recognised by.
type look struct {
	kind    Kind
	whole   string          // all that it says
	wording string          // of its question
	words   map[string]bool // of its question, those that say something
}

func lookOf(a Ask) look {
	return look{a.Kind, whole(a), wording(a.Question), content(a.Question)}
}

func whole(a Ask) string { return fmt.Sprintf("%09d %s", a.Rank, Write([]Ask{a})) }

// alike tells how sure it is that two asks are one: 3 if nothing changed, 2 for
// the same question, below that how like the questions are, 0 for two asks.
func (a look) alike(b look) float64 {
	switch {
	case a.kind != b.kind:
		return 0
	case a.whole == b.whole:
		return 3
	case a.wording == b.wording:
		return 2
	}
	return likeness(a.words, b.words)
}

// Carried returns the asks that are open at the end of a week and stand on the
// pages, for the next one: by rank, then by the day they are needed, then the
// oldest first.
func (l Ledger) Carried(week sources.Week) []Ask {
	after := func(w sources.Week) bool { return w.IsZero() || w.Compare(week) > 0 }
	var open []Entry
	for _, e := range l {
		if e.Ask.Kind != Inform && e.First.Compare(week) <= 0 && after(e.Closed) && after(e.Gone) {
			open = append(open, e)
		}
	}
	slices.SortStableFunc(open, func(a, b Entry) int { return a.Ask.Compare(b.Ask) })
	asks := make([]Ask, len(open))
	for i, e := range open {
		asks[i] = e.Ask
		asks[i].Closed, asks[i].Answer = false, Talk{} // if that came later
	}
	return asks
}

// Standing says how long an entry has waited and what became of it: "asked 3
// weeks ago, due since 27 November". Where no day is written, nobody was asked
// before the first page is out, which is in the week after the one it tells of.
func Standing(e Entry, today sources.Day) string {
	dated := slices.ContainsFunc(e.Ask.Asked, func(t Talk) bool { return !t.Day.IsZero() })
	days := e.Days(today)
	parts := []string{"asked " + ago(days)}
	if !dated && days < 7 {
		parts[0] = "new"
	}
	due := e.Ask.NeedBy
	switch {
	case !e.Closed.IsZero():
		parts = append(parts, Closing(e, today))
	case !e.Open() || due.IsZero():
	case due.Compare(today) < 0:
		parts = append(parts, "due since "+date(due, today))
	case due == today:
		parts = append(parts, "needed today")
	default:
		parts = append(parts, "needed by "+date(due, today))
	}
	if e.Dropped() {
		parts = append(parts, "dropped from the page in "+e.Gone.String())
	}
	return strings.Join(parts, ", ")
}

// Closing says when a closed entry was answered, and what: "answered on 27
// November: yes".
func Closing(e Entry, today sources.Day) string {
	when := "in " + e.Closed.String()
	if !e.Answer.Day.IsZero() {
		when = "on " + date(e.Answer.Day, today)
	}
	switch {
	case e.Answer == Talk{}:
		return "closed " + when
	case e.Answer.Text == "":
		return "answered " + when
	}
	return "answered " + when + ": " + e.Answer.Text
}

func ago(days int) string {
	switch {
	case days == 0:
		return "today"
	case days == 1:
		return "yesterday"
	case days < 7:
		return fmt.Sprintf("%d days ago", days)
	case days < 14:
		return "a week ago"
	}
	return fmt.Sprintf("%d weeks ago", days/7)
}

// date writes a day: "27 November", with its year unless that is today's.
func date(d, today sources.Day) string {
	if d.Year == today.Year {
		return fmt.Sprintf("%d %s", d.Day, d.Month)
	}
	return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
}
