package curve

import (
	"slices"
	"sort"
)

// tally is a lane that is no cell: it counts what all cells are asked for, and
// what of it is larger than their capacities, so that no policy could answer it
// from a cache of that size.
type tally struct {
	least      int64   // the smallest capacity: most sizes are compared with it alone
	capacities []int64 // rising, each once
	requests   int64
	bytes      int64
	over       []count // misses: of sizes above capacities[i] and not above the next
}

func newTally(cells []Cell) *tally {
	t := &tally{least: 1<<63 - 1}
	for _, c := range cells {
		t.capacities = append(t.capacities, c.Capacity)
	}
	slices.Sort(t.capacities)
	t.capacities = slices.Compact(t.capacities)
	if len(t.capacities) > 0 {
		t.least = t.capacities[0]
	}
	t.over = make([]count, len(t.capacities))
	return t
}

func (t *tally) clear() {
	t.requests, t.bytes = 0, 0
	clear(t.over)
}

func (t *tally) counts() []count { return nil }

func (t *tally) play(b *batch) {
	t.requests += int64(len(b.asks))
	bytes := int64(0)
	for _, a := range b.asks {
		size := b.sizeOf(a.size)
		bytes += size
		if size > t.least {
			i := sort.Search(len(t.capacities), func(i int) bool { return t.capacities[i] >= size }) - 1
			t.over[i].miss(b, a.object, size)
		}
	}
	t.bytes += bytes
}

// above is the requests for objects larger than a capacity, and their bytes.
func (t *tally) above(capacity int64) (requests, bytes int64) {
	for i, c := range t.capacities {
		if c >= capacity {
			requests += t.over[i].misses
			bytes += t.over[i].missBytes
		}
	}
	return requests, bytes
}
