package policy

import (
	"math/bits"
	"unsafe"
)

// Index finds slots by key: an open-addressing table with linear probing and
// deletion by backward shift (Knuth, The Art of Computer Programming 3, §6.4,
// algorithm R), so it keeps no tombstones and never slows down with age. A cell
// is 8 bytes:
//
//	63      32 31       0
//	+---------+---------+
//	|   tag   | slot+1  |    all zero: free
//	+---------+---------+
//
// The tag is 32 bits of the mixed key. Its highest bits are the home cell, so a
// table is doubled in one sequential pass without asking for any key. Keys are
// not in the table: equal tags only say that the keys may be equal, and the
// owner, who has the keys by slot, compares them:
//
//	at, s := x.Seek(key)
//	for s != None && keys[s] != key {
//		at, s = x.Next(key, at)
//	}
//
// Where the keys are small numbers (Config.Dense), it is a slice of slots by key
// instead: no tags, no probing, 4 bytes for each number up to the largest that
// was ever inserted.
type Index struct {
	direct []Slot // slot+1 by key; nil: the table
	cells  []uint64
	shift  uint // 32 − log2(len(cells)): what a tag loses to become a home cell
	used   int
	seed   uint64
}

const (
	leastCells = 8
	mostCells  = 1 << 32
)

// CellBytes is what one key costs in an Index on average: doubling keeps the
// load between 3/8 and 3/4.
const CellBytes = int(unsafe.Sizeof(uint64(0))) * 16 / 9

// NewIndex makes an empty Index. Keys are mixed with the seed: who does not
// know it cannot choose keys that pile up in one place.
func NewIndex(seed uint64) Index {
	x := Index{seed: mix(seed ^ 0x9e3779b97f4a7c15)}
	x.resize(leastCells)
	return x
}

// NewDenseIndex makes an empty Index of keys that are small numbers, with room
// for n of them; it grows to the largest that is inserted.
func NewDenseIndex(n int) Index { return Index{direct: make([]Slot, n)} }

// index is the Index that a policy of this Config finds keys in.
func (c Config) index() Index {
	if c.Dense > 0 {
		return NewDenseIndex(c.Dense)
	}
	return NewIndex(c.Seed)
}

// Len is the number of keys in the table.
func (x *Index) Len() int { return x.used }

// Bytes is the memory of the table.
func (x *Index) Bytes() int { return len(x.cells)*8 + len(x.direct)*int(unsafe.Sizeof(Slot(0))) }

// Seek returns the first slot whose key may be key, and where it stands; None
// when there is none.
func (x *Index) Seek(key uint64) (at int, s Slot) {
	if x.direct != nil {
		if key >= uint64(len(x.direct)) {
			return 0, None
		}
		return 0, x.direct[key] - 1
	}
	tag := x.tag(key)
	return x.scan(int(tag>>x.shift), tag)
}

// Touch reads the place where a search for key begins, and tells nothing: who will
// seek many keys lets the processor bring their places together. It does not wait
// for what it reads.
func (x *Index) Touch(key uint64) uint64 {
	if x.direct != nil {
		return 0
	}
	return x.cells[x.tag(key)>>x.shift]
}

// Next goes on with a search after a candidate at that had another key.
func (x *Index) Next(key uint64, at int) (int, Slot) {
	if x.direct != nil {
		return 0, None
	}
	return x.scan(at+1, x.tag(key))
}

// Insert adds a key that is not in the table.
func (x *Index) Insert(key uint64, s Slot) {
	if x.direct != nil {
		if key >= uint64(len(x.direct)) {
			x.direct = reach(x.direct, Slot(key))
		}
		x.direct[key] = s + 1
		x.used++
		return
	}
	if (x.used+1)*4 > len(x.cells)*3 {
		x.resize(len(x.cells) * 2)
	}
	tag := x.tag(key)
	x.put(cell(tag, s))
	x.used++
}

// Delete takes out key, which is in the table with slot s.
func (x *Index) Delete(key uint64, s Slot) {
	if x.direct != nil {
		x.forget(key, s)
		return
	}
	tag := x.tag(key)
	at, mask := int(tag>>x.shift), len(x.cells)-1
	for x.cells[at] != cell(tag, s) {
		if x.cells[at] == 0 {
			panic("policy: Index.Delete: the key is not in the table with that slot")
		}
		at = (at + 1) & mask
	}
	x.closeGap(at)
	x.used--
}

// forget is Delete where keys are numbers.
func (x *Index) forget(key uint64, s Slot) {
	if x.direct[key] != s+1 {
		panic("policy: Index.Delete: the key is not in the table with that slot")
	}
	x.direct[key] = 0
	x.used--
}

// closeGap frees the cell at gap. A later cell of the same run moves into the
// gap when the gap lies between its home and its place, else a search for it
// would stop at the gap.
func (x *Index) closeGap(gap int) {
	mask := len(x.cells) - 1
	for at := (gap + 1) & mask; x.cells[at] != 0; at = (at + 1) & mask {
		if (at-x.home(x.cells[at]))&mask >= (at-gap)&mask {
			x.cells[gap] = x.cells[at]
			gap = at
		}
	}
	x.cells[gap] = 0
}

func (x *Index) scan(at int, tag uint32) (int, Slot) {
	mask := len(x.cells) - 1
	for {
		at &= mask
		c := x.cells[at]
		if c == 0 || uint32(c>>32) == tag {
			return at, Slot(c) - 1 // of a free cell: None
		}
		at++
	}
}

func (x *Index) put(c uint64) {
	at, mask := x.home(c), len(x.cells)-1
	for x.cells[at] != 0 {
		at = (at + 1) & mask
	}
	x.cells[at] = c
}

func (x *Index) resize(n int) {
	if int64(n) > mostCells {
		panic("policy: Index: more keys than a 32-bit tag can tell apart")
	}
	old := x.cells
	x.cells = make([]uint64, n)
	x.shift = uint(32 - bits.TrailingZeros(uint(n)))
	for _, c := range old {
		if c != 0 {
			x.put(c)
		}
	}
}

func (x *Index) home(c uint64) int { return int(uint32(c>>32) >> x.shift) }

func (x *Index) tag(key uint64) uint32 { return uint32(mix(key^x.seed) >> 32) }

func cell(tag uint32, s Slot) uint64 { return uint64(tag)<<32 | uint64(s+1) }

// mix spreads a key over 64 bits: both halves of the 128-bit product with an
// odd constant, the golden ratio's digits as in Fibonacci hashing.
func mix(key uint64) uint64 {
	hi, lo := bits.Mul64(key, 0x9e3779b97f4a7c15)
	return hi ^ lo
}
