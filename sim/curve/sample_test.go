package curve

import (
	"context"
	"math"
	"testing"

	"edgesim/workloads/trace"
)

// sampledCells are estimates of a policy at some capacities.
func sampledCells(t testing.TB, reqs []trace.Request, s Sampling, spec string, sizes []int64, c Config) (*Sample, []Estimate) {
	t.Helper()
	var cells []Cell
	for _, size := range sizes {
		cells = append(cells, Cell{spec, size})
	}
	sample, estimates, err := Draw(context.Background(), read(reqs), s, cells, c)
	if err != nil {
		t.Fatal(err)
	}
	return sample, estimates
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
			sample, estimates := sampledCells(t, reqs, Sampling{Objects: 4000, Even: even, Seed: seed}, "lru", sizes, Config{})
			if sample.Objects > 4000 || sample.Objects < 3000 {
				t.Errorf("the sample has %d objects", sample.Objects)
			}
			for _, e := range estimates {
				r, b := exact.At(e.Capacity)
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
	sample, estimates := sampledCells(t, reqs, Sampling{Rate: 1 - 1e-12}, "lru", Sizes(totals.WorkingSet), Config{Warmup: 500})
	if sample.Totals() != totals {
		t.Errorf("totals %+v, want %+v", sample.Totals(), totals)
	}
	for _, e := range estimates {
		c := e.Capacity
		r, b := exact.At(c)
		if math.Abs(e.MissRatio-r) > 1e-9 || math.Abs(e.ByteMissRatio-b) > 1e-9 {
			t.Errorf("at %d: %.6f and %.6f, exact %.6f and %.6f", c, e.MissRatio, e.ByteMissRatio, r, b)
		}
	}
}

// TestMiniaturesAreLikeTheWhole compares miniature simulations with cells: of
// policies that see sizes and those that do not.
func TestMiniaturesAreLikeTheWhole(t *testing.T) {
	if raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	reqs := zipfTrace(60_000, 600_000, 0.9, true, 0, 5)
	set := workingSet(reqs)
	sizes := []int64{set / 64, set / 16, set / 4}
	for _, spec := range []string{"fifo", "s3fifo", "sieve", "wtinylfu", "gdsf", "clock", "arc"} {
		var cells []Cell
		for _, size := range sizes {
			cells = append(cells, Cell{spec, size})
		}
		truth, _ := played(t, reqs, cells, Config{})
		off, offBytes, covered := 0.0, 0.0, 0
		for seed := range uint64(4) {
			_, estimates := sampledCells(t, reqs, Sampling{Rate: 0.1, Seed: seed}, spec, sizes, Config{})
			for i, e := range estimates {
				off += math.Abs(e.MissRatio - truth[i].MissRatio())
				offBytes += math.Abs(e.ByteMissRatio - truth[i].ByteMissRatio())
				if e.ByteLow <= truth[i].ByteMissRatio() && truth[i].ByteMissRatio() <= e.ByteHigh {
					covered++
				}
			}
		}
		n := float64(4 * len(sizes))
		t.Logf("%s: %.4f off, bytes %.4f, covered %d of %v", spec, off/n, offBytes/n, covered, n)
		if off/n > 0.03 || offBytes/n > 0.04 {
			t.Errorf("%s: the miniature is %.4f off, of bytes %.4f", spec, off/n, offBytes/n)
		}
	}
}
