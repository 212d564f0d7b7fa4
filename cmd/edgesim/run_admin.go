package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"edgesim/results/folder"
	"edgesim/results/page"
)

// shownRun is the page of a run while it goes on; nil where nobody wants it.
type shownRun struct {
	pages *runPages
	addr  net.Addr
	http  *http.Server
	leave context.CancelFunc
}

// show begins to serve the page, which is empty until the run begins.
func (o *runOptions) show(e *env) (*shownRun, error) {
	if o.admin == "" {
		return nil, nil
	}
	addr, err := adminAddr(o.admin, false)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, usagef("--admin %s: %v", addr, err)
	}
	ctx, leave := context.WithCancel(e.ctx)
	s := &shownRun{pages: &runPages{}, addr: ln.Addr(), leave: leave}
	mux := http.NewServeMux()
	newFace(ctx, s.pages).routes(mux)
	s.http = adminServer(mux, false)
	go func() {
		if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintf(e.stderr, "edgesim run: the live page is gone: %v\n", err)
		}
	}()
	return s, nil
}

// tell says where the page is.
func (s *shownRun) tell(w io.Writer) {
	if s != nil {
		fmt.Fprintf(w, "live page on http://%s\n", s.addr)
	}
}

func (s *shownRun) began(b *folder.Builder) {
	if s != nil {
		s.pages.builder.Store(b)
	}
}

// close lets those who follow go.
func (s *shownRun) close() {
	if s == nil {
		return
	}
	s.leave()
	shutDown(s.http)
}

// runPages are the pages of a run.
type runPages struct {
	builder atomic.Pointer[folder.Builder]
}

func (r *runPages) came() int64 {
	if b := r.builder.Load(); b != nil {
		return int64(b.Snapshot().Requests)
	}
	return 0
}

func (r *runPages) check(a asked) error {
	if a != (asked{distribution: "ALL"}) {
		return errors.New("the page of a run is of all of it; range and grain are chosen in the page")
	}
	return nil
}

func (r *runPages) page(_ asked, now time.Time) (page.Page, error) {
	b := r.builder.Load()
	if b == nil {
		return page.Page{}, errors.New("the run has not begun")
	}
	return b.Page(now)
}
