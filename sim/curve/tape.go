package curve

import (
	"context"
	"errors"
	"io"
	"sync"

	"edgesim/workloads/trace"
)

// Tape is a trace that has been read and numbered, to be played as often as one
// likes: where capacities are shares of a working set that only reading tells,
// and where policies ask for the future. It takes TapeBytes for a request, in
// memory up to a limit and in a temporary file beyond, and memory for an object
// as numbering does.
type Tape struct {
	config Config
	asks   spool
	nexts  spool
	mu     sync.Mutex // of looking ahead
	seen   bool       // nexts are there
	n      int64
	src    *numberer
}

// TapeBytes is what a tape keeps of one request, in bytes; as much again once it
// has looked for next requests.
const TapeBytes = 8

// Record reads a trace to its end onto a tape; memory is how many bytes of
// requests it keeps outside a file. When ctx ends, or the reading fails, the tape
// holds what came until then, and the error says so.
func Record(ctx context.Context, r Reader, c Config, memory int64) (*Tape, error) {
	t := &Tape{config: c, src: newNumberer(r, c, wants{names: true})}
	t.asks.memory, t.nexts.memory = memory/2, memory/2
	b, words := &batch{}, make([]uint64, batchSize)
	err := feed(ctx, t.src, 0, func() *batch { return b }, func(b *batch) error {
		for i, a := range b.asks {
			words[i] = uint64(a.size)<<32 | uint64(a.object)
		}
		t.n += int64(len(b.asks))
		if len(b.asks) == 0 {
			return nil
		}
		return t.asks.put(len(t.asks.blocks), words[:len(b.asks)])
	})
	t.src.numbers.cells = nil // no more ids will come
	return t, err
}

// Totals are those of the whole tape; nothing is left out as warm-up.
func (t *Tape) Totals() Totals {
	sum := t.src.totals()
	sum.Counted = sum.Requests
	return sum
}

// Close gives back what the tape holds.
func (t *Tape) Close() error { return errors.Join(t.asks.close(), t.nexts.close()) }

// Play plays cells over the tape. c says as for Play how; sizes are taken as
// they were when it was recorded. Several may play it at a time.
func (t *Tape) Play(ctx context.Context, cells []Cell, c Config) ([]Result, Totals, error) {
	p, err := lay(cells, c)
	if err != nil {
		return nil, Totals{}, err
	}
	if p.wants.next {
		if err := t.foresee(); err != nil {
			return nil, Totals{}, err
		}
	}
	return p.play(ctx, t.source(p.wants), c)
}

// foresee looks for every request's next one, from the end to the beginning.
func (t *Tape) foresee() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen {
		return nil
	}
	coming := make([]int64, t.src.numbers.used) // the request for each object that was met last
	for i := range coming {
		coming[i] = trace.Never
	}
	words, next := make([]uint64, 0, batchSize), make([]uint64, 0, batchSize)
	for i := len(t.asks.blocks) - 1; i >= 0; i-- {
		block, err := t.asks.get(i, t.length(i), words)
		if err != nil {
			return err
		}
		next = next[:len(block)]
		for k := len(block) - 1; k >= 0; k-- {
			object := uint32(block[k])
			next[k] = uint64(coming[object])
			coming[object] = int64(i)*batchSize + int64(k)
		}
		if err := t.nexts.put(i, next); err != nil {
			return err
		}
	}
	t.seen = true
	return nil
}

// length is the number of requests in block i.
func (t *Tape) length(i int) int { return int(min(batchSize, t.n-int64(i)*batchSize)) }

// playback is a tape as a source.
type playback struct {
	*Tape
	wants        wants
	at           int64 // the next request
	words, later []uint64
}

func (t *Tape) source(w wants) source {
	return &playback{Tape: t, wants: w, words: make([]uint64, 0, batchSize), later: make([]uint64, 0, batchSize)}
}

func (p *playback) totals() Totals { return p.src.totals() }

func (p *playback) next(b *batch, most int) error {
	b.asks, b.next, b.names = b.asks[:0], b.next[:0], p.src.names
	b.objects, b.large = p.src.numbers.used, p.src.numbers.sizes.large
	for len(b.asks) < most && p.at < p.n {
		i, from := int(p.at/batchSize), int(p.at%batchSize)
		n := min(most-len(b.asks), p.length(i)-from)
		if err := p.copy(b, i, from, n); err != nil {
			return err
		}
		p.at += int64(n)
	}
	if p.at == p.n {
		return io.EOF
	}
	return nil
}

// copy adds n requests of block i, from the one numbered from on, to b.
func (p *playback) copy(b *batch, i, from, n int) error {
	words, err := p.asks.get(i, p.length(i), p.words)
	if err != nil {
		return err
	}
	for _, w := range words[from : from+n] {
		b.asks = append(b.asks, ask{uint32(w), uint32(w >> 32)})
	}
	if !p.wants.next {
		return nil
	}
	next, err := p.nexts.get(i, p.length(i), p.later)
	if err != nil {
		return err
	}
	for _, w := range next[from : from+n] {
		b.next = append(b.next, int64(w))
	}
	return nil
}
