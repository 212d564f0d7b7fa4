package curve

import (
	"context"
	"errors"
	"testing"

	"edgesim/workloads/trace"
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

// TestLogsAreClosedUp plays so many requests that the logs behind LRU's, ARC's and
// W-TinyLFU's lists are full several times over, and so many objects that they grow.
func TestLogsAreClosedUp(t *testing.T) {
	requests := 4 * leastJournal
	if raceEnabled {
		requests = leastJournal + leastJournal/8
	}
	for _, objects := range []int{3000, 60_000} {
		reqs := zipfTrace(objects, requests, 0.7, true, 0.01, 21)
		set := workingSet(reqs)
		var cells []Cell
		for _, spec := range []string{"lru", "arc", "wtinylfu"} {
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
}

// TestWhatHasOutgrownACellStandsWhereItStood: objects that a cell remembers come back
// larger than it, are refused there and go on in larger cells, while logs are closed up.
func TestWhatHasOutgrownACellStandsWhereItStood(t *testing.T) {
	requests := 3 * leastJournal
	if raceEnabled {
		requests = leastJournal + leastJournal/8
	}
	reqs := zipfTrace(2000, requests, 0.7, false, 0, 4)
	for i := range reqs {
		reqs[i].Size = 1 + int64(i%3)
		if spread(uint64(i))%5 == 0 {
			reqs[i].Size = 300
		}
	}
	for _, capacities := range [][]int64{{40, 290, 299, 700, 1 << 20}, {290, 150}} {
		var cells []Cell
		for _, spec := range []string{"lru", "arc", "s3fifo"} {
			for _, capacity := range capacities {
				cells = append(cells, Cell{spec, capacity})
			}
		}
		got, _ := played(t, reqs, cells, Config{})
		for i, c := range cells {
			if want := throughShard(t, reqs, c, 0); got[i] != want {
				t.Errorf("%s at %d:\n     %+v\nshard %+v", c.Policy, c.Capacity, got[i], want)
			}
		}
	}
}

// broken is a trace whose reading breaks off.
type broken struct{ Reader }

func (b broken) Read(reqs []trace.Request) (int, error) {
	n, _ := b.Reader.Read(reqs)
	return n, errors.New("broken off")
}

// TestWhatBreaksOffInTheWarmUpCountsNothing: played is not counted, be it whole
// batches or the beginning of one.
func TestWhatBreaksOffInTheWarmUpCountsNothing(t *testing.T) {
	reqs := make([]trace.Request, 100)
	for i := range reqs {
		reqs[i] = trace.Request{ID: uint64(i % 7), Size: 1}
	}
	for _, jobs := range []int{1, 2} {
		results, totals, err := Play(context.Background(), broken{read(reqs)}, []Cell{{"lru", 3}}, Config{Warmup: 1000, Jobs: jobs})
		if err == nil || !totals.Partial || totals.Counted != 0 || totals.Bytes != 0 || results[0].Requests != 0 || results[0].Misses != 0 {
			t.Errorf("%d jobs: %+v, %+v, %v", jobs, totals, results, err)
		}
	}
	sample, _, err := Draw(context.Background(), read(reqs), Sampling{Rate: 0.5}, []Cell{{"lru", 3}}, Config{Warmup: 1000})
	if err != nil || sample.Totals().Counted != 0 {
		t.Errorf("a sample: %+v, %v", sample.Totals(), err)
	}
}
