package curve

import (
	"context"
	"errors"
	"io"

	"edgesim/workloads/trace"
)

// Play reads a trace once and gives every cell's result, in the order of cells.
// When ctx ends, or the reading fails, it gives what was counted until then, with
// Totals.Partial set, and the error. The results are the same for any number of
// Jobs.
func Play(ctx context.Context, r Reader, cells []Cell, c Config) ([]Result, Totals, error) {
	p, err := lay(cells, c)
	if err != nil {
		return nil, Totals{}, err
	}
	var capacities []int64
	for _, cell := range cells {
		capacities = append(capacities, cell.Capacity)
	}
	m := newNumberer(c, capacities)
	b := &batch{}
	err = feed(ctx, r, c.Warmup, func(reqs []trace.Request) {
		m.fill(b, reqs)
		for _, l := range p.lanes {
			l.play(b)
		}
	}, func() {
		m.clear()
		for _, l := range p.lanes {
			l.clear()
		}
	})
	totals := m.sum()
	totals.Partial = err != nil
	return p.results(cells, m, totals), totals, err
}

// feed reads to the end, in batches, and calls warm when the warm-up is over.
func feed(ctx context.Context, r Reader, warmup int64, play func([]trace.Request), warm func()) error {
	reqs := make([]trace.Request, batchSize)
	for done := int64(0); ; {
		n, err := r.Read(reqs)
		for got := reqs[:n]; len(got) > 0; {
			part := got
			if left := warmup - done; left > 0 {
				part = got[:min(int64(len(got)), left)]
			}
			play(part)
			got = got[len(part):]
			if done += int64(len(part)); done == warmup {
				warm()
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

func (p *plan) results(cells []Cell, m *numberer, t Totals) []Result {
	all := make([]Result, len(cells))
	for i, l := range p.lanes {
		for k, n := range l.counts() {
			at := p.cells[i][k]
			r := Result{Cell: cells[at], Requests: t.Counted, Bytes: t.Bytes, Misses: n.misses, MissBytes: n.missBytes,
				Refused: n.refused, RefusedBytes: n.refusedBytes}
			r.Unfit, r.UnfitBytes = m.unfit.above(r.Capacity)
			all[at] = r
		}
	}
	return all
}
