package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"preread/sources"
)

// basisFile is where the facts are kept that a page was made of last.
func (p *program) basisFile(page string) (string, error) {
	folder, err := p.stateFolder()
	return filepath.Join(folder, "facts", keyed(page)+".json.gz"), err
}

// based keeps the facts that a page is made of, so that whoever opens it sees
// its charts, and where its figures come from, without a network.
func (m memory) based(page string, facts sources.Facts) {
	if m.store == nil {
		return
	}
	file, err := m.basisFile(page)
	if err != nil {
		return // a history that is named in the settings needs no state folder
	}
	if err := m.saveBasis(file, facts); err != nil {
		fmt.Fprintf(m.stderr, "warning: what the page was made of is not kept, so preread open will show it without charts: %s\n", sources.OneLine(err.Error(), 300))
	}
}

func (m memory) saveBasis(file string, facts sources.Facts) error {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if err := errors.Join(facts.Save(w), w.Close()); err != nil {
		return err
	}
	if err := makeFolder(filepath.Dir(file)); err != nil {
		return err
	}
	return m.put(file, packed.Bytes())
}

// errNoBasis is the error of a page whose facts are not on this machine.
var errNoBasis = errors.New("the facts behind this page are not on this machine")

// basis returns the facts that a page was made of last.
func (p *program) basis(page string) (sources.Facts, error) {
	file, err := p.basisFile(page)
	if err != nil {
		return sources.Facts{}, errNoBasis
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return sources.Facts{}, errNoBasis
	}
	if err != nil {
		return sources.Facts{}, fmt.Errorf("%s: %w", file, plainFileError(err))
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		return sources.Facts{}, fmt.Errorf("%s: %w", file, err)
	}
	facts, err := sources.Load(r)
	if err != nil {
		return sources.Facts{}, fmt.Errorf("%s: %w", file, err)
	}
	return facts, nil
}
