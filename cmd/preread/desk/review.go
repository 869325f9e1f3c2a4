package desk

import (
	"html/template"
	"net/http"
	"slices"
)

// ready marks the page as ready, as whoever marks it has seen it.
func (d *Desk) ready(w http.ResponseWriter, r *http.Request) {
	text, page, ok := d.read(w)
	if !ok {
		return
	}
	if err := d.unsent(page); err != nil {
		code, said := saidOf(err)
		d.wrong(w, code, "Not marked", said)
		return
	}
	if r.PostForm.Get("sum") != sumOf(string(text)) {
		d.wrong(w, http.StatusConflict, "Not marked", "The page was changed since you looked at it. Look again, then mark it.")
		return
	}
	if err := d.page.MarkReady(text, r.PostForm.Get("on") == "1"); err != nil {
		d.wrong(w, http.StatusInternalServerError, "Not marked", err.Error()+".")
		return
	}
	http.Redirect(w, r, d.door.base(), http.StatusSeeOther)
}

// review shows what the review of the page asks about.
func (d *Desk) review(w http.ResponseWriter, _ *http.Request) {
	text, page, ok := d.read(w)
	if !ok {
		return
	}
	findings, err := d.page.Findings(text)
	if err != nil {
		d.wrong(w, http.StatusInternalServerError, "The page cannot be reviewed", err.Error()+".")
		return
	}
	d.show(w, http.StatusOK, view{Title: "Review", At: "review"}, "review", map[string]any{
		"Findings": findings, "Sent": d.sentOn(page), "Base": d.door.base(), "Token": d.door.Token, "Today": d.page.Today().String(),
	}, text)
}

// answer puts an answer to a finding on the page.
func (d *Desk) answer(w http.ResponseWriter, r *http.Request) {
	finding, words := r.PostForm.Get("finding"), r.PostForm.Get("words")
	err := d.change(func(page []byte) ([]byte, error) { return d.page.Answer(page, finding, words) })
	if code, said := saidOf(err); err != nil {
		text, _ := d.page.Read()
		d.show(w, code, view{Title: "Not answered"}, "wrong", map[string]any{"Title": "Not answered", "Said": said, "Words": words}, text)
		return
	}
	http.Redirect(w, r, d.door.base()+"review", http.StatusSeeOther)
}

// reader shows the page as one of its readers gets it.
func (d *Desk) reader(w http.ResponseWriter, r *http.Request) {
	text, _, ok := d.read(w)
	if !ok {
		return
	}
	i := slices.IndexFunc(d.page.Readers, func(one Reader) bool { return one.ID == r.PathValue("id") })
	if i < 0 {
		d.wrong(w, http.StatusNotFound, "There is no such reader", "The page has no reader of this name.")
		return
	}
	reader := d.page.Readers[i]
	body, err := d.page.ForReader(text, reader.ID)
	if err != nil {
		d.wrong(w, http.StatusUnprocessableEntity, "This cannot be shown", err.Error()+".")
		return
	}
	d.show(w, http.StatusOK, view{Title: reader.Name, At: "reader:" + reader.ID}, "page", map[string]any{
		"Missing": "", "Body": template.HTML(body),
	}, text)
}
