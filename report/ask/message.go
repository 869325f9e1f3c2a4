package ask

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"preread/sources"
)

// A Frame names those who are behind a message. Empty names are left out.
type Frame struct {
	Boss    Person // signs it
	Manager string // asked for it
	Team    string // is what the manager runs
}

// toBoss reports whether somebody is the boss: then it is the manager who writes.
func (f Frame) toBoss(to Person) bool { return f.Boss.Reads(to) }

// Reads reports whether somebody whom an ask names, by name or role or as you, is
// the person who reads it.
func (p Person) Reads(to Person) bool {
	name, boss := wording(to.Name), wording(p.Name)
	if name == "" || boss == "" {
		return false
	}
	first, _, more := strings.Cut(name, " ")
	bossFirst, _, bossMore := strings.Cut(boss, " ")
	what, role := wording(to.What), wording(p.What)
	switch {
	case name == "you", name == role:
		return true
	case first != bossFirst, more && bossMore && name != boss:
		return false
	}
	return strings.Contains(what, role) || strings.Contains(role, what)
}

// A Message is what a boss could send to somebody for an ask.
type Message struct {
	To      string // the name of who gets it
	Subject string // one line
	Body    string // plain text, lines end with LF
}

const (
	mostWords   = 120 // in a body
	longestName = 60  // in characters
	longSubject = 78
)

// Draft words an ask as the boss would, to the person that the ask names; if that
// is the boss, as the manager would. serves is the title of what the ask serves, "" if that is not known. The
// body has at most 120 words: what does not fit is left out as a whole, the
// least important first. It is an error if nobody is named, nothing is asked,
// or the question alone is too long.
func Draft(a Ask, from Frame, serves string, today sources.Day) (Message, error) {
	name := func(s string) string { return shortened(clean(s), longestName) }
	to := name(a.To.Name)
	question, others := a.asked()
	switch {
	case to == "":
		return Message{}, errors.New("nobody is named; write “To: ” and a name below the ask")
	case question == "":
		return Message{}, errors.New("nothing is asked; write the question behind “" + capital(string(a.Kind)) + ":”")
	}
	w := writer{Frame: Frame{Person{name(from.Boss.Name), ""}, name(from.Manager), name(from.Team)}, own: from.toBoss(a.To), today: today}
	body, count := compose(a.parts(w, to, question, others, serves))
	if count > mostWords {
		return Message{}, fmt.Errorf("with its question alone the message has %d words, and may have %d; ask it in one short sentence", count, mostWords)
	}
	subject := wishFor(a.Kind).subject
	if !a.NeedBy.IsZero() && a.Open() && !a.overdue(today) {
		subject += " by " + date(a.NeedBy, sources.Day{})
	}
	return Message{to, shortened(subject+": "+spoken(question), longSubject), body}, nil
}

// A part is a sentence of a message.
type part struct {
	paragraph int
	worth     int // the higher, the later it is left out; 0: never
	text      string
}

// parts says in reading order all that there is to say. What was tried last is
// worth more than what was tried before.
func (a Ask) parts(from writer, to, question, others, serves string) []part {
	var parts []part
	add := func(paragraph, worth int, before, text string) {
		if text = spoken(text); text != "" {
			parts = append(parts, part{paragraph, worth, before + sentence(text)})
		}
	}
	parts = append(parts, part{0, 0, "Hello " + to + ","})
	add(1, 0, from.opening(a.Kind)+" ", question)
	add(1, 8, "The choice: ", strings.Join(a.Options, "; "))
	add(1, 8, "It is about ", a.Amount)
	add(1, 8, "It is needed until ", dayInWords(a.Until))
	add(2, 7, from.recommends(a.Recommend), a.Recommend)
	add(2, 9, "It serves our goal: ", serves)
	add(2, 5, "If granted: ", a.IfGranted)
	add(2, 5, "If not: ", a.IfNot)
	add(2, 3, "", others)
	for i, t := range a.Asked {
		text, worth := "Asked before", 4
		if !t.Day.IsZero() {
			text += ", on " + date(t.Day, sources.Day{})
		}
		if t.Text != "" {
			text += ": " + t.Text
		}
		if i == len(a.Asked)-1 {
			worth = 6
		}
		add(3, worth, "", text)
	}
	switch {
	case a.overdue(from.today):
		add(4, 11, "", "It was needed by "+date(a.NeedBy, sources.Day{})+", so please answer as soon as you can")
	case !a.NeedBy.IsZero() && a.Open():
		add(4, 11, "", "Please answer by "+date(a.NeedBy, sources.Day{}))
	}
	add(4, 10, from.silence(), a.IfSilent)
	return append(parts, part{5, 0, strings.TrimSpace("Thank you,\n" + from.name())})
}

