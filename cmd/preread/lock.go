package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"preread/sources"
)

// lockPatience is how long a run waits for another one on the same page. What
// is done under a lock takes no longer than writing a few files.
const lockPatience = 20 * time.Second

// lock takes the lock of a page and returns how to give it back. The system
// gives it back by itself when the program ends, however it ends. If another
// run holds it, lock says who and waits.
func (p *program) lock(path string) (unlock func(), err error) {
	path = followed(path)
	folder, err := p.lockFolder(path)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, keyed(path)+".lock")
	l := flock.New(file, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	taken, err := l.TryLock()
	if err == nil && !taken {
		fmt.Fprintf(p.stderr, "waiting: %s is being made by %s\n", path, holder(file))
		taken, err = p.waitFor(l)
	}
	switch {
	case p.ctx.Err() != nil:
		return nil, errors.Join(p.ctx.Err(), l.Unlock())
	case err != nil:
		return nil, fmt.Errorf("the lock %s: %w", file, plainFileError(err))
	case !taken:
		return nil, withHint(fmt.Errorf("%s is still being made by %s", path, holder(file)), "run again when it is done; nothing was changed")
	}
	// Who holds it is for people to read; the lock works without.
	host, _ := os.Hostname()
	_ = os.WriteFile(file, fmt.Appendf(nil, "process %d on %s since %s", os.Getpid(), sources.OneLine(host, 60), p.now().UTC().Format(time.RFC3339)), 0o600)
	return func() {
		_ = os.Truncate(file, 0)
		_ = l.Unlock()
	}, nil
}

// lockFolder is below the state folder, or the system's for passing things
// where there is none: two runs of one user still meet there.
func (p *program) lockFolder(path string) (string, error) {
	folder, err := p.stateFolder()
	if err == nil {
		if err := makeFolder(filepath.Join(folder, "locks")); err == nil {
			return filepath.Join(folder, "locks"), nil
		}
	}
	folder = filepath.Join(os.TempDir(), fmt.Sprintf("preread-locks-%d", os.Getuid()))
	return folder, makeFolder(folder)
}

func (p *program) waitFor(l *flock.Flock) (taken bool, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	taken, err = l.TryLockContext(ctx, 50*time.Millisecond)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return taken, err
}

func holder(file string) string {
	if text, err := os.ReadFile(file); err == nil && len(text) > 0 {
		return sources.OneLine(strings.TrimSpace(string(text)), 120)
	}
	return "another run"
}
