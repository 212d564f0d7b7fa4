package workloads

import "math/rand/v2"

// Ranks draws popularity ranks from 0, the most popular.
type Ranks interface{ Draw() uint64 }

// MaxObjects is how many objects one popularity can rank: up to here a float64
// holds every rank exactly.
const MaxObjects = 1 << 53

// steepest is the largest exponent: with it the second rank has a millionth of what
// the first has.
const steepest = 20

// NewZipf draws rank k (from 0) of n with a probability in proportion to
// 1/(k+1)^s. Its tables have 16 KiB for a million ranks, and for a billion 32 KiB.
func NewZipf(n uint64, s float64, rng *rand.PCG) (Ranks, error) {
	switch {
	case n < 1 || n > MaxObjects:
		return nil, wrong("number of ranks", n, "1 to 2^53")
	case !(s >= 0 && s <= steepest):
		return nil, wrong("Zipf exponent", s, "0 to 20")
	case s == 0:
		return &uniformRanks{n: n, rng: rng}, nil
	}
	return newBinned(n, mandelbrot(s, 0), rng), nil
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

// harmonic is the generalized harmonic number H(n,s) = 1 + 2^-s + … + n^-s.
func harmonic(n uint64, s float64) float64 {
	return mandelbrot(s, 0).until(n)
}

// until is the weight of the first n ranks: those of the head are added up.
func (l law) until(n uint64) float64 {
	sum := 0.0
	for k := min(n, headRanks); k > 0; k-- { // small terms first
		sum += l.weight(float64(k - 1))
	}
	if n > headRanks {
		sum += l.mass(headRanks, float64(n))
	}
	return sum
}
