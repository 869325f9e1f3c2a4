package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate"
	"preread/aggregate/history"
	"preread/config"
)

// A folder has settings, saved facts and a page, where a test can look over the
// program's shoulder.
type folder struct {
	dir, settings, facts, page string
	state                      string
}

func newFolder(t *testing.T) folder {
	t.Helper()
	settings, facts := demoFacts(t)
	dir := filepath.Dir(settings)
	return folder{dir, settings, facts, filepath.Join(dir, "prereads", "2026-W46.md"), filepath.Join(dir, "state")}
}

// newDraft is a folder with its page made.
func newDraft(t *testing.T) folder {
	t.Helper()
	d := newFolder(t)
	if code, talk := d.draft(t, nil); code != exitFine {
		t.Fatal(talk)
	}
	return d
}

// drafts makes the page; atMoment, if not nil, is called at each moment.
func (d folder) draft(t *testing.T, atMoment func(string)) (code int, talk string) {
	t.Helper()
	var out, said bytes.Buffer
	p := &program{
		ctx: t.Context(), stdout: &out, stderr: &said, atMoment: atMoment,
		getenv: d.getenv, now: func() time.Time { return scriptNow }, patience: time.Minute,
	}
	code = p.run([]string{"draft", "-c", d.settings, "--facts", d.facts})
	return code, said.String()
}

func (d folder) getenv(name string) string {
	if name == "XDG_STATE_HOME" {
		return d.state
	}
	return ""
}

func (d folder) read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(d.page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// change changes a title, so that there is something to write.
func (d folder) change(t *testing.T, n int) {
	t.Helper()
	text, err := os.ReadFile(d.settings)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), "  title = \"")
	_, tail, _ := strings.Cut(rest, "\"\n")
	write(t, d.settings, fmt.Sprintf("%s  title = \"Title %d \"\n%s", head, n, tail))
}

// Whatever moment somebody saves the page at, and however their editor does it,
// their words are on the page that is there in the end.
func TestASaveAtAnyMomentIsKept(t *testing.T) {
	d := newDraft(t)
	saves := map[string]func(text string) error{
		"in place": func(text string) error { return os.WriteFile(d.page, []byte(text), 0o644) },
		"by renaming": func(text string) error {
			if err := os.WriteFile(d.page+"~", []byte(text), 0o644); err != nil {
				return err
			}
			return os.Rename(d.page+"~", d.page)
		},
	}
	n := 0
	for how, save := range saves {
		for _, moments := range [][]string{{"write"}, {"written"}, {"place"}, {"place", "placed"}, {"place", "placed back"}, {"place", "placed", "placed back"}, {"locked"}, {"remembered"}} {
			n++
			t.Run(fmt.Sprintf("%s at %s", how, strings.Join(moments, " and ")), func(t *testing.T) {
				d.change(t, n)
				pending := moments
				base := d.read(t)
				var last string
				code, talk := d.draft(t, func(moment string) {
					if len(pending) > 0 && moment == pending[0] {
						// What they save is what they had in their editor, and more.
						last += fmt.Sprintf("words %d at %s\n", n, moment)
						if err := save(strings.Replace(base, slotMark("asks")+"\n", slotMark("asks")+"\n"+last, 1)); err != nil {
							t.Error(err)
						}
						pending = pending[1:]
					}
				})
				if code != exitFine {
					t.Fatalf("exit %d: %s", code, talk)
				}
				beside, err := filepath.Glob(filepath.Join(filepath.Dir(d.page), "*.edited-*.md"))
				if err != nil {
					t.Fatal(err)
				}
				if len(moments) == 3 { // three saves within a run: more than one page can hold
					for _, kept := range beside {
						text, err := os.ReadFile(kept)
						if err != nil || os.Remove(kept) != nil {
							t.Fatal(err)
						}
						if strings.Contains(string(text), last) && strings.Contains(talk, kept) {
							return
						}
					}
				}
				made := moments[0] == "remembered" // then they save what they had over the new page
				text := d.read(t)
				if !strings.Contains(text, last) || !made && !strings.Contains(text, fmt.Sprintf("Title %d", n)) {
					t.Errorf("the words are lost, or the page was not made anew (%d moments did not come)", len(pending))
				}
				d.tidy(t)
			})
		}
	}
}

// tidy wants nothing left beside the page.
func (d folder) tidy(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(d.page))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff([]string{"2026-W46.md"}, names); diff != "" {
		t.Errorf("beside the page (-want +got):\n%s", diff)
	}
}

