package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"edgesim/results/logs"
	"edgesim/sim/fleet"
	"edgesim/sim/pieces"
)

// reading shows how far the reading of logs has come: a bar on a terminal, a
// line now and then elsewhere.
type reading struct {
	w    io.Writer
	bar  *progressbar.ProgressBar // nil: plain lines
	last time.Time
}

func newReading(w io.Writer) *reading {
	r := &reading{w: w, last: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		r.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(18),
			progressbar.OptionClearOnFinish(), progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return r
}

func (r *reading) tell(p logs.Progress) {
	if r.bar != nil {
		if p.Bytes > 0 {
			r.bar.ChangeMax64(p.Bytes)
		}
		_ = r.bar.Set64(p.BytesDone)
		return
	}
	if now := time.Now(); now.Sub(r.last) >= plainEvery {
		r.last = now
		fmt.Fprintf(r.w, "%d requests of %d of %d files read\n", p.Records, p.FilesDone, p.Files)
	}
}

func (r *reading) done() {
	if r.bar != nil {
		_ = r.bar.Finish()
	}
}

// partial reports whether the error of reading leaves something to report on.
func partial(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, fleet.ErrCancelled) || errors.As(err, new(pieces.LeftOut))
}

// interrupted says why reports are of a part.
func interrupted(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted; the reports are of what was read until then")
	case errors.Is(err, fleet.ErrCancelled):
		return fmt.Errorf("%w; the reports are of what was read until then", err)
	}
	return err
}
