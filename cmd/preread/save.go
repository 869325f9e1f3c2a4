package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"

	"preread/report"
)

// save writes a result to a file in one step, or to the standard output. It does
// not write over what a run cannot make again.
func (p *program) save(path string, text []byte) error {
	if path == "-" {
		_, err := p.stdout.Write(text)
		return err
	}
	if err := p.spare(path); err != nil {
		return err
	}
	return p.put(path, text)
}

// elsewhereHint is the next step where nothing can be written.
const elsewhereHint = "name a file in another folder, where you may write and there is room"

// put writes a file in one step, whatever is there.
func (p *program) put(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return withHint(fmt.Errorf("folder %s cannot be made: %w", filepath.Dir(path), plainFileError(err)), elsewhereHint)
	}
	if err := maybe.WriteFile(path, text, 0o644); err != nil {
		return withHint(fmt.Errorf("%s cannot be written: %w", path, plainFileError(err)), elsewhereHint)
	}
	return nil
}

// spare refuses a file that holds what people wrote, or what cannot be had a
// second time: a page, settings, private notes, the history.
func (p *program) spare(path string) error {
	if path == "-" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil // there is nothing to spare, or writing says what is wrong
	}
	page, broken := report.ParsePage(path, text)
	held := ""
	switch {
	case p.isSettings(path):
		held = "holds settings"
	case bytes.HasPrefix(text, []byte("age-encryption.org/")):
		held = "holds private notes"
	case bytes.HasPrefix(text, []byte("SQLite format 3\x00")):
		held = "holds the history"
	case broken != nil || page.Mark.Found || len(page.Notes) > 0:
		held = "is a page of preread"
	default:
		return nil
	}
	return withHint(fmt.Errorf("%s %s and was not overwritten", path, held), "name another file, or move this one away")
}

// isSettings reports whether a file holds the settings of this run, or such as
// another run would find.
func (p *program) isSettings(path string) bool {
	if filepath.Base(path) == settingsName {
		return true
	}
	file, err := p.settingsFile()
	if err != nil {
		return false
	}
	a, err := os.Stat(path)
	if err != nil {
		return false
	}
	b, err := os.Stat(file)
	return err == nil && os.SameFile(a, b)
}
