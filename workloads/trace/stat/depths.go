package stat

import (
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// depths are those of a trace's requests in an LRU stack, with the objects themselves
// counted: the least caches that have a hit.
type depths struct {
	*Stack
	objects, octets *hdrhistogram.Histogram // each request counted 2^level times
	asked           int64                   // requests for objects of the sample, times 2^level
}

func newDepths(tracked int) depths {
	return depths{Stack: NewStack(tracked), objects: newHistogram(), octets: newHistogram()}
}

// ask is a request for an object of that size.
func (d *depths) ask(id uint64, size int64) {
	if !d.Follows(id) {
		return
	}
	weight := int64(1) << d.level
	d.asked += weight
	if at := d.Ask(id, size); at.Known {
		record(d.objects, at.Objects+1, weight)
		record(d.octets, at.Bytes+size, weight)
	}
}

// adjusted is a histogram of depths of all requests, by what those of the sample say.
func (d *depths) adjusted(h *hdrhistogram.Histogram, requests int64) *hdrhistogram.Histogram {
	lack := requests - d.asked
	made := newHistogram()
	if lack > 0 {
		record(made, 1, lack)
	}
	for _, b := range h.Distribution() {
		n := b.Count
		if lack < 0 {
			gone := min(n, -lack)
			n, lack = n-gone, lack+gone
		}
		if n > 0 {
			record(made, b.To, n)
		}
	}
	return made
}

// point is a value and the share of all that are no larger.
type point struct{ value, share float64 }

// cumulated is a histogram's distribution over total, which may be more than it
// counts, in at most about 400 points.
func cumulated(h *hdrhistogram.Histogram, total int64) []point {
	var all []point
	sum, last := int64(0), 0.0
	for _, b := range h.Distribution() {
		if b.Count == 0 {
			continue
		}
		sum += b.Count
		p := point{float64(b.To), float64(sum) / float64(total)}
		if n := len(all); n > 1 && p.value < last*1.02 && p.share < all[n-2].share+0.005 {
			all[n-1] = p
			continue
		}
		all, last = append(all, p), p.value
	}
	return slices.Clip(all)
}
