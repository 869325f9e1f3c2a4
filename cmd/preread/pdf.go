package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// printLimit is how long a browser may take to print a page.
const printLimit = time.Minute

// browser finds a Chromium on this machine. Nothing else lays a page out as
// readers see it.
func browser() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", withHint(errors.New("a PDF needs Chromium or Google Chrome, and neither is on the PATH"), "install one, or write html and print it from a browser")
}

// quiet are the flags with which a browser starts without asking anybody
// anything: no update, no sign-in, no name of the network.
func quiet(folder string) []string {
	flags := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
		"--disable-component-update", "--disable-default-apps", "--disable-domain-reliability", "--disable-extensions", "--disable-sync",
		"--metrics-recording-only", "--disable-breakpad", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + filepath.Join(folder, "profile"),
	}
	if os.Geteuid() == 0 {
		flags = append(flags, "--no-sandbox") // it refuses to be run by root with one
	}
	return flags
}

// printed prints a page of HTML as PDF. The browser sees this one file, none of
// the variables of this program, and no profile of anybody.
func (p *program) printed(page []byte) ([]byte, error) {
	path, err := browser()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "preread-print-")
	if err != nil {
		return nil, fmt.Errorf("a folder to print in cannot be made: %w", plainFileError(err))
	}
	defer os.RemoveAll(folder)
	file, out := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.pdf")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		return nil, fmt.Errorf("the page to print cannot be written: %w", plainFileError(err))
	}
	ctx, cancel := context.WithTimeout(p.ctx, printLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, append(quiet(folder), "--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+filepath.ToSlash(file))...)
	cmd.Env = []string{"PATH=" + p.getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "LANG=C.UTF-8"}
	cmd.WaitDelay = 5 * time.Second // for what it leaves running
	runErr := cmd.Run()
	text, err := os.ReadFile(out)
	switch {
	case p.ctx.Err() != nil:
		return nil, p.ctx.Err()
	case ctx.Err() != nil:
		return nil, withHint(fmt.Errorf("%s did not print the page within %s", filepath.Base(path), printLimit), "the other formats are written; print the html from a browser")
	case runErr != nil || err != nil || !bytes.HasPrefix(text, []byte("%PDF-")):
		return nil, withHint(fmt.Errorf("%s did not print the page", filepath.Base(path)), "the other formats are written; print the html from a browser")
	}
	return text, nil
}
