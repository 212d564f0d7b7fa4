package analytic

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// playShots is the hit ratio of LRU with one birth a second and volumes of mean 10
// and index 2.
func playShots(t *testing.T, life float64, capacity float64, births int) float64 {
	type shot struct {
		at float64
		o  uint32
	}
	rng, born := rand.New(rand.NewPCG(5, 8)), 0.0
	var shots []shot
	for o := range births {
		born += rng.ExpFloat64()
		for range poisson(rng, 5/math.Sqrt(1-rng.Float64())) {
			shots = append(shots, shot{born + life*rng.ExpFloat64(), uint32(o)})
		}
	}
	slices.SortFunc(shots, func(a, b shot) int { return cmp.Compare(a.at, b.at) })
	s := simulate(t, "lru", capacity, ones(births))
	hits, counted := 0, 0
	for _, x := range shots {
		how := s.ask(x.o, x.at)
		if x.at > 10*life && x.at < born-10*life {
			counted++
			if how == 'h' {
				hits++
			}
		}
	}
	return float64(hits) / float64(counted)
}

// poisson draws by counting exponential gaps.
func poisson(rng *rand.Rand, mean float64) (n int) {
	for sum := rng.ExpFloat64(); sum < mean; sum += rng.ExpFloat64() {
		n++
	}
	return n
}
