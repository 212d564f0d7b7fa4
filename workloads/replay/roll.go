package replay

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"sort"

	"edgesim/workloads"
)

// roll is requests written down one after the other. Times are told by their
// difference to the one before, and what most requests have not is left out.
type roll struct {
	buf     []byte // not in pieces or the file yet
	pieces  [][]byte
	starts  []int64  // of the pieces
	file    *os.File // nil: all is in pieces
	written int64
	last    int64 // time of the last request
}

const (
	pieceLen   = 1 << 16
	rollMemory = 64 << 20 // bytes of pieces, before they go to a file
	recordMost = 64       // bytes of a request, at most
)

func newRoll() *roll { return &roll{buf: make([]byte, 0, pieceLen)} }

// What of a request is written, beside its time and its object.
const (
	hasViewer = 1 << iota
	hasPlace
	hasReferrer
	hasMethod
	hasPart
	hasAbort
	hasBody
	isConditional
)

// add writes a request behind the others.
func (r *roll) add(a *asked) error {
	if len(r.buf)+recordMost > pieceLen {
		if err := r.flush(); err != nil {
			return err
		}
	}
	r.buf = appendAsked(r.buf, a, r.last)
	r.last = a.at
	return nil
}

func appendAsked(b []byte, a *asked, last int64) []byte {
	at := len(b)
	flags := byte(0)
	b = binary.AppendVarint(append(b, 0), a.at-last)
	b = binary.AppendUvarint(b, uint64(a.object))
	number := func(flag byte, n uint64) {
		if n != 0 {
			flags |= flag
			b = binary.AppendUvarint(b, n)
		}
	}
	number(hasViewer, uint64(a.viewer))
	number(hasPlace, uint64(a.place))
	number(hasReferrer, uint64(a.referrer))
	number(hasMethod, uint64(a.method))
	if a.part.Length != 0 {
		flags |= hasPart
		b = binary.AppendVarint(b, a.part.First)
		b = binary.AppendVarint(b, a.part.Length)
	}
	number(hasAbort, uint64(math.Float32bits(a.abort)))
	number(hasBody, uint64(a.body))
	if a.conditional {
		flags |= isConditional
	}
	b[at] = flags
	return b
}

// takeAsked reads what appendAsked wrote, and returns how long it was.
func takeAsked(b []byte, a *asked, last int64) int {
	flags, at := b[0], 1
	number := func(flag byte) uint64 {
		if flags&flag == 0 {
			return 0
		}
		n, used := binary.Uvarint(b[at:])
		at += used
		return n
	}
	signed := func() int64 {
		n, used := binary.Varint(b[at:])
		at += used
		return n
	}
	*a = asked{at: last + signed()}
	object, used := binary.Uvarint(b[at:])
	at += used
	a.object = uint32(object)
	a.viewer = uint32(number(hasViewer))
	a.place = uint16(number(hasPlace))
	a.referrer = uint16(number(hasReferrer))
	a.method = workloads.Method(number(hasMethod))
	if flags&hasPart != 0 {
		a.part.First = signed()
		a.part.Length = signed()
	}
	a.abort = math.Float32frombits(uint32(number(hasAbort)))
	a.body = uint32(number(hasBody))
	a.conditional = flags&isConditional != 0
	return at
}

// flush moves what is in the buffer to where it stays.
func (r *roll) flush() error {
	if r.file == nil && int64(len(r.pieces))*pieceLen >= rollMemory {
		if err := r.spill(); err != nil {
			return err
		}
	}
	start := r.written
	r.written += int64(len(r.buf))
	if r.file != nil {
		_, err := r.file.Write(r.buf)
		r.buf = r.buf[:0]
		return err
	}
	r.pieces, r.starts = append(r.pieces, r.buf), append(r.starts, start)
	r.buf = make([]byte, 0, pieceLen)
	return nil
}

// spill moves the pieces to a file, which has no name, so that nothing is left of it
// when nobody reads it any more.
func (r *roll) spill() error {
	f, err := os.CreateTemp("", "replay-*")
	if err != nil {
		return fmt.Errorf("keeping requests: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return fmt.Errorf("keeping requests: %w", err)
	}
	for _, p := range r.pieces {
		if _, err := f.Write(p); err != nil {
			f.Close()
			return fmt.Errorf("keeping requests: %w", err)
		}
	}
	r.file, r.pieces, r.starts = f, nil, nil
	return nil
}

// close ends the writing.
func (r *roll) close() error {
	err := r.flush()
	r.buf = nil
	return err
}

// place is where the next request will be written.
func (r *roll) place() int64 { return r.written + int64(len(r.buf)) }

// readAt fills b from a place on, as far as there is something.
func (r *roll) readAt(b []byte, at int64) (int, error) {
	b = b[:min(int64(len(b)), r.written-at)]
	if r.file != nil {
		return r.file.ReadAt(b, at)
	}
	n, i := 0, sort.Search(len(r.starts), func(i int) bool { return r.starts[i] > at })-1
	for ; n < len(b); i++ {
		n += copy(b[n:], r.pieces[i][at+int64(n)-r.starts[i]:])
	}
	return n, nil
}
