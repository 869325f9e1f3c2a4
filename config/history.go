package config

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"preread/sources"
)

// A History says where it is remembered what was seen and said. The zero
// History leaves that to the program.
type History struct {
	None   bool              // nothing is to be remembered
	Place  string            // a file, or the address of a PostgreSQL database without a password
	Secret sources.SecretRef // where the address is kept, if it is not to be read by everybody
}

// UnmarshalText reads a path, a postgres:// address, "none", or a reference
// such as "env:PREREAD_HISTORY". An address with a password is refused, and
// the refusal does not repeat it.
func (h *History) UnmarshalText(text []byte) error {
	s := string(text)
	switch {
	case s == "":
		return errors.New(`it is empty; name a file, a postgres:// address, or "none"`)
	case s == "none":
		*h = History{None: true}
		return nil
	}
	if strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") {
		u, err := url.Parse(s)
		if err != nil {
			return errors.New("it is not an address such as postgres://user@host/database")
		}
		if _, secret := u.User.Password(); secret || u.Query().Has("password") {
			return errors.New(`a password does not belong into the settings; leave it to ~/.pgpass, or name where the whole address is kept: "env:NAME", "file:PATH" or "cmd:COMMAND"`)
		}
		*h = History{Place: s}
		return nil
	}
	var ref sources.SecretRef
	if err := ref.UnmarshalText(text); err == nil && ref.Scheme != "gh" {
		*h = History{Secret: ref}
		return nil
	}
	if strings.Contains(s, "://") {
		return errors.New("only postgres:// addresses can hold a history; else name a file")
	}
	*h = History{Place: filepath.Clean(s)}
	return nil
}
