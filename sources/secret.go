package sources

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

// A Secret is a token or password. However it is printed, logged or encoded it
// reads "[secret]"; only Reveal gives the value. The zero Secret is empty.
type Secret struct{ value string }

// NewSecret wraps a value that must not be shown.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value, for the one place that sends it.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is no value.
func (s Secret) IsZero() bool { return s.value == "" }

const hidden = "[secret]"

// String returns "[secret]".
func (s Secret) String() string { return hidden }

// GoString returns "[secret]".
func (s Secret) GoString() string { return hidden }

// Format writes "[secret]" whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText returns "[secret]".
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns "[secret]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// A SecretRef says where a secret is kept, never what it is: "env:NAME",
// "file:PATH", "cmd:COMMAND", "credential:NAME" for one that systemd hands to
// its service, or "gh" for the sign-in that the gh command holds. The zero
// SecretRef names nothing.
type SecretRef struct {
	Scheme string // env, file, cmd, credential or gh
	Name   string // the variable, path, command or credential; "" for gh
}

// IsZero reports whether no secret is named.
func (r SecretRef) IsZero() bool { return r == SecretRef{} }

// String returns the reference as it stands in the settings.
func (r SecretRef) String() string {
	if r.Scheme == "gh" || r.IsZero() {
		return r.Scheme
	}
	return r.Scheme + ":" + r.Name
}

// MarshalText returns the reference as it stands in the settings.
func (r SecretRef) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a reference. A literal token is refused, also one that
// stands where the name of its place should, and the refusal does not repeat
// it.
func (r *SecretRef) UnmarshalText(text []byte) error {
	s := string(text)
	scheme, name, found := strings.Cut(s, ":")
	known := scheme == "env" || scheme == "file" || scheme == "cmd" || scheme == "credential"
	switch {
	case s == "gh":
		name = ""
	case !found || !known || literal.MatchString(name):
		return errors.New(`a secret does not belong into the settings; name where it is kept: "env:NAME", "file:PATH", "cmd:COMMAND", "credential:NAME" or "gh"`)
	case name == "" || strings.ContainsRune(name, 0):
		return fmt.Errorf("%s: names nothing after the colon", scheme)
	case scheme == "env" && !variable.MatchString(name):
		return errors.New(`env: wants the name of a variable, such as "env:JIRA_TOKEN"; the token itself does not belong into the settings`)
	case scheme == "credential" && (strings.ContainsAny(name, `/\`) || name == "." || name == ".."):
		return errors.New(`credential: wants the name that the service's LoadCredential= gives, such as "credential:jira-token"`)
	}
	*r = SecretRef{Scheme: scheme, Name: name}
	return nil
}

var (
	variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// literal begins like the tokens of the systems that are read.
	literal = regexp.MustCompile(`^(gh[pousr]_|github_pat_|ATATT|ATCTT|glpat-|xox[a-z]-)`)
)
