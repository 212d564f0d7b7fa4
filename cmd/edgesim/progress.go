package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/schollz/progressbar/v3"

	"edgesim/sim/live"
	"edgesim/sim/scenario"
)

// progress shows how far a run has come: a bar on a terminal, a line now and
// then elsewhere.
type progress struct {
	w    io.Writer
	bar  *progressbar.ProgressBar // nil: plain lines
	last time.Duration
}

const (
	columns    = 80
	plainEvery = 5 * time.Second
)

func newProgress(w io.Writer, s *scenario.Scenario) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(s.Duration.Std().Milliseconds(),
			progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(18), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	return p
}

func (p *progress) status(s live.Status) {
	if p.bar != nil {
		p.bar.Describe(line(s))
		_ = p.bar.Set64(min(s.Played, s.Length).Milliseconds())
		return
	}
	if s.Played-p.last >= plainEvery {
		p.last = s.Played
		fmt.Fprintln(p.w, line(s))
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

func line(s live.Status) string {
	hits := 0.0
	if s.Seen.Requests > 0 {
		hits = 100 * float64(s.Seen.Hits) / float64(s.Seen.Requests)
	}
	return fmt.Sprintf("%2.0fs/%.0fs %d sent, hit %.1f%%, errors %d", s.Played.Seconds(), s.Length.Seconds(),
		s.Player.Sent, hits, s.Player.Errors)
}
