package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"edgesim/results"

	"golang.org/x/term"
)

// gauge is a view for the progress line: it may be read while it is filled.
type gauge struct {
	mu  sync.Mutex
	all heard // since the run began
	now heard // since it was last looked at
}

// heard is what answers have told.
type heard struct {
	told, hits  uint64 // responses whose result type is known; of these, hits
	answers     uint64
	ttfb, total *results.Histogram
	faults      results.FaultCounts // since the run began alone
}

func newHeard() heard { return heard{ttfb: results.NewHistogram(), total: results.NewHistogram()} }

func newGauge() *gauge { return &gauge{all: newHeard(), now: newHeard()} }

// Add implements results.View.
func (g *gauge) Add(recs []results.Record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range recs {
		r := &recs[i]
		if f := r.Failure(); f != results.NoFault {
			g.all.faults[f]++
		}
		if !r.Flags.Has(results.NoResponse) && r.Status != 0 {
			g.all.add(r)
			g.now.add(r)
		}
	}
}

func (h *heard) add(r *results.Record) {
	h.answers++
	h.ttfb.Record(r.TTFB)
	if !r.Flags.Has(results.Aborted) {
		h.total.Record(r.Total)
	}
	switch r.Response {
	case results.NoResult, results.Error:
	case results.Hit:
		h.hits++
		h.told++
	default:
		h.told++
	}
}

// hitRatio is in words.
func (h *heard) hitRatio() string {
	if h.told == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(h.hits)/float64(h.told))
}

// told reports whether some response told its result type.
func (g *gauge) told() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.told > 0
}

// untold reports whether there were responses and none told its result type.
func (g *gauge) untold() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.answers > 0 && g.all.told == 0
}

// faults are the failures since the run began.
func (g *gauge) faults() results.FaultCounts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.faults
}

// look gives what was heard since the last look, and hands it over.
func (g *gauge) look() (now heard) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, g.now = g.now, newHeard()
	return now
}

// soFar gives f what was heard since the run began.
func (g *gauge) soFar(f func(*heard)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.all)
}

const (
	flushEvery    = 250 * time.Millisecond
	terminalEvery = time.Second
	plainEvery    = 5 * time.Second
	columns       = 80
)

// progress writes how far the run has come: a few lines that are drawn over on a
// terminal, a line now and then elsewhere.
func (s *job) progress(w io.Writer, stop <-chan struct{}) {
	live := &liveView{w: w, terminal: isTerminal(w)}
	every := plainEvery
	if live.terminal {
		every = terminalEvery
	}
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for n := time.Duration(1); ; n++ {
		select {
		case <-tick.C:
			if n*flushEvery%every == 0 {
				live.show(s)
			}
			s.recorder.Flush() // by the next look the records are here
		case <-stop:
			live.clear()
			return
		}
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
