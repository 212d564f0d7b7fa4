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
	mu   sync.Mutex
	told uint64 // responses whose result type is known
	hits uint64
	all  uint64 // responses
	ttfb *results.Histogram
}

func newGauge() *gauge { return &gauge{ttfb: results.NewHistogram()} }

// Add implements results.View.
func (g *gauge) Add(recs []results.Record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range recs {
		r := &recs[i]
		if r.Flags.Has(results.NoResponse) || r.Status == 0 {
			continue
		}
		g.all++
		g.ttfb.Record(r.TTFB)
		switch r.Response {
		case results.NoResult, results.Error:
		case results.Hit:
			g.hits++
			g.told++
		default:
			g.told++
		}
	}
}

// untold reports whether there were responses and none told its result type.
func (g *gauge) untold() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all > 0 && g.told == 0
}

// figures are the hit ratio, in words, and the 99th percentile of the first
// byte in milliseconds.
func (g *gauge) figures() (hit string, p99 float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	hit = "-"
	if g.told > 0 {
		hit = fmt.Sprintf("%.1f%%", 100*float64(g.hits)/float64(g.told))
	}
	return hit, g.ttfb.Quantile(0.99)
}

const (
	terminalEvery = 250 * time.Millisecond
	plainEvery    = 5 * time.Second
	columns       = 80
)

// progress writes how far the run has come: one line kept up to date on a
// terminal, lines now and then elsewhere.
func (s *job) progress(w io.Writer, stop <-chan struct{}) {
	terminal := isTerminal(w)
	every, format := plainEvery, "%s\n"
	if terminal {
		every, format = terminalEvery, "\r%-79s"
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.recorder.Flush()
			fmt.Fprintf(w, format, s.progressLine())
		case <-stop:
			if terminal {
				fmt.Fprintf(w, "\r%79s\r", "")
			}
			return
		}
	}
}

func (s *job) progressLine() string {
	p := s.player.Progress()
	hit, p99 := s.gauge.figures()
	at := p.Elapsed.Truncate(time.Second).String()
	if s.load.length > 0 {
		at += "/" + s.load.length.String()
	}
	line := fmt.Sprintf("%s  sent %d  in flight %d  errors %d  hit %s  first byte p99 %.3g ms",
		at, p.Sent, p.InFlight, p.Errors, hit, p99)
	return line[:min(len(line), columns-1)]
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
