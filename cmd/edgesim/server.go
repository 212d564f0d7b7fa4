package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"edgesim/edge"
	"edgesim/results"
)

const defaultGrace = 30e9 // ns, 30 s

// server is a running `edgesim serve`.
type server struct {
	e     *env
	o     *serveOptions
	first *servicePlan // what it was started with: all that a reload cannot change
	edge  *edge.Edge
	names *results.Names
	ln    net.Listener
	door  *secureDoor // nil: no TLS
	admin *admin      // nil: none
	books *books      // nil: nobody wants records

	finishing atomic.Bool
	failed    chan error // the first listener that gave up

	reloading sync.Mutex // one reload at a time
	mu        sync.Mutex
	now       standing
}

// newServer opens everything that a plan asks for: what cannot be had is found
// out before anything is served.
func newServer(e *env, o *serveOptions, p *servicePlan) (*server, error) {
	s := &server{e: e, o: o, first: p, failed: make(chan error, 3), now: standing{plan: p, Loaded: time.Now().UTC()}}
	if err := s.open(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *server) open() (err error) {
	p := s.first
	if s.ln, err = net.Listen("tcp", p.conf.Listen); err != nil {
		return usagef("--listen %s: %v", p.conf.Listen, err)
	}
	if s.door, err = p.tls.open(&p.edge); err != nil {
		return err
	}
	epoch := time.Now()
	s.names = results.NewNames(epoch.UTC())
	p.edge.Names, p.edge.Epoch, p.edge.Seed = s.names, epoch, rand.Uint64()
	if s.admin, err = newAdmin(s, p.conf.Admin, s.o.adminAnyone); err != nil {
		return err
	}
	if s.books, err = openBooks(s.e, p, s.names, s.admin != nil); err != nil {
		return err
	}
	if s.books != nil {
		p.edge.Recorder = s.books.rec
	}
	if s.admin != nil {
		s.admin.begin(s.books)
	}
	if s.edge, err = edge.New(p.edge); err != nil {
		return usageError{err}
	}
	return nil
}

// close gives back what was opened and not used.
func (s *server) close() {
	if s.ln != nil {
		s.ln.Close()
	}
	if s.door != nil {
		s.door.ln.Close()
	}
	if s.admin != nil {
		s.admin.ln.Close()
	}
	if s.books != nil {
		_ = s.books.close()
	}
}

// run answers until a signal comes, then finishes what is under way.
func (s *server) run() error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	s.start()
	err := s.wait(hup)
	s.finishing.Store(true)
	if serr := s.finish(); err == nil {
		err = serr
	}
	if s.admin != nil {
		s.admin.close()
	}
	if s.books != nil {
		if berr := s.books.close(); err == nil {
			err = berr
		}
	}
	return err
}

func (s *server) start() {
	go func() { s.failed <- s.edge.Serve(s.ln) }()
	fmt.Fprintf(s.e.stderr, "serving on http://%s\n", s.ln.Addr())
	if s.door != nil {
		go func() { s.failed <- s.door.serve(s.e, s.edge) }()
	}
	if s.admin != nil {
		go func() { s.failed <- s.admin.serve() }()
		fmt.Fprintf(s.e.stderr, "admin on http://%s\n", s.admin.ln.Addr())
	}
}

// wait reloads at every SIGHUP until the end.
func (s *server) wait(hup <-chan os.Signal) error {
	for {
		select {
		case err := <-s.failed:
			return fmt.Errorf("a listener gave up: %w", err)
		case <-hup:
			_ = s.reload() // it has said what is wrong
		case <-s.e.ctx.Done():
			fmt.Fprintf(s.e.stderr, "finishing what is being served; another signal ends at once\n")
			return nil
		}
	}
}

// finish lets viewers have what they asked for, as long as the grace lasts.
func (s *server) finish() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.first.conf.Grace.Std())
	defer cancel()
	if err := s.edge.Shutdown(ctx); err != nil {
		return fmt.Errorf("after a grace of %v some responses were broken off: %w", s.first.conf.Grace, err)
	}
	return nil
}
