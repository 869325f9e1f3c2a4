package history_test

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// password is that of the test's own server.
const password = "p4ss-word"

// A server is a PostgreSQL that belongs to one test.
type server struct {
	bin, dir string
	as       *syscall.Credential
	host     string
	made     *atomic.Int64
	db       *sql.DB
}

// programs finds the programs of PostgreSQL, or skips the test.
func programs(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.Sort(found)
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path)
	}
	if os.Getenv("PREREAD_TEST_ALL") != "" {
		t.Fatal("postgresql is not installed")
	}
	t.Skip("postgresql is not installed")
	return ""
}

// stranger is a user who may not read what root may; nil where the test is not
// root and needs none. PostgreSQL refuses to run as root.
func stranger(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.ParseUint(u.Uid, 10, 32)
			gid, _ := strconv.ParseUint(u.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Fatal("there is no user but root")
	return nil
}

// give hands a folder to a user, who can then reach it.
func give(t testing.TB, dir string, to *syscall.Credential) {
	t.Helper()
	if to == nil {
		return
	}
	if err := os.Chown(dir, int(to.Uid), int(to.Gid)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
}

// postgres starts a server that ends with the test.
func postgres(t testing.TB) server {
	t.Helper()
	s := install(t)
	s.start(t)
	return s
}

// install prepares a server that does not run yet.
func install(t testing.TB) server {
	t.Helper()
	bin, as, dir := programs(t), stranger(t), t.TempDir()
	give(t, dir, as)
	data, secret := filepath.Join(dir, "data"), filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "owner", "--auth-host=scram-sha-256", "--pwfile="+secret, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: as}
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	_ = listener.Close()
	s := server{bin: bin, dir: dir, as: as, host: host, made: new(atomic.Int64)}
	if s.db, err = sql.Open("pgx", s.address("owner", password, "postgres")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	return s
}

// start starts the server, again if it was stopped, and waits until it answers.
// The stop that it returns leaves no process behind, whatever the signal.
func (s server) start(t testing.TB) (stop func(syscall.Signal)) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(s.host)
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-h", "127.0.0.1", "-p", port, "-k", s.dir, "-c", "fsync=off", "-c", "max_connections=40")
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = s.dir, log, log, &syscall.SysProcAttr{Credential: s.as}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func(how syscall.Signal) {
		_ = cmd.Process.Signal(how)
		_ = cmd.Wait()
		_ = log.Close()
	}
	t.Cleanup(func() { stop(syscall.SIGINT) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for err = s.db.PingContext(ctx); err != nil; err = s.db.PingContext(ctx) {
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("postgres does not answer: %v\n%s", err, text)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return stop
}

func (s server) address(name, secret, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(name, secret), Host: s.host, Path: "/" + database}
	return u.String()
}

// database makes an empty database and returns its address.
func (s server) database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("history%d", s.made.Add(1))
	if _, err := s.db.ExecContext(context.Background(), "create database "+name); err != nil {
		t.Fatal(err)
	}
	return s.address("owner", password, name)
}