// dayInWords is a text with the day that it begins with, if any, as people say it.
func dayInWords(text string) string {
	if day, rest := parseDay(text); !day.IsZero() {
		return strings.TrimSpace(date(day, sources.Day{}) + " " + rest)
	}
	return text
}

// overdue reports an ask that waits for an answer after its day.
func (a Ask) overdue(today sources.Day) bool {
	return !a.NeedBy.IsZero() && a.Open() && a.NeedBy.Compare(today) < 0
}

// A writer is who a message is from: the boss, or the manager on their own.
type writer struct {
	Frame
	own   bool
	today sources.Day
}

// name is what the message is signed with.
func (w writer) name() string {
	if w.own {
		return w.Manager
	}
	return w.Boss.Name
}

// opening says what a kind of ask wants, up to the colon before it.
func (w writer) opening(k Kind) string {
	wish := wishFor(k)
	if w.own && k == Connect {
		wish.opening = "I ask you for an introduction for %s:"
	}
	return fmt.Sprintf(wish.opening, w.owner())
}

// recommends introduces a recommendation: with a colon, unless it has its own.
func (w writer) recommends(what string) string {
	who := cmp.Or(w.Manager, "The team") + " recommends"
	if w.own {
		who = "I recommend"
	}
	return Recommending(who, what)
}

// Recommending ends what comes before a recommendation with a colon, unless that
// has one of its own: "I recommend " before "yes: it frees two weeks".
func Recommending(who, what string) string {
	if strings.Contains(what, ":") {
		return who + " "
	}
	return who + ": "
}

// silence introduces what happens without an answer. It is the manager's to do, so
// a message of the boss says whose words that is.
func (w writer) silence() string {
	if w.own {
		return "Without an answer: "
	}
	return "Without an answer, in the words of " + cmp.Or(w.Manager, "the team") + ": "
}

// owner names whose ask it is: "Ana's team, Checkout".
func (w writer) owner() string {
	f := w.Frame
	switch {
	case w.own && f.Team != "":
		return "my team, " + f.Team
	case w.own:
		return "my team"
	case f.Manager != "" && f.Team != "":
		return f.Manager + "’s team, " + f.Team
	case f.Manager != "":
		return f.Manager + "’s team"
	case f.Team != "":
		return "the team " + f.Team
	}
	return "one of my teams"
}

// A wish is how a boss says what a kind of ask wants.
type wish struct {
	subject string
	opening string // %s is whose ask it is
}

var wishes = map[Kind]wish{
	Decide:   {"A decision", "I would like a decision from you for %s:"},
	Insight:  {"Your view", "I would like your view on a question of %s:"},
	Resource: {"Your help", "I ask you for something that %s needs:"},
	Connect:  {"An introduction", "I would like to bring you together with %s, who asked me:"},
	Unblock:  {"A way forward", "Only you can move something for %s:"},
	Confirm:  {"A confirmation", "Please confirm something for %s:"},
	Inform:   {"For your information", "This is for you to know, from %s:"},
}

func wishFor(k Kind) wish {
	if w, known := wishes[k]; known {
		return w
	}
	return wish{"A question", "I have a question from %s:"}
}

