package curve

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"edgesim/workloads/trace"
)

// TestGoldenMissCountsOfRealTraces holds cells to the counts that the shard's own
// test keeps of public traces: every policy at eight sizes, all over one reading of
// each trace, with two jobs.
func TestGoldenMissCountsOfRealTraces(t *testing.T) {
	data := os.Getenv("EDGESIM_DATA")
	switch {
	case data == "":
		t.Skip("EDGESIM_DATA is unset: the traces are not part of the project")
	case testing.Short() || raceEnabled:
		t.Skip("slow with the race detector; TestCellsCountWhatShardsCount has what it looks for")
	}
	cells, want := goldenCounts(t)
	for name, file := range map[string]string{
		"adaptsize": "adaptsize/adapt_size_request.trace.xz", "cloudphysics": "cloudphysics/cloudPhysicsIO.oracleGeneral.bin.zst",
		"web07": "cache2k/cache2k_web07.trace.xz", "web12": "cache2k/cache2k_web12.trace.xz", "oltp": "arc/arc_oltp.gz",
	} {
		tr, err := trace.Open(trace.Options{Files: []string{filepath.Join(data, "traces", file)}, Limit: 120_000})
		if err != nil {
			t.Fatal(err)
		}
		results, _, err := Play(context.Background(), tr, cells[name], Config{Jobs: 2})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			got := [4]int64{r.Requests, r.Misses, r.Bytes, r.MissBytes}
			if got != want[name][i] {
				t.Errorf("%s, %s at %d: %d; the shard counted %d", name, r.Policy, r.Capacity, got, want[name][i])
			}
		}
		if err := tr.Close(); err != nil {
			t.Error(err)
		}
	}
}

// goldenCounts are the shard's cells and counts, by trace.
func goldenCounts(t *testing.T) (cells map[string][]Cell, want map[string][][4]int64) {
	f, err := os.Open("../../edge/cache/testdata/traces.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cells, want = map[string][]Cell{}, map[string][][4]int64{}
	for in := bufio.NewScanner(f); in.Scan(); {
		var name string
		var c Cell
		var n [4]int64
		if _, err := fmt.Sscan(in.Text(), &name, &c.Policy, &c.Capacity, &n[0], &n[1], &n[2], &n[3]); err != nil {
			continue // the header
		}
		cells[name], want[name] = append(cells[name], c), append(want[name], n)
	}
	if len(cells) == 0 {
		t.Fatal("the shard's test keeps no counts")
	}
	return cells, want
}
