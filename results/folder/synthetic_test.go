package folder

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"edgesim/results"
)

const (
	runLength = 20 * time.Second
	runWarmup = 3 * time.Second
)

var runStart = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)

// synthetic is the records of a run with two distributions as an edge and its
// client would give them: 1,000 requests a second, a cache that fills, an
// origin that fails for two seconds, viewers who hang up now and then.
func synthetic(seed uint64) ([]results.Record, *results.Names) {
	names := results.NewNames(runStart)
	names.Distributions = []results.Distribution{
		{ID: "EIMAGES", Domain: "d111.cloudfront.test", Aliases: []string{"images.example.com", "img.example.com"}, Friendly: "images.example.com"},
		{ID: "EDOWNLOAD", Domain: "d222.cloudfront.test", Aliases: []string{"download.example.com"}, Friendly: "download.example.com"},
	}
	rng := rand.New(rand.NewPCG(seed, 3))
	seen := map[uint64]bool{}
	var recs []results.Record
	for at := 0.0; at < runLength.Seconds(); at += rng.ExpFloat64() / 1000 {
		// Popularity falls as rank to the power of −0.9.
		object := uint64(math.Pow(1+rng.Float64()*(math.Pow(20_000, 0.1)-1), 10))
		r := results.Record{
			At: int64(at * 1e9), Object: object, ID: uint64(len(recs)), Vantage: results.AtEdge,
			Distribution: uint16(object % 2), URL: names.Strings.Of(fmt.Sprintf("/assets/%d/photo.jpg", object)),
			BodyBytes: int64(2000 * math.Exp(rng.NormFloat64())), Method: results.GET, ContentLength: -1,
		}
		outcome(&r, rng, seen[object], at)
		seen[object] = r.Response != results.Error
		client := r
		client.Vantage = results.AtClient
		client.TTFB += 80_000
		client.Total += 90_000
		recs = append(recs, r, client)
	}
	return recs, names
}

func outcome(r *results.Record, rng *rand.Rand, cached bool, at float64) {
	edge := 0.25 * math.Exp(0.4*rng.NormFloat64())
	origin := 40 * math.Exp(0.5*rng.NormFloat64())
	took := edge
	r.Response, r.Layer, r.Status = results.Hit, results.LayerEdge, 200
	switch {
	case cached && rng.Float64() < 0.03:
		r.Response, r.OriginAsked, r.OriginBytes, took = results.RefreshHit, 1, 300, edge+origin/2
	case cached:
	case at > 12 && at < 14 && rng.Float64() < 0.5:
		r.Response, r.OriginAsked, r.Status, r.BodyBytes, took = results.Error, 1, 503, 120, edge+origin/4
	default:
		r.Response, r.Layer, r.OriginAsked, r.OriginBytes = results.Miss, results.LayerOrigin, 1, r.BodyBytes+300
		took = edge + origin
	}
	r.Result = r.Response
	r.BytesOut = r.BodyBytes + 400
	r.TTFB = int64(took * 1e6)
	r.Total = r.TTFB + r.BodyBytes*50
	if rng.Float64() < 0.002 {
		r.Flags |= results.Aborted
	}
}

func options(dir string, names *results.Names) Options {
	return Options{
		Dir: dir, Names: names, Length: runLength, Warmup: runWarmup,
		TrafficFrom: results.AtEdge, LatencyFrom: results.AtClient,
		Plots: true, Formats: []string{"svg"},
		Manifest: results.Manifest{
			Name: "two-buckets", Mode: "live", Seed: 42, Scenario: "name: two-buckets\nseed: 42\n",
			Command: []string{"edgesim", "run", "two-buckets", "--seed", "42"},
			Program: results.Program{Name: "edgesim", Version: "0.1.0", Commit: "0123abcd", Go: "go1.26.0"},
			Machine: results.Machine{OS: "linux", Arch: "amd64", CPUs: 2, CPU: "A Processor", Memory: 8 << 30},
			Started: runStart,
		},
	}
}
