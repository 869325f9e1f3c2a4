package desk

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"preread/report"
)

// A view is one answer to somebody who looks: the frame, and in it one of the
// templates with its data.
type view struct {
	Base, Token string
	Name        string
	Title       string
	At          string // the view that is shown, for the links to the others
	Review      bool
	Readers     []Reader
	CanReady    bool
	Sent        string // the day on which the page was sent; "": it was not
	Since       string // since when the page is ready, or is no more
	IsReady     bool
	Sum         string // of the page
	State       string // of the program's text, where the script is to watch the page
	Body        template.HTML
}

// show answers with a template in the frame. page is nil where it cannot be
// read.
func (d *Desk) show(w http.ResponseWriter, code int, v view, name string, data any, page []byte) {
	v.Base, v.Token, v.Name = d.door.base(), d.door.Token, d.page.Name
	v.Review = d.page.Findings != nil && d.page.Answer != nil
	if page != nil {
		v.Sum = sumOf(string(page))
		if p, err := report.ParsePage(d.page.Name, page); err == nil {
			v.Sent = d.sentOn(p)
		}
		if v.Sent == "" && d.page.Ready != nil && d.page.MarkReady != nil {
			since, ready, err := d.page.Ready(page)
			v.CanReady, v.Since, v.IsReady = err == nil, since, ready
		}
		if d.page.ForReader != nil {
			v.Readers = d.page.Readers
		}
	}
	var body, whole bytes.Buffer
	err := views.ExecuteTemplate(&body, name, data)
	v.Body = template.HTML(body.String())
	if err = errors.Join(err, views.ExecuteTemplate(&whole, "frame", v)); err != nil {
		refuse(w, http.StatusInternalServerError, "The page cannot be shown.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(whole.Bytes())
}

// wrong is the view of something that does not work.
func (d *Desk) wrong(w http.ResponseWriter, code int, title, sentence string) {
	d.show(w, code, view{Title: title}, "wrong", map[string]any{"Title": title, "Said": sentence}, nil)
}

// read reads the page, or answers that it cannot be read.
func (d *Desk) read(w http.ResponseWriter) (text []byte, page report.Page, ok bool) {
	text, err := d.page.Read()
	if err == nil {
		page, err = report.ParsePage(d.page.Name, text)
	}
	if err != nil {
		d.wrong(w, http.StatusInternalServerError, "The page cannot be read", err.Error()+". Mend that in the file, then reload.")
		return nil, page, false
	}
	return text, page, true
}

// whole shows the page with a form at each slot; one that was sent without.
func (d *Desk) whole(w http.ResponseWriter, r *http.Request) {
	text, page, ok := d.read(w)
	if !ok {
		return
	}
	writing := report.Writing{Forms: map[string]string{}}
	if d.page.Explain != nil {
		writing.Explain = d.door.base() + "explain/"
	}
	title := d.page.Name
	for i, place := range page.Places() {
		if i == 0 && place.Level == 1 {
			title = place.Title
		}
		n, err := page.Note(place.ID)
		if err != nil || d.sentOn(page) != "" {
			continue
		}
		var form bytes.Buffer
		if err := views.ExecuteTemplate(&form, "slot", d.form(page, place, n)); err != nil {
			refuse(w, http.StatusInternalServerError, "The page cannot be shown.")
			return
		}
		writing.Forms[place.ID] = form.String()
	}
	body, missing, err := d.page.Render(text, writing)
	if err != nil {
		d.wrong(w, http.StatusInternalServerError, "The page cannot be shown", err.Error()+".")
		return
	}
	d.show(w, http.StatusOK, view{Title: title, At: "page", State: stateOf(page).Page}, "page", map[string]any{
		"Missing": missing, "Body": template.HTML(body),
	}, text)
}

// A slotForm is what is written with at one slot.
type slotForm struct {
	Base, Token string
	ID          string
	Sent        bool // the page was, so what is in the form can only be read
	Title       string
	Level       int
	Words       string
	Was         string // what identifies them
	Rows        int
	Prompt      string
	Shown       bool // a browser can show the words, and give them back as they are
	Marked      bool
	Undo        int
	IsLine      bool
	Own         opinion
	Colours     []string
	Complaints  []string
	Today       string
	IsAsks      bool
	Ask         asking
	Asked       []slotForm // one for each ask that is there
	Kinds       []string
	Lines       []string // to be named in an ask
}

func (d *Desk) form(page report.Page, place report.Place, n report.Note) slotForm {
	words := n.Words()
	f := slotForm{
		Base: d.door.base(), Token: d.door.Token, ID: place.ID, Sent: d.sentOn(page) != "", Title: place.Title, Level: place.Level,
		Words: words, Was: sumOf(words), Rows: rows(words), Prompt: n.Prompt(), Shown: shown(n), Marked: len(marksIn(n)) > 0,
		IsLine: isLine(place.ID), Colours: colours, Today: d.page.Today().String(),
		IsAsks: place.ID == report.AsksSlot, Kinds: kinds, Ask: newAsking(),
	}
	if place.Level == 1 {
		f.Title = "what this is about"
	}
	_, f.Undo = d.last(place.ID)
	if f.IsLine {
		f.Own, f.Complaints = opinionOf(n)
	}
	if f.IsAsks {
		for _, m := range report.MissedAsks(page) {
			f.Complaints = append(f.Complaints, m.Text+"; write: "+m.Instead)
		}
		for _, p := range page.Places() {
			if isLine(p.ID) {
				f.Lines = append(f.Lines, p.ID)
			}
		}
		for _, a := range askings(n) {
			on := f
			on.Ask = a
			f.Asked = append(f.Asked, on)
		}
	}
	return f
}

// isLine reports whether a slot is one of a line.
func isLine(id string) bool {
	return strings.Contains(id, "/") && !strings.HasPrefix(id, report.EditNote)
}

// rows is how many lines a place to write some words in has.
func rows(words string) int {
	n := 1
	for line := range strings.Lines(words) {
		n += 1 + len(line)/80
	}
	return min(max(n, 4), 30)
}

// placed returns the form of a slot of the page as it stands; without the slot,
// an empty one.
func (d *Desk) placed(text []byte, id string) slotForm {
	page, err := report.ParsePage(d.page.Name, text)
	if err == nil {
		for _, place := range page.Places() {
			if n, err := page.Note(place.ID); err == nil && place.ID == id {
				return d.form(page, place, n)
			}
		}
	}
	return d.form(page, report.Place{ID: id, Title: id}, report.Note{ID: id})
}

// unsaved shows words that were not saved, beside those that are on disk where
// these are others.
func (d *Desk) unsaved(w http.ResponseWriter, id, words string, err error) {
	code, said := saidOf(err)
	text, _ := d.page.Read()
	f := d.placed(text, id)
	data := map[string]any{"Said": said, "Title": f.Title, "Gone": errors.Is(err, report.ErrNoSlot)}
	var other *clash
	if errors.As(err, &other) {
		data["Clash"], data["Theirs"] = true, template.HTML(noteHTML(other.theirs, 2))
		f.Was = sumOf(other.theirs)
	}
	f.Words, f.Rows = words, rows(words)
	data["Form"] = f
	d.show(w, code, view{Title: "Not saved: " + f.Title}, "unsaved", data, text)
}

// again shows a form that was not accepted, as it was sent.
func (d *Desk) again(w http.ResponseWriter, err error, name string, sent slotForm) {
	code, said := saidOf(err)
	text, _ := d.page.Read()
	f := d.placed(text, sent.ID)
	f.Own, f.Ask = sent.Own, sent.Ask
	d.show(w, code, view{Title: "Not saved: " + f.Title}, "again", map[string]any{"Said": said, "Title": f.Title, "Name": name, "Form": f}, text)
}

// preview shows words as a reader would see them, and saves nothing.
func (d *Desk) preview(w http.ResponseWriter, r *http.Request) {
	id, words, err := wordsOf(r)
	if err != nil {
		d.written(w, r, id, words, err)
		return
	}
	text, _ := d.page.Read()
	f := d.placed(text, id)
	f.Words, f.Rows, f.Was = words, rows(words), r.PostForm.Get("was")
	d.show(w, http.StatusOK, view{Title: "Preview: " + f.Title}, "preview", map[string]any{
		"Title": f.Title, "Form": f, "HTML": template.HTML(noteHTML(words, 1)),
	}, text)
}

// noteHTML is what a reader sees of words under a heading of a level.
func noteHTML(words string, level int) string {
	if strings.TrimSpace(words) == "" {
		return ""
	}
	text, err := report.HTMLNote(words, level)
	if err != nil {
		return template.HTMLEscapeString(words)
	}
	return text
}

func levelOf(r *http.Request) int {
	n, err := strconv.Atoi(r.PostForm.Get("level"))
	if err != nil {
		return 1
	}
	return min(max(n, 0), 5)
}
