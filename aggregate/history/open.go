package history

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"preread/sources"
)

// A Store is a history in a SQLite file or a PostgreSQL database. It may be
// used by several goroutines and several processes at once.
type Store struct {
	db     *sql.DB
	engine engine
	place  string // how to name it to people; never with a password
}

// An engine is what the databases differ in.
type engine struct {
	dialect goose.Dialect
	// lock lets in one writer at a time. SQLite does that when it begins.
	lock []string
	busy func(error) bool
	// snapshot is the isolation in which several reads see one state.
	snapshot sql.IsolationLevel
}

// Open opens the history at a place: the path of a file, which is made with its
// folder where it is not there, or the address of a PostgreSQL database,
// postgres://user@host/database. Errors are [sources.Unanswered] with the next
// step, and never show a password.
func Open(ctx context.Context, place string) (*Store, error) {
	s, err := connect(place)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		_ = s.db.Close()
		return nil, err
	}
	return s, nil
}

func connect(place string) (*Store, error) {
	if strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://") {
		return openServer(place)
	}
	if strings.Contains(place, "://") { // it may hold a password
		return nil, sources.Unansweredf("only a postgres:// address can name a history on a server").WithHint("write postgres://USER@HOST:5432/DATABASE, or name a file")
	}
	return openFile(place)
}

// Close ends the use of a history.
func (s *Store) Close() error { return s.plain(s.db.Close()) }

// openFile makes the file beforehand, so that nobody but its owner ever reads
// it; SQLite gives the files that it puts beside it the same mode.
func openFile(path string) (*Store, error) {
	absolute, err := filepath.Abs(path)
	if path == "" || err != nil {
		return nil, sources.Unansweredf("the history has no place").WithHint("name a file, or a postgres:// address")
	}
	s := &Store{place: path, engine: engine{dialect: goose.DialectSQLite3, busy: busyFile}}
	if err := os.MkdirAll(filepath.Dir(absolute), 0o700); err != nil {
		return nil, s.plain(err)
	}
	file, err := os.OpenFile(absolute, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, s.plain(err)
	}
	if err := file.Close(); err != nil {
		return nil, s.plain(err)
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), RawQuery: url.Values{
		"_pragma": {"busy_timeout(200)", "journal_mode(WAL)", "foreign_keys(1)"}, "_txlock": {"immediate"},
	}.Encode()}
	if s.db, err = sql.Open("sqlite", address.String()); err != nil {
		return nil, s.plain(err)
	}
	s.db.SetMaxOpenConns(4)
	return s, nil
}

func openServer(place string) (*Store, error) {
	config, err := pgx.ParseConfig(place)
	if err != nil { // its text repeats the address
		return nil, sources.Unansweredf("the address of the history is not one of a PostgreSQL database").
			WithHint("write postgres://user@host:5432/database")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	shown := url.URL{Scheme: "postgres", Host: net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))), Path: "/" + config.Database}
	if strings.HasPrefix(config.Host, "/") { // a socket in a folder
		shown.Host = "localhost"
	}
	s := &Store{db: stdlib.OpenDB(*config), place: shown.String(), engine: engine{
		dialect: goose.DialectPostgres,
		lock:    []string{"set local lock_timeout = '60s'", "select pg_advisory_xact_lock(7237963911)"},
		busy:    busyServer, snapshot: sql.LevelRepeatableRead,
	}}
	s.db.SetMaxOpenConns(4)
	return s, nil
}

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is where goose notes the migrations.
const versionTable = "preread_version"

// prepare brings the tables up to date. A history that a newer program wrote is
// left alone.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.write(ctx, func(*session) error { return nil }); err != nil {
		return err
	}
	// Of two programs that begin at once, one makes the tables and the other
	// fails over them; by its next try they are there.
	err := s.migrate(ctx)
	for try := 0; raced(err) && try < 20 && wait(ctx, 100*time.Millisecond); try++ {
		err = s.migrate(ctx)
	}
	return s.plain(err)
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(s.engine.dialect, s.db, files, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case current > target:
		return sources.Unansweredf("the history %s was written by a newer preread (version %d of its tables, this one knows %d)", s.place, current, target).
			WithHint("use the newer preread, or name another place for the history")
	case current < target:
		_, err = provider.Up(ctx)
	}
	return err
}

// wait reports whether a pause came to its end before the context.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// tries is how often a busy SQLite file is asked again; each time waits for
// the busy_timeout of its connection.
const tries = 300

// write runs work in one transaction that no other writer shares.
func (s *Store) write(ctx context.Context, work func(*session) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	for try := 0; err != nil && s.engine.busy(err) && try < tries && wait(ctx, time.Millisecond); try++ {
		tx, err = s.db.BeginTx(ctx, nil)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) && s.engine.lock == nil:
		return s.isBusy()
	case err != nil:
		return s.plain(err)
	}
	defer tx.Rollback()
	for _, statement := range s.engine.lock {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			if ctx.Err() != nil {
				return s.isBusy()
			}
			return s.plain(err)
		}
	}
	if err := work(&session{tx: tx, prepared: map[string]*sql.Stmt{}}); err != nil {
		return s.plain(err)
	}
	return s.plain(tx.Commit())
}

// read runs work on one state of the history.
func (s *Store) read(ctx context.Context, work func(*session) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.engine.snapshot})
	if err != nil {
		return s.plain(err)
	}
	defer tx.Rollback()
	return s.plain(work(&session{tx: tx, prepared: map[string]*sql.Stmt{}}))
}

func (s *Store) isBusy() error {
	return sources.Unansweredf("the history %s is busy: another preread is writing to it", s.place).
		WithHint("try again when it is done, or look for one that hangs")
}

// plain puts an error of the database into words of one line. What has words
// already, and what says that the caller gave up, stays as it is.
func (s *Store) plain(err error) error {
	var told *sources.Unanswered
	switch {
	case err == nil || errors.As(err, &told):
		return err
	case s.engine.busy(err):
		return s.isBusy()
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	for _, word := range []func(error) *sources.Unanswered{s.fileWords, s.serverWords} {
		if u := word(err); u != nil {
			return u
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return sources.Unansweredf("the history %s cannot be used: %s", s.place, sources.OneLine(err.Error(), 120))
}
