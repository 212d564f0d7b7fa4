package analytic

import (
	"fmt"
	"math"
)

// Level is a tier of LRU caches of one capacity behind others: those of the level
// before are dealt to them evenly, in order.
type Level struct {
	Caches   int     // at least 1, and no more than the level before has
	Capacity float64 // of each: bytes, or objects where sizes are 1
}

// Band is what is known of a level: the truth lies between the two, near the lower
// where there are few caches before it.
type Band struct {
	// Naive takes the misses of the caches before for independent requests: its hit
	// ratio is too high, as a cache does not ask for an object for a while after it
	// missed it.
	Naive Passed
	// Corrected takes into account that a cache asks again for what it holds only
	// after it has lost it: T₂ − T₁ is left of the time in which its own last miss
	// counts (Martina, Garetto, Leonardi, INFOCOM 2014).
	Corrected Passed
}

// Passed is what a level does with what reaches it.
type Passed struct {
	Hit     float64 `json:"hit"`                // share of the requests that reach it
	Asked   float64 `json:"requests_per_s"`     // that reach all its caches
	Passes  float64 `json:"passes_on_per_s"`    // to the next level or the origin
	Time    float64 `json:"-"`                  // characteristic time of its last cache, seconds; +Inf: it holds all that comes
	Missed  float64 `json:"passes_on_bytes_s"`  // of bodies
	Origins []Asked `json:"asked_of,omitempty"` // what it passes on, by Conduct.Origin
}

// demand is what one cache asks the next level for.
type demand struct {
	time   float64   // of the cache
	stored []float64 // by class: share of its misses that stored the object
	rates  []float64 // by class: misses per second for one object
}

// Tiers solves levels of LRU caches, the nearest first, behind edges that hold the
// same objects, class by class in the same order, where every cache keeps what
// passes it. Refreshes are left out: they go on until a fresh copy is met.
func Tiers(edges []*Cache, levels ...Level) ([]Band, error) {
	if err := sameObjects(edges); err != nil {
		return nil, err
	}
	bands := make([]Band, len(levels))
	for _, corrected := range []bool{false, true} {
		before := make([]demand, len(edges))
		for j, e := range edges {
			before[j] = e.demand()
		}
		for k, level := range levels {
			if level.Caches < 1 || level.Caches > len(before) {
				return nil, fmt.Errorf("level %d: %d caches behind %d; right is 1 to %d", k, level.Caches, len(before), len(before))
			}
			passed, next, err := level.solve(edges[0].pop, before, corrected)
			if err != nil {
				return nil, fmt.Errorf("level %d: %w", k, err)
			}
			before = next
			if corrected {
				bands[k].Corrected = passed
			} else {
				bands[k].Naive = passed
			}
		}
	}
	return bands, nil
}

// solve finds what the level's caches do for those before.
func (l Level) solve(objects Population, before []demand, corrected bool) (Passed, []demand, error) {
	lru, err := Parse("lru")
	if err != nil {
		return Passed{}, nil, err
	}
	var p Passed
	var next []demand
	for n := range l.Caches {
		group := before[n*len(before)/l.Caches : (n+1)*len(before)/l.Caches]
		asked := together(objects, group)
		if asked.Rate() == 0 {
			next = append(next, demand{time: math.Inf(1), stored: make([]float64, len(asked)), rates: make([]float64, len(asked))})
			continue
		}
		c, err := lru.Solve(asked, l.Capacity)
		if err != nil {
			return Passed{}, nil, err
		}
		if corrected {
			c.correct(group)
		}
		own := c.demand()
		for i, class := range asked {
			p.Asked += class.Count * class.Rate
			p.Passes += class.Count * own.rates[i]
			p.Missed += class.Count * own.rates[i] * class.Size
			p.Origins = addAsked(p.Origins, class, class.Count*own.rates[i], class.Count*own.rates[i])
		}
		p.Time = c.Time
		next = append(next, own)
	}
	if p.Asked > 0 {
		p.Hit = 1 - p.Passes/p.Asked
	}
	return p, next, nil
}

// together is what a group of caches asks for. The first request that there ever is
// for an object reaches it, whoever else is asked.
func together(objects Population, group []demand) Population {
	asked := make(Population, len(objects))
	for i, c := range objects {
		first := c.First * c.Rate
		c.Rate, c.Fetch, c.TTL, c.ChangeEvery = 0, 0, 0, 0
		for _, a := range group {
			c.Rate += a.rates[i]
		}
		if c.First > 0 && c.Rate > 0 {
			c.First = min(1, first/c.Rate)
		}
		asked[i] = c
	}
	return asked
}

// correct replaces the probability that an object is found by that which remembers
// when the caches before could ask again.
func (c *Cache) correct(group []demand) {
	for i, class := range c.pop {
		if c.enter[i] == 0 || class.Rate == 0 {
			continue
		}
		found := 0.0
		for _, a := range group {
			// Another brought it within T, or the same one, in the part of T in which
			// it did not hold it itself.
			exponent := over(class.Rate-a.rates[i], c.Time) + over(a.rates[i], c.Time-a.stored[i]*min(a.time, c.Time))
			if math.IsInf(c.Time, 1) && math.IsInf(a.time, 1) {
				exponent = over(class.Rate-a.rates[i], c.Time)
			}
			found += a.rates[i] * -math.Expm1(-exponent)
		}
		c.hits[i] = found / class.Rate
	}
}

// over is how many requests of a rate come in a time that may have no end.
func over(rate, time float64) float64 {
	if rate <= 0 || time <= 0 {
		return 0
	}
	return rate * time
}

// demand is what the cache asks the next level for.
func (c *Cache) demand() demand {
	a := demand{time: c.Time, stored: c.enter, rates: make([]float64, len(c.pop))}
	for i, class := range c.pop {
		a.rates[i] = class.Rate * c.parts(i).miss
	}
	return a
}

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