// killAt is how a child process is told to kill itself at its n-th moment.
const killAt = "PREREAD_TEST_KILL_AT"

// A watcher of what a program says calls saw once a text was said.
type watcher struct {
	bytes.Buffer
	text string
	saw  func()
}

func (w *watcher) Write(b []byte) (int, error) {
	n, err := w.Buffer.Write(b)
	if strings.Contains(w.String(), w.text) && w.saw != nil {
		w.saw()
		w.saw = nil
	}
	return n, err
}

// A second run on the same page says who holds it and waits; one that loses
// its patience changes nothing.
func TestTwoRunsOnOnePage(t *testing.T) {
	d := newFolder(t)
	inside, goOn, first := make(chan struct{}), make(chan struct{}), make(chan string)
	go func() {
		_, talk := d.draft(t, func(moment string) {
			if moment == "locked" {
				close(inside)
				<-goOn
			}
		})
		first <- talk
	}()
	<-inside
	second := func(patience time.Duration, saw func()) (int, string) {
		said := &watcher{text: "waiting: ", saw: saw}
		p := &program{
			ctx: t.Context(), stdout: &bytes.Buffer{}, stderr: said, getenv: d.getenv,
			now: func() time.Time { return scriptNow }, patience: patience,
		}
		return p.run([]string{"draft", "-c", d.settings, "--facts", d.facts}), said.String()
	}
	code, talk := second(time.Nanosecond, nil)
	who := fmt.Sprintf("process %d on ", os.Getpid())
	if code != exitWrong || !strings.Contains(talk, "waiting: "+d.page+" is being made by "+who) || !strings.Contains(talk, "error: "+d.page+" is still being made by "+who) || !strings.Contains(talk, "nothing was changed") {
		t.Errorf("without patience: exit %d, %q", code, talk)
	}
	if _, err := os.Stat(d.page); err == nil {
		t.Error("the page was made by the run that had to wait")
	}
	code, talk = second(time.Minute, func() { close(goOn) })
	if code != exitFine || !strings.HasPrefix(talk, "waiting: ") {
		t.Errorf("with patience: exit %d, %q", code, talk)
	}
	if talk := <-first; talk != "" {
		t.Errorf("the first run says %q", talk)
	}
	d.tidy(t)
}

// killedName is the name under which the test binary is the child of the tests
// that kill.
const killedName = "preread-killed"

// draftUntilKilled is that child: it ends itself at a moment, or goes on until
// somebody ends it.
func draftUntilKilled() {
	var at int
	_, _ = fmt.Sscan(os.Getenv(killAt), &at)
	now := func() time.Time { return scriptNow }
	p := &program{stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: now, patience: time.Minute}
	p.ctx = context.Background()
	moments := 0
	p.atMoment = func(string) {
		if moments++; moments == at {
			kill(os.Getpid())
		}
	}
	code := p.run(os.Args[1:])
	fmt.Fprintf(os.Stderr, "moments %d\n", moments)
	os.Exit(code)
}

func kill(pid int) {
	if child, err := os.FindProcess(pid); err == nil {
		_ = child.Kill()
	}
}

func (d folder) child(t *testing.T, at int) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "draft", "-c", d.settings, "--facts", d.facts)
	cmd.Args[0] = killedName
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", killAt, at), "XDG_STATE_HOME="+d.state, "CI=")
	return cmd
}

// whole wants the page to be the old one or the new one, with the words that
// were written in it, and the next run to do its work as if nothing had been.
func (d folder) whole(t *testing.T, words string, n int) {
	t.Helper()
	text := d.read(t)
	if _, err := takePage(d.page, []byte(text)); err != nil {
		t.Fatalf("the page is broken: %v", err)
	}
	if !strings.Contains(text, words) {
		t.Fatal("words are lost")
	}
	old, fresh := strings.Contains(text, fmt.Sprintf("Title %d ", n-1)), strings.Contains(text, fmt.Sprintf("Title %d ", n))
	if !old && !fresh {
		t.Fatal("the page is neither the old one nor the new one")
	}
	code, talk := d.draft(t, nil)
	if code != exitFine || talk != "" {
		t.Fatalf("the next run exits with %d and says %q", code, talk)
	}
	if text := d.read(t); !strings.Contains(text, words) || !strings.Contains(text, fmt.Sprintf("Title %d ", n)) {
		t.Fatal("the next run lost words, or did not make the page")
	}
	d.tidy(t)
}

