// Package gunzip unpacks gzip (RFC 1952), which access logs and traces come in, at
// about twice the speed of the packages that Go has for it: to read a log is, for its
// larger part, to unpack it.
//
// What makes the difference: codes are looked up in 64 bits that are refilled eight
// bytes at a time, up to three literals are taken between two refills, and matches are
// copied in words. It knows gzip and nothing of what is packed.
package gunzip

import (
	"errors"
	"hash/crc32"
	"io"
)

const (
	inLen   = 128 << 10 // packed bytes that are read at a time
	history = 32 << 10  // bytes that a match may lie back (RFC 1951, section 2)
	roomLen = 192 << 10 // bytes that are unpacked behind them before they are handed on
	slack   = 288       // bytes that one turn of the fast loop may write: 3 literals, a match of 258, and a word
	ahead   = 16        // packed bytes that one turn of it may look at
)

var (
	// ErrHeader says that what should be a member's header is none.
	ErrHeader = errors.New("gzip: invalid header")
	// ErrChecksum says that a member is not what was packed.
	ErrChecksum = errors.New("gzip: invalid checksum")
	// ErrCorrupt says that a member's data cannot be unpacked.
	ErrCorrupt = errors.New("gzip: corrupt data")
)

// stage is what comes next of the packed data.
type stage uint8

const (
	atMember stage = iota
	atBlock
	inStored
	inCodes
	atTrailer
)

// Reader is what is packed in the members of a gzip file, one after the other.
type Reader struct {
	from  io.Reader
	ended error // what from said at its end

	in       []byte
	pos, end int    // what is in it and not in bits
	bits     uint64 // the next n, lowest first; above them may stand the ones after them
	n        uint

	out  []byte
	r, w int // what was handed on, and what was unpacked; a match lies within out[:w]

	stage  stage
	final  bool // of the member's blocks
	stored int  // bytes left of a stored block
	sum    uint32
	size   uint32
	err    error

	lit  [litLen]uint32
	dist [distLen]uint32
	lens [maxLit + maxDist]uint8
}

// NewReader is a reader of what is packed in r. The error is that of a first header
// that is none.
func NewReader(r io.Reader) (*Reader, error) {
	z := &Reader{from: r, in: make([]byte, inLen), out: make([]byte, history+roomLen+slack)}
	if err := z.member(); err != nil {
		return nil, err
	}
	return z, nil
}

// Close lets go of the rooms; what is read from is not closed.
func (z *Reader) Close() error {
	z.in, z.out, z.r, z.w, z.err = nil, nil, 0, 0, io.ErrClosedPipe
	return nil
}

// Read hands on what is unpacked. At the end of the last member it is io.EOF, and
// io.ErrUnexpectedEOF amid one; what was whole until there has been handed on.
func (z *Reader) Read(p []byte) (int, error) {
	for z.r == z.w {
		if z.err != nil {
			return 0, z.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		z.err = z.step()
	}
	n := copy(p, z.out[z.r:z.w])
	z.r += n
	return n, nil
}

// step unpacks until there is something, or the stage changes. All that was unpacked
// before has been handed on.
func (z *Reader) step() (err error) {
	if z.w > len(z.out)-slack-history {
		copy(z.out, z.out[z.w-history:z.w])
		z.r, z.w = history, history
	}
	from := z.w
	switch z.stage {
	case atMember:
		return z.member()
	case atBlock:
		err = z.block()
	case inStored:
		err = z.copyStored()
	case inCodes:
		err = z.codes()
	case atTrailer:
		return z.trailer()
	}
	z.sum = crc32.Update(z.sum, crc32.IEEETable, z.out[from:z.w])
	z.size += uint32(z.w - from)
	return err
}

// fill reads more of what is packed; it waits until there is some. What is in bits
// stays in the room, so that it can be given back.
func (z *Reader) fill() {
	kept := min(z.pos, 8)
	z.end = copy(z.in, z.in[z.pos-kept:z.end])
	z.pos = kept
	for empty := 0; z.ended == nil; empty++ {
		n, err := z.from.Read(z.in[z.end:])
		z.end += n
		if z.ended = err; n > 0 {
			return
		}
		if empty == 100 {
			z.ended = io.ErrNoProgress
		}
	}
}

// broken is why there is nothing more amid a member.
func (z *Reader) broken() error {
	if z.ended == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return z.ended
}

// top makes the next 57 bits ready, or as many as there are.
func (z *Reader) top() {
	for z.n <= 56 {
		if z.pos == z.end {
			if z.fill(); z.pos == z.end {
				return
			}
		}
		z.bits |= uint64(z.in[z.pos]) << z.n
		z.pos++
		z.n += 8
	}
}

// take is the next k bits, of 32 at most.
func (z *Reader) take(k uint) (uint32, error) {
	if z.n < k {
		if z.top(); z.n < k {
			return 0, z.broken()
		}
	}
	v := uint32(z.bits & (1<<k - 1))
	z.drop(k)
	return v, nil
}

func (z *Reader) drop(k uint) {
	z.bits >>= k & 63
	z.n -= k
}

// align passes over the bits up to the next whole byte.
func (z *Reader) align() { z.drop(z.n & 7) }

// A member (RFC 1952, section 2.3):
//
//	1F 8B | 08 | flags | time, 4 | XFL | OS | [extra: length, 2, and bytes] | [name, 0] | [comment, 0] | [CRC, 2]
//	blocks of RFC 1951
//	CRC32, 4 | length, 4
const (
	flagCRC     = 1 << 1
	flagExtra   = 1 << 2
	flagName    = 1 << 3
	flagComment = 1 << 4
)

// member reads a header. Where there is nothing behind a member, that is the end.
func (z *Reader) member() error {
	if z.top(); z.n == 0 {
		return z.ended
	}
	h := header{z: z}
	if h.byte() != 0x1f || h.byte() != 0x8b || h.byte() != 8 {
		return h.fault()
	}
	flags := h.byte()
	h.skip(6)
	if flags&flagExtra != 0 {
		n := int(h.byte())
		h.skip(n | int(h.byte())<<8)
	}
	if flags&flagName != 0 {
		h.text()
	}
	if flags&flagComment != 0 {
		h.text()
	}
	if sum := uint16(h.sum); flags&flagCRC != 0 && (uint16(h.byte())|uint16(h.byte())<<8) != sum {
		return h.fault()
	}
	if h.err != nil {
		return h.err
	}
	z.stage, z.r, z.w, z.sum, z.size = atBlock, 0, 0, 0, 0
	return nil
}

// header reads the bytes of a header, and sums them up.
type header struct {
	z   *Reader
	sum uint32
	err error
}

func (h *header) fault() error {
	if h.err != nil {
		return h.err
	}
	return ErrHeader
}

func (h *header) byte() byte {
	if h.err != nil {
		return 0
	}
	v, err := h.z.take(8)
	h.err = err
	h.sum = crc32.Update(h.sum, crc32.IEEETable, []byte{byte(v)})
	return byte(v)
}

func (h *header) skip(n int) {
	for range n {
		h.byte()
	}
}

func (h *header) text() {
	for h.byte() != 0 {
	}
}

// trailer reads what stands behind the blocks.
func (z *Reader) trailer() error {
	z.align()
	sum, err := z.take(32)
	if err != nil {
		return err
	}
	size, err := z.take(32)
	if err != nil {
		return err
	}
	if sum != z.sum || size != z.size {
		return ErrChecksum
	}
	z.stage = atMember
	return nil
}
