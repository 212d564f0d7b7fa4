package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"edgesim/workloads/trace"
)

// counting is a trace that tells how far its reading has come: a bar on a
// terminal, a line now and then elsewhere.
type counting struct {
	trace.Reader
	w    io.Writer
	bar  *progressbar.ProgressBar // nil: plain lines
	read int64
	told int64 // requests at which the clock was last looked at
	last time.Time
}

func newCounting(w io.Writer, t *trace.Trace) *counting { return countingTo(w, t, t.Info().Requests) }

// countingTo counts the requests of r up to total; -1: nobody knows how many come.
func countingTo(w io.Writer, r trace.Reader, total int64) *counting {
	c := &counting{Reader: r, w: w, last: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		c.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(18),
			progressbar.OptionClearOnFinish(), progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetDescription("requests read"))
	}
	return c
}

// lookEvery is how many requests pass between two looks at the clock.
const lookEvery = 1 << 18

func (c *counting) Read(reqs []trace.Request) (int, error) {
	n, err := c.Reader.Read(reqs)
	c.read += int64(n)
	if c.read-c.told >= lookEvery {
		c.tell()
	}
	return n, err
}

func (c *counting) tell() {
	c.told = c.read
	if c.bar != nil {
		_ = c.bar.Set64(c.read)
		return
	}
	if now := time.Now(); now.Sub(c.last) >= plainEvery {
		c.last = now
		fmt.Fprintf(c.w, "%d requests read\n", c.read)
	}
}

func (c *counting) done() {
	if c.bar != nil {
		_ = c.bar.Finish()
	}
}
