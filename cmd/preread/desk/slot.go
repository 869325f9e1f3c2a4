package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"preread/report"
)

// A version is what became of a slot by one change of this desk.
type version struct {
	before string // its text, byte for byte
	after  string // its words
}

// pastLimit is how many changes of a slot can be undone.
const pastLimit = 200

// A clash is the error of a slot that holds other words than those that a form
// began with. Nothing is overwritten.
type clash struct{ theirs string }

func (*clash) Error() string {
	return "This was changed on disk while you wrote. Nothing is lost: both texts are here."
}

// sumOf identifies the words of a slot.
func sumOf(words string) string {
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:12])
}

// typed is a text as a browser sends it, with LF at the ends of lines.
func typed(text string) string { return (report.Note{Text: text}).Words() }

// write changes the text of one slot, and remembers that for undoing.
func (d *Desk) write(id string, edit func(report.Page, report.Note) (string, error)) error {
	var v *version
	err := d.change(func(page []byte) ([]byte, error) {
		v = nil
		p, err := report.ParsePage(d.page.Name, page)
		if err != nil {
			return nil, err
		}
		n, err := p.Note(id)
		if err != nil {
			return nil, err
		}
		text, err := edit(p, n)
		switch {
		case err != nil:
			return nil, err
		case text == n.Text:
			return page, nil
		}
		v = &version{n.Text, (report.Note{Text: text}).Words()}
		return report.PutNote(page, id, text)
	})
	if err != nil || v == nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	past := append(d.past[id], *v)
	d.past[id] = past[max(0, len(past)-pastLimit):]
	return nil
}

// unchanged wants a slot to hold what a form began with.
func unchanged(n report.Note, r *http.Request) error {
	if now := n.Words(); sumOf(now) != r.PostForm.Get("was") {
		return &clash{now}
	}
	return nil
}

// wordsOf takes a slot and the words for it from a form.
func wordsOf(r *http.Request) (id, words string, err error) {
	id, words = r.PostForm.Get("slot"), r.PostForm.Get("words")
	if !utf8.ValidString(words) || strings.Contains(words, "\x00") {
		err = &report.WordsError{Reason: "it is no text"}
	}
	return id, words, err
}

func (d *Desk) save(w http.ResponseWriter, r *http.Request) {
	id, words, err := wordsOf(r)
	if err == nil {
		err = d.write(id, func(p report.Page, n report.Note) (string, error) {
			if typed(words) == n.Words() {
				return n.Text, nil // it is there already
			}
			return p.Fitted(n, words), unchanged(n, r)
		})
	}
	d.written(w, r, id, words, err)
}

// both saves two texts after a clash: first the one on disk, then the other.
func (d *Desk) both(w http.ResponseWriter, r *http.Request) {
	id, words, err := wordsOf(r)
	if err == nil {
		err = d.write(id, func(p report.Page, n report.Note) (string, error) {
			return p.Appended(n, words, false), unchanged(n, r)
		})
	}
	d.written(w, r, id, words, err)
}

// keep saves words for a slot that is gone.
func (d *Desk) keep(w http.ResponseWriter, r *http.Request) {
	id, words, err := wordsOf(r)
	if err == nil {
		err = d.change(func(page []byte) ([]byte, error) { return report.KeepNote(page, id, words) })
	}
	d.written(w, r, id, words, err)
}

// undo takes back the last change that this desk made of a slot.
func (d *Desk) undo(w http.ResponseWriter, r *http.Request) {
	id := r.PostForm.Get("slot")
	last, left := d.last(id)
	if left == 0 {
		d.written(w, r, id, "", &report.WordsError{Reason: "There is nothing to undo."})
		return
	}
	err := d.change(func(page []byte) ([]byte, error) {
		p, err := report.ParsePage(d.page.Name, page)
		if err != nil {
			return nil, err
		}
		n, err := p.Note(id)
		if err != nil {
			return nil, err
		}
		if now := n.Words(); now != last.after {
			return nil, &clash{now}
		}
		return report.PutNote(page, id, last.before)
	})
	if err == nil {
		d.forget(id, last)
	}
	d.written(w, r, id, (report.Note{Text: last.before}).Words(), err)
}

// last returns the last change of a slot, and how many there are.
func (d *Desk) last(id string) (v version, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	past := d.past[id]
	if len(past) == 0 {
		return v, 0
	}
	return past[len(past)-1], len(past)
}

// forget takes the last change of a slot away if it is still that one.
func (d *Desk) forget(id string, v version) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if past := d.past[id]; len(past) > 0 && past[len(past)-1] == v {
		d.past[id] = past[:len(past)-1]
	}
}

