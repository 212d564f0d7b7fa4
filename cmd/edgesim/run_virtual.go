package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/schollz/progressbar/v3"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/sim/virtual"
)

const modeVirtual = "virtual"

// runVirtual foretells the scenario and leaves a run folder.
func (o *runOptions) runVirtual(e *env, s *scenario.Scenario, dir string, manifest results.Manifest) error {
	show := newVirtualProgress(e.stderr, s)
	res, err := virtual.Run(e.ctx, virtual.Config{Scenario: s, Dir: dir, AccessLog: o.accessLog, Manifest: manifest, Status: show.status})
	show.done()
	switch {
	case errors.As(err, new(*virtual.FolderError)):
		return usagef("--out: %v", err)
	case err != nil:
		return err
	}
	if err := o.print(e, res.Summary, dir); err != nil {
		return err
	}
	if res.Partial {
		return errInterrupted
	}
	return missed(res.Summary)
}

var errInterrupted = errors.New("interrupted; what was measured until then is in the run folder, marked partial")

// virtualProgress shows how far a virtual run has come: a bar on a terminal, a
// line now and then elsewhere.
type virtualProgress struct {
	w     io.Writer
	bar   *progressbar.ProgressBar // nil: plain lines
	began time.Time
	last  time.Time
}

func newVirtualProgress(w io.Writer, s *scenario.Scenario) *virtualProgress {
	p := &virtualProgress{w: w, began: time.Now(), last: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(s.Duration.Std().Milliseconds(),
			progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(18), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false))
	}
	return p
}

const barEvery = 100 * time.Millisecond

func (p *virtualProgress) status(s virtual.Status) {
	every := plainEvery
	if p.bar != nil {
		every = barEvery
	}
	now := time.Now()
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	line := p.line(s, now)
	if p.bar == nil {
		fmt.Fprintln(p.w, line)
		return
	}
	p.bar.Describe(line)
	_ = p.bar.Set64(min(s.Played, s.Length).Milliseconds())
}

func (p *virtualProgress) line(s virtual.Status, now time.Time) string {
	hits := 0.0
	if s.Seen.Requests > 0 {
		hits = 100 * float64(s.Seen.Hits) / float64(s.Seen.Requests)
	}
	rate := float64(s.Requests) / now.Sub(p.began).Seconds() / 1e6
	return fmt.Sprintf("%v of %v, %d requests, %.2f M/s, hit %.1f%%", s.Played.Round(time.Second), s.Length, s.Requests, rate, hits)
}

func (p *virtualProgress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
