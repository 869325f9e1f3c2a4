package jira

import (
	"context"
	"errors"
	"sync"

	"preread/sources"
)

// shared is a value that several questions need and one of them fetches. All
// get the same value or the same error; only an interruption of the one that
// fetched it is not shared, and then the next one fetches.
type shared[T any] struct {
	mu      sync.Mutex
	current *fetch[T]
}

// A fetch is one try, going on or over.
type fetch[T any] struct {
	over  chan struct{}
	value T
	err   error
}

func newFetch[T any]() *fetch[T] {
	// Should the try end in a panic, this is what the others get.
	return &fetch[T]{over: make(chan struct{}), err: sources.Unansweredf("what several questions wait for could not be read")}
}

// wait returns the outcome, or the end of the caller's own patience.
func (f *fetch[T]) wait(ctx context.Context) (T, error) {
	select {
	case <-f.over:
		return f.value, f.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (s *shared[T]) get(ctx context.Context, do func(context.Context) (T, error)) (T, error) {
	for {
		f, mine := s.claim()
		if mine {
			s.run(ctx, f, do)
		}
		value, err := f.wait(ctx)
		if !mine && errors.Is(err, context.Canceled) && ctx.Err() == nil {
			continue
		}
		return value, err
	}
}

// peek returns the value if it was fetched, without fetching it.
func (s *shared[T]) peek() (value T, known bool) {
	s.mu.Lock()
	f := s.current
	s.mu.Unlock()
	if f == nil {
		return value, false
	}
	select {
	case <-f.over:
		return f.value, f.err == nil
	default:
		return value, false
	}
}

func (s *shared[T]) claim() (f *fetch[T], mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		s.current, mine = newFetch[T](), true
	}
	return s.current, mine
}

func (s *shared[T]) run(ctx context.Context, f *fetch[T], do func(context.Context) (T, error)) {
	defer close(f.over)
	f.value, f.err = do(ctx)
	if errors.Is(f.err, context.Canceled) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.current = nil
	}
}
