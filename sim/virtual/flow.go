package virtual

import (
	"math"
	"time"

	"edgesim/sim/origin"
)

// flow is how a body, or a part of one, comes in: from begin on as the origin's
// curve has it, in whole pieces, and nothing before floor, when whoever asks for
// it began to read. What several caches pass on is still a flow: each delays it,
// and none makes it faster.
type flow struct {
	begin int64 // virtual time: the first byte of the response
	floor int64 // nothing is there before it
	until int64 // when it is broken off, should it not have come to its end; never
	curve origin.Curve
	size  int64 // bytes that the origin sends
	off   int64 // of them, how many come before the part
	n     int64 // bytes of the part, which are there
	due   int64 // so long after begin, in ns (see meant)
	cut   int64 // of them, how many come before it breaks off; n: it does not
}

const never = math.MaxInt64

// at is when the first k bytes are there; begin or floor for none.
func (f *flow) at(k int64) int64 {
	if k == f.n { // mostly one asks for the end
		return max(f.begin+f.due, f.floor)
	}
	return max(f.begin+f.after(k), f.floor)
}

// after is how long after begin the first k bytes have left the origin, in ns.
func (f *flow) after(k int64) int64 {
	if k <= 0 || f.curve.Bandwidth <= 0 && f.curve.Every <= 0 {
		return 0
	}
	end := f.size
	if piece := f.curve.Piece; end > piece {
		end = min((f.off+k+piece-1)/piece*piece, end)
	}
	return int64(f.curve.Due(end))
}

// meant is for after curve, size, off or n was set: it works due out.
func (f *flow) meant() { f.due = f.after(f.n) }

// by is how many bytes are there at a moment.
func (f *flow) by(at int64) int64 {
	if at < f.floor || at < f.begin {
		return 0
	}
	sent := min(f.curve.Sent(time.Duration(at-f.begin)), f.size)
	if sent < f.size && (f.curve.Bandwidth > 0 || f.curve.Every > 0) {
		sent -= sent % f.curve.Piece
	}
	return max(0, min(sent-f.off, f.cut))
}

// breaks reports whether the body does not come to its end.
func (f *flow) breaks() bool { return f.cut < f.n || f.at(f.n) > f.until }

// end is when the body has come to its end, whole or not, and how much of it
// has come by then.
func (f *flow) end() (at, bytes int64) {
	if at = f.at(f.cut); at <= f.until {
		return at, f.cut
	}
	return f.until, f.by(f.until)
}

// from is the flow as one sees it who begins to read at a moment.
func (f flow) from(at int64) flow {
	f.floor = max(f.floor, at)
	return f
}

// delay makes it the flow at the other end of a way that takes so long.
func (f *flow) delay(ns int64) {
	f.begin += ns
	f.floor += ns
	if f.until != never {
		f.until += ns
	}
}

// part is the bytes [from, to) of the flow as a flow of their own.
func (f flow) part(from, to int64) flow {
	whole := from == 0 && to == f.n
	f.off += from
	if f.n, f.cut = to-from, max(0, min(f.cut, to)-from); !whole {
		f.meant()
	}
	return f
}

// there is a body of n bytes that is there at a moment.
func there(now, n int64) flow {
	return flow{begin: now, floor: now, until: never, size: n, n: n, cut: n}
}
