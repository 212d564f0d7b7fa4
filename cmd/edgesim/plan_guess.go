package main

import (
	"math"
	"strings"

	"edgesim/edge"
	"edgesim/edge/cache"
	"edgesim/sim/analytic"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
)

// What an object of a scenario has beside its body, about, in bytes: for the
// analytic model only, which says where to look.
const (
	guessedKey    = 60
	guessedFields = 250
)

// analyticGuess says where a capacity is that keeps the targets on hits, by the
// analytic model of the policy, or of LRU where the policy has none; 0 where no
// target is on hits.
func analyticGuess(s *scenario.Scenario, targets []objective.Target) func(policy string) int64 {
	population := weighed(s)
	return func(policy string) int64 {
		name, _, _ := strings.Cut(policy, "+")
		model, err := analytic.Parse(name)
		if err != nil {
			model, err = analytic.Parse("lru")
		}
		if err != nil || len(population) == 0 {
			return 0
		}
		guess := int64(0)
		for _, t := range targets {
			guess = max(guess, capacityFor(population, model, t))
		}
		return guess
	}
}

// weighed is the scenario's objects with what an edge keeps beside their bodies.
func weighed(s *scenario.Scenario) analytic.Population {
	catalog, err := s.Catalog()
	if err != nil {
		return nil
	}
	population, err := analytic.OfCatalog(catalog, max(1, s.MeanRate()), nil)
	if err != nil {
		return nil
	}
	weigh(population)
	return population
}

// weigh says what the objects take in an edge's cache.
func weigh(p analytic.Population) {
	for i := range p {
		c := &p[i]
		c.Weight = float64(edge.Weight(guessedKey, guessedFields, edge.BodyMemory(int64(c.Size), true)) + cache.EntryBytes)
	}
}

// capacityFor is the capacity at which the model keeps a target, within a
// hundredth; 0 where the target is on something else, or beyond it.
func capacityFor(p analytic.Population, m analytic.Model, t objective.Target) int64 {
	of := func(a analytic.Answer) float64 { return a.Hit }
	switch t.Name {
	case "hit":
	case "byte-hit":
		of = func(a analytic.Answer) float64 { return a.ByteHit }
	default:
		return 0
	}
	high := p.Weighs()
	low := high / 1e6
	for high > low*1.01 {
		at := math.Sqrt(low * high)
		a, err := analytic.Curve(p, m, []float64{at})
		if err != nil {
			return 0
		}
		if of(a[0]) >= t.Value {
			high = at
		} else {
			low = at
		}
	}
	return int64(min(high, math.MaxInt64/4))
}
