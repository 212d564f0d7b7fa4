package edge

import (
	"context"
	"errors"
	"math"
	"net"
	"time"

	"github.com/valyala/fasthttp"
)

func (e *Edge) newServer() *fasthttp.Server {
	return &fasthttp.Server{
		Handler:               e.handle,
		ReadBufferSize:        e.conf.MaxHeader + beyondHead,
		Concurrency:           math.MaxInt32, // the listener counts
		NoDefaultServerHeader: true,
		NoDefaultDate:         true,
		NoDefaultContentType:  true,
		CloseOnShutdown:       true,
		TCPKeepalive:          true,
		Logger:                silent{},
		ConnState: func(c net.Conn, s fasthttp.ConnState) {
			if v, ok := c.(*viewer); ok {
				v.state(s)
			}
		},

		DisablePreParseMultipartForm: true,
	}
}

// silent drops what fasthttp would log of every connection that breaks: the
// records say it.
type silent struct{}

func (silent) Printf(string, ...any) {}

// Serve answers viewers on ln until Shutdown. It may be called for several
// listeners.
func (e *Edge) Serve(ln net.Listener) error {
	return e.serveOn(&listener{Listener: ln, e: e})
}

func (e *Edge) serveOn(ln *listener) error {
	go e.prune()
	return e.server.Serve(ln)
}

// prune closes origin connections that nobody used for a while.
func (e *Edge) prune() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			for _, u := range e.upstreams() {
				u.prune(now)
			}
		case <-e.stop:
			return
		}
	}
}

// Shutdown stops accepting, lets what is being served and fetched finish, and
// closes everything. When ctx ends first, the rest is broken off: viewers see
// their connections close short of the end. It returns ctx's error then.
func (e *Edge) Shutdown(ctx context.Context) error {
	if !e.begin() {
		return nil
	}
	e.closeViewers(func(v *viewer) bool { return !v.busy.Load() }, func(v *viewer) { v.Conn.Close() })
	err := e.server.ShutdownWithContext(ctx)
	if werr := e.waitFlights(ctx); err == nil {
		err = werr
	}
	close(e.stop)
	e.cancel()
	for _, u := range e.upstreams() {
		u.closeAll()
	}
	e.waitViewers(lastRecords)
	e.closeViewers(func(*viewer) bool { return true }, (*viewer).cut)
	e.flying.wait()
	e.waitViewers(lastRecords)
	for _, p := range e.parts {
		p.empty()
	}
	e.arena.Close()
	if errors.Is(err, context.Canceled) {
		err = ctx.Err()
	}
	return err
}

// lastRecords is how long a shutdown waits for the records of responses that have
// ended, and then of those that it has broken off.
const lastRecords = time.Second

// waitViewers waits until fasthttp has done with every connection, which it counts
// as closed a moment before its last record is settled.
func (e *Edge) waitViewers(most time.Duration) {
	late := time.NewTimer(most)
	defer late.Stop()
	for e.anyLeft() {
		select {
		case <-e.ended:
		case <-late.C:
			return
		}
	}
}

func (e *Edge) anyLeft() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for v := range e.viewers {
		if !v.over.Load() {
			return true
		}
	}
	return false
}

func (e *Edge) begin() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	first := !e.stopped
	e.stopped = true
	return first
}

func (e *Edge) waitFlights(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		e.flying.wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Edge) closeViewers(which func(*viewer) bool, how func(*viewer)) {
	e.mu.Lock()
	var open []*viewer
	for v := range e.viewers {
		if which(v) {
			open = append(open, v)
		}
	}
	e.mu.Unlock()
	for _, v := range open {
		how(v)
	}
}
