package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"preread/cmd/preread/desk"
	"preread/report"
)

// An opening is what the flags of open ask for.
type opening struct {
	week, facts       string
	here, file, quiet bool
}

func (p *program) openVerb() *cobra.Command {
	var o opening
	cmd := &cobra.Command{
		Use:   "open",
		Short: "Write in the page in the browser, or show it here",
		Long: `open shows the page as it stands on disk in your browser, to write in it: what
you type is saved into the same file as you type, beside what others save there.
Only this machine can reach it, and only with the address that is printed; it
ends with Ctrl-C. A page that was sent is shown to be read only.

With --print it shows the page here, as wide as the terminal but in at most 80
columns; with --file it opens the html of the page, which draft --format
markdown,html makes.`,
		Example: `  preread open                      write in it in the browser
  preread open --no-browser         only print the address
  preread open --facts facts.json   with charts of saved facts
  preread open --print | less -R    read it here, page by page`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return p.open(o) },
	}
	cmd.Flags().StringVar(&o.week, "week", "last", "the `week` of the page, such as 2026-W46")
	cmd.Flags().StringVar(&o.facts, "facts", "", "draw the charts of the facts saved in `file` (default: those of the last draft)")
	cmd.Flags().BoolVar(&o.here, "print", false, "print the page, in at most 80 columns")
	cmd.Flags().BoolVar(&o.file, "file", false, "open the html file of the page, to read it only")
	cmd.Flags().BoolVar(&o.quiet, "no-browser", false, "start no browser")
	return cmd
}

func (p *program) open(o opening) error {
	c, err := p.settings()
	if err != nil {
		return err
	}
	window, err := p.window(c, o.week)
	if err != nil {
		return err
	}
	path, err := pagePath(c, "", window.Last)
	if err != nil {
		return err
	}
	if o.facts != "" {
		if _, err := p.savedFacts(c, request{facts: o.facts, week: o.week}); err != nil {
			return err
		}
	}
	ofWeek := p.weekFlag(c, window.Last)
	old, err := readPage(path)
	switch {
	case err != nil:
		return err
	case old.page == nil:
		if o.file {
			ofWeek += htmlToo
		}
		return withHint(fmt.Errorf("there is no page of %s yet: %s", window.Last, path), "preread draft%s makes it", ofWeek)
	case o.here:
		return report.WriteTerminal(p.stdout, *old.page, columnsOf(p.stdout), p.inkOn(isTerminal(p.stdout)))
	case o.file:
		file := strings.TrimSuffix(path, filepath.Ext(path)) + ".html"
		p.sayOlder(file, path, ofWeek)
		return p.browse(file, ofWeek)
	}
	return p.withConfig(c, func(j *job) error {
		p.stderr = &talk{w: p.stderr}
		return p.serve(j.opened(path, window.Last, o.facts).page(), path, o.quiet)
	})
}

// sayOlder says that a page was written since its HTML was made.
func (p *program) sayOlder(file, page, ofWeek string) {
	made, err := os.Stat(file)
	if err != nil {
		return // that it is not there is said by whoever opens it
	}
	if written, err := os.Stat(page); err == nil && written.ModTime().After(made.ModTime().Add(time.Second)) {
		fmt.Fprintf(p.stderr, "note: %s is older than the page; preread draft%s --format html makes it anew\n", file, ofWeek)
	}
}

// A talk is a stream that several requests talk on.
type talk struct {
	mu sync.Mutex
	w  io.Writer
}

func (t *talk) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.w.Write(b)
}

// farewell is how long the requests that run are waited for at the end.
const farewell = 5 * time.Second

// serve shows a page to this machine until the program is interrupted, which is
// the way it is meant to end.
func (p *program) serve(page desk.Page, path string, quiet bool) error {
	listener, err := (&net.ListenConfig{}).Listen(p.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the page cannot be shown: %w", err)
	}
	door := desk.Door{Address: listener.Addr().String(), Token: rand.Text(), Key: rand.Text()}
	server := p.server(desk.New(page, door))
	fmt.Fprintf(p.stderr, "%s is open at\n  %s\nEnd with Ctrl-C.\n", path, door.Inside())
	var running sync.WaitGroup
	defer running.Wait()
	served := make(chan error, 1)
	running.Go(func() { served <- server.Serve(listener) })
	if !quiet {
		running.Go(func() {
			if err := p.launch(door.Once()); err != nil && p.ctx.Err() == nil {
				fmt.Fprintf(p.stderr, "warning: %s; open the address above yourself\n", err)
			}
		})
	}
	select {
	case err := <-served:
		return fmt.Errorf("the page is not shown any more: %w", err)
	case <-p.ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), farewell)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		_ = server.Close()
	}
	running.Wait()
	p.ctx = context.WithoutCancel(p.ctx)
	return nil
}

// server answers with a handler, and waits for nobody forever.
func (p *program) server(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute, // another run may have the page for a while
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    1 << 16,
		BaseContext:       func(net.Listener) context.Context { return p.ctx },
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}
