package curve

import (
	"testing"
)

// TestCellsCountWhatShardsCount holds every policy of the zoo to the shard of the
// edge, request for request: several sizes at once, sizes that change, a warm-up.
func TestCellsCountWhatShardsCount(t *testing.T) {
	traces := []struct {
		name    string
		sized   bool
		resized float64
		warmup  int
	}{
		{"unit", false, 0, 0},
		{"sized", true, 0, 0},
		{"resized", true, 0.2, 0},
		{"warm-up", true, 0.05, 2001},
	}
	for _, tr := range traces {
		t.Run(tr.name, func(t *testing.T) {
			requests := 12000
			if raceEnabled {
				requests = 2500
			}
			reqs := zipfTrace(1500, requests, 0.9, tr.sized, tr.resized, 7)
			set := workingSet(reqs)
			var cells []Cell
			for _, spec := range specs() {
				for _, part := range []int64{1500, 100, 17, 4, 1} {
					cells = append(cells, Cell{spec, max(1, set/part)})
				}
			}
			got, _ := played(t, reqs, cells, Config{Warmup: int64(tr.warmup)})
			abreast, _ := played(t, reqs, cells, Config{Warmup: int64(tr.warmup), Jobs: 3})
			for i, c := range cells {
				if want := throughShard(t, reqs, c, tr.warmup); got[i] != want {
					t.Errorf("%s at %d:\n     %+v\nshard %+v", c.Policy, c.Capacity, got[i], want)
				}
				if abreast[i] != got[i] {
					t.Errorf("%s at %d: with three jobs %+v, with one %+v", c.Policy, c.Capacity, abreast[i], got[i])
				}
			}
		})
	}
}

// TestLogsAreClosedUp plays so many requests that the logs behind LRU's and ARC's
// lists are full several times over.
func TestLogsAreClosedUp(t *testing.T) {
	requests := 4 * leastLog
	if raceEnabled {
		requests = leastLog + leastLog/8
	}
	reqs := zipfTrace(3000, requests, 0.7, true, 0.01, 21)
	set := workingSet(reqs)
	var cells []Cell
	for _, spec := range []string{"lru", "arc"} {
		for _, part := range []int64{50, 4, 1} {
			cells = append(cells, Cell{spec, set / part})
		}
	}
	got, _ := played(t, reqs, cells, Config{})
	for i, c := range cells {
		if want := throughShard(t, reqs, c, 0); got[i] != want {
			t.Errorf("%s at %d:\n     %+v\nshard %+v", c.Policy, c.Capacity, got[i], want)
		}
	}
}
