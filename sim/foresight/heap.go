package foresight

import "edgesim/edge/policy"

// place is a resident in a heap: when it is asked for next, and where it is.
type place struct {
	next int64
	slot policy.Slot
}

// farthest is a heap of residents, the one asked for last on top. It is of
// degree 4, so that the children of a place share a cache line. at says where in
// its heap each slot is, and may serve several heaps.
//
// A hit costs little: the object was the one of all residents asked for
// soonest, so it lies at the bottom, and what is asked for often stays near it.
type farthest []place

const degree = 4

// push adds slot s.
func (h *farthest) push(at []uint32, p place) {
	*h = append(*h, p)
	h.up(at, len(*h)-1, p)
}

// up lifts p from the gap at i to its place.
func (h farthest) up(at []uint32, i int, p place) {
	for i > 0 {
		parent := (i - 1) / degree
		if h[parent].next >= p.next {
			break
		}
		h[i] = h[parent]
		at[h[i].slot] = uint32(i)
		i = parent
	}
	h[i] = p
	at[p.slot] = uint32(i)
}

// down lets p sink from the gap at i to its place.
func (h farthest) down(at []uint32, i int, p place) {
	for {
		first := degree*i + 1
		if first >= len(h) {
			break
		}
		last := first
		for c := first + 1; c < min(first+degree, len(h)); c++ {
			if h[c].next > h[last].next {
				last = c
			}
		}
		if h[last].next <= p.next {
			break
		}
		h[i] = h[last]
		at[h[i].slot] = uint32(i)
		i = last
	}
	h[i] = p
	at[p.slot] = uint32(i)
}

// later gives slot s, which is in the heap, a later next request.
func (h farthest) later(at []uint32, s policy.Slot, next int64) {
	h.up(at, int(at[s]), place{next, s})
}

// take takes slot s out of the heap.
func (h *farthest) take(at []uint32, s policy.Slot) {
	old, i := *h, int(at[s])
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	switch {
	case i == len(*h):
	case i > 0 && (*h)[(i-1)/degree].next < last.next:
		h.up(at, i, last)
	default:
		h.down(at, i, last)
	}
}
