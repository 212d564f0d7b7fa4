package results

import (
	"runtime"
	"sync/atomic"
	"time"
)

const chunkLen = 512

// Recorder takes records from many goroutines and hands them on in batches.
//
// The hot path, Add, copies the record into one of a few lanes. A lane is held
// by an atomic flag for the time of the copy; whoever finds it held moves on
// to the next one, so nobody waits, and nothing is allocated. Lanes are
// several times as many as processors. When the taker falls behind by more
// than the buffer, records are dropped and counted rather than let memory
// grow or a request wait.
type Recorder struct {
	lanes   []lane
	mask    uint64
	full    chan *chunk
	free    chan *chunk
	dropped atomic.Uint64
	closed  atomic.Bool
}

type chunk struct {
	n    int
	recs [chunkLen]Record
}

type lane struct {
	busy atomic.Bool
	cur  *chunk
	_    [48]byte // a cache line to itself
}

// NewRecorder returns a recorder whose taker may fall behind by up to buffer
// records (at least one chunk per lane; 0 means 65,536).
func NewRecorder(buffer int) *Recorder {
	if buffer <= 0 {
		buffer = 1 << 16
	}
	lanes := 1
	for lanes < 4*runtime.GOMAXPROCS(0) {
		lanes *= 2
	}
	depth := buffer/chunkLen + lanes
	r := &Recorder{
		lanes: make([]lane, lanes),
		mask:  uint64(lanes - 1),
		full:  make(chan *chunk, depth+lanes),
		free:  make(chan *chunk, depth),
	}
	chunks := make([]chunk, depth+lanes) // at once: one by one they would set the collector off
	for i := range r.lanes {
		r.lanes[i].cur = &chunks[i]
	}
	for i := range depth {
		r.free <- &chunks[lanes+i]
	}
	return r
}

// Add records *rec. hint spreads callers over the lanes: a connection's or a
// worker's number. Add never blocks and never allocates; after Close it does
// nothing.
func (r *Recorder) Add(hint uint64, rec *Record) {
	if r.closed.Load() {
		return
	}
	l := r.claim(hint)
	if !r.closed.Load() { // Close may have passed this lane already
		r.put(l, rec)
	}
	l.busy.Store(false)
}

// claim holds the first lane from hint on that nobody holds.
func (r *Recorder) claim(hint uint64) *lane {
	for tries := uint64(0); ; tries++ {
		l := &r.lanes[(hint+tries)&r.mask]
		if l.busy.CompareAndSwap(false, true) {
			return l
		}
		if tries&r.mask == r.mask {
			runtime.Gosched() // all are held, by goroutines that are not running
		}
	}
}

func (r *Recorder) put(l *lane, rec *Record) {
	c := l.cur
	if c.n == chunkLen {
		// The last swap found no free chunk: try again, else drop.
		if c = r.swap(l); c.n == chunkLen {
			r.dropped.Add(1)
			return
		}
	}
	c.recs[c.n] = *rec
	if c.n++; c.n == chunkLen {
		r.swap(l)
	}
}

// swap hands the lane's chunk over and gives the lane an empty one. The caller
// holds the lane. Without a free chunk nothing changes.
func (r *Recorder) swap(l *lane) *chunk {
	select {
	case next := <-r.free:
		r.full <- l.cur // never blocks: full is as deep as there are chunks
		l.cur = next
	default:
	}
	return l.cur
}

// hold waits for this very lane.
func (l *lane) hold() {
	for !l.busy.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
}

// Flush hands over what the lanes hold, so that a taker sees records that are
// still on their way. While the taker has as many chunks before it as there are
// lanes, they stay where they are: it would come to them no sooner, and chunks
// handed over half empty would use up the buffer.
func (r *Recorder) Flush() {
	for i := range r.lanes {
		if len(r.full) >= len(r.lanes) {
			return
		}
		l := &r.lanes[i]
		l.hold()
		if l.cur.n > 0 {
			r.swap(l)
		}
		l.busy.Store(false)
	}
}

// Close stops the recorder: records added from now on are ignored, what was
// recorded is handed over, and Take returns at the end of it. Close is called
// once, after the last Add of those whose records matter.
func (r *Recorder) Close() {
	r.closed.Store(true)
	none := new(chunk) // shared: after closed is set nobody writes to a lane's chunk
	for i := range r.lanes {
		l := &r.lanes[i]
		l.hold()
		if l.cur.n > 0 {
			r.full <- l.cur
		}
		l.cur = none
		l.busy.Store(false)
	}
	close(r.full)
}

// Take calls sink with every batch of records until Close, in the calling
// goroutine. The batch is valid during the call only. Records of one lane come
// in order; lanes are not ordered among each other.
func (r *Recorder) Take(sink func([]Record)) {
	for c := range r.full {
		sink(c.recs[:c.n])
		c.n = 0
		select {
		case r.free <- c:
		default:
		}
	}
}

// FlushEvery flushes at every tick until stop is closed, so that live figures
// are no older than the ticks are apart. The ticks come from the caller: this
// package has no clock.
func (r *Recorder) FlushEvery(tick <-chan time.Time, stop <-chan struct{}) {
	for {
		select {
		case <-tick:
			r.Flush()
		case <-stop:
			return
		}
	}
}

// Dropped counts the records lost because the taker was too slow.
func (r *Recorder) Dropped() uint64 { return r.dropped.Load() }
