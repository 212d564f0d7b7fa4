package foresight

import (
	"fmt"
	"math"
)

// Intervals are what a trace offers to a cache: from each request for an object
// to the next one for it, a time for which the object could be held and after
// which it then would be a hit. A schedule of a cache is a choice among them; it
// is possible if at every moment the chosen ones fit.
//
//	requests   a  b  a  c  b  a
//	number     0  1  2  3  4  5
//	intervals  a─────a────────a
//	              b────────b
//
// An interval costs size × length, in bytes times requests, of the capacity ×
// (requests − 1) that there is (Berger, Beckmann, Harchol-Balter, SIGMETRICS
// 2018: practical flow-based offline optimal, PFOO).
//
// Memory: 32 bytes for each interval, of which there are fewer than requests, and
// 24 for each object; from the first bound on, 8 for each interval, and 16 more
// while they are sorted; for prices and packed schedules, 32 to 64 for each request.
type Intervals struct {
	all      []interval
	last     []lastUse // by object
	requests int64
	bytes    int64
	orders   [measures][]uint32 // of all, by what it costs to gain one; made when first wanted
	lists    [measures]*priceList
}

type interval struct {
	from, to uint32 // numbers of requests
	size     int64  // the least that would have to be held, bytes
	largest  int64  // the most that would have to be held
	bytes    int64  // that would be hit
}

// lastUse is what is known of an object between two of its requests.
type lastUse struct {
	number         int64 // of its last request, from 1; 0: none
	least, largest int64 // sizes that it had
}

// MostRequests is how many requests of a trace can be bounded.
const MostRequests = math.MaxUint32

// Add adds a request for the object of that number, which is dense from 0, and
// of that size, at least 1 byte. Of an object that changes its size a cache may
// have kept any that it had: a lower bound on misses takes the smallest for what
// it holds, an upper bound the largest.
func (v *Intervals) Add(object uint32, size int64) error {
	if v.requests == MostRequests {
		return fmt.Errorf("bounds are for up to %d requests: sample the trace, or cut it", int64(MostRequests))
	}
	for len(v.last) <= int(object) {
		v.last = append(v.last, lastUse{})
	}
	l := &v.last[object]
	if l.number > 0 {
		v.all = append(v.all, interval{uint32(l.number - 1), uint32(v.requests), l.least, l.largest, size})
		l.least, l.largest = min(l.least, size), max(l.largest, size)
	} else {
		l.least, l.largest = size, size
	}
	v.requests++
	v.bytes += size
	l.number = v.requests
	for i := range v.orders {
		v.orders[i], v.lists[i] = nil, nil
	}
	return nil
}
