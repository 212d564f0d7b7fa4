package curve

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"edgesim/edge/cache"
	"edgesim/edge/policy"
	"edgesim/workloads/trace"
)

// slice is a trace in memory, read in parts of odd lengths.
type slice struct {
	reqs []trace.Request
	most int
}

func (s *slice) Read(reqs []trace.Request) (int, error) {
	n := min(len(reqs), len(s.reqs), s.most)
	copy(reqs, s.reqs[:n])
	s.reqs = s.reqs[n:]
	if len(s.reqs) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func read(reqs []trace.Request) Reader { return &slice{reqs, 777} }

// zipfTrace is requests for n objects with Zipf popularity, of size 1 or with
// lognormal sizes, median 12 kB and σ 1.4. A share of the requests comes with
// another size than the object's own.
func zipfTrace(n, requests int, alpha float64, sized bool, resized float64, seed uint64) []trace.Request {
	rng := rand.New(rand.NewPCG(seed, 1))
	sum, sizes := make([]float64, n), make([]int64, n)
	total := 0.0
	for i := range sum {
		total += math.Pow(float64(i+1), -alpha)
		sum[i], sizes[i] = total, 1
		if sized {
			sizes[i] = 1 + int64(12e3*math.Exp(1.4*rng.NormFloat64()))
		}
	}
	reqs := make([]trace.Request, requests)
	for i := range reqs {
		k := sort.SearchFloat64s(sum, rng.Float64()*total)
		size := sizes[k]
		if rng.Float64() < resized {
			size = 1 + size*int64(rng.IntN(5))/2
		}
		reqs[i] = trace.Request{At: int64(i), ID: uint64(k) * 0x9e3779b97f4a7c15, Size: size, Next: trace.Unknown}
	}
	return reqs
}

// workingSet is the bytes of the distinct objects.
func workingSet(reqs []trace.Request) (bytes int64) {
	seen := map[uint64]bool{}
	for _, r := range reqs {
		if !seen[r.ID] {
			seen[r.ID] = true
			bytes += max(1, r.Size)
		}
	}
	return bytes
}

// throughShard plays a cell on the shard that the edge has.
func throughShard(t testing.TB, reqs []trace.Request, cell Cell, warmup int) (r Result) {
	t.Helper()
	s, err := cache.New(cache.Config{Capacity: cell.Capacity, Policy: cell.Policy})
	if err != nil {
		t.Fatal(err)
	}
	r.Cell = cell
	for i, q := range reqs {
		_, state := s.Lookup(q.ID, 0)
		stored := true
		if state == cache.Absent {
			_, stored = s.Store(q.ID, q.Size, cache.Freshness{Expires: 1})
		}
		if i < warmup {
			continue
		}
		r.Requests++
		r.Bytes += q.Size
		if state == cache.Absent {
			r.Misses++
			r.MissBytes += q.Size
		}
		if !stored {
			r.Refused++
			r.RefusedBytes += q.Size
		}
		if q.Size > cell.Capacity {
			r.Unfit++
			r.UnfitBytes += q.Size
		}
	}
	return r
}

// specs is every policy of the zoo, and those with parameters that are worth a
// test of their own.
func specs() []string {
	return append(policy.Names(), "s3fifo:max=0.1", "clock:bits=2", "arc:step=1", "s3fifo:small=0.5,move=1", "wtinylfu:window=0", "wtinylfu:window=0.3,protected=0.2,aggregate=0", "wtinylfu:doorkeeper=1",
		"lru+bloom", "sieve+size:max=20000+prob:p=0.3")
}

// played is the fast path's answer.
func played(t testing.TB, reqs []trace.Request, cells []Cell, c Config) ([]Result, Totals) {
	t.Helper()
	results, totals, err := Play(context.Background(), read(reqs), cells, c)
	if err != nil {
		t.Fatal(err)
	}
	return results, totals
}
