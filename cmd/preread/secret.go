package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
		var text []byte
		if text, err = os.ReadFile(path); err != nil {
			return sources.Secret{}, sources.Unansweredf("the token file %s: %s", ref.Name, plainFileError(err)).
				WithHint("put the token there, readable by this user only")
		}
		value = string(text)
	case "cmd":
		value, err = p.output("sh", "-c", ref.Name)
		if err != nil {
			return sources.Secret{}, sources.Unansweredf("the command for the token did not work: %s", ref.Name).
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
	if value == "" || strings.ContainsAny(value, "\r\n\x00") {
		return sources.Secret{}, sources.Unansweredf("what %s holds is not a token: it is empty or has several lines", ref)
	}
	return sources.NewSecret(value), nil
}

// output runs a command and returns what it printed. What it says on its
// standard error is not shown: it may repeat the secret.
func (p *program) output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, secretLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s did not work", name)
	}
	return string(out), nil
}
