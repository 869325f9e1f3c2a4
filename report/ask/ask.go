// Package ask reads what a manager asks for on a page, remembers it until it
// is answered, and drafts the message that the boss could send for it.
//
// [Parse] and [Write] are the two ways between asks and the Markdown of a
// slot. [Problems] and [Crowd] say what keeps an ask from being answered. A
// [Ledger] is a fold over the pages, week by week: what is open, since when,
// what was answered, and what left the page without an answer. [Draft] words
// an ask as its boss would, and [Message.EML] makes a mail of it that is opened
// as a draft.
//
// Which slot is read, where the ledger is kept and whether anything is sent is
// left to others. Words are English: so are the names of kinds and fields, and
// what tells an open question from one that is answered with yes or no.
package ask

import (
	"cmp"
	"math"
	"strings"

	"preread/sources"
)

// A Kind says what an ask wants of its reader.
type Kind string

// The kinds of asks.
const (
	Decide   Kind = "decide"   // say yes or no, or choose
	Insight  Kind = "insight"  // say what you would do
	Resource Kind = "resource" // give people, money, machines or time
	Connect  Kind = "connect"  // bring us together with somebody
	Unblock  Kind = "unblock"  // move what we cannot move
	Confirm  Kind = "confirm"  // tell us that it is still so
	Inform   Kind = "inform"   // only know of it; nothing has to be answered
)

var kinds = []Kind{Decide, Insight, Resource, Connect, Unblock, Confirm, Inform}

// An Ask is one thing that a manager wants from somebody. A field with its zero
// value was not said. Texts are one line, without escapes and emphasis; links
// and code in them stay as Markdown. Lines of code are each code of their own.
type Ask struct {
	Kind      Kind        `json:"kind"`
	Question  string      `json:"question"`
	Options   []string    `json:"options,omitempty"`
	Recommend string      `json:"recommend,omitempty"` // what the manager would do
	NeedBy    sources.Day `json:"need_by,omitzero"`
	IfSilent  string      `json:"if_silent,omitempty"` // what happens without an answer
	To        Person      `json:"to,omitzero"`
	Serves    string      `json:"serves,omitempty"` // the line it is for, such as checkout/one-click
	Asked     []Talk      `json:"asked,omitempty"`  // who was asked before
	PreCheck  Talk        `json:"pre_check,omitzero"`
	Rank      int         `json:"rank,omitempty"` // 1 is first; 0: not ranked
	Mine      string      `json:"mine,omitempty"` // the manager handles it, and how
	Closed    bool        `json:"closed,omitempty"`
	Answer    Talk        `json:"answer,omitzero"`

	// What a Resource is about: how much, until when, what moves with it and
	// what slips without.
	Amount    string `json:"amount,omitempty"`
	Until     string `json:"until,omitempty"`
	IfGranted string `json:"if_granted,omitempty"`
	IfNot     string `json:"if_not,omitempty"`

	More []Sub `json:"more,omitempty"` // what else stands below it

	At Place `json:"-"` // where Parse found it
}

// Open reports whether an ask still waits for an answer. An Inform never does.
func (a Ask) Open() bool { return !a.Closed && a.Kind != Inform }

// Compare orders asks as they are to be answered: by rank, then by the day they
// are needed; what has none comes last.
func (a Ask) Compare(b Ask) int {
	never := sources.Day{Year: math.MaxInt}
	return cmp.Or(cmp.Compare(cmp.Or(a.Rank, math.MaxInt), cmp.Or(b.Rank, math.MaxInt)), cmp.Or(a.NeedBy, never).Compare(cmp.Or(b.NeedBy, never)))
}

// A Person is somebody that an ask goes to.
type Person struct {
	Name string `json:"name,omitempty"` // or a role
	What string `json:"what,omitempty"` // what they are, or where; after the comma
}

// String returns the person as written: "Ravi, Platform".
func (p Person) String() string {
	if p.What == "" {
		return p.Name
	}
	return p.Name + ", " + p.What
}

// A Talk is something that was said, and on which day.
type Talk struct {
	Day  sources.Day `json:"day,omitzero"`
	Text string      `json:"text,omitempty"`
}

// String returns the talk as written: "2026-11-20 next week".
func (t Talk) String() string {
	if t.Day.IsZero() {
		return t.Text
	}
	return strings.TrimSpace(t.Day.String() + " " + t.Text)
}

// A Sub is a sub-item that is no field: unknown, said twice, or not to be read.
type Sub struct {
	Depth int    `json:"depth,omitempty"` // 0 is directly below the ask
	Text  string `json:"text"`
}

// A Place is where an ask stands in the text that it was read from.
type Place struct {
	Number     int // of the ask, of all in the text, from 1
	Line       int // from 1
	Start, End int // bytes [Start, End), whole lines without the last line end
}
