package logs

import (
	"context"
	"sync"
	"sync/atomic"

	"edgesim/results"
)

// pipeline is the way of lines to the sink:
//
//	reader of a file ─┐ blocks            ┌─ worker ─┐ batches
//	reader of the next┴─────── sequencer ─┼─ worker ─┼────── deliver ── sink
//	                  in order            └──────────┘ in the order of the blocks
//
// What lies between them is bounded: a few blocks a reader, a few a worker.
type pipeline struct {
	o      Options
	format *chosen
	inputs []input
	doubts *Doubts
	sink   func([]results.Record)
	ending func(b *block, line int64) int64 // what is done with a block: finish, or another

	todo  chan *block // for workers
	order chan *block // the same, for deliver
	stop  chan struct{}

	sent   int64         // blocks that the sequencer passed on
	landed atomic.Int64  // of them, how many the sink is done with
	land   chan struct{} // one of them has landed
	most   int           // strings before the table is emptied

	place numbering
	told  Progress
}

const (
	ahead      = 2 // blocks a reader is ahead
	perWorker  = 2 // blocks that wait for each worker
	mostOpened = 4 // files that are open at once

	mostStrings = 1 << 20 // with Options.Bounded: about 100 MB of them
)

func newPipeline(o Options, format *chosen, inputs []input, d *Doubts, sink func([]results.Record)) *pipeline {
	p := &pipeline{o: o, format: format, inputs: inputs, doubts: d, sink: sink,
		todo: make(chan *block, perWorker*o.Workers), order: make(chan *block, perWorker*o.Workers+o.Workers),
		stop: make(chan struct{}), land: make(chan struct{}, 1), place: newPlacer(o.Names, o.Workers), most: mostStrings}
	p.ending = p.finish
	p.told.Files = len(inputs)
	for _, in := range inputs {
		p.told.Bytes += in.size
		if in.size == 0 && in.path == "-" {
			p.told.Bytes = 0
			break
		}
	}
	return p
}

// run reads everything, or until ctx ends. Then it does not wait for the readers,
// of which one may wait for a pipe.
func (p *pipeline) run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	defer close(p.stop)
	files := make(chan *reader, min(mostOpened, p.o.Workers+1)-1)
	all.Go(func() { p.open(files) })
	all.Go(func() { p.sequence(files) })
	for i := range p.o.Workers {
		all.Go(func() { p.work(i) })
	}
	return p.deliver(ctx)
}

// open begins to read file after file, a few ahead of the one that is in turn.
func (p *pipeline) open(files chan<- *reader) {
	defer close(files)
	for _, in := range p.inputs {
		r := &reader{in: in, stdin: p.o.Stdin, wanted: p.format, stop: p.stop, blocks: make(chan *block, ahead)}
		if in.part != nil {
			r.wanted = in.format
		}
		select {
		case files <- r:
			go r.run()
		case <-p.stop:
			return
		}
	}
}

// sequence hands the blocks of all files to workers and, in the same order, to
// deliver.
func (p *pipeline) sequence(files <-chan *reader) {
	defer close(p.todo)
	defer close(p.order)
	for r := range files {
		for b := p.next(r); b != nil; b = p.next(r) {
			if b.done == nil {
				b.done = make(chan struct{})
			}
			if !p.makeRoom() {
				return
			}
			p.sent++
			if !p.pass(p.order, b) || !p.pass(p.todo, b) {
				return
			}
		}
	}
}

// next is the next block of a file; nil when there is none, or nobody wants it.
func (p *pipeline) next(r *reader) *block {
	select {
	case b := <-r.blocks:
		return b
	case <-p.stop:
		return nil
	}
}

func (p *pipeline) pass(to chan<- *block, b *block) bool {
	select {
	case to <- b:
		return true
	case <-p.stop:
		return false
	}
}

// work parses blocks.
func (p *pipeline) work(number int) {
	w := newWorker(p.o, number)
	for b := range p.todo {
		select {
		case <-p.stop:
			return
		default:
		}
		w.parse(b)
		close(b.done)
	}
}

// deliver hands batches to the sink.
func (p *pipeline) deliver(ctx context.Context) error {
	line := int64(0) // lines of the file so far
	for {
		b, err := p.ready(ctx)
		if b == nil || err != nil {
			return err
		}
		line = p.ending(b, line)
		p.landed.Add(1)
		select {
		case p.land <- struct{}{}:
		default:
		}
	}
}

// ready is the next block once it is parsed; nil when there are no more.
func (p *pipeline) ready(ctx context.Context) (*block, error) {
	var b *block
	select {
	case b = <-p.order:
	case <-ctx.Done(): // of a pipe there may never be a next one
		return nil, ctx.Err()
	}
	if b == nil {
		return nil, nil
	}
	select {
	case <-b.done:
		return b, ctx.Err()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// finish is the end of a block's way. It returns how many lines the file has so
// far; 0 at its end.
func (p *pipeline) finish(b *block, line int64) int64 {
	out, t := b.out, b.told()
	p.doubts.take(b.file.path, line, &t)
	p.place.name(out)
	p.doubts.dates(out.recs, p.o)
	if len(out.recs) > 0 {
		p.sink(out.recs)
	}
	p.progress(b)
	out.release()
	if b.room != nil {
		rooms.Put(b.room)
	}
	if b.end {
		p.doubts.ended(b.file.path, b.said, b.lost)
		return 0
	}
	return line + t.AllLines
}

func (p *pipeline) progress(b *block) {
	p.told.BytesDone += b.packed
	p.told.Records += int64(len(b.out.recs))
	if b.end {
		p.told.FilesDone++
	}
	if p.o.Progress != nil {
		p.o.Progress(p.told)
	}
}

// makeRoom empties the table of strings when it has grown, once nothing of what
// is under way refers to it. False when nobody wants the rest.
func (p *pipeline) makeRoom() bool {
	if !p.o.Bounded || p.o.Names.Strings.Len() < p.most {
		return true
	}
	for p.landed.Load() < p.sent {
		select {
		case <-p.land:
		case <-p.stop:
			return false
		}
	}
	p.o.Names.Strings.Reset()
	p.place.forget()
	return true
}
