package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// A stage is an open page in another goroutine, as its user has it.
type stage struct {
	t       *testing.T
	said    talkBuffer
	address string // with the token
	stop    context.CancelFunc
	ended   chan int
}

// A talkBuffer is what a program says, to be read while it runs.
type talkBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	news chan struct{} // told of every word
}

func (b *talkBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		select {
		case b.news <- struct{}{}:
		default:
		}
	}()
	return b.text.Write(text)
}

func (b *talkBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// wait waits until a program has said something that a pattern finds.
func (b *talkBuffer) wait(t *testing.T, pattern string) string {
	t.Helper()
	for {
		if m := regexp.MustCompile(pattern).FindString(b.String()); m != "" {
			return m
		}
		select {
		case <-b.news:
		case <-t.Context().Done():
			t.Fatal("nothing more is said than: " + b.String())
		}
	}
}

// onStage runs open in a folder until the test ends or stops it.
func (d folder) onStage(t *testing.T, args ...string) *stage {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &stage{t: t, stop: stop, ended: make(chan int, 1), said: talkBuffer{news: make(chan struct{}, 1)}}
	p := &program{ctx: ctx, stdout: &s.said, stderr: &s.said, getenv: d.getenv, now: func() time.Time { return scriptNow }, patience: time.Minute}
	go func() { s.ended <- p.run(append([]string{"open", "-c", d.settings}, args...)) }()
	t.Cleanup(func() { s.end() })
	s.address = strings.TrimSpace(s.said.wait(t, `(?m)^  http://127\.0\.0\.1:\d+/[A-Z0-9]{26}/$`))
	return s
}

// end interrupts the program, and returns its exit code.
func (s *stage) end() int {
	s.stop()
	code := <-s.ended
	s.ended <- code
	return code
}

// ask asks for a path as a browser does, on a connection of its own.
func (s *stage) ask(method, address string, fields url.Values) (code int, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(fields.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// token is what every form of the page holds.
func (s *stage) token() string {
	parts := strings.Split(strings.TrimSuffix(s.address, "/"), "/")
	return parts[len(parts)-1]
}

// The page is open to whoever has the address, until the program is
// interrupted; that is the way it is meant to end, and leaves nothing running.
func TestOpenUntilInterrupted(t *testing.T) {
	d := newDraft(t)
	running := goleak.IgnoreCurrent()
	s := d.onStage(t, "--no-browser")
	if code, body := s.ask(http.MethodGet, s.address, nil); code != http.StatusOK || !strings.Contains(body, "Kettle") || !strings.Contains(body, `class="chart"`) {
		t.Errorf("code %d: %.500s", code, body)
	}
	other := strings.TrimSuffix(s.address, s.token()+"/")
	if code, body := s.ask(http.MethodGet, other, nil); code != http.StatusForbidden || strings.Contains(body, "Kettle") {
		t.Errorf("without the token: code %d: %.200s", code, body)
	}
	if code, body := s.ask(http.MethodGet, strings.Replace(s.address, "127.0.0.1", "localhost", 1), nil); code != http.StatusForbidden || strings.Contains(body, "Kettle") {
		t.Errorf("by another name: code %d: %.200s", code, body)
	}
	if code := s.end(); code != exitFine {
		t.Errorf("it exits with %d and says %s", code, s.said.String())
	}
	want := d.page + " is open at\n  " + s.address + "\nEnd with Ctrl-C.\n"
	if got := s.said.String(); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	goleak.VerifyNone(t, running)
}

// The browser gets an address that opens the page once: others on the machine
// see how it is started.
func TestOpenStartsABrowser(t *testing.T) {
	d := newDraft(t)
	asBrowser(t, "")
	s := d.onStage(t)
	s.said.wait(t, "warning: nothing on this machine opens a page in a browser; open the address above yourself\n")
	s.end()

	seen := filepath.Join(d.dir, "seen")
	opener := "#!/bin/sh\necho \"$1\" >" + seen + ".part\n/bin/mv " + seen + ".part " + seen + "\n"
	if err := os.WriteFile(filepath.Join(os.Getenv("PATH"), "xdg-open"), []byte(opener), 0o700); err != nil {
		t.Fatal(err)
	}
	s = d.onStage(t)
	var once []byte
	for once == nil {
		text, err := os.ReadFile(seen)
		switch {
		case err == nil:
			once = bytes.TrimSpace(text)
		case t.Context().Err() != nil:
			t.Fatal(err)
		}
	}
	if strings.Contains(string(once), s.token()) {
		t.Errorf("the token is told to everybody: %s", once)
	}
	if code, _ := s.ask(http.MethodGet, string(once), nil); code != http.StatusSeeOther {
		t.Errorf("its address: code %d", code)
	}
	if code, _ := s.ask(http.MethodGet, string(once), nil); code != http.StatusForbidden {
		t.Errorf("its address again: code %d", code)
	}
	s.end()
	if got := s.said.String(); strings.Contains(got, "warning") {
		t.Errorf("it says %s", got)
	}
}

func TestOpenWithoutAPage(t *testing.T) {
	d := newFolder(t)
	var said bytes.Buffer
	p := &program{ctx: t.Context(), stdout: &said, stderr: &said, getenv: d.getenv, now: func() time.Time { return scriptNow }}
	if code, want := p.run([]string{"open", "-c", d.settings}), "error: there is no page of 2026-W46 yet: "+d.page+"\nhint: preread draft makes it\n"; code != exitWrong || said.String() != want {
		t.Errorf("exit %d: %s", code, said.String())
	}
}
