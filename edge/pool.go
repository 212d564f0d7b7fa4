package edge

import (
	"bufio"
	"context"
	"errors"
	"slices"
	"time"
)

var errClosed = errors.New("edge: shut down")

// errBusy says that every connection that the origin may have was in use for
// as long as a request may wait.
var errBusy = errors.New("edge: every connection to the origin is in use")

// get returns a connection to the origin: the idle one used last that is still
// whole, else a new one.
func (u *upstream) get(ctx context.Context) (*originConn, error) {
	c, err := u.claim(ctx)
	switch {
	case errors.Is(err, errBusy):
		return nil, &connectError{err}
	case err != nil:
		return nil, err
	case c == nil:
		return u.connect(ctx)
	case c.quiet():
		return c, nil
	}
	return u.replace(ctx, c)
}

// claim returns an idle connection, or nil and the right to open one. Where
// MaxConns are open already it waits, first come, first served, for one that
// is given back or closed.
func (u *upstream) claim(ctx context.Context) (*originConn, error) {
	u.mu.Lock()
	switch last := len(u.idle) - 1; {
	case u.closed:
		u.mu.Unlock()
		return nil, errClosed
	case last >= 0:
		c := u.idle[last]
		u.idle[last] = nil
		u.idle = u.idle[:last]
		u.mu.Unlock()
		return c, nil
	case u.MaxConns == 0 || u.open < u.MaxConns:
		u.open++
		u.mu.Unlock()
		return nil, nil
	}
	turn := make(chan *originConn, 1)
	u.waiting = append(u.waiting, turn)
	u.mu.Unlock()
	return u.await(ctx, turn)
}

func (u *upstream) await(ctx context.Context, turn chan *originConn) (*originConn, error) {
	t := time.NewTimer(u.MaxWait)
	defer t.Stop()
	err := errBusy
	select {
	case c, ok := <-turn:
		return c, closedUnless(ok)
	case <-t.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	u.mu.Lock()
	at := slices.Index(u.waiting, turn)
	if at >= 0 {
		u.waiting = slices.Delete(u.waiting, at, at+1)
	}
	u.mu.Unlock()
	if at < 0 { // its turn came at the last moment
		c, ok := <-turn
		return c, closedUnless(ok)
	}
	return nil, err
}

func closedUnless(ok bool) error {
	if ok {
		return nil
	}
	return errClosed
}

// pass gives a connection, or with nil the right to open one, to whoever has
// waited longest. The caller holds the lock; false means that nobody waits.
func (u *upstream) pass(c *originConn) bool {
	if len(u.waiting) == 0 {
		return false
	}
	turn := u.waiting[0]
	u.waiting = slices.Delete(u.waiting, 0, 1)
	turn <- c
	return true
}

// free gives back the right to an open connection. The caller holds the lock.
func (u *upstream) free() {
	if !u.pass(nil) {
		u.open--
	}
}

// connect opens a connection; the caller has the right to one.
func (u *upstream) connect(ctx context.Context) (*originConn, error) {
	var names nameWatch
	began := time.Now()
	raw, err := u.dial(names.in(ctx))
	took := time.Since(began)
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil {
		u.free()
		return nil, &connectError{err}
	}
	if u.closed {
		u.free()
		raw.Close()
		return nil, errClosed
	}
	c := &originConn{Conn: raw, up: u, timing: timing{dns: names.took, connect: took - names.took}}
	c.br = bufio.NewReaderSize(c, maxOriginHeader)
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
	defer u.mu.Unlock()
	switch {
	case u.closed, u.left && len(u.waiting) == 0:
		u.close(c)
	case u.pass(c):
	case len(u.idle) < u.MaxIdle:
		u.idle = append(u.idle, c)
	default:
		u.close(c)
	}
}

// replace opens a connection in the place of one that was lost.
func (u *upstream) replace(ctx context.Context, lost *originConn) (*originConn, error) {
	u.mu.Lock()
	delete(u.live, lost)
	u.mu.Unlock()
	lost.Close()
	return u.connect(ctx)
}

func (u *upstream) discard(c *originConn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.close(c)
}

// close ends a connection. The caller holds the lock.
func (u *upstream) close(c *originConn) {
	delete(u.live, c)
	u.free()
	c.Close()
}

// prune closes the connections that have been idle for longer than KeepAlive.
func (u *upstream) prune(now time.Time) {
	u.mu.Lock()
	n := 0
	for n < len(u.idle) && now.Sub(u.idle[n].since) > u.KeepAlive {
		u.close(u.idle[n])
		n++
	}
	u.idle = append(u.idle[:0], u.idle[n:]...)
	u.mu.Unlock()
}

// closeAll ends every connection, in use or not, and sends away who waits.
func (u *upstream) closeAll() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for c := range u.live {
		c.Close()
	}
	for _, turn := range u.waiting {
		close(turn)
	}
	u.idle, u.waiting = nil, nil
}

// retire ends idle connections, and those in use once their exchange is over.
// Requests of an earlier site may still ask.
func (u *upstream) retire() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.left = true
	for _, c := range u.idle {
		u.close(c)
	}
	u.idle = nil
}
