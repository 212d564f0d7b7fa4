package curve

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
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
	return p.play(ctx, newNumberer(r, c, p.wants), c)
}

// Playable is the error of cells that Play would refuse; nil of others.
func Playable(cells []Cell, c Config) error {
	_, err := lay(cells, c)
	return err
}

// play plays all lanes.
func (p *plan) play(ctx context.Context, src source, c Config) ([]Result, Totals, error) {
	err := p.run(ctx, src, c)
	if p.bounds != nil && p.bounds.err != nil {
		return nil, Totals{}, p.bounds.err
	}
	t := src.totals()
	t.Bytes, t.Counted = p.tally.bytes, p.tally.requests
	t.Partial = err != nil
	return p.results(t), t, err
}

// run plays batches in their order on every lane: here, or with several jobs on
// so many goroutines, each with lanes of its own, while the next are read.
func (p *plan) run(ctx context.Context, src source, c Config) error {
	if c.Jobs <= 1 {
		b := &batch{}
		return feed(ctx, src, c.Warmup, func() *batch { return b }, func(b *batch) error {
			for _, l := range p.lanes {
				playOn(l, b)
			}
			return nil
		})
	}
	return p.abreast(ctx, src, c)
}

// queued is how many batches may be under way between the reader and the lanes.
const queued = 8

func (p *plan) abreast(ctx context.Context, src source, c Config) error {
	jobs := min(c.Jobs, len(p.lanes))
	free := make(chan *batch, queued)
	for range queued {
		free <- &batch{}
	}
	var work []chan *batch
	var done sync.WaitGroup
	for i := range jobs {
		todo := make(chan *batch, queued)
		work = append(work, todo)
		done.Go(func() {
			for b := range todo {
				for k := i; k < len(p.lanes); k += jobs {
					playOn(p.lanes[k], b)
				}
				if atomic.AddInt32(&b.users, -1) == 0 {
					free <- b
				}
			}
		})
	}
	err := feed(ctx, src, c.Warmup, func() *batch { return <-free }, func(b *batch) error {
		atomic.StoreInt32(&b.users, int32(jobs))
		for _, w := range work {
			w <- b
		}
		return nil
	})
	for _, w := range work {
		close(w)
	}
	done.Wait()
	return err
}

func playOn(l lane, b *batch) {
	l.play(b)
	if b.warm {
		l.clear()
	}
}

// feed reads to the end and hands batches on. One ends where the warm-up does, and
// what those until then count is forgotten batch by batch: a reading that ends
// within the warm-up has counted nothing.
func feed(ctx context.Context, src source, warmup int64, take func() *batch, play func(*batch) error) error {
	for done := int64(0); ; {
		b := take()
		most := int64(batchSize)
		if left := warmup - done; left > 0 {
			most = min(most, left)
		}
		err := src.next(b, int(most))
		done += int64(len(b.asks))
		b.warm = done <= warmup && warmup > 0
		if err := play(b); err != nil {
			return err
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

func (p *plan) results(t Totals) []Result {
	all := make([]Result, len(p.all))
	for i, l := range p.lanes {
		for k, n := range l.counts() {
			at := p.cells[i][k]
			r := Result{Cell: p.all[at], Requests: t.Counted, Bytes: t.Bytes, Misses: n.misses, MissBytes: n.missBytes,
				Refused: n.refused, RefusedBytes: n.refusedBytes}
			r.Unfit, r.UnfitBytes = p.tally.above(r.Capacity)
			all[at] = r
		}
	}
	return all
}