func TestKilledAtEveryMoment(t *testing.T) {
	d := newFolder(t)
	d.change(t, 0)
	if code, talk := d.draft(t, nil); code != exitFine {
		t.Fatal(talk)
	}
	const words = "I said so.\n"
	write(t, d.page, strings.Replace(d.read(t), slotMark("asks")+"\n", slotMark("asks")+"\n"+words, 1))
	at := 1
	for ; ; at++ {
		d.change(t, at)
		out, err := d.child(t, at).CombinedOutput()
		d.whole(t, words, at)
		if err == nil {
			if !strings.Contains(string(out), fmt.Sprintf("moments %d\n", at-1)) {
				t.Fatalf("the child says %q", out)
			}
			break
		}
	}
	if at < 6 {
		t.Errorf("only %d moments", at-1)
	}
	t.Logf("killed at each of %d moments", at-1)
}

func TestKilledAtRandom(t *testing.T) {
	kills := 200
	if testing.Short() || underRace {
		kills = 20 // all of them without the race detector
	}
	d := newFolder(t)
	d.change(t, 0)
	if code, talk := d.draft(t, nil); code != exitFine {
		t.Fatal(talk)
	}
	const words = "I said so.\n"
	write(t, d.page, strings.Replace(d.read(t), slotMark("asks")+"\n", slotMark("asks")+"\n"+words, 1))
	began := time.Now()
	d.change(t, 1)
	if out, err := d.child(t, 0).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	length := time.Since(began)
	killed := 0
	for n := 2; n < kills+2; n++ {
		d.change(t, n)
		cmd := d.child(t, 0)
		began := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Spread over the whole run, and most of all over its end, where it
		// writes.
		share := float64(n%100) / 100
		timer := time.AfterFunc(time.Duration(float64(length)*(0.3+0.8*share)), func() { kill(cmd.Process.Pid) })
		if cmd.Wait() != nil {
			killed++
		} else {
			length = time.Since(began) // whatever else the machine does
		}
		timer.Stop()
		d.whole(t, words, n)
	}
	if killed < kills/4 {
		t.Errorf("only %d of %d runs were killed before they were done", killed, kills)
	}
	t.Logf("killed %d runs at random, %d before they were done", kills, killed)
}

// Where files cannot change places, a page that cannot be read is not overwritten.
func TestNothingIsOverwrittenUnread(t *testing.T) {
	folder := t.TempDir()
	fresh, path := filepath.Join(folder, "fresh"), filepath.Join(folder, "page.md")
	put := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(fresh, "new")
	if err := os.Mkdir(path, 0o700); err != nil { // reading it fails, whoever reads
		t.Fatal(err)
	}
	if found, err := placeBlindly(fresh, path, []byte("old")); err == nil || found != nil || errors.Is(err, fs.ErrExist) { // a rename would say that it exists
		t.Errorf("found %q, %v", found, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put(path, "theirs")
	if found, err := placeBlindly(fresh, path, []byte("old")); err != nil || string(found) != "theirs" {
		t.Errorf("found %q, %v", found, err)
	}
	put(path, "old")
	if found, err := placeBlindly(fresh, path, []byte("old")); err != nil || found != nil {
		t.Errorf("found %q, %v", found, err)
	}
	if text, _ := os.ReadFile(path); string(text) != "new" {
		t.Errorf("the page holds %q", text)
	}
}

// A run that is interrupted while it takes a lock leaves it to others.
func TestAnInterruptedRunLeavesTheLock(t *testing.T) {
	state := t.TempDir()
	getenv := func(name string) string {
		if name == "XDG_STATE_HOME" {
			return state
		}
		return ""
	}
	ended, end := context.WithCancel(t.Context())
	end()
	path := filepath.Join(t.TempDir(), "page.md")
	p := &program{ctx: ended, stderr: io.Discard, getenv: getenv, now: time.Now}
	if _, err := p.lock(path); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	p.ctx = t.Context()
	unlock, err := p.lock(path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// Whatever the order of the teams, their asks are remembered in one place.
func TestTheOrderOfTeamsLosesNoAsks(t *testing.T) {
	key := func(ids ...string) string {
		var c config.Config
		for _, id := range ids {
			c.Teams = append(c.Teams, aggregate.Team{ID: id})
		}
		keys := job{config: &c}.asksKeys()
		return keys[len(keys)-1]
	}
	if a, b := key("checkout", "search"), key("search", "checkout"); a != b || a != history.PageKey+"checkout+search" {
		t.Errorf("%q and %q", a, b)
	}
}
