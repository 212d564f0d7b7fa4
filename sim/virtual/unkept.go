package virtual

// What becomes of a body that is not kept (edge/pump.go): it goes to who waits for it,
// and is read no further than they want it.

// sinks reports whether the body goes anywhere.
func (f *flight) sinks() bool {
	return f.brought() || f.outcome == shared || f.outcome == passed
}

// undone is when and where an exchange ends whose body nobody wants from a moment
// on: what has come by then is read, and the connection closed where that was not
// all.
func (f *flight) undone(at, end, body int64) (int64, int64) {
	come := f.flow.by(at)
	if f.enough > 0 {
		come = min(come, f.enough)
	}
	if end > at || come < body {
		end, body = min(end, at), come
		f.reuse = false
	}
	return end, body
}

// outgrown is a body of unknown length, or a part of an object, that turns out to be
// too large to keep.
func (f *flight) outgrown() {
	f.unlist()
	f.unregister()
	f.remember()
}

// tooLarge reports whether the part that comes is larger than what is kept: it goes to
// who waits for it, and no further (edge/pump.go).
func (f *flight) tooLarge() bool { return f.brings() && f.want.part.length > f.n.largest }

// wanted notes that somebody wants the first n bytes of what comes and is not kept. Who
// wants more than comes has it read to where it breaks off.
func (f *flight) wanted(now, n int64) {
	if _, come := f.flow.end(); n > come {
		f.hungUp, f.enough = 0, never
		return
	}
	if n+passPiece > f.enough {
		f.hungUp, f.enough = max(now, f.flow.at(n)), n+passPiece
	}
}

// passPiece is in what pieces a cache reads a body that it does not keep, in bytes
// (edge/pump.go).
const passPiece = 32 << 10
