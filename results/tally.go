package results

import (
	"iter"
	"math/bits"
)

// Tally counts things by a 64-bit name: an open-addressing table from names to
// values of V, exact, without an allocation for a known name. The zero Tally
// is empty and ready. It is used by one goroutine at a time.
//
// A name and its value lie side by side in slabs that never move, so that a
// growing tally makes its index alone anew: 8 bytes a slot, of which three
// quarters are taken at most. A slot has half of the name's hash, so that nobody
// reads an entry to find that it is another's. A name takes 8 bytes, a V, and 11
// to 21 of the index.
type Tally[V any] struct {
	index []uint64 // high 32 bits of the hash | number of an entry plus 1; 0 is free
	slabs [][]tallied[V]
	n     int
}

type tallied[V any] struct {
	key uint64
	val V
}

const (
	tallySlabBits = 10
	tallySlab     = 1 << tallySlabBits // entries of a slab
	firstSlab     = 16                 // of the first, which grows, so that a small tally is small
)

// At is the value under key, a zero one when key is new. The pointer is good
// until the next call of At.
func (t *Tally[V]) At(key uint64) *V { return &t.entry(uint32(t.Number(key))).val }

// Number is that of key, which is put if it is new: names are numbered from 0, in
// the order of first appearance.
func (t *Tally[V]) Number(key uint64) int {
	if t.n*4 >= len(t.index)*3 {
		t.grow()
	}
	i := t.find(key)
	if t.index[i] == 0 {
		t.put(key)
		t.index[i] = slot(spread(key), t.n)
	}
	return int(uint32(t.index[i])) - 1
}

// Seek is the number of key, if there is one. Any number of goroutines may seek
// while none puts anything.
func (t *Tally[V]) Seek(key uint64) (n int, known bool) {
	if t.n == 0 {
		return 0, false
	}
	e := t.index[t.find(key)]
	return int(uint32(e)) - 1, e != 0
}

// Entry is the name of a number, and its value. Who remembers numbers spares the
// search for the name. The pointer is good until the next call of At or Number.
func (t *Tally[V]) Entry(n int) (key uint64, v *V) {
	e := t.entry(uint32(n))
	return e.key, &e.val
}

// Find is the value under key; nil when there is none.
func (t *Tally[V]) Find(key uint64) *V {
	if t.n == 0 {
		return nil
	}
	if e := t.index[t.find(key)]; e != 0 {
		return &t.entry(uint32(e) - 1).val
	}
	return nil
}

// Get is the value under key, if there is one.
func (t *Tally[V]) Get(key uint64) (v V, known bool) {
	if at := t.Find(key); at != nil {
		return *at, true
	}
	return v, false
}

// Len is the number of names.
func (t *Tally[V]) Len() int { return t.n }

// All gives every name and its value, in the order of first appearance.
func (t *Tally[V]) All() iter.Seq2[uint64, *V] {
	return func(yield func(uint64, *V) bool) {
		for _, slab := range t.slabs {
			for i := range slab {
				if !yield(slab[i].key, &slab[i].val) {
					return
				}
			}
		}
	}
}

// Fetch reads what At will need for the keys. None of the reads waits for
// another, so that the processor has many of them under way, and a hundred keys
// of a large tally cost little more than a few that come one by one.
func (t *Tally[V]) Fetch(keys []uint64) {
	mask := uint64(len(t.index) - 1)
	var entries [64]uint32
	for len(keys) > 0 && t.n > 0 {
		some := keys[:min(len(keys), len(entries))]
		for i, key := range some {
			entries[i] = uint32(t.index[spread(key)>>32&mask])
		}
		var sum uint64
		for _, e := range entries[:len(some)] {
			sum += t.entry(max(e, 1) - 1).key
		}
		fetched(sum)
		keys = keys[len(some):]
	}
}

// fetched stands for a use of what was read, so that the compiler leaves the
// reading in.
//
//go:noinline
func fetched(uint64) {}

func (t *Tally[V]) entry(n uint32) *tallied[V] {
	return &t.slabs[n>>tallySlabBits][n&(tallySlab-1)]
}

// put adds an entry behind the others.
func (t *Tally[V]) put(key uint64) {
	at := t.n >> tallySlabBits
	if at == len(t.slabs) {
		size := tallySlab
		if at == 0 {
			size = firstSlab
		}
		t.slabs = append(t.slabs, make([]tallied[V], 0, size))
	}
	t.slabs[at] = append(t.slabs[at], tallied[V]{key: key})
	t.n++
}

// slot is what the index says of entry n−1, whose name has that hash.
func slot(hash uint64, n int) uint64 { return hash>>32<<32 | uint64(n) }

// find is the place in index that holds key, or the free one where it belongs.
func (t *Tally[V]) find(key uint64) uint64 {
	hash, mask := spread(key), uint64(len(t.index)-1)
	for i := hash >> 32 & mask; ; i = (i + 1) & mask {
		w := t.index[i]
		if w == 0 || w>>32 == hash>>32 && t.entry(uint32(w)-1).key == key {
			return i
		}
	}
}

func (t *Tally[V]) grow() {
	t.index = make([]uint64, max(64, 2*len(t.index)))
	n := 0
	for key := range t.All() {
		n++
		t.index[t.find(key)] = slot(spread(key), n)
	}
}

// spread mixes a name's bits, so that names given out one by one do not fill
// neighbouring places. Both halves of a 128-bit product with the golden ratio
// are folded together.
func spread(key uint64) uint64 {
	hi, lo := bits.Mul64(key, 0x9E3779B97F4A7C15)
	return hi ^ lo>>29 ^ lo
}
