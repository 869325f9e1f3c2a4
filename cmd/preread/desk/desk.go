// Package desk shows a page of preread in a browser, as a place to write in.
//
// It is an [http.Handler] and nothing more: it has no file, no network and no
// clock. What it knows of the page, and every change of it, goes through the
// functions of a [Page], which whoever owns the file provides. How words stand
// in a slot, and how a page looks, is left to package report; here are the views
// and forms around that, and who is let in (see [Door]).
//
// Everything works without a script. With it, words are saved as they are
// typed, and what others change on disk is told.
package desk

import (
	"embed"
	"html/template"
	"io"
	"net/http"
	"sync"

	"preread/report"
	"preread/sources"
)

// A Page is the page on the desk: what whoever owns it can do with it. Many
// requests call these functions at once. Read, Change, Render and Today must be
// there; what needs another one that is nil is not shown.
type Page struct {
	Name string // of the file, for people

	// Read returns the page as it stands.
	Read func() ([]byte, error)

	// Change replaces the page by what edit makes of it as it stands at that
	// moment. If it is saved by somebody else meanwhile, edit is called again. An
	// error of edit leaves the page as it is, and is returned as it is or wrapped.
	Change func(edit func(page []byte) ([]byte, error)) error

	// Render returns the body of a page as HTML, and a sentence about what could
	// not be shown, "" if that is nothing.
	Render func(page []byte, w report.Writing) (body, missing string, err error)

	// Today returns the day of whoever writes.
	Today func() sources.Day

	// SentOn returns the day of whoever writes on which a page was sent; nil is
	// that of UTC. It is asked about pages that were.
	SentOn func(report.Page) sources.Day

	// Explain returns where the figures of a line come from, as lines of text.
	Explain func(page []byte, id string) (string, error)

	// Before returns the page of the week before and what that week is called;
	// no page if there is none.
	Before func() (week string, page []byte, err error)

	// Ready says whether a page is marked as ready, and since when or since when
	// no more; "" if it never was. MarkReady marks it, or takes the mark away.
	Ready     func(page []byte) (since string, ready bool, err error)
	MarkReady func(page []byte, ready bool) error

	// Findings returns what the review of a page asks about. Answer returns the
	// page with an answer to one of them in it.
	Findings func(page []byte) ([]Finding, error)
	Answer   func(page []byte, finding, words string) ([]byte, error)

	// Readers are who gets the page in a form of their own, and ForReader returns
	// that form as HTML.
	Readers   []Reader
	ForReader func(page []byte, id string) (string, error)
}

// A Finding is one thing that the review of a page asks about.
type Finding struct {
	ID   string
	Slot string // that it is about; "": the page
	Text string // one plain sentence
}

// A Reader is somebody for whom the page has a form, or a form that has a name.
type Reader struct {
	ID   string // in the address
	Name string // as a link says it: "For Dana"
}

// A Desk is a page with what was written on it since it was opened.
type Desk struct {
	page    Page
	door    Door
	routes  *http.ServeMux
	entered sync.Once

	mu   sync.Mutex
	past map[string][]version // of each slot, by its id, oldest first
}

//go:embed page.html slot.html
var files embed.FS

var views = template.Must(template.ParseFS(files, "*.html"))

//go:embed style.css
var style string

//go:embed script.js
var script string

// New returns the desk of a page, behind a door.
func New(page Page, door Door) *Desk {
	d := &Desk{page: page, door: door, routes: http.NewServeMux(), past: map[string][]version{}}
	d.routes.HandleFunc("GET /{$}", d.whole)
	d.routes.HandleFunc("GET /style.css", asset("text/css", report.HTMLStyle+style))
	d.routes.HandleFunc("GET /script.js", asset("text/javascript", script))
	d.routes.HandleFunc("GET /state", d.state)
	d.routes.HandleFunc("POST /save", d.save)
	d.routes.HandleFunc("POST /both", d.both)
	d.routes.HandleFunc("POST /keep", d.keep)
	d.routes.HandleFunc("POST /undo", d.undo)
	d.routes.HandleFunc("POST /preview", d.preview)
	d.routes.HandleFunc("POST /discuss", d.discuss)
	d.routes.HandleFunc("POST /colour", d.colour)
	d.routes.HandleFunc("POST /ask", d.ask)
	d.routes.HandleFunc("POST /outcome", d.outcome)
	if page.Explain != nil {
		d.routes.HandleFunc("GET /explain/{team}/{line}", d.explain)
	}
	d.routes.HandleFunc("GET /changes", d.changes)
	if page.Ready != nil && page.MarkReady != nil {
		d.routes.HandleFunc("POST /ready", d.ready)
	}
	if page.Findings != nil && page.Answer != nil {
		d.routes.HandleFunc("GET /review", d.review)
		d.routes.HandleFunc("POST /answer", d.answer)
	}
	if page.ForReader != nil {
		d.routes.HandleFunc("GET /reader/{id}", d.reader)
	}
	return d
}

func asset(kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		_, _ = io.WriteString(w, text)
	}
}
