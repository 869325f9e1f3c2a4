package web

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A lane is a part of a source that counts its requests by itself. When to come
// back is told to one request there and holds for all. The zero lane is free.
type lane struct {
	mu    sync.Mutex
	waits []<-chan struct{} // each closed when its wait is over
	shut  error             // the wait is longer than a run may take
}

// lanes are those of one source: GitHub counts GraphQL by itself.
type lanes struct{ rest, graph lane }

func (l *lanes) of(req *http.Request) *lane {
	if strings.HasSuffix(req.URL.Path, "/graphql") {
		return &l.graph
	}
	return &l.rest
}

// hold lets no request through for a while.
func (l *lane) hold(d time.Duration) {
	over := make(chan struct{})
	time.AfterFunc(d, func() { close(over) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waits = append(l.waits, over)
}

// close lets no request through any more.
func (l *lane) close(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut == nil {
		l.shut = err
	}
}

// pass returns when a request may be sent, or why it may not.
func (l *lane) pass(ctx context.Context) error {
	for {
		over, err := l.first()
		if err != nil || over == nil {
			return err
		}
		select {
		case <-over:
			l.drop(over)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// first returns what to wait for; nil: nothing.
func (l *lane) first() (over <-chan struct{}, shut error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waits) > 0 {
		over = l.waits[0]
	}
	return over, l.shut
}

func (l *lane) drop(over <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waits) > 0 && l.waits[0] == over {
		l.waits = l.waits[1:]
	}
}
