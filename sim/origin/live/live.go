// Package live acts a simulated origin out over HTTP: what sim/origin says
// happens to a request happens here on a real connection at the real time. It
// knows fasthttp, clocks and sockets; it must never decide anything by itself:
// latency, errors, outages and bytes are the model's, and what objects there
// are is the caller's.
package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/sim/origin"
)

// Contents knows what objects an origin has.
type Contents interface {
	// Find is the object under path, as the request line has it, without
	// query and with its escapes, at a host in lower case. It is called from
	// many goroutines and must not keep or change its arguments.
	Find(host, path []byte) (origin.Object, bool)
}

// Targets are Contents that tell objects by their queries, too.
type Targets interface {
	// FindTarget is Find by a path and, behind a question mark, a query.
	FindTarget(host, target []byte) (origin.Object, bool)
}

// Config is what a server is made from.
type Config struct {
	Model    *origin.Model // what happens; needed
	Contents Contents      // what is there; needed
	Epoch    time.Time     // the moment at which the model's time is 0; zero: when New is called
	Server   string        // the Server field; empty: AmazonS3 for a bucket, none for a server
}

// Server is one origin. It may serve several listeners.
type Server struct {
	model    *origin.Model
	kind     string
	missing  int
	weak     bool
	chunked  bool
	contents Contents
	targets  Targets // nil: the contents do not tell queries
	epoch    time.Time
	http     *fasthttp.Server

	gate     *gate
	attempts attempts
	absent   atomic.Uint32 // requests for what is not there
	ids      atomic.Uint64 // of answers
	conns    conns
	count    counters
	date     dateField

	mu        sync.Mutex // over the two below
	stopped   bool
	listeners []*listener

	stop     chan struct{} // closed when Shutdown begins: what hangs ends
	kill     chan struct{} // closed when Shutdown has waited long enough: everything ends
	killOnce sync.Once

	timers  sync.Pool // of *time.Timer; a server's own, for a timer must stay in its synctest bubble
	bodies  sync.Pool // of *body
	scratch sync.Pool // of *scratch
}

func targetsOf(c Contents) Targets {
	t, _ := c.(Targets)
	return t
}

// New checks c and returns a server that is ready to serve.
func New(c Config) (*Server, error) {
	switch {
	case c.Model == nil:
		return nil, errors.New("live origin: Model is nil: give one made by origin.New")
	case c.Contents == nil:
		return nil, errors.New("live origin: Contents is nil: give what says which objects there are")
	}
	m := c.Model.Config()
	if c.Epoch.IsZero() {
		c.Epoch = time.Now()
	}
	if c.Server == "" && m.Kind == origin.Bucket {
		c.Server = "AmazonS3"
	}
	s := &Server{model: c.Model, kind: m.Kind, missing: m.Missing, weak: m.WeakETag, chunked: m.Chunked,
		contents: c.Contents, targets: targetsOf(c.Contents), epoch: c.Epoch, gate: newGate(m.Concurrency, m.QueueLimit),
		stop: make(chan struct{}), kill: make(chan struct{})}
	s.timers.New = func() any { return newTimer() }
	s.bodies.New = func() any { return new(body) }
	s.scratch.New = func() any { return new(scratch) }
	s.http = s.newHTTP(c.Server)
	return s, nil
}

// newHTTP sets fasthttp up to add nothing of its own. The Date field is ours:
// fasthttp's needs a goroutine that lives as long as the process.
func (s *Server) newHTTP(name string) *fasthttp.Server {
	return &fasthttp.Server{
		Handler:                      s.handle,
		Name:                         name,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		NoDefaultDate:                true,
		ReadBufferSize:               32 << 10, // CloudFront's limit for a request's header
		WriteBufferSize:              4 << 10,  // bodies are written past it
		StreamRequestBody:            true,     // uploads are read and forgotten, not kept
		MaxRequestBodySize:           64 << 10, // what is kept of them at once
		DisablePreParseMultipartForm: true,
		CloseOnShutdown:              true,
		Concurrency:                  1 << 20,
		Logger:                       silent{},
	}
}

// silent is the log of a server whose broken connections are its purpose.
type silent struct{}

func (silent) Printf(string, ...any) {}

// Serve answers on ln until it fails or Shutdown is called; then it returns nil.
func (s *Server) Serve(ln net.Listener) error {
	l := &listener{Listener: ln, s: s}
	s.admit(l)
	if err := s.http.Serve(l); err != nil {
		return fmt.Errorf("origin on %v: %w", ln.Addr(), err)
	}
	return nil
}

// admit keeps l for Shutdown, or closes it when that was first.
func (s *Server) admit(l *listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		_ = l.Close()
		return
	}
	s.listeners = append(s.listeners, l)
}

// Shutdown takes no more connections, ends what hangs, and lets running
// responses finish until ctx is done; then it cuts them off, waits for their
// end and returns an error that wraps ctx's.
func (s *Server) Shutdown(ctx context.Context) error {
	s.end()
	err := s.http.ShutdownWithContext(ctx)
	if err == nil || ctx.Err() == nil {
		return err
	}
	s.killOnce.Do(func() { close(s.kill) })
	s.conns.closeAll()
	s.count.inFlight.waitForZero() // fasthttp, asked a second time, would not wait
	return fmt.Errorf("origin: responses were cut off at shutdown: %w", err)
}

// end closes the listeners itself: fasthttp knows only those that Serve has
// reached it with by now.
func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	s.stopped = true
	close(s.stop)
	for _, l := range s.listeners {
		_ = l.Close() // it is going away either way
	}
}

// at is the model's time of a moment.
func (s *Server) at(t time.Time) time.Duration { return t.Sub(s.epoch) }
