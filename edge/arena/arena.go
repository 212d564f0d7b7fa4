// Package arena is memory for bodies outside Go's heap: the garbage collector
// neither marks it nor waits until as much again has become garbage, so that a
// cache of 4 GiB takes 4 GiB and not 8. It knows sizes and addresses; it must
// never know who uses a piece, or until when: that is counted by whoever takes
// one (edge's body).
//
// Memory comes from the system in regions of 4 MiB, 64 blocks of 64 KiB each.
// A block is one piece, or is cut into pieces of one size:
//
//	region  | block 0 | block 1 | …                        | block 63 |
//	block   | piece | piece | piece | … | rest, less than a piece     |
//
// A block whose pieces have all come back is free for any size again. What is
// longer than a block takes several pieces, so that nothing needs more than 64
// KiB in a row, and no mixture of sizes leaves holes that fit nobody.
package arena

import (
	"math/bits"
	"slices"
	"sync"
	"unsafe"
)

const (
	// Block is the largest piece, in bytes.
	Block = 64 << 10

	blocks     = 64
	regionSize = blocks * Block
	least      = 64 // bytes of the smallest piece
)

// Arena is used by any number of goroutines.
type Arena struct {
	mu      sync.Mutex
	regions []*region // by address
	free    *block    // blocks that nobody has a piece of
	partly  []*block  // by class: blocks that have pieces left
	file    file      // what regions are mapped from
	inUse   int64     // bytes of the pieces that are out
	mapped  int64     // bytes of all regions
	closed  bool
}

type region struct {
	base   uintptr
	memory []byte
	blocks [blocks]block
}

// block is 64 KiB of a region. It is in one list: the free ones, or those of its
// class that have pieces left; or in none, when all its pieces are out.
type block struct {
	memory     []byte
	offset     int64 // in the file
	class      int
	out        int  // pieces that are out
	lent       bool // the system may still read it by itself
	taken      [Block / least / 64]uint64
	prev, next *block
}

// New makes an empty arena.
func New() *Arena { return &Arena{partly: make([]*block, len(sizes)), file: newFile()} }

// Take returns a piece with length 0 for up to n bytes, n > 0. Its capacity may
// be less than n, where n is longer than a block or the piece that holds n would
// be more than an eighth too large: take another for the rest. It holds what
// somebody left there.
func (a *Arena) Take(n int) []byte {
	class := classFor(n)
	a.mu.Lock()
	defer a.mu.Unlock()
	b := a.partly[class]
	if b == nil {
		if b = a.cut(class); b == nil {
			return make([]byte, 0, sizes[class]) // the system has no more: Go's heap may
		}
	}
	i := b.first()
	b.taken[i/64] |= 1 << (i % 64)
	if b.out++; b.out == b.pieces() {
		a.unlink(b)
	}
	size := sizes[class]
	a.inUse += int64(size)
	return b.memory[i*size : i*size : (i+1)*size]
}

// Give takes a piece back, whatever is left of its length. A piece that is not
// out is a fault of ours that would give one viewer another's bytes.
func (a *Arena) Give(p []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, i := a.find(uintptr(unsafe.Pointer(unsafe.SliceData(p))))
	if b == nil {
		return // of Go's heap
	}
	if b.lent {
		b.lent = false
		a.file.replace(b.offset) // under the lock: a microsecond or two, of blocks that were sent only
	}
	if i >= b.pieces() || b.taken[i/64]&(1<<(i%64)) == 0 || cap(p) != sizes[b.class] {
		panic("arena: a piece comes back that is not out")
	}
	if poison {
		for at := range p[:cap(p)] {
			p[:cap(p)][at] = 0xDB
		}
	}
	b.taken[i/64] &^= 1 << (i % 64)
	a.inUse -= int64(cap(p))
	a.putBack(b)
	a.unmapIfDone()
}

