package workloads

import (
	"math"
	"math/rand/v2"
)

// Ranks draws popularity ranks from 0, the most popular.
type Ranks interface{ Draw() uint64 }

// MaxObjects is how many objects one popularity can rank: up to here a float64
// holds every rank exactly.
const MaxObjects = 1 << 53

const (
	// aliasMost is up to how many ranks a table is used: 16 MiB, and a fifth of
	// a second to make. Far beyond it a draw costs more in cache misses than
	// one by arithmetic.
	aliasMost = 1 << 21
	// steepest is the largest exponent for which a table is used: for larger
	// ones the rare ranks' shares of a column come near the table's 2^-32.
	steepest = 2
)

// NewZipf draws rank k (from 0) of n with a probability in proportion to
// 1/(k+1)^s. It keeps a table where n is small enough, and computes where it
// is not.
func NewZipf(n uint64, s float64, rng *rand.PCG) (Ranks, error) {
	switch {
	case n < 1 || n > MaxObjects:
		return nil, wrong("number of ranks", n, "1 to 2^53")
	case !finite(s):
		return nil, wrong("Zipf exponent", s, "a number of at least 0")
	case s == 0:
		return &uniformRanks{n: n, rng: rng}, nil
	case n <= aliasMost && s <= steepest:
		return newAliasZipf(n, s, rng), nil
	}
	return newInversion(n, s, rng), nil
}

func newAliasZipf(n uint64, s float64, rng *rand.PCG) *aliasRanks {
	weights := make([]float64, n)
	for k := range weights {
		weights[k] = math.Pow(float64(k+1), -s)
	}
	return &aliasRanks{table: newAlias(weights), rng: rng}
}

// uniformRanks is Zipf's law of exponent 0.
type uniformRanks struct {
	n   uint64
	rng *rand.PCG
}

// Draw implements Ranks.
func (r *uniformRanks) Draw() uint64 { return below(r.rng.Uint64(), r.n) }

// ZipfShare is the share of requests that go to the k most popular of n
// objects under Zipf's law with exponent s: H(k,s)/H(n,s).
func ZipfShare(n uint64, s float64, k uint64) float64 {
	if k >= n {
		return 1
	}
	return harmonic(k, s) / harmonic(n, s)
}

// harmonic is the generalized harmonic number H(n,s) = 1 + 2^-s + … + n^-s. The
// first terms are added up, the others summed by the Euler–Maclaurin formula
// with f(x) = x^-s and m the last term added:
//
//	Σ_{m<k≤n} f(k) ≈ ∫_m^n f + (f(n)−f(m))/2 + (f'(n)−f'(m))/12
//
// The next term of the formula is below s(s+1)(s+2)/720 · m^(-s-3), less than
// 1e-9 for m = 1000 and exponents up to 10.
func harmonic(n uint64, s float64) float64 {
	const direct = 1000
	sum := 0.0
	for k := min(n, direct); k > 0; k-- { // small terms first
		sum += math.Pow(float64(k), -s)
	}
	if n <= direct {
		return sum
	}
	f := func(x float64) float64 { return math.Pow(x, -s) }
	slope := func(x float64) float64 { return -s * math.Pow(x, -s-1) }
	m, end, integral := float64(direct), float64(n), newHat(s)
	area := integral.area(end) - integral.area(m)
	return sum + area + (f(end)-f(m))/2 + (slope(end)-slope(m))/12
}
