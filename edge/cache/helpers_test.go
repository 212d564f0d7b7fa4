package cache

import (
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"edgesim/edge/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

type request struct {
	key  uint64
	size int64
}

// zipf draws ranks from 0 with probability ∝ (rank+1)^−α, by inversion of the
// distribution function.
type zipf struct {
	sum []float64
	rng *rand.Rand
}

func newZipf(n int, alpha float64, seed uint64) *zipf {
	z := &zipf{sum: make([]float64, n), rng: rand.New(rand.NewPCG(seed, 1))}
	total := 0.0
	for i := range z.sum {
		total += math.Pow(float64(i+1), -alpha)
		z.sum[i] = total
	}
	return z
}

func (z *zipf) draw() uint64 {
	u := z.rng.Float64() * z.sum[len(z.sum)-1]
	return uint64(sort.SearchFloat64s(z.sum, u))
}

// zipfTrace is requests for n objects, of size 1 or lognormal sizes with median
// 12 kB and σ 1.4.
func zipfTrace(n, requests int, alpha float64, sized bool, seed uint64) []request {
	z := newZipf(n, alpha, seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	sizes := make([]int64, n)
	for i := range sizes {
		sizes[i] = 1
		if sized {
			sizes[i] = 1 + int64(12e3*math.Exp(1.4*rng.NormFloat64()))
		}
	}
	trace := make([]request, requests)
	for i := range trace {
		k := z.draw()
		trace[i] = request{k, sizes[k]}
	}
	return trace
}

type misses struct{ requests, misses, bytes, missBytes int64 }

func (m misses) ratio() float64     { return float64(m.misses) / float64(m.requests) }
func (m misses) byteRatio() float64 { return float64(m.missBytes) / float64(m.bytes) }

// play asks for every object and stores it after a miss. A known key with
// another size is a hit and keeps its size, as in libCacheSim.
func play(s *Shard, trace []request) (m misses) {
	for _, r := range trace {
		m.requests++
		m.bytes += r.size
		if _, state := s.Lookup(r.key, 0); state == Absent {
			m.misses++
			m.missBytes += r.size
			s.Store(r.key, r.size, Freshness{Expires: 1})
		}
	}
	return m
}

func newShard(t testing.TB, c Config) *Shard {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// specs is every policy of the zoo, and those with parameters that are worth a
// test of their own.
func specs() []string {
	return append(policy.Names(), "s3fifo:max=0.1", "s3fifo:small=0.5,move=1",
		"arc:step=1,forget=1", "gdsf:contest=1",
		"lru+bloom", "sieve+size:max=20000", "s3fifo+bloom+prob:p=0.3",
		"wtinylfu:window=0.2,aggregate=0,doorkeeper=1", "hyperbolic:size=1", "klru:k=3", "adaptsize:every=5000,c=1e6", "lhd:every=4096,ages=1000")
}

// refuses tells whether a policy may refuse what fits. By rule the zoo admits what
// fits; these are policies of admission.
func refuses(spec string) bool {
	name, _, _ := strings.Cut(spec, ":")
	return strings.ContainsAny(spec, "+") || strings.Contains(spec, "max=") ||
		strings.Contains(spec, "contest=") || slices.Contains([]string{"wtinylfu", "qlru", "klru", "adaptsize"}, name)
}
