package edge

import (
	"bufio"
	"context"
	"errors"
	"time"
)

var errClosed = errors.New("edge: shut down")

// get returns a connection to the origin: the idle one used last that is still
// whole, else a new one.
func (u *upstream) get(ctx context.Context) (*originConn, error) {
	for {
		c, err := u.takeIdle()
		if err != nil {
			return nil, err
		}
		if c == nil {
			return u.connect(ctx)
		}
		if c.quiet() {
			return c, nil
		}
		u.discard(c)
	}
}

func (u *upstream) takeIdle() (*originConn, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return nil, errClosed
	}
	last := len(u.idle) - 1
	if last < 0 {
		return nil, nil
	}
	c := u.idle[last]
	u.idle[last] = nil
	u.idle = u.idle[:last]
	return c, nil
}

func (u *upstream) connect(ctx context.Context) (*originConn, error) {
	raw, err := u.dial(ctx)
	if err != nil {
		return nil, &connectError{err}
	}
	c := &originConn{Conn: raw, up: u}
	c.br = bufio.NewReaderSize(c, maxOriginHeader)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		raw.Close()
		return nil, errClosed
	}
	u.live[c] = struct{}{}
	return c, nil
}

// connectError says that no connection came about, so nothing was sent.
type connectError struct{ error }

func (e *connectError) Unwrap() error { return e.error }

func (u *upstream) put(c *originConn) {
	c.used = true
	c.since = time.Now()
	u.mu.Lock()
	full := u.closed || u.left || len(u.idle) >= u.MaxIdle
	if !full {
		u.idle = append(u.idle, c)
	}
	u.mu.Unlock()
	if full {
		u.discard(c)
	}
}

func (u *upstream) discard(c *originConn) {
	u.mu.Lock()
	delete(u.live, c)
	u.mu.Unlock()
	c.Close()
}

// prune closes the connections that have been idle for longer than KeepAlive.
func (u *upstream) prune(now time.Time) {
	u.mu.Lock()
	n := 0
	for n < len(u.idle) && now.Sub(u.idle[n].since) > u.KeepAlive {
		delete(u.live, u.idle[n])
		u.idle[n].Close()
		n++
	}
	u.idle = append(u.idle[:0], u.idle[n:]...)
	u.mu.Unlock()
}

// closeAll ends every connection, in use or not.
func (u *upstream) closeAll() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for c := range u.live {
		c.Close()
	}
	u.idle = nil
}

// retire ends idle connections, and those in use once their exchange is over.
// Requests of an earlier site may still ask.
func (u *upstream) retire() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.left = true
	for _, c := range u.idle {
		delete(u.live, c)
		c.Close()
	}
	u.idle = nil
}
