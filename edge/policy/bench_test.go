package policy

import (
	"math"
	"math/rand/v2"
	"testing"
)

// simulatorTrace is what a simulator's fast path plays: a million objects numbered
// from 0 in the order of their first request, Zipf 1.0, lognormal sizes of median
// 12 kB and σ 1.4, and a cache of 4 GiB.
const (
	simulatorObjects  = 1_000_000
	simulatorRequests = 1 << 22
	simulatorCapacity = 4 << 30
)

func simulatorTrace() (slots []Slot, sizes []int64) {
	rng := rand.New(rand.NewPCG(1, 1))
	numbers := make([]Slot, simulatorObjects)
	for i := range numbers {
		numbers[i] = None
	}
	slots = make([]Slot, simulatorRequests)
	for i := range slots {
		// Zipf 1.0 by inversion of its continuous form, rank = n^u.
		rank := int(math.Pow(simulatorObjects, rng.Float64())) - 1
		if numbers[rank] == None {
			numbers[rank] = Slot(len(sizes))
			sizes = append(sizes, 1+int64(12e3*math.Exp(1.4*rng.NormFloat64())))
		}
		slots[i] = numbers[rank]
	}
	return slots, sizes
}

// BenchmarkSimulator is one cell of the simulator's fast path: slots are the
// objects' numbers, and residents a bit each. Compare on one core: GOMAXPROCS=1.
func BenchmarkSimulator(b *testing.B) {
	slots, sizes := simulatorTrace()
	for _, spec := range append(Names(), "lru+bloom") {
		b.Run(spec, func(b *testing.B) {
			p := mustMake(b, spec, Config{Capacity: simulatorCapacity, Dense: len(sizes)})
			admitter, _ := p.(Admitter)
			resident := make([]bool, len(sizes))
			used, hits, at := int64(0), 0, 0
			ask := func() {
				s := slots[at&(simulatorRequests-1)]
				at++
				if resident[s] {
					hits++
					p.Hit(s)
					return
				}
				it := Item{uint64(s), sizes[s]}
				if admitter != nil && !admitter.Admit(it) {
					return
				}
				for used+it.Size > simulatorCapacity {
					v := p.Victim(it)
					resident[v] = false
					used -= sizes[v]
				}
				used += it.Size
				resident[s] = true
				p.Add(s, it)
			}
			for range simulatorRequests {
				ask()
			}
			hits = 0
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
			b.ReportMetric(float64(hits)/float64(b.N), "hit-ratio")
		})
	}
}
