package edge

import "io"

// reader reads the bytes [off, end) of a body; end < 0 means to its end.
type reader struct {
	b      *body
	off    int64
	end    int64
	opened bool // the body knows of it, because it was still growing
}

// open lets a reader hold the body, and registers it where the body still grows,
// so that a window waits for it. It reports false when the part that r wants is
// not kept any more.
func (b *body) open(r *reader) bool {
	if !b.hold() {
		return false
	}
	if !b.register(r) {
		b.let()
		return false
	}
	r.b = b
	return true
}

func (b *body) register(r *reader) bool {
	if b.is(complete) && b.window == 0 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.off < b.gone || b.is(abandoned) {
		return false
	}
	if b.is(growing) {
		b.readers = append(b.readers, r)
		r.opened = true
	}
	return true
}

// closeReader takes r out again. A writer that waits for it goes on.
func (b *body) closeReader(r *reader) {
	r.b = nil
	if r.opened {
		b.deregister(r)
	}
	b.let()
}

func (b *body) deregister(r *reader) {
	b.mu.Lock()
	for i, x := range b.readers {
		if x == r {
			last := len(b.readers) - 1
			b.readers[i] = b.readers[last]
			b.readers = b.readers[:last]
			break
		}
	}
	r.opened = false
	if len(b.readers) == 0 && b.is(complete) {
		b.give(b.spare)
		b.spare = nil
	}
	b.mu.Unlock()
	b.wake.Broadcast()
}

// next returns the next bytes for r, nil when there are none yet, io.EOF at the
// proven end, and any other error when the body did not end well.
func (b *body) next(r *reader) ([]byte, error) {
	if !b.is(complete) {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	if r.end >= 0 && r.off >= r.end {
		return nil, io.EOF
	}
	if r.off < b.size {
		return b.at(r.off, r.end)
	}
	switch bodyState(b.state.Load()) {
	case growing:
		return nil, nil
	case complete:
		if r.end >= 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, io.EOF
	}
	return nil, b.err
}

// at is the part of one chunk from off on, cut at end.
func (b *body) at(off, end int64) ([]byte, error) {
	lo, hi := 0, len(b.starts)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; b.starts[mid] <= off {
			lo = mid
		} else {
			hi = mid
		}
	}
	if off < b.gone {
		return nil, errGone
	}
	p := b.chunks[lo][off-b.starts[lo]:]
	if end >= 0 && int64(len(p)) > end-off {
		p = p[:end-off]
	}
	return p, nil
}

// advance moves r past n bytes that were written out.
func (b *body) advance(r *reader, n int) {
	if !r.opened {
		r.off += int64(n)
		return
	}
	b.mu.Lock()
	r.off += int64(n)
	windowed := b.window > 0
	b.mu.Unlock()
	if windowed {
		b.wake.Broadcast()
	}
}

// more appends to bufs the pieces that follow the first one that next returned
// for r, up to most bytes with it. A body with a window has none: it drops what
// its readers have passed.
func (b *body) more(r *reader, bufs [][]byte, first, most int) [][]byte {
	if !b.is(complete) {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	if b.window > 0 {
		return bufs
	}
	for off := r.off + int64(first); off < b.size && (r.end < 0 || off < r.end) && first < most; {
		p, err := b.at(off, r.end)
		if err != nil || len(p) == 0 {
			break
		}
		bufs = append(bufs, p)
		first, off = first+len(p), off+int64(len(p))
	}
	return bufs
}

// await waits until there is more for r, or an end.
func (b *body) await(r *reader) {
	b.mu.Lock()
	for r.off >= b.size && b.is(growing) {
		b.wake.Wait()
	}
	b.mu.Unlock()
}
