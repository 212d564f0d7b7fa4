package edge

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"edgesim/edge/arena"
)

// How a body ends. Only a complete one is ever stored, and every reader of one
// that is not learns it as an error that it can tell from an end of file.
type bodyState uint32

const (
	growing bodyState = iota
	complete
	failed    // the origin broke off
	abandoned // nobody wanted the rest
)

var (
	errAbandoned = errors.New("edge: nobody reads this body any more")
	errGone      = errors.New("edge: this part of the body was not kept")
)

// body is bytes that can be read while they arrive: one writer, the flight,
// appends to a list of chunks; any number of readers, each at its own pace,
// read what is there and wait for more.
//
// A kept body keeps all its chunks, so that a slow reader never holds back the
// writer. A body with a window keeps at most that many bytes beyond its slowest
// reader and holds the writer back instead: this is for what is not stored.
//
// Once complete the chunks never change again and are read without the lock.
//
// The chunks lie in an arena, outside Go's heap, and go back to it when nobody
// holds the body any more: neither the cache, nor a flight, nor a reader. Bytes
// are had from a reader only, and to become one takes a hold, which a body that
// nobody held is not there to give: who comes too late is told so, and never
// sees bytes that are somebody else's by now (docs/adr/0014).
type body struct {
	state atomic.Uint32 // bodyState; stored under mu
	holds atomic.Int32  // of the cache, flights and readers; 0: the bytes are gone, for good
	arena *arena.Arena  // nil: the chunks are of Go's heap

	mu     sync.Mutex
	wake   sync.Cond // broadcast when size, state, readers or window change
	chunks [][]byte  // the last one grows; with a window the first are dropped
	starts []int64   // offset of each chunk
	size   int64     // bytes arrived
	err    error     // why it failed

	window  int64  // 0: kept
	gone    int64  // with a window: bytes before this are not there any more
	spare   []byte // a chunk that trim replaced while it was read
	readers []*reader

	oneChunk [1][]byte // where chunks and starts lie as long as they are one
	oneStart [1]int64
}

// newBody makes a body with chunks from that arena, nil for Go's heap. Its maker
// holds it.
func newBody(a *arena.Arena) *body {
	b := &body{arena: a}
	b.wake.L = &b.mu
	b.chunks, b.starts = b.oneChunk[:0], b.oneStart[:0]
	b.holds.Store(1)
	return b
}