// discuss marks a slot to be discussed, or takes that away.
func (d *Desk) discuss(w http.ResponseWriter, r *http.Request) {
	id, on := r.PostForm.Get("slot"), r.PostForm.Get("on") == "1"
	err := d.write(id, func(p report.Page, n report.Note) (string, error) {
		marks := marksIn(n)
		switch {
		case len(marks) > 0 == on:
			return n.Text, nil
		case on:
			return p.Appended(n, report.DiscussMark, false), nil
		}
		return dropped(p, n, marks), nil
	})
	if err != nil { // there are no words to show again
		code, said := saidOf(err)
		if errors.Is(err, report.ErrNoSlot) {
			said = "This place is not on the page any more."
		}
		d.wrong(w, code, "Not marked", said)
		return
	}
	d.written(w, r, id, "", nil)
}

// marksIn returns the numbers of a note's lines that mark it to be discussed.
func marksIn(n report.Note) (numbers []int) {
	for number, line := range report.Unfenced(n.Text) {
		if strings.TrimSpace(line) == report.DiscussMark {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// dropped returns a note's text without some of its lines, and without the blank
// line that set each of them off.
func dropped(p report.Page, n report.Note, numbers []int) string {
	var kept []string
	lines := slices.Collect(strings.Lines(n.Text))
	blank := func(lines []string, i int) bool { return i >= len(lines) || strings.TrimSpace(lines[i]) == "" }
	for i, line := range lines {
		if !slices.Contains(numbers, i) {
			kept = append(kept, line)
			continue
		}
		if last := len(kept) - 1; last >= 0 && blank(kept, last) && blank(lines, i+1) {
			kept = kept[:last]
		}
	}
	text := strings.Join(kept, "")
	if (report.Note{Text: text}).Words() == "" {
		return p.Fitted(n, "")
	}
	return text
}

// shown reports whether a browser can show the text of a note and give it back
// as it is.
func shown(n report.Note) bool {
	return utf8.ValidString(n.Text) && !strings.Contains(n.Text, "\x00") && !strings.Contains(strings.ReplaceAll(n.Text, "\r\n", "\n"), "\r")
}

// A reply is what the script learns of a change.
type reply struct {
	Was    string `json:"was"`              // what the next form begins with
	Words  string `json:"words"`            // as they stand in the slot
	HTML   string `json:"html"`             // what was sent, as a reader would see it
	Said   string `json:"said,omitempty"`   // why nothing was saved; "" if it was
	Gone   bool   `json:"gone,omitempty"`   // the slot is not there any more
	Theirs string `json:"theirs,omitempty"` // after a clash, the words on disk as a reader sees them
	Undo   int    `json:"undo"`             // how many changes can be undone
}

// written answers a change of a slot: the page, at the slot; or why it was not
// made, with the words that were sent.
func (d *Desk) written(w http.ResponseWriter, r *http.Request, id, words string, err error) {
	switch {
	case r.Header.Get("Accept") == "application/json":
		d.reply(w, r, id, words, err)
	case err != nil:
		d.unsaved(w, id, words, err)
	default:
		http.Redirect(w, r, d.door.base()+"#slot:"+id, http.StatusSeeOther)
	}
}

// reply tells the script what written shows.
func (d *Desk) reply(w http.ResponseWriter, r *http.Request, id, words string, err error) {
	code, said := saidOf(err)
	level := levelOf(r)
	answer := reply{Said: said, Gone: errors.Is(err, report.ErrNoSlot)}
	_, answer.Undo = d.last(id)
	if n, err := d.note(id); err == nil {
		answer.Words = n.Words()
	}
	if err == nil {
		words = answer.Words
	}
	answer.Was, answer.HTML = sumOf(answer.Words), noteHTML(words, level)
	var other *clash
	if errors.As(err, &other) {
		answer.Was, answer.Theirs = sumOf(other.theirs), noteHTML(other.theirs, level)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(answer)
}

// note returns the note of a slot as it stands on disk.
func (d *Desk) note(id string) (report.Note, error) {
	text, err := d.page.Read()
	if err != nil {
		return report.Note{}, err
	}
	page, err := report.ParsePage(d.page.Name, text)
	if err != nil {
		return report.Note{}, err
	}
	return page.Note(id)
}

// saidOf tells an error as a code and a sentence; nil is OK and "".
func saidOf(err error) (code int, sentence string) {
	var other *clash
	var refused *report.WordsError
	switch {
	case err == nil:
		return http.StatusOK, ""
	case errors.As(err, &other):
		return http.StatusConflict, other.Error()
	case errors.Is(err, report.ErrNoSlot):
		return http.StatusConflict, "This place is not on the page any more. Your words are not lost: they are here, and can be kept at the end of the page."
	case errors.As(err, &refused):
		return http.StatusUnprocessableEntity, "Not saved: " + refused.Reason + "."
	}
	return http.StatusInternalServerError, "Not saved: " + err.Error() + "."
}
