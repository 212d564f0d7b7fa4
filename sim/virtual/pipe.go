package virtual

import (
	"sync"

	"edgesim/results"
	"edgesim/workloads"
)

// A run is three things at once: requests are drawn, played and counted. Each
// has a goroutine of its own, and hands batches on in order; so what comes out is
// the same on any number of processors.

const (
	batchLen = 1 << 10 // requests drawn, and records handed on, at a time
	inHand   = 6       // batches between two of the three
)

// drawer draws requests before they are wanted.
type drawer struct {
	full, free chan []workloads.Request
	err        error // of the source, once full is closed
	stop       chan struct{}
}

func newDrawer(from workloads.Source) *drawer {
	d := &drawer{full: make(chan []workloads.Request, inHand), free: make(chan []workloads.Request, inHand), stop: make(chan struct{})}
	for range inHand {
		d.free <- make([]workloads.Request, batchLen)
	}
	go d.draw(from)
	return d
}

func (d *drawer) draw(from workloads.Source) {
	defer close(d.full)
	for {
		var batch []workloads.Request
		select {
		case batch = <-d.free:
		case <-d.stop:
			return
		}
		n, err := from.Read(batch[:batchLen])
		if n > 0 {
			d.full <- batch[:n] // never blocks: full is as deep as there are batches
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
func (d *drawer) next() ([]workloads.Request, bool) {
	batch, ok := <-d.full
	return batch, ok
}

func (d *drawer) giveBack(batch []workloads.Request) { d.free <- batch[:batchLen] }

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
