package history_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"preread/aggregate/history"
	"preread/sources"
)

// tellOpening opens a place as somebody else and says what came of it.
func tellOpening(place string) {
	s, err := history.Open(context.Background(), place)
	if err == nil {
		err = s.Close()
	}
	reason, hint := "", ""
	if err != nil {
		reason, hint = sources.Reason(err)
	}
	fmt.Printf("%s\n%s\n", reason, hint)
}

// refusal opens a place that cannot be opened.
func refusal(t *testing.T, place string) (reason, hint string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s, err := history.Open(ctx, place)
	if err == nil {
		_ = s.Close()
		t.Fatalf("%s was opened", place)
	}
	var u *sources.Unanswered
	if !errors.As(err, &u) {
		t.Fatalf("%v is no error for people", err)
	}
	return u.Reason, u.Hint
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestFileRefusals(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := write("notes.txt", strings.Repeat("these are notes, not a database\n", 100))
	for _, tt := range []struct{ name, place, reason, hint string }{
		{"nothing", "", "the history has no place", "name a file, or a postgres:// address"},
		{"folder", dir, "the history " + dir + " is a folder", "name a file in it"},
		{"below a file", foreign + "/h.db", "the history " + foreign + "/h.db has a file where its folder should be", "name another place for the history"},
		{"no database", foreign, foreign + " is not a history: it is not a database", "name another place; the file was left as it is"},
		{"no address", "postgres://user:" + password + "@host:port/x", "the address of the history is not one of a PostgreSQL database", "write postgres://user@host:5432/database"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reason, hint := refusal(t, tt.place)
			expect(t, "reason", reason, tt.reason)
			expect(t, "hint", hint, tt.hint)
		})
	}
	if text, err := os.ReadFile(foreign); err != nil || !strings.HasPrefix(string(text), "these are notes") {
		t.Errorf("the file that is no database was changed: %v", err)
	}
}

// asAnother opens a place as a user who may not do everything.
func asAnother(t *testing.T, place string) (reason, hint string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "history.test")
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, text, 0o755); err != nil {
		t.Fatal(err)
	}
	as := stranger(t)
	if as != nil {
		if err := os.Chmod(filepath.Dir(filepath.Dir(binary)), 0o711); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary)
	cmd.Dir, cmd.Env = "/", append(os.Environ(), asStranger+"="+place)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	reason, hint, _ = strings.Cut(strings.TrimSuffix(string(out), "\n"), "\n")
	return reason, hint
}

func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	give(t, dir, stranger(t))
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(dir, "history.db")
	reason, hint := asAnother(t, place)
	expect(t, "reason", reason, "the history "+place+" may not be written")
	expect(t, "hint", hint, "let this user write the file and its folder, or name another place for the history")
}

func TestServerRefusals(t *testing.T) {
	s := postgres(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	_ = listener.Close()
	if _, err := s.db.Exec("create role guest login password '" + password + "'"); err != nil {
		t.Fatal(err)
	}
	here := "the history postgres://" + s.host
	for _, tt := range []struct{ name, place, reason, hint string }{
		{"wrong password", s.address("owner", "wr0ng-"+password, "postgres"), here + "/postgres refuses this user or password", "look at user and password in its address"},
		{"unknown user", s.address("nobody-known", password, "postgres"), here + "/postgres refuses this user or password", "look at user and password in its address"},
		{"no database", s.address("owner", password, "absent"), here + "/absent is not there: the server has no such database", "make it with createdb, or correct its name in the address"},
		{"no server", "postgres://owner:" + password + "@" + nobody + "/x?sslmode=disable", "the history postgres://" + nobody + "/x does not answer", "see whether the server runs and can be reached from here"},
		{"no right", s.address("guest", password, "postgres"), here + "/postgres may not be written by this user", "grant it the right to create tables in the database"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reason, hint := refusal(t, tt.place)
			expect(t, "reason", reason, tt.reason)
			expect(t, "hint", hint, tt.hint)
			if strings.Contains(reason+hint, password) {
				t.Error("the password is shown")
			}
		})
	}
}

