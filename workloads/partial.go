package workloads

import (
	"math"
	"math/rand/v2"
)

// What viewers ask for or take only in part: byte ranges and aborts.

// drawRange draws a byte range of an object: one in eight is a suffix, the
// others begin anywhere; how long they are is anything that is there, all
// lengths alike. It serves to exercise ranges, and copies no client's habits.
func drawRange(rng *rand.PCG, size int64) Range {
	kind, place, length := rng.Uint64(), rng.Uint64(), rng.Uint64()
	if below(kind, 8) == 0 {
		return Range{First: -1, Length: 1 + int64(below(length, uint64(size)))}
	}
	first := int64(below(place, uint64(size)))
	return Range{First: first, Length: 1 + int64(below(length, uint64(size-first)))}
}

// drawAbort draws the fraction of the body after which a viewer hangs up:
// Beta(0.6, 2), mean 0.23, an assumption that agrees with reports of most
// videos left in their first fifth.
//
// By Jöhnk's method ("Erzeugung von betaverteilten und gammaverteilten
// Zufallszahlen", Metrika 1964): with U and V uniform, X = U^(1/a) and
// Y = V^(1/b), the ratio X/(X+Y) is distributed as Beta(a, b) where X+Y ≤ 1, and
// other pairs are drawn again. Half of the pairs serve.
func drawAbort(rng *rand.PCG) float32 {
	const a, b = 0.6, 2
	for {
		x := math.Pow(open(rng.Uint64()), 1.0/a)
		y := math.Pow(open(rng.Uint64()), 1.0/b)
		if x+y > 1 {
			continue
		}
		return min(max(float32(x/(x+y)), math.SmallestNonzeroFloat32), 1-0x1p-24)
	}
}
