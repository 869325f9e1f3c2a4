package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"preread/config"
)

// Whatever stands in a settings file, reading it ends in settings or in
// complaints, and each complaint is about a place that the file has, but for
// those about what is not in it at all.
func FuzzPlaces(f *testing.F) {
	files, err := filepath.Glob("testdata/wrong/*.toml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no files of mistakes: %v", err)
	}
	for _, file := range append(files, "testdata/whole.toml") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{
		"", "\ufeff", "\x00", "a", "[", "[[team]", "team = 1", "source = []", "[source]\ngithub = 3", "report.weeks = 99", "team = [{id = 1}]",
		"[[source.github]]\n[[source.github]]\nname.a = 1", "\"\".x = 1", "[report]\nweeks = 0x7fffffffffffffff1", "a.\"b.c\".'d' = [[[[", "[[team]]\r\nid=\"a\"\r\nid=\"b\"",
		"source.github = [{url = 'x', token = 'env:T'}]\nteam = [{id = 'a', goal = [{id='g', from='github', query='q', due=2026-01-01, start=2027-01-01}]}]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := config.Load("f.toml", text, kinds())
		if err == nil {
			return
		}
		var problems config.Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("%v is not a list of problems", err)
		}
		lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
		for _, p := range problems {
			switch {
			case p.Line == 0 && p.Col == 0:
				if !strings.HasPrefix(p.Text, "no [[") {
					t.Errorf("%q is about no place", p.Text)
				}
			case p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > len(lines[p.Line-1])+1:
				t.Errorf("%d:%d is not in the file: %s", p.Line, p.Col, p.Text)
			}
			if !utf8.ValidString(p.Text) || strings.ContainsFunc(p.Text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("%q is not one plain line", p.Text)
			}
		}
		if !slices.IsSortedFunc(problems, func(a, b config.Problem) int { return a.Line - b.Line }) {
			t.Errorf("problems are not in the order of the file: %v", problems)
		}
	})
}
