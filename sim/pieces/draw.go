package pieces

import (
	"context"
	"errors"
	"fmt"

	"edgesim/sim/curve"
	"edgesim/sim/fleet"
)

// Draw is a sample of a trace's objects, by which cells are estimated.
type Draw struct {
	Trace      Traced         `json:"trace"`
	Sampling   curve.Sampling `json:"sampling"`
	Cells      []curve.Cell   `json:"cells"`
	IgnoreSize bool           `json:"ignore_size,omitempty"`
	ResizedNew bool           `json:"resized_new,omitempty"`
	Warmup     int64          `json:"warmup,omitempty"` // requests
	Seed       uint64         `json:"seed"`             // of the policies' own chance
}

// Drawn is what came of it.
type Drawn struct {
	Objects   int              `json:"objects"` // in the sample in the end
	Rate      float64          `json:"rate"`
	Totals    curve.Totals     `json:"totals"`
	Estimates []curve.Estimate `json:"estimates"`

	// Refused is why the cells cannot be sampled. It is the asker's mistake, and
	// would be the same at every try.
	Refused string `json:"refused,omitempty"`
}

const drawKind = "draw"

func init() { fleet.Register(fleet.KindOf(drawKind, playDraw)) }

// mostDrawn is how many cells are estimated from one sample.
const mostDrawn = 1000

func playDraw(ctx context.Context, r *fleet.Room, d Draw) (v Drawn, err error) {
	if len(d.Cells) > mostDrawn || d.Warmup < 0 || !(d.Sampling.Rate >= 0 && d.Sampling.Rate < 1) || d.Sampling.Objects < 0 || d.Sampling.Rate == 0 && d.Sampling.Objects == 0 {
		return v, fmt.Errorf("%d cells of a sample %+v; right are %d at most, and a rate below 1 or a number of objects", len(d.Cells), d.Sampling, mostDrawn)
	}
	t, err := d.Trace.open(ctx, r)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	s, estimates, err := curve.Draw(ctx, t, d.Sampling, d.Cells, curve.Config{IgnoreSize: d.IgnoreSize, ResizedNew: d.ResizedNew, Warmup: d.Warmup, Seed: d.Seed})
	switch {
	case s == nil && err != nil:
		return Drawn{Refused: err.Error()}, nil
	case err != nil:
		return v, err
	}
	return Drawn{Objects: s.Objects, Rate: s.Rate, Totals: s.Totals(), Estimates: estimates}, nil
}

// Draw is what curve.Draw gives of the trace, by a worker.
func (f *Files) Draw(ctx context.Context, s curve.Sampling, cells []curve.Cell, c curve.Config) (Drawn, error) {
	return fleet.Ask[Drawn](ctx, f.Job, drawKind, Draw{
		Trace: f.Trace, Sampling: s, Cells: cells, IgnoreSize: c.IgnoreSize, ResizedNew: c.ResizedNew, Warmup: c.Warmup, Seed: c.Seed,
	}, f.Data...)
}
