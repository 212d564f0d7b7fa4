package pieces

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"edgesim/sim/curve"
	"edgesim/sim/fleet"
	"edgesim/sim/unit"
)

// Cells is caches that are played over one reading of a trace.
type Cells struct {
	Trace      Traced       `json:"trace"`
	Cells      []curve.Cell `json:"cells"`
	IgnoreSize bool         `json:"ignore_size,omitempty"`
	ResizedNew bool         `json:"resized_new,omitempty"`
	Warmup     int64        `json:"warmup,omitempty"` // requests
	Seed       uint64       `json:"seed"`             // of the policies' own chance
	AllSizes   bool         `json:"all_sizes,omitempty"`
	// Tape says that what comes next is looked for, and not taken from the trace.
	Tape bool `json:"tape,omitempty"`
}

// Celled is what came of them.
type Celled struct {
	Results []curve.Result `json:"results"` // in the order of the cells
	Totals  curve.Totals   `json:"totals"`
	Curve   *curve.Curve   `json:"curve,omitempty"` // with AllSizes
}

const cellsKind = "cells"

func init() { fleet.Register(fleet.KindOf(cellsKind, playCells)) }

// mostCells is how many cells a piece may have: a reading serves them all, and a lost
// worker loses no more. usualCells is how many it has where nobody is there yet.
const (
	mostCells  = 64
	usualCells = 8
)

// CutFor is how many cells a piece has, of so many, for workers that can run so many
// pieces at a time: two pieces for each of these, so that none waits long for the last,
// and readings are few.
func CutFor(cells, slots int) int {
	if slots < 1 {
		return usualCells
	}
	return min(max(1, (cells+2*slots-1)/(2*slots)), mostCells)
}

// tapeMemory is what a piece keeps of a trace out of a temporary file.
const tapeMemory = int64(256 * unit.MiB)

func (c *Cells) check() error {
	if len(c.Cells) > mostCells || len(c.Cells) == 0 && !c.AllSizes || c.Warmup < 0 {
		return fmt.Errorf("%d cells and %d requests of warm-up; right are 1 to %d, and 0 or more", len(c.Cells), c.Warmup, mostCells)
	}
	for _, cell := range c.Cells {
		if err := curve.Check(cell.Policy); err != nil {
			return err
		}
	}
	return nil
}

func playCells(ctx context.Context, r *fleet.Room, c Cells) (v Celled, err error) {
	if err := c.check(); err != nil {
		return v, err
	}
	t, err := c.Trace.open(ctx, r)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	config := curve.Config{IgnoreSize: c.IgnoreSize, ResizedNew: c.ResizedNew, Warmup: c.Warmup, Seed: c.Seed, Jobs: r.Jobs}
	if c.AllSizes {
		v.Curve = &curve.Curve{}
		config.Curve = v.Curve
	}
	if !c.Tape || !curve.Foresees(policiesOf(c.Cells)) {
		v.Results, v.Totals, err = curve.Play(ctx, t, c.Cells, config)
		return v, err
	}
	tape, err := curve.Record(ctx, t, config, tapeMemory)
	defer func() { err = errors.Join(err, tape.Close()) }()
	if err == nil {
		v.Results, v.Totals, err = tape.Play(ctx, c.Cells, config)
	}
	return v, err
}

func policiesOf(cells []curve.Cell) (list []string) {
	for _, c := range cells {
		list = append(list, c.Policy)
	}
	return list
}

// Files is a trace that workers read.
type Files struct {
	Job   *fleet.Job
	Trace Traced
	Data  []string // as fleet's Lay has them
	Tape  bool     // as Cells has it
	Cut   int      // cells of a piece, as CutFor says; 0: as where nobody is there
}

// Play is what curve.Play gives of the trace, by workers: the results in the order of
// the cells, and c's curve. lost are the errors of cells that have no result, in the
// same order: their pieces were set aside, or what err tells came first.
func (f *Files) Play(ctx context.Context, cells []curve.Cell, c curve.Config) (all []curve.Result, totals curve.Totals, lost []error, err error) {
	all, lost = make([]curve.Result, len(cells)), make([]error, len(cells))
	args := Cells{Trace: f.Trace, IgnoreSize: c.IgnoreSize, ResizedNew: c.ResizedNew, Warmup: c.Warmup, Seed: c.Seed, Tape: f.Tape}
	var mu sync.Mutex
	take := func(from, n int, got Celled, cause error) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case cause == nil:
			copy(all[from:from+n], got.Results)
			totals = got.Totals
		default:
			for i := range n {
				lost[from+i] = cause
			}
			if n == 0 || !errors.As(cause, new(fleet.SetAside)) {
				err = firstOf(err, cause)
			}
		}
	}
	var asked sync.WaitGroup
	ask := func(from, n int, a Cells) {
		asked.Go(func() {
			got, cause := fleet.Ask[Celled](ctx, f.Job, cellsKind, a, f.Data...)
			if cause == nil && len(got.Results) != n {
				cause = fmt.Errorf("%d results of %d cells", len(got.Results), n)
			}
			if cause == nil && a.AllSizes {
				*c.Curve = *got.Curve
			}
			take(from, n, got, cause)
		})
	}
	if c.Curve != nil {
		all := args
		all.AllSizes = true
		ask(0, 0, all)
	}
	from := 0
	for _, part := range together(cells, cmp.Or(f.Cut, usualCells)) {
		args.Cells = part
		ask(from, len(part), args)
		from += len(part)
	}
	asked.Wait()
	return all, totals, lost, err
}

// firstOf is the error that was there before, or else the other.
func firstOf(before, err error) error {
	if before != nil {
		return before
	}
	return err
}

// together cuts cells into those of one piece: neighbours of one policy, which one that
// fails takes no others with it, most of them at most, as even as can be.
func together(cells []curve.Cell, most int) (parts [][]curve.Cell) {
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n].Policy == cells[0].Policy {
			n++
		}
		pieces := (n + most - 1) / most
		for i := range pieces {
			parts = append(parts, cells[i*n/pieces:(i+1)*n/pieces])
		}
		cells = cells[n:]
	}
	return parts
}
