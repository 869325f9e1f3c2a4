package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"preread/sources"
)

// secretLimit is how long a command may take to name a secret.
const secretLimit = 30 * time.Second

// secret resolves a reference of the settings; paths are taken from the folder
// of the settings file. Errors name the reference and never the value.
func (p *program) secret(folder string, ref sources.SecretRef) (sources.Secret, error) {
	var value string
	var err error
	switch ref.Scheme {
	case "env":
		if value = p.getenv(ref.Name); value == "" {
			return sources.Secret{}, sources.Unansweredf("the variable %s is not set", ref.Name).
				WithHint("set %s to the token, or name another place in the settings", ref.Name)
		}
	case "file":
		path := ref.Name
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		if value, err = p.secretFile(ref.Name, path); err != nil {
			return sources.Secret{}, sources.Unansweredf("the token file %s: %s", ref.Name, plainFileError(err)).
				WithHint("put the token there, readable by this user only")
		}
	case "credential":
		dir := p.getenv("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return sources.Secret{}, sources.Unansweredf("the credential %s is not there: CREDENTIALS_DIRECTORY is not set", ref.Name).
				WithHint("credentials come from systemd; put LoadCredential=%s:PATH into the service", ref.Name)
		}
		if value, err = p.secretFile(ref.Name, filepath.Join(dir, ref.Name)); err != nil {
			return sources.Secret{}, sources.Unansweredf("the credential %s: %s", ref.Name, plainFileError(err)).
				WithHint("put LoadCredential=%s:PATH into the service", ref.Name)
		}
	case "cmd":
		if value, err = p.output("sh", "-c", ref.Name); err != nil {
			return sources.Secret{}, sources.Unansweredf("the command for the token did not work").
				WithHint("run it by hand; it must print the token and nothing else")
		}
	case "gh":
		for _, name := range []string{"GH_TOKEN", "GITHUB_TOKEN"} {
			if value == "" {
				value = p.getenv(name)
			}
		}
		if value == "" {
			if value, err = p.output("gh", "auth", "token"); err != nil {
				return sources.Secret{}, sources.Unansweredf("gh is not signed in, or not installed").
					WithHint("run gh auth login, or set GH_TOKEN")
			}
		}
	}
	value = strings.TrimSpace(value)
	key := strings.HasPrefix(value, "-----BEGIN ") // a private key has lines
	if value == "" || strings.ContainsAny(value, "\x00") || strings.ContainsAny(value, "\r\n") && !key {
		return sources.Secret{}, sources.Unansweredf("what %s holds is not a token: it is empty or has several lines", shownRef(ref))
	}
	return sources.NewSecret(value), nil
}

// shownRef names a place in talk. A command may hold a secret of its own, such
// as the password of a vault, so it is not repeated.
func shownRef(ref sources.SecretRef) string {
	if ref.Scheme == "cmd" {
		return "the output of the token's command"
	}
	return ref.String()
}

// tokenLimit is how much of a token's file is read: more is no token.
const tokenLimit = 64 << 10

// secretFile reads a token's file. One that any user of the machine can write
// is used, with a warning: whoever writes it chooses what the sources are asked
// with. One that others can read is not warned of, since that is how container
// platforms mount them.
func (p *program) secretFile(name, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return "", errors.New("it is a folder")
	}
	if runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o002 != 0 {
		fmt.Fprintf(p.stderr, "warning: every user of this machine can write the token file %s\nhint: chmod 600 %s\n", name, name)
	}
	text, err := io.ReadAll(io.LimitReader(file, tokenLimit+1))
	if len(text) > tokenLimit {
		return "", errors.New("it is too long for a token")
	}
	return string(text), err
}

// output runs a command and returns what it printed. What it says on its
// standard error is not shown: it may repeat the secret.
func (p *program) output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, secretLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second // for what the command leaves running
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s did not work", name)
	}
	return string(out), nil
}
