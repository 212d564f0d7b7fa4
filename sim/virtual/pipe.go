package virtual

import (
	"sync"

	"edgesim/results"
	"edgesim/workloads"
)

// A run is three things at once: requests are drawn and studied, played, and
// counted. Each has a goroutine of its own, and hands batches on in order; so what
// comes out is the same on any number of processors.

const (
	batchLen = 1 << 10 // requests drawn, and records handed on, at a time
	inHand   = 6       // batches between two of the three
)

// drawer draws requests before they are wanted, and has a clerk study them.
type drawer struct {
	clerk      *clerk
	full, free chan *batch
	err        error // of the source, once full is closed
	stop       chan struct{}
}

func newDrawer(from workloads.Source, c *clerk) *drawer {
	d := &drawer{clerk: c, full: make(chan *batch, inHand), free: make(chan *batch, inHand), stop: make(chan struct{})}
	for range inHand {
		d.free <- newBatch(batchLen)
	}
	go d.draw(from)
	return d
}

func (d *drawer) draw(from workloads.Source) {
	defer close(d.full)
	for {
		var b *batch
		select {
		case b = <-d.free:
		case <-d.stop:
			return
		}
		n, err := from.Read(b.requests[:batchLen])
		if n > 0 {
			b.requests = b.requests[:n]
			d.clerk.study(b)
			d.full <- b // never blocks: full is as deep as there are batches
		}
		if err != nil {
			if err != workloads.EOF {
				d.err = err
			}
			return
		}
	}
}

// next is the next batch, good until it is given back; false at the end.
func (d *drawer) next() (*batch, bool) {
	b, ok := <-d.full
	return b, ok
}

func (d *drawer) giveBack(b *batch) { d.free <- b }

// relay hands records on to a view from a goroutine of its own.
type relay struct {
	full, free chan []results.Record
	done       sync.WaitGroup
}

func newRelay(to results.View) *relay {
	r := &relay{full: make(chan []results.Record, inHand), free: make(chan []results.Record, inHand)}
	for range inHand - 1 { // one more is being filled
		r.free <- make([]results.Record, 0, batchLen)
	}
	r.done.Go(func() {
		for batch := range r.full {
			to.Add(batch)
			r.free <- batch[:0]
		}
	})
	return r
}

// swap takes a full batch and gives an empty one.
func (r *relay) swap(batch []results.Record) []results.Record {
	r.full <- batch
	return <-r.free
}

// close waits until everything has been handed on.
func (r *relay) close() {
	close(r.full)
	r.done.Wait()
}
