package plot

import (
	"math"
	"math/rand/v2"
	"time"

	"edgesim/results"
)

// synthetic is a run of 20 s at about 1,000 requests a second with 3 s of
// warm-up: a cold cache fills, Zipf popularity, misses cost an origin's time,
// and for two seconds the origin fails.
func synthetic() ([]results.Record, Options) {
	rng := rand.New(rand.NewPCG(7, 1))
	draw := zipfDrawer(rng, 20_000, 0.9)
	seen := map[uint64]bool{}
	var recs []results.Record
	for at := 0.0; at < 20; at += rng.ExpFloat64() / 1000 {
		r := results.Record{At: int64(at * 1e9), Object: draw(), BodyBytes: int64(2000 * math.Exp(rng.NormFloat64()))}
		served(&r, rng, seen[r.Object], at)
		seen[r.Object] = r.Response != results.Error
		recs = append(recs, r)
	}
	return recs, Options{Title: "quickstart", Length: 20 * time.Second, Grain: time.Second, Warmup: 3 * time.Second}
}

// served fills in what happened to r.
func served(r *results.Record, rng *rand.Rand, cached bool, at float64) {
	edge := 0.25 * math.Exp(0.4*rng.NormFloat64())
	origin := 40 * math.Exp(0.5*rng.NormFloat64())
	took := edge
	r.Response, r.Layer, r.Status = results.Hit, results.LayerEdge, 200
	switch {
	case cached && rng.Float64() < 0.03:
		r.Response, r.OriginAsked, took = results.RefreshHit, 1, edge+origin/2
		r.OriginBytes = 300
	case cached:
	case at > 12 && at < 14 && rng.Float64() < 0.5:
		r.Response, r.OriginAsked, r.Status, took = results.Error, 1, 503, edge+origin/4
		r.BodyBytes = 120
	default:
		r.Response, r.OriginAsked, took = results.Miss, 1, edge+origin
		r.OriginBytes = r.BodyBytes + 300
	}
	r.Result = r.Response
	r.BytesOut = r.BodyBytes + 400
	r.TTFB = int64(took * 1e6)
	r.Total = r.TTFB + r.BodyBytes*50
}

// zipfDrawer draws objects 1 to n by Zipf's law, by inversion.
func zipfDrawer(rng *rand.Rand, n int, alpha float64) func() uint64 {
	cum := make([]float64, n)
	sum := 0.0
	for i := range cum {
		sum += math.Pow(float64(i+1), -alpha)
		cum[i] = sum
	}
	return func() uint64 {
		u := rng.Float64() * sum
		low, high := 0, n-1
		for low < high {
			if mid := (low + high) / 2; cum[mid] < u {
				low = mid + 1
			} else {
				high = mid
			}
		}
		return uint64(low + 1)
	}
}
