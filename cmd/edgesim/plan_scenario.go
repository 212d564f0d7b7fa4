package main

import (
	"edgesim/sim/scenario"
)

// variant is a world in which an answer is looked at again.
type variant struct {
	name   string
	change func(*scenario.Scenario)
}

var variants = []variant{
	{"a fifth more traffic", func(s *scenario.Scenario) { s.Faster(1.2) }},
	{"half as many objects again", func(s *scenario.Scenario) {
		eachSection(s, func(c *scenario.Section) { c.Objects += c.Objects / 2 })
	}},
	{"zipf 0.1 flatter", func(s *scenario.Scenario) { eachSection(s, func(c *scenario.Section) { steeper(c, -0.1) }) }},
	{"zipf 0.1 steeper", func(s *scenario.Scenario) { eachSection(s, func(c *scenario.Section) { steeper(c, 0.1) }) }},
}

// variantsOf are the variants that a scenario has: the objects of a replay, and how
// often each is asked for, stand in its file.
func variantsOf(s *scenario.Scenario) []variant {
	if s.Replays() {
		return variants[:1]
	}
	return variants
}

func eachSection(s *scenario.Scenario, change func(*scenario.Section)) {
	for i := range s.Workload.Sections {
		change(&s.Workload.Sections[i])
	}
}

func steeper(c *scenario.Section, by float64) {
	if c.Zipf != nil {
		z := max(0, *c.Zipf+by)
		c.Zipf = &z
	}
}

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
