package results

import (
	"iter"
	"math/bits"
)

// Tally counts things by a 64-bit name: an open-addressing table from names to
// values of V, exact, without an allocation for a known name. The zero Tally
// is empty and ready. It is used by one goroutine at a time.
type Tally[V any] struct {
	index []uint32 // place in entries plus 1; 0 is free
	keys  []uint64
	vals  []V
}

// At is the value under key, a zero one when key is new. The pointer is good
// until the next call of At.
func (t *Tally[V]) At(key uint64) *V {
	if len(t.keys)*4 >= len(t.index)*3 {
		t.grow()
	}
	i := t.find(key)
	if t.index[i] == 0 {
		var zero V
		t.keys = append(t.keys, key)
		t.vals = append(t.vals, zero)
		t.index[i] = uint32(len(t.keys))
	}
	return &t.vals[t.index[i]-1]
}

// Get is the value under key, if there is one.
func (t *Tally[V]) Get(key uint64) (v V, known bool) {
	if len(t.index) == 0 {
		return v, false
	}
	n := t.index[t.find(key)]
	if n == 0 {
		return v, false
	}
	return t.vals[n-1], true
}

// Len is the number of names.
func (t *Tally[V]) Len() int { return len(t.keys) }

// All gives every name and its value, in the order of first appearance.
func (t *Tally[V]) All() iter.Seq2[uint64, *V] {
	return func(yield func(uint64, *V) bool) {
		for i, k := range t.keys {
			if !yield(k, &t.vals[i]) {
				return
			}
		}
	}
}

// find is the place in index that holds key, or the free one where it belongs.
func (t *Tally[V]) find(key uint64) uint64 {
	mask := uint64(len(t.index) - 1)
	for i := spread(key) & mask; ; i = (i + 1) & mask {
		if e := t.index[i]; e == 0 || t.keys[e-1] == key {
			return i
		}
	}
}

func (t *Tally[V]) grow() {
	t.index = make([]uint32, max(64, 2*len(t.index)))
	for n, key := range t.keys {
		t.index[t.find(key)] = uint32(n + 1)
	}
}

// spread mixes a name's bits, so that names given out one by one do not fill
// neighbouring places. Both halves of a 128-bit product with the golden ratio
// are folded together.
func spread(key uint64) uint64 {
	hi, lo := bits.Mul64(key, 0x9E3779B97F4A7C15)
	return hi ^ lo>>29 ^ lo
}
