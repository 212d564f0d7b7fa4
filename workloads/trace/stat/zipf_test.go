package stat

import (
	"io"
	"testing"

	"edgesim/results"
	"edgesim/workloads/trace"
)

// spectrum is how often the objects of a trace were asked for.
func spectrum(t testing.TB, g trace.Generation) []Count {
	t.Helper()
	made, err := trace.Generate(g)
	if err != nil {
		t.Fatal(err)
	}
	var objects, counts results.Tally[int64]
	reqs := make([]trace.Request, 4096)
	for {
		n, err := made.Read(reqs)
		for _, r := range reqs[:n] {
			*objects.At(r.ID)++
		}
		if err == io.EOF {
			break
		}
	}
	for _, n := range objects.All() {
		*counts.At(uint64(*n))++
	}
	var list []Count
	for n, objects := range counts.All() {
		list = append(list, Count{int64(n), *objects})
	}
	return list
}

// TestTheIntervalHasTheTrueExponent draws traces of known exponents, from catalogs
// that are exhausted and from ones that are hardly touched, and wants the truth in
// the 95 % interval of all but one in ten.
func TestTheIntervalHasTheTrueExponent(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("forty traces, slow with the race detector, which has nothing to find in one goroutine")
	}
	for _, alpha := range []float64{0.6, 0.8, 1.0, 1.2} {
		missed, n := 0, 0
		for _, shape := range []struct {
			objects  uint64
			requests int64
		}{{300_000, 300_000}, {30_000, 300_000}, {10_000, 300_000}, {1_000_000_000, 300_000}, {3_000, 30_000}} {
			for seed := range uint64(2) {
				z := FitZipf(spectrum(t, trace.Generation{Objects: shape.objects, Requests: shape.requests, Zipf: alpha, Seed: seed + 1}))
				if z == nil {
					t.Logf("%.1f, %v: no fit", alpha, shape)
					continue
				}
				n++
				if z.Low > alpha || z.High < alpha {
					missed++
					t.Logf("exponent %.1f, %v, seed %d: %+v", alpha, shape, seed+1, *z)
				}
				if !z.Good {
					t.Errorf("exponent %.1f, %v, seed %d: a law that the trace was drawn by is no good: %+v", alpha, shape, seed+1, *z)
				}
			}
		}
		if missed*10 > n {
			t.Errorf("exponent %.1f: outside of %d of %d intervals", alpha, missed, n)
		}
	}
}
