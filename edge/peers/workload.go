//go:build linux

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// workload is what every server is asked for: the same requests in the same
// order.
type workload struct {
	name     string
	capacity int64 // bytes of cache
	paths    []string
	order    []uint32 // indices of paths, played over and over
	warm     int64    // requests before anything is measured
	allHits  bool     // everything fits, so that after the warm-up the origin is not asked any more

	requests []request
}

// hits asks for a few objects of one size in turn.
func hits(name string, size, objects int) *workload {
	w := &workload{name: name, capacity: 512 << 20, allHits: true, warm: int64(4*objects + 1000)}
	for i := range objects {
		w.paths = append(w.paths, pathOf(size, i))
		w.order = append(w.order, uint32(i))
	}
	return w.ready()
}

// mixSizes are the sizes of the mix, and how many of twenty objects have each.
var mixSizes = []struct{ size, of20 int }{{4 << 10, 10}, {16 << 10, 7}, {64 << 10, 3}}

// mix asks by Zipf popularity from a catalog that is larger than the cache.
func mix(objects int, alpha float64, capacity int64) *workload {
	w := &workload{
		name:     fmt.Sprintf("mix of 4, 16 and 64 KiB, Zipf %.2g over %d objects, cache %d MiB", alpha, objects, capacity>>20),
		capacity: capacity, warm: int64(10 * objects),
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range objects {
		at, size := rng.IntN(20), 0
		for _, m := range mixSizes {
			if size = m.size; at < m.of20 {
				break
			}
			at -= m.of20
		}
		w.paths = append(w.paths, pathOf(size, i))
	}
	w.order = zipf(rng, objects, alpha, 1<<20)
	return w.ready()
}

// zipf draws ranks with probability proportional to 1/(rank+1)^alpha.
func zipf(rng *rand.Rand, n int, alpha float64, draws int) []uint32 {
	sums := make([]float64, n)
	sum := 0.0
	for i := range sums {
		sum += math.Pow(float64(i+1), -alpha)
		sums[i] = sum
	}
	drawn := make([]uint32, draws)
	for i := range drawn {
		at, _ := slices.BinarySearch(sums, rng.Float64()*sum)
		drawn[i] = uint32(min(at, n-1))
	}
	return drawn
}

func (w *workload) ready() *workload {
	for _, p := range w.paths {
		w.requests = append(w.requests, requestFor(p))
	}
	return w
}

// next is the request a server is asked next.
func (w *workload) next(s *server) func() request {
	return func() request {
		q := w.requests[w.order[s.at%len(w.order)]]
		s.at++
		return q
	}
}
