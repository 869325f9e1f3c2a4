package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"preread/report"
)

// replaceTries is how often a page is made anew because somebody saved it at
// that very moment.
const replaceTries = 10

// freshName is where a page waits to take its place. The name is always the
// same, so that a run finds what a run that was killed left behind.
func freshName(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".preread")
}

// partName is where it is written before it is whole.
func partName(path string) string { return freshName(path) + ".part" }

// followed is where a page is: a link to it stays a link.
func followed(path string) string {
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// keepMode lets a file be read by those who may read the page that it goes
// beside, or in the place of; a new page is as the system makes files.
func keepMode(f *os.File, page string) error {
	info, err := os.Stat(page)
	if err != nil {
		return nil
	}
	return f.Chmod(info.Mode().Perm())
}

// replace puts a text in the place of a page that held old; nil for no page.
// Whoever reads meanwhile sees the old or the new one. If somebody saved the
// page after it was read, again makes a text of what they saved, and that is
// put in its place; their words are never overwritten unread. replace wants
// the page's lock.
func (p *program) replace(path string, old, text []byte, again func(found []byte) ([]byte, error)) error {
	path = followed(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return cannotWrite(fmt.Errorf("folder %s cannot be made: %w", filepath.Dir(path), plainFileError(err)), path)
	}
	for range replaceTries {
		if err := p.writeFresh(path, text); err != nil {
			return cannotWrite(fmt.Errorf("%s cannot be written: %w", path, plainFileError(err)), path)
		}
		found, err := p.place(path, old, text)
		switch {
		case err != nil:
			return cannotWrite(fmt.Errorf("%s cannot be written: %w", path, plainFileError(err)), path)
		case found == nil:
			return nil
		}
		if text, err = again(found); err != nil {
			return errors.Join(err, os.Remove(freshName(path)))
		}
		old = found
	}
	return withHint(fmt.Errorf("%s is saved again and again by somebody else", path), "close what saves it, then run again")
}

// cannotWrite is an error of writing a page, with what to look at.
func cannotWrite(err error, path string) error {
	return withHint(err, "nothing was changed; see whether you may write in %s, and whether there is room", filepath.Dir(path))
}

// writeFresh writes a page to the disk, whole or not at all.
func (p *program) writeFresh(path string, text []byte) error {
	part := partName(path)
	p.moment("write")
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	err = keepMode(f, path)
	_, failed := f.Write(text)
	p.moment("written")
	if err = errors.Join(err, failed, f.Sync(), f.Close()); err == nil {
		err = os.Rename(part, freshName(path))
	}
	if err != nil {
		_ = os.Remove(part)
	}
	return err
}

// place moves the fresh page to where one is thought to hold old. If that is
// not so it leaves things as they were, and returns what is there.
func (p *program) place(path string, old, text []byte) (found []byte, err error) {
	fresh := freshName(path)
	p.moment("place")
	if old == nil {
		if err := os.Link(fresh, path); err == nil {
			return nil, os.Remove(fresh)
		} else if !errors.Is(err, fs.ErrExist) {
			return nil, os.Rename(fresh, path) // no links here
		}
	}
	swapped, err := swap(fresh, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, os.Rename(fresh, path) // the page is gone meanwhile
	case err != nil:
		return nil, err
	case !swapped:
		return placeBlindly(fresh, path, old)
	}
	p.moment("placed")
	was, err := os.ReadFile(fresh)
	if err == nil && old != nil && bytes.Equal(was, old) {
		return nil, os.Remove(fresh)
	}
	return p.placeBack(path, text, was)
}

// placeBack undoes a swap. What is swapped out must be our own page; if it is
// not, somebody saved theirs a second time, and that one counts; was is their
// first.
func (p *program) placeBack(path string, text, was []byte) (found []byte, err error) {
	fresh := freshName(path)
	if _, err := swap(fresh, path); err != nil {
		return nil, err
	}
	p.moment("placed back")
	out, err := os.ReadFile(fresh)
	if err == nil && bytes.Equal(out, text) {
		return os.ReadFile(path)
	}
	if _, err := swap(fresh, path); err != nil {
		return nil, err
	}
	// What is left is what was put back, or a third save that came meanwhile.
	if out, err = os.ReadFile(fresh); err != nil {
		return nil, err
	}
	if found, err = os.ReadFile(path); err != nil || bytes.Equal(out, was) {
		return found, err
	}
	return found, p.keepWords(path, out, found)
}

// placeBlindly is for systems without a swap: it looks, and then overwrites.
func placeBlindly(fresh, path string, old []byte) (found []byte, err error) {
	now, err := os.ReadFile(path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err == nil && (old == nil || !bytes.Equal(now, old)):
		return now, nil
	}
	return nil, os.Rename(fresh, path)
}

// recover looks for what a run that was killed left beside a page. What was
// not whole yet was never anybody's; what waited for its place, or was just
// taken out of it, is kept under a name of its own if it holds words that the
// page has not. recover wants the page's lock.
func (p *program) recover(path string) error {
	path = followed(path)
	_ = os.Remove(partName(path))
	fresh := freshName(path)
	left, err := os.ReadFile(fresh)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s, left by a run that was killed: %w", fresh, plainFileError(err))
	}
	now, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("page %s: %w", path, plainFileError(err))
	}
	if err := p.keepWords(path, left, now); err != nil {
		return err
	}
	return os.Remove(fresh)
}

// keepWords keeps a text beside a page if it holds words that the page has not,
// and says so.
func (p *program) keepWords(path string, text, now []byte) error {
	page, err := report.ParsePage(path, now)
	if err == nil && noNewWords(text, page) {
		return nil
	}
	kept, err := keepBeside(path, text)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "warning: %s was saved while it was made, or a run was killed; words that are not on it are kept in %s\n", path, kept)
	return nil
}

// noNewWords reports whether every note of a text stands in a page too.
func noNewWords(text []byte, page report.Page) bool {
	left, err := report.ParsePage("", text)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(left.Notes, func(n report.Note) bool {
		return left.Mentioned(n.ID) && !slices.ContainsFunc(page.Notes, func(o report.Note) bool { return o.ID == n.ID && o.Text == n.Text })
	})
}
