package edge

import (
	"io"

	"edgesim/edge/arena"
	"edgesim/results"
)

// A body's bytes are read from the origin straight into the chunks they stay
// in. A known length is taken in one piece up to onePiece; what is longer or of
// unknown length grows in steps. No piece is larger than the arena's: what is
// booked for one is then what it takes.
const (
	onePiece   = arena.Block
	firstPiece = 4 << 10
	passPiece  = 32 << 10
)

// pump moves the body from the origin to its readers and, when it has come
// whole, into the cache.
func (f *flight) pump(r *reply) {
	b := f.sink()
	if b == nil {
		drain(r)
		return
	}
	if f.squeezer != nil {
		f.pumpThrough(b, r)
		return
	}
	for {
		if len(b.room()) == 0 && !r.framing.ended {
			n, ok := f.piece(b, r.framing.length)
			if !ok {
				return
			}
			b.grow(n)
		}
		n, err := r.framing.Read(b.room())
		if n > 0 {
			b.wrote(n)
		}
		switch {
		case err == io.EOF:
			f.whole(b)
			return
		case err != nil:
			f.broken(b, err)
			return
		case n > 0 && b.windowed() && !b.wait():
			return
		}
	}
}

// sink is where the reply's body goes; nil: nowhere, it is a 304's or not
// wanted.
func (f *flight) sink() *body {
	if f.part != nil {
		return f.part.body
	}
	if f.outcome == shared || f.outcome == passed {
		return f.obj.body
	}
	return nil
}

// drain reads what has already come of a body that nobody wants, so that the
// connection can be used again when that was all. It waits for nothing.
func drain(r *reply) {
	var b [4096]byte
	for r.framing.kind == byLength && !r.framing.ended && r.conn.br.Buffered() > 0 {
		if _, err := r.framing.Read(b[:min(len(b), r.conn.br.Buffered())]); err != nil {
			return
		}
	}
}

// nextPiece is the size of the next chunk, in bytes.
func nextPiece(have, length int64) int {
	if length >= 0 {
		return int(min(length-have, onePiece))
	}
	return int(min(max(have, firstPiece), onePiece))
}

// piece is how much the body may grow by. Where a body that was to be kept is, or has
// become, larger than what may be kept, or the memory for it is not to be had, the
// flight goes on without keeping: the body gets a window and is not stored. ok is
// false when nobody wants more of it.
func (f *flight) piece(b *body, length int64) (n int, ok bool) {
	n = nextPiece(b.size, length)
	if !b.windowed() && (!f.fits(length) || b.size >= f.e.largest || b.size > 0 && !f.book(n)) {
		f.leave()
		f.remember(f.e.now())
		b.shrink(passWindow)
	}
	if !b.windowed() {
		return n, true
	}
	return passPiece, b.wait()
}

// book reserves memory for bodies in flight, until the flight lands.
func (f *flight) book(n int) bool {
	if !f.e.memory.take(int64(n)) {
		return false
	}
	f.booked += int64(n)
	return true
}

// whole ends a body that has come to its proven end, and stores it.
func (f *flight) whole(b *body) {
	if f.part != nil && b.size != f.part.length {
		f.broken(b, errRangeLength)
		return
	}
	b.finish(complete, nil)
	if f.part != nil {
		if !b.windowed() {
			f.keepSlices()
		}
		f.leave()
		return
	}
	if f.outcome != shared || b.windowed() || !f.fits(b.size) {
		return
	}
	f.p.keep(hashKey([]byte(f.obj.key)), f.obj, f)
	f.leave()
}

// broken ends a body whose origin broke off: every reader gets an error, and
// nothing is stored.
func (f *flight) broken(b *body, err error) {
	f.own.broke, f.own.detail = true, results.OriginReadError
	f.leave()
	b.finish(failed, err)
}
