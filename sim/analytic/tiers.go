package analytic

import (
	"fmt"
	"math"
)

// Band is what is known of a second tier: the truth lies between the two, near
// the lower where there are few edges.
type Band struct {
	// Naive takes the misses of the edges for independent requests: too high, as
	// an object that an edge misses has not been asked for there for a while.
	Naive float64
	// Corrected takes into account that an edge asks again for what it holds only
	// after it has lost it: T₂ − T₁ is left of the time in which its own last miss
	// counts (Martina, Garetto, Leonardi, INFOCOM 2014).
	Corrected float64
	Time      float64 // characteristic time of the tier, seconds; +Inf: it holds all that comes
	Requests  float64 // per second, that reach it
	Bytes     float64 // per second, that are asked of it
}

// Tier is an LRU cache of that capacity behind edges that are LRU caches of the
// same objects, class by class in the same order, and leave a copy everywhere. It
// also gives the population of its own misses, taken for independent requests: what
// the next tier is asked for.
func Tier(edges []*Cache, capacity float64) (Band, Population, error) {
	if err := sameObjects(edges); err != nil {
		return Band{}, nil, err
	}
	asked := make(Population, len(edges[0].pop))
	for i, c := range edges[0].pop {
		c.Rate, c.Fetch = 0, 0
		for _, e := range edges {
			c.Rate += e.missRate(i)
		}
		asked[i] = c
	}
	lru, err := Parse("lru")
	if err != nil {
		return Band{}, nil, err
	}
	tier, err := lru.Solve(asked, capacity)
	if err != nil {
		return Band{}, nil, fmt.Errorf("second tier: %w", err)
	}
	b := Band{Time: tier.Time, Requests: asked.Rate(), Bytes: asked.ByteRate()}
	b.Naive, _ = tier.Hit()
	corrected := 0.0
	for i, c := range asked {
		if tier.enter[i] == 0 {
			continue
		}
		for j, e := range edges {
			corrected += c.Count * e.missRate(i) * conditional(edges, i, j, tier.Time)
		}
	}
	b.Corrected = corrected / b.Requests
	missed := make(Population, len(asked))
	for i, c := range asked {
		c.Rate *= 1 - tier.hits[i]
		missed[i] = c
	}
	return b, missed, nil
}

// conditional is the probability that the tier holds what edge j misses: another
// edge brought it within T, or j itself did, before the time it then held it.
func conditional(edges []*Cache, class, j int, T float64) float64 {
	exponent := edges[j].missRate(class) * max(T-edges[j].Time, 0)
	if math.IsInf(edges[j].Time, 1) {
		exponent = 0 // it holds what it ever brought
	}
	for k, e := range edges {
		if k != j {
			exponent += e.missRate(class) * T
		}
	}
	if math.IsNaN(exponent) { // no requests, for ever
		return 0
	}
	return -math.Expm1(-exponent)
}

// missRate is requests per second for one object of the class that go on to the
// next tier.
func (c *Cache) missRate(i int) float64 { return c.pop[i].Rate * c.parts(i).miss }

func sameObjects(edges []*Cache) error {
	if len(edges) == 0 {
		return fmt.Errorf("a tier without caches before it; right is at least one")
	}
	for j, e := range edges {
		if len(e.pop) != len(edges[0].pop) {
			return fmt.Errorf("cache %d has %d classes of objects, the first %d; right is the same classes in the same order", j, len(e.pop), len(edges[0].pop))
		}
		for i := range e.pop {
			if e.pop[i].Size != edges[0].pop[i].Size || e.pop[i].Count != edges[0].pop[i].Count {
				return fmt.Errorf("cache %d: class %d has other objects than the first cache's; right are the same ones, with rates of its own", j, i)
			}
		}
	}
	return nil
}
