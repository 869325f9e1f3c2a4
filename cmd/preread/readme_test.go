package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"preread/config"
	"preread/report/ask"
	"preread/sources"
)

// A block is a fenced block of the README.
type block struct {
	kind string // sh, toml, markdown, yaml, crontab, text
	text string
}

func readmeBlocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile(root + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, block{m[1], m[2]})
	}
	return blocks
}

// Every block of the README is true: commands run, settings load, the page's
// excerpt is on the page.
func TestReadme(t *testing.T) {
	dir := serve(t).dir
	page, err := os.ReadFile(goldenPage)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, b := range readmeBlocks(t) {
		kinds[b.kind]++
		switch b.kind {
		case "sh":
			for line := range strings.Lines(b.text) {
				command(t, dir, strings.TrimSpace(line))
			}
		case "crontab":
			for line := range strings.Lines(b.text) {
				fields := strings.Fields(line)
				if len(fields) < 6 {
					t.Fatalf("%q is no line of a crontab", line)
				}
				command(t, dir, strings.Join(fields[5:], " "))
			}
		case "yaml":
			runs := 0
			for line := range strings.Lines(b.text) {
				if _, run, found := strings.Cut(line, "run: "); found {
					runs++
					command(t, dir, strings.TrimSpace(run))
				}
			}
			if runs == 0 {
				t.Error("a workflow without a command")
			}
		case "toml":
			if _, err := config.Load("README.md", b.text, collectors); err != nil {
				t.Errorf("settings: %v", err)
			}
		case "markdown":
			if asks := ask.Parse(b.text); len(asks) > 0 {
				if problems := ask.Problems(asks[0], sources.Day{Year: 2026, Month: 11, Day: 20}); len(asks) != 1 || len(problems) > 0 {
					t.Errorf("the README's ask: %v", problems)
				}
				continue
			}
			for line := range strings.Lines(b.text) {
				if line = strings.TrimRight(line, "\n"); !bytes.Contains(page, []byte(line+"\n")) {
					t.Errorf("the page does not hold %q", line)
				}
			}
		default:
			t.Errorf("a block of kind %q is not tested", b.kind)
		}
	}
	for _, kind := range []string{"sh", "crontab", "yaml", "toml", "markdown"} {
		if kinds[kind] == 0 {
			t.Errorf("the README has no block of kind %s", kind)
		}
	}
}

// command runs one line of the README in the folder of the settings. The
// program is the test binary; what is asked of go is checked, not run again
// from inside of go test.
func command(t *testing.T, dir, line string) {
	t.Helper()
	switch line {
	case "":
		return
	case "go test ./...":
		ci, err := os.ReadFile(root + "/.ci/run")
		if err != nil || !bytes.Contains(ci, []byte("go test -race ./...")) {
			t.Errorf("the README says %q and .ci/run does not do it", line)
		}
		return
	case "go run ./cmd/preread demo":
		line = "preread demo"
	}
	if strings.HasPrefix(line, "go ") {
		t.Fatalf("%q is not tested", line)
	}
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "preread")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "CI=", "PREREAD_CONFIG=", "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}
