package history

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"preread/sources"
)

// fileCode returns the primary result code of an error of SQLite, 0 if it is
// none.
func fileCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func busyFile(err error) bool {
	code := fileCode(err)
	return code == lib.SQLITE_BUSY || code == lib.SQLITE_LOCKED
}

// raced reports an error that comes of another program making the same tables.
func raced(err error) bool {
	switch fileCode(err) {
	case lib.SQLITE_ERROR, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_CONSTRAINT, lib.SQLITE_SCHEMA:
		return true
	}
	switch serverCode(err) {
	case "23505", "42P07", "42710", "40001", "40P01":
		return true
	}
	return false
}

// fileWords puts an error about a file into words, nil if it is none.
func (s *Store) fileWords(err error) *sources.Unanswered {
	code := fileCode(err)
	switch {
	case errors.Is(err, syscall.EISDIR):
		return sources.Unansweredf("the history %s is a folder", s.place).WithHint("name a file in it")
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, os.ErrExist):
		return sources.Unansweredf("the history %s has a file where its folder should be", s.place).WithHint("name another place for the history")
	case code == lib.SQLITE_FULL, errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return sources.Unansweredf("the history %s has no space left", s.place).WithHint("make space on its disk; what was remembered before is whole")
	case code == lib.SQLITE_READONLY, code == lib.SQLITE_PERM, errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return sources.Unansweredf("the history %s may not be written", s.place).WithHint("let this user write the file and its folder, or name another place for the history")
	case code == lib.SQLITE_NOTADB:
		return sources.Unansweredf("%s is not a history: it is not a database", s.place).WithHint("name another place; the file was left as it is")
	case code == lib.SQLITE_CORRUPT:
		return sources.Unansweredf("the history %s is damaged", s.place).WithHint("move it away and import the last export")
	case code == lib.SQLITE_CANTOPEN, errors.Is(err, fs.ErrNotExist):
		return sources.Unansweredf("the history %s cannot be opened", s.place).WithHint("look at the rights of its folder")
	case code == lib.SQLITE_IOERR:
		return sources.Unansweredf("the disk of the history %s cannot be read or written", s.place).WithHint("look at the disk; a network folder is no place for a history")
	}
	return nil
}

// serverCode returns the SQLSTATE of an error of PostgreSQL, "" if it is none.
func serverCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func busyServer(err error) bool { return serverCode(err) == "55P03" } // lock_not_available

// serverWords puts an error of PostgreSQL into words, nil if it is none. Its
// own text is not shown: it may repeat what stands in the address.
func (s *Store) serverWords(err error) *sources.Unanswered {
	var connecting *pgconn.ConnectError
	switch code := serverCode(err); {
	case code == "28P01", code == "28000":
		return sources.Unansweredf("the history %s refuses this user or password", s.place).WithHint("look at user and password in its address")
	case code == "3D000":
		return sources.Unansweredf("the history %s is not there: the server has no such database", s.place).WithHint("make it with createdb, or correct its name in the address")
	case code == "42501":
		return sources.Unansweredf("the history %s may not be written by this user", s.place).WithHint("grant it the right to create tables in the database")
	case code == "53100":
		return sources.Unansweredf("the history %s has no space left", s.place).WithHint("make space on the server's disk; what was remembered before is whole")
	case code == "25006":
		return sources.Unansweredf("the history %s can only be read: the server is a standby", s.place).WithHint("name the primary server in the address")
	case code == "53300":
		return sources.Unansweredf("the history %s lets nobody in: too many connections", s.place).WithHint("try again later")
	case code != "":
		return sources.Unansweredf("the history %s refused a statement (SQLSTATE %s)", s.place, code)
	case errors.As(err, &connecting):
		return sources.Unansweredf("the history %s does not answer", s.place).WithHint("see whether the server runs and can be reached from here")
	}
	return nil
}
