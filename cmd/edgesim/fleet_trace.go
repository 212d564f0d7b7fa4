package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"edgesim/sim/curve"
	"edgesim/sim/fleet"
	"edgesim/sim/pieces"
	"edgesim/workloads/trace"
)

// spooled is the options with the standard input as a file, so that it can go to
// workers; drop removes it.
func spooled(e *env, o trace.Options) (_ trace.Options, drop func(), err error) {
	at := slices.Index(o.Files, "-")
	if at < 0 {
		return o, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "edgesim-")
	if err != nil {
		return o, nil, err
	}
	drop = func() { _ = os.RemoveAll(dir) }
	path := filepath.Join(dir, "standard-input")
	if err := writeTo(path, func(w io.Writer) error { _, err := io.Copy(w, os.Stdin); return err }); err != nil {
		drop()
		return o, nil, fmt.Errorf("keeping the standard input for the workers: %w", err)
	}
	o.Files = slices.Clone(o.Files)
	o.Files[at] = path
	return o, drop, nil
}

// scan reads a trace for what it tells as a whole.
func scan(e *env, t *trace.Trace, c curve.Config) (curve.Totals, error) {
	r := newCounting(e.stderr, t)
	defer r.done()
	_, sum, err := curve.Play(e.ctx, r, nil, curve.Config{IgnoreSize: c.IgnoreSize, ResizedNew: c.ResizedNew})
	return sum, err
}

// handOutTrace gives a trace's files to workers, and the job that its pieces are of.
func handOutTrace(e *env, o *fleet.Flags, t *trace.Trace, options trace.Options) (*pieces.Files, *handing, error) {
	for _, name := range options.Files {
		if err := workersFile(name); err != nil {
			return nil, nil, err
		}
	}
	f := &pieces.Files{Trace: pieces.Traced{Format: options.Format, Columns: options.Columns, Limit: options.Limit, SkipBad: options.SkipBad}}
	if f.Trace.Format == "" {
		f.Trace.Format = t.Info().Format
	}
	h, err := handOutOf(e, o, func(c *fleet.Conn) ([]string, error) {
		about := []string{fmt.Sprintf("%+v", f.Trace)}
		for _, name := range options.Files {
			file, err := c.Lay(e.ctx, name, o.Shares)
			if err != nil {
				return nil, err
			}
			f.Data = append(f.Data, file)
			about = append(about, fleet.ContentOf(file))
		}
		return about, nil
	})
	if err != nil {
		return nil, nil, err
	}
	f.Job = h.Job
	return f, h, nil
}

// cutFor cuts so many cells into pieces for the workers that are there, or as whoever
// began the job has.
func (h *handing) cutFor(e *env, cells int) (int, error) {
	slots, err := h.Slots(e.ctx)
	if err != nil {
		return 0, err
	}
	return h.Settle(e.ctx, pieces.CutFor(cells, slots))
}
