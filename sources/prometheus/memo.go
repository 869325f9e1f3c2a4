package prometheus

import (
	"context"
	"sync"
)

// A memo remembers what was fetched, so that questions that come at the same
// time, or one after the other, fetch it once. The zero memo is empty.
type memo[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]*entry[V]
}

type entry[V any] struct {
	turn  chan struct{} // holds one token: whoever has it may fetch
	done  bool
	value V
	err   error
}

// get returns what fetch returned for this key, an error included: a server
// that refused is not asked again. Only if the fetch was interrupted does the
// next caller try anew.
func (m *memo[K, V]) get(ctx context.Context, key K, fetch func(context.Context) (V, error)) (V, error) {
	m.mu.Lock()
	e := m.entries[key]
	if e == nil {
		e = &entry[V]{turn: make(chan struct{}, 1)}
		if m.entries == nil {
			m.entries = map[K]*entry[V]{}
		}
		m.entries[key] = e
	}
	m.mu.Unlock()
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
	if !e.done {
		e.value, e.err = fetch(ctx)
		e.done = ctx.Err() == nil
	}
	return e.value, e.err
}
