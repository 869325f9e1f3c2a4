package desk

import (
	"encoding/json"
	"net/http"

	"preread/report"
)

// A state tells one content of a page from another, part by part: an open page
// knows which words it has saved itself, so that it is not told of its own.
type state struct {
	Page  string            `json:"page"`  // of the program's text, and of whether it was sent
	Slots map[string]string `json:"slots"` // of the words, by slot
}

func stateOf(p report.Page) state {
	tool := p.Tool
	if !p.Mark.Sent.IsZero() {
		tool += "sent"
	}
	s := state{sumOf(tool), map[string]string{}}
	for _, n := range p.Notes {
		s.Slots[n.ID] = sumOf(n.Words())
	}
	return s
}

// state tells the script of an open page what is on disk. It writes nothing and
// waits for nobody, so it can be asked often.
func (d *Desk) state(w http.ResponseWriter, _ *http.Request) {
	text, err := d.page.Read()
	if err != nil {
		refuse(w, http.StatusInternalServerError, "The page cannot be read.")
		return
	}
	page, err := report.ParsePage(d.page.Name, text)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "The page cannot be read.")
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(stateOf(page))
}
