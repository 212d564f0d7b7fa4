package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

const (
	flushEvery    = 250 * time.Millisecond
	terminalEvery = time.Second
	plainEvery    = 5 * time.Second
	columns       = 80
)

// progress writes how far the run has come: a few lines that are drawn over on a
// terminal, a line now and then elsewhere.
func progress(s watched, w io.Writer, stop <-chan struct{}) {
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
			// By the next look the records are here.
			if f, ok := s.(interface{ Flush() }); ok {
				f.Flush()
			}
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
