package history_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"preread/aggregate/history"
)

// The test binary runs itself where it needs another process: a writer that
// will be killed, and a user who may not write.
const (
	asWriter   = "HISTORY_TEST_WRITER"
	asStranger = "HISTORY_TEST_STRANGER"
)

func TestMain(m *testing.M) {
	if place := os.Getenv(asWriter); place != "" {
		writeForever(place)
		return
	}
	if place := os.Getenv(asStranger); place != "" {
		tellOpening(place)
		return
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB, place string) *history.Store {
	t.Helper()
	s, err := history.Open(context.Background(), place)
	if err != nil {
		t.Fatalf("open %s: %v", place, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// engines runs a test on both databases. place makes a new empty one.
func engines(t *testing.T, test func(t *testing.T, place func() string)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, func() string {
			return filepath.Join(t.TempDir(), "state", "history.db")
		})
	})
	t.Run("postgres", func(t *testing.T) {
		s := postgres(t)
		test(t, func() string { return s.database(t) })
	})
}