// hold keeps the body's bytes where they are until let. It reports false when
// they are gone.
func (b *body) hold() bool {
	for {
		n := b.holds.Load()
		if n == 0 {
			return false
		}
		if b.holds.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// let ends a hold. The last one gives the bytes back.
func (b *body) let() {
	switch n := b.holds.Add(-1); {
	case n < 0:
		panic("edge: a body is let by somebody who does not hold it")
	case n > 0:
		return
	}
	b.mu.Lock()
	for _, c := range b.chunks {
		b.give(c)
	}
	b.give(b.spare)
	b.chunks, b.starts, b.spare, b.oneChunk = nil, nil, nil, [1][]byte{}
	b.mu.Unlock()
}

// give returns a chunk that nobody reads to where it is from.
func (b *body) give(chunk []byte) {
	if b.arena != nil && cap(chunk) > 0 {
		b.arena.Give(chunk)
	}
}

// take gets a chunk for up to n bytes.
func (b *body) take(n int) []byte {
	if b.arena != nil {
		return b.arena.Take(n)
	}
	return make([]byte, 0, n)
}

// bodyOf returns a complete body that holds p and nothing else.
func bodyOf(p []byte) *body {
	b := newBody(nil)
	if len(p) > 0 {
		b.chunks, b.starts, b.size = append(b.chunks, p), append(b.starts, 0), int64(len(p))
	}
	b.state.Store(uint32(complete))
	return b
}

func (b *body) is(s bodyState) bool { return bodyState(b.state.Load()) == s }

// length is the number of bytes that have arrived so far.
func (b *body) length() int64 {
	if b.is(complete) {
		return b.size
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.size
}

// grow makes room for up to n more bytes as a chunk of its own. Only the writer
// calls grow, room and wrote.
func (b *body) grow(n int) {
	b.mu.Lock()
	b.chunks = append(b.chunks, b.take(n))
	b.starts = append(b.starts, b.size)
	b.mu.Unlock()
}

// room is the unused end of the last chunk.
func (b *body) room() []byte {
	if len(b.chunks) == 0 {
		return nil
	}
	last := b.chunks[len(b.chunks)-1]
	return last[len(last):cap(last)]
}

// wrote tells that n bytes have been put into room.
func (b *body) wrote(n int) {
	b.mu.Lock()
	last := &b.chunks[len(b.chunks)-1]
	*last = (*last)[:len(*last)+n]
	b.size += int64(n)
	b.mu.Unlock()
	b.wake.Broadcast()
}

// wait waits until a body with a window may grow. When there is nobody left to
// read it, it is abandoned, and wait reports false.
func (b *body) wait() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.window > 0 {
		if len(b.readers) == 0 {
			b.err = errAbandoned
			b.state.Store(uint32(abandoned))
			return false
		}
		if b.drop(); b.size-b.slowest() < b.window {
			return true
		}
		b.wake.Wait()
	}
	return true
}

// shrink turns a kept body into one with a window, because the memory for
// keeping it is not to be had.
func (b *body) shrink(window int64) {
	b.mu.Lock()
	b.window = window
	b.mu.Unlock()
}

// windowed reports whether the body is not kept. Only the writer changes that.
func (b *body) windowed() bool { return b.window > 0 }

// passes is windowed for everybody else.
func (b *body) passes() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.window > 0
}

func (b *body) slowest() int64 {
	at := b.size
	for _, r := range b.readers {
		at = min(at, r.off)
	}
	return at
}

// drop forgets the chunks that every reader has passed, but the last one. No
// reader still holds a piece of them: it moves on only when it is written out.
func (b *body) drop() {
	n, at := 0, b.slowest()
	for n < len(b.chunks)-1 && b.starts[n+1] <= at {
		b.give(b.chunks[n])
		n++
	}
	if n > 0 {
		b.chunks = slices.Delete(b.chunks, 0, n)
		b.starts = slices.Delete(b.starts, 0, n)
		b.gone = b.starts[0]
	}
}

// held is the memory the chunks take, in bytes.
func (b *body) held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	var n int64
	for _, c := range b.chunks {
		n += int64(cap(c))
	}
	return n
}

// finish ends the body. A body ends once; later ends change nothing.
func (b *body) finish(s bodyState, err error) {
	b.mu.Lock()
	if b.is(growing) {
		if s == complete {
			b.trim()
		}
		b.err = err
		b.state.Store(uint32(s))
	}
	b.mu.Unlock()
	b.wake.Broadcast()
}

// trim gives back the unused end of the last chunk where it is worth a copy, so
// that a body costs what it holds.
func (b *body) trim() {
	if len(b.chunks) == 0 {
		return
	}
	last := &b.chunks[len(b.chunks)-1]
	if len(*last) == 0 {
		b.give(*last)
		*last = nil
		b.chunks, b.starts = b.chunks[:len(b.chunks)-1], b.starts[:len(b.starts)-1]
		return
	}
	if !wasteful(int64(cap(*last)), int64(len(*last))) {
		return
	}
	if tight := b.take(len(*last)); cap(tight) >= len(*last) {
		old := *last
		*last = append(tight, old...)
		b.retire(old)
	} else {
		b.give(tight)
	}
}

// wasteful reports whether so much room for so many bytes is worth a copy.
func wasteful(room, used int64) bool { return room-used > used/8+64 }

// retire gives a chunk back that another has replaced: at once or, because who
// reads the growing body may be reading there, when the last of them is done.
func (b *body) retire(chunk []byte) {
	b.give(b.spare)
	b.spare = nil
	if len(b.readers) == 0 {
		b.give(chunk)
	} else {
		b.spare = chunk
	}
}
