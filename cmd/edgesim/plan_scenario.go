package main

import (
	"edgesim/sim/scenario"
)

// sizeSample is how many objects of a section are weighed.
const sizeSample = 20_000

// allBytes is about what all objects of a scenario weigh: objects are taken evenly
// from each section.
func allBytes(s *scenario.Scenario) int64 {
	catalog, err := s.Catalog()
	if err != nil {
		return 1 << 40 // a scenario that is loaded has a catalog
	}
	sum, first := 0.0, uint64(0)
	for _, c := range s.Workload.Sections {
		n := min(c.Objects, sizeSample)
		bytes := 0.0
		for i := range n {
			bytes += float64(catalog.Object(first + i*(c.Objects/n)).Size)
		}
		sum += bytes / float64(n) * float64(c.Objects)
		first += c.Objects
	}
	return int64(min(sum, 1<<60))
}

// locationsOf is how many edge locations of a scenario have a cache of the planned
// capacity: those whose own capacity is not given.
func locationsOf(s *scenario.Scenario) (n int) {
	for _, l := range s.Edge.Locations {
		if l.Capacity == 0 || l.Capacity == s.Edge.Capacity {
			n++
		}
	}
	return max(1, n)
}