// TestOpenAtOnce opens a new place from several sides.
func TestOpenAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, place func() string) {
		for range 3 {
			at := place()
			var group sync.WaitGroup
			for range 6 {
				group.Go(func() {
					s, err := history.Open(context.Background(), at)
					if err != nil {
						t.Error(err)
						return
					}
					_ = s.Close()
				})
			}
			group.Wait()
		}
	})
}

// TestFileMode looks at who may read a history.
func TestFileMode(t *testing.T) {
	place := filepath.Join(t.TempDir(), "a", "b c?d#e%20", "history.db")
	s := open(t, place)
	if _, err := s.Remember(context.Background(), runOf(1)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o600, "-wal": 0o600, "-shm": 0o600} {
		info, err := os.Stat(place + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("history.db%s: mode %o", name, got)
		}
	}
	for name, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1"} {
		if got := history.Pragma(t, s, name); got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
}

// raw opens the database of a place beside the store.
func raw(t *testing.T, place string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(place, "postgres:") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestNewerHistory(t *testing.T) {
	engines(t, func(t *testing.T, place func() string) {
		at := place()
		s, err := history.Open(context.Background(), at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Remember(context.Background(), runOf(1)); err != nil {
			t.Fatal(err)
		}
		before := export(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		db := raw(t, at)
		if _, err := db.Exec("insert into preread_version (version_id, is_applied) values (99, true)"); err != nil {
			t.Fatal(err)
		}
		reason, hint := refusal(t, at)
		if !strings.Contains(reason, "was written by a newer preread (version 99 of its tables, this one knows 1)") || strings.Contains(reason, password) {
			t.Errorf("reason: %s", reason)
		}
		expect(t, "hint", hint, "use the newer preread, or name another place for the history")
		if _, err := db.Exec("delete from preread_version where version_id = 99"); err != nil {
			t.Fatal(err)
		}
		expect(t, "history", export(t, open(t, at)), before)
	})
}

// TestNoSpace lets a file grow no further. What was remembered stays, and the
// fresh facts come back.
func TestNoSpace(t *testing.T) {
	place := filepath.Join(t.TempDir(), "history.db")
	s := open(t, place)
	if _, err := s.Remember(context.Background(), runOf(1)); err != nil {
		t.Fatal(err)
	}
	before := export(t, s)
	if err := history.Limit(s); err != nil {
		t.Fatal(err)
	}
	big := runOf(2)
	big.Answers[0].Items[0].Title = strings.Repeat("long ", 100_000)
	r, err := s.Remember(context.Background(), big)
	reason, hint := sources.Reason(err)
	expect(t, "reason", reason, "the history "+place+" has no space left")
	expect(t, "hint", hint, "make space on its disk; what was remembered before is whole")
	if len(r.Facts.Answers) != lines || len(r.Facts.Answers[0].Items) != 1 {
		t.Error("the fresh facts are lost")
	}
	expect(t, "history", export(t, s), before)
}

func TestBusy(t *testing.T) {
	engines(t, func(t *testing.T, place func() string) {
		at := place()
		s := open(t, at)
		release := history.Hold(t.Context(), s)
		defer release()
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		_, err := history.Unprepared(t, at).Remember(ctx, runOf(1))
		reason, _ := sources.Reason(err)
		if !strings.HasPrefix(reason, "the history ") || !strings.HasSuffix(reason, " is busy: another preread is writing to it") || strings.Contains(reason, password) {
			t.Errorf("%v", err)
		}
	})
}

// An address of some other database is no name of a file, and what it holds of
// a password is shown to nobody.
func TestAddressOfAnotherDatabase(t *testing.T) {
	for _, place := range []string{"Postgres://preread:hunter2@db.example/history", "postgresql+asyncpg://preread:hunter2@db.example/history", "mysql://db.example/history"} {
		t.Chdir(t.TempDir())
		reason, hint := refusal(t, place)
		expect(t, place, reason+" | "+hint, "only a postgres:// address can name a history on a server | write postgres://USER@HOST:5432/DATABASE, or name a file")
		if made, err := os.ReadDir("."); err != nil || len(made) > 0 {
			t.Errorf("%s made %v (%v)", place, made, err)
		}
	}
}