// compose makes a text of the parts that fit into a message, and counts its
// words. Parts that are never left out may be too many.
func compose(parts []part) (text string, count int) {
	kept := make([]bool, len(parts))
	byWorth := make([]int, len(parts))
	for i, p := range parts {
		byWorth[i] = i
		if p.worth == 0 {
			kept[i] = true
			count += words(p.text)
		}
	}
	slices.SortStableFunc(byWorth, func(i, j int) int { return parts[j].worth - parts[i].worth })
	for _, i := range byWorth {
		if n := words(parts[i].text); !kept[i] && count+n <= mostWords {
			kept[i] = true
			count += n
		}
	}
	last := -1
	for i, p := range parts {
		switch {
		case !kept[i]:
			continue
		case last >= 0 && p.paragraph != last:
			text += "\n\n"
		case last >= 0:
			text += " "
		}
		text, last = text+p.text, p.paragraph
	}
	return text + "\n", count
}

func words(text string) int { return len(strings.Fields(text)) }

var linked = regexp.MustCompile(`\[([^\[\]]*)\]\(([^\s()]*)\)`)

// spoken is a text as it stands in a mail: links are written out.
func spoken(text string) string { return clean(linked.ReplaceAllString(text, "$1 ($2)")) }

// sentence ends a text with a full stop, if nothing else ends it.
func sentence(text string) string {
	if strings.HasSuffix(strings.TrimRight(text, "\"'”’)"), "…") || strings.ContainsAny(text[max(0, len(text)-2):], ".?!") {
		return text
	}
	return text + "."
}

// shortened cuts a line behind a word, to so many characters.
func shortened(line string, limit int) string {
	if utf8.RuneCountInString(line) <= limit {
		return line
	}
	short := ""
	for word := range strings.FieldsSeq(line) {
		if utf8.RuneCountInString(short)+1+utf8.RuneCountInString(word) >= limit {
			break
		}
		short = strings.TrimSpace(short + " " + word)
	}
	return short + "…"
}

// An Address is where mail goes to.
type Address struct {
	Name string // shown beside it
	Mail string // such as ravi@acme.example
}

const (
	atoms       = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
	longestMail = 254
)

var mailAddress = regexp.MustCompile(`^` + atoms + `(?:\.` + atoms + `)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$`)

// header returns the address as it stands in a header, "" if it is none.
func (a Address) header() string {
	if len(a.Mail) > longestMail || !mailAddress.MatchString(a.Mail) {
		return ""
	}
	name := headerText(sources.OneLine(a.Name, longestName))
	switch {
	case name == "":
		return a.Mail
	case strings.IndexFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) < 0:
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	case strings.ContainsAny(name, "\"#$%&'(),.:;<>@[]^`{|}~\\"):
		name = folded(mime.BEncoding.Encode("utf-8", name)) // such signs must not stand in the other encoding of a name
	default:
		name = folded(mime.QEncoding.Encode("utf-8", name))
	}
	return name + "\r\n <" + a.Mail + ">"
}

// headerText keeps a text from looking as if it were encoded already.
func headerText(s string) string { return strings.ReplaceAll(s, "=?", "= ?") }

// folded puts each encoded word on a line of its own.
func folded(encoded string) string { return strings.ReplaceAll(encoded, "?= =?", "?=\r\n =?") }

// EML returns the message as a text mail of RFC 5322 that mail programs open as
// a draft. An address that cannot be one, and a zero date, are left out, to be
// filled in there. No name can add a header or end them.
func (m Message) EML(when time.Time, from, to Address) []byte {
	var b bytes.Buffer
	header := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	header("X-Unsent", "1")
	if !when.IsZero() {
		header("Date", when.Format(time.RFC1123Z))
	}
	if to.Name == "" {
		to.Name = m.To
	}
	header("From", from.header())
	header("To", to.header())
	header("Subject", folded(mime.QEncoding.Encode("utf-8", shortened(headerText(clean(m.Subject)), longSubject))))
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	lines := strings.NewReplacer("\r\n", "\n", "\r", "\n") // the writer loses lines where they end in several ways
	io.WriteString(w, lines.Replace(strings.ToValidUTF8(m.Body, "�")))
	w.Close()
	return b.Bytes()
}
