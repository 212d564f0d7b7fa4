package policy

import (
	"math"
	"unsafe"
)

// A rank is where an object stands among those that may leave: by key, then by
// stamp, the number of the request that ranked it, so that of equals the one
// ranked longest ago leaves first.
type rank struct{ key, stamp uint64 }

func (r rank) less(o rank) bool {
	return r.key < o.key || r.key == o.key && r.stamp < o.stamp
}

// A ranked is what a heap keeps for one slot, with room for what its policies
// compute a key from. 32 bytes: two share a cache line.
type ranked struct {
	rank
	size  int64
	hits  uint32
	place uint32 // in the heap
}

// hit counts one more, as far as it can.
func (r *ranked) hit() {
	if r.hits < math.MaxUint32 {
		r.hits++
	}
}

// A heap gives the slot of the lowest rank: a 4-ary tree in a slice (Williams
// 1964; d-ary: Johnson 1975). It counts on ranks never falling. A hit then only
// writes the new rank beside the slot, and the tree keeps an older, lower one; a
// slot that comes to the root with an old rank sinks to its place by the new one.
// What is at the root under its newest rank is the lowest of all, as the others
// have at least the rank that the tree has of them. An object that is hit ten
// times between two visits to the root is moved once.
type heap struct {
	slots []ranked // by slot
	tree  []leaf   // the children of i are 4i+1 to 4i+4
}

type leaf struct {
	rank
	slot Slot
}

// push puts s, whose slots entry has its rank, in.
func (h *heap) push(s Slot) {
	h.tree = append(h.tree, leaf{})
	h.rise(len(h.tree)-1, leaf{h.slots[s].rank, s})
}

// pop takes out the slot of the lowest rank.
func (h *heap) pop() Slot {
	s := h.peek()
	h.cut(0)
	return s
}

// peek is the slot of the lowest rank.
func (h *heap) peek() Slot {
	for {
		top := h.tree[0]
		now := h.slots[top.slot].rank
		if now == top.rank {
			return top.slot
		}
		top.rank = now
		h.sink(0, top)
	}
}

// remove takes s out.
func (h *heap) remove(s Slot) { h.cut(int(h.slots[s].place)) }

// cut takes out the leaf at i and fills the gap with the last.
func (h *heap) cut(i int) {
	last := len(h.tree) - 1
	l := h.tree[last]
	h.tree = h.tree[:last]
	switch {
	case i == last:
	case i > 0 && l.less(h.tree[(i-1)/4].rank):
		h.rise(i, l)
	default:
		h.sink(i, l)
	}
}

// rise puts l at i, or higher where those above are larger.
func (h *heap) rise(i int, l leaf) {
	for i > 0 {
		up := (i - 1) / 4
		if !l.less(h.tree[up].rank) {
			break
		}
		h.put(i, h.tree[up])
		i = up
	}
	h.put(i, l)
}

// sink puts l at i, or lower where those below are smaller.
func (h *heap) sink(i int, l leaf) {
	for {
		least := h.leastChild(i)
		if least < 0 || !h.tree[least].less(l.rank) {
			break
		}
		h.put(i, h.tree[least])
		i = least
	}
	h.put(i, l)
}

// leastChild is the child of i with the lowest rank, or -1.
func (h *heap) leastChild(i int) int {
	first := 4*i + 1
	if first >= len(h.tree) {
		return -1
	}
	least := first
	for c := first + 1; c < min(first+4, len(h.tree)); c++ {
		if h.tree[c].less(h.tree[least].rank) {
			least = c
		}
	}
	return least
}

func (h *heap) put(i int, l leaf) {
	h.tree[i] = l
	h.slots[l.slot].place = uint32(i)
}

// heapBytes is what a heap keeps for one slot.
const heapBytes = int(unsafe.Sizeof(ranked{}) + unsafe.Sizeof(leaf{}))
