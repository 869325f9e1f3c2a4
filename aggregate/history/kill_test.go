package history_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"preread/aggregate/history"
	"preread/sources"
)

// lines is how many questions each run of the killed writer answers.
const lines = 12

// runOf returns the facts of a run that answers every line with its number.
func runOf(run int) sources.Facts {
	f := sources.Facts{Version: sources.FactsVersion, Window: sources.Window{
		Last: sources.Week{Year: 2026, N: 10}, Count: 2, Now: time.Date(2026, 3, 9, 8, 0, run, 0, time.UTC),
	}}
	for l := range lines {
		at := f.Window.End().Add(-time.Hour)
		f.Answers = append(f.Answers, sources.Answer{
			Question: sources.Question{Team: "t", Line: fmt.Sprint("line", l), Source: "jira", Query: sources.Query{Noun: sources.Goals, Text: "q"}},
			Items: []sources.Item{{Evidence: evidenceOf("jira", "PAY-1"), Kind: sources.Issue, Title: fmt.Sprint(run), Created: at,
				Scope: []sources.Span{{From: at}}, Graded: sources.Whole()}},
		})
	}
	return f
}

// writeForever remembers run after run until it is killed, and says of each
// when it is done.
func writeForever(place string) {
	ctx := context.Background()
	s, err := history.Open(ctx, place)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	first := 0
	fmt.Sscan(os.Getenv(asWriter+"_FROM"), &first)
	for run := first; ; run++ {
		if _, err := s.Remember(ctx, runOf(run)); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(run)
	}
}

// lastRun returns the run that the history holds, of which every line must be.
func lastRun(t *testing.T, place string) int {
	t.Helper()
	s, err := history.Open(context.Background(), place)
	if err != nil {
		t.Fatalf("after a kill: %v", err)
	}
	defer s.Close()
	var out strings.Builder
	if err := s.Export(context.Background(), &out); err != nil {
		t.Fatalf("after a kill: %v", err)
	}
	titles, n := map[string]int{}, 0
	for l := range strings.Lines(out.String()) {
		if _, rest, ok := strings.Cut(l, `"title":"`); ok {
			title, _, _ := strings.Cut(rest, `"`)
			titles[title]++
			n++
		}
	}
	switch {
	case len(titles) == 0:
		return -1
	case len(titles) > 1 || n != lines:
		t.Fatalf("after a kill the history holds parts of several runs: %v", titles)
	}
	for title := range titles {
		fmt.Sscan(title, &n)
	}
	return n
}

// TestKill kills a writer at random moments. Whatever it was about to do, the
// history opens, holds one whole run, and none that was said to be done is lost.
func TestKill(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	t.Run("sqlite", func(t *testing.T) { killWriter(t, filepath.Join(t.TempDir(), "history.db"), kills) })
	t.Run("postgres", func(t *testing.T) { killWriter(t, postgres(t).database(t), kills/4) })
}

// writer starts a process that remembers run after run, from one on.
func writer(t *testing.T, place string, from int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asWriter+"="+place, fmt.Sprintf("%s_FROM=%d", asWriter, from))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func killWriter(t *testing.T, place string, kills int) {
	random := rand.New(rand.NewPCG(1, 2))
	last := -1
	for kill := range kills {
		cmd, said := writer(t, place, last+1)
		// The moment is counted from the first run that is done, but now and
		// then from the start, so that opening is hit too.
		done := last
		read := func() {
			if said.Scan() {
				if _, err := fmt.Sscan(said.Text(), &done); err != nil {
					t.Errorf("the writer said %q", said.Text())
				}
			}
		}
		if kill%8 != 0 {
			read()
		}
		time.Sleep(time.Duration(random.IntN(15_000)) * time.Microsecond)
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for before := done; ; before = done {
			if read(); done == before {
				break
			}
		}
		_ = cmd.Wait()
		holds := lastRun(t, place)
		if holds < done || holds > done+1 {
			t.Fatalf("kill %d: run %d was done, the history holds run %d", kill, done, holds)
		}
		last = holds
	}
	t.Logf("%d kills, %d runs remembered", kills, last+1)
}

// TestServerGone has the database server give up at random moments, without
// writing anything down first. The writer says so in one line without a secret,
// and once the server runs again the history is whole.
func TestServerGone(t *testing.T) {
	times := 20
	if testing.Short() {
		times = 3
	}
	s := install(t)
	stop := s.start(t)
	place := s.database(t)
	random := rand.New(rand.NewPCG(3, 4))
	last := -1
	for n := range times {
		cmd, said := writer(t, place, last+1)
		done, words := last, ""
		for gone := false; said.Scan(); {
			if words = said.Text(); strings.HasPrefix(words, "error:") {
				break
			}
			if _, err := fmt.Sscan(words, &done); err != nil {
				t.Errorf("the writer said %q", words)
			}
			if !gone {
				gone = true
				time.Sleep(time.Duration(random.IntN(15_000)) * time.Microsecond)
				stop(syscall.SIGQUIT)
			}
		}
		_ = cmd.Wait()
		if !strings.HasPrefix(words, "error:") || strings.Contains(words, password) || strings.Contains(words, "\n") {
			t.Errorf("without a server the writer said %q", words)
		}
		stop = s.start(t)
		holds := lastRun(t, place)
		if holds < done || holds > done+1 {
			t.Fatalf("time %d: run %d was done, the history holds run %d", n, done, holds)
		}
		last = holds
	}
	t.Logf("gone %d times, %d runs remembered", times, last+1)
}
