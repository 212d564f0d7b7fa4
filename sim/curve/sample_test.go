package curve

import (
	"context"
	"math"
	"testing"

	"edgesim/workloads/trace"
)

func drawn4(t testing.TB, reqs []trace.Request, s Sampling) *Sample {
	t.Helper()
	sample, _, err := Draw(context.Background(), read(reqs), s, Config{})
	if err != nil {
		t.Fatal(err)
	}
	return sample
}

// TestSamplesKnowHowSureTheyAre draws samples with many seeds, and counts how often
// the truth is in the interval, and how far the estimate is off, with regard to size
// and without, of the same number of objects.
func TestSamplesKnowHowSureTheyAre(t *testing.T) {
	if raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	reqs := zipfTrace(60_000, 600_000, 0.9, true, 0, 5)
	exact, totals := exactCurve(t, reqs, Config{})
	sizes := Sizes(totals.WorkingSet)[4:11]
	off := map[bool]float64{}
	for _, even := range []bool{true, false} {
		covered, coveredBytes, n := 0, 0, 0
		for seed := range uint64(12) {
			sample := drawn4(t, reqs, Sampling{Objects: 4000, Even: even, Seed: seed})
			if sample.Objects > 4000 || sample.Objects < 3000 {
				t.Errorf("the sample has %d objects", sample.Objects)
			}
			for _, c := range sizes {
				r, b := exact.At(c)
				e := sample.At(c)
				off[even] += math.Abs(e.ByteMissRatio - b)
				n++
				if e.Low <= r && r <= e.High {
					covered++
				}
				if e.ByteLow <= b && b <= e.ByteHigh {
					coveredBytes++
				}
			}
		}
		if float64(covered) < 0.85*float64(n) || float64(coveredBytes) < 0.85*float64(n) {
			t.Errorf("even %v: of %d intervals of 95 %% the truth is in %d, of bytes %d", even, n, covered, coveredBytes)
		}
	}
	if off[false] > 0.6*off[true] {
		t.Errorf("with regard to size bytes are %.3f off, without %.3f", off[false], off[true])
	}
}

// TestSampleOfAllIsExact: at a rate of nearly 1 the curve is the exact one.
func TestSampleOfAllIsExact(t *testing.T) {
	reqs := zipfTrace(3000, 30_000, 0.9, true, 0, 6)
	exact, totals := exactCurve(t, reqs, Config{Warmup: 500})
	sample, got, err := Draw(context.Background(), read(reqs), Sampling{Rate: 1 - 1e-12}, Config{Warmup: 500})
	if err != nil {
		t.Fatal(err)
	}
	if got != totals {
		t.Errorf("totals %+v, want %+v", got, totals)
	}
	for _, c := range Sizes(totals.WorkingSet) {
		r, b := exact.At(c)
		if e := sample.At(c); math.Abs(e.MissRatio-r) > 1e-9 || math.Abs(e.ByteMissRatio-b) > 1e-9 {
			t.Errorf("at %d: %.6f and %.6f, exact %.6f and %.6f", c, e.MissRatio, e.ByteMissRatio, r, b)
		}
	}
}