// Lend tells where in a file the bytes of p lie, so that the system can send
// them from there without a copy: fd, and the offset in it. What it has been
// told to send it may read long after, from pages of its own counting; so when
// the piece comes back its pages are left to the system, and whoever takes the
// piece next gets others. It reports false for what cannot be lent: p must be
// all or part of one whole block that is out.
func (a *Arena) Lend(p []byte) (fd int, offset int64, ok bool) {
	if !a.file.open() {
		return 0, 0, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	at := uintptr(unsafe.Pointer(unsafe.SliceData(p)))
	b, _ := a.find(at)
	if b == nil || sizes[b.class] != Block || b.out == 0 {
		return 0, 0, false
	}
	b.lent = true
	return a.file.fd, b.offset + int64(at-uintptr(unsafe.Pointer(unsafe.SliceData(b.memory)))), true
}

// putBack finds the list where a block belongs that got a piece back.
func (a *Arena) putBack(b *block) {
	b.out--
	wasFull := b.out == b.pieces()-1
	switch {
	case b.out > 0 && wasFull:
		a.link(&a.partly[b.class], b)
	case b.out == 0:
		if !wasFull {
			a.unlink(b)
		}
		a.link(&a.free, b)
	}
}

// InUse is the sum of the pieces that are out, in bytes.
func (a *Arena) InUse() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.inUse
}

// Mapped is what the arena has from the system, in bytes. It never shrinks
// before Close.
func (a *Arena) Mapped() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.mapped
}

// Close gives everything back to the system once the last piece has come back.
// No piece may be taken any more.
func (a *Arena) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	a.unmapIfDone()
}

func (a *Arena) unmapIfDone() {
	if !a.closed || a.inUse > 0 {
		return
	}
	for _, r := range a.regions {
		unmap(r.memory)
	}
	a.file.close()
	a.regions, a.free, a.mapped = nil, nil, 0
	clear(a.partly)
}

// cut makes a free block one of that class; nil when there is none to be had.
func (a *Arena) cut(class int) *block {
	if a.closed || a.free == nil && !a.grow() {
		return nil
	}
	b := a.free
	a.unlink(b)
	b.class = class
	a.link(&a.partly[class], b)
	return b
}

// grow gets another region from the system.
func (a *Arena) grow() bool {
	memory, err := a.file.region(a.mapped)
	if err != nil {
		return false
	}
	r := &region{base: uintptr(unsafe.Pointer(unsafe.SliceData(memory))), memory: memory}
	offset := a.mapped
	at, _ := slices.BinarySearchFunc(a.regions, r.base, byAddress)
	a.regions = slices.Insert(a.regions, at, r)
	a.mapped += regionSize
	for i := range r.blocks {
		n := blocks - 1 - i
		b := &r.blocks[n]
		b.memory, b.offset = memory[n*Block:][:Block:Block], offset+int64(n)*Block
		a.link(&a.free, b)
	}
	return true
}

func byAddress(r *region, at uintptr) int {
	switch {
	case r.base < at:
		return -1
	case r.base > at:
		return 1
	}
	return 0
}

// find is the block that an address lies in, and the piece's number there.
func (a *Arena) find(at uintptr) (*block, int) {
	i, exact := slices.BinarySearchFunc(a.regions, at, byAddress)
	if !exact {
		i--
	}
	if i < 0 || at-a.regions[i].base >= regionSize {
		return nil, 0
	}
	offset := int(at - a.regions[i].base)
	b := &a.regions[i].blocks[offset/Block]
	return b, offset % Block / sizes[b.class]
}

func (b *block) pieces() int { return Block / sizes[b.class] }

// first is the number of a piece that is not out. There is one.
func (b *block) first() int {
	for i, word := range b.taken {
		if word != ^uint64(0) {
			return i*64 + bits.TrailingZeros64(^word)
		}
	}
	panic("arena: a block in the list of those with pieces left has none")
}

func (a *Arena) link(list **block, b *block) {
	if b.next = *list; b.next != nil {
		b.next.prev = b
	}
	*list = b
}

// unlink takes a block out of the list that it is in.
func (a *Arena) unlink(b *block) {
	switch b {
	case a.free:
		a.free = b.next
	case a.partly[b.class]:
		a.partly[b.class] = b.next
	default:
		b.prev.next = b.next
	}
	if b.next != nil {
		b.next.prev = b.prev
	}
	b.prev, b.next = nil, nil
}
