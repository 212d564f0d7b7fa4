package curve

import (
	"slices"
	"sort"
)

// unfit counts what is larger than capacities: requests that no policy could
// answer from a cache of that size.
type unfit struct {
	least      int64   // the smallest capacity: most sizes are compared with it alone
	capacities []int64 // rising, each once
	requests   []int64 // of sizes above capacities[i] and not above the next
	bytes      []int64
}

func newUnfit(capacities []int64) unfit {
	u := unfit{capacities: slices.Compact(slices.Sorted(slices.Values(capacities)))}
	u.least = 1<<63 - 1
	if len(u.capacities) > 0 {
		u.least = u.capacities[0]
	}
	u.clear()
	return u
}

func (u *unfit) clear() {
	u.requests, u.bytes = make([]int64, len(u.capacities)), make([]int64, len(u.capacities))
}

func (u *unfit) add(size int64) {
	i := sort.Search(len(u.capacities), func(i int) bool { return u.capacities[i] >= size }) - 1
	u.requests[i]++
	u.bytes[i] += size
}

// above is the requests for objects larger than a capacity, and their bytes.
func (u *unfit) above(capacity int64) (requests, bytes int64) {
	for i, c := range u.capacities {
		if c >= capacity {
			requests += u.requests[i]
			bytes += u.bytes[i]
		}
	}
	return requests, bytes
}
