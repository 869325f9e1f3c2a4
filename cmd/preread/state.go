package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// stateFolder is where this user's programs keep what they must remember: the
// folder that systemd gave this unit, else that of the XDG base directories.
func (p *program) stateFolder() (string, error) {
	if dir, _, _ := strings.Cut(p.getenv("STATE_DIRECTORY"), ":"); dir != "" {
		return dir, nil
	}
	if dir := p.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "preread"), nil
	}
	home := p.getenv("HOME")
	if home == "" {
		home = p.getenv("USERPROFILE")
	}
	if home == "" {
		return "", withHint(errors.New("there is no folder to remember in: neither XDG_STATE_HOME nor HOME is set"), "set one of them, or history in the settings")
	}
	return filepath.Join(home, ".local", "state", "preread"), nil
}

// keyed makes a file name of a path that is unique to it and can still be
// told from others: its last part, and a digest of all of it.
func keyed(path string) string {
	path = absolute(path)
	sum := sha256.Sum256([]byte(path))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, filepath.Base(path))
	return name + "-" + hex.EncodeToString(sum[:6])
}

// makeFolder makes a folder that only this user can read.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("folder %s cannot be made: %w", path, plainFileError(err))
	}
	return nil
}
