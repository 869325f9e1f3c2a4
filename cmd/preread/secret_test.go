package main

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"preread/sources"
)

// Each place of a secret gives the token, or one plain line that names the
// place and not what it holds.
func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	credentials := filepath.Join(dir, "credentials")
	if err := os.Mkdir(credentials, 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(name, text string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	file("token", "canary\n", 0o600)
	file("mounted", "canary", 0o444)
	file("open", "canary", 0o666)
	file("two-lines", "canary\ncanary\n", 0o600)
	const pem = "-----BEGIN KEY-----\nY2FuYXJ5\n-----END KEY-----"
	file("key.pem", pem+"\n", 0o600)
	file("empty", " \n", 0o600)
	file("long", strings.Repeat("canary", tokenLimit), 0o600)
	file("credentials/jira-token", "canary\r\n", 0o400)
	all := map[string]string{"TOKEN": "canary", "GH_TOKEN": "canary", "CREDENTIALS_DIRECTORY": credentials}
	tests := []struct {
		name string
		ref  sources.SecretRef
		env  map[string]string
		want string // the refusal, "" for the token
		talk string

		reveals string // "" for canary
	}{
		{name: "variable", ref: sources.SecretRef{Scheme: "env", Name: "TOKEN"}, env: all},
		{name: "no variable", ref: sources.SecretRef{Scheme: "env", Name: "OTHER"}, env: all,
			want: "the variable OTHER is not set | set OTHER to the token, or name another place in the settings"},
		{name: "file", ref: sources.SecretRef{Scheme: "file", Name: "token"}},
		{name: "file by its whole path", ref: sources.SecretRef{Scheme: "file", Name: filepath.Join(dir, "token")}},
		{name: "file that others read", ref: sources.SecretRef{Scheme: "file", Name: "mounted"}},
		{name: "file that others write", ref: sources.SecretRef{Scheme: "file", Name: "open"},
			talk: "warning: every user of this machine can write the token file open\nhint: chmod 600 open\n"},
		{name: "no file", ref: sources.SecretRef{Scheme: "file", Name: "none"},
			want: "the token file none: there is no such file | put the token there, readable by this user only"},
		{name: "folder", ref: sources.SecretRef{Scheme: "file", Name: "credentials"},
			want: "the token file credentials: it is a folder | put the token there, readable by this user only"},
		{name: "long file", ref: sources.SecretRef{Scheme: "file", Name: "long"},
			want: "the token file long: it is too long for a token | put the token there, readable by this user only"},
		{name: "two lines", ref: sources.SecretRef{Scheme: "file", Name: "two-lines"},
			want: "what file:two-lines holds is not a token: it is empty or has several lines"},
		{name: "private key", ref: sources.SecretRef{Scheme: "file", Name: "key.pem"}, reveals: pem},
		{name: "empty file", ref: sources.SecretRef{Scheme: "file", Name: "empty"},
			want: "what file:empty holds is not a token: it is empty or has several lines"},
		{name: "command", ref: sources.SecretRef{Scheme: "cmd", Name: "echo canary; echo not-this >&2"}},
		{name: "command that fails", ref: sources.SecretRef{Scheme: "cmd", Name: "echo canary; echo canary >&2; exit 1"},
			want: "the command for the token did not work | run it by hand; it must print the token and nothing else"},
		{name: "command that says too much", ref: sources.SecretRef{Scheme: "cmd", Name: "echo canary; echo canary"},
			want: "what the output of the token's command holds is not a token: it is empty or has several lines"},
		{name: "credential", ref: sources.SecretRef{Scheme: "credential", Name: "jira-token"}, env: all},
		{name: "no credential", ref: sources.SecretRef{Scheme: "credential", Name: "other"}, env: all,
			want: "the credential other: there is no such file | put LoadCredential=other:PATH into the service"},
		{name: "not a service", ref: sources.SecretRef{Scheme: "credential", Name: "jira-token"},
			want: "the credential jira-token is not there: CREDENTIALS_DIRECTORY is not set | credentials come from systemd; put LoadCredential=jira-token:PATH into the service"},
		{name: "gh by its variable", ref: sources.SecretRef{Scheme: "gh"}, env: all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var talk bytes.Buffer
			p := &program{ctx: t.Context(), stderr: &talk, getenv: func(name string) string { return tt.env[name] }}
			secret, err := p.secret(dir, tt.ref)
			got := ""
			if err != nil {
				reason, hint := sources.Reason(err)
				got = strings.TrimSuffix(reason+" | "+hint, " | ")
			}
			if got != tt.want || tt.want == "" && secret.Reveal() != cmp.Or(tt.reveals, "canary") {
				t.Errorf("said %q with secret %t\nwant %q", got, !secret.IsZero(), tt.want)
			}
			if runtime.GOOS != "windows" && talk.String() != tt.talk {
				t.Errorf("talk is %q, want %q", talk.String(), tt.talk)
			}
		})
	}
}

// A reference is read as it is written, or refused without a word of what was
// written: it may be the token itself.
func TestSecretReferences(t *testing.T) {
	for _, text := range []string{"env:TOKEN", "file:/etc/preread/token", "file:a b", "cmd:pass show jira | head -n 1", "credential:jira-token", "credential:jira.token", "gh"} {
		var ref sources.SecretRef
		if err := ref.UnmarshalText([]byte(text)); err != nil || ref.String() != text {
			t.Errorf("%s became %s, %v", text, ref, err)
		}
	}
	for _, text := range []string{
		"", "canary", "env", "env:", "file:", "cmd:", "credential:", "vault:canary", "gh:canary", "ENV:canary", "ghp_canary", "env:ghp_canary", "file:ATATT3xcanary",
		"env:canary-canary", "env:1canary", "env:can ary", "credential:../canary", "credential:/etc/canary", "credential:..", "credential:a/canary", `credential:a\canary`,
		"cmd:canary\x00", "file:canary\x00",
	} {
		var ref sources.SecretRef
		err := ref.UnmarshalText([]byte(text))
		if err == nil {
			t.Errorf("%q was taken for %s", text, ref)
			continue
		}
		if strings.Contains(err.Error(), "canary") || strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("%q: %q repeats it", text, err)
		}
	}
}
