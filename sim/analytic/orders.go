package analytic

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"edgesim/edge/policy"
)

func init() {
	orders = append(orders,
		order{
			kind: policy.Kind{
				Name: "lru", Title: "LRU (Che)",
				Paper: "H. Che, Y. Tung, Z. Wang, Hierarchical Web caching systems, IEEE JSAC 20(7), 2002; C. Fricker, P. Robert, J. Roberts, A versatile and accurate approximation for LRU cache performance, ITC 24, 2012",
			},
			hit: lruHit, fresh: lruFresh,
		},
		order{
			kind: policy.Kind{
				Name: "fifo", Title: "FIFO (Martina)",
				Paper: "V. Martina, M. Garetto, E. Leonardi, A unified approach to the performance analysis of caching systems, INFOCOM 2014",
			},
			hit: fifoHit, fresh: fifoFresh,
		},
		order{
			kind: policy.Kind{
				Name: "random", Title: "Random (Martina)",
				Paper: "V. Martina, M. Garetto, E. Leonardi, INFOCOM 2014",
			},
			hit: fifoHit, fresh: randomFresh,
		},
		order{
			kind: policy.Kind{
				Name: "qlru", Title: "q-LRU (Martina)",
				Paper:  "V. Martina, M. Garetto, E. Leonardi, INFOCOM 2014",
				Params: []policy.Param{{Name: "q", Usage: "probability that a miss stores the object", Default: 0.1, Lowest: 1e-6, Most: 1}},
			},
			hit: lruHit, fresh: lruFresh,
			behind: func(params map[string]float64) gate { return chance(given(params, "q", 0.1)) },
		},
		order{
			kind: policy.Kind{
				Name: "klru", Title: "k-LRU (Martina)",
				Paper: "V. Martina, M. Garetto, E. Leonardi, INFOCOM 2014",
				Params: []policy.Param{
					{Name: "k", Usage: "caches in a row, all but the last of names", Default: 2, Lowest: 2, Most: 16, Whole: true},
					{Name: "ghost", Usage: "bytes of objects that a cache of names remembers, in capacities", Default: 1, Lowest: 0.001, Most: 1000},
				},
			},
			hit: lruHit, fresh: lruFresh,
			behind: func(params map[string]float64) gate {
				return chain{int(given(params, "k", 2)) - 1, given(params, "ghost", 1)}
			},
		},
		order{
			kind: policy.Kind{
				Name: "lfu", Title: "LFU (bound)",
				Paper: "E. G. Coffman, P. J. Denning, Operating systems theory, 1973: under independent requests no online policy for objects of one size does better than keeping the most popular",
			},
			fill: fillByRate, fresh: fixedFresh,
		},
		order{
			kind: policy.Kind{
				Name: "static", Title: "best fixed set",
				Paper: "the fractional knapsack (G. B. Dantzig, Operations Research 5(2), 1957) of rates by size: no fixed set of objects has more hits",
			},
			fill: fillByDensity, fresh: fixedFresh,
		},
	)
}

func given(params map[string]float64, name string, otherwise float64) float64 {
	if v, ok := params[name]; ok {
		return v
	}
	return otherwise
}

// lruHit: an object stays while its gaps are shorter than T, which has probability
// E = 1 − e^{−λT}. It is found if it was in the cache after its last request,
// where it was found or came in, and if the gap was short: h = E·(h + (1−h)·β).
func lruHit(rate, T, enter float64) float64 {
	if rate == 0 {
		return 0
	}
	x := -math.Expm1(-rate*T) * enter
	return x / (x + math.Exp(-rate*T)) // 1 − E·(1−β) = E·β + e^{−λT}, without the loss of a small β
}

// fifoHit: an object stays for T, finds λT requests in that time, and then misses
// 1/β of them until it is in again.
func fifoHit(rate, T, enter float64) float64 {
	x := rate * T * enter
	switch {
	case rate == 0:
		return 0
	case math.IsInf(x, 1):
		return 1
	}
	return x / (1 + x)
}

// lruFresh: between two fetches there are m hits, m = M(ttl) the renewal function
// of gaps that end at T. Every fetch, of which the share 1 − hits of requests is,
// begins such a time, but those of misses that are not stored.
func lruFresh(rate, T, ttl, miss, enter float64) float64 {
	m := hitsUntil(rate, T, ttl)
	if math.IsInf(m, 1) {
		return 1 - miss
	}
	return m * (1 - (1-enter)*miss) / (1 + m)
}

// fifoFresh: in the time T of a resident, renewals come after ttl and the wait for
// the next request, so the n-th comes by T with the probability that n waits take
// no longer than T − n·ttl, a Gamma distribution. Beyond 40 of them their number
// is that of renewal theory, T/µ + (σ²−µ²)/2µ² with µ = ttl + 1/λ, σ = 1/λ.
func fifoFresh(rate, T, ttl, miss, _ float64) float64 {
	mean := ttl + 1/rate
	if math.IsInf(T, 1) {
		return (1 - miss) * rate * ttl / (1 + rate*ttl)
	}
	renewals := 0.0
	if T > 40*mean {
		renewals = T/mean + (1/(rate*rate)-mean*mean)/(2*mean*mean)
	} else {
		for n := 1.0; n*ttl < T; n++ {
			p := mathext.GammaIncReg(n, rate*(T-n*ttl))
			renewals += p
			if p < 1e-12 {
				break
			}
		}
	}
	return (1 - miss) * (1 - renewals/(rate*T))
}

// randomFresh: as fifoFresh, with a time that is exponential of mean T, so that
// each renewal is followed by another with the same probability.
func randomFresh(rate, T, ttl, miss, _ float64) float64 {
	if math.IsInf(T, 1) {
		return (1 - miss) * rate * ttl / (1 + rate*ttl)
	}
	again := math.Exp(-ttl/T) * rate * T / (1 + rate*T)
	return (1 - miss) * (1 - again/(1-again)/(rate*T))
}

// fixedFresh: what is always there is renewed at the first request after ttl.
func fixedFresh(rate, _, ttl, miss, _ float64) float64 {
	return (1 - miss) * rate * ttl / (1 + rate*ttl)
}

// fillByRate keeps what is asked for most.
func fillByRate(p Population, capacity float64, may []float64) []float64 {
	return fill(p, capacity, may, func(c Class) float64 { return c.Rate })
}

// fillByDensity keeps what is asked for most for the room it takes.
func fillByDensity(p Population, capacity float64, may []float64) []float64 {
	return fill(p, capacity, may, func(c Class) float64 { return c.Rate / c.weight() })
}

// fill takes classes in the order of their worth until the cache is full, the last
// in part.
func fill(p Population, capacity float64, may []float64, worth func(Class) float64) []float64 {
	best := make([]int, len(p))
	for i := range best {
		best[i] = i
	}
	slices.SortStableFunc(best, func(a, b int) int { return cmp.Compare(worth(p[b]), worth(p[a])) })
	hits, left := make([]float64, len(p)), capacity
	for _, i := range best {
		bytes := p[i].Count * p[i].weight()
		if may[i] == 0 || bytes == 0 {
			continue
		}
		hits[i] = min(1, left/bytes)
		if left -= bytes; left <= 0 {
			break
		}
	}
	return hits
}
