package workloads

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// A law is how popular ranks are, from 0, the most popular.
type law struct {
	weight func(k float64) float64    // of rank k; it never grows with k
	mass   func(a, b float64) float64 // of the ranks a ≤ k < b, for a of at least headRanks
}

const (
	// headRanks have a column each. From there on ranks are taken together in bins,
	// binsPerOctave from one power of two to the next.
	headRanks     = 1 << 10
	binsPerOctave = 64
)

// binned draws ranks of a law exactly, in constant time for any number of them:
// by an alias table of the first ranks one by one and of the others in bins, and
// within a bin by rejection (von Neumann, "Various techniques used in connection
// with random digits", NBS 1951). A bin is hardly wider than 1/90 of its ranks'
// numbers, so that its first rank is hardly more popular than its last: under
// Zipf's law of exponent 1, 99 of 100 draws are taken without computing a weight.
//
// All tables together have 8 bytes for each head rank and 48 for each bin: 16 KiB
// for a million ranks, 140 KiB for 2^53, which processors keep near, while the
// table of a million single ranks has 8 MiB and costs a draw its cache misses.
//
// A table's cuts are true to 2^-32 of a column, and a bin's offset and the fraction
// it is taken by are the two halves of one product: that fraction is coarse by
// width/2^64, which is 2^-41 for a billion ranks and 2^-18 for 2^53.
type binned struct {
	rng    *rand.PCG
	table  alias // of head ranks, then of bins
	bins   []bin
	head   uint32
	weight func(k float64) float64
}

// bin are ranks that are drawn together.
type bin struct {
	first, width uint64
	sure         uint64  // how popular the last rank is beside the first, in units of 2^-64
	ratio        float64 // the same, from 0 to 1
	most         float64 // weight of the first
}

func newBinned(n uint64, l law, rng *rand.PCG) *binned {
	r := &binned{rng: rng, head: uint32(min(n, headRanks)), weight: l.weight}
	weights := make([]float64, r.head)
	for k := range weights {
		weights[k] = l.weight(float64(k))
	}
	for first, j := uint64(headRanks), 1; first < n; j++ {
		end := min(n, uint64(headRanks*math.Exp2(float64(j)/binsPerOctave)))
		r.bins = append(r.bins, newBin(first, end, l))
		weights = append(weights, l.mass(float64(first), float64(end)))
		first = end
	}
	r.table = newAlias(weights)
	return r
}

func newBin(first, end uint64, l law) bin {
	b := bin{first: first, width: end - first, most: l.weight(float64(first))}
	if b.most > 0 {
		b.ratio = min(l.weight(float64(end-1))/b.most, 1) * (1 - 0x1p-40) // less than rounding can be off by
	}
	b.sure = uint64(b.ratio * 0x1p64)
	return b
}

// Draw implements Ranks.
func (r *binned) Draw() uint64 {
	i := r.table.draw(r.rng.Uint64())
	if i < r.head {
		return uint64(i)
	}
	return r.within(&r.bins[i-r.head])
}

// within draws a rank of a bin: any of them, taken with the probability that its
// weight has beside the first one's. What is below the last one's is sure.
func (r *binned) within(b *bin) uint64 {
	for {
		offset, part := bits.Mul64(r.rng.Uint64(), b.width)
		k := b.first + offset
		if part < b.sure {
			return k
		}
		u := b.ratio + (1-b.ratio)*unit64(r.rng.Uint64())
		if u*b.most < r.weight(float64(k)) {
			return k
		}
	}
}

// mandelbrot is the law of Zipf and Mandelbrot: rank k, from 0, has the weight
// (k+1+q)^-s. With q = 0 it is Zipf's.
func mandelbrot(s, q float64) law {
	return law{
		weight: func(k float64) float64 { return math.Pow(k+1+q, -s) },
		mass:   func(a, b float64) float64 { return powerSum(a+1+q, b+1+q, s) },
	}
}

// powerSum is f(a) + f(a+1) + … + f(b−1) for f(x) = x^-s, by the Euler–Maclaurin
// formula about the terms' middles, with A = a−½ and B = b−½:
//
//	Σ f ≈ ∫_A^B f − (f'(B) − f'(A))/24
//
// The next term of the formula is below 7/5760·s(s+1)(s+2)·A^(-s-3), less than
// 1e-11 for A = 1000 and exponents up to 10.
func powerSum(a, b, s float64) float64 {
	from, to := a-0.5, b-0.5
	grown := math.Log1p((b - a) / from)
	area := math.Pow(from, 1-s) * grown * expm1Over((1-s)*grown)
	slope := func(x float64) float64 { return -s * math.Pow(x, -s-1) }
	return area - (slope(to)-slope(from))/24
}
